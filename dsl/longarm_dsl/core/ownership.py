"""Who is owned by whom, through chains and circles of partly known stakes.

A party is owned when what the listed parties and those they own hold in it reaches a
bar: the least such set, so two parties that hold each other are not owned by that.
Stakes are ranges; what is certain counts their lower ends, what is possible their
upper ends, held to at most 100 % of each party. No case is ruled out by bad data: a
party whose stated stakes exceed 100 % is unknown, never not owned.
Sources: OFAC, FAQ 401 (cascade: owned parties count in full); semantics 1.11. The upper
value by product is a maximal reachability probability, found by strategy improvement
(Howard 1960) with exact rationals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from longarm_dsl.core.formula import Truth
from longarm_dsl.lazy_dataclass import dataclass


class Method(StrEnum):
    """How a chain counts: owned parties in full, not at all, or by multiplied shares."""

    CASCADE = "cascade"
    DIRECT = "direct"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Stake:
    """`owner` holds between `low` and `high` of `owned`; 1 is all of it."""

    owner: str
    owned: str
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Counted:
    """An owner that was counted, with what it holds."""

    owner: str
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Step:
    """Why one party of a chain counts as owned: the owners counted, and their share."""

    party: str
    counted: tuple[Counted, ...]
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a party is owned, the share that counts, and the chain to listed parties.

    The chain starts with the party itself and is empty for a party that is listed.
    `low` and `high` are what owned parties hold in it, by product what listed ones do
    along all chains (1 of a listed one). `reason` tells of stakes that cannot be true.
    """

    truth: Truth
    low: Fraction
    high: Fraction
    chain: tuple[Step, ...] = ()
    reason: str | None = None


ZERO, WHOLE = Fraction(0), Fraction(1)
UNNAMED = ""
"""Stands for the owners that an open list may still name."""


@dataclass(frozen=True, slots=True)
class _Range:
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class _Graph:
    """The stakes by owned party, and the question asked of them."""

    owners: Mapping[str, Mapping[str, _Range]]
    wrong: Mapping[str, str]
    """Parties whose stated stakes cannot be true, and why."""
    parties: tuple[str, ...]
    listed: Mapping[str, Truth]
    exclude: Mapping[str, Truth]
    open_owners: frozenset[str]
    bar: Fraction
    strict: bool
    together: bool

    def reaches(self, share: Fraction) -> bool:
        return share > self.bar if self.strict else share >= self.bar

    def is_listed(self, party: str) -> Truth:
        return self.listed.get(party, Truth.NO)

    def may_inherit(self, party: str, wanted: Truth) -> bool:
        """Whether a party is not excluded: for certain (YES), or possibly (UNKNOWN)."""
        return self.exclude.get(party, Truth.NO).negated >= wanted

    def least(self, party: str, counted: Collection[str]) -> Fraction:
        lows = [r.low for q, r in self.owners.get(party, {}).items() if q in counted]
        return sum(lows, ZERO) if self.together else max(lows, default=ZERO)

    def most(self, party: str, counted: Collection[str]) -> Fraction:
        """The most the counted owners can hold, given what the others hold at least."""
        owners = self.owners.get(party, {})
        held = sum((r.low for r in owners.values()), ZERO)
        is_open = party in self.open_owners
        if not self.together:
            # Each alone: its own upper end, or all that no other owner holds.
            singles = [min(r.high, WHOLE - held + r.low) for q, r in owners.items() if q in counted]
            if is_open:
                singles.append(WHOLE - held)
            return max(singles, default=ZERO)
        free = WHOLE - sum((r.low for q, r in owners.items() if q not in counted), ZERO)
        if is_open:
            return free
        return min(sum((r.high for q, r in owners.items() if q in counted), ZERO), free)

    def spread(self, wanted: Truth, most_rounds: int | None) -> dict[str, int]:
        """The least fixpoint, as the round in which each party joins; round 0 is listed.

        `wanted` YES counts certain listings and lower ends, UNKNOWN all that may be.
        """
        joined = {p: 0 for p in self.parties if self.is_listed(p) >= wanted}
        if wanted is Truth.UNKNOWN and most_rounds is None:
            joined |= dict.fromkeys(self.wrong, 0)
        number = 0
        while most_rounds is None or number < most_rounds:
            number += 1
            share = self.least if wanted is Truth.YES else self.most
            new = [
                p
                for p in self.parties
                if p not in joined
                and p not in self.wrong
                and self.may_inherit(p, wanted)
                and self.reaches(share(p, joined))
            ]
            if not new:
                break
            joined |= dict.fromkeys(new, number)
        return joined


def _merged(
    stakes: Iterable[Stake],
) -> tuple[dict[str, dict[str, _Range]], dict[str, str]]:
    """Add up stakes of one owner in one party, and find those that cannot be true."""
    owners: dict[str, dict[str, _Range]] = {}
    wrong: dict[str, str] = {}
    for stake in stakes:
        if not ZERO <= stake.low <= stake.high:
            wrong[stake.owned] = f"the stake of `{stake.owner}` has no possible size"
        found = owners.setdefault(stake.owned, {})
        before = found.get(stake.owner, _Range(ZERO, ZERO))
        high = min(before.high + stake.high, WHOLE)
        found[stake.owner] = _Range(before.low + stake.low, high)
    for party, found in owners.items():
        if sum((r.low for r in found.values()), ZERO) > WHOLE:
            wrong.setdefault(party, "the stated stakes add up to more than 100 %")
    return owners, wrong


def owned(
    stakes: Iterable[Stake],
    listed: Mapping[str, Truth],
    bar: Fraction,
    *,
    strict: bool = False,
    together: bool = True,
    method: Method = Method.CASCADE,
    open_owners: Collection[str] = frozenset(),
    exclude: Mapping[str, Truth] | None = None,
) -> dict[str, Finding]:
    """Find for every party named whether listed parties own it, themselves included.

    `strict` asks for more than the bar instead of at least. `together` adds up what
    several holders have; otherwise each counts alone. `open_owners` may have owners that
    are not named. `exclude` parties are owned by nobody and pass nothing on; a listed
    one stays listed.
    """
    owners, wrong = _merged(stakes)
    excluded = exclude or {}
    named = {q for found in owners.values() for q in found}
    graph = _Graph(
        owners,
        wrong,
        tuple(sorted(named.union(owners, listed, open_owners, excluded))),
        listed,
        excluded,
        frozenset(open_owners),
        bar,
        strict,
        together,
    )
    match method:
        case Method.CASCADE:
            return _by_rounds(graph, None)
        case Method.DIRECT:
            return _by_rounds(graph, 1)
        case Method.PRODUCT:
            return _by_product(graph)
        case _:
            assert_never(method)


def _by_rounds(graph: _Graph, most_rounds: int | None) -> dict[str, Finding]:
    certain = graph.spread(Truth.YES, most_rounds)
    possible = graph.spread(Truth.UNKNOWN, most_rounds)
    findings: dict[str, Finding] = {}
    for party in graph.parties:
        if party in certain:
            truth, joined = Truth.YES, certain
        elif party in possible or party in graph.wrong:
            truth, joined = Truth.UNKNOWN, possible
        else:
            truth, joined = Truth.NO, {}
        by_whom = certain if most_rounds is None else {p for p, n in certain.items() if n == 0}
        by_maybe = possible if most_rounds is None else {p for p, n in possible.items() if n == 0}
        findings[party] = Finding(
            truth,
            graph.least(party, by_whom),
            WHOLE if party in graph.wrong else graph.most(party, by_maybe),
            _chain(graph, party, joined) if truth is not Truth.NO else (),
            graph.wrong.get(party),
        )
    return findings


def _chain(graph: _Graph, party: str, joined: Mapping[str, int]) -> tuple[Step, ...]:
    """Steps from a party to listed ones; each counts only owners that joined before it."""
    steps: dict[str, Step] = {}
    waiting = [party]
    while waiting:
        current = waiting.pop(0)
        before = joined.get(current, 0)
        if current in steps or before == 0:
            continue
        counted = tuple(
            Counted(q, r.low, r.high)
            for q, r in sorted(graph.owners.get(current, {}).items())
            if q in joined and joined[q] < before and r.high > 0
        )
        names = {c.owner for c in counted}
        low, high = graph.least(current, names), graph.most(current, names)
        steps[current] = Step(current, counted, low, high)
        waiting += [c.owner for c in counted]
    return tuple(steps.values())


# --- shares multiplied along chains ---------------------------------------------------

Shares = Mapping[str, Mapping[str, Fraction]]


def _solve(shares: Shares, whole: Collection[str]) -> dict[str, Fraction]:
    """Solve e(p) = sum of share(q, p) * e(q), with e = 1 on `whole`: the least solution.

    Parties from which `whole` is out of reach are 0; for the rest, with shares of at most
    100 %, the equations have one solution.
    """
    reached: dict[str, None] = {}
    grew = True
    while grew:
        new = [
            p
            for p, owners in shares.items()
            if p not in whole
            and p not in reached
            and any(s > 0 and (q in whole or q in reached) for q, s in owners.items())
        ]
        reached |= dict.fromkeys(new)
        grew = bool(new)
    names = list(reached)
    rows = [
        [(WHOLE if p == q else ZERO) - shares[p].get(q, ZERO) for q in names]
        + [sum((s for q, s in shares[p].items() if q in whole), ZERO)]
        for p in names
    ]
    for i in range(len(names)):
        pivot = next(k for k in range(i, len(names)) if rows[k][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(len(names)):
            if k != i and rows[k][i] != 0:
                times = rows[k][i]
                rows[k] = [x - times * y for x, y in zip(rows[k], rows[i], strict=True)]
    values = dict.fromkeys(whole, WHOLE)
    return values | {p: row[-1] for p, row in zip(names, rows, strict=True)}


def _lowest(graph: _Graph, whole: frozenset[str]) -> dict[str, Fraction]:
    shares = {
        p: {q: r.low for q, r in owners.items()}
        for p, owners in graph.owners.items()
        if p not in graph.wrong and graph.may_inherit(p, Truth.YES)
    }
    return _solve(shares, whole)


def _highest(graph: _Graph, whole: frozenset[str]) -> dict[str, Fraction]:
    """The greatest value over all stakes in range: give what is free to the best owners."""
    whole = whole | {UNNAMED} | frozenset(graph.wrong)
    unnamed = {UNNAMED: _Range(ZERO, WHOLE)}
    ranges = {
        p: {**graph.owners.get(p, {}), **(unnamed if p in graph.open_owners else {})}
        for p in graph.parties
        if p not in whole and graph.may_inherit(p, Truth.UNKNOWN)
    }
    values = dict.fromkeys(whole, WHOLE)
    shares = {p: _best(owners, values) for p, owners in ranges.items()}
    while True:
        values = _solve(shares, whole)
        better = {p: _best(owners, values) for p, owners in ranges.items()}
        # Only strict improvements, so that no choice comes back and this ends.
        improved = {
            p: new for p, new in better.items() if _worth(new, values) > _worth(shares[p], values)
        }
        if not improved:
            return values
        shares |= improved


def _best(owners: Mapping[str, _Range], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    shares = {q: r.low for q, r in owners.items()}
    free = WHOLE - sum(shares.values(), ZERO)
    for q in sorted(owners, key=lambda q: (-values.get(q, ZERO), q)):
        if values.get(q, ZERO) > 0:
            more = min(free, owners[q].high - owners[q].low)
            shares[q] += more
            free -= more
    return shares


def _worth(shares: Mapping[str, Fraction], values: Mapping[str, Fraction]) -> Fraction:
    return sum((s * values.get(q, ZERO) for q, s in shares.items()), ZERO)


def _by_product(graph: _Graph) -> dict[str, Finding]:
    sure = frozenset(p for p in graph.parties if graph.is_listed(p) is Truth.YES)
    maybe = frozenset(p for p in graph.parties if graph.is_listed(p) is not Truth.NO)
    certain = [sure] if graph.together else [frozenset({p}) for p in sorted(sure)]
    possible = [maybe] if graph.together else [frozenset({p}) for p in sorted(maybe)]
    lows = [_lowest(graph, whole) for whole in certain]
    highs = [_highest(graph, whole) for whole in possible or [frozenset[str]()]]
    findings: dict[str, Finding] = {}
    for party in graph.parties:
        low = max((v.get(party, ZERO) for v in lows), default=ZERO)
        high = max((v.get(party, ZERO) for v in highs), default=ZERO)
        if graph.is_listed(party) is Truth.YES:
            truth = Truth.YES
        elif party in graph.wrong or graph.is_listed(party) is Truth.UNKNOWN:
            truth = Truth.UNKNOWN
        else:
            truth = Truth.NO
        if party not in graph.wrong and graph.may_inherit(party, Truth.YES) and graph.reaches(low):
            truth = Truth.YES
        elif graph.may_inherit(party, Truth.UNKNOWN) and graph.reaches(high):
            truth = max(truth, Truth.UNKNOWN)
        roots = sure if truth is Truth.YES else maybe | frozenset(graph.wrong)
        values = lows if truth is Truth.YES else highs
        chain = _product_chain(graph, party, values, roots) if truth is not Truth.NO else ()
        findings[party] = Finding(truth, low, high, chain, graph.wrong.get(party))
    return findings


def _product_chain(
    graph: _Graph,
    party: str,
    values: Collection[Mapping[str, Fraction]],
    roots: Collection[str],
) -> tuple[Step, ...]:
    """Steps over every owner through which something comes; a circle is entered once."""
    steps: dict[str, Step] = {}
    waiting = [party]
    while waiting:
        current = waiting.pop(0)
        if current in steps or current in roots:
            continue
        counted = tuple(
            Counted(q, r.low, r.high)
            for q, r in sorted(graph.owners.get(current, {}).items())
            if r.high > 0 and any(v.get(q, ZERO) > 0 for v in values)
        )
        share = max((v.get(current, ZERO) for v in values), default=ZERO)
        steps[current] = Step(current, counted, share, share)
        waiting += [c.owner for c in counted]
    return tuple(steps.values())
