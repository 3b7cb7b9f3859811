"""Properties: what they mean, how they are drawn, what is told of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings

import longarm
from longarm.cases import cases_of
from longarm.cli import run as cli
from longarm.drawing import plain_record, pol_text, put, record, smaller, word
from longarm.expecting import run_case
from longarm.loading import Compiled
from longarm.pipeline import compile_sources
from longarm.pool import around, pool_of
from longarm.properties import run_property
from longarm.render.properties import cases_of as cases_to_paste
from longarm.render.properties import properties_line, render_property
from longarm.strategies import transactions
from longarm_dsl.core.fact_condition import fact_condition
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.raw_facts import RawRecord
from longarm_dsl.diagnostics import has_errors

LAW = """
instrument order_1 "Order No. 1"
  regime    cn
  authority OFFICE
  issued    2026-01-15
  effective from 2026-02-01
  verified  2026-11-21

record Party
  located_in : country
  military   : flag

record Item
  code       : codes
  origin     : country
  value      : money > 0
  components : [Item]

record Transaction
  destination : country
  end_user    : Party
  item        : Item

let content(i : Item) = sum(c.value for c in parts(i) where c.origin = CN) / i.value

rule content_rule "Chinese content of a tenth"
  cite "art. 1"
  when destination != CN and item.code in CN[1C902] and content(item) >= 10%
  then requires license from OFFICE

rule many "Of three parts or more"
  cite "art. 2"
  when count(c in item.components) >= 3
  then defeats content_rule

rule army "Military users"
  cite "art. 3"
  when end_user.military and item.value >= 4800 EUR
  then prohibits

case "two parts, one of them Chinese"
  on     2026-06-01
  assume closed
  given  { destination: US, item: { code: {"CN:1C902"}, value: 100 EUR,
           components: [{ origin: CN, value: 12 EUR }, { origin: NL, value: 3 EUR }] } }
  expect cn requires license
"""

LAXER = """
property "more Chinese content is never laxer" for all t, u in Transaction
  on     2026-06-01
  assume closed
  where  u = t with { item.components: t.item.components + [c] } and c.origin = CN
  expect outcome(u, cn) at least outcome(t, cn)
"""


def compiled(*properties: str) -> Compiled:
    stated = "use cn.law\n" + "\n".join(properties)
    made = compile_sources([("cn.law", LAW), ("cn.stated", stated)])
    assert not has_errors(made.found), made.found
    return made


# ── what becomes of a property ───────────────────────────────────────────────


def test_a_draw_that_speaks_against_a_property_is_made_small() -> None:
    law = compiled(LAXER)
    run = run_property(law, law.properties[0])
    assert run.status == "failed"
    assert run.failed is not None
    facts = dict(run.failed.facts)
    # Nothing is left in it that the failure does not need: two parts, and a third on top.
    inside = {name: plain_record(raw) for name, raw in facts.items()}
    assert set(inside["t"]) <= {"destination", "item"}
    assert isinstance(inside["t"]["item"], dict)
    assert [len(inside[n]["item"]["components"]) for n in ("t", "u")] == [2, 3]  # type: ignore[index]


def test_what_fails_is_shown_as_cases_that_run() -> None:
    law = compiled(LAXER)
    run = run_property(law, law.properties[0])
    assert run.failed is not None
    text = cases_to_paste(run.stated, run.failed)
    pasted = compile_sources([("cn.law", LAW), ("cn.pasted", f"use cn.law\n{text}")])
    assert not has_errors(pasted.found)
    cases = [c for c in cases_of(pasted)[0] if c.title.startswith("more Chinese")]
    assert [c.title[-1] for c in cases] == ["t", "u"]
    for case in cases:
        assert not run_case(pasted.program, case).failures
    shown = render_property(run)
    assert "does not hold" in shown
    assert all(len(line) <= 96 for line in shown.splitlines())


def test_draws_are_the_same_each_time() -> None:
    one, two = compiled(LAXER), compiled(LAXER)
    assert (
        run_property(one, one.properties[0]).failed == run_property(two, two.properties[0]).failed
    )


def test_open_is_not_held() -> None:
    law = compiled(
        """
property "a user is civil" for all t in Transaction
  on     2026-06-01
  where  t.destination = CN
  expect requirement(t, cn) = nothing
"""
    )
    run = run_property(law, law.properties[0], examples=40)
    assert run.status in {"open", "failed"}
    assert run.open or run.failed is not None


def test_a_property_that_nothing_meets_is_untested() -> None:
    law = compiled(
        """
property "nobody" for all t in Transaction
  where  t.item.origin != t.item.origin
  expect requirement(t, cn) = nothing
"""
    )
    run = run_property(law, law.properties[0], examples=5)
    assert (run.status, run.held, run.open, run.passed) == ("untested", 0, 0, False)
    assert "untested: 0 of 5 draws met `where`" in render_property(run)
    assert properties_line([run]) == (
        "1 property of 5 draws each: 0 held, 0 open, 1 untested, 0 failed\n"
    )


def test_conditions_on_single_facts_are_met_from_the_start() -> None:
    law = compiled(
        """
property "narrow" for all t in Transaction
  on     2026-06-01
  where  t.destination = RU and t.item.value >= 4800 EUR and t.end_user.military
     and t.item.code in CN[1C902]
  expect requirement(t, cn) = prohibited
"""
    )
    run = run_property(law, law.properties[0], examples=20)
    assert (run.status, run.held) == ("held", 20)


def test_leaving_a_fact_open_reaches_into_lists() -> None:
    law = compiled(
        """
property "open never says nothing" for all t, u in Transaction
  on     2026-06-01
  assume closed
  where  u = t with { any: unknown } and requirement(u, cn) = nothing
  expect requirement(t, cn) = nothing

property "open never says license" for all t, u in Transaction
  on     2026-06-01
  assume closed
  where  u = t with { any: unknown } and requirement(t, cn) = license
  expect requirement(u, cn) = license
"""
    )
    silent, loud = (run_property(law, p, examples=40) for p in law.properties)
    assert silent.status == "held"
    assert loud.status in {"open", "untested"}


def test_a_property_without_a_regime_is_held_of_each() -> None:
    law = compiled(
        'property "any" for all t in Transaction on 2026-01-31 expect requirement(t) = nothing'
    )
    assert run_property(law, law.properties[0], examples=5).status == "held"


# ── strategies ───────────────────────────────────────────────────────────────

TRADE_LAW = """
instrument order_1 "Order No. 1: magnets"
  regime     demo
  authority  OFFICE
  issued     2026-01-15
  effective  from 2026-02-01
  source     "made up" grade primary
  verified   2026-11-21

record Item
  form  : Form
  value : money > 0
enum Form = magnet, powder
record Transaction
  destination : country
  item        : Item
  sold        : flag

rule magnets "Magnets of some worth"
  cite "art. 1"
  when item.form = magnet and item.value >= 4800 EUR and destination in {RU, BY}
  then requires license from OFFICE
"""


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> longarm.Packs:
    file = tmp_path_factory.mktemp("law") / "order.pol"
    file.write_text(TRADE_LAW, "utf-8")
    return longarm.load(file, installed=False)


def test_draws_can_be_read_and_speak_of_the_bounds(packs: longarm.Packs) -> None:
    seen: set[str] = set()

    @settings(max_examples=200, derandomize=True, database=None, deadline=None)
    @given(transactions(packs))
    def drawn(facts: dict[str, object]) -> None:
        assert not packs.case({"given": facts}).problems
        item = facts.get("item")
        if isinstance(item, dict):
            seen.add(str(cast("dict[str, object]", item).get("value")))

    drawn()
    assert {"4800 EUR", "4799 EUR", "4801 EUR"} <= seen


def test_draws_meet_a_condition(packs: longarm.Packs) -> None:
    @settings(max_examples=20, derandomize=True, database=None, deadline=None)
    @given(transactions(packs, where="destination = RU"))
    def drawn(facts: dict[str, object]) -> None:
        assert facts["destination"] == "RU"

    drawn()


def written(packs: longarm.Packs, *, unknowns: bool) -> str:
    made: list[str] = []

    @settings(max_examples=100, derandomize=True, database=None, deadline=None)
    @given(transactions(packs, unknowns=unknowns))
    def drawn(facts: dict[str, object]) -> None:
        made.append(json.dumps(facts))

    drawn()
    return "".join(made)


def test_draws_leave_facts_open_only_if_asked(packs: longarm.Packs) -> None:
    assert "unknown" not in written(packs, unknowns=False)
    assert "unknown" in written(packs, unknowns=True)


def test_a_condition_that_cannot_be_read_is_told(packs: longarm.Packs) -> None:
    with pytest.raises(longarm.ChoiceError, match="nothing declares the name `destinaton`"):
        transactions(packs, where="destinaton = CN")
    with pytest.raises(longarm.ChoiceError, match="no regime `dmo`"):
        transactions(packs, regime="dmo")


# ── parts ────────────────────────────────────────────────────────────────────


def test_numbers_around_a_bound() -> None:
    assert around("4800 EUR") == ("4800 EUR", "4799 EUR", "4801 EUR")
    assert around("10%") == ("10%", "9%", "11%")
    assert around("0.1%") == ("0.1%", "0.09%", "0.11%") or around("0.1%")[0] == "0.1%"
    assert around("1.5 nm") == ("1.5 nm", "1.4 nm", "1.6 nm")


def test_a_pool_knows_what_is_compared_with_what() -> None:
    pool = pool_of(compiled().program)
    assert pool.bounds["value"] == ["4800 EUR"]
    assert {"CN", "US"} & set(pool.places)


def test_facts_get_smaller_until_nothing_is_left() -> None:
    raw = put(record([("a", word("yes"))]), ("b", "c"), word("no"))
    assert pol_text(raw) == "{ a: yes, b: { c: no } }"
    steps = 0
    while raw.pairs:
        less = next(s for s in smaller(raw) if isinstance(s, RawRecord))
        assert less != raw
        raw, steps = less, steps + 1
    assert steps <= 3


def test_a_condition_is_read_against_a_compiled_program() -> None:
    program = compiled().program
    made, found = fact_condition("item.value >= 100 EUR and content(item) > 1%", program, "cn")
    assert made is None
    assert found
    made, found = fact_condition(
        "item.value >= 100 EUR and cn.order_1.content(item) > 1%", program, "cn"
    )
    assert made is not None
    assert not found
    assert Truth.YES > Truth.NO


# ── the command ──────────────────────────────────────────────────────────────


def test_the_command_tries_properties(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    law = tmp_path / "order.pol"
    law.write_text(
        TRADE_LAW.partition("record Item")[0]
        + 'use common.trade\n\nrule magnets "Magnets"\n  cite "art. 1"\n'
        "  when item.form = magnet and destination = RU\n  then requires license from OFFICE\n\n"
        'property "a magnet for Russia" for all t in Transaction\n  on 2026-06-01\n'
        "  where t.item.form = magnet and t.destination = RU\n"
        "  expect requirement(t, demo) = license\n\n"
        'property "a magnet is free" for all t in Transaction\n  on 2026-06-01\n'
        "  where t.item.form = magnet and t.destination = RU\n"
        "  expect requirement(t, demo) = nothing\n",
        "utf-8",
    )
    assert cli(["test", str(law), "--properties", "5", "-k", "for Russia"]) == 0
    assert "1 property of 5 draws each: 1 held, 0 open, 0 failed" in capsys.readouterr().out
    assert cli(["test", str(law), "--properties", "5", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [p["status"] for p in told["properties"]] == ["held", "failed"]
    assert told["properties"][1]["cases"].startswith('case "a magnet is free: t"')
    assert told["summary"]["passed"] is False
    assert cli(["test", str(law), "--properties", "0"]) == 1
    assert "properties" not in capsys.readouterr().out
