"""Mutants of a law, which cases can notice them, and which do."""

from __future__ import annotations

from functools import lru_cache

from longarm.cases import cases_of
from longarm.expecting import failures
from longarm.killing import Killing, killing
from longarm.loading import Compiled
from longarm.mutants import Kind, Mutant, mutants_of, mutated
from longarm.mutation import Fate, Mutation, decided, mutate
from longarm.pipeline import compile_sources
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import has_errors

LAW = """enum Use = civil, military, research, space

record Item
  code       : codes
  origin     : country
  size       : um
  share      : percent
  components : [Item]

record Party
  located_in : country
  military   : flag

record Transaction
  date        : date
  destination : country
  actor       : Party
  end_user    : Party
  end_use     : {Use}
  item        : Item
  declared    : flag
  donated     : flag

instrument act "The act"
  regime   cn
  issued   2025-01-01
  binds    actor.located_in != CN
  verified 2026-06-01

param floor : percent = 0.1%
  cite "1"

codes listed = CN[1C901; 1C902 except .b]
  cite "1"

reading passed_on : {once, always}
  cite "5"
  open "the text does not say"

let fine(i : Item) = i.size < 50 um and i.origin = CN
let content(i : Item) = sum(c.share for c in i.components where c.origin = CN)

status watched(i : Item)

rule powder "Powder"
  cite "1"
  when fine(item) and (destination = US or destination in {FR, DE})
  then requires license from MOFCOM

rule made_of "What is made of it"
  cite "1"
  effective from 2025-03-01 until 2026-01-01
  when content(item) >= floor and item.code in listed
  then requires license from MOFCOM

rule relief "Declared"
  cite "2"
  when declared
  then defeats powder, made_of
  then requires report to MOFCOM

rule pieces "Every piece"
  cite "3"
  for each c in item.components
  when c.origin = CN and c.size < 50 um
  then establishes watched(c)

rule flagged "A watched piece"
  cite "3"
  when any c in item.components has watched(c)
  then flags watched_piece

rule strict "Strictly reviewed"
  cite "4"
  when end_user.military or any of end_use in {military, space}
  then reviews denial of powder

rule carried_on "Carried on"
  cite "5"
  when passed_on = always and destination = FR and item.origin = CN
  then prohibits

instrument later "A later act"
  regime   cn
  issued   2025-06-01
  verified 2026-06-01

suspends act.powder from 2025-08-01 until 2025-09-01

amends act.made_of
  from 2025-07-01
  when content(item) > floor and item.code in listed
"""

CASES = """
case "powder to the United States"
  on 2025-05-05
  assume closed
  given { destination: US, actor: { located_in: FR }, item: { origin: CN, size: 49 um } }
  expect cn requires license, because powder, not because relief, not because strict

case "too coarse"
  on 2025-05-05
  assume closed
  given as "powder to the United States" with { item.size: 50 um }
  expect cn nothing

case "declared"
  on 2025-05-05
  assume closed
  given as "powder to the United States" with { declared: yes }
  expect cn requires report, not because powder

case "for soldiers"
  on 2025-05-05
  assume closed
  given as "powder to the United States" with { end_use: {military} }
  expect cn reviews denial, because strict

case "a tenth of a percent"
  on 2025-05-05
  assume closed
  given { destination: FR, actor: { located_in: FR },
          item: { code: {"CN:1C902.a"}, origin: FR, size: 60 um,
                  components: [{ origin: CN, share: 0.1%, size: 70 um }] } }
  expect cn requires license, because made_of

case "a tenth of a percent, after the amendment"
  on 2025-07-01
  assume closed
  given as "a tenth of a percent"
  expect cn nothing

case "on the last day"
  on 2025-12-31
  assume closed
  given as "a tenth of a percent" with { item.components: [{ origin: CN, share: 0.2%, size: 40 um }] }
  expect cn because made_of, flag watched_piece

case "paused"
  on 2025-08-01
  assume closed
  given as "powder to the United States"
  expect cn nothing

case "open"
  on 2025-05-05
  given { destination: FR, actor: { located_in: FR }, item: { size: 49 um } }
  expect cn requires nothing to prohibited, open because powder, needs item.origin
"""


@lru_cache(maxsize=1)
def law() -> Compiled:
    compiled = compile_sources([("cn.act", LAW + CASES)])
    assert not has_errors(compiled.found), [
        f"{d.message} {d.primary.span.where}" for d in compiled.found
    ]
    return compiled


def program() -> Program:
    return law().program


@lru_cache(maxsize=1)
def mutants() -> tuple[Mutant, ...]:
    return mutants_of(program(), ["cn.act.pol"])


@lru_cache(maxsize=1)
def report() -> Mutation:
    return mutate(program(), mutants(), cases_of(law())[0])


def said(kind: Kind) -> list[tuple[str, str, str]]:
    return [(m.home.rpartition(".")[2], m.before, m.after) for m in mutants() if m.kind is kind]


def test_the_cases_pass_as_the_law_is() -> None:
    for case in cases_of(law())[0]:
        assert failures(decided(program(), case, "cn"), case.expectations) == (), case.title


def test_the_screen_loses_no_kill() -> None:
    """Against every case decided anew for every mutant."""
    cases = cases_of(law())[0]
    for tried in report().tried:
        other = mutated(program(), tried.mutant)
        killers = [c.title for c in cases if failures(decided(other, c, "cn"), c.expectations)]
        assert (tried.fate is Fate.KILLED) == bool(killers), (tried.mutant, killers)
        if tried.killer is not None:
            assert tried.killer.title in killers


def test_what_is_changed_and_how_it_reads() -> None:
    assert ("floor", "0.1%", "0.2%") in said(Kind.THRESHOLD)
    assert ("floor", "0.1%", "0.0%") in said(Kind.THRESHOLD)
    assert ("fine", "i.size < 50 um", "i.size < 49 um") in said(Kind.THRESHOLD)
    assert ("fine", "i.size < 50 um", "i.size <= 50 um") in said(Kind.COMPARISON)
    assert ("fine", "and i.origin = CN", "") in said(Kind.DROPPED)
    assert ("act", "binds actor.located_in != CN", "") in said(Kind.DROPPED)
    assert ("made_of", "2025-03-01", "2025-03-02") in said(Kind.DATE)
    assert ("made_of", "2026-01-01", "2025-12-31") in said(Kind.DATE)
    assert ("relief", "defeats powder, made_of", "") in said(Kind.DEFEAT)
    assert ("relief", "defeats powder, made_of", "the same without made_of") in said(Kind.DEFEAT)
    assert ("strict", "{military, space}", "the same without space") in said(Kind.SET)
    assert ("strict", "{military, space}", "the same with civil") in said(Kind.SET)


def fate(home: str, before: str, after: str) -> tuple[Fate, str | None]:
    (found,) = [
        t
        for t in report().tried
        if (t.mutant.home.rpartition(".")[2], t.mutant.before, t.mutant.after)
        == (home, before, after)
    ]
    return found.fate, None if found.killer is None else found.killer.title


def test_a_bound_that_is_tested_at_both_sides_is_held_fast() -> None:
    assert fate("fine", "i.size < 50 um", "i.size <= 50 um") == (Fate.KILLED, "too coarse")
    assert fate("fine", "i.size < 50 um", "i.size < 49 um")[0] is Fate.KILLED
    assert fate("pieces", "c.size < 50 um", "c.size <= 50 um")[0] is Fate.SURVIVED


def test_nobody_notices_what_no_case_turns_on() -> None:
    assert fate("act", "binds actor.located_in != CN", "") == (Fate.UNNOTICED, None)
    assert fate("made_of", "2025-03-01", "2025-03-02") == (Fate.UNNOTICED, None)
    assert fate("made_of", "2026-01-01", "2025-12-31") == (Fate.KILLED, "on the last day")


def hint(home: str, before: str, after: str) -> Killing:
    (mutant,) = [
        m
        for m in mutants()
        if (m.home.rpartition(".")[2], m.before, m.after) == (home, before, after)
    ]
    found = killing(program(), mutant, report().held)
    assert found is not None
    return found


def kills(found: Killing, mutant: Mutant) -> bool:
    """Whether a case that was written out passes as the law is, and fails under a mutant."""
    compiled = compile_sources([("cn.act", LAW + CASES + "\n" + found.text)])
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    (case,) = [c for c in cases_of(compiled)[0] if c.title == found.title]
    program = compiled.program
    assert failures(decided(program, case, "cn"), case.expectations) == ()
    return bool(failures(decided(mutated(program, mutant), case, "cn"), case.expectations))


def test_the_case_that_would_kill_does() -> None:
    written = 0
    for tried in report().tried:
        if tried.fate is Fate.KILLED:
            continue
        found = killing(program(), tried.mutant, report().held)
        if found is not None:
            written += 1
            assert kills(found, tried.mutant), found.text
    assert written >= 12


def test_the_nearest_case_is_varied_by_one_fact() -> None:
    found = hint("act", "binds actor.located_in != CN", "")
    assert (found.path, found.value) == ("actor.located_in", "CN")
    assert found.expects[0] == "nothing"
    found = hint("made_of", "2025-03-01", "2025-03-02")
    assert (found.on, found.path) == ("2025-03-01", "")


def test_a_case_of_many_days_kills_by_each_of_them() -> None:
    table = """
case "day by day"
  assume closed
  given { destination: FR, actor: { located_in: FR },
          item: { code: {"CN:1C902.a"}, origin: FR, size: 60 um,
                  components: [{ origin: CN, share: 0.2%, size: 70 um }] } }
  expect on 2025-02-28 cn nothing
  expect on 2025-03-01 cn because made_of
"""
    compiled = compile_sources([("cn.act", LAW + table)])
    assert not has_errors(compiled.found)
    found = mutants_of(compiled.program, ["cn.act.pol"])
    dates = [m for m in found if m.home == "cn.act.made_of" and m.before == "2025-03-01"]
    told = mutate(compiled.program, dates, cases_of(compiled)[0])
    assert [t.fate for t in told.tried] == [Fate.KILLED, Fate.KILLED]
