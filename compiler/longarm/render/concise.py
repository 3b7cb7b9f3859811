"""Diagnostics one a line, for grep and for editors: `file:line:col: error[name] message`."""

from __future__ import annotations

from collections.abc import Sequence

from longarm.render.common import capped, visible
from longarm_dsl.diagnostics import Diagnostic


def render_concise(found: Sequence[Diagnostic], *, limit: int | None = None) -> str:
    """One line each, sorted by place; columns count code points from 1; "" for none."""
    shown, rest = capped(found, limit)
    lines = [
        f"{visible(d.primary.span.where)}: {d.severity}[{d.name}] {visible(d.message)}"
        for d in shown
    ]
    if rest is not None:
        lines.append(rest)
    return "".join(f"{line}\n" for line in lines)
