"""Working days against the Chinese calendar of October 2025."""

from __future__ import annotations

from datetime import date, timedelta

from longarm_dsl.core.workdays import Calendar, add_working_days

CN = Calendar(
    "cn.official",
    "Asia/Shanghai",
    frozenset(date(2025, 10, n) for n in range(1, 9)),
    frozenset({date(2025, 9, 28), date(2025, 10, 11)}),
    2025,
    2025,
)


def test_the_day_of_the_event_is_not_counted() -> None:
    assert add_working_days(CN, date(2025, 11, 3), 1) == date(2025, 11, 4)
    assert add_working_days(CN, date(2025, 11, 3), 10) == date(2025, 11, 17)


def test_holidays_are_skipped_and_exchanged_weekends_count() -> None:
    assert add_working_days(CN, date(2025, 9, 27), 1) == date(2025, 9, 28)
    assert add_working_days(CN, date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert add_working_days(CN, date(2025, 9, 30), 3) == date(2025, 10, 11)
    assert add_working_days(CN, date(2025, 9, 30), 4) == date(2025, 10, 13)


def test_past_the_years_known_there_is_no_answer() -> None:
    assert add_working_days(CN, date(2025, 12, 30), 1) == date(2025, 12, 31)
    assert add_working_days(CN, date(2025, 12, 30), 2) is None
    assert add_working_days(CN, date(2025, 1, 2), -2) is None
    assert add_working_days(CN, date(2024, 12, 1), 1) is None
    assert add_working_days(CN, date.max, 1) is None


def test_backward_and_zero() -> None:
    assert add_working_days(CN, date(2025, 10, 9), -1) == date(2025, 9, 30)
    assert add_working_days(CN, date(2025, 10, 5), 0) == date(2025, 10, 5)


def test_counting_agrees_with_listing_the_working_days() -> None:
    start = date(2025, 9, 20)
    span = (start + timedelta(days=n) for n in range(1, 40))
    working = [day for day in span if CN.works(day)]
    assert [add_working_days(CN, start, n + 1) for n in range(len(working))] == working
