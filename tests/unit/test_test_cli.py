"""`longarm test`: which cases it runs, what it shows, how it ends; and the packs that ship."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from longarm.cli import run
from longarm.cli.terminal import ExitCode

RULES = """use common.trade

instrument draft "A draft"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01

rule magnets "Magnets"
  cite "1"
  when destination = TV
  then requires license from MOFCOM
"""

CASE = """
case "{title}"
  on     2025-03-01
  assume closed
  given  {{ destination: {to}, item: {{ code: {{"CN:none"}} }} }}
{expect}"""

MET = CASE.format(title="met", to="TV", expect="  expect cn because magnets\n")
UNMET = CASE.format(title="unmet", to="TV", expect="  expect cn nothing, not because magnets\n")
SILENT = CASE.format(title="silent", to="TV", expect="")

YAML = """- case: from yaml
  on: 2025-03-01
  assume: closed
  given: {destination: TV, item: {code: ["CN:none"]}}
  expect: {cn: {because: draft.magnets}}
"""


def written(folder: Path, *parts: str) -> str:
    path = folder / "draft.pol"
    path.write_text(RULES + "".join(parts), "utf-8")
    return str(path)


def test_cases_as_expected_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", written(tmp_path, MET)]) == ExitCode.OK
    assert capsys.readouterr().out == (
        "1 case, 1 expectation, 0 failed\nrules  cn: 1 in all, 1 stand, 0 miss, 0 narrowly\n"
    )


def test_a_failure_is_told_with_its_place_and_what_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, MET, UNMET)
    assert run(["test", path]) == ExitCode.FINDINGS
    lines = capsys.readouterr().out.splitlines()
    line = (RULES + MET).count("\n") + 2
    assert lines[0] == f"{path}:{line}: unmet"
    assert lines[1] == "  cn on 2025-03-01, known 2026-11-21"
    told = "\n".join(lines)
    assert "expected  nothing\n    got       requires license" in told
    assert f"    at        {path}:{line + 4}" in told
    assert "got       requires license" in told
    assert "expected  not because cn.draft.magnets" in told
    assert "got       cn.draft.magnets stands" in told
    assert "stood     cn.draft.magnets" in told
    assert lines[-2] == "2 cases, 3 expectations, 2 failed"


def test_rules_that_no_case_exercises_are_listed_where_that_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = RULES.replace("when destination = TV", "when destination = TV and end_user.military")
    more = more.replace("instrument draft", "instrument other").replace("magnets", "soldiers")
    beside = tmp_path / "other.pol"
    beside.write_text(more, "utf-8")
    path = written(tmp_path, MET, MET.replace("met", "again").replace("TV,", "TV, action: export,"))
    assert run(["test", str(tmp_path), "--rules"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "rules  cn: 2 in all, 1 stand, 1 miss, 1 narrowly"
    assert lines[2:] == [
        "  stand in no case: 1",
        "    cn.other.soldiers",
        f"      {beside}:8",
        "  missed by no case: 1",
        "    cn.draft.magnets",
        f"      {path}:8",
    ]
    assert run(["test", str(tmp_path)]) == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == lines[:2]
    assert run(["test", str(tmp_path), "-k", "again"]) == ExitCode.OK
    assert capsys.readouterr().out == "1 case, 1 expectation, 0 failed\n"
    assert run(["test", path, "--format", "json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["rules"]["cn"] == {
        "in_all": 1,
        "stand": 1,
        "miss": 0,
        "narrowly": 0,
        "never_stood": [],
        "never_missed": [
            {
                "rule": "cn.draft.magnets",
                "file": path,
                "line": 8,
                "in_force": True,
                "stood": "yes",
            }
        ],
        "never_narrowly": [],
    }
    assert run(["test", path, "--format", "junit"]) == ExitCode.OK
    top = ET.fromstring(capsys.readouterr().out.encode())  # noqa: S314  our own output
    assert [
        (p.get("name"), p.get("value")) for p in top.findall("testsuite/properties/property")
    ] == [
        ("longarm.rules.cn.in_all", "1"),
        ("longarm.rules.cn.stand", "1"),
        ("longarm.rules.cn.miss", "0"),
        ("longarm.rules.cn.narrowly", "0"),
    ]


def test_json_says_the_same_to_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, MET, UNMET)
    assert run(["test", path, "--format", "json"]) == ExitCode.FINDINGS
    data = json.loads(capsys.readouterr().out)
    assert data["summary"] == {
        "cases": 2,
        "expectations": 3,
        "failed": 2,
        "errors": 0,
        "unreviewed": 0,
        "passed": False,
    }
    assert [case["passed"] for case in data["cases"]] == [True, False]
    (regime,) = data["cases"][1]["regimes"]
    assert regime["requirement"]["at_least"] == "license"
    assert regime["failures"][0]["expected"] == "nothing"
    assert "cn.draft.magnets" in regime["stood"]


def test_junit_is_xml_whatever_a_title_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = UNMET.replace('"unmet"', '"<磁体> & \ufffe"')
    path = written(tmp_path, MET, odd)
    assert run(["test", path, "--format", "junit"]) == ExitCode.FINDINGS
    top = ET.fromstring(capsys.readouterr().out.encode())  # noqa: S314  our own output
    assert (top.get("tests"), top.get("failures"), top.get("errors")) == ("2", "1", "0")
    assert [case.get("name") for case in top.iter("testcase")] == ["met", "<磁体> & \ufffd"]
    assert [len(case.findall("failure")) for case in top.iter("testcase")] == [0, 1]
    (failure,) = top.iter("failure")
    assert failure.text is not None
    assert "expected nothing" in failure.text


def test_no_case_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", written(tmp_path)]) == ExitCode.FINDINGS
    shown = capsys.readouterr()
    assert "no-cases" in shown.err
    assert shown.out == "0 cases, 0 expectations, 0 failed, 1 error\n"


def test_a_text_chooses_cases_by_title(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, MET, UNMET)
    assert run(["test", path, "-k", "UNM"]) == ExitCode.FINDINGS
    assert capsys.readouterr().out.endswith("1 case, 2 expectations, 2 failed\n")
    assert run(["test", path, "-k", "nowhere"]) == ExitCode.FINDINGS
    assert "no-cases" in capsys.readouterr().err


def test_a_regime_chooses_what_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = MET.replace("magnets\n", "magnets\n  expect us requires prohibited\n")
    path = written(tmp_path, both)
    assert run(["test", path, "--regime", "cn"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith("1 case, 1 expectation, 0 failed\n")
    assert run(["test", path, "--regime", "cn,us"]) == ExitCode.FINDINGS
    assert "1 case, 2 expectations, 1 failed\n" in capsys.readouterr().out
    assert run(["test", path, "--regime", "usa"]) == ExitCode.USAGE
    assert "did you mean `us`?" in capsys.readouterr().err


def test_a_case_that_expects_nothing_of_anyone_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", written(tmp_path, MET, SILENT)]) == ExitCode.OK
    shown = capsys.readouterr()
    assert "case-without-expectation" in shown.err
    assert shown.out.startswith("2 cases, 1 expectation, 0 failed\n")


def test_a_run_that_expects_nothing_of_any_case_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", written(tmp_path, SILENT)]) == ExitCode.FINDINGS
    assert capsys.readouterr().out.startswith("1 case, 0 expectations, 0 failed\n")


def test_cases_of_other_files_use_the_policies_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = written(tmp_path)
    case = tmp_path / "one.case.yaml"
    case.write_text(YAML, "utf-8")
    assert run(["test", str(case), "--policies", policy]) == ExitCode.OK
    assert capsys.readouterr().out == "1 case, 1 expectation, 0 failed\n"
    # Without them the rule is not there: an error, not a pass.
    assert run(["test", str(case)]) == ExitCode.FINDINGS
    assert "unknown-name" in capsys.readouterr().err


def test_a_case_that_cannot_be_read_is_no_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "one.case.json"
    case.write_text('{"case": "x", "on": "someday", "given": {}}', "utf-8")
    assert run(["test", str(case), "--format", "junit"]) == ExitCode.FINDINGS
    top = ET.fromstring(capsys.readouterr().out.encode())  # noqa: S314  our own output
    assert (top.get("tests"), top.get("errors")) == ("1", "1")


def test_a_policy_with_mistakes_is_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, MET.replace("because magnets", "because magnet"))
    assert run(["test", path]) == ExitCode.POLICY
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "unknown-name" in shown.err


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert run(["test", str(tmp_path / "absent.pol")]) == ExitCode.USAGE
