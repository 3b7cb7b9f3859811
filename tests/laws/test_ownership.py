"""Laws of ownership, against every completion of small graphs.

A completion gives each stake one share, the shares of one party at most 100 %, and each
doubtful listing an answer. Its extreme points suffice: all shares of a party at an end
of their range but at most one, which takes what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.ownership import Method, Stake, owned

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
PARTIES = ("a", "b", "c")
WHOLE = Fraction(1)
Shares = dict[str, dict[str, Fraction]]


@dataclass(frozen=True)
class Asked:
    stakes: tuple[Stake, ...]
    listed: Mapping[str, Truth]
    bar: Fraction
    strict: bool
    together: bool
    open_owners: frozenset[str]


@st.composite
def questions(draw: st.DrawFn, *, known: bool = False) -> Asked:
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(["x", *PARTIES]), st.sampled_from(PARTIES)),
            max_size=4,
            unique=True,
        )
    )
    stakes: list[Stake] = []
    for owner, party in pairs:
        low = draw(st.integers(0, 4))
        high = low if known else draw(st.integers(low, 4))
        stakes.append(Stake(owner, party, Fraction(low, 4), Fraction(high, 4)))
    truth = st.sampled_from([YES, NO] if known else [YES, YES, NO, UNKNOWN])
    return Asked(
        tuple(stakes),
        {"x": draw(truth), "a": draw(st.sampled_from([NO, NO, draw(truth)]))},
        Fraction(draw(st.sampled_from([1, 2, 3])), 4),
        draw(st.booleans()),
        draw(st.booleans()),
        frozenset() if known else draw(st.frozensets(st.sampled_from(PARTIES), max_size=1)),
    )


def impossible(asked: Asked) -> bool:
    return any(
        sum((s.low for s in asked.stakes if s.owned == p), Fraction(0)) > WHOLE for p in PARTIES
    )


possible_questions = questions().filter(lambda a: not impossible(a))
known_questions = questions(known=True).filter(lambda a: not impossible(a))


def found(asked: Asked, method: Method = Method.CASCADE) -> dict[str, Truth]:
    result = owned(
        asked.stakes,
        asked.listed,
        asked.bar,
        strict=asked.strict,
        together=asked.together,
        method=method,
        open_owners=asked.open_owners,
    )
    return {p: result[p].truth if p in result else NO for p in ("x", *PARTIES)}


def corners(ranges: dict[str, tuple[Fraction, Fraction]]) -> Iterator[dict[str, Fraction]]:
    names = list(ranges)
    for ends in product(*(sorted({*ranges[n]}) for n in names)):
        chosen = dict(zip(names, ends, strict=True))
        if sum(ends, Fraction(0)) <= WHOLE:
            yield chosen
        for name in names:
            left = WHOLE - sum((s for n, s in chosen.items() if n != name), Fraction(0))
            if ranges[name][0] <= left <= ranges[name][1]:
                yield chosen | {name: left}


def completions(asked: Asked) -> Iterator[tuple[Shares, frozenset[str]]]:
    """Shares by owned party, and the listed; unnamed owners are `?`, listed or not."""
    per_party: list[list[dict[str, Fraction]]] = []
    for party in PARTIES:
        ranges = {s.owner: (s.low, s.high) for s in asked.stakes if s.owned == party}
        if party in asked.open_owners:
            ranges["?"] = (Fraction(0), WHOLE)
        per_party.append(list(corners(ranges)))
    doubtful = [p for p, t in asked.listed.items() if t is UNKNOWN]
    doubtful += ["?"] if asked.open_owners else []
    sure = frozenset(p for p, t in asked.listed.items() if t is YES)
    for answers in product([False, True], repeat=len(doubtful)):
        also = frozenset(p for p, listed in zip(doubtful, answers, strict=True) if listed)
        for shares in product(*per_party):
            yield dict(zip(PARTIES, shares, strict=True)), sure | also


def plainly_owned(
    asked: Asked, shares: Shares, listed: frozenset[str], *, direct: bool
) -> set[str]:
    """The definition, with every share known: add parties until nothing changes."""
    result = set(listed)
    while True:
        counted = set(listed) if direct else set(result)
        new = set(result)
        for party, owners in shares.items():
            parts = [s for q, s in owners.items() if q in counted]
            share = sum(parts, Fraction(0)) if asked.together else max(parts, default=Fraction(0))
            if share > asked.bar or (share == asked.bar and not asked.strict):
                new.add(party)
        if new == result:
            return result - {"?"}
        result = new


@settings(max_examples=60)
@given(possible_questions, st.booleans())
def test_37_certain_and_possible_are_exact(asked: Asked, direct: bool) -> None:
    truths = found(asked, Method.DIRECT if direct else Method.CASCADE)
    sets = [plainly_owned(asked, s, listed, direct=direct) for s, listed in completions(asked)]
    for party, truth in truths.items():
        answers = {party in each for each in sets}
        assert truth is (UNKNOWN if len(answers) == 2 else Truth.of(answers.pop()))


def known_values(asked: Asked) -> dict[str, Fraction]:
    result = owned(asked.stakes, asked.listed, asked.bar, method=Method.PRODUCT)
    for finding in result.values():
        assert finding.low == finding.high
    return {p: f.low for p, f in result.items()}


@given(known_questions)
def test_37_known_products_solve_their_equations(asked: Asked) -> None:
    values = known_values(asked)
    listed = {p for p, t in asked.listed.items() if t is YES}
    for party, value in values.items():
        if party in listed:
            assert value == 1
            continue
        held = [(s.owner, s.low) for s in asked.stakes if s.owned == party]
        assert value == sum((share * values[q] for q, share in held), Fraction(0))
    reached = set(listed)
    for _ in PARTIES:
        reached |= {s.owned for s in asked.stakes if s.owner in reached and s.low > 0}
    assert {p for p, value in values.items() if value > 0} == reached


@settings(max_examples=40)
@given(possible_questions)
def test_37_products_hold_every_completion(asked: Asked) -> None:
    truths = found(asked, Method.PRODUCT)
    answers: dict[str, set[bool]] = {p: set() for p in truths}
    for shares, listed in completions(asked):
        stakes = tuple(
            Stake(q, p, share, share) for p, owners in shares.items() for q, share in owners.items()
        )
        known = replace(
            asked,
            stakes=stakes,
            listed=dict.fromkeys(listed, YES),
            open_owners=frozenset[str](),
        )
        for party, truth in found(known, Method.PRODUCT).items():
            assert truth is not UNKNOWN
            answers[party].add(truth is YES)
    for party, truth in truths.items():
        if truth is not UNKNOWN:
            assert answers[party] == {truth is YES}
        elif asked.together:
            assert answers[party] == {True, False}


@given(known_questions, st.sampled_from(["x", *PARTIES]), st.sampled_from(Method))
def test_38_more_listings_never_shrink(asked: Asked, party: str, method: Method) -> None:
    if method is Method.PRODUCT and not asked.together:
        return
    before = found(asked, method)
    after = found(replace(asked, listed={**asked.listed, party: YES}), method)
    assert all(after[p] >= truth for p, truth in before.items())


@given(known_questions, st.sampled_from(PARTIES), st.sampled_from(Method))
def test_38_more_stakes_never_shrink(asked: Asked, party: str, method: Method) -> None:
    held = sum((s.low for s in asked.stakes if s.owned == party), Fraction(0))
    left = WHOLE - held
    more = replace(asked, stakes=(*asked.stakes, Stake("x", party, left, left)))
    before = found(asked, method)
    assert all(truth >= before[p] for p, truth in found(more, method).items())


@given(questions(), st.sampled_from(Method))
def test_39_renaming_parties_changes_nothing(asked: Asked, method: Method) -> None:
    names = {"x": "m", "a": "z", "b": "y", "c": "k"}
    renamed = owned(
        [Stake(names[s.owner], names[s.owned], s.low, s.high) for s in reversed(asked.stakes)],
        {names[p]: t for p, t in asked.listed.items()},
        asked.bar,
        strict=asked.strict,
        together=asked.together,
        method=method,
        open_owners={names[p] for p in asked.open_owners},
    )
    for party, truth in found(asked, method).items():
        assert truth is (renamed[names[party]].truth if names[party] in renamed else NO)


@given(questions())
def test_40_cascade_finds_at_least_what_is_held_directly(asked: Asked) -> None:
    direct = found(asked, Method.DIRECT)
    assert all(truth >= direct[p] for p, truth in found(asked, Method.CASCADE).items())


@given(questions(), st.sampled_from(Method))
def test_41_a_listed_party_is_owned(asked: Asked, method: Method) -> None:
    truths = found(asked, method)
    assert all(truths[p] >= truth for p, truth in asked.listed.items())


@given(questions(), st.sampled_from(Method))
def test_stakes_over_the_whole_never_read_as_no(asked: Asked, method: Method) -> None:
    truths = found(asked, method)
    for party in PARTIES:
        held = sum((s.low for s in asked.stakes if s.owned == party), Fraction(0))
        if held > WHOLE:
            listed = asked.listed.get(party) is YES
            assert truths[party] is (YES if listed else UNKNOWN)


@given(possible_questions)
def test_chains_lead_from_the_party_to_listed_ones(asked: Asked) -> None:
    result = owned(
        asked.stakes,
        asked.listed,
        asked.bar,
        strict=asked.strict,
        together=asked.together,
        open_owners=asked.open_owners,
    )
    for party, finding in result.items():
        if finding.truth is not YES or asked.listed.get(party) is YES:
            continue
        assert finding.chain[0].party == party
        explained = {step.party for step in finding.chain}
        for step in finding.chain:
            assert step.counted
            assert step.low >= asked.bar
            for counted in step.counted:
                assert counted.owner in explained or asked.listed.get(counted.owner) is YES
