"""How near a case comes to each of some rules: whether it fires, or what it lacks.

    near = Nearness(program, rules).of(world)
    near.fares(rule)      a rule that may be in force
    near.would(rule)      one that is not

What `and` joins in the conditions of a rule is compiled piece by piece, beside the rules
themselves: a case that lacks two pieces is far, and most are. Only what is left is taken
apart by the reference evaluator, for the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto

from longarm.backends.in_process import compiled_functions
from longarm.compiled.network import CompiledNetwork
from longarm_dsl.core import ast
from longarm_dsl.core.formula import NO, YES, Truth
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import StateName, states
from longarm_dsl.evaluate.narrowly import variables
from longarm_dsl.evaluate.network import Member, amended
from longarm_dsl.evaluate.values import Value
from longarm_dsl.evaluate.world import World
from longarm_dsl.lazy_dataclass import dataclass

NOTHING_TO_DO = "has nothing to act on"

Env = Mapping[str, Value]
_NOWHERE: Env = {}


class Fate(Enum):
    """How a rule in force fares in a case."""

    STANDS = auto()
    OPEN = auto()
    DEFEATED = auto()
    NEAR = auto()
    FAR = auto()


@dataclass(frozen=True, slots=True)
class Fares:
    """The fate of a rule, and if it is near the one condition that it lacks."""

    fate: Fate
    lacks: str = ""


_FARES = {fate: Fares(fate) for fate in Fate}


class Nearness:
    """Some rules of a program, ready to be held against cases."""

    def __init__(self, program: Program, rules: Iterable[ast.Rule]) -> None:
        self.program = program
        self.pieces: dict[str, tuple[str, ...]] = {}
        """The pieces of each rule that has one version and no family, by their names."""
        self.common: dict[str, tuple[str, ...]] = {}
        """The pieces of each family of one version that speak of none of its members."""
        self.exprs: dict[str, ast.Expr] = {}
        names: dict[tuple[str, ast.Expr], str] = {}
        for rule in rules:
            if program.amendments.get(rule.id):
                continue
            family = frozenset(generator.var for generator in rule.clauses.each or ())
            found: list[str] = []
            for clause in (rule.clauses.binds, rule.clauses.when):
                for expr in _joined(program, clause):
                    if not family.isdisjoint(variables(expr)):
                        continue
                    # Two dots, and no instrument before the second: no rule has such a name.
                    name = f"{rule.regime}..{len(names)}"
                    found.append(names.setdefault((rule.regime, expr), name))
                    self.exprs.setdefault(found[-1], expr)
            (self.common if family else self.pieces)[rule.id] = tuple(found)
        template = next(iter(program.rules.values()), None)
        alone: dict[str, ast.Rule] = {}
        if template is not None:
            for (regime, expr), name in names.items():
                alone[name] = replace(
                    template, id=name, regime=regime, clauses=ast.Clauses(when=expr)
                )
        self.functions = compiled_functions(replace(program, rules={**program.rules, **alone}))
        self._headlines: dict[tuple[object, ...], str | None] = {}

    def prepare(self, regimes: Iterable[str]) -> None:
        """Compile the rules of some regimes, before processes share the cases."""
        for regime in regimes:
            self.functions.code(regime)

    def of(self, world: World) -> Near:
        """A case, with the law of a moment."""
        pieces = replace(world, program=self.functions.program)
        law = self.functions.epoch(pieces).world
        # What constants of the law are worth is worked out once for all cases of a moment.
        pieces.lasting, pieces.texts, pieces.forces = law.lasting, law.texts, law.forces
        return Near(self, self.functions.network(pieces))

    def kept_out_by(self, world: World, rule: str) -> str | None:
        """Whose event or text keeps a rule out of force; None if it is not published."""
        key = (world.when, world.known, rule)
        if key not in self._headlines:
            law = self.program.law
            state = states(law, rule, world.when, world.known)[0]
            event = law.events.get(state.by)
            by = event.source if event is not None else state.by
            self._headlines[key] = None if state.name is StateName.UNPUBLISHED else by
        return self._headlines[key]


class Near:
    """One case, held against rules."""

    def __init__(self, law: Nearness, network: CompiledNetwork) -> None:
        self.law = law
        self.network = network
        self.live = {rule.id for rule in network.rules()}
        self._truths: dict[str, Truth] = {}
        self._lacking: dict[str, tuple[str, ...]] = {}

    def in_force(self, rule: ast.Rule) -> bool:
        """Whether a rule is in force, or may be."""
        return self.network.world.in_force(rule.id) != NO

    def would(self, rule: ast.Rule) -> str | None:
        """For a rule out of force that would certainly fire: what keeps it out."""
        by = self.law.kept_out_by(self.network.world, rule.id)
        if by is None:
            return None
        pieces = self.law.pieces.get(rule.id)
        if pieces is None:
            return by if self.network.would(rule) is Truth.YES else None
        return by if all(self._truth(name) is Truth.YES for name in pieces) else None

    def fares(self, rule: ast.Rule) -> Fares:
        """How a rule fares that may be in force."""
        rest = self.network.at_rest
        members = self.network.members(rule.id) if rule.id in self.live else ()
        stands = max((rest.stands(m.id) for m in members), default=Truth.NO)
        if stands is not Truth.NO:
            return _FARES[Fate.STANDS if stands is Truth.YES else Fate.OPEN]
        if any(rest.fires(m.id) is not Truth.NO for m in members):
            return _FARES[Fate.DEFEATED]
        lacks = next(self._lacks(rule), None)
        return _FARES[Fate.FAR] if lacks is None else Fares(Fate.NEAR, lacks)

    def _lacks(self, rule: ast.Rule) -> Iterator[str]:
        """The one condition that keeps a member from firing, for each that lacks one only."""
        pieces = self.law.pieces.get(rule.id)
        if pieces is None:
            common = self.law.common.get(rule.id, ())
            if sum(self._truth(name) is Truth.NO for name in common) > 1:
                return
            for member in self._members(rule):
                clauses = (member.clauses.binds, member.clauses.when)
                found = self._all(_there(clauses), member.env)
                if len(found) == 1 and not self._idle(member):
                    yield found[0]
                elif not found and self._idle(member):
                    yield NOTHING_TO_DO
            return
        failed = ""
        for name in pieces:
            if self._truth(name) is Truth.NO:
                if failed:
                    return
                failed = name
        found = self._piece(failed) if failed else ()
        if len(found) > 1:
            return
        idle = self._idle(Member(rule.id, rule, rule.clauses, {}, YES, rule.id))
        if found and not idle:
            yield found[0]
        elif idle and not found:
            yield NOTHING_TO_DO

    def _members(self, rule: ast.Rule) -> Iterator[Member]:
        """Every member of a rule in every version that may be in force, whatever it asks."""
        for _, changes in self.network.world.versions(rule.id):
            clauses, leaf = rule.clauses, rule.id
            for change in changes:
                clauses = amended(clauses, change.clauses)
                leaf = change.leaf or leaf
            if self.network.world.in_force(leaf) != NO:
                for env, _, text in self.network.family(rule, clauses):
                    yield Member(f"{rule.id}[{text}]", rule, clauses, env, YES, leaf)

    # ── conditions ───────────────────────────────────────────────────────────

    def _truth(self, name: str) -> Truth:
        """The truth of a piece, worked out once."""
        found = self._truths.get(name)
        if found is None:
            found = self._truths[name] = self._worked_out(name)
        return found

    def _worked_out(self, name: str) -> Truth:
        epoch = self.network.epoch
        written = epoch.code.rules.get((name, ()))
        if written is not None:
            return self.network.holds(epoch.condition(written[0]))
        return self._of(self.law.exprs[name], _NOWHERE)

    def _of(self, expr: ast.Expr, env: Env) -> Truth:
        return self.network.at_rest.of(self.network.terms.formula(expr, env))

    def _opened(
        self, let: str, args: tuple[ast.Expr, ...], env: Env
    ) -> tuple[ast.Expr, dict[str, Value]]:
        """What a definition says of some values."""
        decl = self.law.program.lets[let]
        values = (self.network.terms.value(arg, env) for arg in args)
        names = (subject.name for subject in decl.subjects)
        return decl.value, dict(zip(names, values, strict=False))

    def _piece(self, name: str) -> tuple[str, ...]:
        """What a piece lacks that does not hold, worked out once."""
        found = self._lacking.get(name)
        if found is None:
            found = self._lacking[name] = self._failed(self.law.exprs[name], _NOWHERE)
        return found

    def _all(self, parts: Iterable[ast.Expr], env: Env) -> tuple[str, ...]:
        """What some conditions lack together: no more than two are looked for."""
        found: tuple[str, ...] = ()
        for part in parts:
            found += self._short(part, env)
            if len(found) > 1:
                return found
        return found

    def _short(self, expr: ast.Expr, env: Env) -> tuple[str, ...]:
        """The fewest atomic conditions that a condition lacks; none if it holds or is open."""
        if isinstance(expr, ast.And):
            return self._all(expr.parts, env)
        return self._failed(expr, env) if self._of(expr, env) is Truth.NO else ()

    def _failed(self, expr: ast.Expr, env: Env) -> tuple[str, ...]:
        """The same of a condition that does not hold."""
        match expr:
            case ast.And(parts):
                return self._all(parts, env)
            case ast.Or(parts):
                return _fewest(self._short(part, env) for part in parts)
            case ast.Quantified("any", var, domain, body):
                many = self.network.terms.many(self.network.terms.value(domain, env))
                near = (self._short(body, {**env, var: value}) for _, value in many.items)
                return _fewest(found for found in near if found) or self._words(expr, env)
            case ast.LetCall(let, args):
                return self._short(*self._opened(let, args, env)) or self._words(expr, env)
            case _:
                return self._words(expr, env)

    def _words(self, expr: ast.Expr, env: Env) -> tuple[str, ...]:
        return (show_expr(expr, self.network.terms.names(env)),)

    def _idle(self, member: Member) -> bool:
        """Whether a rule that acts on rules has none to act on."""
        rest = self.network.at_rest
        effects = [e.kind for e in member.clauses.effects or ()]
        if any(isinstance(e, ast.Defeats) for e in effects):
            return all(
                min(rest.fires(target), rest.of(where)) is Truth.NO
                for target, where in self.network.targets(member)
            )
        if effects and all(isinstance(e, ast.Reviews | ast.Limits) for e in effects):
            governed = {g for e in effects for g in self.network.governed(member, e)}
            return all(rest.stands(g) is Truth.NO for g in governed)
        return False


def _joined(program: Program, expr: ast.Expr | None) -> Iterator[ast.Expr]:
    """What `and` joins, also behind the name of a definition without subjects."""
    match expr:
        case None:
            pass
        case ast.And(parts):
            for part in parts:
                yield from _joined(program, part)
        case ast.LetCall(let, ()) if not program.amendments.get(let) and isinstance(
            program.lets[let].value, ast.And
        ):
            yield from _joined(program, program.lets[let].value)
        case _:
            yield expr


def _there(clauses: Iterable[ast.Expr | None]) -> Sequence[ast.Expr]:
    return [clause for clause in clauses if clause is not None]


def _fewest(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The first of the shortest."""
    best: tuple[str, ...] | None = None
    for one in found:
        if best is None or len(one) < len(best):
            best = one
            if len(best) == 1:
                break
    return best or ()


__all__ = ["NOTHING_TO_DO", "Fares", "Fate", "Near", "Nearness"]
