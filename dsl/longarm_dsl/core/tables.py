"""Tables and lists: rows from CSV files beside the `.pol` file and from `adds to`.

A cell is read as an expression of its column's type. Five columns date a row: `issued`
and `from` (when it was published and applies), `until` (a known end), or `removed_from` with
`removed_issued` (when it ended and when that was published); `cite` says where it stands.
A column of the type `instrument` says whose row it is: the row is then in force like a rule of
that instrument, so that what suspends or stops the instrument reaches its rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import field, replace
from datetime import date

from longarm_dsl.core import ast
from longarm_dsl.core.expressions import Typer, Vocabulary
from longarm_dsl.core.linking import Context, Declared, Linker
from longarm_dsl.core.types import CODE_SET, TEXT, PlaceType, RecordType, SetType, Type
from longarm_dsl.core.windows import day_of, days_of
from longarm_dsl.core.workdays import Calendar
from longarm_dsl.diagnostics import Diagnostic, Label, did_you_mean, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast as surface
from longarm_dsl.surface.parser import parse_expression

DATES = ("issued", "from", "until", "removed_from", "removed_issued")
INSTRUMENT = "instrument"
"""The type of the column that names the instrument of a row."""

MAX_ROWS = 200_000


@dataclass(slots=True)
class TableReader:
    """Reads every table with its rows."""

    linker: Linker
    vocabulary: Vocabulary
    found: list[Diagnostic]
    type_of: Callable[..., Type]
    read_cells: dict[tuple[str, Type, str, str | None], ast.Expr] = field(
        default_factory=dict[tuple[str, Type, str, str | None], ast.Expr]
    )

    def read(self) -> dict[str, ast.Table]:
        """All tables by id, rows in the order of file, `adds to`, removal."""
        tables: dict[str, ast.Table] = {}
        instead = self._instead()
        for declared in sorted(self.linker.by_id.values(), key=lambda d: d.id):
            if isinstance(declared.decl, surface.TableDecl):
                other = instead.get(declared.id)
                tables[declared.id] = self._table(declared, declared.decl, other)
        added: dict[str, int] = {}
        for decl, context in self.linker.contexts:
            if isinstance(decl, surface.AddsDecl):
                self._adds(decl, context, tables, added)
        for table in tables.values():
            self._twice(table)
        for decl, context in self.linker.contexts:
            if isinstance(decl, surface.RemovesDecl):
                self._removes(decl, context, tables)
        return tables

    def _twice(self, table: ast.Table) -> None:
        """Two rows of one name: who names it, or keeps what is known of it, would mean either."""
        first: dict[str, ast.Row] = {}
        for row in table.rows:
            other = first.setdefault(row.id, row)
            if other is not row:
                self.found.append(
                    error(
                        "duplicate-name",
                        f"`{row.id}` is the name of two rows",
                        row.span,
                        secondary=(Label(other.span, "first named so here"),),
                        help="give one of them another name",
                        note=row.instrument,
                    )
                )

    def _instead(self) -> dict[str, tuple[surface.RowsDecl, Context]]:
        """For tables whose file another one replaces: that one, and where it is declared."""
        found: dict[str, tuple[surface.RowsDecl, Context]] = {}
        for decl, context in self.linker.contexts:
            if not isinstance(decl, surface.RowsDecl):
                continue
            target = self.linker.find(decl.target.text, context, "table")
            if target is None:
                self.found.append(
                    self.linker.unknown(decl.target.text, decl.target.span, context, "list")
                )
            elif target.id in found:
                self.found.append(
                    error(
                        "duplicate-name",
                        f"the rows of `{target.id}` are in two files",
                        decl.span,
                        secondary=(Label(found[target.id][0].span, "the first is here"),),
                        help="keep one of the two",
                    )
                )
            else:
                found[target.id] = decl, context
        return found

    def _table(
        self,
        declared: Declared,
        decl: surface.TableDecl,
        other: tuple[surface.RowsDecl, Context] | None,
    ) -> ast.Table:
        columns = self.vocabulary.columns[declared.id]
        is_list = decl.keyword == "list" or "party" in columns
        if decl.keyword == "list" and "party" not in columns:
            self.found.append(
                error(
                    "missing-clause",
                    "a list needs a `party` column",
                    decl.name.span,
                    help="add `party : Party`",
                )
            )
        rows: tuple[ast.Row, ...] = ()
        file, context = decl.file, declared.context
        completeness = decl.completeness
        since: date | None = None
        if other is not None:
            file, context = other[0].file, other[1]
            completeness = other[0].completeness or completeness
            since = day_of(other[0].since) if other[0].since is not None else None
        if file is not None:
            rows = self._csv(declared, file, columns, _owner_column(decl), context)
        complete = completeness is not None and completeness.text == "complete"
        if not is_list:
            # A table says what it lists and no more, unless it is said to be partial.
            complete = completeness is None or complete
        return ast.Table(
            declared.id,
            is_list,
            decl.title.value if decl.title else None,
            columns,
            complete,
            rows,
            since,
            span=decl.name.span,
        )

    # ── CSV ──────────────────────────────────────────────────────────────────

    def _csv(
        self,
        declared: Declared,
        file: surface.Text,
        columns: dict[str, Type],
        owner_column: str | None,
        context: Context,
    ) -> tuple[ast.Row, ...]:
        """The rows of a file; its place and the names in its cells are those of `context`."""
        read = read_csv(context, file, self.found)
        if read is None:
            return ()
        header, lines, source = read
        known = {*columns, *DATES, "cite", "grade", "source", "note", "row"}
        for name in header:
            if name not in known:
                self.found.append(
                    error(
                        "malformed-table",
                        f"the table has no column `{name}`",
                        file.span,
                        help=did_you_mean(name, known) or "declare it, or remove it",
                    )
                )
        twice = next((n for n in header if header.count(n) > 1), None)
        if twice is not None:
            self.found.append(
                error(
                    "malformed-table",
                    f"`{file.value}` has two columns `{twice}`",
                    file.span,
                    help="keep one of the two",
                )
            )
            return ()
        missing = [c for c in columns if c not in header]
        if missing:
            self.found.append(
                error(
                    "malformed-table",
                    f"`{file.value}` has no column `{missing[0]}`",
                    file.span,
                    help="add it to the first line of the file",
                )
            )
            return ()
        rows: list[ast.Row] = []
        for number, (offset, line) in enumerate(lines, 1):
            cells = dict(zip(header, line, strict=False))
            where = Span(source, offset, min(offset + 1, len(source.text)))
            if len(line) != len(header):
                self.found.append(
                    error(
                        "malformed-table",
                        f"row {number} has {len(line)} cells, not {len(header)}",
                        where,
                        help="quote a cell that holds a comma",
                    )
                )
                continue
            dates = self._dates(cells, where)
            if "removed_issued" in dates and not dates.keys() & {"removed_from", "until"}:
                self.found.append(
                    error(
                        "malformed-table",
                        f"row {number} says when its removal was published, not from when it acts",
                        where,
                        help="fill `removed_from` or `until`",
                    )
                )
            made = {
                name: self._cell(cells[name], kind, context, where)
                for name, kind in columns.items()
                if cells[name].strip()
            }
            if cells.get("cite"):
                made["cite"] = ast.Literal(cells["cite"], TEXT, cells["cite"], span=where)
            name = cells.get("row") or str(number)
            owner = declared.context.instrument
            if owner_column is not None and owner_column in made:
                owner = self._owner(cells[owner_column].strip(), declared.id, where)
                made[owner_column] = _called(owner, where)
            rows.append(
                ast.Row(
                    f"{declared.id}.{name}",
                    made,
                    owner,
                    dates.get("issued") or dates.get("from"),
                    dates.get("from"),
                    dates.get("until") or dates.get("removed_from"),
                    dates.get("removed_issued") or dates.get("removed_from"),
                    span=where,
                )
            )
        return tuple(rows)

    def _owner(self, name: str, table: str, where: Span) -> str | None:
        """The instrument that a cell names, with its regime or without the table's own."""
        for id_ in (name, f"{table.split('.', 1)[0]}.{name}"):
            declared = self.linker.by_id.get(id_)
            if declared is not None and declared.kind == "instrument":
                return id_
        known = [i for i, d in self.linker.by_id.items() if d.kind == "instrument"]
        self.found.append(
            error(
                "unknown-name",
                f"there is no instrument `{name}`",
                where,
                help=did_you_mean(name, [*known, *(i.rsplit(".", 1)[-1] for i in known)])
                or "the row is in force like a rule of an instrument: write that instrument",
            )
        )
        return None

    def _dates(self, cells: dict[str, str], where: Span) -> dict[str, date]:
        dates: dict[str, date] = {}
        for name in DATES:
            text = (cells.get(name) or "").strip()
            if not text:
                continue
            try:
                dates[name] = date.fromisoformat(text)
            except ValueError:
                self.found.append(
                    error(
                        "malformed-date",
                        f"`{text}` is not a day of the calendar",
                        where,
                        help="write year, month, day: `2025-12-01`",
                    )
                )
        return dates

    def _cell(self, text: str, kind: Type, context: Context, where: Span) -> ast.Expr:
        """A cell is an expression; texts and parties need no quotes.

        What many rows say is read once.
        """
        text = text.strip()
        if kind in {TEXT, RecordType("Party")}:
            return ast.Literal(text, TEXT, text, span=where)
        key = text, kind, context.module.name, context.instrument
        if key not in self.read_cells:
            before = len(self.found)
            made = self._value(text, kind, context, where)
            if len(self.found) > before:
                return made
            self.read_cells[key] = made
        return self.read_cells[key]

    def _value(self, text: str, kind: Type, context: Context, where: Span) -> ast.Expr:
        if kind == CODE_SET and "[" not in text and "{" not in text and ":" in text:
            text = "{" + ", ".join(f'"{p.strip()}"' for p in text.split(";")) + "}"
        is_places = kind == SetType(PlaceType())
        if is_places and "{" not in text and "." not in text:
            text = "{" + ", ".join(text.split()) + "}"
        node, problems = parse_expression(Source(where.source.name, text))
        if node is None:
            message = problems[0].message if problems else "this is not a value"
            self.found.append(
                error(
                    "malformed-table",
                    f"`{text[:40]}`: {message}",
                    where,
                    help="a cell is written like a value in a rule",
                )
            )
            return ast.Broken(kind, span=where)
        found: list[Diagnostic] = []
        made = Typer(self.vocabulary, context, found, None).typed(node, {}, kind)
        self.found.extend(replace(d, primary=replace(d.primary, span=where)) for d in found)
        return made

    # ── adds, removes ────────────────────────────────────────────────────────

    def _adds(
        self,
        decl: surface.AddsDecl,
        context: Context,
        tables: dict[str, ast.Table],
        added: dict[str, int],
    ) -> None:
        found = self.linker.find(decl.target.text, context, "table")
        if found is None:
            self.found.append(
                self.linker.unknown(decl.target.text, decl.target.span, context, "list")
            )
            return
        table = tables[found.id]
        assert isinstance(found.decl, surface.TableDecl)  # noqa: S101  INVARIANT: kind table
        owner_column = _owner_column(found.decl)
        start, end = days_of(decl.window, self.found)
        rows = list(table.rows)
        typer = Typer(self.vocabulary, context, self.found, None)
        for row in decl.rows:
            added[found.id] = added.get(found.id, 0) + 1
            name = row.name.text if row.name else f"{context.instrument or 'row'}#{added[found.id]}"
            cells: dict[str, ast.Expr] = {}
            for pair in row.record.pairs:
                column = table.columns.get(pair.key.text, TEXT if pair.key.text == "cite" else None)
                if column is None:
                    self.found.append(
                        error(
                            "unknown-field",
                            f"the list has no column `{pair.key.text}`",
                            pair.key.span,
                            help=did_you_mean(pair.key.text, table.columns),
                        )
                    )
                    continue
                if pair.key.text == owner_column:
                    said = pair.value.value if isinstance(pair.value, surface.StringLit) else None
                    own = context.instrument or ""
                    if said in {own, own.split(".", 1)[-1]}:
                        continue
                    self.found.append(
                        error(
                            "malformed-table",
                            "a row that an instrument adds is that instrument's",
                            pair.key.span,
                            help=f"leave `{owner_column}` out",
                        )
                    )
                    continue
                wanted = TEXT if column == RecordType("Party") else column
                cells[pair.key.text] = typer.typed(pair.value, {}, wanted)
            if owner_column is not None and context.instrument is not None:
                cells[owner_column] = _called(context.instrument, row.span)
            rows.append(
                ast.Row(
                    f"{found.id}.{name}", cells, context.instrument, None, start, end, span=row.span
                )
            )
        tables[found.id] = replace(table, rows=tuple(rows))

    def _removes(
        self, decl: surface.RemovesDecl, context: Context, tables: dict[str, ast.Table]
    ) -> None:
        start = day_of(decl.window.start) if decl.window.start else None
        instrument = self.linker.by_id.get(context.instrument or "")
        issued = None
        if instrument is not None and isinstance(instrument.decl, surface.Instrument):
            issued = next(
                (
                    day_of(c.date)
                    for c in instrument.decl.clauses
                    if isinstance(c, surface.DateClause) and c.keyword == "issued"
                ),
                None,
            )
        for path in decl.targets:
            hit = False
            for id_, table in tables.items():
                rows = tuple(
                    replace(
                        r,
                        end=start or issued,
                        removed_issued=issued,
                        removed_by=context.instrument,
                    )
                    if r.id in {path.text, f"{context.regime}.{path.text}"}
                    else r
                    for r in table.rows
                )
                if rows != table.rows:
                    hit = True
                    tables[id_] = replace(table, rows=rows)
            if not hit:
                self.found.append(
                    replace(
                        self.linker.unknown(path.text, path.span, context, "row"),
                        name="unknown-target",
                    )
                )


def _called(instrument: str | None, where: Span) -> ast.Expr:
    """The name of an instrument as its rows are read: without the regime."""
    name = (instrument or "").split(".", 1)[-1]
    return ast.Literal(name, TEXT, name, span=where)


def _owner_column(decl: surface.TableDecl) -> str | None:
    """The column of the type `instrument`, if the table has one."""
    return next(
        (
            c.name.text
            for c in decl.columns
            if isinstance(c.type, surface.TypeName) and c.type.text == INSTRUMENT
        ),
        None,
    )


def read_csv(
    context: Context, file: surface.Text, found: list[Diagnostic]
) -> tuple[list[str], list[tuple[int, list[str]]], Source] | None:
    """Header, rows with their offsets, and the source of a CSV file beside a module."""
    raw = context.module.resource(file.value)
    if raw is None:
        found.append(
            error(
                "missing-table",
                f"there is no file `{file.value}` beside this one",
                file.span,
                help="the path is relative to the folder of the `.pol` file",
            )
        )
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.append(
            error("not-utf8", f"`{file.value}` is not UTF-8", file.span, help="save it as UTF-8")
        )
        return None
    source = Source(file.value, text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    header: list[str] = []
    try:
        at = 1
        for cells in reader:
            offset = source.line_starts[min(at, len(source.line_starts)) - 1]
            at = reader.line_num + 1
            if not cells or cells[0].lstrip().startswith("#"):
                continue
            if not header:
                header = [c.strip() for c in cells]
                continue
            lines.append((offset, cells))
            if len(lines) > MAX_ROWS:
                found.append(
                    error(
                        "malformed-table",
                        f"more than {MAX_ROWS} rows",
                        file.span,
                        help="split the list",
                    )
                )
                return None
    except csv.Error as problem:
        found.append(
            error(
                "malformed-table",
                f"`{file.value}` is not CSV: {problem}",
                file.span,
                help="quote a cell that holds a comma or a quote",
            )
        )
        return None
    if not header:
        found.append(
            error(
                "malformed-table",
                f"`{file.value}` is empty",
                file.span,
                help="the first line names the columns",
            )
        )
        return None
    return header, lines, source


def read_workdays(
    decl: surface.WorkdaysDecl, context: Context, found: list[Diagnostic]
) -> Calendar | None:
    """The working-day calendar of one name: columns calendar, date, kind."""
    read = read_csv(context, decl.file, found)
    if read is None:
        return None
    header, lines, source = read
    holidays: set[date] = set()
    working: set[date] = set()
    for offset, line in lines:
        cells = dict(zip(header, line, strict=False))
        if cells.get("calendar", decl.name.text) != decl.name.text:
            continue
        try:
            day = date.fromisoformat(cells.get("date", ""))
        except ValueError:
            where = Span(source, offset, min(offset + 1, len(source.text)))
            found.append(
                error(
                    "malformed-date",
                    f"`{cells.get('date', '')}` is not a day of the calendar",
                    where,
                    help="write year, month, day: `2025-12-01`",
                )
            )
            continue
        (working if cells.get("kind") == "working" else holidays).add(day)
    days = holidays | working
    if not days:
        found.append(
            error(
                "malformed-table",
                f"`{decl.file.value}` has no day of `{decl.name.text}`",
                decl.file.span,
                help="its columns are calendar, date and kind",
            )
        )
        return None
    zone = {"cn": "Asia/Shanghai", "us": "America/New_York"}.get(decl.name.text, "UTC")
    return Calendar(
        decl.name.text,
        zone,
        frozenset(holidays),
        frozenset(working),
        min(days).year,
        max(days).year,
    )
