"""Core expressions as text: what a question, an explanation or a finding calls them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from longarm_dsl.core import ast
from longarm_dsl.core.ast import NoneValue, Place, Word
from longarm_dsl.core.numbers import Interval, show

_NOBODY: Mapping[str, str] = {}


def show_expr(expr: ast.Expr, names: Mapping[str, str] = _NOBODY) -> str:
    """An expression in the language's own words, variables replaced by what they stand for."""
    match expr:
        case ast.Literal(value, _, text):
            return text or show_literal(value)
        case ast.Var(name):
            return names.get(name, name)
        case ast.Get(ast.Var("transaction"), name):
            return name
        case ast.Get(base, name):
            return f"{show_expr(base, names)}.{name}"
        case ast.LetCall(let, args):
            short = let.rsplit(".", 1)[-1]
            inside = ", ".join(show_expr(a, names) for a in args)
            return f"{short}({inside})" if args else short
        case ast.Named(_, id_):
            return id_ if id_.count(".") == 1 else id_.rsplit(".", 1)[-1]
        case ast.Codes(_, text):
            return text
        case ast.SetOf(items):
            return "{" + ", ".join(show_expr(i, names) for i in items) + "}"
        case ast.SetOp(op, left, right) | ast.NumOp(op, left, right):
            return f"{_tight(left, names)} {op} {_tight(right, names)}"
        case ast.DateShift(base, days, years):
            count, word = (days, "days") if days else (years, "years")
            sign = "+" if count >= 0 else "-"
            return f"{show_expr(base, names)} {sign} {abs(count)} {word}"
        case ast.Round(up, inner):
            return f"{'ceil' if up else 'floor'}({show_expr(inner, names)})"
        case ast.Aggregate():
            return _aggregate(expr, names)
        case ast.Parts(item):
            return f"parts({show_expr(item, names)})"
        case ast.Entries(party, lists, inherited, skip):
            tail = f", inherited: cascade {show(inherited, '%')}" if inherited else ""
            tail += _skipped(skip, names)
            return f"entries({show_expr(party, names)}, in: {show_expr(lists, names)}{tail})"
        case ast.Owned():
            return _owned(expr, names)
        case ast.Knows(inner, level):
            return f"knows({show_expr(inner, names)}, at: {show_expr(level, names)})"
        case ast.Near(item, codes, within):
            return (
                f"near({show_expr(item, names)}, {show_expr(codes, names)}, "
                f"within: {show_expr(within, names)})"
            )
        case ast.Unmet(rules):
            return f"unmet({rules.text})"
        case ast.StatusTest(status, args):
            short = status.rsplit(".", 1)[-1]
            return f"{short}({', '.join(show_expr(a, names) for a in args)})"
        case ast.Compare(op, left, right):
            return f"{_tight(left, names)} {op} {_tight(right, names)}"
        case ast.Member(item, container):
            return f"{_tight(item, names)} in {_tight(container, names)}"
        case ast.OfIn(quantifier, items, container):
            return f"{quantifier} of {_tight(items, names)} in {_tight(container, names)}"
        case ast.NotKnown(inner):
            return f"{show_expr(inner, names)} is not_known"
        case ast.Quantified("any", "_", domain):
            return f"any of {show_expr(domain, names)}"
        case ast.Quantified(quantifier, var, domain, body):
            return f"{quantifier} {var} in {show_expr(domain, names)} has {show_expr(body, names)}"
        case ast.Not(ast.Member(item, container)):
            return f"{_tight(item, names)} not in {_tight(container, names)}"
        case ast.Not(inner):
            return f"not {_tight(inner, names)}"
        case ast.And(parts):
            return " and ".join(_tight(p, names) for p in parts)
        case ast.Or(parts):
            return " or ".join(_tight(p, names) for p in parts)
        case ast.Broken():
            return expr.span.text or "?"
        case _:
            assert_never(expr)


def _tight(expr: ast.Expr, names: Mapping[str, str]) -> str:
    """In brackets where it would read wrongly without."""
    text = show_expr(expr, names)
    return f"({text})" if isinstance(expr, ast.And | ast.Or | ast.Quantified) else text


def _owned(expr: ast.Owned, names: Mapping[str, str]) -> str:
    """All but who counts together, which is said of the answer: two tests never look alike."""
    by = expr.by
    who = _predicate(by, names) if isinstance(by, ast.Predicate) else show_expr(by, names)
    sign = "more_than" if expr.strict else "at_least"
    tail = "" if expr.of == "equity" else f", of: {expr.of}"
    tail += "" if expr.method == "cascade" else f", method: {expr.method}"
    tail += _skipped(expr.skip, names)
    party, bar = show_expr(expr.party, names), show_expr(expr.bar, names)
    return f"owned({party}, by: {who}, {sign}: {bar}{tail})"


def _skipped(skip: ast.Predicate | None, names: Mapping[str, str]) -> str:
    return "" if skip is None else f", skip: {_predicate(skip, names)}"


def _predicate(of: ast.Predicate, names: Mapping[str, str]) -> str:
    return f"{of.var} where {show_expr(of.body, names)}"


def _aggregate(expr: ast.Aggregate, names: Mapping[str, str]) -> str:
    body = show_expr(expr.body, names) + " for " if expr.body is not None else ""
    where = f" where {show_expr(expr.where, names)}" if expr.where is not None else ""
    domain = show_expr(expr.domain, names)
    return f"{expr.kind}({body}{expr.var} in {domain}{where})"


def show_literal(value: ast.LiteralValue) -> str:
    """A constant as people write it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Interval():
            return show(value)
        case Word(_, text):
            return text
        case Place(code):
            return code
        case NoneValue():
            return "none"
        case _:
            return str(value)
