"""The state of each instrument over time, as known on a day.

    chart(program, instruments, start, through, known) -> Chart

The time engine answers for every part of an instrument at every moment at which its answer
may change; here its answers are put in a row and counted. The clock is never read. Moments
are civil times of the instrument's own zone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from longarm_dsl.core import ast
from longarm_dsl.core.facts import Record, Transaction
from longarm_dsl.core.formula import Truth, atoms
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import (
    REGIME_ZONES,
    EventKind,
    Moment,
    State,
    StateName,
    amendments,
    event_states,
    in_zone,
    instrument_states,
    kleene,
    states,
)
from longarm_dsl.core.time.calculus import Timeline, timeline
from longarm_dsl.core.time.model import DAY, moment_at
from longarm_dsl.evaluate.world import Options, World
from longarm_dsl.lazy_dataclass import dataclass


class Condition(StrEnum):
    """What can be said of an instrument or a part of it on a day."""

    IN_FORCE = "in force"
    PART = "in part"
    UNCERTAIN = "uncertain"
    SUSPENDED = "suspended"
    UNENFORCED = "unenforced"
    NOT_BEGUN = "not begun"
    PROPOSED = "proposed"
    STOPPED = "stopped"
    REPEALED = "repealed"
    LAPSED = "lapsed"
    NOT_ISSUED = "not issued"


_CONDITIONS: Mapping[StateName, Condition] = {
    StateName.UNPUBLISHED: Condition.NOT_ISSUED,
    StateName.PROPOSED: Condition.PROPOSED,
    StateName.REPEALED: Condition.REPEALED,
    StateName.STOPPED: Condition.STOPPED,
    StateName.LAPSED: Condition.LAPSED,
    StateName.SUSPENDED: Condition.SUSPENDED,
    StateName.UNENFORCED: Condition.UNENFORCED,
    StateName.NOT_YET: Condition.NOT_BEGUN,
    StateName.UNCERTAIN: Condition.UNCERTAIN,
    StateName.IN_FORCE: Condition.IN_FORCE,
}


_ENDED = frozenset({Condition.STOPPED, Condition.REPEALED, Condition.LAPSED})


class Kind(StrEnum):
    """What a part of an instrument is. One that states nothing is judged by what it does."""

    RULE = "rule"
    ENTRY = "entry"
    ROW = "row"
    DEFINITION = "definition"
    EVENT = "event"
    INSTRUMENT = "instrument"


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a part is in one state, and whose doing it is; None is for ever."""

    start: Moment | None
    end: Moment | None
    state: Condition
    by: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Fate:
    """Parts of an instrument that fare alike at all times, and how."""

    ids: tuple[str, ...]
    kind: Kind
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which an instrument is in one state, and how many of its parts are in which."""

    start: Moment | None
    end: Moment | None
    state: Condition
    parts: tuple[tuple[Condition, int], ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """The event or instrument whose date a change is, and since when that was known."""

    id: str
    instrument: str
    known: date


@dataclass(frozen=True, slots=True)
class Change:
    """A moment from which some parts, or the `whole`, are in another state or say another thing.

    `amended`: the text changes; `before` and `after` are then whether the new text counts.
    """

    at: Moment
    instrument: str
    before: str
    after: str
    by: tuple[Cause, ...]
    sentence: str
    parts: tuple[str, ...] = ()
    whole: bool = False
    amended: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """One instrument over all time: its states, its parts, and what changes when."""

    instrument: ast.Instrument
    stretches: tuple[Stretch, ...]
    fates: tuple[Fate, ...]
    changes: tuple[Change, ...]

    def at(self, moment: Moment) -> Condition:
        """The state at a moment."""
        starts = [stretch.start.tick for stretch in self.stretches if stretch.start is not None]
        return self.stretches[bisect_right(starts, moment.tick)].state

    def next_after(self, day: date) -> Change | None:
        """The first change after a day."""
        return next((change for change in self.changes if change.at.day > day), None)


@dataclass(frozen=True, slots=True)
class Chart:
    """Some instruments over some days, as known on a day; those issued later are not seen."""

    start: date
    through: date
    known: date
    lives: tuple[Life, ...]
    unseen: tuple[ast.Instrument, ...]

    def state(self, life: Life) -> Condition:
        """The state of an instrument at the end of the day of knowledge."""
        return life.at(Moment(self.known, DAY - 1))

    def changes(self) -> tuple[Change, ...]:
        """What changes in these days, by day."""
        found = [
            change
            for life in self.lives
            for change in life.changes
            if self.start <= change.at.day <= self.through
        ]
        return tuple(sorted(found, key=lambda change: change.at))


def chart(
    program: Program,
    instruments: Collection[str],
    start: date,
    through: date,
    known: date,
    options: Options | None = None,
) -> Chart:
    """The states of some instruments, given by id, oldest first within each regime."""
    historian = _Historian(program, known, options or Options())
    chosen = sorted(
        (i for i in program.instruments.values() if i.id in instruments),
        key=lambda i: (i.regime, i.issued, i.id),
    )
    lives: list[Life] = []
    unseen: list[ast.Instrument] = []
    for act in chosen:
        if act.issued > known and not historian.view.published(act.id):
            unseen.append(act)
        else:
            lives.append(historian.life(act))
    return Chart(start, through, known, tuple(lives), tuple(unseen))


_Ask = Callable[[Moment], State]
_FIRST = Moment(date.min)


class _Historian:
    """Asks the time engine about every part of an instrument, at every point where it may turn."""

    def __init__(self, program: Program, known: date, options: Options) -> None:
        self.program = program
        self.law = program.law
        self.known = known
        self.options = options
        self.view: Timeline = timeline(program.law, known, options.with_)
        self.rows = {row.id: row for table in program.tables.values() for row in table.rows}
        self.versions = {
            change.leaf: target
            for target, changes in program.amendments.items()
            for change in changes
            if change.leaf is not None
        }
        self.stated: dict[str, list[str]] = defaultdict(list)
        for leaf in self.law.leaves.values():
            self.stated[leaf.instrument].append(leaf.id)
        self.doing: dict[str, list[str]] = defaultdict(list)
        for event in self.law.events.values():
            self.doing[event.source].append(event.id)

    def life(self, act: ast.Instrument) -> Life:
        """One instrument that is seen."""
        parts = self._parts(act.id)
        alike: dict[object, list[tuple[str, Kind]]] = defaultdict(list)
        for id_, kind in parts:
            alike[self._likeness(id_, kind)].append((id_, kind))
        fates = tuple(
            Fate(tuple(id_ for id_, _ in group), group[0][1], self._spans(*group[0]))
            for group in alike.values()
        )
        doing = all(fate.kind is Kind.EVENT for fate in fates)
        changes = [*self._turns(act.id, fates, len(parts)), *self._amended(act.id)]
        return Life(
            act,
            tuple(_stretches(act.id, fates, doing=doing)),
            fates,
            tuple(sorted(changes, key=lambda c: (c.at, c.parts, c.after))),
        )

    # -- parts ------------------------------------------------------------------------

    def _parts(self, instrument: str) -> list[tuple[str, Kind]]:
        """What an instrument states; of one that states nothing what it does, else itself.

        Definitions do nothing by themselves: they count where an event names them, or if
        there is nothing else.
        """
        found = [
            (id_, self._kind(id_))
            for id_ in self.stated[instrument]
            if id_ not in self.versions and self._seen(id_)
        ]
        speaking = [
            (id_, kind) for id_, kind in found if kind is not Kind.DEFINITION or self._named(id_)
        ]
        if speaking or found:
            return speaking or found
        doing = [(id_, Kind.EVENT) for id_ in self.doing[instrument]]
        seen = [pair for pair in doing if self._seen(pair[0])]
        return seen or [(instrument, Kind.INSTRUMENT)]

    def _seen(self, id_: str) -> bool:
        """Published by the day of knowledge; a proposal is seen as one."""
        return self.law.instrument_of(id_).proposed or self.view.published(id_)

    def _kind(self, id_: str) -> Kind:
        if id_ in self.program.rules:
            return Kind.RULE
        if id_ in self.program.entries:
            return Kind.ENTRY
        return Kind.ROW if id_ in self.rows else Kind.DEFINITION

    def _named(self, id_: str) -> bool:
        acting = self.law.acting_on.get(id_, ())
        return any(event.kind is not EventKind.AMENDS for event in acting)

    def _likeness(self, id_: str, kind: Kind) -> object:
        """What the states of a part depend on: parts that share it are asked about once."""
        leaf = self.law.leaves.get(id_)
        if leaf is None or id_ in self.versions.values():
            return id_
        row = self.rows.get(id_)
        removed = (row.end, row.removed_issued, row.removed_by) if row is not None else None
        acting = tuple(e.id for e in self.law.acting_on.get(id_, ()) if self._seen(e.id))
        counted = id_ in self.options.with_
        return kind, leaf.issued, leaf.windows, acting, removed, counted

    # -- states -----------------------------------------------------------------------

    def _spans(self, id_: str, kind: Kind) -> tuple[Span, ...]:
        """The states of a part in a row."""
        issued = Moment(self.law.issued(id_))
        at = self._asker(id_, kind)
        found: list[Span] = []
        for tick in sorted({_FIRST.tick, issued.tick, *self._points(id_)}):
            moment = moment_at(tick)
            state = at(moment)
            condition = _CONDITIONS[state.name]
            if moment < issued and condition in {Condition.NOT_BEGUN, Condition.PROPOSED}:
                condition = Condition.NOT_ISSUED
            if found and (found[-1].state, found[-1].by) == (condition, state.by):
                continue
            if found:
                found[-1] = replace(found[-1], end=moment)
            start = moment if found else None
            found.append(Span(start, None, condition, state.by, state.sentence))
        return tuple(found)

    def _asker(self, id_: str, kind: Kind) -> _Ask:
        law, known, with_ = self.law, self.known, self.options.with_
        match kind:
            case Kind.EVENT:
                return lambda moment: event_states(law, id_, moment, known, with_)[0]
            case Kind.INSTRUMENT:
                return lambda moment: instrument_states(law, id_, moment, known, with_)[0]
            case Kind.RULE if id_ in self.versions.values():
                return lambda moment: self._rule(id_, moment)
            case Kind.ROW if self.rows[id_].removed_issued is not None:
                return lambda moment: self._row(self.rows[id_], moment)
            case _:
                return lambda moment: states(law, id_, moment, known, with_)[0]

    def _world(self, id_: str, moment: Moment) -> World:
        """The law of a part's regime at a moment, without a case."""
        act = self.law.instrument_of(id_)
        here = in_zone(moment, act.zone, REGIME_ZONES.get(act.regime, "UTC"))
        nothing = Transaction(Record("Transaction"))
        return World(self.program, act.regime, here, self.known, self.options, nothing)

    def _rule(self, id_: str, moment: Moment) -> State:
        """A rule whose dates were amended: by the dates of the version that counts."""
        law, with_ = self.law, self.options.with_
        found: list[State] = []
        for guard, changes in self._world(id_, moment).versions(id_):
            leaf = next((c.leaf for c in reversed(changes) if c.leaf is not None), id_)
            state = states(law, leaf, moment, self.known, with_)[0]
            asked = next(iter(atoms(guard)), None)
            if found and asked is not None and state.name is not found[0].name:
                question = asked.question
                return State(StateName.UNCERTAIN, question.id, question.prompt)
            found.append(state)
        return found[0]

    def _row(self, row: ast.Row, moment: Moment) -> State:
        """A row that a notice removes: out once that is known, while the notice lives."""
        state = states(self.law, row.id, moment, self.known, self.options.with_)[0]
        if state.name is not StateName.IN_FORCE or row.instrument is None:
            return state
        formula = self._world(row.id, moment).row_in_force(row)
        match kleene(formula):
            case Truth.YES:
                return state
            case Truth.NO:
                whose = f" by {row.removed_by}" if row.removed_by is not None else ""
                by = row.removed_by or row.instrument
                return State(StateName.STOPPED, by, f"removed{whose} from {row.end}")
            case Truth.UNKNOWN:
                question = next(iter(atoms(formula))).question
                return State(StateName.UNCERTAIN, question.id, question.prompt)

    def _points(self, id_: str) -> set[int]:
        found = set(self.view.points(id_))
        for version, target in self.versions.items():
            if target == id_:
                found.update(self.view.points(version))
        row = self.rows.get(id_)
        if row is not None and row.removed_issued is not None and row.end is not None:
            found.add(Moment(row.end).tick)
            if row.removed_by is not None:
                found.update(self.view.points(row.removed_by))
        return found

    # -- what changes -----------------------------------------------------------------

    def _turns(self, instrument: str, fates: Iterable[Fate], of: int) -> Iterator[Change]:
        """Each change of state, with all parts that it concerns."""
        turned: dict[Change, list[str]] = {}
        for fate in fates:
            for before, after in pairwise(fate.spans):
                at = after.start or _FIRST
                by = self._causes(fate.ids[0], at)
                said = after.sentence
                mark = Change(at, instrument, before.state, after.state, by, said)
                turned.setdefault(mark, []).extend(fate.ids)
        for change, ids in turned.items():
            yield replace(change, parts=tuple(ids), whole=len(ids) == of)

    def _amended(self, instrument: str) -> Iterator[Change]:
        """Each change of text, with all parts that one event changes."""
        words = {Truth.NO: "as before", Truth.YES: "amended", Truth.UNKNOWN: "perhaps amended"}
        turned: dict[Change, list[str]] = {}
        for id_ in self.stated[instrument]:
            if id_ in self.versions or not self.program.amendments.get(id_):
                continue
            before: dict[str, Truth] = {}
            for tick in self.view.points(id_):
                at = moment_at(tick)
                acting = amendments(self.law, id_, at, self.known, self.options.with_)
                for event, formula in acting:
                    old, new = before.get(event.id, Truth.NO), kleene(formula)
                    before[event.id] = new
                    if new is not old:
                        by = (Cause(event.id, event.source, self.law.issued(event.id)),)
                        said = f"{words[new]} by {event.source}"
                        mark = Change(at, instrument, words[old], words[new], by, said)
                        turned.setdefault(mark, []).append(id_)
        for change, ids in turned.items():
            yield replace(change, parts=tuple(ids), amended=True)

    def _causes(self, id_: str, at: Moment) -> tuple[Cause, ...]:
        """Whose dates a moment is, of all that touch a part: its own, or of events on it."""
        found: dict[str, Cause] = {}
        self._dated(id_, at.tick, found)
        return tuple(sorted(found.values(), key=lambda cause: cause.id))

    def _dated(self, id_: str, tick: int, found: dict[str, Cause]) -> None:
        law = self.law
        act = law.instrument_of(id_)
        leaf = law.leaves.get(id_)
        if leaf is not None or id_ in law.instruments:
            issued = law.issued(id_)
            windows = leaf.windows if leaf is not None else ()
            own = {Moment(issued).tick}
            for window in windows:
                own.update([window.start.tick(act.zone)] if window.start is not None else [])
                own.update(window.ends(act.zone) or ())
            if tick in own:
                found[act.id] = Cause(act.id, act.id, issued)
        row = self.rows.get(id_)
        if row is not None and row.removed_issued is not None and row.end is not None:
            by = row.removed_by or act.id
            if tick == Moment(row.end).tick:
                found[by] = Cause(by, by, row.removed_issued)
            elif by != act.id:
                self._dated(by, tick, found)
        itself = [law.events[id_]] if id_ in law.events else []
        for event in (*self.view.covering(id_), *itself):
            zone = law.instruments[event.source].zone
            dates = {law.start(event), *(event.window.ends(zone) or ())}
            if tick in dates or (event.id == id_ and tick == Moment(law.issued(id_)).tick):
                found[event.id] = Cause(event.id, event.source, law.issued(event.id))
            elif event.id != id_ and tick in self.view.points(event.id):
                self._dated(event.id, tick, found)


def _stretches(instrument: str, fates: Sequence[Fate], *, doing: bool) -> Iterator[Stretch]:
    """The states of the whole from those of its parts."""
    starts = {s.start for fate in fates for s in fate.spans if s.start is not None}
    found: list[Stretch] = []
    for start in (None, *sorted(starts)):
        counts, over = Counter[Condition](), Counter[Condition]()
        for fate in fates:
            span = _at(fate.spans, start)
            counts[span.state] += len(fate.ids)
            if span.state in _ENDED and span.by == instrument:
                over[span.state] += len(fate.ids)
        state = _whole(counts - over or counts, doing=doing)
        parts = tuple((c, counts[c]) for c in Condition if counts[c])
        if found and (found[-1].state, found[-1].parts) == (state, parts):
            continue
        if found:
            found[-1] = replace(found[-1], end=start)
        found.append(Stretch(start, None, state, parts))
    return iter(found)


def _at(spans: Sequence[Span], moment: Moment | None) -> Span:
    found = spans[0]
    for span in spans[1:]:
        if moment is None or span.start is None or span.start > moment:
            break
        found = span
    return found


def _whole(counts: Mapping[Condition, int], *, doing: bool) -> Condition:
    """In force if all of what was issued is, in part if some is; else what is nearest to force.

    What has ended by the instrument's own dates is no longer a part of it. An instrument that only acts on others is in force while anything of it acts.
    """
    there = {c for c in Condition if counts.get(c) and c is not Condition.NOT_ISSUED}
    if there == {Condition.IN_FORCE} or (doing and Condition.IN_FORCE in there):
        return Condition.IN_FORCE
    if Condition.IN_FORCE in there:
        return Condition.PART
    return next((c for c in Condition if c in there), Condition.NOT_ISSUED)
