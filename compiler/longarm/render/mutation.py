"""Mutants and what became of them, to text and JSON: values in, text out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from textwrap import shorten, wrap

from longarm.explained import NOTHING_EXPLAINED, Change, Explanations
from longarm.killing import Killing, written
from longarm.mutation import Fate, Mutation, Tried
from longarm.render.common import Json, place, plural, visible

WIDTH = 76
_SAID = {
    Fate.SURVIVED: "survived",
    Fate.UNNOTICED: "no case could notice it",
    Fate.UNTRIED: "not tried",
}


_LIVING = frozenset({Fate.SURVIVED, Fate.UNNOTICED})


def render_mutation(
    report: Mutation,
    killings: Sequence[Killing | None],
    explanations: Explanations = NOTHING_EXPLAINED,
    *,
    whole: bool = True,
) -> str:
    """Each mutant that lives, where it stands, why or what would kill it; then the counts.

    `whole`: every mutant of what was changed is there, so that an explanation of another is of none.
    """
    lines: list[str] = []
    for tried, found in zip(report.tried, killings, strict=True):
        if tried.fate in _LIVING:
            lines += _living(tried, found, explanations.of(tried.mutant))
    if whole:
        for change in _stale(report, explanations):
            lines += _in_vain(change)
    lines += list(_counts(report, explanations))
    return "\n".join(lines) + "\n"


def _in_vain(change: Change) -> Iterator[str]:
    yield f"{visible(change.home)}: explained, but no such mutant lives"
    yield from _changed(change.before, change.after)
    yield ""


def _changed(before: str, after: str) -> Iterator[str]:
    yield f"  - {_fit(before)}"
    if after:
        yield f"  + {_fit(after)}"


def _stale(report: Mutation, explanations: Explanations) -> tuple[Change, ...]:
    alive = [t.mutant for t in report.tried if t.fate is not Fate.KILLED]
    return explanations.stale(alive, [t.mutant for t in report.tried if t.fate is Fate.KILLED])


def _living(tried: Tried, found: Killing | None, why: str | None) -> Iterator[str]:
    mutant = tried.mutant
    where = place(mutant.where)
    yield f"{visible(where.file)}:{where.line}:{where.column}"
    yield f"  {mutant.home}, {mutant.kind}: {_SAID[tried.fate]}"
    yield from _changed(mutant.before, mutant.after)
    if why is not None:
        yield from wrap(
            visible(why), WIDTH, initial_indent="  explained: ", subsequent_indent="    "
        )
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


def _counts(report: Mutation, explanations: Explanations) -> Iterator[str]:
    total = len(report.tried)
    killed, survived = report.count(Fate.KILLED), report.count(Fate.SURVIVED)
    unnoticed, untried = report.count(Fate.UNNOTICED), report.count(Fate.UNTRIED)
    yield (
        f"{plural(total, 'mutant')}, {plural(report.cases, 'case')}: {killed} killed, "
        f"{survived} survived, {unnoticed} unnoticed"
        + (f", {untried} not tried" if untried else "")
    )
    if explanations.reasons:
        yield f"{_explained(report, explanations)} of those that live are explained"
    if report.failing:
        fails = "fails" if report.failing == 1 else "fail"
        kills = "kills" if report.failing == 1 else "kill"
        yield f"{plural(report.failing, 'case')} {fails} as the law is, and {kills} nothing"
    yield f"score {report.score:.1f} %" if total > untried else "nothing was tried: no score"


def _explained(report: Mutation, explanations: Explanations) -> int:
    """How many that live are explained."""
    living = [t.mutant for t in report.tried if t.fate in _LIVING]
    return sum(explanations.of(mutant) is not None for mutant in living)


def render_mutation_json(
    report: Mutation,
    killings: Sequence[Killing | None],
    explanations: Explanations = NOTHING_EXPLAINED,
    *,
    whole: bool = True,
) -> str:
    """`{"mutants": […], "summary": {…}}`; lines and columns from 1."""
    data: Json = {
        "mutants": [
            {**_tried(t, k), "explained": explanations.of(t.mutant)}
            for t, k in zip(report.tried, killings, strict=True)
        ],
        "explained_in_vain": [
            {"in": c.home, "before": c.before, "after": c.after}
            for c in (_stale(report, explanations) if whole else ())
        ],
        "summary": {
            "mutants": len(report.tried),
            "cases": report.cases,
            "failing": report.failing,
            **{str(fate): report.count(fate) for fate in Fate},
            "explained": _explained(report, explanations),
            "score": f"{report.score:.1f}",
        },
    }
    return json.dumps(data, indent=2) + "\n"


def _tried(tried: Tried, found: Killing | None) -> dict[str, Json]:
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
