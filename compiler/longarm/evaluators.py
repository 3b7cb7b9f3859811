"""Which form of the law finds the rules that matter: compiled functions, or the reference.

Both tell the same record, which the reference evaluator makes from what they find; they
differ in speed alone. `reference` is there to check that, case by case.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.idle import FindIdle, idle_rules

if TYPE_CHECKING:
    from longarm.compiled.functions import Functions

MOST_PROGRAMS = 8
"""Programs whose functions are kept ready."""


class Evaluator(StrEnum):
    """Who finds the rules that matter."""

    COMPILED = "compiled"
    REFERENCE = "reference"


def find_idle(program: Program, evaluator: Evaluator = Evaluator.COMPILED) -> FindIdle:
    """What `decide` asks for the rules that do not matter."""
    match evaluator:
        case Evaluator.COMPILED:
            return functions(program).idle
        case Evaluator.REFERENCE:
            return idle_rules
        case _:
            assert_never(evaluator)


def functions(program: Program) -> Functions:
    """The compiled functions of a program, made once for each program object."""
    key = id(program)
    held = _made.get(key)
    if held is None:
        from longarm.backends.in_process import compiled_functions  # noqa: PLC0415  the compiler

        # INVARIANT: the program is held beside its functions, so that its id stays its own.
        held = _made[key] = (program, compiled_functions(program))
        if len(_made) > MOST_PROGRAMS:
            _made.popitem(last=False)
    _made.move_to_end(key)
    return held[1]


_made: OrderedDict[int, tuple[Program, Functions]] = OrderedDict()

__all__ = ["Evaluator", "find_idle", "functions"]
