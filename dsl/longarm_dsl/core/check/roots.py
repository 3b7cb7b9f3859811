"""Every expression of a program with its owner, and the declarations as they stand in files."""

from __future__ import annotations

from collections.abc import Iterator

from longarm_dsl.core import ast
from longarm_dsl.core.program import Program
from longarm_dsl.core.sources import Sources
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface


@dataclass(frozen=True, slots=True)
class Root:
    """An expression with the rule, entry or definition it stands in.

    `role`: `when`, `binds`, `each` (what a family goes through), `where` (of `defeats`),
    `argument` (of an effect), `entry`, `let`, `value`.
    """

    expr: ast.Expr
    role: str
    rule: ast.Rule | None = None
    let: str | None = None
    effect: ast.Effect | None = None


def rule_roots(program: Program, rule: ast.Rule) -> Iterator[Root]:
    """The expressions of a rule, of every version that an amendment gives it."""
    for clauses in versions(program, rule):
        for generator in clauses.each or ():
            yield Root(generator.domain, "each", rule)
        if clauses.binds is not None:
            yield Root(clauses.binds, "binds", rule)
        if clauses.when is not None:
            yield Root(clauses.when, "when", rule)
        for effect in clauses.effects or ():
            for role, expr in _in_effect(effect.kind):
                yield Root(expr, role, rule, effect=effect)


def roots(program: Program) -> Iterator[Root]:
    """The expressions that decide something: of rules, entries, definitions and values."""
    for rule in program.rules.values():
        yield from rule_roots(program, rule)
    for entry in program.entries.values():
        if entry.when is not None:
            yield Root(entry.when, "entry")
    for let in program.lets.values():
        for value in let_values(program, let):
            yield Root(value, "let", let=let.id)
    for named in program.values.values():
        yield Root(named.value, "value")
        for amendment in program.amendments.get(named.id, ()):
            if amendment.value is not None:
                yield Root(amendment.value, "value")


def versions(program: Program, rule: ast.Rule) -> tuple[ast.Clauses, ...]:
    """The clauses of a rule, then those of its amendments (None where they carry over)."""
    return (rule.clauses, *(a.clauses for a in program.amendments.get(rule.id, ())))


def effects(program: Program, rule: ast.Rule) -> tuple[ast.Effect, ...]:
    """The effects of every version of a rule."""
    return tuple(e for v in versions(program, rule) for e in v.effects or ())


def let_values(program: Program, let: ast.Let) -> tuple[ast.Expr, ...]:
    """What a definition says, and what its amendments make it say."""
    changed = [a.value for a in program.amendments.get(let.id, ()) if a.value is not None]
    return (let.value, *changed)


def _in_effect(kind: ast.EffectKind) -> Iterator[tuple[str, ast.Expr]]:
    match kind:
        case ast.Defeats(_, where):
            if where is not None:
                yield "where", where
        case ast.Reviews(posture):
            yield "argument", posture
        case ast.Establishes(_, args):
            for arg in args:
                yield "argument", arg
        case ast.Classifies(item):
            yield "argument", item
        case ast.Obliges(condition=condition):
            if condition is not None:
                yield "argument", condition
        case ast.Charges(_, amount):
            yield "argument", amount
        case ast.Exposes(_, low, high):
            for bound in (low, high):
                if bound is not None:
                    yield "argument", bound
        case _:
            pass


def nodes(expr: ast.Expr) -> Iterator[ast.Expr]:
    """An expression and everything in it, definitions not opened."""
    yield expr
    for child in children(expr):
        yield from nodes(child)


def children(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """The parts of an expression, left to right."""
    match expr:
        case ast.Get(base) | ast.DateShift(base):
            return (base,)
        case ast.LetCall(_, args) | ast.StatusTest(_, args):
            return args
        case ast.SetOf(items):
            return items
        case ast.SetOp(_, left, right) | ast.NumOp(_, left, right) | ast.Compare(_, left, right):
            return left, right
        case ast.Round(_, inner) | ast.Not(inner) | ast.NotKnown(inner):
            return (inner,)
        case ast.Aggregate(_, body, _, domain, where, otherwise):
            return tuple(e for e in (body, domain, where, otherwise) if e is not None)
        case ast.Parts(item):
            return (item,)
        case ast.Entries(party, lists, _, skip):
            return (party, lists, *(() if skip is None else (skip.body,)))
        case ast.Owned():
            by = expr.by.body if isinstance(expr.by, ast.Predicate) else expr.by
            held = (expr.party, by, expr.bar, expr.together)
            return held if expr.skip is None else (*held, expr.skip.body)
        case ast.Knows(inner, level):
            return inner, level
        case ast.Near(item, codes, within):
            return item, codes, within
        case ast.Member(item, container):
            return item, container
        case ast.OfIn(_, items, container):
            return items, container
        case ast.Quantified(_, _, domain, body):
            return domain, body
        case ast.And(parts) | ast.Or(parts):
            return parts
        case ast.Literal() | ast.Var() | ast.Named() | ast.Codes() | ast.Unmet() | ast.Broken():
            return ()


def declarations(sources: Sources) -> Iterator[tuple[str | None, surface.Decl]]:
    """Every declaration as written, with the id of the instrument it stands in."""
    for module in sources.modules:
        owner: str | None = None
        for decl in module.file.decls:
            if isinstance(decl, surface.Instrument):
                regime = next(
                    (
                        c.word.text
                        for c in decl.clauses
                        if isinstance(c, surface.WordClause) and c.keyword == "regime"
                    ),
                    module.name.split(".")[0],
                )
                owner = f"{regime}.{decl.name.text}"
            yield owner, decl


def words(span: Span) -> str:
    """The author's words on one line, shortened."""
    text = " ".join(span.text.split())
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


MOST_SHOWN = 60
"""More of the author's text than this is cut in a message."""
