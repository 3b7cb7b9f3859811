"""A flat epoch at work: lookups that fill as words are met, verdicts kept by what stands.

`FlatPolicy.decide` takes a transaction as plain dictionaries: words, places and texts as
strings, flags as bools, numbers as exact ints or Fractions in base units; what is absent
is not known. It trusts what it is given: reading and checking a case is another step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from longarm.compiled.tables import MOST_KEPT, Table
from longarm.compiled.views import OPEN, Switch
from longarm_dsl.evaluate.outcome import APPROVAL_PRESUMED, STANDARD, Outcome

NO, UNKNOWN, YES = 0, 1, 2

ANOTHER = "\x00"
"""A text that no law names."""


class FlatRuleData:
    """What a verdict needs to know of a rule."""

    __slots__ = ("cite", "id", "level", "license", "reviewed_by", "title")

    def __init__(
        self,
        id_: str,
        title: str,
        cite: str,
        level: int,
        reviewed_by: tuple[tuple[int, int, int], ...],
        *,
        license_: bool,
    ) -> None:
        self.id = id_
        self.title = title
        self.cite = cite
        self.level = level
        self.license = license_
        self.reviewed_by = reviewed_by
        """Reviewers: bit, and the posture as a range of ranks."""


class FlatVerdict:
    """Bounds of requirement and review, the rules that stand, and those that may."""

    __slots__ = ("bits", "maybe", "outcome", "rules")

    def __init__(
        self,
        outcome: Outcome,
        rules: tuple[str, ...],
        maybe: tuple[str, ...],
        bits: tuple[int, ...],
    ) -> None:
        self.outcome = outcome
        self.rules = rules
        self.maybe = maybe
        self.bits = bits

    def __repr__(self) -> str:
        return f"FlatVerdict({self.outcome}, rules={self.rules}, maybe={self.maybe})"


class FlatExplanation:
    """A verdict with, for each rule that stands, its title, provision, facts and numbers."""

    __slots__ = ("rules", "verdict")

    def __init__(
        self, verdict: FlatVerdict, rules: tuple[tuple[FlatRuleData, Mapping[str, Any]], ...]
    ) -> None:
        self.verdict = verdict
        self.rules = rules


class Behind:
    """A rule that a word leads to: its test, its functions, its bit.

    `mentions`: where the test names texts, those; of any other text it says the same.
    """

    __slots__ = ("bit", "mentions", "opened", "plain", "table")

    def __init__(
        self, table: Table, plain: str, opened: str, bit: int, mentions: frozenset[str] | None
    ) -> None:
        self.table = table
        self.plain = plain
        self.opened = opened
        self.bit = bit
        self.mentions = mentions


class Word:
    """The tests of one fact, as bits of one lookup."""

    __slots__ = ("inside", "opened", "path", "plain", "possible", "tables")

    def __init__(
        self,
        path: tuple[str, ...],
        inside: tuple[str, ...] | None,
        tables: tuple[Table, ...],
        possible: tuple[frozenset[int], frozenset[int]],
    ) -> None:
        self.path = path
        self.inside = inside
        self.tables = tables
        self.possible = possible
        """Bits that the functions reckon with: plainly, and with three values."""
        self.plain: dict[Any, int] = {}
        self.opened: dict[Any, int] = {OPEN: open_bits(tables, OPEN)}

    def learn(self, value: Any) -> bool:  # noqa: ANN401  a word of a case
        """Work out the bits of a value; whether that was news."""
        if value in self.opened:
            return False
        if len(self.opened) > MOST_KEPT:
            self.plain.clear()
            self.opened.clear()
            self.opened[OPEN] = open_bits(self.tables, OPEN)
        opened, plain = open_bits(self.tables, value), plain_bits(self.tables, value)
        if opened not in self.possible[1]:
            return False
        news = value not in self.opened
        self.opened[value] = opened
        if plain is not None and plain in self.possible[0]:
            self.plain[value] = plain
        return news


def plain_bits(tables: tuple[Table, ...], value: Any) -> int | None:  # noqa: ANN401  a word of a case
    """Which tests hold of a value; None where one is open."""
    try:
        return sum(1 << n for n, t in enumerate(tables) if t[value])
    except Switch:
        return None


def open_bits(tables: tuple[Table, ...], value: Any) -> int:  # noqa: ANN401  a word of a case
    """For each test, whether it may hold and whether it must."""
    bits = 0
    for n, table in enumerate(tables):
        bits |= (1 << (2 * n)) * table.may[value] | (1 << (2 * n + 1)) * table.must[value]
    return bits


class Reached(dict[Any, Any]):
    """Rules behind a word, by value."""

    __slots__ = ("find",)

    def __init__(self, find: Callable[[Any], Any]) -> None:
        super().__init__()
        self.find = find

    def __missing__(self, value: Any) -> Any:  # noqa: ANN401  a word of a case
        if len(self) > MOST_KEPT:
            self.clear()
        made = self[value] = self.find(value)
        return made


class FlatPolicy:
    """The decision functions of one flat epoch."""

    def __init__(
        self,
        text: str,
        rules: tuple[FlatRuleData, ...],
        words: Mapping[str, Word],
        reached: Mapping[str, tuple[Behind, ...]],
        relation: Callable[[int, Mapping[str, Any], str], bool],
        compiled: Callable[[str, dict[str, Any]], None],
    ) -> None:
        self.text = text
        self.rules = rules
        self.words = words
        self._verdicts: dict[Any, FlatVerdict] = {}
        self._bounds: dict[Any, FlatVerdict] = {}
        names: dict[str, Any] = {
            "__builtins__": {
                "KeyError": KeyError,
                "TypeError": TypeError,
                "AttributeError": AttributeError,
                "min": min,
            },
            "Fraction": Fraction,
            "OPEN": OPEN,
            "Switch": Switch,
            "VERDICTS": self._verdicts,
            "BOUNDS": self._bounds,
            "verdict": self._verdict,
            "bounds": self._bounded,
            "again": self._again,
            "open_relation": relation,
        }
        for name, word in words.items():
            names[name] = word.plain
            names[f"{name}_OPEN"] = word.opened
        compiled(text, names)
        for name, behind in reached.items():
            names[f"{name}_RULES"] = Reached(_plainly(behind, names))
            names[f"{name}_RULES_OPEN"] = Reached(_openly(behind, names))
        self.decide: Callable[[Mapping[str, Any]], FlatVerdict] = names["decide"]
        """Facts that are all known, as they come; else the same as `decide_open`."""
        self.decide_open: Callable[[Mapping[str, Any]], FlatVerdict] = names["decide_open"]
        """Strong Kleene bounds."""
        self._read = tuple(names[f"read_{n}"] for n in range(len(rules)))

    def explain(self, facts: Mapping[str, Any]) -> FlatExplanation:
        """The verdict of a complete case with what each standing rule looked at."""
        verdict = self.decide(facts)
        read, rules = self._read, self.rules
        return FlatExplanation(verdict, tuple([(rules[n], read[n](facts)) for n in verdict.bits]))

    # ── words met for the first time ─────────────────────────────────────────

    def _learn(self, facts: Mapping[str, Any]) -> bool:
        news = False
        for word in self.words.values():
            for value in _values(facts, word):
                news |= word.learn(value)
        return news

    def _again(self, facts: Mapping[str, Any]) -> FlatVerdict:
        if self._learn(facts):
            return self.decide_open(facts)
        raise Switch

    # ── verdicts ─────────────────────────────────────────────────────────────

    def _verdict(self, stands: int, hits: tuple[int, ...] = ()) -> FlatVerdict:
        found = dict.fromkeys(_bits(stands), YES) | dict.fromkeys(hits, YES)
        made = self._made(found)
        if len(self._verdicts) > MOST_KEPT:
            self._verdicts.clear()
        # INVARIANT: the emitted function looks up by the same key.
        self._verdicts[(stands, hits) if self._several else stands] = made
        return made

    def _bounded(self, may: int, must: int, hits: tuple[tuple[int, int], ...] = ()) -> FlatVerdict:
        found = {n: YES if must >> n & 1 else UNKNOWN for n in _bits(may)} | dict(hits)
        made = self._made(found)
        if len(self._bounds) > MOST_KEPT:
            self._bounds.clear()
        self._bounds[(may, must, hits) if self._several else (may, must)] = made
        return made

    @property
    def _several(self) -> bool:
        return any("_RULES" in name for name in self.words) or "hits = ()" in self.text

    def _made(self, found: Mapping[int, int]) -> FlatVerdict:
        """Bounds as the reference computes them (semantics 1.4, 1.5)."""
        low = high = review_low = review_high = 0
        for n, truth in found.items():
            rule = self.rules[n]
            high = max(high, rule.level)
            if truth == YES:
                low = max(low, rule.level)
            if rule.license:
                posture_low, posture_high = self._posture(n, found)
                review_high = max(review_high, posture_high)
                if truth == YES:
                    review_low = max(review_low, posture_low)
        certain = tuple(sorted(n for n, t in found.items() if t == YES))
        return FlatVerdict(
            Outcome(low, high, review_low, review_high),
            tuple(self.rules[n].id for n in certain),
            tuple(self.rules[n].id for n, t in sorted(found.items()) if t == UNKNOWN),
            certain,
        )

    def _posture(self, license_: int, found: Mapping[int, int]) -> tuple[int, int]:
        low = high = APPROVAL_PRESUMED
        default = YES
        for reviewer, rank_low, rank_high in self.rules[license_].reviewed_by:
            stands = YES if reviewer == license_ else found.get(reviewer, NO)
            if stands == NO or rank_high == 0:
                continue
            high = max(high, rank_high)
            if stands == YES:
                low = max(low, rank_low)
            below = YES if rank_high < STANDARD else NO if rank_low >= STANDARD else UNKNOWN
            default = min(default, YES - min(stands, below))
        if default != NO:
            high = max(high, STANDARD)
        if default == YES:
            low = max(low, STANDARD)
        return low, high


def _bits(mask: int) -> list[int]:
    return [n for n in range(mask.bit_length()) if mask >> n & 1]


def _values(facts: Mapping[str, Any], word: Word) -> list[Any]:
    """What a case states for a word; OPEN where it states nothing."""

    def one(record: Any) -> Any:  # noqa: ANN401  parts of a case
        for name in word.path:
            if not isinstance(record, Mapping):
                return OPEN
            record = record.get(name, OPEN)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  parts of a case
        return record if isinstance(record, str) or record is None else _hashable(record)  # pyright: ignore[reportUnknownArgumentType]  parts of a case

    if word.inside is None:
        return [one(facts)]
    found: Any = facts
    for name in word.inside:
        found = found.get(name, ()) if isinstance(found, Mapping) else ()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  parts of a case
    return [one(each) for each in found] if isinstance(found, list | tuple) else []  # pyright: ignore[reportUnknownVariableType]  parts of a case


def _hashable(value: Any) -> Any:  # noqa: ANN401  parts of a case
    try:
        hash(value)
    except TypeError:
        return OPEN
    return value


def _concerned(behind: tuple[Behind, ...]) -> Callable[[Any], list[Behind]]:
    """The rules whose test a value may meet, without asking those that name others."""
    always: list[Behind] = []
    naming: dict[str, list[Behind]] = {}
    for each in behind:
        if each.mentions is None or each.table.may[ANOTHER]:
            always.append(each)
            continue
        for text in each.mentions:
            naming.setdefault(text, []).append(each)

    def find(value: Any) -> list[Behind]:  # noqa: ANN401  a word of a case
        if not isinstance(value, str):
            return list(behind)
        return sorted([*always, *naming.get(value, ())], key=lambda b: b.bit)

    return find


def _plainly(
    behind: tuple[Behind, ...], names: Mapping[str, Any]
) -> Callable[[Any], tuple[tuple[int, Any], ...]]:
    concerned = _concerned(behind)

    def find(value: Any) -> tuple[tuple[int, Any], ...]:  # noqa: ANN401  a word of a case
        return tuple((b.bit, names[b.plain]) for b in concerned(value) if b.table[value])

    return find


def _openly(
    behind: tuple[Behind, ...], names: Mapping[str, Any]
) -> Callable[[Any], tuple[tuple[int, int, Any], ...]]:
    concerned = _concerned(behind)

    def find(value: Any) -> tuple[tuple[int, int, Any], ...]:  # noqa: ANN401  a word of a case
        return tuple(
            (b.bit, YES if b.table.must[value] else UNKNOWN, names[b.opened])
            for b in concerned(value)
            if b.table.may[value]
        )

    return find


__all__ = [
    "FlatExplanation",
    "FlatPolicy",
    "FlatRuleData",
    "FlatVerdict",
    "Word",
    "open_bits",
    "plain_bits",
]
