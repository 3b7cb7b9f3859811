"""Expected outcomes as the decisions now are: which clauses of case files would change, and how.

    updates(runs) -> (tuple[Update, …], tuple[Left, …])

Only an expectation that is not met is written anew, in its place; cases that pass are not
touched. A file is changed whole or not at all: where one of its failures has no form that
could be written in its place, or the file is not as it was read, it is left, and why is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from longarm.expecting import CaseRun, Failure, RegimeRun, failures, same_rule, words_of
from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.evaluate.decision import Decision
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface.format import format_source

_WAYS = ("", "not ", "open ")


@dataclass(frozen=True, slots=True)
class Update:
    """A file as it is, and as it would be."""

    file: str
    before: str
    after: str
    changed: int
    """Expectations that are written anew."""


@dataclass(frozen=True, slots=True)
class Left:
    """A file that is left as it is, and why."""

    file: str
    why: str


class _NoFormError(Exception):
    """Leaves a file that has a failure without a form; caught in `updates`."""


def updates(runs: Sequence[CaseRun]) -> tuple[tuple[Update, ...], tuple[Left, ...]]:
    """What would change in the files of some runs, and what cannot."""
    by_file: dict[str, list[RegimeRun]] = {}
    for run in runs:
        for each in run.runs:
            if each.failures:
                by_file.setdefault(run.case.span.source.name, []).append(each)
    made: list[Update] = []
    left: list[Left] = []
    for file, failed in sorted(by_file.items()):
        try:
            made.append(_updated(file, failed))
        except _NoFormError as why:
            left.append(Left(file, str(why)))
    return tuple(made), tuple(left)


def _updated(file: str, failed: Iterable[RegimeRun]) -> Update:
    source: Source | None = None
    edits: dict[tuple[int, int], dict[str, str]] = {}
    for run in failed:
        for failure in _all_failures(run):
            span = failure.span
            source = span.source
            clauses = edits.setdefault((span.start, span.end), {})
            old = failure.expected
            new = _as_decided(run.decision, failure.expectation)
            if clauses.setdefault(old, new) != new:
                raise _NoFormError("one text expects it of days that differ")
    if source is None or not file.endswith((".pol", ".yaml", ".yml", ".json")):
        raise _NoFormError("files of this kind are changed where they were made")
    _is_as_read(file, source)
    text = source.text
    for (start, end), clauses in sorted(edits.items(), reverse=True):
        here = Span(source, start, end)
        put = _pol(here.text, clauses) if file.endswith(".pol") else _data(here.text, clauses)
        text = text[:start] + put + text[end:]
    if file.endswith(".pol"):
        text = _laid_out(source, text)
    return Update(file, source.text, text, sum(map(len, edits.values())))


def is_still(update: Update) -> bool:
    """Whether a file is what it was when it was read."""
    return _text_now(update.file) == update.before


def _is_as_read(file: str, source: Source) -> None:
    now = _text_now(file)
    if now is None:
        raise _NoFormError("the file cannot be read again")
    if now != source.text:
        raise _NoFormError("the file is not as it was read, or its lines do not end in a line feed")


def _text_now(file: str) -> str | None:
    """What stands in a file; None if it cannot be read as text."""
    try:
        return Path(file).read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _laid_out(source: Source, text: str) -> str:
    """The new text as the formatter lays it out, if the old one was laid out."""
    before, _ = format_source(source)
    if before != source.text:
        raise _NoFormError(f"it is not laid out: `longarm fmt {source.name}` first")
    after, _ = format_source(Source(source.name, text))
    if after is None:
        raise _NoFormError("what would be written cannot be read")
    return after


# ── one expectation ──────────────────────────────────────────────────────────


def _all_failures(run: RegimeRun) -> tuple[Failure, ...]:
    """The failures, and what fails once the requirement is no range anymore."""
    new = [
        replace(e, kind="requires", low=run.decision.requires[0], high=run.decision.requires[1])
        if e.kind in {"requires", "nothing"} and any(f.expectation is e for f in run.failures)
        else e
        for e in run.expectations
    ]
    later = [f for f in failures(run.decision, new) if f.expectation in run.expectations]
    known = [f.expectation for f in run.failures]
    return (*run.failures, *(f for f in later if f.expectation not in known))


def _as_decided(decision: Decision, expected: ast.Expectation) -> str:
    """An expectation as the decision has it, in the words of a case."""
    match expected.kind:
        case "requires" | "nothing":
            said = _range("requires", *decision.requires)
            return "nothing" if said == "requires nothing" else said
        case "reviews":
            return _range("reviews", *decision.review)
        case "needs":
            raise _NoFormError(f"nothing can stand in the place of `{words_of(expected)}`")
        case "charge" if (charge := _charge(decision, expected)) is not None:
            return charge
        case kind:
            bare = kind.removeprefix("not_").removeprefix("open_")
            for way in _WAYS:
                other = replace(
                    expected, kind=f"{way.strip()}_{bare}".lstrip("_"), amount=None, most=None
                )
                if not failures(decision, [other]):
                    return words_of(other)
            raise _NoFormError(f"nothing can stand in the place of `{words_of(expected)}`")


def _range(verb: str, low: str, high: str) -> str:
    return f"{verb} {low}" if low == high else f"{verb} {low} to {high}"


def _charge(decision: Decision, expected: ast.Expectation) -> str | None:
    """The amount of a charge that is due for certain, where the case states one."""
    name = expected.name or expected.low or ""
    sure = {r.id for r in decision.rules if r.stands is Truth.YES}
    for charge in decision.charges:
        certain = any(same_rule(id_, rule) for id_ in sure for rule in charge.rules)
        if charge.name == name and expected.amount is not None and certain:
            ends = (charge.at_least, charge.at_most)
            if "unknown" not in ends:
                return _range(f"charge {name}", *ends)
    return None


# ── texts ────────────────────────────────────────────────────────────────────


def _pol(text: str, clauses: dict[str, str]) -> str:
    """In `.pol` each expectation has its own place."""
    (new,) = clauses.values()
    return _as_named(text, new)


def _as_named(written: str, new: str) -> str:
    """The new clause with the name as the author wrote it."""
    name = written.rpartition(" ")[2]
    head, _, full = new.rpartition(" ")
    return f"{head} {name}" if full.endswith(f".{name}") else new


def _data(text: str, clauses: dict[str, str]) -> str:
    """A text of YAML or JSON with one or several clauses, each clause that failed replaced."""
    quote = text[0] if text[:1] in {'"', "'"} else ""
    inner = text[1:-1] if quote else text
    parts = [" ".join(part.split()) for part in inner.split(",")]
    for old, new in clauses.items():
        found = [n for n, part in enumerate(parts) if _same(part, old)]
        if len(found) != 1:
            raise _NoFormError(
                f"`{old}` is not written as a clause of its own; block texts and mappings are "
                "changed by hand"
            )
        parts[found[0]] = _as_named(parts[found[0]], new)
    made = ", ".join(parts)
    if '"' in made or "\\" in inner:
        raise _NoFormError("a text with quotes or escapes is changed by hand")
    # A comma would end a text without quotes in a flow mapping.
    mark = quote or ('"' if "," in made else "")
    return f"{mark}{made}{mark}"


def _same(written: str, full: str) -> bool:
    """Whether a clause as written is one in full: names may be written short."""
    if written == full:
        return True
    verb, _, name = written.rpartition(" ")
    whole, _, id_ = full.rpartition(" ")
    return bool(name) and verb == whole and id_.endswith(f".{name}")


__all__ = ["Left", "Update", "is_still", "updates"]
