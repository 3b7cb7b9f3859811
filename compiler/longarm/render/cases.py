"""A run of cases to text, JSON and JUnit XML: values in, text out.

JUnit has no standard; this is the common core that the build servers read: suites of test
cases with `failure` and `error`, one suite a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from longarm.exercised import RegimeUse
from longarm.expecting import CaseRun, RegimeRun
from longarm.render.common import Json, place, plural, visible
from longarm.render.exercised import counts_of, uses_json
from longarm.render.json import to_json
from longarm_dsl.core.formula import Truth
from longarm_dsl.diagnostics import Diagnostic, Severity, in_order
from longarm_dsl.evaluate.decision import bounds
from longarm_dsl.lazy_dataclass import dataclass

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

    @property
    def passed(self) -> bool:
        """Whether there was something to test, and all of it was read and as expected."""
        return self.cases > 0 and not self.failed and not self.unread

    def __str__(self) -> str:
        text = (
            f"{plural(self.cases, 'case')}, {plural(self.expectations, 'expectation')}, "
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
            line = place(failure.span).line
            lines += [
                f"    expected  {visible(failure.expected)}  (line {line})",
                f"    got       {visible(failure.got)}",
            ]
        rules = stood(regime)
        more = f" and {len(rules) - FEW} more" if len(rules) > FEW else ""
        lines.append(f"    stood     {', '.join(rules[:FEW]) or 'no rule'}{more}")
        if decision.needs:
            asked = [n.question for n in decision.needs]
            more = f" and {len(asked) - FEW} more" if len(asked) > FEW else ""
            lines.append(f"    open      {visible(', '.join(asked[:FEW]))}{more}")
            if more and not run.case.closed:
                lines.append(f"    hint      {_CLOSE}")
    return "\n".join(lines) + "\n"


# ── for programs ─────────────────────────────────────────────────────────────


def render_runs_json(
    runs: Sequence[CaseRun], rules: Sequence[RegimeUse], found: Sequence[Diagnostic]
) -> str:
    """`{"cases": […], "rules": {…}, "diagnostics": […], "summary": {…}}`; lines from 1."""
    count = totals(runs, found)
    data: Json = {
        "cases": [_case(run) for run in runs],
        "rules": {use.regime: uses_json(use) for use in rules},
        "diagnostics": [to_json(d) for d in in_order(found)],
        "summary": {
            "cases": count.cases,
            "expectations": count.expectations,
            "failed": count.failed,
            "errors": count.unread,
            "passed": count.passed,
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
        "failures": [
            {
                "expected": f.expected,
                "got": f.got,
                "line": place(f.span).line,
                "column": place(f.span).column,
            }
            for f in run.failures
        ],
        "stood": list(stood(run)),
    }


def render_junit(
    runs: Sequence[CaseRun], rules: Sequence[RegimeUse], found: Sequence[Diagnostic]
) -> str:
    """One `testsuite` a file, one `testcase` a case; a case that cannot be read is an error.

    The counts of the rules are properties of the first suite, where every reader takes them.
    """
    count = totals(runs, found)
    top = ET.Element(
        "testsuites",
        name="longarm",
        tests=str(count.cases + count.unread),
        failures=str(sum(bool(r.failures) for r in runs)),
        errors=str(count.unread),
    )
    errors = [d for d in in_order(found) if d.severity is Severity.ERROR]
    files = dict.fromkeys(
        [*(place(r.case.span).file for r in runs), *(place(d.primary.span).file for d in errors)]
    )
    for file in files:
        here = [r for r in runs if place(r.case.span).file == file]
        wrong = [d for d in errors if place(d.primary.span).file == file]
        suite = ET.SubElement(
            top,
            "testsuite",
            name=_xml(file),
            tests=str(len(here) + len(wrong)),
            failures=str(sum(bool(r.failures) for r in here)),
            errors=str(len(wrong)),
        )
        if rules and len(top) == 1:
            properties = ET.SubElement(suite, "properties")
            for name, value in counts_of(rules):
                ET.SubElement(properties, "property", name=name, value=str(value))
        for run in here:
            case = _junit_case(suite, file, place(run.case.span).line, run.case.title)
            if run.failures:
                _outcome(case, "failure", f"{len(run.failures)} failed", _failed_lines(run))
        for problem in wrong:
            line = place(problem.primary.span).line
            case = _junit_case(suite, file, line, problem.name)
            _outcome(case, "error", problem.message, [problem.help] if problem.help else [])
    ET.indent(top)
    # Written here: the library would name the encoding of the locale.
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return declaration + ET.tostring(top, encoding="unicode") + "\n"


def _junit_case(suite: ET.Element, file: str, line: int, title: str) -> ET.Element:
    return ET.SubElement(
        suite,
        "testcase",
        classname=_xml(file),
        name=_xml(title),
        file=_xml(file),
        line=str(line),
    )


def _outcome(case: ET.Element, kind: str, message: str, lines: Sequence[str]) -> None:
    made = ET.SubElement(case, kind, message=_xml(message))
    made.text = "\n".join(_xml(line) for line in lines)


def _failed_lines(run: CaseRun) -> list[str]:
    return [line for regime in run.runs for line in _regime_lines(regime)]


def _regime_lines(run: RegimeRun) -> Iterator[str]:
    for failure in run.failures:
        where = place(failure.span)
        yield f"{where.file}:{where.line}: {run.decision.regime}: expected {failure.expected}"
        yield f"  got {failure.got}"
    if run.failures:
        yield f"  stood: {', '.join(stood(run)) or 'no rule'}"


def _xml(text: str) -> str:
    """Text of characters that XML 1.0 has (section 2.2)."""
    return "".join("\ufffd" if c in "\ufffe\uffff" else c for c in visible(text))
