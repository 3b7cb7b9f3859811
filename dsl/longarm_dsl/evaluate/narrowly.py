"""How near a rule comes to standing in a case where it does not.

    misses_narrowly(network, rule)    one condition fails for certain, all others hold for certain

The conditions are the parts that `and` joins in `binds` and `when`, definitions of the same
form opened, and what the effect needs: something to defeat, a license to speak of. A family
misses narrowly if one of its members does. Only for those who judge cases, never in a decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from longarm_dsl.core import ast
from longarm_dsl.core.formula import NO, YES, Truth
from longarm_dsl.evaluate.network import Member, Network, amended
from longarm_dsl.evaluate.terms import Terms
from longarm_dsl.evaluate.values import Value


def misses_narrowly(network: Network, rule: ast.Rule) -> bool:
    """Whether all but one of the conditions of a rule in force hold, and that one fails."""
    for guard, changes in network.world.versions(rule.id):
        clauses = rule.clauses
        leaf = rule.id
        for change in changes:
            clauses = amended(clauses, change.clauses)
            leaf = change.leaf or leaf
        if network.world.in_force(leaf) == NO or network.at_rest.of(guard) is not Truth.YES:
            continue
        for env, membership, text in network.family(rule, clauses):
            member = Member(f"{rule.id}[{text}]", rule, clauses, env, YES, leaf)
            if network.at_rest.of(membership) is Truth.YES and _one_fails(network, member):
                return True
    return False


def _one_fails(network: Network, member: Member) -> bool:
    failed = 0
    for holds in _truths(network, member):
        failed += holds is Truth.NO
        if holds is Truth.UNKNOWN or failed > 1:
            return False
    return failed == 1


def _truths(network: Network, member: Member) -> Iterator[Truth]:
    for clause in (member.clauses.binds, member.clauses.when):
        if clause is not None:
            for piece, env in _pieces(network.terms, clause, member.env):
                yield network.at_rest.of(network.terms.formula(piece, env))
    yield network.at_rest.of(network.active(member))


def _pieces(
    terms: Terms, expr: ast.Expr, env: Mapping[str, Value]
) -> Iterator[tuple[ast.Expr, Mapping[str, Value]]]:
    """What `and` joins, also behind the name of a definition."""
    match expr:
        case ast.And(parts):
            for part in parts:
                yield from _pieces(terms, part, env)
        case ast.LetCall(let, args) if isinstance(terms.world.program.lets[let].value, ast.And):
            versions = terms.expand(let, tuple(terms.value(arg, env) for arg in args))
            if len(versions) == 1:
                _, body, inner = versions[0]
                yield from _pieces(terms, body, inner)
            else:
                yield expr, env
        case _:
            yield expr, env
