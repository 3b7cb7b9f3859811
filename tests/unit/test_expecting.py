"""What an expectation asserts of a decision, and what is said where it is not so."""

from __future__ import annotations

import pytest

from longarm.cases import cases_of
from longarm.expecting import CaseRun, run_case
from longarm.pipeline import compile_sources
from longarm.render.cases import render_regimes
from longarm_dsl.diagnostics import has_errors

LAW = """record Party
  located_in : country
record Item
  code  : codes
  value : money >= 0
  weight : kg >= 0
record Transaction
  destination : country
  end_user    : Party
  item        : Item
  military    : flag
  declared    : flag

status wanted(p : Party) "wanted"
status doubtful(p : Party) "doubtful" not modelled "nobody has the register"

instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01

rule exports "Exports"
  cite "1"
  when destination = NL
  then requires license from MOFCOM

rule arms "Arms"
  cite "2"
  when military
  then prohibits

rule relief "Declared"
  cite "3"
  when declared
  then defeats exports

rule lenient "Reviewed"
  cite "4"
  when destination = NL
  then reviews case_by_case

rule search "Search"
  cite "5"
  when destination = NL
  then establishes wanted(end_user)

rule paper "Paper"
  cite "6"
  when destination = NL
  then obliges keep_records to MOFCOM

rule smell "Smell"
  cite "7"
  when military
  then flags odd_route

rule fee "Fee"
  cite "8"
  when destination = NL
  then charges port_fee 100 CNY

rule surcharge "Surcharge"
  cite "9"
  when military
  then charges surcharge 5 CNY

rule penalty "Penalty"
  cite "10"
  when destination = NL
  then exposes fine 0 CNY to 5000 CNY
  then exposes warning

entry "CN:1C906" "Heavy things"
  cite "12"
  when weight >= 5 kg

rule arms_code "Arms"
  cite "13"
  when military
  then classifies item as "CN:1C907"

rule prison "Prison"
  cite "11"
  when military
  then exposes custody
"""

CASE = """
case "a case"
  on 2025-03-01
  given {{ {given} }}
  expect cn {expect}
"""

NL = "destination: NL, military: no, declared: no"
OPEN = "destination: NL, declared: no"
DECLARED = "destination: NL, military: no, declared: yes"
MAYBE = "destination: NL, military: no"
ELSEWHERE = "destination: DE, military: no, declared: no"


def run(given: str, expect: str, law: str = LAW) -> CaseRun:
    compiled = compile_sources([("cn.act", law + CASE.format(given=given, expect=expect))])
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    (case,), found = cases_of(compiled)
    assert not found
    return run_case(compiled.program, case)


def got(given: str, expect: str) -> list[str]:
    return [f.got for f in run(given, expect).failures]


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        (ELSEWHERE, "nothing"),
        (NL, "requires license"),
        (NL, "requires at least report"),
        (NL, "requires at most license"),
        (OPEN, "requires license to prohibited"),
        (OPEN, "requires at least license"),
        (NL, "reviews case_by_case"),
        (NL, "reviews at most denial"),
        (MAYBE, "reviews none to case_by_case"),
        (NL, "because exports"),
        (NL, "not because arms"),
        (DECLARED, "not because exports, because relief"),
        (NL, "status wanted(end_user)"),
        (NL, "status wanted"),
        (ELSEWHERE, "not status wanted"),
        (f'{NL}, item: {{ code: {{"CN:1C905.a"}} }}', 'code "CN:1C905"'),
        (f'{NL}, item: {{ code: {{"CN:1C905"}} }}', 'not code "CN:1C904"'),
        (f'{NL}, item: {{ code: {{"CN:1C905"}} }}', 'open code "CN:1C905.a"'),
        (f"{NL}, item: {{ }}", 'open code "CN:1C905"'),
        (f'{NL}, item: {{ code: {{"CN:none"}} }}', 'open code "CN:1C906"'),
        (f'{OPEN}, item: {{ code: {{"CN:none"}} }}', 'open code "CN:1C907"'),
        (f'{NL}, item: {{ code: {{"CN:none"}} }}', 'not code "CN:1C907"'),
        (NL, "duty keep_records"),
        (OPEN, "requires license to prohibited, flag odd_route, because arms"),
        (NL, "charge port_fee 100 CNY"),
        (NL, "charge port_fee"),
        (OPEN, "charge surcharge 0 CNY to 5 CNY, open charge surcharge"),
        (OPEN, "requires license to prohibited, charge surcharge, exposes custody"),
        (NL, "not charge surcharge, not flag odd_route, not exposes custody"),
        (ELSEWHERE, "not duty keep_records, not exposes fine"),
        (OPEN, "open flag odd_route, open exposes custody, open because arms"),
        (NL, "exposes fine, exposes fine 0 CNY to 5000 CNY, exposes warning"),
        (NL, "open status doubtful(end_user)"),
        (MAYBE, "needs declared"),
    ],
)
def test_what_is_so_does_not_fail(given: str, expect: str) -> None:
    made = run(given, expect)
    assert made.failures == ()
    assert made.expectations == expect.count(",") + 1 - (", item" in expect)


@pytest.mark.parametrize(
    ("given", "expect", "instead"),
    [
        (NL, "nothing", "requires license"),
        (OPEN, "requires license", "requires license to prohibited"),
        (NL, "requires license to prohibited", "requires license"),
        (OPEN, "requires at most license", "requires license to prohibited"),
        (MAYBE, "requires at least license", "requires nothing to license"),
        (NL, "reviews denial", "reviews case_by_case"),
        (MAYBE, "reviews case_by_case", "reviews none to case_by_case"),
        (ELSEWHERE, "because exports", "cn.act.exports does not fire"),
        (MAYBE, "because exports", "whether cn.act.exports stands is open"),
        (DECLARED, "because exports", "cn.act.exports is defeated by cn.act.relief"),
        (NL, "not because exports", "cn.act.exports stands"),
        (OPEN, "not because arms", "whether cn.act.arms stands is open"),
        (ELSEWHERE, "status wanted(end_user)", "cn.act.wanted(end_user) is not established"),
        (NL, "not status wanted(end_user)", "cn.act.wanted(end_user) is established"),
        (NL, "not status doubtful(end_user)", "cn.act.doubtful(end_user) is unknown"),
        (NL, 'code "CN:1C905"', "no code"),
        (f'{NL}, item: {{ code: {{"CN:1C905.b"}} }}', 'not code "CN:1C905"', "code CN:1C905.b"),
        (f'{NL}, item: {{ code: {{"CN:1C905"}} }}', 'code "CN:1C905.a"', "code CN:1C905"),
        (ELSEWHERE, "duty keep_records", "no duty"),
        (OPEN, "flag odd_route", "whether there is the flag odd_route is open"),
        (NL, "not duty keep_records", "duty keep_records"),
        (NL, "open duty keep_records", "duty keep_records"),
        (OPEN, "not flag odd_route", "whether there is the flag odd_route is open"),
        (NL, "open flag odd_route", "no flag odd_route"),
        (NL, "open because exports", "cn.act.exports stands"),
        (NL, "open because arms", "cn.act.arms does not fire"),
        (NL, "open status wanted(end_user)", "cn.act.wanted(end_user) is established"),
        (OPEN, "charge surcharge", "whether there is the charge surcharge is open"),
        (OPEN, "charge surcharge 5 CNY", "charge surcharge 0 CNY to 5 CNY"),
        (NL, "not charge port_fee", "charge port_fee"),
        (NL, "open charge port_fee", "charge port_fee"),
        (NL, "exposes fine 1 CNY to 5000 CNY", "exposes fine 0 CNY to 5000 CNY"),
        (NL, "exposes fine 5000 CNY", "exposes fine 0 CNY to 5000 CNY"),
        (NL, "exposes warning 1 CNY", "exposes warning"),
        (NL, "exposes custody", "exposure to fine, warning"),
        (OPEN, "exposes custody", "whether there is the exposure to custody is open"),
        (NL, "not exposes fine", "exposure to fine"),
        (ELSEWHERE, "exposes fine", "no exposure"),
        (NL, "charge port_fee 99 CNY", "charge port_fee 100 CNY"),
        (ELSEWHERE, "charge port_fee 100 CNY", "no charge port_fee"),
        (NL, "needs declared", "no needs"),
        (MAYBE, "needs destination", "needs declared"),
    ],
)
def test_what_is_not_so_fails_and_says_what_is(given: str, expect: str, instead: str) -> None:
    assert got(given, expect) == [instead]


@pytest.mark.parametrize("kind", ["duty", "flag", "charge", "exposes"])
@pytest.mark.parametrize("way", ["", "not ", "open "])
def test_a_word_that_no_rule_says_is_no_expectation(way: str, kind: str) -> None:
    """Its absence is asserted of nothing, so that a slip would always pass."""
    compiled = compile_sources(
        [("cn.act", LAW + CASE.format(given=NL, expect=f"{way}{kind} keep_recods"))]
    )
    (found,) = [d for d in compiled.found if d.severity == "error"]
    assert found.name == "unknown-name"
    assert found.primary.span.text == "keep_recods"
    assert (found.help == "did you mean `keep_records`?") == (kind == "duty")


def test_an_open_rule_is_reason_enough_only_for_a_range() -> None:
    assert got(OPEN, "because arms") == ["whether cn.act.arms stands is open"]
    assert got(OPEN, "requires license to prohibited, because arms") == []
    assert got(OPEN, "requires license to prohibited, not because arms") == [
        "whether cn.act.arms stands is open"
    ]


def test_a_rule_out_of_force_says_why() -> None:
    law = (
        LAW
        + '\ninstrument stay "Stay"\n  regime cn\n  issued 2025-02-01\n'
        + ("  verified 2025-06-01\n\nsuspends act from 2025-02-15 until 2025-12-31\n")
    )
    compiled = compile_sources(
        [
            ("cn.act", LAW + CASE.format(given=NL, expect="because exports")),
            ("cn.stay", law[len(LAW) :]),
        ]
    )
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    (case,), _ = cases_of(compiled)
    (failure,) = run_case(compiled.program, case).failures
    assert failure.got.startswith("cn.act.exports is not in force: ")
    assert "stay" in failure.got


def test_a_failure_points_at_its_clause() -> None:
    first, second = run(NL, "requires prohibited, because exports, not because lenient").failures
    assert first.span.text == "requires prohibited"
    assert (first.expected, second.expected) == (
        "requires prohibited",
        "not because cn.act.lenient",
    )


def test_without_a_day_of_knowledge_the_newest_review_is_it() -> None:
    made = run(NL, "requires license")
    assert str(made.runs[0].decision.known) == "2025-06-01"
    assert made.runs[0].decision.on == "2025-03-01"


def test_a_regime_that_is_not_asked_is_not_run() -> None:
    compiled = compile_sources([("cn.act", LAW + CASE.format(given=NL, expect="nothing"))])
    (case,), _ = cases_of(compiled)
    assert run_case(compiled.program, case, ["us"]).runs == ()
    assert len(run_case(compiled.program, case, ["cn", "us"]).failures) == 1


def test_regimes_stand_side_by_side_day_by_day() -> None:
    other = (
        'instrument rule "A rule"\n  regime us\n  issued 2025-01-01\n  verified 2025-06-01\n\n'
        'rule reports "Reports"\n  cite "1"\n  when destination = NL\n  then requires report to BIS\n'
    )
    case = CASE.format(given=NL, expect="requires prohibited") + (
        "  expect us requires report\n  expect on 2024-12-31 cn nothing\n"
    )
    compiled = compile_sources([("cn.act", LAW + case), ("us.rule", other)])
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    (read,), _ = cases_of(compiled)
    shown = render_regimes([run_case(compiled.program, read)])
    assert [line.split() for line in shown.splitlines()] == [
        ["cn", "us"],
        ["a", "case"],
        ["on", "2025-03-01", "✗", "license", "report"],
        ["on", "2024-12-31", "nothing"],
        ["cases", "1", "1"],
        ["expectations", "2", "1"],
        ["failed", "1", "0"],
    ]
    assert render_regimes([run(NL, "nothing")]) == ""


def test_a_need_of_any_member_of_a_list_is_named_without_its_number() -> None:
    law = """record Party
  wanted  : flag
  trusted : flag
record Transaction
  parties : [Party]

instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01

rule search "Search"
  cite "1"
  when any p in parties has p.wanted
  then prohibits
"""
    given = "parties: [{ wanted: no }, { trusted: yes }]"
    assert run(given, "needs parties.wanted", law).failures == ()
    (failure,) = run(given, "needs parties.trusted", law).failures
    assert failure.got == "needs parties[1].wanted"
