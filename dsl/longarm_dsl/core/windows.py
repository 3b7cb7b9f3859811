"""Dates and windows as written, as the event calculus takes them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from longarm_dsl.core.time import Edge, EndKind, Window, for_days
from longarm_dsl.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    # The evaluator counts years here and must not wait for the trees.
    from longarm_dsl.surface import ast as surface


def day_of(node: surface.Date) -> date:
    """The civil day of a date as written (the parser has checked that it exists)."""
    return date.fromisoformat(node.text[:10])


def edge_of(node: surface.Date) -> Edge:
    """A date with its clock time and offset, if it has them."""
    day, _, clock = node.text.partition("T")
    if not clock:
        return Edge(date.fromisoformat(day))
    minute = int(clock[:2]) * 60 + int(clock[3:5])
    rest = clock[5:]
    offset: int | None = None
    if rest == "Z":
        offset = 0
    elif rest:
        sign = -1 if rest[0] == "-" else 1
        offset = sign * (int(rest[1:3]) * 60 + int(rest[4:6]))
    return Edge(date.fromisoformat(day), minute, offset)


def window_of(node: surface.Window | None, found: list[Diagnostic]) -> Window:
    """A window as written; an end before its start is a finding."""
    if node is None:
        return Window()
    start = edge_of(node.start) if node.start is not None else None
    match node.end_kind:
        case None:
            return Window(start)
        case "days" | "years":
            if start is None:
                found.append(
                    error(
                        "malformed-date",
                        "a length needs a day from which it runs",
                        node.span,
                        help="write `from 2025-11-10 for 90 days`",
                    )
                )
                return Window()
            length = node.length or 0
            if node.end_kind == "days":
                return for_days(start, length)
            return Window(start, Edge(years_later(start.day, length), start.minute, start.offset))
        case kind:
            end = edge_of(node.end) if node.end is not None else None
            return Window(start, end, EndKind(kind))


def years_later(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March where there is none."""
    year = min(max(day.year + years, date.min.year), date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def days_of(
    node: surface.Window | None, found: list[Diagnostic]
) -> tuple[date | None, date | None]:
    """First day and the day after the last, of what has civil days only: rows and aliases."""
    if node is None:
        return None, None
    if node.end_kind == "to":
        found.append(
            error(
                "malformed-date",
                "whether the last day counts must be said here",
                node.span,
                help="write `until` (without that day) or `through` (with it)",
            )
        )
        return (day_of(node.start) if node.start is not None else None), None
    window = window_of(node, found)
    start = window.start.day if window.start is not None else None
    if window.end is None:
        return start, None
    if window.end_kind is EndKind.THROUGH and window.end.day < date.max:
        return start, date.fromordinal(window.end.day.toordinal() + 1)
    return start, window.end.day
