"""Building a calendar of law: indexes, and what makes it ill-formed.

Problems are values; the caller has the spans. An event with an error is left out of the
law, so that evaluation always ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise

from longarm_dsl.core.time.model import DAY, Event, EventKind, Instrument, Law, Leaf, Window
from longarm_dsl.lazy_dataclass import dataclass


class ProblemKind(StrEnum):
    """What is wrong with a calendar."""

    DUPLICATE_ID = "duplicate-id"
    UNKNOWN_INSTRUMENT = "unknown-instrument"
    UNKNOWN_TARGET = "unknown-target"
    UNKNOWN_ZONE = "unknown-zone"
    OWN_INSTRUMENT = "own-instrument"
    OLDER_THAN_TARGET = "older-than-target"
    CYCLE = "event-cycle"
    OTHER_ZONE = "other-zone"
    EMPTY_WINDOW = "empty-window"
    AMENDMENT_TIE = "amendment-tie"
    AMENDMENT_ORDER = "amendment-order"


WARNINGS = frozenset({ProblemKind.AMENDMENT_ORDER, ProblemKind.EMPTY_WINDOW})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with what `about` names: an event, a leaf or an instrument."""

    kind: ProblemKind
    about: str
    message: str

    @property
    def is_warning(self) -> bool:
        """Whether the law can still be used as written."""
        return self.kind in WARNINGS


def build_law(
    instruments: Iterable[Instrument], leaves: Iterable[Leaf], events: Iterable[Event]
) -> tuple[Law, tuple[Problem, ...]]:
    """Index a calendar and report what is ill-formed; never raises.

    The order of the arguments changes neither the law nor what is reported.
    """
    problems: list[Problem] = []
    acts = _instruments(instruments, problems)
    known_leaves = _leaves(leaves, acts, problems)
    known_events = _events(events, acts, known_leaves, problems)
    draft = _index(acts, known_leaves, known_events)
    bad = _ill_founded(draft, problems)
    kept = {
        id_: replace(event, targets=tuple(t for t in event.targets if t not in bad))
        for id_, event in known_events.items()
        if id_ not in bad
    }
    law = draft if len(kept) == len(known_events) else _index(acts, known_leaves, kept)
    _windows(law, problems)
    _amendment_order(law, problems)
    return law, tuple(sorted(set(problems), key=lambda p: (p.about, p.kind, p.message)))


def _instruments(given: Iterable[Instrument], problems: list[Problem]) -> dict[str, Instrument]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  as in `moment_of`

    kept: dict[str, Instrument] = {}
    for act in sorted(given, key=lambda a: (a.id, a.issued)):
        if act.id in kept:
            problems.append(_twice(act.id))
            continue
        try:
            ZoneInfo(act.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            problems.append(
                Problem(ProblemKind.UNKNOWN_ZONE, act.id, f"there is no time zone {act.zone!r}")
            )
            kept[act.id] = replace(act, zone="UTC")
            continue
        kept[act.id] = act
    return kept


def _leaves(
    given: Iterable[Leaf], acts: Mapping[str, Instrument], problems: list[Problem]
) -> dict[str, Leaf]:
    kept: dict[str, Leaf] = {}
    for leaf in sorted(given, key=lambda item: (item.id, item.instrument)):
        if leaf.instrument not in acts:
            problems.append(_no_instrument(leaf.id, leaf.instrument))
        elif leaf.id in kept or leaf.id in acts:
            problems.append(_twice(leaf.id))
        else:
            kept[leaf.id] = leaf
    return kept


def _events(
    given: Iterable[Event],
    acts: Mapping[str, Instrument],
    leaves: Mapping[str, Leaf],
    problems: list[Problem],
) -> dict[str, Event]:
    """The events with a source, and of their targets those that exist."""
    kept: dict[str, Event] = {}
    for event in sorted(given, key=lambda e: (e.id, e.source, e.targets)):
        if event.source not in acts:
            problems.append(_no_instrument(event.id, event.source))
        elif event.id in kept or event.id in acts or event.id in leaves:
            problems.append(_twice(event.id))
        else:
            kept[event.id] = event
    for event in tuple(kept.values()):
        found: list[str] = []
        for target in dict.fromkeys(event.targets):
            if target in acts or target in leaves or target in kept:
                found.append(target)
            else:
                problems.append(
                    Problem(
                        ProblemKind.UNKNOWN_TARGET,
                        event.id,
                        f"{event.kind} {target}, but nothing has that name",
                    )
                )
        kept[event.id] = replace(event, targets=tuple(found))
    return kept


def _index(
    acts: Mapping[str, Instrument], leaves: Mapping[str, Leaf], events: Mapping[str, Event]
) -> Law:
    acting_on: dict[str, tuple[Event, ...]] = {}
    clocks: dict[str, tuple[tuple[int, str], ...]] = {}
    law = Law(acts, leaves, events, acting_on, clocks)
    by_target: defaultdict[str, list[Event]] = defaultdict(list)
    for event in sorted(events.values(), key=law.order):
        for target in event.targets:
            by_target[target].append(event)
    acting_on.update((target, tuple(found)) for target, found in by_target.items())
    cuts: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
    for id_, window in _owned_windows(law):
        zone = law.instrument_of(id_).zone
        for edge in (window.start, window.end):
            if edge and edge.minute is not None and edge.tick(zone) % DAY:
                cuts[zone].add((edge.tick(zone), id_))
    clocks.update((zone, tuple(sorted(found))) for zone, found in cuts.items())
    return law


def _owned_windows(law: Law) -> Iterable[tuple[str, Window]]:
    for leaf in law.leaves.values():
        for window in leaf.windows:
            yield leaf.id, window
    for event in law.events.values():
        yield event.id, event.window


def _ill_founded(law: Law, problems: list[Problem]) -> frozenset[str]:
    """Events that act on their own instrument, on younger law, across zones or in a circle."""
    bad: set[str] = set()
    pairs = [(event, target) for event in law.events.values() for target in event.targets]
    for event, target in pairs:
        source, stated_by = law.instruments[event.source], law.instrument_of(target)
        found: tuple[ProblemKind, str] | None = None
        if source.id == stated_by.id:
            found = ProblemKind.OWN_INSTRUMENT, f"{event.kind} {target}, which it states itself"
        elif law.issued(event.id) < law.issued(target):
            dates = f"{law.issued(event.id)}, before {target} ({law.issued(target)})"
            found = (
                ProblemKind.OLDER_THAN_TARGET,
                f"{event.kind} law issued later: it is of {dates}",
            )
        elif source.zone != stated_by.zone:
            zones = f"{source.zone}, that of {target} is {stated_by.zone}"
            found = ProblemKind.OTHER_ZONE, f"its time zone is {zones}"
        if found:
            problems.append(Problem(found[0], event.id, found[1]))
            bad.add(event.id)
    followers: defaultdict[str, set[str]] = defaultdict(set)
    for event, target in pairs:
        if event.id not in bad:
            followers[law.instrument_of(target).id].add(event.source)
    for event, target in pairs:
        stater = law.instrument_of(target).id
        if event.id not in bad and stater in _reachable(followers, event.source):
            problems.append(
                Problem(
                    ProblemKind.CYCLE,
                    event.id,
                    f"{event.kind} {target}, and {stater} acts in turn on {event.source}",
                )
            )
            bad.add(event.id)
    return frozenset(bad)


def _reachable(followers: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for follower in followers.get(todo.pop(), ()):
            if follower not in seen:
                seen.add(follower)
                todo.append(follower)
    return seen


def _windows(law: Law, problems: list[Problem]) -> None:
    for id_, window in _owned_windows(law):
        event = law.events.get(id_)
        if event is not None and event.kind is EventKind.EXTENDS:
            continue  # its start is when it acts, its end another window's
        zone = law.instrument_of(id_).zone
        ends = window.ends(zone)
        if ends and window.start and window.start.tick(zone) >= ends[1]:
            problems.append(
                Problem(ProblemKind.EMPTY_WINDOW, id_, f"the window {window} contains no instant")
            )


def _amendment_order(law: Law, problems: list[Problem]) -> None:
    """Two amendments of one target need an order, and the two dates should agree on it."""
    targets = {t for e in law.events.values() if e.kind is EventKind.AMENDS for t in e.targets}
    affected = targets | {x.id for x in law.leaves.values() if x.instrument in targets}
    for target in sorted(affected):
        amends = [e for e in law.covering(target) if e.kind is EventKind.AMENDS]
        for one, other in pairwise(amends):
            if law.order(one)[:2] == law.order(other)[:2]:
                problems.append(
                    Problem(
                        ProblemKind.AMENDMENT_TIE,
                        other.id,
                        f"amends {target} from the same day and of the same date as {one.id}",
                    )
                )
            elif law.issued(one.id) > law.issued(other.id):
                problems.append(
                    Problem(
                        ProblemKind.AMENDMENT_ORDER,
                        other.id,
                        f"amends {target} after {one.id} does, but was issued before it",
                    )
                )


def _twice(id_: str) -> Problem:
    return Problem(ProblemKind.DUPLICATE_ID, id_, f"{id_} is defined more than once")


def _no_instrument(id_: str, instrument: str) -> Problem:
    return Problem(ProblemKind.UNKNOWN_INSTRUMENT, id_, f"there is no instrument {instrument}")
