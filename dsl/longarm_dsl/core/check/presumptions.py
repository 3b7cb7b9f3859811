"""Presumptions can only relax when the facts come in (language.md, section 5).

A field that is `presumed V` reads V when the case is silent. That is safe only if no other
value could tighten the outcome. A rule *tightens* when its standing can only make the outcome
stricter, and *relaxes* when it can only make it laxer: effects that ask for something
tighten, defeats reverse what they reach, and a status passes on what its tests do. A rule
that another one certainly defeats on the same fact has no say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import date
from fractions import Fraction

from longarm_dsl.core import ast
from longarm_dsl.core.check.graph import Graph
from longarm_dsl.core.check.roots import Root, effects
from longarm_dsl.core.check.walk import EITHER, FALLING, RISING, Use
from longarm_dsl.core.formula import NO, YES, Truth
from longarm_dsl.core.numbers import Comparison, Interval, compare
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import Moment, edges, in_force
from longarm_dsl.core.types import POSTURE, FlagType, RecordType
from longarm_dsl.diagnostics import Diagnostic, Label, error
from longarm_dsl.lazy_dataclass import dataclass

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
    reach = directions.of_root(root, directions.shielded(node, node.info.presumed), direct=True)
    moved = BOTH if change == EITHER and reach else _turned(reach, change)
    if moved >= TIGHTENS and isinstance(node.base.type, RecordType):
        label = Label(node.span, f"here it may tighten, through `{name}`")
        labels = wrong.setdefault((node.base.type.name, node.info.name), [])
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
    if isinstance(one, ast.NoneValue):
        # No order against nothing: unknown, so the strict end counts it as not met.
        return Truth.NO
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


Shield = frozenset[str]
"""Rules that cannot stand once the fact in question has another value."""


@dataclass(slots=True)
class _Directions:
    """What the standing of each rule does to the outcome."""

    graph: Graph
    _rules: dict[tuple[str, Shield, bool], frozenset[int]] = field(
        default_factory=dict[tuple[str, Shield, bool], frozenset[int]]
    )
    _shields: dict[tuple[ast.Get, ast.Literal], Shield] = field(
        default_factory=dict[tuple[ast.Get, ast.Literal], Shield]
    )

    def of_root(self, root: Root, shield: Shield, *, direct: bool = False) -> frozenset[int]:
        """What the truth of a condition does, by where it stands.

        `direct`: the fact itself stands there, so that what the rule defeats counts even if
        it is shielded: this very use may be the shield.
        """
        if root.role == "entry":
            return BOTH  # a code both controls and exempts
        if root.rule is None:
            return NEITHER
        if root.role in {"when", "binds", "each"}:
            if direct:
                return self._standing(root.rule.id, shield, direct=True)
            return self.of_rule(root.rule.id, shield)
        if root.effect is None:
            return BOTH
        own = self._of_effect(root.effect, shield, direct=direct)
        if root.role == "where":
            return own
        return BOTH if own else NEITHER

    def of_rule(self, rule: str, shield: Shield) -> frozenset[int]:
        """What it does to the outcome that a rule stands."""
        return NEITHER if rule in shield else self._standing(rule, shield)

    def _standing(self, rule: str, shield: Shield, *, direct: bool = False) -> frozenset[int]:
        key = rule, shield, direct
        if key not in self._rules:
            self._rules[key] = BOTH  # in a circle, anything
            found = self.graph.program.rules.get(rule)
            parts = effects(self.graph.program, found) if found is not None else ()
            self._rules[key] = frozenset(
                d for e in parts for d in self._of_effect(e, shield, direct=direct)
            )
        return self._rules[key]

    def _of_effect(
        self, effect: ast.Effect, shield: Shield, *, direct: bool = False
    ) -> frozenset[int]:
        match effect.kind:
            case ast.Defeats(rules):
                of = self._standing if direct else self.of_rule
                return frozenset(-d for t in rules.rules for d in of(t, shield))
            case ast.Establishes(status):
                tests = self.graph.testing.get(status, ())
                return frozenset(d for root, use in tests for d in self._of_test(root, use, shield))
            case ast.Classifies():
                return BOTH
            case ast.Reviews(ast.Literal(ast.Word(_, text))):
                # A review below the usual one takes the usual one's place (semantics 1.5).
                below = text in POSTURE.values[: POSTURE.values.index("standard")]
                return RELAXES if below else TIGHTENS
            case _:
                return TIGHTENS

    def _of_test(self, root: Root, use: Use, shield: Shield) -> frozenset[int]:
        reach = self.of_root(root, shield)
        if use.sign == EITHER:
            return BOTH if reach else NEITHER
        return _turned(reach, use.sign)

    # ── shields ──────────────────────────────────────────────────────────────

    def shielded(self, fact: ast.Get, presumed: ast.Literal) -> Shield:
        """The rules that some rule certainly defeats once a flag is not as presumed.

        That rule asks for no more than the flag, reaches the whole target, is bound and in
        force whenever the target is, and nothing defeats it.
        """
        key = fact, presumed
        if key not in self._shields:
            program = self.graph.program
            beaten = {t for r in program.rules.values() for t in _targets(program, r)}
            self._shields[key] = frozenset(
                target
                for rule in program.rules.values()
                if rule.id not in beaten and _fires_on(program, rule, fact, presumed)
                for effect in rule.clauses.effects or ()
                if isinstance(effect.kind, ast.Defeats) and effect.kind.where is None
                for target in effect.kind.rules.rules
                if _covers(program, rule, target)
            )
        return self._shields[key]


def _targets(program: Program, rule: ast.Rule) -> Iterator[str]:
    for effect in effects(program, rule):
        if isinstance(effect.kind, ast.Defeats):
            yield from effect.kind.rules.rules


def _fires_on(program: Program, rule: ast.Rule, fact: ast.Get, presumed: ast.Literal) -> bool:
    """Whether a rule's whole condition is met by a flag that is not as presumed."""
    if not isinstance(fact.type, FlagType) or program.amendments.get(rule.id):
        return False
    when = rule.clauses.when
    options = when.parts if isinstance(when, ast.Or) else (when,)
    wanted = ast.Not(fact, fact.type) if presumed.value is True else fact
    return not rule.clauses.each and wanted in options


def _covers(program: Program, rule: ast.Rule, target: str) -> bool:
    """Whether a rule is bound and in force whenever its target is."""
    law, other = program.law, program.rules.get(target)
    if other is None or rule.id not in law.leaves or target not in law.leaves:
        return False
    if program.amendments.get(target) or rule.clauses.binds not in {None, other.clauses.binds}:
        return False
    for moment in (Moment(date.min), *edges(law, (rule.id, target), date.max)):
        one = in_force(law, rule.id, moment, date.max)
        two = in_force(law, target, moment, date.max)
        if two != NO and one not in {YES, two}:
            return False
    return rule.instrument == other.instrument
