"""How well a run of cases exercises the rules: which stood, which failed to, and how nearly.

    exercised(program, runs, rules)    a `RuleUse` for each of some rules

A rule stands where it stands for certain, under one answer at least to the readings and gaps
that it turns on: what the law, or its model, leaves open no case can settle. It misses where a decision of its regime was made on
a day on which it is in force, and it certainly does not stand; narrowly where it was defeated,
or all but one of its conditions hold (`evaluate.narrowly`). Most of it is read off the decisions
that were made. What is evaluated again are a few cases a rule: first those that say they miss
it, and none after the first that does so narrowly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from itertools import islice, product

from longarm.expecting import CaseRun, RegimeRun
from longarm.side_by_side import spread
from longarm_dsl.core import ast
from longarm_dsl.core.formula import NO, NO_CELL, YES_CELL, Cell, Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import When
from longarm_dsl.evaluate.decide import moments
from longarm_dsl.evaluate.decision import rule_of
from longarm_dsl.evaluate.idle import readings_in, readings_of
from longarm_dsl.evaluate.mentions import merged
from longarm_dsl.evaluate.narrowly import Near
from longarm_dsl.evaluate.network import Network, Truths
from longarm_dsl.evaluate.world import Constants, Options, World
from longarm_dsl.lazy_dataclass import dataclass

MOST_WAYS = 64
"""Ways to read a rule that are tried."""


@dataclass(frozen=True, slots=True)
class RuleUse:
    """What the cases do with one rule."""

    rule: ast.Rule
    in_force: bool = False
    """On the day of some case of its regime."""
    stood: Truth = Truth.NO
    """The most that it stood in any case."""
    missed: bool = False
    narrowly: bool = False


@dataclass(frozen=True, slots=True)
class RegimeUse:
    """The rules of one regime, by what the cases do with them."""

    regime: str
    uses: tuple[RuleUse, ...]

    @property
    def never_stood(self) -> tuple[RuleUse, ...]:
        """Rules that stand in no case."""
        return tuple(u for u in self.uses if u.stood is not Truth.YES)

    @property
    def never_missed(self) -> tuple[RuleUse, ...]:
        """Rules that no case fails to meet."""
        return tuple(u for u in self.uses if not u.missed)

    @property
    def never_narrowly(self) -> tuple[RuleUse, ...]:
        """Rules that cases miss, but none by one condition alone."""
        return tuple(u for u in self.uses if u.missed and not u.narrowly)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Rules in all, that stand, that are missed, narrowly."""
        return (
            len(self.uses),
            len(self.uses) - len(self.never_stood),
            len(self.uses) - len(self.never_missed),
            sum(u.narrowly for u in self.uses),
        )


def exercised(
    program: Program, runs: Sequence[CaseRun], rules: Iterable[ast.Rule], *, jobs: int = 1
) -> tuple[RegimeUse, ...]:
    """What some runs do with some rules, by regime; regimes without either are left out."""
    by_regime: dict[str, list[ast.Rule]] = {}
    for rule in rules:
        by_regime.setdefault(rule.regime, []).append(rule)
    return tuple(
        RegimeUse(regime, tuple(_uses(program, runs, by_regime[regime], jobs)))
        for regime in sorted(by_regime)
        if any(run.decision.regime == regime for case in runs for run in case.runs)
    )


def rules_in(program: Program, files: Iterable[str], regimes: Sequence[str]) -> list[ast.Rule]:
    """The rules that some files declare, of some regimes or of all, by id; no proposed ones."""
    names = frozenset(files)
    return [
        rule
        for _, rule in sorted(program.rules.items())
        if rule.span.source.name in names
        and (not regimes or rule.regime in regimes)
        and not program.law.instrument_of(rule.id).proposed
    ]


def _uses(
    program: Program, runs: Sequence[CaseRun], rules: list[ast.Rule], jobs: int
) -> Iterator[RuleUse]:
    """What some runs do with rules of one regime."""
    clock = Clock(program)
    regime = rules[0].regime
    met = [
        Met(program, clock, case, run)
        for case in runs
        for run in case.runs
        if run.decision.regime == regime
    ]

    def work(number: int) -> tuple[bool, Truth, bool, bool]:
        use = _use(rules[number], met)
        return use.in_force, use.stood, use.missed, use.narrowly

    for rule, made in zip(rules, spread(work, len(rules), jobs=jobs), strict=True):
        yield RuleUse(rule, *made)


def _use(rule: ast.Rule, met: list[Met]) -> RuleUse:
    use = RuleUse(rule)
    missing: list[Met] = []
    for each in met:
        stands, defeated = each.reported.get(rule.id, (None, False))
        if stands is not None:
            use = replace(use, in_force=True, stood=max(use.stood, stands))
        if stands is Truth.NO:
            use = replace(use, missed=True, narrowly=use.narrowly or defeated)
        elif stands is None:
            missing.append(each)
    missing.sort(key=lambda m: not m.says_it_misses(rule.id))
    for each in missing:
        if use.narrowly:
            break
        if each.in_force(rule):
            use = replace(use, in_force=True, missed=True, narrowly=each.nearly(rule))
    if use.stood is Truth.UNKNOWN and any(each.stands_as_read(rule) for each in met):
        use = replace(use, stood=Truth.YES)
    return use


@dataclass(slots=True)
class Clock:
    """Which rules are in force when: many cases share a day."""

    program: Program
    near: Near = field(init=False)
    gaps: tuple[_Gaps, ...] = field(init=False)
    known: dict[tuple[object, ...], bool] = field(default_factory=dict[tuple[object, ...], bool])
    read: dict[str, tuple[Options, ...]] = field(default_factory=dict[str, tuple[Options, ...]])
    constants: Constants = field(default_factory=Constants)

    def __post_init__(self) -> None:
        self.near = Near(self.program)
        self.gaps = (_Gaps(self.program, YES_CELL), _Gaps(self.program, NO_CELL))

    def choices(self, rule: ast.Rule | ast.Entry) -> tuple[Options, ...]:
        """Every way to read what a rule or entry turns on and the law leaves open; one for most."""
        if rule.id not in self.read:
            mentioned = frozenset[str]()
            if isinstance(rule, ast.Rule):
                mentioned = readings_of(self.program)[rule.id]
            elif rule.when is not None:
                mentioned = readings_in(self.program, rule.when)
            readings = [self.program.readings[id_] for id_ in mentioned]
            named = sorted(readings, key=lambda r: r.id)
            ways = product(*([(r.id, value) for value in r.enum.values] for r in named))
            self.read[rule.id] = tuple(Options(readings=way) for way in islice(ways, MOST_WAYS))
        return self.read[rule.id]

    def in_force(self, world: World, rule: str) -> bool:
        """Whether a rule, or a version of it, is or may be in force."""
        key = (world.regime, world.when, world.known, rule)
        if key not in self.known:
            leaves = {rule, *(c.leaf or rule for c in self.program.amendments.get(rule, ()))}
            self.known[key] = any(world.in_force(leaf) != NO for leaf in leaves)
        return self.known[key]


@dataclass(eq=False)
class Met:
    """One decision of a run, and the law and facts that it was made from."""

    program: Program
    clock: Clock
    case: CaseRun
    run: RegimeRun
    made: dict[Options, tuple[Truths, ...]] = field(
        default_factory=dict[Options, tuple[Truths, ...]]
    )

    @cached_property
    def reported(self) -> dict[str, tuple[Truth, bool]]:
        """Each rule that fires or may: how it stands at most, and whether it was defeated."""
        found: dict[str, tuple[Truth, bool]] = {}
        for report in self.run.decision.rules:
            rule = rule_of(report.id)
            stands, defeated = found.get(rule, (Truth.NO, False))
            beaten = report.stands is Truth.NO and report.fires is Truth.YES
            found[rule] = max(stands, report.stands), defeated or beaten
        return found

    def says_it_misses(self, rule: str) -> bool:
        """Whether the case expects that a rule does not stand."""
        return any(e.kind == "not_because" and e.name == rule for e in self.run.expectations)

    @cached_property
    def worlds(self) -> tuple[World, ...]:
        """The law and facts of each part of the day."""
        program, regime = self.program, self.run.decision.regime
        on, known = self.run.day, self.run.decision.known
        facts = merged(self.case.case.transaction, program)
        starts: list[When] = [s for _, s in moments(program, regime, on, known, Options())]
        return tuple(World(program, regime, start, known, Options(), facts) for start in starts)

    @cached_property
    def idle(self) -> frozenset[str]:
        """The rules that certainly do not fire: they are members of nothing."""
        regime, reported = self.run.decision.regime, self.reported
        rules = self.program.rules.values()
        return frozenset(r.id for r in rules if r.regime == regime and r.id not in reported)

    def answered(self, rule: ast.Rule | ast.Entry | None) -> Iterator[Truths]:
        """What holds, under each answer to the readings that a rule turns on, and to the gaps."""
        for options in (Options(),) if rule is None else self.clock.choices(rule):
            if options not in self.made:
                worlds = [replace(world, options=options, lasting={}) for world in self.worlds]
                for world in worlds:
                    self.clock.constants.share(world)
                self.made[options] = tuple(
                    truths
                    for network in (Network(world, self.idle) for world in worlds)
                    for truths in (
                        network.at_rest,
                        *(Truths(network, gaps) for gaps in self.clock.gaps),
                    )
                )
            yield from self.made[options]

    def in_force(self, rule: ast.Rule) -> bool:
        """Whether a rule is or may be in force in some part of the day."""
        return any(self.clock.in_force(world, rule.id) for world in self.worlds)

    def nearly(self, rule: ast.Rule) -> bool:
        """Whether a rule misses narrowly under some answer to what the law leaves open."""
        near = self.clock.near
        if not any(near.may_miss(truths, rule) for truths in self.answered(None)):
            return False
        return any(near.misses(truths, rule) for truths in self.answered(rule))

    def stands_as_read(self, rule: ast.Rule) -> bool:
        """Whether a rule that is open here stands under one answer to its readings and gaps."""
        if self.reported.get(rule.id, (Truth.NO, False))[0] is not Truth.UNKNOWN:
            return False
        return any(
            truths.stands(member.id) is Truth.YES
            for truths in self.answered(rule)
            for member in truths.network.members(rule.id)
        )


class _Gaps(Mapping[str, Cell]):
    """One answer to every question that a status nobody models asks, and to no other."""

    def __init__(self, program: Program, answer: Cell) -> None:
        self._gaps = frozenset(s.id for s in program.statuses.values() if s.gap is not None)
        self._answer = answer

    def __getitem__(self, question: str) -> Cell:
        if question.partition("(")[0] in self._gaps:
            return self._answer
        raise KeyError(question)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


__all__ = ["Clock", "Met", "RegimeUse", "RuleUse", "exercised", "rules_in"]
