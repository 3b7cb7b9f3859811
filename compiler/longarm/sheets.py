"""Sheets of cells: CSV as written, workbooks through openpyxl, each cell a text with its place.

    sheets_of(data, "shipments.cases.csv")    the sheets of a file, and what is wrong with it

A sheet comes with a source in which a cell has a place of its own: the text of a CSV file
as it is, of a workbook one line a row. Formulas are never evaluated, macros and links never
looked at. A number of a workbook is the shortest decimal that is stored as it is.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from io import BytesIO
from pathlib import PurePath
from typing import Protocol, cast
from zipfile import ZipFile

from longarm.case_tree import MOST_BYTES
from longarm_dsl.core.read_facts import MOST_CHARACTERS
from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface.read import read_source

SUFFIXES = (".csv", ".xlsx")
"""What a table of cases ends in."""

MOST_CELLS = 400_000
"""A file has no more cells than this, empty ones between others counted."""

MOST_UNPACKED = 60_000_000
"""A workbook has no more bytes than this when unpacked."""

_SEPARATORS = ",;\t"
_BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, without the quotes of CSV, and where that is."""

    text: str
    where: Span


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells, the empty ones too: the first row is row 1, and has a cell at least."""

    source: Source
    title: str | None
    rows: tuple[tuple[Cell, ...], ...]

    def name_of(self, where: Span) -> str | None:
        """`C5`, for what lies in a cell."""
        number = bisect_right(self.rows, where.start, key=lambda row: row[0].where.start)
        if not number or where.start > self.rows[number - 1][-1].where.end:
            return None
        row = self.rows[number - 1]
        column = bisect_right(row, where.start, key=lambda cell: cell.where.start)
        return f"{column_letters(column - 1)}{number}"


class _WrongError(Exception):
    """Leaves a file that is no table; caught by `sheets_of`."""

    def __init__(self, message: str, where: Span, help_: str, name: str = "malformed-case") -> None:
        super().__init__(message)
        self.diagnostic = error(name, message, where, help=help_)


def is_table(name: str) -> bool:
    """Whether a file is a table of cases, by its name."""
    return PurePath(name).suffix.lower() in SUFFIXES


def sheets_of(data: bytes, name: str) -> tuple[tuple[Sheet, ...], tuple[Diagnostic, ...]]:
    """The sheets of a CSV file or a workbook; none, with a finding, if it is not one."""
    whole = Span(Source(name, ""), 0, 0)
    if len(data) > MOST_BYTES:
        message = f"a case file has at most {MOST_BYTES:,} bytes"
        return (), (error("file-too-large", message, whole),)
    found: list[Diagnostic] = []
    try:
        if PurePath(name).suffix.lower() == ".xlsx":
            return tuple(_workbook(data, name, whole, found)), tuple(found)
        source, problems = read_source(data, name)
        if source is None:
            return (), problems
        return (Sheet(source, None, tuple(_csv(source))),), ()
    except _WrongError as wrong:
        return (), (wrong.diagnostic,)


def column_letters(number: int) -> str:
    """`A` for 0, `Z` for 25, `AA` for 26."""
    letters = ""
    rest = number + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


# ── CSV ──────────────────────────────────────────────────────────────────────


def _csv(source: Source) -> Iterator[tuple[Cell, ...]]:
    """The rows of RFC 4180, separated by what separates the words of the first line."""
    text = source.text
    at, separator = _separator(text)
    row: list[Cell] = []
    cells = 0
    ends = re.compile(rf"[{re.escape(separator)}\n]|\Z")
    while at < len(text) or row:
        cell, at = _csv_cell(source, at, ends)
        cells += 1
        if cells > MOST_CELLS:
            raise _too_many(cell.where)
        row.append(cell)
        if text[at : at + 1] == separator:
            at += 1
            continue
        at += 1
        yield tuple(row)
        row = []


def _separator(text: str) -> tuple[int, str]:
    """Where the table begins, and the character between its cells."""
    first, _, _ = text.partition("\n")
    if first.startswith("sep=") and len(first) == len("sep=") + 1:
        return len(first) + 1, first[-1]
    return 0, next((c for c in first if c in _SEPARATORS), ",")


def _csv_cell(source: Source, start: int, ends: re.Pattern[str]) -> tuple[Cell, int]:
    text = source.text
    if text[start : start + 1] != '"':
        found = ends.search(text, start)
        end = found.start() if found is not None else len(text)
        return Cell(text[start:end].strip(), Span(source, start, end)), end
    parts: list[str] = []
    at = start + 1
    while True:
        end = text.find('"', at)
        if end < 0:
            message = "a quote is opened here and closed nowhere"
            raise _WrongError(message, Span(source, start, start + 1), "close it, or double it")
        parts.append(text[at:end])
        at = end + 1
        if text[at : at + 1] != '"':
            break
        parts.append('"')
        at += 1
    if ends.match(text, at) is None:
        message = "something stands behind the closing quote of a cell"
        raise _WrongError(message, Span(source, at, at + 1), "double a quote within a cell")
    return Cell("".join(parts).strip(), Span(source, start, at)), at


def _too_many(where: Span) -> _WrongError:
    message = f"a table has at most {MOST_CELLS:,} cells"
    return _WrongError(message, where, "split it", "file-too-large")


# ── workbooks ────────────────────────────────────────────────────────────────


class _BookCell(Protocol):
    """A cell of openpyxl: `data_type` is `f` for a formula, `e` for an error."""

    @property
    def value(self) -> object: ...
    @property
    def data_type(self) -> str: ...
    @property
    def number_format(self) -> object: ...


class _BookSheet(Protocol):
    title: str
    sheet_state: str

    def reset_dimensions(self) -> None: ...
    def iter_rows(self) -> Iterable[tuple[_BookCell, ...]]: ...


class _Book(Protocol):
    @property
    def worksheets(self) -> list[_BookSheet]: ...
    def close(self) -> None: ...


def _workbook(data: bytes, name: str, whole: Span, found: list[Diagnostic]) -> list[Sheet]:
    """The visible sheets; what a cell cannot say is reported, and empty in the sheet."""
    try:
        _check_archive(data, whole)
        openpyxl = import_module("openpyxl")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that no case is about
            book = cast("_Book", openpyxl.load_workbook(BytesIO(data), read_only=True))
            with closing(book):
                return list(_visible(book, name, whole, found))
    except ImportError:
        help_ = "`pip install 'longarm[spreadsheets]'`, or save the sheet as CSV"
        raise _WrongError("reading a workbook needs openpyxl", whole, help_) from None
    except _WrongError:
        raise
    except Exception as wrong:
        # The library, and the unpacking, meet what is damaged with errors of many kinds.
        help_ = "save it as `.xlsx` again, without a password, or save the sheet as CSV"
        raise _WrongError("this is no workbook that can be read", whole, help_) from wrong


def _check_archive(data: bytes, whole: Span) -> None:
    """Refuse what would unpack to more than is read, and XML that declares entities."""
    with ZipFile(BytesIO(data)) as archive:
        # No part yields more than the size that the archive states of it.
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            message = f"a workbook has at most {MOST_UNPACKED:,} bytes when unpacked"
            raise _WrongError(message, whole, "split it", "file-too-large")
        for part in archive.infolist():
            content = archive.read(part).replace(b"\0", b"")
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                message = f"`{part.filename[:40]}` in the workbook declares a document type"
                raise _WrongError(message, whole, "save the sheet as CSV")


def _visible(book: _Book, name: str, whole: Span, found: list[Diagnostic]) -> Iterator[Sheet]:
    visible = [s for s in book.worksheets if s.sheet_state == "visible"]
    left = MOST_CELLS
    for sheet in visible:
        shown = name if len(visible) == 1 else f"{name}[{sheet.title}]"
        made, used = _sheet(sheet, shown, left, whole, found)
        left -= used
        yield made


def _sheet(
    sheet: _BookSheet, name: str, left: int, whole: Span, found: list[Diagnostic]
) -> tuple[Sheet, int]:
    sheet.reset_dimensions()  # what the file says of its size may be anything
    texts: list[list[str]] = []
    wrong: list[tuple[int, int, str, str]] = []
    used = 0
    for row in sheet.iter_rows():
        used += max(1, len(row))
        if used > left:
            raise _too_many(whole)
        line = [""]
        for column, cell in enumerate(row):
            try:
                said = _said(cell)
            except ValueError as problem:
                message, help_ = problem.args
                wrong.append((len(texts), column, message, help_))
                said = "?"
            if len(said) > MOST_CHARACTERS:
                message = f"a cell has at most {MOST_CHARACTERS:,} characters"
                wrong.append((len(texts), column, message, "write less"))
                said = "?"
            if said:
                # Cells behind the last one that says something are none.
                line += [""] * (column + 1 - len(line))
                line[column] = said
        texts.append(line)
    made = _placed(name, sheet.title, texts)
    for at, column, message, help_ in wrong:
        where = made.rows[at][column].where
        found.append(error("malformed-case", message, where, help=help_))
    return made, used


def _placed(name: str, title: str, texts: list[list[str]]) -> Sheet:
    """A sheet in a source that shows one row a line."""
    lines = [[" ".join(text.split()) for text in line] for line in texts]
    source = Source(name, "".join(f"{_BETWEEN.join(line)}\n" for line in lines))
    rows: list[tuple[Cell, ...]] = []
    start = 0
    for line, shown in zip(texts, lines, strict=True):
        cells: list[Cell] = []
        at = start
        for text, show in zip(line, shown, strict=True):
            cells.append(Cell(text.strip(), Span(source, at, at + len(show))))
            at += len(show) + len(_BETWEEN)
        rows.append(tuple(cells))
        start += len(_BETWEEN.join(shown)) + 1
    return Sheet(source, title, tuple(rows))


def _said(cell: _BookCell) -> str:
    """What a cell says, as a person would write it in CSV. Raises ValueError with its help."""
    if cell.data_type == "f":
        raise ValueError("a formula is not evaluated", "paste the value in its place")
    if cell.data_type == "e":
        raise ValueError(f"the cell holds the error `{str(cell.value)[:20]}`", "write the value")
    match cell.value:
        case None:
            return ""
        case str(text):
            return text
        case bool(flag):
            return "yes" if flag else "no"
        case int(number) | float(number) if "%" in str(cell.number_format):
            return _decimal(number, 100) + "%"  # as it is shown, and was typed
        case int(number):
            return str(number)
        case float(number):
            return _decimal(number)
        case datetime() as moment:
            return _moment(moment)
        case date() as day:
            return day.isoformat()
        case time() as clock:
            return clock.isoformat("minutes")
        case _:
            raise ValueError("a cell of this kind is not read", "write it as a text")


def _decimal(number: float, times: int = 1) -> str:
    """The shortest decimal that a workbook stores as this number, or so many times that."""
    if number != number or number in {float("inf"), float("-inf")}:  # noqa: PLR0124  not a number
        raise ValueError("this number is beyond what is read", "write it as a text")
    exact = Decimal(repr(number)) * times
    if abs(exact.adjusted()) > 30:  # noqa: PLR2004  no quantity of any law
        raise ValueError("this number is beyond what is read", "write it as a text")
    return f"{exact.normalize():f}"


def _moment(moment: datetime) -> str:
    """A day, with its clock time if that is not midnight."""
    if moment.time() == time():
        return moment.date().isoformat()
    if moment.second or moment.microsecond:
        raise ValueError("a clock time has no seconds here", "write the day, or day and minute")
    return moment.isoformat(timespec="minutes")
