"""A vocabulary without the records that the built-ins speak of leaves open what they ask."""

from __future__ import annotations

from datetime import date

import pytest

from longarm.cases import cases_of
from longarm.deciding import decide_case
from longarm.pipeline import compile_sources
from longarm_dsl.diagnostics import has_errors

HEAD = """
instrument act "An act"
  regime   cn
  issued   2025-01-01
  verified 2026-01-01
list act.bad "Bad parties" (party : Party) partial
adds to act.bad { party: "Wolf Forging" }
rule r "A rule"
  cite "1"
"""
DO = """
  then requires license from AUTHORITY
  then obliges keep_papers within 3 days of shipment
case "a case"
  on 2025-06-01
"""
PARTY = "record Party\n  name : text\nrecord Transaction\n  buyer : Party\n"
BARE = {
    "parties without owners": (
        PARTY,
        "owned(buyer, by: act.bad, at_least: 50%)",
        'given { buyer: { name: "Lamb" } }',
    ),
    "owners that are parties": (
        PARTY.replace("name : text", "owners : [Party]"),
        "owned(buyer, by: act.bad, at_least: 50%)",
        "given { buyer: { owners: [unknown] } }",
    ),
    "stakes without owners": (
        "record Stake\n  much : flag\n" + PARTY.replace("name : text", "owners : [Stake]"),
        "owned(buyer, by: act.bad, at_least: 50%)",
        "given { buyer: { owners: [{ much: yes }] } }",
    ),
    "items without components": (
        "record Item\n  heavy : flag\nrecord Party\n  name : text\nrecord Transaction\n  item : Item\n",
        "any i in parts(item) has i.heavy",
        "given { item: { heavy: no } }",
    ),
    "licenses that are parties": (
        f"{PARTY}  gift : flag\n  licenses : [Party]\n  notices : [Party]\n  item : Party\n",
        "gift",
        'given { gift: unknown, licenses: [{ name: "x" }], notices: [...], item: { name: "y" } }',
    ),
    "awareness that is a flag": (
        "enum Level = unaware < actual\n" + PARTY + "  gift : flag\n  awareness : flag\n",
        "knows(gift, at: actual)",
        "given { gift: yes, awareness: yes }",
    ),
}


@pytest.mark.parametrize(("vocabulary", "when", "given"), BARE.values(), ids=BARE.keys())
def test_what_cannot_be_asked_is_open(vocabulary: str, when: str, given: str) -> None:
    text = f"{vocabulary}{HEAD}  when {when}{DO}  {given}\n  expect cn nothing\n"
    compiled = compile_sources([("cn.case", text)])
    assert not has_errors(compiled.found)
    [case] = cases_of(compiled)[0]
    for closed in (False, True):
        decided = decide_case(compiled.program, case, today=date(2026, 1, 1), closed=closed)
        [decision] = decided.decisions
        assert (decision.outcome.requires_low, decision.outcome.requires_high) == (0, 2)
