"""Ownership by examples: chains, circles, caps, bad data."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.ownership import Counted, Finding, Method, Stake, owned

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
HALF = Fraction(1, 2)
X = {"x": YES}


def held(owner: str, party: str, low: int, high: int | None = None) -> Stake:
    """A stake in percent."""
    return Stake(owner, party, Fraction(low, 100), Fraction(low if high is None else high, 100))


def truths(found: dict[str, Finding]) -> dict[str, Truth]:
    return {party: finding.truth for party, finding in found.items()}


def test_a_chain_of_halves_counts_in_full() -> None:
    # OFAC FAQ 401, example 1: X holds 50 % of A, A holds 50 % of B.
    stakes = [held("x", "a", 50), held("a", "b", 50)]
    found = owned(stakes, X, HALF)
    assert truths(found) == {"x": YES, "a": YES, "b": YES}
    assert [(s.party, s.counted) for s in found["b"].chain] == [
        ("b", (Counted("a", HALF, HALF),)),
        ("a", (Counted("x", HALF, HALF),)),
    ]
    assert truths(owned(stakes, X, HALF, method=Method.DIRECT)) == {"x": YES, "a": YES, "b": NO}
    assert truths(owned(stakes, X, HALF, method=Method.PRODUCT)) == {"x": YES, "a": YES, "b": NO}


def test_two_owned_holders_add_up() -> None:
    # OFAC FAQ 401, example 2: X holds 50 % of A and B, each of which holds 25 % of C.
    stakes = [held("x", "a", 50), held("x", "b", 50), held("a", "c", 25), held("b", "c", 25)]
    found = owned(stakes, X, HALF)
    assert found["c"].truth is YES
    assert found["c"].low == HALF
    assert owned(stakes, X, HALF, together=False)["c"].truth is NO


def test_a_minority_passes_nothing_on() -> None:
    stakes = [held("x", "a", 25), held("a", "b", 100)]
    assert truths(owned(stakes, X, HALF)) == {"x": YES, "a": NO, "b": NO}
    assert owned(stakes, X, Fraction(1, 4), method=Method.PRODUCT)["b"].truth is YES


def test_at_least_and_more_than() -> None:
    stakes = [held("x", "a", 50)]
    assert owned(stakes, X, HALF)["a"].truth is YES
    assert owned(stakes, X, HALF, strict=True)["a"].truth is NO
    assert owned([held("x", "a", 51)], X, HALF, strict=True)["a"].truth is YES


def test_parties_that_hold_each_other_are_not_owned_by_that() -> None:
    stakes = [held("a", "b", 60), held("b", "a", 60)]
    for method in Method:
        assert truths(owned(stakes, X, HALF, method=method)) == {"a": NO, "b": NO, "x": YES}


def test_a_circle_with_a_listed_holder_by_product() -> None:
    stakes = [held("x", "a", 40), held("b", "a", 50), held("a", "b", 50)]
    found = owned(stakes, X, HALF, method=Method.PRODUCT)
    # e(a) = 2/5 + e(b)/2, e(b) = e(a)/2
    assert (found["a"].low, found["b"].low) == (Fraction(8, 15), Fraction(4, 15))
    assert (found["a"].truth, found["b"].truth) == (YES, NO)


def test_a_range_over_the_bar_is_unknown() -> None:
    found = owned([held("x", "a", 40, 60)], X, HALF)
    assert found["a"].truth is UNKNOWN
    assert (found["a"].low, found["a"].high) == (Fraction(2, 5), Fraction(3, 5))
    assert [s.party for s in found["a"].chain] == ["a"]


def test_what_others_hold_caps_what_is_possible() -> None:
    stakes = [held("x", "a", 0, 100), held("stranger", "a", 60)]
    for method in Method:
        assert owned(stakes, X, HALF, method=method)["a"].truth is NO
        assert owned(stakes[:1], X, HALF, method=method)["a"].truth is UNKNOWN


def test_an_open_list_of_owners_leaves_what_is_not_named() -> None:
    for method in Method:
        opened = owned([held("s", "a", 40)], X, HALF, method=method, open_owners={"a"})
        assert opened["a"].truth is UNKNOWN
        closed = owned([held("s", "a", 60)], X, HALF, method=method, open_owners={"a"})
        assert closed["a"].truth is NO
        assert owned([], {}, HALF, method=method, open_owners={"a"})["a"].truth is UNKNOWN


def test_stakes_over_the_whole_are_never_not_owned() -> None:
    stakes = [held("s", "a", 60), held("t", "a", 60), held("a", "b", 100)]
    for method in Method:
        found = owned(stakes, X, HALF, method=method)
        assert found["a"].truth is UNKNOWN
        assert found["a"].reason == "the stated stakes add up to more than 100 %"
        assert found["b"].truth is (NO if method is Method.DIRECT else UNKNOWN)
    more = [held("x", "a", 90), held("t", "a", 60)]
    assert owned(more, X, HALF)["a"].truth is UNKNOWN
    assert owned(more, {"x": YES, "a": YES}, HALF)["a"].truth is YES


def test_a_stake_without_possible_size_is_an_error() -> None:
    found = owned([held("s", "a", 30, 20)], X, HALF)
    assert found["a"].truth is UNKNOWN
    assert found["a"].reason == "the stake of `s` has no possible size"


def test_stakes_of_one_owner_add_up() -> None:
    stakes = [held("x", "a", 30), held("x", "a", 20)]
    assert owned(stakes, X, HALF)["a"].truth is YES
    assert owned(stakes, X, HALF, together=False)["a"].truth is YES


def test_an_uncertain_listing_passes_on_doubt() -> None:
    stakes = [held("x", "a", 50), held("a", "b", 50)]
    for method in (Method.CASCADE, Method.PRODUCT):
        found = owned(stakes, {"x": UNKNOWN}, Fraction(1, 4), method=method)
        assert truths(found) == {"x": UNKNOWN, "a": UNKNOWN, "b": UNKNOWN}
    both = owned(stakes, {"x": YES, "a": UNKNOWN}, HALF)
    assert truths(both) == {"x": YES, "a": YES, "b": YES}
    assert [s.party for s in both["b"].chain] == ["b", "a"]


def test_an_excluded_party_neither_inherits_nor_passes_on() -> None:
    stakes = [held("x", "a", 60), held("a", "b", 60)]
    for method in (Method.CASCADE, Method.PRODUCT):
        bar = Fraction(1, 3)
        assert truths(owned(stakes, X, bar, method=method, exclude={"a": YES})) == {
            "x": YES, "a": NO, "b": NO,
        }  # fmt: skip
        assert truths(owned(stakes, X, bar, method=method, exclude={"a": UNKNOWN})) == {
            "x": YES, "a": UNKNOWN, "b": UNKNOWN,
        }  # fmt: skip
        listed = owned(stakes, {"a": YES}, bar, method=method, exclude={"a": YES})
        assert (listed["a"].truth, listed["b"].truth) == (YES, YES)


def test_a_listed_party_is_owned_at_length_zero() -> None:
    for method in Method:
        found = owned([held("s", "x", 10)], X, HALF, method=method)
        assert truths(found) == {"s": NO, "x": YES}
        assert found["x"].chain == ()


@pytest.mark.parametrize("method", [Method.CASCADE, Method.PRODUCT])
def test_long_chains_end(method: Method) -> None:
    names = ["x", *(f"p{i:02}" for i in range(40))]
    stakes = [held(a, b, 100) for a, b in pairwise(names)]
    found = owned(stakes, X, HALF, method=method)
    assert all(f.truth is YES for f in found.values())
    assert [s.party for s in found["p39"].chain] == names[:0:-1]
