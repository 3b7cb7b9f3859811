"""From an epoch to its flat decision functions, where its rules read plain facts.

flat(functions, "ref", Day(date(2025, 12, 2)), date(2025, 12, 2)) -> FlatPolicy | None
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from longarm.backends.flat.elements import conjuncts
from longarm.backends.flat.emit import emit_flat
from longarm.backends.flat.model import (
    Flat,
    FlatRule,
    FlatText,
    Lookups,
    NotFlat,
    Patterns,
)
from longarm.compiled.epoch import Epoch
from longarm.compiled.flat import (
    ANOTHER,
    Behind,
    FlatPolicy,
    FlatRuleData,
    Word,
    open_bits,
    plain_bits,
)
from longarm.compiled.functions import Functions
from longarm.compiled.raw import fact
from longarm.compiled.tables import Table
from longarm.compiled.views import OPEN
from longarm.plan.ast import Plan, RulePlan
from longarm.plan.from_core import plan
from longarm_dsl.core import ast, facts
from longarm_dsl.core.check.roots import let_values, nodes
from longarm_dsl.core.formula import YES, Truth
from longarm_dsl.core.intervals import Interval
from longarm_dsl.core.places import COUNTRIES
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.time import REGIME_ZONES
from longarm_dsl.core.types import EnumType, PlaceType, TextType
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.network import Member, Network, needs_license
from longarm_dsl.evaluate.values import Rank, Scalar
from longarm_dsl.evaluate.world import Options, World


def flat(
    functions: Functions,
    regime: str,
    on: Day,
    known: date,
    options: Options | None = None,
) -> FlatPolicy | None:
    """The decision functions of a regime on a day, or None where some rule needs more."""
    program = functions.program
    nobody = facts.Transaction(facts.Record("Transaction"))
    when = on.at(REGIME_ZONES.get(regime, "UTC"))
    world = World(program, regime, when, known, options or Options(), nobody)
    epoch = functions.epoch(world)
    made = plan(program, regime)
    try:
        rules, data = _rules(epoch, made)
        written = emit_flat(_flat(epoch, made, rules))
    except NotFlat:
        return None
    return _policy(epoch, made, written, data)


def _flat(epoch: Epoch, made: Plan, rules: tuple[FlatRule, ...]) -> Flat:
    numbers: dict[int, Interval] = {}
    fixed: dict[int, Truth] = {}
    for n, (name, site) in enumerate(zip(epoch.code.site_names, made.sites, strict=True)):
        if site.kind == "number":
            number = epoch.names[f"{name}__exact"]
            if isinstance(number, Interval):
                numbers[n] = number
        elif site.kind == "fixed":
            may, must = epoch.names[f"{name}__may"], epoch.names[f"{name}__must"]
            fixed[n] = Truth.YES if must else Truth.UNKNOWN if may else Truth.NO
    program = epoch.world.program
    return Flat(
        made.regime,
        rules,
        numbers,
        fixed,
        {s.key: s.condition for s in made.shared},
        program,
        {r.id: program.rules[r.id].clauses.title or r.id for r in rules},
        {n: show_expr(s.expr) for n, s in enumerate(made.sites)},
        lambda lookup: _patterns(epoch, made, lookup),
    )


def _patterns(epoch: Epoch, made: Plan, lookup: Lookups) -> Patterns:
    """The bits of every value that the law can tell from others, and of an open fact."""
    tables = tuple(_table(epoch, site) for site in lookup.bits)
    values: dict[object, None] = {None: None}
    for site in lookup.bits:
        type_ = made.sites[site].type
        match type_:
            case EnumType(_, words):
                values.update(dict.fromkeys(words))
            case PlaceType():
                values.update(dict.fromkeys(COUNTRIES))
                values["AQ-ZZ"] = None
            case _:
                values[ANOTHER] = None
        for node in nodes(made.sites[site].expr):
            values.update(dict.fromkeys(_mentioned(epoch, node)))
    plain = {b for v in values if (b := plain_bits(tables, v)) is not None}
    opened = {open_bits(tables, v) for v in (*values, OPEN)}
    return Patterns(frozenset(plain), frozenset(opened))


def _texts(epoch: Epoch, made: Plan, site: int) -> frozenset[str] | None:
    """The texts that a test names; None for words that need not be named to be meant."""
    if not isinstance(made.sites[site].type, TextType):
        return None
    found = (t for n in nodes(made.sites[site].expr) for t in _mentioned(epoch, n))
    return frozenset(found)


def _mentioned(epoch: Epoch, node: ast.Expr) -> Iterable[str]:
    """Words, places and texts that a test names, through the definitions it uses."""
    program = epoch.world.program
    match node:
        case ast.Literal(str() as text):
            yield text
        case ast.Literal(ast.Place(code)):
            yield code
        case ast.Literal(ast.Word(_, text)):
            yield text
        case ast.LetCall(let):
            for value in let_values(program, program.lets[let]):
                for inner in nodes(value):
                    yield from _mentioned(epoch, inner)
        case ast.Named(_, id_) if id_ in program.values:
            changed = [c.value for c in program.amendments.get(id_, ()) if c.value is not None]
            for written in (program.values[id_].value, *changed):
                for inner in nodes(written):
                    yield from _mentioned(epoch, inner)
        case _:
            pass


def _table(epoch: Epoch, site: int) -> Table:
    found = epoch.names[epoch.code.site_names[site]]
    assert isinstance(found, Table)  # noqa: S101  INVARIANT: lookups are of tables
    return found


def _rules(epoch: Epoch, made: Plan) -> tuple[tuple[FlatRule, ...], tuple[FlatRuleData, ...]]:
    """The rules that may be in force, with how they hang on each other."""
    plans = {(r.rule, r.changes): r for r in made.rules}
    live: list[tuple[ast.Rule, ast.Clauses, Truth, RulePlan]] = []
    for rule in epoch.law.rules():
        versions = epoch.versions(rule.id)
        if versions is None or len(versions) > 1:
            raise NotFlat
        acting = epoch.world.versions(rule.id)
        if len(acting) != 1:
            raise NotFlat
        if not versions:
            continue
        found = plans[rule.id, tuple(c.event for c in acting[0][1])]
        if found.family:
            raise NotFlat
        live.append((rule, versions[0].clauses, versions[0].truth, found))
    bits = {rule.id: n for n, (rule, _, _, _) in enumerate(live)}
    members = [Member(rule.id, rule, clauses, {}, YES, rule.id) for rule, clauses, _, _ in live]
    beaten: dict[str, list[str]] = {}
    reviewed: dict[str, list[tuple[int, int, int]]] = {}
    for member in members:
        for effect in member.clauses.effects or ():
            match effect.kind:
                case ast.Defeats(rules, where):
                    if where is not None:
                        raise NotFlat
                    for target in rules.rules:
                        beaten.setdefault(target, []).append(member.id)
                case ast.Reviews(posture):
                    low, high = _rank(epoch, posture)
                    for license_ in _governed(member, effect.kind, bits):
                        reviewed.setdefault(license_, []).append((bits[member.id], low, high))
                case ast.Classifies():
                    raise NotFlat
                case _:
                    pass
    flat_rules: list[FlatRule] = []
    data: list[FlatRuleData] = []
    for member, (rule, clauses, truth, found) in zip(members, live, strict=True):
        effects = clauses.effects or ()
        defeats = tuple(
            t for e in effects if isinstance(e.kind, ast.Defeats) for t in e.kind.rules.rules
        )
        hangs = bool(effects) and all(needs_license(e.kind) for e in effects)
        governs = (
            tuple(g for e in effects for g in _governed(member, e.kind, bits)) if hangs else None
        )
        flat_rules.append(
            FlatRule(
                rule.id,
                bits[rule.id],
                conjuncts(found.gate),
                truth is Truth.YES,
                defeats,
                tuple(dict.fromkeys(beaten.get(rule.id, ()))),
                governs if not defeats else None,
            )
        )
        cite = clauses.cite.text if isinstance(clauses.cite, ast.Literal) else ""
        data.append(
            FlatRuleData(
                rule.id,
                clauses.title or rule.name,
                cite,
                member.level,
                tuple(reviewed.get(rule.id, ())),
                license_=member.license,
            )
        )
    return tuple(flat_rules), tuple(data)


def _governed(member: Member, kind: ast.EffectKind, bits: Mapping[str, int]) -> tuple[str, ...]:
    """License rules that a review, a limit or a duty governs, none of them a family."""
    match kind:
        case ast.Reviews(_, rules) | ast.Limits(_, rules):
            if not rules.text and member.license:
                return (member.id,)
            return tuple(r for r in rules.rules if r in bits)
        case ast.Obliges():
            raise NotFlat  # the license rules of the instrument: the network knows them
        case _:
            return ()


def _rank(epoch: Epoch, posture: ast.Expr) -> tuple[int, int]:
    value = epoch.law.terms.value(posture, {}) if isinstance(posture, ast.Literal) else None
    match value:
        case Rank(low, high):
            return low, high
        case Scalar(ast.NoneValue()):
            return 0, 0
        case _:
            raise NotFlat


def _policy(
    epoch: Epoch, made: Plan, written: FlatText, data: tuple[FlatRuleData, ...]
) -> FlatPolicy:
    words = {
        word.name: Word(
            word.path,
            word.inside,
            tuple(_table(epoch, s) for s in word.bits),
            (written.patterns[word.name].plain, written.patterns[word.name].opened),
        )
        for word in written.lookups
    }
    reached = {
        name: tuple(
            Behind(_table(epoch, site), plain, opened, bit, _texts(epoch, made, site))
            for site, plain, opened, bit in behind
        )
        for name, behind in written.dispatched.items()
    }

    def relation(site: int, given: Mapping[str, Any], mode: str) -> bool:
        truth = _relation(epoch, made, site, given)
        return truth is not Truth.NO if mode == "may" else truth is Truth.YES

    name = f"<decisions {made.regime} {epoch.world.when} known {epoch.world.known}>"

    def compiled(text: str, names: dict[str, Any]) -> None:
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(text, name, "exec", dont_inherit=True), names)  # noqa: S102  text of our own making

    return FlatPolicy(written.text, data, words, reached, relation, compiled)


def _relation(epoch: Epoch, made: Plan, site: int, given: Mapping[str, Any]) -> Truth:
    """A comparison of amounts with open facts, by the reference on the facts as they are."""
    transaction = facts.Transaction(_record(epoch, "Transaction", given))
    world = epoch.world
    here = World(world.program, world.regime, world.when, world.known, world.options, transaction)
    terms = Network(here).terms
    return terms.base(terms.formula(made.sites[site].expr, {}))


def _record(epoch: Epoch, type_: str, given: Mapping[str, Any]) -> facts.Record:
    """Plain dictionaries as the facts that reading them makes."""
    fields = epoch.world.program.records[type_].fields
    made = {
        name: fact(epoch.world.program, fields[name].type, value)
        for name, value in given.items()
        if name in fields and value is not OPEN
    }
    return facts.Record(type_, made)


__all__ = ["flat"]
