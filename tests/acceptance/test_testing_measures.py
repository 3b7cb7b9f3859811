"""How well cases hold a law fast: the reports on coverage and mutation, as people and programs get them.

On one instrument that is shipped, with its cases. The packs as a whole take minutes:

    longarm test policies/longarm_policies/cn --cov
    longarm mutate policies/longarm_policies/cn --explained policies/longarm_policies/cn/cases/survivors.csv
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from longarm.cache import default_folder
from longarm.cases import case_files
from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.explained import change_of, read_explanations
from longarm.loading import law
from longarm.mutants import mutants_of
from longarm.pipeline import installed_pack

LAW = installed_pack() / "cn" / "mot_2025_54.pol"
CASES = installed_pack() / "cn" / "cases" / "port_fees.pol"
RULE = "cn.mot_2025_54.us_flag"


def test_the_report_on_coverage_of_law(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "law.json"
    measured = ["--cov", f"--cov=json:{file}"]
    assert run(["test", str(LAW), str(CASES), *measured]) == ExitCode.OK
    shown = capsys.readouterr().out
    data: dict[str, Any] = json.loads(file.read_text("utf-8"))
    for name, share in data["measures"].items():
        line = f"{name}: {share['covered']} of {share['total']}, {share['percent']} %"
        assert line in shown.splitlines()
        points = [p for p in data["points"] if p["measure"] == name]
        sides = [side["covered"] for point in points for side in point["sides"]]
        assert (sum(sides), len(sides)) == (share["covered"], share["total"])
    assert data["measures"]["rules"]["percent"] == "100.0"
    # A case shows what it is said to show: the threshold of five voyages is met at the bound.
    (bound,) = [p for p in data["points"] if "charged_voyages" in p["what"]][:1]
    at = next(side for side in bound["sides"] if side["covered"])
    assert at["case"]["file"] == str(CASES)
    whole = data["in_all"]
    assert run(["test", str(LAW), str(CASES), "--cov-fail-under", "100"]) == (
        ExitCode.OK if whole["covered"] == whole["total"] else ExitCode.FINDINGS
    )
    with capsys.disabled():
        print(f"\ncoverage of {LAW.stem}: {whole['covered']} of {whole['total']} points")  # noqa: T201  the measure


def test_the_report_on_mutation(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["mutate", str(LAW), str(CASES), "--rule", RULE]
    assert run([*arguments, "--format", "json"]) == ExitCode.OK
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    summary = data["summary"]
    fates = [m["fate"] for m in data["mutants"]]
    assert len(fates) == summary["mutants"] > 2
    assert fates.count("killed") == summary["killed"] > 0
    assert run([*arguments, "--no-hints"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert f"{summary['mutants']} mutants, {summary['cases']} cases" in shown
    lived: set[str] = set()
    for mutant in data["mutants"]:
        assert mutant["in"] == RULE
        assert (mutant["killed_by"] is not None) == (mutant["fate"] == "killed")
        if mutant["fate"] != "killed":
            lived.add(f"{LAW}:{mutant['line']}:{mutant['column']}")
    assert {line for line in shown.splitlines() if line.startswith(str(LAW))} == lived
    with capsys.disabled():
        print(f"\nmutants of {RULE}: {summary['killed']} of {summary['mutants']} killed")  # noqa: T201  the measure


@pytest.mark.parametrize("regime", ["cn", "us"])
def test_each_survivor_that_is_explained_is_a_mutant_of_the_law(regime: str) -> None:
    table = installed_pack() / regime / "cases" / "survivors.csv"
    found, mistakes = read_explanations(table.read_bytes(), table.name)
    assert mistakes == ()
    assert found.reasons
    files = [str(file) for file in case_files(installed_pack() / regime)]
    changes = {
        change_of(mutant) for mutant in mutants_of(law(cache=default_folder()).program, files)
    }
    assert [change for change in found.reasons if change not in changes] == []
