from __future__ import annotations

from datetime import date

import pytest

from longarm.cases import cases_of
from longarm.deciding import decide_case
from longarm.pipeline import compile_sources
from longarm_dsl.evaluate.decision import Decision

LAW = """
enum Level = unaware < actual
record Item
  code : codes
record Stake
  owner : Party
  share : percent range 0% to 100%
record Party
  id         : text
  name       : text
  located_in : country
  military   : flag
  owners     : [Stake]
record Transaction
  destination : country
  actor       : Party
  purchaser   : Party
  end_user    : Party
  item        : Item
  awareness   : [text]
  licenses    : [text]
  notices     : [text]

instrument act "An act"
  regime   xx
  issued   2020-01-01
  verified 2026-01-01

rule soldiers "Military end users"
  cite "1"
  when end_user.military and end_user.located_in = CN
  then requires license from AUTHORITY
"""


def decide(given: str) -> Decision:
    case = f'case "c"\n  on 2025-01-01\n  assume closed\n  given {given}\n  expect xx nothing\n'
    made = compile_sources([("m", LAW + case)])
    assert [d for d in made.found if d.severity == "error"] == []
    cases, _ = cases_of(made)
    return decide_case(made.program, cases[0], known=date(2025, 1, 1)).decisions[0]


def test_what_one_mention_states_holds_for_all() -> None:
    made = decide(
        '{ purchaser: { id: "x", military: yes }, end_user: { id: "x", located_in: CN } }'
    )
    assert made.requires == ("license", "license")


def test_mentions_are_merged_before_anything_is_closed() -> None:
    made = decide('{ purchaser: { id: "x" }, end_user: { id: "y", located_in: CN } }')
    assert made.requires == ("nothing", "nothing")


@pytest.mark.parametrize("order", ["yes", "no"])
def test_two_values_for_one_field_are_an_error_and_open(order: str) -> None:
    other = "no" if order == "yes" else "yes"
    made = decide(
        f'{{ purchaser: {{ id: "x", military: {order} }}, '
        f'end_user: {{ id: "x", military: {other}, located_in: CN }} }}'
    )
    assert made.requires == ("nothing", "license")
    assert any("two mentions of the party x" in e for e in made.errors)


def test_circles_of_mentions_end() -> None:
    made = decide(
        '{ end_user: { id: "x", located_in: CN, owners: [{ owner: { id: "y", owners: '
        '[{ owner: { id: "x", military: yes }, share: 60% }] }, share: 60% }] } }'
    )
    assert made.requires == ("license", "license")
