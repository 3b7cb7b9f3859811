"""Plain data of the event calculus: edges, windows, instruments, leaves, events.

Time inside an instrument is the civil time of its zone, as whole minutes ("ticks")
since midnight of day 0, so that no arithmetic touches a clock or a float.
A local time that occurs twice when clocks go back is read as its first occurrence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache

from longarm_dsl.lazy_dataclass import dataclass

DAY = 24 * 60
"""Minutes in a civil day."""

REGIME_ZONES: Mapping[str, str] = {"cn": "Asia/Shanghai", "us": "America/New_York"}
"""The default zone of each regime's instruments."""


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An instant as the civil day and the minute of that day (0 to 1439) in some zone."""

    day: date
    minute: int = 0

    def __str__(self) -> str:
        return f"{self.day} {clock(self.minute)}" if self.minute else str(self.day)

    @property
    def tick(self) -> int:
        """Civil minutes since day 0."""
        return self.day.toordinal() * DAY + self.minute


def clock(minute: int) -> str:
    """A minute of the day as `13:01`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def moment_at(tick: int) -> Moment:
    """The moment of a tick; clamped to the first and last day a `date` can name."""
    ordinal, minute = divmod(tick, DAY)
    if ordinal > date.max.toordinal():
        return Moment(date.max, DAY - 1)
    return Moment(date.fromordinal(max(ordinal, 1)), minute)


@lru_cache(maxsize=4096)
def moment_of(day: date, minute: int, offset: int | None, zone: str) -> Moment:
    """A stated instant in the civil time of `zone`.

    `offset` is minutes east of UTC; without one the time is already civil time of the zone.
    """
    if offset is None:
        return Moment(day, minute)
    from zoneinfo import ZoneInfo  # noqa: PLC0415  loads where the zones lie: few laws need it

    try:
        there = datetime.combine(day, time(minute // 60, minute % 60)).replace(
            tzinfo=timezone(timedelta(minutes=offset))
        )
        here = there.astimezone(ZoneInfo(zone))
    except OverflowError:  # the first or last day of the calendar: no conversion possible
        return Moment(day, minute)
    return Moment(here.date(), here.hour * 60 + here.minute)


def in_zone(moment: Moment, here: str, there: str) -> Moment:
    """The civil time of `there` at a moment in that of `here`; as it is where none is known."""
    if here == there:
        return moment
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  as in `moment_of`

    at = time(moment.minute // 60, moment.minute % 60)
    try:
        found = datetime.combine(moment.day, at, ZoneInfo(here)).astimezone(ZoneInfo(there))
    except (OverflowError, ZoneInfoNotFoundError):
        return moment
    return Moment(found.date(), found.hour * 60 + found.minute)


@dataclass(frozen=True, slots=True)
class Edge:
    """A stated end of a window: a civil day, with a clock time if the law gives one.

    `offset` (minutes east of UTC) is read only with a `minute`.
    """

    day: date
    minute: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        return str(self.day) if self.minute is None else f"{self.day} {clock(self.minute)}"

    def moment(self, zone: str) -> Moment:
        """The instant in civil time of the instrument's zone; midnight without a clock time."""
        if self.minute is None:
            return Moment(self.day)
        return moment_of(self.day, self.minute, self.offset, zone)

    def tick(self, zone: str) -> int:
        """`moment` as a tick."""
        return self.moment(zone).tick


class EndKind(StrEnum):
    """`until` excludes its day, `through` includes it, `to` leaves that day open.

    With a clock time all three end the window at that instant.
    """

    UNTIL = "until"
    THROUGH = "through"
    TO = "to"


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open set of instants; no start is the beginning of time, no end is for ever."""

    start: Edge | None = None
    end: Edge | None = None
    end_kind: EndKind = EndKind.UNTIL

    def __str__(self) -> str:
        parts = [f"from {self.start}"] if self.start else []
        if self.end:
            parts.append(f"{self.end_kind} {self.end}")
        return " ".join(parts) or "at all times"

    def ends(self, zone: str) -> tuple[int, int] | None:
        """Ticks from when the window may be, and is, over: they differ only for `to` a day."""
        if self.end is None:
            return None
        tick = self.end.tick(zone)
        if self.end.minute is not None:
            return tick, tick
        match self.end_kind:
            case EndKind.UNTIL:
                return tick, tick
            case EndKind.THROUGH:
                return tick + DAY, tick + DAY
            case EndKind.TO:
                return tick, tick + DAY


def for_days(start: Edge, days: int) -> Window:
    """`from A for N days`: until A + N, at the same clock time if A has one."""
    last = min(start.day.toordinal() + days, date.max.toordinal())
    return Window(start, Edge(date.fromordinal(last), start.minute, start.offset))


@dataclass(frozen=True, slots=True)
class Instrument:
    """A legal act. `verified` is the day to which someone has looked for later law.

    Without `verified` nothing is claimed about later law and no edge counts as unreviewed.
    """

    id: str
    regime: str
    issued: date
    verified: date | None = None
    proposed: bool = False
    zone: str = ""

    def __post_init__(self) -> None:
        if not self.zone:
            object.__setattr__(self, "zone", REGIME_ZONES.get(self.regime, "UTC"))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A rule, list entry, row or parameter; in effect in the union of its windows.

    `issued` is its own date when its instrument is a consolidated text. No windows means
    from the day it was issued.
    """

    id: str
    instrument: str
    issued: date | None = None
    windows: tuple[Window, ...] = ()


class EventKind(StrEnum):
    """What an event does to its targets."""

    SUSPENDS = "suspends"
    RESUMES = "resumes"
    STOPS = "stops"
    REPEALS = "repeals"
    EXTENDS = "extends"
    UNENFORCED = "unenforced"
    UNCERTAIN = "uncertain"
    AMENDS = "amends"


SUSPENSIONS = frozenset({EventKind.SUSPENDS, EventKind.UNENFORCED, EventKind.UNCERTAIN})
"""Kinds that keep a target out of force inside a window."""

ENDINGS = frozenset({EventKind.STOPS, EventKind.REPEALS})
"""Kinds after which a target never comes back."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one instrument does to instruments, leaves or events of others.

    A window without a start starts on the day the event was issued. For `extends` the
    window's start is when the extension acts, its end the new end.
    """

    id: str
    kind: EventKind
    source: str
    targets: tuple[str, ...]
    window: Window = Window()
    noted: date | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """Instruments, leaves and well-formed events, indexed. Made by `build_law` only.

    `acting_on` gives, by target id, the events that name it, by (start, issued, id).
    `clocks` gives, by zone, each edge with a clock time inside a day: its tick, whose it is.
    """

    instruments: Mapping[str, Instrument]
    leaves: Mapping[str, Leaf]
    events: Mapping[str, Event]
    acting_on: Mapping[str, tuple[Event, ...]] = field(repr=False)
    clocks: Mapping[str, tuple[tuple[int, str], ...]] = field(repr=False)

    def instrument_of(self, id_: str) -> Instrument:
        """The instrument that states this leaf or event, or the instrument itself."""
        leaf = self.leaves.get(id_)
        if leaf is not None:
            return self.instruments[leaf.instrument]
        event = self.events.get(id_)
        if event is not None:
            return self.instruments[event.source]
        return self.instruments[id_]

    def issued(self, id_: str) -> date:
        """The own date of a leaf or event if it has one, else its instrument's."""
        leaf = self.leaves.get(id_)
        event = self.events.get(id_)
        own = leaf.issued if leaf else event.noted if event else None
        return own or self.instrument_of(id_).issued

    def start(self, event: Event) -> int:
        """The tick from which an event acts."""
        zone = self.instruments[event.source].zone
        edge = event.window.start or Edge(self.issued(event.id))
        return edge.tick(zone)

    def covering(self, id_: str) -> tuple[Event, ...]:
        """Events that name this target or its instrument, by (start, issued, id)."""
        own = self.acting_on.get(id_, ())
        instrument = self.instrument_of(id_).id
        if instrument == id_:
            return own
        above = self.acting_on.get(instrument, ())
        if not above or not own:
            return own or above
        return tuple(sorted({*own, *above}, key=self.order))

    def order(self, event: Event) -> tuple[int, date, str]:
        """The order in which events of one kind count: by start, then by date of issue."""
        return self.start(event), self.issued(event.id), event.id
