"""Random cases by the types of a program's vocabulary, around what its law speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import assert_never

from longarm.drawing import pol_text, smaller, word
from longarm.pool import Pool, beside
from longarm_dsl.core import ast, facts
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.read_facts import read_transaction
from longarm_dsl.core.types import (
    POSTURE,
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
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.world import Options
from longarm_dsl.source import NOWHERE

MOST_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Case:
    """A case as somebody would write it, with the choices of whoever asks."""

    given: RawRecord
    on: str
    known: date
    closed: bool = False
    readings: tuple[tuple[str, str], ...] = ()
    with_: tuple[str, ...] = ()

    @property
    def options(self) -> Options:
        return Options(frozenset(self.with_), self.readings)

    @property
    def day(self) -> Day:
        from longarm.deciding import parse_day  # noqa: PLC0415  imports the whole reader

        made = parse_day(self.on)
        assert made is not None, self.on
        return made

    def transaction(self, program: Program) -> facts.Transaction:
        return read_transaction(self.given, program, closed=self.closed)[0]


def quoted(text: str) -> RawText:
    return RawText(text, quoted=True, where=NOWHERE)


def listed(*items: Raw, more: bool = False) -> RawList:
    return RawList(items, more, NOWHERE)


def record(**pairs: Raw) -> RawRecord:
    return RawRecord(tuple(RawPair(k, v, NOWHERE) for k, v in pairs.items()), NOWHERE)


@dataclass
class CaseMaker:
    """Makes cases under one program."""

    program: Program
    pool: Pool
    rng: Random
    stated: float = 0.5
    """How much of what the law reads is stated."""
    doubt: float = 0.1
    """How much of what is stated is open, a range, or cannot be read."""
    told: tuple[RawRecord, ...] = ()
    """Cases that somebody wrote: some random cases are near them."""
    thin: float = 0.75
    """How much less is stated of a record inside another."""

    def case(self) -> Case:
        """A case, its days, and the choices of whoever asks."""
        rng = self.rng
        self.stated = rng.choice((0.15, 0.4, 0.6, 0.8, 0.97))
        self.doubt = rng.choice((0.0, 0.0, 0.08, 0.25))
        self.thin = rng.choice((0.75, 0.75, 1.0))
        on, known = self._day(), self._day()
        if rng.random() < 0.6:
            known = max(on, self.pool.days[-1] if self.pool.days else on)
        clock = rng.choice(("", "", "", "", "T00:00", "T13:01", "T09:29+01:00", "T23:59Z"))
        readings = tuple(
            (id_, rng.choice(r.enum.values))
            for id_, r in self.program.readings.items()
            if rng.random() < 0.3
        )
        proposed = [i for i, x in self.program.instruments.items() if x.proposed]
        unenforced = [e.id for e in self.program.law.events.values() if e.kind == "unenforced"]
        with_ = tuple(i for i in (*proposed, *unenforced) if rng.random() < 0.3)
        # No text of a case states nothing at all.
        given = self.record("Transaction", 0)
        if self.told and rng.random() < 0.6:
            given = self._near(rng.choice(self.told), given)
        given = given if given.pairs else record(item=listed())
        return Case(given, f"{on}{clock}", known, rng.random() < 0.35, readings, with_)

    def _near(self, told: RawRecord, other: RawRecord) -> RawRecord:
        """A case that somebody told, with some facts of another instead of its own."""
        pairs: dict[str, RawPair] = {}
        news = {p.key: p for p in other.pairs}
        for pair in told.pairs:
            new = news.get(pair.key)
            match pair.value, new:
                case RawRecord() as ours, RawPair(value=RawRecord() as theirs):
                    pairs[pair.key] = replace(pair, value=self._near(ours, theirs))
                case _, RawPair() if self.rng.random() < 0.12:
                    pairs[pair.key] = new
                case _ if self.rng.random() < 0.95:
                    pairs[pair.key] = pair
                case _:
                    pass
        for key, new in news.items():
            if key not in pairs and self.rng.random() < 0.1:
                pairs[key] = new
        return RawRecord(tuple(pairs.values()), NOWHERE)

    def _day(self) -> date:
        return self.rng.choice(self.pool.days or [date(2025, 6, 1)])

    # ── facts ────────────────────────────────────────────────────────────────

    def record(self, name: str, depth: int) -> RawRecord:
        """A record: what the law reads of it is often stated, the rest rarely."""
        declared = self.program.records.get(name)
        pairs: list[RawPair] = []
        thin = self.thin**depth
        for key, info in (declared.fields if declared else {}).items():
            share = self.stated * thin if key in self.pool.read else self.stated * 0.04
            if isinstance(info.type, RecordType) and depth >= 2:
                share *= 0.4
            if self.rng.random() < share and depth < MOST_DEPTH:
                pairs.append(RawPair(key, self.value(info, depth), NOWHERE))
        if name == "Party" and self.rng.random() < 0.05:
            pairs = [p for p in pairs if p.key != "id"]
            pairs.append(RawPair("id", quoted(self.rng.choice(("p1", "p1", "p2"))), NOWHERE))
        if self.rng.random() < self.doubt * 0.05:
            key = self.rng.choice(("destinatoin", "itme", "x"))
            pairs.append(RawPair(key, word("yes"), NOWHERE))
        return RawRecord(tuple(pairs), NOWHERE)

    def value(self, info: ast.FieldInfo, depth: int) -> Raw:
        """The value of a field, sometimes one that leaves it open or cannot be read."""
        rng = self.rng
        if rng.random() < self.doubt * 0.5:
            return rng.choice(
                (word("unknown"), word("unknown"), word("not_known"), word("none"), quoted("?!"))
            )
        if info.type == POSTURE:
            return word(rng.choice(POSTURE.values))
        if info.name in {"lists", "list"}:
            made = self._listing(info.type, depth)
            if made is not None:
                return made
        if info.name == "of" and self.pool.paths:
            return quoted(rng.choice(self.pool.paths))
        return self._typed(info.type, info, depth)

    def _listing(self, wanted: Type, depth: int) -> Raw | None:
        if not self.pool.lists:
            return None
        names = self.pool.lists
        if wanted == TextType():
            return quoted(self.rng.choice(names))
        if isinstance(wanted, ListType) and wanted.item == RecordType("Listing"):
            found: list[Raw] = []
            for _ in range(self.rng.choice((0, 0, 1, 2))):
                bare = self.rng.random() < 0.5
                name = self.rng.choice(names)
                found.append(word(name) if bare else self.record("Listing", depth + 1))
            return listed(*found, more=self.rng.random() < self.doubt)
        return None

    def _typed(self, wanted: Type, info: ast.FieldInfo | None, depth: int) -> Raw:
        rng, pool = self.rng, self.pool
        match wanted:
            case FlagType():
                return word(rng.choice(("yes", "no")))
            case TextType():
                if info is not None and info.name == "time":
                    return quoted(rng.choice(("13:01", "00:00", "9")))
                names = pool.parties if info is not None and info.name == "name" else pool.texts
                return quoted(rng.choice([*(names or ["tin"]), "x", "Somebody"]))
            case DateType():
                return word(str(self._day()))
            case NumberType(dimension):
                return self._number(dimension)
            case PlaceType():
                return word(rng.choice([*(pool.places or ["CN"]), "CN", "US", "HK", "NL"]))
            case EnumType(name, values):
                return word(rng.choice([*pool.words.get(name, ()), *values]))
            case CodesType():
                codes = rng.sample(pool.codes, min(len(pool.codes), rng.choice((0, 1, 1, 2, 3))))
                return listed(*map(quoted, codes), more=rng.random() < self.doubt)
            case RecordType(name):
                return self.record(name, depth + 1)
            case SetType(item) | ListType(item):
                most = (0, 1, 1, 2) if isinstance(item, RecordType) else (0, 1, 1, 2, 3)
                made = [self._typed(item, info, depth + 1) for _ in range(rng.choice(most))]
                if made and rng.random() < self.doubt * 0.3:
                    made[0] = word("unknown")
                return listed(*made, more=rng.random() < self.doubt * 1.5)
            case DatesType():
                names = [*pool.events, "shipment"]
                return record(**{n: word(str(self._day())) for n in rng.sample(names, 1)})
            case RatesType():
                rate = rng.choice(("1.1 USD", "2 USD", "1/3 USD"))
                return record(EUR=quoted(rate))
            case CodeSetType() | RowType() | ListingSetType() | NoneType() | BrokenType():
                return word("unknown")
            case _:
                assert_never(wanted)

    def _number(self, dimension: Dimension) -> Raw:
        """A number at or beside one that the law compares with, or a range over it."""
        rng = self.rng
        near = [
            text
            for own, texts in self.pool.numbers.items()
            for text in texts
            if own.kind == dimension.kind and own.powers == dimension.powers
        ]
        unit = show_dimension(dimension) if dimension.kind == "quantity" else ""
        if dimension.kind == "money":
            near += ["100 USD", "200 EUR", "10 USD"]
        near += [f"1 {unit}".strip(), f"5 {unit}".strip()] if dimension.kind != "money" else []
        text = beside(rng.choice(near), rng.choice((0, 1, 2, 3, 4, 4, 4, 5, 8, 40)))
        if rng.random() < self.doubt * 1.5:
            return quoted(rng.choice((f"at least {text}", f"at most {text}", f"less than {text}")))
        return quoted(text)


# ── text ─────────────────────────────────────────────────────────────────────


def case_text(case: Case) -> str:
    """The declaration of a case, without what it expects."""
    assume = "\n  assume closed" if case.closed else ""
    given = pol_text(case.given)
    return f'case "found"\n  on     {case.on}\n  known  {case.known}{assume}\n  given  {given}\n'


# ── shrinking ────────────────────────────────────────────────────────────────


def _plainer(text: RawText) -> Iterator[Raw]:
    """Of a word less is said where it is left open."""
    if text.text not in {"unknown", "yes", "no"} and not text.quoted:
        yield word("unknown")


def shrunk_case(case: Case, still: Callable[[Case], bool]) -> Case:
    """A case that says no more than it must while `still` holds."""
    plainer: tuple[Callable[[Case], Case], ...] = (
        lambda c: replace(c, readings=(), with_=(), closed=False, on=c.on[:10]),
        lambda c: replace(c, readings=()),
        lambda c: replace(c, with_=()),
        lambda c: replace(c, closed=False),
        lambda c: replace(c, on=c.on[:10]),
    )
    for step in plainer:
        less = step(case)
        if less != case and still(less):
            case = less
    while True:
        lesser = next(filter(still, _less_given(case)), None)
        if lesser is None:
            return case
        case = lesser


def _less_given(case: Case) -> Iterator[Case]:
    for given in smaller(case.given, _plainer):
        if isinstance(given, RawRecord) and given.pairs:
            yield replace(case, given=given)
