"""What an expression is worth: values for terms, formulas for conditions.

The reference meaning of every construct of the core tree; small and obvious rather than
fast. Nothing raises for what a case or a policy says: what cannot be computed is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import assert_never

from longarm_dsl.core import ast, facts
from longarm_dsl.core.code_sets import show_codes
from longarm_dsl.core.codes import (
    Code,
    CodeSet,
    difference,
    falls,
    intersection,
    just,
    parse_code,
    systems,
    union,
)
from longarm_dsl.core.formula import (
    NO,
    YES,
    Atom,
    Formula,
    Question,
    QuestionKind,
    Truth,
    ask,
    conj,
    disj,
    negate,
)
from longarm_dsl.core.numbers import (
    Comparison,
    Failure,
    Interval,
    Number,
    add,
    anything,
    compare,
    count,
    divide,
    hull,
    maximum,
    minimum,
    mismatch,
    multiply,
    round_down,
    round_up,
    subtract,
    sum_lines,
    turned,
)
from longarm_dsl.core.places import Places, places, under
from longarm_dsl.core.print import show_expr, show_literal
from longarm_dsl.core.types import (
    FLAG,
    PLACE,
    POSTURE,
    DateType,
    EnumType,
    ListType,
    NumberType,
    RecordType,
    item_of,
)
from longarm_dsl.core.units import MONEY, NUMBER
from longarm_dsl.core.windows import years_later
from longarm_dsl.evaluate.fitting import fitting_of
from longarm_dsl.evaluate.parties import Parties
from longarm_dsl.evaluate.questions import (
    Holds,
    ask_codes,
    ask_elements,
    ask_number,
    ask_relation,
    ask_scalar,
)
from longarm_dsl.evaluate.values import (
    NONE,
    Amount,
    Choice,
    ItemCodes,
    ListNames,
    Many,
    PlaceSet,
    Rank,
    Row,
    Scalar,
    Thing,
    UnseenCodes,
    Value,
    WrittenCodes,
    identity,
    label,
)
from longarm_dsl.evaluate.world import World
from longarm_dsl.lazy_dataclass import dataclass

Env = Mapping[str, Value]


@dataclass(slots=True)
class Terms:
    """Evaluates expressions in one world; the rule network answers for statuses."""

    world: World
    status: Callable[[str, tuple[Value, ...]], Formula]
    unmet: Callable[[tuple[str, ...]], Formula]
    base: Callable[[Formula], Truth]
    """Kleene truth with no question answered."""
    classified: Callable[[Thing, CodeSet], Formula]
    """Whether a rule classifies an item into a set of codes."""
    ease: Fraction = Fraction(0)
    """The share of itself by which a constant bound is wider (semantics 1.11)."""
    named: dict[str, Value] = field(default_factory=dict[str, Value])
    listings: dict[object, tuple[Thing, Many]] = field(
        init=False, default_factory=dict[object, tuple[Thing, Many]]
    )
    """The entries of a party on a list that were looked up already."""
    conditions: dict[tuple[object, ...], tuple[Formula, tuple[Value, ...]]] = field(
        init=False, default_factory=dict[tuple[object, ...], tuple[Formula, tuple[Value, ...]]]
    )
    """Definitions that were asked already, with what they were asked of."""
    met: dict[tuple[str, object], tuple[Formula, Thing]] = field(
        init=False, default_factory=dict[tuple[str, object], tuple[Formula, Thing]]
    )
    """Entries that were asked already, with the item that they were asked of."""
    fallen: dict[tuple[object, ...], tuple[Formula | None, ItemCodes, CodeSet]] = field(
        init=False,
        default_factory=dict[tuple[object, ...], "tuple[Formula | None, ItemCodes, CodeSet]"],
    )
    """Whether items certainly fall in sets of codes or not, as far as that was asked already."""
    placed: dict[tuple[str, Places], Truth] = field(
        init=False, default_factory=dict[tuple[str, Places], Truth]
    )
    """Whether places lie in sets of places, as far as that was asked already."""

    # ── conditions ───────────────────────────────────────────────────────────

    def formula(self, expr: ast.Expr, env: Env) -> Formula:
        """A condition as a formula over what the case leaves open."""
        match expr:
            case ast.Literal(bool() as value):
                return YES if value else NO
            case ast.And(parts):
                return conj(self.formula(p, env) for p in parts)
            case ast.Or(parts):
                return disj(self.formula(p, env) for p in parts)
            case ast.Not(inner):
                return negate(self._opposed().formula(inner, env))
            case ast.Compare(op, left, right):
                return self._compare(op, left, right, env, expr)
            case ast.Member(item, container):
                return self._member(self.value(item, env), container, env)
            case ast.OfIn(quantifier, items, container):
                return self._of_in(quantifier, self.value(items, env), container, env)
            case ast.Quantified("none", var, domain, body) if self.ease:
                return negate(self._opposed()._quantified("any", var, domain, body, env))  # noqa: SLF001  itself
            case ast.Quantified(quantifier, var, domain, body):
                return self._quantified(quantifier, var, domain, body, env)
            case ast.NotKnown(inner):
                return self._not_known(inner, env)
            case ast.StatusTest(status, args):
                return self.status(status, tuple(self.value(a, env) for a in args))
            case ast.Owned():
                return self._parties().owned(expr, env)
            case ast.Knows(inner, level):
                return self._knows(inner, level, env)
            case ast.Near():
                from longarm_dsl.evaluate.near import near  # noqa: PLC0415  mutual recursion

                return near(self, expr, env)
            case ast.Unmet(rules):
                return self.unmet(rules.rules)
            case ast.LetCall(let, args):
                return self._condition(let, tuple(self.value(a, env) for a in args))
            case ast.Broken():
                return ask(f"error:{expr.span.where}", QuestionKind.ERROR, "a mistake in the law")
            case _:
                return self._flag(self.value(expr, env))

    def _flag(self, value: Value) -> Formula:
        match value:
            case Scalar(bool() as stated):
                return YES if stated else NO
            case Scalar(None, path, _, error, kind):
                return ask_scalar(
                    path, FLAG, "yes", Holds(lambda v: v is True, ()), kind=kind, error=error
                )
            case Scalar():
                return NO  # `none`: there is no such thing, so it is not so
            case Choice(options):
                return disj(conj((g, self._flag(v))) for g, v in options)
            case _:
                return ask(label(value), QuestionKind.FACT, f"{label(value)}?")

    def shown(self, expr: ast.Expr, env: Env) -> str:
        """An expression in words, variables replaced by what they stand for."""
        if env and not isinstance(expr, ast.Codes | ast.Named):
            return show_expr(expr, self.names(env))
        known = self.world.texts.get(id(expr))
        if known is None:
            known = self.world.texts[id(expr)] = expr, show_expr(expr)
        return known[1]

    def names(self, env: Env) -> dict[str, str]:
        """What variables stand for, in words."""
        return {name: label(value) for name, value in env.items() if name != "transaction"}

    # ── comparisons ──────────────────────────────────────────────────────────

    def _compare(
        self, op: Comparison, left: ast.Expr, right: ast.Expr, env: Env, whole: ast.Expr
    ) -> Formula:
        one, two = self.value(left, env), self.value(right, env)
        if self.ease:
            from longarm_dsl.evaluate.near import eased  # noqa: PLC0415  mutual recursion

            one, two = eased(self, op, left, right, (one, two))
        settled = self._plainly(op, one, two)
        if settled is not None:
            return settled
        unit = self.unit_of(left) or self.unit_of(right)
        return self.compare_values(op, one, two, self.shown(whole, env), unit)

    def _plainly(self, op: Comparison, one: Value, two: Value) -> Formula | None:
        """A comparison that no question needs words for; most are such."""
        match one, two:
            case Scalar(), Scalar() if op in {Comparison.EQUAL, Comparison.UNEQUAL}:
                return self._scalars(op, one, two, "")
            case Amount(), Amount():
                a, b = self._in_one_currency(one.number, two.number)
                if isinstance(a, Failure) or isinstance(b, Failure) or mismatch(a, b) is not None:
                    return None
                truth = compare(op, a, b)
                return None if truth is Truth.UNKNOWN else YES if truth is Truth.YES else NO
            case _:
                return None

    def _opposed(self) -> Terms:
        """For what a negation holds: what widens the whole narrows the part."""
        return replace(self, ease=-self.ease) if self.ease else self

    def unit_of(self, expr: ast.Expr) -> str | None:
        """The unit in which the law writes a number, to show others beside it in."""
        if isinstance(expr, ast.Named) and expr.id in self.world.program.values:
            expr = self.world.program.values[expr.id].value
        if isinstance(expr, ast.Literal) and isinstance(expr.value, Interval):
            if expr.text.endswith("%"):
                return "%"
            return expr.text.lstrip("0123456789._ ") or None
        return None

    def compare_values(
        self, op: Comparison, one: Value, two: Value, text: str, unit: str | None = None
    ) -> Formula:
        """Compare two values; `text` names the comparison if it relates two open ones."""
        match one, two:
            case Choice(options), _:
                return disj(
                    conj((g, self.compare_values(op, v, two, text, unit))) for g, v in options
                )
            case _, Choice(options):
                return disj(
                    conj((g, self.compare_values(op, one, v, text, unit))) for g, v in options
                )
            case Amount(), Amount():
                return self._numbers(op, one, two, text, unit)
            case Rank(), _:
                return self._ranks(op, one, two, text)
            case _, Rank():
                return self._ranks(turned(op), two, one, text)
            case Scalar(), Scalar():
                return self._scalars(op, one, two, text)
            case Thing(), Scalar(ast.NoneValue()):
                return self._is_none(one, op)
            case Scalar(ast.NoneValue()), Thing():
                return self._is_none(two, op)
            case Thing(), Thing():
                same = self._parties().same(one, two)
                return same if op is Comparison.EQUAL else negate(same)
            case (Amount(), Scalar(ast.NoneValue()) as none) | (
                Scalar(ast.NoneValue()) as none,
                Amount(),
            ):
                amount = one if isinstance(one, Amount) else two
                if op is Comparison.EQUAL:
                    return NO
                if op is Comparison.UNEQUAL:
                    return YES
                if none.blank:
                    return NO
                return ask(label(amount) + " against none", QuestionKind.ERROR, f"{text}?")
            case _:
                return ask(text, QuestionKind.TERM, f"{text}?")

    def _numbers(
        self, op: Comparison, one: Amount, two: Amount, text: str, unit: str | None
    ) -> Formula:
        a, b = self._in_one_currency(one.number, two.number)
        if not isinstance(a, Failure) and not isinstance(b, Failure):
            wrong = mismatch(a, b)
            if wrong is not None:
                # Two currencies without a rate: never yes or no, whatever the figures.
                self.world.errors.setdefault(text, wrong.reason)
                return ask(text, QuestionKind.ERROR, f"{text}? ({wrong.reason})")
            settled = compare(op, a, b)
            if settled is not Truth.UNKNOWN:
                return YES if settled is Truth.YES else NO
            if b.is_point and not b.may_err:
                return ask_number(
                    one.path, op, a, b, is_fact=one.is_fact, inside=one.inside, unit=unit
                )
            if a.is_point and not a.may_err:
                return ask_number(
                    two.path, turned(op), b, a, is_fact=two.is_fact, inside=two.inside, unit=unit
                )
        for side, other, sign in ((one, two, op), (two, one, turned(op))):
            known = other.number
            if not isinstance(known, Failure) and known.is_point and not known.may_err:
                if isinstance(side.number, Failure):
                    self.world.errors.setdefault(side.path, side.number.reason)
                return ask_number(
                    side.path,
                    sign,
                    side.number,
                    known,
                    is_fact=side.is_fact,
                    inside=side.inside,
                    unit=unit,
                )
        for side in (one, two):
            if isinstance(side.number, Failure):
                self.world.errors.setdefault(side.path, side.number.reason)
        inside = tuple(dict.fromkeys((*one.inside, *two.inside)))
        if isinstance(a, Failure) or isinstance(b, Failure) or a.may_err or b.may_err:
            return Atom(Question(text, QuestionKind.TERM, f"{text}?", None, inside))
        possible = frozenset(c for c in _RELATIONS if compare(c, a, b) is not Truth.NO)
        if one.path == two.path:
            possible = frozenset({Comparison.EQUAL})
        return ask_relation(op, one.path, two.path, possible, inside)

    def _in_one_currency(self, a: Number, b: Number) -> tuple[Number, Number]:
        """Convert `b` into the currency of `a` if the case gives the rate."""
        if isinstance(a, Failure) or isinstance(b, Failure):
            return a, b
        if a.dimension.kind != "money" or b.dimension.kind != "money":
            return a, b
        return a, self.convert(b, a.dimension.currency)

    def convert(self, amount: Number, currency: str | None) -> Number:
        """An amount in another currency, by a rate that the case gives (`EUR: 8 CNY`)."""
        if isinstance(amount, Failure) or currency is None or amount.dimension.currency is None:
            return amount
        own = amount.dimension.currency
        if own == currency:
            return amount
        there, back = self._rate(own, currency), self._rate(currency, own)
        plain = replace(amount, dimension=NUMBER)
        if there is not None and back is not None:
            # Two rates seldom agree to the last digit: what either makes of it stays possible.
            made = hull(multiply(plain, there), divide(plain, back))
        elif there is not None:
            made = multiply(plain, there)
        elif back is not None:
            made = divide(plain, back)
        else:
            return amount
        if isinstance(made, Failure):
            return made
        return replace(made, dimension=replace(amount.dimension, currency=currency))

    def _rate(self, own: str, other: str) -> Interval | None:
        """What one unit of a currency is in another, as the case states it."""
        rates = self.world.stated(self.world.root(), "rates")
        fact = rates.fields.get(own) if isinstance(rates, facts.Record) else None
        value = fact.value if isinstance(fact, facts.Scalar) else None
        if isinstance(value, Interval) and value.dimension.currency == other:
            return replace(value, dimension=NUMBER)
        return None

    def _ranks(self, op: Comparison, one: Rank, two: Value, text: str) -> Formula:
        other = two
        if isinstance(two, Scalar) and isinstance(two.value, ast.Word):
            rank = POSTURE.values.index(two.value.text)
            other = Rank(rank, rank, two.value.text)
        if isinstance(other, Scalar) and isinstance(other.value, ast.NoneValue):
            other = Rank(0, 0, "none")
        if not isinstance(other, Rank):
            return ask(text, QuestionKind.TERM, f"{text}?")
        truths = {
            _holds(op, a, b)
            for a in range(one.low, one.high + 1)
            for b in range(other.low, other.high + 1)
        }
        if len(truths) == 1:
            return YES if truths.pop() else NO
        return ask(text, QuestionKind.TERM, f"{text}?")

    def _scalars(self, op: Comparison, one: Scalar, two: Scalar, text: str) -> Formula:
        if one.value is None and two.value is None:
            ordered = isinstance(one.type, DateType) or (
                isinstance(one.type, EnumType) and one.type.ordered
            )
            unlike = _RELATIONS if ordered else (Comparison.EQUAL, Comparison.UNEQUAL)
            itself = one.path == two.path
            possible = frozenset({Comparison.EQUAL}) if itself else frozenset(unlike)
            return ask_relation(op, one.path, two.path, possible)
        if two.value is None:
            one, two, op = two, one, turned(op)
        wanted = two.value
        if wanted is None:  # INVARIANT: one of the two is stated
            return ask(text, QuestionKind.TERM, f"{text}?")
        if isinstance(wanted, ast.Place) and op in {Comparison.EQUAL, Comparison.UNEQUAL}:
            same = self._in_places(one, places({wanted.code}), wanted.code)
            return same if op is Comparison.EQUAL else negate(same)
        none = isinstance(wanted, ast.NoneValue) or isinstance(one.value, ast.NoneValue)
        if none and op not in {Comparison.EQUAL, Comparison.UNEQUAL}:
            if one.blank or two.blank:
                return NO
            return ask(text, QuestionKind.ERROR, f"{text}? (there is nothing to compare)")
        scale = one.type.values if isinstance(one.type, EnumType) else ()
        holds = Holds(lambda v: _passes(op, v, wanted, scale), (wanted,))
        if one.value is not None:
            return YES if holds.test(one.value) else NO
        key = f"{op} {show_literal(wanted)}"
        return ask_scalar(one.path, one.type, key, holds, kind=one.kind, error=one.error)

    def _is_none(self, thing: Thing, op: Comparison) -> Formula:
        if thing.missing:
            there: Formula = NO
        elif thing.fact is not None:
            there = YES
        else:
            there = ask(f"{thing.path} exists", QuestionKind.FACT, f"is there any {thing.path}?")
        return negate(there) if op is Comparison.EQUAL else there

    # ── membership ───────────────────────────────────────────────────────────

    def _member(self, item: Value, container: ast.Expr, env: Env) -> Formula:
        match container:
            case ast.SetOp("+", left, right) if not _codes_like(container):
                return disj((self._member(item, left, env), self._member(item, right, env)))
            case ast.SetOp("-", left, right) if not _codes_like(container):
                return conj((self._member(item, left, env), negate(self._member(item, right, env))))
            case ast.SetOp("&", left, right) if not _codes_like(container):
                return conj((self._member(item, left, env), self._member(item, right, env)))
            case _:
                within = self.value(container, env)
                settled = self._plainly_in(item, within)
                if settled is not None:
                    return settled
                return self.belongs(item, within, self.shown(container, env))

    def _plainly_in(self, item: Value, container: Value) -> Formula | None:
        """A membership that no question needs words for; most are such."""
        match item, container:
            case Scalar(ast.Place(code)), PlaceSet(within):
                truth = self._under(code, within)
                return None if truth is Truth.UNKNOWN else YES if truth is Truth.YES else NO
            case ItemCodes(), WrittenCodes(codes):
                key = identity(item.item), item.path, id(codes)
                if key not in self.fallen:
                    found = self.falls_under(item, codes, "")
                    # INVARIANT: what is told apart by its id is held beside what was found.
                    self.fallen[key] = found if found in {YES, NO} else None, item, codes
                return self.fallen[key][0]
            case _:
                return None

    def belongs(self, item: Value, container: Value, text: str) -> Formula:
        """Whether a value is in a set that is already evaluated."""
        match item, container:
            case _, Choice(options):
                return disj(conj((g, self.belongs(item, v, text))) for g, v in options)
            case Choice(options), _:
                return disj(conj((g, self.belongs(v, container, text))) for g, v in options)
            case ItemCodes(), WrittenCodes(codes):
                return self.falls_under(item, codes, text)
            case WrittenCodes(one), WrittenCodes(codes):
                # A constant code in a column of codes.
                found = [m for m in _single(one) if falls(m, codes) is Truth.YES]
                return YES if found else NO
            case ItemCodes(codes, is_open), UnseenCodes(spoken) if not is_open:
                # An item that is on no list of a system is under no row of it, seen or not;
                # and of a code that a row speaks of, that row says when it is listed.
                settled = {
                    c.system
                    for c in codes
                    if c.text in {"none", "EAR99"} or falls(c, spoken) is Truth.YES
                }
                if systems(spoken) <= settled:
                    return NO
                return ask(
                    f"{item.path} in {text}",
                    QuestionKind.LIST,
                    f"is {item.path} in {text}, which this pack has not got?",
                )
            case Scalar(), PlaceSet(within):
                return self._in_places(item, within, text)
            case Thing(), ListNames(ids):
                return self._parties().on_any(item, ids)
            case ListNames(ids), Many():
                return self._parties().names_listed(ids, container)
            case _, Many(items, question, path, item_type):
                return self._among(item, items, question, path, item_type)
            case _:
                return ask(
                    f"{label(item)} in {text}", QuestionKind.TERM, f"{label(item)} in {text}?"
                )

    def _among(
        self,
        item: Value,
        items: tuple[tuple[Formula, Value], ...],
        question: Question | None,
        path: str,
        item_type: object,
    ) -> Formula:
        name = label(item)
        options = [
            conj(
                (
                    member,
                    self.compare_values(Comparison.EQUAL, item, value, f"{name} = {label(value)}"),
                )
            )
            for member, value in items
        ]
        if question is not None:
            stated = tuple(
                v.value for _, v in items if isinstance(v, Scalar) and v.value is not None
            )
            if (
                isinstance(item, Scalar)
                and item.value is not None
                and not isinstance(item_type, RecordType)
            ):
                wanted = item.value
                holds = self._same_as(wanted)
                options.append(
                    ask_elements(path, item.type, "any", f"= {show_literal(wanted)}", holds, stated)
                )
            else:
                options.append(ask(f"{name} in {path}", QuestionKind.LIST, f"is {name} in {path}?"))
        return disj(options)

    def _same_as(self, wanted: ast.LiteralValue) -> Holds:
        if isinstance(wanted, ast.Place):
            within = places({wanted.code})
            return Holds(
                lambda v: isinstance(v, ast.Place) and self._under(v.code, within) is Truth.YES,
                (wanted,),
            )
        return Holds(lambda v: v == wanted, (wanted,))

    def _under(self, place: str, within: Places) -> Truth:
        key = place, within
        if key not in self.placed:
            world = self.world
            self.placed[key] = under(place, within, world.aliases, world.day, world.known)
        return self.placed[key]

    def _in_places(self, item: Scalar, within: Places, text: str) -> Formula:
        match item.value:
            case ast.Place(code):
                found = self._under(code, within)
                if found is not Truth.UNKNOWN:
                    return YES if found is Truth.YES else NO
                return ask(
                    f"{item.path} lies in {text}",
                    QuestionKind.FACT,
                    f"in which part of {code} is {item.path}?",
                )
            case None:
                holds = Holds(
                    lambda v: isinstance(v, ast.Place) and self._under(v.code, within) is Truth.YES,
                    tuple(ast.Place(a) for a in sorted(within.differing)),
                )
                return ask_scalar(
                    item.path, PLACE, f"in {within}", holds, kind=item.kind, error=item.error
                )
            case _:
                return NO

    def falls_under(self, item: ItemCodes, codes: CodeSet, text: str) -> Formula:
        """Whether an item falls in a set: by a given code, an entry, or a rule."""
        if item.item.missing:
            return NO
        given = self._given(item, codes, text, unsaid=True)
        return YES if given == YES else disj((given, self._made(item.item, codes)))

    def placed_in(self, item: Thing, codes: CodeSet, text: str) -> Formula:
        """The same, where a code that nobody stated is none: what puts an item in a set."""
        found = self.world.field(item, "code")
        made = self._made(item, codes)
        if not isinstance(found, ItemCodes):
            return made
        return disj((self._given(found, codes, text, unsaid=False), made))

    def _given(self, item: ItemCodes, codes: CodeSet, text: str, *, unsaid: bool) -> Formula:
        """Whether a given code falls in a set; `unsaid`: ask where none is given."""
        options: list[Formula] = []
        serves = self._serves(item.item)
        for system in sorted(systems(codes)):
            own = tuple(c for c in item.codes if c.system == system)
            found = max((falls(c, codes, serves) for c in own), default=Truth.NO)
            if found is Truth.YES:
                return YES
            if not own and not item.error and not unsaid:
                continue
            if found is Truth.UNKNOWN or not own or item.open or item.error:
                coarse = tuple(c for c in own if falls(c, codes, serves) is Truth.UNKNOWN)
                options.append(
                    ask_codes(
                        item.path,
                        system,
                        codes,
                        text,
                        coarse if found is Truth.UNKNOWN and not item.open else (),
                        error=item.error is not None,
                    )
                )
        return disj(options)

    def _made(self, item: Thing, codes: CodeSet) -> Formula:
        """Whether an entry or a rule puts an item in a set."""
        return disj((self._by_entry(item, codes), self.classified(item, codes)))

    def _serves(self, item: Thing) -> tuple[Code, ...] | None:
        """The codes that a technology or software is for; None if the case does not say."""
        stated = self.world.stated(item, "for")
        if not isinstance(stated, facts.Items) or stated.open:
            return None
        texts = [f.value for f in stated.items if isinstance(f, facts.Scalar)]
        found = [parse_code(t if ":" in t else f"US:{t}") for t in texts if isinstance(t, str)]
        return tuple(c for c in found if c is not None)

    def _by_entry(self, item: Thing, codes: CodeSet) -> Formula:
        options: list[Formula] = []
        for entry, fits in fitting_of(self.world.program).of(codes).entries:
            met = self._met(entry, item)
            if met != NO and fits is Truth.UNKNOWN:
                met = conj((met, self.reaches(item, entry.code, codes)))
            options.append(met)
        return disj(options)

    def _met(self, entry: ast.Entry, item: Thing) -> Formula:
        """Whether an entry is in force and an item as it says: many sets ask it of the same."""
        key = (entry.id, identity(item))
        if key not in self.met:
            made = self.world.in_force(entry.id)
            if made != NO and entry.when is not None:
                made = conj((made, self.formula(entry.when, {"item": item})))
            self.met[key] = made, item
        return self.met[key][0]

    def reaches(self, item: Thing, code: Code, codes: CodeSet) -> Formula:
        """Whether a code that an entry or a rule gives lies in a set; too coarse a one asks."""
        if falls(code, codes) is Truth.YES:
            return YES
        text, where = show_codes(codes), f"{item.path}.code under {code.text}"
        return ask_codes(where, code.system, codes, text, (code,), error=False)

    def _of_in(self, quantifier: str, items: Value, container: ast.Expr, env: Env) -> Formula:
        if isinstance(items, ItemCodes):
            inside = self._member(items, container, env)
            return negate(inside) if quantifier == "none" else inside
        if isinstance(items, PlaceSet | Choice):
            items = self.many(items)  # a set that the law writes, perhaps in versions
        if not isinstance(items, Many):
            return ask(label(items), QuestionKind.TERM, f"{label(items)}?")
        text = self.shown(container, env)
        elements = [(member, self._member(value, container, env)) for member, value in items.items]
        universal = quantifier == "all"
        parts = (
            [disj((negate(m), f)) for m, f in elements]
            if universal
            else [conj((m, f)) for m, f in elements]
        )
        if items.open is not None:
            stated = tuple(
                v.value for _, v in items.items if isinstance(v, Scalar) and v.value is not None
            )
            holds = self._holds_in(container, env, items)
            kind = "all" if universal else "any"
            if holds is not None:
                parts.append(
                    ask_elements(items.path, items.item_type, kind, f"in {text}", holds, stated)
                )
            else:
                parts.append(
                    ask(
                        f"{items.path} ({kind} in {text})",
                        QuestionKind.LIST,
                        f"what else is in {items.path}?",
                    )
                )
        result = conj(parts) if universal else disj(parts)
        return negate(result) if quantifier == "none" else result

    def _holds_in(self, container: ast.Expr, env: Env, items: Many) -> Holds | None:
        """Membership of a constant in a closed set, as a test of an open element."""
        if isinstance(items.item_type, RecordType):
            return None
        made = self.value(container, env)
        mentions: tuple[ast.LiteralValue, ...] = ()
        if isinstance(made, Many):
            if made.open is not None:
                return None
            if any(m != YES or not _stated(v) for m, v in made.items):
                return None
            mentions = tuple(
                v.value for _, v in made.items if isinstance(v, Scalar) and v.value is not None
            )
        elif isinstance(made, Choice):
            return None  # which version of the set applies is a question of its own

        def test(value: ast.LiteralValue) -> bool:
            one = Scalar(value, show_literal(value), items.item_type)
            return self.base(self.belongs(one, made, "")) is Truth.YES

        return Holds(test, mentions)

    # ── quantifiers ──────────────────────────────────────────────────────────

    def _quantified(
        self, quantifier: str, var: str, domain: ast.Expr, body: ast.Expr, env: Env
    ) -> Formula:
        many = self.many(self.value(domain, env))
        universal = quantifier == "all"
        parts: list[Formula] = []
        for member, value in many.items:
            inner = self.formula(body, {**env, var: value})
            parts.append(disj((negate(member), inner)) if universal else conj((member, inner)))
        if many.open is not None:
            other = self.formula(body, {**env, var: self.other(many)})
            if self.base(other) is not (Truth.YES if universal else Truth.NO):
                text = show_expr(body, {**self.names(env), var: "another"})
                word = "do all others in" if universal else "is there anything else in"
                text = text.replace("another.", "its ")
                kind = "all" if universal else "any"
                parts.append(
                    ask(
                        f"{kind} other in {many.open.id}: {text}",
                        QuestionKind.LIST,
                        f"{word} {many.path} with {text}?" if text != "yes" else many.open.prompt,
                    )
                )
        result = conj(parts) if universal else disj(parts)
        return negate(result) if quantifier == "none" else result

    def many(self, value: Value) -> Many:
        """A value as a list to go through."""
        match value:
            case Many():
                return value
            case Choice(options):
                items = tuple(
                    (conj((guard, member)), each)
                    for guard, option in options
                    for member, each in self.many(option).items
                )
                lists = [self.many(option) for _, option in options]
                # Open in one version is open: closing it would count what nobody has seen as no.
                question = next((m.open for m in lists if m.open is not None), None)
                kind = lists[0].item_type if lists else FLAG
                return Many(items, question, label(value), kind)
            case PlaceSet(within, text):
                found = tuple(
                    (YES, Scalar(ast.Place(c), c, PLACE)) for c in sorted(within.countries)
                )
                return Many(found, None, text, PLACE)
            case Scalar(ast.NoneValue()):
                return Many((), None, "none", FLAG)
            case _:
                return Many(((YES, value),), None, label(value), FLAG)

    def other(self, many: Many, whose: str = "") -> Value:
        """An element of an open list that nobody has named: everything about it is open.

        `whose` tells apart the elements that several rules may find, each its own.
        """
        path = f"{many.path}[other{whose}]"
        match many.item_type:
            case RecordType(name):
                return Thing(path, name, None)
            case item_type:
                from longarm_dsl.core.types import RowType  # noqa: PLC0415  used here only

                if isinstance(item_type, RowType):
                    return Row(path, item_type.table, path, {}, known=False)
                return self.world.get(
                    Thing(many.path, "", None), ast.FieldInfo(f"[other{whose}]", item_type)
                )

    def _not_known(self, inner: ast.Expr, env: Env) -> Formula:
        match inner:
            case ast.Get(base, name, info):
                holder = self.value(base, env)
                fact = self.world.stated(holder, name)
                path = show_expr(inner, self.names(env))
                if fact is None:
                    value = self.world.get(holder, info)
                    if isinstance(value, Scalar) and value.value is not None:
                        return NO
                elif not isinstance(fact, facts.Open):
                    return NO
                elif fact.asked:
                    return YES
                return ask(
                    f"{path} is not_known",
                    QuestionKind.FACT,
                    f"has the actor asked for {path}, and does not know it?",
                )
            case _:
                text = show_expr(inner, self.names(env))
                return ask(f"{text} is not_known", QuestionKind.FACT, f"is {text} not known?")

    # ── knowledge ────────────────────────────────────────────────────────────

    def _knows(self, inner: ast.Expr, level: ast.Expr, env: Env) -> Formula:
        """`knows(E, at: L)`: E over what the actor holds at L or above (semantics 1.12)."""
        from longarm_dsl.evaluate.knowledge import knows  # noqa: PLC0415  mutual recursion

        return knows(self, inner, level, env)

    # ── terms ────────────────────────────────────────────────────────────────

    def value(self, expr: ast.Expr, env: Env) -> Value:
        """What a term is worth."""
        match expr:
            case ast.Literal():
                return self._literal(expr)
            case ast.Var(name):
                if name == "transaction" and name not in env:
                    return self.world.root()
                # A family that an amendment in doubt replaced: what it spoke of is open.
                return env.get(name) or Scalar(None, name, expr.type)
            case ast.Get(base, _, info):
                return self.world.get(self.value(base, env), info)
            case ast.LetCall(let, args):
                return self._let(let, args, env, expr)
            case ast.Named():
                return self._named(expr)
            case ast.Codes(codes, text):
                return WrittenCodes(codes, text)
            case ast.SetOf() | ast.SetOp():
                return self._lasting(expr, env)
            case ast.NumOp(op, left, right):
                return self._arith(op, left, right, env, expr)
            case ast.DateShift(base, days, years):
                return self._shift(self.value(base, env), days, years, expr, env)
            case ast.Round(up, inner):
                made = self.value(inner, env)
                if not isinstance(made, Amount):
                    return made
                rounded = (round_up if up else round_down)(made.number)
                return Amount(rounded, self.shown(expr, env), inside=made.inside)
            case ast.Aggregate():
                return self._aggregate(expr, env)
            case ast.Parts(item):
                return self.parts(self.value(item, env))
            case ast.Entries():
                return self._parties().entries(expr, env)
            case ast.Broken():
                return Scalar(None, f"error:{expr.span.where}", FLAG, "a mistake in the law")
            case (
                ast.And()
                | ast.Or()
                | ast.Not()
                | ast.Compare()
                | ast.Member()
                | ast.OfIn()
                | ast.Quantified()
                | ast.NotKnown()
                | ast.StatusTest()
                | ast.Owned()
                | ast.Knows()
                | ast.Near()
                | ast.Unmet()
            ):
                found = self.base(self.formula(expr, env))
                text = self.shown(expr, env)
                return Scalar(None if found is Truth.UNKNOWN else found is Truth.YES, text, FLAG)
            case _:
                assert_never(expr)

    def _literal(self, expr: ast.Literal) -> Value:
        match expr.value:
            case Interval() as number:
                return Amount(number, expr.text)
            case Code() as code:
                return WrittenCodes(just(code), str(code))
            case ast.Word("posture", text):
                rank = POSTURE.values.index(text)
                return Rank(rank, rank, text)
            case literal:
                return Scalar(literal, expr.text or show_literal(literal), expr.type)

    def _condition(self, let: str, given: tuple[Value, ...]) -> Formula:
        """A definition of a condition: many rules ask it of the same."""
        key = (let, *map(identity, given))
        if key not in self.conditions:
            made = disj(
                conj((guard, self.formula(body, inner)))
                for guard, body, inner in self.expand(let, given)
            )
            self.conditions[key] = made, given
        return self.conditions[key][0]

    def expand(
        self, let: str, given: tuple[Value, ...]
    ) -> tuple[tuple[Formula, ast.Expr, Env], ...]:
        """The body of a definition in each version, with its subjects bound."""
        decl = self.world.program.lets[let]
        inner: dict[str, Value] = {s.name: v for s, v in zip(decl.subjects, given, strict=False)}
        return tuple(
            (
                guard,
                next((c.value for c in reversed(made) if c.value is not None), decl.value),
                inner,
            )
            for guard, made in self.world.versions(let)
        )

    def _let(self, let: str, args: tuple[ast.Expr, ...], env: Env, expr: ast.Expr) -> Value:
        given = tuple(self.value(a, env) for a in args)
        options = [
            (guard, self.value(body, inner)) for guard, body, inner in self.expand(let, given)
        ]
        path = self.shown(expr, env)
        named = [(g, _renamed(v, path)) for g, v in options]
        return named[0][1] if len(named) == 1 else self._choose(named, path)

    def _choose(self, options: list[tuple[Formula, Value]], path: str) -> Value:
        """One of several versions: numbers are hulled, everything else stays a choice."""
        live = [(g, v) for g, v in options if self.base(g) is not Truth.NO]
        if len(live) == 1:
            return live[0][1]
        numbers = [v.number for _, v in live if isinstance(v, Amount)]
        if numbers and len(numbers) == len(live):
            whole = numbers[0]
            for n in numbers[1:]:
                whole = hull(whole, n)
            return Amount(whole, path, inside=(path,))
        return Choice(tuple(live))

    def _named(self, expr: ast.Named) -> Value:
        cached = self.named.get(expr.id)
        if cached is not None:
            return cached
        known = self.world.lasting.get(expr.id)
        if known is not None and known[1] is not None:
            made = known[1]
        else:
            made = self._named_value(expr)
            if known is None:
                self.world.lasting[expr.id] = expr, made if self._settled(expr) else None
        self.named[expr.id] = made
        return made

    def _settled(self, expr: ast.Named) -> bool:
        """Whether a definition or table is a constant of the law."""
        table = self.world.program.tables.get(expr.id)
        if expr.kind != "table" or table is None:
            return self.constant(expr)
        return all(self.constant(cell) for row in table.rows for cell in row.cells.values())

    def _named_value(self, expr: ast.Named) -> Value:
        match expr.kind:
            case "reading":
                return self._reading(expr.id)
            case "table" if isinstance(expr.type, ListType):
                return self._parties().rows(expr.id)
            case "table":
                return ListNames((expr.id,))
            case _:
                decl = self.world.program.values[expr.id]
                options = [
                    (
                        guard,
                        self.value(
                            next(
                                (c.value for c in reversed(made) if c.value is not None),
                                decl.value,
                            ),
                            {},
                        ),
                    )
                    for guard, made in self.world.versions(expr.id)
                ]
                short = expr.id.rsplit(".", 1)[-1]
                kept = [(g, _renamed(v, short)) for g, v in options]
                return kept[0][1] if len(kept) == 1 else self._choose(kept, short)

    def _reading(self, id_: str) -> Value:
        reading = self.world.program.readings[id_]
        chosen = dict(self.world.options.readings)
        short = id_.rsplit(".", 1)[-1]
        value = chosen.get(id_, chosen.get(short, reading.prefers))
        if value in reading.enum.values:
            self.world.readings_used[id_] = value
            return Scalar(ast.Word(reading.enum.name, value), id_, reading.enum)
        self.world.readings_used[id_] = ""
        return Scalar(None, id_, reading.enum, kind=QuestionKind.READING)

    def _lasting(self, expr: ast.SetOf | ast.SetOp, env: Env) -> Value:
        """A set; a constant one is made once for all that is asked of the same day."""
        known = self.world.lasting.get(id(expr))
        if known is not None and known[1] is not None:
            return known[1]
        made = self._set(expr, env) if isinstance(expr, ast.SetOf) else self._set_op(expr, env)
        if known is None:
            self.world.lasting[id(expr)] = expr, made if self.constant(expr) else None
        return made

    def constant(self, expr: ast.Expr) -> bool:
        """Whether a term is the same in every case, and nothing needs to be noted of it."""
        match expr:
            case ast.Literal() | ast.Codes():
                return True
            case ast.SetOf(items):
                return all(map(self.constant, items))
            case ast.SetOp(_, left, right):
                return self.constant(left) and self.constant(right)
            case ast.Named(kind, id_) if kind not in {"reading", "table"}:
                changes = self.world.program.amendments.get(id_, ())
                values = (self.world.program.values[id_].value, *(c.value for c in changes))
                return all(v is None or self.constant(v) for v in values)
            case _:
                return False

    def _set(self, expr: ast.SetOf, env: Env) -> Value:
        made = [self.value(i, env) for i in expr.items]
        if made and all(isinstance(m, WrittenCodes) for m in made):
            codes = union(*(m.codes for m in made if isinstance(m, WrittenCodes)))
            return WrittenCodes(codes, self.shown(expr, env))
        item = item_of(expr.type) or FLAG
        places_only = [m.value for m in made if isinstance(m, Scalar)]
        if item == PLACE and all(isinstance(p, ast.Place) for p in places_only):
            codes_in = {p.code for p in places_only if isinstance(p, ast.Place)}
            return PlaceSet(places(codes_in), self.shown(expr, env))
        kept = [
            m
            for m in made
            if not (isinstance(m, Thing) and m.missing)
            and not (isinstance(m, Scalar) and m.value == NONE)
        ]
        return Many(tuple((YES, m) for m in kept), None, self.shown(expr, env), item)

    def _set_op(self, expr: ast.SetOp, env: Env) -> Value:
        left, right = self.value(expr.left, env), self.value(expr.right, env)
        text = self.shown(expr, env)
        match left, right:
            case WrittenCodes(a), WrittenCodes(b):
                joined = (
                    union(a, b)
                    if expr.op == "+"
                    else difference(a, b)
                    if expr.op == "-"
                    else intersection(a, b)
                )
                return WrittenCodes(joined, text)
            case PlaceSet(a), PlaceSet(b):
                made = a | b if expr.op == "+" else a - b if expr.op == "-" else a & b
                return PlaceSet(made, text)
            case ListNames(a), ListNames(b):
                return ListNames((*a, *b))
            case (Choice(), _) | (_, Choice()):
                return self._choice_op(expr.op, left, right, text)
            case _:
                pass
        one, two = self.many(left), self.many(right)
        item = item_of(expr.type) or FLAG
        if expr.op == "+":
            known = {label(v) for _, v in one.items}
            merged = (*one.items, *((m, v) for m, v in two.items if label(v) not in known))
            return Many(merged, one.open or two.open, text, item)
        kept: list[tuple[Formula, Value]] = []
        for member, value in one.items:
            inside = self.belongs(value, two, two.path)
            kept.append((conj((member, negate(inside) if expr.op == "-" else inside)), value))
        return Many(tuple(kept), one.open, text, item)

    def _choice_op(self, op: str, left: Value, right: Value, text: str) -> Value:
        """A set operation under each combination of versions."""
        ones = left.options if isinstance(left, Choice) else ((YES, left),)
        twos = right.options if isinstance(right, Choice) else ((YES, right),)
        made: list[tuple[Formula, Value]] = []
        for g, a in ones:
            for h, b in twos:
                match a, b:
                    case PlaceSet(x), PlaceSet(y):
                        z = x | y if op == "+" else x - y if op == "-" else x & y
                        made.append((conj((g, h)), PlaceSet(z, text)))
                    case WrittenCodes(x), WrittenCodes(y):
                        joined = (
                            union(x, y)
                            if op == "+"
                            else difference(x, y)
                            if op == "-"
                            else intersection(x, y)
                        )
                        made.append((conj((g, h)), WrittenCodes(joined, text)))
                    case _:
                        made.append((conj((g, h)), a))
        return Choice(tuple(made))

    def _arith(self, op: str, left: ast.Expr, right: ast.Expr, env: Env, expr: ast.Expr) -> Value:
        one, two = self.value(left, env), self.value(right, env)
        path = self.shown(expr, env)
        if not isinstance(one, Amount) or not isinstance(two, Amount):
            bad = one if not isinstance(one, Amount) else two
            return Amount(Failure(f"{label(bad)} is not a number"), path, inside=(label(bad),))
        a, b = one.number, two.number
        if op in "+-/":
            a, b = self._in_one_currency(a, b)
        match op:
            case "+":
                number = add(a, b)
            case "-":
                number = subtract(a, b)
            case "*":
                number = multiply(a, b)
            case _:
                number = divide(a, b)
        if isinstance(number, Failure):
            self.world.errors.setdefault(path, number.reason)
        return Amount(number, path, inside=tuple(dict.fromkeys((*one.inside, *two.inside))))

    def _shift(self, base: Value, days: int, years: int, expr: ast.Expr, env: Env) -> Value:
        if not isinstance(base, Scalar) or not isinstance(base.value, date):
            path = self.shown(expr, env)
            return replace(base, path=path) if isinstance(base, Scalar) else base
        moved = years_later(base.value, years) if years else base.value
        try:
            moved += timedelta(days=days)
        except OverflowError:
            moved = date.max if days > 0 else date.min
        return replace(base, value=moved)

    def parts(self, item: Value) -> Many:
        """Every component at every depth, once."""
        found: list[tuple[Formula, Value]] = []
        is_open = False
        stack: list[Value] = [item]
        for owner in stack:  # grows as it is read: a case has a bounded number of values
            listed = self.world.field(owner, "components")
            if not isinstance(listed, Many):
                is_open = True
                continue
            if listed.open is not None:
                is_open = True
            for member, value in listed.items:
                found.append((member, value))
                stack.append(value)
        name = f"parts({label(item)})"
        question = (
            Question(name, QuestionKind.LIST, f"what else does {label(item)} contain?")
            if is_open
            else None
        )
        return Many(tuple(found), question, name, RecordType("Item"))

    # ── aggregates ───────────────────────────────────────────────────────────

    def _aggregate(self, expr: ast.Aggregate, env: Env) -> Value:
        many = self.many(self.value(expr.domain, env))
        path = self.shown(expr, env)
        lines: list[tuple[Truth, Value | None]] = []
        counted: list[str] = []
        inside: dict[str, None] = {}
        for member, value in many.items:
            inner = {**env, expr.var: value}
            where = self.formula(expr.where, inner) if expr.where is not None else YES
            included = conj((member, where))
            truth = self.base(included)
            if truth is Truth.NO:
                continue
            if truth is Truth.UNKNOWN:
                inside.update(dict.fromkeys(_questions(included)))
            body = self.value(expr.body, inner) if expr.body is not None else None
            if isinstance(body, Amount):
                inside.update(dict.fromkeys(body.inside))
            lines.append((truth, body))
            counted.append(label(value))
        if many.open is not None:
            inside[many.open.id] = None
        if expr.kind == "count":
            number: Number = count((t for t, _ in lines), is_open=many.open is not None)
            return Amount(number, path, inside=tuple(inside))
        if expr.kind == "strictest":
            return self._strictest(lines, path, is_open=many.open is not None)
        dimension = expr.type.dimension if isinstance(expr.type, NumberType) else NUMBER
        open_range: Interval | None = None
        if many.open is not None:
            info = expr.body.info if isinstance(expr.body, ast.Get) else None
            open_range = anything(dimension, info.range if info else None)
        numbers = [
            (t, v.number if isinstance(v, Amount) else Failure(f"{path} has no number"))
            for t, v in lines
        ]
        match expr.kind:
            case "sum":
                whole = _counted_whole(list(zip(counted, numbers, strict=True)))
                number = sum_lines(
                    whole, open_range, dimension if dimension.kind != "money" else MONEY
                )
            case _:
                other: Number | None = None
                if expr.otherwise is not None:
                    made = self.value(expr.otherwise, env)
                    other = made.number if isinstance(made, Amount) else None
                number = (maximum if expr.kind == "max" else minimum)(numbers, open_range, other)
        if isinstance(number, Failure):
            self.world.errors.setdefault(path, number.reason)
        return Amount(number, path, inside=tuple(inside))

    def _strictest(
        self, lines: list[tuple[Truth, Value | None]], path: str, *, is_open: bool
    ) -> Value:
        low = high = 0
        for truth, value in lines:
            one = _as_rank(value)
            high = max(high, one.high)
            if truth is Truth.YES:
                low = max(low, one.low)
        return Rank(low, len(POSTURE.values) - 1 if is_open else high, path)

    def _parties(self) -> Parties:
        return Parties(self)


def _counted_whole(
    lines: list[tuple[str, tuple[Truth, Number]]],
) -> list[tuple[Truth, Number]]:
    """Lines of a sum over nested parts: what is counted is counted whole.

    A part inside one that is counted adds nothing; inside one that may be counted, the
    sum has the one or the other.
    """
    inner: dict[str, list[int]] = {}
    roots: list[int] = []
    for i, (path, _) in enumerate(lines):
        above = [p for p, _ in lines if path.startswith(f"{p}.components[")]
        if above:
            inner.setdefault(max(above, key=len), []).append(i)
        else:
            roots.append(i)

    def contribution(i: int) -> tuple[Truth, Number]:
        path, (truth, number) = lines[i]
        parts = inner.get(path, [])
        if truth is Truth.YES or not parts:
            return truth, number
        return Truth.YES, hull(number, sum_lines(contribution(p) for p in parts))

    return [contribution(i) for i in roots]


def _as_rank(value: Value | None) -> Rank:
    """A posture as a rank; what is no posture may be any."""
    match value:
        case Rank():
            return value
        case Scalar(ast.Word(_, text), path) if text in POSTURE.values:
            rank = POSTURE.values.index(text)
            return Rank(rank, rank, path)
        case Scalar(ast.NoneValue(), path):
            return Rank(0, 0, path)
        case _:
            return Rank(0, len(POSTURE.values) - 1, label(value) if value is not None else "?")


_RELATIONS = (Comparison.LESS, Comparison.EQUAL, Comparison.MORE)


def _holds(op: Comparison, a: int, b: int) -> bool:
    match op:
        case Comparison.EQUAL:
            return a == b
        case Comparison.UNEQUAL:
            return a != b
        case Comparison.LESS:
            return a < b
        case Comparison.AT_MOST:
            return a <= b
        case Comparison.MORE:
            return a > b
        case Comparison.AT_LEAST:
            return a >= b


def _passes(
    op: Comparison, value: ast.LiteralValue, wanted: ast.LiteralValue, scale: tuple[str, ...]
) -> bool:
    """A comparison of two constants of one type."""
    match value, wanted:
        case ast.Word(_, a), ast.Word(_, b) if a in scale and b in scale:
            return _holds(op, scale.index(a), scale.index(b))
        case date(), date():
            return _holds(op, value.toordinal(), wanted.toordinal())
        case _:
            same = value == wanted
            return (
                same
                if op is Comparison.EQUAL
                else (not same if op is Comparison.UNEQUAL else False)
            )


def _stated(value: Value) -> bool:
    return isinstance(value, Scalar) and value.value is not None


def _codes_like(expr: ast.Expr) -> bool:
    from longarm_dsl.core.types import CODE_SET, LISTINGS  # noqa: PLC0415  used here only

    return getattr(expr, "type", None) in {CODE_SET, LISTINGS}


def _single(codes: CodeSet) -> tuple[Code, ...]:
    from longarm_dsl.core.codes import Exactly, code_of, members_of  # noqa: PLC0415  used here only

    found = (
        code_of(m.pattern.system, ".".join(m.pattern.path))
        for m in members_of(codes)
        if isinstance(m.pattern, Exactly)
    )
    return tuple(c for c in found if c is not None)


def _renamed(value: Value, path: str) -> Value:
    """A computed term is called by the name of its definition."""
    if isinstance(value, Amount) and not value.is_fact:
        return replace(value, path=path)
    return value


def _questions(formula: Formula) -> tuple[str, ...]:
    from longarm_dsl.core.formula import atoms  # noqa: PLC0415  used here only

    return tuple(dict.fromkeys(a.question.id for a in atoms(formula)))
