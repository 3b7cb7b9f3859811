"""A run of cases as JUnit XML: values in, text out.

JUnit has no standard; this is the common core that the build servers read: suites of test
cases with `failure` and `error`, one suite a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from longarm.exercised import RegimeUse
from longarm.expecting import CaseRun, RegimeRun
from longarm.render.case_reports import headline, properties_of
from longarm.render.cases import stood, totals
from longarm.render.common import place, visible
from longarm.render.exercised import counts_of
from longarm.render.failing import failure_lines
from longarm_dsl.diagnostics import Diagnostic, Severity, in_order


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
            properties = ET.SubElement(case, "properties")
            for name, told in properties_of(run):
                ET.SubElement(properties, "property", name=name, value=_xml(told))
            if run.failures:
                _outcome(case, "failure", headline(run), _failed_lines(run))
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
    if run.failures:
        yield f"{run.decision.regime} on {run.decision.on}, known {run.decision.known}"
    for failure in run.failures:
        where = place(failure.span)
        yield f"{where.file}:{where.line}: {run.decision.regime}: expected {failure.expected}"
        yield from (f"  {line}" for line in failure_lines(failure))
    if run.failures:
        yield f"  stood: {', '.join(stood(run)) or 'no rule'}"


def _xml(text: str) -> str:
    """Text of characters that XML 1.0 has (section 2.2)."""
    return "".join("\ufffd" if c in "\ufffe\uffff" else c for c in visible(text))
