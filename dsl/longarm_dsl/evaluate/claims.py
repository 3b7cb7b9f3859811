"""Whether a claim of a property holds of what was drawn: yes, no, or unknown.

    scene = Scene(program, regime, on, known, facts, network_of)
    scene.truth(claim)

Outcomes are ranges. One is at least another for certain if its least is at least the other's
most; where that leaves it open, transactions are compared rule by rule (`alike`): what stands
of both for the same reasons stands of both or of neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date
from typing import TypeAlias, assert_never

from longarm_dsl.core import facts
from longarm_dsl.core.formula import Question, QuestionKind, Truth
from longarm_dsl.core.intervals import Comparison
from longarm_dsl.core.program import Program
from longarm_dsl.core.properties import (
    Answer,
    Claim,
    Compared,
    Every,
    Factual,
    Level,
    Measure,
    NotSo,
    Some,
    Standing,
)
from longarm_dsl.core.time import When
from longarm_dsl.evaluate.alike import Alike, Reasons
from longarm_dsl.evaluate.decide import Day, moments
from longarm_dsl.evaluate.idle import turning_on_choices
from longarm_dsl.evaluate.mentions import merged
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.outcome import Judge, Outcome
from longarm_dsl.evaluate.values import Thing, Value
from longarm_dsl.evaluate.world import Options, World
from longarm_dsl.lazy_dataclass import dataclass

NetworkOf: TypeAlias = Callable[[World], Network]
"""The rules over a world: the reference's, or compiled ones."""

Rank: TypeAlias = tuple[int, ...]


@dataclass(slots=True)
class Scene:
    """What was drawn, on a day as known on a day, under the regime whose turn it is."""

    program: Program
    regime: str
    on: Day
    known: date
    transactions: Mapping[str, facts.Transaction]
    records: Mapping[str, facts.Record] = field(default_factory=dict[str, facts.Record])
    """What else was drawn."""
    network_of: NetworkOf = Network
    changed: frozenset[str] | None = None
    """Paths at which transactions made from one another differ; None if they are not."""
    reasons: dict[tuple[str, str, When], Reasons] = field(
        default_factory=dict[tuple[str, str, When], Reasons]
    )
    networks: dict[tuple[str, str, When], Network] = field(
        default_factory=dict[tuple[str, str, When], Network]
    )
    outcomes: dict[tuple[str, str, When], Outcome] = field(
        default_factory=dict[tuple[str, str, When], Outcome]
    )

    def truth(self, claim: Claim) -> Truth:
        """Whether a claim holds in every part of the day."""
        parts = moments(self.program, self.regime, self.on, self.known, Options())
        return min((self._at(claim, start) for _, start in parts), default=Truth.YES)

    def outcome(self, name: str, regime: str) -> Outcome:
        """What a regime says of a transaction: the hull over the parts of the day."""
        return self._outcome(name, regime, None)

    # ── claims ───────────────────────────────────────────────────────────────

    def _at(self, claim: Claim, start: When) -> Truth:
        match claim:
            case Every(parts):
                found = Truth.YES
                for part in parts:
                    found = min(found, self._at(part, start))
                    if found is Truth.NO:
                        break
                return found
            case Some(parts):
                found = Truth.NO
                for part in parts:
                    found = max(found, self._at(part, start))
                    if found is Truth.YES:
                        break
                return found
            case NotSo(inner):
                return self._at(inner, start).negated
            case Compared(op, left, right):
                return self._compared(op, left, right, start)
            case Standing(rules, name):
                return self._stands(rules, name, start)
            case Factual():
                return self._so(claim, start)
            case _:
                assert_never(claim)

    def _compared(self, op: Comparison, left: Measure, right: Measure, start: When) -> Truth:
        one, two = self._range(left, start), self._range(right, start)
        least, most = _at_least(one, two), _at_least(two, one)
        if least is Truth.UNKNOWN and self._alike(left, right, start):
            least = Truth.YES
        if most is Truth.UNKNOWN and self._alike(right, left, start):
            most = Truth.YES
        match op:
            case Comparison.AT_LEAST:
                return least
            case Comparison.AT_MOST:
                return most
            case Comparison.LESS:
                return least.negated
            case Comparison.MORE:
                return most.negated
            case Comparison.EQUAL:
                return min(least, most)
            case Comparison.UNEQUAL:
                return min(least, most).negated
            case _:
                assert_never(op)

    def _range(self, measure: Measure, start: When) -> tuple[Rank, Rank]:
        """The least and the most of it; of an outcome requirement and review, each its own."""
        match measure:
            case Level(_, rank):
                return (rank,), (rank,)
            case Answer(part, name, regime):
                own = regime is None or regime == self.regime
                found = self._outcome(name, regime or self.regime, start if own else None)
                match part:
                    case "requirement":
                        return (found.requires_low,), (found.requires_high,)
                    case "review":
                        return (found.review_low,), (found.review_high,)
                    case _:
                        low = found.requires_low, found.review_low
                        return low, (found.requires_high, found.review_high)
            case _:
                assert_never(measure)

    def _alike(self, one: Measure, two: Measure, start: When) -> bool:
        """Whether one answer is at least another when what is open of both is answered alike."""
        match one, two:
            case Answer(part, name, regime), Answer(_, other, other_regime) if (
                regime == other_regime
            ):
                pass
            case _:
                return False
        asked = regime or self.regime
        parts = (start,) if asked == self.regime else self._parts(asked)
        return all(
            Alike(self._reasons(name, asked, at), self._reasons(other, asked, at)).at_least(part)
            for at in parts
        )

    def _reasons(self, name: str, regime: str, start: When) -> Reasons:
        key = name, regime, start
        if key not in self.reasons:
            network = self._network(*key)
            rest = network.at_rest
            world = network.world
            busy = {
                r.id
                for r in network.rules()
                if any(rest.fires(m.id) is not Truth.NO for m in network.members(r.id))
            }
            idle = frozenset(r for r in self.program.rules if r not in busy)
            kept = turning_on_choices(self.program, Options())
            fresh = World(self.program, regime, start, self.known, Options(), world.transaction)
            self.reasons[key] = Reasons(Network(fresh, idle - kept), self._moved)
        return self.reasons[key]

    def _moved(self, question: Question) -> bool:
        """Whether the transactions may answer a question differently."""
        if question.kind in {QuestionKind.TERM, QuestionKind.ERROR}:
            return True
        if question.kind not in {QuestionKind.FACT, QuestionKind.LIST}:
            return False
        if self.changed is None:
            return True
        return any(
            question.id == path or question.id.startswith((f"{path}.", f"{path}["))
            for path in self.changed
        )

    def _stands(self, rules: tuple[str, ...], name: str, start: When) -> Truth:
        found = Truth.NO
        for rule in rules:
            regime = self.program.rules[rule].regime
            parts = (start,) if regime == self.regime else self._parts(regime)
            values = {self._rule(rule, name, regime, part) for part in parts}
            found = max(found, values.pop() if len(values) == 1 else Truth.UNKNOWN)
        return found

    def _rule(self, rule: str, name: str, regime: str, start: When) -> Truth:
        network = self._network(name, regime, start)
        rest = network.at_rest
        return max((rest.stands(m.id) for m in network.members(rule)), default=Truth.NO)

    def _so(self, claim: Factual, start: When) -> Truth:
        """A condition over facts, read in the world of the first transaction that it names."""
        named = [n for n in claim.names if n in self.transactions]
        first = named[0] if named else next(iter(self.transactions))
        regime = claim.regime or self.regime
        when = start if regime == self.regime else self._parts(regime)[0]
        network = self._network(first, regime, when)
        env: dict[str, Value] = {}
        for name in claim.names:
            if name == first:
                env[name] = network.world.root()
            elif name in self.transactions:
                env[name] = Thing(name, "Transaction", self.transactions[name].record)
            else:
                record = self.records[name]
                env[name] = Thing(name, record.type, record)
        terms = network.terms
        return terms.base(terms.formula(claim.condition, env))

    # ── the law ──────────────────────────────────────────────────────────────

    def _parts(self, regime: str) -> tuple[When, ...]:
        found = moments(self.program, regime, self.on, self.known, Options())
        return tuple(start for _, start in found)

    def _network(self, name: str, regime: str, start: When) -> Network:
        key = name, regime, start
        if key not in self.networks:
            transaction = merged(self.transactions[name], self.program)
            world = World(self.program, regime, start, self.known, Options(), transaction)
            self.networks[key] = self.network_of(world)
        return self.networks[key]

    def _outcome(self, name: str, regime: str, start: When | None) -> Outcome:
        whole: Outcome | None = None
        for part in self._parts(regime) if start is None else (start,):
            key = name, regime, part
            if key not in self.outcomes:
                network = self._network(*key)
                self.outcomes[key] = Judge(network).outcome(network.at_rest)
            found = self.outcomes[key]
            whole = found if whole is None else whole.hull(found)
        assert whole is not None  # noqa: S101  INVARIANT: a day has a part
        return whole


def _at_least(one: tuple[Rank, Rank], two: tuple[Rank, Rank]) -> Truth:
    """Whether one range is at least another: requirement first, then review."""
    (low, high), (other_low, other_high) = one, two
    if _surely(low, other_high, strict=False):
        return Truth.YES
    return Truth.NO if _surely(other_low, high, strict=True) else Truth.UNKNOWN


def _surely(low: Rank, high: Rank, *, strict: bool) -> bool:
    """Whether all that is no less than `low` in each part comes after all up to `high`.

    The bounds of an outcome hold part by part, and need not be reached together.
    """
    if low[0] > high[0]:
        return True
    if low[0] < high[0]:
        return False
    if len(low) == 1:
        return not strict
    return low[1] > high[1] if strict else low[1] >= high[1]


__all__ = ["NetworkOf", "Scene"]
