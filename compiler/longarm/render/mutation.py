"""Mutants and what became of them, to text and JSON: values in, text out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from textwrap import shorten

from longarm.killing import Killing, written
from longarm.mutation import Fate, Mutation, Tried
from longarm.render.common import Json, place, plural, visible

WIDTH = 76
_SAID = {
    Fate.SURVIVED: "survived",
    Fate.UNNOTICED: "no case could notice it",
    Fate.UNTRIED: "not tried",
}


def render_mutation(report: Mutation, killings: Sequence[Killing | None]) -> str:
    """Each mutant that lives, where it stands, what would kill it; then the counts."""
    lines: list[str] = []
    for tried, found in zip(report.tried, killings, strict=True):
        if tried.fate in {Fate.SURVIVED, Fate.UNNOTICED}:
            lines += _living(tried, found)
    lines += list(_counts(report))
    return "\n".join(lines) + "\n"


def _living(tried: Tried, found: Killing | None) -> Iterator[str]:
    mutant = tried.mutant
    where = place(mutant.where)
    yield f"{visible(where.file)}:{where.line}:{where.column}"
    yield f"  {mutant.home}, {mutant.kind}: {_SAID[tried.fate]}"
    yield f"  - {_fit(mutant.before)}"
    if mutant.after:
        yield f"  + {_fit(mutant.after)}"
    if found is not None:
        yield "  would be killed by"
        for line in written(found).splitlines():
            yield f"    {_fit(line)}"
        yield f"    # beside {visible(place(found.base.span).file)}"
    yield ""


def _fit(text: str) -> str:
    start = len(text) - len(text.lstrip())
    plain = visible(text.strip())
    return " " * start + (plain if len(plain) <= WIDTH else shorten(plain, WIDTH, placeholder=" …"))


def _counts(report: Mutation) -> Iterator[str]:
    total = len(report.tried)
    killed, survived = report.count(Fate.KILLED), report.count(Fate.SURVIVED)
    unnoticed, untried = report.count(Fate.UNNOTICED), report.count(Fate.UNTRIED)
    yield (
        f"{plural(total, 'mutant')}, {plural(report.cases, 'case')}: {killed} killed, "
        f"{survived} survived, {unnoticed} unnoticed"
        + (f", {untried} not tried" if untried else "")
    )
    if report.failing:
        fails = "fails" if report.failing == 1 else "fail"
        kills = "kills" if report.failing == 1 else "kill"
        yield f"{plural(report.failing, 'case')} {fails} as the law is, and {kills} nothing"
    yield f"score {report.score:.1f} %" if total > untried else "nothing was tried: no score"


def render_mutation_json(report: Mutation, killings: Sequence[Killing | None]) -> str:
    """`{"mutants": […], "summary": {…}}`; lines and columns from 1."""
    data: Json = {
        "mutants": [_tried(t, k) for t, k in zip(report.tried, killings, strict=True)],
        "summary": {
            "mutants": len(report.tried),
            "cases": report.cases,
            "failing": report.failing,
            **{str(fate): report.count(fate) for fate in Fate},
            "score": f"{report.score:.1f}",
        },
    }
    return json.dumps(data, indent=2) + "\n"


def _tried(tried: Tried, found: Killing | None) -> Json:
    mutant, where = tried.mutant, place(tried.mutant.where)
    killer = None if tried.killer is None else tried.killer.title
    return {
        "in": mutant.home,
        "kind": str(mutant.kind),
        "file": where.file,
        "line": where.line,
        "column": where.column,
        "before": mutant.before,
        "after": mutant.after,
        "fate": str(tried.fate),
        "killed_by": killer,
        "could_notice": tried.could,
        "would_be_killed_by": None if found is None else written(found),
        "beside": None if found is None else place(found.base.span).file,
    }
