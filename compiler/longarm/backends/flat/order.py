"""In which order flat rules are settled, and which of them a word leads to."""

from __future__ import annotations

from collections import Counter
from dataclasses import field

from longarm.backends.flat.facts import Facts
from longarm.backends.flat.model import Entry, Flat, FlatRule, Mask, NotFlat, Part
from longarm.plan.ast import Test
from longarm_dsl.lazy_dataclass import dataclass

MOST_STRAIGHT = 24
"""More rules than this that one word tells apart are reached through the word."""

DEEPEST = 200
"""Rules that hang on more rules in a row than this are left to the network."""


def stages(flat: Flat, facts: Facts) -> list[list[Entry]]:
    """Rules in an order in which whatever one hangs on comes before it."""
    levels: dict[tuple[str, str], int] = {}
    entries: dict[tuple[str, str], tuple[Part, ...]] = {}
    after: dict[tuple[str, str], set[tuple[str, str]]] = {}
    targets = {t for r in flat.rules for t in r.defeats if t in facts.by_id}
    split = {r.id for r in flat.rules if r.id in targets or r.beaten_by}
    for rule in flat.rules:
        fires = ("F", rule.id)
        stands = ("S", rule.id)
        parts: list[Part] = list(rule.parts)
        needs: set[tuple[str, str]] = set()
        for part in rule.parts:
            needs |= {("S", r) for r in facts.stood(part) if r in facts.by_id}
        if rule.defeats:
            live = [t for t in rule.defeats if t in facts.by_id]
            parts.append(Mask("fires", facts.bits(live)))
            needs |= {("F", t) for t in live}
        elif rule.governs is not None:
            live = [g for g in rule.governs if g in facts.by_id]
            parts.append(Mask("stands", facts.bits(live)))
            needs |= {("S", g) for g in live}
        if rule.id in split:
            entries[fires] = tuple(parts)
            after[fires] = needs
            beaten = [b for b in rule.beaten_by if b in facts.by_id]
            held: list[Part] = [Mask("fires", 1 << rule.bit)]
            if beaten:
                held.append(Mask("stands", facts.bits(beaten), none=True))
            entries[stands] = tuple(held)
            after[stands] = {fires, *(("S", b) for b in beaten)}
        else:
            entries[stands] = tuple(parts)
            after[stands] = needs
    # A rule that is not split fires exactly where it stands.
    alias = {("F", r.id): ("S", r.id) for r in flat.rules if r.id not in split}

    def level(node: tuple[str, str], depth: int = 0) -> int:
        node = alias.get(node, node)
        if depth > DEEPEST:
            raise NotFlat
        if node not in levels:
            levels[node] = 1 + max((level(n, depth + 1) for n in after[node]), default=-1)
        return levels[node]

    found: dict[int, list[Entry]] = {}
    for node, parts_ in entries.items():
        what, id_ = node
        rule = facts.by_id[id_]
        both = alias.get(("F", id_)) is not None
        kind = "both" if both else "fires" if what == "F" else "stands"
        found.setdefault(level(node), []).append(((rule, kind), parts_, node))
    return [found[n] for n in sorted(found)]


@dataclass(slots=True)
class Arrangement:
    """The stages of a flat epoch: rules in the main line, and words that lead to others."""

    facts: Facts
    parts: dict[tuple[str, str], tuple[Part, ...]] = field(
        default_factory=dict[tuple[str, str], "tuple[Part, ...]"]
    )
    behind: dict[str, list[tuple[Test, FlatRule, tuple[Part, ...]]]] = field(
        default_factory=dict[str, "list[tuple[Test, FlatRule, tuple[Part, ...]]]"]
    )
    """Rules behind each lookup, with the test that leads there and what is left to test."""
    stages: list[tuple[list[Entry], list[str]]] = field(
        default_factory=list["tuple[list[Entry], list[str]]"]
    )

    def __post_init__(self) -> None:
        found = stages(self.facts.flat, self.facts)
        for entries in found:
            for (rule, kind), parts, _ in entries:
                self.parts[rule.id, kind] = parts
        self.stages = [self.stage(entries) for entries in found]
        for entries, _ in self.stages:
            for _, parts, _ in entries:
                self._count(parts)
        for rules in self.behind.values():
            for _, _, rest in rules:
                self._count(rest)

    def _count(self, parts: tuple[Part, ...]) -> None:
        for part in parts:
            if not isinstance(part, Mask):
                self.facts.count(part)

    def _stood(self, rule: FlatRule) -> set[str]:
        return {id_ for part in rule.parts for id_ in self.facts.stood(part)}

    def _goes_through_lists(self, parts: tuple[Part, ...]) -> bool:
        return any(not isinstance(p, Mask) and self.facts.goes_through_lists(p) for p in parts)

    def stage(self, entries: list[Entry]) -> tuple[list[Entry], list[str]]:
        """Take out rules that one word decides, if there are many of them."""
        counts: Counter[str] = Counter()
        best: dict[int, tuple[str, Test]] = {}
        referenced = {
            id_
            for r in self.facts.flat.rules
            for id_ in (*r.defeats, *r.beaten_by, *(r.governs or ()), *self._stood(r))
        }
        for n, ((rule, kind), parts, _) in enumerate(entries):
            if (
                not rule.certain
                or kind != "both"
                or rule.id in referenced
                or self._goes_through_lists(parts)
            ):
                continue
            for part in parts:
                if (
                    isinstance(part, Test)
                    and (where := self.facts.path(part.ref))
                    and where[0] is None
                ):
                    counts[self.facts.word(part).name] += 1
                    best.setdefault(n, (self.facts.word(part).name, part))
        words = [w for w, c in counts.most_common() if c > MOST_STRAIGHT]
        if not words:
            return entries, []
        kept: list[Entry] = []
        used: list[str] = []
        for n, entry in enumerate(entries):
            (rule, _), parts, _ = entry
            tests = [p for p in parts if isinstance(p, Test) and self.facts.path(p.ref)[0] is None]
            chosen = (
                next((p for w in words for p in tests if self.facts.word(p).name == w), None)
                if n in best
                else None
            )
            if chosen is None:
                kept.append(entry)
                continue
            name = self.facts.word(chosen).name
            rest = tuple(p for p in parts if p is not chosen)
            self.behind.setdefault(name, []).append((chosen, rule, rest))
            if name not in used:
                used.append(name)
        return kept, used


__all__ = ["Arrangement", "stages"]
