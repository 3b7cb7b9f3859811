"""Facts that a law can tell apart, made from numbers that somebody draws.

    Drawing(vocabulary, number).transaction()    `number(n)` is any number from 0 to n

The smaller the numbers, the plainer the facts, so that whoever chooses the numbers (Hypothesis
in `strategies`) can make a transaction small by making its numbers small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import field, replace
from functools import lru_cache
from typing import TypeAlias, assert_never

from longarm.pool import Pool, around, pool_of
from longarm_dsl.core import ast, facts
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.read_facts import read_value
from longarm_dsl.core.types import (
    BrokenType,
    CodeSetType,
    CodesType,
    DatesType,
    DateType,
    EnumType,
    FlagType,
    ListingSetType,
    ListType,
    NoneType,
    NumberType,
    PlaceType,
    RatesType,
    RecordType,
    RowType,
    SetType,
    TextType,
    Type,
)
from longarm_dsl.core.units import Dimension, show_dimension
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE

Place: TypeAlias = tuple[str, ...]
"""Names of fields from a record inward: `item`, `origin`."""

ROOT = "Transaction"

MOST_FIELDS = 6
"""So many facts a record that is made anew states at the most; fewer further inward."""

DEEPEST = 3
"""Records are made this deep in one another."""

_COMMON = 24
"""Of so many fields that cases state most often, one is drawn three times out of four."""

_OPEN = ("unknown", "not_known")


def word(text: str) -> RawText:
    """A value as written without quotes."""
    return RawText(text, quoted=False, where=NOWHERE)


def quoted(text: str) -> RawText:
    """A text in quotes."""
    return RawText(text, quoted=True, where=NOWHERE)


def listed(items: Iterable[Raw], *, more: bool = False) -> RawList:
    """A list or set."""
    return RawList(tuple(items), more, NOWHERE)


def record(pairs: Iterable[tuple[str, Raw]]) -> RawRecord:
    """Keys and values."""
    return RawRecord(tuple(RawPair(key, value, NOWHERE) for key, value in pairs), NOWHERE)


# ── what can be drawn ────────────────────────────────────────────────────────


@dataclass(slots=True, eq=False)
class Vocabulary:
    """A law's own words for facts: what it reads, and the cases that come with it."""

    program: Program
    pool: Pool
    told: tuple[RawRecord, ...]
    """Facts of cases that somebody wrote, the shortest first."""
    parts: dict[str, tuple[RawRecord, ...]]
    """Records inside them, by type."""
    fields: dict[str, tuple[ast.FieldInfo, ...]]
    """The fields of each record that the law reads, those that cases state most first."""
    numbers: dict[tuple[str, Dimension], tuple[str, ...]] = field(
        default_factory=dict[tuple[str, Dimension], tuple[str, ...]]
    )

    def about(self, name: str, dimension: Dimension, info: ast.FieldInfo) -> tuple[str, ...]:
        """Numbers that tell apart what the law does with a field."""
        found = self.numbers.get((name, dimension))
        if found is None:
            unit = show_dimension(dimension) if dimension.kind == "quantity" else ""
            plain = [f"{n} {c}" for c in ("EUR", "USD", "CNY") for n in (100, 1)]
            if dimension.kind != "money":
                plain = [f"1 {unit}".strip(), f"0 {unit}".strip(), f"100 {unit}".strip()]
            bounds = [near for text in self.pool.bounds.get(name, ()) for near in around(text)]
            near = [
                text
                for own, texts in self.pool.numbers.items()
                if own.kind == dimension.kind and own.powers == dimension.powers
                for text in texts[:8]
            ]
            every = dict.fromkeys((*bounds, *plain, *(() if bounds else near)))
            found = tuple(t for t in every if _reads(t, info, self.program))
            self.numbers[name, dimension] = found = found or (plain[0],)
        return found


def _reads(text: str, info: ast.FieldInfo, program: Program) -> bool:
    return isinstance(read_value(text, info, program), facts.Scalar)


def vocabulary_of(
    program: Program, told: Iterable[Raw | None] = (), regimes: Collection[str] = ()
) -> Vocabulary:
    """Gather what a law, perhaps that of some regimes, and its cases speak of."""
    pool = pool_of(program, regimes)
    cases = sorted({t for t in told if isinstance(t, RawRecord)}, key=lambda r: (_size(r), repr(r)))
    parts: dict[str, dict[RawRecord, None]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for case in cases:
        for name, part in _records(case, ROOT, program):
            parts.setdefault(name, {})[part] = None
            counts.update((name, pair.key) for pair in part.pairs)
    fields = {
        name: tuple(
            sorted(
                (i for i in declared.fields.values() if i.name in pool.read),
                key=lambda i: (-counts[name, i.name], i.name),
            )
        )
        for name, declared in program.records.items()
    }
    return Vocabulary(
        program,
        pool,
        tuple(cases),
        {name: tuple(sorted(found, key=_size)) for name, found in parts.items()},
        fields,
    )


def _size(raw: Raw) -> int:
    match raw:
        case RawText():
            return 1
        case RawList(items):
            return 1 + sum(map(_size, items))
        case RawRecord(pairs):
            return 1 + sum(_size(p.value) for p in pairs)


def _records(raw: Raw, name: str, program: Program) -> Iterator[tuple[str, RawRecord]]:
    """The records of a raw tree with their types, itself first."""
    if not isinstance(raw, RawRecord) or name not in program.records:
        return
    yield name, raw
    known = program.records[name].fields
    for pair in raw.pairs:
        info = known.get(pair.key)
        match info.type if info is not None else None:
            case RecordType(inner):
                yield from _records(pair.value, inner, program)
            case ListType(RecordType(inner)) | SetType(RecordType(inner)):
                for item in pair.value.items if isinstance(pair.value, RawList) else ():
                    yield from _records(item, inner, program)
            case _:
                pass


# ── drawing ──────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Drawing:
    """Makes facts from numbers; `unknowns` leaves some of them open."""

    vocabulary: Vocabulary
    number: Callable[[int], int]
    unknowns: bool = False

    def any_of(self, values: Sequence[str]) -> str:
        """One of some words."""
        return values[self.number(len(values) - 1)]

    def transaction(self, focus: Sequence[Place] = ()) -> RawRecord:
        """The facts of a case: made anew, or some of another's changed.

        Facts of `focus` are stated more often than others.
        """
        return self.record(ROOT, focus)

    def record(self, name: str, focus: Sequence[Place] = ()) -> RawRecord:
        """A record of the vocabulary, most often like one in a case that somebody wrote."""
        told = self.vocabulary.told if name == ROOT else self.vocabulary.parts.get(name, ())
        if told and self.number(7):
            made = told[self.number(len(told) - 1)]
            for _ in range(self.number(2)):
                made = self._changed(made, name)
        else:
            made = self._anew(name, 0)
        for place in focus:
            info = self.info(name, place)
            if info is not None and at(made, place) is None and self.number(1):
                made = put(made, place, self.value(info, len(place)))
        return made

    def info(self, name: str, place: Place) -> ast.FieldInfo | None:
        """The field at a place of a record; None if there is none."""
        records = self.vocabulary.program.records
        found: ast.FieldInfo | None = None
        for key in place:
            declared = records.get(name)
            found = declared.fields.get(key) if declared is not None else None
            if found is None:
                return None
            name = found.type.name if isinstance(found.type, RecordType) else ""
        return found

    def _changed(self, made: RawRecord, name: str) -> RawRecord:
        """A record with one fact changed, new or gone; perhaps further inward."""
        stated = [p.key for p in made.pairs]
        if stated and self.number(1):
            key = self.any_of(stated)
            pair = next(p for p in made.pairs if p.key == key)
            info = self.info(name, (key,))
            if info is None:
                return made
            match info.type, pair.value:
                case RecordType(inner), RawRecord(pairs) if pairs and self.number(3):
                    return put(made, (key,), self._changed(pair.value, inner))
                case _ if self.number(2) == 0:
                    return RawRecord(tuple(p for p in made.pairs if p.key != key), made.where)
                case _:
                    return put(made, (key,), self.value(info, 1))
        info = self._field(name)
        return made if info is None else put(made, (info.name,), self.value(info, 1))

    def _field(self, name: str) -> ast.FieldInfo | None:
        fields = self.vocabulary.fields.get(name, ())
        if not fields:
            return None
        few = fields[:_COMMON] if self.number(3) else fields
        return few[self.number(len(few) - 1)]

    def _anew(self, name: str, depth: int) -> RawRecord:
        pairs: dict[str, Raw] = {}
        for _ in range(self.number(max(MOST_FIELDS - 2 * depth, 1))):
            info = self._field(name)
            if info is not None and info.name not in pairs:
                pairs[info.name] = self.value(info, depth)
        return record(pairs.items())

    # ── values ───────────────────────────────────────────────────────────────

    def value(self, info: ast.FieldInfo, depth: int) -> Raw:
        """The value of a field."""
        if self.unknowns and self.number(9) == 9:  # noqa: PLR2004  one in ten
            return word(self.any_of(_OPEN))
        pool = self.vocabulary.pool
        if info.name == "list" and info.type == TextType() and pool.lists:
            return quoted(self.any_of(pool.lists))
        return self._typed(info.type, info, depth)

    def _typed(self, wanted: Type, info: ast.FieldInfo, depth: int) -> Raw:
        pool = self.vocabulary.pool
        match wanted:
            case FlagType():
                return word(("no", "yes")[self.number(1)])
            case TextType():
                return self._text(info)
            case DateType():
                days = pool.days
                return word(str(days[self.number(len(days) - 1)]) if days else "unknown")
            case NumberType(dimension):
                text = self.any_of(self.vocabulary.about(info.name, dimension, info))
                if self.unknowns and self.number(9) == 9:  # noqa: PLR2004  as above
                    return quoted(f"{self.any_of(('at least', 'at most'))} {text}")
                return word(text)
            case PlaceType():
                return word(self.any_of(_places(tuple(pool.places))))
            case EnumType(name, values):
                spoken = tuple(w for w in dict.fromkeys(pool.words.get(name, ())) if w in values)
                return word(self.any_of(spoken if spoken and self.number(3) else values))
            case CodesType():
                return self._codes()
            case RecordType(name):
                if depth < DEEPEST and self.number(2):
                    told = self.vocabulary.parts.get(name, ())
                    if told:
                        return told[self.number(len(told) - 1)]
                return self._anew(name, depth + 1) if depth < DEEPEST else word("none")
            case SetType(item) | ListType(item):
                most = 1 if depth else 2
                made = [self._typed(item, info, depth + 1) for _ in range(self.number(most))]
                if isinstance(item, RecordType) and item.name == "Listing" and pool.lists:
                    made = [word(self.any_of(pool.lists)) for _ in made]
                more = self.unknowns and self.number(9) == 9  # noqa: PLR2004  as above
                return listed(dict.fromkeys(made), more=more)
            case DatesType():
                names = tuple(dict.fromkeys((*pool.events, "shipment")))
                day = self._typed(DateType(), info, depth)
                return record([(self.any_of(names), day)])
            case RatesType():
                return record([("EUR", quoted(self.any_of(("2 USD", "1.1 USD"))))])
            case CodeSetType() | RowType() | ListingSetType() | NoneType() | BrokenType():
                return word("unknown")
            case _:
                assert_never(wanted)

    def _text(self, info: ast.FieldInfo) -> Raw:
        pool = self.vocabulary.pool
        if info.name == "time":
            return quoted(self.any_of(("12:00", "00:00", "13:01")))
        if info.name == "id":
            return quoted(self.any_of(("p1", "p2")))
        if info.name == "name" and pool.parties and self.number(1):
            return quoted(self.any_of(pool.parties))
        texts = [t for t in pool.texts if t not in {"unknown", "not_known", "none"}]
        return quoted(self.any_of(texts) if texts and self.number(1) else "X")

    def _codes(self) -> Raw:
        """One code at the most of each system."""
        systems: dict[str, list[str]] = {}
        for code in self.vocabulary.pool.codes:
            systems.setdefault(code.partition(":")[0], []).append(code)
        found = [self.any_of(codes) for _, codes in sorted(systems.items()) if self.number(3)]
        return listed(map(quoted, found), more=self.unknowns and self.number(9) == 9)  # noqa: PLR2004  as above


@lru_cache(maxsize=64)
def _places(named: tuple[str, ...]) -> tuple[str, ...]:
    """Countries and areas that the law names, and some that it may not."""
    return tuple(dict.fromkeys(("NL", "CN", "US", *named)))


# ── places in facts ──────────────────────────────────────────────────────────


def at(raw: Raw | None, place: Place) -> Raw | None:
    """What stands at a place; None where nothing is stated."""
    for key in place:
        if not isinstance(raw, RawRecord):
            return None
        raw = next((p.value for p in raw.pairs if p.key == key), None)
    return raw


def put(made: RawRecord, place: Place, value: Raw) -> RawRecord:
    """A record with what stands at a place replaced; records on the way are made."""
    key, *rest = place
    before = next((p.value for p in made.pairs if p.key == key), None)
    if rest:
        inside = before if isinstance(before, RawRecord) else record(())
        value = put(inside, tuple(rest), value)
    pair = RawPair(key, value, NOWHERE)
    if before is None:
        return RawRecord((*made.pairs, pair), made.where)
    return RawRecord(tuple(pair if p.key == key else p for p in made.pairs), made.where)


# ── less of it ───────────────────────────────────────────────────────────────


def _none(_: RawText) -> Iterable[Raw]:
    return ()


def smaller(raw: Raw, plainer: Callable[[RawText], Iterable[Raw]] = _none) -> Iterator[Raw]:
    """Facts that say less, the greatest step first; `plainer`: what says less than a word."""
    match raw:
        case RawText():
            yield from plainer(raw)
        case RawList(items, is_open):
            if items:
                yield replace(raw, items=())
            for n, item in enumerate(items):
                yield replace(raw, items=(*items[:n], *items[n + 1 :]))
                for less in smaller(item, plainer):
                    yield replace(raw, items=(*items[:n], less, *items[n + 1 :]))
            if is_open:
                yield replace(raw, open=False)
        case RawRecord(pairs):
            half = len(pairs) // 2
            if half > 1:
                yield replace(raw, pairs=pairs[:half])
                yield replace(raw, pairs=pairs[half:])
            for n in range(len(pairs)):
                yield replace(raw, pairs=(*pairs[:n], *pairs[n + 1 :]))
            for n, pair in enumerate(pairs):
                for less in smaller(pair.value, plainer):
                    changed = replace(pair, value=less)
                    yield replace(raw, pairs=(*pairs[:n], changed, *pairs[n + 1 :]))
        case _:
            assert_never(raw)


# ── text ─────────────────────────────────────────────────────────────────────

_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"})


def pol_text(raw: Raw) -> str:
    """Facts as they stand after `given` in a `.pol` file."""
    match raw:
        case RawText(text, is_quoted):
            return f'"{text.translate(_ESCAPES)}"' if is_quoted else text
        case RawList(items, is_open):
            texts = [pol_text(i) for i in items]
            return f"[{', '.join([*texts, '...'] if is_open else texts)}]"
        case RawRecord(()):
            return "{}"
        case RawRecord(pairs):
            return "{ " + ", ".join(f"{p.key}: {pol_text(p.value)}" for p in pairs) + " }"
        case _:
            assert_never(raw)


def plain(raw: Raw) -> object:
    """Facts as Python and JSON hold them."""
    match raw:
        case RawText(text):
            return text
        case RawList(items, is_open):
            return [*map(plain, items), *(["..."] if is_open else [])]
        case RawRecord():
            return plain_record(raw)
        case _:
            assert_never(raw)


def plain_record(raw: RawRecord) -> dict[str, object]:
    """A record as Python and JSON hold it."""
    return {pair.key: plain(pair.value) for pair in raw.pairs}
