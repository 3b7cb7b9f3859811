"""Laws 21 to 30 of time, and agreement with a naive day-by-day reading of the definitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from longarm_dsl.core.formula import (
    NO_CELL,
    YES_CELL,
    Assignment,
    Formula,
    Truth,
    atoms,
    truth,
)
from longarm_dsl.core.time import (
    Edge,
    EndKind,
    Event,
    EventKind,
    Instrument,
    Law,
    Leaf,
    Moment,
    Window,
    amendments,
    build_law,
    changes_nothing,
    edges,
    in_force,
    kleene,
    known_edges,
    moment_of,
    segments,
    states,
)

FIRST = date(2026, 3, 1)
DAYS = range(-1, 13)
NAMES = ("j0", "j1", "j2", "j3")
ZONE = "America/New_York"


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def number(of: date) -> int:
    return (of - FIRST).days


@dataclass(frozen=True)
class Parts:
    instruments: tuple[Instrument, ...]
    leaves: tuple[Leaf, ...]
    events: tuple[Event, ...]

    def law(self) -> Law:
        law, problems = build_law(self.instruments, self.leaves, self.events)
        assert all(p.is_warning or p.kind == "amendment-tie" for p in problems)
        return law


small = st.integers(0, 11)


@st.composite
def windows(draw: st.DrawFn, *, clocks: bool = False) -> Window:
    def edge(at: int) -> Edge:
        minute = draw(st.sampled_from((None, None, 1, 781, 1080))) if clocks else None
        return Edge(day(at), minute)

    start = draw(st.none() | small)
    end = draw(st.none() | st.integers((start or 0) + 1, 13))
    return Window(
        None if start is None else edge(start),
        None if end is None else edge(end),
        draw(st.sampled_from(EndKind)),
    )


@st.composite
def calendars(draw: st.DrawFn, *, clocks: bool = False) -> Parts:
    """A few instruments, each issued no earlier than those before it; later act on earlier."""
    count = draw(st.integers(2, len(NAMES)))
    issued = sorted(draw(st.lists(st.integers(0, 6), min_size=count, max_size=count)))
    instruments = tuple(
        Instrument(
            name,
            "us",
            day(at),
            draw(st.none() | st.integers(at, 13).map(day)),
            proposed=draw(st.sampled_from((False, False, False, True))),
        )
        for name, at in zip(NAMES, issued, strict=False)
    )
    leaves = tuple(
        Leaf(
            f"{act.id}.r",
            act.id,
            None,
            tuple(draw(st.lists(windows(clocks=clocks), max_size=2))),
        )
        for act in instruments[:2]
    )
    events: list[Event] = []
    for i in range(draw(st.integers(0, 6))):
        source = draw(st.integers(1, count - 1))
        earlier = NAMES[:source]
        acts = [f"{name}.r" for name in earlier[:2]]
        own = [e.id for e in events if e.source in earlier]
        targets = draw(
            st.lists(st.sampled_from((*earlier, *acts, *own)), min_size=1, max_size=2, unique=True)
        )
        # no earlier than what it acts on, whether that is dated by its instrument or by itself
        floor = max([issued[source], *(number(e.noted) for e in events if e.noted)])
        events.append(
            Event(
                f"e{i}",
                draw(st.sampled_from(EventKind)),
                NAMES[source],
                tuple(targets),
                draw(windows(clocks=clocks)),
                draw(st.none() | st.integers(floor, max(floor, 9)).map(day))
                if not own
                else day(floor),
            )
        )
    return Parts(instruments, leaves, tuple(events))


# -- the definitions, day by day -----------------------------------------------------------

U, Y, N = Truth.UNKNOWN, Truth.YES, Truth.NO


def naive(  # noqa: PLR0915  the definitions share their closures
    parts: Parts, known: int, with_: frozenset[str]
) -> Callable[[str, int], Truth]:
    """`in_force` and, for amendments, `amending`, as semantics 1.7 and 1.8 write them."""
    acts = {act.id: act for act in parts.instruments}
    events = {e.id: e for e in parts.events}
    leaves = {leaf.id: leaf for leaf in parts.leaves}

    def home(id_: str) -> Instrument:
        owner = leaves[id_].instrument if id_ in leaves else None
        return acts[owner or (events[id_].source if id_ in events else id_)]

    def issued(id_: str) -> int:
        noted = events[id_].noted if id_ in events else None
        return number(noted or home(id_).issued)

    def visible(id_: str) -> bool:
        act = home(id_)
        if act.proposed:
            return act.id in with_
        return issued(id_) <= known and (id_ in acts or number(act.issued) <= known)

    def start(e: Event) -> int:
        return number(e.window.start.day) if e.window.start else issued(e.id)

    def over(id_: str, *kinds: str) -> list[Event]:
        return [
            e
            for e in parts.events
            if e.kind in kinds and visible(e.id) and ({id_, home(id_).id} & set(e.targets))
        ]

    def any_of(values: list[Truth]) -> Truth:
        return max(values, default=N)

    @cache
    def alive(id_: str, d: int) -> Truth:
        if not visible(id_):
            return N
        return min(ended(id_, d).negated, suspended(id_, d).negated)

    @cache
    def done(id_: str, d: int) -> Truth:
        return any_of([alive(id_, x) for x in range(start(events[id_]), d + 1)])

    def ended(id_: str, d: int) -> Truth:
        return any_of([done(e.id, d) for e in over(id_, "stops", "repeals")])

    def suspended(id_: str, d: int) -> Truth:
        found: list[Truth] = []
        for s in over(id_, "suspends", "uncertain", "unenforced"):
            if s.kind == "unenforced" and with_ & {s.id, id_, home(id_).id}:
                continue
            lifted = any_of(
                [
                    done(e.id, d)
                    for e in over(id_, "resumes")
                    if start(s) <= start(e) and issued(s.id) <= issued(e.id)
                ]
            )
            doubt = U if s.kind == "uncertain" else Y
            found.append(min(inside(s.id, s.window, d), alive(s.id, d), lifted.negated, doubt))
        return any_of(found)

    def looked_at(id_: str, edge: int) -> Truth:
        horizon = home(id_).verified
        return U if horizon and number(horizon) < edge <= known else Y

    def past(id_: str, window: Window, d: int) -> Truth:
        """Whether the stated end has come."""
        if window.end is None:
            return N
        last = number(window.end.day)
        edge = last + (window.end_kind is EndKind.THROUGH)
        if d < edge:
            return N
        on_open_day = window.end_kind is EndKind.TO and d == last
        return min(looked_at(id_, edge), U if on_open_day else Y)

    def inside(id_: str, window: Window, d: int, *, extend: bool = True) -> Truth:
        begin = number(window.start.day) if window.start else None
        if begin is None and id_ in events:
            begin = issued(id_)
        if begin is not None and d < begin:
            return N
        begun = Y if begin is None else looked_at(id_, begin)
        return min(begun, over_by(id_, window, d, extend=extend).negated)

    def over_by(id_: str, window: Window, d: int, *, extend: bool = True) -> Truth:
        end = past(id_, window, d)
        if window.end is None or not extend:
            return end
        for e in sorted(over(id_, "extends"), key=lambda e: (start(e), issued(e.id), e.id)):
            whole = id_ not in e.targets
            if e.window.end is None or (
                whole and id_ in events and events[id_].kind == "uncertain"
            ):
                continue
            acted, longer = done(e.id, d), past(e.id, e.window, d)
            end = {Y: longer, N: end, U: longer if longer is end else U}[acted]
        return end

    def effective(leaf: Leaf, d: int) -> Truth:
        stated = leaf.windows or (Window(Edge(home(leaf.id).issued)),)
        starts = [number(w.start.day) if w.start else -999 for w in stated]
        last = max(range(len(stated)), key=lambda i: (starts[i], i))
        return any_of([inside(leaf.id, w, d, extend=i == last) for i, w in enumerate(stated)])

    def ask(id_: str, d: int) -> Truth:
        if id_ in events:  # whether this amendment acts
            e = events[id_]
            over_now = over_by(id_, e.window, d)
            return min(done(id_, d), suspended(id_, d).negated, over_now.negated)
        return min(alive(id_, d), effective(leaves[id_], d))

    return ask


withs = st.sampled_from((frozenset[str](), frozenset({"j2"}), frozenset({"e0", "j3"})))


@settings(deadline=None, max_examples=100)
@given(calendars(), st.integers(0, 13), withs)
def test_as_the_definitions_read_day_by_day(
    parts: Parts, known: int, with_: frozenset[str]
) -> None:
    law, ask = parts.law(), naive(parts, known, with_)
    for n in DAYS:
        for leaf in parts.leaves:
            got = kleene(in_force(law, leaf.id, day(n), day(known), with_))
            assert got is ask(leaf.id, n), (leaf.id, n)
            for event, acting in amendments(law, leaf.id, day(n), day(known), with_):
                assert kleene(acting) is ask(event.id, n), (event.id, n)


def every(parts: Parts, known: int = 13) -> dict[tuple[str, int], Truth]:
    law = parts.law()
    return {
        (leaf.id, n): kleene(in_force(law, leaf.id, day(n), day(known)))
        for leaf in parts.leaves
        for n in DAYS
    }


@settings(deadline=None, max_examples=50)
@given(calendars(), st.integers(0, 10))
def test_law_21_what_is_issued_later_changes_nothing(parts: Parts, known: int) -> None:
    later = {act.id for act in parts.instruments if act.issued > day(known)}

    def seen(e: Event) -> bool:
        return e.source not in later and (e.noted is None or e.noted <= day(known))

    kept = tuple(e for e in parts.events if seen(e))
    ids = {e.id for e in kept}
    names = ids | {act.id for act in parts.instruments} | {leaf.id for leaf in parts.leaves}
    alone = tuple(replace(e, targets=tuple(t for t in e.targets if t in names)) for e in kept)
    assert every(replace(parts, events=alone), known) == every(parts, known)


@settings(deadline=None, max_examples=50)
@given(calendars())
def test_law_22_constant_between_change_points(parts: Parts) -> None:
    law = parts.law()
    for leaf in parts.leaves:
        turns = {moment.day for moment in edges(law, [leaf.id], day(13))}
        for n in DAYS[1:]:
            if day(n) not in turns:
                one, other = (in_force(law, leaf.id, day(x), day(13)) for x in (n - 1, n))
                assert one == other, n
        turns = set(known_edges(law))
        for k in DAYS[1:]:
            if day(k) not in turns:
                for n in (2, 7, 11):
                    one, other = (in_force(law, leaf.id, day(n), day(x)) for x in (k - 1, k))
                    assert one == other, (n, k)


def answered(formula: Formula, answers: Assignment) -> Truth:
    return truth(formula, answers, lambda _: Truth.NO, lambda _: Truth.NO)


@settings(deadline=None, max_examples=50)
@given(calendars())
def test_law_23_an_answer_about_doubt_is_the_law_without_it(parts: Parts) -> None:
    law = parts.law()
    for doubt in (e for e in parts.events if e.kind is EventKind.UNCERTAIN):
        certain = [
            replace(e, kind=EventKind.SUSPENDS) if e.id == doubt.id else e for e in parts.events
        ]
        gone = [replace(e, targets=()) if e.id == doubt.id else e for e in parts.events]
        for leaf in parts.leaves:
            for n in DAYS:
                formula = in_force(law, leaf.id, day(n), day(13))
                open_ = kleene(formula)
                for cell, events in ((YES_CELL, certain), (NO_CELL, gone)):
                    other = replace(parts, events=tuple(events)).law()
                    resolved = answered(formula, {doubt.id: cell})
                    assert open_ in (Truth.UNKNOWN, resolved)
                    if not any(e.kind is EventKind.EXTENDS for e in parts.events):
                        # an extension of a whole instrument prolongs suspensions, not doubts
                        assert resolved is kleene(in_force(other, leaf.id, day(n), day(13)))


@settings(deadline=None, max_examples=50)
@given(calendars(), windows(), st.sampled_from(("j0", "j0.r", "j1.r")))
def test_law_24_one_more_suspension_never_brings_its_target_into_force(
    parts: Parts, window: Window, target: str
) -> None:
    newest = Instrument("j9", "us", day(9))
    more = replace(
        parts,
        instruments=(*parts.instruments, newest),
        events=(*parts.events, Event("e9", EventKind.SUSPENDS, "j9", (target,), window)),
    )
    before, after = every(parts), every(more)
    hit = [leaf.id for leaf in parts.leaves if target in (leaf.id, leaf.instrument)]
    assert all(after[leaf, n] <= before[leaf, n] for leaf in hit for n in DAYS)


@settings(deadline=None, max_examples=50)
@given(calendars())
def test_law_25_stop_and_repeal_are_final(parts: Parts) -> None:
    law, found = parts.law(), every(parts)
    for leaf in parts.leaves:
        over = False
        for n in DAYS:
            names = {state.name for state in states(law, leaf.id, day(n), day(13))}
            over = over or bool(names & {"stopped", "repealed"})
            if over:
                assert found[leaf.id, n] is Truth.NO
                assert names & {"stopped", "repealed"}


@settings(deadline=None, max_examples=50)
@given(calendars(), st.randoms(use_true_random=False))
def test_law_27_the_order_of_a_file_changes_nothing(parts: Parts, chance: Random) -> None:
    def mixed(events: tuple[Event, ...]) -> tuple[Event, ...]:
        order = list(events)
        chance.shuffle(order)
        return tuple(order)

    other = Parts(parts.instruments[::-1], parts.leaves[::-1], mixed(parts.events))
    one, two = parts.law(), other.law()
    for leaf in parts.leaves:
        for n in DAYS:
            assert in_force(one, leaf.id, day(n), day(13)) == in_force(
                two, leaf.id, day(n), day(13)
            )


@settings(deadline=None, max_examples=50)
@given(calendars(), st.sampled_from(("j0", "j1")))
def test_law_28_a_suspended_instrument_has_no_rule_in_force(parts: Parts, target: str) -> None:
    stay = Event("e9", EventKind.SUSPENDS, "j9", (target,), Window(Edge(day(3)), Edge(day(6))))
    newest = Instrument("j9", "us", day(10))  # later than any resumption
    more = replace(
        parts, instruments=(*parts.instruments, newest), events=(*parts.events, stay)
    ).law()
    for leaf in parts.leaves:
        if leaf.instrument == target:
            for n in (3, 4, 5):
                assert kleene(in_force(more, leaf.id, day(n), day(13))) is Truth.NO


@settings(deadline=None, max_examples=50)
@given(calendars(), st.integers(-400, 400))
def test_law_29_shifting_all_dates_shifts_the_answers(parts: Parts, by: int) -> None:
    step = timedelta(days=by)

    def edge(e: Edge | None) -> Edge | None:
        return None if e is None else replace(e, day=e.day + step)

    def span(w: Window) -> Window:
        return replace(w, start=edge(w.start), end=edge(w.end))

    def on(d: date | None) -> date | None:
        return None if d is None else d + step

    moved = Parts(
        tuple(
            replace(act, issued=act.issued + step, verified=on(act.verified))
            for act in parts.instruments
        ),
        tuple(replace(leaf, windows=tuple(map(span, leaf.windows))) for leaf in parts.leaves),
        tuple(replace(e, window=span(e.window), noted=on(e.noted)) for e in parts.events),
    ).law()
    for (leaf, n), expected in every(parts).items():
        assert kleene(in_force(moved, leaf, day(n) + step, day(13) + step)) is expected


@settings(deadline=None, max_examples=50)
@given(calendars(clocks=True))
def test_law_30_a_day_without_time_is_its_parts(parts: Parts) -> None:
    law = parts.law()
    for n in DAYS:
        cut = segments(law, day(n), ZONE, day(13))
        starts = [part.start for part in cut] or [Moment(day(n))]
        for leaf in parts.leaves:
            whole = in_force(law, leaf.id, day(n), day(13))
            bits = [in_force(law, leaf.id, start, day(13)) for start in starts]
            truths = {kleene(bit) for bit in bits}
            assert kleene(whole) is (truths.pop() if len(truths) == 1 else Truth.UNKNOWN)
            found = list(atoms(whole))
            tests = frozenset(a.test for a in found if a.question.id == "time")
            ask = next((a.question.cells for a in found if a.question.id == "time"), None)
            if ask is not None:  # answering the time gives the truth of that part
                cells = ask(tests)
                assert [cell.label for cell in cells] == [part.label for part in cut]
                for cell, bit in zip(cells, bits, strict=True):
                    assert answered(whole, {"time": cell}) is kleene(bit)
            for i, start in enumerate(starts):  # constant inside each part
                end = starts[i + 1].tick if i + 1 < len(starts) else Moment(day(n + 1)).tick
                middle = Moment(day(n), (start.tick + end - 1) // 2 % 1440)
                assert in_force(law, leaf.id, middle, day(13)) == bits[i]


@settings(deadline=None, max_examples=50)
@given(small, st.integers(0, 1439), st.integers(-14 * 60, 14 * 60), st.integers(-14 * 60, 14 * 60))
def test_law_30_one_instant_has_one_civil_time(n: int, minute: int, one: int, two: int) -> None:
    utc = Moment(day(n), minute).tick

    def stated(offset: int) -> Moment:
        ordinal, there = divmod(utc + offset, 1440)
        return moment_of(date.fromordinal(ordinal), there, offset, ZONE)

    assert stated(one) == stated(two)


@settings(deadline=None, max_examples=25)
@given(calendars())
def test_an_event_said_to_change_nothing_changes_nothing(parts: Parts) -> None:
    law = parts.law()
    for event in parts.events:
        if changes_nothing(law, event.id):
            rest = replace(
                parts,
                events=tuple(
                    replace(e, targets=() if e.id == event.id else e.targets) for e in parts.events
                ),
            )
            for known in (2, 6, 13):
                assert every(rest, known) == every(parts, known), event.id
