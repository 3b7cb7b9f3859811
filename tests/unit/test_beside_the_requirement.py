"""Licenses that are held, due days and charges: beside the requirement, never in it."""

from __future__ import annotations

from datetime import date

import pytest

from longarm.cases import cases_of
from longarm.deciding import decide_case
from longarm.pipeline import compile_sources
from longarm_dsl.evaluate.decision import Decision

LAW = """
enum NoticeKind = is_informed, license, approval
record Scope
  destination : {country}
record Party
  id : text
record Notice
  kind        : NoticeKind
  addressee   : Party
  authority   : text
  issued      : date
  valid_until : date
  revoked     : date
  scope       : Scope
record Item
  origin : country
record Transaction
  actor       : Party
  item        : Item
  destination : country
  tons        : number >= 0
  f           : flag
  g           : flag
  licenses    : [Notice]
  notices     : [Notice]
  events      : dates

instrument act "An act"
  regime   cn
  issued   2020-01-01
  verified 2026-01-01

rule r "R"
  cite "1"
  when destination != CN
  then requires license from MOFCOM

rule reports "Reports"
  cite "2"
  then obliges filing to MOFCOM within 10 days of shipment
  then obliges keeping for 3 years from shipment

rule fee "Fee"
  cite "3"
  when f
  then charges fee tons * 2 CNY

rule other_fee "Fee of another ground"
  cite "4"
  when g
  then charges fee 100 CNY
"""


def decide(given: str) -> Decision:
    case = f'\ncase "c"\n  on 2025-06-01\n  given {given}\n  expect cn nothing\n'
    made = compile_sources([("m", LAW + case)])
    assert [d.message for d in made.found if d.severity == "error"] == []
    (case_,), found = cases_of(made)
    assert found == ()
    return decide_case(made.program, case_, known=date(2026, 1, 1)).decisions[0]


FIELDS = {
    "authority": '"MOFCOM"',
    "issued": "2025-01-01",
    "valid_until": "2025-12-31",
    "scope": "{ destination: [US] }",
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "yes"),
        ({"authority": '"BIS"'}, "no"),
        ({"issued": "2025-06-02"}, "no"),
        ({"issued": "2025-06-01"}, "yes"),
        ({"valid_until": "2025-05-31"}, "no"),
        ({"valid_until": "2025-06-01"}, "yes"),
        ({"valid_until": "unknown"}, "unknown"),
        ({"revoked": "2025-06-01"}, "no"),
        ({"revoked": "2025-06-02"}, "yes"),
        ({"scope": "{ destination: [DE] }"}, "no"),
        ({"scope": "{ destination: [DE, ...] }"}, "unknown"),
        ({"addressee": '{ id: "me" }'}, "yes"),
        ({"addressee": '{ id: "another" }'}, "no"),
        ({"addressee": "{}"}, "unknown"),
        ({"kind": "approval"}, "yes"),
        ({"kind": "is_informed"}, "no"),
    ],
)
def test_a_license_meets_what_it_covers_on_the_day(changed: dict[str, str], expected: str) -> None:
    record = ", ".join(f"{k}: {v}" for k, v in {**FIELDS, **changed}.items())
    decision = decide(
        f'{{ actor: {{ id: "me" }}, destination: US, licenses: [{{ {record} }}], notices: [] }}'
    )
    assert [str(r.met) for r in decision.requirements] == [expected]
    assert decision.requires == ("license", "license")


def test_a_notice_meets_only_as_a_license_or_approval() -> None:
    for kind, expected in (("approval", "yes"), ("is_informed", "no"), ("unknown", "unknown")):
        record = ", ".join(f"{k}: {v}" for k, v in {**FIELDS, "kind": kind}.items())
        decision = decide(f"{{ destination: US, licenses: [], notices: [{{ {record} }}] }}")
        assert [str(r.met) for r in decision.requirements] == [expected]


def test_silence_on_licenses_is_open() -> None:
    assert [str(r.met) for r in decide("{ destination: US }").requirements] == ["unknown"]
    closed = "{ destination: US, licenses: [], notices: [] }"
    assert [str(r.met) for r in decide(closed).requirements] == ["no"]


def test_due_days_follow_the_event_or_are_unknown() -> None:
    stated = decide("{ destination: CN, events: { shipment: 2025-06-25 } }")
    assert [(d.duty, d.due) for d in stated.duties] == [
        ("filing", "2025-07-05"),
        ("keeping", "until 2028-06-25"),
    ]
    silent = decide("{ destination: CN }")
    assert [(d.duty, d.due) for d in silent.duties] == [
        ("filing", "unknown"),
        ("keeping", "unknown"),
    ]


@pytest.mark.parametrize(
    ("given", "least", "most"),
    [
        ("f: yes, g: yes, tons: 10", "100 CNY", "100 CNY"),
        ("f: yes, g: yes, tons: 80", "160 CNY", "160 CNY"),
        ("f: yes, g: no, tons: 10", "20 CNY", "20 CNY"),
        ("f: yes, g: yes", "100 CNY", "unknown"),
        ("g: unknown, f: no", "0 CNY", "100 CNY"),
        ("f: no, g: no", "", ""),
    ],
)
def test_charges_of_one_name_join_to_the_largest(given: str, least: str, most: str) -> None:
    decision = decide(f"{{ destination: CN, {given} }}")
    found = [(c.at_least, c.at_most) for c in decision.charges]
    assert found == ([(least, most)] if least else [])
    assert decision.requires == ("nothing", "nothing")


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("f: yes, g: no, tons: 10", []),
        ("f: yes, g: no", ["tons"]),
        ("f: unknown, g: no, tons: 10", ["f"]),
        ("f: unknown, g: unknown", ["f", "g", "tons"]),
    ],
)
def test_an_open_charge_names_what_it_hangs_on(given: str, asked: list[str]) -> None:
    (charge,) = decide(f"{{ destination: CN, {given} }}").charges
    assert [o.question for o in charge.open] == asked
