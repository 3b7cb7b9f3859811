"""The decision functions in a stand-alone file: made by the Python back end, one class a regime.

A class only holds them apart: two regimes may call a function by one name. What a function
reads of the law by name (constants, tables) is given to it when it runs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

from longarm.backends.python import Emitted, emit
from longarm.plan.ast import Site
from longarm.plan.from_core import plan
from longarm.standalone.entry import Parts
from longarm_dsl.core.program import Program

_ABOUT = """\
# `t` is the transaction, `e` the element of a family that a rule speaks of. Each condition
# stands twice: on plain booleans, which gives up at the first fact that is not plainly known,
# and (`__open`) with three values: 0 no, 1 unknown, 2 yes. Names such as `c_...` are what the
# law of the day makes of a constant or a test; they are set when the law is read.
"""

_WIDTH = 120
"""Longer words of the law are cut where a name is explained."""

_STEADY = frozenset({"L", "ON", "EN", "ES", "ET", "CS", "NSM"})
"""Bidirectional classes of characters that leave their line in the order it is read in."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """The section of functions, and what goes with it."""

    text: str
    classes: tuple[tuple[str, str], ...]
    """Regimes with the classes that hold their functions."""
    parts: dict[str, Parts]


def decisions(program: Program, regimes: Sequence[str]) -> Decisions:
    """Compile the rules of some regimes."""
    classes: list[tuple[str, str]] = []
    texts: list[str] = []
    parts: dict[str, Parts] = {}
    for number, regime in enumerate(regimes, 1):
        planned = plan(program, regime)
        emitted = emit(program, planned)
        # A name of a policy is at most letters in a name of ours.
        name = f"Regime{number}_{re.sub('[^A-Za-z0-9]+', '_', regime)}"
        classes.append((regime, name))
        texts.append(_class(name, emitted))
        parts[regime] = _parts(emitted, planned.sites)
    return Decisions(_ABOUT + "".join(f"\n\n{text}" for text in texts), tuple(classes), parts)


def _class(name: str, emitted: Emitted) -> str:
    count = len({written.rule for written in emitted.rules})
    text = f'class {name}:\n    """Conditions of {count} rules."""\n\n'
    functions = "\n".join(str(f) for f in emitted.functions())
    told = "".join(
        f"# {name}: {words}"[:_WIDTH].rstrip() + "\n"
        for name, words in zip(emitted.sites, emitted.words, strict=True)
    )
    body = "".join(map(_plain, f"{told}\n{functions}"))
    return text + indent(body, "    ").rstrip() + "\n"


def _plain(char: str) -> str:
    """Printable characters in reading order; any other, in a text, as an escape."""
    if char == "\n" or (char.isprintable() and unicodedata.bidirectional(char) in _STEADY | {"WS"}):
        return char
    return f"\\U{ord(char):08x}"


def _parts(emitted: Emitted, sites: Sequence[Site]) -> Parts:
    return (
        emitted.rule_codes,
        emitted.shared_names,
        emitted.statuses,
        emitted.sites,
        tuple((site.kind, site.expr, site.type, site.names) for site in sites),
    )


__all__ = ["Decisions", "decisions"]
