"""What keeps `stands` well defined and relief honest.

No circle of rules (semantics 1.2), no status tested for its absence, and no relief for a
case that lists nothing where the law speaks of something listed (language.md, section 5).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from longarm_dsl.core import ast
from longarm_dsl.core.check.graph import Edge, Graph, Node
from longarm_dsl.core.check.roots import effects, let_values, rule_roots, words
from longarm_dsl.core.check.walk import RISING
from longarm_dsl.core.numbers import Comparison, Interval
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import RecordType, RowType
from longarm_dsl.diagnostics import Diagnostic, Label, error

MOST_STEPS = 80
"""A rule may rest on a chain of no more rules than this, by defeats and status tests."""

# ── circles ──────────────────────────────────────────────────────────────────


def cyclic_defeats(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each knot of rules that depend on one another; then for endless chains."""
    edges = graph.edges()
    knots = _knots(edges)
    if not knots:
        yield from _long_chains(graph.program, edges)
    for knot in knots:
        path = _shortest(edges, knot)
        told = [edge for edge in path if edge.how]
        visited = (path[-1].to, *(edge.to for edge in path[:-1]))
        names = list(dict.fromkeys(_name(graph.program, node) for node in visited))
        first = next((id_ for _, id_ in visited if id_ in graph.program.rules), None)
        rule = graph.program.rules.get(first or "")
        shown = " -> ".join(f"`{n}`" for n in (*names, names[0]))
        yield error(
            "cyclic-defeat",
            f"rules depend on one another in a circle: {shown}",
            rule.name_span if rule is not None else told[0].span,
            secondary=tuple(Label(edge.span, edge.how) for edge in told),
            help="take one rule out of the set that another defeats, or test something else",
            note=rule.instrument if rule is not None else None,
        )


def _long_chains(program: Program, edges: Mapping[Node, list[Edge]]) -> Iterator[Diagnostic]:
    """Rules that rest on one another through more steps than anyone could follow."""
    steps: dict[Node, int] = {}
    for root in sorted(edges):
        stack = [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                steps[node] = max(
                    (steps.get(e.to, 0) + bool(e.how) for e in edges.get(node, ())), default=0
                )
            elif node not in steps:
                stack.append((node, True))
                stack.extend((e.to, False) for e in edges.get(node, ()))
    for node in sorted(steps):
        rule = program.rules.get(node[1])
        # Told where the limit is passed, and not of all that rest on it.
        before = max((steps.get(e.to, 0) for e in edges.get(node, ())), default=0)
        if rule is not None and before <= MOST_STEPS < steps[node]:
            yield error(
                "nested-too-deeply",
                f"`{rule.name}` rests on a chain of more than {MOST_STEPS} rules",
                rule.name_span,
                help="let it test what the rules at the end of the chain establish",
                note=rule.instrument,
            )


def _name(program: Program, node: Node) -> str:
    rule = program.rules.get(node[1])
    if rule is not None:
        return rule.id
    return str(program.entries[node[1]].code)


def _knots(edges: Mapping[Node, list[Edge]]) -> list[frozenset[Node]]:
    """The strongly connected parts with a circle in them, by their first node (Tarjan 1972)."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found: list[frozenset[Node]] = []
    for root in sorted(edges):
        if root in index:
            continue
        work: list[tuple[Node, Iterator[Edge]]] = []
        _enter(root, index, low, stack, on_stack)
        work.append((root, iter(edges.get(root, ()))))
        while work:
            node, rest = work[-1]
            step = next(rest, None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    knot = stack[stack.index(node) :]
                    del stack[stack.index(node) :]
                    on_stack.difference_update(knot)
                    if len(knot) > 1 or any(e.to == node for e in edges.get(node, ())):
                        found.append(frozenset(knot))
            elif step.to not in index:
                _enter(step.to, index, low, stack, on_stack)
                work.append((step.to, iter(edges.get(step.to, ()))))
            elif step.to in on_stack:
                low[node] = min(low[node], index[step.to])
    return sorted(found, key=min)


def _enter(
    node: Node,
    index: dict[Node, int],
    low: dict[Node, int],
    stack: list[Node],
    on_stack: set[Node],
) -> None:
    index[node] = low[node] = len(index)
    stack.append(node)
    on_stack.add(node)


def _shortest(edges: Mapping[Node, list[Edge]], knot: frozenset[Node]) -> list[Edge]:
    """The edges of a shortest circle through the first node of a knot."""
    start = min(knot)
    came: dict[Node, tuple[Node, Edge]] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for edge in edges.get(node, ()):
            if edge.to == start:
                path = [edge]
                while node != start:
                    node, step = came[node]
                    path.append(step)
                return path[::-1]
            if edge.to in knot and edge.to not in came:
                came[edge.to] = node, edge
                waiting.append(edge.to)
    return []


# ── statuses are tested for what they say ────────────────────────────────────


def negated_statuses(graph: Graph) -> Iterator[Diagnostic]:
    """A status anywhere but where its truth makes the condition truer."""
    seen: set[tuple[str, int]] = set()
    for tests in graph.testing.values():
        for root, use in tests:
            node = use.node
            if use.sign == RISING or not isinstance(node, ast.StatusTest):
                continue
            place = node.span.source.name, node.span.start
            if place in seen:
                continue
            seen.add(place)
            turned = () if use.turned is None else (Label(use.turned, "this turns it round"),)
            yield error(
                "negated-status",
                f"the status `{node.status}` is tested for its absence",
                node.span,
                secondary=turned,
                help="write a rule that fires on the status and defeats this one",
                note=root.rule.instrument if root.rule else None,
            )


# ── `all` of nothing ─────────────────────────────────────────────────────────

Scope = Mapping[str, ast.Expr]
"""What the subjects of a definition stand for where it is used."""


def all_over_empty(program: Program) -> Iterator[Diagnostic]:
    """`all` over facts in what makes a defeat act, with no `any` of the same beside it."""
    for rule in program.rules.values():
        if not any(isinstance(e.kind, ast.Defeats) for e in effects(program, rule)):
            continue
        for root in rule_roots(program, rule):
            if root.role not in {"when", "where", "binds"}:
                continue
            for node in _unguarded(program, root.expr, {}, (), frozenset()):
                domain = node.domain if isinstance(node, ast.Quantified) else node.items
                of = "" if isinstance(node, ast.Quantified) else "of "
                yield error(
                    "all-over-empty",
                    f"`all` is true of an empty `{words(domain.span)}`, and `{rule.name}` relaxes",
                    node.span,
                    help=f"ask for one as well: `any {of}{words(domain.span)} … and all …`",
                    note=rule.instrument,
                )


def _unguarded(
    program: Program,
    expr: ast.Expr,
    scope: Scope,
    guards: tuple[ast.Expr, ...],
    opened: frozenset[str],
) -> Iterator[ast.Quantified | ast.OfIn]:
    """`all`s that a truthful case can meet with nothing; `guards` are domains with a member."""
    match expr:
        case ast.And(parts):
            known = (*guards, *(g for p in parts for g in _guards(program, p, scope, opened)))
            for part in parts:
                yield from _unguarded(program, part, scope, known, opened)
        case ast.Or(parts):
            for part in parts:
                yield from _unguarded(program, part, scope, guards, opened)
        case ast.Quantified(quantifier, _, domain, body):
            placed = _placed(domain, scope)
            if quantifier == "all" and _may_be_empty(placed) and placed not in guards:
                yield expr
            if quantifier != "none":
                yield from _unguarded(program, body, scope, guards, opened)
        case ast.OfIn("all", items):
            placed = _placed(items, scope)
            if _may_be_empty(placed) and placed not in guards:
                yield expr
        case ast.LetCall(id_) if id_ not in opened:
            inner = _scope(program, expr, scope)
            let = program.lets.get(id_)
            for value in let_values(program, let) if let is not None else ():
                yield from _unguarded(program, value, inner, guards, opened | {id_})
        case ast.Knows(inner):
            yield from _unguarded(program, inner, scope, guards, opened)
        case _:
            pass


def _guards(
    program: Program, expr: ast.Expr, scope: Scope, opened: frozenset[str]
) -> Iterator[ast.Expr]:
    """The domains that a condition says have a member."""
    match expr:
        case ast.Quantified("any", _, domain) | ast.OfIn("any", domain):
            yield _placed(domain, scope)
        case ast.Member(_, container):
            yield _placed(container, scope)
        case ast.Compare(
            op, ast.Aggregate("count", _, _, domain), ast.Literal(Interval() as least)
        ):
            enough = least.low is not None and (
                (op is Comparison.AT_LEAST and least.low > 0)
                or (op is Comparison.MORE and least.low >= 0)
            )
            if enough:
                yield _placed(domain, scope)
        case ast.And(parts):
            for part in parts:
                yield from _guards(program, part, scope, opened)
        case ast.LetCall(id_) if id_ not in opened and not program.amendments.get(id_):
            let = program.lets.get(id_)
            if let is not None:
                inner = _scope(program, expr, scope)
                yield from _guards(program, let.value, inner, opened | {id_})
        case _:
            pass


def _scope(program: Program, call: ast.LetCall, scope: Scope) -> Scope:
    let = program.lets.get(call.let)
    subjects = let.subjects if let is not None else ()
    return {s.name: _placed(a, scope) for s, a in zip(subjects, call.args, strict=False)}


def _placed(expr: ast.Expr, scope: Scope) -> ast.Expr:
    """A list as its user would write it: subjects replaced by what they stand for."""
    match expr:
        case ast.Var(name):
            return scope.get(name, expr)
        case ast.Get(base):
            return replace(expr, base=_placed(base, scope))
        case ast.Parts(item):
            return replace(expr, item=_placed(item, scope))
        case ast.SetOp(_, left, right):
            return replace(expr, left=_placed(left, scope), right=_placed(right, scope))
        case ast.Entries(party):
            return replace(expr, party=_placed(party, scope))
        case _:
            return expr


def _may_be_empty(domain: ast.Expr) -> bool:
    """Whether a case decides how many there are; what the law writes out is not empty."""
    match domain:
        case ast.SetOf(items):
            return not items
        case ast.Named() | ast.Codes():
            return False
        case ast.SetOp("+", left, right):
            return _may_be_empty(left) and _may_be_empty(right)
        case _:
            return not isinstance(domain.type, RecordType | RowType)
