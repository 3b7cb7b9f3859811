"""Numbers: comparisons that a declared range has already settled, and divisors that may be zero."""

from __future__ import annotations

from collections.abc import Iterator

from longarm_dsl.core import ast
from longarm_dsl.core.check.ranges import Ranges
from longarm_dsl.core.check.roots import Root, nodes, words
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Interval, compare, show
from longarm_dsl.core.types import NumberType
from longarm_dsl.diagnostics import Diagnostic, Label, error, warning


def arithmetic(ranges: Ranges, all_roots: tuple[Root, ...]) -> Iterator[Diagnostic]:
    """Findings on every comparison and division of a program."""
    for root in all_roots:
        for node in nodes(root.expr):
            match node:
                case ast.Compare():
                    yield from _comparison(node, ranges, root)
                case ast.NumOp("/"):
                    yield from _division(node, ranges, root)
                case _:
                    pass


def _note(root: Root) -> str | None:
    return root.rule.instrument if root.rule is not None else None


def _comparison(node: ast.Compare, ranges: Ranges, root: Root) -> Iterator[Diagnostic]:
    if not isinstance(node.left.type, NumberType) or (
        isinstance(node.left, ast.Literal) and isinstance(node.right, ast.Literal)
    ):
        return
    left, right = ranges.of(node.left, root.let), ranges.of(node.right, root.let)
    if left is None or right is None:
        return
    answer = compare(node.op, left, right)
    if answer is Truth.UNKNOWN:
        return
    ever = "always" if answer is Truth.YES else "never"
    sides = ((node.left, left, right), (node.right, right, left))
    for fact, own, other in sides:
        if isinstance(fact, ast.Get) and fact.info.range is not None and other.is_point:
            yield error(
                "excluded-by-range",
                f"`{words(fact.span)}` is {show(own)}, so this {ever} holds",
                node.span,
                secondary=(Label(fact.info.span, "its range is declared here"),),
                help="mend the number or its unit, or the declared range",
                note=_note(root),
            )
            return
    message = f"`{words(node.span)}` {ever} holds, whatever the facts"
    if answer is Truth.YES:
        yield warning("always-true", message, node.span, help=_HELP, note=_note(root))
    else:
        yield warning("never-true", message, node.span, help=_HELP, note=_note(root))


_HELP = "mend it, or leave it out"


def _division(node: ast.NumOp, ranges: Ranges, root: Root) -> Iterator[Diagnostic]:
    divisor = ranges.of(node.right, root.let)
    if divisor is None or not _holds_zero(divisor):
        return
    fact = node.right
    declared = isinstance(fact, ast.Get)
    labels = (Label(fact.info.span, "declared here"),) if isinstance(fact, ast.Get) else ()
    yield error(
        "divisor-may-be-zero",
        f"`{words(fact.span)}` may be zero",
        fact.span,
        secondary=labels,
        help="declare it `> 0` in the vocabulary"
        if declared
        else "divide by a fact that is declared `> 0`",
        note=_note(root),
    )


def _holds_zero(number: Interval) -> bool:
    above = number.low is not None and (
        number.low > 0 or (number.low == 0 and not number.low_closed)
    )
    below = number.high is not None and (
        number.high < 0 or (number.high == 0 and not number.high_closed)
    )
    return not (above or below)
