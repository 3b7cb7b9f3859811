"""Three truth values, and formulas over the questions that a case leaves open.

Evaluating a condition against a case leaves a formula whose atoms are tests on
questions ("is the destination China?"). Strong Kleene truth is the formula with
every question unanswered; exact bounds and `needs` come from answering them.
Source: Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from enum import IntEnum, StrEnum
from typing import TypeAlias

from longarm_dsl.lazy_dataclass import dataclass


class Truth(IntEnum):
    """No < unknown < yes: conjunction is the minimum, disjunction the maximum."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    def __str__(self) -> str:
        return self.name.lower()

    @property
    def negated(self) -> Truth:
        """Kleene negation."""
        return _NEGATED[self]

    @staticmethod
    def of(value: bool | None) -> Truth:  # noqa: FBT001  it converts just this value
        """Truth of a Python bool; None is unknown."""
        return Truth.UNKNOWN if value is None else Truth.YES if value else Truth.NO


_NEGATED = (Truth.YES, Truth.UNKNOWN, Truth.NO)


class QuestionKind(StrEnum):
    """What would have to be found out (semantics 1.6, a to f, and gaps)."""

    FACT = "fact"
    TERM = "term"
    LIST = "list"
    TIME = "time"
    EVENT = "event"
    ERROR = "error"
    READING = "reading"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is open: identified by `id`, asked as `prompt`.

    `cells` lists the possible answers given the tests that are put to it: for each
    a label and the set of those tests that hold. It is None for a yes/no question,
    whose only test is `YES_TEST`.
    """

    id: str
    kind: QuestionKind
    prompt: str = field(compare=False)
    cells: Callable[[frozenset[Test]], tuple[Cell, ...]] | None = field(
        default=None, compare=False, repr=False
    )
    inside: tuple[str, ...] = field(default=(), compare=False)
    """Facts listed under a term."""
    some: Callable[[frozenset[Test], int], tuple[Cell, ...]] | None = field(
        default=None, compare=False, repr=False
    )
    """The same answers, but no more than a number and one: where making them takes long."""

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Test:
    """A test put to one question; `key` identifies it, `payload` is what cells read."""

    key: str
    payload: object = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Cell:
    """One class of answers that all tests see alike."""

    label: str
    holds: frozenset[Test]


YES_TEST = Test("yes")


@dataclass(frozen=True, slots=True)
class Always:
    """A settled truth: yes or no, never unknown."""

    value: bool


@dataclass(frozen=True, slots=True)
class Atom:
    """A test on one open question."""

    question: Question
    test: Test = YES_TEST

    def __hash__(self) -> int:
        return hash((self.question.id, self.test.key))


@dataclass(frozen=True, slots=True)
class Stands:
    """Whether the rule member with this id stands: read from the rule network."""

    rule: str


@dataclass(frozen=True, slots=True)
class Fires:
    """Whether the rule member with this id fires: read from the rule network."""

    rule: str


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    inner: Formula


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction of two or more."""

    parts: tuple[Formula, ...]
    hash: int = field(init=False, repr=False, compare=False)
    """Kept: formulas are looked up far more often than made."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", hash((And, self.parts)))

    def __hash__(self) -> int:
        return self.hash


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction of two or more."""

    parts: tuple[Formula, ...]
    hash: int = field(init=False, repr=False, compare=False)
    """Kept: formulas are looked up far more often than made."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", hash((Or, self.parts)))

    def __hash__(self) -> int:
        return self.hash


Formula: TypeAlias = Always | Atom | Stands | Fires | Not | And | Or

YES = Always(value=True)
NO = Always(value=False)


def ask(id_: str, kind: QuestionKind, prompt: str) -> Atom:
    """A yes/no question as a formula."""
    return Atom(Question(id_, kind, prompt))


def negate(formula: Formula) -> Formula:
    """Negation that keeps every three-valued result."""
    match formula:
        case Always(value):
            return NO if value else YES
        case Not(inner):
            return inner
        case _:
            return Not(formula)


def conj(parts: Iterable[Formula]) -> Formula:
    """Conjunction: flattened, without repeats; `yes` when empty."""
    kept: list[Formula] = []
    for part in parts:
        if isinstance(part, Always):
            if not part.value:
                return NO
        else:
            kept.append(part)
    if len(kept) < 2:  # noqa: PLR2004  nothing to join
        return kept[0] if kept else YES
    flat: dict[Formula, None] = {}
    for part in kept:
        flat.update(dict.fromkeys(part.parts if isinstance(part, And) else (part,)))
    return And(tuple(flat)) if len(flat) > 1 else next(iter(flat))


def disj(parts: Iterable[Formula]) -> Formula:
    """Disjunction: flattened, without repeats; `no` when empty."""
    kept: list[Formula] = []
    for part in parts:
        if isinstance(part, Always):
            if part.value:
                return YES
        else:
            kept.append(part)
    if len(kept) < 2:  # noqa: PLR2004  nothing to join
        return kept[0] if kept else NO
    flat: dict[Formula, None] = {}
    for part in kept:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Or) else (part,)))
    return Or(tuple(flat)) if len(flat) > 1 else next(iter(flat))


Assignment: TypeAlias = Mapping[str, Cell]
"""Answers by question id; a yes/no question is answered by `YES_CELL` or `NO_CELL`."""

YES_CELL = Cell("yes", frozenset({YES_TEST}))
NO_CELL = Cell("no", frozenset())


def truth(
    formula: Formula,
    answers: Assignment,
    stands: Callable[[str], Truth],
    fires: Callable[[str], Truth],
    known: dict[Formula, Truth] | None = None,
) -> Truth:
    """Kleene truth of a formula, given some answers and the rule network.

    `known` keeps what was found out under the same answers: rules share their conditions.
    """
    # This runs a million times in an open case: the kinds are asked for by how often they are.
    if isinstance(formula, Atom):
        cell = answers.get(formula.question.id)
        if cell is None:
            return Truth.UNKNOWN
        return Truth.YES if formula.test in cell.holds else Truth.NO
    if isinstance(formula, And | Or):
        if known is None:
            return _joined(formula, answers, stands, fires, None)
        found = known.get(formula)
        if found is None:
            found = known[formula] = _joined(formula, answers, stands, fires, known)
        return found
    if isinstance(formula, Not):
        return truth(formula.inner, answers, stands, fires, known).negated
    if isinstance(formula, Always):
        return Truth.YES if formula.value else Truth.NO
    return (stands if isinstance(formula, Stands) else fires)(formula.rule)


def _joined(
    formula: And | Or,
    answers: Assignment,
    stands: Callable[[str], Truth],
    fires: Callable[[str], Truth],
    known: dict[Formula, Truth] | None,
) -> Truth:
    """The least truth of a conjunction, the greatest of a disjunction."""
    settles = Truth.NO if isinstance(formula, And) else Truth.YES
    result = settles.negated
    for part in formula.parts:
        found = truth(part, answers, stands, fires, known)
        if found is settles:
            return found
        if found is Truth.UNKNOWN:
            result = found
    return result


def atoms(formula: Formula) -> Iterable[Atom]:
    """Every atom in a formula, in order of appearance, with repeats."""
    match formula:
        case Atom():
            yield formula
        case Not(inner):
            yield from atoms(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from atoms(part)
        case Always() | Stands() | Fires():
            return


def references(formula: Formula) -> Iterable[Stands | Fires]:
    """Every rule that a formula asks about, in order of appearance, with repeats."""
    match formula:
        case Stands() | Fires():
            yield formula
        case Not(inner):
            yield from references(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from references(part)
        case Always() | Atom():
            return
