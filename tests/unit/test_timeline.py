"""The states of instruments over time: what the time engine says, put in a row and counted."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.cli.timeline import plain
from longarm.pipeline import compile_paths, compile_sources
from longarm.render.scale import scale
from longarm.render.timeline import ASCII_SIGNS, SIGNS
from longarm.timeline import Change, Chart, Condition, Kind, Life, chart
from longarm_dsl.core.facts import Record, Transaction
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import Moment, kleene
from longarm_dsl.diagnostics import has_errors
from longarm_dsl.evaluate.world import Options, World

VOCABULARY = """record Party
  military : flag
record Transaction
  sold    : flag
  parties : [Party]
"""
ACT = """use vocabulary

instrument act "The act"
  regime   cn
  issued   2025-01-10
  verified 2026-01-01

rule early "Early"
  effective from 2025-02-01
  when sold
  then prohibits

rule late "Late"
  effective from 2025-03-01 until 2025-12-01
  when sold
  then requires license from MOFCOM
"""
LATER = """use cn.act

instrument later "A later act"
  regime   cn
  issued   2025-04-01
  verified 2026-01-01

"""


def compiled(*bodies: str) -> Program:
    texts = [("vocabulary", VOCABULARY), ("cn.act", ACT)]
    texts += [(f"cn.later{n}", body) for n, body in enumerate(bodies)]
    made = compile_sources(texts)
    assert not has_errors(made.found), [d.message for d in made.found]
    return made.program


def charted(
    *bodies: str, known: date = date(2026, 1, 1), with_: frozenset[str] = frozenset()
) -> Chart:
    program = compiled(*bodies)
    options = Options(with_)
    ids = program.instruments
    return chart(program, ids, date(2025, 1, 1), date(2026, 12, 31), known, options)


def life(made: Chart, name: str = "act") -> Life:
    return next(found for found in made.lives if found.instrument.name == name)


def stretches(found: Life) -> list[tuple[str | None, str]]:
    return [(str(s.start) if s.start else None, s.state.value) for s in found.stretches]


def spans(found: Life, rule: str) -> list[tuple[str | None, str]]:
    fate = next(fate for fate in found.fates if any(i.endswith(f".{rule}") for i in fate.ids))
    return [(str(s.start) if s.start else None, s.state.value) for s in fate.spans]


def change(found: Life, day: str, after: str) -> Change:
    return next(c for c in found.changes if str(c.at) == day and c.after == after)


# ── states ───────────────────────────────────────────────────────────────────


def test_rules_with_dates_of_their_own_make_an_instrument_hold_in_part() -> None:
    found = life(charted())
    assert stretches(found)[:4] == [
        (None, "not issued"),
        ("2025-01-10", "not begun"),
        ("2025-02-01", "in part"),
        ("2025-03-01", "in force"),
    ]
    assert spans(found, "late") == [
        (None, "not issued"),
        ("2025-01-10", "not begun"),
        ("2025-03-01", "in force"),
        ("2025-12-01", "lapsed"),
    ]
    # What ended by its own date is no part of the instrument any more.
    assert stretches(found)[-1] == ("2025-12-01", "in force")
    assert found.stretches[-1].parts == ((Condition.IN_FORCE, 1), (Condition.LAPSED, 1))


def test_a_suspended_rule_leaves_the_others_and_its_last_day_is_open() -> None:
    found = life(charted(LATER + "suspends act.early from 2025-05-01 to 2025-06-10\n"))
    assert spans(found, "early")[2:] == [
        ("2025-02-01", "in force"),
        ("2025-05-01", "suspended"),
        ("2025-06-10", "uncertain"),
        ("2025-06-11", "in force"),
    ]
    assert found.at(Moment(date(2025, 5, 1))) is Condition.PART
    assert found.at(Moment(date(2025, 6, 11))) is Condition.IN_FORCE
    (cause,) = change(found, "2025-06-11", "in force").by
    assert (cause.id, cause.known) == ("cn.later.suspends", date(2025, 4, 1))


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("suspends act from 2025-05-01", "suspended"),
        ("stops act from 2025-05-01", "stopped"),
        ("repeals act from 2025-05-01", "repealed"),
        ('unenforced act from 2025-05-01\n  because "never applied"', "unenforced"),
        ('uncertain act from 2025-05-01\n  because "announced"', "uncertain"),
    ],
)
def test_each_event_shows_as_what_it_does(event: str, state: str) -> None:
    found = life(charted(LATER + event + "\n"))
    assert ("2025-05-01", state) in stretches(found)
    turned = change(found, "2025-05-01", state)
    assert turned.whole
    assert [c.instrument for c in turned.by] == ["cn.later"]
    assert [c.known for c in turned.by] == [date(2025, 4, 1)]


def test_a_rule_that_another_act_repeals_leaves_the_rest_in_part() -> None:
    found = life(charted(LATER + "repeals act.early from 2025-05-01\n"))
    assert found.at(Moment(date(2025, 6, 1))) is Condition.PART


def test_an_edge_that_nobody_has_reviewed_is_uncertain() -> None:
    body = LATER.replace("verified 2026-01-01", "verified 2025-05-01")
    event = "suspends act from 2025-04-02 until 2025-07-01\n"
    assert life(charted(body + event)).at(Moment(date(2025, 7, 1))) is Condition.UNCERTAIN
    early = charted(body + event, known=date(2025, 6, 1))
    assert life(early).at(Moment(date(2025, 7, 1))) is Condition.IN_FORCE


def test_what_is_issued_later_is_not_known() -> None:
    body = LATER + "suspends act from 2025-05-01 until 2025-06-01\n"
    made = charted(body, known=date(2025, 3, 31))
    assert [act.name for act in made.unseen] == ["later"]
    assert life(made).at(Moment(date(2025, 5, 15))) is Condition.IN_FORCE


def test_a_proposal_is_one_until_it_counts() -> None:
    draft = """use vocabulary

instrument draft "A draft"
  regime   cn
  issued   2025-02-01
  state    proposed
  verified 2026-01-01

rule all "All"
  effective from 2025-03-01
  when sold
  then prohibits
"""
    assert stretches(life(charted(draft), "draft")) == [
        (None, "not issued"),
        ("2025-02-01", "proposed"),
    ]
    counted = charted(draft, with_=frozenset({"cn.draft"}))
    assert stretches(life(counted, "draft"))[-1] == ("2025-03-01", "in force")


def test_an_instrument_that_only_acts_lasts_as_long_as_it_acts() -> None:
    body = LATER + (
        "suspends act.early from 2025-05-01 until 2025-06-01\n"
        'uncertain act.early from 2025-06-01 until 2025-07-01\n  noted 2025-05-20\n  because "talk"\n'
    )
    found = life(charted(body), "later")
    assert {fate.kind for fate in found.fates} == {Kind.EVENT}
    assert list(dict.fromkeys(state for _, state in stretches(found))) == [
        "not issued",
        "not begun",
        "in force",
        "uncertain",
        "lapsed",
    ]
    assert found.at(Moment(date(2025, 5, 31))) is Condition.IN_FORCE
    assert found.at(Moment(date(2025, 6, 1))) is Condition.UNCERTAIN
    assert found.at(Moment(date(2025, 7, 1))) is Condition.LAPSED


def test_suspending_a_suspension_is_told_as_its_doing() -> None:
    first = LATER + "suspends act from 2025-05-01\n"
    second = (
        'use cn.later0\n\ninstrument last "The last"\n  regime cn\n  issued 2025-06-01\n'
        "  verified 2026-01-01\n\nsuspends later from 2025-07-01 until 2025-08-01\n"
    )
    found = life(charted(first, second))
    assert [s for s in stretches(found) if s[0] and s[0] >= "2025-05-01"][:3] == [
        ("2025-05-01", "suspended"),
        ("2025-07-01", "in force"),
        ("2025-08-01", "suspended"),
    ]
    assert [c.id for c in change(found, "2025-07-01", "in force").by] == ["cn.last.suspends"]
    assert ("2025-07-01", "suspended") in stretches(life(charted(first, second), "later"))


def test_amended_texts_and_amended_dates_are_changes() -> None:
    body = LATER + (
        "amends act.early from 2025-05-01\n  when sold and any p in parties has p.military\n"
        "amends act.late from 2025-06-01\n  effective from 2025-03-01 until 2025-09-01\n"
    )
    found = life(charted(body))
    amended = [(str(c.at), c.parts, c.after) for c in found.changes if c.amended]
    assert amended == [
        ("2025-05-01", ("cn.act.early",), "amended"),
        ("2025-06-01", ("cn.act.late",), "amended"),
    ]
    assert spans(found, "late")[-1] == ("2025-09-01", "lapsed")


def test_a_clock_time_is_the_moment_of_a_change() -> None:
    found = life(charted(LATER + "suspends act from 2025-05-01T13:01\n"))
    assert change(found, "2025-05-01 13:01", "suspended").whole
    assert found.at(Moment(date(2025, 5, 1), 780)) is Condition.IN_FORCE


def test_a_row_that_a_notice_removes_is_stopped_by_it() -> None:
    rows = """use vocabulary

table cn.banned "The banned" (name : text)

instrument listing "A listing"
  regime   cn
  issued   2025-02-01
  verified 2026-01-01

adds to cn.banned { name: "A" } as first
adds to cn.banned { name: "B" } as second
"""
    notice = (
        LATER.replace("use cn.act", "use cn.later0") + "removes cn.banned.first from 2025-05-01\n"
    )
    made = compile_sources(
        [("vocabulary", VOCABULARY), ("cn.act", ACT), ("cn.later0", rows), ("cn.later1", notice)]
    )
    assert not has_errors(made.found), [d.message for d in made.found]
    shown = chart(
        made.program, ["cn.listing"], date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)
    )
    (found,) = shown.lives
    assert ("2025-05-01", "in part") in stretches(found)
    turned = change(found, "2025-05-01", "stopped")
    assert len(turned.parts) == 1
    assert [(c.id, c.known) for c in turned.by] == [("cn.later", date(2025, 4, 1))]


# ── agreement with the evaluator ─────────────────────────────────────────────


@pytest.fixture(scope="module")
def packs() -> Program:
    return compile_paths().program


@pytest.mark.parametrize("known", [date(2025, 11, 1), date(2026, 11, 21), date(2027, 6, 1)])
def test_every_rule_is_in_force_when_the_evaluator_says_so(packs: Program, known: date) -> None:
    words = {Truth.YES: {Condition.IN_FORCE}, Truth.UNKNOWN: {Condition.UNCERTAIN}}
    others = set(Condition) - {Condition.IN_FORCE, Condition.UNCERTAIN, Condition.PART}
    made = chart(packs, packs.instruments, date(2020, 1, 1), date(2028, 1, 1), known)
    asked = 0
    nothing = Transaction(Record("Transaction"))
    for found in made.lives:
        for fate in found.fates:
            if fate.kind is not Kind.RULE:
                continue
            days = {s.start.day for s in fate.spans if s.start}
            for day in sorted({d + timedelta(n) for d in days for n in (-1, 0, 1)}):
                world = World(
                    packs, found.instrument.regime, Moment(day), known, Options(), nothing
                )
                for id_ in fate.ids:
                    # An amendment may move the days of a rule: the version of the day counts.
                    truth = max(
                        min(
                            kleene(guard),
                            kleene(
                                world.in_force(next((c.leaf for c in changes[::-1] if c.leaf), id_))
                            ),
                        )
                        for guard, changes in world.versions(id_)
                    )
                    state = [s for s in fate.spans if s.start is None or s.start <= Moment(day)][-1]
                    assert state.state in words.get(truth, others), (id_, day)
                    asked += 1
    assert asked > 500


# ── bars ─────────────────────────────────────────────────────────────────────

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(DAYS, st.integers(0, 100 * 365), st.integers(8, 110))
def test_a_scale_covers_its_days_and_labels_do_not_touch(start: date, days: int, most: int) -> None:
    through = start + timedelta(days)
    made = scale(start, through, most)
    assert 1 <= len(made.columns) <= most
    assert made.columns[0].start <= start <= through < made.columns[-1].end
    assert all(a.end == b.start for a, b in pairwise(made.columns))
    ends = [n + len(label) for n, label in made.labels]
    assert all(end < n for end, (n, _) in zip(ends, made.labels[1:], strict=False))
    assert all(end <= max(len(made.columns), 4) for end in ends)


def test_the_last_days_of_the_calendar_end_a_scale() -> None:
    assert scale(date(9990, 1, 1), date.max, 40).columns[-1].end == date.max


def test_signs_are_told_apart() -> None:
    for signs in (SIGNS, ASCII_SIGNS):
        assert set(signs.states) == set(Condition)
        assert len({*signs.states.values(), signs.more}) == len(Condition) + 1
    assert all(sign.isascii() for sign in ASCII_SIGNS.states.values())


@pytest.mark.parametrize(
    ("environ", "ascii_only"),
    [
        ({}, False),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.ISO-8859-1"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "", "LANG": "zh_CN.utf8"}, False),
        ({"NO_COLOR": "1"}, True),
        ({"TERM": "dumb"}, True),
    ],
)
def test_terminals_that_cannot_draw_get_ascii(environ: dict[str, str], *, ascii_only: bool) -> None:
    assert plain(environ) is ascii_only


# ── mistakes ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--from", "2026-01-01", "--through", "2025-01-01"], "2026-01-01 is after the last"),
        (["--from", "0001-01-01", "--through", "9999-12-31"], "more than a timeline shows"),
        (["--from", "yesterday"], "not a day of the calendar"),
        (["--through", "2025-01-01T13:01"], "without a time"),
        (["--regime", "cm"], "no regime `cm`"),
        (["nowhere/act.pol"], "no file or folder `nowhere/act.pol`"),
        (["technology_catalog"], "did you mean `technology_catalogue`"),
        (["--known", "1900-01-01"], "nothing of this was issued by 1900-01-01"),
        (["--with", "nobody"], "no --with name `nobody`"),
    ],
)
def test_mistakes_are_told(args: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["timeline", *args]) == ExitCode.USAGE
    assert said in " ".join(capsys.readouterr().err.split())
