"""Deciding from Python: `import longarm`. The page is docs/embedding.md.

    packs = longarm.load()
    cn = packs.regime("cn")
    decision = cn.decide({"given": {...}}, on="2025-12-02", known="2025-11-01")
    decision.requirement.at_least, decision.requirement.at_most

An answer is a range: what is required at least, and at most, given all that nobody has
stated. A range has no truth value and equals no text, so that an open answer cannot pass
for "no license". `nothing` is that no requirement was found; it is never a clearance.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from longarm.cache import default_folder
from longarm.case_input import CaseInput, read_json
from longarm.choices import (
    ChoiceError,
    chosen_day,
    chosen_knowledge,
    chosen_options,
    unknown,
)
from longarm.deciding import TOOLKIT, Decided, closed_facts, days_of, decide_case
from longarm.evaluators import Evaluator, find_idle, functions
from longarm.loading import Compiled, law
from longarm.python_facts import json_text
from longarm.recording import case_record
from longarm.render.common import visible
from longarm.render.concise import render_concise
from longarm.render.words import in_short, outcome_words, posture, regime_name
from longarm_dsl.core.facts import Transaction
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.read_facts import read_transaction
from longarm_dsl.core.types import POSTURE, REQUIREMENTS
from longarm_dsl.diagnostics import Diagnostic, Severity, did_you_mean
from longarm_dsl.evaluate import decision as evaluated
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.decision import Duty, Json, Requirement, RuleReport
from longarm_dsl.evaluate.outcome import Outcome
from longarm_dsl.evaluate.world import Options
from longarm_dsl.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from longarm.compiled.functions import Verdict

_DAY: TypeAlias = "str | date | datetime"
_MOST_SHOWN = 20
_FEW = 6


class PolicyErrors(Exception):  # noqa: N818  it holds several
    """Policies that do not compile. `diagnostics`: everything found in them."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        wrong = [d for d in self.diagnostics if d.severity is Severity.ERROR]
        head = "the policies do not compile:\n"
        return head + render_concise(wrong, limit=_MOST_SHOWN).rstrip()


class CaseError(ValueError):
    """A case without readable facts, or for a day that is none. `problems`: why."""

    def __init__(self, problems: tuple[Diagnostic, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "this is not a case:\n" + _told(self.problems)


# ── answers ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """At least and at most, as words: what every way to fill in the open facts lies between.

    It has no truth value and equals no text: both would take an open answer for a settled
    one. `levels` are all words of its kind, laxest first.
    """

    at_least: str
    at_most: str
    levels: tuple[str, ...] = field(repr=False)

    @property
    def determined(self) -> bool:
        """Whether both ends meet."""
        return self.at_least == self.at_most

    def may_reach(self, level: str) -> bool:
        """Whether it may be this level or a stricter one. Raises ChoiceError for no level."""
        return self._rank(level) <= self.levels.index(self.at_most)

    def must_reach(self, level: str) -> bool:
        """Whether it is this level or a stricter one, whatever the open facts turn out to be.

        Raises ChoiceError for no level.
        """
        return self._rank(level) <= self.levels.index(self.at_least)

    def _rank(self, level: str) -> int:
        if level not in self.levels:
            hint = did_you_mean(level, self.levels) or f"there are {', '.join(self.levels)}"
            raise ChoiceError(f"no level `{level}`; {hint}")
        return self.levels.index(level)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Range):
            mine = (self.at_least, self.at_most, self.levels)
            return mine == (other.at_least, other.at_most, other.levels)
        if isinstance(other, str):
            raise TypeError(
                f"a range is no word: compare `.at_least` or `.at_most` with {other!r}, "
                f"or ask `.may_reach({other!r})`"
            )
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.at_least, self.at_most, self.levels))

    def __bool__(self) -> NoReturn:
        raise TypeError("a range is neither true nor false: ask `.at_least`, `.at_most`")

    def __str__(self) -> str:
        if self.determined:
            return self.at_least
        return f"between {self.at_least} and {self.at_most}"


def _requirement(outcome: Outcome) -> Range:
    low, high = outcome.requires_low, outcome.requires_high
    return Range(REQUIREMENTS[low], REQUIREMENTS[high], REQUIREMENTS)


def _review(outcome: Outcome) -> Range:
    words = POSTURE.values
    return Range(words[outcome.review_low], words[outcome.review_high], words)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question, and what it would lead to."""

    text: str
    requirement: Range
    review: Range


@dataclass(frozen=True, slots=True)
class Need:
    """Something to find out: the question, as text for people, and what each answer leads to.

    `question` names the fact; `kind` is what sort of question it is. Where there are too
    many answers to list, there are none here.
    """

    question: str
    kind: str
    prompt: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case read once by the vocabulary of some packs; for any day and regime.

    `problems`: what could not be read. A fact among them counts as unknown and is told in
    `Decision.errors`; a case that is not `readable` cannot be decided at all.
    """

    problems: tuple[Diagnostic, ...]
    read: CaseInput | None = field(repr=False)
    law: Program = field(repr=False, compare=False)

    @property
    def readable(self) -> bool:
        """Whether there is something to decide."""
        return self.read is not None

    @property
    def title(self) -> str:
        """The name of the case, `case` if it has none."""
        return "case" if self.read is None else self.read.title


@dataclass(frozen=True, slots=True)
class Decision:
    """What one regime says of a case on a day, with reasons and gaps.

    `requirement` and `review` are ranges. There is no yes or no to it: `nothing` at most
    says that no requirement was found in the law that is modelled; it is not a clearance,
    and `not_modelled` says what nobody has looked at. `details` is the whole of it.
    """

    details: evaluated.Decision
    case: CaseInput = field(repr=False)
    options: Options = field(repr=False)
    closed: bool = field(repr=False)

    @property
    def regime(self) -> str:
        """The regime that says so."""
        return self.details.regime

    @property
    def on(self) -> str:
        """The day that was decided, perhaps with a clock time."""
        return self.details.on

    @property
    def known(self) -> date:
        """The day by which the law was read as published."""
        return self.details.known

    @property
    def requirement(self) -> Range:
        """`nothing`, `report`, `license` or `prohibited`: at least, and at most."""
        return _requirement(self.details.outcome)

    @property
    def review(self) -> Range:
        """How an application would be reviewed, from `none` to `denial`: at least, and at most."""
        return _review(self.details.outcome)

    @property
    def determined(self) -> bool:
        """Whether no open fact can change requirement or review."""
        return self.details.outcome.determined

    @property
    def exact(self) -> bool:
        """Whether each end of the ranges can be reached; else they may be too wide."""
        return self.details.exact

    @property
    def rules(self) -> tuple[RuleReport, ...]:
        """Rules that stand, may stand, or fired and were defeated."""
        return self.details.rules

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Each requirement that stands or may stand, and how it can be overcome."""
        return self.details.requirements

    @property
    def needs(self) -> tuple[Need, ...]:
        """What to find out next, the most telling question first."""
        return tuple(
            Need(n.question, n.kind, n.prompt, tuple(_answer(a) for a in n.answers))
            for n in self.details.needs
        )

    @property
    def duties(self) -> tuple[Duty, ...]:
        """What to do, to whom, and by when."""
        return self.details.duties

    @property
    def errors(self) -> tuple[str, ...]:
        """Facts that could not be read; what depends on them is unknown."""
        return self.details.errors

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to keep in mind about the law or the facts."""
        return self.details.warnings

    @property
    def assumed(self) -> tuple[str, ...]:
        """Absent facts that were read as no, none or empty, and mattered."""
        return self.details.assumed

    @property
    def not_modelled(self) -> tuple[evaluated.Gap, ...]:
        """Provisions on which the packs claim no opinion."""
        return self.details.not_modelled

    def to_json(self) -> dict[str, Json]:
        """The decision as `longarm eval --format json` writes it, as plain data."""
        return evaluated.record(self.details, TOOLKIT)

    def to_record(self) -> dict[str, Json]:
        """The decision with the facts, as plain data that `longarm replay` derives again."""
        decided = Decided(self.case, (self.details,))
        return case_record(decided, self.options, closed=self.closed)

    def __repr__(self) -> str:
        return (
            f"Decision({self.regime}, on {self.on}, known {self.known}: "
            f"requirement {self.requirement}, review {self.review})"
        )

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a decision is neither yes nor no: ask `.requirement.at_least`, "
            "`.requirement.at_most` or `.requirement.may_reach('license')`"
        )

    def __str__(self) -> str:
        made = self.details
        lines = [
            f"{visible(self.case.title)}, on {made.on}, the law as known on {made.known}",
            in_short((made,)),
        ]
        if made.outcome.review_high:
            lines.append(f"review {posture(*made.review)}")
        lines += _few([f"{_stands(rule.stands)} {rule.id}: {rule.title}" for rule in made.rules])
        lines += _few([f"find out: {need.prompt}" for need in made.needs])
        lines += _few([f"error: {text}" for text in made.errors])
        if made.not_modelled:
            lines.append(f"  not modelled: {len(made.not_modelled)} provisions")
        return "\n".join(lines)


def _answer(found: evaluated.Answered) -> Answer:
    return Answer(found.answer, _requirement(found.outcome), _review(found.outcome))


def _few(lines: list[str]) -> list[str]:
    """Some of what there is to say, with how much more there is."""
    shown = [f"  {visible(line)}" for line in lines[:_FEW]]
    return shown if len(lines) <= _FEW else [*shown, f"  … {len(lines) - _FEW} more"]


def _stands(truth: Truth) -> str:
    return {Truth.YES: "stands", Truth.UNKNOWN: "may stand", Truth.NO: "defeated"}[truth]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sound bounds alone, fast: no question answered, nothing explained.

    The answer of `decide` lies within them and may be narrower. As there, `nothing` at most
    is no clearance. `stands`: members of rules that stand or may; `statuses` as in a record;
    `parts`: the same for each part of a day that the law divides.
    """

    regime: str
    on: str
    known: date
    outcome: Outcome = field(repr=False)
    stands: Mapping[str, Truth]
    statuses: Mapping[str, Truth]
    errors: tuple[str, ...]
    parts: tuple[Verdict, ...] = field(repr=False)

    @property
    def requirement(self) -> Range:
        """`nothing`, `report`, `license` or `prohibited`: at least, and at most."""
        return _requirement(self.outcome)

    @property
    def review(self) -> Range:
        """How an application would be reviewed: at least, and at most."""
        return _review(self.outcome)

    def __bool__(self) -> NoReturn:
        raise TypeError("bounds are neither yes nor no: ask `.requirement.at_most`")

    def __str__(self) -> str:
        said = f"{regime_name(self.regime)}: {outcome_words(self.outcome)}"
        return f"{said} · not a clearance" if not self.outcome.requires_low else said


# ── packs and regimes ────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Packs:
    """The law of some packs, compiled."""

    compiled: Compiled = field(repr=False)

    @property
    def program(self) -> Program:
        """The law as the compiler holds it; not part of the stable interface."""
        return self.compiled.program

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the checker remarks of the policies; there are no errors."""
        return self.compiled.found

    @property
    def regimes(self) -> tuple[str, ...]:
        """The regimes that the packs know, sorted."""
        return self.program.regimes

    @property
    def digest(self) -> str:
        """SHA-256 of the law's text."""
        return self.program.digest

    def regime(self, name: str) -> Regime:
        """One regime, such as `cn`. Raises ChoiceError for one that is not there."""
        found = name.strip().lower()
        if found not in self.regimes:
            raise ChoiceError(unknown("regime", name, self.regimes))
        return Regime(self, found)

    def case(self, case: object) -> Case:
        """Read a case: a mapping with `given`, as in a case file, or an object.

        Its problems are listed on it. Raises TypeError for a value that no case can hold.
        """
        data = json_text(case).encode()
        read, problems = read_json(data, "case", self.program)
        return Case(problems, read[0] if len(read) == 1 else None, self.program)

    def __repr__(self) -> str:
        return f"Packs({', '.join(self.program.packs)}; regimes {', '.join(self.regimes)})"


@dataclass(frozen=True, slots=True)
class _Choices:
    """What is asked of every case alike."""

    on: Day | None
    known: date | None
    today: date
    options: Options
    closed: bool


@dataclass(frozen=True, eq=False)
class Regime:
    """One regime of some packs: what is asked, and how it answers."""

    packs: Packs = field(repr=False)
    name: str

    def decide(
        self,
        case: object,
        *,
        on: _DAY | None = None,
        known: _DAY | None = None,
        readings: Mapping[str, str] | None = None,
        with_: Iterable[str] = (),
        closed: bool = False,
        evaluator: str = Evaluator.COMPILED,
    ) -> Decision:
        """What the regime says of a case: a mapping with `given`, an object, or a `Case`.

        `on`: the day; else the case's `on`, else its `date`, else today. `known`: the law as
        published by this day; else the case's `known`, else today. `readings`: from open
        questions of law to the value chosen. `with_`: proposals and unenforced law that
        shall count. `closed`: absent facts are no, none and empty.

        Raises ChoiceError for a day, name or value that cannot be meant, CaseError for a
        case that cannot be read, TypeError for a value that no case can hold.
        """
        asked = self._choices(on, known, readings, with_, closed=closed)
        return self._decided(self._read(case), asked, evaluator)

    def decide_many(
        self,
        cases: Iterable[object],
        *,
        days: Iterable[_DAY] | None = None,
        on: _DAY | None = None,
        known: _DAY | None = None,
        readings: Mapping[str, str] | None = None,
        with_: Iterable[str] = (),
        closed: bool = False,
        evaluator: str = Evaluator.COMPILED,
    ) -> Iterator[Decision]:
        """Decide cases one after the other, in their order; with `days`, each on every day.

        What is asked is looked at before the first case. Raises as `decide` does, when a
        case is reached that cannot be read; `Packs.case` tells those before.
        """
        if days is None:
            asked = [self._choices(on, known, readings, with_, closed=closed)]
        elif on is not None:
            raise ChoiceError("`on` is one day, `days` are several: give one of the two")
        else:
            names = tuple(with_)
            asked = [self._choices(day, known, readings, names, closed=closed) for day in days]
        Evaluator(evaluator)

        def decided() -> Iterator[Decision]:
            for case in cases:
                read = self._read(case)
                for each in asked:
                    yield self._decided(read, each, evaluator)

        return decided()

    def bounds(
        self,
        case: object,
        *,
        on: _DAY | None = None,
        known: _DAY | None = None,
        readings: Mapping[str, str] | None = None,
        with_: Iterable[str] = (),
        closed: bool = False,
    ) -> Bounds:
        """Sound bounds and what stands, by compiled functions; asked as `decide` is.

        Raises as `decide` does.
        """
        asked = self._choices(on, known, readings, with_, closed=closed)
        program = self.packs.program
        read = self._read(case)
        day, seen = days_of(program, read, on=asked.on, known=asked.known, today=asked.today)
        facts = closed_facts(read.transaction) if closed else read.transaction
        parts = functions(self.packs.compiled).verdicts(facts, self.name, day, seen, asked.options)
        return _joined(parts, self.name, str(day), seen, facts)

    def _decided(self, case: CaseInput, asked: _Choices, evaluator: str) -> Decision:
        program = self.packs.program
        decided = decide_case(
            program,
            case,
            on=asked.on,
            known=asked.known,
            today=asked.today,
            regimes=(self.name,),
            options=asked.options,
            closed=asked.closed,
            find_idle=find_idle(self.packs.compiled, Evaluator(evaluator)),
        )
        return Decision(decided.decisions[0], case, asked.options, asked.closed)

    def _read(self, case: object) -> CaseInput:
        """The facts by this law's vocabulary; a `Case` of other packs is read again."""
        made = case if isinstance(case, Case) else self.packs.case(case)
        read = made.read
        if read is None:
            raise CaseError(made.problems)
        if made.law is not self.packs.program and read.given is not None:
            program = self.packs.program
            again, _ = read_transaction(read.given, program, closed=read.closed)
            return _with_facts(read, again)
        return read

    def _choices(
        self,
        on: _DAY | None,
        known: _DAY | None,
        readings: Mapping[str, str] | None,
        with_: Iterable[str],
        *,
        closed: bool,
    ) -> _Choices:
        pairs = [f"{name}={value}" for name, value in (readings or {}).items()]
        names = [with_] if isinstance(with_, str) else list(with_)
        options = chosen_options(self.packs.program, names, pairs, called="proposal")
        # The one place of this module that reads the clock.
        today = date.today()  # noqa: DTZ011  the reader's own civil day
        return _Choices(_day("on", on), _knowledge(known), today, options, closed)


def load(*policies: str | os.PathLike[str], installed: bool = True, cache: bool = True) -> Packs:
    """Compile policies: files and folders, or installed packages by name.

    The packs that come with longarm are loaded beside them unless `installed` is False.
    What was compiled before is read from the user's cache (`$LONGARM_CACHE`) if not a byte
    of it has changed; without `cache`, everything is compiled and nothing is kept.
    Raises PolicyErrors if there are errors in them, FileNotFoundError for what is not there.
    """
    folder = default_folder() if cache else None
    compiled = law([_place(each) for each in policies], installed=installed, cache=folder)
    if any(d.severity is Severity.ERROR for d in compiled.found):
        raise PolicyErrors(compiled.found)
    return Packs(compiled)


def _place(policy: str | os.PathLike[str]) -> Path:
    path = Path(policy)
    if path.exists():
        return path
    if isinstance(policy, str) and policy.replace(".", "_").isidentifier():
        from importlib.util import find_spec  # noqa: PLC0415  used for packages only

        try:
            spec = find_spec(policy)
        except (ImportError, ValueError):
            spec = None
        folders = list(spec.submodule_search_locations or ()) if spec is not None else []
        if folders:
            return Path(folders[0])
    raise FileNotFoundError(f"no file or folder, and no installed package, `{policy}`")


def _day(name: str, day: _DAY | None) -> Day | None:
    match day:
        case None:
            return None
        case datetime():
            offset = day.utcoffset()
            if offset is not None and offset.seconds % 60:
                day, offset = day.astimezone(UTC), UTC.utcoffset(None)
            minutes = None if offset is None else int(offset.total_seconds()) // 60
            return Day(day.date(), day.hour * 60 + day.minute, minutes)
        case date():
            return Day(day)
        case str():
            return chosen_day(name, day)
        case _:
            raise TypeError(f"`{name}` is a day, not {day!r}")


def _knowledge(known: _DAY | None) -> date | None:
    if isinstance(known, str):
        return chosen_knowledge("known", known)
    day = _day("known", known)
    return chosen_knowledge("known", str(day)) if day is not None else None


def _joined(
    parts: tuple[Verdict, ...], regime: str, on: str, known: date, facts: Transaction
) -> Bounds:
    """The hull of the parts of a day; what they do not agree on is open."""
    outcome = parts[0].outcome
    for part in parts[1:]:
        outcome = outcome.hull(part.outcome)
    stands = _agreed([part.stands for part in parts])
    statuses = _agreed([part.statuses for part in parts])
    return Bounds(regime, on, known, outcome, stands, statuses, facts.problems, parts)


def _agreed(parts: list[Mapping[str, Truth]]) -> dict[str, Truth]:
    made: dict[str, Truth] = {}
    for name in sorted({name for part in parts for name in part}):
        truths = {part.get(name, Truth.NO) for part in parts}
        made[name] = truths.pop() if len(truths) == 1 else Truth.UNKNOWN
    return made


def _with_facts(case: CaseInput, facts: Transaction) -> CaseInput:
    from dataclasses import replace  # noqa: PLC0415  for a case of other packs only

    return replace(case, transaction=facts)


def _told(problems: tuple[Diagnostic, ...]) -> str:
    """Messages with their help: a case from a program has no file to point into."""
    told = [f"{d.message}; {d.help}" if d.help else d.message for d in problems]
    return "\n".join(told[:_MOST_SHOWN]) or "it is none"


__all__ = [
    "Answer",
    "Bounds",
    "Case",
    "CaseError",
    "ChoiceError",
    "Decision",
    "Need",
    "Packs",
    "PolicyErrors",
    "Range",
    "Regime",
    "Truth",
    "load",
]
