"""Worked examples of ownership, from the sources: OFAC FAQs 399 and 401, the affiliates rule."""

from __future__ import annotations

from datetime import date

import pytest

from longarm.cases import CaseInput, cases_of
from longarm.deciding import decide_case, parse_day
from longarm.pipeline import Compiled, compile_paths
from longarm_dsl.core.formula import Truth
from longarm_dsl.evaluate.decision import Decision


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_paths()


def decided(compiled: Compiled, title: str, on: str) -> Decision:
    cases, _ = cases_of(compiled)
    (case,) = [c for c in cases if c.title.startswith(title)]
    assert owners_in_full(case)
    made = decide_case(
        compiled.program, case, on=parse_day(on), known=date.fromisoformat(on), regimes=["us"]
    )
    return made.decisions[0]


def owners_in_full(case: CaseInput) -> bool:
    """Nothing is left to closing: every party's owners are in the case."""
    return "owners" in str(case.transaction.record)


def blocked(decision: Decision, party: str) -> Truth:
    return dict(decision.statuses).get(f"us.blocked({party})", Truth.NO)


ON = "2025-10-15"


def test_o1_shares_are_not_multiplied(compiled: Compiled) -> None:
    made = decided(compiled, "O1:", ON)
    assert blocked(made, "end_user") is Truth.YES
    assert blocked(made, "purchaser") is Truth.YES


def test_o2_two_owned_entities_with_a_quarter_each(compiled: Compiled) -> None:
    assert blocked(decided(compiled, "O2:", ON), "end_user") is Truth.YES


def test_o6_stakes_under_different_programs_add_up(compiled: Compiled) -> None:
    assert blocked(decided(compiled, "O6:", ON), "end_user") is Truth.YES


def test_a1_a_fifth_and_three_tenths_are_half(compiled: Compiled) -> None:
    made = decided(compiled, "A1:", ON)
    assert made.requires == ("license", "license")
    assert made.review == ("denial_presumed", "denial_presumed")
    standing = [r.id for r in made.rules if r.stands is Truth.YES]
    assert any(r.startswith("us.fr_90fr47201.affiliates[") for r in standing)


def test_a2_control_without_half_is_a_red_flag_only(compiled: Compiled) -> None:
    made = decided(compiled, "A2:", ON)
    assert made.requires == ("nothing", "nothing")
    assert ("red_flag_29", Truth.YES) in {(f.flag, f.stands) for f in made.flags}


def test_a8_during_the_stay_only_the_named(compiled: Compiled) -> None:
    made = decided(compiled, "A8:", "2025-12-01")
    assert made.requires == ("nothing", "nothing")
    (silent,) = [s for s in made.silent if s.id == "us.fr_90fr47201.affiliates"]
    assert silent.by.startswith("us.fr_90fr50857")
    # The same facts while the rule was in force need a license.
    assert decided(compiled, "A8:", ON).requires == ("license", "license")
