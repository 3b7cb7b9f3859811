"""Flat rules as nested tests: what they have in common is tested once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from fractions import Fraction
from typing import TypeAlias

from longarm.backends.flat.comparisons import exact, held
from longarm.backends.flat.elements import run
from longarm.backends.flat.facts import Facts
from longarm.backends.flat.model import Entry, FlatRule, Mask, NotFlat, Part
from longarm.backends.flat.order import Arrangement
from longarm.backends.flat.tree import Block, Statement, Value
from longarm.backends.flat.words import all_of, bracketed, some_of
from longarm.backends.python import PYTHON, docstring
from longarm.plan.ast import (
    All,
    Amount,
    Constant,
    Fixed,
    Flag,
    Inverse,
    Known,
    Loop,
    Order,
    Ref,
    Relation,
    Shared,
    Some,
    Stated,
    Status,
    Sum,
    Test,
    Total,
)
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Comparison, Interval, anything, compare, turned
from longarm_dsl.core.units import NUMBER
from longarm_dsl.lazy_dataclass import dataclass

_Entry: TypeAlias = tuple[tuple[Part, ...], FlatRule, str]

MASKS = "s = f = 0"
"""How the plain function starts: no rule stands, none fires."""


@dataclass(slots=True)
class Rules:
    """Writes one of the two functions."""

    facts: Facts
    plan: Arrangement
    plain: bool
    own: bool = False
    """A function of its own reads facts where it needs them."""
    used: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    words: dict[str, str] = field(default_factory=dict[str, str])
    loops: dict[tuple[str, ...], None] = field(default_factory=dict[tuple[str, ...], None])
    any: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    """Whether any rule of some bits fires or stands: by mask and bits."""

    # ── heads: what is read once ─────────────────────────────────────────────

    def heads(self) -> list[str]:
        """Loops and masks that the function starts with."""
        made: list[str] = []
        for path in self.loops:
            made += run(self.facts, path)
        made.append(MASKS if self.plain else "may = must = fmay = fmust = 0")
        if self.any:
            made.append(" = ".join(self.any.values()) + " = False")
        if self.plan.behind:
            made.append("hits = ()")
        return made

    def remember(self, block: Block) -> None:
        """After whatever sets a bit, note for the tests of it that one is set."""
        at = 0
        while at < len(block):
            statement = block[at]
            self.remember(statement.body)
            self.remember(statement.other)
            found = re.match(r"(\w+) \|= (?:\w+ & )?(\d+)\b", statement.line)
            if found:
                name, bits = found[1], int(found[2])
                on = [n for (m, b), n in self.any.items() if m == name and b & bits]
                exact = "&" not in statement.line
                for each in on:
                    wanted = next(b for (_, b), n in self.any.items() if n == each)
                    text = f"{each} = True" if exact else f"{each} = {name} & {wanted} != 0"
                    at += 1
                    block.insert(at, Statement(text))
            at += 1

    def values(self) -> list[Value]:
        """Records, facts and lookups, each after what it is built on."""
        found = [
            Value(self.facts.called(prefix), self._get("t", prefix, record=True))
            for prefix in dict.fromkeys(p[:-1] for p in self.used if len(p) > 1)
        ]
        for path, name in self.used.items():
            base = self.facts.called(path[:-1]) if path[:-1] else "t"
            found.append(Value(name, self._get(base, path[-1:])))
        suffix = "" if self.plain else "_OPEN"
        for word, fact in self.words.items():
            found.append(Value(word.lower(), f"{word}{suffix}[{fact}]"))
        return found

    def anything(self) -> str:
        """Whether any rule fires or stands so far."""
        return "s | f" if self.plain else "may | fmay"

    def _get(self, base: str, path: tuple[str, ...], *, record: bool = False) -> str:
        made = base
        for n, name in enumerate(path):
            if self.plain:
                made += f"[{name!a}]"
            else:
                default = "{}" if record or n < len(path) - 1 else "OPEN"
                made += f".get({name!a}, {default})"
        return made

    # ── rules ────────────────────────────────────────────────────────────────

    def nest(self, entries: list[Entry]) -> Block:
        """Rules under what they have in common; those that only have to survive together."""
        made = [
            (tuple(self._flattened(parts)), rule, kind)
            for (rule, kind), parts, _ in entries
            if kind != "stands"
        ]
        block = self._nest(made)
        surviving: dict[int, int] = {}
        for (rule, kind), parts, _ in entries:
            if kind == "stands":
                beaten = sum(p.bits for p in parts if isinstance(p, Mask) and p.none)
                surviving[beaten] = surviving.get(beaten, 0) | 1 << rule.bit
        for beaten, bits in surviving.items():
            block += self._survive(bits, beaten)
        return block

    def _on(self, name: str, bits: int) -> str:
        return self.any.setdefault((name, bits), f"any_{len(self.any)}")

    def _survive(self, bits: int, beaten: int) -> Block:
        """Rules that fire and are defeated by none of the same others."""
        if self.plain:
            parts = [self._on("f", bits), *([f"not {self._on('s', beaten)}"] if beaten else [])]
            return [Statement(parts=parts, body=[Statement(f"s |= f & {bits}")])]
        may = [self._on("fmay", bits), *([f"not {self._on('must', beaten)}"] if beaten else [])]
        must = [self._on("fmust", bits), *([f"not {self._on('may', beaten)}"] if beaten else [])]
        return [
            Statement(parts=may, body=[Statement(f"may |= fmay & {bits}")]),
            Statement(parts=must, body=[Statement(f"must |= fmust & {bits}")]),
        ]

    def _flattened(self, parts: Iterable[Part]) -> Iterable[Part]:
        for part in parts:
            if isinstance(part, All):
                yield from self._flattened(part.parts)
            elif isinstance(part, Shared) and not self.facts.stood(part):
                yield from self._flattened((self.facts.flat.shared[part.key],))
            elif part != Known(True):  # noqa: FBT003  the constant
                yield part

    def _nest(self, entries: list[_Entry]) -> Block:
        block: Block = []
        mode = "plain" if self.plain else "may"
        rest: list[_Entry] = list(entries)
        while rest:
            for parts, rule, kind in rest:
                if not parts:
                    block += self._acts(rule, kind)
            rest = [e for e in rest if e[0]]
            if not rest:
                break
            counts: Counter[Part] = Counter(p for e in rest for p in dict.fromkeys(e[0]))
            opposites = Counter(opposite(p) for p in counts.elements())
            first = rest[0][0]
            weights = [(counts[p], opposites[p] if self.plain else 0) for p in first]
            common = first[weights.index(max(weights))]
            contrary = opposite(common)
            with_ = [e for e in rest if common in e[0]]
            without = [e for e in rest if self.plain and contrary in e[0] and common not in e[0]]
            taken = {id(e) for e in (*with_, *without)}
            rest = [e for e in rest if id(e) not in taken]
            if len(with_) == 1 and not without:
                parts, rule, kind = with_[0]
                texts = [self.condition(p, mode) for p in parts]
                block.append(Statement(parts=texts, body=self._acts(rule, kind)))
                continue
            inner: list[_Entry] = [
                (tuple(p for p in e[0] if p != common), e[1], e[2]) for e in with_
            ]
            outer: list[_Entry] = [
                (tuple(p for p in e[0] if p != contrary), e[1], e[2]) for e in without
            ]
            block.append(
                Statement(
                    parts=[self.condition(common, mode)],
                    body=self._nest(inner),
                    other=self._nest(outer),
                )
            )
        return block

    def _acts(self, rule: FlatRule, kind: str) -> Block:
        """What happens where a rule fires or stands."""
        bit = 1 << rule.bit
        note = f"  # {docstring(rule.id)}"
        if self.plain:
            if not rule.certain:
                return [Statement(f"raise Switch{note}")]
            return [Statement(f"{'f' if kind == 'fires' else 's'} |= {bit}{note}")]
        may, must = ("fmay", "fmust") if kind == "fires" else ("may", "must")
        block = [Statement(f"{may} |= {bit}{note}")]
        if rule.certain:
            parts = self.plan.parts[rule.id, kind]
            texts = [self.condition(p, "must") for p in self._flattened(parts)] or ["True"]
            block.append(Statement(parts=texts, body=[Statement(f"{must} |= {bit}")]))
        return block

    def through(self, word: str) -> Block:
        """Rules that are reached through a word."""
        lookup = next(x for x in self.facts.lookups.values() if x.name == word)
        fact = self._fact_text(lookup.path)
        if self.plain:
            texts = [
                f"for bit, rule in {word}_RULES[{fact}]:",
                "    if rule(t, s):",
                "        hits += (bit,)",
            ]
        else:
            texts = [
                f"for bit, sure, rule in {word}_RULES_OPEN[{fact}]:",
                "    found = rule(t, may, must)",
                "    if found:",
                "        hits += ((bit, min(sure, found)),)",
            ]
        return [Statement(text) for text in texts]

    # ── conditions ───────────────────────────────────────────────────────────

    def condition(self, node: Part, mode: str) -> str:
        """A condition as an expression."""
        match node:
            case Mask(which, bits, none):
                return self._mask(which, bits, mode, none=none)
            case Status(_, rules, gap):
                if gap:
                    raise NotFlat
                live = [r for r in rules if r in self.facts.by_id]
                return self._mask("stands", self.facts.bits(live), mode, none=False)
            case All(parts):
                return all_of([self.condition(p, mode) for p in parts])
            case Some(parts):
                return some_of([self.condition(p, mode) for p in parts])
            case Inverse(inner):
                turned = {"plain": "plain", "may": "must", "must": "may"}[mode]
                return f"not {bracketed(self.condition(inner, turned))}"
            case Shared(key):
                return self.condition(self.facts.flat.shared[key], mode)
            case Known(value):
                return str(value)
            case Fixed(site):
                truth = self.facts.flat.fixed[site]
                if mode == "plain" and truth is Truth.UNKNOWN:
                    raise NotFlat
                return str(truth is not Truth.NO if mode == "may" else truth is Truth.YES)
            case Flag(ref):
                fact = self.fact(ref)
                return f"{fact} is True" if mode == "must" else fact
            case Test():
                return self._test(node, mode)
            case Order():
                return self._order(node, mode)
            case Relation():
                return self._relation(node, mode)
            case Loop():
                return self._looped(node)
            case _:
                raise NotFlat

    def _mask(self, which: str, bits: int, mode: str, *, none: bool) -> str:
        if mode == "plain":
            name = "f" if which == "fires" else "s"
        else:
            turned = mode if not none else {"may": "must", "must": "may"}[mode]
            name = turned if which == "stands" else f"f{turned}"
        if not bits:
            return "True" if none else "False"
        if self.own:
            return f"not {name} & {bits}" if none else f"{name} & {bits}"
        on = self._on(name, bits)
        return f"not {on}" if none else on

    def _test(self, node: Test, mode: str) -> str:
        lookup = self.facts.lookup(node)
        bit = lookup.bits[node.site]
        inside, path = self.facts.path(node.ref)
        if inside is not None:
            raise NotFlat
        fact = self._fact_text(path)
        if self.own:
            word = f"{lookup.name}{'' if mode == 'plain' else '_OPEN'}[{fact}]"
        else:
            self.words[lookup.name] = fact
            word = lookup.name.lower()
        at = bit if mode == "plain" else 2 * bit + (mode == "must")
        return self.facts.tested(word, lookup, at, plain=mode == "plain")

    def _order(self, node: Order, mode: str) -> str:
        fact = self.fact(node.ref)
        bound = self.facts.number(node.site)
        plainly = f"{fact} {PYTHON[node.op]} {exact(bound)}"
        if mode == "plain":
            return plainly
        info = self.facts.info(node.ref)
        number = self.facts.flat.numbers[node.site]
        unknown = compare(node.op, anything(number.dimension, info.range), number)
        could = unknown is not Truth.NO if mode == "may" else unknown is Truth.YES
        return f"({fact} is OPEN or {plainly})" if could else f"({fact} is not OPEN and {plainly})"

    def _relation(self, node: Relation, mode: str) -> str:
        left, below_left = self._scaled(node.left)
        right, below_right = self._scaled(node.right)
        one = left if below_right == 1 else f"{left} * {below_right}"
        two = right if below_left == 1 else f"{right} * {below_left}"
        plainly = f"{one} {PYTHON[node.op]} {two}"
        if mode == "plain":
            return plainly
        facts = sorted({self.fact(r) for r in (*stated(node.left), *stated(node.right))})
        missing = " or ".join(f"{f} is OPEN" for f in facts)
        if not missing:
            return plainly
        alone = self._alone(node, (left, below_left), (right, below_right))
        if alone is not None:
            known = held(*alone, mode)
            return f"({known} if {missing} else {plainly})"
        return f"(open_relation({node.site}, t, {mode!a}) if {missing} else {plainly})"

    def _alone(
        self, node: Relation, left: tuple[str, int], right: tuple[str, int]
    ) -> tuple[str, Comparison, int, Interval] | None:
        """A known side, an operator, and a multiple of the only fact that may be open."""
        for side, own, other, op in (
            (node.right, right, left, node.op),
            (node.left, left, right, turned(node.op)),
        ):
            against = node.left if side is node.right else node.right
            found = list(stated(side))
            if len(found) != 1 or list(stated(against)):
                continue
            times = self._multiple(side)
            if times is None or times <= 0:
                continue
            info = self.facts.info(found[0])
            known = anything(NUMBER, info.range)
            text = other[0] if own[1] == 1 else f"{bracketed(other[0])} * {own[1]}"
            return text, op, int(times * own[1]) * other[1], known
        return None

    def _multiple(self, side: Amount) -> Fraction | None:
        """By what the law multiplies the one fact of a side."""
        match side:
            case Stated():
                return Fraction(1)
            case Sum("*", Constant(site), Stated()) | Sum("*", Stated(), Constant(site)):
                return self.facts.number(site)
            case _:
                return None

    def _scaled(self, node: Amount) -> tuple[str, int]:
        """An amount times the number that makes its constants whole, and that number."""
        match node:
            case Constant(site):
                number = self.facts.number(site)
                return str(number.numerator), number.denominator
            case Stated(ref):
                return self.fact(ref), 1
            case Total():
                self.loops[self._list_of(node)] = None
                return self.facts.loop_name(node), 1
            case Sum("*", left, right):
                one, p = self._scaled(left)
                two, q = self._scaled(right)
                if one == "1":
                    return two, p * q
                if two == "1":
                    return one, p * q
                return f"{bracketed(one)} * {bracketed(two)}", p * q
            case Sum(op, left, right):
                one, p = self._scaled(left)
                two, q = self._scaled(right)
                if p != q:
                    one, two, p = f"{bracketed(one)} * {q}", f"{bracketed(two)} * {p}", p * q
                return f"({one} {op} {two})", p

    def side(self, node: Amount) -> str:
        """One side of a comparison, without its scale."""
        text, below = self._scaled(node)
        return text if below == 1 else f"Fraction({text}, {below})"

    def _list_of(self, node: Total | Loop) -> tuple[str, ...]:
        domain = node.domain if isinstance(node, Loop) else node.loop
        if isinstance(domain.source, int):
            raise NotFlat
        return self.facts.path(domain.source)[1]

    def _looped(self, node: Loop) -> str:
        self.loops[self._list_of(node)] = None
        return self.facts.loop_name(node)

    def fact(self, ref: Ref) -> str:
        """A fact, by its name if it is read more than once."""
        inside, path = self.facts.path(ref)
        if inside is not None:
            raise NotFlat
        return self._fact_text(path)

    def _fact_text(self, path: tuple[str, ...]) -> str:
        if self.own:
            return self._get("t", path)
        if path not in self.used:
            self.used[path] = self.facts.called(path)
        return self.used[path]


def opposite(part: Part) -> Part:
    """The negation of a conjunct."""
    match part:
        case Inverse(inner):
            return inner
        case Mask(which, bits, none):
            return Mask(which, bits, not none)
        case _:
            return Inverse(part)


def stated(node: Amount) -> Iterable[Ref]:
    """The facts that go into an amount, those of lists aside."""
    match node:
        case Stated(ref):
            yield ref
        case Sum(_, left, right):
            yield from stated(left)
            yield from stated(right)
        case _:
            return


__all__ = ["MASKS", "Rules"]
