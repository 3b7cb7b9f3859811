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

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import TypeAlias

from longarm.backends.python import _PYTHON, _docstring
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
from longarm_dsl.core.numbers import Interval, anything, compare
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import ListType, RecordType, SetType, Type

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
    intervals: dict[str, Interval]


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
    loop_names: dict[tuple[str, object], str] = field(
        default_factory=dict[tuple[str, object], str]
    )
    by_id: dict[str, FlatRule] = field(default_factory=dict[str, FlatRule])
    intervals: dict[str, Interval] = field(default_factory=dict[str, Interval])
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
            self.intervals,
        )

    def _function(
        self, name: str, stages: list[tuple[list[_Entry], list[str]]], *, plain: bool
    ) -> str:
        writer = _Lines(self, plain=plain)
        body: list[str] = []
        for entries, words in stages:
            body += writer.nest(entries, 2)
            for word in words:
                body += writer.through(word, 2)
        heads = writer.heads(2)
        said = "a complete case, on plain booleans" if plain else "bounds, with three values"
        lines = [
            f"def {name}(t):",
            f'    """{_docstring(self.flat.regime)}: {said}."""',
            "    try:",
            *heads,
            *body,
        ]
        if plain:
            lines += [
                "        try:",
                "            return VERDICTS[s]" if not self.dispatched else
                "            return VERDICTS[s, hits]",
                "        except KeyError:",
                "            return verdict(s)" if not self.dispatched else
                "            return verdict(s, hits)",
            ]
        else:
            lines += [
                "        try:",
                "            return BOUNDS[may, must]" if not self.dispatched else
                "            return BOUNDS[may, must, hits]",
                "        except KeyError:",
                "            return bounds(may, must)" if not self.dispatched else
                "            return bounds(may, must, hits)",
            ]
        lines += [
            "    except (KeyError, TypeError, AttributeError, Switch):",
            f"        return {'again' if plain else 'again_open'}(t)",
        ]
        return "\n".join(lines) + "\n"

    def _reading(self, rule: FlatRule) -> str:
        """A function that tells the facts and numbers that a rule looks at."""
        writer = _Lines(self, plain=True)
        found: dict[str, str] = {}
        for part in rule.parts:
            self._told(part, writer, found)
        told = ", ".join(f"{ascii(k)}: {v}" for k, v in found.items())
        heads = [line for line in writer.heads(1) if line.strip() != "s = f = 0"]
        heads = [line for line in heads if line.strip() != "hits = ()"]
        title = _docstring(self.flat.titles[rule.id])
        lines = [f"def read_{rule.bit}(t):", f'    """{title}: what it looks at."""', *heads]
        return "\n".join([*lines, f"    return {{{told}}}"]) + "\n"

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
            tests = [
                p for p in parts if isinstance(p, Test) and self._path(p.ref)[0] is None
            ]
            chosen = next(
                (p for w in words for p in tests if self._lookup(p).name == w), None
            ) if n in best else None
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
            lines = [f"def {called}{'' if plain else '__open'}({taken}):", f'    """{title}."""']
            if plain:
                lines.append(f"    return {first}")
            else:
                second = " and ".join(writer.condition(p, "must") for p in rest) or "True"
                lines.append(f"    return (2 if {second} else 1) if {first} else 0")
            self.functions.append("\n".join(lines) + "\n")
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

    # ── heads: what is read once ─────────────────────────────────────────────

    def heads(self, indent: int) -> list[str]:
        """Facts, lookups and loops that the function starts with."""
        pad = "    " * indent
        lines: list[str] = []
        prefixes = Counter(p[:-1] for p in self.used if len(p) > 1)
        for prefix in prefixes:
            lines.append(f"{pad}{_called(prefix)} = {self._get('t', prefix, record=True)}")
        for path, name in self.used.items():
            base = _called(path[:-1]) if path[:-1] else "t"
            lines.append(f"{pad}{name} = {self._get(base, path[-1:])}")
        for word, fact in self.words.items():
            suffix = "" if self.plain else "_OPEN"
            lines.append(f"{pad}{word.lower()} = {word}{suffix}[{fact}]")
        for path in self.loops:
            lines += self._loop_lines(path, indent)
        masks = "s = f = 0" if self.plain else "may = must = fmay = fmust = 0"
        lines.append(f"{pad}{masks}")
        if self.emitter.dispatched:
            lines.append(f"{pad}hits = ()")
        return lines

    def _get(self, base: str, path: tuple[str, ...], *, record: bool = False) -> str:
        made = base
        for n, name in enumerate(path):
            if self.plain:
                made += f"[{ascii(name)}]"
            else:
                default = "{}" if record or n < len(path) - 1 else "OPEN"
                made += f".get({ascii(name)}, {default})"
        return made

    def _loop_lines(self, path: tuple[str, ...], indent: int) -> list[str]:
        """One run over a list for everything that is asked of its elements, plainly."""
        pad = "    " * indent
        made = self.emitter.loops[path]
        lines = [
            f"{pad}{' = '.join(n for n, l in made if isinstance(l, Total))} = 0"
        ] if any(isinstance(l, Total) for _, l in made) else []
        for name, loop in made:
            if isinstance(loop, Loop):
                lines.append(f"{pad}{name} = {loop.universal}")
        source = "t" + "".join(f"[{ascii(p)}]" for p in path)
        lines.append(f"{pad}for c in {source}:")
        inner = _Elements(self.emitter)
        entries: list[tuple[tuple[Condition, ...], str]] = []
        for name, loop in made:
            if isinstance(loop, Loop):
                body = Inverse(loop.body) if loop.universal else loop.body
                entries.append((_conjuncts(body), f"{name} = {not loop.universal}"))
            else:
                amount = "1" if loop.kind == "count" or loop.body is None else inner.amount(loop.body)
                where = _conjuncts(loop.where) if loop.where is not None else ()
                entries.append((where, f"{name} += {amount}"))
        lines += inner.nest(entries, indent + 1)
        return lines

    # ── rules ────────────────────────────────────────────────────────────────

    def nest(self, entries: list[_Entry], indent: int) -> list[str]:
        """Rules under what they have in common."""
        made = [
            (tuple(self._flattened(parts)), rule, kind) for (rule, kind), parts, _ in entries
        ]
        return self._nest(made, indent)

    def _flattened(self, parts: Iterable[Part]) -> Iterable[Part]:
        for part in parts:
            if isinstance(part, All):
                yield from self._flattened(part.parts)
            elif isinstance(part, Shared) and not self.emitter._stood(part):  # noqa: SLF001  one mechanism
                yield from self._flattened((self.emitter.flat.shared[part.key],))
            elif part != Known(True):  # noqa: FBT003  the constant
                yield part

    def _nest(
        self, entries: list[tuple[tuple[Part, ...], FlatRule, str]], indent: int
    ) -> list[str]:
        pad = "    " * indent
        lines: list[str] = []
        rest = list(entries)
        while rest:
            done = [e for e in rest if not e[0]]
            for _, rule, kind in done:
                lines += self._acts(rule, kind, indent)
            rest = [e for e in rest if e[0]]
            if not rest:
                break
            counts: Counter[Part] = Counter(p for e in rest for p in dict.fromkeys(e[0]))
            first = rest[0]
            common = max(first[0], key=lambda p: counts[p])
            with_ = [e for e in rest if common in e[0]]
            opposite = common.inner if isinstance(common, Inverse) else Inverse(common) if not isinstance(common, Mask) else None
            without = [e for e in rest if opposite is not None and opposite in e[0] and common not in e[0]] if self.plain else []
            rest = [e for e in rest if e not in with_ and e not in without]
            mode = "plain" if self.plain else "may"
            if len(with_) == 1:
                texts = [self.condition(p, mode) for p in with_[0][0]]
                lines.append(f"{pad}if {' and '.join(texts)}:")
                lines += self._acts(with_[0][1], with_[0][2], indent + 1)
                rest = without + rest
                continue
            lines.append(f"{pad}if {self.condition(common, mode)}:")
            inner = [(tuple(p for p in e[0] if p != common), e[1], e[2]) for e in with_]
            lines += self._nest(inner, indent + 1)
            if without:
                lines.append(f"{pad}else:")
                outer = [(tuple(p for p in e[0] if p != opposite), e[1], e[2]) for e in without]
                lines += self._nest(outer, indent + 1)
        return lines

    def _acts(self, rule: FlatRule, kind: str, indent: int) -> list[str]:
        """What happens where a rule fires or stands."""
        pad = "    " * indent
        bit = 1 << rule.bit
        note = f"  # {_docstring(rule.id)}"
        if self.plain:
            if not rule.certain:
                return [f"{pad}raise Switch{note}"]
            name = "f" if kind == "fires" else "s"
            return [f"{pad}{name} |= {bit}{note}"]
        may, must = ("fmay", "fmust") if kind == "fires" else ("may", "must")
        lines = [f"{pad}{may} |= {bit}{note}"]
        parts = self.emitter.parts[rule.id, kind]
        if rule.certain or kind == "stands":
            texts = [self.condition(p, "must") for p in self._flattened(parts)]
            test = " and ".join(texts)
            lines.append(f"{pad}if {test}:" if test else f"{pad}if True:")
            lines.append(f"{pad}    {must} |= {bit}")
        return lines

    def through(self, word: str, indent: int) -> list[str]:
        """Rules that are reached through a word."""
        pad = "    " * indent
        lookup = next(x for x in self.emitter.lookups.values() if x.name == word)
        fact = self._fact_text(None, lookup.path)
        if self.plain:
            return [
                f"{pad}for bit, rule in {word}_RULES[{fact}]:",
                f"{pad}    if rule(t, s):",
                f"{pad}        hits += (bit,)",
            ]
        return [
            f"{pad}for bit, sure, rule in {word}_RULES_OPEN[{fact}]:",
            f"{pad}    found = rule(t, may, must)",
            f"{pad}    if found:",
            f"{pad}        hits += ((bit, min(sure, found)),)",
        ]

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
        return f"not {name} & {bits}" if none else f"{name} & {bits}"

    def _test(self, node: Test, mode: str) -> str:
        lookup = self.emitter._lookup(node)  # noqa: SLF001  one mechanism
        bit = lookup.bits[node.site]
        inside, path = self.emitter._path(node.ref)  # noqa: SLF001  one mechanism
        if inside is not None:
            raise NotFlat
        fact = self._fact_text(None, path)
        if self.own:
            word = f"{lookup.name}{'' if mode == 'plain' else '_OPEN'}[{fact}]"
        else:
            self.words[lookup.name] = fact
            word = lookup.name.lower()
        if mode == "plain":
            return f"{word} & {1 << bit}"
        return f"{word} & {1 << (2 * bit + (mode == 'must'))}"

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
        return f"(open_relation({node.site}, t, {ascii(mode)}) if {missing} else {plainly})"

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
        return self._fact_text(ref, path)

    def _fact_text(self, ref: Ref | None, path: tuple[str, ...]) -> str:
        del ref
        if self.own or (self.plain and self.emitter.uses[path] < 2):  # noqa: PLR2004  once
            return self._get("t", path)
        if path not in self.used:
            self.used[path] = _called(path)
        return self.used[path]


@dataclass(slots=True)
class _Elements:
    """Writes the body of a loop over records, on plain booleans."""

    emitter: _Emitter

    def nest(self, entries: list[tuple[tuple[Condition, ...], str]], indent: int) -> list[str]:
        pad = "    " * indent
        lines: list[str] = []
        rest = list(entries)
        while rest:
            for parts, action in rest:
                if not parts:
                    lines.append(pad + action)
            rest = [e for e in rest if e[0]]
            if not rest:
                break
            counts: Counter[Condition] = Counter(p for e in rest for p in dict.fromkeys(e[0]))
            common = max(rest[0][0], key=lambda p: counts[p])
            with_ = [e for e in rest if common in e[0]]
            rest = [e for e in rest if common not in e[0]]
            lines.append(f"{pad}if {self.condition(common)}:")
            inner = [(tuple(p for p in e[0] if p != common), e[1]) for e in with_]
            lines += self.nest(inner, indent + 1)
        return lines

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
                return f"{lookup.name}[{self.fact(ref)}] & {1 << lookup.bits[site]}"
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
