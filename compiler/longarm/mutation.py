"""How well cases hold a law fast: small changes to it, and the case that notices each.

    report = mutate(program, mutants, cases)     a `Tried` for each mutant

A mutant is killed by a case that passes under the law as it is, and fails under the mutant.
First it is found which cases can notice it at all (`longarm.noticing`). Of these, what is
expected of single rules is judged from the rules alone, without a decision; only then is a case
decided anew, those with few rules first, and none after the first that kills it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from longarm.case_input import CaseInput
from longarm.deciding import days_expected, days_of
from longarm.expecting import failures, same_rule
from longarm.mutants import Mutant, mutated
from longarm.noticing import CODES, Mentions, Screen, clauses_of, share
from longarm.side_by_side import spread
from longarm_dsl.core import ast
from longarm_dsl.core import time as calendar
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.decide import Day, decide, moments
from longarm_dsl.evaluate.decision import Decision, rule_of
from longarm_dsl.evaluate.idle import FindIdle, idle_rules
from longarm_dsl.evaluate.mentions import merged
from longarm_dsl.evaluate.network import Network, needs_license
from longarm_dsl.evaluate.relations import relations_of
from longarm_dsl.evaluate.world import Constants, Options, World
from longarm_dsl.lazy_dataclass import dataclass

_OF_RULES = frozenset({"because", "not_because", "open_because"})
"""Expectations that the rules alone settle."""
_OF_CODES = frozenset({"code", "not_code", "open_code"})


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNNOTICED = "unnoticed"
    """No case could have noticed it."""
    UNTRIED = "untried"
    """There was no time left for it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A case with what one regime says of it under the law as it is."""

    case: CaseInput
    regime: str
    expectations: tuple[ast.Expectation, ...]
    busy: frozenset[str]
    """The rules that fire, or may."""
    passes: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant, what became of it, which case killed it, and how many could notice it."""

    mutant: Mutant
    fate: Fate
    killer: CaseInput | None = None
    could: int = 0
    decided: int = 0
    """How many cases were decided anew for it."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """All mutants that were tried."""

    tried: tuple[Tried, ...]
    cases: int
    failing: int = 0
    """Cases that fail under the law as it is: they can kill nothing."""
    held: tuple[Held, ...] = field(default=(), repr=False)
    """The cases as the law is, once for each regime."""

    def count(self, fate: Fate) -> int:
        """How many mutants met with a fate."""
        return sum(t.fate is fate for t in self.tried)

    @property
    def score(self) -> float:
        """The share of the mutants that were tried and killed, in percent; 0 if none was."""
        tried = len(self.tried) - self.count(Fate.UNTRIED)
        return 100 * self.count(Fate.KILLED) / tried if tried else 0.0


def mutate(
    program: Program,
    mutants: Sequence[Mutant],
    cases: Sequence[CaseInput],
    *,
    regimes: Sequence[str] = (),
    find_idle: FindIdle = idle_rules,
    jobs: int = 1,
    until: float | None = None,
    said: Callable[[str], None] | None = None,
) -> Mutation:
    """Try some mutants on some cases; `until`: when to stop, by `time.monotonic`.

    At most half the time goes to finding out which cases can notice what. What the cases looked
    at by then do not kill counts as not tried.
    """
    say = said or _silent
    looking = None if until is None else (time.monotonic() + until) / 2
    asked = [each for case in cases for each in _asked(program, case, regimes)]
    screen = Screen(program, mutants)

    def look(number: int) -> tuple[frozenset[str], bool, tuple[int, ...]] | None:
        if looking is not None and time.monotonic() > looking:
            return None
        case, regime = asked[number]
        held = _held(program, case, regime, find_idle)
        if not held.passes:
            return held.busy, False, ()
        codes = any(e.kind in _OF_CODES for e in held.expectations)
        noticed = screen.noticed(worlds_of(program, case, regime), codes=codes)
        return held.busy, True, tuple(sorted(noticed))

    count = len(asked)
    looked = spread(look, count, jobs=jobs, done=lambda n: say(f"case {n} of {count}"))
    held: list[Held] = []
    by_mutant: list[list[int]] = [[] for _ in mutants]
    for number, ((case, regime), found) in enumerate(zip(asked, looked, strict=True)):
        busy, passes, noticed = found or (frozenset[str](), False, ())
        held.append(Held(case, regime, case.expectations, busy, passes))
        for mutant in noticed:
            by_mutant[mutant].append(number)
    complete = all(found is not None for found in looked)
    trial = Trial(program, mutants, held)

    def judge(number: int) -> tuple[Fate, int | None, int]:
        if until is not None and time.monotonic() > until:
            return Fate.UNTRIED, None, 0
        fate, killer, decided = trial.judge(number, by_mutant[number], until)
        is_sure = complete or fate is Fate.KILLED
        return (fate if is_sure else Fate.UNTRIED), killer, decided

    total = len(mutants)
    judged = spread(judge, total, jobs=jobs, done=lambda n: say(f"mutant {n} of {total}"))
    tried = tuple(
        Tried(
            mutant,
            fate,
            None if killer is None else held[killer].case,
            len(by_mutant[number]),
            decided,
        )
        for number, (mutant, (fate, killer, decided)) in enumerate(
            zip(mutants, judged, strict=True)
        )
    )
    failing = sum(found is not None and not found[1] for found in looked)
    return Mutation(tried, len(cases), failing, tuple(held))


def _asked(
    program: Program, case: CaseInput, regimes: Sequence[str]
) -> Iterator[tuple[CaseInput, str]]:
    """A case for each regime and day of which it expects something, with what it expects then."""
    own = days_of(program, case)
    groups: dict[tuple[str, Day, date], list[ast.Expectation]] = {}
    for expectation in case.expectations:
        if not regimes or expectation.regime in regimes:
            day, known = days_expected(program, case, expectation)
            groups.setdefault((expectation.regime, day, known), []).append(expectation)
    for (regime, day, known), expectations in groups.items():
        then = replace(case, expectations=tuple(expectations))
        if (day, known) != own:
            then = replace(then, on=str(day), known=known.isoformat())
        yield then, regime


def worlds_of(program: Program, case: CaseInput, regime: str) -> tuple[World, ...]:
    """What each part of the day of a case is decided from."""
    on, known = days_of(program, case)
    facts = merged(case.transaction, program)
    starts = [start for _, start in moments(program, regime, on, known, Options())]
    return tuple(World(program, regime, start, known, Options(), facts) for start in starts)


def decided(
    program: Program, case: CaseInput, regime: str, find_idle: FindIdle = idle_rules
) -> Decision:
    """What a program says of a case."""
    on, known = days_of(program, case)
    return decide(
        program, case.transaction, regime, on, known, assumptions=False, find_idle=find_idle
    )


def _held(program: Program, case: CaseInput, regime: str, find_idle: FindIdle) -> Held:
    decision = decided(program, case, regime, find_idle)
    busy = frozenset(rule_of(report.id) for report in decision.rules)
    passes = not failures(decision, case.expectations)
    return Held(case, regime, case.expectations, busy, passes)


# ── verdicts ─────────────────────────────────────────────────────────────────


class Trial:
    """Judges mutants by the cases that can notice them."""

    def __init__(self, program: Program, mutants: Sequence[Mutant], held: Sequence[Held]) -> None:
        self.program = program
        self.mutants = mutants
        self.held = held
        self.reach = Reach(program)

    def judge(
        self, number: int, candidates: Sequence[int], until: float | None = None
    ) -> tuple[Fate, int | None, int]:
        """What becomes of a mutant, which case kills it, how many were decided anew."""
        if not candidates:
            return Fate.UNNOTICED, None, 0
        mutant = self.mutants[number]
        program = mutated(self.program, mutant)
        again = self.reach.of(mutant)
        share(program, self.program, mutant)

        def about(candidate: int) -> tuple[bool, int, int]:
            held = self.held[candidate]
            named = any(e.kind in _OF_RULES and e.name == mutant.home for e in held.expectations)
            return not named, len(held.busy), candidate

        ordered = sorted(candidates, key=about)
        constants = Constants()
        for candidate in ordered:
            if self._rules_tell(program, self.held[candidate], again, constants):
                return Fate.KILLED, candidate, 0
        for done, candidate in enumerate(ordered, 1):
            if until is not None and time.monotonic() > until:
                return Fate.UNTRIED, None, done - 1
            if self._fails(program, self.held[candidate], again, constants):
                return Fate.KILLED, candidate, done
        return Fate.SURVIVED, None, len(ordered)

    def _rules_tell(
        self, program: Program, held: Held, again: frozenset[str] | None, constants: Constants
    ) -> bool:
        """Whether an expectation of a rule fails, judged from that rule and what it asks."""
        own = [e for e in held.expectations if e.kind in _OF_RULES]
        if not own:
            return False
        ranged = any(e.kind == "requires" and e.low != e.high for e in held.expectations)
        enough = Truth.UNKNOWN if ranged else Truth.YES
        without = self._idle(held, again)
        worlds = worlds_of(program, held.case, held.regime)
        if len(worlds) != 1:
            return False  # the parts of a day are joined in a decision
        (world,) = worlds
        constants.share(world)
        network = Network(world, without)
        rest = network.at_rest
        for expectation in own:
            rule = expectation.name or ""
            found = [
                rest.stands(member.id)
                for id_ in self._rules_named(rule)
                for member in network.members(id_)
                if same_rule(member.id, rule)
            ]
            most = max(found, default=Truth.NO)
            match expectation.kind:
                case "because" if most < enough:
                    return True
                case "not_because" if most is not Truth.NO:
                    return True
                case "open_because" if most is not Truth.UNKNOWN:
                    return True
                case _:
                    pass
        return False

    def _rules_named(self, name: str) -> tuple[str, ...]:
        rule = rule_of(name)
        return (rule,) if rule in self.program.rules else ()

    def _fails(
        self, program: Program, held: Held, again: frozenset[str] | None, constants: Constants
    ) -> bool:
        """Whether a case fails under a mutant, decided anew."""
        without = self._idle(held, again)

        def find(world: World) -> frozenset[str]:
            constants.share(world)
            return idle_rules(world) if again is None else without

        decision = decided(program, held.case, held.regime, find)
        return bool(failures(decision, held.expectations))

    def _idle(self, held: Held, again: frozenset[str] | None) -> frozenset[str]:
        """Rules that do not fire in a case, and whose firing no change can reach."""
        if again is None:
            return frozenset()
        return self.reach.rules(held.regime) - held.busy - again


class Reach:
    """Which rules may fire otherwise when something changes: read off what each asks."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.mentions = Mentions(program)
        self._mentioned = {
            rule.id: self.mentions.reach(clauses_of(program, rule))
            for rule in program.rules.values()
        }
        self._regime: dict[str, frozenset[str]] = {}
        self._above: dict[str, set[str]] = {}
        """By a rule, or a rule marked as standing: what asks for it."""
        for rule in program.rules.values():
            self._enter(rule)

    def rules(self, regime: str) -> frozenset[str]:
        """The rules of a regime."""
        if regime not in self._regime:
            rules = self.program.rules.values()
            self._regime[regime] = frozenset(r.id for r in rules if r.regime == regime)
        return self._regime[regime]

    def of(self, mutant: Mutant) -> frozenset[str] | None:
        """The rules that may fire otherwise under a mutant; None: any may."""
        start: set[str] = set()
        for change in mutant.changes:
            match change:
                case ast.Rule(id=id_):
                    start |= self._changed(id_)
                case ast.Amendment(target=id_):
                    start |= self._changed(id_) if id_ in self.program.rules else self._asking(id_)
                case ast.Let(id=id_) | ast.Value(id=id_):
                    start |= self._asking(id_)
                case ast.Entry():
                    start |= self._asking(CODES)
                case calendar.Leaf(id=id_) if id_.partition("~")[0] in self.program.rules:
                    start |= self._changed(id_.partition("~")[0])
                case calendar.Leaf() | calendar.Event():
                    return None
                case _:
                    assert_never(change)
        found: set[str] = set()
        todo = list(start)
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo.extend(self._above.get(node, ()))
        return frozenset(found & self.program.rules.keys())

    def _asking(self, name: str) -> set[str]:
        """What changes with the rules that mention something."""
        found: set[str] = set()
        for rule, names in self._mentioned.items():
            if name in names:
                found |= self._changed(rule)
        return found

    def _changed(self, rule: str) -> set[str]:
        """A rule that changes may fire, stand, and defeat otherwise."""
        found = {rule, _standing(rule)}
        for clauses in clauses_of(self.program, self.program.rules[rule]):
            for effect in clauses.effects or ():
                if isinstance(effect.kind, ast.Defeats):
                    found.update(map(_standing, effect.kind.rules.rules))
        return found

    def _enter(self, rule: ast.Rule) -> None:
        """What the firing and standing of a rule turn on."""
        relations = relations_of(self.program)[rule.regime]
        self._edge(_standing(rule.id), rule.id)
        for other in relations.defeaters.get(rule.id, ()):
            self._edge(_standing(rule.id), _standing(other))
        for name in self._mentioned[rule.id]:
            if name == CODES:
                for other in relations.classifying:
                    self._edge(rule.id, _standing(other))
            elif name == "unmet":
                for other in self.rules(rule.regime):
                    self._edge(rule.id, _standing(other))
            elif name in self.program.rules:
                self._edge(rule.id, _standing(name))
            for other in relations.establishing.get(name, ()):
                self._edge(rule.id, _standing(other))
        for kind in relations.effects[rule.id]:
            if isinstance(kind, ast.Defeats):
                for other in kind.rules.rules:
                    self._edge(rule.id, other)
            elif needs_license(kind):
                for other in relations.licensing:
                    self._edge(rule.id, _standing(other))

    def _edge(self, above: str, below: str) -> None:
        self._above.setdefault(below, set()).add(above)


def _standing(rule: str) -> str:
    return f"{rule}!"


def _silent(_: str) -> None:
    """Says nothing."""


__all__ = [
    "Fate",
    "Held",
    "Mutation",
    "Reach",
    "Trial",
    "Tried",
    "decided",
    "mutate",
    "worlds_of",
]
