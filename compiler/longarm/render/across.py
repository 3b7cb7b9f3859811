"""One case on several days, to a page and to JSON: values in, text out."""

from __future__ import annotations

from collections.abc import Iterator

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from longarm.across import Across, Turn
from longarm.render.common import visible
from longarm.render.parts import Part, bullet, law_line
from longarm.render.words import (
    outcome_words,
    posture,
    regime_name,
    reviewed,
    rule_title,
    verdict,
)
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.decision import Decision, Json, Requirement, rule_of

_DAY = 10
MOST = 6
"""Requirements of one change that are named; of more, how many."""


def across_page(program: Program, made: Across, known: str) -> Iterator[Part]:
    """The days below one another, the regimes side by side, then what changed and by what."""
    first = made.decided[0]
    yield Text(visible(first.case.title) or "case", style="bold")
    yield Text(f"the law as known on {first.decisions[0].known} ({known})")
    yield Text()
    yield _table(made)
    yield Text()
    if not made.turns:
        yield Text("No regime says another thing on any of these days.")
    for turn in made.turns:
        yield Text(f"{turn.at}  {regime_name(turn.regime)}", style="bold")
        yield Padding(_turn(program, turn), (0, 0, 1, 2))
    if any(d.requires[0] == "nothing" for one in made.decided for d in one.decisions):
        yield Text("“no requirement found” is not a clearance: see `longarm eval` on one day")
    yield law_line(first.decisions[0].law)


def across_json(made: Across) -> dict[str, Json]:
    """What changed, beside the records of the days."""
    return {
        "changes": [
            {
                "regime": turn.regime,
                "on": turn.at.isoformat(),
                "before": outcome_words(turn.before.outcome),
                "after": outcome_words(turn.after.outcome),
                "rules": list(turn.rules),
                "by": [
                    {"id": c.id, "instrument": c.instrument, "known": c.known.isoformat()}
                    for c in turn.causes
                ],
            }
            for turn in made.turns
        ]
    }


def _table(made: Across) -> Table:
    table = Table.grid(padding=(0, 2), expand=False)
    table.add_column(width=_DAY)
    regimes = made.decided[0].decisions
    for _ in regimes:
        table.add_column(ratio=1, overflow="fold")
    table.add_row("", *(Text(regime_name(d.regime), style="bold") for d in regimes))
    for one in made.decided:
        table.add_row(one.decisions[0].on, *(_cell(d) for d in one.decisions))
    return table


def _cell(decision: Decision) -> Text:
    text = verdict(decision)
    if decision.outcome.review_high:
        text += f", review {posture(*decision.review)}"
    return Text(text)


def _turn(program: Program, turn: Turn) -> Table:
    made = Table.grid()
    made.add_column(ratio=1, overflow="fold")
    before, after = outcome_words(turn.before.outcome), outcome_words(turn.after.outcome)
    made.add_row(f"{before} → {after}" if before != after else f"{after}, for other reasons")
    lines = [*_moves(program, turn)]
    for line in lines[:MOST]:
        made.add_row(bullet(visible(line)))
    if len(lines) > MOST:
        made.add_row(bullet(f"and {len(lines) - MOST} more"))
    first = {c.instrument: c for c in reversed(turn.causes)}
    for cause in sorted(first.values(), key=lambda c: (c.known, c.instrument)):
        act = program.instruments.get(cause.instrument)
        title = act.title if act is not None else cause.instrument
        name = cause.instrument.partition(".")[2]
        made.add_row(Text(visible(f"by {title} ({name}), known since {cause.known}"), style="cyan"))
    if not turn.causes:
        made.add_row(Text("no change of the law of that day explains it: see both days", "dim"))
    return made


def _moves(program: Program, turn: Turn) -> Iterator[str]:
    """Each requirement that comes, goes, or is reviewed otherwise: by rule, not by member."""
    before = {r.rule: r for r in turn.before.requirements}
    after = {r.rule: r for r in turn.after.requirements}
    told: set[str] = set()
    for id_ in turn.rules:
        line = _move(program, before.get(id_), after.get(id_))
        if line is not None and line not in told:
            told.add(line)
            yield line


def _move(program: Program, old: Requirement | None, new: Requirement | None) -> str | None:
    found = new or old
    if found is None:
        return None
    title = rule_title(program, found.rule)
    rule = program.rules.get(rule_of(found.rule))
    where = f" ({rule.instrument.partition('.')[2]})" if rule else ""
    name = f"“{title}”{where}"
    if new is None:
        return f"no longer: {name}"
    maybe = "perhaps " if new.stands is Truth.UNKNOWN else ""
    if old is None:
        return f"{maybe}new: {name}{reviewed(new)}"
    if old.stands is not new.stands:
        return f"now {'open' if maybe else 'certain'}: {name}{reviewed(new)}"
    return f"{maybe}otherwise reviewed: {name}{reviewed(new)}"
