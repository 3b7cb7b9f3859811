"""What an instrument models, and what its cases show of it.

    report(program, instruments, cases) -> tuple[InstrumentReport, …]

For each provision: which rules speak for it, or why none does. For each rule: the cases in
which it stands, may stand, is defeated, and narrowly misses, that is, in which exactly one
atomic condition keeps it from firing. A rule that no case brings near is one that nobody
has tested. The clock is never read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field

from longarm.cases import CaseInput
from longarm.deciding import days_of
from longarm_dsl.core import ast
from longarm_dsl.core.check.citations import cited_in, speaks_for
from longarm_dsl.core.formula import NO, Truth
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.program import Program
from longarm_dsl.core.sources import Sources
from longarm_dsl.core.time import REGIME_ZONES, EventKind, StateName, states
from longarm_dsl.evaluate.network import Member, Network
from longarm_dsl.evaluate.values import Value
from longarm_dsl.evaluate.world import Options, World
from longarm_dsl.lazy_dataclass import dataclass

Env = Mapping[str, Value]

CLAIMS = {
    "by": "modelled",
    "partly": "partly modelled",
    "enables": "enables",
    "not": "not modelled",
}
"""What becomes of a provision, by the kind of its claim."""

NOTHING_TO_DO = "has nothing to act on"
NOT_IN_FORCE = "is not in force"


@dataclass(frozen=True, slots=True)
class ProvisionReport:
    """A provision: modelled, partly modelled, enables, not modelled or unclaimed; by what, why."""

    name: str
    state: str
    by: tuple[str, ...]
    why: str | None


@dataclass(frozen=True, slots=True)
class Miss:
    """A case in which a rule lacks one condition only, and which."""

    case: CaseInput
    lacks: str


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A rule with the cases in which it stands, may stand, is defeated, narrowly misses."""

    rule: ast.Rule
    stood: tuple[CaseInput, ...]
    open: tuple[CaseInput, ...]
    defeated: tuple[CaseInput, ...]
    missed: tuple[Miss, ...]

    @property
    def untested(self) -> bool:
        """Whether no case brings the rule to fire or near it."""
        return not (self.stood or self.open or self.defeated or self.missed)


@dataclass(frozen=True, slots=True)
class InstrumentReport:
    """One instrument: its provisions, rules and events, and the cases that exercise them."""

    instrument: ast.Instrument
    provisions: tuple[ProvisionReport, ...]
    rules: tuple[RuleUse, ...]
    events: tuple[str, ...]
    rows: int
    cases: tuple[CaseInput, ...]


@dataclass(slots=True)
class _Use:
    """Cases of one rule while they are collected."""

    stood: list[CaseInput] = field(default_factory=list[CaseInput])
    open: list[CaseInput] = field(default_factory=list[CaseInput])
    defeated: list[CaseInput] = field(default_factory=list[CaseInput])
    missed: list[Miss] = field(default_factory=list[Miss])


def report(
    program: Program,
    sources: Sources,
    instruments: Collection[str],
    cases: Sequence[CaseInput],
) -> tuple[InstrumentReport, ...]:
    """Report some instruments, given by id, over the cases."""
    chosen = [i for i in program.instruments.values() if i.id in instruments]
    rules = [r for r in program.rules.values() if r.instrument in instruments]
    uses = {r.id: _Use() for r in rules}
    touched: dict[str, dict[int, CaseInput]] = {i.id: {} for i in chosen}
    regimes = sorted({i.regime for i in chosen})
    for number, case in enumerate(cases):
        for regime in regimes:
            if case.regimes and regime not in case.regimes:
                continue
            for id_ in _exercised(program, case, regime, instruments, uses):
                touched[id_][number] = case
    return tuple(
        InstrumentReport(
            i,
            tuple(_provisions(program, sources, i)),
            tuple(_use_of(r, uses[r.id]) for r in rules if r.instrument == i.id),
            tuple(_events(program, i.id)),
            sum(row.instrument == i.id for t in program.tables.values() for row in t.rows),
            tuple(touched[i.id].values()),
        )
        for i in chosen
    )


def _use_of(rule: ast.Rule, use: _Use) -> RuleUse:
    return RuleUse(rule, tuple(use.stood), tuple(use.open), tuple(use.defeated), tuple(use.missed))


# ── provisions and events ────────────────────────────────────────────────────


def _provisions(
    program: Program, sources: Sources, instrument: ast.Instrument
) -> Iterable[ProvisionReport]:
    """Claims first; then the rules that cite the provision, or something inside it."""
    cited = cited_in(program, sources, instrument.id)
    for name in instrument.provisions:
        claims = [c for c in instrument.claims if name in c.provisions]
        rules = [
            rule.id
            for rule in program.rules.values()
            if rule.instrument == instrument.id and speaks_for(_cite(rule), name)
        ]
        by = tuple(dict.fromkeys([*(b for c in claims for b in c.by), *rules]))
        why = "; ".join(c.why for c in claims if c.why) or None
        if claims:
            yield ProvisionReport(name, CLAIMS[claims[0].kind], by, why)
        elif rules or any(speaks_for(c, name) for c in cited):
            yield ProvisionReport(name, "modelled", by, None)
        else:
            yield ProvisionReport(name, "unclaimed", (), None)


def _cite(rule: ast.Rule) -> str:
    cite = rule.clauses.cite
    return cite.value if isinstance(cite, ast.Literal) and isinstance(cite.value, str) else ""


def _events(program: Program, instrument: str) -> Iterable[str]:
    """What an instrument does to others, in the law's own verbs."""
    for event in program.law.events.values():
        if event.source == instrument:
            yield f"{event.kind} {', '.join(event.targets)}"


# ── cases ────────────────────────────────────────────────────────────────────


def _network(program: Program, case: CaseInput, regime: str) -> Network:
    day, known = days_of(program, case)
    when = day.at(REGIME_ZONES.get(regime, "UTC"))
    return Network(World(program, regime, when, known, Options(), case.transaction))


def _exercised(
    program: Program,
    case: CaseInput,
    regime: str,
    instruments: Collection[str],
    uses: Mapping[str, _Use],
) -> set[str]:
    """Sort a case under the rules that it brings to fire, or near; the instruments at work."""
    network = _network(program, case, regime)
    found: set[str] = set()
    acted_on = _acted_on(program, instruments)
    for rule in network.rules():
        use = uses.get(rule.id)
        if network.world.in_force(rule.id) == NO:
            if use is None and rule.id not in acted_on and rule.instrument not in acted_on:
                continue
            would, by = _would(network, rule)
            if would and by in instruments:
                found.add(by)
            if would and use is not None:
                use.missed.append(Miss(case, NOT_IN_FORCE))
        elif use is not None and _sorted_under(network, rule, case, use):
            found.add(rule.instrument)
    return found


def _acted_on(program: Program, instruments: Collection[str]) -> frozenset[str]:
    return frozenset(
        target
        for event in program.law.events.values()
        if event.source in instruments and event.kind is not EventKind.AMENDS
        for target in event.targets
    )


def _would(network: Network, rule: ast.Rule) -> tuple[bool, str]:
    """Whether a rule out of force would fire, and whose event or text keeps it out."""
    world = network.world
    state = states(world.program.law, rule.id, world.when, world.known)[0]
    if state.name is StateName.UNPUBLISHED or network.would(rule) is not Truth.YES:
        return False, ""
    event = world.program.law.events.get(state.by)
    return True, event.source if event is not None else state.by


def _sorted_under(network: Network, rule: ast.Rule, case: CaseInput, use: _Use) -> bool:
    """Put a case where its nearest member belongs; whether the rule fires or may."""
    rest = network.at_rest
    members = network.members(rule.id)
    stands = max((rest.stands(m.id) for m in members), default=Truth.NO)
    if stands is not Truth.NO:
        (use.stood if stands is Truth.YES else use.open).append(case)
        return True
    if any(rest.fires(m.id) is not Truth.NO for m in members):
        use.defeated.append(case)
        return True
    lacking = [found for m in members if len(found := lacks(network, m)) == 1]
    if lacking:
        use.missed.append(Miss(case, lacking[0][0]))
    return False


def lacks(network: Network, member: Member) -> tuple[str, ...]:
    """The atomic conditions whose change would let a member fire: the fewest, as texts."""
    found: list[str] = []
    for expr in (member.clauses.binds, member.clauses.when):
        if expr is not None:
            found += _short(network, expr, member.env)
    if _idle(network, member):
        found.append(NOTHING_TO_DO)
    return tuple(found)


def _short(network: Network, expr: ast.Expr, env: Env) -> tuple[str, ...]:
    """What a condition lacks; nothing if it holds or is open."""
    if network.at_rest.of(network.terms.formula(expr, env)) is not Truth.NO:
        return ()
    alone = (show_expr(expr, network.terms.names(env)),)
    match expr:
        case ast.And(parts):
            return tuple(text for part in parts for text in _short(network, part, env))
        case ast.Or(parts):
            return min((_short(network, part, env) for part in parts), key=len)
        case ast.Quantified("any", var, domain, body):
            many = network.terms.many(network.terms.value(domain, env))
            near = [_short(network, body, {**env, var: value}) for _, value in many.items]
            return min((n for n in near if n), key=len, default=alone)
        case ast.LetCall(let, args):
            decl = network.world.program.lets[let]
            inner = {
                subject.name: network.terms.value(arg, env)
                for subject, arg in zip(decl.subjects, args, strict=False)
            }
            return _short(network, decl.value, inner) or alone
        case _:
            return alone


def _idle(network: Network, member: Member) -> bool:
    """Whether a rule that acts on rules has none to act on."""
    rest = network.at_rest
    effects = [e.kind for e in member.clauses.effects or ()]
    if any(isinstance(e, ast.Defeats) for e in effects):
        return all(
            min(rest.fires(target), rest.of(where)) is Truth.NO
            for target, where in network.targets(member)
        )
    if effects and all(isinstance(e, ast.Reviews | ast.Limits) for e in effects):
        governed = {g for e in effects for g in network.governed(member, e)}
        return all(rest.stands(g) is Truth.NO for g in governed)
    return False
