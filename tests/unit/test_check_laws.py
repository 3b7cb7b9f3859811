"""Checks against plain enumeration: circles of defeats, contradictory bounds, one-sidedness."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from longarm.pipeline import compile_sources

HEAD = """record Item
  size : number
  open : flag presumed no
record Transaction
  item        : Item
  destination : country

instrument a "A"
  regime cn
  issued 2025-01-01
"""
RULES = 5


def names_found(text: str) -> list[str]:
    found = compile_sources([("cn.case", HEAD + text)]).found
    assert not {d.name for d in found} & {"syntax-error", "unknown-name", "type-mismatch"}
    return [d.name for d in found]


def has_circle(edges: set[tuple[int, int]]) -> bool:
    """Whether some rule is reached from itself, by closing the relation."""
    reach = set(edges)
    for middle, first, last in product(range(RULES), repeat=3):
        if (first, middle) in reach and (middle, last) in reach:
            reach.add((first, last))
    return any((n, n) in reach for n in range(RULES))


pairs = st.tuples(st.integers(0, RULES - 1), st.integers(0, RULES - 1)).filter(
    lambda pair: pair[0] != pair[1]
)


@given(st.sets(pairs, max_size=7))
@settings(max_examples=40, deadline=None)
def test_a_circle_of_defeats_is_found_exactly_where_there_is_one(
    edges: set[tuple[int, int]],
) -> None:
    text = ""
    for rule in range(RULES):
        targets = [f"r{other}" for one, other in sorted(edges) if one == rule]
        effect = f"defeats {', '.join(targets)}" if targets else "flags seen"
        text += f'rule r{rule} "R"\n  cite "1"\n  then {effect}\n'
    assert ("cyclic-defeat" in names_found(text)) == has_circle(edges)


HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
bounds = st.tuples(st.sampled_from(sorted(HOLDS)), st.integers(2, 5))


@given(st.lists(bounds, min_size=2, max_size=4), st.booleans())
@settings(max_examples=60, deadline=None)
def test_bounds_contradict_exactly_where_no_number_meets_them(
    parts: list[tuple[str, int]], disjunction: bool
) -> None:
    # Halves stand for every number between two bounds, and one at each end for all beyond.
    grid = [n / 2 for n in range(2, 14)]
    joint = " or " if disjunction else " and "
    condition = joint.join(f"item.size {op} {n}" for op, n in parts)
    rule = f'rule r "R"\n  cite "1"\n  when {condition}\n  then requires license from MOFCOM\n'
    found = names_found(rule)
    answers = [[HOLDS[op](x, n) for op, n in parts] for x in grid]
    if disjunction:
        # An equality adds a point only; the bounds alone are what is looked at.
        wide = [[HOLDS[op](x, n) for op, n in parts if op != "="] for x in grid]
        certain = all(any(row) for row in wide)
        assert not certain or all(any(row) for row in answers)
        assert "never-true" not in found
        assert ("always-true" in found) == certain
    else:
        assert "always-true" not in found
        assert ("never-true" in found) == (not any(all(row) for row in answers))


LAYERS = 4


@given(st.lists(st.booleans(), min_size=LAYERS, max_size=LAYERS), st.booleans())
@settings(max_examples=32, deadline=None)
def test_a_presumption_is_one_sided_where_both_values_say_so(
    used: list[bool], negated: bool
) -> None:
    """A requirement, what defeats it, what defeats that: each perhaps on the presumed fact."""
    fact = "not item.open" if negated else "item.open"
    text = ""
    for layer in range(LAYERS):
        effect = f"defeats r{layer - 1}" if layer else "requires license from MOFCOM"
        condition = f"item.size > {layer + 2}" + (f" and {fact}" if used[layer] else "")
        text += f'rule r{layer} "R"\n  cite "1"\n  when {condition}\n  then {effect}\n'

    def stands(layer: int, sizes: tuple[bool, ...], *, is_open: bool) -> bool:
        fires = sizes[layer] and (not used[layer] or is_open is not negated)
        beaten = layer + 1 < LAYERS and stands(layer + 1, sizes, is_open=is_open)
        return fires and not beaten

    tightens = any(
        stands(0, sizes, is_open=True) and not stands(0, sizes, is_open=False)
        for sizes in product((False, True), repeat=LAYERS)
    )
    told = "presumption-not-one-sided" in names_found(text)
    # What tightens is always told; a use at every other layer alone is never told.
    assert told or not tightens
    one_way = {layer % 2 for layer in range(LAYERS) if used[layer]}
    if one_way == ({0} if negated else {1}):
        assert not told
