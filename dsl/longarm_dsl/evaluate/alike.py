"""Two transactions compared rule by rule, where what both leave open is answered alike.

    Alike(one, two, moved).at_least("outcome")    the one is at least the other, for certain

Bounds alone cannot tell that an outcome between nothing and a license is no laxer than another
between the same: both may turn on one fact that nobody has stated. Here a rule that may stand
of the second counts as matched if it stands of the first for certain, or for the same reasons:
the same formula over the same questions. A question about what was changed is never the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import field

from longarm_dsl.core import formula as f
from longarm_dsl.core.formula import Formula, Question, Truth
from longarm_dsl.evaluate.network import Member, Network, Review
from longarm_dsl.evaluate.outcome import STANDARD, Judge, Outcome
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(slots=True)
class Reasons:
    """Why members of one network stand, as values that can be compared with another's."""

    network: Network
    moved: Callable[[Question], bool]
    """Questions of which the answer may differ."""
    judge: Judge = field(init=False)
    outcome: Outcome = field(init=False)
    members: dict[str, Member] = field(init=False)
    known: dict[tuple[str, str], Hashable] = field(default_factory=dict[tuple[str, str], Hashable])

    def __post_init__(self) -> None:
        self.judge = Judge(self.network)
        self.outcome = self.judge.outcome(self.network.at_rest)
        self.members = {m.id: m for m in self.network.everyone()}

    def truth(self, id_: str) -> Truth:
        """Whether a member stands, as far as is known."""
        return self.network.at_rest.stands(id_) if id_ in self.members else Truth.NO

    def stands(self, id_: str) -> Hashable:
        """Why a member stands."""
        key = "stands", id_
        if key not in self.known:
            settled = self.truth(id_)
            if settled is not Truth.UNKNOWN:
                self.known[key] = settled
            else:
                beaten = [
                    (self.of(where), self.stands(other))
                    for other, where in self.network.beaten_by(id_)
                    if self.network.at_rest.stands(other) is not Truth.NO
                ]
                self.known[key] = "stands", self.fires(id_), frozenset(beaten)
        return self.known[key]

    def fires(self, id_: str) -> Hashable:
        """Why a member fires."""
        key = "fires", id_
        if key not in self.known:
            self.known[key] = self.of(self.network.fires(id_)) if id_ in self.members else Truth.NO
        return self.known[key]

    def of(self, formula: Formula) -> Hashable:
        """A formula with its references followed."""
        match formula:
            case f.Always(value):
                return value
            case f.Atom(question, test):
                # What may differ equals nothing, itself included.
                return object() if self.moved(question) else (question.id, test.key)
            case f.Not(inner):
                return "not", self.of(inner)
            case f.And(parts):
                return "and", frozenset(map(self.of, parts))
            case f.Or(parts):
                return "or", frozenset(map(self.of, parts))
            case f.Stands(id_):
                return self.stands(id_)
            case f.Fires(id_):
                return self.fires(id_)

    def reviewers(self, license_: str) -> dict[str, tuple[Review, Hashable]]:
        """What may review a license, and why."""
        return {
            member.id: (review, self._reviews(member, license_))
            for member, review in self.judge.reviews.get(license_, ())
            if member.id == license_ or self.truth(member.id) is not Truth.NO
        }

    def _reviews(self, member: Member, license_: str) -> Hashable:
        return Truth.YES if member.id == license_ else self.stands(member.id)


@dataclass(slots=True)
class Alike:
    """Two networks under one law."""

    one: Reasons
    two: Reasons

    def at_least(self, part: str) -> bool:
        """Whether the first is at least the second, whatever is answered."""
        return (part == "review" or self._requirement()) and (
            part == "requirement" or self._review()
        )

    def _requirement(self) -> bool:
        low = self.one.outcome.requires_low
        return all(
            self._matched(m.id) and self.one.members[m.id].level >= m.level
            for m in self.two.judge.actors
            if m.level > low and self.two.truth(m.id) is not Truth.NO
        )

    def _matched(self, id_: str) -> bool:
        """Whether a member stands of the first wherever it does of the second."""
        found = self.one.truth(id_)
        if found is Truth.UNKNOWN:
            return self.one.stands(id_) == self.two.stands(id_)
        return found is Truth.YES

    def _review(self) -> bool:
        low = self.one.outcome.review_low
        rest = self.two.network.at_rest
        return all(
            self.two.judge.posture(m, rest)[1] <= low
            or (self._matched(m.id) and self._reviewed(m.id))
            for m in self.two.judge.licenses
            if self.two.truth(m.id) is not Truth.NO
        )

    def _reviewed(self, license_: str) -> bool:
        """Whether a license is reviewed no more kindly, wherever it is needed."""
        mine, other = self.one.reviewers(license_), self.two.reviewers(license_)
        for id_, (review, why) in other.items():
            if id_ not in mine or mine[id_][0].rank != review.rank:
                return False
            if mine[id_][1] not in {Truth.YES, why}:
                return False
        # A review below the standard one takes the place of that: none may come anew.
        return all(
            review.rank.low >= STANDARD or (id_ in other and other[id_][1] == why)
            for id_, (review, why) in mine.items()
        )


__all__ = ["Alike", "Reasons"]
