"""Dates of everything: the event calculus over the rules, entries, rows and values of a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from longarm_dsl.core import ast
from longarm_dsl.core import time as calendar
from longarm_dsl.core.events import EventReader
from longarm_dsl.core.linking import Declared, Linker
from longarm_dsl.core.windows import window_of
from longarm_dsl.diagnostics import Diagnostic, error, warning
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE, Span
from longarm_dsl.surface import ast as surface

Dated = ast.Rule | ast.Entry | ast.Value | ast.Let
Windows = tuple[calendar.Window, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """The calendar of a program, and where its parts stand in the files."""

    law: calendar.Law
    amendments: dict[str, tuple[ast.Amendment, ...]]
    spans: dict[str, Span]
    notes: dict[str, str]


@dataclass(slots=True)
class Dating:
    """Builds the calendar of a program."""

    linker: Linker
    found: list[Diagnostic]
    events: EventReader

    def read(
        self,
        instruments: Mapping[str, ast.Instrument],
        tables: Mapping[str, ast.Table],
        dated: Iterable[Dated],
    ) -> Dates:
        """The event calculus over every rule, entry, row and value of the files."""
        spans: dict[str, Span] = {i.id: i.span for i in instruments.values()}
        stated = {d.id: self._windows(d.decl) for d in self.linker.by_id.values()}
        leaves: dict[str, calendar.Leaf] = {}
        added: dict[str, list[str]] = {}
        for part in dated:
            if part.instrument is None or part.instrument not in instruments:
                continue
            maker = _maker(part) or part.instrument
            if maker not in instruments:
                continue
            windows = stated.get(part.id, ()) or stated.get(maker, ())
            leaves[part.id] = calendar.Leaf(part.id, maker, None, windows)
            if maker != part.instrument:
                added.setdefault(part.instrument, []).append(part.id)
            spans[part.id] = part.name_span if isinstance(part, ast.Rule) else part.span
        for table in tables.values():
            for row in table.rows:
                if row.instrument is not None and row.instrument in instruments:
                    leaves[row.id] = row_leaf(row, stated.get(row.instrument, ()))
                    spans[row.id] = row.span
        events, amendments = self._events(tables, leaves, spans, added)
        acts = [
            calendar.Instrument(i.id, i.regime, i.issued, i.verified, i.proposed, i.zone)
            for i in instruments.values()
        ]
        law, problems = calendar.build_law(acts, leaves.values(), events)
        self.found.extend(_problem(p, spans, instruments) for p in problems)
        notes = {e.id: e.because for e in events if e.because is not None}
        return Dates(law, {k: tuple(v) for k, v in amendments.items()}, spans, notes)

    def _windows(self, decl: surface.Decl) -> Windows:
        return tuple(
            window_of(c.window, self.found)
            for c in getattr(decl, "clauses", ())
            if isinstance(c, surface.Effective)
        )

    def _events(
        self,
        tables: Mapping[str, ast.Table],
        leaves: dict[str, calendar.Leaf],
        spans: dict[str, Span],
        added: Mapping[str, Sequence[str]],
    ) -> tuple[list[calendar.Event], dict[str, list[ast.Amendment]]]:
        """Every event, with all that it reaches.

        An amended `effective` is a leaf of its own that its target's events reach; what was
        added to a text is reached by the events of that text and of the adding instrument.
        """
        events: list[calendar.Event] = []
        amendments: dict[str, list[ast.Amendment]] = {}
        reached: dict[str, list[str]] = {home: list(parts) for home, parts in added.items()}
        for declared in sorted(self.linker.by_id.values(), key=lambda d: d.id):
            decl = declared.decl
            if not isinstance(decl, surface.EventDecl | surface.AmendsDecl):
                continue
            spans[declared.id] = declared.span
            if not self._in_instrument(declared):
                continue
            event, change = self.events.event(declared, dict(tables))
            if event is not None:
                events.append(event)
            if change is None:
                continue
            windows = self._windows(decl)
            if windows and change.target in leaves:
                version = f"{change.target}~{declared.id}"
                leaves[version] = replace(leaves[change.target], id=version, windows=windows)
                spans[version] = declared.span
                reached.setdefault(change.target, []).append(version)
                change = replace(change, leaf=version)
            amendments.setdefault(change.target, []).append(change)
        reaching = [
            event
            if event.kind is calendar.EventKind.AMENDS
            else replace(
                event,
                targets=(*event.targets, *(v for t in event.targets for v in reached.get(t, ()))),
            )
            for event in events
        ]
        return reaching, amendments

    def _in_instrument(self, declared: Declared) -> bool:
        if declared.context.instrument is not None:
            return True
        self.found.append(
            error(
                "unknown-target",
                "an event must stand in the instrument that makes it",
                declared.span,
                help="put an `instrument` before it",
            )
        )
        return False


def _maker(part: Dated) -> str | None:
    """The instrument that put a rule or entry into the text of another."""
    return part.added_by if isinstance(part, ast.Rule | ast.Entry) else None


def row_leaf(row: ast.Row, instrument_windows: tuple[calendar.Window, ...]) -> calendar.Leaf:
    """A row is in force in its own window, else in its instrument's.

    A removal that was published by itself is no part of the window: whoever reads the
    row on a knowledge day before it does not see it.
    """
    windows = instrument_windows
    known_end = row.end if row.removed_issued is None else None
    if row.start is not None or known_end is not None:
        windows = (
            calendar.Window(
                calendar.Edge(row.start) if row.start else None,
                calendar.Edge(known_end) if known_end else None,
            ),
        )
    return calendar.Leaf(row.id, row.instrument or "", row.issued, windows)


_NAMES = {
    calendar.ProblemKind.OWN_INSTRUMENT: "event-on-itself",
    calendar.ProblemKind.OLDER_THAN_TARGET: "event-before-target",
    calendar.ProblemKind.CYCLE: "cyclic-events",
    calendar.ProblemKind.AMENDMENT_TIE: "conflicting-amendments",
    calendar.ProblemKind.AMENDMENT_ORDER: "conflicting-amendments",
    calendar.ProblemKind.UNKNOWN_TARGET: "unknown-target",
    calendar.ProblemKind.UNKNOWN_INSTRUMENT: "unknown-target",
    calendar.ProblemKind.DUPLICATE_ID: "duplicate-name",
    calendar.ProblemKind.UNKNOWN_ZONE: "unknown-zone",
    calendar.ProblemKind.OTHER_ZONE: "unknown-zone",
    calendar.ProblemKind.EMPTY_WINDOW: "never-in-force",
}


def _problem(
    problem: calendar.Problem,
    spans: dict[str, Span],
    instruments: Mapping[str, ast.Instrument],
) -> Diagnostic:
    make = warning if problem.is_warning else error
    owner = next((i for i in instruments if problem.about.startswith(f"{i}.")), problem.about)
    return make(
        _NAMES[problem.kind],
        problem.message,
        spans.get(problem.about, NOWHERE),
        note=owner,
    )
