"""Expressions: from the author's words to typed core nodes.

A word means, in this order: a variable; a value of the type that is expected where it
stands; a fact of the transaction; a declaration. So `transit` after `action =` is an
action, and elsewhere the list of places passed through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import date

from longarm_dsl.core import ast
from longarm_dsl.core.codes import parse_code, parse_codes
from longarm_dsl.core.linking import Context, Linker
from longarm_dsl.core.numbers import Comparison, Failure, divide, multiply, point
from longarm_dsl.core.places import is_country, is_place
from longarm_dsl.core.types import (
    BROKEN,
    CODE_SET,
    CODES,
    DATE,
    FLAG,
    LISTINGS,
    NOTHING,
    PLACE,
    PLACES,
    TEXT,
    TRANSACTION,
    BrokenType,
    CodeSetType,
    CodesType,
    DatesType,
    EnumType,
    ListingSetType,
    ListType,
    NumberType,
    RecordType,
    RowType,
    SetType,
    Type,
    fits,
    item_of,
    show_type,
)
from longarm_dsl.core.units import CURRENCIES, NUMBER, parse_unit
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface

ROOT = "transaction"
NUM = NumberType(NUMBER)

AGGREGATES = ("sum", "count", "max", "min", "strictest")
BUILTINS = (*AGGREGATES, "parts", "entries", "owned", "knows", "near", "unmet", "ceil", "floor")


@dataclass(slots=True)
class Vocabulary:
    """Records, enums and units, and where a let, status or value gets its type from."""

    linker: Linker
    records: dict[str, ast.Record] = field(default_factory=dict[str, ast.Record])
    enums: dict[str, EnumType] = field(default_factory=dict[str, EnumType])
    units: frozenset[str] = frozenset()
    columns: dict[str, dict[str, Type]] = field(default_factory=dict[str, dict[str, Type]])
    readings: dict[str, EnumType] = field(default_factory=dict[str, EnumType])
    let_type: Callable[[str], Type] = lambda _: BROKEN
    let_subjects: Callable[[str], tuple[ast.Subject, ...]] = lambda _: ()
    value_type: Callable[[str], Type] = lambda _: BROKEN
    status_subjects: Callable[[str], tuple[ast.Subject, ...]] = lambda _: ()
    rule_set: Callable[[surface.RuleSet, Context], ast.RuleSet] = lambda _s, _c: ast.RuleSet(())


TRANSACTION_ROOT = ast.Var(ROOT, TRANSACTION)
ITEM_ROOT = ast.Var("item", RecordType("Item"))


@dataclass(slots=True)
class Typer:
    """Turns surface expressions into core ones; findings gather in `found`."""

    vocabulary: Vocabulary
    context: Context
    found: list[Diagnostic]
    root: ast.Var | None = TRANSACTION_ROOT
    """Whose fields a bare word may mean: the transaction, the item of an entry, or nothing."""

    # ── entry points ─────────────────────────────────────────────────────────

    def flag(self, node: surface.Expr, scope: dict[str, Type]) -> ast.Expr:
        """An expression that must be yes or no."""
        return self.typed(node, scope, FLAG)

    def typed(self, node: surface.Expr, scope: dict[str, Type], wanted: Type) -> ast.Expr:
        """An expression that must have a type."""
        made = self.expr(node, scope, wanted)
        if not fits(made.type, wanted):
            return self._mismatch(node.span, made.type, wanted)
        return made

    def _mismatch(self, span: Span, given: Type, wanted: Type) -> ast.Expr:
        name, help_ = "type-mismatch", f"write {show_type(wanted)}, or compare something else"
        if isinstance(given, NumberType) and isinstance(wanted, NumberType):
            name, help_ = (
                "unit-mismatch",
                "mend the unit: both sides measure the same kind of thing",
            )
            if given.dimension.kind == wanted.dimension.kind == "money":
                name = "currency-mismatch"
                help_ = "amounts of two currencies compare only by a rate that the case gives"
        self.found.append(
            error(
                name,
                f"{show_type(wanted)} is expected here, not {show_type(given)}",
                span,
                help=help_,
                note=self.context.instrument,
            )
        )
        return ast.Broken(wanted, span=span)

    # ── the cases ────────────────────────────────────────────────────────────

    def expr(
        self, node: surface.Expr, scope: dict[str, Type], wanted: Type | None = None
    ) -> ast.Expr:
        """An expression, with the type that its place expects if that is known."""
        span = node.span
        match node:
            case surface.Paren(inner):
                return self.expr(inner, scope, wanted)
            case surface.Name(text):
                return self._name(text, span, scope, wanted)
            case surface.Attr():
                return self._attr(node, scope)
            case surface.StringLit(value):
                return self._string(value, span, wanted)
            case surface.NumberLit():
                return self._number(node)
            case surface.DateLit(day):
                if "T" in day.text:
                    self.found.append(
                        error(
                            "malformed-date",
                            "a condition compares civil days, not clock times",
                            span,
                            help="give the clock time in an `effective` or `suspends` window",
                            note=self.context.instrument,
                        )
                    )
                return ast.Literal(date.fromisoformat(day.text[:10]), DATE, day.text, span=span)
            case surface.CodesLit(system, body):
                return self._codes(system, body, span)
            case surface.Special(word):
                return self._special(word, span, wanted)
            case surface.SetLit(items):
                return self._set(items, span, scope, wanted)
            case surface.ListLit(items):
                return self._set(items, span, scope, wanted)
            case surface.RecordLit():
                return self._wrong(span, "a record can stand only after `given` or `adds to`")
            case surface.Call():
                return self._call(node, scope)
            case surface.With():
                return self._wrong(
                    span,
                    "`with` makes no value of a condition",
                    "in `where` of a property, write `u = t with { … }` by itself",
                )
            case surface.OrElse(value, otherwise):
                made = self.expr(value, scope, wanted)
                if not isinstance(made, ast.Aggregate):
                    return self._wrong(span, "`or else` follows `max(…)` or `min(…)`")
                other = self.typed(otherwise, scope, made.type)
                return ast.Aggregate(
                    made.kind,
                    made.body,
                    made.var,
                    made.domain,
                    made.where,
                    other,
                    made.type,
                    span=span,
                )
            case surface.Negative(inner):
                made = self.expr(inner, scope, wanted)
                zero = ast.Literal(point(0), NUM, "0", span=span)
                if not isinstance(made.type, NumberType | BrokenType):
                    return self._mismatch(span, made.type, NUM)
                return ast.NumOp("-", zero, made, made.type, span=span)
            case surface.Arith():
                return self._arith(node, scope, wanted)
            case surface.Chain(first, rest):
                parts: list[ast.Expr] = []
                left = first
                for sign, right in rest:
                    joint = left.span.to(right.span)
                    parts.append(self._compare(Comparison(sign), left, right, joint, scope))
                    left = right
                return parts[0] if len(parts) == 1 else ast.And(tuple(parts), FLAG, span=span)
            case surface.In(item, container, negated):
                made = self._member(item, container, span, scope)
                return ast.Not(made, FLAG, span=span) if negated else made
            case surface.OfIn(quantifier, items, container):
                return self._of_in(quantifier, items, container, span, scope)
            case surface.IsNotKnown(inner, negated):
                made = ast.NotKnown(self.expr(inner, scope), FLAG, span=span)
                return ast.Not(made, FLAG, span=span) if negated else made
            case surface.Quant(quantifier, var, domain, body):
                made = self.expr(domain, scope)
                element = self._element(made, domain.span)
                test = self.flag(body, {**scope, var.text: element})
                return ast.Quantified(quantifier, var.text, made, test, FLAG, span=span)
            case surface.NotE(inner):
                return ast.Not(self.flag(inner, scope), FLAG, span=span)
            case surface.AndE(operands):
                return ast.And(tuple(self.flag(o, scope) for o in operands), FLAG, span=span)
            case surface.OrE(operands):
                return ast.Or(tuple(self.flag(o, scope) for o in operands), FLAG, span=span)

    def _wrong(self, span: Span, message: str, help_: str | None = None) -> ast.Expr:
        self.found.append(
            error("type-mismatch", message, span, help=help_, note=self.context.instrument)
        )
        return ast.Broken(BROKEN, span=span)

    def _element(self, made: ast.Expr, span: Span) -> Type:
        if isinstance(made.type, RecordType | RowType):
            return made.type
        item = item_of(made.type)
        if item is None:
            if isinstance(made, ast.Named) and made.kind == "table":
                return RowType(made.id)
            self._wrong(span, f"{show_type(made.type)} has no elements to go through")
            return BROKEN
        return item

    # ── words ────────────────────────────────────────────────────────────────

    def _name(self, text: str, span: Span, scope: dict[str, Type], wanted: Type | None) -> ast.Expr:
        if text in scope:
            return ast.Var(text, scope[text], span=span)
        constant = self._constant(text, span, wanted)
        if constant is not None:
            return constant
        if self.root is not None:
            info = self._field_info(self.root.type, text)
            if info is not None:
                root = ast.Var(self.root.name, self.root.type, span=span)
                return ast.Get(root, text, info, info.type, span=span)
        declared = self._declared(text, span)
        if declared is not None:
            return declared
        if is_country(text) and (wanted is None or wanted in {PLACE, PLACES}):
            return ast.Literal(ast.Place(text), PLACE, text, span=span)
        owners = [e for e in self.vocabulary.enums.values() if text in e.values]
        if wanted is None and len({e.values for e in owners}) == 1:
            return ast.Literal(ast.Word(owners[0].name, text), owners[0], text, span=span)
        return self._unknown(text, span, wanted, scope, ambiguous=[e.name for e in owners])

    def _constant(self, text: str, span: Span, wanted: Type | None) -> ast.Expr | None:
        match wanted:
            case EnumType(name, values) if text in values:
                return ast.Literal(ast.Word(name, text), wanted, text, span=span)
            case t if t == PLACE and is_country(text):
                return ast.Literal(ast.Place(text), PLACE, text, span=span)
            case t if t == TEXT and text.isupper():
                return ast.Literal(text, TEXT, text, span=span)
            case _:
                return None

    def _unknown(
        self,
        text: str,
        span: Span,
        wanted: Type | None,
        scope: dict[str, Type],
        ambiguous: list[str],
    ) -> ast.Expr:
        match wanted:
            case EnumType(name, values):
                self.found.append(
                    error(
                        "unknown-enum-value",
                        f"`{text}` is not one of the values of {name}",
                        span,
                        help=did_you_mean(text, values)
                        or "it can be " + ", ".join(f"`{v}`" for v in values[:6]),
                        note=self.context.instrument,
                    )
                )
            case t if t == PLACE and len(text) == 2 and text.isupper():  # noqa: PLR2004  ISO 3166-1
                self.found.append(
                    error(
                        "unknown-country",
                        f"`{text}` is not a country code",
                        span,
                        help="use ISO 3166-1 alpha-2, such as `CN` or `US`",
                        note=self.context.instrument,
                    )
                )
            case _ if len(ambiguous) > 1:
                self.found.append(
                    error(
                        "ambiguous-name",
                        f"`{text}` may be a {' or a '.join(sorted(ambiguous))}",
                        span,
                        help="compare it with a fact of the type that is meant",
                        note=self.context.instrument,
                    )
                )
            case _:
                also = (*(self._fields(self.root.type) if self.root else ()), *scope)
                self.found.append(
                    self.vocabulary.linker.unknown(text, span, self.context, "name", also)
                )
        return ast.Broken(wanted or BROKEN, span=span)

    def _declared(self, text: str, span: Span) -> ast.Expr | None:
        """A declaration used as a value."""
        found = self.vocabulary.linker.find(
            text, self.context, "param", "let", "reading", "codes", "countries", "table"
        )
        if found is None:
            return None
        match found.kind:
            case "let":
                if self.vocabulary.let_subjects(found.id):
                    return self._wrong(span, f"`{text}` needs a subject", f"write `{text}(…)`")
                return ast.LetCall(found.id, (), self.vocabulary.let_type(found.id), span=span)
            case "reading":
                return ast.Named(
                    "reading", found.id, self.vocabulary.readings.get(found.id, BROKEN), span=span
                )
            case "codes":
                return ast.Named("codes", found.id, CODE_SET, span=span)
            case "countries":
                return ast.Named("countries", found.id, PLACES, span=span)
            case "table":
                is_list = "party" in self.vocabulary.columns.get(found.id, {})
                row: Type = LISTINGS if is_list else ListType(RowType(found.id))
                return ast.Named("table", found.id, row, span=span)
            case _:
                return ast.Named("param", found.id, self.vocabulary.value_type(found.id), span=span)

    def _attr(self, node: surface.Attr, scope: dict[str, Type]) -> ast.Expr:
        path = _flatten(node)
        if path is not None and path[0] not in scope:
            is_fact = self._is_fact(path[0])
            if not is_fact:
                declared = self._declared(".".join(path), node.span)
                if declared is not None:
                    return declared
                if isinstance(node.base, surface.Name):
                    enum = self.vocabulary.enums.get(node.base.text)
                    if enum is not None and node.name.text in enum.values:
                        return ast.Literal(
                            ast.Word(enum.name, node.name.text),
                            enum,
                            node.name.text,
                            span=node.span,
                        )
                if self._declared(path[0], node.span) is None:
                    self.found.append(
                        self.vocabulary.linker.unknown(
                            ".".join(path), node.span, self.context, "name"
                        )
                    )
                    return ast.Broken(BROKEN, span=node.span)
        base = self.expr(node.base, scope)
        name = node.name.text
        if isinstance(base.type, BrokenType):
            return ast.Broken(BROKEN, span=node.span)
        info = self._field_info(base.type, name)
        if info is None:
            record = self._fields(base.type)
            self.found.append(
                error(
                    "unknown-field",
                    f"{show_type(base.type)} has no field `{name}`",
                    node.name.span,
                    help=did_you_mean(name, record),
                    note=self.context.instrument,
                )
            )
            return ast.Broken(BROKEN, span=node.span)
        return ast.Get(base, name, info, info.type, span=node.span)

    def _fields(self, of: Type) -> tuple[str, ...]:
        match of:
            case RecordType(name):
                record = self.vocabulary.records.get(name)
                return tuple(record.fields) if record else ()
            case RowType(table):
                return tuple(self.vocabulary.columns.get(table, {}))
            case SetType(item) | ListType(item):
                return self._fields(item) if isinstance(item, RowType) else ()
            case _:
                return ()

    def _field_info(self, of: Type, name: str) -> ast.FieldInfo | None:
        match of:
            case RecordType(record_name):
                record = self.vocabulary.records.get(record_name)
                return record.fields.get(name) if record else None
            case RowType(table):
                if name in {"cite", "list"}:
                    return ast.FieldInfo(name, TEXT)
                column = self.vocabulary.columns.get(table, {}).get(name)
                return ast.FieldInfo(name, column) if column is not None else None
            case DatesType():
                return ast.FieldInfo(name, DATE)
            case _:
                return None

    # ── literals ─────────────────────────────────────────────────────────────

    def _string(self, value: str, span: Span, wanted: Type | None) -> ast.Expr:
        code = parse_code(value)
        if code is not None and wanted != TEXT:
            return ast.Literal(code, CODES, value, span=span)
        if wanted == PLACE and is_place(value):
            return ast.Literal(ast.Place(value), PLACE, value, span=span)
        return ast.Literal(value, TEXT, value, span=span)

    def _number(self, node: surface.NumberLit) -> ast.Expr:
        unit = node.unit
        if unit is None or unit == "%":
            return ast.Literal(point(node.value), NUM, node.text, span=node.span)
        parsed = parse_unit(unit, self.vocabulary.units)
        if parsed is None:
            is_currency = len(unit) == 3 and unit.isupper()  # noqa: PLR2004  ISO 4217
            known = CURRENCIES if is_currency else self.vocabulary.units
            self.found.append(
                error(
                    "unknown-currency" if is_currency else "unknown-unit",
                    f"`{unit}` is not a {'currency' if is_currency else 'unit'}",
                    node.span,
                    help=did_you_mean(unit, known) or "declare it with `unit`",
                    note=self.context.instrument,
                )
            )
            return ast.Broken(BROKEN, span=node.span)
        return ast.Literal(
            point(node.value * parsed.factor, parsed.dimension),
            NumberType(parsed.dimension),
            node.text,
            span=node.span,
        )

    def _codes(self, system: str, body: str, span: Span) -> ast.Expr:
        codes, problems = parse_codes(system, body)
        offset = span.start + len(system) + 1
        for message, start, end in problems:
            self.found.append(
                error(
                    "unknown-code",
                    message,
                    Span(span.source, offset + start, offset + max(end, start + 1)),
                    note=self.context.instrument,
                )
            )
        return ast.Codes(codes, f"{system}[{body}]", CODE_SET, span=span)

    def _special(self, word: str, span: Span, wanted: Type | None) -> ast.Expr:
        if isinstance(wanted, EnumType) and word in wanted.values:
            return ast.Literal(ast.Word(wanted.name, word), wanted, word, span=span)
        match word:
            case "yes" | "no":
                return ast.Literal(word == "yes", FLAG, word, span=span)
            case "none":
                return ast.Literal(ast.NoneValue(), NOTHING, word, span=span)
            case _:
                return self._wrong(
                    span,
                    f"`{word}` is no value of a rule",
                    "write `x is not_known`, or leave it to the case",
                )

    def _set(
        self,
        items: tuple[surface.Expr, ...],
        span: Span,
        scope: dict[str, Type],
        wanted: Type | None,
    ) -> ast.Expr:
        inner = item_of(wanted) if wanted is not None else None
        if wanted in {CODE_SET, CODES}:
            inner = CODES
        made: list[ast.Expr] = []
        for item in items:
            one = self.expr(item, scope, inner)
            if inner is None:
                inner = one.type
            elif not fits(one.type, inner):
                one = self._mismatch(item.span, one.type, inner)
            made.append(one)
        if inner == CODES and all(isinstance(m, ast.Literal) for m in made):
            return ast.SetOf(tuple(made), CODE_SET, span=span)
        return ast.SetOf(tuple(made), SetType(inner or BROKEN), span=span)

    # ── operators ────────────────────────────────────────────────────────────

    def _arith(self, node: surface.Arith, scope: dict[str, Type], wanted: Type | None) -> ast.Expr:
        left = self.expr(node.left, scope, wanted if node.op in "+-&" else None)
        shift = _days(node.right)
        if left.type == DATE and shift is not None and node.op in "+-":
            sign = 1 if node.op == "+" else -1
            return ast.DateShift(left, sign * shift[0], sign * shift[1], DATE, span=node.span)
        set_like = isinstance(
            left.type, SetType | ListType | CodeSetType | ListingSetType | CodesType
        )
        right = self.expr(node.right, scope, left.type if set_like else wanted)
        if isinstance(left.type, BrokenType) or isinstance(right.type, BrokenType):
            return ast.Broken(BROKEN, span=node.span)
        if set_like:
            if node.op not in "+-&" or not fits(right.type, left.type):
                return self._mismatch(node.right.span, right.type, left.type)
            return ast.SetOp(node.op, left, right, left.type, span=node.span)
        if not isinstance(left.type, NumberType):
            return self._mismatch(node.left.span, left.type, NUM)
        if not isinstance(right.type, NumberType):
            return self._mismatch(node.right.span, right.type, NUM)
        if node.op in "+-":
            if not fits(right.type, left.type):
                return self._mismatch(node.right.span, right.type, left.type)
            return ast.NumOp(node.op, left, right, left.type, span=node.span)
        if node.op == "&":
            return self._wrong(node.span, "`&` joins sets, not numbers")
        ones = (point(1, left.type.dimension), point(1, right.type.dimension))
        result = multiply(*ones) if node.op == "*" else divide(*ones)
        if isinstance(result, Failure):
            self.found.append(
                error("unit-mismatch", result.reason, node.span, note=self.context.instrument)
            )
            return ast.Broken(BROKEN, span=node.span)
        return ast.NumOp(node.op, left, right, NumberType(result.dimension), span=node.span)

    def _compare(
        self,
        op: Comparison,
        left: surface.Expr,
        right: surface.Expr,
        span: Span,
        scope: dict[str, Type],
    ) -> ast.Expr:
        one, two = self._pair(left, right, scope)
        if isinstance(one.type, BrokenType) or isinstance(two.type, BrokenType):
            return ast.Compare(op, one, two, FLAG, span=span)
        if not fits(two.type, one.type) and not _zero(two) and not _zero(one):
            self._mismatch(right.span, two.type, one.type)
            return ast.Broken(FLAG, span=span)
        ordered = op not in {Comparison.EQUAL, Comparison.UNEQUAL}
        comparable = (
            isinstance(one.type, NumberType)
            or one.type == DATE
            or (isinstance(one.type, EnumType) and one.type.ordered)
        )
        if ordered and not comparable:
            return self._wrong(span, f"{show_type(one.type)} has no order", "compare with `=`")
        return ast.Compare(op, one, two, FLAG, span=span)

    def _pair(
        self, left: surface.Expr, right: surface.Expr, scope: dict[str, Type]
    ) -> tuple[ast.Expr, ast.Expr]:
        """Both sides; a bare word takes the type of the other side."""
        if isinstance(left, surface.Name) and not self._means_something(left.text, scope):
            two = self.expr(right, scope)
            return self.expr(left, scope, two.type), two
        one = self.expr(left, scope)
        return one, self.expr(right, scope, one.type)

    def _means_something(self, text: str, scope: dict[str, Type]) -> bool:
        if text in scope:
            return True
        if self._is_fact(text):
            return True
        return self.vocabulary.linker.find(text, self.context) is not None

    def _is_fact(self, text: str) -> bool:
        return self.root is not None and self._field_info(self.root.type, text) is not None

    def _member(
        self, item: surface.Expr, container: surface.Expr, span: Span, scope: dict[str, Type]
    ) -> ast.Expr:
        if isinstance(item, surface.Name) and not self._means_something(item.text, scope):
            where = self.expr(container, scope)
            one = self.expr(item, scope, self._inner(where.type))
        else:
            one = self.expr(item, scope)
            where = self.expr(container, scope, self._set_wanted(one.type))
        if isinstance(one.type, BrokenType) or isinstance(where.type, BrokenType):
            return ast.Member(one, where, FLAG, span=span)
        match one.type, where.type:
            case ((CodesType() | CodeSetType()), (CodeSetType() | CodesType())):
                return ast.Member(one, where, FLAG, span=span)
            case RecordType("Party"), ListingSetType():
                row = RowType("")
                entries = ast.Entries(one, where, None, None, ListType(row), span=span)
                yes = ast.Literal(value=True, type=FLAG, text="yes", span=span)
                return ast.Quantified("any", "_", entries, yes, FLAG, span=span)
            case ListingSetType(), (
                SetType(RecordType("Listing")) | ListType(RecordType("Listing"))
            ):
                return ast.Member(one, where, FLAG, span=span)
            case _:
                pass
        inner = item_of(where.type)
        if inner is None or not fits(one.type, inner):
            if isinstance(one.type, SetType | ListType):
                return self._wrong(
                    span, "`in` between two sets", "say `any of … in …` or `all of … in …`"
                )
            return self._mismatch(container.span, where.type, self._set_wanted(one.type) or BROKEN)
        return ast.Member(one, where, FLAG, span=span)

    def _inner(self, container: Type) -> Type | None:
        if isinstance(container, CodeSetType | CodesType):
            return CODES
        return item_of(container)

    def _set_wanted(self, item: Type) -> Type | None:
        if isinstance(item, CodesType):
            return CODE_SET
        if item == RecordType("Party"):
            return None
        return None if isinstance(item, BrokenType) else SetType(item)

    def _of_in(
        self,
        quantifier: str,
        items: surface.Expr,
        container: surface.Expr,
        span: Span,
        scope: dict[str, Type],
    ) -> ast.Expr:
        many = self.expr(items, scope)
        inner = item_of(many.type)
        if inner is None:
            if isinstance(many.type, CodesType):
                where = self.typed(container, scope, CODE_SET)
                return ast.OfIn(quantifier, many, where, FLAG, span=span)
            return self._wrong(items.span, f"{show_type(many.type)} is not a set")
        where = self.expr(container, scope, SetType(inner))
        other = item_of(where.type)
        if other is None or not fits(inner, other):
            return self._mismatch(container.span, where.type, SetType(inner))
        return ast.OfIn(quantifier, many, where, FLAG, span=span)

    # ── calls ────────────────────────────────────────────────────────────────

    def _call(self, node: surface.Call, scope: dict[str, Type]) -> ast.Expr:
        path = _flatten(node.function)
        if path is None:
            return self._wrong(node.function.span, "only a name can be called")
        text = ".".join(path)
        if text in BUILTINS:
            from longarm_dsl.core.builtins import typed_call  # noqa: PLC0415  mutual recursion

            return typed_call(self, text, node, scope)
        found = self.vocabulary.linker.find(text, self.context, "let", "status")
        if found is None:
            self.found.append(
                self.vocabulary.linker.unknown(
                    text, node.function.span, self.context, "definition", BUILTINS
                )
            )
            return ast.Broken(BROKEN, span=node.span)
        is_let = found.kind == "let"
        subjects = (
            self.vocabulary.let_subjects(found.id)
            if is_let
            else self.vocabulary.status_subjects(found.id)
        )
        args: list[ast.Expr] = []
        plain = [
            a
            for a in node.args
            if not isinstance(a, surface.Filtered | surface.Comprehension | surface.Named)
        ]
        if len(plain) != len(node.args) or len(plain) != len(subjects):
            self.found.append(
                error(
                    "wrong-arguments",
                    f"`{text}` takes {len(subjects)} subject{'s' if len(subjects) != 1 else ''}",
                    node.span,
                    help=", ".join(f"{s.name}: {show_type(s.type)}" for s in subjects)
                    or "write it without brackets",
                    note=self.context.instrument,
                )
            )
            return ast.Broken(BROKEN, span=node.span)
        for arg, subject in zip(plain, subjects, strict=True):
            args.append(self.typed(arg, scope, subject.type))
        if is_let:
            return ast.LetCall(
                found.id, tuple(args), self.vocabulary.let_type(found.id), span=node.span
            )
        return ast.StatusTest(found.id, tuple(args), FLAG, span=node.span)


def _flatten(node: surface.Expr) -> tuple[str, ...] | None:
    match node:
        case surface.Name(text):
            return (text,)
        case surface.Attr(base, name):
            head = _flatten(base)
            return (*head, name.text) if head is not None else None
        case _:
            return None


def _days(node: surface.Expr) -> tuple[int, int] | None:
    """Days and years of a literal such as `25 days`."""
    if isinstance(node, surface.NumberLit) and node.value.denominator == 1:
        if node.unit in {"day", "days"}:
            return int(node.value), 0
        if node.unit in {"year", "years"}:
            return 0, int(node.value)
    return None


def _zero(made: ast.Expr) -> bool:
    """A plain 0 compares with any quantity."""
    match made:
        case ast.Literal(value, NumberType(dimension)) if dimension == NUMBER:
            return not isinstance(value, bool | str) and getattr(value, "is_zero", False) is True
        case _:
            return False
