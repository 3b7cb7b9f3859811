"""One decision for a day that clock times cut: the hull over its parts (semantics 1.9).

    joined([("before 13:01", decision, findings), …]) -> Decision

What holds in some parts only is open, and the time of day is a question exactly where
the parts do not agree on what every answer leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Interval, Number, hull, point
from longarm_dsl.core.units import MONEY
from longarm_dsl.evaluate.decision import Answered, Asked, Charge, Decision, Open
from longarm_dsl.evaluate.outcome import Findings, Outcome, order_of

Part = tuple[str, Decision, Findings]
T = TypeVar("T")
_NOTHING = point(0, MONEY)


def joined(parts: list[Part]) -> Decision:
    """The decision of the whole day."""
    decisions = [d for _, d, _ in parts]
    first = decisions[0]
    outcome = first.outcome
    for decision in decisions[1:]:
        outcome = outcome.hull(decision.outcome)
    statuses: dict[str, Truth] = {}
    for name in dict.fromkeys(n for d in decisions for n, _ in d.statuses):
        values = {dict(d.statuses).get(name, Truth.NO) for d in decisions}
        statuses[name] = values.pop() if len(values) == 1 else Truth.UNKNOWN
    return replace(
        first,
        outcome=outcome,
        exact=all(d.exact for d in decisions),
        needs=tuple(_needs(parts, outcome)),
        minimal=all(d.minimal for d in decisions),
        statuses=tuple(sorted(statuses.items())),
        rules=_merged(
            [d.rules for d in decisions],
            lambda r: r.id,
            lambda r: replace(r, stands=Truth.UNKNOWN),
            lambda r: r.stands,
        ),
        requirements=_merged(
            [d.requirements for d in decisions],
            lambda r: r.rule + r.kind,
            lambda r: replace(r, stands=Truth.UNKNOWN),
            lambda r: r.stands,
        ),
        duties=_merged(
            [d.duties for d in decisions],
            lambda x: f"{x.rule} {x.duty} {x.when}",
            lambda x: replace(x, stands=Truth.UNKNOWN),
            lambda x: x.stands,
        ),
        flags=_merged(
            [d.flags for d in decisions],
            lambda x: f"{x.rule} {x.flag}",
            lambda x: replace(x, stands=Truth.UNKNOWN),
            lambda x: x.stands,
        ),
        exposes=_merged(
            [d.exposes for d in decisions],
            lambda x: f"{x.rule} {x.penalty}",
            lambda x: replace(x, stands=Truth.UNKNOWN),
            lambda x: x.stands,
        ),
        charges=tuple(_charges(parts)),
        silent=tuple({s.id: s for d in decisions for s in d.silent}.values()),
        errors=tuple(dict.fromkeys(e for d in decisions for e in d.errors)),
        assumed=tuple(dict.fromkeys(a for d in decisions for a in d.assumed)),
    )


def _merged(
    found: list[tuple[T, ...]],
    key: Callable[[T], str],
    opened: Callable[[T], T],
    stands: Callable[[T], Truth],
) -> tuple[T, ...]:
    """What the parts report, by key; open where they do not all report it alike."""
    made: dict[str, T] = {}
    for name in sorted({key(x) for part in found for x in part}):
        here = [next((x for x in part if key(x) == name), None) for part in found]
        reports = [x for x in here if x is not None]
        alike = len(reports) == len(found) and len({stands(x) for x in reports}) == 1
        made[name] = reports[0] if alike else opened(reports[0])
    return tuple(made.values())


def _charges(parts: list[Part]) -> Iterable[Charge]:
    """A charge of some parts only, or of another amount there, is open between them."""
    first = parts[0][1]
    for name in sorted({c.name for _, d, _ in parts for c in d.charges}):
        here = [next((c for c in d.charges if c.name == name), None) for _, d, _ in parts]
        charges = [c for c in here if c is not None]
        amounts = [_NOTHING if c is None else c.amount for c in here]
        hangs_on = {o.question: o for c in charges for o in c.open}
        if any(a != amounts[0] for a in amounts):
            hangs_on["time"] = Open("time", "time", _at_what_time(first))
        yield Charge(
            name,
            _hull(amounts),
            tuple(sorted({r for c in charges for r in c.rules})),
            tuple(hangs_on.values()),
        )


def _hull(amounts: list[Interval | None]) -> Interval | None:
    known = [a for a in amounts if a is not None]
    if len(known) < len(amounts):
        return None
    whole: Number = known[0]
    for amount in known[1:]:
        whole = hull(whole, amount)
    return whole if isinstance(whole, Interval) else None


def _at_what_time(decision: Decision) -> str:
    return f"at what time on {decision.on}?"


def _needs(parts: list[Part], outcome: Outcome) -> list[Asked]:
    """Every need of a part, with what its answers lead to over the whole day, and the time."""
    asked: dict[str, Asked] = {}
    for _, decision, _ in parts:
        for need in decision.needs:
            asked.setdefault(need.question, need)
    needs = [replace(need, answers=_answers(parts, need.question)) for need in asked.values()]
    first = parts[0]
    settled = all(d.outcome.determined for _, d, _ in parts)
    differ = (
        any(d.outcome != first[1].outcome for _, d, _ in parts)
        if settled
        else any(f.diagram != first[2].diagram or f.diagram is None for _, _, f in parts)
    )
    if differ:
        needs.append(
            Asked(
                "time",
                "time",
                _at_what_time(first[1]),
                (),
                tuple(Answered(text, d.outcome) for text, d, _ in parts),
            )
        )
    if outcome.determined:
        return []
    # Where too much is open, a question with many answers lists none: it may lead to anything.
    return sorted(
        needs,
        key=lambda n: order_of(n.question, [a.outcome for a in n.answers] or [outcome]),
    )


def _answers(parts: list[Part], question: str) -> tuple[Answered, ...]:
    """What an answer leads to: in a part that does not ask, to all that the part may say."""
    found: dict[str, Outcome] = {}
    asked = [[n for n in d.needs if n.question == question] for _, d, _ in parts]
    labels = dict.fromkeys(a.answer for needs in asked for n in needs for a in n.answers)
    for label in labels:
        for (_, decision, _), needs in zip(parts, asked, strict=True):
            here = next(
                (a.outcome for n in needs for a in n.answers if a.answer == label),
                decision.outcome,
            )
            found[label] = found[label].hull(here) if label in found else here
    return tuple(Answered(label, o) for label, o in found.items())
