"""What every renderer shares: the order, the cap, and text that is safe to print."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from longarm_dsl.diagnostics import Diagnostic, Severity, in_order
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Place:
    """A span in lines and columns, both from 1, columns in code points; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


def place(span: Span) -> Place:
    """The lines and columns of a span."""
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(max(span.start, span.end))
    return Place(span.source.name, line, column, end_line, end_column)


def capped(
    found: Sequence[Diagnostic], limit: int | None
) -> tuple[tuple[Diagnostic, ...], str | None]:
    """The first `limit` findings by place, and a line about the rest, if there is a rest."""
    ordered = in_order(found)
    if limit is None or len(ordered) <= limit:
        return ordered, None
    rest = ordered[limit:]
    errors = sum(d.severity is Severity.ERROR for d in rest)
    # A hidden error must not look like a hidden warning.
    return ordered[:limit], f"… and {len(rest)} more ({plural(errors, 'error')})"


def summary(found: Sequence[Diagnostic]) -> str:
    """How many of each severity: `2 errors, 1 warning`; `nothing found` for none."""
    ordered = in_order(found)
    counts = [(level, sum(d.severity is level for d in ordered)) for level in Severity]
    return ", ".join(plural(n, level) for level, n in counts if n) or "nothing found"


def plural(count: int, noun: str) -> str:
    """The count with its noun: `1 error`, `2 errors`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def visible(text: str) -> str:
    """The text with controls, format characters and lone surrogates spelled out.

    A policy must not be able to move the cursor, recolor the terminal or reorder what a
    reader sees (Unicode Technical Report 36, bidirectional text spoofing).
    """
    return "".join(visible_char(char) for char in text)


def visible_char(char: str) -> str:
    """One character as shown: a tab is four spaces, anything unprintable is `<U+XXXX>`."""
    if char == "\t":
        return "    "
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return f"<U+{ord(char):04X}>"
    return char
