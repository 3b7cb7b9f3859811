"""What an expression is worth on a case: stated values, and open ones with their path.

A condition is worth a formula (`core.formula`); everything else is one of these values.
`path` is how people would name the fact or term, and identifies the question it raises.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from longarm_dsl.core import facts
from longarm_dsl.core.ast import LiteralValue, NoneValue
from longarm_dsl.core.codes import Code, CodeSet
from longarm_dsl.core.formula import Formula, Question, QuestionKind
from longarm_dsl.core.numbers import Number
from longarm_dsl.core.places import Places
from longarm_dsl.core.print import show_literal
from longarm_dsl.core.types import Type
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, perhaps a range. `is_fact`: a single fact and not a computed term."""

    number: Number
    path: str
    is_fact: bool = False
    inside: tuple[str, ...] = ()
    """Open facts that the term was computed from."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word, place, date, text or flag: stated, or open (`value` is None)."""

    value: LiteralValue | None
    path: str
    type: Type
    error: str | None = None
    kind: QuestionKind = QuestionKind.FACT
    blank: bool = False
    """An empty cell of a table: nothing is comparable with it, and that is no error."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A review posture between two ranks of the scale."""

    low: int
    high: int
    path: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A record: stated, absent (every field open), or known not to be there."""

    path: str
    type: str
    fact: facts.Record | None
    missing: bool = False
    """There is no such thing: its fields are none."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; without cells it is a row that nobody has seen."""

    id: str
    table: str
    label: str
    cells: dict[str, Value] = field(hash=False)
    known: bool = True


@dataclass(frozen=True, slots=True)
class Many:
    """A list or set: elements with whether they belong, and the question if it is open."""

    items: tuple[tuple[Formula, Value], ...]
    open: Question | None
    path: str
    item_type: Type


@dataclass(frozen=True, slots=True)
class ItemCodes:
    """The codes of an item: those stated, whether that is all, and the item itself."""

    codes: tuple[Code, ...]
    open: bool
    absent: bool
    item: Thing
    path: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenCodes:
    """A set of codes of the law."""

    codes: CodeSet
    text: str


@dataclass(frozen=True, slots=True)
class UnseenCodes:
    """The codes of a row that nobody has seen.

    `spoken` are those that the rows of the pack speak of, in force or not.
    """

    spoken: CodeSet
    text: str


@dataclass(frozen=True, slots=True)
class PlaceSet:
    """A set of places of the law."""

    places: Places
    text: str


@dataclass(frozen=True, slots=True)
class ListNames:
    """Lists of parties, by id."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, each under its own condition (an amendment in doubt)."""

    options: tuple[tuple[Formula, Value], ...]


Value: TypeAlias = (
    Amount
    | Scalar
    | Rank
    | Thing
    | Row
    | Many
    | ItemCodes
    | WrittenCodes
    | UnseenCodes
    | PlaceSet
    | ListNames
    | Choice
)

NONE = NoneValue()
OTHER = "[other"
"""What the path of an element that nobody has named has in it."""


def label(value: Value) -> str:
    """What to call an element of a family."""
    match value:
        case Thing(path) | Amount(_, path) | Rank(_, _, path) | Many(_, _, path):
            return path
        case Scalar(None, path):
            return path
        case Scalar(literal, path):
            return show_literal(literal) if literal is not None else path
        case Row(_, _, text):
            return text
        case ItemCodes(_, _, _, _, path):
            return path
        case WrittenCodes(_, text) | PlaceSet(_, text) | UnseenCodes(_, text):
            return text
        case ListNames(ids):
            return " + ".join(ids)
        case Choice(options):
            return " or ".join(label(v) for _, v in options)


def is_other(value: Value) -> bool:
    """Whether a value is an element of an open list that nobody has named, or of one."""
    return OTHER in label(value)


def identity(value: Value) -> object:
    """What a value is told apart by, as long as it is kept: two of one identity are the same."""
    match value:
        case Thing(path, type_, fact, missing):
            return path, type_, id(fact), missing
        case Row(id_, table, text):
            return id_, table, text
        case Scalar():
            return value
        case _:
            return id(value)
