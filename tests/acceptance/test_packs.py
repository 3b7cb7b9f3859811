"""Each pack through the commands: every case holds, and the cases exercise every rule."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from longarm.pipeline import installed_pack

PACKS = ("cn", "us")


def longarm(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "longarm", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def folder(regime: str) -> str:
    return str(installed_pack() / regime)


@pytest.fixture(scope="module", params=PACKS)
def regime(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def tested(regime: str) -> dict[str, Any]:
    """What `longarm test` says of the pack, to programs."""
    data: dict[str, Any] = json.loads(longarm("test", folder(regime), "--format", "json").stdout)
    return data


def unexercised(tested: dict[str, Any], regime: str, which: str) -> list[str]:
    return [found["rule"] for found in tested["rules"][regime][which]]


def test_no_case_fails(tested: dict[str, Any]) -> None:
    assert [case["case"] for case in tested["cases"] if not case["passed"]] == []
    assert all(r["expectations"] for case in tested["cases"] for r in case["regimes"])
    assert tested["summary"]["passed"]


def test_every_rule_stands_in_some_case(tested: dict[str, Any], regime: str) -> None:
    assert unexercised(tested, regime, "never_stood") == []


def test_every_rule_fails_to_stand_in_some_case(tested: dict[str, Any], regime: str) -> None:
    assert unexercised(tested, regime, "never_missed") == []


def test_every_rule_is_missed_narrowly_in_some_case(tested: dict[str, Any], regime: str) -> None:
    assert unexercised(tested, regime, "never_narrowly") == []


def test_people_are_told_the_same_counts(regime: str) -> None:
    """On one file of cases: the whole pack is decided once, for programs."""
    part = str(installed_pack() / regime / "cases" / "port_fees.pol")
    summary = json.loads(longarm("test", part, "--format", "json").stdout)["summary"]
    done = longarm("test", part)
    assert done.returncode == 0, done.stdout
    said = f"{summary['cases']} cases, {summary['expectations']} expectations, 0 failed"
    assert done.stdout.splitlines() == [said]


def test_the_counts_are_shown(
    tested: dict[str, Any], regime: str, capsys: pytest.CaptureFixture[str]
) -> None:
    summary, rules = tested["summary"], tested["rules"][regime]
    assert rules["stand"] == rules["in_all"]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{summary['cases']} cases, {summary['expectations']} expectations\n"
            f"rules  {regime}: {rules['in_all']} in all, {rules['stand']} stand, "
            f"{rules['miss']} miss, {rules['narrowly']} narrowly\n"
        )


def test_nothing_is_found_in_the_law(regime: str) -> None:
    """Every provision is modelled or claimed, every number and rule is cited."""
    done = longarm("check", folder(regime))
    assert done.returncode == 0, done.stdout
    assert (done.stdout, done.stderr.startswith("nothing found in ")) == ("", True)
