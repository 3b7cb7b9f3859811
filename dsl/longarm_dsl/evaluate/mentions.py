"""Several mentions of one party: equal ids are the same party (semantics 1.12).

What one mention states holds for all of them, before anything is closed. Two different
values for one field are an error: the field is open, with the reason. Fields that hold
parties themselves (owners, employers, branches) stay where they are stated; ownership
reads them from whichever mention has them.
"""

from __future__ import annotations

from dataclasses import replace

from longarm_dsl.core import facts
from longarm_dsl.core.ast import Record as RecordDecl
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import ListType, RecordType, SetType, Type

MAX_DEPTH = 60


def merged(transaction: facts.Transaction, program: Program) -> facts.Transaction:
    """The transaction with what each mention of a party states shared among its mentions."""
    party = program.records.get("Party")
    if party is None:
        return transaction
    flat = {name for name, info in party.fields.items() if not _holds_parties(info.type)}
    mentions: dict[str, list[facts.Record]] = {}
    _collect(transaction.record, mentions, 0)
    shared = {
        id_: _joined(id_, found, party, flat) for id_, found in mentions.items() if len(found) > 1
    }
    if not shared:
        return transaction
    return replace(transaction, record=_rewritten(transaction.record, shared, 0))


def _holds_parties(kind: Type) -> bool:
    match kind:
        case RecordType(name):
            return name in {"Party", "Stake"}
        case ListType(item) | SetType(item):
            return _holds_parties(item)
        case _:
            return False


def _id(record: facts.Record) -> str | None:
    fact = record.fields.get("id")
    value = fact.value if isinstance(fact, facts.Scalar) else None
    return value if record.type == "Party" and isinstance(value, str) else None


def _collect(fact: facts.Fact, mentions: dict[str, list[facts.Record]], depth: int) -> None:
    if depth > MAX_DEPTH:
        return
    match fact:
        case facts.Record():
            id_ = _id(fact)
            if id_ is not None:
                mentions.setdefault(id_, []).append(fact)
            for inner in fact.fields.values():
                _collect(inner, mentions, depth + 1)
        case facts.Items(items):
            for inner in items:
                _collect(inner, mentions, depth + 1)
        case _:
            pass


def _joined(
    id_: str, found: list[facts.Record], party: RecordDecl, flat: set[str]
) -> dict[str, facts.Fact]:
    """The flat fields of all mentions together."""
    joined: dict[str, facts.Fact] = {}
    for name in party.fields:
        if name not in flat:
            continue
        stated = [r.fields[name] for r in found if name in r.fields]
        known = [s for s in stated if not isinstance(s, facts.Open)]
        different = [s for s in known if s != known[0]]
        if different:
            joined[name] = facts.Malformed(
                name, f"two mentions of the party {id_} state different values"
            )
        elif stated:
            joined[name] = known[0] if known else stated[0]
    return joined


def _rewritten(
    record: facts.Record, shared: dict[str, dict[str, facts.Fact]], depth: int
) -> facts.Record:
    if depth > MAX_DEPTH:
        return record
    fields = {name: _fact(fact, shared, depth) for name, fact in record.fields.items()}
    id_ = _id(record)
    if id_ is not None and id_ in shared:
        fields.update(shared[id_])
    return replace(record, fields=fields)


def _fact(fact: facts.Fact, shared: dict[str, dict[str, facts.Fact]], depth: int) -> facts.Fact:
    match fact:
        case facts.Record():
            return _rewritten(fact, shared, depth + 1)
        case facts.Items(items):
            return replace(fact, items=tuple(_fact(i, shared, depth + 1) for i in items))
        case _:
            return fact
