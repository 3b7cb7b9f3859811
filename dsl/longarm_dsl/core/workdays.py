"""Counting working days by a dated calendar of public holidays.

Promises a day only inside the years the calendar knows; past them the answer is None,
never a guess. The day of the event itself is not counted (for China: Civil Code art. 201).
"""

from __future__ import annotations

from datetime import date

from longarm_dsl.lazy_dataclass import dataclass

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, and weekend days worked in exchange, of whole years.

    `zone` is the time zone whose civil days are counted. A day in both sets is a holiday.
    """

    name: str
    zone: str
    holidays: frozenset[date]
    working_weekends: frozenset[date]
    first_year: int
    last_year: int

    def knows(self, day: date) -> bool:
        """Whether the calendar covers the day's year."""
        return self.first_year <= day.year <= self.last_year

    def works(self, day: date) -> bool:
        """Whether the day is a working day; meaningful only where `knows(day)`."""
        if day in self.holidays:
            return False
        return day.weekday() < _SATURDAY or day in self.working_weekends


def add_working_days(calendar: Calendar, start: date, n: int) -> date | None:
    """The n-th working day after `start`, or before it when `n` is negative.

    `start` is not counted, and is the answer for 0. None when a day that has to be looked
    at lies outside the calendar's years.
    """
    if n == 0:
        return start
    step = 1 if n > 0 else -1
    left, ordinal = abs(n), start.toordinal()
    while left:
        ordinal += step
        if not 1 <= ordinal <= date.max.toordinal():
            return None
        day = date.fromordinal(ordinal)
        if not calendar.knows(day):
            return None
        left -= calendar.works(day)
    return date.fromordinal(ordinal)
