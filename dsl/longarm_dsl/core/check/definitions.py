"""Definitions that lead back to themselves, or grow beyond reading when they are opened.

Definitions are expanded where they are used, and every other check opens them: so this one
comes first, opens nothing itself, and what it refuses is not looked at any further. Versions
that an amendment makes count like the text they amend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import let_values, nodes
from longarm_dsl.core.openings import MOST_LEVELS, MOST_PARTS, circle, too_deep, too_large
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE, Span

_NAME = re.compile(r"\w+\s+([\w.]+)")


def definitions(program: Program) -> tuple[Diagnostic, ...]:
    """One finding for each definition that cannot be opened, at its declaration."""
    return tuple(_Opening(program).findings())


@dataclass(slots=True)
class _Opening:
    """Measures definitions without opening them; iterative, as a chain may be of any length."""

    program: Program
    levels: dict[str, int] = field(default_factory=dict[str, int])
    parts: dict[str, int] = field(default_factory=dict[str, int])

    def findings(self) -> Iterator[Diagnostic]:
        uses = {
            id_: self._uses(values)
            for id_, values in (
                *((let.id, let_values(self.program, let)) for let in self.program.lets.values()),
                *((value.id, self._values(value)) for value in self.program.values.values()),
            )
        }
        circular: dict[str, None] = {}
        for start in uses:
            self._measure(start, uses, circular)
        for id_ in circular:
            yield circle(id_, self._span(id_), self._instrument(id_))
        if circular:
            return
        for id_, (_, used) in uses.items():
            # Told once, where the limit is passed, and not of all that use it.
            if any(self._beyond(u) for u in used) or not self._beyond(id_):
                continue
            where, instrument = self._span(id_), self._instrument(id_)
            if self.levels[id_] > MOST_LEVELS:
                yield too_deep(id_, where, instrument)
            else:
                yield too_large(id_, where, instrument)

    def _beyond(self, id_: str) -> bool:
        return self.levels.get(id_, 0) > MOST_LEVELS or self.parts.get(id_, 0) > MOST_PARTS

    def _values(self, value: ast.Value) -> tuple[ast.Expr, ...]:
        changed = self.program.amendments.get(value.id, ())
        return (value.value, *(a.value for a in changed if a.value is not None))

    def _uses(self, values: tuple[ast.Expr, ...]) -> tuple[int, list[str]]:
        """How many parts some expressions have, and what they call, once for each call."""
        size, found = 0, list[str]()
        for value in values:
            for node in nodes(value):
                size += 1
                match node:
                    case ast.LetCall(let):
                        found.append(let)
                    case ast.Named(_, id_):
                        found.append(id_)
                    case _:
                        pass
        return size, found

    def _measure(
        self, start: str, uses: dict[str, tuple[int, list[str]]], circular: dict[str, None]
    ) -> None:
        path: dict[str, None] = {}
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            id_, done = stack.pop()
            size, used = uses.get(id_, (1, []))
            if done:
                del path[id_]
                self.levels[id_] = 1 + max((self.levels.get(u, 0) for u in used), default=0)
                self.parts[id_] = min(
                    size + sum(self.parts.get(u, 1) for u in used), MOST_PARTS + 1
                )
            elif id_ in path:
                circular.setdefault(id_)
            elif id_ not in self.levels:
                path[id_] = None
                stack.append((id_, True))
                stack.extend((u, False) for u in reversed(dict.fromkeys(used)))

    def _instrument(self, id_: str) -> str | None:
        found = self.program.lets.get(id_) or self.program.values.get(id_)
        return found.instrument if found is not None else None

    def _span(self, id_: str) -> Span:
        found = self.program.lets.get(id_) or self.program.values.get(id_)
        if found is None:
            return NOWHERE
        span = found.span
        name = _NAME.match(span.text)
        if name is None:
            return span
        return Span(span.source, span.start + name.start(1), span.start + name.end(1))
