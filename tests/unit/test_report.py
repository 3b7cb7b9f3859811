"""`longarm report`: provisions and what speaks for them, rules and how near cases come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from longarm.cases import cases_of
from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.pipeline import compile_loaded, read_texts
from longarm.reporting import NOT_IN_FORCE, NOTHING_TO_DO, InstrumentReport, RuleUse, report
from longarm_dsl.diagnostics import has_errors

VOCABULARY = """record Party
  military : flag
  from_abroad : flag
record Transaction
  destination : country
  sold        : flag
  given_away  : flag
  declared    : flag
  parties     : [Party]
  weight      : kg >= 0
"""

ACT = """use vocabulary

let handed_over = sold or given_away

instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01
  provisions "art. 1" to "art. 6"
  covers "art. 3" not modelled "it defines words"
  covers "art. 4" enables "orders of the ministry"
  covers "art. 5" partly by exports, not "repairs"

rule exports "Exports"
  cite "art. 1(2)"
  when destination = NL and handed_over
  then requires license from MOFCOM

rule soldiers "Soldiers"
  cite "art. 2"
  when any p in parties has p.military and p.from_abroad
  then prohibits

rule relief "Declared"
  cite "art. 2"
  when declared
  then defeats exports

rule later "Later"
  cite "art. 2"
  effective from 2026-01-01
  when destination = NL
  then prohibits

rule never "Never"
  cite "art. 2"
  when destination = TV and declared and sold
  then prohibits
"""

STAY = """instrument stay "A stay"
  regime   cn
  issued   2025-02-01
  verified 2025-06-01

suspends act from 2025-03-01 until 2025-04-01
"""


def case(title: str, given: str, on: str = "2025-02-15") -> str:
    return f'\ncase "{title}"\n  on {on}\n  given {{ {given} }}\n  expect cn requires at least nothing\n'


NO_ONE = "given_away: no, parties: []"
CASES = (
    case("stands", f"destination: NL, sold: yes, declared: no, {NO_ONE}")
    + case("open", "destination: NL, declared: no, parties: []")
    + case("defeated", f"destination: NL, sold: yes, declared: yes, {NO_ONE}")
    + case("one short", f"destination: DE, sold: yes, declared: no, {NO_ONE}")
    + case("two short", f"destination: DE, sold: no, declared: no, {NO_ONE}")
    + case("idle", f"destination: DE, sold: no, declared: yes, {NO_ONE}")
    + case(
        "a soldier of ours",
        "destination: DE, sold: no, given_away: no, declared: no, "
        "parties: [{ military: yes, from_abroad: no }, { military: no, from_abroad: no }]",
    )
    + case("stayed", f"destination: NL, sold: yes, declared: no, {NO_ONE}", "2025-03-15")
)


@pytest.fixture(scope="module")
def made() -> dict[str, InstrumentReport]:
    compiled, _ = compile_loaded(
        *read_texts([("vocabulary", VOCABULARY), ("cn.act", ACT + CASES), ("cn.stay", STAY)])
    )
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    cases, _ = cases_of(compiled)
    assert len(cases) == 8
    made = report(compiled.program, {"cn.act", "cn.stay"}, cases)
    return {m.instrument.id: m for m in made}


def use(made: dict[str, InstrumentReport], name: str) -> RuleUse:
    return next(u for u in made["cn.act"].rules if u.rule.name == name)


def missed(found: RuleUse) -> dict[str, str]:
    return {m.case.title: m.lacks for m in found.missed}


def test_every_provision_says_what_speaks_for_it(made: dict[str, InstrumentReport]) -> None:
    found = {p.name: (p.state, p.by, p.why) for p in made["cn.act"].provisions}
    second = ("cn.act.soldiers", "cn.act.relief", "cn.act.later", "cn.act.never")
    assert {name: (state, set(by), why) for name, (state, by, why) in found.items()} == {
        "art. 1": ("modelled", {"cn.act.exports"}, None),
        "art. 2": ("modelled", set(second), None),
        "art. 3": ("not modelled", set(), "it defines words"),
        "art. 4": ("enables", set(), "orders of the ministry"),
        "art. 5": ("partly modelled", {"cn.act.exports"}, "repairs"),
        "art. 6": ("unclaimed", set(), None),
    }


def test_cases_are_sorted_by_how_a_rule_fares(made: dict[str, InstrumentReport]) -> None:
    exports = use(made, "exports")
    assert [c.title for c in exports.stood] == ["stands"]
    assert [c.title for c in exports.open] == ["open"]
    assert [c.title for c in exports.defeated] == ["defeated"]
    assert [c.title for c in use(made, "relief").stood] == ["defeated"]


def test_a_narrow_miss_lacks_one_atomic_condition(made: dict[str, InstrumentReport]) -> None:
    lacks = missed(use(made, "exports"))
    # Either half of the definition would do; a second failed condition is no narrow miss.
    assert lacks == {"one short": "destination = NL", "stayed": NOT_IN_FORCE}


def test_the_nearest_of_several_is_what_counts(made: dict[str, InstrumentReport]) -> None:
    lacks = missed(use(made, "soldiers"))
    assert lacks["a soldier of ours"] == "parties[0].from_abroad"
    # Where there is nobody, what lacks is somebody.
    assert lacks["stands"].startswith("any p in parties has")


def test_a_rule_without_a_target_is_near(made: dict[str, InstrumentReport]) -> None:
    lacks = missed(use(made, "relief"))
    assert lacks["idle"] == NOTHING_TO_DO
    assert lacks["stands"] == "declared"
    assert "two short" not in lacks


def test_a_rule_that_waits_for_its_day_is_near(made: dict[str, InstrumentReport]) -> None:
    assert missed(use(made, "later")).keys() == {"stands", "open", "defeated", "stayed"}


def test_a_rule_that_no_case_comes_near_is_untested(made: dict[str, InstrumentReport]) -> None:
    assert [u.rule.name for u in made["cn.act"].rules if u.untested] == []
    texts = [("vocabulary", VOCABULARY), ("cn.act", ACT + case("x", NO_ONE))]
    compiled, _ = compile_loaded(*read_texts(texts))
    cases, _ = cases_of(compiled)
    (alone,) = report(compiled.program, {"cn.act"}, cases[:0])
    assert all(u.untested for u in alone.rules)


def test_a_stay_is_exercised_where_it_keeps_a_rule_out(made: dict[str, InstrumentReport]) -> None:
    stay = made["cn.stay"]
    assert stay.events == ("suspends cn.act",)
    assert [c.title for c in stay.cases] == ["stayed"]
    assert "stayed" not in [c.title for c in made["cn.act"].cases]
    assert "two short" not in [c.title for c in made["cn.act"].cases]


# --- the command --------------------------------------------------------------------------

DRAFT = """use common.trade

instrument draft "A draft of rules with a title that is longer than a line of a terminal is wide"
  zh       "草案"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01
  provisions "item 1", "item 2"
  covers "item 2" not modelled "it says when it begins, at some length, so that the line must break"

rule everything_sent_to_the_islands "Islands"
  cite "item 1"
  when destination = TV and mode = gift
  then requires license from MOFCOM
"""


def written(folder: Path, text: str = DRAFT) -> str:
    path = folder / "draft.pol"
    path.write_text(text, "utf-8")
    return str(path)


def test_only_the_instruments_of_the_path_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case_file = tmp_path / "one.case.yaml"
    case_file.write_text(
        "case: a gift\non: 2025-03-01\ngiven: {destination: TV, mode: [gift]}\nexpect: {cn: {because: draft."
        "everything_sent_to_the_islands}}\n",
        "utf-8",
    )
    written(tmp_path, DRAFT.replace("mode = gift", "gift in mode"))
    assert run(["report", str(tmp_path), "--format", "json"]) == ExitCode.OK
    data = json.loads(capsys.readouterr().out)
    (act,) = data["instruments"]
    assert act["id"] == "cn.draft"
    assert act["summary"]["modelled"] == 1
    assert act["summary"]["not modelled"] == 1
    (rule,) = act["rules"]
    assert rule["stood"] == [{"case": "a gift", "file": str(case_file), "line": 1}]
    assert act["cases"] == rule["stood"]


def test_without_a_path_the_installed_packs_are_reported(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Their two thousand cases are held against the rules by `longarm test` in test_packs.
    def none(*_: object) -> tuple[list[object], list[object]]:
        return [], []

    monkeypatch.setattr("longarm.cli.report._cases", none)
    assert run(["report", "--format", "json"]) == ExitCode.OK
    assert "cn.mofcom_2025_61" in capsys.readouterr().out


def test_the_report_fits_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, DRAFT.replace("mode = gift", "gift in mode"))
    assert run(["report", path]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert max(cell_len(line) for line in shown.splitlines()) <= 80
    assert "草案" in shown
    assert "everything_sent_to_the_islands" in shown
    assert "\x1b" not in shown


def test_mistakes_and_empty_paths_end_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", written(tmp_path)]) == ExitCode.POLICY  # a set is not one value
    assert run(["report", written(tmp_path, "use common.trade\n")]) == ExitCode.USAGE
    assert "no instrument" in capsys.readouterr().err
    assert run(["report", str(tmp_path / "absent.pol")]) == ExitCode.USAGE
