"""Clauses that an amendment carries over though it changes the family that they speak of."""

from __future__ import annotations

from collections.abc import Iterator

from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import children
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic, error


def carried_clauses(program: Program) -> Iterator[Diagnostic]:
    """One finding for each clause that still names an element which is no longer there."""
    for target, changes in program.amendments.items():
        rule = program.rules.get(target)
        for change in changes:
            if rule is None or change.clauses.each is None:
                continue
            family = {g.var for g in change.clauses.each}
            for keyword, exprs in _carried(rule.clauses, change.clauses):
                lost = sorted({v for e in exprs for v in free(e)} - family - {"transaction"})
                for name in lost:
                    yield error(
                        "unknown-name",
                        f"the family no longer has `{name}`, of which the `{keyword}` "
                        "that is carried over speaks",
                        change.span,
                        help=f"repeat the `{keyword}` clause in the amendment",
                        note=rule.instrument,
                    )


def _carried(clauses: ast.Clauses, by: ast.Clauses) -> Iterator[tuple[str, tuple[ast.Expr, ...]]]:
    if by.when is None and clauses.when is not None:
        yield "when", (clauses.when,)
    if by.binds is None and clauses.binds is not None:
        yield "binds", (clauses.binds,)
    if by.cite is None and clauses.cite is not None:
        yield "cite", (clauses.cite,)
    if by.effects is None:
        yield "then", tuple(e for effect in clauses.effects or () for e in _said(effect.kind))


def _said(kind: ast.EffectKind) -> Iterator[ast.Expr]:
    match kind:
        case ast.Reviews(posture):
            yield posture
        case ast.Establishes(_, args):
            yield from args
        case ast.Classifies(item):
            yield item
        case ast.Obliges(condition=condition) if condition is not None:
            yield condition
        case ast.Charges(_, amount):
            yield amount
        case ast.Exposes(_, low, high):
            yield from (e for e in (low, high) if e is not None)
        case _:
            return


def free(expr: ast.Expr, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """Variables of an expression that nothing inside it binds."""
    match expr:
        case ast.Var(name):
            if name not in bound:
                yield name
            return
        case ast.Quantified(_, var) | ast.Aggregate(_, _, var):
            bound = bound | {var}
        case ast.Owned() | ast.Entries():
            held = [expr.skip, expr.by if isinstance(expr, ast.Owned) else None]
            bound = bound | {p.var for p in held if isinstance(p, ast.Predicate)}
        case _:
            pass
    for child in children(expr):
        yield from free(child, bound)


__all__ = ["carried_clauses", "free"]
