"""How far definitions may be opened, and what is said of those that go further.

A definition is expanded where it is used (language.md, section 9: no recursion), so a circle
never ends and a chain of doublings ends too late.
"""

from __future__ import annotations

from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.source import Span

MOST_LEVELS = 40
"""Definitions may stand this deep in one another."""

MOST_PARTS = 20_000
"""A definition has no more parts than this when every other is opened in it."""


def circle(id_: str, where: Span, instrument: str | None) -> Diagnostic:
    """A definition that leads back to itself."""
    return error(
        "cyclic-definition",
        f"`{id_}` is defined by itself",
        where,
        help="a definition may not lead back to itself, not even once it is amended",
        note=instrument,
    )


def too_deep(id_: str, where: Span, instrument: str | None) -> Diagnostic:
    """A definition at the end of too long a chain."""
    return error(
        "nested-too-deeply",
        f"more than {MOST_LEVELS} definitions stand in one another at `{id_}`",
        where,
        help="say it with fewer definitions of one another",
        note=instrument,
    )


def too_large(id_: str, where: Span, instrument: str | None) -> Diagnostic:
    """A definition that is too large when every other is opened in it."""
    return error(
        "nested-too-deeply",
        f"`{id_}` has more than {MOST_PARTS:,} parts when its definitions are opened",
        where,
        help="say it with fewer definitions of one another",
        note=instrument,
    )
