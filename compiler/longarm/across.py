"""One case on several days: what each regime says on each, and what changed it in between.

    across(days, ask, history) -> Across

The facts and the knowledge day stay, so that nothing but the law moves. Where a regime says
another thing on the next day that was asked for, the days between at which its law changes
are halved until the day of the change is found; the instruments whose dates that day is are
then those of the rules that changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from longarm.deciding import Decided
from longarm.timeline import Cause, Change, chart
from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import let_values, nodes, rule_roots
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.decision import Decision, rule_of
from longarm_dsl.evaluate.world import Options
from longarm_dsl.lazy_dataclass import dataclass

Ask = Callable[[date], Decided]
"""What every regime says of the case on a day."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A day from which a regime says another thing, and which instruments made it.

    `rules`: the ids of requirements that come, go or are reviewed otherwise. `causes` is
    empty where no change of the law of that day explains it.
    """

    regime: str
    at: date
    before: Decision
    after: Decision
    rules: tuple[str, ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Across:
    """One case on the days asked for, in order, and each change between one and the next."""

    decided: tuple[Decided, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The law of the regimes of a case, as known on a day."""

    program: Program
    known: date
    options: Options


def across(days: Iterable[date], ask: Ask, history: History) -> Across:
    """The case on each day, and each change from one to the next.

    A change that is undone before the next day asked for is not looked for.
    """
    kept: dict[date, Decided] = {}

    def remembered(day: date) -> Decided:
        if day not in kept:
            kept[day] = ask(day)
        return kept[day]

    asked = sorted(set(days))
    decided = tuple(remembered(day) for day in asked)
    turns: list[Turn] = []
    for number, regime in enumerate(d.regime for d in decided[0].decisions):

        def say(day: date, number: int = number) -> Decision:
            return remembered(day).decisions[number]

        if all(_same(say(a), say(b)) for a, b in pairwise(asked)):
            continue
        changes = _changes(history, regime, asked)
        points = sorted(_days(changes))
        for first, last in pairwise(asked):
            inside = points[bisect_right(points, first) : bisect_right(points, last)]
            steps = sorted({first, *inside, last})
            for a, b in _turned(steps, say):
                turns.append(_turn(history.program, say(a), say(b), b, _on(changes, b)))
    turns.sort(key=lambda turn: turn.at)
    return Across(decided, tuple(turns))


def _same(a: Decision, b: Decision) -> bool:
    """Whether nobody would call the answer another one."""
    return a.outcome == b.outcome and _asked(a) == _asked(b)


def _asked(decision: Decision) -> set[tuple[str, str, Truth, tuple[int, int] | None]]:
    return {(r.rule, r.kind, r.stands, r.review) for r in decision.requirements}


def _turned(days: Sequence[date], say: Callable[[date], Decision]) -> Iterator[tuple[date, date]]:
    """Neighboring days between which the answer changes, by halving: the last is found last."""
    if len(days) == 1 or _same(say(days[0]), say(days[-1])):
        return
    if len(days) == 2:  # noqa: PLR2004  neighbors
        yield days[0], days[1]
        return
    middle = len(days) // 2
    yield from _turned(days[: middle + 1], say)
    yield from _turned(days[middle:], say)


# ── what made it ─────────────────────────────────────────────────────────────


def _changes(history: History, regime: str, asked: Sequence[date]) -> tuple[Change, ...]:
    program = history.program
    acts = [i.id for i in program.instruments.values() if i.regime == regime]
    made = chart(program, acts, asked[0], asked[-1], history.known, history.options)
    return made.changes()


def _days(changes: Iterable[Change]) -> set[date]:
    """The days of changes; where one comes within a day, the day after too."""
    found: set[date] = set()
    for change in changes:
        found.add(change.at.day)
        if change.at.minute:
            found.add(change.at.day + timedelta(days=1))
    return found


def _on(changes: Iterable[Change], day: date) -> tuple[Change, ...]:
    eve = day - timedelta(days=1)
    return tuple(c for c in changes if c.at.day == day or (c.at.day == eve and c.at.minute))


def _turn(
    program: Program, before: Decision, after: Decision, at: date, changes: Sequence[Change]
) -> Turn:
    moved = {rule for rule, *_ in _asked(before) ^ _asked(after)}
    causes = {
        cause.id: cause
        for change in _relevant(program, before, after, changes)
        for cause in change.by
    }
    ordered = tuple(sorted(causes.values(), key=lambda cause: (cause.known, cause.id)))
    return Turn(after.regime, at, before, after, tuple(sorted(moved)), ordered)


def _relevant(
    program: Program, before: Decision, after: Decision, changes: Sequence[Change]
) -> list[Change]:
    """Of the changes of a day those that the rules of the answer hang on, the nearest first.

    Rules that themselves begin, end or are amended; and definitions or codes that others
    speak of; else rows of the lists that they read.
    """
    moved = {rule_of(id_) for id_ in _moved(before, after)}
    codes = {code for _, found in {*before.codes} ^ {*after.codes} for code in found}
    near = moved | {e.id for e in program.entries.values() if str(e.code) in codes}
    still = [rule for rule in moved if not any(rule in c.parts for c in changes)]
    spoken = _spoken(program, still)
    near |= spoken & {*program.lets, *program.values}
    found = [c for c in changes if not near.isdisjoint(c.parts)]
    if found:
        return found
    rows = {r.id for name in spoken if name in program.tables for r in program.tables[name].rows}
    return [c for c in changes if not rows.isdisjoint(c.parts)]


def _moved(before: Decision, after: Decision) -> set[str]:
    """Rules that are reported on one side only, or stand otherwise, or do another thing."""
    one = {(r.id, r.stands, r.fires, r.effects) for r in before.rules}
    other = {(r.id, r.stands, r.fires, r.effects) for r in after.rules}
    return {id_ for id_, *_ in one ^ other}


def _spoken(program: Program, rules: Collection[str]) -> set[str]:
    """Definitions, named sets and tables that some rules speak of, however deep."""
    found: set[str] = set()
    waiting = [
        root.expr
        for id_ in rules
        if id_ in program.rules
        for root in rule_roots(program, program.rules[id_])
    ]
    while waiting:
        for node in nodes(waiting.pop()):
            match node:
                case ast.LetCall(name, _) | ast.Named(_, name):
                    pass
                case _:
                    continue
            if name in found:
                continue
            found.add(name)
            if name in program.lets:
                waiting.extend(let_values(program, program.lets[name]))
            if name in program.values:
                waiting.append(program.values[name].value)
    return found
