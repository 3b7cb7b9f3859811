"""What cases do with rules, to text and JSON: values in, text out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from longarm.exercised import RegimeUse, RuleUse
from longarm.render.common import Json, place, visible
from longarm_dsl.core.formula import Truth

WIDTH = 80
_COUNTS = ("in_all", "stand", "miss", "narrowly")


def render_uses(rules: Sequence[RegimeUse], *, listed: bool = False) -> str:
    """A line a regime; `listed`: below it the rules that are missing from its counts."""
    return "".join(f"{line}\n" for use in rules for line in _lines(use, listed=listed))


def _lines(use: RegimeUse, *, listed: bool) -> Iterator[str]:
    total, stand, miss, narrowly = use.counts
    yield (f"rules  {use.regime}: {total} in all, {stand} stand, {miss} miss, {narrowly} narrowly")
    if listed:
        yield from _list("stand in no case", use.never_stood, stands=True)
        yield from _list("missed by no case", use.never_missed)
        yield from _list("missed, but by no case narrowly", use.never_narrowly)


def _list(title: str, uses: tuple[RuleUse, ...], *, stands: bool = False) -> Iterator[str]:
    if not uses:
        return
    yield f"  {title}: {len(uses)}"
    for use in uses:
        where = place(use.rule.span)
        why = ""
        if not use.in_force:
            why = "; in force on no day of a case"
        elif stands and use.stood is Truth.UNKNOWN:
            why = "; open at best"
        yield f"    {use.rule.id}"
        yield f"      {visible(where.file)}:{where.line}{why}"


def uses_json(use: RegimeUse) -> Json:
    """`{"in_all": …, "stand": …, "miss": …, "narrowly": …, "never_stood": […], …}`."""
    return {
        **dict(zip(_COUNTS, use.counts, strict=True)),
        "never_stood": [_rule(u) for u in use.never_stood],
        "never_missed": [_rule(u) for u in use.never_missed],
        "never_narrowly": [_rule(u) for u in use.never_narrowly],
    }


def _rule(use: RuleUse) -> Json:
    where = place(use.rule.span)
    return {
        "rule": use.rule.id,
        "file": where.file,
        "line": where.line,
        "in_force": use.in_force,
        "stood": str(use.stood),
    }


def counts_of(rules: Sequence[RegimeUse]) -> Iterator[tuple[str, int]]:
    """The counts by dotted names: `longarm.rules.cn.stand`."""
    for use in rules:
        for name, count in zip(_COUNTS, use.counts, strict=True):
            yield f"longarm.rules.{use.regime}.{name}", count
