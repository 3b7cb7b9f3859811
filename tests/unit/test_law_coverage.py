"""Coverage of law: which conditions decide a case, thresholds, days of change, defeats."""

from __future__ import annotations

import json

import pytest

from longarm.cases import cases_of
from longarm.evaluators import find_idle
from longarm.exercised import exercised, rules_in
from longarm.expecting import run_cases
from longarm.law_conditions import to_test
from longarm.law_coverage import Collector, Count, LawCoverage, Measure, Point
from longarm.pipeline import compile_sources
from longarm.render.law_coverage import render_law_coverage, render_law_coverage_json
from longarm.render.law_coverage_html import render_law_coverage_html
from longarm.side_by_side import FEW
from longarm_dsl.diagnostics import has_errors

WORDS = """record Item
  name       : text
  origin     : country
  size       : um
  reserved   : flag
  components : [Item]
record Transaction
  destination : country
  date        : date
  signed      : date
  item        : Item
  declared    : flag
  urgent      : flag
"""

HEAD = """instrument act "The act"
  regime     cn
  issued     2025-01-01
  verified   2025-06-01
  provisions "1", "2", "3"
  covers     "3" not modelled "no form is given"

"""


def covered(
    law: str, *given: str, on: str = "2025-03-01", jobs: int = 1, rules: str = "cn.act.pol"
) -> LawCoverage:
    """What cases of some facts cover of a law, given below its words and instrument."""
    days = [fact.partition("@")[2] or on for fact in given]
    facts = [fact.partition("@")[0] for fact in given]
    cases = "".join(
        f'case "{n}"\n  on {day}\n  assume closed\n  given {{ {fact} }}\n  expect cn nothing\n'
        for n, (fact, day) in enumerate(zip(facts, days, strict=True))
    )
    compiled = compile_sources([("cn.act", WORDS + HEAD + law + cases)])
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    program = compiled.program
    chosen = rules_in(program, [rules], ())
    collector = Collector(to_test(program, chosen))
    runs = run_cases(
        program,
        cases_of(compiled)[0],
        find_idle=find_idle(compiled),
        jobs=jobs,
        beside=collector,
    )
    return collector.coverage(runs, exercised(program, runs, chosen))


def points(coverage: LawCoverage, measure: Measure) -> dict[str, Point]:
    return {p.what: p for p in coverage.points if p.measure is measure}


def decided(coverage: LawCoverage) -> dict[str, str]:
    """How each atomic condition decided: `y`, `n`, `yn` or nothing."""
    return {
        what: "".join(
            letter for letter, side in zip("yn", point.sides, strict=True) if side.covered
        )
        for what, point in points(coverage, Measure.CONDITIONS).items()
    }


AND = """rule powder "Powder"
  cite "1"
  when item.origin = CN and item.size < 50 um and destination = US
  then requires license from MOFCOM
"""
STANDS = "destination: US, item: { origin: CN, size: 49 um }"


def test_of_conditions_that_hold_together_each_decides() -> None:
    assert decided(covered(AND, STANDS)) == {
        "item.origin = CN": "y",
        "item.size < 50 um": "y",
        "destination = US": "y",
    }


def test_the_only_one_that_fails_decides_and_two_that_fail_hide_each_other() -> None:
    one = decided(covered(AND, STANDS.replace("US", "FR")))
    assert one == {"item.origin = CN": "", "item.size < 50 um": "", "destination = US": "n"}
    two = decided(covered(AND, STANDS.replace("US", "FR").replace("49", "51")))
    assert set(two.values()) == {""}


def test_what_is_unknown_does_not_decide_and_hides_what_stands_beside_it() -> None:
    assert set(decided(covered(AND, "destination: US, item: { origin: CN }")).values()) == {""}
    assert set(decided(covered(AND, "destination: FR, item: { origin: CN }")).values()) == {""}


OR_NOT = """rule powder "Powder"
  cite "1"
  when (declared or not urgent) and destination = US
  then requires license from MOFCOM
"""


@pytest.mark.parametrize(
    ("facts", "declared", "urgent"),
    [
        ("declared: yes, urgent: yes", "y", ""),
        ("declared: no, urgent: no", "", "n"),
        ("declared: yes, urgent: no", "", ""),  # either alone would do
        ("declared: no, urgent: yes", "n", "y"),
    ],
)
def test_the_only_one_that_holds_decides_an_or_and_not_turns_it(
    facts: str, declared: str, urgent: str
) -> None:
    found = decided(covered(OR_NOT, f"destination: US, {facts}"))
    assert (found["declared"], found["urgent"]) == (declared, urgent)


DEFINED = """let fine(i : Item) = i.origin = CN and not i.reserved

rule powder "Powder"
  cite "1"
  when destination = US and fine(item)
  then requires license from MOFCOM

rule report "Report"
  cite "2"
  when destination = FR and fine(item)
  then requires report to MOFCOM
"""


def test_a_condition_of_a_definition_is_one_wherever_it_is_used() -> None:
    coverage = covered(
        DEFINED,
        "destination: US, item: { origin: CN, reserved: no }",
        "destination: FR, item: { origin: CN, reserved: yes }",
    )
    found = decided(coverage)
    assert found["i.reserved"] == "yn"
    assert found["i.origin = CN"] == "y"
    assert len(found) == 4
    (point,) = [p for p in coverage.points if p.what == "i.reserved"]
    assert [side.case.title for side in point.sides if side.case] == ["1", "0"]
    assert point.span.source.position(point.span.start)[0] == 21


EACH = """rule pieces "A piece of it"
  cite "1"
  when destination = US and any c in item.components has c.origin = CN and c.size < 50 um
  then requires license from MOFCOM
"""


def test_elements_are_alternatives_of_which_the_only_one_decides() -> None:
    one = "destination: US, item: { components: [%s] }"
    fine, large, away = (
        "{ origin: CN, size: 49 um }",
        "{ origin: CN, size: 51 um }",
        "{ origin: FR, size: 51 um }",
    )
    found = decided(covered(EACH, one % f"{fine}, {away}"))
    assert (found["c.origin = CN"], found["c.size < 50 um"]) == ("y", "y")
    found = decided(covered(EACH, one % f"{fine}, {fine}"))
    assert (found["c.origin = CN"], found["c.size < 50 um"]) == ("", "")
    found = decided(covered(EACH, one % f"{away}, {large}"))
    assert (found["c.origin = CN"], found["c.size < 50 um"]) == ("", "n")
    assert found["destination = US"] == ""


FAMILY = """rule pieces "Every piece"
  cite "1"
  for each c in item.components
  when destination = US and c.origin = CN and c.size < 50 um
  then requires license from MOFCOM
"""


def test_members_of_a_family_are_rules_of_their_own() -> None:
    two = "destination: US, item: { components: [{ origin: CN, size: 49 um }, { origin: FR }] }"
    found = decided(covered(FAMILY, two.replace("origin: FR", "origin: FR, size: 9 um")))
    assert found == {"destination = US": "y", "c.origin = CN": "yn", "c.size < 50 um": "y"}
    found = decided(covered(FAMILY, two.replace("US", "FR")))
    assert found == {"destination = US": "n", "c.origin = CN": "", "c.size < 50 um": ""}


READING = """reading passed_on : {once, always}
  cite "1"
  open "the text does not say"

rule powder "Powder"
  cite "1"
  when passed_on = always and item.origin = CN
  then requires license from MOFCOM
"""


def test_a_reading_is_decided_by_each_of_its_answers() -> None:
    assert decided(covered(READING, "item: { origin: CN }")) == {
        "passed_on = always": "yn",
        "item.origin = CN": "y",
    }


HIDDEN = READING.replace(
    "passed_on = always and item.origin = CN", "destination = US or passed_on = always"
)


def test_an_or_that_a_reading_hides_is_looked_at_under_each_answer() -> None:
    # Certain with the reading open; the answer `once` leaves the destination to decide alone.
    assert decided(covered(HIDDEN, "destination: US"))["destination = US"] == "y"


ENTRY = """reading passed_on : {once, always}
  cite "1"
  open "the text does not say"

entry "CN:1C901" "Powder"
  when item.size < 50 um and passed_on = always

rule listed "Listed"
  cite "1"
  when item.size < 50 um
  then requires license from MOFCOM
"""


def test_an_entry_that_hangs_on_a_reading_is_looked_at_under_each_answer() -> None:
    found = decided(covered(ENTRY, "item: { size: 49 um }"))
    assert found["passed_on = always"] == "yn"


def test_the_first_case_is_told_however_many_share_the_cases() -> None:
    many = [STANDS.replace("49", str(40 + n % 15)) for n in range(FEW + 40)]
    alone, shared = covered(AND, *many), covered(AND, *many, jobs=2)
    assert alone == shared


# ── thresholds ───────────────────────────────────────────────────────────────


def sides(point: Point) -> dict[str, tuple[bool, str]]:
    return {side.name: (side.covered, side.near) for side in point.sides}


def test_a_threshold_is_tested_at_its_bound_and_on_both_sides() -> None:
    sizes = [STANDS.replace("49", size) for size in ("10", "49", "51", "60")]
    (point,) = points(covered(AND, *sizes), Measure.THRESHOLDS).values()
    assert sides(point) == {
        "below": (True, "49 um"),
        "at the bound": (False, "49 um and 51 um"),
        "above": (True, "51 um"),
    }
    (point,) = points(
        covered(AND, *sizes, sizes[0].replace("10", "50")), Measure.THRESHOLDS
    ).values()
    assert not point.missing


def test_a_value_beside_which_something_else_fails_tests_nothing() -> None:
    (point,) = points(covered(AND, STANDS.replace("US", "FR")), Measure.THRESHOLDS).values()
    assert len(point.missing) == 3


DATES = """rule late "Late"
  cite "1"
  when signed >= 2025-02-01 and destination = US
  then requires license from MOFCOM
"""


def test_a_day_is_a_threshold_too() -> None:
    signed = "destination: US, signed: %s"
    days = [signed % day for day in ("2025-01-31", "2025-02-01", "2025-04-01")]
    (point,) = points(covered(DATES, *days), Measure.THRESHOLDS).values()
    assert not point.missing


# ── days of change ───────────────────────────────────────────────────────────

CHANGING = """rule powder "Powder"
  cite "1"
  effective from 2025-02-01
  when item.size < 50 um
  then requires license from MOFCOM

instrument later "A later act"
  regime   cn
  issued   2025-03-01
  verified 2025-06-01
  amends   powder from 2025-04-01
    when item.size < 40 um
"""


def test_a_change_wants_the_day_before_it_the_day_and_one_after() -> None:
    size = "item: { size: 39 um }"
    days = ("2025-01-31", "2025-02-01", "2025-03-31", "2025-04-01")
    coverage = covered(CHANGING, *(f"{size}@{day}" for day in days))
    changes = points(coverage, Measure.CHANGES)
    assert {what: [s.name for s in p.missing] for what, p in changes.items()} == {
        "cn.act changes on 2025-02-01": [],
        "cn.act.powder changes on 2025-04-01": ["after it"],
    }


def test_a_case_that_no_rule_of_the_change_comes_near_does_not_count() -> None:
    coverage = covered(CHANGING, "item: { size: 90 um }@2025-02-01")
    point = points(coverage, Measure.CHANGES)["cn.act changes on 2025-02-01"]
    assert len(point.missing) == 3


# ── defeats, provisions, counts ──────────────────────────────────────────────

DEFEATED = (
    AND
    + """
rule relief "Declared"
  cite "2"
  when declared
  then defeats powder
"""
)


def test_a_defeat_is_exercised_where_the_other_would_stand() -> None:
    both = covered(DEFEATED, f"{STANDS}, declared: yes")
    assert not points(both, Measure.DEFEATS)["cn.act.relief defeats cn.act.powder"].missing
    alone = covered(DEFEATED, "declared: yes")
    assert points(alone, Measure.DEFEATS)["cn.act.relief defeats cn.act.powder"].missing


def test_provisions_are_those_that_rules_speak_for() -> None:
    coverage = covered(DEFEATED, f"{STANDS}, declared: yes")
    found = {what: not p.missing for what, p in points(coverage, Measure.PROVISIONS).items()}
    assert found == {"1": False, "2": True}


def test_counts_are_of_sides_and_never_rounded_up() -> None:
    coverage = covered(AND, STANDS)
    assert coverage.count(Measure.CONDITIONS) == Count(3, 6)
    assert coverage.count(Measure.CONDITIONS, "cn") == Count(3, 6)
    assert coverage.count(Measure.CONDITIONS, "us") == Count(0, 0)
    assert Count(1999, 2000).percent == "99.9"
    assert not Count(1999, 2000).reaches(100)
    assert Count(0, 0).reaches(100)
    assert Count(0, 0).percent == "-"


# ── what is shown of it ──────────────────────────────────────────────────────

HOSTILE = AND.replace('rule powder "Powder"', 'rule powder "<script>alert(1)</script>"').replace(
    "destination = US", 'destination = US and item.name != "<img src=x onerror=alert(1)>"'
)


def test_a_missing_side_is_told_with_its_line_and_what_was_shown() -> None:
    text = render_law_coverage(covered(AND, STANDS))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "\nconditions: 3 of 6, 50.0 %\n" in text
    at = text.splitlines().index("  cn.act.pol:23")
    assert text.splitlines()[at + 1] == "    item.origin = CN: decided as yes, never as no"
    assert "item.size < 50 um: no value at the bound or above; nearest 49 um" in text
    assert "    cn.act.powder: no case misses it narrowly" in text


def test_all_that_is_missing_is_told_where_that_is_asked() -> None:
    many = "\n".join(
        f'rule r{n} "R"\n  cite "1"\n  when item.size < {n} um and destination = US\n'
        "  then requires license from MOFCOM\n"
        for n in range(1, 40)
    )
    coverage = covered(many, "destination: FR")
    short, whole = render_law_coverage(coverage), render_law_coverage(coverage, missing=True)
    assert "more points: `--cov=missing` lists them all" in short
    assert "more points" not in whole
    assert whole.count("cn.act.pol:") == sum(bool(p.missing) for p in coverage.points)


def test_the_page_holds_every_text_escaped_and_loads_nothing() -> None:
    page = render_law_coverage_html(covered(HOSTILE, STANDS))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "never decided" in page


def test_programs_get_every_point_with_its_sides_and_cases() -> None:
    data = json.loads(render_law_coverage_json(covered(AND, STANDS)))
    assert data["measures"]["conditions"] == {"covered": 3, "total": 6, "percent": "50.0"}
    (point,) = [p for p in data["points"] if p["what"] == "item.origin = CN"]
    assert (point["line"], point["part"], point["regime"]) == (23, "cn.act", "cn")
    yes, no = point["sides"]
    assert yes["case"]["title"] == "0"
    assert no == {"name": "decided as no", "covered": False, "case": None}
