"""A decision for people: what it says, and that it fits and cannot steer the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from longarm.cases import CaseInput, cases_of, read_cases
from longarm.cli.paint import paint
from longarm.deciding import Decided, decide_case, parse_day
from longarm.pipeline import compile_paths, compile_sources
from longarm.render.decision_text import Days, decision_page
from longarm.render.words import both_titles, posture, titled
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.explained import Explained, explained

DAYS = Days("the case", "today")
TODAY = date(2026, 11, 21)
ANSI = re.compile(r"\x1b\[[0-9;]*m")

SAMPLE = "magnet assembly, the Netherlands to the United States, 0.42 % Chinese dysprosium"
OPEN = b"""
case: half the facts are missing
given: { action: reexport, destination: US, item: { code: ["CN:1C905.a.4"], made_in: NL } }
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_paths().program


@pytest.fixture(scope="module")
def cases() -> dict[str, CaseInput]:
    return {case.title: case for case in cases_of(compile_paths())[0]}


def shown(
    program: Program,
    decided: Decided,
    *,
    color: bool = False,
    width: int = 80,
    trees: Mapping[str, tuple[Explained, ...]] | None = None,
) -> str:
    page = decision_page(program, decided, DAYS, width=width, trees=trees)
    return paint(page, color=color, width=width)


def flat(text: str) -> str:
    return " ".join(text.split())


def trees_of(program: Program, decided: Decided) -> dict[str, tuple[Explained, ...]]:
    found: dict[str, tuple[Explained, ...]] = {}
    for decision in decided.decisions:
        day = parse_day(decision.on)
        assert day is not None
        found[decision.regime] = explained(
            program, decided.case.transaction, decision.regime, day, decision.known
        )
    return found


@pytest.fixture(scope="module")
def half_open(program: Program) -> Decided:
    (case,), _ = read_cases(OPEN, "open.yaml", program)
    return decide_case(program, case, today=date(2025, 12, 2), known=date(2025, 11, 1))


def test_the_sample_says_verdict_reason_instrument_days_and_numbers(
    program: Program, cases: dict[str, CaseInput]
) -> None:
    text = shown(program, decide_case(program, cases[SAMPLE], today=TODAY))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "requirement license required (MOFCOM) no requirement found" in lines
    assert "review case by case –" in lines
    china, _, america = text.partition("── United States")
    for part in (
        "stands        Foreign-made items with Chinese rare-earth content",
        "境外制造的含有中国成分的物项",
        "Announcement No. 61 of 2025 (商务部公告2025年第61号), item 1(1)",
        "in force since 2025-12-01",
        "cn_content = 0.42 %",
        "→ requires a license from MOFCOM, review case by case",
        "cn.mofcom_2025_61.foreign_made_content[item]",
    ):
        assert part in china
    assert "clearance" not in china
    assert "not a clearance: " in america
    assert "on 2025-12-02 (the case), the law as known on 2025-11-01 (today)" in text


def test_what_is_suspended_is_told_with_the_suspending_instrument(
    program: Program, cases: dict[str, CaseInput]
) -> None:
    decided = decide_case(program, cases[SAMPLE], known=date(2025, 12, 2), regimes=("cn",))
    text = flat(shown(program, decided))
    assert "no requirement found" in text
    assert (
        "would apply, but: suspended by Announcement No. 70 of 2025 from 2025-11-07 to 2026-11-10"
    ) in text
    assert "not a clearance: " in text


def test_an_open_event_is_one_question_with_what_its_answers_lead_to(
    program: Program, cases: dict[str, CaseInput]
) -> None:
    day = parse_day("2026-11-20")
    decided = decide_case(program, cases[SAMPLE], on=day, known=date(2026, 11, 20), regimes=("cn",))
    text = flat(shown(program, decided))
    assert "between nothing and a license" in text
    assert "Announcement No. 61 of 2025 and 5 more remain suspended" in text
    assert "yes → no requirement" in text
    assert "no → a license, review case by case" in text


def test_what_was_defeated_is_told_with_its_defeater() -> None:
    law = """
record Transaction
  destination : country

instrument i "Rules: an example"
  regime cn
  authority MOFCOM
  issued 2025-01-01

rule all "Everything needs a license"
  cite "1"
  when destination != CN
  then requires license from MOFCOM

rule relief "Relief goods do not"
  cite "2"
  when destination = NL
  then defeats all

case "relief"
  given { destination: NL }
"""
    compiled = compile_sources([("law", law)])
    (case,), _ = cases_of(compiled)
    text = shown(compiled.program, decide_case(compiled.program, case, today=TODAY))
    defeated = text.partition("defeated  ")[2]
    assert "Everything needs a license" in defeated
    assert "defeated by Relief goods do not (Rules)" in defeated
    assert text.index("Relief goods do not") < text.index("Everything needs a license")


@pytest.mark.parametrize("width", [40, 80, 107])
def test_every_line_fits_with_and_without_color(
    width: int, program: Program, cases: dict[str, CaseInput], half_open: Decided
) -> None:
    sample = decide_case(program, cases[SAMPLE], today=TODAY)
    trees_of_sample = trees_of(program, sample)
    for decided, trees in ((sample, None), (sample, trees_of_sample), (half_open, None)):
        plain = shown(program, decided, width=width, trees=trees)
        assert all(cell_len(line) <= width for line in plain.splitlines())
        assert "\x1b" not in plain
        colored = shown(program, decided, width=width, trees=trees, color=True)
        assert "\x1b[" in colored
        stripped = [line.rstrip() for line in ANSI.sub("", colored).splitlines()]
        assert stripped == plain.splitlines()


def test_much_that_is_open_is_told_in_brief(program: Program, half_open: Decided) -> None:
    decided = half_open
    brief = shown(program, decided)
    whole = shown(program, decided, trees=trees_of(program, decided))
    assert len(brief.splitlines()) * 10 < len(whole.splitlines())
    assert "more questions; --explain asks them all" in brief
    assert "more questions" not in whole
    assert all(
        need.question in whole or need.prompt[:20] in whole
        for d in decided.decisions
        for need in d.needs[:3]
    )


def test_the_whole_tree_shows_truths_and_values(
    program: Program, cases: dict[str, CaseInput]
) -> None:
    decided = decide_case(program, cases[SAMPLE], today=TODAY, regimes=("cn",))
    text = shown(program, decided, trees=trees_of(program, decided), width=120)
    assert "cn.mofcom_2025_61.foreign_made_content[item] stands" in text
    assert "yes in force" in text
    assert "yes item.made_in != CN  (item.made_in = NL)" in text
    assert "cn_content(item) = 0.42 %; content_floor = 0.1 %" in text
    assert "any of\n" in text


def test_a_case_cannot_steer_the_terminal(program: Program) -> None:
    text = (
        '{"case": "a\\u001b[2Jb\\u202ec [bold]d[/bold]", "given": {"destination": "\\u001b[31m"}}'
    )
    (case,), _ = read_cases(text.encode(), "hostile.json", program)
    made = shown(program, decide_case(program, case, today=TODAY, regimes=("cn",)))
    assert "\x1b" not in made
    assert "\u202e" not in made
    assert "[bold]d[/bold]" in made


def test_titles_stand_for_ids(program: Program) -> None:
    both = "Announcement No. 70 of 2025 (商务部 海关总署公告2025年第70号)"
    assert both_titles(program, "cn.mofcom_2025_70") == both
    said = titled(program, "suspended by cn.mofcom_2025_70, see cn.nobody and us.")
    assert said == "suspended by Announcement No. 70 of 2025, see cn.nobody and us."
    assert posture("case_by_case", "denial") == "between case by case and denial"


def test_no_shipped_case_is_beyond_words(program: Program, cases: dict[str, CaseInput]) -> None:
    """A sample over the packs: some cases are told, each verdict in the header."""
    for case in list(cases.values())[::600]:
        decided = decide_case(program, case, today=TODAY)
        text = shown(program, decided)
        assert Path(case.span.source.name).suffix == ".pol"
        assert all(cell_len(line) <= 80 for line in text.splitlines())
        assert text.count("not a clearance") == sum(
            d.outcome.requires_low == 0 for d in decided.decisions
        )
