"""Facts changed so that a plain condition holds of them, where it is told from the condition how.

    met(facts, "Transaction", condition, drawing)    `destination = RU`, `item.value >= 5 EUR`

What chance would rarely draw is drawn on purpose. Whether the condition holds is for its
evaluator to say: other conditions are left to chance.
"""

from __future__ import annotations

from longarm.drawing import Drawing, Place, listed, put, quoted, word
from longarm.pool import around
from longarm_dsl.core import ast
from longarm_dsl.core.code_sets import representatives
from longarm_dsl.core.intervals import Comparison, Interval
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import Raw, RawRecord

_EIGHTH = 7


def met(raw: RawRecord, record: str, condition: ast.Expr, drawing: Drawing) -> RawRecord:
    """A record with facts changed so that a condition holds of it; one time in eight as it is."""
    parts = condition.parts if isinstance(condition, ast.And) else (condition,)
    for part in parts:
        wish = _wish(part, drawing)
        if wish is None or drawing.number(_EIGHTH) == _EIGHTH:
            continue
        place, value = wish
        if drawing.info(record, place) is not None:
            raw = put(raw, place, value)
    return raw


def place_of(expr: ast.Expr) -> Place | None:
    """The names of `t.item.origin` after its first; None for what is no fact of one record."""
    path: list[str] = []
    while isinstance(expr, ast.Get):
        path.append(expr.name)
        expr = expr.base
    return tuple(reversed(path)) if path and isinstance(expr, ast.Var) else None


def _wish(condition: ast.Expr, drawing: Drawing) -> tuple[Place, Raw] | None:
    """A fact, and a value of it with which a condition holds."""
    value: Raw | None
    match condition:
        case ast.Get():
            place, value = place_of(condition), word("yes")
        case ast.Not(ast.Get() as inner):
            place, value = place_of(inner), word("no")
        case ast.Compare(op, left, ast.Literal() as right):
            place, value = place_of(left), _compared(op, right, drawing)
        case ast.Member(ast.Named("table", id_), right):
            place, value = place_of(right), listed([word(id_)])
        case ast.Member(left, right):
            place, value = place_of(left), _member(right, drawing)
        case _:
            return None
    return None if place is None or value is None else (place, value)


def _compared(op: Comparison, right: ast.Literal, drawing: Drawing) -> Raw | None:
    """A value with which `fact op right` holds."""
    text = right.text
    if isinstance(right.value, ast.NoneValue):
        return word("none") if op is Comparison.EQUAL else None
    if not text:
        return None
    if op is Comparison.EQUAL:
        return quoted(text) if isinstance(right.value, str) else word(text)
    if not isinstance(right.value, Interval):
        return None
    same, under, over = (*around(text), text, text)[:3]
    match op:
        case Comparison.AT_LEAST:
            return word(drawing.any_of((same, over)))
        case Comparison.AT_MOST:
            return word(drawing.any_of((same, under)))
        case Comparison.LESS:
            return word(under)
        case _:
            return word(over)


def _member(container: ast.Expr, drawing: Drawing) -> Raw | None:
    """A member of a set that the law writes out."""
    program: Program = drawing.vocabulary.program
    if isinstance(container, ast.Named) and container.id in program.values:
        container = program.values[container.id].value
    match container:
        case ast.SetOf(items):
            texts = tuple(i.text for i in items if isinstance(i, ast.Literal) and i.text)
            return word(drawing.any_of(texts)) if texts else None
        case ast.Codes(codes):
            found = tuple(str(c) for c in representatives([codes]))
            return listed([quoted(drawing.any_of(found))]) if found else None
        case _:
            return None


__all__ = ["met", "place_of"]
