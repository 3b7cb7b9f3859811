"""Cases of law are native items of pytest: found, named, chosen, run, and told in our words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytest_plugins = ["pytester"]

INI = """[pytest]
addopts = -ra
longarm_installed = false
"""

WORDS = """record Item
  weight : number >= 0
record Transaction
  destination : country
  urgent      : flag
  item        : Item
"""

ORDER = """use words

instrument order "An order"
  regime    xx
  authority OFFICE
  issued    2026-01-01
  effective from 2026-01-01
  source    "made up" grade primary
  verified  2026-06-01

rule heavy "Heavy goods"
  cite "art. 1"
  when destination = US and item.weight > 10
  then requires license from OFFICE
"""

CASES = """use words

case "[A1] over the bound: US"
  on     2026-03-01
  assume closed
  given  { destination: US, item: { weight: 11 } }
  expect xx requires license, because heavy

case "at the bound, twice :: the second"
  on     2026-03-01
  assume closed
  given  { destination: US, item: { weight: 10 } }
  expect xx nothing, not because heavy
"""

WRONG = """use words

case "expects too little"
  on     2026-03-01
  assume closed
  given  { destination: US, item: { weight: 12 } }
  expect xx nothing, not because heavy
"""

YAML = """- case: from a list
  on: 2026-03-01
  assume: closed
  given: {destination: US, item: {weight: 99}}
  expect: {xx: {because: heavy}}
- case: from a list
  on: 2026-03-01
  assume: closed
  given: {destination: BR, item: {weight: 99}}
  expect: {xx: nothing}
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where these tests keep compiled law: the same few lines for most of them."""
    return tmp_path_factory.mktemp("plugin") / "cache"


@pytest.fixture
def project(pytester: pytest.Pytester, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with law, cases beside it, and nothing wrong."""
    monkeypatch.setenv("LONGARM_CACHE", str(cache))
    root = pytester.path
    (root / "pytest.ini").write_text(INI, "utf-8")
    (root / "law" / "cases").mkdir(parents=True)
    (root / "law" / "words.pol").write_text(WORDS, "utf-8")
    (root / "law" / "order.pol").write_text(ORDER, "utf-8")
    (root / "law" / "cases" / "bounds.pol").write_text(CASES, "utf-8")
    (root / "law" / "goods.case.yaml").write_text(YAML, "utf-8")
    return root


@pytest.fixture
def run(project: Path, pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """A run of pytest in the project."""
    assert project == pytester.path

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "longarm.pytest_plugin", *arguments)

    return run


Run = Callable[..., pytest.RunResult]

IDS = [
    "law/cases/bounds.pol::(A1) over the bound: US",
    "law/cases/bounds.pol::at the bound, twice : the second",
    "law/goods.case.yaml::from a list",
    "law/goods.case.yaml::from a list (2)",
]


def collected(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


# ── which files ──────────────────────────────────────────────────────────────


def test_cases_are_collected_under_their_titles(run: Run) -> None:
    assert collected(run("--collect-only", "-q")) == IDS


def test_law_without_cases_is_no_test_file(run: Run) -> None:
    result = run("law/order.pol", "--collect-only", "-q")
    assert collected(result) == []
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_names_of_files_are_an_option(run: Run, project: Path) -> None:
    (project / "law" / "goods.case.yaml").rename(project / "law" / "goods.yaml")
    assert collected(run("--collect-only", "-q")) == IDS[:2]
    found = collected(run("--collect-only", "-q", "-o", "longarm_files=g*.yaml"))
    assert found == [f"law/goods.yaml::from a list{n}" for n in ("", " (2)")]
    assert collected(run("--collect-only", "-q", "-o", "longarm_files=")) == []


def test_what_the_command_line_names_is_collected_whatever_its_name(
    run: Run, project: Path
) -> None:
    (project / "law" / "goods.case.yaml").rename(project / "law" / "goods.yaml")
    assert len(collected(run("law/goods.yaml", "--collect-only", "-q"))) == 2


# ── choosing and running ─────────────────────────────────────────────────────


def test_cases_as_expected_pass(run: Run) -> None:
    run().assert_outcomes(passed=4)


@pytest.mark.parametrize("id_", IDS)
def test_every_node_id_can_be_run(run: Run, id_: str) -> None:
    run(id_).assert_outcomes(passed=1)


def test_titles_regimes_and_marks_choose(run: Run) -> None:
    run("-k", "over").assert_outcomes(passed=1, deselected=3)
    run("-k", "xx").assert_outcomes(passed=4)
    run("-m", "longarm").assert_outcomes(passed=4)
    run("-m", "not longarm").assert_outcomes(deselected=4)
    run("-m", "longarm(regime='us')").assert_outcomes(deselected=4)
    run("-m", "longarm(regime='xx')", "--strict-markers").assert_outcomes(passed=4)


def test_a_run_stops_and_takes_up_what_failed(run: Run, project: Path) -> None:
    (project / "law" / "cases" / "also.pol").write_text(WRONG, "utf-8")
    run("-x").assert_outcomes(failed=1)
    run("--lf", "-v").assert_outcomes(failed=1)
    run("--ff").assert_outcomes(failed=1, passed=4)


def test_processes_share_the_cases(run: Run, project: Path) -> None:
    (project / "law" / "cases" / "also.pol").write_text(WRONG, "utf-8")
    result = run("-n", "2")
    result.assert_outcomes(failed=1, passed=4)
    assert "FAILED law/cases/also.pol::expects too little" in result.stdout.str()


def test_the_law_may_be_named(run: Run, project: Path) -> None:
    (project / "drafts").mkdir()
    (project / "drafts" / "mine.pol").write_text(CASES, "utf-8")
    run("drafts").assert_outcomes(errors=1)
    run("drafts", "-o", "longarm_policies=law").assert_outcomes(passed=2)
    run("-o", "longarm_policies=law").assert_outcomes(passed=6)


# ── what is told ─────────────────────────────────────────────────────────────


def test_a_failure_is_told_in_words(run: Run, project: Path) -> None:
    (project / "law" / "cases" / "also.pol").write_text(WRONG, "utf-8")
    result = run()
    told = result.stdout.str()
    assert "xx: expected nothing, got requires license (and 1 more)" in told
    assert "law/cases/also.pol:3: expects too little" in told
    assert "expected  not because xx.order.heavy" in told
    assert "got       xx.order.heavy stands" in told
    assert "Traceback" not in told
    assert ".py:" not in told
    summary = next(line for line in result.outlines if line.startswith("FAILED"))
    assert summary.startswith("FAILED law/cases/also.pol::expects too little - xx: expected")


def test_law_with_a_mistake_is_an_error_of_collection(run: Run, project: Path) -> None:
    wrong = ORDER.replace("destination = US", "destinatoin = US")
    (project / "law" / "order.pol").write_text(wrong, "utf-8")
    result = run()
    result.assert_outcomes(errors=2)
    told = result.stdout.str()
    assert "the law does not compile: law" in told
    assert "error[unknown-name]: nothing declares the name `destinatoin`" in told
    assert "law/order.pol:13:" in told
    assert "did you mean `destination`?" in told
    assert "Traceback" not in told


def test_a_case_that_cannot_be_read_fails_and_others_run(run: Run, project: Path) -> None:
    mistaken = YAML.replace("destination: BR", "destination: BRX")
    left_out = "- case: left out\n  on: 2026-33-01\n  given: {destination: US}\n"
    (project / "law" / "goods.case.yaml").write_text(mistaken + left_out, "utf-8")
    result = run("law/goods.case.yaml", "-v")
    result.assert_outcomes(passed=1, failed=2)
    told = result.stdout.str()
    assert "error[malformed-fact]: `BRX` is not a country code" in told
    assert "law/goods.case.yaml::line 12: malformed-date FAILED" in told


def test_a_file_that_is_no_case_file_fails(run: Run, project: Path) -> None:
    (project / "law" / "goods.case.yaml").write_bytes(b"\xff\xfe\x00")
    result = run("law/goods.case.yaml")
    result.assert_outcomes(failed=1)
    assert "error[not-utf8]" in result.stdout.str()


def test_a_case_that_expects_nothing_of_anyone_is_warned_of(run: Run, project: Path) -> None:
    silent = 'use words\ncase "silent"\n  given { destination: US }\n'
    (project / "law" / "cases" / "bounds.pol").write_text(silent, "utf-8")
    result = run("law/cases", "-W", "default")
    result.assert_outcomes(passed=1, warnings=1)
    assert "law/cases/bounds.pol:2: CaseWarning: the case `silent` expects nothing" in (
        result.stdout.str()
    )
    strict = run("law/cases", "-W", "error")
    strict.assert_outcomes(failed=1)
    assert "Traceback" not in strict.stdout.str()


def test_junit_says_what_each_regime_said(run: Run, project: Path) -> None:
    run("--junitxml", "out.xml", "-k", "over").assert_outcomes(passed=1, deselected=3)
    (case,) = ET.parse(project / "out.xml").iter("testcase")  # noqa: S314  written a moment ago
    assert case.get("name") == "(A1) over the bound: US"
    assert {p.get("name"): p.get("value") for p in case.iter("property")} == {
        "case": "law/cases/bounds.pol:3",
        "xx.on": "2026-03-01",
        "xx.known": "2026-06-01",
        "xx.requires": "license",
        "xx.reviews": "standard",
        "xx.because": "xx.order.heavy",
    }


def test_the_plugin_alone_loads_nothing_of_the_compiler(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            ours = {m for m in sys.modules if m.startswith("longarm")}
            assert ours == {"longarm", "longarm.pytest_plugin"}
            assert "lark" not in sys.modules
        """
    )
    pytester.runpytest_subprocess("-p", "longarm.pytest_plugin").assert_outcomes(passed=1)


# ── properties ───────────────────────────────────────────────────────────────

PROPERTIES = """use words

property "more weight is never laxer" for all t, u in Transaction
  on     2026-03-01
  assume closed
  where  u = t with { item.weight: 12 }
  expect outcome(u, xx) at least outcome(t, xx)

property "less weight is never laxer" for all t, u in Transaction
  on     2026-03-01
  assume closed
  where  u = t with { item.weight: 9 }
  expect outcome(u, xx) at least outcome(t, xx)
"""


def test_a_property_is_an_item_that_fails_with_the_draw_against_it(run: Run, project: Path) -> None:
    (project / "law" / "never.pol").write_text(PROPERTIES, "utf-8")
    result = run("law/never.pol", "-v")
    result.assert_outcomes(passed=1, failed=1)
    shown = result.stdout.str()
    assert "law/never.pol::more weight is never laxer PASSED" in shown
    assert "law/never.pol::less weight is never laxer FAILED" in shown
    assert "does not hold:" in shown
    assert "expected  outcome(u, xx) at least outcome(t, xx)" in shown
    assert "longarm/properties.py" not in shown
    assert collected(run("law", "--collect-only", "-q", "-k", "laxer"))[0].startswith(
        "law/never.pol::"
    )


def test_the_draws_of_properties_are_an_option(run: Run, project: Path) -> None:
    (project / "law" / "never.pol").write_text(PROPERTIES, "utf-8")
    assert (
        collected(run("law/never.pol", "--collect-only", "-q", "-o", "longarm_properties=0")) == []
    )
    wrong = run("law/never.pol", "-o", "longarm_properties=many")
    wrong.assert_outcomes(errors=1)
    assert "longarm_properties is a number of draws, not `many`" in wrong.stdout.str()


@pytest.mark.parametrize("head", ['case"no space"', 'case\n  "on the next line"'])
def test_a_case_is_collected_however_it_is_spaced(run: Run, project: Path, head: str) -> None:
    text = WRONG.replace('case "expects too little"', head)
    (project / "law" / "spaced.pol").write_text(text, "utf-8")
    run("law").assert_outcomes(passed=4, failed=1)
