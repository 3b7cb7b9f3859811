"""Plain dictionaries as the facts of a case, through the reader that every case goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from longarm_dsl.core.facts import Transaction
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.read_facts import read_transaction
from longarm_dsl.source import NOWHERE


def raw_of(value: object) -> Raw:
    """A tree of dictionaries, lists and scalars as a case file would state it."""
    match value:
        case bool():
            return RawText("yes" if value else "no", quoted=False, where=NOWHERE)
        case int():
            return RawText(str(value), quoted=False, where=NOWHERE)
        case "":
            # The dictionaries write an empty text where there is no such thing.
            return RawText("none", quoted=False, where=NOWHERE)
        case str():
            return RawText(value, quoted=True, where=NOWHERE)
        case Mapping():
            record = cast("Mapping[str, object]", value)
            pairs = tuple(RawPair(key, raw_of(inner), NOWHERE) for key, inner in record.items())
            return RawRecord(pairs, NOWHERE)
        case Sequence():
            listed = cast("Sequence[object]", value)
            return RawList(tuple(raw_of(inner) for inner in listed), open=False, where=NOWHERE)
        case _:
            raise TypeError(value)


def transaction_of(facts: Mapping[str, object], program: Program) -> Transaction:
    """The facts of a dictionary. Raises ValueError where the vocabulary has no such fact."""
    transaction, found = read_transaction(raw_of(facts), program)
    if found:
        raise ValueError([d.message for d in found])
    return transaction
