"""The days of a timeline as the columns of a bar: which days a column holds, where years begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from longarm_dsl.lazy_dataclass import dataclass

_MONTHS = 12
_HALF = 16  # the day on which the second half of a month begins


@dataclass(frozen=True, slots=True)
class Column:
    """The days of one character: from the first, before the second."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Scale:
    """The columns of a bar, what one of them is, and labels by the number of their column."""

    unit: str
    columns: tuple[Column, ...]
    labels: tuple[tuple[int, str], ...]

    def column_of(self, day: date) -> int | None:
        """The number of the column that holds a day."""
        found = (n for n, column in enumerate(self.columns) if column.start <= day < column.end)
        return next(found, None)


def scale(start: date, through: date, most: int) -> Scale:
    """The finest scale that shows these days in no more than `most` columns."""
    for unit, first, following in _UNITS:
        starts = _starts(first(start), through, following, most)
        if starts is not None:
            columns = tuple(Column(a, b) for a, b in pairwise(starts))
            return Scale(unit, columns, tuple(_labels(columns)))
    whole = Column(start, _after(through))
    return Scale("all of it", (whole,), ())


def _starts(
    first: date, through: date, following: Callable[[date], date], most: int
) -> list[date] | None:
    """The first days of the columns, with that of the one behind them; None for too many."""
    starts = [first]
    while starts[-1] <= through:
        starts.append(following(starts[-1]))
        if len(starts) > most + 1:
            return None
        if starts[-1] == date.max:
            break
    return starts


def _after(day: date, days: int = 1) -> date:
    return day + timedelta(days) if days <= (date.max - day).days else date.max


def _in_days(days: int) -> tuple[Callable[[date], date], Callable[[date], date]]:
    return lambda day: day, lambda day: _after(day, days)


def _half(day: date) -> date:
    return day.replace(day=1 if day.day < _HALF else _HALF)


def _next_half(day: date) -> date:
    return day.replace(day=_HALF) if day.day < _HALF else _month(_month_of(day) + 1)


def _month_of(day: date) -> int:
    return day.year * _MONTHS + day.month - 1


def _month(number: int) -> date:
    year, month = divmod(number, _MONTHS)
    return date.max if year > date.max.year else date(max(year, 1), month + 1, 1)


def _in_months(months: int) -> tuple[Callable[[date], date], Callable[[date], date]]:
    return (
        lambda day: _month(_month_of(day) // months * months),
        lambda day: _month(_month_of(day) // months * months + months),
    )


_UNITS: tuple[tuple[str, Callable[[date], date], Callable[[date], date]], ...] = (
    ("a day", *_in_days(1)),
    ("a week", *_in_days(7)),
    ("half a month", _half, _next_half),
    ("a month", *_in_months(1)),
    ("two months", *_in_months(2)),
    ("a quarter", *_in_months(3)),
    ("half a year", *_in_months(6)),
    ("a year", *_in_months(12)),
    ("two years", *_in_months(24)),
    ("five years", *_in_months(60)),
    ("ten years", *_in_months(120)),
    ("twenty years", *_in_months(240)),
)


def _labels(columns: tuple[Column, ...]) -> Iterator[tuple[int, str]]:
    """Months or years where there is room for their names, as close as there is."""
    for months in (1, 3, 6, 12, 24, 60, 120, 240, 600):
        ticks = [
            (n, column.start)
            for n, column in enumerate(columns)
            if _begins(columns[n - 1].start if n else None, column.start, months)
        ]
        gap = min((b - a for (a, _), (b, _) in pairwise(ticks)), default=len(columns))
        for text in (_full, _short):
            names = [(n, text(day, months)) for n, day in ticks]
            if names and gap > max(len(name) for _, name in names):
                yield from _first(columns[0].start, names[0][0])
                yield from ((n, name) for n, name in names if n + len(name) <= len(columns))
                return
    yield from _first(columns[0].start, len(columns) + 1)


def _first(day: date, room: int) -> Iterator[tuple[int, str]]:
    """A label for the first column, if there is room before the next one."""
    names = (day.isoformat(), day.isoformat()[:7], day.isoformat()[:4], f"'{day.year % 100:02}")
    yield from ((0, name) for name in [n for n in names if len(n) < room][:1])


def _begins(before: date | None, day: date, months: int) -> bool:
    """Whether a period of some months begins in a column."""
    if before is None:
        return day.day == 1 and _month_of(day) % months == 0
    return _month_of(before) // months != _month_of(day) // months


def _full(day: date, months: int) -> str:
    return f"{day.year:04}" if months % _MONTHS == 0 else day.strftime("%Y-%m")


def _short(day: date, months: int) -> str:
    return f"'{day.year % 100:02}" if months % _MONTHS == 0 else _full(day, months)
