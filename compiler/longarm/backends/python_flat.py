"""One straight-line Python function for a regime whose rules read plain facts.

Where no rule has a family, asks the reference, or lies in doubt, a whole epoch becomes
one function on plain dictionaries: constants folded, ratios cross-multiplied, every test
of a word one bit of one lookup, loops over one list run once, rules under what they have
in common, and rules that a word decides reached through that word.

Soundness: `decide` answers what the reference evaluator answers for a complete case with
the same facts; `decide_open` gives its strong Kleene bounds. Whatever they cannot read
raises `Switch` and is left to the rule network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import TypeAlias

from longarm.backends.python import _PYTHON, _docstring
from longarm.backends.python_tree import Block, Statement, Value, lines, placed
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
)
from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Comparison, Interval, anything, compare
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import ListType, RecordType, SetType, Type
from longarm_dsl.core.units import NUMBER

MOST_STRAIGHT = 24
"""More rules than this that one word tells apart are reached through the word."""

Part: TypeAlias = "Condition | Mask"


@dataclass(frozen=True, slots=True)
class Mask:
    """A test of the rules so far: `fires` or `stands` has one of some bits, or none."""

    which: str
    bits: int
    none: bool = False


@dataclass(frozen=True, slots=True)
class FlatRule:
    """A rule of a flat epoch: its bit, its conjuncts, and how it hangs on the others."""

    id: str
    bit: int
    parts: tuple[Condition, ...]
    certain: bool
    """Whether it is certainly in force."""
    defeats: tuple[str, ...]
    beaten_by: tuple[str, ...]
    governs: tuple[str, ...] | None
    """License rules that it hangs on, where it does nothing else."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The bits that values of a fact can have: plainly, and with three values.

    A value met later whose bits are none of these is left to the rule network.
    """

    plain: frozenset[int]
    opened: frozenset[int]


@dataclass(frozen=True, slots=True)
class Flat:
    """What the emitter needs to know of an epoch."""

    regime: str
    rules: tuple[FlatRule, ...]
    numbers: dict[int, Interval]
    """Constants by site; one that is no point makes the epoch not flat."""
    fixed: dict[int, Truth]
    shared: dict[str, Condition]
    program: Program
    titles: dict[str, str]
    texts: dict[int, str]
    """The words of the law for a site."""
    patterns: Callable[[Lookups], Patterns]
    """What the tests of a fact can say together, of any value."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """Tests of one fact that share a lookup: bit by site."""

    name: str
    path: tuple[str, ...]
    """From the transaction, or from an element of a list, to the fact."""
    inside: tuple[str, ...] | None
    """The list whose elements have it; None for a fact of the transaction."""
    bits: dict[int, int]


@dataclass(frozen=True, slots=True)
class FlatText:
    """The emitted functions, and the lookups to be filled at run time."""

    text: str
    lookups: tuple[Lookups, ...]
    dispatched: dict[str, tuple[tuple[int, str, str, int], ...]]
    """By lookup: site, plain function, open function and bit of each rule behind it."""
    patterns: dict[str, Patterns]


class NotFlat(Exception):  # noqa: N818  control flow inside this module
    """Some rule needs more than plain facts."""


def emit_flat(flat: Flat) -> FlatText:
    """Write the functions of a flat epoch.

    Raises NotFlat where some rule needs more.
    """
    return _Emitter(flat).text()


@dataclass(slots=True)
class _Emitter:
    flat: Flat
    lookups: dict[tuple[tuple[str, ...] | None, tuple[str, ...]], Lookups] = field(
        default_factory=dict[tuple[tuple[str, ...] | None, tuple[str, ...]], Lookups]
    )
    hoisted: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    loops: dict[tuple[str, ...], list[tuple[str, Total | Loop]]] = field(
        default_factory=dict[tuple[str, ...], list[tuple[str, Total | Loop]]]
    )
    loop_names: dict[tuple[str, object], str] = field(default_factory=dict[tuple[str, object], str])
    by_id: dict[str, FlatRule] = field(default_factory=dict[str, FlatRule])
    known: dict[str, Patterns] = field(default_factory=dict[str, "Patterns"])
    uses: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])
    dispatched: dict[str, list[tuple[int, str, str, int]]] = field(
        default_factory=dict[str, list[tuple[int, str, str, int]]]
    )
    functions: list[str] = field(default_factory=list[str])
    parts: dict[tuple[str, str], tuple[Part, ...]] = field(
        default_factory=dict[tuple[str, str], "tuple[Part, ...]"]
    )
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    splits: set[str] = field(default_factory=set[str])

    # ── the whole ────────────────────────────────────────────────────────────

    def text(self) -> FlatText:
        self.by_id = {r.id: r for r in self.flat.rules}
        stages = self._stages()
        for entries in stages:
            for (rule, kind), parts, _ in entries:
                self.parts[rule.id, kind] = parts
        for entries in stages:
            for _, parts, _ in entries:
                for part in parts:
                    self._count(part)
        straight = [self._dispatch(entries) for entries in stages]
        plain = self._function("decide", straight, plain=True)
        opened = self._function("decide_open", straight, plain=False)
        reading = [self._reading(rule) for rule in self.flat.rules]
        text = "\n\n".join([*self.functions, *reading, plain, opened])
        return FlatText(
            text,
            tuple(self.lookups.values()),
            {k: tuple(v) for k, v in self.dispatched.items()},
            {k.name: self.patterns(k) for k in self.lookups.values()},
        )

    def _function(
        self, name: str, stages: list[tuple[list[_Entry], list[str]]], *, plain: bool
    ) -> str:
        writer = _Lines(self, plain=plain)
        block: Block = []
        inner = block
        for n, (entries, words) in enumerate(stages):
            hanging = all(_hanging(e) and not ws for es, ws in stages[n:] for e in es)
            if n and inner is block and hanging and not words:
                # Nothing that comes now can happen unless something has.
                guard = Statement(parts=[writer.anything()])
                inner.append(guard)
                inner = guard.body
            inner += writer.nest(entries)
            for word in words:
                inner += writer.through(word)
        writer.remember(block)
        heads = [("    " * 2) + line for line in writer.heads()]
        body = lines(placed(block, writer.values()), 2)
        said = "a complete case, on plain booleans" if plain else "bounds, with three values"
        made = [
            f"def {name}(t):",
            f'    """{_docstring(self.flat.regime)}: {said}."""',
            "    try:",
            *heads,
            *body,
        ]
        if plain:
            made += [
                "        try:",
                "            return VERDICTS[s]"
                if not self.dispatched
                else "            return VERDICTS[s, hits]",
                "        except KeyError:",
                "            return verdict(s)"
                if not self.dispatched
                else "            return verdict(s, hits)",
            ]
        else:
            made += [
                "        try:",
                "            return BOUNDS[may, must]"
                if not self.dispatched
                else "            return BOUNDS[may, must, hits]",
                "        except KeyError:",
                "            return bounds(may, must)"
                if not self.dispatched
                else "            return bounds(may, must, hits)",
            ]
        made += [
            "    except (KeyError, TypeError, AttributeError, Switch):",
            f"        return {'again' if plain else 'again_open'}(t)",
        ]
        return "\n".join(made) + "\n"

    def _reading(self, rule: FlatRule) -> str:
        """A function that tells the facts and numbers that a rule looks at."""
        writer = _Lines(self, plain=True)
        found: dict[str, str] = {}
        for part in rule.parts:
            self._told(part, writer, found)
        told = ", ".join(f"{ascii(k)}: {v}" for k, v in found.items())
        inside = [
            line
            for line in writer.heads()
            if line not in {_MASKS, "hits = ()"} and "any_" not in line
        ]
        block = placed([Statement(f"return {{{told}}}")], writer.values())
        heads = ["    " + line for line in inside]
        title = _docstring(self.flat.titles[rule.id])
        made = [f"def read_{rule.bit}(t):", f'    """{title}: what it looks at."""', *heads]
        return "\n".join([*made, *lines(block, 1)]) + "\n"

    def _told(self, node: object, writer: _Lines, found: dict[str, str]) -> None:
        match node:
            case Flag(ref) | Test(ref) | Order(_, ref):
                found[".".join(self._path(ref)[1])] = writer.fact(ref)
            case Relation(_, left, right, site):
                found[self.flat.texts[site]] = f"({writer.side(left)}, {writer.side(right)})"
            case Shared(key):
                self._told(self.flat.shared[key], writer, found)
            case Loop():
                pass  # its elements are many: the rule tells of the list by its own words
            case tuple():
                for part in node:
                    self._told(part, writer, found)
            case _ if type(node).__module__ == All.__module__:
                for each in fields(node):  # type: ignore[arg-type]  plan nodes are dataclasses
                    self._told(getattr(node, each.name), writer, found)
            case _:
                pass

    # ── order ────────────────────────────────────────────────────────────────

    def _stages(self) -> list[list[_Entry]]:
        """Rules in an order in which whatever one hangs on comes before it."""
        levels: dict[tuple[str, str], int] = {}
        entries: dict[tuple[str, str], tuple[Part, ...]] = {}
        after: dict[tuple[str, str], set[tuple[str, str]]] = {}
        targets = {t for r in self.flat.rules for t in r.defeats if t in self.by_id}
        split = {r.id for r in self.flat.rules if r.id in targets or r.beaten_by}
        for rule in self.flat.rules:
            fires = ("F", rule.id)
            stands = ("S", rule.id)
            parts: list[Part] = list(rule.parts)
            needs: set[tuple[str, str]] = set()
            for part in rule.parts:
                needs |= {("S", r) for r in self._stood(part) if r in self.by_id}
            if rule.defeats:
                live = [t for t in rule.defeats if t in self.by_id]
                parts.append(Mask("fires", self._bits(live)))
                needs |= {("F", t) for t in live}
            elif rule.governs is not None:
                live = [g for g in rule.governs if g in self.by_id]
                parts.append(Mask("stands", self._bits(live)))
                needs |= {("S", g) for g in live}
            if rule.id in split:
                entries[fires] = tuple(parts)
                after[fires] = needs
                beaten = [b for b in rule.beaten_by if b in self.by_id]
                held: list[Part] = [Mask("fires", 1 << rule.bit)]
                if beaten:
                    held.append(Mask("stands", self._bits(beaten), none=True))
                entries[stands] = tuple(held)
                after[stands] = {fires, *(("S", b) for b in beaten)}
            else:
                entries[stands] = tuple(parts)
                after[stands] = needs
        # A rule that is not split fires exactly where it stands.
        alias = {("F", r.id): ("S", r.id) for r in self.flat.rules if r.id not in split}

        def level(node: tuple[str, str], on: tuple[tuple[str, str], ...] = ()) -> int:
            node = alias.get(node, node)
            if node in on:
                raise NotFlat
            if node not in levels:
                levels[node] = 1 + max((level(n, (*on, node)) for n in after[node]), default=-1)
            return levels[node]

        stages: dict[int, list[_Entry]] = {}
        for node, parts_ in entries.items():
            what, id_ = node
            rule = self.by_id[id_]
            both = alias.get(("F", id_)) is not None
            kind = "both" if both else "fires" if what == "F" else "stands"
            stages.setdefault(level(node), []).append(((rule, kind), parts_, node))
        self.splits = split
        return [stages[n] for n in sorted(stages)]

    def _bits(self, rules: Iterable[str]) -> int:
        bits = 0
        for rule in rules:
            bits |= 1 << self.by_id[rule].bit
        return bits

    def _stood(self, node: object) -> set[str]:
        """Rules whose standing a condition tests."""
        match node:
            case Status(rules):
                return set(rules)
            case Shared(key):
                return self._stood(self.flat.shared[key])
            case tuple():
                return set().union(*map(self._stood, node)) if node else set()
            case _ if type(node).__module__ == All.__module__:
                found: set[str] = set()
                for each in fields(node):  # type: ignore[arg-type]  plan nodes are dataclasses
                    found |= self._stood(getattr(node, each.name))
                return found
            case _:
                return set()

    # ── words that tell rules apart ──────────────────────────────────────────

    def _dispatch(self, entries: list[_Entry]) -> tuple[list[_Entry], list[str]]:
        """Take out rules that one word decides, if there are many of them."""
        counts: Counter[str] = Counter()
        best: dict[int, tuple[str, Test]] = {}
        referenced = {
            id_
            for r in self.flat.rules
            for id_ in (*r.defeats, *r.beaten_by, *(r.governs or ()), *self._stood(r.parts))
        }
        for n, ((rule, kind), parts, _) in enumerate(entries):
            if kind != "both" or rule.id in referenced or self._goes_through_lists(parts):
                continue
            for part in parts:
                if isinstance(part, Test) and (where := self._path(part.ref)) and where[0] is None:
                    counts[self._lookup(part).name] += 1
                    best.setdefault(n, (self._lookup(part).name, part))
        words = [w for w, c in counts.most_common() if c > MOST_STRAIGHT]
        if not words:
            return entries, []
        kept: list[_Entry] = []
        used: list[str] = []
        for n, entry in enumerate(entries):
            (rule, _), parts, _ = entry
            tests = [p for p in parts if isinstance(p, Test) and self._path(p.ref)[0] is None]
            chosen = (
                next((p for w in words for p in tests if self._lookup(p).name == w), None)
                if n in best
                else None
            )
            if chosen is None:
                kept.append(entry)
                continue
            name = self._lookup(chosen).name
            rest = tuple(p for p in parts if p is not chosen)
            self._behind(name, chosen, rule, rest)
            if name not in used:
                used.append(name)
        return kept, used

    def _goes_through_lists(self, node: object) -> bool:
        match node:
            case Loop() | Total():
                return True
            case Shared(key):
                return self._goes_through_lists(self.flat.shared[key])
            case tuple():
                return any(map(self._goes_through_lists, node))
            case _ if type(node).__module__ == All.__module__:
                return any(
                    self._goes_through_lists(getattr(node, each.name))
                    for each in fields(node)  # type: ignore[arg-type]  plan nodes are dataclasses
                )
            case _:
                return False

    def _behind(self, name: str, test: Test, rule: FlatRule, rest: tuple[Part, ...]) -> None:
        number = len(self.dispatched.setdefault(name, []))
        called = f"{name}_{number}"
        title = _docstring(self.flat.titles[rule.id])
        for plain in (True, False):
            writer = _Lines(self, plain=plain, own=True)
            mode = "plain" if plain else "may"
            first = " and ".join(writer.condition(p, mode) for p in rest) or "True"
            taken = "t, s" if plain else "t, may, must"
            text = [f"def {called}{'' if plain else '__open'}({taken}):", f'    """{title}."""']
            if plain:
                text.append(f"    return {first}")
            else:
                second = " and ".join(writer.condition(p, "must") for p in rest) or "True"
                text.append(f"    return (2 if {second} else 1) if {first} else 0")
            self.functions.append("\n".join(text) + "\n")
        self.dispatched[name].append((test.site, called, f"{called}__open", rule.bit))

    # ── facts ────────────────────────────────────────────────────────────────

    def _path(self, ref: Ref) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
        """The list that a fact lies in, if any, and the way from there."""
        match ref:
            case Root():
                return None, ()
            case Local(name):
                if name not in self.lists:
                    raise NotFlat
                return self.lists[name], ()
            case Field(base, name):
                inside, path = self._path(base)
                return inside, (*path, name)

    def _lookup(self, test: Test) -> Lookups:
        inside, path = self._path(test.ref)
        if not path:
            raise NotFlat  # a list of words
        found = self.lookups.get((inside, path))
        if found is None:
            found = self.lookups[inside, path] = Lookups(
                f"WORD_{len(self.lookups)}", path, inside, {}
            )
        found.bits.setdefault(test.site, len(found.bits))
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
        inside, path = self._path(ref)
        record = "Transaction"
        found: ast.FieldInfo | None = None
        for name in (*(inside or ()), *path):
            found = self.flat.program.records[record].fields[name]
            record = _record_of(found.type) or ""
        if found is None:
            raise NotFlat
        return found

    # ── counting uses ────────────────────────────────────────────────────────

    def _count(self, node: object) -> None:
        """Count how often facts are read, and find what loops there are."""
        match node:
            case Mask() | Known() | Fixed() | Status():
                pass
            case All(parts) | Some(parts):
                for part in parts:
                    self._count(part)
            case Inverse(inner):
                self._count(inner)
            case Shared(key):
                self._count(self.flat.shared[key])
            case Flag(ref) | Order(_, ref):
                self._read(ref)
            case Test(ref):
                self._lookup(node)
                self._read(ref)
            case Relation(_, left, right):
                self._count_amount(left)
                self._count_amount(right)
            case Loop():
                self._loop(node)
            case _:
                raise NotFlat

    def _count_amount(self, node: Amount) -> None:
        match node:
            case Stated(ref):
                self._read(ref)
            case Constant():
                pass
            case Sum(_, left, right):
                self._count_amount(left)
                self._count_amount(right)
            case Total():
                self._loop(node)

    def _read(self, ref: Ref) -> None:
        inside, path = self._path(ref)
        if inside is None:
            self.uses[path] += 1

    def _loop(self, node: Total | Loop) -> None:
        domain = node.domain if isinstance(node, Loop) else node.loop
        if isinstance(domain.source, int) or domain.nested:
            raise NotFlat
        inside, path = self._path(domain.source)
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
            self._count_amount(node.body)
        self.loop_names[key] = f"v{len(self.loop_names)}"
        self.loops.setdefault(path, []).append((self.loop_names[key], node))

    def _inner(self, node: Condition) -> None:
        if self._stood(node):
            raise NotFlat
        self._count(node)

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


_Entry: TypeAlias = "tuple[tuple[FlatRule, str], tuple[Part, ...], tuple[str, str]]"


@dataclass(slots=True)
class _Lines:
    """Writes one of the two functions."""

    emitter: _Emitter
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
            made += self._loop_lines(path)
        made.append(_MASKS if self.plain else "may = must = fmay = fmust = 0")
        if self.any:
            made.append(" = ".join(self.any.values()) + " = False")
        if self.emitter.dispatched:
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
        found: list[Value] = []
        for prefix in dict.fromkeys(p[:-1] for p in self.used if len(p) > 1):
            found.append(Value(_called(prefix), self._get("t", prefix, record=True)))
        for path, name in self.used.items():
            base = _called(path[:-1]) if path[:-1] else "t"
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
                made += f"[{ascii(name)}]"
            else:
                default = "{}" if record or n < len(path) - 1 else "OPEN"
                made += f".get({ascii(name)}, {default})"
        return made

    def _loop_lines(self, path: tuple[str, ...]) -> list[str]:
        """One run over a list for everything that is asked of its elements, plainly."""
        made = self.emitter.loops[path]
        totals = [n for n, loop in made if isinstance(loop, Total)]
        head = [" = ".join(totals) + " = 0"] if totals else []
        head += [f"{n} = {loop.universal}" for n, loop in made if isinstance(loop, Loop)]
        source = "t" + "".join(f"[{ascii(p)}]" for p in path)
        inner = _Elements(self.emitter)
        entries: list[tuple[tuple[Condition, ...], str]] = []
        for name, loop in made:
            if isinstance(loop, Loop):
                body = Inverse(loop.body) if loop.universal else loop.body
                entries.append((_conjuncts(body), f"{name} = {not loop.universal}"))
            else:
                counted = loop.kind == "count" or loop.body is None
                amount = "1" if counted or loop.body is None else inner.amount(loop.body)
                where = _conjuncts(loop.where) if loop.where is not None else ()
                entries.append((where, f"{name} += {amount}"))
        block = placed(inner.nest(entries), inner.values())
        return [*head, f"for c in {source}:", *lines(_guarded(block), 1)]

    # ── rules ────────────────────────────────────────────────────────────────

    def nest(self, entries: list[_Entry]) -> Block:
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
            elif isinstance(part, Shared) and not self.emitter._stood(part):  # noqa: SLF001  one mechanism
                yield from self._flattened((self.emitter.flat.shared[part.key],))
            elif part != Known(True):  # noqa: FBT003  the constant
                yield part

    def _nest(self, entries: list[tuple[tuple[Part, ...], FlatRule, str]]) -> Block:
        block: Block = []
        mode = "plain" if self.plain else "may"
        rest = list(entries)
        while rest:
            for parts, rule, kind in rest:
                if not parts:
                    block += self._acts(rule, kind)
            rest = [e for e in rest if e[0]]
            if not rest:
                break
            counts: Counter[Part] = Counter(p for e in rest for p in dict.fromkeys(e[0]))
            opposites = Counter(_opposite(p) for p in counts.elements())
            common = max(rest[0][0], key=lambda p: (counts[p], opposites[p] if self.plain else 0))
            opposite = _opposite(common)
            with_ = [e for e in rest if common in e[0]]
            without = [e for e in rest if self.plain and opposite in e[0] and common not in e[0]]
            taken = {id(e) for e in (*with_, *without)}
            rest = [e for e in rest if id(e) not in taken]
            if len(with_) == 1 and not without:
                parts, rule, kind = with_[0]
                texts = [self.condition(p, mode) for p in parts]
                block.append(Statement(parts=texts, body=self._acts(rule, kind)))
                continue
            inner = [(tuple(p for p in e[0] if p != common), e[1], e[2]) for e in with_]
            outer = [(tuple(p for p in e[0] if p != opposite), e[1], e[2]) for e in without]
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
        note = f"  # {_docstring(rule.id)}"
        if self.plain:
            if not rule.certain:
                return [Statement(f"raise Switch{note}")]
            return [Statement(f"{'f' if kind == 'fires' else 's'} |= {bit}{note}")]
        may, must = ("fmay", "fmust") if kind == "fires" else ("may", "must")
        block = [Statement(f"{may} |= {bit}{note}")]
        if rule.certain:
            parts = self.emitter.parts[rule.id, kind]
            texts = [self.condition(p, "must") for p in self._flattened(parts)] or ["True"]
            block.append(Statement(parts=texts, body=[Statement(f"{must} |= {bit}")]))
        return block

    def through(self, word: str) -> Block:
        """Rules that are reached through a word."""
        lookup = next(x for x in self.emitter.lookups.values() if x.name == word)
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
            case Status(rules, gap):
                if gap:
                    raise NotFlat
                live = [r for r in rules if r in self.emitter.by_id]
                return self._mask("stands", self.emitter._bits(live), mode, none=False)  # noqa: SLF001  one mechanism
            case All(parts):
                return _all_of([self.condition(p, mode) for p in parts])
            case Some(parts):
                return _some_of([self.condition(p, mode) for p in parts])
            case Inverse(inner):
                turned = {"plain": "plain", "may": "must", "must": "may"}[mode]
                return f"not {_bracketed(self.condition(inner, turned))}"
            case Shared(key):
                return self.condition(self.emitter.flat.shared[key], mode)
            case Known(value):
                return str(value)
            case Fixed(site):
                truth = self.emitter.flat.fixed[site]
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
        lookup = self.emitter._lookup(node)  # noqa: SLF001  one mechanism
        bit = lookup.bits[node.site]
        inside, path = self.emitter._path(node.ref)  # noqa: SLF001  one mechanism
        if inside is not None:
            raise NotFlat
        fact = self._fact_text(path)
        if self.own:
            word = f"{lookup.name}{'' if mode == 'plain' else '_OPEN'}[{fact}]"
        else:
            self.words[lookup.name] = fact
            word = lookup.name.lower()
        at = bit if mode == "plain" else 2 * bit + (mode == "must")
        return self.emitter.tested(word, lookup, at, plain=mode == "plain")

    def _order(self, node: Order, mode: str) -> str:
        fact = self.fact(node.ref)
        bound = self.emitter.number(node.site)
        plainly = f"{fact} {_PYTHON[node.op]} {_exact(bound)}"
        if mode == "plain":
            return plainly
        info = self.emitter.info(node.ref)
        number = self.emitter.flat.numbers[node.site]
        unknown = compare(node.op, anything(number.dimension, info.range), number)
        held = unknown is not Truth.NO if mode == "may" else unknown is Truth.YES
        return f"({fact} is OPEN or {plainly})" if held else f"({fact} is not OPEN and {plainly})"

    def _relation(self, node: Relation, mode: str) -> str:
        left, below_left = self._scaled(node.left)
        right, below_right = self._scaled(node.right)
        one = left if below_right == 1 else f"{left} * {below_right}"
        two = right if below_left == 1 else f"{right} * {below_left}"
        plainly = f"{one} {_PYTHON[node.op]} {two}"
        if mode == "plain":
            return plainly
        facts = sorted({self.fact(r) for r in (*_facts(node.left), *_facts(node.right))})
        missing = " or ".join(f"{f} is OPEN" for f in facts)
        if not missing:
            return plainly
        alone = self._alone(node, (left, below_left), (right, below_right))
        if alone is not None:
            held = _held(*alone, mode)
            return f"({held} if {missing} else {plainly})"
        return f"(open_relation({node.site}, t, {ascii(mode)}) if {missing} else {plainly})"

    def _alone(
        self, node: Relation, left: tuple[str, int], right: tuple[str, int]
    ) -> tuple[str, Comparison, int, Interval] | None:
        """A known side, an operator, and a multiple of the only fact that may be open."""
        for side, own, other, op in (
            (node.right, right, left, node.op),
            (node.left, left, right, _TURNED[node.op]),
        ):
            against = node.left if side is node.right else node.right
            found = list(_facts(side))
            if len(found) != 1 or list(_facts(against)):
                continue
            times = self._multiple(side)
            if times is None or times <= 0:
                continue
            info = self.emitter.info(found[0])
            known = anything(NUMBER, info.range)
            text = other[0] if own[1] == 1 else f"{_bracketed(other[0])} * {own[1]}"
            return text, op, int(times * own[1]) * other[1], known
        return None

    def _multiple(self, side: Amount) -> Fraction | None:
        """By what the law multiplies the one fact of a side."""
        match side:
            case Stated():
                return Fraction(1)
            case Sum("*", Constant(site), Stated()) | Sum("*", Stated(), Constant(site)):
                return self.emitter.number(site)
            case _:
                return None

    def _scaled(self, node: Amount) -> tuple[str, int]:
        """An amount times the number that makes its constants whole, and that number."""
        match node:
            case Constant(site):
                number = self.emitter.number(site)
                return str(number.numerator), number.denominator
            case Stated(ref):
                return self.fact(ref), 1
            case Total():
                self.loops[self._list_of(node)] = None
                return self.emitter.loop_name(node), 1
            case Sum("*", left, right):
                one, p = self._scaled(left)
                two, q = self._scaled(right)
                if one == "1":
                    return two, p * q
                if two == "1":
                    return one, p * q
                return f"{_bracketed(one)} * {_bracketed(two)}", p * q
            case Sum(op, left, right):
                one, p = self._scaled(left)
                two, q = self._scaled(right)
                if p != q:
                    one, two, p = f"{_bracketed(one)} * {q}", f"{_bracketed(two)} * {p}", p * q
                return f"({one} {op} {two})", p

    def side(self, node: Amount) -> str:
        """One side of a comparison, without its scale."""
        text, below = self._scaled(node)
        return text if below == 1 else f"Fraction({text}, {below})"

    def _list_of(self, node: Total | Loop) -> tuple[str, ...]:
        domain = node.domain if isinstance(node, Loop) else node.loop
        if isinstance(domain.source, int):
            raise NotFlat
        return self.emitter._path(domain.source)[1]  # noqa: SLF001  one mechanism

    def _looped(self, node: Loop) -> str:
        self.loops[self._list_of(node)] = None
        return self.emitter.loop_name(node)

    def fact(self, ref: Ref) -> str:
        """A fact, by its name if it is read more than once."""
        inside, path = self.emitter._path(ref)  # noqa: SLF001  one mechanism
        if inside is not None:
            raise NotFlat
        return self._fact_text(path)

    def _fact_text(self, path: tuple[str, ...]) -> str:
        if self.own:
            return self._get("t", path)
        if path not in self.used:
            self.used[path] = _called(path)
        return self.used[path]


@dataclass(slots=True)
class _Elements:
    """Writes the body of a loop over records, on plain booleans."""

    emitter: _Emitter
    words: dict[str, str] = field(default_factory=dict[str, str])

    def nest(self, entries: list[tuple[tuple[Condition, ...], str]]) -> Block:
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
        match node:
            case All(parts):
                return _all_of([self.condition(p) for p in parts])
            case Some(parts):
                return _some_of([self.condition(p) for p in parts])
            case Inverse(inner):
                return f"not {_bracketed(self.condition(inner))}"
            case Known(value):
                return str(value)
            case Flag(ref):
                return self.fact(ref)
            case Test(ref, site):
                lookup = self.emitter._lookup(node)  # noqa: SLF001  one mechanism
                text = f"{lookup.name}[{self.fact(ref)}]"
                name = self.words.setdefault(text, f"own_{len(self.words)}")
                return self.emitter.tested(name, lookup, lookup.bits[site], plain=True)
            case Order(op, ref, site):
                return f"{self.fact(ref)} {_PYTHON[op]} {_exact(self.emitter.number(site))}"
            case _:
                raise NotFlat

    def amount(self, node: Amount) -> str:
        match node:
            case Stated(ref):
                return self.fact(ref)
            case Constant(site):
                return _exact(self.emitter.number(site))
            case Sum(op, left, right):
                return f"({self.amount(left)} {op} {self.amount(right)})"
            case Total():
                raise NotFlat

    def fact(self, ref: Ref) -> str:
        inside, path = self.emitter._path(ref)  # noqa: SLF001  one mechanism
        if inside is None or not path:
            raise NotFlat
        return "c" + "".join(f"[{ascii(p)}]" for p in path)


# ── small things ─────────────────────────────────────────────────────────────


_MASKS = "s = f = 0"


_TURNED = {
    Comparison.LESS: Comparison.MORE,
    Comparison.MORE: Comparison.LESS,
    Comparison.AT_LEAST: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.EQUAL: Comparison.EQUAL,
    Comparison.UNEQUAL: Comparison.UNEQUAL,
}


def _held(text: str, op: Comparison, times: int, known: Interval, mode: str) -> str:
    """Whether a known number may, or must, compare so to a multiple of an open one."""
    match op:
        case Comparison.AT_MOST | Comparison.LESS | Comparison.UNEQUAL:
            inverse = {
                Comparison.AT_MOST: Comparison.MORE,
                Comparison.LESS: Comparison.AT_LEAST,
                Comparison.UNEQUAL: Comparison.EQUAL,
            }[op]
            turned = "must" if mode == "may" else "may"
            return f"not ({_held(text, inverse, times, known, turned)})"
        case Comparison.EQUAL:
            if mode == "must":
                return "False"
            low = _held(text, Comparison.AT_LEAST, times, known, "may")
            high = "True"
            if known.high is not None:
                sign = "<=" if known.high_closed else "<"
                high = f"{text} {sign} {_exact(known.high * times)}"
            return f"{low} and {high}"
        case _:
            pass
    more = op is Comparison.MORE
    if mode == "may":
        if known.low is None:
            return "True"
        sign = ">" if more or not known.low_closed else ">="
        return f"{text} {sign} {_exact(known.low * times)}"
    if known.high is None:
        return "False"
    sign = ">" if more and known.high_closed else ">="
    return f"{text} {sign} {_exact(known.high * times)}"


def _opposite(part: Part) -> Part:
    match part:
        case Inverse(inner):
            return inner
        case Mask(which, bits, none):
            return Mask(which, bits, not none)
        case _:
            return Inverse(part)


def _hanging(entry: _Entry) -> bool:
    """Whether a rule needs another to fire or stand."""
    return any(isinstance(p, Status) or (isinstance(p, Mask) and not p.none) for p in entry[1])


def _guarded(block: Block) -> Block:
    """A word that every branch tests is tested as a whole first."""
    match block:
        case [Statement(line=line), *rest] if " = WORD_" in line and len(rest) > 1:
            name = line.split(" ", 1)[0]
            if all(s.parts and re.match(rf"{name} (&|==|>=) [1-9]", s.parts[0]) for s in rest):
                return [block[0], Statement(parts=[f"{name} != 0"], body=rest)]
        case _:
            pass
    return block


def _facts(node: Amount) -> Iterable[Ref]:
    match node:
        case Stated(ref):
            yield ref
        case Sum(_, left, right):
            yield from _facts(left)
            yield from _facts(right)
        case _:
            return


def _conjuncts(node: Condition) -> tuple[Condition, ...]:
    return node.parts if isinstance(node, All) else (node,)


def _record_of(type_: Type) -> str | None:
    match type_:
        case RecordType(name):
            return name
        case ListType(item) | SetType(item):
            return _record_of(item)
        case _:
            return None


def _called(path: tuple[str, ...]) -> str:
    """A local for a fact: the names of a vocabulary, spelled so that none is ours."""
    safe = "_".join("".join(c if c.isascii() and c.isalnum() else "_" for c in p) for p in path)
    return f"fact_{safe}"


def _exact(number: Fraction) -> str:
    if number.denominator == 1:
        return str(number.numerator)
    return f"Fraction({number.numerator}, {number.denominator})"


def _bracketed(text: str) -> str:
    return text if text.replace("_", "").isalnum() else f"({text})"


def _all_of(texts: list[str]) -> str:
    return "(" + " and ".join(texts) + ")" if texts else "True"


def _some_of(texts: list[str]) -> str:
    return "(" + " or ".join(texts) + ")" if texts else "False"


__all__ = ["Flat", "FlatRule", "FlatText", "Lookups", "NotFlat", "emit_flat"]
