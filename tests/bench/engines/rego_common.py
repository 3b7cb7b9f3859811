"""The rules as a Rego module, for every engine that reads Rego."""

from __future__ import annotations

import json
from typing import TypedDict, assert_never

from bench.reference.generator import SETS
from bench.reference.oracle import (
    PATH,
    RANK,
    RULES,
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
)


class Result(TypedDict):
    """What the query `data.p.result` gives."""

    outcome: float
    fired: list[str]


def answer(made: Result) -> Answer:
    """From the result to level and fired rules."""
    return int(made["outcome"]), made["fired"]


_SUMS = """\
cn_p1_value := sum([c.value | some c in input.components; c.origin == "CN"; c.code in s_p1])
us_ctrl_value := sum([c.value | some c in input.components; c.origin == "US"; c.code in s_us_ctrl])
us_zero_dm if { some c in input.components; c.origin == "US"; c.code in s_zero_dm }
"""


def _path(name: str) -> str:
    return ".".join(("input", *PATH[name])) if name in PATH else name


def _rule(name: str) -> str:
    return "r_" + name.replace("-", "_").lower()


class _Writer:
    """Lines of bodies; an `or` becomes a helper rule with a body for each part."""

    def __init__(self) -> None:
        self.helpers: list[str] = []
        self.made = 0

    def lines(self, c: Cond) -> list[str]:
        match c:
            case All(parts):
                return [line for part in parts for line in self.lines(part)]
            case Some(parts):
                name = f"h{self.made}"
                self.made += 1
                self.helpers += [self.body(name, part) for part in parts]
                return [name]
            case Not(part):
                return [f"not {self.lines(part)[0]}"]
            case Compare(sign, name, value):
                return [f"{_path(name)} {sign} {json.dumps(value)}"]
            case In(name, among):
                return [f"{_path(name)} in s_{among.lower()}"]
            case Flag(name):
                return [_path(name)]
            case Ref(name):
                return [_rule(name)]
            case Share(sign, part, whole, above, below):
                return [f"{_path(part)} * {below} {sign} {_path(whole)} * {above}"]
            case _:
                assert_never(c)

    def body(self, name: str, c: Cond) -> str:
        return f"{name} if {{\n  " + "\n  ".join(self.lines(c)) + "\n}\n"


def module() -> str:
    """The text of the module."""
    made = "package p\nimport rego.v1\n"
    for name, listed in SETS.items():
        made += f"s_{name.lower()} := {{{', '.join(map(json.dumps, listed))}}}\n"
    made += _SUMS
    writer = _Writer()
    for name, rank, condition in RULES:
        parts = condition.parts if isinstance(condition, Some) else (condition,)
        made += "".join(writer.body(_rule(name), part) for part in parts)
        if rank is not None:
            made += f'fired contains "{name}" if {_rule(name)}\n'
    made += "".join(writer.helpers)
    made += f"rank := {json.dumps(RANK)}\n"
    made += "outcome := max({0} | {rank[i] | some i in fired})\n"
    return made + 'result := {"outcome": outcome, "fired": fired}\n'
