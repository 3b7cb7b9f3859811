"""The types of the language, and which goes where."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from longarm_dsl.core.units import Dimension, show_dimension
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class FlagType:
    """yes or no."""


@dataclass(frozen=True, slots=True)
class TextType:
    """A text, compared after folding of names where the law compares names."""


@dataclass(frozen=True, slots=True)
class DateType:
    """A civil day."""


@dataclass(frozen=True, slots=True)
class NumberType:
    """An exact number with its dimension (plain, money, or a quantity)."""

    dimension: Dimension


@dataclass(frozen=True, slots=True)
class PlaceType:
    """A country or an area of one."""


@dataclass(frozen=True, slots=True)
class EnumType:
    """One of some words; `ordered` when earlier words are less."""

    name: str
    values: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class CodesType:
    """The classification codes of an item, complete per system."""


@dataclass(frozen=True, slots=True)
class CodeSetType:
    """A set of codes written in a law, such as `US[3A090]`."""


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record of the vocabulary, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class RowType:
    """A row of a table or list, by the table's id."""

    table: str


@dataclass(frozen=True, slots=True)
class SetType:
    """A set, with the type of its elements."""

    item: Type


@dataclass(frozen=True, slots=True)
class ListType:
    """A list, with the type of its elements."""

    item: Type


@dataclass(frozen=True, slots=True)
class DatesType:
    """Named days: the events of a transaction."""


@dataclass(frozen=True, slots=True)
class RatesType:
    """Exchange rates that a case gives."""


@dataclass(frozen=True, slots=True)
class ListingSetType:
    """One or several lists of parties: what `entries` and `owned` look into."""


@dataclass(frozen=True, slots=True)
class NoneType:
    """The value `none`: there is no such thing."""


@dataclass(frozen=True, slots=True)
class BrokenType:
    """What has no type because of a mistake already reported: goes anywhere."""


Type: TypeAlias = (
    FlagType
    | TextType
    | DateType
    | NumberType
    | PlaceType
    | EnumType
    | CodesType
    | CodeSetType
    | RecordType
    | RowType
    | SetType
    | ListType
    | DatesType
    | RatesType
    | ListingSetType
    | NoneType
    | BrokenType
)

FLAG = FlagType()
TEXT = TextType()
DATE = DateType()
PLACE = PlaceType()
CODES = CodesType()
CODE_SET = CodeSetType()
PLACES = SetType(PLACE)
LISTINGS = ListingSetType()
BROKEN = BrokenType()
NOTHING = NoneType()
TRANSACTION = RecordType("Transaction")

POSTURE = EnumType(
    "posture",
    ("none", "approval_presumed", "standard", "case_by_case", "denial_presumed", "denial"),
    ordered=True,
)
"""Review postures, laxest first (semantics 1.5)."""

REQUIREMENTS = ("nothing", "report", "license", "prohibited")
"""Requirements, laxest first (semantics 1.4)."""

FORMS = ("individual", "general", "registration")
"""License forms that the laws modelled know."""


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of one type can stand where another is wanted."""
    match given, wanted:
        case (BrokenType(), _) | (_, BrokenType()) | (NoneType(), _) | (_, NoneType()):
            return True
        case NumberType(a), NumberType(b):
            return (
                a.kind == b.kind
                and a.powers == b.powers
                and None in {a.currency, b.currency, None if a.currency == b.currency else ""}
            )
        case ((SetType(a) | ListType(a)), (SetType(b) | ListType(b))):
            return fits(a, b)
        case _:
            return given == wanted


def item_of(container: Type) -> Type | None:
    """The type of the elements of a set or list; None if it is neither."""
    match container:
        case SetType(item) | ListType(item):
            return item
        case BrokenType():
            return BROKEN
        case _:
            return None


def article(name: str) -> str:
    """A name with its article: `a Party`, `an Item`, `a Use`."""
    return f"an {name}" if name[:1].casefold() in set("aeio") else f"a {name}"


def show_type(t: Type) -> str:
    """A type in the author's words."""
    match t:
        case FlagType():
            return "yes or no"
        case TextType():
            return "a text"
        case DateType():
            return "a date"
        case NumberType(d):
            if d.kind == "number":
                return "a number"
            return "money" if d.kind == "money" else f"a quantity in {show_dimension(d)}"
        case PlaceType():
            return "a country"
        case EnumType(name):
            return article(name)
        case CodesType():
            return "the codes of an item"
        case CodeSetType():
            return "a set of codes"
        case RecordType(name):
            return article(name)
        case RowType(table):
            return f"a row of {table}"
        case SetType(item):
            return f"a set of {_plural(item)}"
        case ListType(item):
            return f"a list of {_plural(item)}"
        case DatesType():
            return "named dates"
        case RatesType():
            return "rates"
        case ListingSetType():
            return "lists of parties"
        case NoneType():
            return "none"
        case BrokenType():
            return "something unreadable"
        case _:
            assert_never(t)


def _plural(t: Type) -> str:
    match t:
        case PlaceType():
            return "countries"
        case RecordType(name) | EnumType(name):
            if name.endswith("y"):
                return f"{name[:-1]}ies"
            return f"{name}es" if name.endswith("s") else f"{name}s"
        case TextType():
            return "texts"
        case NumberType():
            return "numbers"
        case _:
            return show_type(t)
