"""Diagnostics to text, one module a format: values in, text out, nothing printed.

A format is imported when it is asked for: some need what others do without.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from longarm_dsl.diagnostics import Diagnostic

__all__ = ["Format", "render"]


class Format(StrEnum):
    """How diagnostics can be shown."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def render(
    form: Format,
    found: Sequence[Diagnostic],
    *,
    color: bool = False,
    width: int = 80,
    limit: int | None = None,
) -> str:
    """The findings in one format. `color` and `width` matter to text; json and sarif show all."""
    match form:
        case Format.TEXT:
            from longarm.render.text import render_text  # noqa: PLC0415  its own needs

            return render_text(found, color=color, width=width, limit=limit)
        case Format.CONCISE:
            from longarm.render.concise import render_concise  # noqa: PLC0415  its own needs

            return render_concise(found, limit=limit)
        case Format.JSON:
            from longarm.render.json import render_json  # noqa: PLC0415  its own needs

            return render_json(found)
        case Format.SARIF:
            from longarm.render.sarif import render_sarif  # noqa: PLC0415  its own needs

            return render_sarif(found)
        case Format.GITHUB:
            from longarm.render.github import render_github  # noqa: PLC0415  its own needs

            return render_github(found, limit=limit)
        case _:
            assert_never(form)
