"""Which rules certainly do nothing in a case: they need not be explained.

A decision has two phases. This is the first: the rules none of whose members may fire
(Kleene `no`, which no answer can change). The second builds the record from the others
alone, so that whoever finds the same idle rules by other means tells the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import TypeAlias

from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.world import Options, World

FindIdle: TypeAlias = Callable[[World], frozenset[str]]
"""From a world to the ids of the rules of its regime that certainly do not fire in it."""


def idle_rules(world: World) -> frozenset[str]:
    """Found by asking every member of every rule: the reference."""
    network = Network(world)
    rest = network.at_rest
    return frozenset(
        rule.id
        for rule in network.rules()
        if all(rest.fires(m.id) is Truth.NO for m in network.members(rule.id))
    )


def turning_on_choices(program: Program, options: Options) -> frozenset[str]:
    """Rules that mention a reading which somebody has chosen.

    A choice that makes a rule idle is part of the answer: such rules are always looked at.
    """
    named = {name for name, _ in options.readings}
    chosen = {
        r.id
        for r in program.readings.values()
        if r.prefers is not None or named & {r.id, r.id.rsplit(".", 1)[-1]}
    }
    if not chosen:
        return frozenset()
    walk = _Walk(program)
    return frozenset(r.id for r in program.rules.values() if chosen & walk.of(r))


def readings_of(program: Program, rule: ast.Rule) -> frozenset[str]:
    """The readings that a rule mentions in any of its versions, also behind definitions."""
    return _Walk(program).of(rule)


class _Walk:
    """The readings that a part of the tree mentions, definitions opened once each."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.definitions: dict[str, frozenset[str]] = {}

    def of(self, rule: ast.Rule) -> frozenset[str]:
        changes = self.program.amendments.get(rule.id, ())
        clauses = (rule.clauses, *(c.clauses for c in changes))
        return frozenset[str]().union(*map(self.readings, clauses))

    def readings(self, node: object) -> frozenset[str]:
        found: set[str] = set()
        for part in self._parts(node):
            match part:
                case ast.Named("reading", id_):
                    found.add(id_)
                case ast.Named(_, id_):
                    found |= self._defined(id_, self.program.values.get(id_))
                case ast.LetCall(let):
                    found |= self._defined(let, self.program.lets.get(let))
                case _:
                    pass
        return frozenset(found)

    def _defined(self, id_: str, definition: ast.Let | ast.Value | None) -> frozenset[str]:
        if id_ not in self.definitions:
            self.definitions[id_] = frozenset()  # INVARIANT: the checker refuses circles
            bodies = [definition.value] if definition is not None else []
            changes = self.program.amendments.get(id_, ())
            bodies += [c.value for c in changes if c.value is not None]
            self.definitions[id_] = frozenset[str]().union(*map(self.readings, bodies))
        return self.definitions[id_]

    def _parts(self, node: object) -> Iterator[object]:
        yield node
        if isinstance(node, tuple):
            for item in node:  # pyright: ignore[reportUnknownVariableType]  any part will do
                yield from self._parts(item)  # pyright: ignore[reportUnknownArgumentType]  as above
        elif is_dataclass(node) and type(node).__module__ == ast.__name__:
            for each in fields(node):
                if each.name not in {"span", "type", "info"}:
                    yield from self._parts(getattr(node, each.name))


__all__ = ["FindIdle", "idle_rules", "readings_of", "turning_on_choices"]
