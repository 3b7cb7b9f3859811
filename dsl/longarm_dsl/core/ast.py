"""The core tree: every name resolved, every expression typed, one construct per meaning.

What the checker reasons about and the evaluator means. Spans point at the author's
text and take no part in equality.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import TypeAlias

from longarm_dsl.core.codes import Code, CodeSet
from longarm_dsl.core.numbers import Comparison, Interval
from longarm_dsl.core.types import EnumType, Type
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE, Span

# ── facts of the vocabulary ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field of a record: its type, declared range, presumption and judgement."""

    name: str
    type: Type
    range: Interval | None = None
    presumed: Literal | None = None
    judged: bool = False
    about: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the vocabulary."""

    name: str
    fields: dict[str, FieldInfo]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


# ── expressions ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NoneValue:
    """There is no such thing."""


@dataclass(frozen=True, slots=True)
class Word:
    """A value of an enum."""

    enum: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A country or area by its ISO 3166 code."""

    code: str


LiteralValue: TypeAlias = "bool | str | date | Interval | Word | Place | Code | NoneValue"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: LiteralValue
    type: Type
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Var:
    """The transaction, a family variable, a quantified variable, or a subject of a `let`."""

    name: str
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Get:
    """`base.field`."""

    base: Expr
    name: str
    info: FieldInfo
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class LetCall:
    """A definition applied to its subjects."""

    let: str
    args: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Named:
    """A param, reading, codes, countries, table, list or entry set by its id."""

    kind: str
    id: str
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Codes:
    """A set of codes written out."""

    codes: CodeSet
    text: str
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class SetOf:
    """`{a, b}` or `[a, b]` of expressions."""

    items: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class SetOp:
    """Union `+`, difference `-` or intersection `&` of sets."""

    op: str
    left: Expr
    right: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NumOp:
    """Arithmetic `+ - * /`."""

    op: str
    left: Expr
    right: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class DateShift:
    """A date plus or minus whole days or years."""

    base: Expr
    days: int
    years: int
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Round:
    """`ceil(x)` or `floor(x)`, perhaps to a multiple."""

    up: bool
    inner: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum | count | max | min | strictest (body for var in domain where c) or else v`."""

    kind: str
    body: Expr | None
    var: str
    domain: Expr
    where: Expr | None
    otherwise: Expr | None
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Parts:
    """`parts(i)`: every component at every depth, once."""

    item: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Predicate:
    """`x where c`: a test on a party."""

    var: str
    body: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Entries:
    """`entries(p, in: A + B, inherited: cascade 50%, skip: x where c)`."""

    party: Expr
    lists: Expr
    inherited: Interval | None
    skip: Predicate | None
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Owned:
    """`owned(p, by: …, at_least | more_than: S, of: …, method: …, together: …)`."""

    party: Expr
    by: Expr | Predicate
    bar: Expr
    strict: bool
    of: str
    method: str
    together: Expr
    skip: Predicate | None
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Knows:
    """`knows(E, at: L)`."""

    inner: Expr
    level: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Near:
    """`near(i, S, within: m)`: no entry of S holds; one would, loosened by m."""

    item: Expr
    codes: Expr
    within: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Unmet:
    """`unmet(R)`: a requirement of R stands and is not met (all of the regime if empty)."""

    rules: RuleSet
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class StatusTest:
    """Whether a status holds of its subjects."""

    status: str
    args: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Compare:
    """`a op b`."""

    op: Comparison
    left: Expr
    right: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Member:
    """`a in s`: an element of a set, a place in a country set, codes under a code set."""

    item: Expr
    container: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class OfIn:
    """`any | all | none of s in t`."""

    quantifier: str
    items: Expr
    container: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NotKnown:
    """`e is not_known`."""

    inner: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Quantified:
    """`any | all | none x in s has c`."""

    quantifier: str
    var: str
    domain: Expr
    body: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    inner: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction."""

    parts: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction."""

    parts: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Broken:
    """An expression with a mistake already reported: unknown wherever it stands."""

    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Expr: TypeAlias = (
    Literal
    | Var
    | Get
    | LetCall
    | Named
    | Codes
    | SetOf
    | SetOp
    | NumOp
    | DateShift
    | Round
    | Aggregate
    | Parts
    | Entries
    | Owned
    | Knows
    | Near
    | Unmet
    | StatusTest
    | Compare
    | Member
    | OfIn
    | NotKnown
    | Quantified
    | Not
    | And
    | Or
    | Broken
)

# ── rules ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rule ids, resolved: a set named by rule, instrument, status or regime, less `except`."""

    rules: tuple[str, ...]
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Timing:
    """When a duty is due; `kind` as in the surface tree."""

    kind: str
    event: str | None = None
    number: int | None = None
    working: bool = False
    not_counting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequiresLicense:
    """A license of an authority is needed."""

    authority: str


@dataclass(frozen=True, slots=True)
class RequiresReport:
    """A report to an authority is needed."""

    authority: str
    timing: tuple[Timing, ...]


@dataclass(frozen=True, slots=True)
class Prohibits:
    """The act is forbidden, perhaps except by approval."""

    approval: str | None


@dataclass(frozen=True, slots=True)
class Reviews:
    """Applications are reviewed with a posture."""

    posture: Expr
    of: RuleSet


@dataclass(frozen=True, slots=True)
class Limits:
    """Only these forms of license can be had."""

    forms: tuple[str, ...]
    of: RuleSet


@dataclass(frozen=True, slots=True)
class Defeats:
    """Rules that do not stand while this one does; `where` sees both families."""

    rules: RuleSet
    where: Expr | None


@dataclass(frozen=True, slots=True)
class Establishes:
    """A status holds."""

    status: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Classifies:
    """An item falls under a code."""

    item: Expr
    code: Code


@dataclass(frozen=True, slots=True)
class Obliges:
    """Duties, each with its addressees and times."""

    duties: tuple[str, ...]
    to: tuple[str, ...]
    timing: tuple[Timing, ...]
    condition: Expr | None


@dataclass(frozen=True, slots=True)
class Flags:
    """A red flag is raised."""

    flag: str


@dataclass(frozen=True, slots=True)
class Charges:
    """An amount is due under a name."""

    name: str
    amount: Expr


@dataclass(frozen=True, slots=True)
class Exposes:
    """A consequence of conduct, perhaps between two amounts."""

    penalty: str
    low: Expr | None
    high: Expr | None


EffectKind: TypeAlias = (
    RequiresLicense
    | RequiresReport
    | Prohibits
    | Reviews
    | Limits
    | Defeats
    | Establishes
    | Classifies
    | Obliges
    | Flags
    | Charges
    | Exposes
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule does, the law's own phrase for it, and who bears it."""

    kind: EffectKind
    phrase: str | None = None
    upon: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Generator:
    """`x in S` of a family."""

    var: str
    domain: Expr


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of a rule that an amendment may replace; None carries over."""

    title: str | None = None
    zh: str | None = None
    cite: Expr | None = None
    basis: str | None = None
    each: tuple[Generator, ...] | None = None
    binds: Expr | None = None
    when: Expr | None = None
    effects: tuple[Effect, ...] | None = None
    mirrors: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of law. `binds` already holds the instrument's if it has none of its own.

    `added_by` is the instrument that put it into the text it stands in, if another did.
    """

    id: str
    name: str
    instrument: str
    regime: str
    clauses: Clauses
    notes: tuple[str, ...] = ()
    source: str | None = None
    grade: str | None = None
    doc: str | None = None
    added_by: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """A code defined by measured parameters (`when` is None for a reserved one)."""

    id: str
    code: Code
    title: str
    instrument: str
    when: Expr | None
    cite: Expr | None = None
    zh: str | None = None
    added_by: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """What becomes of a provision: by rules, not modelled, enables, or partly."""

    provisions: tuple[str, ...]
    kind: str
    by: tuple[str, ...]
    why: str | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One legal instrument."""

    id: str
    name: str
    title: str
    zh: str | None
    regime: str
    authority: str | None
    issued: date
    verified: date | None
    proposed: bool
    zone: str
    calendar: str | None
    under: str | None
    binds: Expr | None
    source: str | None
    grade: str | None
    provisions: tuple[str, ...]
    claims: tuple[Claim, ...]
    doc: str | None = None
    cites: tuple[str, ...] = ()
    """What its declarations cite, in order of appearance."""
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """A named and typed subject of a `let` or status."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Let:
    """A definition."""

    id: str
    subjects: tuple[Subject, ...]
    value: Expr
    type: Type
    instrument: str | None
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Value:
    """A param, a named code set or a named country set: a base value that can be amended."""

    id: str
    kind: str
    value: Expr
    type: Type
    instrument: str | None
    cite: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """A choice the law leaves open."""

    id: str
    enum: EnumType
    prefers: str | None
    open: str | None
    cite: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Status:
    """A status of records; `gap` says why nobody can establish all of it yet."""

    id: str
    regime: str
    subjects: tuple[Subject, ...]
    title: str | None
    gap: str | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: cells by column, and its own dates."""

    id: str
    cells: dict[str, Expr]
    instrument: str | None
    issued: date | None
    start: date | None
    end: date | None
    removed_issued: date | None = None
    removed_by: str | None = None
    """The instrument that removes it: it must live for the removal to act."""
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Table:
    """A dated table; a list has a `party` column."""

    id: str
    is_list: bool
    title: str | None
    columns: dict[str, Type]
    complete: bool
    rows: tuple[Row, ...]
    complete_from: date | None = None
    """The day from which a complete table is; before it, it is partial."""
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Alias:
    """A place that a regime reads as another, from and until days."""

    regime: str | None
    place: str
    reads_as: str
    issued: date | None
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Amendment:
    """New clauses of a rule, or a new value of a param, let or set."""

    event: str
    target: str
    clauses: Clauses
    value: Expr | None
    leaf: str | None = None
    """The dates of the new version, where the amendment states its own."""
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One assertion of a case (see the surface tree for the kinds).

    `on` and `known` are days, `on` perhaps with a clock time; None is the case's own.
    """

    regime: str
    kind: str
    low: str | None = None
    high: str | None = None
    name: str | None = None
    amount: Expr | None = None
    most: Expr | None = None
    on: str | None = None
    known: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
