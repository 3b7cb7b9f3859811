"""Reasons: the numbers that decided a rule, its citation, and the tree of its condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from longarm_dsl.core import ast
from longarm_dsl.core.formula import Formula, Truth
from longarm_dsl.core.numbers import Failure, Interval, show
from longarm_dsl.core.print import show_expr, show_literal
from longarm_dsl.core.types import POSTURE, NumberType
from longarm_dsl.evaluate.network import Member, Network
from longarm_dsl.evaluate.values import Amount, Rank, Scalar, Value, label
from longarm_dsl.lazy_dataclass import dataclass

Env = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition with its truth, the values in it, and its parts."""

    text: str
    truth: Truth
    values: tuple[tuple[str, str], ...]
    parts: tuple[Reason, ...]


def reasons(network: Network, member: Member) -> Reason:
    """The tree of a member's condition: state, who is bound, when."""
    parts: list[Reason] = []
    force = network.world.in_force(member.leaf)
    parts.append(Reason("in force", _truth(network, force), (), ()))
    if member.clauses.binds is not None:
        parts.append(reason(network, member.clauses.binds, member.env))
    if member.clauses.when is not None:
        parts.append(reason(network, member.clauses.when, member.env))
    return Reason(member.id, network.at_rest.stands(member.id), (), tuple(parts))


def reason(network: Network, expr: ast.Expr, env: Env) -> Reason:
    """The tree of one condition."""
    terms = network.terms
    text = show_expr(expr, terms.names(env))
    truth = _truth(network, terms.formula(expr, env))
    match expr:
        case ast.And(parts) | ast.Or(parts):
            return Reason(text, truth, (), tuple(reason(network, p, env) for p in parts))
        case ast.Not(inner):
            return Reason(text, truth, (), (reason(network, inner, env),))
        case ast.Quantified(_, var, domain, body):
            many = terms.many(terms.value(domain, env))
            below = tuple(
                reason(network, body, {**env, var: value})
                for _, value in many.items[:20]
                if not isinstance(body, ast.Literal)
            )
            return Reason(text, truth, (), below)
        case ast.LetCall(let, args):
            decl = network.world.program.lets[let]
            inner_env: Env = {
                s.name: terms.value(a, env) for s, a in zip(decl.subjects, args, strict=False)
            }
            return Reason(text, truth, (), (reason(network, decl.value, inner_env),))
        case _:
            return Reason(text, truth, tuple(_values(network, expr, env)), ())


def _truth(network: Network, formula: Formula) -> Truth:
    return network.at_rest.of(formula)


def _values(network: Network, expr: ast.Expr, env: Env) -> Iterator[tuple[str, str]]:
    """What the sides of a test are worth."""
    sides: tuple[ast.Expr, ...] = ()
    match expr:
        case ast.Compare(_, left, right):
            sides = (left, right)
        case ast.Member(item, _) | ast.OfIn(_, item, _):
            sides = (item,)
        case ast.Get():
            sides = (expr,)
        case _:
            pass
    unit = next((u for s in sides if (u := network.terms.unit_of(s)) is not None), None)
    for side in sides:
        if isinstance(side, ast.Literal):
            continue
        shown = show_value(network.terms.value(side, env), unit)
        if shown is not None:
            yield show_expr(side, network.terms.names(env)), shown


def show_value(value: Value, unit: str | None = None) -> str | None:
    """A value for people; None where there is nothing to show."""
    match value:
        case Amount(Failure(why)):
            return f"no value: {why}"
        case Amount(number):
            # Money is shown in its own currency: the unit of the law's bound is no rate.
            is_money = isinstance(number, Interval) and number.dimension.kind == "money"
            return show(number, None if is_money else unit)
        case Scalar(None):
            return "not stated"
        case Scalar(literal) if literal is not None:
            return show_literal(literal)
        case Rank(low, high):
            return (
                POSTURE.values[low]
                if low == high
                else f"{POSTURE.values[low]} to {POSTURE.values[high]}"
            )
        case _:
            return None


def numbers_of(network: Network, member: Member) -> tuple[tuple[str, str], ...]:
    """The numbers that the condition compares, by the name of their definition."""
    found: dict[str, str] = {}
    for expr in (member.clauses.when,):
        if expr is not None:
            _numbers(network, expr, member.env, found)
    return tuple(found.items())


def _numbers(network: Network, expr: ast.Expr, env: Env, found: dict[str, str]) -> None:
    match expr:
        case ast.And(parts) | ast.Or(parts):
            for part in parts:
                _numbers(network, part, env, found)
        case ast.Not(inner):
            _numbers(network, inner, env, found)
        case ast.LetCall(let, args, type_) if not isinstance(type_, NumberType):
            decl = network.world.program.lets[let]
            inner_env: Env = {
                s.name: network.terms.value(a, env)
                for s, a in zip(decl.subjects, args, strict=False)
            }
            _numbers(network, decl.value, inner_env, found)
        case ast.Quantified(_, var, domain, body):
            many = network.terms.many(network.terms.value(domain, env))
            for _, value in many.items[:20]:
                _numbers(network, body, {**env, var: value}, found)
        case ast.Compare(_, left, right) if isinstance(left.type, NumberType):
            unit = network.terms.unit_of(left) or network.terms.unit_of(right)
            for side in (left, right):
                if isinstance(side, ast.Literal | ast.Named):
                    continue
                name = (
                    side.let.rsplit(".", 1)[-1]
                    if isinstance(side, ast.LetCall)
                    else show_expr(side, network.terms.names(env))
                )
                value = network.terms.value(side, env)
                shown = show_value(value, unit)
                if shown is None or _says_nothing(value):
                    continue
                if name in found and found[name] != shown:
                    name = show_expr(side, network.terms.names(env))
                found[name] = shown
        case _:
            pass


def _says_nothing(value: Value) -> bool:
    """A fact that nobody stated decided nothing."""
    return isinstance(value, Amount) and value.is_fact and bool(value.inside)


def cite_of(network: Network, member: Member) -> str | None:
    """The citation, from the row where the family takes it from one."""
    cite = member.clauses.cite
    if cite is None:
        return None
    value = network.terms.value(cite, member.env)
    if isinstance(value, Scalar):
        # Of a row that nobody has seen there is no citation.
        return value.value if isinstance(value.value, str) else None
    return label(value)


def effect_words(network: Network, member: Member, effect: ast.Effect) -> str:
    """An effect in the law's own verbs."""
    phrase = f' "{effect.phrase}"' if effect.phrase else ""
    upon = f" upon {', '.join(effect.upon)}" if effect.upon else ""
    return _effect(network, member, effect.kind) + phrase + upon


def _effect(network: Network, member: Member, kind: ast.EffectKind) -> str:
    match kind:
        case ast.RequiresLicense(authority):
            return f"requires license from {authority}"
        case ast.RequiresReport(authority):
            return f"requires report to {authority}"
        case ast.Prohibits(None):
            return "prohibits"
        case ast.Prohibits(approval):
            return f"prohibits except by approval of {approval}"
        case ast.Reviews(posture):
            shown = show_value(network.terms.value(posture, member.env))
            return f"reviews {shown or 'with a posture'}"
        case ast.Limits(forms):
            return f"limits license to {', '.join(forms)}"
        case ast.Defeats(rules):
            return f"defeats {rules.text or ', '.join(rules.rules)}"
        case ast.Establishes(status, args):
            inside = ", ".join(label(network.terms.value(a, member.env)) for a in args)
            return f"establishes {status}({inside})"
        case ast.Classifies(item, code):
            return f"classifies {label(network.terms.value(item, member.env))} as {code}"
        case ast.Obliges(names):
            return f"obliges {', '.join(names)}"
        case ast.Flags(flag):
            return f"flags {flag}"
        case ast.Charges(name):
            return f"charges {name}"
        case ast.Exposes(penalty):
            return f"exposes {penalty}"
