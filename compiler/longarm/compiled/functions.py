"""Compiled decision functions of a program, found by regime and moment.

    functions = Functions(program)
    functions.verdicts(transaction, regime, on, known)

A verdict is what the reference evaluator says with no question answered. What a record
tells beyond it is made by the reference itself, from the rules that are not idle.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from longarm.compiled.epoch import Epoch
from longarm.compiled.network import CompiledNetwork
from longarm_dsl.core import facts
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.decide import Day, moments, statuses
from longarm_dsl.evaluate.mentions import merged
from longarm_dsl.evaluate.outcome import Judge, Outcome
from longarm_dsl.evaluate.world import Options, World
from longarm_dsl.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from longarm.compiled.code import Code

MOST_EPOCHS = 256
"""Moments of the law that are kept ready."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Strong Kleene bounds of one part of a day, and what fires and stands.

    Members that certainly do not fire are left out.
    """

    part: str
    outcome: Outcome
    fires: Mapping[str, Truth]
    stands: Mapping[str, Truth]
    statuses: Mapping[str, Truth]


class Functions:
    """The compiled functions of a program; `code_of` gives those of a regime."""

    def __init__(self, program: Program, code_of: Callable[[str], Code]) -> None:
        self.program = program
        self._code_of = code_of
        self._code: dict[str, Code] = {}
        self._of_regime: dict[str, frozenset[str]] = {}
        self._epochs: OrderedDict[object, Epoch] = OrderedDict()

    def code(self, regime: str) -> Code:
        """The code of a regime."""
        if regime not in self._code:
            self._code[regime] = self._code_of(regime)
        return self._code[regime]

    def epoch(self, world: World) -> Epoch:
        """The law at the moment of a world."""
        key = (world.regime, world.when, world.known, world.options)
        found = self._epochs.get(key)
        if found is None:
            found = self._epochs[key] = Epoch(world, self.code(world.regime))
            if len(self._epochs) > MOST_EPOCHS:
                self._epochs.popitem(last=False)
        return found

    def network(self, world: World) -> CompiledNetwork:
        """The rules over a world, conditions compiled."""
        return CompiledNetwork(world, self.epoch(world))

    def idle(self, world: World) -> frozenset[str]:
        """The rules that certainly do not fire: a faster `evaluate.idle.idle_rules`."""
        lasting, texts = (law := self.epoch(world).world).lasting, law.texts
        world.lasting.update(lasting)
        world.texts.update(texts)
        world.forces.update(law.forces)
        network = self.network(world)
        rest = network.at_rest
        # The network goes through the rules that the case may reach; all others are idle.
        busy = {
            rule.id
            for rule in network.rules()
            if any(rest.fires(m.id) is not Truth.NO for m in network.members(rule.id))
        }
        lasting.update(world.lasting)
        texts.update(world.texts)
        law.forces.update(world.forces)
        return self._rules(world.regime) - busy

    def _rules(self, regime: str) -> frozenset[str]:
        """The rules of a regime, listed once."""
        if regime not in self._of_regime:
            rules = self.program.rules.values()
            self._of_regime[regime] = frozenset(r.id for r in rules if r.regime == regime)
        return self._of_regime[regime]

    def verdicts(
        self,
        transaction: facts.Transaction,
        regime: str,
        on: Day,
        known: date,
        options: Options | None = None,
    ) -> tuple[Verdict, ...]:
        """What each part of the day says, with no question answered."""
        chosen = options or Options()
        transaction = merged(transaction, self.program)
        return tuple(
            self.verdict(World(self.program, regime, start, known, chosen, transaction), part)
            for part, start in moments(self.program, regime, on, known, chosen)
        )

    def verdict(self, world: World, part: str = "") -> Verdict:
        """What one moment says, with no question answered."""
        network = self.network(world)
        rest = network.at_rest
        judge = Judge(network)
        fires = {m.id: rest.fires(m.id) for m in network.everyone()}
        fires = {id_: t for id_, t in fires.items() if t is not Truth.NO}
        return Verdict(
            part,
            judge.outcome(rest),
            fires,
            {id_: rest.stands(id_) for id_ in fires},
            dict(statuses(network)),
        )


__all__ = ["Functions", "Verdict"]
