"""Rows of a table that say the same at the same time.

A notice lists a party once. Two rows of one notice for one party, in force on a common day, are a
slip of whoever wrote the list: at best one is idle, at worst they disagree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from longarm_dsl.core import ast
from longarm_dsl.core.names import fold
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic, Label, warning

_Key = tuple[object, ...]


def overlapping_rows(program: Program) -> Iterator[Diagnostic]:
    """One finding for each row that repeats an earlier one while that is in force."""
    for table in program.tables.values():
        alike: dict[_Key, list[ast.Row]] = defaultdict(list)
        for row in table.rows:
            key = _what_it_says(table, row)
            first = next((r for r in alike[key] if _overlap(r, row)), None)
            alike[key].append(row)
            if first is None:
                continue
            whom = _party(row)
            yield warning(
                "overlapping-rows",
                f"`{whom}` is listed twice at a time" if whom else "this row repeats another",
                row.span,
                secondary=(Label(first.span, "the other row"),),
                help="remove one, or say when the earlier one ended",
                note=table.id,
            )


def _what_it_says(table: ast.Table, row: ast.Row) -> _Key:
    """Of a notice's list, whom a row names; of any other table, everything but its citation."""
    whom = _party(row)
    if table.is_list and whom is not None and row.instrument is not None:
        return (row.instrument, fold(whom))
    cells = sorted(
        ((name, cell) for name, cell in row.cells.items() if name != "cite"), key=lambda c: c[0]
    )
    return (row.instrument, *cells)


def _party(row: ast.Row) -> str | None:
    match row.cells.get("party"):
        case ast.Literal(value=str(name)):
            return name
        case _:
            return None


def _overlap(one: ast.Row, other: ast.Row) -> bool:
    return _starts(one) < _ends(other) and _starts(other) < _ends(one)


def _starts(row: ast.Row) -> date:
    return row.start or row.issued or date.min


def _ends(row: ast.Row) -> date:
    return row.end or date.max
