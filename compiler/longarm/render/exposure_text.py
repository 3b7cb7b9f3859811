"""What conduct exposes to, for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rich.text import Text

from longarm.render.common import plural, visible
from longarm.render.parts import Part, stack
from longarm_dsl.core.formula import Truth
from longarm_dsl.evaluate.decision import Exposure, rule_of

_MOST_OPEN = 4
"""More consequences than this that are open are named together."""


def exposure_parts(
    exposures: Iterable[Exposure], because: Callable[[str], Part], *, everything: bool
) -> Iterator[Part]:
    """Each consequence with its band and its rule; many open ones by their names alone."""
    found = tuple(exposures)
    open_ = [e for e in found if e.stands is Truth.UNKNOWN]
    brief = len(open_) > _MOST_OPEN and not everything
    for each in found:
        if brief and each.stands is Truth.UNKNOWN:
            continue
        text = Text("perhaps " if each.stands is Truth.UNKNOWN else "")
        text.append(visible(_words(each)), style="bold")
        text.append(visible(_band(each)))
        yield stack(text, because(rule_of(each.rule)))
    if brief:
        text = Text("perhaps ")
        text.append(visible(", ".join(dict.fromkeys(map(_words, open_)))), style="bold")
        said = f"{plural(len(open_), 'consequence')} of conduct that the case leaves open"
        yield stack(text, Text(f"  {said}; --explain tells each of them", style="dim"))


def _words(exposure: Exposure) -> str:
    return exposure.penalty.replace("_", " ")


def _band(exposure: Exposure) -> str:
    if exposure.low is None or exposure.high is None:
        return ""
    if exposure.low == exposure.high:
        return ", amount open" if exposure.low == "unknown" else f", {exposure.low}"
    return f", {exposure.low} to {exposure.high}"


__all__ = ["exposure_parts"]
