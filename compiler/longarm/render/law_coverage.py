"""How well cases test law, to text and JSON: values in, text out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap

from longarm.law_conditions import Home
from longarm.law_coverage import Count, LawCoverage, Measure, Point, Shown
from longarm.render.common import Json, place, plural, visible

WIDTH = 80
MOST_POINTS = 40
"""Points that no case shows, told to people who have not asked for all."""
_WIDTHS = {measure: len(measure) + 2 for measure in Measure}
_NAME = WIDTH - sum(_WIDTHS.values())


def render_law_coverage(coverage: LawCoverage, *, missing: bool = False) -> str:
    """A line a regime and instrument, then what no case shows: the first, or all with `missing`."""
    return "".join(f"{line}\n" for line in _lines(coverage, missing=missing))


def _lines(coverage: LawCoverage, *, missing: bool) -> Iterator[str]:
    heads = "".join(str(measure).rjust(width) for measure, width in _WIDTHS.items())
    yield "percent shown".ljust(_NAME) + heads
    regimes = tuple(dict.fromkeys(home.regime for home in coverage.homes))
    for regime in regimes:
        yield from _row(regime, coverage, regime)
        for home in coverage.homes:
            if home.regime == regime:
                yield from _row(f"  {home.name}", coverage, home)
    if len(regimes) > 1:
        yield from _row("all", coverage, None)
    for measure in Measure:
        count = coverage.count(measure)
        if count.total:
            yield f"{measure}: {count.covered} of {count.total}, {count.percent} %"
    count = coverage.count()
    yield f"in all: {count.covered} of {count.total}, {count.percent} %"
    yield from _missing(coverage, None if missing else MOST_POINTS)


def _row(name: str, coverage: LawCoverage, of: Home | str | None) -> Iterator[str]:
    cells = "".join(coverage.count(m, of).percent.rjust(w) for m, w in _WIDTHS.items())
    if len(name) < _NAME:
        yield name.ljust(_NAME) + cells
    else:
        yield name
        yield " " * _NAME + cells


def _missing(coverage: LawCoverage, most: int | None) -> Iterator[str]:
    left = [point for point in coverage.points if point.missing]
    if not left:
        return
    shown = left if most is None else left[:most]
    before: Measure | None = None
    for point in shown:
        if point.measure is not before:
            before = point.measure
            count = sum(p.measure is before for p in left)
            yield ""
            yield f"{before} not shown in full: {count}"
        yield from _point(point)
    if len(shown) < len(left):
        yield ""
        rest = plural(len(left) - len(shown), "more point")
        yield f"and {rest}: `--cov=missing` lists them all, `--cov=html` writes a page"


def _point(point: Point) -> Iterator[str]:
    where = place(point.span)
    yield f"  {visible(where.file)}:{where.line}"
    told = f"{visible(' '.join(point.what.split()))}: {fate(point)}"
    yield from wrap(told, WIDTH, initial_indent="    ", subsequent_indent="      ")


def fate(point: Point) -> str:
    """What is shown of a point and what is not: `decided as yes, never as no`."""
    missing = point.missing
    done = [side for side in point.sides if side.covered]
    match point.measure:
        case Measure.CONDITIONS:
            if not done:
                return "never decided"
            return f"{done[0].name}, never {_without_verb(missing[0])}" if missing else "both ways"
        case Measure.THRESHOLDS:
            if not missing:
                return "at the bound and on both sides"
            near = f"; nearest {missing[0].near}" if missing[0].near else ""
            return f"no value {_or(side.name for side in missing)}{near}"
        case Measure.CHANGES:
            return f"no case {_or(s.name for s in missing)}" if missing else "on each side"
        case Measure.RULES:
            words = {"stands": "stands in no case", "missed narrowly": "no case misses it narrowly"}
            return ", ".join(words[side.name] for side in missing) or "stands, missed narrowly"
        case Measure.DEFEATS:
            return "in no case" if missing else "exercised"
        case Measure.PROVISIONS:
            return "no rule of it stands in a case" if missing else "a rule of it stands"


def _without_verb(side: Shown) -> str:
    return side.name.removeprefix("decided ")


def _or(names: Iterator[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


# ── for programs ─────────────────────────────────────────────────────────────


def render_law_coverage_json(coverage: LawCoverage) -> str:
    """`{"in_all": …, "measures": …, "regimes": […], "points": […]}`."""
    data: Json = {
        "in_all": _count(coverage.count()),
        "measures": _measures(coverage, None),
        "regimes": [
            {
                "regime": regime,
                "measures": _measures(coverage, regime),
                "parts": [
                    {"name": home.name, "measures": _measures(coverage, home)}
                    for home in coverage.homes
                    if home.regime == regime
                ],
            }
            for regime in dict.fromkeys(home.regime for home in coverage.homes)
        ],
        "points": [_point_json(point) for point in coverage.points],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _measures(coverage: LawCoverage, of: Home | str | None) -> Json:
    return {str(measure): _count(coverage.count(measure, of)) for measure in Measure}


def _count(count: Count) -> Json:
    return {"covered": count.covered, "total": count.total, "percent": count.percent}


def _point_json(point: Point) -> Json:
    where = place(point.span)
    return {
        "measure": str(point.measure),
        "regime": point.home.regime,
        "part": point.home.name,
        "what": point.what,
        "file": where.file,
        "line": where.line,
        "column": where.column,
        "sides": [_side_json(side) for side in point.sides],
    }


def _side_json(side: Shown) -> Json:
    made: dict[str, Json] = {"name": side.name, "covered": side.covered, "case": None}
    if side.case is not None:
        where = place(side.case.span)
        made["case"] = {"title": side.case.title, "file": where.file, "line": where.line}
    return made | ({"near": side.near} if side.near else {})


__all__ = ["fate", "render_law_coverage", "render_law_coverage_json"]
