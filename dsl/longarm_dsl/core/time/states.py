"""The states a leaf is in on a day, in words, with who is responsible.

The order of `StateName` is the printed order; the first state is the headline.
Source: semantics 1.7.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum

from longarm_dsl.core.formula import Formula, Truth, atoms
from longarm_dsl.core.time.calculus import Timeline, When, kleene, timeline
from longarm_dsl.core.time.model import (
    ENDINGS,
    Edge,
    Event,
    EventKind,
    Instrument,
    Law,
    Leaf,
    Moment,
    Window,
)
from longarm_dsl.lazy_dataclass import dataclass


class StateName(StrEnum):
    """States in printed order."""

    UNPUBLISHED = "unpublished"
    PROPOSED = "proposed"
    REPEALED = "repealed"
    STOPPED = "stopped"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    UNENFORCED = "unenforced"
    NOT_YET = "not yet commenced"
    UNCERTAIN = "uncertain"
    IN_FORCE = "in force"


_ORDER = {name: i for i, name in enumerate(StateName)}


@dataclass(frozen=True, slots=True)
class State:
    """One state, the event, instrument or question responsible, and a sentence.

    `when` is the part of the day to which the state is confined, or empty.
    """

    name: StateName
    by: str
    sentence: str
    when: str = ""


def states(
    law: Law, leaf_id: str, day: When, known: date, with_: frozenset[str] = frozenset()
) -> tuple[State, ...]:
    """The states of a leaf, in printed order, never empty.

    On a day cut by clock times: those of every part, each with its part unless it is in all.
    """
    view = timeline(law, known, with_)
    leaf = law.leaves[leaf_id]
    if isinstance(day, Moment):
        return _at(view, leaf, day.tick)
    parts = view.segments(day, law.instrument_of(leaf_id).zone)
    if not parts:
        return _at(view, leaf, Moment(day).tick)
    held: dict[State, list[str]] = {}
    for part in parts:
        for state in _at(view, leaf, part.start.tick):
            held.setdefault(state, []).append(part.label)
    return _sorted(
        [
            state if len(labels) == len(parts) else replace(state, when=", ".join(labels))
            for state, labels in held.items()
        ]
    )


def instrument_states(
    law: Law, instrument: str, at: Moment, known: date, with_: frozenset[str] = frozenset()
) -> tuple[State, ...]:
    """The states of an instrument as such, whatever is in it; in force from when it was issued."""
    return _at(timeline(law, known, with_), Leaf(instrument, instrument), at.tick)


def event_states(
    law: Law, event_id: str, at: Moment, known: date, with_: frozenset[str] = frozenset()
) -> tuple[State, ...]:
    """The states of an event, in printed order, never empty: in force while it acts.

    A stop, repeal, resumption or extension is in force from when it acted on.
    """
    view = timeline(law, known, with_)
    event = law.events[event_id]
    act = law.instruments[event.source]
    if not view.published(event_id):
        return _hidden(view, act, law.issued(event_id))
    found = [*_ended(view, event_id, at.tick), *_suspended(view, event_id, at.tick)]
    formula = view.acting(event, at.tick)
    if at.tick < law.start(event):
        found.append(State(StateName.NOT_YET, act.id, f"acts from {_since(view, event)}"))
    elif _holds(formula):
        found.append(State(StateName.IN_FORCE, event_id, f"{event.kind} by {act.id}"))
    elif kleene(formula) is Truth.UNKNOWN:
        found += _open(formula)
    elif not found:
        shown = _extended(view, event_id, _from(view, event), at.tick)
        found.append(State(StateName.LAPSED, act.id, f"lapsed: acted {shown} only"))
    return _sorted(found)


def _sorted(found: list[State]) -> tuple[State, ...]:
    return tuple(sorted(found, key=lambda state: _ORDER[state.name]))


def _at(view: Timeline, leaf: Leaf, tick: int) -> tuple[State, ...]:
    act = view.law.instruments[leaf.instrument]
    if not view.published(leaf.id):
        return _hidden(view, act, view.law.issued(leaf.id))
    found = [
        *_ended(view, leaf.id, tick),
        *_outside(view, leaf, tick),
        *_suspended(view, leaf.id, tick),
    ]
    formula = view.leaf_in_force(leaf, tick)
    match kleene(formula):
        case Truth.YES:
            found.append(State(StateName.IN_FORCE, act.id, f"in force by {act.id}"))
        case Truth.UNKNOWN:
            found += _open(formula)
        case Truth.NO:
            pass
    return _sorted(found)


def _hidden(view: Timeline, act: Instrument, issued: date) -> tuple[State, ...]:
    hidden: list[State] = []
    if issued > view.known:
        hidden.append(State(StateName.UNPUBLISHED, act.id, f"not published until {issued}"))
    if act.proposed:
        hidden.append(State(StateName.PROPOSED, act.id, f"only proposed, by {act.id}"))
    return tuple(hidden)


def _holds(formula: Formula) -> bool:
    return kleene(formula) is Truth.YES


def _since(view: Timeline, event: Event) -> str:
    return str(event.window.start or view.law.issued(event.id))


def _from(view: Timeline, event: Event) -> Window:
    """An event's window with the start that it has if none is written."""
    if event.window.start:
        return event.window
    return replace(event.window, start=Edge(view.law.issued(event.id)))


def _ended(view: Timeline, id_: str, tick: int) -> list[State]:
    found: list[State] = []
    for event in view.covering(id_):
        if event.kind in ENDINGS and _holds(view.done(event, tick)):
            repealed = event.kind is EventKind.REPEALS
            name = StateName.REPEALED if repealed else StateName.STOPPED
            said = f"{name} by {event.source} from {_since(view, event)}"
            found.append(State(name, event.id, said))
    return found


def _outside(view: Timeline, leaf: Leaf, tick: int) -> list[State]:
    """Lapsed or not yet commenced: certainly outside every window, the last behind or one ahead."""
    if kleene(view.effective(leaf, tick)) is not Truth.NO:
        return []
    zone = view.law.instruments[leaf.instrument].zone
    windows = view.windows(leaf)
    ahead = [w.start for w in windows if w.start is not None and w.start.tick(zone) > tick]
    if ahead:
        first = min(ahead, key=lambda edge: edge.tick(zone))
        return [State(StateName.NOT_YET, leaf.instrument, f"not in effect before {first}")]
    last = max(windows, key=lambda window: window.start.tick(zone) if window.start else 0)
    shown = _extended(view, leaf.id, last, tick)
    return [State(StateName.LAPSED, leaf.instrument, f"lapsed: in effect {shown} only")]


def _suspended(view: Timeline, id_: str, tick: int) -> list[State]:
    found: list[State] = []
    for event in view.covering(id_):
        unenforced = event.kind is EventKind.UNENFORCED
        if not unenforced and event.kind is not EventKind.SUSPENDS:
            continue
        if not _holds(view.suspending(event, id_, tick)):
            continue
        name = StateName.UNENFORCED if unenforced else StateName.SUSPENDED
        shown = _extended(view, event.id, _from(view, event), tick)
        because = f": {event.because}" if event.because else ""
        found.append(State(name, event.id, f"{name} by {event.source} {shown}{because}"))
    return found


def _extended(view: Timeline, id_: str, window: Window, tick: int) -> Window:
    """The window with the end that the newest extension gave it, if one has certainly acted."""
    if window.end is None:
        return window
    for extension in view.extensions(id_):
        if _holds(view.done(extension, tick)):
            window = replace(window, end=extension.window.end, end_kind=extension.window.end_kind)
    return window


def _open(formula: Formula) -> list[State]:
    """One state for each question that leaves it open."""
    asked = {atom.question.id: atom.question for atom in atoms(formula)}
    return [State(StateName.UNCERTAIN, q.id, q.prompt) for q in asked.values()]
