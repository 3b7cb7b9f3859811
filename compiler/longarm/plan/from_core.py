"""From the core tree to the plan: definitions opened, constants set apart.

    plan(program, regime) -> Plan

Only rewrites that keep every three-valued result are made. What the plan has no form
for stays a question to the reference evaluator, so that nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, fields, replace
from itertools import combinations
from typing import Any, cast, get_args

from longarm.plan.ast import (
    All,
    Amount,
    Applied,
    Ask,
    Condition,
    Constant,
    Domain,
    Field,
    Fixed,
    Flag,
    Inverse,
    Known,
    Local,
    Loop,
    Node,
    Order,
    Plan,
    Ref,
    Relation,
    Root,
    RulePlan,
    Shared,
    SharedPlan,
    Site,
    SiteKind,
    Some,
    Stated,
    Status,
    Sum,
    Test,
    Total,
    Under,
    inside,
)
from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import children, let_values, nodes
from longarm_dsl.core.numbers import Comparison, turned
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import (
    CODE_SET,
    FLAG,
    CodesType,
    DateType,
    EnumType,
    FlagType,
    NumberType,
    PlaceType,
    RecordType,
    RowType,
    TextType,
    Type,
    item_of,
)
from longarm_dsl.evaluate.network import amended
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

MOST_VERSIONS = 64
"""A rule with more combinations of amendments than this is left to the reference."""

DEEPEST = 60
"""A condition inside more conditions than this is left to the reference."""

MOST_IN_PLACE = 24
"""A definition that opens to more parts than this is written once, and called."""

MOST_NODES = 20_000
"""A condition that opens to more parts than this is left to the reference."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a subject of a definition stands for: a fact, or an expression around the call."""

    expr: ast.Expr
    scope: Scope


Scope = Mapping[str, "Ref | Bound"]


class Opaque(Exception):  # noqa: N818  control flow inside this module
    """What cannot be written out where it stands: the call around it is asked instead."""


def plan(program: Program, regime: str) -> Plan:
    """The plan of every rule of a regime, in every version that amendments can give it."""
    reader = _Reader(program)
    rules = tuple(
        made
        for rule in sorted(program.rules.values(), key=lambda r: r.id)
        if rule.regime == regime
        for made in reader.versions(rule)
    )
    shared = tuple(reader.shared.values())
    statuses = tuple(reader.statuses.values())
    return Plan(regime, rules, shared, statuses, tuple(reader.sites))


@dataclass(slots=True)
class _Reader:
    program: Program
    sites: list[Site] = field(default_factory=list[Site])
    known: dict[Site, int] = field(default_factory=dict[Site, int])
    statuses: dict[str, Status] = field(default_factory=dict[str, Status])
    shared: dict[str, SharedPlan] = field(default_factory=dict[str, SharedPlan])
    budget: int = 0
    depth: int = 0
    nesting: int = 0
    """Loops around what is read: no two of them have one name."""
    facts_in: dict[str, bool] = field(default_factory=dict[str, bool])
    minds: dict[str, bool] = field(default_factory=dict[str, bool])

    # ── rules ────────────────────────────────────────────────────────────────

    def versions(self, rule: ast.Rule) -> Iterator[RulePlan]:
        """Each set of amendments that may act together, fewest first."""
        changes = self.program.amendments.get(rule.id, ())
        several = [chosen for n in range(len(changes) + 1) for chosen in combinations(changes, n)]
        for chosen in several[:MOST_VERSIONS]:
            clauses = rule.clauses
            for change in chosen:
                clauses = amended(clauses, change.clauses)
            made = self._rule(rule, clauses)
            if made is not None:
                yield replace(made, changes=tuple(c.event for c in chosen))

    def _rule(self, rule: ast.Rule, clauses: ast.Clauses) -> RulePlan | None:
        family = tuple(g.var for g in clauses.each or ())
        scope: dict[str, Ref | Bound] = {v: Local(v) for v in family}
        gate: list[Condition] = []
        rest: list[Condition] = []
        self.budget = MOST_NODES
        for part in (clauses.binds, clauses.when):
            for piece in part.parts if isinstance(part, ast.And) else (part,):
                if piece is None:
                    continue
                try:
                    made = self.condition(piece, scope)
                except Opaque:
                    return None
                mine = any(isinstance(n, ast.Var) and n.name in family for n in nodes(piece))
                (rest if mine else gate).append(made)
        return RulePlan(rule.id, (), family, _all(gate), _all(rest))

    # ── conditions ───────────────────────────────────────────────────────────

    def condition(self, expr: ast.Expr, scope: Scope) -> Condition:
        """A condition; every node keeps the span of the text that it came from."""
        self.budget -= 1
        if self.budget < 0 or self.depth > DEEPEST:
            raise Opaque
        self.depth += 1
        try:
            made = self._condition(expr, scope)
        except Opaque:
            made = None
        finally:
            self.depth -= 1
        return made if made is not None else self._ask(expr, scope)

    def _condition(self, expr: ast.Expr, scope: Scope) -> Condition | None:
        span = expr.span
        match expr:
            case ast.Literal(bool() as value):
                return Known(value, span=span)
            case ast.And(parts):
                return All(tuple(self.condition(p, scope) for p in parts), span=span)
            case ast.Or(parts):
                return Some(tuple(self.condition(p, scope) for p in parts), span=span)
            case ast.Not(inner):
                return Inverse(self.condition(inner, scope), span=span)
            case ast.LetCall(let, args):
                return self._definition(let, args, scope, span)
            case ast.StatusTest(status, args):
                return self._status(status, args, scope, expr)
            case ast.Compare() | ast.Member():
                return self._test(expr, scope)
            case ast.OfIn():
                return self._of_in(expr, scope)
            case ast.Quantified(quantifier, var, domain, body):
                loop = self._domain(var, domain, scope)
                if loop is None:
                    return None
                with self._within():
                    held = self.condition(body, {**scope, var: Local(loop.var)})
                if _scalar(item_of(domain.type) or FLAG) and _asks(held, loop.var):
                    return None
                made = Loop(quantifier == "all", loop, held, span=span)
                return Inverse(made, span=span) if quantifier == "none" else made
            case ast.Get() | ast.Var() if isinstance(expr.type, FlagType):
                ref = self.ref(expr, scope)
                return Flag(ref, span=span) if ref is not None and _plain(ref) else None
            case _:
                return None

    def _definition(
        self, let: str, args: tuple[ast.Expr, ...], scope: Scope, span: Span
    ) -> Condition | None:
        """The body of a definition, unless its text may change.

        Applied to facts that lie at one place it is worked out once for a case; applied to
        an element of a list it is written in place of its name if short, else once for all.
        """
        decl = self.program.lets[let]
        if self.program.amendments.get(let) or not isinstance(decl.type, FlagType):
            return None
        refs = [self.ref(a, scope) for a in args]
        if all(map(_steady, refs)):
            key = f"let {let}" + (f"({', '.join(map(_path, refs))})" if refs else "")
            self._share(key, decl, (), self._bound(decl, args, scope))
            return Shared(key, span=span)
        written = self._in_place(decl, args, scope)
        if written is not None:
            return written
        records = all(isinstance(s.type, RecordType | RowType) for s in decl.subjects)
        found = tuple(r for r in refs if r is not None)
        if not records or len(found) < len(refs):
            return None
        names = tuple(s.name for s in decl.subjects)
        key = f"let {let}/{len(names)}"
        self._share(key, decl, names, {n: Local(n) for n in names})
        return Applied(key, found, span=span)

    def _in_place(
        self, decl: ast.Let, args: tuple[ast.Expr, ...], scope: Scope
    ) -> Condition | None:
        """The body of a definition, unless it opens to more than fits where it is used."""
        before = self.budget
        self.budget = min(before, MOST_IN_PLACE)
        start = self.budget
        made = self._condition_or_none(decl.value, self._bound(decl, args, scope))
        used, short = start - self.budget, self.budget >= 0
        self.budget = before - used
        return made if short else None

    def _condition_or_none(self, expr: ast.Expr, scope: Scope) -> Condition | None:
        try:
            return self.condition(expr, scope)
        except Opaque:
            return None

    def _share(self, key: str, decl: ast.Let, params: tuple[str, ...], scope: Scope) -> None:
        """Plan a definition once, apart from where it is used."""
        if key in self.shared:
            return
        before = self.budget, self.nesting
        self.budget, self.nesting = MOST_NODES, 0
        try:
            body = self.condition(decl.value, scope)
        finally:
            self.budget, self.nesting = before
        self.shared[key] = SharedPlan(key, decl.id, params, body)

    @contextmanager
    def _within(self) -> Generator[None]:
        self.nesting += 1
        try:
            yield
        finally:
            self.nesting -= 1

    def _bound(self, decl: ast.Let, args: tuple[ast.Expr, ...], scope: Scope) -> Scope:
        made: dict[str, Ref | Bound] = {}
        for subject, arg in zip(decl.subjects, args, strict=False):
            ref = self.ref(arg, scope)
            made[subject.name] = ref if ref is not None else Bound(arg, scope)
        return made

    def _status(
        self, status: str, args: tuple[ast.Expr, ...], scope: Scope, expr: ast.Expr
    ) -> Condition | None:
        """A status of subjects that are the same in every rule that establishes it."""
        asked = [self.ref(a, scope) for a in args]
        if any(not _steady(a) for a in asked):
            return None
        rules: list[str] = []
        decl = self.program.statuses.get(status)
        for rule in self.program.rules.values():
            for clauses in _versions(self.program, rule):
                for effect in clauses.effects or ():
                    if not isinstance(effect.kind, ast.Establishes):
                        continue
                    if effect.kind.status != status:
                        continue
                    given = [self.ref(a, {}) for a in effect.kind.args]
                    if given != asked or (args and clauses.each):
                        return None
                    if any(_is_party(a) for a in effect.kind.args):
                        return None
                    rules.append(rule.id)
        gap = decl is not None and decl.gap is not None
        key = f"status {status}" + (f"({', '.join(map(_path, asked))})" if asked else "")
        made = Status(key, tuple(dict.fromkeys(rules)), gap, span=expr.span)
        self.statuses[key] = made
        return made

    # ── tests ────────────────────────────────────────────────────────────────

    def _test(self, expr: ast.Compare | ast.Member, scope: Scope) -> Condition | None:
        if not self._has_facts(expr, scope):
            return Fixed(self.site("fixed", self._constant(expr, scope), FLAG), span=expr.span)
        if isinstance(expr, ast.Member):
            return self._member(expr, expr.item, expr.container, scope)
        if isinstance(expr.left.type, NumberType) and isinstance(expr.right.type, NumberType):
            return self._numbers(expr, scope)
        for operand, other in ((expr.left, expr.right), (expr.right, expr.left)):
            ref = self.ref(operand, scope)
            if ref is None or not _scalar(operand.type) or not _plain(ref):
                continue
            if self._has_facts(other, scope):
                continue
            x = ast.Var("x", operand.type, span=operand.span)
            constant = self._constant(other, scope)
            made = (
                replace(expr, left=x, right=constant)
                if operand is expr.left
                else replace(expr, left=constant, right=x)
            )
            return Test(ref, self.site("table", made, operand.type), span=expr.span)
        return None

    def _member(
        self, expr: ast.Expr, item: ast.Expr, container: ast.Expr, scope: Scope
    ) -> Condition | None:
        if self._has_facts(container, scope):
            return self._listed(expr, item, container, scope)
        ref = self.ref(item, scope)
        if ref is None:
            return None
        constant = self._constant(container, scope)
        if isinstance(item.type, CodesType):
            if container.type != CODE_SET:
                return None
            return Under(ref, self.site("codes", constant, CODE_SET), span=expr.span)
        if not _scalar(item.type) or not _plain(ref):
            return None
        x = ast.Var("x", item.type, span=item.span)
        made = ast.Member(x, constant, FLAG, span=expr.span)
        return Test(ref, self.site("table", made, item.type), span=expr.span)

    def _listed(
        self, expr: ast.Expr, item: ast.Expr, container: ast.Expr, scope: Scope
    ) -> Condition | None:
        """A constant in a list that the case states."""
        of = item_of(container.type)
        ref = self.ref(container, scope)
        if of is None or not _scalar(of) or not isinstance(ref, Field):
            return None
        if self._in_row(container, scope):
            return None
        if self._has_facts(item, scope) or item.type != of:
            return None
        domain = Domain(f"each.{self.nesting}", ref)
        x = ast.Var("x", of, span=container.span)
        same = ast.Compare(Comparison.EQUAL, self._constant(item, scope), x, FLAG, span=expr.span)
        body = Test(Local(domain.var), self.site("table", same, of), span=expr.span)
        return Loop(False, domain, body, blind=True, span=expr.span)  # noqa: FBT003  any

    def _of_in(self, expr: ast.OfIn, scope: Scope) -> Condition | None:
        negated = expr.quantifier == "none"
        if isinstance(expr.items.type, CodesType):
            made = self._member(expr, expr.items, expr.container, scope)
            return Inverse(made, span=expr.span) if negated and made is not None else made
        item = item_of(expr.items.type)
        if item is None or not _scalar(item) or self._has_facts(expr.container, scope):
            return None
        domain = self._domain("each", expr.items, scope)
        if domain is None:
            return None
        x = ast.Var("x", item, span=expr.items.span)
        test = ast.Member(x, self._constant(expr.container, scope), FLAG, span=expr.span)
        body = Test(Local(domain.var), self.site("table", test, item), span=expr.span)
        loop = Loop(expr.quantifier == "all", domain, body, blind=True, span=expr.span)
        return Inverse(loop, span=expr.span) if negated else loop

    # ── numbers ──────────────────────────────────────────────────────────────

    def _numbers(self, expr: ast.Compare, scope: Scope) -> Condition | None:
        if _is_money(expr.left.type) or _is_money(expr.right.type):
            return self._relation(expr, scope)
        for operand, other, op in (
            (expr.left, expr.right, expr.op),
            (expr.right, expr.left, turned(expr.op)),
        ):
            ref = self.ref(operand, scope)
            if ref is None or not _plain(ref) or self._has_facts(other, scope):
                continue
            site = self.site("number", self._constant(other, scope), other.type)
            return Order(op, ref, site, span=expr.span)
        return self._relation(expr, scope)

    def _relation(self, expr: ast.Compare, scope: Scope) -> Condition | None:
        """Two amounts; a quotient whose divisor is declared positive is multiplied out."""
        sides = [self._quotient(expr.left, scope), self._quotient(expr.right, scope)]
        if None in sides:
            return None
        (a, b), (c, d) = ((s[0], s[1]) for s in sides if s is not None)
        asked = self._ask(expr, scope)
        if not isinstance(asked, Ask):
            return None
        left = a if d is None else Sum("*", a, d)
        right = c if b is None else Sum("*", c, b)
        return Relation(expr.op, left, right, asked.site, asked.env, span=expr.span)

    def _quotient(self, expr: ast.Expr, scope: Scope) -> tuple[Amount, Amount | None] | None:
        """A side of a comparison as numerator and divisor."""
        expr, scope = self._opened(expr, scope)
        if isinstance(expr, ast.NumOp) and expr.op == "/":
            above, below = self._amount(expr.left, scope), self._amount(expr.right, scope)
            if above is None or below is None or not self._positive(expr.right, scope):
                return None
            return above, below
        made = self._amount(expr, scope)
        return None if made is None else (made, None)

    def _positive(self, expr: ast.Expr, scope: Scope) -> bool:
        """Whether the vocabulary declares a divisor to be more than zero."""
        expr, scope = self._opened(expr, scope)
        if not isinstance(expr, ast.Get) or expr.info.range is None:
            return False
        low = expr.info.range.low
        return low is not None and (low > 0 or (low == 0 and not expr.info.range.low_closed))

    def _opened(self, expr: ast.Expr, scope: Scope) -> tuple[ast.Expr, Scope]:
        """A term with the names of definitions and subjects replaced by what they say."""
        while True:
            self.budget -= 1
            if self.budget < 0:
                raise Opaque
            match expr:
                case ast.LetCall(let, args) if not self.program.amendments.get(let):
                    decl = self.program.lets[let]
                    expr, scope = decl.value, self._bound(decl, args, scope)
                case ast.Var(name):
                    found = scope.get(name)
                    if not isinstance(found, Bound):
                        return expr, scope
                    expr, scope = found.expr, found.scope
                case _:
                    return expr, scope

    def _amount(self, expr: ast.Expr, scope: Scope) -> Amount | None:
        """A number, if the plan has a form for it; one that lies too deep is asked."""
        if self.depth > DEEPEST:
            return None
        self.depth += 1
        try:
            return self._amount_of(expr, scope)
        finally:
            self.depth -= 1

    def _amount_of(self, expr: ast.Expr, scope: Scope) -> Amount | None:
        expr, scope = self._opened(expr, scope)
        if not isinstance(expr.type, NumberType):
            return None
        if not self._has_facts(expr, scope):
            if expr.type.dimension.kind == "money":
                return None  # whether the currency is that of the case, only the reference says
            return Constant(self.site("number", self._constant(expr, scope), expr.type))
        match expr:
            case ast.Get():
                ref = self.ref(expr, scope)
                return Stated(ref) if ref is not None and _plain(ref) else None
            case ast.NumOp("+" | "-" | "*" as op, left, right):
                one, two = self._amount(left, scope), self._amount(right, scope)
                return None if one is None or two is None else Sum(op, one, two)
            case ast.Aggregate("sum" | "count" | "max" | "min" as kind, body, var, domain, where):
                loop = self._domain(var, domain, scope)
                if loop is None:
                    return None
                inner: Scope = {**scope, var: Local(loop.var)}
                with self._within():
                    value = self._amount(body, inner) if body is not None else None
                    test = self.condition(where, inner) if where is not None else None
                if value is None and (body is not None and kind != "count"):
                    return None
                if test is not None and _asks(test, loop.var) and not _is_record(domain.type):
                    return None
                return Total(kind, loop, value, test)
            case _:
                return None

    # ── lists ────────────────────────────────────────────────────────────────

    def _domain(self, var: str, expr: ast.Expr, scope: Scope) -> Domain | None:
        """What a loop goes through; variables get names of their own."""
        item = item_of(expr.type)
        if item is None:
            return None
        own = f"{var}.{self.nesting}"
        ref = self.ref(expr, scope)
        stated = isinstance(ref, Field) and not self._in_row(expr, scope)
        if isinstance(ref, Field) and stated and (_scalar(item) or isinstance(item, RecordType)):
            return Domain(own, ref)
        if not (_scalar(item) or isinstance(item, RecordType | RowType)):
            return None
        made, env = self._environment(expr, scope)
        names = tuple(n for n, _ in env)
        # Of things that a set brings together, one may lie within another.
        nested = isinstance(item, RecordType)
        return Domain(own, self.site("domain", made, expr.type, names), env, nested)

    def _looks_into_mind(self, expr: ast.Expr) -> bool:
        """Whether an expression, definitions opened, asks what the actor holds."""
        return any(
            isinstance(n, ast.Knows | ast.NotKnown)
            or (isinstance(n, ast.LetCall) and self._opens_to_mind(n.let))
            for n in nodes(expr)
        )

    def _opens_to_mind(self, let: str) -> bool:
        if let not in self.minds:
            self.minds[let] = False  # INVARIANT: the checker refuses circles
            values = let_values(self.program, self.program.lets[let])
            self.minds[let] = any(map(self._looks_into_mind, values))
        return self.minds[let]

    # ── the reference ────────────────────────────────────────────────────────

    def _ask(self, expr: ast.Expr, scope: Scope) -> Condition:
        made, env = self._environment(expr, scope)
        if not env and not self._has_facts(made, {}):
            return Fixed(self.site("fixed", made, FLAG), span=expr.span)
        names = tuple(n for n, _ in env)
        return Ask(self.site("ask", made, FLAG, names), env, span=expr.span)

    def _environment(
        self, expr: ast.Expr, scope: Scope
    ) -> tuple[ast.Expr, tuple[tuple[str, Ref], ...]]:
        """An expression with the facts that its variables stand for.

        A subject that stands for a term is replaced by the term, unless the expression
        looks into the mind of the actor, where the same term would be read otherwise.
        """
        closing = _Closing()
        made = closing.close(expr, scope, frozenset())
        if closing.terms and self._looks_into_mind(made):
            raise Opaque
        return made, tuple((name, ref) for ref, name in closing.env.items())

    # ── facts ────────────────────────────────────────────────────────────────

    def ref(self, expr: ast.Expr, scope: Scope) -> Ref | None:
        """The fact that an expression names, if it names one."""
        match expr:
            case ast.Var("transaction") if "transaction" not in scope:
                return Root()
            case ast.Var(name):
                found = scope.get(name)
                if isinstance(found, Bound):
                    return self.ref(found.expr, found.scope)
                return found
            case ast.Get(base, name):
                if not isinstance(base.type, RecordType | RowType):
                    return None
                inner = self.ref(base, scope)
                return None if inner is None else Field(inner, name)
            case ast.LetCall(let, args) if not self.program.amendments.get(let):
                decl = self.program.lets[let]
                return self.ref(decl.value, self._bound(decl, args, scope))
            case _:
                return None

    def _in_row(self, expr: ast.Expr, scope: Scope) -> bool:
        """Whether a fact is a cell of a table, which may hold a set and not a list."""
        found, _ = self._opened(expr, scope)
        return isinstance(found, ast.Get) and isinstance(found.base.type, RowType)

    def _has_facts(self, expr: ast.Expr, scope: Scope) -> bool:
        """Whether facts of the case, or conclusions about them, go into an expression."""
        for node in nodes(expr):
            match node:
                case ast.Var(name):
                    found = scope.get(name)
                    if not isinstance(found, Bound) or self._has_facts(found.expr, found.scope):
                        return True
                case ast.LetCall(let):
                    if self._let_has_facts(let):
                        return True
                case ast.StatusTest() | ast.Unmet() | ast.Knows() | ast.NotKnown():
                    return True
                case ast.Broken() | ast.Entries() | ast.Owned() | ast.Near():
                    return True
                case ast.Named("table"):
                    return True  # which rows apply is the reference's to say
                case _:
                    pass
        return False

    def _let_has_facts(self, let: str) -> bool:
        if let not in self.facts_in:
            self.facts_in[let] = True  # INVARIANT: the checker refuses circles
            decl = self.program.lets[let]
            empty: dict[str, Ref | Bound] = {
                s.name: Bound(ast.Literal(True, FLAG), {})  # noqa: FBT003  a subject adds no fact itself
                for s in decl.subjects
            }
            values = let_values(self.program, decl)
            self.facts_in[let] = any(self._has_facts(v, empty) for v in values)
        return self.facts_in[let]

    def _constant(self, expr: ast.Expr, scope: Scope) -> ast.Expr:
        """An expression without facts, its subjects replaced by what they stand for."""
        made, env = self._environment(expr, scope)
        if env:
            raise Opaque
        return made

    def site(self, kind: SiteKind, expr: ast.Expr, type_: Type, names: tuple[str, ...] = ()) -> int:
        """The number of a site; equal ones are one."""
        made = Site(kind, expr, type_, names)
        if made not in self.known:
            self.known[made] = len(self.sites)
            self.sites.append(made)
        return self.known[made]


# ── small things ─────────────────────────────────────────────────────────────


def _all(parts: Iterable[Condition]) -> Condition:
    found = tuple(p for p in parts if p != Known(True))  # noqa: FBT003  the constant
    if not found:
        return Known(True)  # noqa: FBT003  the constant
    return found[0] if len(found) == 1 else All(found)


def _asks(node: Node, var: str) -> bool:
    """Whether the reference is asked about an element of a list of words."""
    match node:
        case Ask(_, env) | Relation(_, _, _, _, env) | Domain(_, _, env):
            if any(_base(ref) == Local(var) for _, ref in env):
                return True
        case _:
            pass
    return any(_asks(part, var) for part in inside(node))


def _base(ref: Ref) -> Ref:
    return _base(ref.base) if isinstance(ref, Field) else ref


def _plain(ref: Ref) -> bool:
    """Whether a fact is a field or an element, and not the transaction itself."""
    return not isinstance(ref, Root)


def _steady(ref: Ref | None) -> bool:
    """Whether a fact lies at one place, in no list."""
    match ref:
        case Root():
            return True
        case Field(base):
            return _steady(base)
        case _:
            return False


def _path(ref: Ref | None) -> str:
    """Where a steady fact lies, in words."""
    match ref:
        case Field(Root(), name):
            return name
        case Field(base, name):
            return f"{_path(base)}.{name}"
        case _:
            return "transaction"


def _scalar(type_: Type) -> bool:
    return isinstance(type_, EnumType | PlaceType | TextType | DateType | FlagType)


def _is_money(type_: Type) -> bool:
    return isinstance(type_, NumberType) and type_.dimension.kind == "money"


def _is_record(type_: Type) -> bool:
    return isinstance(item_of(type_), RecordType | RowType)


def _is_party(expr: ast.Expr) -> bool:
    return isinstance(expr.type, RecordType) and expr.type.name == "Party"


def _versions(program: Program, rule: ast.Rule) -> Iterator[ast.Clauses]:
    yield rule.clauses
    for change in program.amendments.get(rule.id, ()):
        yield amended(rule.clauses, change.clauses)


@dataclass(slots=True)
class _Closing:
    """Replaces the free variables of an expression by names for the facts they stand for.

    The names (`$0`, `$1`) cannot be written in the language, so nothing captures them.
    """

    env: dict[Ref, str] = field(default_factory=dict["Ref", str])
    terms: bool = False
    """Whether a subject was replaced by a term and not by a fact."""

    def close(self, expr: ast.Expr, scope: Scope, within: frozenset[str]) -> ast.Expr:
        if isinstance(expr, ast.Var):
            found = scope.get(expr.name) if expr.name not in within else None
            if found is None:
                return expr
            if isinstance(found, Bound):
                self.terms = True
                return self.close(found.expr, found.scope, frozenset())
            name = self.env.setdefault(found, f"${len(self.env)}")
            return replace(expr, name=name)
        if not children(expr) and not isinstance(expr, ast.Unmet):
            return expr
        match expr:
            case ast.Quantified(_, var) | ast.Aggregate(_, _, var):
                bound = within | {var}
            case _:
                bound = within
        made: dict[str, object] = {}
        for each in fields(expr):
            value = getattr(expr, each.name)
            # The domain of a loop does not see its variable.
            inner = within if each.name in {"domain", "otherwise"} else bound
            match value:
                case ast.Predicate(var, body):
                    closed = self.close(body, scope, within | {var})
                    made[each.name] = replace(value, body=closed)
                case tuple() if each.name in {"args", "items", "parts"}:
                    parts = cast("tuple[ast.Expr, ...]", value)
                    made[each.name] = tuple(self.close(v, scope, inner) for v in parts)
                case _ if each.name not in {"span", "type", "info"} and isinstance(value, _EXPR):
                    made[each.name] = self.close(value, scope, inner)
                case _:
                    pass
        # Each part is replaced by one of its own kind.
        return cast("ast.Expr", replace(cast("Any", expr), **made))


_EXPR = get_args(ast.Expr)


__all__ = ["plan"]
