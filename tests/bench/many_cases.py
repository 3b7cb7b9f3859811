"""Thousands of cases with what is expected of them, read and run as `longarm test` does it.

What a case expects is the oracle's: the requirement, and each rule that fires. The command
adds the time of a process that starts, which `startup` measures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from longarm.backends.in_process import compiled_functions
from longarm.case_input import read_json
from longarm.expecting import run_cases
from longarm.side_by_side import usable_jobs
from longarm_dsl.core.program import Program

from .harness import settle
from .reference.generator import Facts
from .reference.levels import NAMES, REGIME
from .reference.oracle import CBC, PRO, Answer
from .subject import ON, spelled


@dataclass(frozen=True, slots=True)
class CasesRun:
    """Seconds that cases take, by so many processes."""

    cases: int
    expectations: int
    failed: int
    jobs: int
    read_s: float
    run_s: float

    @property
    def whole_s(self) -> float:
        """From their text to what failed."""
        return self.read_s + self.run_s


def cases_run(program: Program, facts: Sequence[Facts], answers: Sequence[Answer]) -> CasesRun:
    """Read the cases of some transactions from one JSON text, and run them.

    Raises ValueError where one of them cannot be read.
    """
    functions = compiled_functions(program)
    functions.code(REGIME)
    text = json.dumps([_case(*each) for each in zip(facts, answers, strict=True)])
    settle()
    began = perf_counter()
    cases, problems = read_json(text.encode(), "many.json", program)
    if problems:
        raise ValueError(problems[0].message)
    read = perf_counter()
    jobs = usable_jobs()
    runs = run_cases(program, cases, find_idle=functions.idle, jobs=jobs)
    done = perf_counter()
    return CasesRun(
        len(runs),
        sum(run.expectations for run in runs),
        sum(bool(run.failures) for run in runs),
        jobs,
        read - began,
        done - read,
    )


def _case(facts: Facts, answer: Answer) -> dict[str, object]:
    level, fired = answer
    license_or_more = "requires prohibited" if level == PRO else "requires license"
    required = license_or_more if level >= CBC else "nothing"
    expected = [required, *(f"because {NAMES[name]}" for name in fired)]
    return {
        "on": ON.isoformat(),
        "known": ON.isoformat(),
        "given": spelled(facts),
        "expect": {REGIME: expected},
    }
