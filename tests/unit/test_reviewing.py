"""Cases that were computed: how they are written, marked, counted and read by somebody."""

from __future__ import annotations

from pathlib import Path

import pytest

from longarm.cases import cases_of, read_cases
from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.expecting import run_case
from longarm.killing import Killing, killing
from longarm.mutants import mutants_of
from longarm.mutation import Fate, mutate
from longarm.pipeline import compile_sources
from longarm.render.cases import totals
from longarm.reviewing import reviewed, with_cases
from longarm_dsl.core.program import Review
from longarm_dsl.diagnostics import has_errors
from longarm_dsl.source import Source

LAW = """record Item
  size : um
  code : codes

record Transaction
  destination : country
  item        : Item

instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2026-06-01

rule powder "Powder"
  cite "1"
  when destination = US and item.size < 50 um
  then requires license from MOFCOM
"""

CASE = """
case "fine powder"
  on      2025-05-05
  given   { destination: US, item: { size: 40 um, code: {"US:EAR99"} } }
  expect  cn because act.powder
"""


def found() -> list[Killing]:
    """What the nearest case comes to for each change that it does not notice."""
    compiled = compile_sources([("cn.act", LAW + CASE)])
    assert not has_errors(compiled.found)
    mutants = mutants_of(compiled.program, ["cn.act.pol"])
    report = mutate(compiled.program, mutants, cases_of(compiled)[0])
    made = [
        killing(compiled.program, t.mutant, report.held)
        for t in report.tried
        if t.fate is not Fate.KILLED
    ]
    return [each for each in made if each is not None]


def test_cases_at_the_bounds_are_written_and_pass_unreviewed() -> None:
    made = with_cases(LAW + CASE, found(), "cn.act.pol")
    assert "fine powder: item.size 50 um" in made.titles
    assert 'given   as "fine powder" with { item.size: 50 um }' in made.text
    compiled = compile_sources([("cn.act", made.text)])
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    cases = cases_of(compiled)[0]
    runs = [run_case(compiled.program, case) for case in cases]
    assert [r.failures for r in runs] == [()] * len(runs)
    count = totals(runs, [])
    assert count.unreviewed == len(made.titles) == len(cases) - 1
    assert f"({count.unreviewed} of them unreviewed)" in str(count)
    assert with_cases(made.text, found(), "cn.act.pol").titles == ()


def test_what_is_written_is_held_fast_afterwards() -> None:
    made = with_cases(LAW + CASE, found(), "cn.act.pol")
    compiled = compile_sources([("cn.act", made.text)])
    mutants = mutants_of(compiled.program, ["cn.act.pol"])
    report = mutate(compiled.program, mutants, cases_of(compiled)[0])
    assert report.count(Fate.KILLED) == len(mutants)


def test_in_another_file_the_facts_are_written_out() -> None:
    made = with_cases("", found(), "more.pol")
    assert 'code: {"US:EAR99"}' in made.text
    compiled = compile_sources([("cn.act", LAW + CASE), ("more", made.text)])
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    for case in cases_of(compiled)[0]:
        assert run_case(compiled.program, case).failures == ()


def test_the_mark_says_who_read_a_case_and_when() -> None:
    made = with_cases(LAW + CASE, found(), "cn.act.pol")
    title = made.titles[0]
    turned = reviewed(Source("cn.act.pol", made.text), title, "2026-11-21", "Jane Doe")
    assert turned.titles == (title,)
    cases = {c.title: c for c in cases_of(compile_sources([("cn.act", turned.text)]))[0]}
    assert cases[title].review == Review("2026-11-21", "Jane Doe")
    assert not cases[title].unreviewed
    assert cases["fine powder"].review is None
    assert sum(c.unreviewed for c in cases.values()) == len(made.titles) - 1


def test_the_mark_in_yaml() -> None:
    program = compile_sources([("cn.act", LAW)]).program
    text = "case: a\non: 2025-05-05\nreviewed: {}\ngiven: {{destination: US}}\n"
    for written, review in {
        "no": Review(),
        "2026-11-21 by Jane Doe": Review("2026-11-21", "Jane Doe"),
    }.items():
        (case,), problems = read_cases(text.format(written).encode(), "a.yaml", program)
        assert (case.review, problems) == (review, ())
    cases, problems = read_cases(text.format("Jane").encode(), "a.yaml", program)
    assert cases == ()
    assert [d.message for d in problems] == ["`reviewed` is a day and who, or `no`"]


def test_a_case_has_one_mark() -> None:
    twice = CASE + '  unreviewed\n  reviewed 2026-11-21 by "Jane Doe"\n'
    found = compile_sources([("cn.act", LAW + twice)]).found
    assert [d.name for d in found if str(d.severity) == "error"] == ["repeated-clause"]


def test_a_review_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.pol"
    path.write_text(CASE + "  unreviewed\n", "utf-8")
    args = ["cases", "review", str(path), "--on", "2026-11-21"]
    assert run([*args, "-k", "coarse", "--by", "Jane"]) == ExitCode.FINDINGS
    assert "no unreviewed case with `coarse`" in capsys.readouterr().err
    assert run([*args, "--by", 'Jane "J" Doe']) == ExitCode.USAGE
    assert run([*args, "--by", "Jane Doe"]) == ExitCode.OK
    assert path.read_text("utf-8") == CASE + '  reviewed 2026-11-21 by "Jane Doe"\n'


def test_a_review_changes_no_line_ends_and_is_not_of_tomorrow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.pol"
    data = b'use common.trade\r\n\r\ncase "a"\r\n  given { destination: US }\r\n  unreviewed\r\n'
    path.write_bytes(data)
    asked = ["cases", "review", str(path), "--by", "Jane Doe"]
    assert run(asked) == ExitCode.POLICY
    assert path.read_bytes() == data
    assert "longarm fmt" in capsys.readouterr().err
    assert run([*asked, "--on", "9999-01-01"]) == ExitCode.USAGE
