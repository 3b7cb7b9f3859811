"""One case on several days: each change has its day, and the instrument that made it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from longarm.cli import run
from longarm.cli.terminal import ExitCode

LAW = """record Item
  code   : codes
  chip   : flag
  size   : nm
record Party
  name    : text
  aliases : [text]
record Transaction
  item        : Item
  buyer       : Party
  destination : country

param bound : nm = 16 nm
  cite "1"

instrument text "The text: a consolidation"
  regime cn
  issued 2000-01-01
  verified 2030-01-01

let small(i : Item)
  cite "1"
  = i.chip and i.size <= 16 nm

list cn.listed "Listed" (party : Party, aliases : [text]) complete

rule chips "Small chips"
  cite "2"
  added by first
  when destination = NL and small(item)
  then requires license from MOFCOM

rule strict "Presumed denied"
  cite "3"
  added by second
  when destination = NL
  then reviews denial_presumed of chips

rule friends "Not for friends"
  cite "4"
  added by third
  when small(item) and destination = NL
  then defeats chips

rule listed "Listed buyers"
  cite "5"
  for each e in entries(buyer, in: cn.listed)
  when destination = BE
  then prohibits

rule coded "By its code"
  cite "6"
  when item.code in CN[3A001]
  then requires report to MOFCOM within 10 working days of shipment

rule lasers "Lasers"
  cite "7"
  when destination = IT and small(item)
  then requires license from MOFCOM

entry "CN:3A001" "Tiny"
  cite "6"
  added by fourth
  when chip and size < 3 nm

instrument first "First act: chips" regime cn issued 2020-01-10 effective from 2020-02-01 verified 2030-01-01
instrument second "Second act: review" regime cn issued 2021-01-10 verified 2030-01-01
instrument third "Third act: friends" regime cn issued 2022-01-10 verified 2030-01-01
instrument stay "The stay" regime cn issued 2022-06-01 verified 2030-01-01
suspends third from 2022-06-10 through 2022-06-19
instrument fourth "Fourth act: codes" regime cn issued 2023-03-01 verified 2030-01-01
instrument fifth "Fifth act: a definition" regime cn issued 2019-05-05 verified 2030-01-01
amends text.small from 2019-05-05 = i.chip and i.size <= 10 nm
instrument sixth "Sixth act: a row" regime cn issued 2024-04-04 verified 2030-01-01
adds to cn.listed
  { party: "Acme Works" }
instrument seventh "Seventh act: the bound again" regime cn issued 2024-05-05 verified 2030-01-01
amends text.small from 2024-05-05 = i.chip and i.size <= 16 nm
instrument eighth "Eighth act: in doubt" regime cn issued 2024-02-02 verified 2030-01-01
amends text.lasers from 2024-02-02
  when destination = PT
instrument doubt "A doubt" regime cn issued 2024-02-02 verified 2030-01-01
uncertain eighth from 2024-02-02
"""

CASE = """case: small chips
assume: closed
given:
  destination: {to}
  item: {{ code: ["CN:none"], chip: yes, size: {size} nm }}
  buyer: {{ name: Acme Works }}
"""


def compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], days: list[str], to: str, size: int
) -> dict[str, Any]:
    law, case = tmp_path / "law.pol", tmp_path / "a.yaml"
    law.write_text(LAW, encoding="utf-8")
    case.write_text(CASE.format(to=to, size=size), encoding="utf-8")
    asked = [word for day in days for word in ("--on", day)]
    choices = ["--alone", "--policies", str(law), "--known", "2026-01-01", "--format", "json"]
    assert run(["eval", str(case), *choices, *asked]) == ExitCode.OK
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def told(found: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(c["on"], [b["instrument"].split(".")[1] for b in c["by"]]) for c in found["changes"]]


def test_a_rule_that_begins_is_told_with_its_act_and_its_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compared(tmp_path, capsys, ["2019-12-01", "2020-12-01"], "NL", 9)
    assert told(found) == [("2020-02-01", ["first"])]
    assert found["changes"][0]["rules"] == ["cn.text.chips"]
    assert found["changes"][0]["by"][0]["known"] == "2020-01-10"
    assert [d["decisions"][0]["on"] for d in found["days"]] == ["2019-12-01", "2020-12-01"]


def test_each_change_of_a_long_span_has_its_own_act(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = ["2023-01-01", "2020-01-01", "2022-06-15", "2021-06-01"]
    assert told(compared(tmp_path, capsys, days, "NL", 9)) == [
        ("2020-02-01", ["first"]),
        ("2021-01-10", ["second"]),
        ("2022-06-20", ["stay"]),
    ]


def test_what_is_undone_before_the_next_day_is_told_where_a_day_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = ["2022-01-05", "2022-02-01", "2022-06-15", "2023-01-01"]
    assert told(compared(tmp_path, capsys, days, "NL", 9)) == [
        ("2022-01-10", ["third"]),
        ("2022-06-10", ["stay"]),
        ("2022-06-20", ["stay"]),
    ]


def test_a_definition_a_code_and_a_row_are_told_by_the_act_that_made_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(compared(tmp_path, capsys, ["2023-02-28", "2023-03-01"], "DE", 2)) == [
        ("2023-03-01", ["fourth"])
    ]
    assert told(compared(tmp_path, capsys, ["2024-01-01", "2025-01-01"], "BE", 20)) == [
        ("2024-04-04", ["sixth"])
    ]
    days = ["2022-06-12", "2022-06-18"]
    assert told(compared(tmp_path, capsys, days, "NL", 12)) == []


def test_a_version_of_a_rule_that_may_apply_is_told_by_what_it_speaks_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compared(tmp_path, capsys, ["2024-05-04", "2024-05-05"], "IT", 12)
    assert found["changes"][0]["rules"] == ["cn.text.lasers~2"]
    assert told(found) == [("2024-05-05", ["seventh"])]


def test_the_day_before_each_change_says_the_old_and_the_day_itself_the_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for change in compared(tmp_path, capsys, ["2019-12-01", "2022-03-01"], "NL", 9)["changes"]:
        day = date.fromisoformat(change["on"])
        both = [str(day - timedelta(days=1)), str(day)]
        assert told(compared(tmp_path, capsys, both, "NL", 9)) == [
            (change["on"], [b["instrument"].split(".")[1] for b in change["by"]])
        ]


def test_the_page_names_act_rule_and_day_and_never_says_clearance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    law, case = tmp_path / "law.pol", tmp_path / "a.yaml"
    law.write_text(LAW, encoding="utf-8")
    case.write_text(CASE.format(to="NL", size=9), encoding="utf-8")
    asked = ["--on", "2020-01-01", "--on", "2021-06-01", "--known", "2026-01-01"]
    assert run(["eval", str(case), "--alone", "--policies", str(law), *asked]) == ExitCode.OK
    page = capsys.readouterr().out
    assert "2020-01-01  no requirement found" in page
    assert "2021-06-01  license required (MOFCOM), review denial presumed" in page
    assert "2020-02-01  China" in page
    assert "new: “Small chips” (text)" in page
    assert "by First act: chips (first), known since 2020-01-10" in page
    assert "is not a clearance" in page
    assert max(map(len, page.splitlines())) <= 80


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--on", "2020-01-01", "--on", "2020-13-01"], "not a day of the calendar"),
        (["--on", "2020-01-01T10:00", "--on", "2020-01-02"], "none has a time of day"),
        (["--on", "2020-01-01", "--on", "2020-01-02", "--explain"], "of one day"),
    ],
)
def test_days_that_cannot_be_compared_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    case = tmp_path / "a.yaml"
    case.write_text("given: {}\n", encoding="utf-8")
    assert run(["eval", str(case), *asked]) == ExitCode.USAGE
    assert said in capsys.readouterr().err
