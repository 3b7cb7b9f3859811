"""What holds of every plan: what the back ends lean on.

Run on every plan that a test makes; a violation is a bug of ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from longarm.plan.ast import (
    Applied,
    Ask,
    Constant,
    Domain,
    Field,
    Fixed,
    Flag,
    Local,
    Loop,
    Node,
    Order,
    Plan,
    Ref,
    Relation,
    Root,
    Shared,
    SiteKind,
    Stated,
    Status,
    Test,
    Total,
    Under,
    inside,
)
from longarm_dsl.core.program import Program


def violations(program: Program, plan: Plan) -> tuple[str, ...]:
    """Everything that does not hold; empty for a sound plan."""
    found: list[str] = []
    for rule in plan.rules:
        if rule.rule not in program.rules or program.rules[rule.rule].regime != plan.regime:
            found.append(f"{rule.rule} is no rule of {plan.regime}")
        found += _of(plan, rule.gate, frozenset(), rule.rule)
        found += _of(plan, rule.condition, frozenset(rule.family), rule.rule)
    for shared in plan.shared:
        if shared.let not in program.lets:
            found.append(f"{shared.key} is no definition")
        found += _of(plan, shared.condition, frozenset(shared.params), shared.key)
    versions = [(r.rule, r.changes) for r in plan.rules]
    if len(set(versions)) != len(versions):
        found.append("one version of a rule has two plans")
    return tuple(dict.fromkeys(found))


def _of(plan: Plan, node: Node, bound: frozenset[str], where: str) -> Iterator[str]:
    yield from (f"{where}: {what}" for what in _node(plan, node, bound))
    inner = bound
    if isinstance(node, Loop):
        inner = bound | {node.domain.var}
    elif isinstance(node, Total):
        inner = bound | {node.loop.var}
    for part in inside(node):
        yield from _of(plan, part, bound if isinstance(part, Domain) else inner, where)


def _node(plan: Plan, node: Node, bound: frozenset[str]) -> Iterator[str]:
    match node:
        case Flag(ref) | Stated(ref):
            yield from _bound(ref, bound)
        case Test(ref, site):
            yield from _bound(ref, bound)
            yield from _site(plan, site, "table")
        case Order(_, ref, site):
            yield from _bound(ref, bound)
            yield from _site(plan, site, "number")
        case Under(ref, site):
            yield from _bound(ref, bound)
            yield from _site(plan, site, "codes")
        case Constant(site):
            yield from _site(plan, site, "number")
        case Fixed(site):
            yield from _site(plan, site, "fixed")
        case Ask(site, env) | Relation(_, _, _, site, env):
            yield from _asked(plan, site, env, "ask", bound)
        case Domain(_, source, env):
            if isinstance(source, int):
                yield from _asked(plan, source, env, "domain", bound)
            else:
                yield from _bound(source, bound)
        case Shared(key):
            if all(s.key != key for s in plan.shared):
                yield f"nobody shares {key}"
        case Applied(key, args):
            if all((s.key, len(s.params)) != (key, len(args)) for s in plan.shared):
                yield f"nobody shares {key}"
            for ref in args:
                yield from _bound(ref, bound)
        case Status(key):
            if all(s.key != key for s in plan.statuses):
                yield f"no status {key}"
        case _:
            pass


def _asked(
    plan: Plan,
    site: int,
    env: tuple[tuple[str, Ref], ...],
    kind: SiteKind,
    bound: frozenset[str],
) -> Iterator[str]:
    yield from _site(plan, site, kind)
    if 0 <= site < len(plan.sites) and plan.sites[site].names != tuple(n for n, _ in env):
        yield f"site {site} is given other names than its own"
    for _, ref in env:
        yield from _bound(ref, bound)


def _site(plan: Plan, site: int, kind: SiteKind) -> Iterator[str]:
    if not 0 <= site < len(plan.sites):
        yield f"there is no site {site}"
    elif plan.sites[site].kind != kind:
        yield f"site {site} is a {plan.sites[site].kind}, and used as a {kind}"


def _bound(ref: Ref, bound: frozenset[str]) -> Iterator[str]:
    match ref:
        case Root():
            return
        case Field(base):
            yield from _bound(base, bound)
        case Local(name):
            if name not in bound:
                yield f"{name} stands for nothing"


__all__ = ["violations"]
