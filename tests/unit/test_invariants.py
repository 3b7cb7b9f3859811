from __future__ import annotations

from dataclasses import replace

import pytest

from longarm.pipeline import compile_paths
from longarm_dsl.core import ast
from longarm_dsl.core.invariants import violations
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import FLAG


@pytest.fixture(scope="module")
def shipped() -> Program:
    return compile_paths().program


def test_shipped_law(shipped: Program) -> None:
    assert violations(shipped) == ()


def test_a_rule_filed_wrongly_is_seen(shipped: Program) -> None:
    rule = next(iter(shipped.rules.values()))
    wrong = replace(shipped, rules={**shipped.rules, "us.other": rule})
    assert f"rules: {rule.id} is filed as us.other" in violations(wrong)


def test_a_broken_condition_is_seen(shipped: Program) -> None:
    rule = next(iter(shipped.rules.values()))
    clauses = replace(rule.clauses, when=ast.Broken(FLAG), effects=())
    broken = replace(rule, clauses=clauses)
    found = violations(replace(shipped, rules={**shipped.rules, rule.id: broken}))
    assert any("broken expression" in f for f in found)
    assert f"{rule.id} does nothing" in found
