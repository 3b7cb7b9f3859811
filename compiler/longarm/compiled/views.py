"""Two views of the facts of a case, as plain Python values that compiled functions read.

`Known` holds every fact as far as it is known; `Plain` only what is plainly known, and
raises `Switch` for anything else, so that a complete case runs on plain booleans. Both
are dictionaries that fill as they are read, by the same rules as the reference
evaluator (`World.get`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.intervals import Failure, Interval
from longarm_dsl.core.types import NumberType, Type
from longarm_dsl.evaluate.values import (
    Amount,
    ItemCodes,
    Many,
    Row,
    Scalar,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from longarm.compiled.network import CompiledNetwork


class Switch(Exception):  # noqa: N818  it says where to go on, and is no error
    """Something is not plainly known: go on with three values."""


class _Mark:
    """A value that stands for itself."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


OPEN = _Mark("OPEN")
"""A word, place, date, text or flag that is not known. Truthy: it may be yes."""

BLANK = _Mark("BLANK")
"""An empty cell of a table."""

NO_NUMBER = _Mark("NO_NUMBER")
"""There is no such number."""

NO_CELL_NUMBER = _Mark("NO_CELL_NUMBER")
"""An empty cell of a table where a number would be."""


class Case:
    """What the views of one case share: the driver that answers harder questions."""

    __slots__ = ("currency", "net")

    def __init__(self, net: CompiledNetwork) -> None:
        self.net = net
        self.currency: str | None = None
        """The only currency met so far: amounts in one currency compare as numbers."""


class Coded:
    """The codes of an item."""

    __slots__ = ("codes",)

    def __init__(self, codes: ItemCodes) -> None:
        self.codes = codes


class Listed:
    """A list: its elements with 2 (belongs) or 1 (may belong), and whether it is open."""

    __slots__ = ("is_open", "named", "pairs")

    def __init__(self, named: list[tuple[Any, int]], other: Any | None) -> None:  # noqa: ANN401  a lowered value
        self.named = named
        self.is_open = other is not None
        self.pairs = named if other is None else [*named, (other, 1)]


class Known(dict[str, Any]):
    """A record of the case as far as it is known."""

    __slots__ = ("case", "thing")

    def __init__(self, case: Case, thing: Thing | Row) -> None:
        super().__init__()
        self.case = case
        self.thing = thing

    def __missing__(self, name: str) -> Any:  # noqa: ANN401  a lowered value
        net = self.case.net
        if " " in name:  # a definition or a status, and no field
            made = net.shared(name, self)
        else:
            info = net.info(self.thing, name)
            made = lowered(self.case, net.world.get(self.thing, info), info.type)
        self[name] = made
        return made

    def value(self, name: str) -> Value:
        """A field as the reference evaluator sees it."""
        net = self.case.net
        return net.world.get(self.thing, net.info(self.thing, name))

    def ask(self, site: int, env: dict[str, Value]) -> int:
        """The truth of a condition that the reference evaluator works out."""
        return self.case.net.ask(site, env)

    def domain(self, site: int, env: dict[str, Value]) -> Listed:
        """What a loop goes through."""
        return self.case.net.domain(site, env)

    def apply(self, key: str, *args: Known) -> int:
        """The truth of a definition of some records."""
        return self.case.net.applied(key, args)

    def under(self, coded: Coded, site: int) -> int:
        """Whether an item falls in a set of codes."""
        return self.case.net.under(coded.codes, site)


class Plain(dict[str, Any]):
    """A record of the case where it is plainly known."""

    __slots__ = ("known", "thing")

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known = known
        self.thing = known.thing

    def __missing__(self, name: str) -> Any:  # noqa: ANN401  a lowered value
        if " " in name:
            made = self.known.case.net.shared_plainly(name, self)
        else:
            made = plain(self.known.case, self.known[name])
        self[name] = made
        return made

    def value(self, name: str) -> Value:
        """A field as the reference evaluator sees it."""
        return self.known.value(name)

    def ask(self, site: int, env: dict[str, Value]) -> bool:
        """A condition that the reference evaluator works out, if it is settled."""
        return settled(self.known.case.net.ask(site, env))

    def domain(self, site: int, env: dict[str, Value]) -> list[Any]:
        """What a loop goes through, if that is all."""
        made = plain(self.known.case, self.known.case.net.domain(site, env))
        assert isinstance(made, list)  # noqa: S101  INVARIANT: a Listed becomes a list
        return made  # pyright: ignore[reportUnknownVariableType]  elements are lowered values

    def apply(self, key: str, *args: Plain) -> bool:
        """A definition of some records, if it is settled."""
        return settled(self.known.case.net.applied(key, tuple(a.known for a in args)))

    def under(self, coded: Coded, site: int) -> bool:
        """Whether an item falls in a set of codes, if that is settled."""
        return settled(self.known.case.net.under(coded.codes, site))


def settled(truth: int) -> bool:
    """Yes or no; what is open makes the function switch."""
    if truth == 1:
        raise Switch
    return truth == 2  # noqa: PLR2004  Truth.YES


def lowered(case: Case, value: Value, type_: Type) -> Any:  # noqa: ANN401  a lowered value
    """A value of the reference evaluator as compiled functions read it."""
    match value:
        case Scalar(None):
            return OPEN
        case Scalar(ast.NoneValue(), blank=blank):
            if isinstance(type_, NumberType):
                return NO_CELL_NUMBER if blank else NO_NUMBER
            return BLANK if blank else None
        case Scalar(ast.Word(_, text)):
            return text
        case Scalar(ast.Place(code)):
            return code
        case Scalar(literal):
            return literal
        case Amount(number):
            if isinstance(number, Interval) and number.dimension.kind != "money":
                return exact(number)
            return number
        case Thing() | Row():
            return Known(case, value)
        case Many(items, question, _, item_type):
            base = case.net.terms.base
            named = [
                (lowered(case, v, item_type), int(m))
                for m, v in ((base(f), v) for f, v in items)
                if m is not Truth.NO
            ]
            other = None
            if question is not None:
                other = lowered(case, case.net.terms.other(value), item_type)
            return Listed(named, other)
        case ItemCodes():
            return Coded(value)
        case _:
            return value


def exact(number: Interval) -> int | Fraction | Interval:
    """A known number as an int or a Fraction; a range as it is."""
    low = number.low
    if low is None or low != number.high or number.may_err:
        return number
    return low.numerator if low.denominator == 1 else low


def plain(case: Case, made: Any) -> Any:  # noqa: ANN401  lowered values
    """A lowered value where it is plainly known."""
    match made:
        case bool() | int() | str() | None | Fraction() | Coded():
            return made
        case Known():
            return Plain(made)
        case Listed(named=named, is_open=False):
            if any(m != 2 for _, m in named):  # noqa: PLR2004  Truth.YES
                raise Switch
            return [plain(case, v) for v, _ in named]
        case Interval():
            number = exact(made)
            currency = made.dimension.currency
            if isinstance(number, Interval) or made.dimension.kind != "money":
                raise Switch
            if currency is not None and case.currency not in {None, currency}:
                raise Switch
            case.currency = case.currency or currency
            return number
        case _Mark() | Failure() | Listed():
            raise Switch
        case _:
            return made


__all__ = [
    "BLANK",
    "NO_CELL_NUMBER",
    "NO_NUMBER",
    "OPEN",
    "Case",
    "Coded",
    "Known",
    "Listed",
    "Plain",
    "Switch",
    "exact",
    "lowered",
    "plain",
    "settled",
]
