"""What the law of an epoch settles: tests of stated values, constants, tests without facts.

A table asks the reference evaluator once for each value that it meets, and remembers.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NoReturn

from longarm.compiled.views import (
    BLANK,
    NO_CELL_NUMBER,
    NO_NUMBER,
    OPEN,
    Switch,
)
from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.intervals import Comparison, Interval, Number, compare
from longarm_dsl.core.types import EnumType, PlaceType, Type
from longarm_dsl.evaluate.values import NONE, Rank, Scalar, Value

MOST_KEPT = 10_000
"""A table that has met more values than this forgets them."""


class Lookup(dict[Any, bool]):
    """Answers by value."""

    __slots__ = ("find",)

    def __init__(self, find: Callable[[Any], bool]) -> None:
        super().__init__()
        self.find = find

    def __missing__(self, value: Any) -> bool:  # noqa: ANN401  a lowered value
        if len(self) >= MOST_KEPT:
            self.clear()
        made = self.find(value)
        self[value] = made
        return made


class Table(Lookup):
    """A test of one stated value: `table[v]` is yes or no, or switches.

    With three values `table.may[v]` is whether it may hold, `table.must[v]` whether it does.
    """

    __slots__ = ("may", "must")

    def __init__(self, truth: Callable[[Any], Truth]) -> None:
        def learn(value: Any) -> Truth:  # noqa: ANN401  a lowered value
            found = truth(value)
            self.may[value] = found is not Truth.NO
            self.must[value] = found is Truth.YES
            return found

        def plainly(value: Any) -> bool:  # noqa: ANN401  a lowered value
            found = learn(value)
            if found is Truth.UNKNOWN:
                raise Switch
            return found is Truth.YES

        super().__init__(plainly)
        self.may = Lookup(lambda v: learn(v) is not Truth.NO)
        self.must = Lookup(lambda v: learn(v) is Truth.YES)


def scalar(value: Any, type_: Type) -> Value:  # noqa: ANN401  a lowered value
    """A lowered word, place, date, text or flag as the reference evaluator sees it."""
    if isinstance(value, Rank):
        return value
    if value is OPEN:
        return Scalar(None, "x", type_)
    if value is None:
        return Scalar(NONE, "x", type_)
    if value is BLANK:
        return Scalar(NONE, "x", type_, blank=True)
    if isinstance(type_, EnumType) and isinstance(value, str):
        return Scalar(ast.Word(type_.name, value), "x", type_)
    if isinstance(type_, PlaceType) and isinstance(value, str):
        return Scalar(ast.Place(value), "x", type_)
    return Scalar(value, "x", type_)


class Doubtful:
    """A constant that the law leaves in doubt: whatever reads it switches."""

    __slots__ = ()

    def _switch(self, *_: object) -> NoReturn:
        raise Switch

    __bool__ = __lt__ = __le__ = __gt__ = __ge__ = _switch
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _switch
    __eq__ = __ne__ = _switch
    __hash__ = None  # type: ignore[assignment]


def order(op: Comparison, number: Any, bound: Number | None) -> int:  # noqa: ANN401  a lowered value
    """A stated number against one of the law, with three values."""
    if not isinstance(bound, Interval):
        return 1
    match number:
        case Fraction() | int():
            exact = Fraction(number)
            made = Interval(exact, exact, True, True, False, bound.dimension)  # noqa: FBT003  a point
            return int(compare(op, made, bound))
        case Interval():
            return int(compare(op, number, bound))
        case _ if number is NO_NUMBER or number is NO_CELL_NUMBER:
            if op is Comparison.EQUAL:
                return 0
            if op is Comparison.UNEQUAL:
                return 2
            return 0 if number is NO_CELL_NUMBER else 1
        case _:
            return 1


def greatest(found: list[Any]) -> Any:  # noqa: ANN401  numbers of one kind
    """The largest; of nothing there is none."""
    if not found:
        raise Switch
    return max(found)


def least(found: list[Any]) -> Any:  # noqa: ANN401  numbers of one kind
    """The smallest; of nothing there is none."""
    if not found:
        raise Switch
    return min(found)


__all__ = ["Doubtful", "Lookup", "Table", "greatest", "least", "order", "scalar"]
