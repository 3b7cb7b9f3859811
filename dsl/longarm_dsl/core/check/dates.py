"""Days: rules that bind on none, events that change nothing, ends that nobody has reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from longarm_dsl.core.check.roots import declarations
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.sources import Sources, clauses_of
from longarm_dsl.core.time import (
    Edge,
    EventKind,
    Moment,
    changes_nothing,
    edges,
    in_force,
    kleene,
)
from longarm_dsl.core.windows import window_of
from longarm_dsl.diagnostics import Diagnostic, Label, warning
from longarm_dsl.source import NOWHERE, Span
from longarm_dsl.surface import ast as surface

_FIRST = Moment(date.min)


def never_in_force(program: Program) -> Iterator[Diagnostic]:
    """Rules and entries in force on no day, not even perhaps, with all that was ever published.

    A proposal is read as adopted and a law that is not enforced as enforced: whether they
    bind is not the question here.
    """
    law = program.law
    as_if = frozenset(
        [a.id for a in law.instruments.values() if a.proposed]
        + [e.id for e in law.events.values() if e.kind is EventKind.UNENFORCED]
    )
    for id_ in (*program.rules, *program.entries):
        leaf = law.leaves.get(id_)
        if leaf is None or any(
            w.start
            and (ends := w.ends(law.instruments[leaf.instrument].zone))
            and w.start.tick(law.instruments[leaf.instrument].zone) >= ends[1]
            for w in leaf.windows
        ):
            continue  # an empty window is told where windows are read
        moments = (_FIRST, *edges(law, (id_,), date.max, as_if))
        if any(
            kleene(in_force(law, id_, moment, date.max, as_if)) is not Truth.NO
            for moment in moments
        ):
            continue
        rule = program.rules.get(id_)
        acting = tuple(
            Label(program.event_spans[e.id], f"{e.kind} it")
            for e in law.covering(id_)
            if e.id in program.event_spans and e.kind is not EventKind.AMENDS
        )
        yield warning(
            "never-in-force",
            f"`{rule.name if rule else program.entries[id_].code}` is in force on no day",
            program.event_spans.get(id_, NOWHERE),
            secondary=acting,
            help="mend its window, or the events that act on it",
            note=leaf.instrument,
        )


def idle_events(program: Program) -> Iterator[Diagnostic]:
    """Events without which every answer would be the same."""
    law = program.law
    proposals = frozenset(a.id for a in law.instruments.values() if a.proposed)
    for event in law.events.values():
        if event.targets and changes_nothing(law, event.id, proposals):
            yield warning(
                "event-without-effect",
                f"without this `{event.kind}` nothing would be different on any day",
                program.event_spans.get(event.id, NOWHERE),
                help="mend its days or its targets, or leave it out",
                note=event.source,
            )


def unreviewed_ends(
    program: Program, sources: Sources, today: date | None = None
) -> Iterator[Diagnostic]:
    """Starts and ends that have come since their instrument was last verified.

    Come by the newest `verified` of the program, or by `today` if it is later.
    """
    newest = max((d for d in (program.verified, today) if d is not None), default=None)
    if newest is None:
        return
    for owner, edge, what, span in _edges(program, sources):
        act = program.instruments.get(owner)
        verified = act.verified if act is not None else None
        if verified is not None and verified < edge.day <= newest:
            yield warning(
                "unreviewed-end",
                f"the {what} on {edge.day} has come, and `{owner}` was verified on {verified}",
                span,
                help="look whether it still holds, then move `verified` on",
                note=owner,
            )


def _edges(program: Program, sources: Sources) -> Iterator[tuple[str, Edge, str, Span]]:
    """Every start and end that an instrument states, with its place."""
    for owner, decl in declarations(sources):
        if owner is None:
            continue
        windows = [c.window for c in clauses_of(decl) if isinstance(c, surface.Effective)]
        match decl:
            case (
                surface.EventDecl(window=window)
                | surface.AmendsDecl(window=window)
                | surface.AddsDecl(window=window)
                | surface.RemovesDecl(window=window)
            ):
                windows += [window] if window is not None else []
            case _:
                pass
        for written in windows:
            read = window_of(written, [])
            for edge, what in ((read.start, "start"), (read.end, "end")):
                if edge is not None:
                    yield owner, edge, what, written.span
    for table in program.tables.values():
        for row in table.rows:
            for day, what in ((row.start, "start"), (row.end, "end")):
                if day is not None and row.instrument is not None:
                    yield row.instrument, Edge(day), f"{what} of a row", row.span


def stale(program: Program, sources: Sources, today: date, days: int) -> tuple[Diagnostic, ...]:
    """Instruments that nobody has verified for more than `days` days, and dates that came since."""
    found: list[Diagnostic] = []
    for act in program.instruments.values():
        if act.verified is None:
            message = f"`{act.id}` was never verified"
        elif (today - act.verified).days > days:
            message = (
                f"`{act.id}` was verified on {act.verified}, {(today - act.verified).days} days ago"
            )
        else:
            continue
        found.append(
            warning(
                "stale",
                message,
                act.span,
                help="compare it with its source, then set `verified`",
                note=act.id,
            )
        )
    return (*found, *unreviewed_ends(program, sources, today))
