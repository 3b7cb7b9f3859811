"""longarm as the benchmarks use it: everything they ask of it passes through here."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from longarm.backends.flat import flat
from longarm.backends.in_process import compiled_functions
from longarm.compiled.flat import FlatExplanation, FlatPolicy, FlatVerdict
from longarm.compiled.functions import Functions, Verdict
from longarm.pipeline import compile_paths
from longarm_dsl.core.facts import Transaction
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import POSTURE, REQUIREMENTS
from longarm_dsl.evaluate.decide import Day, decide
from longarm_dsl.evaluate.decision import Decision
from longarm_dsl.evaluate.outcome import Outcome

from .reading import transaction_of
from .reference.generator import Facts
from .reference.levels import NAMES, POLICY, REGIME, level_of
from .reference.oracle import Answer

DAY = Day(date(2026, 1, 1))
KNOWN = date(2026, 1, 1)

_SHORT = {id_: name for name, id_ in NAMES.items()}


@dataclass(frozen=True, slots=True)
class Subject:
    """A program with its compiled functions, and how its decisions are asked for."""

    program: Program
    functions: Functions
    regime: str

    def read(self, facts: Mapping[str, object]) -> Transaction:
        """A dictionary as the facts of a case."""
        return transaction_of(facts, self.program)

    def reference(self, transaction: Transaction) -> Decision:
        """The record of the reference evaluator, without what closing assumed."""
        return decide(self.program, transaction, self.regime, DAY, KNOWN, assumptions=False)

    def verdict(self, transaction: Transaction) -> Verdict:
        """The compiled functions on facts that have been read."""
        (verdict,) = self.functions.verdicts(transaction, self.regime, DAY, KNOWN)
        return verdict

    def flat(self) -> FlatPolicy:
        """The decision functions on plain dictionaries, which are trusted to be well typed.

        Raises ValueError where a rule needs more than plain facts.
        """
        made = flat(self.functions, self.regime, DAY, KNOWN)
        if made is None:
            raise ValueError(f"{self.regime} is not flat")
        return made

    def explained(self, transaction: Transaction) -> Decision:
        """The whole record, from the rules that the compiled functions leave."""
        return decide(
            self.program,
            transaction,
            self.regime,
            DAY,
            KNOWN,
            assumptions=False,
            find_idle=self.functions.idle,
        )


def subject(program: Program, regime: str = REGIME) -> Subject:
    """A program, compiled in process."""
    return Subject(program, compiled_functions(program), regime)


def reference_policy(path: Path = POLICY) -> Subject:
    """The reference policy. Raises ValueError where it does not compile."""
    compiled = compile_paths([path], installed=False)
    if compiled.found:
        raise ValueError([d.message for d in compiled.found])
    return subject(compiled.program)


# --- answers in the oracle's words --------------------------------------------------------


def _answer(outcome: Outcome, standing: Mapping[str, Truth]) -> Answer:
    stand = [id_ for id_, truth in standing.items() if truth is Truth.YES]
    if len(stand) != len(standing) or outcome.requires_low != outcome.requires_high:
        raise ValueError("a complete case has an open answer")
    requirement = REQUIREMENTS[outcome.requires_low]
    review = POSTURE.values[outcome.review_low]
    return level_of(requirement, review, stand), [_SHORT[id_] for id_ in stand]


def answer_of_decision(made: object) -> Answer:
    """Level and fired rules of a record."""
    decision = cast("Decision", made)
    standing = {r.id: r.stands for r in decision.rules if r.stands is not Truth.NO}
    return _answer(decision.outcome, standing)


def answer_of_verdict(made: object) -> Answer:
    """Level and fired rules of a verdict."""
    verdict = cast("Verdict", made)
    standing = {id_: t for id_, t in verdict.stands.items() if t is not Truth.NO}
    return _answer(verdict.outcome, standing)


def answer_of_flat(made: object) -> Answer:
    """Level and fired rules of the decision function on dictionaries."""
    verdict = cast("FlatVerdict", made)
    if verdict.maybe:
        raise ValueError("a complete case has an open answer")
    return _answer(verdict.outcome, dict.fromkeys(verdict.rules, Truth.YES))


def answer_of_explanation(made: object) -> Answer:
    """Level and fired rules of an explanation, from the rules that it explains."""
    explanation = cast("FlatExplanation", made)
    explained = {rule.id: Truth.YES for rule, _ in explanation.rules}
    return _answer(explanation.verdict.outcome, explained)


# --- some facts missing ---------------------------------------------------------------------


def without(facts: Facts, missing: int, draw: random.Random) -> Facts:
    """A transaction less some of its 19 facts outside the bill of materials, drawn evenly."""
    copied = {
        key: dict(cast("dict[str, object]", value)) if isinstance(value, dict) else value
        for key, value in facts.items()
    }
    leaves: list[tuple[dict[str, object], str]] = []
    for key, value in copied.items():
        if isinstance(value, dict):
            inner = cast("dict[str, object]", value)
            leaves += [(inner, name) for name in inner]
        elif key != "components":
            leaves.append((copied, key))
    for record, name in draw.sample(leaves, missing):
        del record[name]
    return cast("Facts", copied)


def same_as_reference(subject: Subject, facts: Facts, verdict: FlatVerdict) -> bool:
    """Whether a verdict on open facts says of every rule what the reference evaluator says.

    Its bounds are sound, those of the record may be narrower.
    """
    decision = subject.reference(subject.read(cast("Mapping[str, object]", facts)))
    ours, theirs = verdict.outcome, decision.outcome
    return (
        set(verdict.rules) == {r.id for r in decision.rules if r.stands is Truth.YES}
        and set(verdict.maybe) == {r.id for r in decision.rules if r.stands is Truth.UNKNOWN}
        and ours.requires_low <= theirs.requires_low
        and theirs.requires_high <= ours.requires_high
    )
