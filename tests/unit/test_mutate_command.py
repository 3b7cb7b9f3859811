"""`longarm mutate`: what is printed, which mutants are tried, how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from longarm.cases import Loaded, cases_of
from longarm.cli import run
from longarm.cli.mutate import chosen, tried
from longarm.cli.progress import Progress
from longarm.cli.terminal import ExitCode
from longarm.mutants import Mutant
from longarm.mutation import Fate, Mutation, mutate
from longarm.pipeline import compile_sources
from longarm.render.mutation import render_mutation, render_mutation_json

ACT = """record Transaction
  destination : country
  size        : um

instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2026-06-01

rule powder "Powder"
  cite "1"
  when destination = US and size < 50 um
  then requires license from MOFCOM

rule ban "A ban"
  cite "2"
  when destination = KP
  then prohibits

case "fine powder"
  on 2025-05-05
  given { destination: US, size: 49 um }
  expect cn requires license, because powder, not because ban
"""

ALL = """\
cn.act.pol:12:8
  cn.act.powder, dropped condition: no case could notice it
  - and destination = US
  would be killed by
    case "fine powder: destination UY"
      on      2025-05-05
      given   as "fine powder" with { destination: UY }
      expect  cn nothing, not because cn.act.powder
    # beside cn.act.pol
"""


def loaded() -> Loaded:
    compiled = compile_sources([("cn.act", ACT)])
    return Loaded(compiled, cases_of(compiled)[0], ())


def tell(mutants: tuple[Mutant, ...], *, hints: bool = True) -> tuple[Mutation, str, str]:
    law = loaded()
    with Progress("") as progress:
        report, found = tried(
            law, law.cases, mutants, jobs=1, until=None, hints=hints, progress=progress
        )
    return report, render_mutation(report, found), render_mutation_json(report, found)


def test_a_mutant_that_lives_is_told_with_the_case_that_would_kill_it() -> None:
    report, text, data = tell(chosen(loaded(), [Path("cn.act.pol")], "powder", None))
    assert ALL in text
    assert text.endswith(f"score {report.score:.1f} %\n")
    assert all(len(line) <= 80 for line in text.splitlines())
    first = json.loads(data)["mutants"][0]
    assert (first["file"], first["line"], first["column"]) == ("cn.act.pol", 12, 8)
    assert json.loads(data)["summary"]["mutants"] == len(report.tried)


def test_a_bound_one_off_is_killed_and_says_by_which_case() -> None:
    report, _, data = tell(chosen(loaded(), [Path("cn.act.pol")], "powder", None))
    (found,) = [m for m in json.loads(data)["mutants"] if m["after"] == "size < 49 um"]
    assert (found["fate"], found["killed_by"]) == ("killed", "fine powder")
    assert report.count(Fate.KILLED) >= 1


def test_some_of_the_mutants_are_the_same_ones_each_time() -> None:
    law, paths = loaded(), [Path("cn.act.pol")]
    few = chosen(law, paths, None, 3)
    assert len(few) == 3
    assert [m.after for m in few] == [m.after for m in chosen(law, paths, None, 3)]
    assert chosen(law, [Path("other.pol")], None, None) == ()


def test_what_there_is_no_time_for_is_not_tried() -> None:
    law = loaded()
    mutants = chosen(law, [Path("cn.act.pol")], None, None)
    with Progress("") as progress:
        report, _ = tried(law, law.cases, mutants, jobs=1, until=0.0, hints=True, progress=progress)
    assert report.count(Fate.UNTRIED) == len(mutants)
    assert report.score == 0  # to try nothing shows nothing


def test_cases_that_there_was_time_for_kill_and_prove_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    law = loaded()
    mutants = chosen(law, [Path("cn.act.pol")], None, None)
    cases = (law.cases[0], replace(law.cases[0], title="the same again"))
    whole = mutate(law.compiled.program, mutants, cases)
    assert whole.count(Fate.UNTRIED) == 0
    now = [0.0]
    monkeypatch.setattr("longarm.mutation.time.monotonic", lambda: now[0])

    def said(text: str) -> None:
        if text.startswith("case 1 "):
            now[0] = 6.0  # half of the time is gone with the first case

    part = mutate(law.compiled.program, mutants, cases, until=10.0, said=said)
    killers = {t.killer.title for t in part.tried if t.killer is not None}
    assert killers == {cases[0].title}
    assert {t.fate for t in part.tried} == {Fate.KILLED, Fate.UNTRIED}


def test_a_rule_that_is_not_there_is_a_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "draft.pol"
    path.write_text(
        'use common.trade\n\ninstrument draft "A draft"\n  regime   cn\n  issued   2025-01-01\n'
        '  verified 2025-06-01\n\nrule magnets "Magnets"\n  cite "1"\n'
        "  when destination = TV or destination = TO\n  then requires license from MOFCOM\n\n"
        'case "met"\n  on     2025-03-01\n  assume closed\n'
        "  given  { destination: TV }\n  expect cn because magnets\n",
        "utf-8",
    )
    assert run(["mutate", str(path), "--rule", "magnet"]) == ExitCode.USAGE
    assert "did you mean `magnets`?" in capsys.readouterr().err
    args = ["mutate", str(path), "--no-hints", "-j", "1"]
    assert run([*args, "--fail-under", "100"]) == ExitCode.FINDINGS
    assert "survived" in capsys.readouterr().out
    assert run([*args, "--fail-under", "10"]) == ExitCode.OK


def test_a_mutant_that_is_explained_is_shown_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, table = tmp_path / "draft.pol", tmp_path / "why.csv"
    path.write_text(
        'use common.trade\n\ninstrument draft "A draft"\n  regime   cn\n  issued   2025-01-01\n'
        '  verified 2025-06-01\n\nrule magnets "Magnets"\n  cite "1"\n'
        "  when destination = TV and destination != TO\n  then requires license from MOFCOM\n\n"
        'case "met"\n  on     2025-03-01\n  assume closed\n'
        "  given  { destination: TV }\n  expect cn because magnets\n\n"
        'case "elsewhere"\n  on     2025-03-01\n  assume closed\n'
        "  given  { destination: JP }\n  expect cn not because magnets\n",
        "utf-8",
    )
    table.write_text(
        "in,before,after,why\ncn.draft.magnets,and destination != TO,,nowhere is both\n"
        "cn.draft.magnets,and destination = TV,,said in vain\n",
        "utf-8",
    )
    arguments = ["mutate", str(path), "--rule", "magnets", "--explained", str(table)]
    assert run(arguments) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "  explained: nowhere is both\n\n" in shown
    vain = "cn.draft.magnets: explained, but no such mutant lives\n  - and destination = TV\n"
    assert vain in shown
    assert "1 of those that live are explained" in shown
    assert run([*arguments, "--format", "json"]) == ExitCode.OK
    data = json.loads(capsys.readouterr().out)
    assert [m["explained"] for m in data["mutants"]].count("nowhere is both") == 1
    assert data["summary"]["explained"] == 1
    assert [vain["before"] for vain in data["explained_in_vain"]] == ["and destination = TV"]
    table.write_text("in,why\n", "utf-8")
    assert run(arguments) == ExitCode.USAGE
    assert "the first row does not name `before`, `after`" in capsys.readouterr().err
