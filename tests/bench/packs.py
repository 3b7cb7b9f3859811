"""The shipped packs on the shipped cases: time of a decision, reference and compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from longarm.backends.in_process import compiled_functions
from longarm.cases import load_cases
from longarm.deciding import days_of
from longarm.pipeline import installed_pack
from longarm_dsl.core.facts import Transaction
from longarm_dsl.evaluate.decide import Day, decide

from .harness import median_us


@dataclass(frozen=True, slots=True)
class PackRow:
    """Microseconds of a decision of one regime over its shipped cases."""

    regime: str
    cases: int
    rules: int
    reference_us: float
    explained_us: float
    verdict_us: float
    agree: int
    """Cases of which the record is the same, whoever finds the idle rules."""


@dataclass(frozen=True, slots=True)
class _Asked:
    transaction: Transaction
    on: Day
    known: date


def pack_rows(most: int, passes: int) -> list[PackRow]:
    """One row a regime. `most`: so many of its cases, evenly spread. Raises ValueError if none."""
    loaded = load_cases([installed_pack()])
    program = loaded.compiled.program
    functions = compiled_functions(program)
    made: list[PackRow] = []
    for regime in ("cn", "us"):
        named = [case for case in loaded.cases if regime in case.regimes]
        if not named:
            raise ValueError(f"no case of {regime} is shipped")
        chosen = named[:: max(1, -(-len(named) // most))]
        asked = [_Asked(c.transaction, *days_of(program, c)) for c in chosen]

        def reference(one: _Asked, regime: str = regime) -> object:
            return decide(program, one.transaction, regime, one.on, one.known, assumptions=False)

        def explained(one: _Asked, regime: str = regime) -> object:
            return decide(
                program,
                one.transaction,
                regime,
                one.on,
                one.known,
                assumptions=False,
                find_idle=functions.idle,
            )

        def verdict(one: _Asked, regime: str = regime) -> object:
            return functions.verdicts(one.transaction, regime, one.on, one.known)

        made.append(
            PackRow(
                regime,
                len(asked),
                sum(1 for rule in program.rules.values() if rule.regime == regime),
                _timed(reference, asked, passes),
                _timed(explained, asked, passes),
                _timed(verdict, asked, passes),
                sum(reference(one) == explained(one) for one in asked),
            )
        )
    return made


def _timed(function: Callable[[_Asked], object], asked: Sequence[_Asked], passes: int) -> float:
    return median_us(function, asked, passes)
