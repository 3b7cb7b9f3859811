"""The benchmarks run, their rows are there, and everybody decides as the oracle does."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.engines import ADAPTERS
from bench.harness import agreement
from bench.reference import handwritten
from bench.reference.generator import generate
from bench.reference.levels import NAMES, level_of
from bench.reference.oracle import LATTICE, RULE_IDS, oracle
from bench.subject import Reference, answer_of_decision, spelled

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def printed() -> str:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def rows(printed: str) -> dict[str, list[str]]:
    """Rows of all tables by their first cell."""
    cells = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in printed.splitlines()
        if line.startswith("| ")
    )
    return {first: rest for first, *rest in cells}


def test_the_transactions_are_always_the_same() -> None:
    facts = generate()
    answers = [oracle(one) for one in facts]
    digest = hashlib.sha256(json.dumps([facts, answers]).encode()).hexdigest()
    assert digest.startswith("b79a9fd49bee0e2a")


def test_the_hand_written_function_agrees_with_the_oracle() -> None:
    for facts in generate(2_000, seed=7):
        level, fired = handwritten.decide(facts)
        expected, named = oracle(facts)
        assert (level, sorted(fired)) == (expected, sorted(named))


def test_the_reference_evaluator_agrees_with_the_oracle() -> None:
    policy = Reference()
    assert set(NAMES.values()) == set(policy.program.rules)
    assert len(set(NAMES.values())) == len(RULE_IDS) == 31
    facts = generate(120)
    stated = [spelled(one) for one in facts]
    agrees = agreement(policy.by_reference, answer_of_decision, stated, [oracle(f) for f in facts])
    assert agrees.same == 120, agrees.differing


def test_every_level_has_a_line() -> None:
    exempt, plain = [NAMES["US-X1"]], [NAMES["US-N1"]]
    asked = [
        ("nothing", "none", ()),
        ("nothing", "none", plain),
        ("nothing", "none", exempt),
        ("license", "case_by_case", exempt),
        ("license", "denial_presumed", ()),
        ("prohibited", "denial_presumed", ()),
    ]
    assert [LATTICE[level_of(*one)] for one in asked] == list(LATTICE)


def test_every_answer_that_was_compared_agrees(printed: str) -> None:
    compared = re.findall(r"([\d,]+) of ([\d,]+)(?: \||$)", printed, re.MULTILINE)
    assert len(compared) >= 8
    assert all(same == of for same, of in compared), printed


def test_the_rows_are_there(printed: str) -> None:
    found = rows(printed)
    for name in (
        "by hand",
        "longarm, complete case",
        "longarm, three-valued, 1 of 19 missing",
        "longarm, three-valued, 3 of 19 missing",
        "longarm, three-valued, nothing missing",
        "longarm, full explanation",
        "longarm, checked: bounds",
        "longarm, checked: whole record",
        "reference evaluator, checked: whole record",
        "cn",
        "us",
        "100 rules",
        "warm `longarm eval`, case in JSON",
        "cold `longarm eval`, no cache",
    ):
        assert found[name], name
    for name, *_ in ADAPTERS:
        assert any(row.startswith(name) for row in found), name
    assert found["by hand"][-1] == "250 of 250"


def test_machine_and_level_table_are_printed(printed: str) -> None:
    assert re.search(r"^Python: \w+ 3\.\d+", printed, re.MULTILINE)
    assert re.search(r"^requirement +review +standing rules +level$", printed, re.MULTILINE)


def test_no_case_expects_what_the_oracle_does_not_say(printed: str) -> None:
    expectations, failed, *_ = rows(printed)["100"]
    assert int(expectations) > 100
    assert failed == "0"
