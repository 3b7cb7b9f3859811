"""`longarm replay`: a record is derived again, or what moved is told; hostile records are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from longarm.cases import cases_of
from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.pipeline import compile_sources
from longarm.recording import given_json
from longarm.records import moved, read_records
from longarm_dsl.core.raw_facts import RawList, RawPair, RawRecord, RawText
from longarm_dsl.source import NOWHERE

LAW = """record Party
  name : text

record Item
  code : codes
  value : money >= 0

record Transaction
  destination : country
  military : flag
  end_user : Party
  item : Item
  uses : {Use}

enum Use = fuel, tools, toys

instrument ban "Announcement No. 1: an example"
  regime cn
  authority MOFCOM
  issued 2025-01-01
  verified 2026-01-01

reading abroad : {counted, not_counted}
  cite "1"
  open "the text does not say"

rule exports "Exports to the Netherlands"
  cite "1"
  effective from 2025-06-01
  when destination = NL and not military and item.value > 100 EUR
  then requires license from MOFCOM

rule shipments "Shipments to Belgium"
  cite "2"
  when destination = BE and abroad = counted
  then requires report to MOFCOM
"""

CASES = """
case "to the Netherlands"
  on      2025-07-01
  known   2025-07-02
  assume  closed
  given   { destination: NL, end_user: { name: "Müller 公司" }, uses: {fuel, toys},
            item: { code: {"US:EAR99"}, value: "at least 200 EUR" } }

case "to Belgium, value unknown"
  on      2025-07-01
  known   2025-07-02
  given   { destination: BE, uses: [fuel, ...], item: { value: unknown } }
"""

Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return str(path)

    return write


@pytest.fixture
def law(write: Write) -> list[str]:
    return ["--alone", "--policies", write("law/law.pol", LAW)]


def recorded(args: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(["eval", *args, "--format", "json"]) == ExitCode.OK
    return capsys.readouterr().out


def test_a_record_is_derived_again_from_its_own_facts_and_days(
    write: Write, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    cases = write("cases.pol", CASES)
    choices = ["--on", "2025-06-01T23:59+08:00", "--reading", "abroad=counted", "--assume-closed"]
    for extra in ([], choices):
        record = write("decision.json", recorded([cases, *law, *extra], capsys))
        assert run(["replay", record, *law]) == ExitCode.OK
        said = capsys.readouterr().out
        assert said.count(": the same\n") == 2


def test_a_case_of_a_policy_file_has_the_law_of_the_same_case_elsewhere(
    write: Write, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    pol = json.loads(recorded([write("cases.pol", CASES), *law], capsys))["cases"]
    given = json.dumps({k: pol[0][k] for k in ("case", "assume", "given")})
    days = ["--on", "2025-07-01", "--known", "2025-07-02"]
    other = json.loads(recorded([write("same.json", given), *law, *days], capsys))
    assert other == pol[0]


def test_what_somebody_changed_is_told_field_by_field(
    write: Write, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = recorded([write("cases.pol", CASES), *law], capsys)
    made = json.loads(text)
    made["cases"][0]["decisions"][0]["requirement"]["at_least"] = "nothing"
    made["cases"][0]["decisions"][0]["rules"][0]["values"] = {"item.value": "at least 7 EUR"}
    assert run(["replay", write("decision.json", json.dumps(made)), *law]) == ExitCode.FINDINGS
    said = capsys.readouterr().out
    assert "cn on 2025-07-01, known 2025-07-02: the decision differs\n" in said
    assert ("    requirement.at_least\n      recorded  nothing\n      now       license\n") in said
    assert "rules[cn.ban.exports].values.item.value" in said
    assert said.count("the same") == 1


def test_law_that_moved_is_told_apart_from_the_decision(
    write: Write, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    record = write("decision.json", recorded([write("cases.pol", CASES), *law], capsys))
    write("law/law.pol", LAW.replace("Shipments to Belgium", "Goods to Belgium"))
    assert run(["replay", record, *law]) == ExitCode.FINDINGS
    said = capsys.readouterr().out
    assert "the law moved, the decision did not" in said
    assert "law.digest" in said
    write("law/law.pol", LAW.replace("> 100 EUR", "> 1000 EUR"))
    assert run(["replay", record, *law]) == ExitCode.FINDINGS
    assert "the law moved, and the decision differs" in capsys.readouterr().out


def test_a_toolkit_that_moved_is_told(
    write: Write, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = recorded([write("cases.pol", CASES), *law], capsys)
    record = write("decision.json", text.replace('"longarm ', '"longarm 0.0.'))
    assert run(["replay", record, *law]) == ExitCode.FINDINGS
    assert "the toolkit moved, the decision did not" in capsys.readouterr().out


DECISION = '{"regime": "cn", "on": "2025-07-01", "known": "2025-07-02"}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("\x00", "not JSON"),
        ("[]", "an object with `decisions`"),
        ("7", "an object with `decisions`"),
        ("{}", "no `decisions`"),
        ('{"cases": []}', "not a list of records"),
        ('{"cases": [3]}', "an object with `decisions`"),
        ('{"decisions": [null], "given": {}}', "decisions[0]"),
        ('{"decisions": [{}], "given": {}}', "no law is loaded for the regime"),
        (f'{{"decisions": [{DECISION}]}}', "the facts are not on record"),
        (f'{{"decisions": [{DECISION}], "given": 4}}', "cannot be read as the facts"),
        (f'{{"decisions": [{DECISION}], "given": {{}}, "readings": []}}', "`readings`"),
        (f'{{"decisions": [{DECISION.replace("07-01", "77-01")}], "given": {{}}}}', "not a day"),
        (f'{{"decisions": [{DECISION.replace("2025-07-02", "x")}], "given": {{}}}}', "`known`"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 500 + "1" + "}" * 500, "nested too deeply"),
        ("1" * 10_000, "an object with `decisions`"),
    ],
)
def test_what_is_no_record_is_said_to_be_none(
    text: str, why: str, write: Write, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["replay", write("decision.json", text), *law]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error[unreadable-record]: ")
    assert why in said.err


def test_a_hostile_record_cannot_steer_the_terminal(
    write: Write, law: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    made = json.loads(recorded([write("cases.pol", CASES), *law], capsys))["cases"][0]
    made["case"] = "\x1b[2J\u202e" + "x" * 9000
    made["decisions"][0]["\x1b[31mkey"] = {"deep": ["\x07"]}
    assert run(["replay", write("decision.json", json.dumps(made)), *law]) == ExitCode.FINDINGS
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\x07" not in said
    assert len(said) < 5000


def test_facts_come_back_from_json_as_they_were_read() -> None:
    compiled = compile_sources([("law", LAW), ("cases", CASES)])
    program = compiled.program
    cases, found = cases_of(compiled)
    assert (len(cases), found) == (2, ())
    for case in cases:
        assert case.given is not None
        record = {"assume": "closed" if case.closed else None, "given": given_json(case.given)}
        text = json.dumps({**record, "decisions": [json.loads(DECISION)]})
        (again,) = read_records(text.encode(), program)
        assert getattr(again, "case", None) is not None, again
        assert again.case.transaction == case.transaction  # type: ignore[union-attr]


def test_a_key_given_twice_is_not_quietly_dropped() -> None:
    one = RawPair("a", RawText("1", quoted=False, where=NOWHERE), NOWHERE)
    assert given_json(RawRecord((one, one), NOWHERE)) is None
    assert given_json(RawList((RawRecord((one,), NOWHERE),), open=True, where=NOWHERE)) == [
        {"a": "1"},
        "...",
    ]


def test_moved_names_the_narrowest_part() -> None:
    old = {"a": [{"id": "x", "v": True}, {"id": "y", "v": None}], "b": ["p", "q"], "c": "same"}
    new = {"a": [{"id": "x", "v": False}, {"id": "z", "v": None}], "b": ["q", "p"], "c": "same"}
    told = [(m.path, m.recorded, m.now) for m in moved(old, new, "r")]
    assert told == [
        ("r.a[x].v", "true", "false"),
        ("r.a[z]", "nothing", "{id: z, v: null}"),
        ("r.a[y]", "{id: y, v: null}", "nothing"),
        ("r.b", "another order", "q, p"),
    ]
    assert list(moved(old, old, "r")) == []
