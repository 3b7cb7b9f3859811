"""Thousands of cases with what is expected of them, read and run as `longarm test` does it.

They stand in files of a thousand: a file has a most that it may hold.

What a case expects is the oracle's: the requirement, and each rule that fires. The command
adds the time of a process that starts, which `startup` measures.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from longarm.backends.in_process import compiled_functions
from longarm.case_input import CaseInput, read_json
from longarm.cli import collect_seldom
from longarm.expecting import run_cases
from longarm.side_by_side import usable_jobs
from longarm_dsl.core.program import Program

from .harness import settle
from .reference.generator import Facts
from .reference.levels import NAMES, REGIME
from .reference.oracle import CBC, PRO, Answer
from .subject import ON, spelled

IN_A_FILE = 1_000


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
    """Read the cases of some transactions from JSON texts, and run them.

    Raises ValueError where one of them cannot be read.
    """
    functions = compiled_functions(program)
    functions.code(REGIME)
    written = [_case(*each) for each in zip(facts, answers, strict=True)]
    texts = [json.dumps(written[n : n + IN_A_FILE]) for n in range(0, len(written), IN_A_FILE)]
    settle()
    usual = gc.get_threshold()
    collect_seldom()
    began = perf_counter()
    cases: list[CaseInput] = []
    for number, text in enumerate(texts, 1):
        made, problems = read_json(text.encode(), f"many_{number}.json", program)
        if problems:
            raise ValueError(problems[0].message)
        cases += made
    read = perf_counter()
    jobs = usable_jobs()
    runs = run_cases(program, cases, find_idle=functions.idle, jobs=jobs)
    done = perf_counter()
    gc.set_threshold(*usual)
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
