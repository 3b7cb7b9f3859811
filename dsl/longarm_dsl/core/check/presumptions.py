"""Presumptions can only relax when the facts come in (language.md, section 5).

A field that is `presumed V` reads V when the case is silent. That is safe only if no other
value could tighten the outcome. A rule *tightens* when its standing can only make the outcome
stricter, and *relaxes* when it can only make it laxer: effects that ask for something
tighten, defeats reverse what they reach, and a status passes on what its tests do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from longarm_dsl.core import ast
from longarm_dsl.core.check.graph import Graph
from longarm_dsl.core.check.roots import Root, effects
from longarm_dsl.core.check.walk import EITHER, FALLING, RISING, Use
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Comparison, Interval, compare
from longarm_dsl.core.types import POSTURE, FlagType, RecordType
from longarm_dsl.diagnostics import Diagnostic, Label, error

TIGHTENS = frozenset({1})
RELAXES = frozenset({-1})
BOTH = TIGHTENS | RELAXES
NEITHER: frozenset[int] = frozenset()

MOST_LABELS = 3
"""A finding points at no more uses than this."""


def presumptions(graph: Graph) -> Iterator[Diagnostic]:
    """Presumed fields with a use that is not proved to relax, and presumed judgments."""
    directions = _Directions(graph)
    wrong: dict[tuple[str, str], list[Label]] = {}
    for rule in graph.program.rules.values():
        for root, use in graph.uses[rule.id]:
            _collect(directions, root, use, wrong, rule.name)
    for entry in graph.program.entries.values():
        if entry.when is not None:
            root = Root(entry.when, "entry")
            for use in graph.walk.uses(entry.when):
                _collect(directions, root, use, wrong, str(entry.code))
    for record in graph.program.records.values():
        for info in record.fields.values():
            if info.presumed is None:
                continue
            if info.judged:
                yield error(
                    "presumed-judgment",
                    f"`{info.name}` is an assessment, and no assessment is presumed",
                    info.span,
                    help="remove `presumed`, or `judged` if it is a plain fact",
                )
            labels = wrong.get((record.name, info.name))
            if labels:
                yield error(
                    "presumption-not-one-sided",
                    f"`{info.name}` is presumed `{info.presumed.text}`, "
                    "but another value may also tighten the outcome",
                    info.span,
                    secondary=tuple(labels[:MOST_LABELS]),
                    help="remove `presumed`, or use the field only where it helps a rule defeat",
                )


def _collect(
    directions: _Directions,
    root: Root,
    use: Use,
    wrong: dict[tuple[str, str], list[Label]],
    name: str,
) -> None:
    node = use.node
    if not isinstance(node, ast.Get) or node.info.presumed is None:
        return
    if isinstance(use.parent, ast.NotKnown):
        return  # what the actor says of his knowledge, not the field's value
    change = _change(node, node.info.presumed, use)
    reach = directions.of_root(root)
    moved = BOTH if change == EITHER and reach else _turned(reach, change)
    if moved >= TIGHTENS and isinstance(node.base.type, RecordType):
        label = Label(node.span, f"here it may tighten, through `{name}`")
        labels = wrong.setdefault((node.base.type.name, node.field), [])
        if label not in labels:
            labels.append(label)


def _turned(reach: frozenset[int], sign: int) -> frozenset[int]:
    return frozenset(r * sign for r in reach)


def _change(node: ast.Get, presumed: ast.Literal, use: Use) -> int:
    """Which way the condition goes when the field turns from the presumed value to another."""
    if isinstance(node.type, FlagType) and isinstance(presumed.value, bool):
        return use.sign * (FALLING if presumed.value else RISING)
    match use.parent:
        case ast.Compare(op, ast.Get() as left, ast.Literal() as right) if left is node:
            now = _holds(op, presumed, right)
        case ast.Member(ast.Get() as item, ast.SetOf(items)) if item is node and all(
            isinstance(i, ast.Literal) for i in items
        ):
            now = Truth.of(presumed in items)
        case _:
            return EITHER
    if now is Truth.UNKNOWN:
        return EITHER
    # What holds of the presumed value can only cease to hold, and the other way round.
    return use.parent_sign * (FALLING if now is Truth.YES else RISING)


def _holds(op: Comparison, value: ast.Literal, other: ast.Literal) -> Truth:
    one, two = value.value, other.value
    if isinstance(one, Interval) and isinstance(two, Interval):
        return compare(op, one, two)
    if op is Comparison.EQUAL:
        return Truth.of(one == two)
    if op is Comparison.UNEQUAL:
        return Truth.of(one != two)
    if isinstance(one, date) and isinstance(two, date):
        days = Fraction(one.toordinal()), Fraction(two.toordinal())
        return Truth.of(
            {
                Comparison.LESS: days[0] < days[1],
                Comparison.AT_MOST: days[0] <= days[1],
                Comparison.MORE: days[0] > days[1],
                Comparison.AT_LEAST: days[0] >= days[1],
            }[op]
        )
    return Truth.UNKNOWN


@dataclass(slots=True)
class _Directions:
    """What the standing of each rule does to the outcome."""

    graph: Graph
    _rules: dict[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])

    def of_root(self, root: Root) -> frozenset[int]:
        """What the truth of a condition does, by where it stands."""
        if root.role == "entry":
            return BOTH  # a code both controls and exempts
        if root.rule is None:
            return NEITHER
        if root.role in {"when", "binds", "each"}:
            return self.of_rule(root.rule.id)
        if root.effect is None:
            return BOTH
        own = self._of_effect(root.effect)
        if root.role == "where":
            return own
        return BOTH if own else NEITHER

    def of_rule(self, rule: str) -> frozenset[int]:
        """What it does to the outcome that a rule stands."""
        if rule not in self._rules:
            self._rules[rule] = BOTH  # in a circle, anything
            found = self.graph.program.rules.get(rule)
            parts = effects(self.graph.program, found) if found is not None else ()
            self._rules[rule] = frozenset(d for e in parts for d in self._of_effect(e))
        return self._rules[rule]

    def _of_effect(self, effect: ast.Effect) -> frozenset[int]:
        match effect.kind:
            case ast.Defeats(rules):
                return frozenset(-d for t in rules.rules for d in self.of_rule(t))
            case ast.Establishes(status):
                return frozenset(
                    d
                    for root, use in self.graph.testing.get(status, ())
                    for d in (
                        _turned(self.of_root(root), use.sign)
                        if use.sign != EITHER
                        else BOTH & (self.of_root(root) | _turned(self.of_root(root), -1))
                    )
                )
            case ast.Classifies():
                return BOTH
            case ast.Reviews(ast.Literal(ast.Word(_, text))):
                # A review below the usual one takes the usual one's place (semantics 1.5).
                below = text in POSTURE.values[: POSTURE.values.index("standard")]
                return RELAXES if below else TIGHTENS
            case _:
                return TIGHTENS
