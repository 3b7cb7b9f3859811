"""Cedar: a `permit` for each rule, on the flat variables.

Cedar has no sums, and a policy cannot refer to another: sums are made in Python, conditions
of statuses are written out.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Protocol, assert_never, cast

from bench.reference.generator import SETS, Facts
from bench.reference.oracle import (
    CONDITIONS,
    RANK,
    RULE_IDS,
    All,
    Answer,
    Compare,
    Cond,
    Flag,
    In,
    Not,
    Ref,
    Share,
    Some,
    flat,
)

from . import Engine


class _Sets(Protocol):
    def from_str(self, text: str) -> object: ...


class _Entities(Protocol):
    def from_json_str(self, text: str) -> object: ...


class _Diagnostics(Protocol):
    reasons: list[str]


class _Result(Protocol):
    diagnostics: _Diagnostics


class _Cedar(Protocol):
    PolicySet: _Sets
    Entities: _Entities

    def is_authorized(self, request: object, policies: object, entities: object) -> _Result: ...


def _text(c: Cond) -> str:
    match c:
        case All(parts):
            return "(" + " && ".join(map(_text, parts)) + ")"
        case Some(parts):
            return "(" + " || ".join(map(_text, parts)) + ")"
        case Not(part):
            return f"!({_text(part)})"
        case Compare(sign, name, value):
            return f"context.{name} {sign} {json.dumps(value)}"
        case In(name, among):
            return f"{json.dumps(SETS[among])}.contains(context.{name})"
        case Flag(name):
            return f"context.{name}"
        case Ref(rule):
            return _text(CONDITIONS[rule])
        case Share(sign, part, whole, above, below):
            return f"context.{part} * {below} {sign} context.{whole} * {above}"
        case _:
            assert_never(c)


def policies() -> str:
    """The text of all policies, in the order of the rules."""
    return "\n".join(
        f'@id("{rule}")\npermit(principal, action, resource) when {{ {_text(CONDITIONS[rule])} }};'
        for rule in RULE_IDS
    )


def engine() -> Engine:
    """Raises ImportError without the package."""
    cedar = cast("_Cedar", import_module("cedarpy"))
    parsed = cedar.PolicySet.from_str(policies())
    entities = cedar.Entities.from_json_str("[]")

    def decide(facts: Facts) -> object:
        request = {
            "principal": 'U::"x"',
            "action": 'A::"export"',
            "resource": 'I::"i"',
            "context": flat(facts),
        }
        return cedar.is_authorized(request, parsed, entities)

    def read(made: object) -> Answer:
        reasons = cast("_Result", made).diagnostics.reasons
        fired = [RULE_IDS[int(reason.removeprefix("policy"))] for reason in reasons]
        return max([0, *(RANK[rule] for rule in fired)]), fired

    return Engine("cedarpy", decide, read, 5_000, "sums made in Python")
