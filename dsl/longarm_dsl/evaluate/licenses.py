"""Whether a license or approval that is held meets a requirement (semantics 1.12)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from longarm_dsl.core import ast
from longarm_dsl.core.formula import NO, YES, Formula, QuestionKind, ask, conj, disj, negate
from longarm_dsl.core.numbers import Comparison
from longarm_dsl.core.types import DATE, EnumType
from longarm_dsl.evaluate.values import ItemCodes, Many, Scalar, Thing, Value

if TYPE_CHECKING:
    from longarm_dsl.evaluate.network import Member, Network


def met(network: Network, member: Member) -> Formula:
    """Some record of that authority is valid on the day and covers the case.

    A scope field that a record does not state limits nothing; a stated kind or addressee
    does. Being met stands beside the requirement and never lowers it.
    """
    authorities = _authorities(member)
    if not authorities:
        return NO
    world = network.world
    root = world.root()
    options: list[Formula] = []
    for name in ("licenses", "notices"):
        many = world.field(root, name)  # a vocabulary need not have them
        if not isinstance(many, Many):
            continue
        options.extend(
            conj((member_of, _covers(network, record, authorities, needs_kind=name == "notices")))
            for member_of, record in many.items
            if isinstance(record, Thing)
        )
        if many.open is not None:
            options.append(
                ask(f"another license in {name}", QuestionKind.LIST, "is any other license held?")
            )
    return disj(options)


def _authorities(member: Member) -> frozenset[str]:
    found: set[str] = set()
    for effect in member.clauses.effects or ():
        match effect.kind:
            case ast.RequiresLicense(authority):
                found.add(authority)
            case ast.Prohibits(str() as approval):
                found.add(approval)
            case _:
                pass
    return frozenset(found)


def _covers(
    network: Network, record: Thing, authorities: frozenset[str], *, needs_kind: bool
) -> Formula:
    world, terms = network.world, network.terms
    day = Scalar(world.day, "the day", DATE)

    def field(name: str) -> Value:
        return world.field(record, name)

    parts: list[Formula] = []
    stated = record.fact.fields if record.fact is not None else {}
    if needs_kind or "kind" in stated:
        kind = field("kind")
        parts.append(
            disj(
                terms.compare_values(
                    Comparison.EQUAL,
                    kind,
                    Scalar(ast.Word("NoticeKind", word), word, EnumType("NoticeKind", ())),
                    f"{record.path}.kind = {word}",
                )
                for word in ("license", "approval")
            )
        )
    if "addressee" in stated:
        parts.append(
            terms.compare_values(
                Comparison.EQUAL,
                field("addressee"),
                world.field(world.root(), "actor"),
                f"{record.path}.addressee = actor",
            )
        )
    authority = field("authority")
    if isinstance(authority, Scalar) and isinstance(authority.value, str):
        parts.append(YES if authority.value in authorities else NO)
    else:
        parts.append(
            ask(f"{record.path}.authority", QuestionKind.FACT, f"who issued {record.path}?")
        )
    for name, op in (("issued", Comparison.AT_MOST), ("valid_until", Comparison.AT_LEAST)):
        value = field(name)
        parts.append(terms.compare_values(op, value, day, f"{record.path}.{name} {op} the day"))
    revoked = world.stated(record, "revoked")
    if isinstance(getattr(revoked, "value", None), date):
        parts.append(
            negate(
                terms.compare_values(
                    Comparison.AT_MOST, field("revoked"), day, f"{record.path}.revoked"
                )
            )
        )
    scope = field("scope")
    if isinstance(scope, Thing) and scope.fact is not None:
        parts.append(_in_scope(network, scope))
    return conj(parts)


def _in_scope(network: Network, scope: Thing) -> Formula:
    world, terms = network.world, network.terms
    root = world.root()
    parts: list[Formula] = []
    stated = scope.fact.fields if scope.fact is not None else {}
    if "destination" in stated:
        parts.append(
            terms.belongs(
                world.field(root, "destination"),
                world.field(scope, "destination"),
                f"{scope.path}.destination",
            )
        )
    if "code" in stated:
        limits = world.field(scope, "code")
        given = world.field(world.field(root, "item"), "code")
        if isinstance(given, ItemCodes) and isinstance(limits, ItemCodes):
            from longarm_dsl.core.codes import just, union  # noqa: PLC0415  used here only

            parts.append(
                terms.falls_under(
                    given, union(*(just(c) for c in limits.codes)), f"{scope.path}.code"
                )
            )
    if "end_use" in stated:
        uses, allowed = world.field(root, "end_use"), world.field(scope, "end_use")
        if isinstance(uses, Many):
            parts.extend(
                terms.belongs(use, allowed, f"{scope.path}.end_use") for _, use in uses.items
            )
            if uses.open is not None:
                parts.append(
                    ask(
                        f"{uses.path} within {scope.path}",
                        QuestionKind.LIST,
                        f"is every {uses.path} within the license?",
                    )
                )
    if "parties" in stated:
        end_user, listed = world.field(root, "end_user"), world.field(scope, "parties")
        if isinstance(end_user, Thing) and isinstance(listed, Many):
            parts.append(
                disj(
                    conj(
                        (
                            m,
                            network.terms.compare_values(
                                Comparison.EQUAL, end_user, p, f"{scope.path}.parties"
                            ),
                        )
                    )
                    for m, p in listed.items
                )
            )
    return conj(parts)
