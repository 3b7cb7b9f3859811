"""Conditions that the facts cannot change: always true, or never.

Only what is certain is said. A conjunction is looked at per scalar fact: the constants it
may equal, the bounds it must keep. Places are compared only where no alias makes two of
them one; texts are never compared, since names are folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import date
from fractions import Fraction

from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import Root, nodes, words
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Comparison, Interval, compare, intersect
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import (
    DateType,
    EnumType,
    FlagType,
    NumberType,
    PlaceType,
)
from longarm_dsl.core.units import Dimension
from longarm_dsl.diagnostics import Diagnostic, Label, warning
from longarm_dsl.lazy_dataclass import dataclass

_NEGATED = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.LESS: Comparison.AT_LEAST,
    Comparison.AT_LEAST: Comparison.LESS,
    Comparison.MORE: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.MORE,
}
_MIRRORED = {
    Comparison.LESS: Comparison.MORE,
    Comparison.MORE: Comparison.LESS,
    Comparison.AT_LEAST: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.AT_LEAST,
}


def conditions(program: Program, all_roots: tuple[Root, ...]) -> Iterator[Diagnostic]:
    """Findings on every condition, and on statuses that nobody can have."""
    folder = _Folder(frozenset(p for a in program.aliases for p in (a.place, a.reads_as)))
    for root in all_roots:
        note = root.rule.instrument if root.rule is not None else None
        for node in nodes(root.expr):
            found = folder.settled(node)
            if found is not None:
                yield _finding(found, note)


@dataclass(frozen=True, slots=True)
class _Settled:
    """A condition with its one answer, and the parts that settle it."""

    node: ast.Expr
    answer: bool
    why: tuple[ast.Expr, ...] = ()


def _finding(found: _Settled, note: str | None) -> Diagnostic:
    shown = f"`{words(found.node.span)}`"
    labels = tuple(Label(w.span, "") for w in found.why if w.span != found.node.span)
    if found.answer:
        return warning(
            "always-true",
            f"{shown} holds in every case",
            found.node.span,
            secondary=labels,
            help="leave it out, or mend it",
            note=note,
        )
    return warning(
        "never-true",
        f"{shown} holds in no case",
        found.node.span,
        secondary=labels,
        help="lists of a statute that read `and` often mean `or`",
        note=note,
    )


# ── one scalar fact ──────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Atom:
    """What a part of a condition says of one term: one of, none of, or a bound."""

    term: ast.Expr
    part: ast.Expr
    one_of: frozenset[ast.LiteralValue] | None = None
    none_of: frozenset[ast.LiteralValue] = frozenset()
    bound: Interval | None = None


@dataclass(slots=True)
class _State:
    """What all parts together leave of a term."""

    parts: list[ast.Expr] = field(default_factory=list[ast.Expr])
    one_of: frozenset[ast.LiteralValue] | None = None
    none_of: frozenset[ast.LiteralValue] = frozenset()
    bound: Interval | None = None
    empty: bool = False

    def add(self, atom: _Atom) -> bool:
        """Narrow by one part; whether nothing is left."""
        if atom.one_of is not None:
            self.one_of = atom.one_of if self.one_of is None else self.one_of & atom.one_of
        self.none_of |= atom.none_of
        if atom.bound is not None:
            if self.bound is None:
                self.bound = atom.bound
            elif self.bound.dimension == atom.bound.dimension:
                left = intersect(self.bound, atom.bound)
                self.empty |= left is None
                self.bound = left or self.bound
        self.parts.append(atom.part)
        return self.empty or (self.one_of is not None and not self.one_of - self.none_of)


@dataclass(frozen=True, slots=True)
class _Folder:
    aliased: frozenset[str]

    def settled(self, node: ast.Expr) -> _Settled | None:
        """The one answer of a condition, if it certainly has only one."""
        match node:
            case ast.And(parts):
                why = self._contradiction((p, True) for p in _flat(parts, ast.And))
                return _Settled(node, answer=False, why=why) if why else None
            case ast.Or(parts):
                why = self._contradiction((p, False) for p in _flat(parts, ast.Or))
                return _Settled(node, answer=True, why=why) if why else None
            case ast.Compare(op, left, right):
                return _of_comparison(node, op, left, right)
            case ast.Member(item, ast.SetOf(items)):
                return self._of_member(node, item, items)
            case ast.OfIn(quantifier, ast.SetOf(items), ast.SetOf(container)):
                return self._of_sets(node, quantifier, items, container)
            case ast.OfIn(quantifier, _, ast.SetOf(())):
                return None if quantifier == "all" else _Settled(node, answer=quantifier == "none")
            case _:
                return None

    def _contradiction(self, parts: Iterable[tuple[ast.Expr, bool]]) -> tuple[ast.Expr, ...]:
        """The parts that exclude one another when all have the given truth; none if none do."""
        states: dict[ast.Expr, _State] = {}
        plain: dict[tuple[ast.Expr, bool], ast.Expr] = {}
        for part, truth in parts:
            inner, positive = _stripped(part, truth=truth)
            other = plain.get((inner, not positive))
            if other is not None and not isinstance(inner, ast.Broken):
                return other, part
            plain[inner, positive] = part
            atom = self._atom(inner, part, positive=positive)
            if atom is not None and states.setdefault(atom.term, _State()).add(atom):
                return tuple(states[atom.term].parts)
        return ()

    def _atom(self, node: ast.Expr, part: ast.Expr, *, positive: bool) -> _Atom | None:
        match node:
            case ast.Compare(op, ast.Literal() as value, term) if not isinstance(term, ast.Literal):
                return self._compared(_MIRRORED.get(op, op), term, value, part, positive=positive)
            case ast.Compare(op, term, ast.Literal() as value):
                return self._compared(op, term, value, part, positive=positive)
            case ast.Member(term, ast.SetOf(items)) if self._scalar(term):
                values = self._constants(items)
                if values is None:
                    return None
                if positive:
                    return _Atom(term, part, one_of=values)
                return _Atom(term, part, none_of=values)
            case _:
                return None

    def _compared(
        self, op: Comparison, term: ast.Expr, value: ast.Literal, part: ast.Expr, *, positive: bool
    ) -> _Atom | None:
        sign = op if positive else _NEGATED[op]
        if isinstance(term.type, NumberType | DateType):
            bound = _bound(sign, value.value)
            if bound is not None:
                return _Atom(term, part, bound=bound)
        if sign not in {Comparison.EQUAL, Comparison.UNEQUAL} or not self._scalar(term):
            return None
        values = self._constants((value,))
        if values is None:
            return None
        if sign is Comparison.EQUAL:
            return _Atom(term, part, one_of=values)
        return _Atom(term, part, none_of=values)

    def _scalar(self, term: ast.Expr) -> bool:
        return isinstance(term.type, EnumType | FlagType | PlaceType) and isinstance(
            term, ast.Get | ast.Var | ast.Named
        )

    def _constants(self, items: tuple[ast.Expr, ...]) -> frozenset[ast.LiteralValue] | None:
        """The values written, if all are constants of which no two can be one thing."""
        found: set[ast.LiteralValue] = set()
        for item in items:
            if not isinstance(item, ast.Literal) or isinstance(item.value, str | Interval):
                return None
            value = item.value
            if isinstance(value, ast.Place) and ("-" in value.code or value.code in self.aliased):
                return None
            found.add(value)
        return frozenset(found)

    def _of_member(
        self, node: ast.Expr, item: ast.Expr, items: tuple[ast.Expr, ...]
    ) -> _Settled | None:
        if not items:
            return _Settled(node, answer=False)
        if isinstance(item, ast.Literal):
            value, values = self._constants((item,)), self._constants(items)
            if value is not None and values is not None:
                return _Settled(node, answer=value <= values)
        return None

    def _of_sets(
        self,
        node: ast.Expr,
        quantifier: str,
        items: tuple[ast.Expr, ...],
        container: tuple[ast.Expr, ...],
    ) -> _Settled | None:
        one, two = self._constants(items), self._constants(container)
        if one is None or two is None:
            return None
        answers = {"any": bool(one & two), "all": one <= two, "none": not one & two}
        return _Settled(node, answer=answers[quantifier])


def _stripped(part: ast.Expr, *, truth: bool) -> tuple[ast.Expr, bool]:
    while isinstance(part, ast.Not):
        part, truth = part.inner, not truth
    return part, truth


def _flat(parts: tuple[ast.Expr, ...], kind: type[ast.And | ast.Or]) -> Iterator[ast.Expr]:
    for part in parts:
        if isinstance(part, kind):
            yield from _flat(part.parts, kind)
        else:
            yield part


def _of_comparison(
    node: ast.Expr, op: Comparison, left: ast.Expr, right: ast.Expr
) -> _Settled | None:
    if isinstance(left, ast.Literal) and isinstance(right, ast.Literal):
        one, two = left.value, right.value
        if isinstance(one, Interval) and isinstance(two, Interval):
            answer = compare(op, one, two)
            return None if answer is Truth.UNKNOWN else _Settled(node, answer is Truth.YES)
        if op in {Comparison.EQUAL, Comparison.UNEQUAL} and not isinstance(one, str | ast.Place):
            return _Settled(node, (one == two) is (op is Comparison.EQUAL))
        return None
    if left == right and not isinstance(left, ast.Broken | ast.LetCall):
        same = op in {Comparison.EQUAL, Comparison.AT_MOST, Comparison.AT_LEAST}
        return _Settled(node, same)
    return None


_DAYS = Dimension("number", None, (("day of the calendar", 1),))
"""Days are compared with days only; the name meets no unit."""


def _bound(op: Comparison, value: ast.LiteralValue) -> Interval | None:
    if isinstance(value, date):
        exact, dimension = Fraction(value.toordinal()), _DAYS
    elif isinstance(value, Interval) and value.is_point and value.low is not None:
        exact, dimension = value.low, value.dimension
    else:
        return None
    match op:
        case Comparison.EQUAL:
            return Interval(exact, exact, True, True, False, dimension)  # noqa: FBT003  ends
        case Comparison.LESS | Comparison.AT_MOST:
            closed = op is Comparison.AT_MOST
            return Interval(None, exact, False, closed, False, dimension)  # noqa: FBT003  ends
        case Comparison.MORE | Comparison.AT_LEAST:
            closed = op is Comparison.AT_LEAST
            return Interval(exact, None, closed, False, False, dimension)  # noqa: FBT003  ends
        case _:
            return None
