"""Flat epochs: the straight-line functions say what the rule network says."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from longarm.backends.flat import flat
from longarm.backends.in_process import compiled_functions
from longarm.compiled.flat import FlatPolicy, FlatVerdict
from longarm.compiled.functions import Functions, Verdict
from longarm.compiled.raw import fact
from longarm.pipeline import compile_sources
from longarm_dsl.core import facts
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.types import RecordType
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.world import Options, World

ON = date(2025, 6, 1)
HEAD = """
instrument act "Act"
  regime ref
  issued 2025-01-01
  verified 2026-01-01
  provisions "1"
enum Use = civil, military, wmd
record Part
  value  : number >= 0
  origin : country
  code   : text
  marked : flag
record Item
  value  : number > 0
  size   : number >= 0
  code   : text
record Transaction
  item        : Item
  destination : country
  use         : Use
  sold        : flag
  parts       : [Part]
  item_value  : number
countries far = {RU, BY, "UA-43"}
param share : percent = 10%
  cite "1"
let content = sum(p.value for p in parts where p.origin in far and p.code in {"A", "B"})
let marked = any p in parts has p.marked and p.origin = CN
let all_marked = all p in parts has p.marked
status bound(i : Item)
status quiet(i : Item)
"""
RULES = """
rule scope "Scope"
  cite "1"
  when content / item.value >= share
  then establishes bound(item)
rule scope_by_size "Scope by size"
  cite "1"
  when item.size > 2 * item_value
  then establishes bound(item)
rule origin "Place"
  cite "1"
  when destination in far
  then establishes bound(item)
rule still "Quiet"
  cite "1"
  when not sold and use != wmd
  then establishes quiet(item)
rule ordinary "Ordinary"
  cite "1"
  when bound(item)
  then requires license from X
rule military "Military"
  cite "1"
  when bound(item) and use = military
  then requires license from X
  then reviews denial_presumed
rule lighter "Lighter"
  cite "1"
  when item.code = "A"
  then reviews approval_presumed of ordinary
rule report "Report"
  cite "1"
  when marked
  then requires report to X
rule ban "Ban"
  cite "1"
  when use = wmd and all_marked
  then prohibits
rule hush "Hush"
  cite "1"
  when quiet(item) and item.code = "Z"
  then defeats ordinary
rule relief "Relief"
  cite "1"
  when item.code in {"B", "C"} and sold
  then defeats ordinary, ban
rule relief_lost "Relief lost"
  cite "1"
  when use = military
  then defeats relief
"""
PLACES = ["CN", "RU", "BY", "DE", "UA", "UA-43", "US"]


def made(text: str) -> tuple[Functions, FlatPolicy]:
    """The functions of a policy in both forms."""
    compiled = compile_sources([("ref", text)])
    assert [d.message for d in compiled.found if d.severity == "error"] == []
    functions = compiled_functions(compiled.program)
    policy = flat(functions, "ref", Day(ON), ON)
    assert policy is not None
    return functions, policy


def network(functions: Functions, given: Mapping[str, Any]) -> Verdict:
    """What the rule network says of plain values."""
    program = functions.program
    record = fact(program, RecordType("Transaction"), given)
    assert isinstance(record, facts.Record)
    transaction = facts.Transaction(record)
    return functions.verdict(World(program, "ref", ON, ON, Options(), transaction))


def told(verdict: FlatVerdict) -> tuple[object, set[str], set[str]]:
    """What a flat verdict says."""
    return verdict.outcome, set(verdict.rules), set(verdict.maybe)


def said(verdict: Verdict) -> tuple[object, set[str], set[str]]:
    """The same of the network's."""
    stands = verdict.stands.items()
    certain = {k for k, t in stands if t is Truth.YES}
    return verdict.outcome, certain, {k for k, t in stands if t is Truth.UNKNOWN}


def transactions(count: int, *, missing: float) -> list[dict[str, Any]]:
    """Random transactions, often on a threshold, each fact missing at some rate."""
    draw = random.Random(7)  # noqa: S311  test data
    found: list[dict[str, Any]] = []
    for _ in range(count):
        parts = [
            {
                "value": draw.choice([0, 1, 5, 10, 100]),
                "origin": draw.choice(PLACES[:4]),
                "code": draw.choice(["A", "B", "C", "Z"]),
                "marked": draw.random() < 0.5,
            }
            for _ in range(draw.randint(0, 3))
        ]
        item = {
            "value": draw.choice([1, 10, 50, 100, 1000]),
            "size": draw.choice([0, 1, 2, 4, 8]),
            "code": draw.choice(["A", "B", "C", "Z"]),
        }
        whole: dict[str, Any] = {
            "item": {k: v for k, v in item.items() if draw.random() >= missing},
            "destination": draw.choice(PLACES),
            "use": draw.choice(["civil", "military", "wmd"]),
            "sold": draw.random() < 0.5,
            "parts": parts,
            "item_value": draw.choice([-1, 0, 1, 2, 4]),
        }
        kept = {k: v for k, v in whole.items() if k == "parts" or draw.random() >= missing}
        found.append(kept)
    return found


def test_complete_cases_agree_with_the_network() -> None:
    """Outcome and rules, on thresholds too."""
    functions, policy = made(HEAD + RULES)
    for given in transactions(400, missing=0):
        assert told(policy.decide(given)) == said(network(functions, given)), given


def test_open_cases_agree_with_the_network() -> None:
    """Strong Kleene bounds, rules that stand and rules that may."""
    functions, policy = made(HEAD + RULES)
    for given in transactions(400, missing=0.3):
        assert told(policy.decide(given)) == said(network(functions, given)), given


def test_what_a_rule_looked_at_is_told() -> None:
    """Facts by their path, and both sides of a comparison."""
    _, policy = made(HEAD + RULES)
    given = transactions(1, missing=0)[0] | {"destination": "RU", "sold": True, "use": "military"}
    explained = policy.explain(given)
    rules = {rule.id.rsplit(".", 1)[-1]: read for rule, read in explained.rules}
    assert rules["origin"] == {"destination": "RU"}
    assert rules["military"] == {"use": "military"}
    assert {rule.cite for rule, _ in explained.rules} == {"1"}


def test_names_of_a_vocabulary_cannot_collide_or_become_code() -> None:
    """Fields that spell alike, and words of Python, are only keys of dictionaries."""
    text = """
instrument act "Act"
  regime ref
  issued 2025-01-01
  provisions "1"
record In
  b_c : flag
  c   : flag
record Transaction
  a     : In
  a_b   : In
  class : flag
  s     : flag
  t     : flag
rule def "Title \\"\\"\\" import os"
  cite "1"
  when a.b_c and a_b.c and (a.b_c or class) and (a_b.c or s)
  then prohibits
rule return "Second"
  cite "1"
  when a.b_c and not a_b.c and t and class and s
  then requires license from X
"""
    functions, policy = made(text)
    for bits in range(32):
        given = {
            "a": {"b_c": bool(bits & 1)},
            "a_b": {"c": bool(bits & 2)},
            "class": bool(bits & 4),
            "s": bool(bits & 8),
            "t": bool(bits & 16),
        }
        assert told(policy.decide(given)) == said(network(functions, given)), given


def test_many_rules_of_one_word_are_reached_through_it() -> None:
    """And say what the network says, with the word known and open."""
    rules = "".join(
        f'rule r{n} "R{n}"\n  cite "1"\n  when item.code = "K{n}" and destination in far\n'
        "  then requires license from X\n  then reviews case_by_case\n"
        for n in range(40)
    )
    functions, policy = made(HEAD + rules)
    assert "_RULES[" in policy.text
    cases: tuple[dict[str, Any], ...] = (
        {"item": {"code": "K7"}, "destination": "RU", "parts": []},
        {"item": {"code": "K7"}, "destination": "DE", "parts": []},
        {"item": {"code": "other"}, "destination": "RU", "parts": []},
        {"item": {"code": "K39"}, "parts": []},
        {"destination": "BY", "parts": []},
    )
    for given in cases:
        assert told(policy.decide(given)) == said(network(functions, given)), given
        assert told(policy.decide_open(given)) == said(network(functions, given)), given


def test_a_regime_with_a_family_is_not_flat() -> None:
    """It keeps its network: nothing is decided by halves."""
    compiled = compile_sources(
        [
            (
                "ref",
                HEAD
                + 'rule f "F"\n  cite "1"\n  for each p in parts\n  when p.marked\n  then prohibits\n',
            )
        ]
    )
    assert flat(compiled_functions(compiled.program), "ref", Day(ON), ON) is None


WORDY = """
instrument first "First"
  regime ref
  issued 2025-01-01
  provisions "1"
record Transaction
  title : text
  sold  : flag
param names : {text} = {"x", "y"}
  cite "1"
""" + "".join(
    f'rule q{n} "Q"\n  cite "1"\n  when title = "t{n}" and sold\n  then requires report to A\n'
    for n in range(30)
)


def test_a_rule_in_doubt_behind_a_word_is_not_certain() -> None:
    """Only the main line knows of doubt, so the rule stays there."""
    functions, policy = made(
        WORDY
        + 'rule r "R"\n  cite "1"\n  when title = "x"\n  then prohibits\n'
        + 'instrument second "Second"\n  regime ref\n  issued 2025-02-01\n'
        + 'uncertain ref.first.r from 2025-03-01\n  because "?"\n'
    )
    given = {"title": "x", "sold": True}
    assert told(policy.decide(given)) == said(network(functions, given))
    assert policy.decide(given).outcome.requires_low == 0


def test_a_text_that_an_amendment_names_leads_to_its_rule() -> None:
    """The constants of the day count, not only those first written."""
    functions, policy = made(
        WORDY
        + 'rule z "Z"\n  cite "1"\n  when title in names and sold\n  then prohibits\n'
        + 'instrument second "Second"\n  regime ref\n  issued 2025-02-01\n'
        + 'amends ref.first.names from 2025-03-01 = {"x", "z"}\n'
    )
    for title in ("x", "y", "z"):
        given = {"title": title, "sold": True}
        assert told(policy.decide(given)) == said(network(functions, given)), title
