"""The comparison: cell by cell, with what differs and what was looked at and explained."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from agreement import explained
from agreement.copies import Copies, Entry, Line
from agreement.law import Law, Row
from agreement.places import WITHOUT_CODE, code_of

_COLUMN = re.compile(r"([A-Z]{2}) Column (\d)")
_REASON = re.compile(r"([A-Z]{2})\b")
_MONEY = re.compile(r"\$\s?([\d,]+)\.?")
_NAMED = {
    "China, Russia": "CN RU VE",
    "Iraq or Pakistan": "IQ PK",
    "to Pakistan": "PK",
    "to Iraq": "IQ",
    "to North Korea": "KP",
}
_SECTION_REASONS = frozenset({"UN", "EI", "SL", "SI"})
"""Reasons whose destinations stand in a section that the copies do not hold."""


@dataclass(slots=True)
class Table:
    """One line of the result."""

    name: str
    compared: int = 0
    differ: list[str] = field(default_factory=list[str])
    explained: list[str] = field(default_factory=list[str])

    def cell(self, ours: object, theirs: object, told: str) -> None:
        """Compare one cell."""
        self.compared += 1
        if ours != theirs:
            self.differ.append(told)


def chart(law: Law, copies: Copies) -> Table:
    """The Country Chart: a cell for every destination and column."""
    table = Table("Country Chart")
    for column in copies.columns:
        ours = law.named("chart." + column.replace(" ", ""))
        if ours is None:
            table.differ.append(f"{column}: no such column")
            continue
        marked = {name for name, marks in copies.chart.items() if column in marks}
        _members(table, column, ours, copies.chart, marked)
    return table


def groups(law: Law, copies: Copies) -> Table:
    """The Country Groups: a cell for every place that any group names."""
    table = Table("Country Groups")
    everywhere = frozenset[str]().union(*copies.groups.values(), copies.chart)
    for group, members in copies.groups.items():
        ours = law.named("ear." + group.replace(":", ""))
        if ours is None:
            table.differ.append(f"{group}: no such group")
            continue
        _members(table, group, ours, everywhere, members)
    return table


def _members(
    table: Table, column: str, ours: frozenset[str], names: Iterable[str], marked: Iterable[str]
) -> None:
    """Compare by ISO code: a destination may have two names in the copies."""
    inside = {code_of(name) for name in marked}
    codes: dict[str, str] = {}
    for name in sorted(names):
        code = code_of(name)
        if name in WITHOUT_CODE:
            note = f"{name}: {explained.NO_CODE}"
            if note not in table.explained:
                table.explained.append(note)
        elif code is None:
            table.differ.append(f"{name}: nobody knows its ISO code")
        else:
            codes[code] = name
    for code, name in codes.items():
        mark = "no mark in the pack" if code in inside else "a mark in the pack alone"
        table.cell(code in ours, code in inside, f"{name}, {column}: {mark}")
    for code in sorted(ours - codes.keys()):
        table.differ.append(f"{code}, {column}: the copy does not know it")


def carried(rows: Iterable[Row]) -> frozenset[str]:
    """The entries that the table carries whole."""
    return frozenset(path[0] for row in rows if row.whole for path in row.codes)


def entries(copies: Copies, rows: tuple[Row, ...]) -> tuple[Table, Table, Table]:
    """Reasons, destinations and values of every entry carried; those that the copy lacks."""
    reasons, lines, values = Table("reasons for control"), Table("lines"), Table("LVS, GBS, TSR")
    by_code = {entry.code: entry for entry in copies.entries}
    for code in sorted(carried(rows)):
        mine = tuple(r for r in rows if any(path[0] == code for path in r.codes))
        entry = by_code.get(code)
        why = explained.ENTRIES.get(code)
        if why is not None:
            lines.explained.append(f"{code}: {why}")
        elif entry is None:
            lines.explained.append(f"{code}: not in the copy, which skips some entries")
        else:
            _reasons(reasons, entry, mine)
            for line in entry.lines:
                _line(lines, copies, entry, line, mine)
            _strays(lines, copies, entry, mine)
            _values(values, entry, mine)
    return reasons, lines, values


def _reasons(table: Table, entry: Entry, mine: tuple[Row, ...]) -> None:
    if entry.reasons is None:
        return
    ours = {row.reason for row in mine}
    theirs = set(re.findall(r"\b[A-Z]{2}\b", entry.reasons))
    if ours != theirs and entry.code in explained.REASONS:
        table.explained.append(f"{entry.code}: {explained.REASONS[entry.code]}")
        return
    if ours == theirs - _elsewhere(entry):
        theirs = ours
    told = f"{entry.code}: {_list(ours)} in the pack, {_list(theirs)} in the copy"
    table.cell(ours, theirs, told)


def _elsewhere(entry: Entry) -> set[str]:
    """Reasons that hang on a party or an end use: their lines have no destination."""
    sections = [s for s in explained.BY_SECTION if s != "764.1(b)"]
    return {
        found.group(1)
        for line in entry.lines
        if (found := _REASON.match(line.control)) and any(s in line.scope for s in sections)
    }


def _line(table: Table, copies: Copies, entry: Entry, line: Line, mine: tuple[Row, ...]) -> None:
    """One line: the rows of its reason within its destinations must cover these."""
    found = _REASON.match(line.control)
    reason = found.group(1) if found else line.control
    note = explained.LINES.get(entry.code, {}).get(reason)
    if note is None:
        note = next(
            (n for s, n in explained.BY_SECTION.items() if s in line.scope and reason != "UN"),
            None,
        )
    if "742.6(a)(6)(iii)(A)" in line.scope:
        note = explained.UNENFORCED
    if note is not None:
        table.explained.append(f"{entry.code}, {reason}: {note}")
        return
    rows = [row.to for row in mine if row.reason == reason]
    if reason in _SECTION_REASONS:
        table.cell(bool(rows), True, f"{entry.code}, {reason}: no row")  # noqa: FBT003
        return
    scope = destinations(copies, line.scope)
    if scope is None:
        table.differ.append(f"{entry.code}, {reason}: cannot read `{line.scope[:60]}`")
        return
    inside = [to for to in rows if to <= scope]
    ours = frozenset[str]().union(*inside) if inside else None
    table.cell(ours, scope, f"{entry.code}, {reason}: {line.scope[:60]}")


def _strays(table: Table, copies: Copies, entry: Entry, mine: tuple[Row, ...]) -> None:
    """Rows of the pack whose destinations lie in no line of their reason."""
    scopes: dict[str, list[frozenset[str]]] = {}
    for line in entry.lines:
        found = _REASON.match(line.control)
        scope = destinations(copies, line.scope)
        if found and scope is not None:
            scopes.setdefault(found.group(1), []).append(scope)
    for row in mine:
        if row.reason not in _SECTION_REASONS and row.reason in scopes:
            fits = any(row.to <= scope for scope in scopes[row.reason])
            told = f"{entry.code}, {row.reason}: a row of the pack that no line has"
            table.cell(fits, True, told)  # noqa: FBT003


def destinations(copies: Copies, text: str) -> frozenset[str] | None:
    """The destinations that a line of an entry names; None if it cannot be read."""
    column = _COLUMN.match(text)
    if column:
        wanted = f"{column.group(1)} {column.group(2)}"
        return _codes(name for name, marks in copies.chart.items() if wanted in marks)
    if "orldwide" in text:
        return _codes(copies.chart) | _group(copies, "E:1", "E:2")
    if "United Arab Emirates or destinations specified" in text:
        named = _group(copies, "D:1", "D:4", "D:5") - _group(copies, "A:5", "A:6")
        return named | {"AE"}
    if "Macau or a destination specified in Country Group D:5" in text:
        return _group(copies, "D:5") | {"MO"}
    for words, codes in _NAMED.items():
        if words in text:
            return frozenset(codes.split())
    return None


def _codes(names: Iterable[str]) -> frozenset[str]:
    return frozenset(code for name in names if (code := code_of(name)) is not None)


def _group(copies: Copies, *groups: str) -> frozenset[str]:
    return _codes(name for group in groups for name in copies.groups.get(group, frozenset()))


def _values(table: Table, entry: Entry, mine: tuple[Row, ...]) -> None:
    """What the exceptions say of the whole entry in one word; longer texts are for people."""
    lvs = entry.exceptions.get("LVS", "").strip()
    money = _MONEY.fullmatch(lvs)
    limits = {row.lvs for row in mine if row.lvs is not None}
    if money:
        amount = f"{money.group(1).replace(',', '')} USD"
        told = f"{entry.code}: LVS {_list(limits)} in the pack, {amount} in the copy"
        table.cell(limits, {amount}, told)
    elif lvs == "N/A":
        table.cell(limits, set[str](), f"{entry.code}: LVS {_list(limits)}, N/A in the copy")
    for name, granted in (("GBS", any(r.gbs for r in mine)), ("TSR", any(r.tsr for r in mine))):
        text = entry.exceptions.get(name, "").strip().rstrip(".")
        if text in {"Yes", "N/A"}:
            told = f"{entry.code}: {name} is {text} in the copy"
            table.cell(granted, text == "Yes", told)


def exceptions(law: Law, copies: Copies) -> Table:
    """The catalog of license exceptions: a rule for each section, named by its symbol."""
    table = Table("license exceptions")
    cited = law.citations("us.ear_740")
    for section, symbols in copies.exceptions.items():
        within = re.compile(rf"{re.escape(section)}(?!\d)")
        titles = [t for cite, ts in cited.items() if within.match(cite) for t in ts]
        for symbol in symbols:
            named = any(title.startswith((f"{symbol}:", f"{symbol} ")) for title in titles)
            told = f"{section}: no rule is called {symbol}"
            table.cell(named, True, told)  # noqa: FBT003
    return table


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "nothing"
