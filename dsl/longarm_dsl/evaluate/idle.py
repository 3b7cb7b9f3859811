"""Which rules certainly do nothing in a case: they need not be explained.

A decision has two phases. This is the first: the rules none of whose members may fire
(Kleene `no`, which no answer can change). The second builds the record from the others
alone, so that whoever finds the same idle rules by other means tells the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TypeAlias, cast

from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.per_program import PerProgram
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
    return frozenset(id_ for id_, mentioned in readings_of(program).items() if chosen & mentioned)


def readings_in(program: Program, node: ast.Expr) -> frozenset[str]:
    """The readings that an expression mentions, also behind definitions."""
    return _Walk(program).readings(node)


def _readings(program: Program) -> Mapping[str, frozenset[str]]:
    walk = _Walk(program)
    return {rule.id: walk.of(rule) for rule in program.rules.values()}


readings_of = PerProgram(_readings)
"""The readings that each rule mentions in any of its versions, also behind definitions."""


class _Walk:
    """The readings that a part of the tree mentions, definitions opened once each."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.definitions: dict[str, frozenset[str]] = {}
        self.fields: dict[type[object], tuple[str, ...]] = {}

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
        stack = [node]
        while stack:
            part = stack.pop()
            yield part
            if isinstance(part, tuple):
                stack.extend(cast("tuple[object, ...]", part))
            else:
                stack.extend(getattr(part, name) for name in self._names(type(part)))

    def _names(self, class_: type[object]) -> tuple[str, ...]:
        """The fields of a class of the core tree that hold parts of it; none of any other."""
        if class_ not in self.fields:
            kept: tuple[str, ...] = ()
            if class_.__module__ == ast.__name__ and is_dataclass(class_):
                names = (each.name for each in fields(class_))
                kept = tuple(name for name in names if name not in {"span", "type", "info"})
            self.fields[class_] = kept
        return self.fields[class_]


__all__ = ["FindIdle", "idle_rules", "readings_in", "readings_of", "turning_on_choices"]
