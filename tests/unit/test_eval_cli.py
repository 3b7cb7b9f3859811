"""`longarm eval`: cases in, decisions out, and how it ends."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from longarm.cli import progress, run
from longarm.cli.terminal import ExitCode

ROOT = Path(__file__).parents[2]
CASES = ROOT / "policies" / "longarm_policies" / "cn" / "cases" / "bans.pol"

LAW = """record Party
  located_in : country

record Transaction
  date : date
  destination : country
  military : flag
  actor : Party

instrument ban "Announcement No. 1: an example"
  zh "公告第1号 示例"
  regime cn
  authority MOFCOM
  issued 2025-01-01
  verified 2026-01-01
  provisions "1", "2", "3"
  covers "3" not modelled "the form of the papers"

reading abroad : {counted, not_counted}
  cite "1"
  open "the text does not say"

rule exports "Exports to the Netherlands"
  cite "1"
  effective from 2025-06-01
  when destination = NL and not military
  then requires license from MOFCOM

rule shipments "Shipments to Belgium"
  cite "2"
  when destination = BE and abroad = counted
  then requires report to MOFCOM
"""

DRAFT = """instrument draft "Announcement No. 2: a draft"
  regime cn
  authority MOFCOM
  issued 2025-02-01
  state proposed
  verified 2026-01-01

use law

rule everything "Everything"
  cite "1"
  when destination != CN
  then prohibits
"""

CASE = "case: to the Netherlands\non: 2025-07-01\nknown: 2025-07-01\nassume: closed\n"


@pytest.fixture
def law(tmp_path: Path) -> list[str]:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "law.pol").write_text(LAW, "utf-8")
    (folder / "draft.pol").write_text(DRAFT, "utf-8")
    return ["--alone", "--policies", str(folder)]


def case(folder: Path, given: str = "{ destination: NL }", head: str = CASE) -> str:
    path = folder / "case.yaml"
    path.write_text(f"{head}given: {given}\n", "utf-8")
    return str(path)


def decisions(text: str) -> list[dict[str, object]]:
    made: dict[str, list[dict[str, object]]] = json.loads(text)
    assert made.keys() >= {"case", "given", "decisions"}
    return made["decisions"]


def answer(args: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert run(["eval", *args, "--format", "json"]) == ExitCode.OK
    return decisions(capsys.readouterr().out)[0]


def bounds(decision: dict[str, object]) -> tuple[str, str]:
    found: dict[str, str] = json.loads(json.dumps(decision["requirement"]))
    return found["at_least"], found["at_most"]


def test_the_day_is_the_flag_else_the_case(
    tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = case(tmp_path)
    assert bounds(answer([path, *law], capsys)) == ("license", "license")
    before = answer([path, *law, "--on", "2025-05-31"], capsys)
    assert bounds(before) == ("nothing", "nothing")
    assert (before["on"], before["known"]) == ("2025-05-31", "2025-07-01")
    # Published on the first of January: what was known on the last of December is nothing.
    assert bounds(answer([path, *law, "--known", "2024-12-31"], capsys)) == ("nothing", "nothing")


def test_people_are_told_where_the_days_came_from(
    tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    dated = case(tmp_path, "{ date: 2025-07-02, destination: NL }", "")
    assert run(["eval", dated, *law]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "on 2025-07-02 (its date), the law as known on" in shown
    assert "(today)" in shown
    assert run(["eval", case(tmp_path), *law, "--on", "2025-08-01T13:01+08:00"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "on 2025-08-01T13:01+08:00 (--on), the law as known on 2025-07-01 (the case)" in shown


def test_json_is_stable_and_keeps_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["eval", str(CASES), "--regime", "cn", "--format", "json", "--known", "2025-11-01"]
    assert run(args) == ExitCode.OK
    first = capsys.readouterr().out
    assert run(args) == ExitCode.OK
    assert capsys.readouterr().out == first
    many = json.loads(first)
    assert many.keys() == {"cases"}
    assert len(many["cases"]) > 1
    assert first == json.dumps(many, ensure_ascii=False, indent=2) + "\n"


def test_standard_input_is_yaml(
    law: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{CASE}given: {{ destination: NL }}\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert bounds(answer(["-", *law], capsys)) == ("license", "license")


def test_closing_and_readings_and_proposals_are_choices(
    tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    open_ = case(tmp_path, "{ destination: NL }", CASE.replace("assume: closed\n", ""))
    assert bounds(answer([open_, *law], capsys)) == ("nothing", "license")
    assert bounds(answer([open_, *law, "--assume-closed"], capsys)) == ("license", "license")
    belgium = case(tmp_path, "{ destination: BE }")
    assert bounds(answer([belgium, *law], capsys)) == ("nothing", "report")
    read = answer([belgium, *law, "--reading", "abroad=counted"], capsys)
    assert bounds(read) == ("report", "report")
    draft = answer([belgium, *law, "--with", "draft"], capsys)
    assert bounds(draft) == ("prohibited", "prohibited")
    assert draft["with"] == ["cn.draft"]


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["--regime", "cm"], "no regime `cm`; there are `cn`"),
        (["--regime", ","], "`cn`"),
        (["--reading", "abrod=counted"], "did you mean `abroad`?"),
        (["--reading", "abroad=countd"], "did you mean `counted`?"),
        (["--reading", "abroad"], "NAME=VALUE"),
        (["--reading", "abroad=counted", "--reading", "abroad=not_counted"], "twice"),
        (["--with", "drft"], "did you mean `cn.draft`?"),
        (["--with", "ban"], "no --with name `ban`"),
        (["--on", "2025-02-30"], "not a day"),
        (["--on", "2025-02-03T25:00"], "not a day"),
        (["--known", "yesterday"], "not a day"),
        (["--known", "2025-02-03T10:00"], "`--known` is a day"),
        (["--explain", "--format", "json"], "--explain"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint(
    args: list[str], hint: str, tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", case(tmp_path), *law, *args]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert hint in " ".join(said.err.split())
    assert said.out == ""


def test_the_exit_code_is_no_verdict_unless_asked(
    tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = case(tmp_path)
    assert run(["eval", path, *law]) == ExitCode.OK
    assert run(["eval", path, *law, "--fail-on", "report"]) == ExitCode.FINDINGS
    assert run(["eval", path, *law, "--fail-on", "license"]) == ExitCode.FINDINGS
    assert run(["eval", path, *law, "--fail-on", "prohibited"]) == ExitCode.OK
    # A license that only may be required counts: what is unknown is not permitted.
    open_ = case(tmp_path, "{}", CASE.replace("assume: closed\n", ""))
    assert run(["eval", open_, *law, "--fail-on", "license"]) == ExitCode.FINDINGS
    capsys.readouterr()


def test_a_malformed_fact_is_reported_and_never_relaxes(
    tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = case(tmp_path, "{ destination: Netherlands, militery: no }")
    assert run(["eval", path, *law, "--format", "json"]) == ExitCode.OK
    said = capsys.readouterr()
    assert "error[malformed-fact]" in said.err
    assert "did you mean `NL`?" in said.err
    assert "error[unknown-fact]" in said.err
    decision = decisions(said.out)[0]
    assert bounds(decision) == ("nothing", "license")
    assert decision["errors"]


@pytest.mark.parametrize("text", ["", "given: [", "on: 2025-13-01\ngiven: {}\n", "- 3\n", "\x00"])
def test_a_case_that_cannot_be_read_is_not_decided(
    text: str, tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(text, "utf-8")
    assert run(["eval", str(path), *law]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert "error[" in said.err


def test_of_two_cases_the_readable_one_is_decided(
    tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(
        "- {case: good, given: {destination: NL}}\n- {case: bad, on: soon, given: {}}\n", "utf-8"
    )
    assert run(["eval", str(path), *law, "--format", "json"]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert json.loads(said.out)["case"] == "good"
    assert "error[malformed-date]" in said.err


def test_a_policy_that_does_not_compile_decides_nothing(
    tmp_path: Path, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policies" / "law.pol").write_text(LAW.replace("= NL", "= Netherlands"), "utf-8")
    assert run(["eval", case(tmp_path), *law]) == ExitCode.POLICY
    said = capsys.readouterr()
    assert said.out == ""
    assert "error[" in said.err


def test_a_missing_file_is_a_wrong_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "no-such-case.yaml"]) == ExitCode.USAGE
    assert run(["eval"]) == ExitCode.USAGE
    assert run(["eval", "case.yaml", "--alone"]) == ExitCode.USAGE
    assert capsys.readouterr().out == ""


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_on_a_terminal_only_and_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    for screen in (_Screen(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", screen)
        with progress.Progress("reading") as shown:
            while screen.isatty() and "reading" not in screen.getvalue():
                pass
            shown.say("deciding")
        assert screen.getvalue() == (
            "\r\x1b[Kreading …\r\x1b[Kdeciding …\r\x1b[K" if screen.isatty() else ""
        )


@pytest.mark.parametrize(
    ("fee", "said"),
    [
        ("charges fee item.tons * 2 EUR", "no requirement found, but a charge is due"),
        ("flags fee", "no requirement found"),
    ],
)
def test_whoever_owes_a_charge_is_not_told_that_nothing_was_found_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fee: str, said: str
) -> None:
    law, case = tmp_path / "law.pol", tmp_path / "a.yaml"
    law.write_text(
        "record Item\n  tons : number >= 0\nrecord Transaction\n  item : Item\n"
        'instrument fees "Fees" regime cn issued 2020-01-01 verified 2030-01-01\n'
        f'rule due "Due" cite "1" when item.tons > 0 then {fee}\n',
        encoding="utf-8",
    )
    case.write_text("assume: closed\ngiven: { item: { tons: 5 } }\n", encoding="utf-8")
    asked = ["--alone", "--policies", str(law), "--on", "2026-01-01", "--known", "2026-01-01"]
    assert run(["eval", str(case), *asked]) == ExitCode.OK
    first = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("requirement"))
    assert first.removeprefix("requirement").strip() == said
