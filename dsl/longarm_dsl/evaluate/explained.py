"""The whole reasoning behind a decision: the tree of every rule that fired or might have.

    explained(program, transaction, regime, on, known) -> parts of the day, each with its trees

Evaluates as `decide` does and keeps the network, which a decision does not.
"""

from __future__ import annotations

from datetime import date

from longarm_dsl.core import facts
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.decide import Day, moments
from longarm_dsl.evaluate.explain import Reason, reasons
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.world import Options, World
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Explained:
    """The trees of one part of the day; `part` is empty where the day is one.

    Each tree is headed by a member's id and says whether it stands; `defeaters` are the
    members that beat it or might, with whether they stand.
    """

    part: str
    trees: tuple[tuple[Reason, tuple[tuple[str, Truth], ...]], ...]


def explained(
    program: Program,
    transaction: facts.Transaction,
    regime: str,
    on: Day,
    known: date,
    options: Options | None = None,
) -> tuple[Explained, ...]:
    """The tree of every rule that stands, may stand, or was defeated."""
    chosen = options or Options()
    return tuple(
        Explained(name, _trees(World(program, regime, start, known, chosen, transaction)))
        for name, start in moments(program, regime, on, known, chosen)
    )


def _trees(world: World) -> tuple[tuple[Reason, tuple[tuple[str, Truth], ...]], ...]:
    network = Network(world)
    rest = network.at_rest
    return tuple(
        (
            reasons(network, member),
            tuple(
                (other, min(rest.of(where), rest.stands(other)))
                for other, where in network.beaten_by(member.id)
                if min(rest.of(where), rest.stands(other)) is not Truth.NO
            ),
        )
        for member in sorted(network.everyone(), key=lambda m: m.id)
        if rest.fires(member.id) is not Truth.NO
    )
