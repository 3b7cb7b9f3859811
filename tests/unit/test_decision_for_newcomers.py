"""What a reader who does not know the packs must not overlook in a decision."""

from __future__ import annotations

import pytest

from longarm.cases import read_cases
from longarm.cli.paint import paint
from longarm.deciding import Decided, decide_case
from longarm.pipeline import compile_paths, compile_sources
from longarm.render.decision_text import Days, decision_page
from longarm.render.need_text import asked_once, nearest_first
from longarm.render.words import in_short
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.world import Options

PARTY = """
case: cameras
on: 2026-01-15
known: 2026-01-15
assume: closed
given:
  action: export
  departure: US
  destination: CN
  actor: { located_in: US, organized_in: US }
  end_user: { %s, located_in: CN }
  item: { code: US:EAR99, origin: US, made_in: US, value: 100 USD }
"""
"""A named end user: one whom the carried part of the Entity List does not hold, or states."""

AFTER = PARTY.replace("on: 2026-01-15", "on: 9999-01-15")
MONEY = (
    (PARTY % "name: N")
    .replace("100 USD", "100 EUR")
    .replace("EAR99", "3A001.a.1")
    .replace(": CN", ": TW")
)

TWO_LINES = """record Transaction
  destination : country
  waived : flag

instrument ban "Announcement No. 1"
  regime cn
  authority MOFCOM
  issued 2025-01-01
  verified 2025-01-01

rule exports "Exports"
  cite "1"
  when destination = NL
  then requires license from MOFCOM

rule shipments "Shipments"
  cite "2"
  when destination = NL
  then requires license from MOFCOM

rule waiver "A waiver"
  cite "3"
  when waived
  then defeats exports,
               shipments
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_paths().program


def decided(program: Program, text: str, regime: str) -> Decided:
    (case,), _ = read_cases(text.encode(), "case.yaml", program)
    return decide_case(program, case, regimes=(regime,))


def page(program: Program, one: Decided) -> str:
    made = decision_page(program, one, Days("the case", "the case"), width=100)
    return " ".join(paint(made, color=False, width=100).split())


def test_a_name_that_a_partial_list_lacks_is_an_assumption(program: Program) -> None:
    one = decided(program, PARTY % "name: Somebody Ltd", "us")
    told = [a for a in one.decisions[0].assumed if "us.entity_list" in a]
    assert told == [
        "end_user on us.entity_list = no (its name is not in the part of the list carried)"
    ]
    assert (
        "end_user is taken as not on the Entity List (us.entity_list): "
        "its name is not in the part of the list carried"
    ) in page(program, one)


def test_listings_that_the_case_states_are_no_assumption(program: Program) -> None:
    one = decided(program, PARTY % "name: Somebody Ltd, lists: []", "us")
    assert not [a for a in one.decisions[0].assumed if a.startswith("end_user on ")]


def test_mistakes_are_told_before_the_answer(program: Program) -> None:
    one = decided(program, PARTY % "name: Somebody Ltd, lists: [], exporter: no", "us")
    text = page(program, one)
    before, _, after = text.partition("requirement ")
    assert "1 mistake, told under `errors`: what depends on it is unknown" in before
    assert "there is no fact `exporter` of a Party" in after


def test_an_open_case_is_told_how_to_close(program: Program) -> None:
    text = page(program, decided(program, PARTY.replace("assume: closed", "") % "name: N", "us"))
    assert "say `assume: closed` in the case (--assume-closed)" in text
    closed = page(program, decided(program, PARTY % "name: N", "us"))
    assert "--assume-closed" not in closed


def test_among_questions_that_settle_nothing_lists_come_before_what_hangs_on_them(
    program: Program,
) -> None:
    text = PARTY.replace("assume: closed", "") % "name: N"
    (decision,) = decided(program, text, "us").decisions
    settling = {
        n.question for n in decision.needs if any(a.outcome != decision.outcome for a in n.answers)
    }
    asked = [n.question for n in nearest_first(decision)]
    rest = asked[len(settling) :]
    assert set(asked[: len(settling)]) == settling
    inner = [n for n, q in enumerate(rest) if "(" in q]
    lists = [n for n, q in enumerate(rest) if q.endswith(" on us.entity_list")]
    assert lists
    assert inner
    assert max(lists) < min(inner)


def test_a_paragraph_that_no_text_names_is_called_another(program: Program) -> None:
    text = PARTY.replace("US:EAR99", "US:4A090") % "name: N, lists: []"
    (need,) = [n for n in decided(program, text, "us").decisions[0].needs if "code" in n.question]
    assert {a.answer for a in need.answers} >= {"4A090.a", "another paragraph of 4A090"}


def test_what_only_might_apply_is_told_state_by_state(program: Program) -> None:
    case = "on: 2025-12-15\nknown: 2026-01-15\nassume: closed\ngiven: { action: export }\n"
    one = decided(program, case, "cn")
    text = page(program, one)
    block = text.partition("not in force")[2].partition("find out")[0]
    silent = [s for s in one.decisions[0].silent if "Announcement No. 70" in text]
    assert len(silent) > 5
    assert block.count("suspended by Announcement No. 70 of 2025") == 1
    assert all(s.title in block for s in silent)


def test_a_verdict_in_short_is_never_a_clearance(program: Program) -> None:
    one = decided(program, PARTY % "name: N, lists: []", "us")
    assert in_short(one.decisions) == "United States: no requirement found · not a clearance"
    listed = decided(program, PARTY % "name: N, lists: [us.entity_list]", "us")
    assert in_short(listed.decisions) == "United States: license required (BIS)"


def test_a_subject_of_two_parts_is_told_from_two_subjects(program: Program) -> None:
    text = PARTY.replace("US:EAR99", "US:3B001.d") % "name: N"
    assert ": (item, NS), (item, RS)" in page(program, decided(program, text, "us"))


def test_what_is_defeated_is_told_on_one_line() -> None:
    law = compile_sources([("ban", TWO_LINES)]).program
    case = "on: 2025-02-01\nknown: 2025-02-01\ngiven: { destination: NL }\n"
    text = page(law, decided(law, case, "cn"))
    assert "defeats exports, shipments" in text
    assert "U+000A" not in text


def test_a_text_that_is_printed_and_not_enforced_is_shown(program: Program) -> None:
    case = (
        "on: 2025-06-01\nknown: 2026-11-21\nassume: closed\ngiven: { action: export, departure: US,"
        " destination: DE, item: { code: US:3A090.a, kind: commodity, origin: US } }\n"
    )
    one = decided(program, case, "us").decisions[0]
    printed = {s.id: s.state for s in one.silent}
    assert printed["us.ear_742.worldwide"] == "unenforced"
    assert not any(r.id.startswith("us.ear_742.worldwide") for r in one.rules)
    (read,), _ = read_cases(case.encode(), "case.yaml", program)
    applied = Options(with_=frozenset({"us.fr_90fr4544"}))
    other = decide_case(program, read, regimes=("us",), options=applied).decisions[0]
    assert any(r.id == "us.ear_742.worldwide[item]" for r in other.rules)
    assert "us.ear_742.worldwide" not in {s.id for s in other.silent}


def test_a_missing_rate_is_a_question_and_no_mistake(program: Program) -> None:
    text = page(program, decided(program, MONEY, "us"))
    assert "mistake" not in text
    assert "one side in EUR, the other in USD; give `rates: {EUR: … USD}`: item.value <=" in text


def test_a_day_after_the_last_review_is_told(program: Program) -> None:
    after = page(program, decided(program, AFTER % "name: N", "us"))
    assert f"law verified to {program.verified}: what came or ended after that day" in after
    assert "law verified to" not in page(program, decided(program, PARTY % "name: N", "us"))


def test_one_question_of_a_party_in_two_roles_stands_once(program: Program) -> None:
    party = "name: Example Ltd, located_in: CN }\n  importer: { name: Example Ltd"
    one = decided(program, PARTY.replace("assume: closed", "") % party, "us")
    (decision,) = one.decisions
    told = [words for words, _ in asked_once(nearest_first(decision), lambda need: need.prompt)]
    on_list = [words for words in told if words.startswith("is Example Ltd on the Entity List")]
    assert len(on_list) == len(set(on_list))
    assert all("end_user" in words or "importer" in words for words in on_list)


def test_an_open_case_is_told_first_how_to_close(program: Program) -> None:
    text = page(program, decided(program, PARTY.replace("assume: closed", "") % "name: N", "us"))
    assert text.index("--assume-closed") < text.index("requirement ")
    assert "more like these" in text
