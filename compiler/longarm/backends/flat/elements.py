"""One run over a list of records for everything that is asked of them, on plain booleans."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import field

from longarm.backends.flat.comparisons import exact
from longarm.backends.flat.facts import Facts
from longarm.backends.flat.model import NotFlat
from longarm.backends.flat.tree import Block, Statement, Value, lines, placed
from longarm.backends.flat.words import all_of, bracketed, some_of
from longarm.backends.python import PYTHON
from longarm.plan.ast import (
    All,
    Amount,
    Condition,
    Constant,
    Flag,
    Inverse,
    Known,
    Loop,
    Order,
    Ref,
    Some,
    Stated,
    Sum,
    Test,
    Total,
)
from longarm_dsl.lazy_dataclass import dataclass


def run(facts: Facts, path: tuple[str, ...]) -> list[str]:
    """The lines that go through a list once, for every loop over it."""
    made = facts.loops[path]
    totals = [n for n, loop in made if isinstance(loop, Total)]
    head = [" = ".join(totals) + " = 0"] if totals else []
    head += [f"{n} = {loop.universal}" for n, loop in made if isinstance(loop, Loop)]
    source = "t" + "".join(f"[{p!a}]" for p in path)
    inner = Elements(facts)
    entries: list[tuple[tuple[Condition, ...], str]] = []
    for name, loop in made:
        if isinstance(loop, Loop):
            body = Inverse(loop.body) if loop.universal else loop.body
            entries.append((conjuncts(body), f"{name} = {not loop.universal}"))
        else:
            counted = loop.kind == "count" or loop.body is None
            amount = "1" if counted or loop.body is None else inner.amount(loop.body)
            where = conjuncts(loop.where) if loop.where is not None else ()
            entries.append((where, f"{name} += {amount}"))
    block = placed(inner.nest(entries), inner.values())
    return [*head, f"for c in {source}:", *lines(guarded(block), 1)]


@dataclass(slots=True)
class Elements:
    """Writes the body of a loop over records, on plain booleans."""

    facts: Facts
    words: dict[str, str] = field(default_factory=dict[str, str])

    def nest(self, entries: list[tuple[tuple[Condition, ...], str]]) -> Block:
        """Actions under their conditions, what they have in common first."""
        block: Block = []
        rest = list(entries)
        while rest:
            block += [Statement(action) for parts, action in rest if not parts]
            rest = [e for e in rest if e[0]]
            if not rest:
                break
            counts: Counter[Condition] = Counter(p for e in rest for p in dict.fromkeys(e[0]))
            common = max(rest[0][0], key=lambda p: counts[p])
            with_ = [e for e in rest if common in e[0]]
            rest = [e for e in rest if common not in e[0]]
            inner = [(tuple(p for p in e[0] if p != common), e[1]) for e in with_]
            block.append(Statement(parts=[self.condition(common)], body=self.nest(inner)))
        return block

    def values(self) -> list[Value]:
        """Lookups of an element."""
        return [Value(name, text) for text, name in self.words.items()]

    def condition(self, node: Condition) -> str:
        """A test of one element."""
        match node:
            case All(parts):
                return all_of([self.condition(p) for p in parts])
            case Some(parts):
                return some_of([self.condition(p) for p in parts])
            case Inverse(inner):
                return f"not {bracketed(self.condition(inner))}"
            case Known(value):
                return str(value)
            case Flag(ref):
                return self.fact(ref)
            case Test(ref, site):
                lookup = self.facts.lookup(node)
                text = f"{lookup.name}[{self.fact(ref)}]"
                name = self.words.setdefault(text, f"own_{len(self.words)}")
                return self.facts.tested(name, lookup, lookup.bits[site], plain=True)
            case Order(op, ref, site):
                return f"{self.fact(ref)} {PYTHON[op]} {exact(self.facts.number(site))}"
            case _:
                raise NotFlat

    def amount(self, node: Amount) -> str:
        """A number of one element."""
        match node:
            case Stated(ref):
                return self.fact(ref)
            case Constant(site):
                return exact(self.facts.number(site))
            case Sum(op, left, right):
                return f"({self.amount(left)} {op} {self.amount(right)})"
            case Total():
                raise NotFlat

    def fact(self, ref: Ref) -> str:
        """A fact of one element."""
        inside, path = self.facts.path(ref)
        if inside is None or not path:
            raise NotFlat
        return "c" + "".join(f"[{p!a}]" for p in path)


def guarded(block: Block) -> Block:
    """A word that every branch tests is tested as a whole first."""
    match block:
        case [Statement(line=line), *rest] if " = WORD_" in line and len(rest) > 1:
            name = line.split(" ", 1)[0]
            if all(s.parts and re.match(rf"{name} (&|==|>=) [1-9]", s.parts[0]) for s in rest):
                return [block[0], Statement(parts=[f"{name} != 0"], body=rest)]
        case _:
            pass
    return block


def conjuncts(node: Condition) -> tuple[Condition, ...]:
    """The parts of a conjunction, or the condition itself."""
    return node.parts if isinstance(node, All) else (node,)


__all__ = ["Elements", "conjuncts", "run"]
