"""Cases that were computed: written into a file as unreviewed, and marked once somebody read them.

with_cases(before, made, name)              the text of a file with more cases
reviewed(source, "TEXT", "2026-11-21", by)  the text of a file with the marks of some turned
"""

from __future__ import annotations

from collections.abc import Sequence

from longarm.killing import Killing, written
from longarm_dsl.diagnostics import has_errors
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source
from longarm_dsl.surface import ast as surface
from longarm_dsl.surface.format import format_source
from longarm_dsl.surface.parser import parse


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a file, and the titles of the cases that are new or changed in it."""

    text: str
    titles: tuple[str, ...]


def with_cases(before: str, made: Sequence[Killing], name: str) -> Written:
    """The text of a file with some cases at its end, laid out; those it has already are left out.

    A case of the file is varied by its title; the facts of one of another file are written out.
    """
    own = {case.title.value for case in _cases(Source(name, before))}
    text, titles = before, list[str]()
    for found in made:
        if found.title in own:
            continue
        case = written(found, whole=found.base.title not in own, mark="unreviewed")
        longer = f"{text.rstrip()}\n\n{case}".lstrip("\n")
        laid_out, problems = format_source(Source(name, longer))
        if laid_out is None or has_errors(problems):
            continue
        own.add(found.title)
        titles.append(found.title)
        text = laid_out
    return Written(text, tuple(titles))


def reviewed(source: Source, text: str | None, day: str, by: str) -> Written:
    """The text with the unreviewed cases that have a text in their title marked as reviewed."""
    made, titles = source.text, list[str]()
    mark = f'reviewed {day} by "{by}"'
    for case in reversed(_cases(source)):
        if case.review is None or case.review.by is not None:
            continue
        if text is None or text.casefold() in case.title.value.casefold():
            span = case.review.span
            made = made[: span.start] + mark + made[span.end :]
            titles.append(case.title.value)
    return Written(made, tuple(reversed(titles)))


def _cases(source: Source) -> list[surface.CaseDecl]:
    file, _ = parse(source)
    return [decl for decl in file.decls if isinstance(decl, surface.CaseDecl)]


__all__ = ["Written", "reviewed", "with_cases"]
