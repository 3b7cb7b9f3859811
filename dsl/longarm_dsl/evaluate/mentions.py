"""Several mentions of one party: equal ids are the same party (semantics 1.12).

What one mention states holds for all of them, before anything is closed. Two different
values for one field are an error: the field is open, with the reason. A key that nobody
can read in one mention may have meant any field of the party, in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from longarm_dsl.core import facts
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import ListType, RecordType, SetType, Type
from longarm_dsl.lazy_dataclass import dataclass

MAX_DEPTH = 60


def merged(transaction: facts.Transaction, program: Program) -> facts.Transaction:
    """The transaction with what each mention of a party states shared among its mentions."""
    party = program.records.get("Party")
    if party is None:
        return transaction
    flat = {name for name, info in party.fields.items() if not _holds_parties(info.type)}
    # Parties inside a party come second, as they were written: a circle ends there.
    for names in (flat, party.fields.keys() - flat):
        mentions: dict[str, list[facts.Record]] = {}
        _collect(transaction.record, mentions, 0)
        shared = {id_: _joined(id_, m, names) for id_, m in mentions.items() if len(m) > 1}
        if not shared:
            return transaction
        transaction = replace(transaction, record=_rewritten(transaction.record, shared, 0))
    return transaction


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


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all mentions of a party state together."""

    fields: dict[str, facts.Fact]
    stray: tuple[str, ...]


def _joined(id_: str, found: list[facts.Record], names: Iterable[str]) -> _Shared:
    joined: dict[str, facts.Fact] = {}
    for name in sorted(names):
        stated = [r.fields[name] for r in found if name in r.fields]
        known = [s for s in stated if not isinstance(s, facts.Open)]
        if len({_identity(s) for s in known}) > 1:
            joined[name] = facts.Malformed(
                name, f"two mentions of the party {id_} state different values"
            )
        elif stated:
            joined[name] = known[0] if known else stated[0]
    return _Shared(joined, tuple(dict.fromkeys(key for r in found for key in r.stray)))


def _identity(fact: facts.Fact) -> str:
    """What a fact says, a party with an id by its id alone."""
    match fact:
        case facts.Record(kind, fields, stray):
            id_ = _id(fact)
            if id_ is not None:
                return f"{kind} {id_!r}"
            inner = ", ".join(f"{n}: {_identity(f)}" for n, f in sorted(fields.items()))
            return f"{kind} {{{inner}}} {sorted(stray)}"
        case facts.Items(items, is_open):
            return f"{sorted(_identity(i) for i in items)} {is_open}"
        case facts.Codes(codes, is_open):
            return f"{sorted(str(c) for c in codes)} {is_open}"
        case _:
            return repr(fact)


def _rewritten(record: facts.Record, shared: dict[str, _Shared], depth: int) -> facts.Record:
    if depth > MAX_DEPTH:
        return record
    fields = {name: _fact(fact, shared, depth) for name, fact in record.fields.items()}
    id_ = _id(record)
    if id_ is None or id_ not in shared:
        return replace(record, fields=fields)
    known = shared[id_]
    return replace(record, fields={**fields, **known.fields}, stray=known.stray)


def _fact(fact: facts.Fact, shared: dict[str, _Shared], depth: int) -> facts.Fact:
    match fact:
        case facts.Record():
            return _rewritten(fact, shared, depth + 1)
        case facts.Items(items):
            return replace(fact, items=tuple(_fact(i, shared, depth + 1) for i in items))
        case _:
            return fact
