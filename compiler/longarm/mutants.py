"""Small changes to a law that good cases should notice: mutants of the core tree.

    mutants_of(program, files)    every mutant of what some files declare, in order of place

A mutant changes one thing that an author could have got wrong: a bound by one of the least
digit written, `>` for `>=`, a condition left out, `and` for `or`, a day by one, a defeat left
out, an element of a set left out or put in. It is data: what changes, where that stands, and
how it read before and after. Rows of lists and tables are left as they are.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import partial
from typing import TypeAlias, TypeVar, cast

from longarm_dsl.core import ast
from longarm_dsl.core import time as calendar
from longarm_dsl.core.codes import (
    Code,
    CodeSet,
    Exactly,
    Listed,
    falls,
    just,
    parse_code,
    show_member,
    union,
)
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Comparison, Interval, parse_amount
from longarm_dsl.core.places import COUNTRIES
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import EnumType, PlaceType, item_of
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE, Span

Declared: TypeAlias = ast.Rule | ast.Entry | ast.Let | ast.Value
Dated: TypeAlias = calendar.Leaf | calendar.Event
Change: TypeAlias = Declared | ast.Amendment | Dated

MOST_ELEMENTS = 6
"""Elements of one set that are left out, one at a time: the first, the last, some between."""
MOST_DEFEATED = 6
"""Rules that a defeat names, which are left out one at a time."""


class Kind(StrEnum):
    """What a mutant changes."""

    THRESHOLD = "threshold"
    COMPARISON = "comparison"
    DROPPED = "dropped condition"
    SWAPPED = "and for or"
    DATE = "date"
    DEFEAT = "defeat"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the declarations that it puts in place of those of the same ids."""

    kind: Kind
    home: str
    """The rule, entry, definition or event that is changed."""
    before: str
    after: str
    """Empty where something was left out."""
    changes: tuple[Change, ...]
    where: Span
    root: str = ""
    """The clause that it changes: `when`, `binds`, `each`, `effects`, `value`."""


def mutants_of(program: Program, files: Iterable[str]) -> tuple[Mutant, ...]:
    """Every mutant of what some files declare, in order of file and place."""
    names = frozenset(files)
    maker = _Maker(program)
    found: list[Mutant] = []
    for rule in program.rules.values():
        if rule.span.source.name in names and not _proposed(program, rule.instrument):
            found += maker.of_rule(rule)
    found += maker.of_bindings(names)
    for entry in program.entries.values():
        if entry.span.source.name in names and entry.when is not None:
            found += maker.of_expr(entry.id, entry.when, partial(_set, entry, "when"))
    for let in program.lets.values():
        if let.span.source.name in names:
            found += maker.of_expr(let.id, let.value, partial(_set, let, "value"))
    for value in program.values.values():
        if value.span.source.name in names:
            found += maker.of_expr(value.id, value.value, partial(_set, value, "value"))
    for changes in program.amendments.values():
        for change in changes:
            if change.span.source.name in names:
                found += maker.of_amendment(change)
    found += _dates(program, names)
    return tuple(sorted(found, key=lambda m: (m.where.source.name, m.where.start, m.kind, m.after)))


def mutated(program: Program, mutant: Mutant) -> Program:
    """The program with a mutant's declarations in place of its own."""
    rules, entries = dict(program.rules), dict(program.entries)
    lets, values = dict(program.lets), dict(program.values)
    amendments, law = dict(program.amendments), program.law
    leaves: dict[str, calendar.Leaf] = {}
    events: dict[str, calendar.Event] = {}
    for change in mutant.changes:
        match change:
            case ast.Rule():
                rules[change.id] = change
            case ast.Entry():
                entries[change.id] = change
            case ast.Let():
                lets[change.id] = change
            case ast.Value():
                values[change.id] = change
            case ast.Amendment(event, target):
                before = amendments[target]
                amendments[target] = tuple(change if a.event == event else a for a in before)
            case calendar.Leaf():
                leaves[change.id] = change
            case calendar.Event():
                events[change.id] = change
    if leaves or events:
        law, _ = calendar.build_law(
            law.instruments.values(),
            {**law.leaves, **leaves}.values(),
            {**law.events, **events}.values(),
        )
    return replace(
        program,
        rules=rules,
        entries=entries,
        lets=lets,
        values=values,
        amendments=amendments,
        law=law,
    )


def _proposed(program: Program, instrument: str) -> bool:
    act = program.instruments.get(instrument)
    return act is not None and act.proposed


# ── expressions ──────────────────────────────────────────────────────────────

Step: TypeAlias = "str | int"
Path: TypeAlias = "tuple[Step, ...]"
_ASIDE = frozenset({"span", "name_span", "type", "info"})


def nodes(root: object) -> Iterator[tuple[Path, object]]:
    """Every part of a tree of the core, with the way to it; outer parts first."""
    stack: list[tuple[Path, object]] = [((), root)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, tuple):
            items = cast("tuple[object, ...]", node)
            stack.extend(((*path, n), item) for n, item in reversed(tuple(enumerate(items))))
        elif is_dataclass(node) and type(node).__module__ == ast.__name__:
            yield path, node
            names = [f.name for f in fields(node) if f.name not in _ASIDE]
            stack.extend(((*path, n), getattr(node, n)) for n in reversed(names))


def put(root: object, path: Path, new: object) -> object:
    """The tree with another part at the end of a way."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(root, tuple):
        items = list(cast("tuple[object, ...]", root))
        items[cast("int", step)] = put(items[cast("int", step)], rest, new)
        return tuple(items)
    name = cast("str", step)
    return _set(root, name, put(getattr(root, name), rest, new))


T = TypeVar("T")
_replace: Callable[..., object] = replace


def _set(node: T, name: str, value: object) -> T:
    """A node with one field of a name changed."""
    return cast("T", _replace(node, **{name: value}))


@dataclass(frozen=True, slots=True)
class _Edit:
    """A change of one node: what stands in its place, and how to say it."""

    kind: Kind
    new: object
    before: str
    after: str
    where: Span


class _Maker:
    """Makes the mutants of expressions, rules and amendments."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.codes = _codes_named(program)

    def of_rule(self, rule: ast.Rule) -> Iterator[Mutant]:
        yield from self._of_clauses(
            rule.id, rule.clauses, rule.span, lambda c: replace(rule, clauses=c)
        )

    def of_amendment(self, change: ast.Amendment) -> Iterator[Mutant]:
        if change.value is not None:
            yield from self.of_expr(change.target, change.value, lambda e: replace(change, value=e))
        yield from self._of_clauses(
            change.target, change.clauses, change.span, lambda c: replace(change, clauses=c)
        )

    def of_bindings(self, names: frozenset[str]) -> Iterator[Mutant]:
        """What binds all rules of an instrument, left out of all of them."""
        for act in self.program.instruments.values():
            if act.binds is None or act.span.source.name not in names or act.proposed:
                continue
            bound = [
                replace(rule, clauses=replace(rule.clauses, binds=None))
                for rule in self.program.rules.values()
                if rule.instrument == act.id and rule.clauses.binds == act.binds
            ]
            if bound:
                text = f"binds {_line(act.binds)}"
                changes = tuple(bound)
                yield Mutant(Kind.DROPPED, act.id, text, "", changes, act.binds.span, "binds")

    def _of_clauses(
        self, home: str, clauses: ast.Clauses, span: Span, back: Callable[[ast.Clauses], Change]
    ) -> Iterator[Mutant]:
        if clauses.binds is not None and _inside(clauses.binds.span, span):
            text = f"binds {_line(clauses.binds)}"
            dropped = back(replace(clauses, binds=None))
            where = clauses.binds.span
            yield Mutant(Kind.DROPPED, home, text, "", (dropped,), where, "binds")
        for root in ("each", "binds", "when", "effects"):
            tree: object = getattr(clauses, root)
            stated = not isinstance(tree, ast.Expr) or root != "binds" or _inside(tree.span, span)
            if tree is None or not stated:
                continue
            for path, edit in self._edits(tree):
                made = back(_set(clauses, root, put(tree, path, edit.new)))
                yield _mutant(edit, home, made, root, span)
        for number, effect in enumerate(clauses.effects or ()):
            if isinstance(effect.kind, ast.Defeats):
                yield from self._defeats(home, clauses, number, effect, effect.kind, back)

    def _defeats(
        self,
        home: str,
        clauses: ast.Clauses,
        number: int,
        effect: ast.Effect,
        kind: ast.Defeats,
        back: Callable[[ast.Clauses], Change],
    ) -> Iterator[Mutant]:
        effects = clauses.effects or ()
        rest = (*effects[:number], *effects[number + 1 :])
        shown = ", ".join(_short(r) for r in kind.rules.rules[:3])
        more = f" and {len(kind.rules.rules) - 3} more" if len(kind.rules.rules) > 3 else ""  # noqa: PLR2004  as many as are shown
        before = f"defeats {shown}{more}"
        where = effect.span
        made = back(replace(clauses, effects=rest))
        yield Mutant(Kind.DEFEAT, home, before, "", (made,), where, "effects")
        if not 1 < len(kind.rules.rules) <= MOST_DEFEATED:
            return
        for rule in kind.rules.rules:
            kept = replace(kind.rules, rules=tuple(r for r in kind.rules.rules if r != rule))
            fewer = replace(effect, kind=replace(kind, rules=kept))
            made = back(
                replace(clauses, effects=(*effects[:number], fewer, *effects[number + 1 :]))
            )
            after = f"the same without {_short(rule)}"
            yield Mutant(Kind.DEFEAT, home, before, after, (made,), where, "effects")

    def of_expr(
        self, home: str, tree: ast.Expr, back: Callable[[ast.Expr], Change]
    ) -> Iterator[Mutant]:
        """The mutants of one expression."""
        for path, edit in self._edits(tree):
            made = back(cast("ast.Expr", put(tree, path, edit.new)))
            yield _mutant(edit, home, made, "value", tree.span)

    def _edits(self, tree: object) -> Iterator[tuple[Path, _Edit]]:
        found = dict(nodes(tree))
        for path, node in found.items():
            around = found.get(path[:-1])
            for edit in self._of_node(node, around):
                yield path, edit

    def _of_node(self, node: object, around: object) -> Iterator[_Edit]:
        match node:
            case ast.Literal(Interval() as value):
                yield from self._thresholds(node, value, around)
            case ast.Literal(date() as day):
                for days in (-1, 1):
                    moved = day + timedelta(days=days)
                    new = replace(node, value=moved, text=str(moved))
                    yield _Edit(Kind.DATE, new, str(day), str(moved), node.span)
            case ast.DateShift(_, days, _) if days:
                for step in (-1, 1):
                    shifted = replace(node, days=days + step)
                    yield _Edit(Kind.DATE, shifted, _line(node), _line(shifted), node.span)
            case ast.Compare(op, left, right) if op in _TURNED:
                turned = replace(node, op=_TURNED[op])
                yield _Edit(Kind.COMPARISON, turned, _line(node), _line(turned), node.span)
            case ast.Owned(strict=strict):
                other_bar = replace(node, strict=not strict)
                yield _Edit(Kind.COMPARISON, other_bar, _line(node), _line(other_bar), node.span)
            case ast.And(parts) | ast.Or(parts):
                other = ast.Or if isinstance(node, ast.And) else ast.And
                yield _Edit(
                    Kind.SWAPPED,
                    other(parts, node.type, span=node.span),
                    _line(node),
                    _line(other(parts, node.type)),
                    node.span,
                )
                for number, part in enumerate(parts):
                    rest = (*parts[:number], *parts[number + 1 :])
                    less: ast.Expr = rest[0] if len(rest) == 1 else replace(node, parts=rest)
                    joint = "and" if isinstance(node, ast.And) else "or"
                    yield _Edit(Kind.DROPPED, less, f"{joint} {_joined(part)}", "", part.span)
            case ast.SetOf():
                yield from self._sets(node)
            case ast.SetOp(op, left, right) if op in {"+", "-"}:
                yield _Edit(Kind.SET, left, _line(node), _line(left), node.span)
                if op == "+":
                    yield _Edit(Kind.SET, right, _line(node), _line(right), node.span)
            case ast.Codes(codes):
                yield from self._code_sets(node, codes)
            case _:
                pass

    def _thresholds(self, node: ast.Literal, value: Interval, around: object) -> Iterator[_Edit]:
        for text in neighbors(node.text):
            number = parse_amount(text, self.program.units)
            if number is None or number.dimension != value.dimension:
                continue
            new = replace(node, value=number, text=text)
            before, after = node.text, text
            if isinstance(around, ast.Compare):
                left = around.left is node
                after = _line(_set(around, "left" if left else "right", new))
                before = _line(around)
            yield _Edit(Kind.THRESHOLD, new, before, after, node.span)

    def _sets(self, node: ast.SetOf) -> Iterator[_Edit]:
        items = node.items
        if len(items) > 1:
            for number in _some(len(items)):
                new = replace(node, items=(*items[:number], *items[number + 1 :]))
                after = f"the same without {_line(items[number])}"
                yield _Edit(Kind.SET, new, _line(node), after, node.span)
        more = another(node)
        if more is not None:
            new = replace(node, items=(*items, more))
            yield _Edit(Kind.SET, new, _line(node), f"the same with {_line(more)}", node.span)

    def _code_sets(self, node: ast.Codes, codes: CodeSet) -> Iterator[_Edit]:
        if isinstance(codes, Listed) and len(codes.members) > 1:
            members = codes.members
            for number in _some(len(members)):
                less = show_member(members[number])
                fewer = Listed((*members[:number], *members[number + 1 :]))
                new = replace(node, codes=fewer, text=f"{node.text} without {less}")
                yield _Edit(Kind.SET, new, node.text, f"the same without {less}", node.span)
        other = self._another_code(codes)
        if other is not None:
            wider = union(codes, just(other))
            new = replace(node, codes=wider, text=f"{node.text} with {other}")
            yield _Edit(Kind.SET, new, node.text, f"the same with {other}", node.span)

    def _another_code(self, codes: CodeSet) -> Code | None:
        """The next code that the law names and the set does not hold."""
        if not isinstance(codes, Listed) or not codes.members:
            return None
        pattern = codes.members[-1].pattern
        named = self.codes.get(pattern.system, ())
        at = str(as_code(pattern) or "")
        after = [c for c in named if str(c) > at] + [c for c in named if str(c) <= at]
        return next((c for c in after if falls(c, codes) is Truth.NO), None)


_TURNED = {
    Comparison.MORE: Comparison.AT_LEAST,
    Comparison.AT_LEAST: Comparison.MORE,
    Comparison.LESS: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.LESS,
}


def _mutant(edit: _Edit, home: str, made: Change, root: str, span: Span) -> Mutant:
    where = span if edit.where == NOWHERE else edit.where
    return Mutant(edit.kind, home, edit.before, edit.after, (made,), where, root)


def _inside(one: Span, other: Span) -> bool:
    return one.source is other.source and other.start <= one.start and one.end <= other.end


def _line(expr: ast.Expr) -> str:
    return " ".join(show_expr(expr).split())


def _joined(part: ast.Expr) -> str:
    text = _line(part)
    return f"({text})" if isinstance(part, ast.And | ast.Or | ast.Quantified) else text


def _short(id_: str) -> str:
    return id_.rpartition(".")[2]


_NUMBER = re.compile(r"(-?)([0-9][0-9_]*)(?:\.([0-9]+))?(\s*[^0-9/].*)?")


def neighbors(text: str) -> Iterator[str]:
    """A number with one less and one more of the least digit that is written; never below 0."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return
    sign, whole, part, unit = found.groups(default="")
    decimals = len(part)
    digits = Fraction(int(sign + whole.replace("_", "") + part))
    for step in (-1, 1):
        moved = int(digits) + step
        if moved < 0 <= digits:
            continue
        shown = str(abs(moved)).rjust(decimals + 1, "0")
        shown = f"{shown[:-decimals]}.{shown[-decimals:]}" if decimals else shown
        yield f"{'-' if moved < 0 else ''}{shown}{unit}"


def _some(count: int) -> list[int]:
    """The places of some elements: all if they are few, else spread over them."""
    if count <= MOST_ELEMENTS:
        return list(range(count))
    return sorted({round(n * (count - 1) / (MOST_ELEMENTS - 1)) for n in range(MOST_ELEMENTS)})


def another(node: ast.SetOf) -> ast.Literal | None:
    """The next word or place after those of a set of words or places."""
    held = [item.value for item in node.items if isinstance(item, ast.Literal)]
    type_ = item_of(node.type)
    if not held or len(held) != len(node.items):
        return None
    last = held[-1]
    match type_, last:
        case EnumType(name, values), ast.Word():
            words = {v.text for v in held if isinstance(v, ast.Word)}
            word = _next(values, last.text, words)
            return None if word is None else ast.Literal(ast.Word(name, word), type_, word)
        case PlaceType(), ast.Place(code):
            codes = {v.code for v in held if isinstance(v, ast.Place)}
            country = _next(tuple(sorted(COUNTRIES)), code, codes)
            return None if country is None else ast.Literal(ast.Place(country), type_, country)
        case _:
            return None


def _next(values: tuple[str, ...], at: str, held: set[str]) -> str | None:
    """The first value after one, around the end, that is not held."""
    start = values.index(at) if at in values else 0
    return next((v for v in (*values[start:], *values[:start]) if v not in held), None)


def _codes_named(program: Program) -> dict[str, tuple[Code, ...]]:
    """The codes that conditions of the law name, by system."""
    found: dict[str, set[Code]] = {}
    trees: list[object] = [v.value for v in program.values.values()]
    trees += [rule.clauses.when for rule in program.rules.values()]
    for tree in trees:
        for _, node in nodes(tree):
            if isinstance(node, ast.Codes) and isinstance(node.codes, Listed):
                for member in node.codes.members:
                    code = as_code(member.pattern)
                    if code is not None:
                        found.setdefault(code.system, set()).add(code)
    return {system: tuple(sorted(codes, key=str)) for system, codes in found.items()}


def as_code(pattern: object) -> Code | None:
    """The code that a pattern is, if it is one."""
    if not isinstance(pattern, Exactly):
        return None
    return parse_code(f"{pattern.system}:{'.'.join(pattern.path)}") if pattern.path else None


# ── days ─────────────────────────────────────────────────────────────────────


def _dates(program: Program, names: frozenset[str]) -> Iterator[Mutant]:
    """The ends of windows of rules and of events, a day earlier and a day later."""
    law = program.law
    shared: dict[tuple[str, calendar.Window], list[calendar.Leaf]] = {}
    for leaf in law.leaves.values():
        own = _span_of(program, leaf.id)
        for window in leaf.windows:
            stated = own is not None and any(
                edge is not None and _found(own, str(edge.day)) is not None
                for edge in (window.start, window.end)
            )
            if not stated or own is None:
                shared.setdefault((leaf.instrument, window), []).append(leaf)
            elif own.source.name in names:
                yield from _moved(leaf.id, (leaf,), window, own)
    for (instrument, window), leaves in shared.items():
        act = program.instruments[instrument]
        if act.span.source.name in names and not act.proposed:
            yield from _moved(instrument, tuple(leaves), window, act.span)
    for event in law.events.values():
        span = program.event_spans.get(event.id)
        if span is not None and span.source.name in names:
            yield from _moved(event.id, (event,), event.window, span)


def _span_of(program: Program, leaf: str) -> Span | None:
    """Where the dates of a leaf may stand: its declaration, or the amendment that states them."""
    target, _, event = leaf.partition("~")
    if event:
        return program.event_spans.get(event)
    for declared in (program.rules, program.entries, program.values, program.lets):
        if target in declared:
            return declared[target].span
    return None


def _moved(
    home: str, dated: tuple[Dated, ...], window: calendar.Window, span: Span
) -> Iterator[Mutant]:
    for name in ("start", "end"):
        edge: calendar.Edge | None = getattr(window, name)
        where = _found(span, str(edge.day)) if edge is not None else None
        if edge is None or where is None:
            continue
        for days in (-1, 1):
            day = edge.day + timedelta(days=days)
            new = _set(window, name, replace(edge, day=day))
            changed = tuple(_with_window(each, window, new) for each in dated)
            yield Mutant(Kind.DATE, home, str(edge.day), str(day), changed, where, "dates")


def _with_window(each: Dated, old: calendar.Window, new: calendar.Window) -> Dated:
    if isinstance(each, calendar.Event):
        return replace(each, window=new)
    return replace(each, windows=tuple(new if w == old else w for w in each.windows))


def _found(span: Span, text: str) -> Span | None:
    """Where a text stands first under a span, comments and the rest of the file aside."""
    start = _text(span).find(text)
    return (
        None if start < 0 else Span(span.source, span.start + start, span.start + start + len(text))
    )


def _text(span: Span) -> str:
    """The text under a span; that of a law that was kept is in its file."""
    if span.source.text:
        return span.text
    return "".join(linecache.getlines(span.source.name))[span.start : span.end]


__all__ = [
    "Change",
    "Kind",
    "Mutant",
    "another",
    "as_code",
    "mutants_of",
    "mutated",
    "neighbors",
    "nodes",
    "put",
]
