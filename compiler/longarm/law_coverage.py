"""How well cases test law: what of it they exercise, and what no case does.

    collector = Collector(to_test(program, rules))
    runs = run_cases(program, cases, beside=collector, …)
    coverage = collector.coverage(runs, exercised(program, runs, rules))

Six measures, each a number of points with sides that a case has to show:

- rules: one makes it stand, one misses it narrowly (`exercised`);
- conditions: each atomic one decides the outcome as yes, and as no (`law_deciding`);
- thresholds: where they decide, a value at the bound, and one on either side;
- changes: a case that is concerned on the day before, on the day, and later;
- defeats: a rule that would stand is defeated by each that can;
- provisions: one of the rules that speak for it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from enum import StrEnum

from longarm.cases import CaseInput
from longarm.exercised import RegimeUse, RuleUse
from longarm.expecting import CaseRun
from longarm.law_conditions import Home, ToTest
from longarm.law_deciding import Seen, Side, Slot, Tested, Watch
from longarm_dsl.core.formula import Truth
from longarm_dsl.evaluate.decision import rule_of
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span


class Measure(StrEnum):
    """What is counted."""

    RULES = "rules"
    CONDITIONS = "conditions"
    THRESHOLDS = "thresholds"
    CHANGES = "changes"
    DEFEATS = "defeats"
    PROVISIONS = "provisions"


@dataclass(frozen=True, slots=True)
class Shown:
    """One side of a point: whether some case shows it, the first that does, what comes near."""

    name: str
    covered: bool
    case: CaseInput | None = None
    near: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """Something to test, with its sides."""

    measure: Measure
    home: Home
    what: str
    span: Span = field(compare=False)
    sides: tuple[Shown, ...]

    @property
    def missing(self) -> tuple[Shown, ...]:
        """The sides that no case shows."""
        return tuple(side for side in self.sides if not side.covered)


@dataclass(frozen=True, slots=True)
class Count:
    """How many sides there are, and how many of them some case shows."""

    covered: int = 0
    total: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.covered + other.covered, self.total + other.total)

    @property
    def percent(self) -> str:
        """With one decimal, rounded down: 100.0 is all of it. A dash where nothing is to show."""
        if not self.total:
            return "-"
        tenths = 1000 * self.covered // self.total
        return f"{tenths // 10}.{tenths % 10}"

    def reaches(self, percent: int) -> bool:
        """Whether the share is at least so many percent, exactly."""
        return 100 * self.covered >= percent * self.total


@dataclass(frozen=True, slots=True)
class LawCoverage:
    """Every point of some law, those of a measure together, in the order of the text."""

    points: tuple[Point, ...]

    @property
    def homes(self) -> tuple[Home, ...]:
        """The instruments and files of words, by regime."""
        return tuple(sorted({p.home for p in self.points}, key=lambda h: (h.regime, h.name)))

    def count(self, measure: Measure | None = None, of: Home | str | None = None) -> Count:
        """Sides of a measure or of all, of a home, a regime or everywhere."""
        made = Count()
        for point in self.points:
            if measure not in {None, point.measure} or not _is_of(point.home, of):
                continue
            made += Count(len(point.sides) - len(point.missing), len(point.sides))
        return made


def _is_of(home: Home, of: Home | str | None) -> bool:
    return of is None or (home == of if isinstance(of, Home) else home.regime == of)


class Collector:
    """Gathers what the processes that decide cases see of them."""

    def __init__(self, law: ToTest) -> None:
        self.law = law
        self._watch = Watch(law)
        self._decided: dict[tuple[int, bool], int] = {}
        self._tested: dict[tuple[int, Side], Tested] = {}
        self._met: dict[tuple[int, Slot], int] = {}

    def look(self, number: int, run: CaseRun) -> tuple[Seen, ...]:
        """What a case shows that none before it did: in the process that decided it."""
        return tuple(self._watch.seen(number, run, made) for made in run.runs)

    def tell(self, number: int, found: tuple[Seen, ...]) -> None:
        """Take what was seen of a case, in the process that asked for it."""
        for seen in found:
            for key in seen.decided:
                self._decided[key] = min(number, self._decided.get(key, number))
            for slot in seen.met:
                self._met[slot] = min(number, self._met.get(slot, number))
            for atom, side, tested in seen.tested:
                known = self._tested.get((atom, side))
                if known is None or (tested.distance, number) < (known.distance, known.case):
                    self._tested[atom, side] = tested

    def coverage(self, runs: Sequence[CaseRun], uses: Sequence[RegimeUse]) -> LawCoverage:
        """What the cases show, all told."""
        cases = tuple(run.case for run in runs)
        stood, beaten = self._reported(runs)
        # A regime that no case expects anything of has rules all the same: none of them is shown.
        seen = {u.rule.id for use in uses for u in use.uses}
        unseen = [RuleUse(rule) for rule in self.law.rules if rule.id not in seen]
        uses = (
            *uses,
            *(
                RegimeUse(regime, tuple(u for u in unseen if u.rule.regime == regime))
                for regime in sorted({u.rule.regime for u in unseen})
            ),
        )
        return LawCoverage(
            (
                *_rules(uses, stood),
                *self._conditions(cases),
                *self._thresholds(cases),
                *self._changes(cases),
                *self._defeats(beaten),
                *self._provisions(uses, stood),
            )
        )

    def _reported(
        self, runs: Sequence[CaseRun]
    ) -> tuple[dict[str, CaseInput], dict[tuple[str, str], CaseInput]]:
        """The first case in which each rule stands, and in which each pair meets."""
        stood: dict[str, CaseInput] = {}
        beaten: dict[tuple[str, str], CaseInput] = {}
        for run in runs:
            for made in run.runs:
                standing = {r.id for r in made.decision.rules if r.stands is Truth.YES}
                for report in made.decision.rules:
                    rule = rule_of(report.id)
                    if report.stands is Truth.YES:
                        stood.setdefault(rule, run.case)
                    if report.fires is Truth.YES and report.stands is Truth.NO:
                        for other in standing.intersection(report.defeated_by):
                            beaten.setdefault((rule_of(other), rule), run.case)
        return stood, beaten

    def _conditions(self, cases: Sequence[CaseInput]) -> Iterator[Point]:
        for atom in self.law.atoms:
            sides: list[Shown] = []
            for name, value in (("decided as yes", True), ("decided as no", False)):
                case = self._decided.get((atom.number, value))
                sides.append(Shown(name, case is not None, None if case is None else cases[case]))
            yield Point(Measure.CONDITIONS, atom.home, atom.text, atom.span, tuple(sides))

    def _thresholds(self, cases: Sequence[CaseInput]) -> Iterator[Point]:
        names: tuple[tuple[Side, str], ...] = (
            ("below", "below"),
            ("at", "at the bound"),
            ("above", "above"),
        )
        for atom in self.law.atoms:
            if not atom.bound:
                continue
            found = {side: self._tested.get((atom.number, side)) for side, _ in names}
            near = " and ".join(t.value for t in found.values() if t is not None)
            whole = all(t is not None for t in found.values())
            sides: list[Shown] = []
            for side, name in names:
                tested = found[side]
                if tested is None:
                    sides.append(Shown(name, covered=False, near=near))
                else:
                    # Which value is nearest is looked for only as long as a side is missing.
                    value = "" if whole else tested.value
                    sides.append(Shown(name, covered=True, case=cases[tested.case], near=value))
            yield Point(Measure.THRESHOLDS, atom.home, atom.text, atom.span, tuple(sides))

    def _changes(self, cases: Sequence[CaseInput]) -> Iterator[Point]:
        names: tuple[tuple[Slot, str], ...] = (
            ("before", "the day before"),
            ("on", "on the day"),
            ("after", "after it"),
        )
        for change in self.law.changes:
            sides: list[Shown] = []
            for slot, name in names:
                case = self._met.get((change.number, slot))
                sides.append(Shown(name, case is not None, None if case is None else cases[case]))
            what = f"{change.what} changes on {change.day}"
            yield Point(Measure.CHANGES, change.home, what, change.span, tuple(sides))

    def _defeats(self, beaten: dict[tuple[str, str], CaseInput]) -> Iterator[Point]:
        for defeat in self.law.defeats:
            case = beaten.get((defeat.by, defeat.rule))
            what = f"{defeat.by} defeats {defeat.rule}"
            side = Shown("exercised", case is not None, case)
            yield Point(Measure.DEFEATS, defeat.home, what, defeat.span, (side,))

    def _provisions(
        self, uses: Sequence[RegimeUse], stood: dict[str, CaseInput]
    ) -> Iterator[Point]:
        stands = {u.rule.id for use in uses for u in use.uses if u.stood is Truth.YES}
        for provision in self.law.provisions:
            case = next((stood[rule] for rule in provision.rules if rule in stood), None)
            covered = not stands.isdisjoint(provision.rules)
            span = self.law.program.rules[provision.rules[0]].span
            side = Shown("a rule of it stands", covered, case)
            yield Point(Measure.PROVISIONS, provision.home, provision.name, span, (side,))


def _rules(uses: Sequence[RegimeUse], stood: dict[str, CaseInput]) -> Iterator[Point]:
    for use in (u for regime in uses for u in regime.uses):
        rule = use.rule
        sides = (
            Shown("stands", use.stood is Truth.YES, stood.get(rule.id)),
            Shown("missed narrowly", use.narrowly),
        )
        home = Home(rule.regime, rule.instrument)
        yield Point(Measure.RULES, home, rule.id, rule.name_span, sides)


__all__ = ["Collector", "Count", "LawCoverage", "Measure", "Point", "Shown"]
