"""Forms that are wrong on purpose: what the harness has to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import cast

from differential.comparing import Asked, Reference, Told
from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Comparison
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.world import World

Change = Callable[[object], object]


def _changed(node: object, change: Change) -> object:
    """A part of the tree with every node inside it changed."""
    if isinstance(node, tuple):
        items = cast("tuple[object, ...]", node)
        return tuple(_changed(item, change) for item in items)
    if is_dataclass(node) and not isinstance(node, type) and type(node).__module__ == ast.__name__:
        parts = {
            f.name: _changed(getattr(node, f.name), change)
            for f in fields(node)
            if f.name not in {"span", "name_span", "type", "info", "text"}
        }
        return change(replace(node, **parts))
    return node


class Misread:
    """Reads some construct of the rules as another."""

    def __init__(self, program: Program, change: Change) -> None:
        rules = {
            id_: cast("ast.Rule", _changed(rule, change)) for id_, rule in program.rules.items()
        }
        self.program = replace(program, rules=rules)

    def told(self, asked: Asked) -> tuple[Told, ...]:
        return Reference().told(replace(asked, program=self.program))

    def idle(self, world: World) -> frozenset[str]:
        return Reference().idle(replace(world, program=self.program))


def above(node: object) -> object:
    """`>=` read as `>`."""
    if isinstance(node, ast.Compare) and node.op is Comparison.AT_LEAST:
        return replace(node, op=Comparison.MORE)
    return node


def some(node: object) -> object:
    """`all` read as `any`."""
    if isinstance(node, ast.Quantified) and node.quantifier == "all":
        return replace(node, quantifier="any")
    return node


class Hasty(Reference):
    """Takes what is unknown as no."""

    def told(self, asked: Asked) -> tuple[Told, ...]:
        return tuple(
            replace(t, fires={k: v for k, v in t.fires.items() if v is Truth.YES})
            for t in super().told(asked)
        )


class Forgetful(Reference):
    """Counts rules as idle that may yet fire: only the record shows it."""

    def idle(self, world: World) -> frozenset[str]:
        told = Reference().idle(world)
        mine = sorted(
            {r.id for r in world.program.rules.values() if r.regime == world.regime} - told
        )
        return told | frozenset(mine[:1])
