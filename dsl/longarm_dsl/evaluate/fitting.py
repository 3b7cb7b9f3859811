"""Which entries, and which rules that classify, can put an item in a set of codes.

Worked out once for a program and a set, whatever the day and the case.
"""

from __future__ import annotations

from dataclasses import field

from longarm_dsl.core import ast
from longarm_dsl.core.codes import Code, CodeSet, falls
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.per_program import PerProgram
from longarm_dsl.evaluate.relations import relations_of
from longarm_dsl.lazy_dataclass import dataclass

MOST_SETS = 20_000
"""Sets of codes of which it is remembered."""


@dataclass(frozen=True, slots=True)
class Fits:
    """Entries whose code lies in a set, or may, and rules that give such a code."""

    entries: tuple[tuple[ast.Entry, Truth], ...]
    classifying: frozenset[str]


@dataclass(slots=True)
class Fitting:
    """What fits the sets of codes that a program asks about."""

    program: Program
    _codes: dict[str, tuple[Code, ...]] = field(init=False)
    _held: dict[int, tuple[CodeSet, Fits]] = field(
        init=False, default_factory=dict[int, tuple[CodeSet, Fits]]
    )
    _made: dict[CodeSet, Fits] = field(init=False, default_factory=dict[CodeSet, Fits])

    def __post_init__(self) -> None:
        self._codes = {
            rule: tuple(k.code for k in related.effects[rule] if isinstance(k, ast.Classifies))
            for related in relations_of(self.program).values()
            for rule in related.classifying
        }

    def of(self, codes: CodeSet) -> Fits:
        """What fits a set."""
        held = self._held.get(id(codes))
        if held is None:
            if len(self._held) >= MOST_SETS:
                self._held.clear()
                self._made.clear()
            if codes not in self._made:
                self._made[codes] = self._fits(codes)
            # INVARIANT: the set is held beside it, so that its id stays its own.
            held = self._held[id(codes)] = codes, self._made[codes]
        return held[1]

    def _fits(self, codes: CodeSet) -> Fits:
        return Fits(
            tuple(
                (entry, fits)
                for entry in self.program.entries.values()
                if entry.when is not None and (fits := falls(entry.code, codes)) is not Truth.NO
            ),
            frozenset(
                rule
                for rule, given in self._codes.items()
                if any(falls(code, codes) is not Truth.NO for code in given)
            ),
        )


fitting_of = PerProgram(Fitting)
"""What fits sets of codes, by program."""
