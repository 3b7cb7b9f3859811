"""The event calculus by example; its scenario table is `dsl/conformance/time/scenarios.md`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from longarm_dsl.core.formula import (
    NO,
    NO_CELL,
    YES,
    YES_CELL,
    Assignment,
    Formula,
    QuestionKind,
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
    ProblemKind,
    StateName,
    Window,
    alive,
    amendments,
    build_law,
    changes_nothing,
    edges,
    for_days,
    in_force,
    kleene,
    known_edges,
    moment_of,
    segments,
    states,
)

FIRST = date(2026, 3, 1)
LATE = date(2030, 1, 1)
MARKS = {Truth.YES: "#", Truth.NO: ".", Truth.UNKNOWN: "?"}


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def window(start: int | None, last: int | None = None) -> Window:
    return Window(
        None if start is None else Edge(day(start)),
        None if last is None else Edge(day(last)),
        EndKind.THROUGH,
    )


@dataclass(frozen=True)
class Act:
    """`source` does `kind` to `target` from one day, through another if given."""

    source: str
    kind: str
    target: str
    start: int
    last: int | None = None
    issued: int = 0


def make(acts: tuple[Act, ...], *, commences: int = 0, verified: int | None = None) -> Law:
    issued = {"a": 0, "b": 0, "c": 0} | {act.source: act.issued for act in acts}
    instruments = [
        Instrument(name, "cn", day(at), None if verified is None else day(verified))
        for name, at in issued.items()
    ]
    events = [
        Event(
            f"{act.source}.{act.kind}_{i}",
            EventKind(act.kind),
            act.source,
            (act.target,),
            window(act.start, act.last),
        )
        for i, act in enumerate(acts)
    ]
    law, problems = build_law(
        instruments, [Leaf("a.rule", "a", None, (window(commences),))], events
    )
    assert problems == ()
    return law


def row(law: Law, known: date = LATE, leaf: str = "a.rule", days: int = 12) -> str:
    return "".join(MARKS[kleene(in_force(law, leaf, day(n), known))] for n in range(days))


def answered(formula: Formula, answers: Assignment) -> Truth:
    return truth(formula, answers, lambda _: Truth.NO, lambda _: Truth.NO)


def test_suspended_and_not_yet_commenced_at_once() -> None:
    law = make((Act("b", "suspends", "a", 3, 7),), commences=5)
    assert [s.name for s in states(law, "a.rule", day(3), LATE)] == [
        StateName.SUSPENDED,
        StateName.NOT_YET,
    ]


# -- the suspension of 7 November 2025 ----------------------------------------------------

REAL_TARGETS = ("cn.mofcom_2025_61", "cn.mofcom_2025_55")


def real(*extra: Event, verified: date = date(2026, 11, 21)) -> Law:
    ours = "cn.mofcom_2025_70"
    law, problems = build_law(
        [
            Instrument("cn.mofcom_2025_61", "cn", date(2025, 10, 9), verified),
            Instrument("cn.mofcom_2025_55", "cn", date(2025, 10, 9), verified),
            Instrument(ours, "cn", date(2025, 11, 7), verified),
            Instrument("cn.later", "cn", date(2026, 11, 1), verified),
        ],
        [
            Leaf(
                "cn.mofcom_2025_61.r", "cn.mofcom_2025_61", None, (Window(Edge(date(2025, 12, 1))),)
            ),
            Leaf(
                "cn.mofcom_2025_55.r", "cn.mofcom_2025_55", None, (Window(Edge(date(2025, 11, 8))),)
            ),
        ],
        [
            Event(
                "s",
                EventKind.SUSPENDS,
                ours,
                REAL_TARGETS,
                Window(Edge(date(2025, 11, 7)), Edge(date(2026, 11, 10)), EndKind.TO),
            ),
            Event(
                "u",
                EventKind.UNCERTAIN,
                ours,
                REAL_TARGETS,
                Window(Edge(date(2026, 11, 11)), Edge(date(2027, 1, 10)), EndKind.THROUGH),
                noted=date(2026, 9, 28),
                because="an extension was announced",
            ),
            *extra,
        ],
    )
    assert problems == ()
    return law


TODAY = date(2026, 11, 21)


def at(law: Law, on: date, known: date = TODAY, leaf: str = "cn.mofcom_2025_61.r") -> Formula:
    return in_force(law, leaf, on, known)


def test_known_before_the_suspension_the_rule_binds() -> None:
    law = real()
    assert at(law, date(2025, 12, 2), date(2025, 11, 1)) == YES
    assert at(law, date(2025, 12, 2), date(2025, 11, 7)) == NO
    assert at(law, date(2025, 11, 30), date(2025, 11, 1)) == NO


def test_the_last_day_of_a_to_window_is_one_question_for_all_rules() -> None:
    law = real()
    assert at(law, date(2026, 11, 9)) == NO
    asked = {
        atom.question.id: atom.question
        for leaf in law.leaves
        for atom in atoms(at(law, date(2026, 11, 10), leaf=leaf))
    }
    assert list(asked) == ["s:last-day"]
    question = asked["s:last-day"]
    assert question.kind is QuestionKind.EVENT
    assert "2026-11-10, the last day of the suspension by cn.mofcom_2025_70" in question.prompt
    formula = at(law, date(2026, 11, 10))
    assert answered(formula, {"s:last-day": YES_CELL}) is Truth.NO
    assert answered(formula, {"s:last-day": NO_CELL}) is Truth.YES


def test_doubt_is_one_question_seen_from_the_day_it_was_noted() -> None:
    law = real()
    on = date(2026, 12, 1)
    assert at(law, on, date(2026, 9, 27)) == YES
    formula = at(law, on)
    assert kleene(formula) is Truth.UNKNOWN
    assert {atom.question.id for atom in atoms(formula)} == {"u"}
    assert "an extension was announced" in next(iter(atoms(formula))).question.prompt
    assert answered(formula, {"u": YES_CELL}) is Truth.NO
    assert answered(formula, {"u": NO_CELL}) is Truth.YES
    assert at(law, date(2027, 1, 10)) == formula
    assert at(law, date(2027, 1, 11)) == YES


def test_an_extension_moves_the_end() -> None:
    longer = Event(
        "x",
        EventKind.EXTENDS,
        "cn.later",
        ("s",),
        Window(None, Edge(date(2027, 11, 10)), EndKind.UNTIL),
    )
    law = real(longer)
    assert at(law, date(2026, 11, 10)) == NO
    assert at(law, date(2026, 12, 1)) == NO  # a certain suspension beats the doubt
    assert at(law, date(2027, 11, 10)) == YES
    assert kleene(at(law, date(2026, 12, 1), date(2026, 10, 31))) is Truth.UNKNOWN
    assert states(law, "cn.mofcom_2025_61.r", date(2026, 12, 1), TODAY)[0].sentence == (
        "suspended by cn.mofcom_2025_70 from 2025-11-07 until 2027-11-10"
    )


def test_the_newest_extension_wins_and_naming_the_instrument_prolongs_no_doubt() -> None:
    def extension(id_: str, target: str, start: date, end: date) -> Event:
        stated = Window(Edge(start), Edge(end))
        return Event(id_, EventKind.EXTENDS, "cn.later", (target,), stated)

    law = real(
        extension("x1", "s", date(2026, 11, 2), date(2028, 1, 1)),
        extension("x2", "cn.mofcom_2025_70", date(2026, 11, 3), date(2027, 6, 1)),
    )
    assert at(law, date(2027, 5, 31)) == NO
    assert at(law, date(2027, 6, 1)) == YES  # x2 is newer; the doubt ended on 10 January


def test_an_extension_of_a_rule_moves_its_last_window() -> None:
    sunset = Leaf("a.rule", "a", None, (window(1, 2), window(5, 6)))
    law, problems = build_law(
        [Instrument("a", "us", day(0)), Instrument("b", "us", day(1))],
        [sunset],
        [Event("x", EventKind.EXTENDS, "b", ("a.rule",), window(None, 8))],
    )
    assert problems == ()
    assert row(law, day(0)) == ".##..##....."
    assert row(law, day(1)) == ".##..####..."


def test_naming_the_instrument_extends_its_suspensions_and_not_its_doubts() -> None:
    for kind, target, expected in (
        ("suspends", "b", "##......####"),
        ("uncertain", "b", "##???#######"),
        ("uncertain", "b.e", "##??????####"),
    ):
        law, problems = build_law(
            [Instrument(name, "us", day(0)) for name in "abc"],
            [Leaf("a.rule", "a")],
            [
                Event("b.e", EventKind(kind), "b", ("a",), window(2, 4)),
                Event("x", EventKind.EXTENDS, "c", (target,), window(0, 7)),
            ],
        )
        assert problems == ()
        assert row(law) == expected


def test_a_doubtful_extension_is_settled_where_both_ends_have_passed() -> None:
    law, problems = build_law(
        [Instrument(name, "us", day(0)) for name in "abc"],
        [Leaf("a.rule", "a", None, (window(1, 3),))],
        [
            Event("x", EventKind.EXTENDS, "b", ("a.rule",), window(2, 6)),
            Event("u", EventKind.UNCERTAIN, "c", ("b",), window(0)),
        ],
    )
    assert problems == ()
    assert row(law) == ".###???....."


def test_an_event_is_not_seen_before_its_instrument_is_issued() -> None:
    law, _ = build_law(
        [Instrument("a", "us", day(0)), Instrument("b", "us", day(4))],
        [Leaf("a.rule", "a")],
        [Event("s", EventKind.SUSPENDS, "b", ("a",), window(5), noted=day(2))],
    )
    assert row(law, day(3)) == "############"
    assert row(law, day(4)) == "#####......."


def test_states_in_words() -> None:
    law = real()
    name = "cn.mofcom_2025_61.r"
    one = states(law, name, date(2026, 5, 1), TODAY)
    assert [(s.name, s.by, s.sentence) for s in one] == [
        (
            StateName.SUSPENDED,
            "s",
            "suspended by cn.mofcom_2025_70 from 2025-11-07 to 2026-11-10",
        )
    ]
    doubt = states(law, name, date(2026, 12, 1), TODAY)
    assert [(s.name, s.by) for s in doubt] == [(StateName.UNCERTAIN, "u")]
    unseen = states(law, name, date(2026, 12, 1), date(2025, 10, 8))
    assert [s.name for s in unseen] == [StateName.UNPUBLISHED]
    certain = states(law, name, date(2027, 2, 1), TODAY)
    assert [s.name for s in certain] == [StateName.IN_FORCE]


def test_states_of_ended_and_lapsed_law() -> None:
    law = make((Act("b", "repeals", "a", 4), Act("c", "stops", "a", 6)))
    assert [s.name for s in states(law, "a.rule", day(7), LATE)] == [
        StateName.REPEALED,
        StateName.STOPPED,
    ]
    gap, _ = build_law(
        [Instrument("a", "us", day(0))],
        [Leaf("a.rule", "a", None, (window(1, 2), window(5, 6)))],
        [],
    )
    assert states(gap, "a.rule", day(3), LATE)[0].name is StateName.NOT_YET
    assert states(gap, "a.rule", day(9), LATE)[0].name is StateName.LAPSED
    assert "through 2026-03-07" in states(gap, "a.rule", day(9), LATE)[0].sentence


# -- edges nobody has looked at -----------------------------------------------------------


def test_an_edge_after_verified_leaves_a_question() -> None:
    acts = (Act("b", "suspends", "a", 2, 5),)
    assert row(make(acts, verified=3)) == "##....??????"
    assert row(make(acts, verified=6)) == "##....######"
    assert row(make(acts, verified=1)) == "##??????????"
    law = make(acts, verified=3)
    asked = {a.question.id for a in atoms(in_force(law, "a.rule", day(8), LATE))}
    assert asked == {"b:edge-unreviewed:2026-03-06"}  # `through` this day
    assert row(law, day(5)) == "##....######"  # as known then, the edge was still to come
    assert row(law, day(6)) == "##....??????"


def test_a_repeal_settles_an_unreviewed_edge() -> None:
    acts = (Act("b", "suspends", "a", 2, 5), Act("c", "repeals", "a", 8))
    assert row(make(acts, verified=3)) == "##....??...."


def test_an_unreviewed_commencement_is_open() -> None:
    assert row(make((), commences=4, verified=2)) == "....????????"
    assert row(make((), commences=4, verified=4)) == "....########"


def test_the_edge_of_an_extension_is_its_own_instrument_s() -> None:
    law = real(
        Event(
            "x",
            EventKind.EXTENDS,
            "cn.later",
            ("s",),
            Window(None, Edge(date(2027, 11, 10))),
        )
    )
    late = date(2028, 1, 1)
    asked = {a.question.id for a in atoms(at(law, late, late))}
    assert "cn.later:edge-unreviewed:2027-11-10" in asked


# -- proposed, unenforced -----------------------------------------------------------------


def test_a_proposal_has_no_effect_unless_named() -> None:
    law, problems = build_law(
        [Instrument("a", "us", day(0)), Instrument("p", "us", day(5), proposed=True)],
        [Leaf("a.rule", "a"), Leaf("p.rule", "p")],
        [Event("p.s", EventKind.SUSPENDS, "p", ("a",), window(2, 3))],
    )
    assert problems == ()
    assert row(law) == "############"
    assert row(law, leaf="p.rule") == "............"
    assert [s.name for s in states(law, "p.rule", day(6), LATE)] == [StateName.PROPOSED]
    assert [s.name for s in states(law, "p.rule", day(6), day(1))] == [
        StateName.UNPUBLISHED,
        StateName.PROPOSED,
    ]
    named = frozenset({"p"})
    assert in_force(law, "a.rule", day(2), day(1), named) == NO  # at any day of knowledge
    assert in_force(law, "p.rule", day(6), day(1), named) == YES


def test_law_that_is_not_enforced_has_its_own_state_and_can_be_read_as_enforced() -> None:
    law = make((Act("b", "unenforced", "a", 3),))
    assert row(law) == "###........."
    assert [s.name for s in states(law, "a.rule", day(4), LATE)] == [StateName.UNENFORCED]
    for name in ("b.unenforced_0", "a", "a.rule"):
        assert in_force(law, "a.rule", day(4), LATE, frozenset({name})) == YES


# -- clock times --------------------------------------------------------------------------

EST, EDT = -300, -240
ON = date(2025, 1, 15)


def clocks() -> Law:
    """One rule until 13:01, one from 13:01, one that starts at 18:00 London time."""
    law, problems = build_law(
        [Instrument("us.i", "us", date(2024, 1, 1)), Instrument("cn.i", "cn", date(2024, 1, 1))],
        [
            Leaf("old", "us.i", None, (Window(None, Edge(ON, 13 * 60 + 1)),)),
            Leaf("new", "us.i", None, (Window(Edge(ON, 13 * 60 + 1)),)),
            Leaf("late", "us.i", None, (Window(Edge(ON, 21 * 60, 0)),)),
            Leaf("far", "cn.i", None, (Window(Edge(ON)),)),
        ],
        [],
    )
    assert problems == ()
    return law


def test_clock_edges_cut_the_day_into_one_question() -> None:
    law = clocks()
    parts = segments(law, ON, "America/New_York")
    assert [(p.label, p.start) for p in parts] == [
        ("before 13:01", Moment(ON)),
        ("from 13:01 until 16:00", Moment(ON, 13 * 60 + 1)),
        ("from 16:00", Moment(ON, 16 * 60)),
    ]
    formulas = {leaf: in_force(law, leaf, ON, LATE) for leaf in ("old", "new", "late")}
    questions = {a.question for f in formulas.values() for a in atoms(f)}
    (question,) = questions
    assert (question.id, question.kind) == ("time", QuestionKind.TIME)
    assert question.cells is not None
    tests = frozenset(a.test for f in formulas.values() for a in atoms(f))
    found = [
        (
            cell.label,
            {leaf for leaf, f in formulas.items() if answered(f, {"time": cell}) is Truth.YES},
        )
        for cell in question.cells(tests)
    ]
    assert found == [
        ("before 13:01", {"old"}),
        ("from 13:01 until 16:00", {"new"}),
        ("from 16:00", {"new", "late"}),
    ]


def test_no_question_where_no_clock_cuts() -> None:
    law = clocks()
    assert segments(law, ON, "Asia/Shanghai") == ()
    assert segments(law, ON + timedelta(days=1), "America/New_York") == ()
    assert in_force(law, "far", ON, LATE) == YES
    assert in_force(law, "new", ON + timedelta(days=1), LATE) == YES


def test_an_edge_that_is_not_published_cuts_nothing() -> None:
    law, _ = build_law(
        [Instrument("a", "us", day(0)), Instrument("b", "us", day(4))],
        [Leaf("a.rule", "a")],
        [Event("s", EventKind.SUSPENDS, "b", ("a",), Window(Edge(day(6), 600)))],
    )
    assert segments(law, day(6), "America/New_York", day(3)) == ()
    assert len(segments(law, day(6), "America/New_York", day(4))) == 2
    assert row(law, day(3)) == "############"
    assert row(law, day(4)) == "######?....."


def test_a_given_instant_needs_no_question_whatever_its_offset() -> None:
    law = clocks()
    for offset, minute in ((0, 18 * 60 + 1), (EST, 13 * 60 + 1), (60, 19 * 60 + 1)):
        when = moment_of(ON, minute, offset, "America/New_York")
        assert in_force(law, "new", when, LATE) == YES
        before = moment_of(ON, minute - 1, offset, "America/New_York")
        assert in_force(law, "new", before, LATE) == NO
    assert moment_of(ON, 13 * 60, EST, "Asia/Shanghai") == Moment(ON + timedelta(days=1), 2 * 60)
    summer = date(2025, 7, 1)
    assert moment_of(summer, 12 * 60, 0, "America/New_York") == Moment(summer, 8 * 60)
    assert moment_of(summer, 12 * 60, EDT, "America/New_York") == Moment(summer, 12 * 60)


def test_states_name_their_part_of_the_day() -> None:
    found = states(clocks(), "old", ON, LATE)
    assert [(s.name, s.when) for s in found] == [
        (StateName.LAPSED, "from 13:01 until 16:00, from 16:00"),
        (StateName.IN_FORCE, "before 13:01"),
    ]


def test_for_days_is_until_start_plus_n() -> None:
    law, _ = build_law(
        [Instrument("a", "us", day(0))],
        [Leaf("a.rule", "a", None, (for_days(Edge(day(2)), 3),))],
        [],
    )
    assert row(law) == "..###......."
    assert for_days(Edge(day(2), 60, 0), 3).end == Edge(day(5), 60, 0)


def test_the_last_day_of_the_calendar_overflows_nothing() -> None:
    end = Window(Edge(date.min, 0, 600), Edge(date.max), EndKind.THROUGH)
    law, problems = build_law(
        [Instrument("a", "us", date.min)], [Leaf("a.rule", "a", None, (end,))], []
    )
    assert problems == ()
    assert in_force(law, "a.rule", date.max, date.max) == YES
    assert edges(law, ["a.rule"], date.max)[-1].day == date.max


# -- change points ------------------------------------------------------------------------


def test_edges_reach_through_the_sources_of_events() -> None:
    law = make((Act("b", "suspends", "a", 2, 9), Act("c", "suspends", "b", 4, 6)))
    assert [m.day for m in edges(law, ["a.rule"], LATE)] == [day(n) for n in (0, 2, 4, 7, 10)]
    assert known_edges(law) == (day(0),)
    later = make((Act("b", "suspends", "a", 4, 9, issued=6),), verified=7)
    assert known_edges(later) == (day(0), day(6), day(10))
    assert [m.day for m in edges(later, ["a.rule"], day(5))] == [day(0)]


def test_alive_of_an_event_follows_its_instrument() -> None:
    law = make((Act("b", "suspends", "a", 2, 9), Act("c", "suspends", "b", 4, 6)))
    assert alive(law, "b.suspends_0", day(3), LATE) == YES
    assert alive(law, "b.suspends_0", day(4), LATE) == NO
    assert alive(law, "b", day(6), LATE) == NO


def test_an_event_itself_can_be_stopped() -> None:
    law, problems = build_law(
        [Instrument(name, "us", day(0)) for name in "abc"],
        [Leaf("a.rule", "a")],
        [
            Event("s", EventKind.SUSPENDS, "b", ("a",), window(2, 9)),
            Event("t", EventKind.STOPS, "c", ("s",), window(5)),
        ],
    )
    assert problems == ()
    assert row(law) == "##...#######"


def test_what_changes_nothing() -> None:
    law = make((Act("b", "repeals", "a", 3), Act("c", "suspends", "a", 5, 7)))
    assert changes_nothing(law, "c.suspends_1")
    assert not changes_nothing(law, "b.repeals_0")
    idle = make((Act("b", "resumes", "a", 3),))
    assert changes_nothing(idle, "b.resumes_0")
    once = make((Act("b", "suspends", "a", 4, 9), Act("c", "stops", "a", 2, issued=6)))
    assert not changes_nothing(once, "b.suspends_0")  # as known on days 0 to 5


# -- well-formedness ----------------------------------------------------------------------


def problems_of(
    *events: Event, instruments: tuple[Instrument, ...] = ()
) -> list[tuple[ProblemKind, str]]:
    base = {name: Instrument(name, "us", day(0)) for name in "abc"}
    base |= {act.id: act for act in instruments}
    _, problems = build_law(base.values(), [Leaf("a.rule", "a")], events)
    assert all(problem.message for problem in problems)
    return [(problem.kind, problem.about) for problem in problems]


def event(id_: str, kind: EventKind, source: str, target: str, span: Window | None = None) -> Event:
    return Event(id_, kind, source, (target,), span or window(1))


def test_nothing_acts_on_its_own_instrument() -> None:
    assert problems_of(event("e", EventKind.REPEALS, "a", "a.rule")) == [
        (ProblemKind.OWN_INSTRUMENT, "e")
    ]


def test_nothing_acts_on_younger_law() -> None:
    young = Instrument("a", "us", day(3))
    repeal = event("e", EventKind.REPEALS, "b", "a")
    assert problems_of(repeal, instruments=(young,)) == [(ProblemKind.OLDER_THAN_TARGET, "e")]
    noted = replace(repeal, noted=day(3))
    assert problems_of(noted, instruments=(young,)) == []


def test_a_circle_is_reported_and_left_out() -> None:
    circle = (
        event("e1", EventKind.SUSPENDS, "b", "a"),
        event("e2", EventKind.SUSPENDS, "c", "b"),
        event("e3", EventKind.SUSPENDS, "a", "c"),
    )
    assert problems_of(*circle) == [(ProblemKind.CYCLE, f"e{i}") for i in (1, 2, 3)]
    law, _ = build_law(
        [Instrument(name, "us", day(0)) for name in "abc"], [Leaf("a.rule", "a")], circle
    )
    assert row(law) == "############"


def test_unknown_names_and_duplicates() -> None:
    assert problems_of(event("e", EventKind.STOPS, "b", "nowhere")) == [
        (ProblemKind.UNKNOWN_TARGET, "e")
    ]
    assert problems_of(event("e", EventKind.STOPS, "nobody", "a")) == [
        (ProblemKind.UNKNOWN_INSTRUMENT, "e")
    ]
    twice = event("e", EventKind.STOPS, "b", "a")
    assert problems_of(twice, replace(twice, source="c")) == [(ProblemKind.DUPLICATE_ID, "e")]


def test_zones() -> None:
    far = Instrument("b", "us", day(0), zone="Asia/Shanghai")
    assert problems_of(event("e", EventKind.STOPS, "b", "a"), instruments=(far,)) == [
        (ProblemKind.OTHER_ZONE, "e")
    ]
    nowhere = Instrument("b", "us", day(0), zone="Mars/Phobos")
    assert problems_of(instruments=(nowhere,)) == [(ProblemKind.UNKNOWN_ZONE, "b")]


def test_an_empty_window_is_a_warning() -> None:
    span = Window(Edge(day(4)), Edge(day(4)))
    assert problems_of(event("e", EventKind.SUSPENDS, "b", "a", span)) == [
        (ProblemKind.EMPTY_WINDOW, "e")
    ]
    one_day = Window(Edge(day(4)), Edge(day(4)), EndKind.TO)
    assert problems_of(event("e", EventKind.SUSPENDS, "b", "a", one_day)) == []


def test_amendments_need_an_order() -> None:
    same = (
        event("e1", EventKind.AMENDS, "b", "a.rule"),
        event("e2", EventKind.AMENDS, "c", "a"),
    )
    assert problems_of(*same) == [(ProblemKind.AMENDMENT_TIE, "e2")]
    crossed = (
        event("e1", EventKind.AMENDS, "b", "a.rule", window(5)),
        event("e2", EventKind.AMENDS, "c", "a.rule", window(6)),
    )
    late = Instrument("b", "us", day(2))
    assert problems_of(*crossed, instruments=(late,)) == [(ProblemKind.AMENDMENT_ORDER, "e2")]


def test_amendments_come_in_order_and_only_when_seen() -> None:
    law, problems = build_law(
        [
            Instrument("a", "us", day(0)),
            Instrument("b", "us", day(1)),
            Instrument("c", "us", day(2)),
        ],
        [Leaf("a.rule", "a")],
        [
            event("second", EventKind.AMENDS, "c", "a.rule", window(6)),
            event("first", EventKind.AMENDS, "b", "a.rule", window(4)),
        ],
    )
    assert problems == ()
    found = amendments(law, "a.rule", day(5), LATE)
    assert [(e.id, acting) for e, acting in found] == [("first", YES), ("second", NO)]
    assert [e.id for e, _ in amendments(law, "a.rule", day(5), day(1))] == ["first"]
