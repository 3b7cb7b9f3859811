"""`longarm timeline` of the Chinese pack: one screen, and what it says is what the data hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from longarm.cli import run
from longarm.cli.paint import paint
from longarm.cli.terminal import ExitCode
from longarm.pipeline import compile_paths
from longarm.render.scale import scale
from longarm.render.timeline import ASCII_SIGNS, SIGNS, timeline_parts
from longarm.timeline import chart
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import Moment

ROOT = Path(__file__).parents[2]
CN = ROOT / "policies" / "longarm_policies" / "cn"
SPAN = ["--from", "2020-01-01", "--through", "2027-12-31"]


@dataclass(frozen=True, slots=True)
class Act:
    """An instrument of the JSON: its state, its next change, its states, its parts."""

    regime: str
    state: str
    next: str | None
    states: list[tuple[str | None, str]]
    parts: dict[str, str]


def shown(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    assert run(["timeline", *args]) == ExitCode.OK
    return capsys.readouterr().out.splitlines()


def data(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Act]:
    assert run(["timeline", *args, "--format", "json"]) == ExitCode.OK
    return {
        act["id"]: Act(
            act["regime"],
            act["state"],
            act["next"] and act["next"]["at"],
            [(span["from"], span["state"]) for span in act["states"]],
            {id_: part["state"] for part in act["parts"] for id_ in part["ids"]},
        )
        for act in json.loads(capsys.readouterr().out)["instruments"]
    }


def line_of(lines: list[str], name: str) -> str:
    return next(line for line in lines if line.split()[:1] == [name])


def test_each_instrument_of_the_pack_has_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, str(CN), *SPAN, "--known", "2026-11-21")
    acts = data(capsys, str(CN), *SPAN, "--known", "2026-11-21")
    assert all(act.regime == "cn" for act in acts.values())
    assert len(acts) >= 14
    assert len(lines) <= len(acts) + 8
    assert max(map(len, lines)) <= 80
    for id_, act in acts.items():
        line = line_of(lines, id_.partition(".")[2])
        assert act.state in line
        assert act.next is None or act.next[:10] in line


def test_the_suspended_announcement_and_the_one_that_suspends_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    acts = data(capsys, str(CN), *SPAN, "--known", "2026-11-21")
    assert acts["cn.mofcom_2025_61"].states == [
        (None, "not issued"),
        ("2025-10-09", "in part"),  # limbs with dates of their own
        ("2025-11-07", "suspended"),
        ("2026-11-10", "uncertain"),  # the last day, then the extension that was announced
        ("2027-01-11", "in force"),
    ]
    item_2 = acts["cn.mofcom_2024_46"]
    assert item_2.state == "in part"
    assert item_2.parts["cn.mofcom_2024_46.scarce_materials"] == "suspended"
    assert item_2.parts["cn.mofcom_2024_46.military_users"] == "in force"


def test_what_was_not_yet_known_is_not_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, str(CN), *SPAN, "--known", "2025-11-01")
    assert "not begun" in line_of(lines, "mofcom_2025_55")
    assert "2025-11-08" in line_of(lines, "mofcom_2025_55")
    assert not any(line.startswith("mofcom_2025_70 ") for line in lines)
    assert "Issued after 2025-11-01, so not known: " in "\n".join(lines)


def test_the_list_of_changes_names_who_and_since_when(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, str(CN), *SPAN, "--known", "2026-11-21", "--events")
    text = " ".join(" ".join(lines).split())
    assert (
        "in force → suspended: mofcom_2024_46 (graphite, materials_passed_on, scarce_materials); "
        "by mofcom_2025_72, known since 2025-11-09"
    ) in text
    assert "2027-01-11 uncertain → in force: mofcom_2025_55" in text
    days = [line[:10] for line in lines if line[:4].isdigit() and line[4:5] == "-"]
    assert days == sorted(days)
    assert max(map(len, lines)) <= 80


def test_a_name_shows_its_rules_and_changes(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "mofcom_2025_61", "--known", "2026-11-21")
    assert "No. 61 of 2025" in lines[0]
    assert "uncertain" in line_of(lines, "foreign_made_content")
    assert any(line.startswith("2025-11-07  ") for line in lines)


def test_the_same_law_is_drawn_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    first = shown(capsys, "--events", "--rules", "--format", "json")
    assert shown(capsys, "--events", "--rules", "--format", "json") == first


def test_mistakes_in_the_law_end_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.pol"
    bad.write_text('instrument x "X"\n  regime cn\n  issued 2025-13-01\n', "utf-8")
    assert run(["timeline", str(bad)]) == ExitCode.POLICY
    assert "2025-13-01" in capsys.readouterr().err
    bad.write_text("use common.trade\n", "utf-8")
    assert run(["timeline", str(tmp_path)]) == ExitCode.USAGE
    assert "no instrument in" in " ".join(capsys.readouterr().err.split())


# ── the drawing ──────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_paths().program


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("span", [("2020-01-01", "2027-12-31"), ("2025-09-20", "2025-12-10")])
def test_a_character_is_the_state_as_its_days_end(
    program: Program, width: int, span: tuple[str, str], *, ascii_only: bool
) -> None:
    first, last = (date.fromisoformat(day) for day in span)
    made = chart(program, program.instruments, first, last, date(2026, 11, 21))
    parts = timeline_parts(
        program, made, rules=True, events=True, ascii_only=ascii_only, width=width
    )
    text = paint(parts, color=False, width=width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert text.isascii() or not ascii_only
    signs = ASCII_SIGNS if ascii_only else SIGNS
    head = next(n for n, line in enumerate(lines) if "2026-11-21" in line)
    start = len(lines[head + 1]) - len(lines[head + 1].lstrip())
    end = lines[head].index(" 2026-11-21")
    legend = text.partition("A character is")[0].splitlines()[-4:]
    columns = scale(first, last, end - start).columns
    assert len(columns) == end - start
    drawn = 0
    for life in made.lives:
        name = life.instrument.name
        line = next((s for s in lines if s[:start].rstrip() == name), None)
        if line is None:
            continue  # a name that is cut
        bar, drawn = line[start:end], drawn + 1
        before = life.at(Moment(first))
        for sign, column in zip(bar, columns, strict=True):
            begin, until = max(column.start, first), min(column.end, last + timedelta(1))
            state = life.at(Moment(until - timedelta(1), 1439))
            happened = [c for c in life.changes if begin <= c.at.day < until]
            assert sign == signs.states[state] or (sign == signs.more and happened)
            # Nothing happens unseen: the sign is another than before, or says so.
            assert not happened or sign == signs.more or state is not before or column is columns[0]
            before = state
        assert all(any(sign in line for line in legend) for sign in set(bar) - {" "})
    assert drawn > 10
