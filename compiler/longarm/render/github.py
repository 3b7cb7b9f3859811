"""Diagnostics as workflow commands that GitHub shows beside the changed lines.

The escapes are those of the runner's own toolkit (`@actions/core`, `command.ts`).
"""

from __future__ import annotations

from collections.abc import Sequence

from longarm.render.common import capped, place, visible_char
from longarm_dsl.diagnostics import Diagnostic, Severity

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(found: Sequence[Diagnostic], *, limit: int | None = None) -> str:
    """One command a line, sorted by place; "" for none."""
    shown, rest = capped(found, limit)
    lines = [_command(d) for d in shown]
    if rest is not None:
        lines.append(f"::notice::{_data(rest)}")
    return "".join(f"{line}\n" for line in lines)


def _command(found: Diagnostic) -> str:
    where = place(found.primary.span)
    properties = [
        ("file", where.file),
        ("line", str(where.line)),
        ("col", str(where.column)),
        ("endLine", str(where.end_line)),
    ]
    # GitHub shows a column range only within one line.
    if where.end_line == where.line:
        properties.append(("endColumn", str(where.end_column)))
    properties.append(("title", found.name))
    told = ",".join(f"{key}={_property(value)}" for key, value in properties)
    words = [found.message]
    words += [f"help: {found.help}"] if found.help else []
    words += [f"note: {found.note}"] if found.note else []
    text = "".join(c if c in "\r\n" else visible_char(c) for c in chr(10).join(words))
    return f"::{_COMMAND[found.severity]} {told}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
