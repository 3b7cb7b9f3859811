"""What a writer new to the vocabulary calls a fact, and how the vocabulary calls it.

Only ever a suggestion in the help of a diagnostic: nothing is read by these names. Nearness in
spelling alone would suggest `importer` for `exporter`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from longarm_dsl.core.ast import FieldInfo
from longarm_dsl.core.types import RecordType
from longarm_dsl.diagnostics import did_you_mean

_MEANT: Mapping[str, tuple[str, ...]] = {
    "exporter": ("actor",),
    "seller": ("actor",),
    "shipper": ("actor",),
    "supplier": ("actor",),
    "consignor": ("actor",),
    "reexporter": ("actor",),
    "buyer": ("purchaser",),
    "customer": ("purchaser",),
    "consignee": ("ultimate_consignee",),
    "enduser": ("end_user",),
    "country": ("located_in", "destination", "origin"),
    "from": ("departure",),
    "to": ("destination",),
    "ship_to": ("destination",),
    "citizenship": ("nationality",),
    "incorporated_in": ("organized_in",),
    "parent": ("owners",),
    "shareholders": ("owners",),
    "party": ("owner",),
    "shareholder": ("owner",),
    "percent": ("share",),
    "percentage": ("share",),
    "stake": ("share",),
    "product": ("item",),
    "goods": ("item",),
    "integrated_circuit_production": ("ic_production",),
    "chip_production": ("ic_production",),
    "eccn": ("code",),
    "hs": ("code",),
    "hs_code": ("code",),
    "codes": ("code",),
    "classification": ("code",),
    "description": ("name",),
    "country_of_origin": ("origin",),
    "parts": ("components",),
    "materials": ("components",),
    "price": ("value",),
    "amount": ("value",),
}


def meant(key: str, known: Container[str]) -> str | None:
    """The fact of `known` that a word of the trade stands for, if it is such a word."""
    return next((name for name in _MEANT.get(key.casefold(), ()) if name in known), None)


def meant_elsewhere(key: str, records: Mapping[str, Container[str]]) -> str | None:
    """Of which records a word of the trade is a fact, and by what name."""
    for name in _MEANT.get(key.casefold(), ()):
        owners = sorted(record for record, fields in records.items() if name in fields)
        if owners:
            return f"`{name}` is a fact of {', '.join(owners)}"
    return None


def suggestion(key: str, known: Mapping[str, FieldInfo], owners: Container[str]) -> str | None:
    """How to say what `key` was to say, among the facts of one record.

    `owners` are the records that do have a fact `key`.
    """
    name = meant(key, known)
    if name is not None:
        return f"did you mean `{name}`?"
    # A word of the trade means what it means, and not what is spelled alike.
    close = None if key.casefold() in _MEANT else did_you_mean(key, known)
    if close is not None:
        return close
    holders = [
        name
        for name, info in known.items()
        if isinstance(info.type, RecordType) and info.type.name in owners
    ]
    return f"write `{holders[0]}: {{ {key}: … }}`" if len(holders) == 1 else None
