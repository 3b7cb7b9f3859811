"""A wrong threshold, a wrong date and a missing defeat: each is caught, and the failure says which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from longarm.cases import cases_of
from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.expecting import CaseRun, run_case
from longarm.failing import teach
from longarm.pipeline import compile_sources
from longarm.render.cases import render_failed, render_runs_json
from longarm_dsl.diagnostics import has_errors

VOCABULARY = """record Item
  size  : um
  value : money >= 0
record Party
  military   : flag
  located_in : country
record Transaction
  destination : country
  end_user    : Party
  item        : Item
  declared    : flag

status wanted(p : Party) "wanted"
"""

LAW = """
instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01

rule powders "Fine powders"
  cite "1"
  effective from 2025-03-01
  when item.size <= 50 um and destination in {NL, DE}
  then requires license from MOFCOM

rule samples "Samples"
  cite "2"
  when item.value <= 100 EUR
  then defeats powders
  then obliges keep_records to MOFCOM

rule search "Those who are searched for"
  cite "3"
  when end_user.located_in = BE
  then establishes wanted(end_user)

rule soldiers "Soldiers who are searched for"
  cite "4"
  when end_user.military and wanted(end_user)
  then prohibits

instrument stay "The stay"
  regime   cn
  issued   2025-05-01
  verified 2025-06-01

suspends act from 2025-05-10 until 2025-07-01
"""

CASES = """
case "exactly fine, and just too coarse"
  on      2025-03-01
  assume  closed
  given   { destination: NL, item: { size: 50 um, value: 500 EUR } }
  expect  cn requires license, because powders
  expect  on 2025-02-28 cn nothing, not because powders

case "just too coarse"
  on      2025-03-01
  assume  closed
  given   as "exactly fine, and just too coarse" with { item.size: 50.1 um }
  expect  cn nothing

case "a sample"
  on      2025-03-01
  assume  closed
  given   as "exactly fine, and just too coarse" with { item.value: 100 EUR }
  expect  cn nothing, not because powders, duty keep_records
"""


def runs(law: str, cases: str = CASES) -> list[CaseRun]:
    made = compile_sources([("terms", VOCABULARY), ("cn", f"use terms\n{law}{cases}")])
    assert not has_errors(made.found), [(d.message, d.primary.span.text) for d in made.found]
    read, found = cases_of(made)
    assert not found
    return [teach(made.program, run_case(made.program, case)) for case in read]


def shown(law: str, cases: str = CASES) -> str:
    """What is told of the cases that fail."""
    text = "".join(render_failed(run) for run in runs(law, cases) if run.failures)
    assert all(len(line) <= 80 for line in text.splitlines())
    return text


def planted(old: str, new: str) -> str:
    assert LAW.count(old) == 1
    return LAW.replace(old, new)


def line_of(law: str, text: str, cases: str = CASES) -> str:
    """Where a text stands in the file, as editors open it."""
    whole = f"use terms\n{law}{cases}"
    return f"cn.pol:{whole[: whole.index(text)].count(chr(10)) + 1}"


def told(*lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines)


def test_the_law_as_it_is_passes() -> None:
    assert shown(LAW) == ""


def test_a_wrong_threshold_is_told_with_the_value_and_the_bound() -> None:
    law = planted("50 um", "49 um")
    text = shown(law)
    assert text.startswith(f"{line_of(law, 'case ')}: exactly fine, and just too coarse\n")
    assert (
        told(
            "expected  because cn.act.powders",
            "got       cn.act.powders does not fire",
            f"at        {line_of(law, 'expect  cn requires')}",
            'rule      cn.act.powders "Fine powders"',
            f"          {line_of(law, 'rule powders')}",
            "lacks     item.size <= 49 um",
            "          where item.size is 50 um",
            f"          {line_of(law, 'item.size <= 49 um')}",
            "change    powders stands once item.size <= 49 um",
        )
        in text
    )
    law = planted("<= 50 um", "<= 51 um")
    assert told(
        "expected  nothing",
        "got       requires license",
        f"at        {line_of(law, 'expect  cn nothing' + chr(10))}",
        'stands    cn.act.powders "Fine powders"',
        f"          {line_of(law, 'rule powders')}",
        "since     item.size <= 51 um (item.size is 50.1 um)",
        "          destination in {NL, DE} (destination is NL)",
        'defeat    cn.act.samples "Samples"',
        f"          {line_of(law, 'rule samples')}",
        "lacks     item.value <= 100 EUR",
        "          where item.value is 500 EUR",
        f"          {line_of(law, 'item.value <= 100')}",
        "change    samples stands once item.value <= 100 EUR",
    ) in shown(law)


def test_a_wrong_date_is_told_with_what_keeps_the_rule_out_of_force() -> None:
    law = planted("effective from 2025-03-01", "effective from 2025-03-02")
    text = shown(law)
    assert "  cn on 2025-03-01, known 2025-06-01\n" in text
    assert "cn on 2025-02-28" not in text  # that day is as expected
    assert 'rule      cn.act.powders "Fine powders"\n' in text
    assert "force     not in force: not in effect before 2025-03-02\n" in text
    law = planted("from 2025-05-10 until", "from 2025-02-10 until")
    text = shown(law)
    assert "force     not in force: suspended" in text
    assert "by        cn.stay" in text
    assert f"{line_of(law, 'suspends act')}\n" in text


def test_a_date_that_is_too_early_is_told_on_its_day() -> None:
    text = shown(planted("effective from 2025-03-01", "effective from 2025-02-28"))
    assert "  cn on 2025-02-28, known 2025-06-01\n    expected  nothing\n" in text
    assert 'stands    cn.act.powders "Fine powders"\n' in text


def test_a_missing_defeat_is_told_as_what_nothing_defeats() -> None:
    law = planted("  then defeats powders\n", "")
    text = shown(law)
    assert text.startswith(f"{line_of(law, 'case ' + chr(34) + 'a sample')}: a sample\n")
    assert 'stands    cn.act.powders "Fine powders"\n' in text
    assert "defeats   none: no rule defeats it\n" in text
    assert "stood     cn.act.powders, cn.act.samples\n" in text


def test_a_rule_that_is_beaten_names_who_beats_it() -> None:
    law = planted("<= 100 EUR", "<= 1000 EUR")
    assert told(
        "got       cn.act.powders is defeated by cn.act.samples",
        f"at        {line_of(law, 'expect  cn requires')}",
        'rule      cn.act.powders "Fine powders"',
        f"          {line_of(law, 'rule powders')}",
        'defeated  cn.act.samples "Samples"',
        f"          {line_of(law, 'rule samples')}",
    ) in shown(law)


def test_a_status_that_nobody_establishes_leads_to_the_rule_that_nearly_does() -> None:
    case = """
case "soldiers"
  on      2025-03-01
  assume  closed
  given   { end_user: { military: yes, located_in: NL } }
  expect  cn requires prohibited
"""
    text = shown(LAW, case)
    assert 'rule      cn.act.soldiers "Soldiers who are searched for"\n' in text
    assert "lacks     wanted(end_user)\n" in text
    assert 'nearest   cn.act.search "Those who are searched for"\n' in text
    assert "where end_user.located_in is NL\n" in text
    assert "change    search stands once end_user.located_in = BE\n" in text


def test_what_is_open_is_told_as_the_question_that_settles_it() -> None:
    case = """
case "nobody measured it"
  on      2025-03-01
  given   { destination: NL, item: { value: 500 EUR } }
  expect  cn because powders
"""
    text = shown(LAW, case)
    assert "open      item.size <= 50 um\n" in text
    assert "where item.size is open\n" in text
    assert "change    answer this: " in text
    assert "item.size" in text.partition("answer this: ")[2].splitlines()[0]


def test_programs_are_told_the_same() -> None:
    law = planted("50 um", "49 um")
    data = json.loads(render_runs_json(runs(law), (), ()))
    first = data["cases"][0]["regimes"][0]["failures"][1]
    assert first["expected"] == "because cn.act.powders"
    (missed,) = first["missed"]
    assert (missed["rule"], missed["why"]) == ("cn.act.powders", "lacks")
    assert missed["change"] == "powders stands once item.size <= 49 um"
    (lack,) = missed["lacks"]
    assert (lack["condition"], lack["holds"]) == ("item.size <= 49 um", "no")
    assert lack["facts"] == {"item.size": "50 um"}
    assert f"{lack['file']}:{lack['line']}" == line_of(law, "item.size <= 49 um")


def test_the_command_tells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "act.pol"
    """Over the shared vocabulary, beside the installed packs."""
    cases = CASES.replace("size:", "particle_size:").replace("item.size", "item.particle_size")
    cases = cases.replace("item: { ", 'item: { code: {"CN:none"}, ')
    own = LAW[: LAW.index("rule search")].replace("item.size", "item.particle_size")
    path.write_text(f"use common.trade\n{own.replace('50 um', '49 um')}{cases}", "utf-8")
    assert run(["test", str(path)]) == ExitCode.FINDINGS
    text = capsys.readouterr().out
    assert "lacks     item.particle_size <= 49 um\n" in text
    assert "change    powders stands once item.particle_size <= 49 um\n" in text
    assert f"              {path}:" in text
