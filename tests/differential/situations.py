"""Laws and cases as text, what is asked of them, and how a disagreement is made small."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from differential.cases import Case, shrunk_case
from differential.comparing import Asked, Counts, Form, Reference, differences
from differential.trees import Node, shrunk
from longarm.pipeline import compile_paths, compile_sources
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import RawRecord
from longarm_dsl.diagnostics import Diagnostic, Severity

FormOf: TypeAlias = Callable[[Program], Form]
"""Compiles a program."""

ODD = frozenset({"presumption-not-one-sided", "excluded-by-range", "all-over-empty"})
"""Mistakes of an author that leave every condition with a meaning."""

VOCABULARY, FILE = "common.v", "cn.case"


@dataclass(frozen=True, slots=True)
class Situation:
    """A law (None: the installed packs), a case, and the regime that is asked."""

    law: Node | None
    case: Case
    regime: str


def files_of(law: Node) -> tuple[tuple[str, str], ...]:
    """The files of a law by name: its vocabulary, which is read once, and what is in force."""
    vocabulary = "".join(p.text for p in law.inner if p.kind == "vocabulary")
    rest = "".join(p.text for p in law.inner if p.kind != "vocabulary")
    return (VOCABULARY, vocabulary), (FILE, f"use {VOCABULARY}\n\n{rest}")


def compiled_law(law: Node) -> tuple[Program, tuple[Diagnostic, ...]]:
    """The program of a law, with what the checker says of it."""
    made = compile_sources(files_of(law))
    return made.program, made.found


def sound(found: tuple[Diagnostic, ...]) -> bool:
    """Whether every part of a law has a meaning."""
    return not any(d.severity is Severity.ERROR and d.name not in ODD for d in found)


def asked_of(program: Program, case: Case, regime: str) -> Asked:
    transaction = case.transaction(program)
    return Asked(program, transaction, regime, case.day, case.known, case.options)


def disagreements(
    asked: Asked, form: Form, *, records: bool = True, counts: Counts | None = None
) -> list[str]:
    """Where a form says something else than the reference; that one of them raises is said too."""
    try:
        return differences(asked, form, records=records, counts=counts)
    except Exception as wrong:  # noqa: BLE001  whatever a compiled function raises is a finding
        said = f"raises {type(wrong).__name__}: {str(wrong)[:200]}"
    try:
        Reference().told(asked)
    except Exception:  # noqa: BLE001  as above
        return [f"the reference {said}"]
    return [said]


_FIRST = re.compile(r"(the reference )?[a-z]+( [A-Z]\w+)?")


def sort_of(difference: str) -> str:
    """What kind of disagreement it is, so that shrinking does not slip to another."""
    found = _FIRST.match(difference)
    return found[0] if found else difference


# ── making small ─────────────────────────────────────────────────────────────


def shrunk_situation(
    situation: Situation, form_of: FormOf, program: Program | None = None
) -> tuple[Situation, list[str]]:
    """The smallest law and case with a disagreement of the same kind, and what it is.

    `program` is that of the packs where the law is theirs.
    """
    first = _found(situation, form_of, program)
    sorts = {sort_of(d) for d in first}

    def still(candidate: Situation) -> bool:
        return any(sort_of(d) in sorts for d in _found(candidate, form_of, program))

    while True:
        before = situation
        situation = _smaller_case(situation, form_of, program, sorts)
        if situation.law is not None:
            law = _smaller_law(situation, situation.law, still)
            situation = replace(situation, law=law)
        if situation == before or situation.law is None:
            return situation, _found(situation, form_of, program)


def _smaller_law(situation: Situation, law: Node, still: Callable[[Situation], bool]) -> Node:
    return shrunk(law, lambda smaller: still(replace(situation, law=smaller)))


def _smaller_case(
    situation: Situation, form_of: FormOf, program: Program | None, sorts: set[str]
) -> Situation:
    """The law stays, so it is compiled once."""
    if situation.law is not None:
        program = compiled_law(situation.law)[0]
    assert program is not None
    try:
        made, form = program, form_of(program)
    except Exception:  # noqa: BLE001  a law that does not compile does so with any case
        return replace(situation, case=shrunk_case(situation.case, lambda _: True))

    def still(case: Case) -> bool:
        asked = asked_of(made, case, situation.regime)
        return any(sort_of(d) in sorts for d in disagreements(asked, form))

    return replace(situation, case=shrunk_case(situation.case, still))


def _found(situation: Situation, form_of: FormOf, program: Program | None) -> list[str]:
    if situation.law is not None:
        program, found = compiled_law(situation.law)
        if not sound(found) or situation.regime not in program.regimes:
            return []
        if "Transaction" not in program.records:
            return []
    assert program is not None
    try:
        form = form_of(program)
    except Exception as wrong:  # noqa: BLE001  as above: a law that does not compile
        return [f"raises {type(wrong).__name__}: {str(wrong)[:200]}"]
    return disagreements(asked_of(program, situation.case, situation.regime), form)


# ── cases as text ────────────────────────────────────────────────────────────


def cases_in(text: str, info: str = "") -> Iterator[Case]:
    """The cases that some text declares; `info` names readings and proposals that are chosen.

    `reading NAME=VALUE`, `with NAME`: as words after the kind of a fence.
    """
    words = info.split()
    pairs = list(pairwise(words))
    chosen = [value.partition("=") for word, value in pairs if word == "reading"]
    readings = tuple((name, value) for name, _, value in chosen)
    with_ = tuple(value for word, value in pairs if word == "with")
    for found in compile_sources([("cases", text)]).cases:
        assert isinstance(found.given, RawRecord), found.title
        assert found.on is not None, found.title
        known = date.fromisoformat(found.known) if found.known else date.max
        yield Case(found.given, found.on, known, found.closed, readings, with_)


def packs() -> Program:
    """The installed packs."""
    return _loaded()[0]


def told() -> tuple[RawRecord, ...]:
    """The facts of the cases that are shipped with them."""
    return _loaded()[1]


@cache
def _loaded() -> tuple[Program, tuple[RawRecord, ...]]:
    made = compile_paths()
    return made.program, tuple(c.given for c in made.cases if isinstance(c.given, RawRecord))
