"""What the author wrote: one node per construct, in the author's order.

Spans point at the text and never take part in equality, so that two texts with the
same meaning-bearing content compare equal. Error nodes stand where text could not
be read, so that the rest of a file is still checked.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import TypeAlias

from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Ident:
    """A single word with its place."""

    text: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Path:
    """Words joined by dots: `cn.mofcom_2025_61.foreign_made_content`."""

    parts: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)

    @property
    def text(self) -> str:
        """The path as written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string, unescaped."""

    value: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Date:
    """A civil day, perhaps with a clock time, as written (`2025-11-10T13:01+08:00`)."""

    text: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


# ── expressions ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Name:
    """A word to resolve: a fact, a declaration, a country, an enum value, a variable."""

    text: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Attr:
    """`base.name`."""

    base: Expr
    name: Ident
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class StringLit:
    """A string in an expression: a text, or a code such as `"US:3A090"`."""

    value: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NumberLit:
    """An exact number, with the unit or currency written after it (`%` for percent)."""

    value: Fraction
    unit: str | None
    text: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class DateLit:
    """A day in an expression."""

    date: Date
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class CodesLit:
    """`US[3A090; 4A090]`: system and the text between the brackets."""

    system: str
    body: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Special:
    """One of the words `yes`, `no`, `unknown`, `not_known`, `none`."""

    word: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class SetLit:
    """`{a, b}`."""

    items: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ListLit:
    """`[a, b]`, or with `...` at the end: there may be more."""

    items: tuple[Expr, ...]
    open: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Pair:
    """`key: value`; a key may be dotted in `with { … }`."""

    key: Path
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RecordLit:
    """`{ key: value, … }`."""

    pairs: tuple[Pair, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Paren:
    """Parentheses are kept: the formatter shows them, meaning ignores them."""

    inner: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Call:
    """`f(args)`."""

    function: Expr
    args: tuple[Arg, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Filtered:
    """`x where c` (a predicate over x) or `x in s where c` (what is counted)."""

    subject: Expr
    where: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`body for x in domain where c`."""

    body: Expr
    var: Ident
    domain: Expr
    where: Expr | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Rated:
    """`cascade 50%`: a method with its bar."""

    method: Ident
    rate: NumberLit
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Named:
    """`key: value` among arguments."""

    key: Ident
    value: Expr | Filtered | Rated
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Arg: TypeAlias = "Expr | Filtered | Comprehension | Named"


@dataclass(frozen=True, slots=True)
class With:
    """`t with { item.components: … }`: a record with some fields changed."""

    base: Expr
    changes: RecordLit
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class OrElse:
    """`max(…) or else v`: what an empty maximum is."""

    value: Expr
    otherwise: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Negative:
    """`-a`."""

    inner: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Arith:
    """`a op b` with op one of + - * / &."""

    op: str
    left: Expr
    right: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Chain:
    """`a < b <= c`: comparisons that share their middle."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class In:
    """`a in s`, `a not in s`."""

    item: Expr
    container: Expr
    negated: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class OfIn:
    """`any of s in t`, `all of s in t`, `none of s in t`."""

    quantifier: str
    items: Expr
    container: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class IsNotKnown:
    """`e is not_known`: the actor asked and does not know."""

    inner: Expr
    negated: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Quant:
    """`any x in s has c`."""

    quantifier: str
    var: Ident
    domain: Expr
    body: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NotE:
    """`not a`."""

    inner: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AndE:
    """`a and b and …`."""

    parts: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class OrE:
    """`a or b or …`."""

    parts: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Expr: TypeAlias = (
    Name
    | Attr
    | StringLit
    | NumberLit
    | DateLit
    | CodesLit
    | Special
    | SetLit
    | ListLit
    | RecordLit
    | Paren
    | Call
    | With
    | OrElse
    | Negative
    | Arith
    | Chain
    | In
    | OfIn
    | IsNotKnown
    | Quant
    | NotE
    | AndE
    | OrE
)


# ── types ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TypeName:
    """A named type or a unit (`flag`, `Item`, `nm`, `GB/s/mm2`)."""

    text: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class TypeSet:
    """`{T}`, or `{a, b, c}`: a set of the words named."""

    items: tuple[TypeExpr, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class TypeList:
    """`[T]`."""

    item: TypeExpr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


TypeExpr: TypeAlias = TypeName | TypeSet | TypeList


@dataclass(frozen=True, slots=True)
class Typed:
    """`name : type`: a column, or the subject of a `let` or status."""

    name: Ident
    type: TypeExpr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


# ── windows and clauses ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Window:
    """`from A [until B | through B | to B | for N days]`.

    `end_kind` is `until`, `through`, `to`, `days`, `years`, or None for no end.
    """

    start: Date | None
    end_kind: str | None
    end: Date | None = None
    length: int | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class TextClause:
    """A clause that holds one string: zh, note, open, because, zone, not modelled."""

    keyword: str
    text: Text
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class WordClause:
    """A clause that holds one word: regime, authority, basis, prefers, calendar, state, as."""

    keyword: str
    word: Ident
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class DateClause:
    """A clause that holds one date: issued, verified, noted."""

    keyword: str
    date: Date
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Effective:
    """`effective from …`."""

    window: Window
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Under:
    """`under statute "art. 49"`."""

    target: Path
    provision: Text | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AddedBy:
    """`added by us.fr_89fr96790`: the instrument that put it into this text."""

    target: Path
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class SourceClause:
    """`source "…" grade primary`."""

    text: Text
    grade: Ident | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Provision:
    """`"item 1"`, or a range `"item 2" to "item 8"`."""

    first: Text
    last: Text | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Provisions:
    """The provisions the instrument has, as far as the file speaks of them."""

    items: tuple[Provision, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Covers:
    """What becomes of a provision: `not modelled`, `enables`, `by`, `partly by`."""

    items: tuple[Provision, ...]
    claim: str
    by: tuple[Path, ...]
    why: Text | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Cite:
    """`cite "item 1(1)"`, or `cite row.cite` in a family."""

    value: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ExprClause:
    """A clause that holds one expression: binds, when, and `=` in an amendment."""

    keyword: str
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Generator:
    """`x in S` of `for each`."""

    var: Ident
    domain: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ForEach:
    """`for each x in S, y in T`."""

    generators: tuple[Generator, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Mirrors:
    """The counterpart in another regime."""

    targets: tuple[Path, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Reserved:
    """An entry whose number is kept free."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


# ── effects ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules by name: rules, instruments, statuses, with `except`."""

    include: tuple[Path, ...]
    exclude: tuple[Path, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Timing:
    """When a duty is due.

    `kind`: before, at_least, within, at_once, for_years, with_application, in_document.
    """

    kind: str
    event: Ident | None = None
    number: int | None = None
    working: bool = False
    not_counting: tuple[Ident, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RequiresLicense:
    """`requires license from A`."""

    authority: Ident
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RequiresReport:
    """`requires report to A …`."""

    authority: Ident
    timing: tuple[Timing, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Prohibits:
    """`prohibits [except by approval of A]`."""

    approval: Ident | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Reviews:
    """`reviews POSTURE [of R]`."""

    posture: Expr
    of: RuleSet | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Limits:
    """`limits license to FORMS [of R]`."""

    forms: tuple[Ident, ...]
    of: RuleSet | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Defeats:
    """`defeats R [where …]`."""

    rules: RuleSet
    where: Expr | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Establishes:
    """`establishes s(x)`."""

    status: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Classifies:
    """`classifies x as CODE`."""

    subject: Expr
    code: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Obliges:
    """`obliges DUTY, … [to A] timing… [if E]`."""

    duties: tuple[Ident, ...]
    to: tuple[Ident, ...]
    timing: tuple[Timing, ...]
    condition: Expr | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Flags:
    """`flags RED_FLAG`."""

    flag: Ident
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Charges:
    """`charges NAME AMOUNT`."""

    name: Ident
    amount: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Exposes:
    """`exposes PENALTY [A to B]`."""

    penalty: Ident
    low: Expr | None
    high: Expr | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Effect: TypeAlias = (
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
class Then:
    """`then EFFECT ["the law's phrase"] [upon bearer]`."""

    effect: Effect
    phrase: Text | None
    upon: tuple[Ident, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Clause: TypeAlias = (
    TextClause
    | WordClause
    | DateClause
    | Effective
    | Under
    | AddedBy
    | SourceClause
    | Provisions
    | Covers
    | Cite
    | ExprClause
    | ForEach
    | Mirrors
    | Then
    | Reserved
)


# ── declarations ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Instrument:
    """The legal instrument that the file is."""

    name: Ident
    title: Text
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Use:
    """`use module (names)`."""

    module: Path
    names: tuple[Ident, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class FieldDecl:
    """A field of a record; `bound` is a comparison such as `> 0`."""

    name: Ident
    type: TypeExpr
    range: tuple[Expr, Expr] | None
    bound: tuple[str, Expr] | None
    presumed: Expr | None
    judged: bool
    about: Text | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RecordDecl:
    """A record of the vocabulary."""

    name: Ident
    title: Text | None
    fields: tuple[FieldDecl, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class EnumDecl:
    """`enum N = a, b, c`, or ordered `a < b < c`."""

    name: Ident
    values: tuple[Ident, ...]
    ordered: bool
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class UnitDecl:
    """A unit that compares with itself only."""

    name: Ident
    title: Text
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AliasDecl:
    """`alias HK as CN from D`: a place that the instrument's regime reads as another."""

    place: Ident
    reads_as: Ident
    window: Window | None
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class WorkdaysDecl:
    """`workdays cn from "workdays.csv"`: a dated calendar of working days."""

    name: Ident
    file: Text
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class TableDecl:
    """A dated table, or (with `list`) a table of parties."""

    keyword: str
    name: Path
    title: Text | None
    columns: tuple[Typed, ...]
    file: Text | None
    completeness: Ident | None
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Row:
    """A row, perhaps with a name to call it by."""

    record: RecordLit
    name: Ident | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RowsDecl:
    """`rows of L from "rows.csv" complete from 2026-07-31`: another file instead of its own."""

    target: Path
    file: Text
    completeness: Ident | None
    since: Date | None
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AddsDecl:
    """`adds to L { … } { … }`."""

    target: Path
    window: Window | None
    rows: tuple[Row, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RemovesDecl:
    """`removes L.row from D`."""

    targets: tuple[Path, ...]
    window: Window
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class SetDecl:
    """`codes N = …` or `countries N = …`."""

    keyword: str
    name: Path
    value: Expr
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class EntryDecl:
    """A code defined by measured parameters, or `reserved`."""

    code: Text
    title: Text
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ParamDecl:
    """A number or value of the law that may change by amendment."""

    name: Path
    type: TypeExpr
    value: Expr
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ReadingDecl:
    """A choice the law leaves open."""

    name: Ident
    values: tuple[Ident, ...]
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class LetDecl:
    """A definition, expanded where it is used."""

    name: Path
    params: tuple[Typed, ...]
    type: TypeExpr | None
    about: Text | None
    clauses: tuple[Clause, ...]
    value: Expr
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class StatusDecl:
    """`status s(x : T) "in the law's words"`."""

    name: Path
    params: tuple[Typed, ...]
    title: Text | None
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RuleDecl:
    """A rule of law."""

    name: Ident
    title: Text | None
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class EventDecl:
    """`suspends`, `resumes`, `stops`, `repeals`, `extends`, `unenforced`, `uncertain`."""

    verb: Ident
    targets: tuple[Path, ...]
    window: Window | None
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AmendsDecl:
    """`amends X from D` and any clauses of X."""

    target: Path
    window: Window | None
    value: Expr | None
    clauses: tuple[Clause, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Draw:
    """`t, u in Transaction`: names, and the record that each is any of."""

    names: tuple[Ident, ...]
    domain: Ident
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class PropertyDecl:
    """A statement about all transactions; `bound` is None, `at_least` or `at_most`."""

    title: Text
    draws: tuple[Draw, ...]
    on: tuple[DateClause, ...]
    known: DateClause | None
    assume_closed: bool
    where: Expr | None
    expect: Expr
    bound: str | None
    expect_other: Expr | None
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that `expect` asserts.

    `kind`: requires, nothing, reviews, code, needs; because, status, duty, flag, charge
    and exposes, each also as not_… and open_…. `low`/`high` bound a requirement or posture;
    None on a side asserts nothing there. An amount is from `value` to `most`.
    """

    kind: str
    low: Ident | None = None
    high: Ident | None = None
    path: Path | None = None
    value: Expr | None = None
    most: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Expect:
    """`expect cn …`, perhaps on a day and as known on one, which are else those of the case."""

    regime: Ident
    expectations: tuple[Expectation, ...]
    on: DateClause | None = None
    known: DateClause | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class GivenAs:
    """`given as "title" with {…}`: the facts of another case of the file, some replaced."""

    title: Text
    changes: RecordLit | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Review:
    """`unreviewed`, or `reviewed 2026-11-21 by "NAME"`: whether somebody read what is expected."""

    day: Date | None = None
    by: Text | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class CaseDecl:
    """A worked example; clauses keep their order."""

    title: Text
    on: DateClause | None
    known: DateClause | None
    assume_closed: bool
    given: RecordLit | GivenAs | None
    expects: tuple[Expect, ...]
    clauses: tuple[Clause, ...]
    doc: str | None = None
    review: Review | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ErrorDecl:
    """Text that could not be read as a declaration; a diagnostic says why.

    `name` is what it seems to declare, so that uses of the name are not found fault with.
    """

    name: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Decl: TypeAlias = (
    Instrument
    | Use
    | RecordDecl
    | EnumDecl
    | UnitDecl
    | AliasDecl
    | WorkdaysDecl
    | TableDecl
    | RowsDecl
    | AddsDecl
    | RemovesDecl
    | SetDecl
    | EntryDecl
    | ParamDecl
    | ReadingDecl
    | LetDecl
    | StatusDecl
    | RuleDecl
    | EventDecl
    | AmendsDecl
    | PropertyDecl
    | CaseDecl
    | ErrorDecl
)


@dataclass(frozen=True, slots=True)
class Comment:
    """`# …`, kept for the formatter; `own_line` when nothing stands before it."""

    text: str
    own_line: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class File:
    """One `.pol` text.

    `damaged` holds the start offsets of declarations of which a clause could not be read:
    what they lack is not the author's omission.
    """

    decls: tuple[Decl, ...]
    comments: tuple[Comment, ...] = field(compare=False)
    damaged: frozenset[int] = field(default=frozenset(), compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
