"""What is wrong in a case, for people; and what only needs a rate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from longarm.render.common import visible

_MOST_AMOUNTS = 3
_PATH = re.compile(r"[a-z0-9_.\[\]]+")
_MIXED = re.compile(r"(?P<what>.+): (?P<one>[A-Z]{3}) and (?P<two>[A-Z]{3}) are mixed, .*no rate")
"""An amount in one currency beside a bound in another: nobody's mistake, a rate is missing."""


def mistakes(errors: Sequence[str]) -> Iterator[str]:
    """What is wrong, without what only needs a rate."""
    return _errors([error for error in errors if _MIXED.fullmatch(error) is None])


def missing_rates(errors: Sequence[str]) -> Iterator[str]:
    """What cannot be compared for want of a rate, for each two currencies in a line or so."""
    found: dict[tuple[str, str], list[str]] = {}
    for error in errors:
        match = _MIXED.fullmatch(error)
        if match is not None:
            found.setdefault((match["one"], match["two"]), []).append(match["what"])
    for (one, two), what in found.items():
        told = ", ".join(f"{w}?" for w in what[:_MOST_AMOUNTS])
        more = f" and {len(what) - _MOST_AMOUNTS} more" if len(what) > _MOST_AMOUNTS else ""
        rate = f"`rates: {{{one}: … {two}}}`"
        yield visible(f"open, one side in {one}, the other in {two}; give {rate}: {told}{more}")


def _errors(errors: Sequence[str]) -> Iterator[str]:
    """Errors, without the terms that have one only because a fact in them has it."""
    facts: set[str] = set()
    reasons: set[str] = set()
    for error in errors:
        head, _, _ = error.partition(": ")
        reason = error.rpartition(": ")[2]
        is_fact = _PATH.fullmatch(head) is not None
        if head in facts or (not is_fact and reason in reasons):
            continue
        if is_fact:
            facts.add(head)
        reasons.add(reason)
        yield error
