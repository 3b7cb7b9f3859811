"""One transaction on seven days under both regimes: each change is told with its instrument."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "fab.case.yaml"
DAYS = (
    "2022-10-06",
    "2022-10-12",
    "2023-11-17",
    "2024-12-02",
    "2025-10-15",
    "2025-12-01",
    "2026-11-15",
)


@pytest.fixture(scope="module")
def compared() -> dict[str, Any]:
    asked = [word for day in DAYS for word in ("--on", day)]
    command = [sys.executable, "-m", "longarm", "eval", str(EXAMPLE), *asked, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def required(compared: dict[str, Any], regime: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for day in compared["days"]:
        for decision in day["decisions"]:
            if decision["regime"] == regime:
                ends = decision["requirement"]
                found[decision["on"]] = f"{ends['at_least']}..{ends['at_most']}"
    return found


def made(compared: dict[str, Any], regime: str) -> dict[str, set[str]]:
    return {
        change["on"]: {cause["instrument"].partition(".")[2] for cause in change["by"]}
        for change in compared["changes"]
        if change["regime"] == regime
    }


def test_both_regimes_are_decided_on_every_day(compared: dict[str, Any]) -> None:
    assert required(compared, "us") == {
        "2022-10-06": "nothing..nothing",
        "2022-10-12": "license..license",  # an American at a fab in China
        "2023-11-17": "nothing..nothing",  # but not for an employer of a trusted country
        "2024-12-02": "license..license",  # the tool itself, for the chip in it
        "2025-10-15": "license..license",
        "2025-12-01": "license..license",
        "2026-11-15": "license..license",
    }
    assert required(compared, "cn") == {
        "2022-10-06": "nothing..nothing",
        "2022-10-12": "nothing..nothing",
        "2023-11-17": "nothing..nothing",
        "2024-12-02": "nothing..nothing",
        "2025-10-15": "nothing..license",  # whether a magnet in a machine counts is a reading
        "2025-12-01": "nothing..nothing",
        "2026-11-15": "nothing..license",  # an extension was announced, and not seen
    }


def test_each_change_is_explained_by_the_instrument_that_made_it(compared: dict[str, Any]) -> None:
    us, cn = made(compared, "us"), made(compared, "cn")
    assert us["2022-10-12"] >= {"fr_87fr62186"}
    assert us["2023-11-17"] >= {"fr_88fr73424"}
    assert us["2024-12-02"] >= {"fr_89fr96790"}
    assert us["2025-09-29"] == {"fr_90fr47201"}
    assert us["2025-11-10"] == {"fr_90fr50857"}
    assert us["2026-11-10"] == {"fr_90fr50857"}
    assert "mofcom_2025_61" in cn["2025-10-09"]
    assert cn["2025-11-07"] == {"mofcom_2025_70"}
    assert cn["2026-11-10"] == {"mofcom_2025_70"}
    assert all(causes for found in (us, cn) for causes in found.values())


def test_no_change_comes_before_it_could_be_known(compared: dict[str, Any]) -> None:
    for change in compared["changes"]:
        for cause in change["by"]:
            assert cause["known"] <= "2026-11-21"
        assert DAYS[0] < change["on"] <= DAYS[-1]
