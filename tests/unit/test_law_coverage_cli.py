"""`longarm test --cov`: what it shows and writes, how it ends, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from longarm.cli import law_coverage, run
from longarm.cli.terminal import ExitCode

LAW = """use common.trade

instrument draft "A draft"
  regime     cn
  issued     2025-01-01
  verified   2025-06-01
  provisions "1"

rule magnets "Magnets"
  cite "1"
  when destination = TV and red_flags_resolved
  then requires license from MOFCOM

case "magnets to Tuvalu"
  on     2025-03-01
  assume closed
  given  { destination: TV, red_flags_resolved: yes, item: { code: {"CN:none"} } }
  expect cn because magnets
"""


def test_it_measures_writes_and_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft, page, data = (tmp_path / name for name in ("draft.pol", "law.html", "law.json"))
    draft.write_text(LAW, "utf-8")
    bars = ["--cov-fail-under", "conditions=50", "--cov-fail-under", "provisions=100"]
    reports = [f"--cov=html:{page}", f"--cov=json:{data}"]
    # What stands behind a bare `--cov` is a path, and no format.
    assert run(["test", *reports, *bars, "--cov", str(draft)]) == ExitCode.OK
    shown = capsys.readouterr()
    assert "conditions: 2 of 4, 50.0 %" not in shown.out  # only the reports that were asked for
    assert f"wrote {page}" in shown.err
    assert json.loads(data.read_text("utf-8"))["measures"]["conditions"]["percent"] == "50.0"
    assert page.read_text("utf-8").startswith("<!doctype html>")

    assert run(["test", str(draft), "--cov", "--cov-fail-under", "90"]) == ExitCode.FINDINGS
    shown = capsys.readouterr()
    assert "1 case, 1 expectation, 0 failed" in shown.out
    assert "conditions: 2 of 4, 50.0 %" in shown.out
    assert f"  {draft}:11" in shown.out
    assert "    destination = TV: decided as yes, never as no" in shown.out
    assert "coverage of the law is " in shown.err
    assert " %, less than 90 %" in shown.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--cov=xml"], "`xml` is no format"),
        (["--cov=terminal:file"], "a file is for json and html"),
        (["--cov="], "`` is no format"),
        (["--cov=json:nowhere/law.json"], "there is no folder for"),
        (["--cov=json:one", "--cov=html:one"], "two reports are written into one file"),
        (["--report", "json=one", "--cov=html:./one"], "two reports are written into one file"),
        (["--cov-fail-under", "lines=3"], "no measure `lines`"),
        (["--cov-fail-under", "101"], "not a whole number from 0 to 100"),
        (["--cov-fail-under", "1.5"], "not a whole number from 0 to 100"),
    ],
)
def test_what_it_cannot_mean_is_refused_before_anything_runs(
    args: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", *args]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_rules_of_a_regime_that_no_case_speaks_of_are_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.pol"
    draft.write_text(LAW.replace("expect cn because magnets", "expect us nothing"), "utf-8")
    assert "expect us nothing" in draft.read_text("utf-8")
    assert run(["test", str(draft), "--cov-fail-under", "rules=100"]) == ExitCode.FINDINGS
    shown = capsys.readouterr()
    assert "rules: 0 of 2, 0.0 %" in shown.out
    assert "coverage of rules is 0.0 %, less than 100 %" in shown.err


def test_a_report_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft, data = tmp_path / "draft.pol", tmp_path / "law.json"
    draft.write_text(LAW, "utf-8")
    data.write_text("the old one", "utf-8")
    data.chmod(0o444)
    assert run(["test", str(draft), f"--cov=json:{data}"]) != ExitCode.OK
    assert data.read_text("utf-8") == "the old one"
    assert "the file is read-only" in capsys.readouterr().err


def test_a_path_behind_a_bare_option_brings_the_table() -> None:
    forms, paths = law_coverage.split([Path("drafts")], [])
    assert (forms, paths) == ([("terminal", None)], [Path("drafts")])
    assert law_coverage.split([], [(None, 90)]) == ([("terminal", None)], [])
    assert law_coverage.split([], []) == ([], [])
