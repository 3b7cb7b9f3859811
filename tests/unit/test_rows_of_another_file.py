"""A project reads the whole of a list from its own file, instead of the part that a pack carries."""

from __future__ import annotations

from pathlib import Path

import pytest

from longarm.cli import run
from longarm.cli.terminal import ExitCode

LAW = """use common.trade

instrument act "The act"
  regime   xx
  issued   2020-01-01
  verified 2026-01-01

list xx.listed "Listed" (party : Party, aliases : [text]) partial

rule listed "Listed users"
  cite "1"
  for each e in entries(end_user, in: xx.listed)
  when end_user.name != "x"
  then prohibits

adds to xx.listed
  { party: "Added Works" }

rows of xx.listed from "listed.csv" complete from 2025-07-31
"""

CASES = """case "there"
  on     2025-08-01
  assume closed
  given  { end_user: { name: "Acme Works" } }
  expect xx requires prohibited

case "what an instrument adds stays"
  on     2025-08-01
  assume closed
  given  { end_user: { name: "Added Works" } }
  expect xx requires prohibited

case "not there: not listed, and nobody has to close the case"
  on     2025-07-31
  given  { end_user: { name: "Zenith Mill" } }
  expect xx nothing

case "the day before: who knows"
  on     2025-07-30
  given  { end_user: { name: "Zenith Mill" } }
  expect xx requires nothing to prohibited
"""


def folder(tmp_path: Path, law: str = LAW) -> str:
    (tmp_path / "law.pol").write_text(f"{law}\n{CASES}", encoding="utf-8")
    (tmp_path / "listed.csv").write_text("party,aliases\nAcme Works,[]\n", encoding="utf-8")
    return str(tmp_path)


def test_whoever_has_no_row_is_not_listed_from_the_day_of_the_file_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for evaluator in ("compiled", "reference"):
        asked = ["test", folder(tmp_path), "--evaluator", evaluator]
        assert run(asked) == ExitCode.OK, capsys.readouterr().out
    assert "4 cases, 4 expectations, 0 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rows of xx.listed", "rows of xx.lsited", "unknown-name"),
        ('"listed.csv"', '"absent.csv"', "missing-table"),
        ('"listed.csv"', '"../listed.csv"', "missing-table"),
        (
            "rows of xx.listed",
            'rows of xx.listed from "listed.csv"\nrows of xx.listed',
            "are in two files",
        ),
        ("complete from 2025-07-31", "complete from 2025-13-31", "malformed-date"),
    ],
)
def test_a_file_that_cannot_be_read_so_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    assert LAW.count(old) == 1
    asked = ["test", folder(tmp_path, LAW.replace(old, new))]
    assert run(asked) == ExitCode.POLICY
    assert said in capsys.readouterr().err
