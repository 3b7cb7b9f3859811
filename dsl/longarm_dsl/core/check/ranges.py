"""Between which ends a number of a policy can lie, from declared ranges alone.

Sound and simple: every value that any case could give lies inside the range found. What is
not known is unbounded. Amended values count with every version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import field

from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import nodes, roots
from longarm_dsl.core.numbers import (
    Failure,
    Interval,
    Number,
    add,
    anything,
    between,
    divide,
    hull,
    multiply,
    round_down,
    round_up,
    subtract,
)
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import NumberType
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(slots=True)
class Ranges:
    """The ranges of the numbers of one program, remembered per definition."""

    program: Program
    _calls: dict[str, list[tuple[ast.LetCall, str | None]]] = field(init=False)
    _lets: dict[str, Interval | None] = field(default_factory=dict[str, Interval | None])
    _subjects: dict[tuple[str, str], Interval | None] = field(
        default_factory=dict[tuple[str, str], Interval | None]
    )

    def __post_init__(self) -> None:
        self._calls = defaultdict(list)
        for root in roots(self.program):
            for node in nodes(root.expr):
                if isinstance(node, ast.LetCall):
                    self._calls[node.let].append((node, root.let))

    def of(self, expr: ast.Expr, let: str | None = None) -> Interval | None:
        """The range of a number that stands in the definition `let`; None if nothing is known."""
        if not isinstance(expr.type, NumberType):
            return None
        free = anything(expr.type.dimension)
        match expr:
            case ast.Literal(value):
                return value if isinstance(value, Interval) else None
            case ast.Get(info=info):
                return info.range or free
            case ast.Named("param", id_):
                named = self.program.values.get(id_)
                return self._versions(id_, named.value if named else None, None)
            case ast.LetCall(id_):
                return self._let(id_)
            case ast.Var(name):
                return self._subject(let, name) if let is not None else free
            case ast.NumOp(op, left, right):
                return self._operation(op, self.of(left, let), self.of(right, let))
            case ast.Round(up, inner):
                made = self.of(inner, let)
                return made and _known(round_up(made) if up else round_down(made))
            case ast.Aggregate():
                return self._aggregate(expr, free, let)
            case _:
                return free

    def _operation(self, op: str, left: Interval | None, right: Interval | None) -> Interval | None:
        if left is None or right is None:
            return None
        match op:
            case "+":
                return _known(add(left, right))
            case "-":
                return _known(subtract(left, right))
            case "*":
                return _known(multiply(left, right))
            case _:
                return _known(divide(left, right))

    def _aggregate(self, expr: ast.Aggregate, free: Interval, let: str | None) -> Interval | None:
        if expr.kind == "count":
            return between(0, None)
        if isinstance(expr.body, ast.Var) and isinstance(expr.domain, ast.SetOf):
            body = _hull(self.of(item, let) for item in expr.domain.items)
        else:
            body = self.of(expr.body, let) if expr.body is not None else None
        if body is None:
            return None
        if expr.kind == "sum":
            # A sum of nothing is zero; a sum of amounts of one sign keeps the sign.
            if body.low is not None and body.low >= 0:
                return between(0, None, body.dimension)
            if body.high is not None and body.high <= 0:
                return between(None, 0, body.dimension)
            return free
        if expr.otherwise is None:
            return body
        return _hull((body, self.of(expr.otherwise, let)))

    def _versions(self, id_: str, value: ast.Expr | None, let: str | None) -> Interval | None:
        changed = [a.value for a in self.program.amendments.get(id_, ()) if a.value is not None]
        values = (*([value] if value is not None else []), *changed)
        return _hull(self.of(v, let) for v in values)

    def _let(self, id_: str) -> Interval | None:
        if id_ not in self._lets:
            self._lets[id_] = None  # a definition in a circle is somebody else's finding
            let = self.program.lets.get(id_)
            if let is not None:
                self._lets[id_] = self._versions(id_, let.value, id_)
        return self._lets[id_]

    def _subject(self, let: str, name: str) -> Interval | None:
        """The range of a subject of a definition: whatever it is applied to."""
        key = let, name
        if key not in self._subjects:
            self._subjects[key] = None
            subjects = self.program.lets[let].subjects if let in self.program.lets else ()
            index = next((i for i, s in enumerate(subjects) if s.name == name), None)
            if index is not None:
                self._subjects[key] = _hull(
                    self.of(call.args[index], owner)
                    for call, owner in self._calls.get(let, ())
                    if index < len(call.args)
                )
        return self._subjects[key]


def _known(number: Number) -> Interval | None:
    return None if isinstance(number, Failure) else number


def _hull(ranges: Iterable[Interval | None]) -> Interval | None:
    """The range that holds all; None if one is unknown or there is none."""
    result: Interval | None = None
    for one in ranges:
        if one is None:
            return None
        result = one if result is None else _known(hull(result, one))
        if result is None:
            return None
    return result
