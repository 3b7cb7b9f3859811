"""Which way a condition goes when a part of it goes from no to yes.

A part is *rising* where more of it can only make the whole truer (or larger), *falling*
where it can only make it less so, and *either* where both may happen. Definitions are
opened; what they are applied to is followed into them.
"""

from __future__ import annotations

from dataclasses import field, replace

from longarm_dsl.core import ast
from longarm_dsl.core.check.ranges import Ranges
from longarm_dsl.core.check.roots import let_values
from longarm_dsl.core.numbers import Comparison, Interval
from longarm_dsl.core.program import Program
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

RISING = 1
FALLING = -1
EITHER = 0

_ORDERS = {
    Comparison.AT_LEAST: (RISING, FALLING),
    Comparison.MORE: (RISING, FALLING),
    Comparison.AT_MOST: (FALLING, RISING),
    Comparison.LESS: (FALLING, RISING),
}


@dataclass(frozen=True, slots=True)
class Use:
    """A part of a condition, which way it works, and the part around it.

    `turned` is the innermost text that made it anything but rising.
    """

    node: ast.Expr
    sign: int
    parent: ast.Expr | None
    parent_sign: int
    turned: Span | None


@dataclass(slots=True)
class Walk:
    """Opens conditions of one program; what a definition holds is worked out once."""

    program: Program
    ranges: Ranges
    _lets: dict[str, tuple[Use, ...]] = field(default_factory=dict[str, tuple[Use, ...]])

    def uses(self, expr: ast.Expr, let: str | None = None) -> tuple[Use, ...]:
        """The expression and every part of it."""
        found: list[Use] = []
        self._visit(Use(expr, RISING, None, RISING, None), let, found)
        return tuple(found)

    def _visit(self, use: Use, let: str | None, found: list[Use]) -> None:
        found.append(use)
        node = use.node
        if isinstance(node, ast.LetCall):
            self._open(use, node, let, found)
            return
        for child, sign in self._parts(node, let):
            turned = node.span if sign != RISING else use.turned
            inner = Use(child, use.sign * sign, node, use.sign, turned)
            self._visit(inner, let, found)

    def _open(self, use: Use, call: ast.LetCall, let: str | None, found: list[Use]) -> None:
        inside = self._inside(call.let)
        for part in inside:
            turned = part.turned or use.turned
            signs = use.sign * part.sign, use.sign * part.parent_sign
            found.append(replace(part, sign=signs[0], parent_sign=signs[1], turned=turned))
        definition = self.program.lets.get(call.let)
        for subject, arg in zip(definition.subjects if definition else (), call.args, strict=False):
            places = {
                (p.sign, p.turned)
                for p in inside
                if isinstance(p.node, ast.Var) and p.node.name == subject.name
            }
            for sign, turned in sorted(places, key=lambda p: p[0]):
                inner = Use(arg, use.sign * sign, call, use.sign, turned or use.turned)
                self._visit(inner, let, found)

    def _inside(self, id_: str) -> tuple[Use, ...]:
        if id_ not in self._lets:
            self._lets[id_] = ()  # a definition in a circle is somebody else's finding
            let = self.program.lets.get(id_)
            values = let_values(self.program, let) if let is not None else ()
            self._lets[id_] = tuple(use for value in values for use in self.uses(value, id_))
        return self._lets[id_]

    # ── which way each part works ────────────────────────────────────────────

    def _parts(self, expr: ast.Expr, let: str | None) -> tuple[tuple[ast.Expr, int], ...]:
        match expr:
            case ast.Get(base):
                return ((base, EITHER),)
            case ast.DateShift(base) | ast.Round(_, base):
                return ((base, RISING),)
            case ast.SetOf(items):
                return tuple((i, RISING) for i in items)
            case ast.SetOp(op, left, right):
                return ((left, RISING), (right, FALLING if op == "-" else RISING))
            case ast.NumOp():
                return self._arithmetic(expr, let)
            case ast.Aggregate():
                return self._aggregate(expr, let)
            case ast.Parts(item):
                return ((item, EITHER),)
            case ast.Entries(party, lists, _, skip):
                return ((party, EITHER), (lists, RISING), *_falling(skip))
            case ast.Owned():
                by = expr.by.body if isinstance(expr.by, ast.Predicate) else expr.by
                held = ((expr.party, EITHER), (by, RISING), (expr.bar, FALLING))
                return (*held, (expr.together, EITHER), *_falling(expr.skip))
            case ast.Knows(inner, level):
                return ((inner, RISING), (level, EITHER))
            case ast.Near(item, codes, within):
                return ((item, EITHER), (codes, EITHER), (within, RISING))
            case ast.StatusTest(_, args):
                return tuple((a, EITHER) for a in args)
            case ast.Compare():
                return _comparison(expr)
            case ast.Member(item, container):
                return ((item, EITHER), (container, RISING))
            case ast.OfIn(quantifier, items, container):
                return (
                    (items, RISING if quantifier == "any" else FALLING),
                    (container, FALLING if quantifier == "none" else RISING),
                )
            case ast.NotKnown(inner):
                return ((inner, EITHER),)
            case ast.Quantified(quantifier, _, domain, body):
                return (
                    (domain, RISING if quantifier == "any" else FALLING),
                    (body, FALLING if quantifier == "none" else RISING),
                )
            case ast.Not(inner):
                return ((inner, FALLING),)
            case ast.And(parts) | ast.Or(parts):
                return tuple((p, RISING) for p in parts)
            case (
                ast.Literal()
                | ast.Var()
                | ast.Named()
                | ast.Codes()
                | ast.Unmet()
                | ast.Broken()
                | ast.LetCall()
            ):
                return ()

    def _arithmetic(self, expr: ast.NumOp, let: str | None) -> tuple[tuple[ast.Expr, int], ...]:
        left = _sign(self.ranges.of(expr.left, let))
        right = _sign(self.ranges.of(expr.right, let))
        match expr.op:
            case "+":
                return ((expr.left, RISING), (expr.right, RISING))
            case "-":
                return ((expr.left, RISING), (expr.right, FALLING))
            case "*":
                return ((expr.left, right), (expr.right, left))
            case _:
                return ((expr.left, right), (expr.right, -left * abs(right)))

    def _aggregate(self, expr: ast.Aggregate, let: str | None) -> tuple[tuple[ast.Expr, int], ...]:
        match expr.kind:
            case "count":
                more = RISING
            case "sum":
                more = _sign(self.ranges.of(expr.body, let)) if expr.body is not None else EITHER
            case "min":
                more = FALLING
            case _:
                more = RISING
        if expr.otherwise is not None:
            more = EITHER  # the first member replaces what stands for none
        found: list[tuple[ast.Expr, int]] = [(expr.domain, more)]
        if expr.body is not None:
            found.append((expr.body, RISING))
        if expr.where is not None:
            found.append((expr.where, more))
        if expr.otherwise is not None:
            found.append((expr.otherwise, RISING))
        return tuple(found)


def _falling(skip: ast.Predicate | None) -> tuple[tuple[ast.Expr, int], ...]:
    return () if skip is None else ((skip.body, FALLING),)


def _sign(number: Interval | None) -> int:
    """Which way a product goes with the other factor: the sign of this one."""
    if number is None:
        return EITHER
    if number.low is not None and number.low >= 0:
        return RISING
    if number.high is not None and number.high <= 0:
        return FALLING
    return EITHER


def _comparison(expr: ast.Compare) -> tuple[tuple[ast.Expr, int], ...]:
    ways = _ORDERS.get(expr.op)
    if ways is not None:
        return ((expr.left, ways[0]), (expr.right, ways[1]))
    for this, other in ((expr.left, expr.right), (expr.right, expr.left)):
        if isinstance(other, ast.Literal) and isinstance(other.value, bool):
            same = other.value is (expr.op is Comparison.EQUAL)
            return ((this, RISING if same else FALLING), (other, EITHER))
    return ((expr.left, EITHER), (expr.right, EITHER))
