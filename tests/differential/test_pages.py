"""Every case of the conformance suite, and of the packs, is decided alike by both forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from differential.comparing import Asked, Form
from differential.forms import Compiled
from differential.situations import disagreements, packs
from laws.support.effort import FACTOR
from longarm.cases import CaseInput, cases_of, load_cases
from longarm.deciding import days_of
from longarm.loading import Compiled as Law
from longarm.loading import installed_pack
from longarm.pipeline import compile_sources
from longarm_dsl.core.program import Program
from test_conformance import EXAMPLES, TRADE, Example, Fence, files

WITH_CASES = [e for e in EXAMPLES if any(f.kind in {"case", "cases"} for f in e.fences)]


def law_and_cases(example: Example, fence: Fence) -> Law:
    if fence.kind == "cases":
        return compile_sources([("common.trade", TRADE), ("cn.case", fence.text)])
    law = files(example, fence)
    uses = "\n".join(f"use {name}" for name, _ in law)
    return compile_sources([*law, ("cn.cases", f"{uses}\n{fence.text}")])


def said_differently(program: Program, form: Form, case: CaseInput, *, records: bool) -> list[str]:
    """Where the forms disagree on a case, in any regime."""
    on, known = days_of(program, case)
    return [
        f"{case.title}, {regime}: {difference}"
        for regime in program.regimes
        for difference in disagreements(
            Asked(program, case.transaction, regime, on, known), form, records=records
        )
    ]


@pytest.mark.parametrize("example", WITH_CASES, ids=lambda e: f"{e.path.stem}: {e.title}")
def test_a_page_means_the_same_in_both_forms(example: Example) -> None:
    for fence in example.fences:
        if fence.kind not in {"case", "cases"}:
            continue
        law = law_and_cases(example, fence)
        form = Compiled(law.program)
        cases = cases_of(law)[0]
        assert cases
        for case in cases:
            assert said_differently(law.program, form, case, records=True) == []


FOLDERS = sorted(installed_pack().rglob("cases"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.parent.name)
def test_the_cases_of_the_packs_mean_the_same_in_both_forms(folder: Path) -> None:
    """A part of them each time; `python -m tests.differential` goes through random ones."""
    loaded = load_cases([folder])
    form = Compiled(packs())
    cases = loaded.cases[:: 120 // max(FACTOR, 1) or 1]
    assert len(cases) > 2
    for case in cases:
        assert said_differently(packs(), form, case, records=False) == []
