"""A run of cases for build servers: what failed, where, and in words that survive the format."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from longarm.cases import cases_of, read_cases
from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.exercised import exercised
from longarm.expecting import CaseRun, run_cases
from longarm.pipeline import Compiled, compile_sources
from longarm.render.case_reports import (
    MOST_ROWS,
    headline,
    render_runs_github,
    render_runs_markdown,
    render_runs_sarif,
)
from longarm.render.junit import render_junit

WORDS = """
record Item
  weight : number >= 0
record Transaction
  destination : country
  item        : Item
"""

LAW = """
instrument order "An order"
  regime    {regime}
  authority OFFICE
  issued    2026-01-01
  effective from 2026-01-01
  verified  2026-06-01

use words

rule heavy "Heavy goods"
  cite "art. 1"
  when destination = US and item.weight > 10
  then requires license from OFFICE
"""

CASES = """use words

case "over | the `bound` <b>"
  on     2026-03-01
  assume closed
  given  { destination: US, item: { weight: 11 } }
  expect xx requires license, because heavy
  expect yy nothing, not because heavy

case "under it"
  on     2026-03-01
  assume closed
  given  { destination: US, item: { weight: 9 } }
  expect xx nothing
"""


@cache
def law() -> Compiled:
    texts = [("words", WORDS), ("xx.order", LAW.format(regime="xx"))]
    texts += [("yy.order", LAW.format(regime="yy")), ("cases", CASES)]
    compiled = compile_sources(texts)
    assert [d.message for d in compiled.found if d.severity.value == "error"] == []
    return compiled


@cache
def runs() -> tuple[CaseRun, ...]:
    return tuple(run_cases(law().program, cases_of(law())[0]))


def test_a_headline_is_the_first_failure() -> None:
    assert headline(runs()[0]) == "yy: expected nothing, got requires license (and 1 more)"


def test_sarif_points_at_the_expectations() -> None:
    (sarif,) = json.loads(render_runs_sarif(runs(), ()))["runs"]
    assert [r["id"] for r in sarif["tool"]["driver"]["rules"]] == ["unmet-expectation"]
    regions = [
        r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in sarif["results"]
    ]
    assert regions == [8, 8]
    text = sarif["results"][0]["message"]["text"]
    assert text == (
        "yy: expected nothing, got requires license\n"
        "help: stood: yy.order.heavy\n"
        "note: over | the `bound` <b>, on 2026-03-01, known 2026-06-01"
    )


def test_github_shows_them_beside_the_lines() -> None:
    first, second = render_runs_github(runs(), ()).splitlines()
    assert first.startswith("::error file=cases.pol,line=8,col=13,")
    assert ",title=unmet-expectation::yy: expected nothing, got requires license%0A" in first
    assert "not because yy.order.heavy" in second


def test_markdown_tells_regimes_failures_and_rules() -> None:
    rules = exercised(law().program, runs(), law().program.rules.values())
    page = render_runs_markdown(runs(), rules, ())
    assert page.splitlines()[0] == "## Cases of law: 1 of 2 cases failed"
    assert "| xx | 2 | 3 | 0 |\n| yy | 1 | 2 | 1 |\n" in page
    shown = r"| over \| the \`bound\` &lt;b&gt; \(cases.pol:8\) | yy | nothing | requires license |"
    assert shown in page
    assert "| xx | 1 | 1 | 1 | 1 |\n| yy | 1 | 1 | 0 | 0 |\n" in page


def test_markdown_of_what_passed_is_short() -> None:
    page = render_runs_markdown(runs()[1:], (), ())
    assert page == (
        "## Cases of law: all as expected\n\n"
        "| regime | cases | expectations | failed |\n| --- | --- | --- | --- |\n| xx | 1 | 1 | 0 |\n"
    )
    assert render_runs_markdown((), (), ()) == "## Cases of law: no case was run\n"


def test_what_cannot_be_read_is_in_every_form() -> None:
    data = b"- {case: a, on: someday, given: {destination: US}}\n"
    _, found = read_cases(data, "a.yaml", law().program)
    page = render_runs_markdown((), (), found)
    assert page.startswith("## Cases of law: no case was run, 1 error\n")
    assert r"| a.yaml:1 | malformed\-date: \`on\` is not a day of the calendar |" in page
    assert "title=malformed-date" in render_runs_github((), found)
    assert '"malformed-date"' in render_runs_sarif((), found)


def test_long_tables_are_cut_and_counted() -> None:
    page = render_runs_markdown(runs() * MOST_ROWS, (), ())
    assert page.endswith(f"\n… and {MOST_ROWS} more\n")
    assert len(page.splitlines()) < MOST_ROWS + 20


def test_junit_has_what_each_regime_said() -> None:
    top = ET.fromstring(render_junit(runs(), (), ()).encode())  # noqa: S314  our own output
    first, second = top.iter("testcase")
    told = {p.get("name"): p.get("value") for p in first.iter("property")}
    assert told["xx.requires"] == "license"
    assert told["yy.because"] == "yy.order.heavy"
    assert told["case"] == "cases.pol:3"
    (failure,) = first.iter("failure")
    assert failure.get("message") == "yy: expected nothing, got requires license (and 1 more)"
    assert list(second.iter("failure")) == []


DRAFT = """use common.trade

instrument draft "A draft"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01

rule magnets "Magnets"
  cite "1"
  when destination = TV
  then requires license from MOFCOM

case "unmet"
  on     2025-03-01
  assume closed
  given  { destination: TV, item: { code: {"CN:none"} } }
  expect cn not because magnets
"""


def test_a_run_writes_several_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("draft.pol").write_text(DRAFT, "utf-8")
    reports = [f"{form}=out.{form}" for form in ("junit", "json", "sarif", "github", "markdown")]
    options = [part for report in reports for part in ("--report", report)]
    assert run(["test", "draft.pol", *options]) == ExitCode.FINDINGS
    shown = capsys.readouterr().out
    assert shown.splitlines()[0] == "draft.pol:13: unmet"
    assert json.loads(Path("out.json").read_text("utf-8"))["summary"]["failed"] == 1
    assert ET.parse("out.junit").getroot().get("failures") == "1"  # noqa: S314  our own output
    sarif = json.loads(Path("out.sarif").read_text("utf-8"))
    place = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "draft.pol"
    assert Path("out.github").read_text("utf-8").startswith("::error file=draft.pol,line=17,")
    assert "1 of 1 case failed" in Path("out.markdown").read_text("utf-8")


def test_law_that_does_not_compile_is_in_the_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("draft.pol").write_text(DRAFT.replace("= TV\n", "= TVX\n"), "utf-8")
    assert run(["test", "draft.pol", "--format", "github"]) == ExitCode.POLICY
    shown = capsys.readouterr()
    assert re.match(r"::error file=draft\.pol,line=10,.*title=unknown-name", shown.out)
    assert "error[unknown-name]" in shown.err


@pytest.mark.parametrize("wrong", ["junit", "junit=", "human=x", "xml=x"])
def test_a_report_needs_a_format_and_a_file(
    wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", str(tmp_path), "--report", wrong]) == ExitCode.USAGE
    assert "write FORMAT=FILE" in capsys.readouterr().err


def test_a_report_in_no_folder_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Said before anything is decided."""
    given = ["test", str(tmp_path), "--report", f"json={tmp_path}/no/out.json"]
    assert run(given) == ExitCode.USAGE
    assert "there is no folder" in capsys.readouterr().err
