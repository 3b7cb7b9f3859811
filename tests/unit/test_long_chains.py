"""Chains of rules and definitions: decided up to a limit, refused beyond it, in any order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from longarm.cases import cases_of
from longarm.expecting import run_case
from longarm.pipeline import compile_sources
from longarm_dsl.core.check.defeats import MOST_STEPS
from longarm_dsl.core.openings import MOST_LEVELS
from longarm_dsl.diagnostics import has_errors

HEAD = """
record Item
  bundled : flag
  pieces  : number >= 0
record Transaction
  item : Item
instrument act "An act"
  regime   cn
  issued   2025-01-01
  verified 2026-01-01
"""
TAIL = """
case "all that is open is a range"
  on     2025-06-01
  given  { item: { name: unknown } }
  expect cn requires nothing to license
"""
RULE = 'rule {name} "A rule"\n  cite "1"\n  when {when}\n  then {effect}\n'
LICENSE = "requires license from AUTHORITY"


def statuses(count: int, *, backwards: bool) -> str:
    """Rule upon rule, each testing what the one before it establishes."""
    parts = [
        f"status s{i}(x : Item)\n"
        + RULE.format(
            name=f"r{count - i if backwards else i:04}",
            when=f"s{i - 1}(item)" if i else "item.bundled",
            effect=f"establishes s{i}(item)",
        )
        for i in range(count)
    ]
    last = RULE.format(name="last", when=f"s{count - 1}(item)", effect=LICENSE)
    return f"{HEAD}{''.join(parts)}{last}{TAIL}"


def defeats(count: int, *, backwards: bool) -> str:
    """Rule upon rule, each defeating the one before it."""
    names = [f"r{count - i if backwards else i:04}" for i in range(count + 1)]
    parts = [
        RULE.format(
            name=names[i],
            when="item.bundled",
            effect=f"defeats {names[i - 1]}" if i else LICENSE,
        )
        for i in range(count + 1)
    ]
    return f"{HEAD}{''.join(parts)}"


def definitions(count: int, *, backwards: bool) -> str:
    """Definition upon definition."""
    parts = [f"let d{i} = d{i - 1} + 1\n" if i else "let d0 = item.pieces\n" for i in range(count)]
    ordered = reversed(parts) if backwards else parts
    last = RULE.format(name="last", when=f"d{count - 1} > 500", effect=LICENSE)
    return f"{HEAD}{''.join(ordered)}{last}{TAIL}"


@pytest.mark.parametrize("backwards", [False, True])
def test_a_chain_at_the_limit_is_decided(*, backwards: bool) -> None:
    for text in (
        statuses(MOST_STEPS, backwards=backwards),
        definitions(MOST_LEVELS, backwards=backwards),
    ):
        compiled = compile_sources([("cn.case", text)])
        assert not has_errors(compiled.found)
        [case] = cases_of(compiled)[0]
        assert run_case(compiled.program, case).failures == ()


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("make", [statuses, defeats, definitions])
@pytest.mark.parametrize("beyond", [1, 400])
def test_a_longer_chain_is_refused(
    make: Callable[..., str], beyond: int, *, backwards: bool
) -> None:
    limit = MOST_LEVELS if make is definitions else MOST_STEPS
    compiled = compile_sources([("cn.case", make(limit + beyond, backwards=backwards))])
    assert "nested-too-deeply" in {d.name for d in compiled.found}
