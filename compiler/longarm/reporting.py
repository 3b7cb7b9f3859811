"""What an instrument models, and what its cases show of it.

    report(program, instruments, cases) -> tuple[InstrumentReport, …]

For each provision: which rules speak for it, or why none does. For each rule: the cases in
which it stands, may stand, is defeated, and narrowly misses, that is, in which exactly one
atomic condition keeps it from firing. A rule that no case brings near is one that nobody
has tested. The clock is never read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import field
from datetime import date
from typing import assert_never

from longarm.cases import CaseInput
from longarm.deciding import days_expected, days_of
from longarm.nearness import NOTHING_TO_DO, Fate, Near, Nearness
from longarm.side_by_side import spread
from longarm_dsl.core import ast
from longarm_dsl.core.check.citations import cited_in, speaks_for
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import REGIME_ZONES, EventKind
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.world import Options, World
from longarm_dsl.lazy_dataclass import dataclass

__all__ = [
    "NOTHING_TO_DO",
    "NOT_IN_FORCE",
    "InstrumentReport",
    "Miss",
    "ProvisionReport",
    "RuleUse",
    "provisions_of",
    "report",
]

CLAIMS = {
    "by": "modelled",
    "partly": "partly modelled",
    "enables": "enables",
    "not": "not modelled",
}
"""What becomes of a provision, by the kind of its claim."""

NOT_IN_FORCE = "is not in force"


@dataclass(frozen=True, slots=True)
class ProvisionReport:
    """A provision: modelled, partly modelled, enables, not modelled or unclaimed; by what, why."""

    name: str
    state: str
    by: tuple[str, ...]
    why: str | None


@dataclass(frozen=True, slots=True)
class Miss:
    """A case in which a rule lacks one condition only, and which."""

    case: CaseInput
    lacks: str


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A rule with the cases in which it stands, may stand, is defeated, narrowly misses."""

    rule: ast.Rule
    stood: tuple[CaseInput, ...]
    open: tuple[CaseInput, ...]
    defeated: tuple[CaseInput, ...]
    missed: tuple[Miss, ...]

    @property
    def untested(self) -> bool:
        """Whether no case brings the rule to fire or near it."""
        return not (self.stood or self.open or self.defeated or self.missed)


@dataclass(frozen=True, slots=True)
class InstrumentReport:
    """One instrument: its provisions, rules and events, and the cases that exercise them."""

    instrument: ast.Instrument
    provisions: tuple[ProvisionReport, ...]
    rules: tuple[RuleUse, ...]
    events: tuple[str, ...]
    rows: int
    cases: tuple[CaseInput, ...]


@dataclass(frozen=True, slots=True)
class _Met:
    """A rule that a case brings to fire, or near."""

    rule: str
    fate: Fate
    lacks: str
    at_work: str | None
    """The instrument that the case shows at work."""


@dataclass(slots=True)
class _Use:
    """Cases of one rule while they are collected."""

    stood: list[CaseInput] = field(default_factory=list[CaseInput])
    open: list[CaseInput] = field(default_factory=list[CaseInput])
    defeated: list[CaseInput] = field(default_factory=list[CaseInput])
    missed: list[Miss] = field(default_factory=list[Miss])


def report(
    program: Program,
    instruments: Collection[str],
    cases: Sequence[CaseInput],
    *,
    jobs: int = 1,
    done: Callable[[int, int], None] | None = None,
) -> tuple[InstrumentReport, ...]:
    """Report some instruments, given by id, over the cases.

    `jobs`: processes that share many cases. `done` is told how many of how many are held
    against the rules.
    """
    chosen = [i for i in program.instruments.values() if i.id in instruments]
    rules = [r for r in program.rules.values() if r.instrument in instruments]
    uses = {r.id: _Use() for r in rules}
    touched: dict[str, dict[int, CaseInput]] = {i.id: {} for i in chosen}
    acted_on = _acted_on(program, instruments)
    looked_at = [
        r
        for r in program.rules.values()
        if r.id in uses or r.id in acted_on or r.instrument in acted_on
    ]
    nearness = Nearness(program, looked_at)
    regimes = sorted({i.regime for i in chosen})
    asked = [
        (number, regime, day, known)
        for number, case in enumerate(cases)
        for regime in regimes
        if not case.regimes or regime in case.regimes
        for day, known in _days(program, case, regime)
    ]
    if asked:
        nearness.prepare(regimes)

    def work(number: int) -> list[_Met]:
        at, regime, day, known = asked[number]
        when = day.at(REGIME_ZONES.get(regime, "UTC"))
        near = nearness.of(World(program, regime, when, known, Options(), cases[at].transaction))
        mine = (rule for rule in looked_at if rule.regime == regime)
        met = (_met(near, rule, counted=rule.id in uses) for rule in mine)
        return [m for m in met if m is not None]

    def told(number: int) -> None:
        if done is not None:
            done(number, len(asked))

    found = spread(work, len(asked), jobs=jobs, done=told)
    for (number, *_), met in zip(asked, found, strict=True):
        for each in met:
            if each.rule in uses:
                _sort(uses[each.rule], each, cases[number])
            if each.at_work in touched:
                touched[each.at_work][number] = cases[number]
    return tuple(
        InstrumentReport(
            i,
            tuple(provisions_of(program, i)),
            tuple(_use_of(r, uses[r.id]) for r in rules if r.instrument == i.id),
            tuple(_events(program, i.id)),
            sum(row.instrument == i.id for t in program.tables.values() for row in t.rows),
            tuple(touched[i.id].values()),
        )
        for i in chosen
    )


def _days(program: Program, case: CaseInput, regime: str) -> Iterable[tuple[Day, date]]:
    """The days on which a case expects something of a regime, else its own."""
    asked = [days_expected(program, case, e) for e in case.expectations if e.regime == regime]
    return dict.fromkeys(asked or [days_of(program, case)])


def _acted_on(program: Program, instruments: Collection[str]) -> frozenset[str]:
    return frozenset(
        target
        for event in program.law.events.values()
        if event.source in instruments and event.kind is not EventKind.AMENDS
        for target in event.targets
    )


def _met(near: Near, rule: ast.Rule, *, counted: bool) -> _Met | None:
    """How a case fares with a rule that it brings to fire, or near."""
    if not near.in_force(rule):
        by = near.would(rule)
        return None if by is None else _Met(rule.id, Fate.NEAR, NOT_IN_FORCE, by)
    if not counted:
        return None
    found = near.fares(rule)
    match found.fate:
        case Fate.FAR:
            return None
        case Fate.NEAR:
            return _Met(rule.id, found.fate, found.lacks, None)
        case _:
            return _Met(rule.id, found.fate, "", rule.instrument)


def _sort(use: _Use, met: _Met, case: CaseInput) -> None:
    match met.fate:
        case Fate.STANDS:
            use.stood.append(case)
        case Fate.OPEN:
            use.open.append(case)
        case Fate.DEFEATED:
            use.defeated.append(case)
        case Fate.NEAR:
            use.missed.append(Miss(case, met.lacks))
        case Fate.FAR:
            pass
        case _:
            assert_never(met.fate)


def _use_of(rule: ast.Rule, use: _Use) -> RuleUse:
    missed = {(id(miss.case), miss.lacks): miss for miss in use.missed}
    return RuleUse(
        rule, _once(use.stood), _once(use.open), _once(use.defeated), tuple(missed.values())
    )


def _once(cases: Iterable[CaseInput]) -> tuple[CaseInput, ...]:
    """A case that fares alike on several of its days is named once."""
    return tuple({id(case): case for case in cases}.values())


# ── provisions and events ────────────────────────────────────────────────────


def provisions_of(program: Program, instrument: ast.Instrument) -> Iterable[ProvisionReport]:
    """Claims first; then the rules that cite the provision, or something inside it."""
    cited = cited_in(program, instrument.id)
    for name in instrument.provisions:
        claims = [c for c in instrument.claims if name in c.provisions]
        rules = [
            rule.id
            for rule in program.rules.values()
            if rule.instrument == instrument.id and speaks_for(_cite(rule), name)
        ]
        by = tuple(dict.fromkeys([*(b for c in claims for b in c.by), *rules]))
        why = "; ".join(c.why for c in claims if c.why) or None
        if claims:
            yield ProvisionReport(name, CLAIMS[claims[0].kind], by, why)
        elif rules or any(speaks_for(c, name) for c in cited):
            yield ProvisionReport(name, "modelled", by, None)
        else:
            yield ProvisionReport(name, "unclaimed", (), None)


def _cite(rule: ast.Rule) -> str:
    cite = rule.clauses.cite
    return cite.value if isinstance(cite, ast.Literal) and isinstance(cite.value, str) else ""


def _events(program: Program, instrument: str) -> Iterable[str]:
    """What an instrument does to others, in the law's own verbs."""
    for event in program.law.events.values():
        if event.source == instrument:
            yield f"{event.kind} {', '.join(event.targets)}"
