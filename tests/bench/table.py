"""Rows of figures as plain text that is also a Markdown table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .harness import Agreement, Timing


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; every column after the first is aligned to the right."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(heads))]
    rule = ["-" * widths[0], *("-" * (w - 1) + ":" for w in widths[1:])]
    return "\n".join(_line(cells, widths) for cells in (lines[0], rule, *lines[1:])) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = cells
    aligned = [first.ljust(widths[0])]
    aligned += [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
    return f"| {' | '.join(aligned)} |"


DECISION_HEADS = ("one decision", "µs", "p99 µs", "× hand-written", "× in a loop", "agrees")


def decision_row(name: str, timing: Timing, agrees: Agreement | None) -> tuple[str, ...]:
    """A row of the table of the reference policy."""
    return (
        name,
        figure(timing.median_us),
        figure(timing.p99_us),
        figure(timing.ratio),
        figure(timing.loop_ratio),
        str(agrees) if agrees is not None else "",
    )


def figure(value: float) -> str:
    """Three digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
