"""Laws of code sets, against plain sets of the finest codes of a small universe.

The universe is every code of a few heads with two levels of paragraphs; a set means
the finest codes in it, found here by comparing texts, not by the code under test.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from longarm_dsl.core.codes import (
    Code,
    CodeSet,
    difference,
    falls,
    intersection,
    parse_codes,
    representatives,
    union,
)
from longarm_dsl.core.formula import Truth

HEADS = ("3A001", "3A601", "3B001", "4A001", "9A515", "9A610")
LETTERS, NUMBERS = ("a", "b", "y", "w"), ("1", "2", "7")
FINEST = tuple(".".join(parts) for parts in product(HEADS, LETTERS, NUMBERS))
NAMED = (
    "3A001",
    "3A601",
    "3B001",
    "9A515",
    "3A001.a",
    "3A001.b",
    "3A601.y",
    "3A001.a.1",
    "3B001.b.2",
)
STATED = (*HEADS, *(f"{h}.{x}" for h in HEADS for x in LETTERS), *FINEST)

Meaning = tuple[CodeSet, frozenset[str]]


def under(text: str) -> frozenset[str]:
    return frozenset(f for f in FINEST if f == text or f.startswith(f"{text}."))


FAMILIES: dict[str, Callable[[str], bool]] = {
    "600": lambda f: f[2] == "6",
    "600 .y": lambda f: f[2] == "6" and f.split(".")[1] == "y",
    "9x515": lambda f: f.startswith("9A515"),
    "any A of category 3 to 4": lambda f: f[:2] in {"3A", "4A"},
    "any A, B of category 3": lambda f: f[0] == "3",
}


def read(body: str) -> CodeSet:
    codes, mistakes = parse_codes("US", body)
    assert mistakes == []
    return codes


@st.composite
def groups(draw: st.DrawFn) -> Meaning:
    if draw(st.booleans()):
        text = draw(st.sampled_from(NAMED))
        below = [n for n in NAMED if n.startswith(f"{text}.")]
        codes = under(text)
    else:
        text = draw(st.sampled_from(sorted(FAMILIES)))
        codes = frozenset(f for f in FINEST if FAMILIES[text](f))
        below = [n for n in NAMED if under(n) & codes]
    taken = draw(st.lists(st.sampled_from(below), max_size=2, unique=True)) if below else []
    body = f"{text} except {', '.join(taken)}" if taken else text
    return read(body), codes.difference(*(under(t) for t in taken))


def joined(pairs: st.SearchStrategy[Meaning]) -> st.SearchStrategy[Meaning]:
    two = st.tuples(pairs, pairs)
    return st.one_of(
        two.map(lambda p: (union(p[0][0], p[1][0]), p[0][1] | p[1][1])),
        two.map(lambda p: (difference(p[0][0], p[1][0]), p[0][1] - p[1][1])),
        two.map(lambda p: (intersection(p[0][0], p[1][0]), p[0][1] & p[1][1])),
    )


code_sets = st.recursive(groups(), joined, max_leaves=4)


@given(code_sets)
def test_fine_codes_fall_as_in_plain_sets(meaning: Meaning) -> None:
    codes, plain = meaning
    for text in FINEST:
        assert falls(Code("US", text), codes) is Truth.of(text in plain)


@given(code_sets)
def test_a_coarse_code_is_decided_only_if_all_below_agree(meaning: Meaning) -> None:
    codes, plain = meaning
    for text in STATED:
        truth = falls(Code("US", text), codes)
        if truth is not Truth.UNKNOWN:
            assert {f in plain for f in under(text)} == {truth is Truth.YES}


@given(groups())
def test_a_coarse_code_is_open_only_if_a_pattern_lies_below(meaning: Meaning) -> None:
    codes, plain = meaning
    for text in STATED:
        if len({f in plain for f in under(text)}) == 2:
            assert falls(Code("US", text), codes) is Truth.UNKNOWN


@given(groups(), groups(), groups())
def test_algebra_of_sets(a: Meaning, b: Meaning, c: Meaning) -> None:
    one, two, three = a[0], b[0], c[0]
    equal = [
        (union(one, two), union(two, one)),
        (union(one, union(two, three)), union(union(one, two), three)),
        (union(one, one), one),
        (difference(one, union(two, three)), difference(difference(one, two), three)),
        (
            intersection(one, union(two, three)),
            union(intersection(one, two), intersection(one, three)),
        ),
    ]
    for text in STATED:
        for left, right in equal:
            assert falls(Code("US", text), left) is falls(Code("US", text), right)


@given(st.lists(code_sets, min_size=1, max_size=3))
def test_representatives_show_every_pattern_of_answers(found: list[Meaning]) -> None:
    sets = [codes for codes, _ in found]
    shown = representatives(sets)
    answers = {tuple(falls(c, s) for s in sets) for c in shown}
    assert all(truth is not Truth.UNKNOWN for answer in answers for truth in answer)
    for text in FINEST:
        assert tuple(Truth.of(text in plain) for _, plain in found) in answers
    assert len(shown) == len(answers)
    assert any(all(t is Truth.NO for t in answer) for answer in answers)


def test_for_narrows_a_member() -> None:
    narrowed = read("3A001 for 3B; 3A601 for 3B001.a")
    for text, served in product(FINEST, FINEST):
        inside = (text.startswith("3A001.") and served.startswith("3B")) or (
            text.startswith("3A601.") and served.startswith("3B001.a.")
        )
        assert falls(Code("US", text), narrowed, [Code("US", served)]) is Truth.of(inside)
