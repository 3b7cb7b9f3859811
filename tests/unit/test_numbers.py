"""Numbers are read exactly, and written for people without a lie."""

from __future__ import annotations

from fractions import Fraction as F  # noqa: N817  short in tables of numbers

import pytest

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import (
    Comparison,
    Failure,
    Interval,
    Number,
    add,
    anything,
    between,
    compare,
    count,
    divide,
    hull,
    intersect,
    maximum,
    minimum,
    mismatch,
    multiply,
    parse_amount,
    parse_number,
    point,
    round_down,
    round_up,
    show,
    subtract,
    sum_lines,
)
from longarm_dsl.core.units import MONEY, NUMBER, Dimension, currency, parse_unit

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
EUR, USD = currency("EUR"), currency("USD")


def read(text: str) -> Interval:
    found = parse_amount(text)
    assert found is not None, text
    return found


def made(number: Number) -> Interval:
    assert isinstance(number, Interval), number
    return number


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("10000 EUR", F(10000), "EUR"),
        ("0.1%", F(1, 10), "%"),
        ("14 nm", F(14), "nm"),
        ("1_000", F(1000), ""),
        ("30_000_000_000", F(30_000_000_000), ""),
        ("1/3", F(1, 3), ""),
        ("-4.50 degC", F(-9, 2), "degC"),
        ("3.3 GB/s/mm2", F(33, 10), "GB/s/mm2"),
        (" 7 ", F(7), ""),
    ],
)
def test_numbers_are_read_exactly(text: str, value: F, unit: str) -> None:
    assert parse_number(text) == (value, unit)


@pytest.mark.parametrize(
    "text",
    ["30,000", "1e400", "1E+5", "1e5 EUR", "", "EUR", "1.", ".5", "1__0", "_1", "1_", "1/0", "１",
     "1 000", "+1", "1/2/3", "nan", "9" * 41, "1/" + "9" * 40],
)  # fmt: skip
def test_what_is_no_exact_number_is_refused(text: str) -> None:
    assert parse_number(text) is None


def test_forty_digits_are_still_exact() -> None:
    assert parse_number("9" * 40) == (F(10**40 - 1), "")


def test_an_amount_needs_a_known_unit() -> None:
    assert parse_amount("5 furlong") is None
    assert parse_amount("0x10") is None
    assert parse_amount("5 sparkle", frozenset({"sparkle"})) is not None
    assert read("0.42 %") == point(F(42, 10_000))
    assert read("14 nm") == read("0.000014 mm")


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (read("42 EUR"), None, "42 EUR"),
        (read("0.42 %"), "%", "0.42 %"),
        (read("0.42 %"), None, "0.0042"),
        (read("14 nm"), "nm", "14 nm"),
        (read("14 nm"), "um", "0.014 um"),
        (read("-2.50 EUR"), None, "-2.5 EUR"),
        (point(F(1, 3)), None, "about 0.3333"),
        (point(F(-2, 3)), "%", "about -66.67 %"),
        (point(F(200_000, 3)), None, "about 66667"),
        (point(F(1, 3_000_000)), None, "about 0.0000003333"),
        (between(F(1, 1000), F(3, 1000)), "%", "between 0.1 % and 0.3 %"),
        (between(5, None, low_closed=False), None, "more than 5"),
        (between(5, None), None, "at least 5"),
        (between(None, 5), None, "at most 5"),
        (between(None, 5, high_closed=False), None, "less than 5"),
        (between(1, 2, EUR, low_closed=False), None, "more than 1 EUR and at most 2 EUR"),
        (anything(EUR), None, "any amount in EUR"),
        (anything(NUMBER), None, "any number"),
        (Failure("the divisor is zero"), None, "no value: the divisor is zero"),
        (divide(point(1), between(0, 1)), None, "at least 1, or no value"),
    ],
)
def test_numbers_are_written_for_people(number: Number, unit: str | None, text: str) -> None:
    assert show(number, unit) == text


def test_more_than_five_nanometres() -> None:
    unit = parse_unit("nm")
    assert unit is not None
    number = between(5 * unit.factor, None, unit.dimension, low_closed=False)
    assert show(number, "nm") == "more than 5 nm"


def test_content_share_of_the_first_sample() -> None:
    share = divide(read("42 EUR"), read("10000 EUR"))
    assert share == read("0.42 %")
    assert compare(Comparison.AT_LEAST, share, read("0.1 %")) is YES


def test_mixed_currencies_fail_and_never_decide() -> None:
    total = add(read("1 EUR"), read("1 USD"))
    assert isinstance(total, Failure)
    assert "EUR and USD" in total.reason
    for op in Comparison:
        assert compare(op, read("1 EUR"), read("2 USD")) is UNKNOWN
    assert isinstance(divide(read("1 EUR"), read("2 USD")), Failure)
    assert mismatch(read("1 EUR"), read("2 USD")) is not None
    assert mismatch(read("1 EUR"), read("2 EUR")) is None


def test_zero_has_no_currency() -> None:
    assert add(read("0 USD"), read("5 EUR")) == read("5 EUR")
    assert compare(Comparison.MORE, read("5 EUR"), read("0 USD")) is YES
    assert compare(Comparison.MORE, read("5 EUR"), point(0)) is YES
    assert compare(Comparison.EQUAL, sum_lines([]), read("0 CNY")) is YES


def test_the_order_of_lines_does_not_matter_for_currencies() -> None:
    lines = [(YES, read("5 EUR")), (YES, read("-5 EUR")), (YES, read("3 USD"))]
    assert isinstance(sum_lines(lines), Failure)
    assert isinstance(sum_lines(lines[::-1]), Failure)


def test_an_unknown_amount_takes_the_currency_of_its_term() -> None:
    unknown = between(0, None, MONEY)
    total = made(add(unknown, read("5 EUR")))
    assert total == between(5, None, EUR)
    assert divide(unknown, read("5 EUR")) == between(0, None, NUMBER)


def test_units_that_do_not_go_together_fail() -> None:
    assert isinstance(add(read("1 nm"), read("1 g")), Failure)
    assert isinstance(add(read("1 nm"), point(1)), Failure)
    assert isinstance(multiply(read("1 EUR"), read("1 EUR")), Failure)
    assert isinstance(divide(point(1), read("1 EUR")), Failure)


def test_rates_multiply_into_money() -> None:
    assert multiply(read("50 USD/net_ton"), read("3 net_ton")) == read("150 USD")
    assert divide(read("150 USD"), read("3 net_ton")) == read("50 USD/net_ton")
    assert divide(read("6 m2"), read("3 m")) == read("2 m")


def test_a_line_that_may_count_adds_zero_or_itself() -> None:
    lines = [(YES, read("1 EUR")), (UNKNOWN, read("5 EUR")), (NO, read("9 USD"))]
    assert sum_lines(lines) == between(1, 6, EUR)


def test_an_open_list_adds_what_its_range_allows() -> None:
    lines = [(YES, read("1 EUR"))]
    assert sum_lines(lines, between(0, None, MONEY)) == between(1, None, EUR)
    assert sum_lines(lines, between(3, 9, MONEY)) == between(1, None, EUR)
    assert sum_lines(lines, between(None, 0, MONEY)) == between(None, 1, EUR)
    assert sum_lines(lines, anything(MONEY)) == anything(EUR)


def test_a_line_without_value_fails_the_sum_unless_it_is_not_counted() -> None:
    lost = Failure("lost")
    assert sum_lines([(UNKNOWN, lost)]) == lost
    assert sum_lines([(NO, lost), (YES, read("1 EUR"))]) == read("1 EUR")


def test_counting() -> None:
    assert count([YES, UNKNOWN, NO]) == between(1, 2)
    assert count([YES, UNKNOWN, NO], is_open=True) == between(1, None)
    assert count([]) == point(0)


def test_greatest_and_least_of_lists() -> None:
    lines = [(YES, between(1, 4)), (UNKNOWN, between(3, 9)), (YES, between(2, 3))]
    assert maximum(lines) == between(2, 9)
    assert minimum(lines) == between(1, 3)
    assert maximum(lines, between(0, None)) == between(2, None)
    assert isinstance(maximum([]), Failure)
    assert isinstance(minimum([(NO, point(1))]), Failure)
    assert maximum([], or_else=point(7)) == point(7)
    assert maximum([(UNKNOWN, point(3))], or_else=point(7)) == between(3, 7)
    assert made(maximum([(UNKNOWN, point(3))])).may_err
    assert maximum([(UNKNOWN, Failure("lost"))]) == Failure("lost")


def test_division_by_what_may_be_zero_may_err() -> None:
    quotient = made(divide(point(1), between(0, 4)))
    assert (quotient.low, quotient.high, quotient.may_err) == (F(1, 4), None, True)
    assert compare(Comparison.MORE, quotient, point(0)) is UNKNOWN
    positive = made(divide(point(1), between(0, 4, low_closed=False)))
    assert not positive.may_err
    assert compare(Comparison.MORE, positive, point(0)) is YES
    assert isinstance(divide(point(0), point(0)), Failure)


def test_rounding_to_steps() -> None:
    assert round_up(point(F(5, 2))) == point(3)
    assert round_down(point(F(-5, 2))) == point(-3)
    assert round_up(point(7), 5) == point(10)
    assert round_up(between(1, 2, low_closed=False)) == point(2)
    assert round_up(between(1, 2, low_closed=False, high_closed=False)) == point(2)
    assert round_down(between(1, 2)) == between(1, 2)
    assert round_down(between(1, 2, high_closed=False)) == point(1)


def test_open_ends_that_touch() -> None:
    below, above = between(0, 1, high_closed=False), between(1, 2)
    assert compare(Comparison.LESS, below, above) is YES
    assert compare(Comparison.EQUAL, below, above) is NO
    assert compare(Comparison.LESS, between(0, 1), above) is UNKNOWN
    assert compare(Comparison.AT_MOST, between(0, 1), above) is YES
    assert intersect(below, above) is None
    assert intersect(between(0, 1), above) == point(1)


def test_hull_and_intersection() -> None:
    assert hull(point(1), between(3, 4, high_closed=False)) == between(1, 4, high_closed=False)
    assert intersect(anything(EUR), between(0, None)) == between(0, None, EUR)
    assert intersect(between(0, 3), between(0, 2, low_closed=False)) == between(
        0, 2, low_closed=False
    )
    assert hull(point(1), Failure("lost")) == Failure("lost")


def test_an_empty_interval_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="empty interval"):
        between(2, 1)


def test_differences() -> None:
    assert subtract(between(1, 2, low_closed=False), between(0, 1)) == between(
        0, 2, low_closed=False
    )
    assert subtract(read("5 EUR"), read("5 EUR")) == point(0, Dimension("money", "EUR"))
