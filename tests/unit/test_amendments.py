from __future__ import annotations

from datetime import date

import pytest

from longarm.cases import cases_of
from longarm.deciding import decide_case, parse_day
from longarm.pipeline import compile_sources

LAW = """
record Item
  code : codes
record Party
  located_in : country
record Transaction
  destination : country
  actor       : Party
  item        : Item
  value       : money >= 0
  awareness   : [text]
  licenses    : [text]
  notices     : [text]

instrument act "An act"
  regime   xx
  issued   2020-01-01
  verified 2026-01-01

param bar : money = 100 EUR
  cite "2"

countries closed = {CN}

let over = value > bar

rule large "Large sales to closed countries"
  cite "1"
  effective from 2020-02-01 through 2020-02-29
  when destination in closed and over
  then requires license from AUTHORITY

instrument later "A later act"
  regime   xx
  issued   2020-03-01
  verified 2026-01-01

amends act.large from 2020-03-10
  effective from 2020-02-01 through 2020-04-30

amends act.bar from 2020-03-20 = 50 EUR

amends act.closed from 2020-04-01 = {CN, KP}

instrument last "The last act"
  regime   xx
  issued   2020-04-10
  verified 2026-01-01

amends act.large from 2020-04-20
  then prohibits

suspends act.large from 2020-04-25 through 2020-04-26

case "a sale"
  on 2020-01-01
  assume closed
  given { destination: CN, value: 70 EUR, actor: { located_in: US }, item: { code: {"CN:none"} } }
  expect xx nothing
"""


@pytest.mark.parametrize(
    ("day", "place", "value", "expected"),
    [
        ("2020-02-15", "CN", "150 EUR", "license"),
        ("2020-03-05", "CN", "150 EUR", "nothing"),  # lapsed, not yet prolonged
        ("2020-03-10", "CN", "150 EUR", "license"),  # its dates are amended
        ("2020-03-19", "CN", "70 EUR", "nothing"),
        ("2020-03-20", "CN", "70 EUR", "license"),  # the bar is amended
        ("2020-03-31", "KP", "70 EUR", "nothing"),
        ("2020-04-01", "KP", "70 EUR", "license"),  # the set is amended
        (
            "2020-04-20",
            "KP",
            "70 EUR",
            "prohibited",
        ),  # the effect is amended, the rest carries over
        ("2020-04-25", "KP", "70 EUR", "nothing"),  # a suspension reaches every version
        ("2020-04-27", "KP", "70 EUR", "prohibited"),
        ("2020-05-01", "KP", "70 EUR", "nothing"),
    ],
)
def test_each_version_on_its_day(day: str, place: str, value: str, expected: str) -> None:
    text = LAW.replace("destination: CN, value: 70 EUR", f"destination: {place}, value: {value}")
    made = compile_sources([("m", text)])
    assert [d for d in made.found if d.severity == "error"] == []
    (case,), _ = cases_of(made)
    decision = decide_case(made.program, case, on=parse_day(day), known=date(2025, 1, 1))
    assert decision.decisions[0].requires == (expected, expected)


def test_what_is_not_published_is_not_amended() -> None:
    made = compile_sources([("m", LAW)])
    (case,), _ = cases_of(made)
    decision = decide_case(made.program, case, on=parse_day("2020-04-20"), known=date(2020, 2, 20))
    assert decision.decisions[0].requires == ("nothing", "nothing")
