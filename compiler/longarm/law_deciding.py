"""Which conditions of the law decide an outcome in a case, and how.

    watch = Watch(to_test)
    watch.seen(number, case, run)    what this case shows that no case before it did

A condition decides where flipping it alone flips the condition of a rule or entry that it
stands in: it is then, in this case, what the outcome hangs on. That is masking MC/DC, as in
Chilenski, An Investigation of Three Forms of the Modified Condition Decision Coverage (MCDC)
Criterion, DOT/FAA/AR-01/18 (2001): of what `and` joins and does not hold, the one part that
fails while all others hold; of what `or` joins and holds, the one part that holds. What is
unknown never decides, and nothing decides beside it.

A watch belongs to one process that sees cases in rising order. What it has seen for both
outcomes it looks at no more, and what leads to nothing new is not worked out: so it stays
cheap. The first case to show something is the same however many processes share them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias

from longarm.exercised import Clock, Met
from longarm.expecting import CaseRun, RegimeRun
from longarm.law_conditions import Change, ToTest, speaks_of_facts
from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import nodes
from longarm_dsl.core.formula import (
    NO,
    Formula,
    QuestionKind,
    Truth,
    atoms,
    references,
)
from longarm_dsl.core.numbers import Interval, show
from longarm_dsl.core.types import RecordType, item_of
from longarm_dsl.evaluate.decision import Decision, rule_of
from longarm_dsl.evaluate.idle import readings_of
from longarm_dsl.evaluate.network import Network, Truths, amended
from longarm_dsl.evaluate.values import Amount, Many, Scalar, Value, identity
from longarm_dsl.lazy_dataclass import dataclass

Side: TypeAlias = Literal["below", "at", "above"]
Slot: TypeAlias = Literal["before", "on", "after"]
Env: TypeAlias = Mapping[str, Value]

_OPEN_LAW = frozenset({QuestionKind.GAP, QuestionKind.READING})


@dataclass(frozen=True, slots=True)
class Tested:
    """A value that a threshold was held against where it decided, how far off, in which case."""

    distance: Fraction
    case: int
    value: str
    bound: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What one case shows that was not seen before."""

    decided: tuple[tuple[int, bool], ...] = ()
    """Atomic conditions, each with how it was when it decided."""
    tested: tuple[tuple[int, Side, Tested], ...] = ()
    met: tuple[tuple[int, Slot], ...] = ()
    """Days of change."""


@dataclass(slots=True)
class _Text:
    """One version of a rule: the parts that `and` joins, those of the whole family first."""

    leaf: str
    clauses: ast.Clauses
    own: tuple[ast.Expr, ...]
    of_member: tuple[ast.Expr, ...]


class _OpenError(Exception):
    """Something is unknown, so that nothing beside it decides; `law`: the law leaves it open."""

    def __init__(self, *, law: bool) -> None:
        super().__init__()
        self.law = law


@dataclass(eq=False)
class Watch:
    """What one process has seen."""

    law: ToTest
    clock: Clock = field(init=False)
    yes: int = 0
    no: int = 0
    """Atomic conditions that decided so, as bits."""
    tested: dict[tuple[int, Side], Tested] = field(default_factory=dict[tuple[int, Side], Tested])
    met: set[tuple[int, Slot]] = field(default_factory=set[tuple[int, Slot]])
    _bounded: int = 0
    """Thresholds that were tested at the bound and on both sides."""
    _texts: dict[tuple[str, ...], _Text] = field(default_factory=dict[tuple[str, ...], _Text])
    first: dict[int, int] = field(default_factory=dict[int, int])
    """The part of a condition that last settled it: most cases are far from most rules."""
    _split: dict[int, tuple[tuple[ast.Expr, ...], tuple[ast.Expr, ...]]] = field(
        default_factory=dict[int, tuple[tuple[ast.Expr, ...], tuple[ast.Expr, ...]]]
    )
    _of_regime: dict[str, list[ast.Rule]] = field(default_factory=dict[str, list[ast.Rule]])
    _preferring: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        program = self.law.program
        self.clock = Clock(program)
        for rule in self.law.rules:
            self._of_regime.setdefault(rule.regime, []).append(rule)
        preferred = {r.id for r in program.readings.values() if r.prefers is not None}
        turning = readings_of(program)
        self._preferring = frozenset(
            r.id for r in self.law.rules if not preferred.isdisjoint(turning[r.id])
        )

    # ── one case ─────────────────────────────────────────────────────────────

    def seen(self, number: int, case: CaseRun, run: RegimeRun) -> Seen:
        """What a decision of a case shows that was not seen before."""
        decision, day = run.decision, run.day.day
        met = Met(self.law.program, self.clock, case, run)
        changes = tuple(self._new_changes(decision.regime, day))
        always = self.law.bounds & ~self._bounded
        for change, _ in changes:
            always |= change.conditions
        everything = (1 << len(self.law.atoms)) - 1
        walk = _Walk(self, number, everything & ~self.yes | always, everything & ~self.no | always)
        for rule in self._of_regime.get(decision.regime, ()):
            if self.law.of_rule[rule.id] & (walk.as_yes | walk.as_no):
                self._rule(walk, met, rule)
        for truths in met.answered(None):
            if truths is truths.network.at_rest:
                for entry in self._entries(walk, truths, decision.regime):
                    for answered in met.answered(entry):
                        self._entry(walk.under(answered), entry)
        return self._kept(walk, decision, changes)

    def _new_changes(self, regime: str, day: date) -> Iterator[tuple[Change, Slot]]:
        """Days of change by which a day lies as none before it did."""
        for change in self.law.changes:
            slot = _slot(change, day)
            if change.home.regime == regime and slot and (change.number, slot) not in self.met:
                yield change, slot

    def _kept(
        self, walk: _Walk, decision: Decision, changes: Iterable[tuple[Change, Slot]]
    ) -> Seen:
        fired = {rule_of(r.id) for r in decision.rules if r.fires is Truth.YES}
        fired |= {rule_of(s.id) for s in decision.silent if s.would is Truth.YES}
        decided = walk.yes | walk.no
        met: tuple[tuple[int, Slot], ...] = tuple(
            (change.number, slot)
            for change, slot in changes
            if change.conditions & decided or not change.rules.isdisjoint(fired)
        )
        new = [(n, True) for n in _bits(walk.yes & ~self.yes)]
        new += [(n, False) for n in _bits(walk.no & ~self.no)]
        self.yes |= walk.yes
        self.no |= walk.no
        self.met.update(met)
        nearer: list[tuple[int, Side, Tested]] = []
        for (atom, side), tested in walk.tested.items():
            before = self.tested.get((atom, side))
            if before is None or tested.distance < before.distance:
                self.tested[atom, side] = tested
                nearer.append((atom, side, tested))
        for atom in {atom for atom, _, _ in nearer}:
            if all((atom, side) in self.tested for side in _SIDES):
                self._bounded |= 1 << atom
        return Seen(tuple(new), tuple(nearer), met)

    # ── rules and entries ────────────────────────────────────────────────────

    def _rule(self, walk: _Walk, met: Met, rule: ast.Rule) -> None:
        """A rule, under no answer; then under each, if it hangs on what the law leaves open."""
        again = rule.id in self._preferring
        for truths in met.answered(None):
            if truths is truths.network.at_rest:
                again |= self._under(walk, truths, rule)
        if again:
            for truths in met.answered(rule):
                self._under(walk, truths, rule)

    def _under(self, walk: _Walk, truths: Truths, rule: ast.Rule) -> bool:
        """Look at each version that applies; whether an answer of the law may show more."""
        network, again = truths.network, False
        for guard, changes in network.world.versions(rule.id):
            text = self._text(rule, changes)
            if network.world.in_force(text.leaf) == NO:
                continue
            if truths.of(guard) is not Truth.YES:
                again |= truths.of(guard) is Truth.UNKNOWN
                continue
            again |= self._version(walk, truths, rule, text)
        return again

    def _version(self, walk: _Walk, truths: Truths, rule: ast.Rule, text: _Text) -> bool:
        asked = walk.under(truths)
        try:
            own = asked.against(id(text.own), text.own, {}, Truth.NO, 1)
        except _OpenError as found:
            return found.law
        if own is None:
            return False
        if not text.clauses.each:
            asked.joined(text.own, own, {})
            return asked.open_law
        again = False
        for env, membership, _ in truths.network.family(rule, text.clauses):
            if truths.of(membership) is not Truth.YES:
                continue
            try:
                rest = asked.against(
                    id(text.of_member), text.of_member, env, Truth.NO, 1 - len(own)
                )
            except _OpenError as found:
                again |= found.law
                continue
            if rest is not None:
                asked.joined(text.own, own, {}, only=bool(rest))
                asked.joined(text.of_member, rest, env, only=bool(own))
                if own:
                    break  # another member shows no more of what it has not of its own
        return again or asked.open_law

    def _text(self, rule: ast.Rule, changes: tuple[ast.Amendment, ...]) -> _Text:
        key = (rule.id, *(change.event for change in changes))
        found = self._texts.get(key)
        if found is None:
            clauses, leaf = rule.clauses, rule.id
            for change in changes:
                clauses = amended(clauses, change.clauses)
                leaf = change.leaf or leaf
            names = {generator.var for generator in clauses.each or ()}
            joined = [e for c in (clauses.binds, clauses.when) if c is not None for e in _parts(c)]
            own = tuple(e for e in joined if names.isdisjoint(_vars(e)))
            rest = tuple(e for e in joined if not names.isdisjoint(_vars(e)))
            found = self._texts[key] = _Text(leaf, clauses, own, rest)
        return found

    def split(
        self, body: ast.Expr, var: str, joined: type[ast.And | ast.Or]
    ) -> tuple[tuple[ast.Expr, ...], tuple[ast.Expr, ...]]:
        """The parts of a condition that do not speak of a variable, and those that do."""
        found = self._split.get(id(body))
        if found is None:
            parts = body.parts if isinstance(body, joined) else (body,)
            own = tuple(e for e in parts if var not in _vars(e))
            rest = tuple(e for e in parts if var in _vars(e))
            found = self._split[id(body)] = own, rest
        return found

    def _entries(self, walk: _Walk, truths: Truths, regime: str) -> list[ast.Entry]:
        """Every entry of every item of the case; those on which an answer of the law may show more."""
        entries = [
            entry
            for entry in self.law.entries
            if self.law.of_rule[entry.id] & (walk.as_yes | walk.as_no)
            and self.law.program.instruments[entry.instrument].regime == regime
        ]
        return [entry for entry in entries if self._entry(walk.under(truths), entry)]

    def _entry(self, asked: _Asked, entry: ast.Entry) -> bool:
        """An entry, of every item; whether what the law leaves open hides something."""
        truths = asked.truths
        if entry.when is None or truths.network.world.in_force(entry.id) == NO:
            return False
        for item in _items(truths.network):
            env = {"item": item}
            parts = (entry.when,)
            try:
                against = asked.against(id(entry), parts, env, Truth.NO, 1)
            except _OpenError as found:
                asked.open_law |= found.law
                continue
            if against is not None:
                asked.joined(parts, against, env)
        return asked.open_law


@dataclass(eq=False)
class _Walk:
    """What one case shows, as it is found out."""

    watch: Watch
    case: int
    as_yes: int
    as_no: int
    """Atomic conditions that can show something new where they decide so."""
    yes: int = 0
    no: int = 0
    tested: dict[tuple[int, Side], Tested] = field(default_factory=dict[tuple[int, Side], Tested])

    asked: dict[tuple[object, ...], object] = field(
        default_factory=dict[tuple[object, ...], object]
    )
    """Definitions that were gone into; what tells them apart is kept, so that it stays its own."""

    def under(self, truths: Truths) -> _Asked:
        """Conditions of the case under some answers."""
        return _Asked(self, truths)


@dataclass(eq=False)
class _Asked:
    """Goes down from a condition to the atomic ones that decide it."""

    walk: _Walk
    truths: Truths
    open_law: bool = False
    """Something that the law leaves open hid what stands beside it."""

    def against(
        self, key: int, parts: tuple[ast.Expr, ...], env: Env, against: Truth, most: int
    ) -> tuple[int, ...] | None:
        """The parts that are against the others, if there are no more than `most`.

        None if there are more, or if what is found can show nothing new. Raises `_OpenError` if a
        part is unknown and not too many others are against it.
        """
        first = self.walk.watch.first
        found: list[int] = []
        unknown: Formula | None = None
        start = first.get(key, 0)
        order = tuple(range(len(parts)))
        if 0 < start < len(parts):
            order = (start, *(n for n in order if n != start))
        for number in order:
            formula = self.truths.network.terms.formula(parts[number], env)
            holds = self.truths.of(formula)
            if holds is Truth.UNKNOWN:
                unknown = unknown or formula
            elif holds is against:
                first[key] = number
                found.append(number)
                # It is the only one, or nothing decides: what shows nothing new ends the search.
                news = self.wanted(parts[number], holds=against is Truth.YES)
                if len(found) > most or not news:
                    return None
        if unknown is not None:
            raise _OpenError(law=_of_law(unknown))
        return tuple(found)

    def wanted(self, expr: ast.Expr, *, holds: bool) -> bool:
        """Whether something under a condition that holds, or does not, can show anything new."""
        under = self.walk.watch.law.below.get(id(expr))
        if under is None:
            return False
        yes, no = under if holds else (under.turned, under.same)
        return bool(yes & self.walk.as_yes or no & self.walk.as_no)

    def joined(
        self, parts: tuple[ast.Expr, ...], against: tuple[int, ...], env: Env, *, only: bool = False
    ) -> None:
        """What decides of parts that `and` joins: the one that fails, or each if all hold.

        `only`: a part that is not among these fails.
        """
        if against:
            for number in against:
                self.decides(parts[number], env, holds=False)
        elif not only:
            for part in parts:
                self.decides(part, env, holds=True)

    def decides(self, expr: ast.Expr, env: Env, *, holds: bool) -> None:
        """A condition that decides, being certain: which atomic ones under it do."""
        if not self.wanted(expr, holds=holds):
            return
        if isinstance(expr, ast.LetCall | ast.Quantified) and self._was_asked(
            expr, env, holds=holds
        ):
            return
        match expr:
            case ast.And(parts):
                self._of_several(expr, parts, env, holds=holds, against=Truth.NO)
            case ast.Or(parts):
                self._of_several(expr, parts, env, holds=holds, against=Truth.YES)
            case ast.Not(inner):
                self.decides(inner, env, holds=not holds)
            case ast.LetCall(let, args):
                terms = self.truths.network.terms
                given = tuple(terms.value(arg, env) for arg in args)
                acting = [
                    v for v in terms.expand(let, given) if self.truths.of(v[0]) is not Truth.NO
                ]
                if len(acting) == 1 and self.truths.of(acting[0][0]) is Truth.YES:
                    self.decides(acting[0][1], acting[0][2], holds=holds)
            case ast.Quantified("none", var, domain, body):
                self._elements(var, domain, body, env, holds=not holds, universal=False)
            case ast.Quantified(quantifier, var, domain, body):
                self._elements(var, domain, body, env, holds=holds, universal=quantifier == "all")
            case _:
                self._atom(expr, env, holds=holds)

    def _was_asked(self, expr: ast.Expr, env: Env, *, holds: bool) -> bool:
        """Whether the same was asked of the same: many rules use one definition."""
        name: object = id(expr)
        values: tuple[Value, ...] = tuple(env.values())
        if isinstance(expr, ast.LetCall):
            terms = self.truths.network.terms
            name, values = expr.let, tuple(terms.value(arg, env) for arg in expr.args)
        key = (id(self.truths), name, holds, *map(identity, values))
        if key in self.walk.asked:
            return True
        self.walk.asked[key] = self.truths, values
        return False

    def _of_several(
        self, expr: ast.Expr, parts: tuple[ast.Expr, ...], env: Env, *, holds: bool, against: Truth
    ) -> None:
        """Parts that `and` or `or` joins: the only one that is against the others, or each."""
        if holds is not (against is Truth.YES):
            for part in parts:
                self.decides(part, env, holds=holds)
            return
        try:
            found = self.against(id(expr), parts, env, against, 1)
        except _OpenError as beside:
            self.open_law |= beside.law
            return
        if found is not None and len(found) == 1:
            self.decides(parts[found[0]], env, holds=holds)

    def _elements(
        self, var: str, domain: ast.Expr, body: ast.Expr, env: Env, *, holds: bool, universal: bool
    ) -> None:
        """The elements of a list, as `or` joins them, or for `all` as `and` does."""
        terms = self.truths.network.terms
        many = terms.many(terms.value(domain, env))
        if holds is not universal:
            only = self._only(var, many, body, env, holds=holds)
            if only is not None:
                self.decides(body, only, holds=holds)
            return
        # Each is as the whole is. What does not speak of the element is worked out once for all.
        joined = ast.Or if universal else ast.And
        own, rest = self.walk.watch.split(body, var, joined)
        against = Truth.YES if universal else Truth.NO
        try:
            mine = self.against(id(own), own, env, against, 1)
        except _OpenError as beside:
            self.open_law |= beside.law
            return
        if mine is None:
            return
        for membership, value in many.items:
            if self.truths.of(membership) is not Truth.YES:
                continue
            inner = {**env, var: value}
            try:
                found = self.against(id(rest), rest, inner, against, 1 - len(mine))
            except _OpenError as beside:
                self.open_law |= beside.law
                continue
            if found is None:
                continue
            if mine:
                self.decides(own[mine[0]], env, holds=holds)
                return
            if found:
                self.decides(rest[found[0]], inner, holds=holds)

    def _only(self, var: str, many: Many, body: ast.Expr, env: Env, *, holds: bool) -> Env | None:
        """The only element that is as the whole is, while all others are certainly not."""
        terms = self.truths.network.terms
        only: Env | None = None
        for membership, value in many.items:
            inside = self.truths.of(membership)
            if inside is Truth.NO:
                continue
            inner = {**env, var: value}
            found = self.truths.of(terms.formula(body, inner))
            if found is Truth.UNKNOWN:
                return None
            if found is Truth.of(holds):
                if inside is not Truth.YES or only is not None:
                    return None
                only = inner
        if only is not None and many.open is not None:
            other = self.truths.of(terms.formula(body, {**env, var: terms.other(many)}))
            return only if other is Truth.of(not holds) else None
        return only

    # ── atomic conditions ────────────────────────────────────────────────────

    def _atom(self, expr: ast.Expr, env: Env, *, holds: bool) -> None:
        walk, law = self.walk, self.walk.watch.law
        number = law.number_of[id(expr)]
        if isinstance(expr, ast.Compare) and law.atoms[number].bound:
            self._bound(number, expr, env)
        elif holds:
            walk.as_yes &= ~(1 << number)
        else:
            walk.as_no &= ~(1 << number)
        if holds:
            walk.yes |= 1 << number
        else:
            walk.no |= 1 << number

    def _bound(self, number: int, expr: ast.Compare, env: Env) -> None:
        """On which side of its bound a value is, and how far off."""
        terms = self.truths.network.terms
        stated, law = expr.left, expr.right
        if speaks_of_facts(law) and not speaks_of_facts(stated):
            stated, law = law, stated
        value, bound = terms.value(stated, env), terms.value(law, env)
        shown = "", ""
        off: Fraction | None = None
        match value, bound:
            case Amount(Interval() as a), Amount(b):
                converted = terms.convert(b, a.dimension.currency)
                if isinstance(converted, Interval):
                    off = _difference(a, converted)
                    unit = terms.unit_of(law) or terms.unit_of(stated)
                    shown = show(a, unit), show(converted, unit)
            case Scalar(date() as day), Scalar(date() as other):
                off = Fraction((day - other).days)
                shown = str(day), str(other)
            case _:
                pass
        if off is None:
            return
        side: Side = "at" if off == 0 else "below" if off < 0 else "above"
        known = self.walk.tested.get((number, side))
        if known is None or abs(off) < known.distance:
            self.walk.tested[number, side] = Tested(abs(off), self.walk.case, *shown)


_SIDES: tuple[Side, ...] = ("below", "at", "above")


def _difference(a: Interval, b: Interval) -> Fraction | None:
    """How much more one known amount is than another."""
    if a.low is None or b.low is None or a.low != a.high or b.low != b.high:
        return None
    return None if a.may_err or b.may_err else Fraction(a.low) - Fraction(b.low)


def _of_law(formula: Formula) -> bool:
    """Whether a condition may be open for what the law, or its model, leaves open."""
    if any(atom.question.kind in _OPEN_LAW for atom in atoms(formula)):
        return True
    return any(True for _ in references(formula))


def _slot(change: Change, day: date) -> Slot | None:
    """Where a day lies by a change: the day before it, its first day, or after it."""
    if day > change.day:
        return "after"
    if day == change.day:
        return "on"
    return "before" if day == change.day - timedelta(days=1) else None


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _parts(expr: ast.Expr) -> Iterator[ast.Expr]:
    if isinstance(expr, ast.And):
        for part in expr.parts:
            yield from _parts(part)
    else:
        yield expr


def _vars(expr: ast.Expr) -> frozenset[str]:
    return frozenset(node.name for node in nodes(expr) if isinstance(node, ast.Var))


def _items(network: Network) -> Iterator[Value]:
    """The items of a case that stand in the transaction itself, and what they contain."""
    program, world, terms = network.world.program, network.world, network.terms
    record = program.records.get("Transaction")
    for name, info in (record.fields if record is not None else {}).items():
        if RecordType("Item") not in {info.type, item_of(info.type)}:
            continue
        listed = terms.many(world.field(world.root(), name))
        for membership, item in listed.items:
            if membership == NO:
                continue
            yield item
            yield from (part for inside, part in terms.parts(item).items if inside != NO)


__all__ = ["Seen", "Side", "Slot", "Tested", "Watch"]
