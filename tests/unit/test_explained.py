"""Explained mutants: reading the table, and telling a reason from one given in vain."""

from __future__ import annotations

from longarm.explained import Change, read_explanations
from longarm.mutants import Mutant, mutants_of
from longarm.pipeline import compile_sources

ACT = """record Transaction
  destination : country
  size        : um

instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2026-06-01

rule powder "Powder"
  cite "1"
  when destination = US and size < 50 um
  then requires license from MOFCOM
"""

TABLE = b"""why,in,before,after,beside
"wide, anyway",cn.act.powder,and  destination = US,,x
one off,cn.act.powder,size < 50 um,size < 49 um
of another,cn.other.rule,and a,
"""


def mutants() -> tuple[Mutant, ...]:
    compiled = compile_sources([("cn.act", ACT)])
    return mutants_of(compiled.program, ["cn.act.pol"])


def test_a_reason_is_found_by_the_change_that_it_explains() -> None:
    found, mistakes = read_explanations(TABLE, "why.csv")
    assert mistakes == ()
    reasons = {m.after or m.before: found.of(m) for m in mutants()}
    assert reasons["and destination = US"] == "wide, anyway"
    assert reasons["size < 49 um"] == "one off"
    assert [why for why in reasons.values() if why is not None] == ["wide, anyway", "one off"]


def test_a_reason_for_what_is_killed_or_no_change_is_told_as_given_in_vain() -> None:
    found, _ = read_explanations(TABLE + b"no such,cn.act.powder,and size,\n", "why.csv")
    every = mutants()
    alive = [m for m in every if found.of(m) == "wide, anyway"]
    killed = [m for m in every if m not in alive]
    # What was not changed in this run, as the rule of another act, is not spoken of.
    assert found.stale(alive, killed) == (
        Change("cn.act.powder", "size < 50 um", "size < 49 um"),
        Change("cn.act.powder", "and size", ""),
    )


def test_what_is_wrong_with_a_table_is_said_with_its_row() -> None:
    def mistake(text: bytes) -> str:
        _, mistakes = read_explanations(text, "why.csv")
        return mistakes[0]

    assert mistake(b"in,before,why\n") == "the first row does not name `after`"
    assert mistake(b"in,before,after,why\na.b,x,,\n") == "row 2 lacks `in`, `before` or `why`"
    twice = b"in,before,after,why\na.b,x,,y\n\na.b, x ,,z\n"
    assert mistake(twice) == "row 4 explains a change of `a.b` again"
    assert "UTF-8" in mistake(b"in,before,after,why\n\xff,x,,y\n")
    assert mistake(b'in,before,after,why\n"a,x,,y\n')


def test_a_reason_for_what_no_law_declares_is_told() -> None:
    compiled = compile_sources([("cn.act", ACT)])
    found, _ = read_explanations(
        b"in,before,after,why\ncn.act.powdr,x,,y\ncn.act.powder,x,,y\n", "w.csv"
    )
    assert found.of_nothing(compiled.program) == ("cn.act.powdr",)


def test_what_cannot_be_read_names_its_line() -> None:
    _, mistakes = read_explanations(b'in,before,after,why\na.b,x,"y,z\n', "why.csv")
    assert mistakes == ("line 2: a quote is opened here and closed nowhere",)
