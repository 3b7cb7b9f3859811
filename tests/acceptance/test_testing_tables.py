"""A spreadsheet of cases that somebody wrote by hand runs as it is, as CSV and as a workbook."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from longarm.cli import run
from longarm.cli.terminal import ExitCode

SHEET = Path(__file__).parent / "data" / "shipments.cases.csv"


def typed(text: str) -> object:
    """What a spreadsheet makes of what is typed into a cell."""
    for kind in (date.fromisoformat, int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def told(data: dict[str, Any], file: Path) -> list[dict[str, Any]]:
    """What the run says of the cases of one file, without where they stand."""
    cases = [case for case in data["cases"] if case["file"] == str(file)]
    return [{key: case[key] for key in ("case", "passed", "regimes")} for case in cases]


def test_a_spreadsheet_of_cases_runs_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, book, wrong = (
        tmp_path / name
        for name in ("shipments.cases.csv", "shipments.cases.xlsx", "wrong.cases.csv")
    )
    shutil.copy(SHEET, plain)
    with SHEET.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append([typed(text) for text in row])
    workbook.save(book)
    # A bound as somebody may misread it: `nothing` is expected of exactly 50 um.
    text = SHEET.read_text("utf-8")
    assert text.count(",50,requires license,") == 1
    wrong.write_text(text.replace(",50,requires license,", ",50,nothing,"), "utf-8")
    assert run(["test", str(tmp_path), "--format", "json"]) == ExitCode.FINDINGS
    data = json.loads(capsys.readouterr().out)
    assert data["diagnostics"] == []
    titles = [row[0] for row in rows[1:] if row[0]]
    assert [(c["case"], c["passed"]) for c in told(data, plain)] == [(t, True) for t in titles]
    assert [(c["case"], c["passed"]) for c in told(data, book)] == [(t, True) for t in titles]
    # One row is another day of the case above it.
    assert len(titles) == len(rows) - 2
    assert [[r["requirement"] for r in case["regimes"]] for case in told(data, book)] == [
        [r["requirement"] for r in case["regimes"]] for case in told(data, plain)
    ]
    (failed,) = [case for case in told(data, wrong) if not case["passed"]]
    assert failed["case"] == "diamond powder of 50 um"
    (failure,) = [f for regime in failed["regimes"] for f in regime["failures"]]
    assert (failure["expected"], failure["got"], failure["line"]) == (
        "nothing",
        "requires license",
        4,
    )
