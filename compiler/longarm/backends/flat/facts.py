"""The facts that flat rules read: where they lie, how often, and what tests them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from fractions import Fraction

from longarm.backends.flat.model import Flat, FlatRule, Lookups, Mask, NotFlat, Patterns
from longarm.plan.ast import (
    All,
    Amount,
    Condition,
    Constant,
    Field,
    Fixed,
    Flag,
    Inverse,
    Known,
    Local,
    Loop,
    Node,
    Order,
    Ref,
    Relation,
    Root,
    Shared,
    Some,
    Stated,
    Status,
    Sum,
    Test,
    Total,
    inside,
)
from longarm_dsl.core import ast
from longarm_dsl.core.types import ListType, RecordType, SetType, Type
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(slots=True)
class Facts:
    """The facts of one flat epoch."""

    flat: Flat
    by_id: dict[str, FlatRule]
    lookups: dict[tuple[tuple[str, ...] | None, tuple[str, ...]], Lookups] = field(
        default_factory=dict[tuple[tuple[str, ...] | None, tuple[str, ...]], Lookups]
    )
    loops: dict[tuple[str, ...], list[tuple[str, Total | Loop]]] = field(
        default_factory=dict[tuple[str, ...], list[tuple[str, Total | Loop]]]
    )
    """What is asked of the elements of each list, with the name of the answer."""
    loop_names: dict[tuple[str, object], str] = field(default_factory=dict[tuple[str, object], str])
    names: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    known: dict[str, Patterns] = field(default_factory=dict[str, Patterns])
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The list that each loop variable goes through."""

    # ── facts ────────────────────────────────────────────────────────────────

    def path(self, ref: Ref) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
        """The list that a fact lies in, if any, and the way from there."""
        match ref:
            case Root():
                return None, ()
            case Local(name):
                if name not in self.lists:
                    raise NotFlat
                return self.lists[name], ()
            case Field(base, name):
                inside, path = self.path(base)
                return inside, (*path, name)

    def lookup(self, test: Test) -> Lookups:
        """The lookup of a test, which gets a bit of it."""
        found = self.word(test)
        found.bits.setdefault(test.site, len(found.bits))
        return found

    def word(self, test: Test) -> Lookups:
        """The lookup of the fact that a test reads."""
        inside, path = self.path(test.ref)
        if not path:
            raise NotFlat  # a list of words
        found = self.lookups.get((inside, path))
        if found is None:
            found = self.lookups[inside, path] = Lookups(
                f"WORD_{len(self.lookups)}", path, inside, {}
            )
        return found

    def patterns(self, lookup: Lookups) -> Patterns:
        """What the tests of a fact can say together; all tests are known by now."""
        if lookup.name not in self.known:
            self.known[lookup.name] = self.flat.patterns(lookup)
        return self.known[lookup.name]

    def tested(self, word: str, lookup: Lookups, bit: int, *, plain: bool) -> str:
        """A test of one bit of a word, as a comparison where the values allow it."""
        found = self.patterns(lookup)
        every = found.plain if plain else found.opened
        yes = sorted(p for p in every if p >> bit & 1)
        no = sorted(p for p in every if not p >> bit & 1)
        if len(yes) == 1:
            return f"{word} == {yes[0]}"
        if len(no) == 1:
            return f"{word} != {no[0]}"
        if yes and no and yes[0] > no[-1]:
            return f"{word} >= {yes[0]}"
        if yes and no and yes[-1] < no[0]:
            return f"{word} <= {yes[-1]}"
        return f"{word} & {1 << bit}"

    def info(self, ref: Ref) -> ast.FieldInfo:
        """What the vocabulary declares of a fact."""
        inside, path = self.path(ref)
        record = "Transaction"
        found: ast.FieldInfo | None = None
        for name in (*(inside or ()), *path):
            found = self.flat.program.records[record].fields[name]
            record = record_of(found.type) or ""
        if found is None:
            raise NotFlat
        return found

    def called(self, path: tuple[str, ...]) -> str:
        """A local for a fact: the names of a vocabulary, spelled so that none is ours."""
        if path not in self.names:
            spelled = "_".join(re.sub(r"[^A-Za-z0-9]", "_", p) for p in path)
            name = f"fact_{spelled}"
            taken = set(self.names.values())
            while name in taken:
                name += "_"
            self.names[path] = name
        return self.names[path]

    # ── counting uses ────────────────────────────────────────────────────────

    def count(self, node: object) -> None:
        """Count how often facts are read, and find what loops there are."""
        match node:
            case Mask() | Known() | Fixed() | Status():
                pass
            case All(parts) | Some(parts):
                for part in parts:
                    self.count(part)
            case Inverse(inner):
                self.count(inner)
            case Shared(key):
                self.count(self.flat.shared[key])
            case Flag(ref) | Order(_, ref):
                self._read(ref)
            case Test(ref):
                self.lookup(node)
                self._read(ref)
            case Relation(_, left, right):
                self.count_amount(left)
                self.count_amount(right)
            case Loop():
                self._loop(node)
            case _:
                raise NotFlat

    def count_amount(self, node: Amount) -> None:
        """Find the facts and loops of an amount."""
        match node:
            case Stated(ref):
                self._read(ref)
            case Constant():
                pass
            case Sum(_, left, right):
                self.count_amount(left)
                self.count_amount(right)
            case Total():
                self._loop(node)

    def _read(self, ref: Ref) -> None:
        self.path(ref)

    def _loop(self, node: Total | Loop) -> None:
        domain = node.domain if isinstance(node, Loop) else node.loop
        if isinstance(domain.source, int) or domain.nested:
            raise NotFlat
        inside, path = self.path(domain.source)
        if inside is not None:
            raise NotFlat
        if isinstance(node, Total) and node.kind not in {"sum", "count"}:
            raise NotFlat
        self.lists[domain.var] = path
        key = (domain.var, node)
        if key in self.loop_names:
            return
        where = node.body if isinstance(node, Loop) else node.where
        if where is not None:
            self._inner(where)
        if isinstance(node, Total) and node.body is not None:
            self.count_amount(node.body)
        self.loop_names[key] = f"v{len(self.loop_names)}"
        self.loops.setdefault(path, []).append((self.loop_names[key], node))

    def _inner(self, node: Condition) -> None:
        if self.stood(node):
            raise NotFlat
        self.count(node)

    def loop_name(self, node: Total | Loop) -> str:
        """What the result of a loop is called."""
        domain = node.domain if isinstance(node, Loop) else node.loop
        return self.loop_names[domain.var, node]

    def number(self, site: int) -> Fraction:
        """A constant of the law."""
        found = self.flat.numbers[site]
        if found.low is None or not found.is_point or found.may_err:
            raise NotFlat
        return found.low

    # ── rules that a condition hangs on ──────────────────────────────────────

    def bits(self, rules: Iterable[str]) -> int:
        """The mask of some rules."""
        bits = 0
        for rule in rules:
            bits |= 1 << self.by_id[rule].bit
        return bits

    def stood(self, node: Node) -> set[str]:
        """Rules whose standing a condition tests."""
        match node:
            case Status(_, rules):
                return set(rules)
            case Shared(key):
                return self.stood(self.flat.shared[key])
            case _:
                return {rule for part in inside(node) for rule in self.stood(part)}

    def goes_through_lists(self, node: Node) -> bool:
        """Whether a condition needs the elements of a list."""
        match node:
            case Loop() | Total():
                return True
            case Shared(key):
                return self.goes_through_lists(self.flat.shared[key])
            case _:
                return any(map(self.goes_through_lists, inside(node)))


def record_of(type_: Type) -> str | None:
    """The record that a fact, or an element of it, is."""
    match type_:
        case RecordType(name):
            return name
        case ListType(item) | SetType(item):
            return record_of(item)
        case _:
            return None


__all__ = ["Facts", "record_of"]
