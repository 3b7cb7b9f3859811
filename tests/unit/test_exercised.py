"""How well cases exercise rules: which stand, which are missed, and how nearly."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from longarm.cases import cases_of
from longarm.evaluators import Evaluator, find_idle
from longarm.exercised import RegimeUse, RuleUse, exercised, rules_in
from longarm.expecting import run_case, run_cases
from longarm.pipeline import compile_sources
from longarm.side_by_side import FEW, spread, usable_jobs
from longarm_dsl.core.formula import Truth
from longarm_dsl.diagnostics import has_errors
from longarm_dsl.evaluate.decision import rule_of

LAW = """record Item
  origin     : country
  size       : um
  components : [Item]
record Party
  military : flag
record Transaction
  destination : country
  end_user    : Party
  item        : Item
  declared    : flag

let fine(i : Item) = i.size < 50 um and i.origin = CN

instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01

rule powder "Powder"
  cite "1"
  when fine(item) and destination = US
  then requires license from MOFCOM

rule relief "Declared"
  cite "2"
  when declared
  then defeats powder

rule pieces "Every piece"
  cite "3"
  for each c in item.components
  when c.origin = CN and c.size < 50 um
  then flags piece

rule strict "Strictly reviewed"
  cite "4"
  when end_user.military
  then reviews denial of powder

reading passed_on : {once, always}
  cite "5"
  open "the text does not say"

let carried = passed_on = always and destination = FR

rule carried_on "Carried on"
  cite "5"
  when carried and item.origin = CN
  then requires report to MOFCOM

instrument later "A later act"
  regime   cn
  issued   2025-01-01
  effective from 2026-01-01
  verified 2025-06-01

rule arms "Arms"
  cite "1"
  when end_user.military
  then prohibits
"""

FULL = "destination: US, declared: no, item: { size: 49 um, origin: CN }"


def used(*given: str, on: str = "2025-03-01", expect: str = "nothing") -> RegimeUse:
    """What cases of some facts do with the rules."""
    cases = "".join(
        f'case "{n}"\n  on {on}\n  assume closed\n  given {{ {facts} }}\n  expect cn {expect}\n'
        for n, facts in enumerate(given)
    )
    compiled = compile_sources([("cn.act", LAW + cases)])
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    program = compiled.program
    uses: list[tuple[RegimeUse, ...]] = []
    for evaluator in Evaluator:
        idle = find_idle(compiled, evaluator)
        runs = [run_case(program, case, find_idle=idle) for case in cases_of(compiled)[0]]
        uses.append(exercised(program, runs, rules_in(program, ["cn.act.pol"], ())))
    compiled_use, reference_use = uses
    assert compiled_use == reference_use
    (use,) = compiled_use
    return use


def of(use: RegimeUse, rule: str) -> tuple[Truth, bool, bool]:
    (found,) = [u for u in use.uses if u.rule.name == rule]
    return found.stood, found.missed, found.narrowly


def names(uses: tuple[RuleUse, ...]) -> list[str]:
    return [u.rule.name for u in uses]


def test_a_rule_stands_and_is_missed_by_one_condition_and_by_two() -> None:
    assert of(used(FULL), "powder") == (Truth.YES, False, False)
    one = FULL.replace("US", "FR")
    assert of(used(one), "powder") == (Truth.NO, True, True)
    assert of(used(one.replace("49", "51")), "powder") == (Truth.NO, True, False)
    assert of(used(FULL, one), "powder") == (Truth.YES, True, True)


def test_the_conditions_of_a_definition_count_one_by_one() -> None:
    """Two parts of `fine` fail: it is one word of the rule, and not one condition."""
    away = FULL.replace("49", "51").replace("origin: CN", "origin: FR")
    assert of(used(away), "powder") == (Truth.NO, True, False)
    assert of(used(FULL.replace("49", "51")), "powder") == (Truth.NO, True, True)


def test_what_is_open_is_neither_missed_nor_near() -> None:
    size = FULL.replace("size: 49 um, ", "")
    assert of(used(size), "powder") == (Truth.UNKNOWN, False, False)
    assert of(used(size.replace("US", "FR")), "powder") == (Truth.NO, True, False)


def test_a_defeat_is_a_narrow_miss() -> None:
    use = used(FULL.replace("declared: no", "declared: yes"))
    assert of(use, "powder") == (Truth.NO, True, True)
    assert of(use, "relief") == (Truth.YES, False, False)


def test_what_the_effect_needs_is_a_condition() -> None:
    """Declared, and nothing to be relieved of; military, and no license to be refused."""
    elsewhere = "destination: FR, declared: yes, end_user: { military: yes }, item: { size: 51 um }"
    use = used(elsewhere)
    assert of(use, "relief") == (Truth.NO, True, True)
    assert of(use, "strict") == (Truth.NO, True, True)
    neither = used(elsewhere.replace("yes", "no"))
    assert of(neither, "relief") == (Truth.NO, True, False)


def test_a_family_is_missed_narrowly_by_one_of_its_members() -> None:
    near = "item: { components: [{ origin: US, size: 60 um }, { origin: CN, size: 60 um }] }"
    assert of(used(near), "pieces") == (Truth.NO, True, True)
    assert of(used(near.replace("CN", "US")), "pieces") == (Truth.NO, True, False)
    assert of(used("item: { components: [] }"), "pieces") == (Truth.NO, True, False)
    stands = near.replace("origin: CN, size: 60", "origin: CN, size: 40")
    assert of(used(stands), "pieces") == (Truth.YES, False, False)


def test_a_rule_stands_and_is_near_under_one_answer_to_its_reading() -> None:
    """No case can settle what the law leaves open."""
    there = "destination: FR, item: { origin: CN }"
    assert of(used(there), "carried_on") == (Truth.YES, False, False)
    assert of(used(there.replace("CN", "US")), "carried_on") == (Truth.NO, True, True)
    assert of(used("destination: FR"), "carried_on") == (Truth.UNKNOWN, False, False)
    away = there.replace("CN", "US").replace("FR", "DE")
    assert of(used(away), "carried_on") == (Truth.NO, True, False)


def test_a_rule_that_is_not_in_force_is_not_missed() -> None:
    use = used(FULL)
    assert of(use, "arms") == (Truth.NO, False, False)
    assert names(use.never_missed) == ["powder", "arms"]
    (arms,) = [u for u in use.uses if u.rule.name == "arms"]
    assert not arms.in_force
    later = used(FULL, on="2026-03-01")
    assert of(later, "arms") == (Truth.NO, True, True)


def test_the_counts_and_lists_say_the_same() -> None:
    use = used(FULL, FULL.replace("49", "51"))
    assert [u.rule.name for u in use.uses] == [
        *("carried_on", "pieces", "powder", "relief", "strict", "arms")
    ]
    assert use.counts == (6, 1, 5, 4)
    assert names(use.never_stood) == ["carried_on", "pieces", "relief", "strict", "arms"]
    assert names(use.never_missed) == ["arms"]
    assert names(use.never_narrowly) == ["pieces"]


def test_a_regime_that_no_case_asks_is_left_out() -> None:
    compiled = compile_sources([("cn.act", LAW)])
    rules = rules_in(compiled.program, ["cn.act.pol"], ())
    assert len(rules) == 6
    assert exercised(compiled.program, [], rules) == ()
    assert rules_in(compiled.program, ["cn.act.pol"], ["us"]) == []
    assert rules_in(compiled.program, ["other.pol"], ()) == []


def test_a_member_is_of_its_rule() -> None:
    assert rule_of("cn.act.powder") == "cn.act.powder"
    assert rule_of("cn.act.powder~2") == "cn.act.powder"
    assert rule_of("cn.act.pieces[item.components[0]]~2") == "cn.act.pieces"
    assert rule_of("cn.act.pieces[a ~3 b]") == "cn.act.pieces"


def test_several_processes_say_what_one_says() -> None:
    facts = (FULL, FULL.replace("US", "FR"), FULL.replace("49", "51"), "declared: yes")
    cases = "".join(
        f'case "{n}"\n  on 2025-03-01\n  given {{ {facts[n % 4]} }}\n  expect cn not because relief\n'
        for n in range(FEW + 1)
    )
    compiled = compile_sources([("cn.act", LAW + cases)])
    read, _ = cases_of(compiled)
    idle = find_idle(compiled)
    told: list[int] = []
    alone = run_cases(compiled.program, read, find_idle=idle)
    shared = run_cases(compiled.program, read, find_idle=idle, jobs=3, done=told.append)
    assert shared == alone
    assert told == list(range(1, FEW + 2))
    assert [bool(run.failures) for run in shared[:4]] == [False, False, False, True]


def test_what_fails_in_another_process_fails_here() -> None:
    def work(number: int) -> int:
        if number == FEW:
            raise ValueError(number)
        return number * 2

    assert spread(work, FEW, jobs=2) == [work(n) for n in range(FEW)]
    with pytest.raises(ValueError, match=str(FEW)):
        spread(work, FEW + 1, jobs=2)
    assert spread(work, FEW, jobs=2) == spread(work, FEW, jobs=1)


def _unheard(frame: FrameType, event: str, arg: object) -> None:
    """A trace that notes nothing."""


def test_work_that_is_measured_stays_in_this_process() -> None:
    assert usable_jobs() >= 1
    before = sys.gettrace()
    sys.settrace(_unheard)
    try:
        assert usable_jobs() == 1
    finally:
        sys.settrace(before)
