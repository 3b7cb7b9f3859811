"""Near misses: what would fall in a set of codes if its bounds were a little wider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from longarm_dsl.core import ast
from longarm_dsl.core.codes import CodeSet, falls
from longarm_dsl.core.formula import NO, YES, Formula, QuestionKind, Truth, ask, conj, disj, negate
from longarm_dsl.core.numbers import Comparison, Interval, point, turned
from longarm_dsl.evaluate.values import Amount, Choice, Thing, Value, WrittenCodes, label

if TYPE_CHECKING:
    from longarm_dsl.evaluate.terms import Terms


def near(terms: Terms, expr: ast.Near, env: Mapping[str, Value]) -> Formula:
    """`near(i, S, within: m)`: the item is outside S; with bounds eased by m it is inside.

    Outside: no code that it is given, no entry and no rule puts it in S. Codes that
    nobody stated do not count, since an entry is what gives the code.
    """
    thing = terms.value(expr.item, env)
    question = ask(f"near({label(thing)})", QuestionKind.TERM, f"is {label(thing)} near?")
    if not isinstance(thing, Thing):
        return question
    if thing.missing:
        return NO
    found: list[Formula] = []
    for when, written in _options(terms.value(expr.codes, env)):
        for sure, margin in _options(terms.value(expr.within, env)):
            if not isinstance(written, WrittenCodes) or not isinstance(margin, Amount):
                return question
            share = _share(margin)
            if share is None:
                return question
            outside = negate(terms.placed_in(thing, written.codes, written.text))
            found.append(conj((when, sure, outside, _eased(terms, thing, written.codes, share))))
    return disj(found)


def _eased(terms: Terms, thing: Thing, codes: CodeSet, share: Fraction) -> Formula:
    """Whether an entry of the set holds with its bounds eased, and did not before.

    An entry that easing does not change makes nothing near.
    """
    wider = replace(terms, ease=share)
    found: list[Formula] = []
    for entry in terms.world.program.entries.values():
        if entry.when is None or falls(entry.code, codes) is Truth.NO:
            continue
        force = terms.world.in_force(entry.id)
        if force == NO:
            continue
        item: Mapping[str, Value] = {"item": thing}
        held, holds = terms.formula(entry.when, item), wider.formula(entry.when, item)
        if holds != held:
            found.append(conj((force, holds, terms.reaches(thing, entry.code, codes))))
    return disj(found)


def _options(value: Value) -> tuple[tuple[Formula, Value], ...]:
    return value.options if isinstance(value, Choice) else ((YES, value),)


def _share(margin: Amount) -> Fraction | None:
    number = margin.number
    if not isinstance(number, Interval) or not number.is_point or number.low is None:
        return None
    return max(Fraction(number.low), Fraction(0))


def eased(
    terms: Terms, op: Comparison, left: ast.Expr, right: ast.Expr, values: tuple[Value, Value]
) -> tuple[Value, Value]:
    """The two sides of a comparison, a constant bound eased by `terms.ease` of itself."""
    one, two = values
    fixed = _fixed(terms, left), _fixed(terms, right)
    if fixed == (False, True):
        return one, _moved(two, op, terms.ease)
    if fixed == (True, False):
        return _moved(one, turned(op), terms.ease), two
    return values


def _fixed(terms: Terms, expr: ast.Expr) -> bool:
    """Whether a side of a comparison is the same in every case."""
    match expr:
        case ast.NumOp(_, left, right):
            return _fixed(terms, left) and _fixed(terms, right)
        case ast.Round(_, inner):
            return _fixed(terms, inner)
        case _:
            return terms.constant(expr)


def _moved(bound: Value, op: Comparison, share: Fraction) -> Value:
    """A bound as something compares with it: lower for `>=`, higher for `<=`."""
    match bound:
        case Choice(options):
            return Choice(tuple((guard, _moved(each, op, share)) for guard, each in options))
        case Amount(Interval(low=low) as number) if number.is_point and low is not None:
            if op in {Comparison.AT_LEAST, Comparison.MORE}:
                moved = low - share * abs(low)
            elif op in {Comparison.AT_MOST, Comparison.LESS}:
                moved = low + share * abs(low)
            else:
                return bound
            return replace(bound, number=point(moved, number.dimension))
        case _:
            return bound
