"""Properties that were tried, as text and data: values in, text out.

What fails is shown as cases that stand by themselves: pasted into a `.pol` file they say what
the law says now, so that the mistake in it can be seen, mended and kept from coming back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from longarm.drawing import Place, at, pol_text
from longarm.properties import Found, PropertyRun
from longarm.render.common import Json, place, plural, visible
from longarm.render.words import outcome_words
from longarm_dsl.core.properties import Derived, Property
from longarm_dsl.core.raw_facts import RawRecord
from longarm_dsl.core.types import POSTURE, REQUIREMENTS
from longarm_dsl.diagnostics import Diagnostic, error, warning
from longarm_dsl.evaluate.outcome import Outcome
from longarm_dsl.source import Source
from longarm_dsl.surface.format import format_source

BOLD, RED, DIM, PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


def properties_line(runs: Sequence[PropertyRun]) -> str:
    """How many properties held, are open, were not tested and failed; nothing for none."""
    if not runs:
        return ""
    counts = {word: sum(r.status == word for r in runs) for word in _STATUSES}
    told = [f"{n} {_STATUSES[word]}" for word, n in counts.items() if n or word != "untested"]
    number = "1 property" if len(runs) == 1 else f"{len(runs)} properties"
    return f"{number} of {runs[0].asked} draws each: {', '.join(told)}\n"


_STATUSES = {"held": "held", "open": "open", "untested": "untested", "failed": "failed"}


def render_property(run: PropertyRun, *, listed: bool = False, color: bool = False) -> str:
    """A property that failed, is open or was not tested; one that held only if `listed`."""
    where = place(run.stated.span)
    title = f"{visible(where.file)}:{where.line}: {visible(run.stated.title)}"
    met = run.held + run.open
    match run.status:
        case "failed" if run.failed is not None:
            head = f"{RED}{BOLD}{title}{PLAIN}" if color else title
            lines = [head, "    does not hold:"]
            lines += _said(run.stated, run.failed)
            lines += ["    as cases that say what the law says now:", ""]
            return "\n".join(lines) + "\n" + cases_of(run.stated, run.failed) + "\n"
        case "untested":
            said = f"untested: {met} of {run.asked} draws met `where`"
            help_ = "make `where` easier to meet, or write a case near it"
            return f"{title}\n    {said}; {help_}\n"
        case "open" if run.first_open is not None:
            said = f"held of {run.held} draws, open of {run.open}; the first that is open:"
            return "\n".join([title, f"    {said}", *_said(run.stated, run.first_open)]) + "\n"
        case _:
            return f"{title}\n    held of {plural(run.held, 'draw')}\n" if listed else ""


def _said(stated: Property, found: Found) -> Iterator[str]:
    yield f"    expected  {visible(' '.join(stated.expected.split()))}"
    for name, regime, outcome in found.outcomes:
        yield f"    {name:<9} {regime} on {found.example.on}: {outcome_words(outcome)}"


# ── cases to paste ───────────────────────────────────────────────────────────


def cases_of(stated: Property, found: Found) -> str:
    """Cases, one for each transaction, that expect what the law says of them."""
    facts = dict(found.facts)
    derived = {d.name: d for d in stated.derived}
    closed = "  assume closed\n" if stated.closed else ""
    parts: list[str] = []
    for name, raw in facts.items():
        made = derived.get(name)
        given = pol_text(raw)
        if made is not None and (changes := _changes(made, raw, facts[made.base])) is not None:
            given = f"as {_quoted(f'{stated.title}: {made.base}')}\n  with {changes}"
        said = "".join(
            f"  expect {regime} {_expected(outcome)}\n"
            for other, regime, outcome in found.outcomes
            if other == name
        )
        parts.append(
            f"case {_quoted(f'{stated.title}: {name}')}\n  on {found.example.on}\n"
            f"  known {found.known}\n{closed}  given {given}\n{said}"
        )
    text = "\n".join(parts)
    return format_source(Source("found.pol", text))[0] or text


def _changes(made: Derived, raw: RawRecord, base: RawRecord) -> str | None:
    """What `with` replaces; None where facts are taken away, or stand inside a list."""
    pairs: list[str] = []
    for change in made.changes:
        if not change.path:
            path = _first_difference(base, raw)
            if path is None:
                return None
        else:
            path = change.path
        value = at(raw, path)
        if value is None:
            return None
        pairs.append(f"{'.'.join(path)}: {pol_text(value)}")
    return "{ " + ", ".join(pairs) + " }"


def _first_difference(one: RawRecord, two: RawRecord) -> Place | None:
    """Where two records of the same keys first differ."""
    for mine, theirs in zip(one.pairs, two.pairs, strict=False):
        if mine.key != theirs.key:
            return None
        if mine.value != theirs.value:
            if isinstance(mine.value, RawRecord) and isinstance(theirs.value, RawRecord):
                inner = _first_difference(mine.value, theirs.value)
                return None if inner is None else (mine.key, *inner)
            return (mine.key,)
    return None


def _expected(outcome: Outcome) -> str:
    low, high = REQUIREMENTS[outcome.requires_low], REQUIREMENTS[outcome.requires_high]
    if low == high == REQUIREMENTS[0]:
        return "nothing"
    told = f"requires {low}" if low == high else f"requires {low} to {high}"
    if outcome.review_high == 0:
        return told
    least, most = POSTURE.values[outcome.review_low], POSTURE.values[outcome.review_high]
    return f"{told}, reviews {least}" if least == most else f"{told}, reviews {least} to {most}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# ── for programs ─────────────────────────────────────────────────────────────


def findings_of(runs: Sequence[PropertyRun]) -> list[Diagnostic]:
    """Properties that failed or were not tested, as findings where they are written."""
    found: list[Diagnostic] = []
    for run in runs:
        where, title = run.stated.span, run.stated.title
        if run.failed is not None:
            said = "; ".join(line.strip() for line in _said(run.stated, run.failed))
            help_ = f"`longarm test -k {_quoted(title)}` shows the draw as cases"
            message = f"the property `{title}` does not hold: {said}"
            found.append(error("failed-property", message, where, help=help_))
        elif run.status == "untested":
            met = run.held + run.open
            message = f"{met} of {run.asked} draws met `where` of the property `{title}`"
            help_ = "make `where` easier to meet, or write a case near it"
            found.append(warning("untested-property", message, where, help=help_))
    return found


def property_json(run: PropertyRun) -> Json:
    """A property with what became of it; `cases` are those that speak against it."""
    where = place(run.stated.span)
    return {
        "property": run.stated.title,
        "file": where.file,
        "line": where.line,
        "status": run.status,
        "asked": run.asked,
        "held": run.held,
        "open": run.open,
        "passed_over": run.passed_over,
        "cases": cases_of(run.stated, run.failed) if run.failed is not None else None,
    }


__all__ = ["cases_of", "findings_of", "properties_line", "property_json", "render_property"]
