"""A run of cases for whoever reads it elsewhere: build servers, reviews, job summaries."""

from __future__ import annotations

from collections.abc import Iterator

from longarm.expecting import CaseRun
from longarm.render.cases import stood
from longarm.render.common import place, visible


def headline(run: CaseRun) -> str:
    """A case that failed in one line: the first expectation that is not met, and what came."""
    (regime, first), *rest = [
        (run.decision.regime, failure) for run in run.runs for failure in run.failures
    ]
    more = f" (and {len(rest)} more)" if rest else ""
    return f"{regime}: expected {visible(first.expected)}, got {visible(first.got)}{more}"


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


def _to(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"
