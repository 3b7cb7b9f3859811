"""Diagnostics are values: what is wrong, where, and what to do about it.

A pass returns them beside its result; nothing is raised for an author's mistake.
Renderers live in `longarm.render`. Each name has a page in `diagnostic_pages/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span


class Severity(StrEnum):
    """How bad it is: an error stops the policy from compiling."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A place with a few words about it (empty words: the place alone)."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that mends the mistake: replace the span by the text."""

    title: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `message` is one sentence in lower case without a final period, user text in
    backticks. `help` says what to do. `note` carries the instrument and provision.
    """

    name: str
    severity: Severity
    message: str
    primary: Label
    secondary: tuple[Label, ...] = ()
    help: str | None = None
    note: str | None = None
    fix: Fix | None = None


def error(
    name: str,
    message: str,
    span: Span,
    *,
    label: str = "",
    secondary: tuple[Label, ...] = (),
    help: str | None = None,  # noqa: A002  the field's own name reads best at the call
    note: str | None = None,
    fix: Fix | None = None,
) -> Diagnostic:
    """Make an error; the policy does not compile."""
    return Diagnostic(name, Severity.ERROR, message, Label(span, label), secondary, help, note, fix)


def warning(
    name: str,
    message: str,
    span: Span,
    *,
    label: str = "",
    secondary: tuple[Label, ...] = (),
    help: str | None = None,  # noqa: A002  the field's own name reads best at the call
    note: str | None = None,
    fix: Fix | None = None,
) -> Diagnostic:
    """Make a warning; the policy compiles, the author should look."""
    return Diagnostic(
        name, Severity.WARNING, message, Label(span, label), secondary, help, note, fix
    )


def remark(name: str, message: str, span: Span, *, help: str, note: str | None) -> Diagnostic:  # noqa: A002  the field's own name reads best at the call
    """Make a note: nothing is wrong, the reader should know."""
    return Diagnostic(name, Severity.NOTE, message, Label(span), (), help, note)


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by place, then name, dropping exact repeats."""

    def key(d: Diagnostic) -> tuple[str, int, int, str, str]:
        return (
            d.primary.span.source.name,
            d.primary.span.start,
            d.primary.span.end,
            d.name,
            d.message,
        )

    unique = {key(d): d for d in found}
    return tuple(unique[k] for k in sorted(unique))


def has_errors(found: Iterable[Diagnostic]) -> bool:
    """Whether any finding stops the policy from compiling."""
    return any(d.severity is Severity.ERROR for d in found)


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """A help line that names the closest known name, if one is close."""
    from difflib import get_close_matches  # noqa: PLC0415  only for a mistake

    close = get_close_matches(name, sorted(set(candidates)), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None
