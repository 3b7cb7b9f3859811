"""A decision on record: what `eval` writes down of a case.

A record holds the facts beside the decisions (`given`, `assume`, `readings`: keys of a case
file), so that it needs nothing but the law to be derived again (`records`).
"""

from __future__ import annotations

from typing import assert_never

from longarm.deciding import TOOLKIT, Decided
from longarm_dsl.core.raw_facts import Raw, RawList, RawRecord, RawText, as_list
from longarm_dsl.evaluate.decision import Json, record
from longarm_dsl.evaluate.world import Options


def case_record(decided: Decided, options: Options, *, closed: bool = False) -> dict[str, Json]:
    """The JSON record of a case with its facts; `given` is null where JSON cannot hold them."""
    case = decided.case
    made: dict[str, Json] = {"case": case.title}
    if case.closed or closed:
        made["assume"] = "closed"
    if options.readings:
        made["readings"] = dict(sorted(options.readings))
    made["given"] = None if case.given is None else given_json(case.given)
    made["decisions"] = [record(d, TOOLKIT) for d in decided.decisions]
    return made


def given_json(raw: Raw) -> Json:
    """Facts as JSON, in the words of their author; null if a key stands twice in a record."""
    try:
        return _json(raw)
    except _TwiceError:
        return None


class _TwiceError(Exception):
    """A key stands twice; caught by `given_json`."""


def _json(raw: Raw) -> Json:
    match raw:
        case RawText(text):
            return text
        case RawList(items, is_open):
            made = [_json(item) for item in items]
            return [*made, "..."] if is_open else made
        case RawRecord(pairs):
            listed = as_list(raw) if pairs else None
            if listed is not None:
                return _json(listed)
            found: dict[str, Json] = {}
            for pair in pairs:
                if pair.key in found:
                    raise _TwiceError
                found[pair.key] = _json(pair.value)
            return found
        case _:
            assert_never(raw)
