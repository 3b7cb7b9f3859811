"""Diagnostics for programs: one JSON object with everything a finding holds.

Never capped: a program that counts must see all. Lines and columns count from 1, columns in
code points, ends are exclusive.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from longarm.render.common import Json, place
from longarm_dsl.diagnostics import Diagnostic, Fix, Label, in_order
from longarm_dsl.source import Span


def render_json(found: Sequence[Diagnostic]) -> str:
    """`{"diagnostics": […]}`, sorted by place, indented, in ASCII-safe UTF-8."""
    data: Json = {"diagnostics": [to_json(d) for d in in_order(found)]}
    # Escaping non-ASCII keeps lone surrogates and bidirectional controls out of the output.
    return json.dumps(data, indent=2) + "\n"


def to_json(found: Diagnostic) -> Json:
    """One finding as plain data, for records that embed it."""
    return {
        "name": found.name,
        "severity": found.severity.value,
        "message": found.message,
        **_range(found.primary.span),
        "label": found.primary.text or None,
        "secondary": [_label(label) for label in found.secondary],
        "help": found.help,
        "note": found.note,
        "fix": _fix(found.fix),
    }


def _fix(fix: Fix | None) -> Json:
    return None if fix is None else {"title": fix.title, "text": fix.text, **_range(fix.span)}


def _label(label: Label) -> Json:
    return {**_range(label.span), "label": label.text or None}


def _range(span: Span) -> dict[str, Json]:
    where = place(span)
    return {
        "file": where.file,
        "start": {"line": where.line, "column": where.column},
        "end": {"line": where.end_line, "column": where.end_column},
    }
