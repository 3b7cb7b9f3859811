"""Which rule depends on which: the graph of semantics 1.2 over `fires` and `stands`.

Holds the edges of every version that an amendment makes. Codes count as statuses: who
tests a code depends on the rules and entries that may give it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import Root, effects, rule_roots, versions
from longarm_dsl.core.check.walk import Use, Walk
from longarm_dsl.core.codes import Code, CodeSet, difference, falls, intersection, just, union
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import CodesType
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

Node = tuple[str, str]
"""`("fires", rule)`, `("stands", rule)`, or `("entry", entry)`."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One rule depends on another: how, and where it says so."""

    to: Node
    how: str
    span: Span


@dataclass(slots=True)
class Graph:
    """Who depends on whom, and who establishes what."""

    program: Program
    walk: Walk
    establishing: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    classifying: list[tuple[str, ast.Classifies]] = field(
        default_factory=list[tuple[str, ast.Classifies]]
    )
    testing: dict[str, list[tuple[Root, Use]]] = field(
        default_factory=dict[str, list[tuple[Root, Use]]]
    )
    """Tests of each status, with where they stand."""
    uses: dict[str, list[tuple[Root, Use]]] = field(
        default_factory=dict[str, list[tuple[Root, Use]]]
    )
    """Everything in the conditions of each rule."""

    def __post_init__(self) -> None:
        for rule in self.program.rules.values():
            for effect in effects(self.program, rule):
                match effect.kind:
                    case ast.Establishes(status):
                        self.establishing.setdefault(status, []).append(rule.id)
                    case ast.Classifies() as kind:
                        self.classifying.append((rule.id, kind))
                    case _:
                        pass
            found = [
                (root, use)
                for root in rule_roots(self.program, rule)
                for use in self.walk.uses(root.expr)
            ]
            self.uses[rule.id] = found
            for root, use in found:
                if isinstance(use.node, ast.StatusTest):
                    self.testing.setdefault(use.node.status, []).append((root, use))

    # ── edges ────────────────────────────────────────────────────────────────

    def edges(self) -> dict[Node, list[Edge]]:
        """Every dependency, in the order of ids."""
        made: dict[Node, dict[Node, Edge]] = {}

        def join(start: Node, edge: Edge) -> None:
            made.setdefault(start, {}).setdefault(edge.to, edge)

        for rule in self.program.rules.values():
            stands, fires = ("stands", rule.id), ("fires", rule.id)
            join(stands, Edge(fires, "", rule.name_span))
            for edge in self._of_uses(rule):
                join(fires, edge)
            for edge in self._activity(rule):
                join(fires, edge)
            for effect in effects(self.program, rule):
                if isinstance(effect.kind, ast.Defeats):
                    for target in effect.kind.rules.rules:
                        if target != rule.id:  # told by the resolver
                            how = f"`{rule.name}` defeats `{self._short(target)}`"
                            join(("stands", target), Edge(stands, how, effect.span))
        for entry in self.program.entries.values():
            if entry.when is None:
                continue
            for use in self.walk.uses(entry.when):
                for edge in self._of_use(f"entry {entry.code}", use, None):
                    if edge.to != ("entry", entry.id):
                        join(("entry", entry.id), edge)
        return {start: list(found.values()) for start, found in made.items()}

    def _short(self, rule: str) -> str:
        found = self.program.rules.get(rule)
        return found.name if found is not None else rule

    def _of_uses(self, rule: ast.Rule) -> Iterator[Edge]:
        for _, use in self.uses[rule.id]:
            yield from self._of_use(rule.name, use, rule.regime)

    def _of_use(self, name: str, use: Use, regime: str | None) -> Iterator[Edge]:
        node = use.node
        match node:
            case ast.StatusTest(status):
                for by in self.establishing.get(status, ()):
                    how = f"`{name}` tests `{status}`, which `{self._short(by)}` establishes"
                    yield Edge(("stands", by), how, node.span)
            case ast.Unmet(rules):
                for id_ in self._asking(rules, regime):
                    how = f"`{name}` asks whether `{self._short(id_)}` is met"
                    yield Edge(("stands", id_), how, node.span)
            case ast.Member(item, container) | ast.OfIn(_, item, container):
                if isinstance(item.type, CodesType):
                    yield from self._of_codes(name, container, node.span)
            case _:
                pass

    def _asking(self, rules: ast.RuleSet, regime: str | None) -> Iterator[str]:
        """The rules with a requirement that `unmet` asks about: named, or all of the regime."""
        all_of_it = tuple(r.id for r in self.program.rules.values() if r.regime == regime)
        named = rules.rules or all_of_it
        for id_ in named:
            found = self.program.rules.get(id_)
            if found is not None and any(_requires(e) for e in effects(self.program, found)):
                yield id_

    def _of_codes(self, name: str, container: ast.Expr, span: Span) -> Iterator[Edge]:
        codes = self._codes(container)
        for by, kind in self.classifying:
            if codes is None or falls(kind.code, codes) is not Truth.NO:
                how = f"`{name}` tests the code {kind.code}, which `{self._short(by)}` gives"
                yield Edge(("stands", by), how, span)
        for entry in self.program.entries.values():
            if codes is None or falls(entry.code, codes) is not Truth.NO:
                yield Edge(("entry", entry.id), f"`{name}` tests the code {entry.code}", span)

    def _codes(self, expr: ast.Expr) -> CodeSet | None:
        """The codes of a constant set in every version; None if it comes from a table."""
        match expr:
            case ast.Codes(codes):
                return codes
            case ast.Named("codes", id_):
                value = self.program.values.get(id_)
                changed = [a.value for a in self.program.amendments.get(id_, ()) if a.value]
                parts = [self._codes(v) for v in ([value.value] if value else []) + changed]
                known = [p for p in parts if p is not None]
                return union(*known) if len(known) == len(parts) else None
            case ast.SetOf(items):
                written = [i.value for i in items if isinstance(i, ast.Literal)]
                given = [just(c) for c in written if isinstance(c, Code)]
                return union(*given) if len(given) == len(items) else None
            case ast.SetOp(op, left, right):
                one, two = self._codes(left), self._codes(right)
                if one is None or two is None:
                    return None
                if op == "+":
                    return union(one, two)
                return difference(one, two) if op == "-" else intersection(one, two)
            case _:
                return None

    def _activity(self, rule: ast.Rule) -> Iterator[Edge]:
        """Edges to what makes a rule active: its targets, or what it governs."""
        for clauses in versions(self.program, rule):
            own = clauses.effects or ()
            for effect in own:
                if isinstance(effect.kind, ast.Defeats):
                    for target in effect.kind.rules.rules:
                        if target != rule.id:
                            how = f"`{rule.name}` acts where `{self._short(target)}` fires"
                            yield Edge(("fires", target), how, effect.span)
            if own and all(_only_governs(e) for e in own):
                for effect in own:
                    for id_ in self._governed(rule, effect):
                        how = f"`{rule.name}` acts where `{self._short(id_)}` stands"
                        yield Edge(("stands", id_), how, effect.span)

    def _governed(self, rule: ast.Rule, effect: ast.Effect) -> tuple[str, ...]:
        match effect.kind:
            case ast.Reviews(_, of) | ast.Limits(_, of):
                return of.rules
            case _:
                return tuple(
                    r.id
                    for r in self.program.rules.values()
                    if r.instrument == rule.instrument
                    and any(
                        isinstance(e.kind, ast.RequiresLicense) for e in effects(self.program, r)
                    )
                )


def _requires(effect: ast.Effect) -> bool:
    return isinstance(effect.kind, ast.RequiresLicense | ast.RequiresReport | ast.Prohibits)


def _only_governs(effect: ast.Effect) -> bool:
    match effect.kind:
        case ast.Reviews() | ast.Limits():
            return True
        case ast.Obliges(timing=timing):
            return any(t.kind == "with_application" for t in timing)
        case _:
            return False
