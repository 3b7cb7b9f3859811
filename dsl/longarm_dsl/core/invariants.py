"""What holds of every program without errors: what later passes and the evaluator lean on.

Run on every program that a test compiles; a violation is a bug of ours, not the author's.
"""

from __future__ import annotations

from collections.abc import Iterator

from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import effects, nodes, roots, versions
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import FLAG, BrokenType, NumberType, fits


def violations(program: Program) -> tuple[str, ...]:
    """Everything that does not hold; empty for a program that compiled without errors."""
    return tuple(
        dict.fromkeys((*_ids(program), *_leaves(program), *_expressions(program), *_rules(program)))
    )


def _ids(program: Program) -> Iterator[str]:
    """Every declaration is filed under its own id."""
    for kind in ("instruments", "rules", "entries", "lets", "values", "statuses", "tables"):
        for id_, decl in getattr(program, kind).items():
            if decl.id != id_:
                yield f"{kind}: {decl.id} is filed as {id_}"


def _leaves(program: Program) -> Iterator[str]:
    """Whatever can be in force is known to the event calculus."""
    leaves = program.law.leaves
    for rule in program.rules.values():
        if rule.id not in leaves:
            yield f"rule {rule.id} has no leaf"
        if rule.instrument not in program.instruments:
            yield f"rule {rule.id} has no instrument"
    for entry in program.entries.values():
        if entry.instrument in program.instruments and entry.id not in leaves:
            yield f"entry {entry.id} has no leaf"
    for table in program.tables.values():
        for row in table.rows:
            if row.instrument is not None and row.id not in leaves:
                yield f"row {row.id} has no leaf"
    for target, changes in program.amendments.items():
        if target not in leaves:
            yield f"amended {target} has no leaf"
        for change in changes:
            if change.event not in program.law.events:
                yield f"amendment {change.event} is no event"


def _expressions(program: Program) -> Iterator[str]:
    """Every node is typed, whole, and names something that is there."""
    for root in roots(program):
        for node in nodes(root.expr):
            yield from (f"{node.span.where}: {what}" for what in _node(program, node))


def _node(program: Program, node: ast.Expr) -> Iterator[str]:
    match node:
        case ast.Broken() | ast.Get(type=BrokenType()):
            yield "a broken expression in a program without errors"
        case ast.LetCall(let, args):
            decl = program.lets.get(let)
            if decl is None:
                yield f"no definition {let}"
            elif len(decl.subjects) != len(args):
                yield f"{let} takes {len(decl.subjects)} subjects, not {len(args)}"
        case ast.StatusTest(status, args):
            found = program.statuses.get(status)
            if found is None:
                yield f"no status {status}"
            elif len(found.subjects) != len(args):
                yield f"{status} takes {len(found.subjects)} subjects, not {len(args)}"
        case ast.Named(kind, id_):
            declared = (
                id_ in program.readings
                if kind == "reading"
                else id_ in program.tables
                if kind == "table"
                else id_ in program.values
            )
            if not declared:
                yield f"no {kind} {id_}"
        case ast.And(parts) | ast.Or(parts):
            if len(parts) < 2:  # noqa: PLR2004  what it joins
                yield "a conjunction or disjunction of less than two"
            if any(p.type != FLAG for p in parts):
                yield "a condition that is not yes or no"
        case ast.Not(inner):
            if inner.type != FLAG:
                yield "a negation of what is not yes or no"
        case ast.NumOp(_, left, right):
            if not isinstance(left.type, NumberType) or not isinstance(right.type, NumberType):
                yield "arithmetic on what is no number"
        case ast.SetOp(_, left, right):
            if not fits(right.type, left.type):
                yield "a set operation on sets of two types"
        case _:
            pass


def _rules(program: Program) -> Iterator[str]:
    """Rule sets name rules of the regime; every rule does something."""
    for rule in program.rules.values():
        # A version that says nothing of effects leaves them as they were.
        if any(not v.effects and v.effects is not None for v in versions(program, rule)):
            yield f"{rule.id} does nothing"
        for effect in effects(program, rule):
            match effect.kind:
                case ast.Defeats(targets) | ast.Reviews(_, targets) | ast.Limits(_, targets):
                    for target in targets.rules:
                        if target not in program.rules:
                            yield f"{rule.id} names the rule {target}, which is not there"
                        elif program.rules[target].regime != rule.regime:
                            yield f"{rule.id} acts on {target} of another regime"
                case ast.Establishes(status):
                    if status not in program.statuses:
                        yield f"{rule.id} establishes {status}, which is not there"
                case _:
                    pass
