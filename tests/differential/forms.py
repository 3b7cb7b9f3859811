"""The forms that are compared with the reference: the compiled functions, by one seam."""

from __future__ import annotations

from differential.comparing import Asked, Told
from longarm.backends.in_process import compiled_functions
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.world import World


class Compiled:
    """The decision functions of a program, compiled in this process."""

    def __init__(self, program: Program) -> None:
        self.functions = compiled_functions(program)

    def told(self, asked: Asked) -> tuple[Told, ...]:
        verdicts = self.functions.verdicts(
            asked.transaction, asked.regime, asked.on, asked.known, asked.options
        )
        return tuple(Told(v.part, v.outcome, v.fires, v.stands, v.statuses) for v in verdicts)

    def idle(self, world: World) -> frozenset[str]:
        return self.functions.idle(world)
