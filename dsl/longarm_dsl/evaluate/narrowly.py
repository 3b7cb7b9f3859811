"""How near a rule comes to standing in a case where it does not.

    near = Near(program)
    near.misses(truths, rule)    one condition fails for certain, all others hold for certain
    near.may_miss(truths, rule)  false only if it misses so under no reading of what it turns on

The conditions are the parts that `and` joins in `binds` and `when`, definitions of the same
form opened, and what the effect needs: something to defeat, a license to speak of. A family
misses narrowly if one of its members does. Only for those who judge cases, never in a decision.

Most rules are far from most cases, so what showed it last is asked first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

from longarm_dsl.core import ast
from longarm_dsl.core.formula import NO, YES, Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.idle import readings_in
from longarm_dsl.evaluate.network import Member, Network, Truths, amended
from longarm_dsl.evaluate.terms import Terms
from longarm_dsl.evaluate.values import Value
from longarm_dsl.lazy_dataclass import dataclass

MOST_ASKED_FIRST = 3
"""Conditions of a rule that are remembered for having shown that it is far."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A top part of a rule's condition."""

    expr: ast.Expr
    turns: bool
    """Whether it mentions a reading."""
    of_member: bool
    """Whether it speaks of a member of the rule's family."""


@dataclass(slots=True)
class _Text:
    """One version of a rule: its clauses, the parts of its condition, and what to ask first."""

    clauses: ast.Clauses
    leaf: str
    parts: tuple[_Part, ...]
    first: list[int]


class Near:
    """Judges how near rules of a program come; remembers what showed that one is far."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._texts: dict[tuple[str, ...], _Text] = {}

    def misses(self, truths: Truths, rule: ast.Rule) -> bool:
        """Whether all but one of the conditions of a rule in force hold, and that one fails."""
        return any(self._misses(truths, rule, text) for text in self._applying(truths, rule))

    def may_miss(self, truths: Truths, rule: ast.Rule) -> bool:
        """Whether what is beside readings and members of families speaks against it."""
        return any(
            _failed(truths, _own(truths.network, text, turns=False), text) is not None
            for text in self._applying(truths, rule)
        )

    def _applying(self, truths: Truths, rule: ast.Rule) -> Iterator[_Text]:
        network = truths.network
        for guard, changes in network.world.versions(rule.id):
            key = (rule.id, *(change.event for change in changes))
            text = self._texts.get(key)
            if text is None:
                text = self._texts[key] = self._text(rule, changes)
            if network.world.in_force(text.leaf) != NO and truths.of(guard) is Truth.YES:
                yield text

    def _text(self, rule: ast.Rule, changes: Iterable[ast.Amendment]) -> _Text:
        clauses, leaf = rule.clauses, rule.id
        for change in changes:
            clauses = amended(clauses, change.clauses)
            leaf = change.leaf or leaf
        names = frozenset(generator.var for generator in clauses.each or ())
        joined = [e for c in (clauses.binds, clauses.when) if c is not None for e in _joined(c)]
        parts = tuple(
            _Part(e, bool(readings_in(self._program, e)), not names.isdisjoint(variables(e)))
            for e in joined
        )
        return _Text(clauses, leaf, parts, [])

    def _misses(self, truths: Truths, rule: ast.Rule, text: _Text) -> bool:
        network = truths.network
        failed = _failed(truths, _own(network, text, turns=True), text)
        if failed is None:
            return False
        for env, membership, label in network.family(rule, text.clauses):
            if truths.of(membership) is not Truth.YES:
                continue
            of_member = [part.expr for part in text.parts if part.of_member]
            more = _failed(truths, _opened(network.terms, of_member, env), text, failed)
            if more is None:
                continue
            member = Member(f"{rule.id}[{label}]", rule, text.clauses, env, YES, text.leaf)
            active = truths.of(network.active(member))
            if active is not Truth.UNKNOWN and more + (active is Truth.NO) == 1:
                return True
        return False


_Asked = Iterator[tuple[ast.Expr, Mapping[str, Value]]]


def _own(network: Network, text: _Text, *, turns: bool) -> _Asked:
    """The conditions that speak of no member of a family; without `turns`, of no reading."""
    own = (p.expr for p in text.parts if not p.of_member and (turns or not p.turns))
    return _opened(network.terms, own, {})


def _failed(truths: Truths, asked: _Asked, text: _Text, failed: int = 0) -> int | None:
    """How many conditions fail, if no more than one does and all others hold."""
    first = text.first
    against: list[int] = []
    order = sorted(asked, key=lambda a: first.index(id(a[0])) if id(a[0]) in first else len(first))
    for expr, env in order:
        holds = truths.of(truths.network.terms.formula(expr, env))
        if holds is Truth.YES:
            continue
        against.append(id(expr))
        failed += holds is Truth.NO
        if holds is Truth.UNKNOWN or failed > 1:
            text.first = list(dict.fromkeys([*reversed(against), *first]))[:MOST_ASKED_FIRST]
            return None
    return failed


def _joined(expr: ast.Expr) -> Iterator[ast.Expr]:
    if isinstance(expr, ast.And):
        for part in expr.parts:
            yield from _joined(part)
    else:
        yield expr


def _opened(terms: Terms, exprs: Iterable[ast.Expr], env: Mapping[str, Value]) -> _Asked:
    """What `and` joins, also behind the name of a definition."""
    for expr in exprs:
        match expr:
            case ast.And(parts):
                yield from _opened(terms, parts, env)
            case ast.LetCall(let, args) if isinstance(terms.world.program.lets[let].value, ast.And):
                versions = terms.expand(let, tuple(terms.value(arg, env) for arg in args))
                if len(versions) == 1:
                    _, body, inner = versions[0]
                    yield from _opened(terms, (body,), inner)
                else:
                    yield expr, env
            case _:
                yield expr, env


def variables(expr: ast.Expr) -> frozenset[str]:
    """The variables that an expression names."""
    found: set[str] = set()
    stack: list[object] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Var):
            found.add(node.name)
        elif isinstance(node, tuple):
            stack.extend(cast("tuple[object, ...]", node))
        elif is_dataclass(node) and type(node).__module__ == ast.__name__:
            stack.extend(getattr(node, f.name) for f in fields(node) if f.name not in _ASIDE)
    return frozenset(found)


_ASIDE = frozenset({"span", "type", "info"})

__all__ = ["Near", "variables"]
