"""Tables of cases, one a row: CSV and workbooks to the tree that YAML cases have.

    case,on,assume,item.weight,destination,expect.xx
    over the bound,2026-03-01,closed,11,US,"requires license, because heavy"

Columns are the keys of a case, paths of facts (`item.value`, or `given.item.value` where a
fact has the name of a key), perhaps with the unit of their bare numbers (`item.value (EUR)`), and
`expect.REGIME`, perhaps with the first word of a clause (`expect.cn.because`). An empty cell states nothing; a row of days and expectations alone says what
the case above it is to come to on those days. A column that names nothing is a mistake
of the whole table, since every row would lack what it was to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

from longarm.case_input import KEYS, CaseInput, cases_in
from longarm.expectations import KEYWORDS
from longarm.sheets import Cell, Sheet, sheets_of
from longarm_dsl.core.fact_names import suggestion
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.read_facts import MOST_CHARACTERS
from longarm_dsl.core.types import (
    CodesType,
    DatesType,
    ListType,
    NumberType,
    RatesType,
    RecordType,
    SetType,
    TextType,
    Type,
    article,
)
from longarm_dsl.core.units import parse_unit
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, error, in_order
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span

TITLE = "case"
_PLAIN = tuple(key for key in KEYS if key not in {"given", "expect"})
_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([0-9]{1,3})\])?")
_MEASURED = re.compile(r"([^()]*[^()\s])\s*\(([^()]+)\)")
_BETWEEN = re.compile(r"[;\n]")
_BETWEEN_WORDS = re.compile(r"[;,\n]")
_COMMA = re.compile(r"[;\n]|,(?![^()]*\))")
_SHOWN = 60
_MOST_TOLD = 20
"""Mistakes in the names of columns that are told; with one, nothing of the table is read."""


def table_cases(
    data: bytes, name: str, program: Program
) -> tuple[tuple[CaseInput, ...], tuple[Diagnostic, ...]]:
    """Read the cases of a CSV file or workbook; `name` is the name to show."""
    sheets, problems = sheets_of(data, name)
    if not sheets:
        return (), problems
    tables = [s for s in sheets if len(sheets) == 1 or TITLE in _heads(s)]
    cases: list[CaseInput] = []
    found: list[Diagnostic] = []
    if not tables:
        message = f"no sheet has `{TITLE}` in its first row"
        where = Span(sheets[0].source, 0, 0)
        found.append(error("malformed-case", message, where, help="name the column of the titles"))
    for sheet in tables:
        unread = [d for d in problems if d.primary.span.source is sheet.source]
        table = _Table(sheet, program, frozenset(d.primary.span.start for d in unread))
        rows = table.rows()
        mistakes = [*unread, *table.found]
        if rows is not None:
            read, more = cases_in(rows, (), sheet.source, program)
            cases += read
            mistakes += more
        found += [_with_cell(d, sheet) for d in mistakes]
    return tuple(cases), in_order(found)


def _heads(sheet: Sheet) -> list[str]:
    return [cell.text for cell in sheet.rows[0]] if sheet.rows else []


def _with_cell(found: Diagnostic, sheet: Sheet) -> Diagnostic:
    """A finding with the name of its cell, which is how people find it in a table."""
    cell = sheet.name_of(found.primary.span) if found.primary.span.source is sheet.source else None
    if cell is None:
        return found
    where = f"cell {cell}" if sheet.title is None else f"cell {cell} of `{sheet.title[:40]}`"
    return replace(found, note=f"{found.note}, {where}" if found.note else where)


# ── columns ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of the case."""

    name: str


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact, by its path, with its type and the unit of bare numbers."""

    path: tuple[str | int, ...]
    type: Type = field(compare=False)
    unit: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class _Expected:
    """What is expected of a regime, perhaps by the first word of a clause and a name."""

    regime: str
    words: tuple[str, ...]


_Column = _Key | _Fact | _Expected


@dataclass(slots=True)
class _Table:
    sheet: Sheet
    program: Program
    unread: frozenset[int]
    """Where cells begin that are not read: what they were to say is nobody's to guess."""
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])

    def wrong(
        self, message: str, where: Span, help_: str | None = None, name: str = "malformed-case"
    ) -> None:
        self.found.append(error(name, message, where, help=help_))

    def rows(self) -> RawList | None:
        """The cases as a YAML list would hold them; None if the columns are not understood."""
        before = len(self.found)
        head, *body = self.sheet.rows or ((),)
        columns = self.columns(head, body)
        if len(self.found) > before or self.is_unread(head):
            return None
        filled = [row for row in body if any(cell.text for cell in row)]
        if not filled:
            self.wrong("the table holds no case", Span(self.sheet.source, 0, 0))
        made: list[RawRecord] = []
        is_left_out: bool | None = None  # of the case above, if there is one
        for row in filled:
            read = self.row(row, columns)
            if read is None and made and _untitled(row, columns):
                continue  # a day that is not read leaves its case, and the other days, as they are
            if read is None or not _continues(read, columns):
                is_left_out = read is None
                made += [] if read is None else [read]
            elif is_left_out is None:
                self.wrong("no case stands above this day", read.where, "write its title")
            elif not is_left_out:
                made[-1] = _on_another_day(made[-1], read)
        whole = Span(self.sheet.source, 0, len(self.sheet.source.text))
        return RawList(tuple(made), open=False, where=whole) if made else None

    def columns(self, head: Sequence[Cell], body: Sequence[Sequence[Cell]]) -> list[_Column | None]:
        columns: list[_Column | None] = []
        seen: set[_Column] = set()
        before = len(self.found)
        for number, cell in enumerate(head):
            if len(self.found) - before >= _MOST_TOLD:
                break
            if cell.text.startswith("#"):
                columns.append(None)
                continue
            if not cell.text:
                if any(len(row) > number and row[number].text for row in body):
                    self.wrong("a column without a name", cell.where, "`#` begins a remark")
                columns.append(None)
                continue
            column = self.column(cell)
            if column is not None and column in seen:
                self.wrong(
                    f"there are two columns `{cell.text[:_SHOWN]}`",
                    cell.where,
                    "keep one of the two",
                    "duplicate-key",
                )
            columns.append(column)
            seen |= {column} if column is not None else set()
        if len(self.found) == before and not any(c is not None for c in columns):
            where = head[0].where if head else Span(self.sheet.source, 0, 0)
            self.wrong("the first row names no column", where, "write `case`, `on`, `item.code`, …")
        return columns

    def column(self, cell: Cell) -> _Column | None:
        name, where = cell.text, cell.where
        if name in _PLAIN:
            return _Key(name)
        if name == "expect" or name.startswith("expect."):
            return self.expected(name, where)
        return self.fact(name.removeprefix("given."), where)

    def expected(self, name: str, where: Span) -> _Expected | None:
        _, *words = name.split(".")
        regimes = self.program.regimes
        if not words:
            self.wrong(
                "`expect` names a regime",
                where,
                f"write {' or '.join(f'`expect.{r}`' for r in regimes) or '`expect.REGIME`'}",
            )
            return None
        regime, *clause = words
        if regime not in regimes:
            self.wrong(
                f"there is no regime `{regime[:_SHOWN]}`",
                where,
                did_you_mean(regime, regimes) or f"there are {', '.join(regimes) or 'none'}",
                "unknown-name",
            )
            return None
        known = [k.replace(" ", "_") for k in KEYWORDS]
        if clause and clause[0] not in known:
            self.wrong(
                f"`{clause[0][:_SHOWN]}` cannot be expected",
                where,
                did_you_mean(clause[0], known),
            )
            return None
        return _Expected(regime, (clause[0], ".".join(clause[1:])) if clause[1:] else tuple(clause))

    def fact(self, written: str, where: Span) -> _Fact | None:
        measured = _MEASURED.fullmatch(written)
        name, unit = (measured[1], measured[2].strip()) if measured else (written, "")
        path: list[str | int] = []
        type_: Type = RecordType("Transaction")
        for part in name.split("."):
            step = _STEP.fullmatch(part)
            if step is None:
                self.wrong(
                    f"`{name[:_SHOWN]}` names no fact",
                    where,
                    "write a path such as `item.value`; `#` begins a remark",
                    "unknown-fact",
                )
                return None
            below = self.step(step[1], type_, where)
            if below is None:
                return None
            type_ = below
            path.append(step[1])
            if step[2] is None:
                continue
            if not isinstance(type_, ListType | SetType):
                self.wrong(f"`{step[1]}` is no list", where, f"write `{step[1]}`", "unknown-fact")
                return None
            path.append(int(step[2]))
            type_ = type_.item
        if unit and (not isinstance(type_, NumberType) or not self.measures(unit, type_)):
            message = f"`{unit[:_SHOWN]}` is no unit of `{name[:_SHOWN]}`"
            help_ = f"write `{name[:_SHOWN]}`; `#` begins a remark"
            self.wrong(message, where, help_, "unknown-unit")
            return None
        return _Fact(tuple(path), type_, unit)

    def measures(self, written: str, type_: NumberType) -> bool:
        """Whether amounts of a unit, or currency, are of a type."""
        unit = parse_unit(written, self.program.units)
        if unit is None:
            return False
        has, wants = unit.dimension, type_.dimension
        same = wants.currency is None or wants.currency == has.currency
        return (has.kind, has.powers) == (wants.kind, wants.powers) and same

    def step(self, key: str, type_: Type, where: Span) -> Type | None:
        """The type of a field of something; None, and reported, if it has no such field."""
        match type_:
            case RecordType(record):
                declared = self.program.records.get(record)
                fields = {} if declared is None else declared.fields
                if key in fields:
                    return fields[key].type
                owners = sorted(r for r, d in self.program.records.items() if key in d.fields)
                help_ = suggestion(key[:_SHOWN], fields, owners)
                if record == "Transaction" and key in self.program.regimes:
                    help_ = f"did you mean `expect.{key}`?"
                message = f"there is no fact `{key[:_SHOWN]}` of {article(record)}"
            case DatesType() | RatesType():
                return TextType()
            case ListType(RecordType()) | SetType(RecordType()):
                message = f"`{key[:_SHOWN]}` is asked of a list"
                help_ = "count the elements from 0, `item.components[0].code`, or write the list"
            case _:
                message = f"`{key[:_SHOWN]}` is asked of what has no parts"
                help_ = "leave it out"
        self.wrong(message, where, help_, "unknown-fact")
        return None

    # ── rows ─────────────────────────────────────────────────────────────────

    def is_unread(self, row: Sequence[Cell]) -> bool:
        """Whether a row holds a cell that is not read."""
        return any(cell.where.start in self.unread for cell in row)

    def row(self, row: Sequence[Cell], columns: Sequence[_Column | None]) -> RawRecord | None:
        if self.is_unread(row):
            return None
        before = len(self.found)
        where = row[0].where.to(row[-1].where)
        is_text = self.sheet.title is None
        if (is_text and len(row) != len(columns)) or any(c.text for c in row[len(columns) :]):
            self.wrong(
                f"this row has {len(row)} cells, not {len(columns)}",
                where,
                "quote a cell that holds a comma",
            )
            return None
        for cell, column in zip(row, columns, strict=False):
            if isinstance(column, _Fact | _Expected) and len(cell.text) > MOST_CHARACTERS:
                message = f"a cell has at most {MOST_CHARACTERS:,} characters"
                self.wrong(message, cell.where, "write less")
                return None
        pairs: list[RawPair] = []
        given = _Node()
        expected: dict[str, list[tuple[_Expected, Cell]]] = {}
        for cell, column in zip(row, columns, strict=False):
            if not cell.text:
                continue
            match column:
                case _Key(name):
                    value = RawText(cell.text, quoted=False, where=cell.where)
                    pairs.append(RawPair(name, value, cell.where))
                case _Fact(path):
                    self.put(given, path, self.value(cell, column), cell.where)
                case _Expected(regime):
                    expected.setdefault(regime, []).append((column, cell))
                case None:
                    pass
        if given.parts:
            made = self.built(given, where)
            pairs.append(RawPair("given", made, made.where))
        if expected:
            regimes = tuple(
                RawPair(regime, _expectation(said), said[0][1].where)
                for regime, said in expected.items()
            )
            pairs.append(RawPair("expect", RawRecord(regimes, where), where))
        # INVARIANT: a row whose facts are not all read is left out; it would say something else.
        return RawRecord(tuple(pairs), where) if len(self.found) == before else None

    def put(self, node: _Node, path: Sequence[str | int], value: Raw, where: Span) -> None:
        """Put a value where its path says; what stands there already is a mistake."""
        first, *rest = path
        there = node.parts.get(first)
        if there is not None and (not rest or not isinstance(there, _Node)):
            self.wrong(
                f"`{first}` is given twice in this row",
                where,
                "keep one of the two",
                "duplicate-key",
            )
        elif not rest:
            node.parts[first] = value
        else:
            below = there if isinstance(there, _Node) else _Node()
            node.parts[first] = below
            self.put(below, rest, value, where)

    def built(self, node: _Node, where: Span) -> Raw:
        """The tree of a row: records, and lists where elements are numbered."""
        parts = {
            key: self.built(part, where) if isinstance(part, _Node) else part
            for key, part in node.parts.items()
        }
        numbers = sorted(key for key in parts if isinstance(key, int))
        if numbers:
            if numbers != list(range(len(numbers))):
                self.wrong("the elements of a list are counted from 0", where, "leave none out")
            return RawList(tuple(parts[n] for n in numbers), open=False, where=where)
        pairs = (RawPair(str(key), part, part.where) for key, part in parts.items())
        return RawRecord(tuple(pairs), where)

    # ── cells ────────────────────────────────────────────────────────────────

    def value(self, cell: Cell, column: _Fact) -> Raw:
        """What a cell states; a record or list in brackets is read as in YAML."""
        text, type_ = cell.text, column.type
        if isinstance(type_, TextType):
            return _text(cell)
        if column.unit and text[-1] in "0123456789":
            return RawText(f"{text} {column.unit}", quoted=False, where=cell.where)
        if text[0] in "[{":
            return self.written(cell)
        match type_:
            case CodesType():
                parts = _split(_BETWEEN_WORDS, text)
            case ListType(item) | SetType(item):
                parts = _split(_BETWEEN if isinstance(item, TextType) else _BETWEEN_WORDS, text)
            case _:
                return _text(cell)
        if len(parts) < 2:  # noqa: PLR2004  one value, as YAML would have it
            return _text(cell)
        is_open = parts[-1] == "..."
        return RawList(
            tuple(RawText(p, quoted=False, where=cell.where) for p in parts if p != "..."),
            is_open,
            cell.where,
        )

    def written(self, cell: Cell) -> Raw:
        from longarm.yaml_facts import raw_from_yaml  # noqa: PLC0415  loads ruamel, which few cells need

        raw, found = raw_from_yaml(Source(cell.where.source.name, cell.text))
        if raw is None or found:
            self.found += [replace(d, primary=replace(d.primary, span=cell.where)) for d in found]
            return _text(cell)
        return _moved(raw, cell.where)


@dataclass(slots=True)
class _Node:
    """A record of facts, or a list of numbered ones, while a row is read."""

    parts: dict[str | int, Raw | _Node] = field(default_factory=dict[str | int, "Raw | _Node"])


def _continues(row: RawRecord, columns: Sequence[_Column | None]) -> bool:
    """Whether a row says only what is expected of the case above on another day."""
    keys = {pair.key for pair in row.pairs}
    return _Key(TITLE) in columns and "expect" in keys and keys - {"expect"} in _DAYS_ALONE


def _untitled(row: Sequence[Cell], columns: Sequence[_Column | None]) -> bool:
    """Whether a row has no title where the table has a column of titles."""
    titles = [c for c, column in zip(row, columns, strict=False) if column == _Key(TITLE)]
    return bool(titles) and not titles[0].text


_DAYS_ALONE = ({"on"}, {"known"}, {"on", "known"})


def _on_another_day(case: RawRecord, row: RawRecord) -> RawRecord:
    """A case that expects what a row says on its day as well."""
    whole = case.where.to(row.where)
    days = tuple(pair for pair in row.pairs if pair.key != "expect")
    expected: list[Raw] = []
    for said, own in ((case, ()), (row, days)):
        for pair in said.pairs:
            if pair.key == "expect" and isinstance(pair.value, RawList):
                expected += pair.value.items
            elif pair.key == "expect" and isinstance(pair.value, RawRecord):
                expected.append(RawRecord((*own, *pair.value.pairs), pair.value.where))
    kept = tuple(pair for pair in case.pairs if pair.key != "expect")
    value = RawList(tuple(expected), open=False, where=whole)
    return RawRecord((*kept, RawPair("expect", value, whole)), whole)


def _text(cell: Cell) -> RawText:
    text = cell.text
    if len(text) > 1 and text[0] == text[-1] == '"':
        return RawText(text[1:-1], quoted=True, where=cell.where)
    return RawText(text, quoted=False, where=cell.where)


def _split(between: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in between.split(text) if part.strip()]


def _moved(raw: Raw, where: Span) -> Raw:
    """A tree whose every part lies in one cell."""
    match raw:
        case RawText(text, quoted):
            return RawText(text, quoted, where)
        case RawList(items, is_open):
            return RawList(tuple(_moved(i, where) for i in items), is_open, where)
        case RawRecord(pairs):
            moved = (RawPair(p.key, _moved(p.value, where), where) for p in pairs)
            return RawRecord(tuple(moved), where)


def _expectation(said: Iterable[tuple[_Expected, Cell]]) -> Raw:
    """What a row expects of a regime: clauses in one cell, and words that have a column."""
    made: list[Raw] = []
    for column, cell in said:
        made.extend(_clauses(column, cell))
    return RawList(tuple(made), open=False, where=made[0].where)


def _clauses(column: _Expected, cell: Cell) -> Iterator[Raw]:
    where = cell.where
    match column.words:
        case ():
            for clause in _split(_BETWEEN, cell.text) or [cell.text]:
                yield RawText(clause, quoted=False, where=where)
        case (keyword,):
            for name in _split(_COMMA, cell.text) or [cell.text]:
                value = RawText(name, quoted=False, where=where)
                yield RawRecord((RawPair(keyword, value, where),), where)
        case (keyword, name):
            value = RawText(f"{name} {cell.text}", quoted=False, where=where)
            yield RawRecord((RawPair(keyword, value, where),), where)
        case _:
            raise AssertionError(column.words)  # INVARIANT: `expected` makes two words at most
