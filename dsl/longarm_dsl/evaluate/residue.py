"""What is left of conditions once the case is read: the questions that a rule still hangs on."""

from __future__ import annotations

from dataclasses import field

from longarm_dsl.core.formula import And, Atom, Fires, Formula, Not, Or, Question, Stands, Truth
from longarm_dsl.evaluate.network import Truths
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(slots=True)
class Residue:
    """Collects the questions in the parts that are open, given some answers."""

    truths: Truths
    visited: dict[str, None] = field(default_factory=dict[str, None])
    found: dict[str, Question] = field(default_factory=dict[str, Question])
    seen: set[Formula] = field(default_factory=set[Formula])
    """Conditions that were gone through: rules share them."""

    def visit(self, id_: str) -> None:
        """What a member hangs on: its own condition, and rules that may defeat it."""
        if id_ in self.visited:
            return
        self.visited[id_] = None
        network = self.truths.network
        self._open(network.fires(id_))
        for other, where in network.beaten_by(id_):
            if min(self.truths.of(where), self.truths.stands(other)) is Truth.UNKNOWN:
                self._open(where)
                self._reference(other)

    def _reference(self, id_: str) -> None:
        if Truth.UNKNOWN in {self.truths.stands(id_), self.truths.fires(id_)}:
            self.visit(id_)

    def _open(self, formula: Formula) -> None:
        """Atoms under subformulas that are still open."""
        if formula in self.seen or self.truths.of(formula) is not Truth.UNKNOWN:
            return
        if isinstance(formula, And | Or):
            self.seen.add(formula)
        match formula:
            case Atom(question):
                self.found.setdefault(question.id, question)
            case Stands(rule) | Fires(rule):
                self._reference(rule)
            case Not(inner):
                self._open(inner)
            case And(parts) | Or(parts):
                for part in parts:
                    self._open(part)
            case _:
                pass
