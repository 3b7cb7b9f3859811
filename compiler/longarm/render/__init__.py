"""Diagnostics to text, one module a format: values in, text out, nothing printed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from longarm.render.common import summary
from longarm.render.concise import render_concise
from longarm.render.github import render_github
from longarm.render.json import render_json
from longarm.render.sarif import render_sarif
from longarm.render.text import render_text
from longarm_dsl.diagnostics import Diagnostic

__all__ = [
    "Format",
    "render",
    "render_concise",
    "render_github",
    "render_json",
    "render_sarif",
    "render_text",
    "summary",
]


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
            return render_text(found, color=color, width=width, limit=limit)
        case Format.CONCISE:
            return render_concise(found, limit=limit)
        case Format.JSON:
            return render_json(found)
        case Format.SARIF:
            return render_sarif(found)
        case Format.GITHUB:
            return render_github(found, limit=limit)
        case _:
            assert_never(form)
