"""Which cases can notice a mutant at all: read off one evaluation of each case, as the law is.

    screen = Screen(program, mutants)
    screen.noticed(facts, worlds, codes=…)    the numbers of the mutants that a case may notice

A case is evaluated once, and it is kept which conditions were asked, of what, and with what
answer. A mutant changes one of them, or a definition that some of them mention. Where the
changed condition gives the same formula wherever it was asked, the evaluation would have gone
the same way, so that the decision is the same: the case cannot notice. What is said here of a
case is never too little; it may be too much.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields, replace
from datetime import date, timedelta
from typing import TypeAlias

from longarm.mutants import Mutant, mutated, nodes
from longarm_dsl.core import ast
from longarm_dsl.core import time as calendar
from longarm_dsl.core.formula import (
    NO,
    And,
    Atom,
    Formula,
    Not,
    Or,
    Truth,
)
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import FLAG, CodesType
from longarm_dsl.evaluate.fitting import fitting_of
from longarm_dsl.evaluate.idle import readings_of
from longarm_dsl.evaluate.network import Member, Network
from longarm_dsl.evaluate.questions import Elements, Holds
from longarm_dsl.evaluate.relations import relations_of
from longarm_dsl.evaluate.terms import Terms
from longarm_dsl.evaluate.values import Thing, Value
from longarm_dsl.evaluate.world import Constants, World
from longarm_dsl.lazy_dataclass import dataclass

CODES = "codes"
"""What a test of an item's codes mentions: every entry, and every rule that classifies."""

_CONDITIONS = (
    ast.And
    | ast.Or
    | ast.Not
    | ast.Compare
    | ast.Member
    | ast.OfIn
    | ast.Quantified
    | ast.NotKnown
    | ast.StatusTest
    | ast.Owned
    | ast.Knows
    | ast.Near
    | ast.Unmet
)
"""What is always asked for its truth."""

Asked: TypeAlias = "tuple[Terms, Mapping[str, Value], Formula]"
"""Who asked a condition, of what, and the answer."""


@dataclasses.dataclass
class _Recording(Terms):
    """Terms that keep what became of some conditions."""

    wanted: frozenset[int] = frozenset()
    seen: dict[int, list[Asked]] = field(default_factory=dict[int, "list[Asked]"])

    def formula(self, expr: ast.Expr, env: Mapping[str, Value]) -> Formula:
        made = Terms.formula(self, expr, env)
        if id(expr) in self.wanted:
            self.seen.setdefault(id(expr), []).append((self, env, made))
        return made


# ── what mentions what ───────────────────────────────────────────────────────


class Mentions:
    """What the parts of a program mention, directly and behind definitions."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._own: dict[str, frozenset[str]] = {}
        self._whole: dict[str, bool] = {}

    def of(self, tree: object) -> frozenset[str]:
        """The definitions, tables and statuses that a tree names itself."""
        found: set[str] = set()
        for _, node in nodes(tree):
            match node:
                case ast.LetCall(let):
                    found.add(let)
                case ast.Named(_, id_):
                    found.add(id_)
                case ast.StatusTest(status):
                    found.add(status)
                case ast.Near():
                    found.add(CODES)
                case ast.Member(item) | ast.OfIn(items=item) if _of_codes(item):
                    found.add(CODES)
                case ast.Get(type=CodesType()):
                    found.add(CODES)
                case ast.Unmet(rules):
                    found.update(rules.rules or ("unmet",))
                case _:
                    pass
        return frozenset(found)

    def reach(self, tree: object) -> frozenset[str]:
        """The same, also behind every definition and entry that it names."""
        found: set[str] = set()
        todo = list(self.of(tree))
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo.extend(self.own(name))
        return frozenset(found)

    def own(self, name: str) -> frozenset[str]:
        """What a definition names itself, in any version."""
        if name not in self._own:
            self._own[name] = frozenset[str]().union(*map(self.of, self._bodies(name)))
        return self._own[name]

    def plainly(self, tree: object) -> frozenset[str]:
        """What a condition turns on that is not asked as a condition of its own."""
        found: set[str] = set()
        todo = list(self.of(tree))
        while todo:
            name = todo.pop()
            if name in found:
                continue
            found.add(name)
            if not self._asked_whole(name):
                todo.extend(self.own(name))
        return frozenset(found)

    def _asked_whole(self, name: str) -> bool:
        """Whether a name stands for conditions alone, each of which is asked as one."""
        if name not in self._whole:
            whole = name == CODES or all(map(_is_condition, self._bodies(name)))
            self._whole[name] = whole
        return self._whole[name]

    def _bodies(self, name: str) -> list[object]:
        program = self.program
        if name == CODES:
            entries = program.entries.values()
            return [e.when for e in entries if e.when is not None]
        found: list[object] = []
        if name in program.lets:
            found.append(program.lets[name].value)
        if name in program.values:
            found.append(program.values[name].value)
        if name in program.tables:
            found += [cell for row in program.tables[name].rows for cell in row.cells.values()]
        found += [c.value for c in program.amendments.get(name, ()) if c.value is not None]
        return found


def _of_codes(item: ast.Expr) -> bool:
    return isinstance(item.type, CodesType)


def _is_condition(body: object) -> bool:
    return isinstance(body, _CONDITIONS)


def pieces(clause: ast.Expr | None) -> tuple[ast.Expr, ...]:
    """What a rule asks one after the other."""
    if clause is None:
        return ()
    return clause.parts if isinstance(clause, ast.And) else (clause,)


# ── the screen ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Site:
    """A condition that a mutant changes, and what it says instead (the same: a definition)."""

    old: ast.Expr
    new: ast.Expr


@dataclass(slots=True)
class _Watch:
    """What shows that a case may notice a mutant."""

    mutant: Mutant
    sites: tuple[_Site, ...] = ()
    live: frozenset[str] = frozenset()
    """Rules whose effects it touches: it can show where one of them may fire."""
    forces: frozenset[str] = frozenset()
    """Rules whose families it touches: it can show where one of them may be in force."""
    rule: ast.Rule | None = None
    """A rule whose members tell all of it."""
    asking: frozenset[str] | None = None
    """The rules whose members tell all of it, as they alone ask what it changes; None: not known."""
    defines: bool = False
    """Whether it changes a definition: the conditions stay as they are written."""
    dated: bool = False


class Screen:
    """Says which of some mutants a case may notice."""

    def __init__(self, program: Program, mutants: Sequence[Mutant]) -> None:
        self.program = program
        self.mutants = mutants
        self.mentions = Mentions(program)
        self._effects: dict[str, frozenset[str]] = {}
        self._families: dict[str, frozenset[str]] = {}
        self._conditions = tuple(self._all_conditions())
        self._reach: dict[str, frozenset[str]] = {}
        for rule in program.rules.values():
            texts = clauses_of(program, rule)
            self._effects[rule.id] = self.mentions.reach(tuple(t.effects for t in texts))
            self._families[rule.id] = self.mentions.reach(tuple(t.each for t in texts))
            self._reach[rule.id] = self.mentions.reach(texts)
        self._classifying = self.mentions.reach(
            tuple(entry.when for entry in program.entries.values() if entry.when is not None)
        )
        self.watches = tuple(self._watch(m) for m in mutants)
        self._wanted = frozenset(id(s.old) for w in self.watches for s in w.sites)
        self._relevant = self._rules()
        self._mutated: dict[int, Program] = {}
        self._days: dict[tuple[object, ...], tuple[bool, frozenset[str]]] = {}
        self._constants = Constants()

    # ── what to watch ────────────────────────────────────────────────────────

    def _all_conditions(self) -> Iterator[tuple[ast.Expr, frozenset[str]]]:
        """Every condition that is asked whole, with what it turns on plainly."""
        program = self.program
        for rule in program.rules.values():
            for text in clauses_of(program, rule):
                for piece in (*pieces(text.binds), *pieces(text.when)):
                    yield piece, self.mentions.plainly(piece)
        for entry in program.entries.values():
            if entry.when is not None:
                yield entry.when, self.mentions.plainly(entry.when)
        for id_, let in program.lets.items():
            bodies = (let.value, *(c.value for c in program.amendments.get(id_, ())))
            for body in bodies:
                if body is not None and _is_condition(body):
                    yield body, self.mentions.plainly(body)

    def _watch(self, mutant: Mutant) -> _Watch:
        first = mutant.changes[0]
        match first:
            case calendar.Leaf() | calendar.Event():
                return _Watch(mutant, dated=True)
            case ast.Rule():
                return self._watch_rules(mutant)
            case ast.Entry(id=id_, when=when):
                old = self.program.entries[id_].when
                if old is None or when is None:
                    return _Watch(mutant)
                return _Watch(mutant, (_Site(old, when),), live=self._speaking(CODES))
            case ast.Let(id=id_, value=new):
                return self._watch_definition(mutant, id_, self.program.lets[id_].value, new)
            case ast.Value(id=id_):
                return self._watch_definition(mutant, id_, None, None)
            case ast.Amendment(event, target, _, new):
                made = next(a for a in self.program.amendments[target] if a.event == event)
                if new is not None:
                    return self._watch_definition(mutant, target, made.value, new)
                watch = self._watch_clauses(mutant, target, made.clauses, first.clauses)
                watch.asking = frozenset({target})
                return watch

    def _watch_rules(self, mutant: Mutant) -> _Watch:
        changed = [c for c in mutant.changes if isinstance(c, ast.Rule)]
        if len(changed) > 1:  # what binds a whole instrument
            binds = self.program.rules[changed[0].id].clauses.binds
            sites = tuple(_Site(piece, _ALWAYS) for piece in pieces(binds))
            return _Watch(mutant, sites, asking=frozenset(r.id for r in changed))
        (rule,) = changed
        watch = self._watch_clauses(
            mutant, rule.id, self.program.rules[rule.id].clauses, rule.clauses
        )
        watch.asking = frozenset({rule.id})
        if not self.program.amendments.get(rule.id):
            watch.rule = rule
        return watch

    def _watch_clauses(
        self, mutant: Mutant, rule: str, old: ast.Clauses, new: ast.Clauses
    ) -> _Watch:
        match mutant.root:
            case "effects":
                return _Watch(mutant, live=frozenset({rule}))
            case "when" | "binds":
                before = pieces(old.when if mutant.root == "when" else old.binds)
                after = pieces(new.when if mutant.root == "when" else new.binds)
                changed = _changed(before, after)
                if changed is not None:
                    return _Watch(mutant, changed)
            case _:
                pass
        return _Watch(mutant, forces=frozenset({rule}))

    def _watch_definition(
        self, mutant: Mutant, id_: str, old: ast.Expr | None, new: ast.Expr | None
    ) -> _Watch:
        live = self._speaking(id_)
        forces = frozenset(r for r, names in self._families.items() if id_ in names)
        asking: frozenset[str] | None = None
        if id_ not in self._classifying:
            asking = frozenset(r for r, names in self._reach.items() if id_ in names)
        if old is not None and new is not None and _is_condition(old):
            return _Watch(mutant, (_Site(old, new),), live, forces, asking=asking)
        sites = tuple(_Site(c, c) for c, names in self._conditions if id_ in names)
        return _Watch(mutant, sites, live, forces, asking=asking, defines=True)

    def _speaking(self, name: str) -> frozenset[str]:
        """The rules whose effects mention something."""
        return frozenset(rule for rule, names in self._effects.items() if name in names)

    def _rules(self) -> frozenset[str]:
        """The rules that may ask a condition which some mutant changes."""
        changed: set[str] = set()
        found: set[str] = set()
        for watch in self.watches:
            for change in watch.mutant.changes:
                match change:
                    case ast.Rule(id=id_):
                        found.add(id_)
                    case ast.Entry():
                        changed.add(CODES)
                    case ast.Let(id=id_) | ast.Value(id=id_) | ast.Amendment(target=id_):
                        changed.add(id_)
                        found.add(id_)
                    case _:
                        pass
        rules = self.program.rules
        found |= {rule for rule, names in self._reach.items() if changed & names}
        return frozenset(found & rules.keys())

    # ── one case ─────────────────────────────────────────────────────────────

    def noticed(self, worlds: Iterable[World], *, codes: bool = True) -> frozenset[int]:
        """The mutants that a case may notice; `codes`: whether it expects codes of the item."""
        found: set[int] = set()
        for world in worlds:
            found |= self._noticed(world, codes=codes)
        return frozenset(found)

    def _noticed(self, world: World, *, codes: bool) -> set[int]:
        self._constants.share(world)
        network = Network(world)
        seen: dict[int, list[Asked]] = {}
        kept = {f.name: getattr(network.terms, f.name) for f in fields(Terms) if f.init}
        network.terms = _Recording(**kept, wanted=self._wanted, seen=seen)
        live: dict[str, bool] = {}
        for id_ in sorted(self._relevant):
            if self.program.rules[id_].regime == world.regime:
                members = network.members(id_)
                live[id_] = any(m.condition != NO for m in members)
        if codes:
            self._ask_entries(network)
        asked = {key: tuple(each) for key, each in seen.items()}

        def may_fire(rule: str) -> bool:
            if self.program.rules[rule].regime != world.regime:
                return False
            if rule not in live:
                live[rule] = any(m.condition != NO for m in network.members(rule))
            return live[rule]

        found: set[int] = set()
        for number, watch in enumerate(self.watches):
            if watch.dated:
                if self._another_day(number, world, network):
                    found.add(number)
            elif any(map(may_fire, watch.live)) or (
                (self._reforms(watch, world) or self._differs(number, watch, asked))
                and self._members_differ(number, network)
            ):
                found.add(number)
        return found

    def _ask_entries(self, network: Network) -> None:
        """The codes of the item are told: its entries are asked, whatever rules ask."""
        world = network.world
        item = world.field(world.root(), "item")
        if isinstance(item, Thing):
            for entry in self.program.entries.values():
                if entry.when is not None and world.in_force(entry.id) != NO:
                    network.terms.formula(entry.when, {"item": item})

    def _reforms(self, watch: _Watch, world: World) -> bool:
        return any(self._in_force(rule, world) for rule in watch.forces)

    def _in_force(self, rule: str, world: World) -> bool:
        if self.program.rules[rule].regime != world.regime:
            return False
        leaves = {rule, *(c.leaf or rule for c in self.program.amendments.get(rule, ()))}
        return any(world.in_force(leaf) != NO for leaf in leaves)

    def _differs(self, number: int, watch: _Watch, asked: Mapping[int, tuple[Asked, ...]]) -> bool:
        """Whether a changed condition gives another formula somewhere it was asked."""
        remade: dict[int, Terms] = {}
        for site in watch.sites:
            for terms, env, answer in asked.get(id(site.old), ()):
                asking = terms
                if watch.defines:
                    if id(terms) not in remade:
                        remade[id(terms)] = self._remade(number, terms)
                    asking = remade[id(terms)]
                if not alike(asking.formula(site.new, env), answer):
                    return True
        return False

    def _remade(self, number: int, terms: Terms) -> Terms:
        return replace(terms, world=self._under(number, terms.world), named={})

    def _under(self, number: int, world: World) -> World:
        """The same case under a mutant. What a constant is worth turns on values, on no other definition."""
        program = self.mutated(number)
        changes = self.mutants[number].changes
        if all(isinstance(change, ast.Let | ast.Rule) for change in changes):
            return replace(world, program=program)
        return replace(world, program=program, lasting={})

    def mutated(self, number: int) -> Program:
        """The program of a mutant; the last of them are kept."""
        if number not in self._mutated:
            if len(self._mutated) > MOST_PROGRAMS:
                self._mutated.clear()
            self._mutated[number] = mutated(self.program, self.mutants[number])
        share(self._mutated[number], self.program, self.mutants[number])
        return self._mutated[number]

    def _members_differ(self, number: int, network: Network) -> bool:
        """Whether rules that ask what was changed have other members, or the same on other terms."""
        watch, world = self.watches[number], network.world
        if watch.asking is None:
            return True
        if watch.rule is not None:
            return _differ(network.members(watch.rule.id), network.made_of(watch.rule))
        rules = [r for r in sorted(watch.asking) if self.program.rules[r].regime == world.regime]
        for rule in rules:
            network.members(rule)
        again = Network(self._under(number, world))
        # What does not ask it is not made again. It may speak of members that are: until then
        # these are as they were, and if they turn out not to be, that is a difference.
        again.by_id.update(network.by_id)
        again.made.update((r, made) for r, made in network.made.items() if r not in watch.asking)
        return any(_differ(network.members(rule), again.members(rule)) for rule in rules)

    # ── days ─────────────────────────────────────────────────────────────────

    def _another_day(self, number: int, world: World, network: Network) -> bool:
        """Whether a day that was moved changes what is in force, and something of it may act."""
        key = (number, world.regime, world.when, world.known)
        if key not in self._days:
            self._days[key] = self._moved(number, world)
        other, rules = self._days[key]
        return other or any(network.would(self.program.rules[r]) is not Truth.NO for r in rules)

    def _moved(self, number: int, world: World) -> tuple[bool, frozenset[str]]:
        """Whether anything but rules is in force otherwise, and which rules are."""
        mutant = self.mutants[number]
        if not _near(mutant, world.day):
            return False, frozenset()
        before, after = self.program.law, self.mutated(number).law
        regime = {r.id for r in self.program.rules.values() if r.regime == world.regime}
        with_ = world.options.with_

        def otherwise(law_says: Callable[..., object], id_: str) -> bool:
            return law_says(before, id_, world.when, world.known, with_) != law_says(
                after, id_, world.when, world.known, with_
            )

        own = {change.id for change in mutant.changes if isinstance(change, calendar.Leaf)}
        rules: set[str] = set()
        other = False
        for id_ in own or before.leaves:
            target = id_.partition("~")[0]
            if target in self.program.rules and target not in regime:
                continue
            if otherwise(calendar.in_force, id_):
                if target in self.program.rules:
                    rules.add(target)
                else:
                    other = True
        if not own:  # an event may reach amendments, and other events
            other = (
                other
                or any(otherwise(_amending, target) for target in self.program.amendments)
                or any(otherwise(calendar.alive, id_) for id_ in before.events)
            )
        return other, frozenset(rules)


def _differ(before: Iterable[Member], after: Iterable[Member]) -> bool:
    """Whether some members of a rule are others, or the same on other terms."""
    ones, others = tuple(before), tuple(after)
    return len(ones) != len(others) or any(
        one.id != other.id or not alike(one.condition, other.condition)
        for one, other in zip(ones, others, strict=True)
    )


def _amending(
    law: calendar.Law, target: str, when: calendar.When, known: date, with_: frozenset[str]
) -> list[tuple[str, Formula]]:
    """The amendments of a target that act, by name."""
    return [(e.id, f) for e, f in calendar.amendments(law, target, when, known, with_)]


def share(program: Program, like: Program, mutant: Mutant) -> None:
    """What is worked out once for a program, and a mutant leaves as it is, is not made anew."""
    readings_of.share(program, like)  # only says which rules are looked at more closely
    if mutant.root != "effects":
        relations_of.share(program, like)
        if not any(isinstance(c, ast.Entry) for c in mutant.changes):
            fitting_of.share(program, like)


MOST_PROGRAMS = 64
_AWAY = 3
"""Days beyond a moved end of a window, in any zone, on which nothing is otherwise."""


def _near(mutant: Mutant, day: date) -> bool:
    """Whether a case lies by a day that was moved; amendments may change their order."""
    for change in mutant.changes:
        if isinstance(change, calendar.Event) and change.kind in _FAR:
            return True
    try:
        moved = {date.fromisoformat(text) for text in (mutant.before, mutant.after)}
    except ValueError:
        return True
    return any(abs(day - other) <= timedelta(days=_AWAY) for other in moved)


_FAR = frozenset({calendar.EventKind.AMENDS, calendar.EventKind.EXTENDS})
"""What an event of these kinds does may turn on the order of days far away."""


def clauses_of(program: Program, rule: ast.Rule) -> tuple[ast.Clauses, ...]:
    """The clauses of a rule, and those of its amendments."""
    return (rule.clauses, *(c.clauses for c in program.amendments.get(rule.id, ())))


def _changed(before: tuple[ast.Expr, ...], after: tuple[ast.Expr, ...]) -> tuple[_Site, ...] | None:
    """The conditions that differ, each with what stands in its place; None if all may."""
    if len(before) == len(after):
        pairs = zip(before, after, strict=True)
        return tuple(_Site(one, other) for one, other in pairs if one is not other)
    gone = [p for p in before if not any(p is q for q in after)]
    if len(gone) == 1 and len(after) == len(before) - 1:
        (part,) = gone
        return (_Site(part, _ALWAYS),)
    return None


_ALWAYS = ast.Literal(value=True, type=FLAG)


def alike(one: Formula, other: Formula) -> bool:
    """Whether two formulas ask the same, also in what their tests compare with."""
    if one is other:
        return True
    match one, other:
        case Atom(question, test), Atom(asked, put):
            return question == asked and test == put and _plain(test.payload) == _plain(put.payload)
        case Not(inner), Not(inside):
            return alike(inner, inside)
        case (And(parts), And(others)) | (Or(parts), Or(others)):
            return len(parts) == len(others) and all(map(alike, parts, others))
        case _:
            return one == other


def _plain(payload: object) -> object:
    """What can be compared of what a test carries."""
    match payload:
        case Holds(mentions=mentions):
            return mentions
        case Elements(quantifier, holds):
            return quantifier, holds.mentions
        case _:
            return payload


__all__ = ["CODES", "Mentions", "Screen", "alike", "clauses_of", "pieces", "share"]
