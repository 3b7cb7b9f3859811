"""Properties: statements about all transactions, with every name resolved and typed.

    property "…" for all t, u in Transaction, c in Item
      where  u = t with { item.components: t.item.components + [c] } and c.origin = CN
      expect outcome(u) at least outcome(t)

What is drawn are records of the vocabulary; a transaction may be made from another by changing
some of its facts. A claim is a condition over these: facts, the outcomes of transactions and
rules that stand, joined by `and`, `or` and `not`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TypeAlias, assert_never

from longarm_dsl.core import ast
from longarm_dsl.core.intervals import Comparison
from longarm_dsl.core.raw_facts import Raw
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

PARTS = ("outcome", "requirement", "review")
"""What can be asked of a transaction: both, or one of the two alone."""

# ── values of changed facts ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stated:
    """A value as a case would state it."""

    raw: Raw


@dataclass(frozen=True, slots=True)
class Taken:
    """What is drawn, or what it states under some names: `c`, `t.item.components`."""

    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list or set of values."""

    items: tuple[Term, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """`a + b`: a list or set with more in it."""

    first: Term
    more: Term


@dataclass(frozen=True, slots=True)
class Made:
    """`{ key: value, … }`: a record."""

    pairs: tuple[tuple[str, Term], ...]


Term: TypeAlias = "Stated | Taken | Listed | Joined | Made"

# ── what is drawn ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Drawn:
    """A name for any record of a type."""

    name: str
    record: str


@dataclass(frozen=True, slots=True)
class Change:
    """A path into the facts and what stands there instead; no path is any fact that is stated."""

    path: tuple[str, ...]
    value: Term


@dataclass(frozen=True, slots=True)
class Derived:
    """`u = t with { … }`: a transaction made from another."""

    name: str
    base: str
    changes: tuple[Change, ...]


# ── claims ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Answer:
    """What a regime says of a transaction; without a regime, each that the property is held of."""

    part: str
    name: str
    regime: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """A requirement or a review posture, by its rank."""

    part: str
    rank: int


Measure: TypeAlias = "Answer | Level"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two measures of one kind, the first against the second."""

    op: Comparison
    left: Measure
    right: Measure
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """`stands(R, t)`: some rule of a set stands."""

    rules: tuple[str, ...]
    name: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Factual:
    """A condition over the facts of what is drawn, with the names that it speaks of."""

    condition: ast.Expr
    names: tuple[str, ...]
    regime: str | None
    """The regime of the statuses in it, which reads the facts then."""


@dataclass(frozen=True, slots=True)
class NotSo:
    """Negation."""

    inner: Claim


@dataclass(frozen=True, slots=True)
class Every:
    """Conjunction; of nothing it holds."""

    parts: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Disjunction."""

    parts: tuple[Claim, ...]


Claim: TypeAlias = "Compared | Standing | Factual | NotSo | Every | Some"


@dataclass(frozen=True, slots=True)
class Property:
    """A statement about all transactions.

    `on` are its days, none for every day on which the law changes; `known` the day as of which
    the law is known. `where` says of which draws it speaks, `expect` what is so of them.
    """

    title: str
    module: str
    drawn: tuple[Drawn, ...]
    derived: tuple[Derived, ...]
    on: tuple[str, ...]
    known: str | None
    closed: bool
    where: Claim
    expect: Claim
    expected: str
    """The words after `expect`."""
    span: Span = field(compare=False, repr=False)

    @property
    def transactions(self) -> tuple[str, ...]:
        """The names of its transactions, those that are drawn first."""
        own = (d.name for d in self.drawn if d.record == "Transaction")
        return (*own, *(d.name for d in self.derived))

    def regimes(self, known: tuple[str, ...], regime_of: dict[str, str]) -> tuple[str, ...]:
        """The regimes it is held of, one after the other: those it names, else each it asks.

        `known` are the regimes of the law, `regime_of` those of its rules.
        """
        named: dict[str, None] = {}
        every = False
        for claim in claims_in(self.where, self.expect):
            match claim:
                case Compared(_, left, right):
                    for side in (left, right):
                        if isinstance(side, Answer):
                            every = every or side.regime is None
                            named.update({side.regime: None} if side.regime else {})
                case Standing(rules):
                    named.update({regime_of[r]: None for r in rules if r in regime_of})
                case Factual(_, _, regime):
                    named.update({regime: None} if regime else {})
                case _:
                    pass
        return known if every or not named else tuple(named)[:1]


def claims_in(*claims: Claim) -> Iterator[Claim]:
    """Claims and all that they are made of."""
    for claim in claims:
        yield claim
        match claim:
            case Every(parts) | Some(parts):
                yield from claims_in(*parts)
            case NotSo(inner):
                yield from claims_in(inner)
            case Compared() | Standing() | Factual():
                pass
            case _:
                assert_never(claim)


def taken_in(term: Term) -> Iterator[Taken]:
    """What a value takes from what is drawn."""
    match term:
        case Taken():
            yield term
        case Listed(items):
            for item in items:
                yield from taken_in(item)
        case Joined(first, more):
            yield from taken_in(first)
            yield from taken_in(more)
        case Made(pairs):
            for _, value in pairs:
                yield from taken_in(value)
        case Stated():
            pass
        case _:
            assert_never(term)
