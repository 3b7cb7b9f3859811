"""A decision: what one regime says of a case on a day, with every reason and gap.

Values only; `record` gives the JSON record of language.md section 7.
"""

from __future__ import annotations

import re
from dataclasses import field
from datetime import date

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Interval, point, show
from longarm_dsl.core.types import POSTURE, REQUIREMENTS
from longarm_dsl.evaluate.outcome import Outcome
from longarm_dsl.lazy_dataclass import dataclass

_OF_A_MEMBER = re.compile(r"\[.*|~\d+\Z", re.DOTALL)
"""What an id says beyond its rule: which member of a family, which of several versions."""


def rule_of(member: str) -> str:
    """The rule of which a member is reported: `chart[RS]~2` is one of `chart`."""
    return _OF_A_MEMBER.sub("", member, count=1)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One standing (or possible) requirement, with how it can be overcome and whether it is."""

    rule: str
    kind: str
    authority: str | None
    stands: Truth
    review: tuple[int, int] | None
    forms: tuple[str, ...]
    met: Truth
    bearer: str
    overcome_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule that stands, may stand, or fired and was defeated."""

    id: str
    stands: Truth
    fires: Truth
    cite: str | None
    basis: str | None
    title: str
    zh: str | None
    instrument: str
    added_by: str | None
    values: tuple[tuple[str, str], ...]
    defeated_by: tuple[str, ...]
    effects: tuple[str, ...]
    state: str
    source: str | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class Silent:
    """A rule that would apply but is not in force, and what keeps it out."""

    id: str
    title: str
    cite: str | None
    state: str
    by: str
    sentence: str
    would: Truth


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do, to whom, when, and by which day if that can be computed."""

    rule: str
    duty: str
    to: tuple[str, ...]
    when: tuple[str, ...]
    due: str | None
    stands: Truth
    bearer: str
    phrase: str | None


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag."""

    rule: str
    flag: str
    stands: Truth


@dataclass(frozen=True, slots=True)
class Open:
    """A question that something beside the requirement hangs on; its answers lead to no outcome."""

    question: str
    kind: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount under a name: the largest of those that stand, and what it hangs on while open."""

    name: str
    amount: Interval | None
    """None where no amount can be told."""
    rules: tuple[str, ...]
    open: tuple[Open, ...]

    @property
    def at_least(self) -> str:
        """The least it may be, for people."""
        return end_of(self.amount, low=True)

    @property
    def at_most(self) -> str:
        """The most it may be, for people."""
        return end_of(self.amount, low=False)


def end_of(amount: Interval | None, *, low: bool) -> str:
    """One end of an amount, for people."""
    value = None if amount is None else amount.low if low else amount.high
    if amount is None or value is None:
        return "unknown"
    return show(point(value, amount.dimension))


@dataclass(frozen=True, slots=True)
class Exposure:
    """A consequence of conduct; it never enters the requirement."""

    rule: str
    penalty: str
    low: str | None
    high: str | None
    stands: Truth


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to a question, with the range it leads to."""

    answer: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """Something to find out next."""

    question: str
    kind: str
    prompt: str
    inside: tuple[str, ...]
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A provision on which the packs claim no opinion."""

    provision: str
    why: str


@dataclass(frozen=True, slots=True)
class ReadingUsed:
    """A choice that the law leaves open, as it was read (None: left open)."""

    name: str
    value: str | None
    alternatives: tuple[str, ...]
    open: str | None


@dataclass(frozen=True, slots=True)
class Law:
    """Which law was read."""

    pack: str
    digest: str
    verified: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What one regime says of a case."""

    regime: str
    on: str
    known: date
    outcome: Outcome
    exact: bool
    requirements: tuple[Requirement, ...]
    statuses: tuple[tuple[str, Truth], ...]
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    open_codes: tuple[str, ...]
    duties: tuple[Duty, ...]
    flags: tuple[Flag, ...]
    charges: tuple[Charge, ...]
    exposes: tuple[Exposure, ...]
    rules: tuple[RuleReport, ...]
    silent: tuple[Silent, ...]
    needs: tuple[Asked, ...]
    minimal: bool
    assumed: tuple[str, ...]
    readings: tuple[ReadingUsed, ...]
    errors: tuple[str, ...]
    grade: str | None
    not_modelled: tuple[Gap, ...]
    warnings: tuple[str, ...]
    law: Law
    with_: tuple[str, ...] = ()
    chains: tuple[tuple[str, str], ...] = field(default=())

    @property
    def requires(self) -> tuple[str, str]:
        """Requirement at least and at most, in words."""
        return REQUIREMENTS[self.outcome.requires_low], REQUIREMENTS[self.outcome.requires_high]

    @property
    def review(self) -> tuple[str, str]:
        """Review posture at least and at most, in words."""
        return POSTURE.values[self.outcome.review_low], POSTURE.values[self.outcome.review_high]


Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def bounds(low: str, high: str) -> dict[str, Json]:
    """The pair that every ranged part of the record has."""
    return {"at_least": low, "at_most": high}


def _words(outcome: Outcome) -> dict[str, Json]:
    return {
        "requirement": bounds(
            REQUIREMENTS[outcome.requires_low], REQUIREMENTS[outcome.requires_high]
        ),
        "review": bounds(POSTURE.values[outcome.review_low], POSTURE.values[outcome.review_high]),
    }


def _status(value: Truth) -> Json:
    return "unknown" if value is Truth.UNKNOWN else value is Truth.YES


def _list(items: tuple[str, ...]) -> list[Json]:
    return list(items)


def record(decision: Decision, toolkit: str) -> dict[str, Json]:
    """The JSON record (language.md section 7), keys in its order."""
    made: dict[str, Json] = {
        "regime": decision.regime,
        "on": decision.on,
        "known": decision.known.isoformat(),
        **_words(decision.outcome),
        "bounds": "exact" if decision.exact else "sound",
        "requirements": [_requirement(r) for r in decision.requirements],
        "statuses": {name: _status(value) for name, value in decision.statuses},
        "codes": {path: _list(codes) for path, codes in decision.codes},
        "duties": [_duty(d) for d in decision.duties],
        "flags": [
            {"flag": f.flag, "rule": f.rule, "stands": str(f.stands)} for f in decision.flags
        ],
        "charges": [
            {
                "name": c.name,
                "at_least": c.at_least,
                "at_most": c.at_most,
                "rules": _list(c.rules),
                "open": [{"question": o.question, "kind": o.kind, "ask": o.prompt} for o in c.open],
            }
            for c in decision.charges
        ],
        "exposes": [
            {
                "penalty": e.penalty,
                "from": e.low,
                "to": e.high,
                "rule": e.rule,
                "stands": str(e.stands),
            }
            for e in decision.exposes
        ],
        "rules": [_rule(r) for r in decision.rules],
        "not_in_force": [
            {
                "id": s.id,
                "title": s.title,
                "cite": s.cite,
                "state": s.state,
                "by": s.by,
                "why": s.sentence,
                "would_apply": str(s.would),
            }
            for s in decision.silent
        ],
        "needs": [
            {
                "question": n.question,
                "kind": n.kind,
                "ask": n.prompt,
                "inside": _list(n.inside),
                "answers": [{"answer": a.answer, **_words(a.outcome)} for a in n.answers],
            }
            for n in decision.needs
        ],
        "minimal": decision.minimal,
        "assumed": _list(decision.assumed),
        "readings": [
            {
                "name": r.name,
                "value": r.value,
                "alternatives": _list(r.alternatives),
                "open": r.open,
            }
            for r in decision.readings
        ],
        "errors": _list(decision.errors),
        "warnings": _list(decision.warnings),
        "grade": decision.grade,
        "not_modelled": [{"provision": g.provision, "why": g.why} for g in decision.not_modelled],
        "law": {
            "pack": decision.law.pack,
            "digest": decision.law.digest,
            "verified": decision.law.verified,
        },
        "with": _list(decision.with_),
        "toolkit": toolkit,
    }
    return made


def _requirement(r: Requirement) -> dict[str, Json]:
    return {
        "rule": r.rule,
        "kind": r.kind,
        "authority": r.authority,
        "stands": str(r.stands),
        "review": bounds(POSTURE.values[r.review[0]], POSTURE.values[r.review[1]])
        if r.review is not None
        else None,
        "forms": _list(r.forms),
        "met": str(r.met),
        "bearer": r.bearer,
        "overcome_by": _list(r.overcome_by),
    }


def _duty(d: Duty) -> dict[str, Json]:
    return {
        "duty": d.duty,
        "to": _list(d.to),
        "when": _list(d.when),
        "due": d.due,
        "rule": d.rule,
        "stands": str(d.stands),
        "bearer": d.bearer,
        "phrase": d.phrase,
    }


def _rule(r: RuleReport) -> dict[str, Json]:
    return {
        "id": r.id,
        "stands": str(r.stands),
        "cite": r.cite,
        "basis": r.basis,
        "title": r.title,
        "added_by": r.added_by,
        "values": dict(r.values),
        "defeated_by": _list(r.defeated_by),
    }
