"""The plan tree: what a condition tests, with definitions opened and constants apart.

A fact is named by where it lies (`Root`, `Local`, `Field`); whatever depends on the law
of a day (constants, sets, readings) is a *site*, an expression that is worked out once
for an epoch and then only looked up. So one plan serves all epochs.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from longarm_dsl.core import ast
from longarm_dsl.core.numbers import Comparison
from longarm_dsl.core.types import Type
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE, Span

# ── where a fact lies ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Root:
    """The transaction."""


@dataclass(frozen=True, slots=True)
class Local:
    """A variable of a family or of a loop."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record."""

    base: Ref
    name: str


Ref: TypeAlias = Root | Local | Field

# ── sites: what the law of a day settles ─────────────────────────────────────

SiteKind: TypeAlias = Literal["table", "number", "fixed", "codes", "ask", "domain"]


@dataclass(frozen=True, slots=True)
class Site:
    """An expression of the law, to be worked out by the reference evaluator.

    `table`: a test of one stated value, called `x`. `number`: a constant amount.
    `fixed`: a test without facts. `codes`: a set of codes. `ask`: a condition on facts.
    `domain`: what a loop goes through.
    """

    kind: SiteKind
    expr: ast.Expr
    type: Type
    names: tuple[str, ...] = ()
    """Variables of the expression that stand for facts."""


# ── amounts ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stated:
    """A number that the case states."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Constant:
    """A number of the law."""

    site: int


@dataclass(frozen=True, slots=True)
class Sum:
    """`a + b` or `a - b` or `a * b`."""

    op: str
    left: Amount
    right: Amount


@dataclass(frozen=True, slots=True)
class Total:
    """`sum`, `count`, `max` or `min` over a list."""

    kind: str
    loop: Domain
    body: Amount | None
    where: Condition | None


Amount: TypeAlias = Stated | Constant | Sum | Total

# ── conditions ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Domain:
    """What a loop goes through: a list of the case, or a site with its variables."""

    var: str
    source: Ref | int
    env: tuple[tuple[str, Ref], ...] = ()
    nested: bool = False
    """Whether elements may lie within one another, so that a sum must not count twice."""


@dataclass(frozen=True, slots=True)
class Known:
    """Settled by the text of the law."""

    value: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class All:
    """Conjunction."""

    parts: tuple[Condition, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Some:
    """Disjunction."""

    parts: tuple[Condition, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Inverse:
    """Negation."""

    inner: Condition
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of the case."""

    ref: Ref
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Test:
    """A stated word, place, date or text, looked up in the table of a site."""

    ref: Ref
    site: int
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A test without facts: the law of the day settles it."""

    site: int
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Order:
    """A stated number against a number of the law."""

    op: Comparison
    ref: Ref
    site: int
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Relation:
    """Two computed amounts; what is open or fails is asked of the reference (`site`)."""

    op: Comparison
    left: Amount
    right: Amount
    site: int
    env: tuple[tuple[str, Ref], ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Under:
    """Whether an item falls in a set of codes."""

    ref: Ref
    site: int
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Loop:
    """`any` or `all` elements meet a condition; `blind`: an unnamed element is open."""

    universal: bool
    domain: Domain
    body: Condition
    blind: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Status:
    """Whether one of some rules, which concern exactly this subject, stands.

    `key` names it, as `status subject_to_ear(item)`. `gap`: nobody can establish all of
    it, so that `no` is open.
    """

    key: str
    rules: tuple[str, ...]
    gap: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Shared:
    """A definition applied to facts that lie at one place: worked out once for a case."""

    key: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Applied:
    """A definition applied to records, some of which are elements of a list."""

    key: str
    args: tuple[Ref, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Ask:
    """A condition that the reference evaluator works out."""

    site: int
    env: tuple[tuple[str, Ref], ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Condition: TypeAlias = (
    Known
    | All
    | Some
    | Inverse
    | Flag
    | Test
    | Fixed
    | Order
    | Relation
    | Under
    | Loop
    | Status
    | Shared
    | Applied
    | Ask
)


@dataclass(frozen=True, slots=True)
class RulePlan:
    """The condition of one version of a rule.

    `changes`: the amending events of this version. `gate`: what does not depend on the
    family; `condition`: the rest, for each member.
    """

    rule: str
    changes: tuple[str, ...]
    family: tuple[str, ...]
    gate: Condition
    condition: Condition


@dataclass(frozen=True, slots=True)
class SharedPlan:
    """A definition applied to steady facts; `key` names both, as `let f(destination)`.

    With `params` it is the definition itself, to be applied to any records.
    """

    key: str
    let: str
    params: tuple[str, ...]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Plan:
    """Every version of every rule of one regime, with what they share and look up."""

    regime: str
    rules: tuple[RulePlan, ...]
    shared: tuple[SharedPlan, ...]
    statuses: tuple[Status, ...]
    sites: tuple[Site, ...]


Node: TypeAlias = "Condition | Amount | Domain"


def inside(node: Node) -> tuple[Node, ...]:
    """The parts of a node, left to right; definitions that it shares are not opened."""
    match node:
        case All(parts) | Some(parts):
            return parts
        case Inverse(inner):
            return (inner,)
        case Loop(_, domain, body):
            return domain, body
        case Relation(_, left, right) | Sum(_, left, right):
            return left, right
        case Total(_, loop, body, where):
            return tuple(n for n in (loop, body, where) if n is not None)
        case (
            Known()
            | Flag()
            | Test()
            | Fixed()
            | Order()
            | Under()
            | Status()
            | Shared()
            | Applied()
            | Ask()
            | Stated()
            | Constant()
            | Domain()
        ):
            return ()
