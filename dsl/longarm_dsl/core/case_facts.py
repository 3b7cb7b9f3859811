"""The facts of the cases of a file: written out, or those of another case with some replaced.

    facts_of(file)   the raw facts of each case, by the place where the case begins

`given as "title" with { item.value: 5 EUR }` takes the facts of the case of that title in the
same file, before or after, itself perhaps written so. What a path names is replaced, a record
on the way that is absent, `none` or unknown is made; a list is replaced as a whole or not at
all. The day, the knowledge and the closure of the other case stay behind.
"""

from __future__ import annotations

from collections.abc import Iterator

from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.raw_from_surface import raw_from_surface
from longarm_dsl.diagnostics import Diagnostic, Label, did_you_mean, error
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface

MOST_PARTS = 40
"""A path into the facts has no more names than this: records nest no deeper."""

_NOTHING = frozenset({"unknown", "not_known", "none"})


def facts_of(file: surface.File, found: list[Diagnostic]) -> dict[int, Raw | None]:
    """The facts of every case of a file, None where a case has none that can be read."""
    cases = [d for d in file.decls if isinstance(d, surface.CaseDecl)]
    by_title: dict[str, list[surface.CaseDecl]] = {}
    for case in cases:
        by_title.setdefault(case.title.value, []).append(case)
    made: dict[int, Raw | None] = {}
    for case in cases:
        # From the case outwards to one that writes its facts out, and back.
        chain: dict[int, tuple[surface.CaseDecl, surface.GivenAs]] = {}
        facts: Raw | None = None
        at: surface.CaseDecl | None = case
        while at is not None:
            if at.span.start in made:
                facts = made[at.span.start]
                break
            given = at.given
            if not isinstance(given, surface.GivenAs):
                facts = None if given is None else raw_from_surface(given)
                made[at.span.start] = facts
                break
            if at.span.start in chain:
                found.append(_circle(at, given))
                break
            chain[at.span.start] = (at, given)
            at = _named(given, by_title, file, found)
        for start, (_, given) in reversed(chain.items()):
            if facts is not None and given.changes is not None:
                facts = _changed(facts, given.changes, found)
            made[start] = facts
    return made


def _named(
    given: surface.GivenAs,
    by_title: dict[str, list[surface.CaseDecl]],
    file: surface.File,
    found: list[Diagnostic],
) -> surface.CaseDecl | None:
    """The one case of a title; what is wrong with the title otherwise."""
    title, where = given.title.value, given.title.span
    here = by_title.get(title, [])
    if len(here) > 1:
        found.append(
            error(
                "ambiguous-name",
                f"{len(here)} cases of this file are called `{title}`",
                where,
                secondary=tuple(Label(c.title.span, "one is here") for c in here),
                help="give each its own title",
            )
        )
        return None
    if here:
        (case,) = here
        if case.given is None and case.span.start not in file.damaged:
            found.append(
                error(
                    "malformed-case",
                    f"the case `{title}` gives no facts that could be taken",
                    where,
                    secondary=(Label(case.title.span, "it is here"),),
                    help="write `given { … }` in it, or name another case",
                )
            )
        return case
    if not any(isinstance(d, surface.ErrorDecl) for d in file.decls):
        found.append(
            error(
                "unknown-name",
                f"no case of this file is called `{title}`",
                where,
                help=did_you_mean(title, by_title)
                or "write the whole title of a case of this file",
            )
        )
    return None


def _circle(case: surface.CaseDecl, given: surface.GivenAs) -> Diagnostic:
    return error(
        "cyclic-definition",
        f"the case `{case.title.value}` takes its facts from itself",
        given.title.span,
        help="write the facts out in one of the cases of the circle",
    )


# ── replacing ────────────────────────────────────────────────────────────────


def _changed(facts: Raw, changes: surface.RecordLit, found: list[Diagnostic]) -> Raw:
    if not isinstance(facts, RawRecord):
        return facts
    keys = {pair.key.parts for pair in changes.pairs}
    for pair in changes.pairs:
        parts, span = pair.key.parts, pair.key.span
        outer = next((parts[:n] for n in range(1, len(parts)) if parts[:n] in keys), None)
        if outer is not None:
            found.append(
                error(
                    "duplicate-key",
                    f"`{pair.key.text}` lies in `{'.'.join(outer)}`, which is replaced too",
                    span,
                    help="keep one of the two",
                )
            )
        elif len(parts) > MOST_PARTS:
            message = f"a path into the facts has at most {MOST_PARTS} names"
            help_ = "replace a record on the way as a whole"
            found.append(error("nested-too-deeply", message, span, help=help_))
        else:
            named = tuple(_steps(pair.key))
            facts = _with(facts, named, 0, raw_from_surface(pair.value), found)
    return facts


def _steps(path: surface.Path) -> Iterator[tuple[str, Span]]:
    """The names of a path, each with its place."""
    start = path.span.start
    for part in path.parts:
        yield part, Span(path.span.source, start, start + len(part))
        start += len(part) + 1


def _with(
    record: RawRecord,
    path: tuple[tuple[str, Span], ...],
    at: int,
    value: Raw,
    found: list[Diagnostic],
) -> RawRecord:
    """The record with what the rest of a path names replaced."""
    key, where = path[at]
    before = next((p.value for p in record.pairs if p.key == key), None)
    if at + 1 < len(path):
        inside = _opened(before, path[: at + 1], value, found)
        if inside is None:
            return record
        value = _with(inside, path, at + 1, value, found)
        if before is not None:
            where = next(p.where for p in record.pairs if p.key == key)
    changed = RawPair(key, value, where)
    if before is None:
        return RawRecord((*record.pairs, changed), record.where)
    return RawRecord(tuple(changed if p.key == key else p for p in record.pairs), record.where)


def _opened(
    value: Raw | None, path: tuple[tuple[str, Span], ...], new: Raw, found: list[Diagnostic]
) -> RawRecord | None:
    """What a path goes into: a record that is there or is made; None for what has no facts."""
    shown = ".".join(name for name, _ in path)
    match value:
        case None | RawList((), False):
            # `{}` is a record of nothing where a record is meant.
            return RawRecord((), new.where)
        case RawRecord():
            return value
        case RawText(text, quoted) if not quoted and text in _NOTHING:
            return RawRecord((), new.where)
        case RawList():
            message, help_ = f"`{shown}` is a list", f"replace it as a whole: `{shown}: [ … ]`"
        case RawText():
            message = f"`{shown}` is one value, and nothing is in it"
            help_ = f"replace the value: `{shown}: …`"
    found.append(
        error(
            "malformed-fact",
            message,
            path[-1][1],
            secondary=(Label(value.where, "as given here"),),
            help=help_,
        )
    )
    return None
