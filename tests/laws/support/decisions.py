"""Decisions of random situations, their bounds, and what the completions say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from laws.support.generate import State
from laws.support.policies import Policy, outcome, program_of
from longarm_dsl.core import facts
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.decide import Day, decide
from longarm_dsl.evaluate.decision import Decision
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.outcome import Findings, Judge, Outcome
from longarm_dsl.evaluate.world import Options, World

ON = date(2025, 6, 1)


def decided(
    program: Program, transaction: facts.Transaction, options: Options | None = None
) -> Decision:
    """The decision of a case on the day of every random case."""
    return decide(program, transaction, "cn", Day(ON), ON, options)


def decision_of(policy: Policy, state: State, *, closed: bool = False) -> Decision:
    return decided(program_of(policy), state.transaction(closed=closed), state.options())


def findings_of(
    program: Program, transaction: facts.Transaction, options: Options | None = None
) -> Findings:
    """Sound and exact bounds."""
    world = World(program, "cn", ON, ON, options or Options(), transaction)
    return Judge(Network(world)).findings()


def outcomes(policy: Policy, state: State) -> set[tuple[int, int]]:
    """The outcome of every completion, by the meaning of the structure."""
    return {outcome(policy, env) for c in state.completions() for env in c.envs()}


def hull(found: Iterable[tuple[int, int]]) -> Outcome:
    requirements, reviews = zip(*found, strict=True)
    return Outcome(min(requirements), max(requirements), min(reviews), max(reviews))


def within(inner: Outcome, outer: Outcome) -> bool:
    """Whether one range lies in another."""
    return outer.hull(inner) == outer
