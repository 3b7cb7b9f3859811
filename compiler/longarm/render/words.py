"""The words of a decision: verdicts, postures, titles instead of ids.

`nothing` is never called a clearance: it is that no requirement was found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.places import COUNTRIES, show_place
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import POSTURE, REQUIREMENTS
from longarm_dsl.evaluate.decision import Decision, Requirement, rule_of
from longarm_dsl.evaluate.outcome import Outcome

REVIEWS = {
    "none": "none",
    "approval_presumed": "approval presumed",
    "standard": "standard",
    "case_by_case": "case by case",
    "denial_presumed": "denial presumed",
    "denial": "denial",
}
_BETWEEN = {
    "nothing": "nothing",
    "report": "a report",
    "license": "a license",
    "prohibited": "a prohibition",
}
_ID = re.compile(r"[a-z]+\.[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*(?:\[[^\]]*\])?)?")
_MANY = 3


def regime_name(regime: str) -> str:
    """`China` for `cn`; a regime that is no country keeps its name."""
    code = regime.upper()
    return show_place(code) if code in COUNTRIES else regime


def verdict(decision: Decision) -> str:
    """`license required (MOFCOM)`, `between nothing and a license`, `no requirement found`."""
    low, high = decision.requires
    if low != high:
        return f"between {_BETWEEN[low]} and {_BETWEEN[high]}"
    standing = [r for r in decision.requirements if r.kind == high and r.stands is Truth.YES]
    by = ", ".join(dict.fromkeys(r.authority for r in standing if r.authority))
    match high:
        case "nothing":
            return "no requirement found" + _due(decision)
        case "prohibited":
            return f"prohibited, except by approval of {by}" if by else "prohibited"
        case _:
            return f"{high} required ({by})" if by else f"{high} required"


def _due(decision: Decision) -> str:
    """A charge beside a requirement that there is not: nobody should stop reading there."""
    ends = [c.amount for c in decision.charges]
    if any(e is not None and e.low is not None and e.low > 0 for e in ends):
        return ", but a charge is due"
    return ", but a charge may be due" if ends else ""


def in_short(decisions: Sequence[Decision]) -> str:
    """The verdicts in one line, for the end of a page whose head has scrolled away."""
    said = " · ".join(f"{regime_name(d.regime)}: {verdict(d)}" for d in decisions)
    nothing = any(d.requires[0] == "nothing" for d in decisions)
    return f"{said} · not a clearance" if nothing else said


def posture(low: str, high: str) -> str:
    """A review posture, or the range of it."""
    if low == high:
        return REVIEWS[low]
    return f"between {REVIEWS[low]} and {REVIEWS[high]}"


def review_words(text: str) -> str:
    """`between denial presumed and denial` for `denial_presumed to denial`."""
    low, to, high = text.partition(" to ")
    if to and low in REVIEWS and high in REVIEWS:
        return posture(low, high)
    return text.replace("_", " ")


def outcome_words(outcome: Outcome) -> str:
    """What an answer leads to: `a license, review case by case`."""
    low, high = REQUIREMENTS[outcome.requires_low], REQUIREMENTS[outcome.requires_high]
    text = _BETWEEN[low] if low == high else f"between {_BETWEEN[low]} and {_BETWEEN[high]}"
    if low == high == "nothing":
        return "no requirement found"
    if outcome.review_high == 0:
        return text
    review = posture(POSTURE.values[outcome.review_low], POSTURE.values[outcome.review_high])
    return f"{text}, review {review}"


def reviewed(found: Requirement) -> str:
    """`, review denial presumed` behind a requirement; nothing where none is reviewed."""
    if found.review is None:
        return ""
    low, high = (POSTURE.values[rank] for rank in found.review)
    return f", review {posture(low, high)}"


def requirement_words(found: Requirement) -> list[str]:
    """What a requirement asks, how it is reviewed, whether it is met, what could lift it."""
    match found.kind:
        case "prohibited" if found.authority:
            text = f"prohibited except by approval of {found.authority}"
        case "prohibited":
            text = "prohibited"
        case _:
            text = f"requires a {found.kind} from {found.authority or 'the authority'}"
            if found.kind == "report":
                text = f"requires a report to {found.authority or 'the authority'}"
    if found.bearer != "actor":
        text += f", upon {found.bearer.replace('_', ' ')}"
    lines = [text + reviewed(found)]
    if found.forms and len(found.forms) < _MANY:
        lines.append(f"only as {' or '.join(found.forms)} license")
    if found.kind != "report" and found.met is not Truth.NO:
        held = "what is held meets it" if found.met is Truth.YES else "what is held may meet it"
        lines.append(held)
    return lines


def short_title(program: Program, instrument: str) -> str:
    """The title of an instrument up to its colon: `Announcement No. 61 of 2025`."""
    found = program.instruments.get(instrument)
    return instrument if found is None else found.title.partition(": ")[0]


def both_titles(program: Program, instrument: str) -> str:
    """The short title with the first words of the one in Chinese."""
    found = program.instruments.get(instrument)
    title = short_title(program, instrument)
    if found is None or not found.zh:
        return title
    words = re.split(r"[ ：:]", found.zh)
    # `商务部 海关总署公告2025年第70号 公布…`: the part that holds the number, or the first.
    named = next((n for n, word in enumerate(words) if "号" in word), 0)
    return f"{title} ({' '.join(words[: named + 1])})"


def titled(program: Program, text: str, concerned: Collection[str] = ()) -> str:
    """A sentence with titles for the ids of instruments and rules.

    Of more than three instruments in a row only those `concerned` are named, and how many more.
    """

    def row(match: re.Match[str]) -> str:
        ids = match[0].split(", ")
        if len(ids) <= _MANY or not all(i in program.instruments for i in ids):
            return match[0]
        kept = [i for i in ids if i in concerned][:_MANY] or ids[:1]
        return f"{', '.join(kept)} and {len(ids) - len(kept)} more"

    def one(match: re.Match[str]) -> str:
        id_ = match[0]
        if id_ in program.instruments:
            return short_title(program, id_)
        rule = program.rules.get(rule_of(id_))
        return id_ if rule is None or not rule.clauses.title else f"“{rule.clauses.title}”"

    return _ID.sub(one, re.sub(rf"{_ID.pattern}(?:, {_ID.pattern})+", row, text))


def rule_title(program: Program, member: str) -> str:
    """The title of a rule by the id of one of its members."""
    rule = program.rules.get(rule_of(member))
    if rule is None:
        return member
    return rule.clauses.title or rule.name.replace("_", " ")
