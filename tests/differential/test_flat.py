"""The flat functions say of plain dictionaries what the reference says of the same facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from differential.comparing import Asked, Reference, Told
from differential.flat_laws import FlatWriter, Plain, plain_case
from differential.running import seeded
from differential.situations import compiled_law, sound
from differential.test_differential import SEED, TIMES
from differential.trees import Node, shrunk
from longarm.backends.flat import flat
from longarm.backends.in_process import compiled_functions
from longarm.compiled.flat import FlatPolicy, FlatVerdict
from longarm.compiled.raw import fact
from longarm.compiled.views import Switch
from longarm_dsl.core import facts
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import RecordType
from longarm_dsl.evaluate.decide import Day

ON = date(2025, 6, 1)


@dataclass
class Tally:
    laws: int = 0
    cases: int = 0
    complete: int = 0
    switched: int = 0
    wrong: list[str] = field(default_factory=list[str])


def reference(program: Program, given: Mapping[str, Plain]) -> Told:
    record = fact(program, RecordType("Transaction"), given)
    assert isinstance(record, facts.Record)
    asked = Asked(program, facts.Transaction(record), "cn", Day(ON), ON)
    return Reference().told(asked)[0]


def differs(expected: Told, got: FlatVerdict) -> list[str]:
    found: list[str] = []
    if got.outcome != expected.outcome:
        found.append(f"outcome: {got.outcome}, not {expected.outcome}")
    for name, ids, truth in (("rules", got.rules, Truth.YES), ("maybe", got.maybe, Truth.UNKNOWN)):
        wanted = {id_ for id_, t in expected.stands.items() if t is truth}
        if {*ids} != wanted:
            found.append(f"{name}: {sorted(ids)}, not {sorted(wanted)}")
    return found


def said(
    program: Program, policy: FlatPolicy, given: Mapping[str, Plain], tally: Tally
) -> list[str]:
    """Where the flat functions say something else; what they hand back counts as nothing."""
    expected = reference(program, given)
    found: list[str] = []
    for name, decide in (("decide", policy.decide), ("decide_open", policy.decide_open)):
        try:
            got = decide(given)
        except Switch:
            tally.switched += 1
            continue
        found += [f"{name}, {d}" for d in differs(expected, got)]
    tally.cases += 1
    tally.complete += all(t is not Truth.UNKNOWN for t in expected.stands.values())
    return found


def flat_policy(law: Node) -> tuple[Program, FlatPolicy] | None:
    program, found = compiled_law(law)
    if not sound(found) or "cn" not in program.regimes:
        return None
    made = flat(compiled_functions(program), "cn", Day(ON), ON)
    return None if made is None else (program, made)


def small(law: Node, given: Mapping[str, Plain]) -> str:
    """The smallest law that shows a disagreement on a case."""

    def still(candidate: Node) -> bool:
        made = flat_policy(candidate)
        return made is not None and bool(said(*made, given, Tally()))

    least = shrunk(law, still)
    made = flat_policy(least)
    assert made is not None
    return f"{least.text}\n{given}\n{said(*made, given, Tally())}"


def tally_of(laws: int, cases: int = 8) -> Tally:
    tally = Tally()
    for number in range(laws):
        rng = seeded(f"flat {SEED} {number}")
        law = FlatWriter(rng).law()
        made = flat_policy(law)
        if made is None:
            continue
        tally.laws += 1
        for _ in range(cases):
            given = plain_case(rng)
            if said(*made, given, tally):
                tally.wrong.append(small(law, given))
                return tally
    return tally


def test_flat_functions_say_what_the_reference_says() -> None:
    tally = tally_of(30 * TIMES)
    assert tally.wrong == []
    assert tally.laws > 8 * TIMES
    assert tally.complete > tally.cases / 4
    assert tally.switched < tally.cases
