"""Decide a case: the reference evaluator's front door.

    decide(program, transaction, regime, on, known) -> Decision

First which rules are idle, then the record from the others (`evaluate.idle`).
A day that edges with clock times cut is evaluated once per part; the bounds are the
hull and the time of day is one of the questions (semantics 1.9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from longarm_dsl.core import ast, facts
from longarm_dsl.core.codes import Code, falls, just, parse_code
from longarm_dsl.core.formula import NO, Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import REGIME_ZONES, Moment, StateName, When, segments, states
from longarm_dsl.core.types import FORMS, POSTURE
from longarm_dsl.evaluate.day_parts import joined
from longarm_dsl.evaluate.decision import (
    Answered,
    Asked,
    Decision,
    Gap,
    Law,
    ReadingUsed,
    Requirement,
    RuleReport,
    Silent,
)
from longarm_dsl.evaluate.duties import charges, duties, exposures, flags
from longarm_dsl.evaluate.explain import cite_of, effect_words, numbers_of
from longarm_dsl.evaluate.idle import FindIdle, idle_rules, turning_on_choices
from longarm_dsl.evaluate.licenses import met
from longarm_dsl.evaluate.mentions import merged
from longarm_dsl.evaluate.network import Member, Network
from longarm_dsl.evaluate.outcome import Findings, Judge, Outcome
from longarm_dsl.evaluate.values import ItemCodes, Thing, Value, label
from longarm_dsl.evaluate.world import Options, World
from longarm_dsl.lazy_dataclass import dataclass

_PATH = re.compile(r"[\w.\[\]]+")

GRADES = (
    "primary",
    "translation",
    "register",
    "law_firm",
    "secondary",
    "news",
    "press",
    "recalled",
    "inference",
)
"""How a fact of law is known, best first; unknown grades count as the worst."""


@dataclass(frozen=True, slots=True)
class Day:
    """The day of a case: civil, or an instant with its clock time and offset."""

    day: date
    minute: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        if self.minute is None:
            return self.day.isoformat()
        clock = f"{self.minute // 60:02}:{self.minute % 60:02}"
        if self.offset is None:
            return f"{self.day}T{clock}"
        sign, away = ("-" if self.offset < 0 else "+"), abs(self.offset)
        return f"{self.day}T{clock}{sign}{away // 60:02}:{away % 60:02}"

    def at(self, zone: str) -> When:
        """The day or instant in the civil time of a zone."""
        from longarm_dsl.core.time import moment_of  # noqa: PLC0415  used with a clock time only

        if self.minute is None:
            return self.day
        return moment_of(self.day, self.minute, self.offset, zone)


def decide(
    program: Program,
    transaction: facts.Transaction,
    regime: str,
    on: Day,
    known: date,
    options: Options | None = None,
    *,
    assumptions: bool = True,
    find_idle: FindIdle = idle_rules,
) -> Decision:
    """What one regime says of a case on a day, as known on a day.

    Without `assumptions` nobody works out which closed facts mattered: that takes a second
    decision of the open case, and who compares outcomes does not need it. `find_idle` may
    be a faster way to the same rules.
    """
    chosen = options or Options()
    kept = turning_on_choices(program, chosen)
    transaction = merged(transaction, program)
    parts = moments(program, regime, on, known, chosen)

    def at(start: When) -> tuple[Decision, Findings]:
        world = World(program, regime, start, known, chosen, transaction)
        # If what closing settles is reported too, rules count as idle only if they are so open.
        without = find_idle(_opened(world) if assumptions else world) - kept
        return _decide_at(world, on, without, assumptions=assumptions, diagram=len(parts) > 1)

    if len(parts) == 1:
        return at(parts[0][1])[0]
    return joined([(label, *at(start)) for label, start in parts])


def moments(
    program: Program, regime: str, on: Day, known: date, options: Options
) -> tuple[tuple[str, When], ...]:
    """The parts of a day that clock times cut, each with its label; else the day alone."""
    zone = REGIME_ZONES.get(regime, "UTC")
    when = on.at(zone)
    if not isinstance(when, Moment):
        cut = segments(program.law, when, zone, known, options.with_)
        if len(cut) > 1:
            return tuple((part.label, part.start) for part in cut)
    return (("", when),)


def _opened(world: World) -> World:
    """The same law on the same case, nothing closed; whatever was noted of it is forgotten."""
    return World(
        world.program,
        world.regime,
        world.when,
        world.known,
        world.options,
        replace(world.transaction, closed=False),
        lasting=world.lasting,
        texts=world.texts,
        matches=world.matches,
        forces=world.forces,
    )


def _decide_at(
    world: World,
    on: Day,
    without: frozenset[str],
    *,
    assumptions: bool,
    diagram: bool,
) -> tuple[Decision, Findings]:
    program, regime, known = world.program, world.regime, world.known
    network = Network(world, without)
    judge = Judge(network)
    found = judge.findings(diagram=diagram)
    rules = tuple(_rules(network, world))
    silent = tuple(_silent(network, world))
    open_rules = [r for r in rules if r.stands is not Truth.NO]
    classified = _classified(network)
    decision = Decision(
        regime=regime,
        on=str(on),
        known=known,
        outcome=found.outcome,
        exact=found.exact,
        requirements=tuple(_requirements(network, judge)),
        statuses=tuple(statuses(network)),
        codes=_codes(classified),
        open_codes=_open_codes(classified),
        duties=tuple(duties(network)),
        flags=tuple(flags(network)),
        charges=tuple(charges(network)),
        exposes=tuple(exposures(network)),
        rules=rules,
        silent=silent,
        needs=_needs(found),
        minimal=found.minimal,
        assumed=_assumed(world, without) if assumptions else (),
        readings=tuple(_readings(world, found)),
        errors=(
            *world.transaction.problems,
            *(f"{path}: {why}" for path, why in sorted(world.errors.items())),
        ),
        grade=_worst(r.grade for r in open_rules),
        not_modelled=tuple(_gaps(program, regime, known)),
        warnings=(
            *_warnings(program, regime, world.when, known),
            *_disagreements(classified),
        ),
        law=law_of(program),
        with_=tuple(sorted(world.options.with_)),
        chains=tuple(sorted(world.chains.items())),
    )
    return decision, found


# ── parts of a decision ──────────────────────────────────────────────────────


def _needs(found: Findings) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            n.question.id,
            str(n.question.kind),
            n.question.prompt,
            n.question.inside,
            tuple(Answered(a.label, a.outcome) for a in n.answers),
        )
        for n in found.needs
    )


def _requirements(network: Network, judge: Judge) -> Iterable[Requirement]:
    rest = network.at_rest
    for member in sorted(judge.actors, key=lambda m: m.id):
        stands = rest.stands(member.id)
        if stands is Truth.NO:
            continue
        for effect in member.clauses.effects or ():
            bearer = ", ".join(effect.upon) or "actor"
            match effect.kind:
                case ast.RequiresLicense(authority):
                    yield Requirement(
                        member.id,
                        "license",
                        authority,
                        stands,
                        judge.posture(member, rest),
                        _forms(network, member),
                        rest.of(met(network, member)),
                        bearer,
                        _overcome(network, member),
                    )
                case ast.RequiresReport(authority):
                    yield Requirement(
                        member.id,
                        "report",
                        authority,
                        stands,
                        None,
                        (),
                        Truth.NO,
                        bearer,
                        _overcome(network, member),
                    )
                case ast.Prohibits(approval):
                    overcome = _overcome(network, member)
                    if approval is not None:
                        overcome = (f"approval of {approval}", *overcome)
                    yield Requirement(
                        member.id,
                        "prohibited",
                        approval,
                        stands,
                        None,
                        (),
                        rest.of(met(network, member)),
                        bearer,
                        overcome,
                    )
                case _:
                    pass


def _overcome(network: Network, member: Member) -> tuple[str, ...]:
    """Rules that would lift the requirement if they stood and may yet do so."""
    rest = network.at_rest
    return tuple(
        sorted(
            id_
            for id_, where in network.beaten_by(member.id)
            if min(rest.of(where), rest.stands(id_)) is Truth.UNKNOWN
        )
    )


def _forms(network: Network, member: Member) -> tuple[str, ...]:
    """Forms of license that no standing limit takes away."""
    forms = list(FORMS)
    for limiter in network.everyone():
        for effect in limiter.clauses.effects or ():
            if (
                isinstance(effect.kind, ast.Limits)
                and member.id in network.governed(limiter, effect.kind)
                and network.at_rest.stands(limiter.id) is Truth.YES
            ):
                forms = [f for f in forms if f in effect.kind.forms]
    return tuple(forms)


def statuses(network: Network) -> Iterable[tuple[str, Truth]]:
    """Every status of the regime with the most that it holds of anything, and of each subject."""
    rest = network.at_rest
    found: dict[str, Truth] = {}
    for id_, status in network.world.program.statuses.items():
        if status.regime != network.world.regime:
            continue
        found[id_] = Truth.UNKNOWN if status.gap is not None else Truth.NO
        for rule_id in network.establishing.get(id_, ()):
            for member in network.members(rule_id):
                stands = rest.stands(member.id)
                if stands is Truth.NO:
                    continue
                found[id_] = max(found[id_], stands)
                for args in network.established(member, id_):
                    name = f"{id_}({', '.join(_subject(a) for a in args)})"
                    found[name] = max(found.get(name, Truth.NO), stands)
    yield from sorted(found.items())


def _subject(value: Value) -> str:
    """A subject of a status; of elements that nobody has named, it does not matter whose."""
    return re.sub(r"\[other [^\]]*\]", "[other]", label(value))


@dataclass(frozen=True, slots=True)
class _Classified:
    """The codes of the item in the regime's system: given, by entry, by rule.

    `held`: how certainly it has each; `""` stands for any.
    """

    path: str
    stated: tuple[Code, ...]
    held: dict[str, Truth]

    def codes(self, truth: Truth) -> tuple[str, ...]:
        return tuple(sorted(code for code, held in self.held.items() if held is truth))


def _codes(found: _Classified | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Codes that the item has."""
    return () if found is None else ((found.path, found.codes(Truth.YES)),)


def _open_codes(found: _Classified | None) -> tuple[str, ...]:
    """Codes that the item may have for all that is known; `""` stands for any."""
    return () if found is None else found.codes(Truth.UNKNOWN)


def _classified(network: Network) -> _Classified | None:
    """The codes of the item; None if no item can have any."""
    world = network.world
    item = world.field(world.root(), "item")
    if not isinstance(item, Thing):
        return None
    system = world.regime.upper()
    given = world.field(item, "code")
    found: dict[str, Truth] = {}

    def join(code: str, held: Truth) -> None:
        if held is not Truth.NO:
            found[code] = max(held, found.get(code, Truth.NO))

    codes = given.codes if isinstance(given, ItemCodes) else ()
    stated = tuple(code for code in codes if code.system == system)
    for code in stated:
        join(str(code), Truth.YES)
    if not found or not isinstance(given, ItemCodes) or given.open or given.error:
        join("", Truth.UNKNOWN)
    rest = network.at_rest
    for entry in world.program.entries.values():
        if entry.when is None or entry.code.system != system:
            continue
        force = world.in_force(entry.id)
        if force != NO:
            held = rest.of(network.terms.formula(entry.when, {"item": item}))
            join(str(entry.code), min(held, rest.of(force)))
    for rule_id in network.classifying:
        for member in network.members(rule_id):
            for effect in member.clauses.effects or ():
                if (
                    isinstance(effect.kind, ast.Classifies)
                    and label(network.terms.value(effect.kind.item, member.env)) == item.path
                ):
                    join(str(effect.kind.code), rest.stands(member.id))
    return _Classified(item.path, stated, found)


def _disagreements(found: _Classified | None) -> Iterable[str]:
    """Codes that an entry or a rule gives beside those stated: the stricter is taken."""
    if found is None or not found.stated:
        return
    for text in found.codes(Truth.YES):
        code = parse_code(text)
        if code is None or code in found.stated:
            continue
        if not any(
            falls(code, just(s)) is Truth.YES or falls(s, just(code)) is Truth.YES
            for s in found.stated
        ):
            yield (
                f"classification: {found.path} is given as {', '.join(map(str, found.stated))}, "
                f"and falls under {code}; both are taken"
            )


def _rules(network: Network, world: World) -> Iterable[RuleReport]:
    rest = network.at_rest
    for member in sorted(network.everyone(), key=lambda m: m.id):
        fires = rest.fires(member.id)
        if fires is Truth.NO:
            continue
        stands = rest.stands(member.id)
        beaten = tuple(
            id_
            for id_, where in network.beaten_by(member.id)
            if min(rest.of(where), rest.stands(id_)) is not Truth.NO
        )
        headline = states(
            world.program.law, member.leaf, world.when, world.known, world.options.with_
        )[0]
        yield RuleReport(
            member.id,
            stands,
            fires,
            cite_of(network, member),
            member.clauses.basis,
            member.clauses.title or member.rule.name.replace("_", " "),
            member.clauses.zh,
            member.rule.instrument,
            member.rule.added_by,
            numbers_of(network, member),
            beaten,
            tuple(effect_words(network, member, e) for e in member.clauses.effects or ()),
            headline.sentence if headline.name is not StateName.IN_FORCE else "in force",
            member.rule.source,
            member.rule.grade,
        )


def _silent(network: Network, world: World) -> Iterable[Silent]:
    """Rules with a requirement or posture that would apply but for their state.

    Of law that is printed and not enforced, also the rules that only establish a status:
    a reader of the text must find them.
    """
    for rule in network.rules():
        leaf = network.leaf(rule)
        if world.in_force(leaf) != NO:
            continue
        kinds = [e.kind for e in rule.clauses.effects or ()]
        asking = any(
            isinstance(k, ast.RequiresLicense | ast.RequiresReport | ast.Prohibits | ast.Charges)
            for k in kinds
        )
        if not asking and not any(isinstance(k, ast.Establishes) for k in kinds):
            continue
        headline = states(world.program.law, leaf, world.when, world.known, world.options.with_)[0]
        if not asking and headline.name is not StateName.UNENFORCED:
            continue
        if headline.name is StateName.UNPUBLISHED:
            continue
        would = network.would(rule)
        if would is Truth.NO:
            continue
        cite = rule.clauses.cite
        yield Silent(
            rule.id,
            rule.clauses.title or rule.name.replace("_", " "),
            cite.text if isinstance(cite, ast.Literal) else None,
            str(headline.name),
            headline.by,
            headline.sentence,
            would,
        )


def _assumed(world: World, without: frozenset[str]) -> tuple[str, ...]:
    """Closed facts that matter: essential in the decision without closing."""
    if not world.transaction.closed or not world.assumed:
        return ()
    needs = Judge(Network(_opened(world), without)).essential()
    asked = {q.id for q in needs} | {i for q in needs for i in q.inside}
    terms = [q for q in asked if not _PATH.fullmatch(q)]
    # Every fact that an asked one lies in, so that a long list is gone through once.
    above = {q[:end] for q in asked for end in _ends(q)}
    return tuple(
        f"{path} = {text}"
        for path, text in sorted(world.assumed.items())
        if path in above or any(path in q for q in terms)
    )


def _ends(path: str) -> list[int]:
    """Where the names in a path end: `a.b[0].c` lies in `a`, `a.b` and `a.b[0]`."""
    return [*(n for n, char in enumerate(path) if char in ".["), len(path)]


def _readings(world: World, found: Findings) -> Iterable[ReadingUsed]:
    """Readings that were chosen, and those left open that matter."""
    asked = {n.question.id for n in found.needs}
    for id_, value in sorted(world.readings_used.items()):
        if not value and id_ not in asked:
            continue
        reading = world.program.readings[id_]
        others = tuple(v for v in reading.enum.values if v != value)
        yield ReadingUsed(id_, value or None, others, reading.open)


def _worst(grades: Iterable[str | None]) -> str | None:
    found = [g for g in grades if g is not None]
    if not found:
        return None
    return max(found, key=lambda g: GRADES.index(g) if g in GRADES else len(GRADES))


def _gaps(program: Program, regime: str, known: date) -> Iterable[Gap]:
    for instrument in program.instruments.values():
        if instrument.regime != regime or instrument.issued > known:
            continue
        for claim in instrument.claims:
            if claim.kind in {"not", "partly"}:
                for provision in claim.provisions:
                    yield Gap(f"{instrument.id} {provision}", claim.why or "")
    for status in program.statuses.values():
        if status.regime == regime and status.gap is not None:
            yield Gap(status.id, status.gap)


def _warnings(program: Program, regime: str, when: When, known: date) -> Iterable[str]:
    day = when.day if isinstance(when, Moment) else when
    verified = [
        i.verified
        for i in program.instruments.values()
        if i.regime == regime and i.verified is not None
    ]
    if verified and min(day, known) > max(verified):
        yield f"stale: nobody has looked at this law after {max(verified)}"


def law_of(program: Program) -> Law:
    """Name, content digest and newest review of the law that was read."""
    verified = program.verified
    return Law(
        "+".join(program.packs),
        f"sha256:{program.digest}",
        verified.isoformat() if verified else None,
    )


__all__ = ["POSTURE", "Day", "Decision", "Options", "Outcome", "decide", "law_of"]
