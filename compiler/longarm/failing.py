"""Why a case failed: the rules that should have stood, or should not have, and what it hung on.

    teach(program, run)    the same run of a case, each failure with what it teaches

A rule that should have stood and did not is out of force, defeated, or lacks conditions: the
first of them is told with the facts that it reads, and where one alone is lacking that is the
smallest change that would have made the case pass. A rule that stands and should not is told
with the facts that make it stand, and with the defeats that missed it by one condition.

Only for those who judge cases, never in a decision. The law is asked again by the reference
evaluator, rule by rule and no further than is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields, is_dataclass, replace
from itertools import islice
from typing import TypeAlias, cast

from longarm.expecting import CaseRun, Failure, RegimeRun, same_rule
from longarm.lessons import Missed, Other, Standing, Test
from longarm_dsl.core import ast
from longarm_dsl.core.formula import NO, Truth, atoms, conj
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import states
from longarm_dsl.core.types import REQUIREMENTS
from longarm_dsl.evaluate.decide import moments
from longarm_dsl.evaluate.explain import show_value
from longarm_dsl.evaluate.mentions import merged
from longarm_dsl.evaluate.network import Member, Network, amended
from longarm_dsl.evaluate.values import Amount, ItemCodes, Many, Row, Scalar, Thing, Value, label
from longarm_dsl.evaluate.world import Options, World
from longarm_dsl.lazy_dataclass import dataclass

MOST_MEMBERS = 200
"""Members of a family that are held against a case."""

ANY_NUMBER = 1_000_000
"""Conditions that a rule may lack of which a case says that it stands."""

LICENSE = REQUIREMENTS.index("license")

FEW_SHOWN = 4
"""Elements of a list that are shown."""

FEW_RULES = 3
"""Rules that are told of one failure."""

_Env: TypeAlias = Mapping[str, Value]


def teach(program: Program, run: CaseRun) -> CaseRun:
    """The run of a case, each failure with the rules that it hangs on."""
    return replace(
        run,
        runs=tuple(
            replace(each, failures=_Teacher(program, run, each).all()) if each.failures else each
            for each in run.runs
        ),
    )


# ── which rules a failure speaks of ──────────────────────────────────────────


_Lesson: TypeAlias = tuple[tuple[Missed, ...], tuple[Standing, ...]]


@dataclass(slots=True)
class _Teacher:
    program: Program
    case: CaseRun
    run: RegimeRun
    law: tuple[_Asked, ...] = field(init=False)

    def __post_init__(self) -> None:
        decision = self.run.decision
        facts = merged(self.case.case.transaction, self.program)
        starts = moments(self.program, decision.regime, self.run.day, decision.known, Options())
        self.law = tuple(
            _Asked(
                self.program,
                Network(
                    World(self.program, decision.regime, when, decision.known, Options(), facts)
                ),
            )
            for _, when in starts
        )

    def all(self) -> tuple[Failure, ...]:
        """Every failure with what it teaches; no rule is told of twice."""
        named = frozenset(
            f.expectation.name or "" for f in self.run.failures if "because" in f.expectation.kind
        )
        told: set[str] = set()
        made: list[Failure] = []
        for failure in self.run.failures:
            missed, standing = self.one(failure.expectation, named)
            made.append(
                replace(
                    failure,
                    missed=tuple(m for m in missed if m.rule.id not in told),
                    standing=tuple(s for s in standing if s.rule.id not in told),
                )
            )
            told |= {m.rule.id for m in missed} | {s.rule.id for s in standing}
        return tuple(made)

    def one(self, expected: ast.Expectation, named: frozenset[str]) -> _Lesson:
        name = expected.name or expected.low or ""
        match expected.kind:
            case "because":
                return self.missed(name), ()
            case "not_because":
                return (), self.standing([name])
            case "open_because":
                return self.missed(name), self.standing([name])
            case "nothing" | "requires":
                return self.requirement(expected, named)
            case "reviews":
                if self.run.decision.outcome.requires_high < LICENSE:
                    return (), ()  # nothing is reviewed where no license is required
                reviewing = self.doing(lambda e: isinstance(e, ast.Reviews))
                return self.near(r for r in reviewing if r.id not in named), self.standing_of(
                    reviewing
                )
            case "needs" | "code" | "not_code" | "open_code":
                return (), ()
            case kind:
                what = kind.removeprefix("not_").removeprefix("open_")
                rules = self.doing(lambda e: _does(e, what, name))
                if kind.startswith("not_"):
                    return (), self.standing_of(rules)
                return self.near(rules), ()

    def requirement(self, expected: ast.Expectation, named: frozenset[str]) -> _Lesson:
        """Rules that would have raised the requirement, or those that did so."""
        got, nothing = self.run.decision.requires, REQUIREMENTS[0]
        low, high = expected.low, expected.high
        if expected.kind == "nothing":
            low = high = nothing
        missed: tuple[Missed, ...] = ()
        standing: tuple[Standing, ...] = ()
        if low is not None and REQUIREMENTS.index(got[0]) < REQUIREMENTS.index(low):
            # Whoever says because of which rule is told of that rule.
            wanted = REQUIREMENTS.index(low)
            rules = self.doing(lambda e: _level(e) >= wanted)
            missed = self.near(rules) if not named & {r.id for r in rules} else ()
        if high is not None and REQUIREMENTS.index(got[1]) > REQUIREMENTS.index(high):
            most = REQUIREMENTS.index(high)
            standing = self.standing_of(self.doing(lambda e: _level(e) > most))
        return missed, standing

    def doing(self, wanted: Callable[[ast.EffectKind], bool]) -> list[ast.Rule]:
        """The rules of the regime with an effect, in some version."""
        return [
            rule
            for rule in self.program.rules.values()
            if rule.regime == self.run.decision.regime
            and any(
                wanted(effect.kind)
                for clauses in (
                    rule.clauses,
                    *(c.clauses for c in self.program.amendments.get(rule.id, ())),
                )
                for effect in clauses.effects or ()
            )
        ]

    def missed(self, name: str) -> tuple[Missed, ...]:
        """Why a rule does not stand, in the part of the day in which it comes nearest."""
        rule = self.program.rules.get(name)
        found = self.miss(rule, ANY_NUMBER) if rule is not None else None
        return (found,) if found is not None and found.why != "stands" else ()

    def near(self, rules: Iterable[ast.Rule]) -> tuple[Missed, ...]:
        """The rules that come nearest to standing: those that lack one condition, if any do."""
        found = [m for m in (self.miss(rule, 2) for rule in rules) if m is not None]
        found = [m for m in found if m.why == "open" or (m.why != "stands" and m.distance <= 1)]
        order = {"open": 0, "defeated": 1, "force": 2, "lacks": 3, "idle": 4}
        return tuple(sorted(found, key=lambda m: (order[m.why], m.rule.id))[:FEW_RULES])

    def miss(self, rule: ast.Rule, most: int) -> Missed | None:
        found = [m for asked in self.law if (m := asked.miss(rule, most)) is not None]
        return min(found, key=lambda m: m.distance, default=None)

    def standing(self, names: Sequence[str]) -> tuple[Standing, ...]:
        reports = [
            r.id
            for r in self.run.decision.rules
            if r.stands is not Truth.NO and any(same_rule(r.id, name) for name in names)
        ]
        made: dict[str, Standing] = {}
        for asked in self.law:
            for report in reports:
                found = asked.standing(report)
                if found is not None:
                    made.setdefault(found.rule.id, found)
        return tuple(islice(made.values(), FEW_RULES))

    def standing_of(self, rules: Iterable[ast.Rule]) -> tuple[Standing, ...]:
        return self.standing([rule.id for rule in rules])


def _level(kind: ast.EffectKind) -> int:
    match kind:
        case ast.Prohibits():
            return 3
        case ast.RequiresLicense():
            return 2
        case ast.RequiresReport():
            return 1
        case _:
            return 0


def _does(kind: ast.EffectKind, what: str, name: str) -> bool:
    match kind:
        case ast.Obliges(duties):
            return what == "duty" and name in duties
        case ast.Flags(flag):
            return what == "flag" and name == flag
        case ast.Charges(charge):
            return what == "charge" and name == charge
        case ast.Exposes(penalty):
            return what == "exposes" and name == penalty
        case ast.Establishes(status):
            return what == "status" and name.partition("(")[0] == status
        case _:
            return False


# ── one rule, held against one case ──────────────────────────────────────────


@dataclass(slots=True)
class _Asked:
    """The law of a moment with the facts of a case."""

    program: Program
    network: Network
    deep: int = 0

    def miss(self, rule: ast.Rule, most: int) -> Missed | None:
        """Why a rule does not stand for certain; None if it is farther than so many conditions."""
        network = self.network
        world, rest = network.world, network.at_rest
        members = network.members(rule.id)
        best = max((rest.stands(m.id) for m in members), default=Truth.NO)
        if best is Truth.YES:
            return Missed(rule, "stands")
        for member in members:
            if rest.fires(member.id) is Truth.YES and best is Truth.NO:
                return Missed(rule, "defeated", by=tuple(self.defeaters(member)), member=member.id)
        if world.in_force(network.leaf(rule)) == NO:
            return self.out_of_force(rule, most)
        nearest: Missed | None = None
        for member in islice(self.versions(rule), MOST_MEMBERS):
            lacks = self.lacks(member, most if nearest is None else nearest.distance)
            if lacks is None or (nearest is not None and len(lacks) >= nearest.distance):
                continue
            is_open = all(test.truth is Truth.UNKNOWN for test in lacks)
            if lacks:
                nearest = Missed(rule, "open" if is_open else "lacks", lacks, member=member.id)
            elif rest.of(network.active(member)) is Truth.NO:
                nearest = Missed(rule, "idle", member=member.id)
            else:
                nearest = self.doubtful(rule, member)
        # Of a family of nothing nobody knows what its members would lack: no guess is made of it.
        if most == ANY_NUMBER and nearest is None and not any(True for _ in self.versions(rule)):
            return self.without_members(rule)
        return nearest

    def out_of_force(self, rule: ast.Rule, most: int) -> Missed | None:
        """A rule out of force, with what keeps it out; one that is not named would else fire."""
        network, law = self.network, self.program.law
        would = network.would(rule)
        if would is Truth.NO and most < ANY_NUMBER:
            return None
        world = network.world
        state = states(law, network.leaf(rule), world.when, world.known, world.options.with_)[0]
        event = law.events.get(state.by)
        source = event.source if event is not None else state.by
        instrument = self.program.instruments.get(source)
        where = instrument.span if instrument is not None else rule.span
        title = instrument.title if instrument is not None else ""
        by = (Other(state.by, title, self.program.event_spans.get(state.by, where)),)
        lacks: tuple[Test, ...] = ()
        if would is not Truth.YES:
            texts = islice(self.texts(rule), MOST_MEMBERS)
            found = [far for m in texts if (far := self.lacks(m, most))]
            lacks = min(found, key=len, default=())
        return Missed(rule, "force", lacks, by, state.sentence)

    def without_members(self, rule: ast.Rule) -> Missed | None:
        """A family of nothing: what it is about is not in the case."""
        for generator in rule.clauses.each or ():
            value = self.network.terms.value(generator.domain, {})
            if not self.network.terms.many(value).items:
                text = f"any {generator.var} in {show_expr(generator.domain)}"
                test = Test(text, Truth.NO, ((show_expr(generator.domain), "none"),), rule.span)
                return Missed(rule, "lacks", (test,))
        return None

    def doubtful(self, rule: ast.Rule, member: Member) -> Missed:
        """A member whose conditions hold: its force, its family or its defeat is in doubt."""
        formula = member.condition
        asked = [a.question.prompt for a in atoms(formula)]
        if asked:
            test = Test("in force", Truth.UNKNOWN, (), rule.span, asked[0])
            return Missed(rule, "open", (test,), member=member.id)
        by = tuple(self.defeaters(member)) if member.id in self.network.by_id else ()
        if by:
            return Missed(rule, "defeated", by=by, sentence="perhaps", member=member.id)
        test = Test("something to act on", Truth.UNKNOWN, (), rule.span)
        return Missed(rule, "open", (test,), member=member.id)

    def defeaters(self, member: Member) -> Iterator[Other]:
        rest = self.network.at_rest
        for id_, where in self.network.beaten_by(member.id):
            if min(rest.of(where), rest.stands(id_)) is not Truth.NO:
                rule = self.network.by_id[id_].rule
                yield Other(id_, _title(rule), rule.span)

    def versions(self, rule: ast.Rule) -> Iterator[Member]:
        """Every member of a rule in every version that may be in force, whatever it asks."""
        network = self.network
        for guard, changes in network.world.versions(rule.id):
            clauses, leaf = rule.clauses, rule.id
            for change in changes:
                clauses = amended(clauses, change.clauses)
                leaf = change.leaf or leaf
            force = network.world.in_force(leaf)
            if force == NO:
                continue
            for env, membership, text in network.family(rule, clauses):
                id_ = f"{rule.id}[{text}]" if text else rule.id
                condition = conj((force, guard, membership))
                yield Member(id_, rule, clauses, env, condition, leaf)

    def texts(self, rule: ast.Rule) -> Iterator[Member]:
        """The same, in force or not."""
        for env, membership, text in self.network.family(rule, rule.clauses):
            id_ = f"{rule.id}[{text}]" if text else rule.id
            yield Member(id_, rule, rule.clauses, env, membership, rule.id)

    def lacks(self, member: Member, most: int) -> tuple[Test, ...] | None:
        """The fewest conditions that a member lacks, in order; None for more than so many."""
        found: list[Test] = []
        for clause in (member.clauses.binds, member.clauses.when):
            if clause is not None:
                found += self.short(clause, member.env, member.clauses)
                if len(found) > most:
                    return None
        return tuple(found)

    # ── conditions ───────────────────────────────────────────────────────────

    def short(self, expr: ast.Expr, env: _Env, of: ast.Clauses) -> list[Test]:
        """The fewest atomic conditions that keep a condition from holding for certain."""
        terms = self.network.terms
        if isinstance(expr, ast.And):
            return [test for part in expr.parts for test in self.short(part, env, of)]
        truth = self.network.at_rest.of(terms.formula(expr, env))
        if truth is Truth.YES:
            return []
        found: list[list[Test]] = []
        match expr:
            case ast.Or(parts):
                found = [self.short(part, env, of) for part in parts]
            case ast.Quantified("any", var, domain, body) if not isinstance(body, ast.Literal):
                many = terms.many(terms.value(domain, env))
                if many.open is None or truth is Truth.NO:
                    found = [
                        self.short(body, {**env, var: value}, of)
                        for _, value in many.items[:MOST_MEMBERS]
                    ]
            case ast.LetCall(let, args):
                given = tuple(terms.value(arg, env) for arg in args)
                versions = terms.expand(let, given)
                if len(versions) == 1 and not isinstance(versions[0][1], ast.Literal):
                    _, inner, bound = versions[0]
                    found = [self.short(inner, bound, of)]
            case _:
                pass
        # A part that no fact of the case speaks against says less than the whole.
        found = [tests for tests in found if tests]
        return min(found, key=_far, default=[self.test(expr, env, truth)])

    def test(self, expr: ast.Expr, env: _Env, truth: Truth) -> Test:
        """A condition in words, with the facts that it reads."""
        terms = self.network.terms
        question: str | None = None
        if truth is Truth.UNKNOWN:
            asked = [a.question.prompt for a in atoms(terms.formula(expr, env))]
            question = asked[0] if asked else None
        nearest: Missed | None = None
        if isinstance(expr, ast.StatusTest) and truth is Truth.NO and self.deep < 2:  # noqa: PLR2004  levels
            nearest = self.nearest(expr.status)
        text = show_expr(expr, terms.names(env))
        return Test(text, truth, tuple(self.facts(expr, env)), expr.span, question, nearest)

    def nearest(self, status: str) -> Missed | None:
        """The rule that comes nearest to establishing a status."""
        self.deep += 1
        found = [
            missed
            for rule in self.network.establishing.get(status, ())
            if (missed := self.miss(self.program.rules[rule], 1)) is not None
            and missed.why != "stands"
        ]
        self.deep -= 1
        return min(found, key=lambda m: (m.why != "lacks", m.rule.id), default=None)

    def facts(self, expr: ast.Expr, env: _Env) -> Iterator[tuple[str, str]]:
        """What the facts and terms of a condition are worth."""
        terms = self.network.terms
        seen: set[str] = set()
        sides = (expr.left, expr.right) if isinstance(expr, ast.Compare) else tuple(_terms(expr))
        unit = next((u for side in sides if (u := terms.unit_of(side)) is not None), None)
        for term in _terms(expr):
            name = show_expr(term, terms.names(env))
            if name in seen or not _bound(term, env):
                continue
            seen.add(name)
            shown = _shown(terms.value(term, env), unit)
            if shown is not None and shown != name:
                yield name, shown

    # ── rules that stand ─────────────────────────────────────────────────────

    def standing(self, member_id: str) -> Standing | None:
        network = self.network
        rule = next((r for r in self.program.rules.values() if same_rule(member_id, r.id)), None)
        if rule is None:
            return None
        network.members(rule.id)
        member = network.by_id.get(member_id)
        if member is None or network.at_rest.stands(member_id) is Truth.NO:
            return None
        holds = tuple(
            self.test(expr, env, self.network.at_rest.of(self.network.terms.formula(expr, env)))
            for clause in (member.clauses.binds, member.clauses.when)
            for expr, env in self.parts(clause, member.env)
        )
        ids = network.defeaters.get(rule.id, ())
        near = [
            missed
            for id_ in ids
            if (missed := self.miss(self.program.rules[id_], 1)) is not None
            and missed.why not in {"stands", "idle"}
        ]
        return Standing(rule, holds, tuple(near[:FEW_RULES]), len(ids))

    def parts(self, expr: ast.Expr | None, env: _Env) -> Iterator[tuple[ast.Expr, _Env]]:
        """What `and` joins, definitions of that form opened, of `or` what holds."""
        terms = self.network.terms
        match expr:
            case None:
                return
            case ast.And(parts):
                for part in parts:
                    yield from self.parts(part, env)
            case ast.Or(parts):
                truths = [self.network.at_rest.of(terms.formula(part, env)) for part in parts]
                yield from self.parts(parts[truths.index(max(truths))], env)
            case ast.LetCall(let, args):
                versions = terms.expand(let, tuple(terms.value(arg, env) for arg in args))
                if len(versions) == 1 and isinstance(versions[0][1], ast.And | ast.Or):
                    yield from self.parts(versions[0][1], versions[0][2])
                else:
                    yield expr, env
            case _:
                yield expr, env


# ── words ────────────────────────────────────────────────────────────────────


def _far(tests: list[Test]) -> tuple[int, int]:
    """How far some tests are from holding: their number, then how many are merely open."""
    return len(tests), sum(test.truth is Truth.UNKNOWN for test in tests)


def _title(rule: ast.Rule) -> str:
    return rule.clauses.title or rule.name.replace("_", " ")


def _terms(node: object) -> Iterator[ast.Expr]:
    """The facts, definitions and named numbers of a condition, those inside a fact left out."""
    match node:
        case ast.Get() | ast.LetCall() | ast.Aggregate() | ast.Var():
            yield node
        case ast.Named("param" | "reading"):
            yield node
        case ast.Owned(party=party, by=by):
            yield from _terms(party)
            yield from _terms(by)
        case tuple():
            for each in cast("tuple[object, ...]", node):
                yield from _terms(each)
        case ast.Predicate() | ast.Literal() | ast.Named():
            return
        case _ if is_dataclass(node) and type(node).__module__ == ast.__name__:
            for each in fields(node):
                if each.name not in {"span", "type", "info"}:
                    yield from _terms(getattr(node, each.name))
        case _:
            return


def _bound(node: object, env: _Env) -> bool:
    """Whether every variable of a term has a value here."""
    match node:
        case ast.Var(name):
            return name == "transaction" or name in env
        case ast.Aggregate(domain=domain):
            return _bound(domain, env)
        case tuple():
            return all(_bound(each, env) for each in cast("tuple[object, ...]", node))
        case _ if is_dataclass(node) and type(node).__module__ == ast.__name__:
            names = (f.name for f in fields(node) if f.name not in {"span", "type", "info"})
            return all(_bound(getattr(node, name), env) for name in names)
        case _:
            return True


def _shown(value: Value, unit: str | None) -> str | None:
    """A value for people; None where there is nothing to show."""
    match value:
        case Amount(is_fact=True, inside=inside) if inside:
            return "open"
        case Scalar(None):
            return "open"
        case Thing(missing=missing, fact=fact):
            return "none" if missing else "open" if fact is None else None
        case Many(items, is_open):
            names = [label(element) for _, element in items[:FEW_SHOWN]]
            names += ["…"] if len(items) > FEW_SHOWN or is_open is not None else []
            return "{" + ", ".join(names) + "}" if names else "none"
        case ItemCodes(codes, is_open):
            names = [str(code) for code in codes] + (["…"] if is_open else [])
            return "{" + ", ".join(names) + "}" if names else "none"
        case Row():
            return label(value)
        case _:
            return show_value(value, unit)


__all__ = ["teach"]
