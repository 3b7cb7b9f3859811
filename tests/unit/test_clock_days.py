"""Days that a clock time cuts, where too much is open to weigh it all."""

from __future__ import annotations

from longarm.cases import cases_of
from longarm.deciding import decide_case
from longarm.pipeline import compile_sources

FLAGS = [f"f{n}" for n in range(13)]
BOUNDS = range(1, 40)


def law() -> str:
    """Thirteen flags and a number with forty answers: more combinations than are tried."""
    facts = "".join(f"  {f} : flag\n" for f in FLAGS)
    rules = "".join(
        f'rule r{f} "A flag"\n  cite "1"\n  when {f} and n >= 1\n  then requires license from A\n'
        for f in FLAGS
    )
    steps = "".join(
        f'rule n{b} "A step"\n  cite "2"\n  when n > {b}\n  then requires report to A\n'
        for b in BOUNDS
    )
    return f"""
record Transaction
{facts}  n : number >= 0
instrument act "An act"
  regime   cn
  issued   2025-01-01
  verified 2026-01-01
rule old "Until 13:01"
  cite "3"
  effective from 2025-01-01 until 2025-06-02T13:01
  when n > 50
  then prohibits
{rules}{steps}
case "c"
  on 2025-06-02
  given {{ n: unknown }}
  expect cn nothing
"""


def test_a_question_whose_answers_are_not_listed_is_asked_all_the_same() -> None:
    compiled = compile_sources([("m", law())])
    [given] = cases_of(compiled)[0]
    [decision] = decide_case(compiled.program, given).decisions
    asked = {need.question: need.answers for need in decision.needs}
    assert {"n", "time", *FLAGS} <= set(asked)
    assert asked["n"] == ()
    assert (decision.outcome.requires_low, decision.outcome.requires_high) == (0, 3)
    assert not decision.minimal
