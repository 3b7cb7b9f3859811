"""What is compared: the reference evaluator at rest against the compiled functions.

The seam to the compiled form is `Compiled`; whatever has the two methods of `Form` can stand
there, which is how the harness itself is tested.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from longarm.deciding import TOOLKIT
from longarm_dsl.core import facts
from longarm_dsl.core.formula import Truth, atoms
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import REGIME_ZONES, Moment, When, segments
from longarm_dsl.evaluate.decide import Day, decide, statuses
from longarm_dsl.evaluate.decision import record
from longarm_dsl.evaluate.idle import FindIdle, idle_rules
from longarm_dsl.evaluate.mentions import merged
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.outcome import Judge, Outcome
from longarm_dsl.evaluate.world import Options, World


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to both forms."""

    program: Program
    transaction: facts.Transaction
    regime: str
    on: Day
    known: date
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Told:
    """What one form says of one part of the day; whoever is not named does not fire."""

    part: str
    outcome: Outcome
    fires: Mapping[str, Truth]
    stands: Mapping[str, Truth]
    statuses: Mapping[str, Truth]
    questions: frozenset[str] = frozenset()
    """The open facts that some condition asks about; the reference says them."""
    idle: frozenset[str] = frozenset()
    """Rules of which no member fires; the reference says them."""


class Form(Protocol):
    """A way to find out what fires and stands."""

    def told(self, asked: Asked) -> tuple[Told, ...]:
        """What is so in each part of the day."""
        ...

    def idle(self, world: World) -> frozenset[str]:
        """The rules of which no member may fire."""
        ...


# ── the reference ────────────────────────────────────────────────────────────


class Reference:
    """The evaluator by itself."""

    def told(self, asked: Asked) -> tuple[Told, ...]:
        return tuple(_at_rest(part, world) for part, world in _worlds(asked))

    def idle(self, world: World) -> frozenset[str]:
        return idle_rules(world)


def _worlds(asked: Asked, *, opened: bool = False) -> list[tuple[str, World]]:
    """The parts of the day, each with its world; `opened` as if nothing were closed."""
    transaction = merged(asked.transaction, asked.program)
    if opened:
        transaction = replace(transaction, closed=False)
    zone = REGIME_ZONES.get(asked.regime, "UTC")
    when = asked.on.at(zone)
    parts: tuple[tuple[str, When], ...] = (("", when),)
    if not isinstance(when, Moment):
        found = segments(asked.program.law, when, zone, asked.known, asked.options.with_)
        if len(found) > 1:
            parts = tuple((p.label, p.start) for p in found)
    return [
        (
            part,
            World(asked.program, asked.regime, start, asked.known, asked.options, transaction),
        )
        for part, start in parts
    ]


def _at_rest(part: str, world: World) -> Told:
    network = Network(world)
    rest = network.at_rest
    everyone = tuple(network.everyone())
    members = [m.id for m in everyone]
    asked = frozenset(a.question.id for m in everyone for a in atoms(m.condition))
    fires = {id_: t for id_ in members if (t := rest.fires(id_)) is not Truth.NO}
    busy = {m.rule.id for m in everyone if m.id in fires}
    return Told(
        part,
        Judge(network).outcome(rest),
        fires,
        {id_: t for id_ in members if (t := rest.stands(id_)) is not Truth.NO},
        dict(statuses(network)),
        asked,
        frozenset(r.id for r in network.rules() if r.id not in busy),
    )


# ── comparing ────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Counts:
    """How much has been compared."""

    policies: int = 0
    rejected: int = 0
    cases: int = 0
    decisions: int = 0
    records: int = 0
    unknown: int = 0
    members: int = 0
    disagreements: list[str] = field(default_factory=list[str])


def differences(
    asked: Asked, form: Form, *, records: bool = True, counts: Counts | None = None
) -> list[str]:
    """Where a form says something else than the reference, in words."""
    expected = Reference().told(asked)
    got = form.told(asked)
    if [t.part for t in expected] != [t.part for t in got]:
        return [f"parts of the day: {[t.part for t in got]}, not {[t.part for t in expected]}"]
    found: list[str] = []
    for ours, theirs in zip(expected, got, strict=True):
        at = f" ({ours.part})" if ours.part else ""
        if ours.outcome != theirs.outcome:
            found.append(f"outcome{at}: {theirs.outcome}, not {ours.outcome}")
        for what in ("fires", "stands", "statuses"):
            found += _differing(f"{what}{at}", getattr(ours, what), getattr(theirs, what))
    if counts is not None:
        counts.decisions += 1
        counts.members += sum(len(t.fires) + len(t.stands) + len(t.statuses) for t in expected)
        counts.unknown += len(frozenset[str]().union(*(t.questions for t in expected)))
    for (_, world), ours in zip(_worlds(asked, opened=True), expected, strict=True):
        # A decision looks for idle rules as if nothing were closed.
        mine = Reference().idle(world) if asked.transaction.closed else ours.idle
        other = form.idle(world)
        found += [f"idle {id_}: {id_ in other}" for id_ in sorted(mine ^ other)]
    if records:
        if counts is not None:
            counts.records += 1
        found += record_differences(asked, form.idle)
    return found


def _differing(what: str, expected: Mapping[str, Truth], got: Mapping[str, Truth]) -> list[str]:
    return [
        f"{what} {id_}: {theirs.name}, not {ours.name}"
        for id_ in sorted({*expected, *got})
        if (theirs := got.get(id_, Truth.NO)) != (ours := expected.get(id_, Truth.NO))
    ]


def record_of(asked: Asked, find_idle: FindIdle) -> dict[str, object]:
    """The whole record of a decision that leaves out the rules found idle."""
    decision = decide(
        asked.program,
        asked.transaction,
        asked.regime,
        asked.on,
        asked.known,
        asked.options,
        find_idle=find_idle,
    )
    made = record(decision, TOOLKIT)
    return {str(k): v for k, v in made.items()}


def record_differences(asked: Asked, find_idle: FindIdle) -> list[str]:
    """Where two ways to find idle rules tell different records."""
    ours, theirs = record_of(asked, idle_rules), record_of(asked, find_idle)
    return [
        f"record, {key}: {_shown(theirs.get(key))}, not {_shown(ours.get(key))}"
        for key in sorted({*ours, *theirs})
        if ours.get(key) != theirs.get(key)
    ]


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) < 400 else f"{text[:400]}…"
