"""A run of cases to text and JSON: values in, text out."""

from __future__ import annotations

import json
from collections.abc import Sequence

from longarm.exercised import RegimeUse
from longarm.expecting import CaseRun, RegimeRun
from longarm.properties import PropertyRun
from longarm.render.common import Json, place, plural, visible
from longarm.render.exercised import uses_json
from longarm.render.failing import failure_json, failure_lines, lines_of
from longarm.render.json import to_json
from longarm.render.properties import property_json
from longarm_dsl.core.formula import Truth
from longarm_dsl.diagnostics import Diagnostic, Severity, in_order
from longarm_dsl.evaluate.decision import bounds
from longarm_dsl.lazy_dataclass import dataclass

WIDTH = 80
BOLD, RED, DIM, PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[2m", "\x1b[0m"
FEW = 6
"""Rules shown to people before the rest is counted."""
_CLOSE = "what the case leaves out is open; `assume closed` reads it as no, none and empty"


@dataclass(frozen=True, slots=True)
class Totals:
    """How a run of cases went."""

    cases: int
    expectations: int
    failed: int
    unread: int
    unreviewed: int = 0

    @property
    def passed(self) -> bool:
        """Whether something was expected of some case, and all was read and as expected."""
        return self.expectations > 0 and not self.failed and not self.unread

    def __str__(self) -> str:
        apart = f" ({self.unreviewed} of them unreviewed)" if self.unreviewed else ""
        text = (
            f"{plural(self.cases, 'case')}{apart}, {plural(self.expectations, 'expectation')}, "
            f"{self.failed} failed"
        )
        return f"{text}, {plural(self.unread, 'error')}" if self.unread else text


def totals(runs: Sequence[CaseRun], found: Sequence[Diagnostic]) -> Totals:
    """Count cases, expectations, failed expectations, and errors in the case files."""
    return Totals(
        len(runs),
        sum(run.expectations for run in runs),
        sum(len(run.failures) for run in runs),
        sum(d.severity is Severity.ERROR for d in in_order(found)),
        sum(run.case.unreviewed for run in runs),
    )


def stood(run: RegimeRun) -> tuple[str, ...]:
    """The rules that stand for certain."""
    return tuple(r.id for r in run.decision.rules if r.stands is Truth.YES)


# ── for people ───────────────────────────────────────────────────────────────


def render_failed(run: CaseRun, *, color: bool = False) -> str:
    """A case that failed: where it is, each expectation with what came instead, the rules."""
    where = place(run.case.span)
    head = f"{visible(where.file)}:{where.line}: {visible(run.case.title)}"
    lines = [f"{RED}{BOLD}{head}{PLAIN}" if color else head]
    for regime in run.runs:
        if not regime.failures:
            continue
        decision = regime.decision
        day = f"  {decision.regime} on {decision.on}, known {decision.known}"
        lines.append(f"{DIM}{day}{PLAIN}" if color else day)
        for failure in regime.failures:
            lines += [f"    {line}" for line in failure_lines(failure)]
        rules = stood(regime)
        more = f" and {len(rules) - FEW} more" if len(rules) > FEW else ""
        lines += _named("stood", f"{', '.join(rules[:FEW]) or 'no rule'}{more}")
        if decision.needs:
            asked = [n.question for n in decision.needs]
            more = f" and {len(asked) - FEW} more" if len(asked) > FEW else ""
            lines += _named("open", f"{', '.join(asked[:FEW])}{more}")
            if more and not run.case.closed:
                lines += _named("hint", _CLOSE)
    return "\n".join(lines) + "\n"


def render_regimes(runs: Sequence[CaseRun]) -> str:
    """Regimes side by side: what each says of the cases that failed, and how each fared."""
    regimes = sorted({each.decision.regime for run in runs for each in run.runs})
    if len(regimes) < 2:  # noqa: PLR2004  nothing stands beside one
        return ""
    room = min(22, (WIDTH - 24) // len(regimes))
    first = WIDTH - room * len(regimes)
    lines = [_row("", regimes, first, room)]
    for run in runs:
        if not run.failures:
            continue
        lines.append(f"{visible(run.case.title)}"[:WIDTH])
        for days in dict.fromkeys((each.decision.on, each.decision.known) for each in run.runs):
            said = [
                next(
                    (
                        _short(each)
                        for each in run.runs
                        if each.decision.regime == regime
                        and (each.decision.on, each.decision.known) == days
                    ),
                    "",
                )
                for regime in regimes
            ]
            lines.append(_row(f"  on {days[0]}", said, first, room))
    each_of = {r: [e for run in runs for e in run.runs if e.decision.regime == r] for r in regimes}
    counts = {
        "cases": [sum(r in run.case.regimes for run in runs) for r in regimes],
        "expectations": [sum(len(e.expectations) for e in each_of[r]) for r in regimes],
        "failed": [sum(len(e.failures) for e in each_of[r]) for r in regimes],
    }
    lines += [_row(name, [str(n) for n in total], first, room) for name, total in counts.items()]
    return "".join(f"{line}\n" for line in lines)


def _short(run: RegimeRun) -> str:
    """What a regime requires, marked where that, or anything else, is not as expected."""
    low, high = run.decision.requires
    said = low if low == high else f"{low}–{high}"
    return f"✗ {said}" if run.failures else said


def _row(name: str, cells: Sequence[str], first: int, room: int) -> str:
    said = "".join(f"{cell:<{room}}" for cell in cells)
    return f"{name:<{first}}{said}".rstrip()


def _named(name: str, text: str) -> list[str]:
    return [f"    {line}" for line in lines_of(name, text)]


# ── for programs ─────────────────────────────────────────────────────────────


def render_runs_json(
    runs: Sequence[CaseRun],
    rules: Sequence[RegimeUse],
    found: Sequence[Diagnostic],
    tried: Sequence[PropertyRun] = (),
) -> str:
    """`{"cases": […], "properties": […], "rules": {…}, "diagnostics": […], "summary": {…}}`.

    Lines count from 1.
    """
    count = totals(runs, found)
    data: Json = {
        "cases": [_case(run) for run in runs],
        "properties": [property_json(each) for each in tried],
        "rules": {use.regime: uses_json(use) for use in rules},
        "diagnostics": [to_json(d) for d in in_order(found)],
        "summary": {
            "cases": count.cases,
            "expectations": count.expectations,
            "failed": count.failed,
            "errors": count.unread,
            "unreviewed": count.unreviewed,
            "passed": (count.passed or (bool(tried) and not count.cases + count.unread))
            and all(each.passed for each in tried),
        },
    }
    return json.dumps(data, indent=2) + "\n"


def _case(run: CaseRun) -> Json:
    where = place(run.case.span)
    return {
        "case": run.case.title,
        "file": where.file,
        "line": where.line,
        "passed": not run.failures,
        "regimes": [_regime(r) for r in run.runs],
    }


def _regime(run: RegimeRun) -> Json:
    decision = run.decision
    return {
        "regime": decision.regime,
        "on": decision.on,
        "known": decision.known.isoformat(),
        "requirement": bounds(*decision.requires),
        "review": bounds(*decision.review),
        "expectations": len(run.expectations),
        "failures": [failure_json(f) for f in run.failures],
        "stood": list(stood(run)),
    }
