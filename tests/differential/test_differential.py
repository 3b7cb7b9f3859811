"""The reference evaluator and the compiled functions say the same; the harness would notice.

`python -m tests.differential --seconds N` is the long form; `LONGARM_THOROUGH=20 pytest
tests/differential` goes through twenty times as many laws, other ones on each run.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import typing
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from differential.cases import Case, CaseMaker, case_text, record
from differential.comparing import Asked, Reference, Told
from differential.forms import Compiled
from differential.mutants import Forgetful, Hasty, Misread, above, some
from differential.pages import announced, check_agree, write
from differential.policies import random_law
from differential.running import Run, seeded
from differential.situations import (
    FILE,
    FormOf,
    Situation,
    cases_in,
    compiled_law,
    files_of,
    sound,
)
from differential.trees import Node, joined, node, perhaps, shrunk
from laws.support.effort import FACTOR
from longarm.drawing import word
from longarm.pool import nodes_of, pool_of
from longarm_dsl.core import ast
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import EventKind
from test_conformance import ROOT as CONFORMANCE
from test_conformance import Example, check_pol, examples, files

SEED = Random().randrange(10**6) if FACTOR else 0  # noqa: S311  nothing here is a secret
TIMES = max(FACTOR, 1)


def law_of(number: int) -> Node:
    return random_law(seeded(f"law {SEED} {number}"))


# ── both forms agree ─────────────────────────────────────────────────────────


def test_random_policies_are_decided_alike(tmp_path: Path) -> None:
    run = Run(Compiled, SEED, packs=False, folder=tmp_path, most=1)
    run.rounds(10 * TIMES)
    assert run.counts.disagreements == [], [p.read_text("utf-8") for p in run.pages]
    assert run.counts.policies > 7 * TIMES
    assert run.counts.unknown > 200 * TIMES


def test_the_packs_decide_random_transactions_alike(tmp_path: Path) -> None:
    run = Run(Compiled, SEED, random=False, folder=tmp_path, most=1)
    run.rounds(TIMES)
    assert run.counts.disagreements == [], [p.read_text("utf-8") for p in run.pages]
    assert run.counts.decisions == 4 * TIMES


# ── the harness notices ──────────────────────────────────────────────────────


class Crashing(Reference):
    """Raises where there is anything to say."""

    def told(self, asked: Asked) -> tuple[Told, ...]:
        told = super().told(asked)
        if any(t.stands for t in told):
            raise ZeroDivisionError
        return told


class Strict(Reference):
    """Says nothing of statuses."""

    def told(self, asked: Asked) -> tuple[Told, ...]:
        return tuple(
            Told(
                t.part,
                t.outcome,
                t.fires,
                t.stands,
                dict.fromkeys(t.statuses, min(t.statuses.values())),
            )
            if t.statuses
            else t
            for t in super().told(asked)
        )


def uncompilable(program: Program) -> Reference:
    """Cannot compile a law that reviews."""
    if any(
        isinstance(e.kind, ast.Reviews)
        for r in program.rules.values()
        for e in r.clauses.effects or ()
    ):
        raise SyntaxError
    return Reference()


WRONG: dict[str, tuple[FormOf, int]] = {
    "`>=` read as `>`": (lambda p: Misread(p, above), 31),
    "`all` read as `any`": (lambda p: Misread(p, some), 41),
    "unknown taken as no": (lambda _: Hasty(), 1),
    "idle rules that are not": (lambda _: Forgetful(), 1),
    "a status that is another": (lambda _: Strict(), 8),
    "a function that raises": (lambda _: Crashing(), 1),
    "a law that does not compile": (uncompilable, 11),
}
"""Forms that are wrong, and the number of a law that shows it."""


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_form_is_found_and_made_small(name: str, tmp_path: Path) -> None:
    form_of, first = WRONG[name]
    run = Run(form_of, 0, packs=False, folder=tmp_path, most=1, first=first)
    run.rounds(60)
    assert len(run.pages) == 1
    text = run.pages[0].read_text("utf-8")
    law, _, case = text.partition("```agree ")
    assert len(law.splitlines()) <= 40, text
    assert len(case.splitlines()) <= 7, text
    # The page by itself shows it, to the wrong form only.
    (example,) = examples(run.pages[0])
    *_, pol, agree = example.fences
    sources = files(example, agree)
    with pytest.raises((AssertionError, SyntaxError)):
        check_agree(sources, agree.info, agree.text, form_of)
    check_agree(sources, agree.info, agree.text, lambda _: Reference())
    # It can be committed as it is: what the checker says of the law is announced.
    check_pol(Example(CONFORMANCE / "agreement" / "x.md", example.title, example.fences), pol)


def test_a_disagreement_over_the_packs_is_a_case_about_them(tmp_path: Path) -> None:
    case = Case(record(destination=word("RU")), "2025-12-02", date(2025, 12, 2))
    found = Situation(None, case, "cn")
    path = write(found, ["fires x: NO, not YES"], tmp_path)
    (example,) = examples(path)
    (agree,) = example.fences
    assert agree.info == "agree cn packs"
    check_agree([], agree.info, agree.text, lambda _: Reference())
    with pytest.raises(AssertionError):
        check_agree([], agree.info, agree.text, lambda _: Forgetful())


# ── what is random is well made ──────────────────────────────────────────────

LAWS = 25


def test_nearly_every_random_law_is_sound() -> None:
    found = [sound(compiled_law(law_of(n))[1]) for n in range(LAWS)]
    assert sum(found) >= LAWS * 0.9


def test_every_construct_of_the_core_tree_occurs() -> None:
    """Conditions, effects, events: whatever a law can say, some random law says."""
    wanted: set[type] = {*typing.get_args(ast.Expr)} - {ast.Broken}
    wanted |= {*typing.get_args(ast.EffectKind)}
    kinds: set[str] = set(EventKind)
    aggregates = {"sum", "count", "max", "min", "strictest"}
    for number in range(400):
        program, found = compiled_law(law_of(number))
        if not sound(found):
            continue
        for each in nodes_of(program):
            wanted.discard(type(each))
            if isinstance(each, ast.Aggregate):
                aggregates.discard(each.kind)
        kinds -= {e.kind for e in program.law.events.values()}
        if not wanted and not kinds and not aggregates:
            return
    assert not wanted
    assert not kinds
    assert not aggregates


def test_a_random_case_reads_back_as_it_was_written() -> None:
    for number in range(12):
        program = compiled_law(law_of(number))[0]
        case = CaseMaker(program, pool_of(program), seeded(f"case {number}")).case()
        info = " ".join(
            [
                "agree",
                *(f"reading {n}={v}" for n, v in case.readings),
                *(f"with {n}" for n in case.with_),
            ]
        )
        (read,) = cases_in(case_text(case), info)
        assert read.transaction(program) == case.transaction(program)
        assert replace(read, given=case.given) == case


def test_announced_findings_stand_on_their_lines() -> None:
    law = law_of(3)
    found = compiled_law(law)[1]
    text = dict(files_of(law))[FILE]
    own = tuple(d for d in found if d.primary.span.source.text == text)
    lines = announced(text, own).splitlines()
    assert own
    for each in own:
        line = each.primary.span.source.position(each.primary.span.start)[0]
        assert f"# {each.severity}: [{each.name}]" in lines[line - 1]


def test_the_same_seed_makes_the_same_laws_and_cases_everywhere() -> None:
    """Whatever the order of hashes is in a process."""
    script = (
        "import sys, hashlib\n"
        "sys.path[:0] = sys.argv[1:]\n"
        "from differential.running import seeded\n"
        "from differential.policies import random_law\n"
        "from longarm.pool import pool_of\n"
        "from differential.cases import Case, CaseMaker, case_text, record\n"
        "from longarm.drawing import word\n"
        "from differential.situations import compiled_law\n"
        "law = random_law(seeded('law 0 7'))\n"
        "program = compiled_law(law)[0]\n"
        "case = case_text(CaseMaker(program, pool_of(program), seeded('x')).case())\n"
        "print(hashlib.sha256((law.text + case).encode()).hexdigest())\n"
    )
    root = Path(__file__).parents[2]
    paths = [str(root / name) for name in ("tests", "dsl", "compiler", "policies")]
    told = {
        subprocess.run(
            [sys.executable, "-c", script, *paths],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


# ── shrinking ────────────────────────────────────────────────────────────────


def test_shrinking_leaves_what_matters_and_nothing_else() -> None:
    parts = [node("flag", "(", node("flag", c), ")") for c in "abcdefgh"]
    when = node("flag", "(", joined("or", " or ", parts), ")")
    tree = node("law", "when ", when, perhaps("clause", " then x"))
    assert shrunk(tree, lambda t: "g" in t.text).text == "when g"


def test_shrinking_never_makes_a_law_larger() -> None:
    law = law_of(1)
    sizes: list[int] = []

    def still(candidate: Node) -> bool:
        sizes.append(len(candidate.text))
        return len(candidate.text) % 3 != 0

    shrunk(law, still)
    assert max(sizes) < len(law.text)
    assert (
        hashlib.sha256(law.text.encode()).hexdigest()
        == hashlib.sha256(law_of(1).text.encode()).hexdigest()
    )


def test_the_summary_names_what_was_compared() -> None:
    run = Run(Compiled, 0, packs=False, say=lambda _: None)
    run.rounds(1)
    for name in ("policies", "cases", "decisions", "unknown facts", "members", "0 disagreements"):
        assert name in run.summary()
    assert json.dumps(run.summary())


def test_the_reference_agrees_with_itself(tmp_path: Path) -> None:
    run = Run(lambda _: Reference(), 5, packs=False, folder=tmp_path)
    run.rounds(3)
    assert run.counts.disagreements == []
