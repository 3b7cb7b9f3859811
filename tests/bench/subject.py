"""longarm as the benchmarks use it: everything they ask of it passes through here."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date
from typing import cast

from longarm.api import Bounds, Decision, load
from longarm.backends.flat import flat
from longarm.backends.in_process import compiled_functions
from longarm.case_input import read_json
from longarm.compiled.flat import FlatExplanation, FlatPolicy, FlatVerdict
from longarm.compiled.functions import Verdict
from longarm_dsl.core.facts import Transaction
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import POSTURE, REQUIREMENTS
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.outcome import Outcome

from .reference.generator import Facts
from .reference.levels import NAMES, POLICY, REGIME, level_of
from .reference.oracle import Answer

ON = date(2026, 1, 1)
DAY = Day(ON)

_SHORT = {id_: name for name, id_ in NAMES.items()}


class Subject:
    """The compiled functions of a program: on facts that were read, and on dictionaries."""

    def __init__(self, program: Program, regime: str = REGIME) -> None:
        self.program = program
        self.regime = regime
        self.functions = compiled_functions(program)

    def read(self, facts: Mapping[str, object]) -> Transaction:
        """A dictionary as the facts of a case. Raises ValueError where it cannot be read."""
        text = json.dumps({"given": facts})
        read, problems = read_json(text.encode(), "case", self.program)
        if problems or not read:
            raise ValueError([d.message for d in problems])
        return read[0].transaction

    def verdict(self, transaction: Transaction) -> Verdict:
        """What the rules say of facts that have been read."""
        (verdict,) = self.functions.verdicts(transaction, self.regime, DAY, ON)
        return verdict

    def flat(self) -> FlatPolicy:
        """The decision functions on plain dictionaries, which are trusted to be well typed.

        Raises ValueError where a rule needs more than plain facts.
        """
        made = flat(self.functions, self.regime, DAY, ON)
        if made is None:
            raise ValueError(f"{self.regime} is not flat")
        return made


class Reference(Subject):
    """The reference policy, also as programs embed it: every value read and checked."""

    def __init__(self) -> None:
        """Raises PolicyErrors where the policy does not compile."""
        packs = load(POLICY, installed=False)
        super().__init__(packs.program)
        self._law = packs.regime(self.regime)

    def bounds(self, facts: Mapping[str, object]) -> Bounds:
        """What must and may be required, by compiled functions."""
        return self._law.bounds({"given": facts}, on=ON, known=ON)

    def record(self, facts: Mapping[str, object]) -> Decision:
        """The whole record, reasons and needs included."""
        return self._law.decide({"given": facts}, on=ON, known=ON)

    def by_reference(self, facts: Mapping[str, object]) -> Decision:
        """The same by the reference evaluator alone."""
        return self._law.decide({"given": facts}, on=ON, known=ON, evaluator="reference")


def spelled(facts: Facts) -> dict[str, object]:
    """A transaction as a case states it: no empty texts, `none` where there is no such thing."""
    return cast("dict[str, object]", _spelled(facts))


def _spelled(value: object) -> object:
    if isinstance(value, dict):
        return {k: _spelled(v) for k, v in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_spelled(v) for v in cast("list[object]", value)]
    return "none" if value == "" else value


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
    return _answer(decision.details.outcome, standing)


def answer_of_bounds(made: object) -> Answer:
    """Level and fired rules of bounds."""
    bounds = cast("Bounds", made)
    standing = {id_: t for id_, t in bounds.stands.items() if t is not Truth.NO}
    return _answer(bounds.outcome, standing)


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


def same_as_reference(policy: Reference, facts: Facts, verdict: FlatVerdict) -> bool:
    """Whether a verdict on open facts says of every rule what the reference evaluator says.

    Its bounds are sound, those of the record may be narrower.
    """
    decision = policy.by_reference(spelled(facts))
    ours, theirs = verdict.outcome, decision.details.outcome
    return (
        set(verdict.rules) == {r.id for r in decision.rules if r.stands is Truth.YES}
        and set(verdict.maybe) == {r.id for r in decision.rules if r.stands is Truth.UNKNOWN}
        and ours.requires_low <= theirs.requires_low
        and theirs.requires_high <= ours.requires_high
    )
