"""Families of many members: those beyond the limit may fire, and are never dropped."""

from __future__ import annotations

from longarm.cases import cases_of
from longarm.deciding import decide_case
from longarm.pipeline import compile_sources

LAW = """
record Item
  name       : text
  components : [Item]
record Transaction
  item : Item
instrument act "An act"
  regime   cn
  issued   2025-01-01
  verified 2026-01-01
rule pairs "Two parts of the same name"
  cite "1"
  for each a in parts(item), b in parts(item), c in parts(item)
  when a.name = "x" and b.name = "x" and c.name = "x"
  then requires license from AUTHORITY
"""


def bounds(parts: int) -> tuple[int, int]:
    """The requirement of an item with some parts, none of them called x."""
    named = ", ".join(f'{{ name: "p{n}", components: [] }}' for n in range(parts))
    case = f'case "c"\n  on 2025-06-01\n  given {{ item: {{ components: [{named}] }} }}\n'
    compiled = compile_sources([("cn.case", f"{LAW}{case}  expect cn nothing\n")])
    [given] = cases_of(compiled)[0]
    [decision] = decide_case(compiled.program, given).decisions
    assert bool(decision.errors) == (decision.outcome.requires_high > 0)
    return decision.outcome.requires_low, decision.outcome.requires_high


def test_members_beyond_the_limit_leave_the_outcome_open() -> None:
    assert bounds(4) == (0, 0)
    assert bounds(18) == (0, 2)
