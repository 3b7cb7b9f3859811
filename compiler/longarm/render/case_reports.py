"""A run of cases for whoever reads it elsewhere: code scanning, reviews, job summaries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from longarm.exercised import RegimeUse
from longarm.expecting import CaseRun, Failure, RegimeRun
from longarm.render.cases import stood, totals
from longarm.render.common import place, plural, visible
from longarm.render.github import render_github
from longarm.render.sarif import render_sarif
from longarm_dsl.diagnostics import Diagnostic, Severity, error, in_order

MOST_ROWS = 100
"""Rows of a table for people before the rest is counted."""

_MARKS = re.compile(r"([\\`*_{}\[\]()#+~|!-])")


def headline(run: CaseRun) -> str:
    """A case that failed in one line: the first expectation that is not met, and what came."""
    (regime, first), *rest = _failed(run)
    more = f" (and {len(rest)} more)" if rest else ""
    return f"{_sentence(regime, first)}{more}"


def properties_of(run: CaseRun) -> Iterator[tuple[str, str]]:
    """What JUnit says of a case beside whether it passed: where it is, what each regime said."""
    where = place(run.case.span)
    yield "case", f"{visible(where.file)}:{where.line}"
    regimes = [regime.decision.regime for regime in run.runs]
    for regime in run.runs:
        decision = regime.decision
        name = decision.regime
        if regimes.count(name) > 1:
            name = f"{name}.{decision.on}.{decision.known}"
        yield f"{name}.on", str(decision.on)
        yield f"{name}.known", decision.known.isoformat()
        yield f"{name}.requires", _to(*decision.requires)
        yield f"{name}.reviews", _to(*decision.review)
        yield f"{name}.because", ", ".join(stood(regime))


def _failed(run: CaseRun) -> list[tuple[RegimeRun, Failure]]:
    return [(regime, failure) for regime in run.runs for failure in regime.failures]


def _sentence(regime: RegimeRun, failure: Failure) -> str:
    return (
        f"{regime.decision.regime}: expected {visible(failure.expected)}, "
        f"got {visible(failure.got)}"
    )


def _to(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


# ── beside the lines ─────────────────────────────────────────────────────────


def unmet(runs: Sequence[CaseRun]) -> tuple[Diagnostic, ...]:
    """Each expectation that is not met as a finding at its line."""
    return tuple(
        error(
            "unmet-expectation",
            _sentence(regime, failure),
            failure.span,
            help=f"stood: {', '.join(stood(regime)) or 'no rule'}",
            note=f"{visible(run.case.title)}, on {regime.decision.on}, known {regime.decision.known}",
        )
        for run in runs
        for regime, failure in _failed(run)
    )


def render_runs_sarif(runs: Sequence[CaseRun], found: Sequence[Diagnostic]) -> str:
    """What failed and what could not be read, for code scanning."""
    return render_sarif((*found, *unmet(runs)))


def render_runs_github(runs: Sequence[CaseRun], found: Sequence[Diagnostic]) -> str:
    """The same as workflow commands, which show beside the changed lines."""
    return render_github((*found, *unmet(runs)))


# ── a page ───────────────────────────────────────────────────────────────────


def render_runs_markdown(
    runs: Sequence[CaseRun], rules: Sequence[RegimeUse], found: Sequence[Diagnostic]
) -> str:
    """A page for a job summary or a comment: what failed, regime by regime, and the rules."""
    count = totals(runs, found)
    failed = sum(bool(run.failures) for run in runs)
    said = f"{failed} of {plural(count.cases, 'case')} failed" if failed else "all as expected"
    if not count.cases:
        said = "no case was run"
    if count.unread:
        said = f"{said}, {plural(count.unread, 'error')}"
    parts = [
        f"## Cases of law: {said}\n",
        _table(("regime", "cases", "expectations", "failed"), _by_regime(runs)),
        _table(("case", "regime", "expected", "got"), _rows_failed(runs), "### Failed\n"),
        _table(("where", "error"), _rows_unread(found), "### Errors\n"),
        _table(
            ("regime", "rules", "stand", "are missed", "narrowly"),
            [(use.regime, *map(str, use.counts)) for use in rules],
            "### Rules\n",
        ),
    ]
    return "\n".join(part for part in parts if part)


def _by_regime(runs: Sequence[CaseRun]) -> list[tuple[str, ...]]:
    regimes = sorted({regime.decision.regime for run in runs for regime in run.runs})
    rows: list[tuple[str, ...]] = []
    for name in regimes:
        here = [r for run in runs for r in run.runs if r.decision.regime == name]
        expected = sum(len(r.expectations) for r in here)
        rows.append((name, str(len(here)), str(expected), str(sum(bool(r.failures) for r in here))))
    return rows


def _rows_failed(runs: Sequence[CaseRun]) -> list[tuple[str, ...]]:
    return [
        (
            f"{run.case.title} ({_where(failure.span.where)})",
            regime.decision.regime,
            failure.expected,
            failure.got,
        )
        for run in runs
        for regime, failure in _failed(run)
    ]


def _rows_unread(found: Sequence[Diagnostic]) -> list[tuple[str, ...]]:
    return [
        (_where(d.primary.span.where), f"{d.name}: {d.message}")
        for d in in_order(found)
        if d.severity is Severity.ERROR
    ]


def _where(place_: str) -> str:
    """File and line; the column is of no use to a reader."""
    return place_.rpartition(":")[0]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> str:
    if not rows:
        return ""
    lines = [*([title] if title else []), _row(head), _row(["---"] * len(head))]
    lines += [_row([_plain(cell) for cell in row]) for row in rows[:MOST_ROWS]]
    more = len(rows) - MOST_ROWS
    return "\n".join(lines) + "\n" + (f"\n… and {more} more\n" if more > 0 else "")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    shown = visible(" ".join(text.split()))
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\1", shown)
