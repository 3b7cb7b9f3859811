"""Exact numbers under uncertainty: intervals of rationals with a dimension.

A known amount is a point; an unknown one is the range it may lie in. Every operation
returns a range that holds each result its arguments could have given, and a comparison
is unknown only where both answers can occur. An operation without a meaning (two
currencies, metres plus grams, a division by zero) gives a `Failure`, which compares as
unknown. There are no floats here.
Source: Moore, Interval Analysis (1966), with open ends; semantics 1.10.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import TypeAlias, assert_never

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.units import (
    MONEY,
    NUMBER,
    Dimension,
    Unit,
    quantity,
    raised,
    show_dimension,
)
from longarm_dsl.lazy_dataclass import dataclass


class Comparison(StrEnum):
    """The six order tests, as written."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


def turned(op: Comparison) -> Comparison:
    """The comparison with its sides changed."""
    return {
        Comparison.LESS: Comparison.MORE,
        Comparison.MORE: Comparison.LESS,
        Comparison.AT_MOST: Comparison.AT_LEAST,
        Comparison.AT_LEAST: Comparison.AT_MOST,
    }.get(op, op)


@dataclass(frozen=True, slots=True)
class Interval:
    """A number known to lie between two ends, in base units; None is infinite.

    `may_err`: computing it may also fail, so that nothing can be concluded from it.
    """

    low: Fraction | None
    high: Fraction | None
    low_closed: bool
    high_closed: bool
    may_err: bool
    dimension: Dimension

    def __post_init__(self) -> None:
        # INVARIANT: never empty, and an infinite end is open.
        if self.low is None:
            object.__setattr__(self, "low_closed", False)
        if self.high is None:
            object.__setattr__(self, "high_closed", False)
        if self.low is not None and self.high is not None:
            closed = self.low_closed and self.high_closed
            if self.low > self.high or (self.low == self.high and not closed):
                msg = f"empty interval {self.low}..{self.high}"
                raise ValueError(msg)

    @property
    def is_point(self) -> bool:
        """Whether the value is known (it may still fail)."""
        return self.low is not None and self.low == self.high

    @property
    def is_zero(self) -> bool:
        """Whether the value is known to be zero."""
        return self.is_point and self.low == 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A number that has no value, and why: one clause, lower case, no period."""

    reason: str


Number: TypeAlias = Interval | Failure


# --- making numbers -------------------------------------------------------------------


def point(value: Fraction | int, dimension: Dimension = NUMBER) -> Interval:
    """Make a known number, in base units."""
    exact = Fraction(value)
    return Interval(exact, exact, True, True, False, dimension)  # noqa: FBT003  both ends closed


def amount(value: Fraction | int, unit: Unit) -> Interval:
    """Make a known number counted in a unit."""
    return point(value * unit.factor, unit.dimension)


def between(
    low: Fraction | int | None,
    high: Fraction | int | None,
    dimension: Dimension = NUMBER,
    *,
    low_closed: bool = True,
    high_closed: bool = True,
) -> Interval:
    """Make a range, in base units; None is infinite."""
    return Interval(
        None if low is None else Fraction(low),
        None if high is None else Fraction(high),
        low_closed,
        high_closed,
        may_err=False,
        dimension=dimension,
    )


def anything(dimension: Dimension, within: Interval | None = None) -> Interval:
    """Make a wholly unknown number, held to its declared range if there is one."""
    if within is None:
        return between(None, None, dimension)
    return Interval(
        within.low, within.high, within.low_closed, within.high_closed, within.may_err, dimension
    )


NO_MONEY = point(0, MONEY)
"""The sum of no amounts: zero of no currency, comparable with any."""


# --- agreeing on a dimension ----------------------------------------------------------


def _agreed(terms: Sequence[Interval]) -> Dimension | Failure:
    """Find the one dimension in which all terms can be added or compared.

    A plain zero fits any dimension (`value > 0`); zero money and money of unknown
    currency fit any currency. All terms are looked at together, so order is no matter.
    """
    solid = [t for t in terms if not (t.is_zero and t.dimension == NUMBER)]
    if not solid:
        return NUMBER
    first = solid[0].dimension
    for term in solid:
        if (term.dimension.kind, term.dimension.powers) != (first.kind, first.powers):
            return Failure(f"{_called(first)} and {_called(term.dimension)} do not go together")
    if first.kind != "money":
        return first
    named = sorted({t.dimension.currency for t in solid if not t.is_zero} - {None}, key=str)
    if len(named) > 1:
        return Failure(f"{named[0]} and {named[1]} are mixed, and the case gives no rate")
    if named:
        return Dimension("money", named[0], first.powers)
    zero = {t.dimension.currency for t in solid}
    return Dimension("money", zero.pop() if len(zero) == 1 else None, first.powers)


def _called(dimension: Dimension) -> str:
    if dimension.kind == "number":
        return "a plain number"
    return show_dimension(dimension) or "money"


def _failed(*numbers: Number) -> Failure | None:
    return next((n for n in numbers if isinstance(n, Failure)), None)


# --- arithmetic -----------------------------------------------------------------------


def _plus(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def _add(a: Interval, b: Interval, dimension: Dimension) -> Interval:
    return Interval(
        _plus(a.low, b.low),
        _plus(a.high, b.high),
        a.low_closed and b.low_closed,
        a.high_closed and b.high_closed,
        a.may_err or b.may_err,
        dimension,
    )


def add(a: Number, b: Number) -> Number:
    """Add; a failure if the dimensions or currencies differ."""
    if isinstance(a, Failure):
        return a
    if isinstance(b, Failure):
        return b
    dimension = _agreed((a, b))
    return dimension if isinstance(dimension, Failure) else _add(a, b, dimension)


def negate(a: Number) -> Number:
    """Turn the sign."""
    return a if isinstance(a, Failure) else _negate(a)


def _negate(a: Interval) -> Interval:
    low = None if a.high is None else -a.high
    high = None if a.low is None else -a.low
    return Interval(low, high, a.high_closed, a.low_closed, a.may_err, a.dimension)


def subtract(a: Number, b: Number) -> Number:
    """Subtract; a failure if the dimensions or currencies differ."""
    return add(a, negate(b))


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a range: `sign` of infinity, or a finite value (sign 0)."""

    value: Fraction
    closed: bool
    sign: int = 0


def _ends(a: Interval) -> tuple[_End, _End]:
    zero = Fraction(0)
    low = _End(zero, closed=False, sign=-1) if a.low is None else _End(a.low, a.low_closed)
    high = _End(zero, closed=False, sign=1) if a.high is None else _End(a.high, a.high_closed)
    return low, high


def _corner(x: _End, y: _End) -> _End:
    """Multiply two ends; a zero end times anything is zero, attained if that zero is."""
    if (x.sign == 0 and x.value == 0) or (y.sign == 0 and y.value == 0):
        attained = (x.sign == 0 and x.value == 0 and x.closed) or (
            y.sign == 0 and y.value == 0 and y.closed
        )
        return _End(Fraction(0), attained)
    if x.sign or y.sign:
        sign = (x.sign or (1 if x.value > 0 else -1)) * (y.sign or (1 if y.value > 0 else -1))
        return _End(Fraction(0), closed=False, sign=sign)
    return _End(x.value * y.value, x.closed and y.closed)


def _times(a: Interval, b: Interval, dimension: Dimension) -> Interval:
    corners = [_corner(x, y) for x in _ends(a) for y in _ends(b)]
    finite = [c.value for c in corners if c.sign == 0]
    low = None if any(c.sign < 0 for c in corners) else min(finite, default=None)
    high = None if any(c.sign > 0 for c in corners) else max(finite, default=None)
    return Interval(
        low,
        high,
        any(c.closed and c.value == low for c in corners),
        any(c.closed and c.value == high for c in corners),
        a.may_err or b.may_err,
        dimension,
    )


def multiply(a: Number, b: Number) -> Number:
    """Multiply; money times money is a failure."""
    if isinstance(a, Failure):
        return a
    if isinstance(b, Failure):
        return b
    one, two = a.dimension, b.dimension
    if one.kind == "money" and two.kind == "money":
        return Failure("money is multiplied by money")
    powers = raised((*one.powers, *two.powers))
    if one.kind == "money" or two.kind == "money":
        return _times(a, b, Dimension("money", one.currency or two.currency, powers))
    return _times(a, b, quantity(powers))


def divide(a: Number, b: Number) -> Number:
    """Divide; may err where the divisor can be zero, fails where it is zero.

    Money divides by money of the same currency, into a plain number.
    """
    if isinstance(a, Failure):
        return a
    if isinstance(b, Failure):
        return b
    if b.is_zero:
        return Failure("the divisor is zero")
    one, two = a.dimension, b.dimension
    powers = raised((*one.powers, *((base, -exponent) for base, exponent in two.powers)))
    if two.kind == "money":
        if one.kind != "money":
            return Failure(f"{_called(one)} is divided by money")
        if (
            not a.is_zero
            and None not in {one.currency, two.currency}
            and one.currency != two.currency
        ):
            return Failure(f"{_called(one)} is divided by {_called(two)}")
        return _times(a, _reciprocal(b), quantity(powers))
    if one.kind == "money":
        return _times(a, _reciprocal(b), Dimension("money", one.currency, powers))
    return _times(a, _reciprocal(b), quantity(powers))


def _reciprocal(b: Interval) -> Interval:
    """Hull of 1/x over the members x of b but zero; the dimension is not used."""
    below = b.low is None or b.low < 0
    above = b.high is None or b.high > 0
    holds_zero = (
        (below and above) or (b.low == 0 and b.low_closed) or (b.high == 0 and b.high_closed)
    )
    may_err = b.may_err or holds_zero
    if below and above:
        return Interval(None, None, False, False, may_err, NUMBER)  # noqa: FBT003  infinite ends
    high = Fraction(0) if b.low is None else None if b.low == 0 else 1 / b.low
    low = Fraction(0) if b.high is None else None if b.high == 0 else 1 / b.high
    return Interval(low, high, b.high_closed, b.low_closed, may_err, NUMBER)


# --- joining and cutting --------------------------------------------------------------


def _lowest(ranges: Sequence[Interval]) -> tuple[Fraction | None, bool]:
    """Infimum of a union, and whether it is attained."""
    ends: list[Fraction] = []
    for each in ranges:
        if each.low is None:
            return None, False
        ends.append(each.low)
    low = min(ends)
    return low, any(r.low == low and r.low_closed for r in ranges)


def _highest(ranges: Sequence[Interval]) -> tuple[Fraction | None, bool]:
    """Supremum of a union, and whether it is attained."""
    low, closed = _lowest([_negate(r) for r in ranges])
    return (None if low is None else -low), closed


def _union(ranges: Sequence[Interval], dimension: Dimension) -> Interval:
    low, low_closed = _lowest(ranges)
    high, high_closed = _highest(ranges)
    may_err = any(r.may_err for r in ranges)
    return Interval(low, high, low_closed, high_closed, may_err, dimension)


def hull(a: Number, b: Number) -> Number:
    """The smallest range that holds both: what `if` gives while its test is open."""
    if isinstance(a, Failure):
        return a
    if isinstance(b, Failure):
        return b
    dimension = _agreed((a, b))
    return dimension if isinstance(dimension, Failure) else _union((a, b), dimension)


def intersect(a: Interval, b: Interval) -> Interval | None:
    """What lies in both, in the dimension of `a`; None if nothing does."""
    low, low_closed = a.low, a.low_closed
    if b.low is not None and (low is None or b.low >= low):
        low, low_closed = b.low, b.low_closed and (b.low != a.low or a.low_closed)
    high, high_closed = a.high, a.high_closed
    if b.high is not None and (high is None or b.high <= high):
        high, high_closed = b.high, b.high_closed and (b.high != a.high or a.high_closed)
    empty = (
        low is not None
        and high is not None
        and (low > high or (low == high and not (low_closed and high_closed)))
    )
    return None if empty else Interval(low, high, low_closed, high_closed, a.may_err, a.dimension)


# --- aggregates -----------------------------------------------------------------------


def sum_lines(
    lines: Iterable[tuple[Truth, Number]],
    open_range: Interval | None = None,
    dimension: Dimension = MONEY,
) -> Number:
    """Add up lines, each counted, not counted, or perhaps counted.

    `open_range` is the declared range of one line where the list is open (None where it
    is complete). `dimension` is that of an empty sum.
    """
    zero = point(0)
    ranges: list[Interval] = []
    for member, value in lines:
        if member is Truth.NO:
            continue
        if isinstance(value, Failure):
            return value
        if member is Truth.YES:
            ranges.append(value)
        else:
            ranges.append(_union((value, zero), value.dimension))
    if open_range is not None:
        falling = open_range.low is None or open_range.low < 0
        rising = open_range.high is None or open_range.high > 0
        rest = between(None if falling else 0, None if rising else 0, open_range.dimension)
        ranges.append(rest)
    if not ranges:
        return point(0, dimension)
    agreed = _agreed(ranges)
    if isinstance(agreed, Failure):
        return agreed
    total = point(0, agreed)
    for each in ranges:
        total = _add(total, each, agreed)
    return total


def count(members: Iterable[Truth], *, is_open: bool = False) -> Interval:
    """Count the members that are in, at least and at most."""
    found = list(members)
    sure = sum(1 for m in found if m is Truth.YES)
    maybe = sum(1 for m in found if m is Truth.UNKNOWN)
    return between(sure, None if is_open else sure + maybe)


def maximum(
    lines: Iterable[tuple[Truth, Number]],
    open_range: Interval | None = None,
    or_else: Number | None = None,
) -> Number:
    """Find the greatest line; `or_else` is the value where there is no line.

    Without `or_else`, no line at all is a failure, and none for certain may err.
    """
    sure: list[Interval] = []
    possible: list[Interval] = []
    for member, value in lines:
        if member is Truth.NO:
            continue
        if isinstance(value, Failure):
            return value
        possible.append(value)
        if member is Truth.YES:
            sure.append(value)
    if open_range is not None:
        possible.append(open_range)
    if not possible:
        return Failure("there is nothing to choose from") if or_else is None else or_else
    if not sure and or_else is not None:
        if isinstance(or_else, Failure):
            return or_else
        possible.append(or_else)
    dimension = _agreed(possible)
    if isinstance(dimension, Failure):
        return dimension
    high, high_closed = _highest(possible)
    low, low_closed = _lowest(possible)
    if sure:
        # The maximum is at least each certain member: the greatest of their low ends.
        finite = [r.low for r in sure if r.low is not None]
        low = max(finite, default=None)
        low_closed = all(r.low_closed for r in sure if r.low == low)
    may_err = any(r.may_err for r in possible) or (not sure and or_else is None)
    return Interval(low, high, low_closed, high_closed, may_err, dimension)


def minimum(
    lines: Iterable[tuple[Truth, Number]],
    open_range: Interval | None = None,
    or_else: Number | None = None,
) -> Number:
    """Find the least line; the mirror image of `maximum`."""
    return negate(
        maximum(
            ((member, negate(value)) for member, value in lines),
            None if open_range is None else _negate(open_range),
            None if or_else is None else negate(or_else),
        )
    )


# --- rounding -------------------------------------------------------------------------


def round_up(a: Number, step: Fraction | int = 1) -> Number:
    """Round up to whole steps (a step is in base units and more than zero)."""
    if isinstance(a, Failure):
        return a
    size = Fraction(step)
    low = high = None
    if a.low is not None:
        # Just above an open end that is whole, the next step is already reached.
        steps = a.low / size
        low = size * (ceil(steps) if a.low_closed or steps != ceil(steps) else ceil(steps) + 1)
    if a.high is not None:
        high = size * ceil(a.high / size)
    return Interval(low, high, low is not None, high is not None, a.may_err, a.dimension)


def round_down(a: Number, step: Fraction | int = 1) -> Number:
    """Round down to whole steps."""
    return negate(round_up(negate(a), step))


# --- comparing ------------------------------------------------------------------------


def compare(op: Comparison, a: Number, b: Number) -> Truth:
    """Compare; unknown where both answers can occur, or where a side may have failed."""
    if isinstance(a, Failure) or isinstance(b, Failure) or a.may_err or b.may_err:
        return Truth.UNKNOWN
    if isinstance(_agreed((a, b)), Failure):
        return Truth.UNKNOWN
    match op:
        case Comparison.AT_LEAST:
            return _at_least(a, b)
        case Comparison.LESS:
            return _at_least(a, b).negated
        case Comparison.AT_MOST:
            return _at_least(b, a)
        case Comparison.MORE:
            return _at_least(b, a).negated
        case Comparison.EQUAL:
            return _equal(a, b)
        case Comparison.UNEQUAL:
            return _equal(a, b).negated
        case _:
            assert_never(op)


def _below(a: Interval, b: Interval) -> bool:
    """Whether every member of a lies strictly under every member of b."""
    if a.high is None or b.low is None:
        return False
    return a.high < b.low or (a.high == b.low and not (a.high_closed and b.low_closed))


def _at_least(a: Interval, b: Interval) -> Truth:
    if a.low is not None and b.high is not None and a.low >= b.high:
        return Truth.YES
    return Truth.NO if _below(a, b) else Truth.UNKNOWN


def _equal(a: Interval, b: Interval) -> Truth:
    if a.is_point and b.is_point and a.low == b.low:
        return Truth.YES
    return Truth.NO if _below(a, b) or _below(b, a) else Truth.UNKNOWN


def mismatch(a: Number, b: Number) -> Failure | None:
    """Say why two numbers cannot be compared or added; None if they can."""
    failed = _failed(a, b)
    if failed is not None or isinstance(a, Failure) or isinstance(b, Failure):
        return failed
    dimension = _agreed((a, b))
    return dimension if isinstance(dimension, Failure) else None
