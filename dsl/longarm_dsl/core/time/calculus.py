"""Published, alive, ended, suspended, in force: formulas over what is open.

Every function takes a `Law`, a time and a knowledge day, and returns a formula whose
Kleene value is the truth that semantics 1.7 defines. Only change points are visited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from typing import TypeAlias, TypeVar, assert_never

from longarm_dsl.core.formula import (
    NO,
    YES,
    Atom,
    Cell,
    Formula,
    Question,
    QuestionKind,
    Test,
    Truth,
    ask,
    conj,
    disj,
    negate,
    truth,
)
from longarm_dsl.core.time.model import (
    DAY,
    ENDINGS,
    REGIME_ZONES,
    SUSPENSIONS,
    Edge,
    Event,
    EventKind,
    Law,
    Leaf,
    Moment,
    Window,
    clock,
    moment_at,
)
from longarm_dsl.lazy_dataclass import dataclass

When: TypeAlias = date | Moment
"""A civil day without time, or an instant in the zone of the instrument asked about."""

T = TypeVar("T")
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a civil day between two edges; every answer is constant inside it."""

    label: str
    start: Moment


def segments(
    law: Law,
    day: date,
    zone: str,
    known: date = date.max,
    with_: frozenset[str] = _NOBODY,
) -> tuple[Segment, ...]:
    """The parts into which edges with clock times cut a day; empty if none does."""
    return timeline(law, known, with_).segments(day, zone)


def in_force(
    law: Law, leaf_id: str, when: When, known: date, with_: frozenset[str] = _NOBODY
) -> Formula:
    """Whether a leaf is in force at a time, as known on `known`.

    A day cut by clock times gives tests on one question of kind TIME, the same for all
    leaves of a zone. `with_` names proposed instruments, and leaves or events of kind
    `unenforced`, to be read as if they had effect. Source: semantics 1.7 to 1.9.
    """
    return timeline(law, known, with_).in_force(leaf_id, when)


def alive(law: Law, id_: str, when: When, known: date, with_: frozenset[str] = _NOBODY) -> Formula:
    """Whether an instrument, leaf or event is published, not ended and not suspended."""
    view = timeline(law, known, with_)
    return view.over(when, id_, partial(view.alive, id_))


def amendments(
    law: Law, target_id: str, when: When, known: date, with_: frozenset[str] = _NOBODY
) -> tuple[tuple[Event, Formula], ...]:
    """Visible amendments of a target and whether each acts, oldest first.

    The last one that acts wins for each clause that it states.
    """
    return timeline(law, known, with_).amendments(target_id, when)


def edges(
    law: Law, leaf_ids: Iterable[str], known: date, with_: frozenset[str] = _NOBODY
) -> tuple[Moment, ...]:
    """The moments at which `in_force` or an amendment of these leaves may change, ascending.

    Moments of different zones are civil times of their own zone.
    """
    view = timeline(law, known, with_)
    found: set[int] = set()
    for id_ in leaf_ids:
        found.update(view.points(id_))
    return tuple(dict.fromkeys(moment_at(tick) for tick in sorted(found)))


def known_edges(law: Law) -> tuple[date, ...]:
    """The days of knowledge from which answers may differ from the day before, ascending."""
    found = {act.issued for act in law.instruments.values()}
    found.update(leaf.issued for leaf in law.leaves.values() if leaf.issued)
    found.update(event.noted for event in law.events.values() if event.noted)
    windows = [(leaf.instrument, w) for leaf in law.leaves.values() for w in leaf.windows]
    windows += [(event.source, event.window) for event in law.events.values()]
    for source, window in windows:
        act = law.instruments[source]
        for tick in _edge_ticks(window, act.zone):
            day = moment_at(tick).day
            if act.verified is not None and day > act.verified:
                found.add(day)  # from this day on the edge is one that nobody has looked at
    return tuple(sorted(found))


def changes_nothing(law: Law, event_id: str, with_: frozenset[str] = _NOBODY) -> bool:
    """Whether no answer about any target differs, on any day known on any day, without it."""
    event = law.events[event_id]
    rest = replace(
        law,
        events={k: e for k, e in law.events.items() if k != event_id},
        acting_on={k: tuple(e for e in v if e.id != event_id) for k, v in law.acting_on.items()},
        clocks={k: tuple(c for c in v if c[1] != event_id) for k, v in law.clocks.items()},
    )
    touched: dict[object, str] = {}
    stated = [id_ for id_, source in _stated(law) if source in event.targets]
    for id_ in (*event.targets, *stated):
        leaf = law.leaves.get(id_)
        own = law.acting_on.get(id_)
        # leaves that differ in name only fare alike: one stands for all
        alike = (leaf.instrument, leaf.issued, leaf.windows, own, id_ in with_) if leaf else id_
        touched.setdefault(alike, id_)
    first = law.issued(event_id)
    days = (first, *(day for day in known_edges(law) if day > first))
    for known in reversed(days):
        one, other = Timeline(law, known, with_), Timeline(rest, known, with_)
        for id_ in touched.values():
            for tick in (0, *one.points(id_)):
                if one.profile(id_, tick) != other.profile(id_, tick):
                    return False
    return True


def _stated(law: Law) -> Iterable[tuple[str, str]]:
    for leaf in law.leaves.values():
        yield leaf.id, leaf.instrument
    for event in law.events.values():
        yield event.id, event.source


def kleene(formula: Formula) -> Truth:
    """Truth with every question unanswered. For formulas of time, which name no rules."""

    def no_rule(rule: str) -> Truth:
        message = f"a formula of time names the rule {rule}"
        raise AssertionError(message)

    return truth(formula, {}, no_rule, no_rule)


@lru_cache(maxsize=64)
def timeline(law: Law, known: date, with_: frozenset[str]) -> Timeline:
    """The law as seen on a day; kept, so that rules of one case share what was worked out."""
    return Timeline(law, known, with_)


MOST_KEPT = 50_000
"""Answers that a timeline keeps of each sort, so that one of many days does not grow for ever."""


def _make_room(kept: dict[tuple[str, When], T]) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()


class Timeline:
    """The law as seen on `known`: the definitions of semantics 1.7, remembered per tick."""

    def __init__(self, law: Law, known: date, with_: frozenset[str]) -> None:
        self.law = law
        self.known = known
        self.with_ = with_
        self._alive: dict[tuple[str, int], Formula] = {}
        self._done: dict[tuple[str, int], Formula] = {}
        self._covering: dict[str, tuple[Event, ...]] = {}
        self._points: dict[str, tuple[int, ...]] = {}
        self._in_force: dict[tuple[str, When], Formula] = {}
        self._amendments: dict[tuple[str, When], tuple[tuple[Event, Formula], ...]] = {}

    # -- over a day -------------------------------------------------------------------

    def in_force(self, leaf_id: str, when: When) -> Formula:
        """See the function of this name."""
        key = leaf_id, when
        if key not in self._in_force:
            _make_room(self._in_force)
            at = partial(self.leaf_in_force, self.law.leaves[leaf_id])
            self._in_force[key] = self.over(when, leaf_id, at)
        return self._in_force[key]

    def amendments(self, target_id: str, when: When) -> tuple[tuple[Event, Formula], ...]:
        """See the function of this name."""
        key = target_id, when
        if key not in self._amendments:
            _make_room(self._amendments)
            self._amendments[key] = tuple(
                (event, self.over(when, target_id, partial(self.amending, event)))
                for event in self.covering(target_id)
                if event.kind is EventKind.AMENDS
            )
        return self._amendments[key]

    # -- what is seen -----------------------------------------------------------------

    def published(self, id_: str) -> bool:
        """Issued by the day of knowledge; a proposal only when asked for, then always."""
        act = self.law.instrument_of(id_)
        if act.proposed:
            return act.id in self.with_
        if id_ in self.law.events and act.issued > self.known:
            return False
        return self.law.issued(id_) <= self.known

    def covering(self, id_: str) -> tuple[Event, ...]:
        """The visible events that act on a target, by (start, issued, id)."""
        found = self._covering.get(id_)
        if found is None:
            found = tuple(e for e in self.law.covering(id_) if self.published(e.id))
            self._covering[id_] = found
        return found

    # -- truth at a tick --------------------------------------------------------------

    def leaf_in_force(self, leaf: Leaf, tick: int) -> Formula:
        """Published, in effect, not ended, not suspended."""
        return conj([self.effective(leaf, tick), self.alive(leaf.id, tick)])

    def effective(self, leaf: Leaf, tick: int) -> Formula:
        """Inside one of the leaf's windows."""
        windows = self.windows(leaf)
        last = max(range(len(windows)), key=lambda i: (_start(windows[i], leaf, self.law), i))
        return disj(
            self.inside(leaf.id, window, tick, extended=i == last)
            for i, window in enumerate(windows)
        )

    def windows(self, leaf: Leaf) -> tuple[Window, ...]:
        """A leaf's own windows, or from the day it was issued."""
        return leaf.windows or (Window(Edge(self.law.issued(leaf.id))),)

    def alive(self, id_: str, tick: int) -> Formula:
        """Published, not ended, not suspended; law may be retroactive."""
        key = id_, tick
        found = self._alive.get(key)
        if found is None:
            found = NO
            if self.published(id_):
                found = conj([negate(self.ended(id_, tick)), negate(self.suspended(id_, tick))])
            self._alive[key] = found
        return found

    def ended(self, id_: str, tick: int) -> Formula:
        """Some stop or repeal has acted."""
        return disj(self.done(e, tick) for e in self.covering(id_) if e.kind in ENDINGS)

    def suspended(self, id_: str, tick: int) -> Formula:
        """Inside the window of a living suspension that is not lifted: the union of all."""
        return disj(
            self.suspending(e, id_, tick) for e in self.covering(id_) if e.kind in SUSPENSIONS
        )

    def suspending(self, event: Event, id_: str, tick: int) -> Formula:
        """Whether this one suspension, or doubt, keeps the target out of force."""
        if event.kind is EventKind.UNENFORCED and not self.with_.isdisjoint(
            {event.id, id_, self.law.instrument_of(id_).id}
        ):
            return NO
        inside = self.inside(event.id, event.window, tick)
        if inside == NO:
            return NO
        doubt = _doubt(event) if event.kind is EventKind.UNCERTAIN else YES
        lifted = self.lifted(event, id_, tick)
        return conj([inside, self.alive(event.id, tick), negate(lifted), doubt])

    def lifted(self, suspension: Event, id_: str, tick: int) -> Formula:
        """Some resumption, neither earlier nor issued earlier, has acted."""
        law = self.law
        return disj(
            self.done(e, tick)
            for e in self.covering(id_)
            if e.kind is EventKind.RESUMES
            and law.start(suspension) <= law.start(e)
            and law.issued(suspension.id) <= law.issued(e.id)
        )

    def done(self, event: Event, tick: int) -> Formula:
        """Whether the event lived at some time from its start on: then it has acted."""
        start = self.law.start(event)
        if tick < start:
            return NO
        seen = [start, *(point for point in self.points(event.id) if start < point <= tick)]
        key = event.id, seen[-1]
        found = self._done.get(key)
        if found is None:
            parts: list[Formula] = []
            for point in seen:
                parts.append(self.alive(event.id, point))
                if parts[-1] == YES:
                    break
            found = disj(parts)
            self._done[key] = found
        return found

    def amending(self, event: Event, tick: int) -> Formula:
        """An amendment that has acted, is not suspended, and is inside its window."""
        past = self._past(event.id, event.window, tick)
        return conj([self.done(event, tick), negate(self.suspended(event.id, tick)), negate(past)])

    def acting(self, event: Event, tick: int) -> Formula:
        """Whether an event does at a tick what it says: keeps out, has ended, has changed."""
        match event.kind:
            case EventKind.SUSPENDS | EventKind.UNENFORCED | EventKind.UNCERTAIN:
                inside = self.inside(event.id, event.window, tick)
                doubt = _doubt(event) if event.kind is EventKind.UNCERTAIN else YES
                return conj([inside, self.alive(event.id, tick), doubt])
            case EventKind.AMENDS:
                return self.amending(event, tick)
            case EventKind.STOPS | EventKind.REPEALS | EventKind.RESUMES | EventKind.EXTENDS:
                return self.done(event, tick)
            case _:
                assert_never(event.kind)

    def profile(self, id_: str, tick: int) -> tuple[object, ...]:
        """All that can be asked about a target at a tick, for comparing two laws."""
        leaf = self.law.leaves.get(id_)
        event = self.law.events.get(id_)
        amended = [e for e in self.covering(id_) if e.kind is EventKind.AMENDS]
        return (
            self.leaf_in_force(leaf, tick) if leaf else self.alive(id_, tick),
            self.inside(id_, event.window, tick) if event else None,
            tuple((e.id, formula) for e in amended if (formula := self.amending(e, tick)) != NO),
        )

    # -- windows ----------------------------------------------------------------------

    def inside(self, id_: str, window: Window, tick: int, *, extended: bool = True) -> Formula:
        """Whether the window of this leaf or event, as extended, holds the tick."""
        act = self.law.instrument_of(id_)
        edge = window.start
        if edge is None and id_ in self.law.events:
            edge = Edge(self.law.issued(id_))
        begun: Formula = YES
        if edge is not None:
            start = edge.tick(act.zone)
            begun = self._reviewed(act.id, edge, start) if tick >= start else NO
        if begun == NO:
            return NO
        past = self._past(id_, window, tick, extended=extended)
        return conj([begun, negate(past)])

    def _past(self, id_: str, window: Window, tick: int, *, extended: bool = True) -> Formula:
        """Whether the window is over: the end of the newest extension that acted counts."""
        past = self._ended_by(id_, id_, window, tick)
        if extended and window.end is not None:
            for extension in self.extensions(id_):
                longer = self._ended_by(id_, extension.id, extension.window, tick)
                past = _choice(self.done(extension, tick), longer, past)
        return past

    def extensions(self, id_: str) -> tuple[Event, ...]:
        """Extensions of this window, oldest first. One of a whole instrument prolongs no doubt."""
        event = self.law.events.get(id_)
        doubtful = event is not None and event.kind is EventKind.UNCERTAIN
        return tuple(
            e
            for e in self.covering(id_)
            if e.kind is EventKind.EXTENDS
            and e.window.end is not None
            and (id_ in e.targets or not doubtful)
        )

    def _ended_by(self, id_: str, stated_in: str, window: Window, tick: int) -> Formula:
        act = self.law.instrument_of(stated_in)
        ends = window.ends(act.zone)
        if ends is None or window.end is None or tick < ends[0]:
            return NO
        reviewed = self._reviewed(act.id, window.end, ends[0])
        if tick >= ends[1]:
            return reviewed
        return conj([reviewed, negate(_last_day(self.law, id_, stated_in, window.end.day))])

    def _reviewed(self, instrument: str, edge: Edge, tick: int) -> Formula:
        """Whether an edge that has come stands: open if it is later than anyone has looked."""
        verified = self.law.instruments[instrument].verified
        day = moment_at(tick).day
        if verified is None or day <= verified or day > self.known:
            return YES
        return ask(
            f"{instrument}:edge-unreviewed:{edge}",
            QuestionKind.EVENT,
            f"edge-unreviewed: {instrument} was last verified on {verified}; "
            f"does its date of {edge} still hold?",
        )

    # -- change points and days -------------------------------------------------------

    def points(self, id_: str) -> tuple[int, ...]:
        """Ticks at which what is known of this target may change, ascending."""
        found = self._points.get(id_)
        if found is not None:
            return found
        zone = self.law.instrument_of(id_).zone
        ticks: set[int] = set()
        leaf = self.law.leaves.get(id_)
        event = self.law.events.get(id_)
        own = self.windows(leaf) if leaf else (event.window,) if event else ()
        for window in own:
            ticks.update(_edge_ticks(window, zone))
        for acting in self.covering(id_):
            ticks.add(self.law.start(acting))
            ticks.update(self.points(acting.id))
        found = tuple(sorted(ticks))
        self._points[id_] = found
        return found

    def segments(self, day: date, zone: str) -> tuple[Segment, ...]:
        """The parts of a day between visible edges with clock times; empty if uncut."""
        first = day.toordinal() * DAY
        cuts = sorted(
            {
                tick - first
                for tick, id_ in self.law.clocks.get(zone, ())
                if first < tick < first + DAY and self.published(id_)
            }
        )
        if not cuts:
            return ()
        found = [Segment(f"before {clock(cuts[0])}", Moment(day))]
        for i, cut in enumerate(cuts):
            until = f" until {clock(cuts[i + 1])}" if i + 1 < len(cuts) else ""
            found.append(Segment(f"from {clock(cut)}{until}", Moment(day, cut)))
        return tuple(found)

    def over(self, when: When, id_: str, at: Callable[[int], Formula]) -> Formula:
        """A formula at a moment, or over the segments of a day as tests on its one question."""
        if isinstance(when, Moment):
            return at(when.tick)
        zone = self.law.instrument_of(id_).zone
        parts = self.segments(when, zone)
        if not parts:
            return at(Moment(when).tick)
        alike: dict[Formula, list[int]] = {}
        for i, part in enumerate(parts):
            alike.setdefault(at(part.start.tick), []).append(i)
        if len(alike) == 1:
            return next(iter(alike))
        question = _time_question(when, zone, parts)
        return disj(
            conj([Atom(question, _segment_test(held)), formula]) for formula, held in alike.items()
        )


@dataclass(frozen=True, slots=True)
class _During:
    """What a test of time reads: the numbers of the segments in which it holds."""

    parts: frozenset[int]


def _segment_test(held: Iterable[int]) -> Test:
    numbers = frozenset(held)
    return Test(",".join(map(str, sorted(numbers))), _During(numbers))


def _time_question(day: date, zone: str, parts: tuple[Segment, ...]) -> Question:
    def holds(test: Test, part: int) -> bool:
        return isinstance(test.payload, _During) and part in test.payload.parts

    def cells(tests: frozenset[Test]) -> tuple[Cell, ...]:
        return tuple(
            Cell(part.label, frozenset(test for test in tests if holds(test, i)))
            for i, part in enumerate(parts)
        )

    # One regime decides in one zone, so that "time" is enough, unless a zone is out of the way.
    id_ = "time" if zone in REGIME_ZONES.values() else f"time:{zone}"
    prompt = f"at what time of {day} ({zone}): {', '.join(part.label for part in parts)}?"
    return Question(id_, QuestionKind.TIME, prompt, cells)


def _doubt(event: Event) -> Formula:
    verb = "do" if len(event.targets) > 1 else "does"
    asked = f"{verb} {', '.join(event.targets)} remain suspended {event.window}?"
    because = f"{event.because}: " if event.because else ""
    return ask(event.id, QuestionKind.EVENT, because + asked)


def _last_day(law: Law, id_: str, stated_in: str, day: date) -> Formula:
    """`to B`: whether the window holds day B, one question for each statement of the end."""
    event = law.events.get(id_)
    what = f"effect of {id_}"
    if event is not None:
        nouns: Mapping[EventKind, str] = {
            EventKind.SUSPENDS: "suspension",
            EventKind.UNENFORCED: "non-enforcement",
            EventKind.UNCERTAIN: "doubtful suspension",
        }
        what = f"{nouns.get(event.kind, 'act')} by {event.source}"
    prompt = f"is {day}, the last day of the {what}, inside it?"
    return ask(f"{stated_in}:last-day", QuestionKind.EVENT, prompt)


def _choice(test: Formula, then: Formula, other: Formula) -> Formula:
    """`if test then … else …`; settled when both branches agree, whatever the test."""
    if then == other:
        return then
    return disj([conj([test, then]), conj([negate(test), other]), conj([then, other])])


def _start(window: Window, leaf: Leaf, law: Law) -> int:
    return window.start.tick(law.instruments[leaf.instrument].zone) if window.start else 0


def _edge_ticks(window: Window, zone: str) -> Iterable[int]:
    if window.start is not None:
        yield window.start.tick(zone)
    yield from window.ends(zone) or ()
