"""The rules as expressions of zen-engine, in its JSON decision model."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from typing import Protocol, TypeAlias, assert_never, cast

from bench.reference.generator import SETS, Facts
from bench.reference.oracle import (
    PATH,
    RANK,
    RULES,
    All,
    Compare,
    Cond,
    Flag,
    In,
    Not,
    Ref,
    Share,
    Some,
)

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"
Evaluate: TypeAlias = Callable[[Facts], object]

_OWN = "$."
"""Before what an earlier expression of the same node defines."""


class _Decision(Protocol):
    def evaluate(self, facts: Facts) -> object: ...


class _Engine(Protocol):
    def create_decision(self, content: object) -> _Decision: ...


class _Zen(Protocol):
    def ZenEngine(self) -> _Engine: ...  # noqa: N802  the library's name

    def ZenDecisionContent(self, text: str) -> object: ...  # noqa: N802  same


def identifier(rule: str) -> str:
    """A rule's name as a variable."""
    return rule.replace("-", "_")


def _among(name: str) -> str:
    return "[" + ", ".join(f"'{x}'" for x in SETS[name]) + "]"


def _text(c: Cond) -> str:
    match c:
        case All(parts):
            return "(" + " and ".join(map(_text, parts)) + ")"
        case Some(parts):
            return "(" + " or ".join(map(_text, parts)) + ")"
        case Not(part):
            return f"not ({_text(part)})"
        case Compare(sign, name, value):
            return f"{_path(name)} {sign} " + (
                f"'{value}'" if isinstance(value, str) else f"{value}"
            )
        case In(name, among):
            return f"{_path(name)} in {_among(among)}"
        case Flag(name):
            return _path(name)
        case Ref(rule):
            return _OWN + identifier(rule)
        case Share(sign, part, whole, above, below):
            return f"{_path(part)} * {below} {sign} {_path(whole)} * {above}"
        case _:
            assert_never(c)


def _path(name: str) -> str:
    return ".".join(PATH[name]) if name in PATH else _OWN + name


def _sum(origin: str, among: str) -> str:
    counted = f"#.origin == '{origin}' and #.code in {_among(among)}"
    return f"sum(map(components, ({counted}) ? #.value : 0))"


def expressions() -> list[tuple[str, str]]:
    """Sums and rules, in the order in which they need each other."""
    american = f"#.origin == 'US' and #.code in {_among('ZERO_DM')}"
    return [
        ("cn_p1_value", _sum("CN", "P1")),
        ("us_ctrl_value", _sum("US", "US_CTRL")),
        ("us_zero_dm", f"some(components, {american})"),
        *((identifier(name), _text(condition)) for name, _, condition in RULES),
    ]


def levels_and_fired() -> list[tuple[str, str]]:
    """The answer as two more expressions."""
    own = {name: _OWN + identifier(name) for name in RANK}
    ranks = ", ".join(f"{own[name]} ? {rank} : 0" for name, rank in RANK.items())
    names = ", ".join(f"{own[name]} ? '{name}' : ''" for name in RANK)
    return [("outcome", f"max([0, {ranks}])"), ("fired", f"filter([{names}], # != '')")]


def expression_node(listed: list[tuple[str, str]]) -> dict[str, Json]:
    """A node that computes them."""
    made: list[Json] = [
        {"id": f"e{n}", "key": key, "value": text} for n, (key, text) in enumerate(listed)
    ]
    return node("e", "expressionNode", {"expressions": made, **_WHOLE})


_WHOLE: dict[str, Json] = {
    "passThrough": False,
    "inputField": None,
    "outputPath": None,
    "executionMode": "single",
}


def table_node() -> dict[str, Json]:
    """A decision table with a line for each rule, collecting those that fired."""
    lines: list[Json] = [
        {"_id": f"r{n}", "i0": identifier(name), "o0": f"'{name}'", "o1": str(rank)}
        for n, (name, rank) in enumerate(RANK.items())
    ]
    content: dict[str, Json] = {
        "hitPolicy": "collect",
        "inputs": [{"id": "i0", "name": "cond", "field": None}],
        "outputs": [
            {"id": "o0", "name": "id", "field": "id"},
            {"id": "o1", "name": "rank", "field": "rank"},
        ],
        "rules": lines,
        **_WHOLE,
    }
    return node("t", "decisionTableNode", content)


def node(name: str, kind: str, content: dict[str, Json] | None = None) -> dict[str, Json]:
    """A node of the graph."""
    made: dict[str, Json] = {
        "id": name,
        "type": kind,
        "name": name,
        "position": {"x": 0, "y": 0},
    }
    return made if content is None else {**made, "content": content}


def loaded(*between: dict[str, Json]) -> Evaluate:
    """A decision through the nodes, one after another."""
    nodes = [node("in", "inputNode"), *between, node("out", "outputNode")]
    edges: list[Json] = [
        {"id": str(n), "type": "edge", "sourceId": a["id"], "targetId": b["id"]}
        for n, (a, b) in enumerate(pairwise(nodes))
    ]
    kind = "application/vnd.gorules.decision"
    text = json.dumps({"contentType": kind, "nodes": nodes, "edges": edges})
    zen = cast("_Zen", import_module("zen"))
    return zen.ZenEngine().create_decision(zen.ZenDecisionContent(text)).evaluate
