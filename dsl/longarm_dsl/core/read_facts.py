"""Facts from what a case states, by the types of the vocabulary.

Whatever the form of a case (`.pol`, YAML, JSON), it first becomes one small tree of texts,
lists and records (`Raw`), and is read from there by `read_transaction`. Nothing that
somebody stated is dropped: a key that the vocabulary does not know is kept as stray, a
value that cannot be read is kept as malformed, and both are reported with their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from datetime import date
from typing import TypeAlias, assert_never

from longarm_dsl.core import facts
from longarm_dsl.core.ast import FieldInfo, NoneValue, Place, Word
from longarm_dsl.core.codes import Code, parse_code
from longarm_dsl.core.fact_names import meant_elsewhere, suggestion
from longarm_dsl.core.numbers import Interval, between, intersect, parse_number, point, show
from longarm_dsl.core.places import COUNTRIES, is_place
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import (
    MOST_LEVELS,
    MOST_NODES,
    Raw,
    RawList,
    RawPair,
    RawRecord,
    RawText,
    as_list,
    beyond_limits,
)
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
    article,
    show_type,
)
from longarm_dsl.core.units import CURRENCIES, Dimension, parse_unit, show_dimension
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, error, in_order
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE, Span

__all__ = [
    "MOST_CHARACTERS",
    "MOST_LEVELS",
    "MOST_NODES",
    "Raw",
    "RawList",
    "RawPair",
    "RawRecord",
    "RawText",
    "read_transaction",
]

MOST_CHARACTERS = 10_000
"""One text of a case has no more characters than this."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")
_SHOWN = 60


# --- reading ------------------------------------------------------------------------------


def read_transaction(
    raw: Raw, program: Program, *, closed: bool = False
) -> tuple[facts.Transaction, tuple[Diagnostic, ...]]:
    """Read a transaction by the vocabulary of a program.

    What cannot be read is `Malformed` in the result, and reported. A case beyond the limits
    of depth or size comes back with no facts and is then never closed.
    """
    reader = _Reader(program)
    if not isinstance(raw, RawRecord):
        reader.problem((), "malformed-case", "the facts of a case are a record", raw.where)
    elif (beyond := beyond_limits(raw)) is not None:
        reader.problem((), *beyond)
    else:
        record = reader.record(raw, "Transaction", ())
        return (
            facts.Transaction(record, closed, tuple(reader.problems)),
            in_order(reader.found),
        )
    # INVARIANT: facts that were stated and not read leave the case open.
    nothing = facts.Record("Transaction", {}, ("given",))
    return facts.Transaction(nothing, problems=tuple(reader.problems)), in_order(reader.found)


_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_OPEN = {"unknown": False, "not_known": True}
_BOUND = re.compile(r"(at least|at most|more than|less than|>=|<=|>|<)\s*(.+)")
_RANGE = re.compile(r"(?:between\s+)?(.+?)\s+(?:to|and)\s+(.+)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ](.+)")
_DECEIVES = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for a tab and a line feed
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what reorders the text around it
    r"\ud800-\udfff]"  # halves of a character
)
_NULLS = frozenset({"", "null", "Null", "NULL", "~"})

_Path: TypeAlias = tuple[str, ...]


def read_record(
    raw: RawRecord, name: str, program: Program
) -> tuple[facts.Record, tuple[Diagnostic, ...]]:
    """Read a record of the vocabulary by itself, as it would be read in a transaction."""
    reader = _Reader(program)
    return reader.record(raw, name, ()), in_order(reader.found)


def read_value(text: str, info: FieldInfo, program: Program) -> facts.Fact:
    """Read one value by the type of its field, as a case would state it without quotes."""
    raw = RawText(text, quoted=False, where=NOWHERE)
    return _Reader(program).value(raw, info.type, info, (info.name,))


class _WrongError(Exception):
    """Leaves the value being read; caught by `_Reader.value`, never seen outside."""

    def __init__(self, reason: str, help_: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help_


@dataclass(slots=True)
class _Reader:
    program: Program
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    problems: list[str] = field(default_factory=list[str])

    def problem(
        self, path: _Path, name: str, message: str, where: Span, help_: str | None = None
    ) -> None:
        at = _show_path(path)
        self.found.append(error(name, message, where, help=help_, note=at or None))
        self.problems.append(f"{at}: {message}" if at else message)

    # ── records ──────────────────────────────────────────────────────────────

    def record(self, raw: RawRecord, name: str, path: _Path) -> facts.Record:
        declared = self.program.records.get(name)
        known = {} if declared is None else declared.fields
        read: dict[str, facts.Fact] = {}
        stray: list[str] = []
        for pair in _with_clock(raw, known):
            here = (*path, pair.key)
            info = known.get(pair.key)
            if pair.key in read or pair.key in stray:
                message = f"`{_short(pair.key)}` is given twice"
                self.problem(path, "duplicate-key", message, pair.where, "keep one of the two")
                if info is not None:
                    read[pair.key] = facts.Malformed(_text(pair.value), "given twice")
            elif info is None:
                self._unknown_key(pair, name, known, path)
                stray.append(pair.key)
            else:
                read[pair.key] = self.value(pair.value, info.type, info, here)
        return facts.Record(name, read, tuple(stray))

    def _unknown_key(
        self, pair: RawPair, name: str, known: dict[str, FieldInfo], path: _Path
    ) -> None:
        owners = sorted(
            r for r, record in self.program.records.items() if pair.key in record.fields
        )
        help_ = suggestion(_short(pair.key), known, owners)
        if help_ is None and owners:
            help_ = f"`{_short(pair.key)}` is a fact of {', '.join(owners)}"
        elif help_ is None:
            records = {r: record.fields for r, record in self.program.records.items()}
            help_ = meant_elsewhere(pair.key, records)
        if help_ is None and not _NAME.fullmatch(pair.key):
            help_ = 'within `{ }`, a text with a comma stands in quotes: `"Acme Co., Ltd."`'
        message = f"there is no fact `{_short(pair.key)}` of {article(name)}"
        self.problem(path, "unknown-fact", message, pair.where, help_)

    # ── values ───────────────────────────────────────────────────────────────

    def value(self, raw: Raw, wanted: Type, info: FieldInfo | None, path: _Path) -> facts.Fact:
        """One value; what cannot be read is reported and comes back malformed."""
        try:
            return self._value(raw, wanted, info, path)
        except _WrongError as wrong:
            self.problem(path, "malformed-fact", wrong.reason, raw.where, wrong.help)
            return facts.Malformed(_text(raw), wrong.reason)

    def _value(self, raw: Raw, wanted: Type, info: FieldInfo | None, path: _Path) -> facts.Fact:
        word = _word(raw, wanted)
        if word in _OPEN:
            return facts.Open(_OPEN[word])
        match wanted:
            case ListType(item) | SetType(item):
                return self._items(raw, item, path, word, is_list=isinstance(wanted, ListType))
            case CodesType():
                return facts.Scalar(NoneValue()) if word == "none" else self._codes(raw, path)
            case RecordType(name):
                if word == "none":
                    return facts.Scalar(NoneValue())
                return self._record(raw, name, path)
            case DatesType():
                return self._dates(raw, path, word)
            case RatesType():
                return self._rates(raw, path, word)
            case FlagType() | TextType() | DateType() | NumberType() | PlaceType() | EnumType():
                return self._scalar(raw, wanted, info, word)
            case CodeSetType() | RowType() | ListingSetType() | NoneType() | BrokenType():
                raise _WrongError(f"no case can state {show_type(wanted)}")
            case _:
                assert_never(wanted)

    def _scalar(
        self,
        raw: Raw,
        wanted: FlagType | TextType | DateType | NumberType | PlaceType | EnumType,
        info: FieldInfo | None,
        word: str,
    ) -> facts.Fact:
        if not isinstance(raw, RawText):
            raise _WrongError(f"{show_type(wanted)} is expected here, not {_kind(raw)}")
        if not raw.quoted and raw.text in _NULLS:
            raise _WrongError(
                "nothing stands here", "write `unknown` or `none`, or leave the key out"
            )
        if isinstance(wanted, EnumType) and raw.text in wanted.values:
            return facts.Scalar(Word(wanted.name, raw.text))
        if word == "none" and not isinstance(wanted, FlagType):
            return facts.Scalar(NoneValue())
        match wanted:
            case FlagType():
                return facts.Scalar(_flag(raw.text))
            case TextType():
                return facts.Scalar(_checked_text(raw.text))
            case DateType():
                return facts.Scalar(_date(raw.text))
            case NumberType(dimension):
                return facts.Scalar(self._number(raw.text, dimension, info))
            case PlaceType():
                return facts.Scalar(_place(raw.text))
            case EnumType(name, values):
                raise _WrongError(
                    f"`{_short(raw.text)}` is not {article(name)}",
                    did_you_mean(raw.text, values) or f"it can be {_listed(values)}",
                )
            case _:
                assert_never(wanted)

    # ── numbers ──────────────────────────────────────────────────────────────

    def _number(self, text: str, wanted: Dimension, info: FieldInfo | None) -> Interval:
        made = self._interval(text.strip(), wanted)
        if info is None or info.range is None:
            return made
        # Of a range, what the vocabulary excludes is cut away; a fact wholly outside is wrong.
        inside = intersect(made, info.range)
        if inside is None:
            help_ = f"it is {show(info.range)}"
            if wanted.kind == "number" and _PLAIN.fullmatch(text.strip()):
                percent = self._interval(f"{text.strip()}%", wanted)
                if intersect(percent, info.range) is not None:
                    help_ += f"; for percent write `{text.strip()}%`"
            raise _WrongError(f"`{_short(text)}` is outside what `{info.name}` can be", help_)
        return inside

    def _interval(self, text: str, wanted: Dimension) -> Interval:
        bound = _BOUND.fullmatch(text)
        if bound is not None:
            end = self._amount(bound[2], wanted)
            match bound[1]:
                case "at least" | ">=":
                    return between(end.low, None, end.dimension)
                case "more than" | ">":
                    return between(end.low, None, end.dimension, low_closed=False)
                case "at most" | "<=":
                    return between(None, end.high, end.dimension)
                case _:
                    return between(None, end.high, end.dimension, high_closed=False)
        ends = _RANGE.fullmatch(text)
        if ends is None:
            return self._amount(text, wanted)
        high = self._amount(ends[2], wanted)
        first = parse_number(ends[1])
        second = parse_number(ends[2])
        # `40 to 60 nm` counts both ends in the unit of the last.
        shared = first is not None and second is not None and not first[1]
        unit = second[1] if shared and second is not None else ""
        low = self._amount(f"{ends[1]} {unit}".strip(), wanted)
        if low.low is None or high.high is None or low.low > high.high:
            raise _WrongError(f"`{_short(text)}` runs backwards")
        if low.dimension != high.dimension and not (low.is_zero or high.is_zero):
            raise _WrongError(f"`{_short(text)}` has ends of two kinds")
        return between(low.low, high.high, high.dimension if low.is_zero else low.dimension)

    def _amount(self, text: str, wanted: Dimension) -> Interval:
        number = parse_number(text)
        if number is None:
            raise _WrongError(f"`{_short(text)}` is not a number", _number_help(text, wanted))
        value, written = number
        if not written:
            if wanted.kind == "number" or value == 0:
                return point(value, wanted)
            missing = "a currency" if wanted.kind == "money" else "a unit"
            raise _WrongError(f"`{_short(text)}` lacks {missing}", _number_help(text, wanted))
        unit = parse_unit(written, self.program.units)
        if unit is None:
            kind = "currency" if wanted.kind == "money" else "unit"
            known = CURRENCIES if wanted.kind == "money" else self.program.units
            raise _WrongError(
                f"`{_short(written)}` is not a {kind}",
                did_you_mean(written, known) or _number_help(text, wanted),
            )
        given = unit.dimension
        same_money = wanted.currency is None or wanted.currency == given.currency
        if given.kind != wanted.kind or given.powers != wanted.powers or not same_money:
            raise _WrongError(
                f"`{_short(text)}` is not {_measure(wanted)}", _number_help(text, wanted)
            )
        return point(value * unit.factor, given)

    # ── collections ──────────────────────────────────────────────────────────

    def _items(self, raw: Raw, item: Type, path: _Path, word: str, *, is_list: bool) -> facts.Fact:
        if word == "none":
            return facts.Items(())
        listed = as_list(raw)
        if listed is None:
            if isinstance(item, RecordType):
                kind = "list" if is_list else "set"
                raise _WrongError(f"a {kind} is expected here, not {_kind(raw)}", "write `[…]`")
            one = self._value(raw, item, None, path)
            return facts.Items((one,))
        read = tuple(
            self.value(each, item, None, (*path, str(n))) for n, each in enumerate(listed.items)
        )
        return facts.Items(read, listed.open)

    def _codes(self, raw: Raw, path: _Path) -> facts.Fact:
        listed = as_list(raw)
        if listed is None:
            listed = RawList((raw,), open=False, where=raw.where)
        codes: list[Code] = []
        is_open = listed.open
        for each in listed.items:
            if not isinstance(each, RawText):
                raise _WrongError(f"a code is expected here, not {_kind(each)}")
            if not each.quoted and each.text in _OPEN:
                is_open = True
                continue
            try:
                codes.append(_code(each.text))
            except _WrongError as wrong:
                # One wrong code spoils the set: what it was meant to be could decide.
                self.problem(path, "malformed-fact", wrong.reason, each.where, wrong.help)
                return facts.Malformed(_text(raw), wrong.reason)
        return facts.Codes(tuple(dict.fromkeys(codes)), is_open)

    def _record(self, raw: Raw, name: str, path: _Path) -> facts.Fact:
        match raw:
            case RawRecord():
                read = self.record(raw, name, path)
                if name == "Listing":
                    return self._listing(read, raw, path)
                return read
            case RawList((), is_open, where) if not is_open:
                # `{}` says nothing of the record; only its type tells it from an empty set.
                return self.record(RawRecord((), where), name, path)
            case RawText(text) if name == "Listing":
                bare = facts.Record(name, {"list": facts.Scalar(text)})
                return self._listing(bare, raw, path)
            case _:
                help_ = "write `{owner: {name: …}, share: 50 %}`" if name == "Stake" else None
                raise _WrongError(
                    f"{show_type(RecordType(name))} is expected here, not {_kind(raw)}", help_
                )

    def _listing(self, record: facts.Record, raw: Raw, path: _Path) -> facts.Fact:
        """A row on a list: a list that no law declares is a misspelling, not a fact."""
        match record.fields.get("list"):
            case facts.Scalar(str() as name):
                lists = [t.id for t in self.program.tables.values() if t.is_list]
                if name in lists:
                    return record
                where = raw.where
                if isinstance(raw, RawRecord):
                    where = next(p.value.where for p in raw.pairs if p.key == "list")
                reason = f"there is no list `{_short(name)}`"
                self.problem(path, "malformed-fact", reason, where, did_you_mean(name, lists))
                unread = facts.Malformed(_short(name), reason)
                return facts.Record(record.type, {**record.fields, "list": unread}, record.stray)
            case _:
                return record

    def _dates(self, raw: Raw, path: _Path, word: str) -> facts.Fact:
        return self._named(raw, "dates", DateType(), path, word)

    def _rates(self, raw: Raw, path: _Path, word: str) -> facts.Fact:
        """`{EUR: 1.08 USD}`: one euro is worth 1.08 dollars."""
        made = self._named(raw, "rates", NumberType(Dimension("money")), path, word)
        if not isinstance(made, facts.Record) or not isinstance(raw, RawRecord):
            return made
        read, stray = dict(made.fields), list(made.stray)
        for pair in raw.pairs:
            if pair.key not in CURRENCIES and pair.key in read:
                message = f"`{_short(pair.key)}` is not a currency"
                help_ = did_you_mean(pair.key, CURRENCIES) or "write `rates: {EUR: 1.08 USD}`"
                self.problem(path, "unknown-fact", message, pair.where, help_)
                stray.append(pair.key)
                del read[pair.key]
            match read.get(pair.key):
                case facts.Scalar(Interval() as rate) if (rate.low or 0) <= 0:
                    reason = f"a rate is more than 0, and `{_text(pair.value)}` may not be"
                    at = (*path, pair.key)
                    self.problem(at, "malformed-fact", reason, pair.value.where)
                    read[pair.key] = facts.Malformed(_text(pair.value), reason)
                case _:
                    pass
        return facts.Record(made.type, read, tuple(stray))

    def _named(self, raw: Raw, kind: str, wanted: Type, path: _Path, word: str) -> facts.Fact:
        """A record whose keys are free and whose values are of one type."""
        if word == "none":
            return facts.Record(kind)
        if not isinstance(raw, RawRecord):
            example = "shipment: 2025-12-02" if kind == "dates" else "EUR: 1.08 USD"
            raise _WrongError(
                f"named {kind} are expected here, not {_kind(raw)}", f"write `{{{example}}}`"
            )
        read: dict[str, facts.Fact] = {}
        for pair in raw.pairs:
            if pair.key in read:
                message = f"`{_short(pair.key)}` is given twice"
                self.problem(path, "duplicate-key", message, pair.where, "keep one of the two")
                read[pair.key] = facts.Malformed(_text(pair.value), "given twice")
            else:
                read[pair.key] = self.value(pair.value, wanted, None, (*path, pair.key))
        return facts.Record(kind, read)


# --- single values --------------------------------------------------------------------------


def _word(raw: Raw, wanted: Type) -> str:
    """`unknown`, `not_known` or `none` where it is meant as such, else the empty text.

    Only where a text is expected do quotes make a text of such a word.
    """
    if not isinstance(raw, RawText) or (raw.quoted and isinstance(wanted, TextType)):
        return ""
    return raw.text if raw.text in _OPEN or raw.text == "none" else ""


def _flag(text: str) -> bool:
    found = _FLAGS.get(text.lower())
    if found is None:
        raise _WrongError(f"`{_short(text)}` is neither yes nor no", "write `yes` or `no`")
    return found


def _checked_text(text: str) -> str:
    if not text.strip():
        raise _WrongError("an empty text says nothing", "leave the key out, or write `none`")
    if len(text) > MOST_CHARACTERS:
        raise _WrongError(f"a text has at most {MOST_CHARACTERS} characters")
    if _DECEIVES.search(text):
        raise _WrongError("an invisible control character stands in this text")
    return text


def _date(text: str) -> date:
    help_ = "write year, month, day: `2025-12-01`"
    if _CLOCK.fullmatch(text):
        raise _WrongError(f"`{_short(text)}` has a clock time, and a day is expected", help_)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _WrongError(f"`{_short(text)}` is not a day of the calendar", help_)


def _place(text: str) -> Place:
    if is_place(text):
        return Place(text)
    named = [code for code, names in COUNTRIES.items() if text.casefold() in _folded(names)]
    if is_place(text.upper()):
        named = [text.upper()]
    help_ = f"did you mean `{named[0]}`?" if named else "use ISO 3166, such as `CN` or `UA-43`"
    raise _WrongError(f"`{_short(text)}` is not a country code", help_)


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in names)


def _code(text: str) -> Code:
    made = parse_code(text)
    if made is not None:
        return made
    if ":" not in text:
        help_ = f"write `US:{text}`, `CN:{text}` or `HS:{text}`" if len(text) < _SHOWN else None
        raise _WrongError(f"the code `{_short(text)}` does not say its system", help_)
    raise _WrongError(f"`{_short(text)}` is not a code", "write it as `US:3A090.a`")


def _number_help(text: str, wanted: Dimension) -> str:
    if "," in text:
        return "a number has no commas: `10000` or `10_000`"
    match wanted.kind:
        case "money":
            return f"write `10000 {wanted.currency or 'EUR'}`"
        case "quantity":
            return f"write it in {show_dimension(wanted)} or a unit of the same kind"
        case "number":
            return "write it as `12`, `0.1%` or `1/3`"


def _measure(wanted: Dimension) -> str:
    if wanted.kind == "money":
        return f"an amount in {wanted.currency}" if wanted.currency else "money"
    return show_type(NumberType(wanted))


# --- shapes and texts -----------------------------------------------------------------------


def _with_clock(raw: RawRecord, known: dict[str, FieldInfo]) -> Iterable[RawPair]:
    """The pairs, with `date: 2025-11-10T13:01` as the `date` and the `time` it states."""
    splits = {"date", "time"} <= known.keys() and all(p.key != "time" for p in raw.pairs)
    for pair in raw.pairs:
        value = pair.value
        if splits and pair.key == "date" and isinstance(value, RawText):
            clock = _CLOCK.fullmatch(value.text)
            if clock is not None:
                yield RawPair("date", RawText(clock[1], value.quoted, value.where), pair.where)
                yield RawPair("time", RawText(clock[2], value.quoted, value.where), pair.where)
                continue
        yield pair


def _kind(raw: Raw) -> str:
    match raw:
        case RawText(text):
            return f"`{_short(text)}`"
        case RawList():
            return "a list"
        case RawRecord():
            return "a record"
        case _:
            assert_never(raw)


def _text(raw: Raw) -> str:
    return _short(raw.text if isinstance(raw, RawText) else raw.where.text)


def _short(text: str) -> str:
    """A text to show on one line: control characters escaped, the middle of a long one cut."""
    plain = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[:200]
    )
    return plain if len(plain) <= _SHOWN else f"{plain[: _SHOWN - 1]}…"


def _listed(values: tuple[str, ...]) -> str:
    most = 12
    shown = ", ".join(f"`{v}`" for v in values[:most])
    return f"{shown}, …" if len(values) > most else shown


def _show_path(path: _Path) -> str:
    """`item.components[0].value`."""
    return "".join(
        f"[{part}]" if part.isdigit() else f".{part}" if n else part
        for n, part in enumerate(_short(p) for p in path)
    )
