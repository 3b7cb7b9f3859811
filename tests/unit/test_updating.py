"""What `longarm test --update` would write: the failures alone, whole files or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from longarm.cases import cases_of, load_cases, read_cases
from longarm.expecting import run_case
from longarm.loading import law
from longarm.updating import Left, Update, updates

LAW = """record Item
  size : um

record Transaction
  destination : country
  declared    : flag
  item        : Item

instrument act "The act"
  regime     cn
  issued     2025-01-01
  verified   2025-06-01

rule powders "Powders"
  cite      "1"
  when      item.size <= 50 um
  then      requires license from MOFCOM

rule relief "Relief"
  cite      "2"
  when      declared
  then      defeats powders
"""

PASSES = """
case "passes"
  on      2025-03-01
  assume  closed
  given   { item: { size: 50 um } }
  expect  cn requires at least report, because powders
"""

FAILS = """
case "fails"
  on      2025-03-01
  assume  closed
  given   { item: { size: 50 um }, declared: yes }
  expect  cn requires license, because powders, not because relief
  expect  on 2024-12-31 cn requires report

case "is open"
  on      2025-03-01
  given   { item: { size: 50 um } }
  expect  cn requires license, because powders
"""


def decided(folder: Path, text: str) -> tuple[tuple[Update, ...], tuple[Left, ...]]:
    (folder / "act.pol").write_text(text, "utf-8")
    made = law([folder / "act.pol"], installed=False)
    read, _ = cases_of(made)
    return updates([run_case(made.program, case) for case in read])


def test_what_passes_is_left_alone(tmp_path: Path) -> None:
    assert decided(tmp_path, LAW + PASSES) == ((), ())


def test_what_fails_is_written_as_decided_and_nothing_else(tmp_path: Path) -> None:
    ((made,), left) = decided(tmp_path, LAW + PASSES + FAILS)
    assert left == ()
    changed = FAILS.replace(
        "cn requires license, because powders, not because relief",
        "cn nothing, not because powders, because relief",
    )
    changed = changed.replace("cn requires report", "cn nothing")
    changed = changed.replace(
        "cn requires license, because powders\n",
        "cn requires nothing to license, open because powders\n",
    )
    assert made.after == LAW + PASSES + changed
    assert made.before == LAW + PASSES + FAILS
    assert decided(tmp_path, made.after) == ((), ())


def test_a_file_with_a_failure_that_has_no_form_is_left_whole(tmp_path: Path) -> None:
    text = LAW + FAILS.replace("because powders\n", "because powders, needs destination\n")
    made, (left,) = decided(tmp_path, text)
    assert made == ()
    assert "`needs destination`" in left.why


def test_a_file_that_is_not_laid_out_is_left(tmp_path: Path) -> None:
    made, (left,) = decided(tmp_path, LAW + FAILS.replace("expect  cn", "expect cn"))
    assert made == ()
    assert "longarm fmt" in left.why


@pytest.mark.parametrize(
    ("expect", "after"),
    [
        ("{cn: requires license}", "{cn: nothing}"),
        ('{cn: "requires license, because powders"}', '{cn: "nothing, not because powders"}'),
        (
            "{cn: [requires license, because act.powders]}",
            "{cn: [nothing, not because act.powders]}",
        ),
        ("[{on: 2025-02-01, cn: because powders}]", "[{on: 2025-02-01, cn: not because powders}]"),
    ],
)
def test_a_text_of_yaml_is_written_in_its_place(tmp_path: Path, expect: str, after: str) -> None:
    (tmp_path / "act.pol").write_text(LAW, "utf-8")
    program = law([tmp_path / "act.pol"], installed=False).program
    path = tmp_path / "one.case.yaml"
    text = "on: 2025-03-01\nassume: closed\ngiven: {item: {size: 51 um}}  # coarse\nexpect: "
    path.write_text(f"{text}{expect}\n", "utf-8")
    read, found = read_cases(path, str(path), program)
    assert not found
    (made,), left = updates([run_case(program, case) for case in read])
    assert left == ()
    assert made.after == f"{text}{after}\n"


def test_a_mapping_whose_word_would_change_is_left(tmp_path: Path) -> None:
    (tmp_path / "act.pol").write_text(LAW, "utf-8")
    program = law([tmp_path / "act.pol"], installed=False).program
    path = tmp_path / "one.case.yaml"
    path.write_text("given: {item: {size: 51 um}}\nexpect: {cn: {because: powders}}\n", "utf-8")
    made, (left,) = updates(
        [run_case(program, case) for case in read_cases(path, str(path), program)[0]]
    )
    assert made == ()
    assert "not written as a clause of its own" in left.why


def test_a_file_that_changed_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "act.pol"
    path.write_text(LAW + FAILS, "utf-8")
    loaded = load_cases([path], installed=False)
    path.write_text(LAW + FAILS + "\n", "utf-8")
    made, (left,) = updates([run_case(loaded.compiled.program, case) for case in loaded.cases])
    assert made == ()
    assert "not as it was read" in left.why
