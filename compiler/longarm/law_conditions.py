"""What there is to test in law: atomic conditions, thresholds, days of change, defeats.

    to_test(program, rules)    of some rules, and of the definitions and entries that they use

An atomic condition is what is left when `and`, `or`, `not`, `any`, `all` and `none` are taken
apart and definitions are opened: a comparison, a membership, a status, a flag. It is one where
it is written once: what many rules say in the words of one definition is one condition. What
amounts, statuses and `knows` say inside is not opened: no case flips it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import NamedTuple

from longarm.reporting import provisions_of
from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import let_values, nodes, versions
from longarm_dsl.core.numbers import Comparison
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import edges
from longarm_dsl.core.types import DateType, NumberType
from longarm_dsl.evaluate.relations import relations_of
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

_ORDERED = frozenset({Comparison.LESS, Comparison.AT_MOST, Comparison.MORE, Comparison.AT_LEAST})


@dataclass(frozen=True, slots=True)
class Home:
    """Where something of the law belongs: a regime, and an instrument or a file of words."""

    regime: str
    name: str


@dataclass(frozen=True, slots=True)
class Atom:
    """An atomic condition; `bound` if it holds an amount or a day against another."""

    number: int
    text: str
    span: Span = field(compare=False)
    home: Home
    bound: bool


class Under(NamedTuple):
    """The atoms under a condition, as bits: those that are as it is, and those that `not` turns.

    Where an atom decides a condition it is as the condition is, but for each `not` on the way.
    """

    same: int = 0
    turned: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which law changes: rules of an instrument go in or out of force, or a text changes.

    `what` is the instrument, or what is amended. Who meets one of the rules on a day, or has one
    of the conditions decide, is concerned by it.
    """

    number: int
    home: Home
    what: str
    day: date
    rules: frozenset[str]
    conditions: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Defeat:
    """A rule that defeats another, in some version."""

    by: str
    rule: str
    home: Home
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Provision:
    """A provision of an instrument with the rules that speak for it."""

    home: Home
    name: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ToTest:
    """What there is to test in some rules; conditions as the bits of whole numbers."""

    program: Program
    rules: tuple[ast.Rule, ...]
    entries: tuple[ast.Entry, ...]
    atoms: tuple[Atom, ...]
    number_of: Mapping[int, int]
    """The atom of an expression, by the identity of the expression."""
    below: Mapping[int, Under]
    """The atoms under an expression, by its identity."""
    of_rule: Mapping[str, int]
    """The atoms of a rule or entry in all its versions."""
    changes: tuple[Change, ...]
    defeats: tuple[Defeat, ...]
    provisions: tuple[Provision, ...]

    @property
    def bounds(self) -> int:
        """The atoms that are thresholds."""
        return sum(1 << atom.number for atom in self.atoms if atom.bound)


def to_test(program: Program, rules: Iterable[ast.Rule]) -> ToTest:
    """What there is to test in some rules, each part in the order of files and lines."""
    chosen = tuple(rules)
    regimes = {rule.regime for rule in chosen}
    files = {rule.span.source.name for rule in chosen}
    entries = tuple(
        entry
        for _, entry in sorted(program.entries.items())
        if entry.when is not None
        and entry.span.source.name in files
        and program.instruments[entry.instrument].regime in regimes
        and not program.instruments[entry.instrument].proposed
    )
    opened = _Opened(program)
    of_rule: dict[str, int] = {}
    for rule in chosen:
        home = Home(rule.regime, rule.instrument)
        under = opened.all_of(_conditions(program, rule), home)
        of_rule[rule.id] = under.same | under.turned
    for entry in entries:
        home = Home(program.instruments[entry.instrument].regime, entry.instrument)
        under = opened.all_of([entry.when] if entry.when else [], home)
        of_rule[entry.id] = under.same | under.turned
    return ToTest(
        program,
        chosen,
        entries,
        tuple(opened.atoms),
        opened.number_of,
        opened.below,
        of_rule,
        tuple(_changes(program, chosen, opened, of_rule)),
        tuple(_defeats(program, chosen)),
        tuple(_provisions(program, chosen)),
    )


def _conditions(program: Program, rule: ast.Rule) -> Iterator[ast.Expr]:
    for clauses in versions(program, rule):
        yield from (e for e in (clauses.binds, clauses.when) if e is not None)


# ── atomic conditions ────────────────────────────────────────────────────────


class _Opened:
    """Takes conditions apart, each expression and definition once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.atoms: list[Atom] = []
        self.number_of: dict[int, int] = {}
        self.below: dict[int, Under] = {}
        self.named: dict[str, int] = {}
        """The atoms that mention a definition or value, or stand in it, by its id."""
        self._written: dict[tuple[str, int, int, str], int] = {}

    def all_of(self, exprs: Iterable[ast.Expr], home: Home) -> Under:
        """The atoms of some expressions."""
        same = turned = 0
        for expr in exprs:
            under = self.open(expr, home)
            same |= under.same
            turned |= under.turned
        return Under(same, turned)

    def open(self, expr: ast.Expr, home: Home) -> Under:
        """The atoms of an expression."""
        known = self.below.get(id(expr))
        if known is not None:
            return known
        match expr:
            case ast.And(parts) | ast.Or(parts):
                made = self.all_of(parts, home)
            case ast.Not(inner) | ast.Quantified("none", _, _, inner):
                under = self.open(inner, home)
                made = Under(under.turned, under.same)
            case ast.Quantified(_, _, _, body):
                made = self.open(body, home)
            case ast.LetCall(let):
                made = self._definition(let, home)
            case ast.Literal() | ast.Broken():
                made = Under()
            case _:
                made = Under(1 << self._atom(expr, home))
        self.below[id(expr)] = made
        return made

    def _definition(self, let: str, home: Home) -> Under:
        decl = self.program.lets[let]
        own = Home(home.regime, decl.instrument or let.rpartition(".")[0])
        found = self.all_of(let_values(self.program, decl), own)
        self.named[let] = self.named.get(let, 0) | found.same | found.turned
        return found

    def _atom(self, expr: ast.Expr, home: Home) -> int:
        text = show_expr(expr)
        key = (expr.span.source.name, expr.span.start, expr.span.end, text)
        number = self._written.setdefault(key, len(self.atoms))
        if number == len(self.atoms):
            self.atoms.append(Atom(number, text, expr.span, home, _is_bound(expr)))
            for name in _names(self.program, expr, set()):
                self.named[name] = self.named.get(name, 0) | 1 << number
        self.number_of[id(expr)] = number
        return number


def _is_bound(expr: ast.Expr) -> bool:
    if not isinstance(expr, ast.Compare) or expr.op not in _ORDERED:
        return False
    return isinstance(_type(expr.left), NumberType | DateType) and isinstance(
        _type(expr.right), NumberType | DateType
    )


def _type(expr: ast.Expr) -> object:
    return expr.type


def speaks_of_facts(expr: ast.Expr) -> bool:
    """Whether a term mentions anything that a case states."""
    return any(isinstance(node, ast.Get | ast.Aggregate | ast.Parts) for node in nodes(expr))


def _names(program: Program, expr: ast.Expr, seen: set[str]) -> set[str]:
    """The definitions and values that an expression mentions, also behind others."""
    for node in nodes(expr):
        match node:
            case ast.LetCall(name) if name not in seen:
                seen.add(name)
                decl = program.lets.get(name)
                for value in let_values(program, decl) if decl is not None else ():
                    _names(program, value, seen)
            case ast.Named(_, name) if name not in seen:
                seen.add(name)
                named = program.values.get(name)
                if named is not None:
                    _names(program, named.value, seen)
            case _:
                pass
    return seen


# ── days of change ───────────────────────────────────────────────────────────


def _changes(
    program: Program, rules: Sequence[ast.Rule], opened: _Opened, of_rule: Mapping[str, int]
) -> Iterator[Change]:
    """Days on which rules go in or out of force, by instrument; then amendments."""
    found: list[tuple[Home, str, date, frozenset[str], int, Span]] = []
    amended = {rule.id: _amended(program, rule.id) for rule in rules}
    together: dict[tuple[str, date], set[str]] = {}
    for rule in rules:
        for moment in edges(program.law, [rule.id], date.max):
            if moment.day not in amended[rule.id]:
                together.setdefault((rule.instrument, moment.day), set()).add(rule.id)
    for (instrument, day), changed in together.items():
        act = program.instruments[instrument]
        first = program.rules[min(changed)]
        span = first.span if len(changed) == 1 else act.span
        found.append((Home(act.regime, act.id), act.id, day, frozenset(changed), 0, span))
    for rule in rules:
        home = Home(rule.regime, rule.instrument)
        for day, span in amended[rule.id].items():
            found.append((home, rule.id, day, frozenset({rule.id}), of_rule[rule.id], span))
    for name, mask in opened.named.items():
        days = _amended(program, name)
        if not days or not mask:
            continue
        first_atom = opened.atoms[(mask & -mask).bit_length() - 1]
        let, value = program.lets.get(name), program.values.get(name)
        owner = let.instrument if let is not None else value.instrument if value else None
        home = Home(first_atom.home.regime, owner or name.rpartition(".")[0])
        found += [(home, name, day, frozenset(), mask, span) for day, span in days.items()]
    found.sort(key=lambda f: (f[0].regime, f[0].name, f[1], f[2]))
    for number, parts in enumerate(found):
        yield Change(number, *parts)


def _amended(program: Program, target: str) -> dict[date, Span]:
    """The days on which amendments of a target begin or end, each with where it is said."""
    found: dict[date, Span] = {}
    for change in program.amendments.get(target, ()):
        event = program.law.events.get(change.event)
        if event is None or program.instruments[event.source].proposed:
            continue
        zone = program.law.instruments[event.source].zone
        start = event.window.start
        day = start.moment(zone).day if start is not None else program.law.issued(event.id)
        found.setdefault(day, change.span)
        over = event.window.ends(zone)
        if over is not None:
            found.setdefault(date.fromordinal(over[1] // _DAY), change.span)
    return found


_DAY = 24 * 60

# ── defeats and provisions ───────────────────────────────────────────────────


def _defeats(program: Program, rules: Sequence[ast.Rule]) -> Iterator[Defeat]:
    """Who defeats whom, by the rule that defeats."""
    chosen = {rule.id for rule in rules}
    pairs = {
        (by, target)
        for relations in relations_of(program).values()
        for target, defeaters in relations.defeaters.items()
        for by in defeaters
        if by in chosen and not program.law.instrument_of(target).proposed
    }
    for by, target in sorted(pairs):
        rule = program.rules[by]
        yield Defeat(by, target, Home(rule.regime, rule.instrument), rule.span)


def _provisions(program: Program, rules: Sequence[ast.Rule]) -> Iterator[Provision]:
    """Provisions that rules speak for, by instrument."""
    chosen = {rule.id for rule in rules}
    for instrument in dict.fromkeys(rule.instrument for rule in rules):
        act = program.instruments[instrument]
        for each in provisions_of(program, act):
            by = tuple(dict.fromkeys(r for r in _full(act, each.by) if r in chosen))
            if by:
                yield Provision(Home(act.regime, act.id), each.name, by)


def _full(act: ast.Instrument, names: Iterable[str]) -> Iterator[str]:
    """Rules by their full names; claims give those of the instrument's own file as well."""
    for name in names:
        yield from (name, f"{act.id}.{name}")


__all__ = [
    "Atom",
    "Change",
    "Defeat",
    "Home",
    "Provision",
    "ToTest",
    "Under",
    "speaks_of_facts",
    "to_test",
]
