"""The plan: what is written out, what is shared, what is left to the reference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from longarm.pipeline import compile_paths, compile_sources
from longarm.plan.ast import (
    All,
    Ask,
    Condition,
    Loop,
    Order,
    Plan,
    Relation,
    Shared,
    Status,
    Under,
)
from longarm.plan.ast import (
    Test as TableTest,
)
from longarm.plan.from_core import plan
from longarm.plan.invariants import violations
from longarm_dsl.core.program import Program

HEAD = """
instrument act "Act"
  regime cn
  issued 2025-01-01
  verified 2026-01-01
  provisions "1"
record Component
  value : number >= 0
  origin : country
record Item
  value : number > 0
  code : codes
  node : nm > 0
  components : [Component]
record Transaction
  item : Item
  destination : country
  sold : flag
countries far = {RU, BY}
param share : percent = 10%
  cite "1"
let abroad(c : country) = c != CN
let content = sum(p.value for p in item.components where p.origin = CN) / item.value
status subject(i : Item)
"""


def program_of(*rules: str) -> Program:
    """A program with some rules, none of it with mistakes."""
    text = HEAD + "".join(
        f'rule r{n} "Rule"\n  cite "1"\n  {rule}\n' for n, rule in enumerate(rules)
    )
    compiled = compile_sources([("cn", text)])
    assert [d.message for d in compiled.found if d.severity == "error"] == []
    return compiled.program


def gate(made: Plan, number: int) -> Condition:
    """The condition of a rule without a family."""
    return next(r.gate for r in made.rules if r.rule.endswith(f".r{number}"))


LICENSE = "then requires license from X"


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("destination in far", TableTest),
        ("abroad(destination)", Shared),
        ("item.node <= 14 nm", Order),
        ("content >= share", Relation),
        ("item.code in CN[1C905]", Under),
        ("any p in item.components has p.origin in far", Loop),
        ("subject(item)", Status),
        ("destination is not_known", Ask),
    ],
)
def test_each_kind_of_condition_has_a_form_of_its_own(condition: str, kind: type) -> None:
    """Only what has no other form is asked of the reference."""
    program = program_of(
        f"when {condition}\n  {LICENSE}", "when sold then establishes subject(item)"
    )
    made = plan(program, "cn")
    assert isinstance(gate(made, 0), kind)
    assert violations(program, made) == ()


def test_a_definition_of_one_fact_is_shared_between_rules() -> None:
    """Worked out once for a case, however many rules use it."""
    rule = f"when abroad(destination) and sold\n  {LICENSE}"
    made = plan(program_of(rule, rule, rule), "cn")
    assert [s.key for s in made.shared] == ["let cn.act.abroad(destination)"]
    assert {gate(made, n) for n in range(3)} == {gate(made, 0)}


def test_a_quotient_is_multiplied_out_where_its_divisor_is_declared_positive() -> None:
    """`a / b >= t` becomes `a >= t * b`, with the reference at hand for what is open."""
    made = plan(program_of(f"when content >= share\n  {LICENSE}"), "cn")
    relation = gate(made, 0)
    assert isinstance(relation, Relation)
    assert made.sites[relation.site].kind == "ask"


def test_a_rule_of_a_family_keeps_apart_what_its_members_do_not_change() -> None:
    """The gate is asked once, whatever the size of the family."""
    program = program_of(
        f"for each p in item.components\n  when sold and p.origin = CN\n  {LICENSE}"
    )
    made = plan(program, "cn").rules[0]
    assert made.family == ("p",)
    assert not isinstance(made.gate, All)
    assert isinstance(made.condition, TableTest)


def test_an_invariant_names_what_it_finds_broken() -> None:
    """A site of another kind, and a key that nobody shares."""
    program = program_of(f"when destination in far\n  {LICENSE}")
    made = plan(program, "cn")
    wrong = replace(made, sites=tuple(replace(s, kind="ask") for s in made.sites))
    assert violations(program, wrong) == ("cn.act.r0: site 0 is a ask, and used as a table",)
    lost = replace(made, rules=(replace(made.rules[0], gate=Shared("let nothing")),))
    assert violations(program, lost) == ("cn.act.r0: nobody shares let nothing",)


def test_the_plans_of_the_shipped_packs_hold() -> None:
    """Every rule has a plan, in every version."""
    shipped = compile_paths().program
    for regime in shipped.regimes:
        made = plan(shipped, regime)
        assert violations(shipped, made) == ()
        assert {r.rule for r in made.rules} == {
            r.id for r in shipped.rules.values() if r.regime == regime
        }
