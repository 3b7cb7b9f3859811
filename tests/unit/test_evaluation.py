"""Small corners of meaning: nested sums, beliefs, zones, what technology is for, disagreement."""

from __future__ import annotations

from datetime import date

import pytest

from longarm.cases import cases_of
from longarm.deciding import decide_case, parse_day
from longarm.pipeline import compile_sources
from longarm_dsl.evaluate.decision import Decision

VOCABULARY = """
enum Level = unaware < reason_to_know < high_probability < actual < clear
enum Use = military, civil
record Awareness
  of    : text
  level : Level
  value : text
record Technology
  code : codes
  for  : {text}
record Item
  code       : codes
  origin     : country
  value      : money > 0
  node       : nm > 0
  components : [Item]
  technology : [Technology]
record Party
  located_in : country
record Transaction
  date        : date
  destination : country
  end_use     : {Use}
  actor       : Party
  item        : Item
  awareness   : [Awareness]
  licenses    : [text]
  notices     : [text]

instrument act "An act"
  regime   us
  issued   2020-01-01
  verified 2026-01-01
  ZONE

rule r "R"
  cite "1"
  EFFECTIVE
  when CONDITION
  then requires license from A
EXTRA
"""


def decide(
    condition: str,
    given: str,
    *,
    on: str = "2025-01-01",
    effective: str = "",
    zone: str = "",
    extra: str = "",
) -> Decision:
    law = (
        VOCABULARY.replace("CONDITION", condition)
        .replace("EFFECTIVE", effective)
        .replace("ZONE", zone)
        .replace("EXTRA", extra)
    )
    case = f'\ncase "c"\n  assume closed\n  given {given}\n  expect us nothing\n'
    made = compile_sources([("m", law + case)])
    assert [d.message for d in made.found if d.severity == "error"] == []
    (case_,), found = cases_of(made)
    assert found == ()
    decided = decide_case(made.program, case_, on=parse_day(on), known=date(2026, 1, 1))
    return decided.decisions[0]


SUM = "sum(c.value for c in parts(item) where c.origin = CN) / item.value >= 20%"
NESTED = (
    "{{ item: {{ value: 100 EUR, components: [{{ origin: {outer}, value: 15 EUR, "
    "components: [{{ origin: CN, value: 10 EUR }}] }}] }} }}"
)


@pytest.mark.parametrize(
    ("outer", "expected"),
    [
        ("CN", ("nothing", "nothing")),
        ("DE", ("nothing", "nothing")),
        ("unknown", ("nothing", "nothing")),
    ],
)
def test_what_is_counted_is_counted_whole(outer: str, expected: tuple[str, str]) -> None:
    assert decide(SUM, NESTED.format(outer=outer)).requires == expected


def test_a_part_inside_an_uncounted_whole_counts() -> None:
    made = decide(SUM.replace("20%", "10%"), NESTED.format(outer="DE"))
    assert made.requires == ("license", "license")


@pytest.mark.parametrize(
    ("condition", "of", "value"),
    [
        ("knows(destination = CN, at: actual)", "destination", "CN"),
        ("knows(item.node <= 14 nm, at: actual)", "item.node", "7 nm"),
        ("knows(any of end_use in {military}, at: actual)", "military", "x"),
    ],
)
def test_a_belief_is_read_by_the_type_of_its_fact(condition: str, of: str, value: str) -> None:
    given = '{{ awareness: [{{ of: "{}", level: {}, value: "{}" }}] }}'
    assert decide(condition, given.format(of, "actual", value)).requires[0] == "license"
    assert decide(condition, given.format(of, "reason_to_know", value)).requires == (
        "nothing",
        "nothing",
    )


def test_an_instant_is_read_in_the_zone_of_the_instrument() -> None:
    # 13:00 in Shanghai is midnight in New York.
    window = "effective from 2025-01-01T13:00"
    for on, expected in (
        ("2025-01-01T12:59+08:00", "nothing"),
        ("2025-01-01T13:00+08:00", "license"),
        ("2025-01-01T00:00-05:00", "license"),
    ):
        made = decide(
            "destination = CN",
            "{ destination: CN }",
            on=on,
            effective=window,
            zone='zone "Asia/Shanghai"',
        )
        assert made.requires == (expected, expected), on


@pytest.mark.parametrize(
    ("for_", "expected"),
    [('{"US:3B001.a"}', "license"), ('{"US:9A610"}', "nothing")],
)
def test_technology_is_caught_by_what_it_is_for(for_: str, expected: str) -> None:
    given = f'{{ item: {{ technology: [{{ code: {{"US:3E001"}}, for: {for_} }}] }} }}'
    made = decide("any t in item.technology has t.code in US[3E001 for 3B]", given)
    assert made.requires == (expected, expected)


def test_disagreement_on_a_code_is_said_and_the_stricter_taken() -> None:
    extra = '\nrule c "C"\n  cite "2"\n  then classifies item as "US:3A090.a"\n'
    made = decide("item.code in US[3A090]", '{ item: { code: {"US:EAR99"} } }', extra=extra)
    assert made.requires == ("license", "license")
    assert any("US:EAR99" in w and "US:3A090.a" in w for w in made.warnings)


def test_a_clock_time_has_no_place_in_a_condition() -> None:
    law = VOCABULARY.replace("CONDITION", "date >= 2025-01-01T13:00").replace("EFFECTIVE", "")
    found = compile_sources([("m", law.replace("ZONE", "").replace("EXTRA", ""))]).found
    assert [d.name for d in found if d.severity == "error"] == ["malformed-date"]


def test_an_amount_is_shown_in_its_own_currency() -> None:
    made = decide("item.value > 20 USD", "{ item: { value: 100 EUR } }")
    assert made.requires == ("nothing", "license")
    assert dict(made.rules[0].values)["item.value"] == "100 EUR"


def test_an_empty_record_says_nothing_of_it() -> None:
    assert decide("item.value > 20 EUR", "{ item: {} }").requires == ("nothing", "license")


def test_law_that_nobody_verified_is_read_as_of_its_newest_issue() -> None:
    law = VOCABULARY.replace("CONDITION", "destination = CN").replace("EFFECTIVE", "")
    law = law.replace("ZONE", "").replace("EXTRA", "").replace("  verified 2026-01-01\n", "")
    case = (
        '\ncase "c"\n  on 2025-01-01\n  given { destination: CN }\n  expect us requires license\n'
    )
    made = compile_sources([("m", law + case)])
    (case_,), _ = cases_of(made)
    decision = decide_case(made.program, case_).decisions[0]
    assert decision.known == date(2020, 1, 1)
    assert decision.requires == ("license", "license")
