"""Laws of numbers under uncertainty, against members drawn from the ranges.

An interval here has small integer ends; `members` lists points that stand for every
way its values can lie to those of another: the ends if attained, and points between
and beside the ends.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import (
    Comparison,
    Failure,
    Interval,
    Number,
    add,
    between,
    compare,
    divide,
    hull,
    intersect,
    maximum,
    minimum,
    multiply,
    point,
    round_down,
    round_up,
    subtract,
    sum_lines,
)
from longarm_dsl.core.units import MONEY, NUMBER, currency, parse_unit

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
TESTS: dict[Comparison, Callable[[Fraction, Fraction], bool]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.UNEQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}
FAR = 40
TINY = Fraction(1, 64)


def holds(number: Number, value: Fraction) -> bool:
    """Whether a value is a member."""
    return isinstance(number, Interval) and intersect(number, point(value)) is not None


def members(a: Interval, *others: Interval) -> list[Fraction]:
    """Attained ends, points just inside them, and points between and far out; those of others too."""
    points = set[Fraction]().union(*map(_points, (a, *others)))
    return sorted(p for p in points if holds(a, p))


def _points(a: Interval) -> set[Fraction]:
    low = Fraction(-FAR) if a.low is None else a.low
    high = Fraction(FAR) if a.high is None else a.high
    around = [x + d for x in (low, high) for d in (-TINY, 0, TINY)]
    return {
        *around,
        (low + high) / 2,
        *map(Fraction, range(-6, 7)),
        *(Fraction(n, 2) for n in (-5, -1, 1, 5)),
    }


@st.composite
def intervals(draw: st.DrawFn, *, least: int = -5, most: int = 5, finite: bool = False) -> Interval:
    low = draw(st.integers(least, most))
    high = draw(st.integers(low, most))
    if low == high:
        return point(low)
    closed = st.booleans()
    no_low = not finite and least < 0 and draw(st.integers(0, 5)) == 0
    no_high = not finite and draw(st.integers(0, 5)) == 0
    return between(
        None if no_low else low,
        None if no_high else high,
        low_closed=draw(closed),
        high_closed=draw(closed),
    )


memberships = st.sampled_from([YES, NO, UNKNOWN])
lines = st.lists(st.tuples(memberships, intervals()), max_size=4)
Arithmetic = Callable[[Fraction, Fraction], Fraction]


@given(intervals(), intervals())
def test_31_results_hold_the_results_of_members(a: Interval, b: Interval) -> None:
    operations: list[tuple[Number, Arithmetic]] = [
        (add(a, b), operator.add),
        (subtract(a, b), operator.sub),
        (multiply(a, b), operator.mul),
        (maximum([(YES, a), (YES, b)]), max),
        (minimum([(YES, a), (YES, b)]), min),
    ]
    quotient = divide(a, b)
    for x, y in product(members(a), members(b)):
        for result, plain in operations:
            assert holds(result, plain(x, y))
        if y == 0:
            assert isinstance(quotient, Failure) or quotient.may_err
        else:
            assert holds(quotient, x / y)
    for x in (*members(a), *members(b)):
        assert holds(hull(a, b), x)


def attained(result: Number, found: set[Fraction]) -> None:
    """Closed ends are reached by some members."""
    assert isinstance(result, Interval)
    if result.low_closed:
        assert result.low in found
    if result.high_closed:
        assert result.high in found


@given(intervals(finite=True), intervals(finite=True))
def test_31_closed_ends_are_attained(a: Interval, b: Interval) -> None:
    pairs = list(product(members(a), members(b)))
    attained(add(a, b), {x + y for x, y in pairs})
    attained(multiply(a, b), {x * y for x, y in pairs})
    attained(maximum([(YES, a), (YES, b)]), {max(x, y) for x, y in pairs})
    attained(round_up(a, 2), {Fraction(-(-x // 2) * 2) for x in members(a)})
    attained(round_down(a, 2), {Fraction(x // 2 * 2) for x in members(a)})


@given(intervals(), intervals(), st.sampled_from(Comparison))
def test_31_a_comparison_is_unknown_only_if_both_answers_occur(
    a: Interval, b: Interval, op: Comparison
) -> None:
    answers = {TESTS[op](x, y) for x, y in product(members(a, b), members(b, a))}
    expected = UNKNOWN if len(answers) == 2 else Truth.of(answers.pop())
    assert compare(op, a, b) is expected


@given(intervals(), st.sampled_from([1, 2, 3, Fraction(1, 2)]))
def test_31_rounding_holds_rounded_members(a: Interval, step: Fraction) -> None:
    for x in members(a):
        assert holds(round_up(a, step), Fraction(-(-x // step) * step))
        assert holds(round_down(a, step), Fraction(x // step * step))


@given(lines, st.data())
def test_31_sums_and_extremes_hold_every_choice_of_lines(
    found: list[tuple[Truth, Interval]], data: st.DataObject
) -> None:
    chosen = [
        data.draw(st.sampled_from(members(value)))
        for member, value in found
        if member is YES or (member is UNKNOWN and data.draw(st.booleans()))
    ]
    assert holds(sum_lines(found, dimension=NUMBER), sum(chosen, Fraction(0)))
    greatest, least = maximum(found), minimum(found)
    if chosen:
        assert holds(greatest, max(chosen))
        assert holds(least, min(chosen))
        assert holds(maximum(found, or_else=point(9)), max(chosen))
    else:
        assert isinstance(greatest, Failure) or greatest.may_err
        assert holds(maximum(found, or_else=point(9)), Fraction(9))


@given(intervals(), intervals())
def test_31_intersection_is_what_both_hold(a: Interval, b: Interval) -> None:
    both = intersect(a, b)
    for x in {*members(a), *members(b)}:
        assert (both is not None and holds(both, x)) is (holds(a, x) and holds(b, x))


@given(st.integers(-3, 3), st.booleans(), st.booleans())
def test_32_ranges_that_touch(at: int, left: bool, right: bool) -> None:
    below = between(at - 1, at, high_closed=left)
    above = between(at, at + 1, low_closed=right)
    touching = left and right
    assert compare(Comparison.LESS, below, above) is (UNKNOWN if touching else YES)
    assert compare(Comparison.EQUAL, below, above) is (UNKNOWN if touching else NO)
    assert compare(Comparison.AT_MOST, below, above) is YES
    assert compare(Comparison.AT_LEAST, below, above) is (UNKNOWN if touching else NO)


@given(lines, intervals(least=0), memberships, st.integers(-4, 4))
def test_33_a_line_that_is_not_negative_never_lowers_a_sum(
    found: list[tuple[Truth, Interval]], line: Interval, member: Truth, floor: int
) -> None:
    before = sum_lines(found, dimension=NUMBER)
    after = sum_lines([*found, (member, line)], dimension=NUMBER)
    assert isinstance(before, Interval)
    assert isinstance(after, Interval)
    if before.low is not None:
        assert after.low is not None
        assert after.low >= before.low
    if compare(Comparison.AT_LEAST, before, point(floor)) is YES:
        assert compare(Comparison.AT_LEAST, after, point(floor)) is YES


def test_33_a_line_that_may_be_negative_can_lower_a_sum() -> None:
    known = [(YES, point(5))]
    assert compare(Comparison.AT_LEAST, sum_lines(known), point(5)) is YES
    more = [*known, (UNKNOWN, between(-1, 1))]
    assert compare(Comparison.AT_LEAST, sum_lines(more), point(5)) is UNKNOWN


@given(intervals(finite=True), intervals(least=1), st.integers(-3, 3))
def test_34_cross_multiplied_is_divided_for_a_positive_divisor(
    a: Interval, b: Interval, floor: int
) -> None:
    for x, y in product(members(a), members(b)):
        share = divide(point(x), point(y))
        crossed = multiply(point(floor), point(y))
        assert compare(Comparison.AT_LEAST, share, point(floor)) is compare(
            Comparison.AT_LEAST, point(x), crossed
        )
    divided = compare(Comparison.AT_LEAST, divide(a, b), point(floor))
    answers = {Truth.of(x >= floor * y) for x, y in product(members(a), members(b))}
    assert divided is UNKNOWN or answers == {divided}


@given(intervals(), intervals(least=-3, most=3), st.integers(-3, 3), st.sampled_from(Comparison))
def test_34_a_divisor_that_may_be_zero_decides_nothing(
    a: Interval, b: Interval, floor: int, op: Comparison
) -> None:
    if holds(b, Fraction(0)):
        assert compare(op, divide(a, b), point(floor)) is UNKNOWN


def test_35_the_empty_list() -> None:
    assert sum_lines([]) == point(0, MONEY)
    assert sum_lines([(NO, point(3))], dimension=NUMBER) == point(0)
    assert isinstance(maximum([]), Failure)
    assert isinstance(minimum([]), Failure)


@given(intervals(), intervals(), st.sampled_from(Comparison))
def test_36_two_currencies_never_decide(a: Interval, b: Interval, op: Comparison) -> None:
    euros, dollars = paid(a, "EUR"), paid(b, "USD")
    decided = compare(op, euros, dollars)
    total = sum_lines([(YES, euros), (UNKNOWN, dollars)])
    if not a.is_zero and not b.is_zero:
        assert decided is UNKNOWN
        assert isinstance(total, Failure)
        assert compare(op, add(euros, dollars), euros) is UNKNOWN
        assert compare(op, divide(euros, dollars), point(0)) is UNKNOWN
    else:
        assert decided is compare(op, a, b)


def paid(a: Interval, code: str) -> Interval:
    return between(
        a.low,
        a.high,
        currency(code),
        low_closed=a.low_closed,
        high_closed=a.high_closed,
    )


@given(
    st.integers(1, 500), st.integers(1, 500), st.sampled_from(["pm", "nm", "um", "mm", "m", "km"])
)
def test_36_scaling_a_unit_changes_nothing(left: int, right: int, text: str) -> None:
    unit, other = parse_unit(text), parse_unit("nm")
    assert unit is not None
    assert other is not None
    scale = unit.factor / other.factor
    for op in Comparison:
        assert compare(
            op,
            point(left * unit.factor, unit.dimension),
            point(right * unit.factor, unit.dimension),
        ) is compare(
            op,
            point(left * scale * other.factor, other.dimension),
            point(right * unit.factor, unit.dimension),
        )
    ratio = divide(
        point(left * unit.factor, unit.dimension), point(right * other.factor, other.dimension)
    )
    assert ratio == point(Fraction(left, right) * scale)
