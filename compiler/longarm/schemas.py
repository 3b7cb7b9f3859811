"""JSON Schemas (draft 2020-12) of the two contracts: a case in, a decision out.

The schema of a case follows the vocabulary of a program, so that an editor completes the
facts which the loaded law asks about. It is as strict as a schema can be without units:
what it accepts may still have a currency or a code that `read_facts` refuses, what it
refuses is never read as a fact. The decision is that of language version 1.
"""

from __future__ import annotations

from typing import TypeAlias, assert_never

from longarm.expectations import THREE_WAYS
from longarm_dsl.core import ast
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import (
    FORMS,
    POSTURE,
    REQUIREMENTS,
    BrokenType,
    CodeSetType,
    CodesType,
    DatesType,
    DateType,
    EnumType,
    FlagType,
    ListingSetType,
    ListType,
    NoneType,
    NumberType,
    PlaceType,
    RatesType,
    RecordType,
    RowType,
    SetType,
    TextType,
    Type,
    show_type,
)

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(T([01][0-9]|2[0-3]):[0-5][0-9](Z|[+-][0-9]{2}:[0-9]{2})?)?"
_OPEN: list[Json] = ["unknown", "not_known"]
_SPECIAL: list[Json] = [*_OPEN, "none"]


def case_schema(program: Program) -> dict[str, Json]:
    """The schema of a case file in YAML or JSON: one case, or a list of cases."""
    records: dict[str, Json] = {
        name: _record(record, program) for name, record in sorted(program.records.items())
    }
    transaction: Json = _ref("Transaction") if "Transaction" in records else {"type": "object"}
    case: dict[str, Json] = {
        "type": "object",
        "required": ["given"],
        "additionalProperties": False,
        "properties": {
            "case": _about(_TEXT, "the title"),
            "on": _about(_pattern(_DAY + _CLOCK), "the day to decide on"),
            "known": _about(_pattern(_DAY + _CLOCK), "the law as published by this day"),
            "assume": _about({"const": "closed"}, "read absent facts as no, none and empty"),
            "given": _about(transaction, "the facts"),
            "expect": _about(_expect(program), "by regime: what a test of the case asserts"),
            "cite": _about(_TEXT, "what the case is taken from"),
            "reviewed": _about(
                _TEXT, "who read what is expected: `2026-11-21 by NAME`; `no` if nobody has"
            ),
        },
    }
    return {
        "$schema": DIALECT,
        "$id": "urn:longarm:case:1",
        "title": "longarm case file",
        "anyOf": [_ref("case"), {"type": "array", "minItems": 1, "items": _ref("case")}],
        "$defs": {"case": case, **records},
    }


# --- types of the vocabulary --------------------------------------------------------------

_TEXT: dict[str, Json] = {"type": ["string", "number"], "minLength": 1}


def _ref(name: str) -> dict[str, Json]:
    return {"$ref": f"#/$defs/{name}"}


def _about(schema: Json, text: str) -> Json:
    return {**schema, "description": text} if isinstance(schema, dict) else schema


def _pattern(regex: str) -> dict[str, Json]:
    return {"type": "string", "pattern": f"^{regex}$"}


def _any(*schemas: Json) -> dict[str, Json]:
    return {"anyOf": list(schemas)}


def _record(record: ast.Record, program: Program) -> Json:
    properties: dict[str, Json] = {}
    for name, info in record.fields.items():
        text = "; ".join(t for t in (show_type(info.type), info.about) if t)
        properties[name] = _about(_type(info.type, program), text)
    made: dict[str, Json] = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    if record.doc:
        made["description"] = " ".join(record.doc.split())
    return made


def _type(wanted: Type, program: Program) -> Json:
    match wanted:
        case FlagType():
            return {"enum": [True, False, "yes", "no", "true", "false", *_OPEN]}
        case TextType():
            return _TEXT
        case DateType():
            return _any(_pattern(_DAY + _CLOCK), {"enum": _SPECIAL})
        case NumberType(dimension):
            bare: Json = {"type": "number"} if dimension.kind == "number" else {"const": 0}
            return _any(_pattern(r".*[0-9].*"), bare, {"enum": _SPECIAL})
        case PlaceType():
            return _any(_pattern("[A-Z]{2}(-[A-Z0-9]{1,3})?"), {"enum": _SPECIAL})
        case EnumType(_, values):
            return {"enum": list(dict.fromkeys((*values, "unknown", "not_known", "none")))}
        case CodesType():
            code = _any(_pattern("[A-Z][A-Z0-9_]*:.+"), {"enum": ["unknown", "not_known"]})
            return _any({"type": "array", "items": _or_more(code)}, code, {"const": "none"})
        case RecordType(name):
            known: Json = _ref(name) if name in program.records else {"type": "object"}
            also: Json = {"type": "string"} if name == "Listing" else {"enum": _SPECIAL}
            return _any(known, also)
        case SetType(item) | ListType(item):
            one = _type(item, program)
            many: Json = {"type": "array", "items": _or_more(one)}
            if isinstance(item, RecordType):
                return _any(many, {"enum": _SPECIAL})
            return _any(many, one, {"enum": _SPECIAL})
        case DatesType():
            day = _type(DateType(), program)
            return _any({"type": "object", "additionalProperties": day}, {"enum": _SPECIAL})
        case RatesType():
            rate: Json = _pattern(r"[0-9].* [A-Z]{3}")
            rates: Json = {
                "type": "object",
                "propertyNames": {"pattern": "^[A-Z]{3}$"},
                "additionalProperties": _any(rate, {"enum": _OPEN}),
            }
            return _any(rates, {"enum": _SPECIAL})
        case CodeSetType() | RowType() | ListingSetType() | NoneType() | BrokenType():
            # No record of the vocabulary has a field of these types.
            return False
        case _:
            assert_never(wanted)


def _or_more(one: Json) -> Json:
    """An element, or the `...` that stands last and says that there may be more."""
    return _any(one, {"const": "..."})


def _expect(program: Program) -> Json:
    words: Json = _any({"type": "string"}, {"type": "array", "items": {"type": "string"}})

    amounts = _any(words, {"type": "object", "additionalProperties": {"type": "string"}})

    def scale(values: tuple[str, ...]) -> Json:
        word = f"({'|'.join(values)})"
        return _pattern(f"(at least {word}|at most {word}|{word}|{word} to {word})")

    clauses: Json = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "requires": scale(REQUIREMENTS),
            "reviews": scale(POSTURE.values),
            "code": words,
            "needs": words,
            **{
                f"{way}{word}": amounts if word in {"charge", "exposes"} and not way else words
                for way in ("", "not_", "open_")
                for word in THREE_WAYS
            },
        },
    }
    several: Json = {"type": "array", "items": _any({"type": "string"}, clauses)}
    regimes: dict[str, Json] = {
        r: _any({"type": "string"}, clauses, several) for r in program.regimes
    }
    days: dict[str, Json] = {
        "on": _about(_pattern(_DAY + _CLOCK), "the day to decide on, else that of the case"),
        "known": _about(
            _pattern(_DAY + _CLOCK), "the law as published by this day, else as the case says"
        ),
    }
    expected: Json = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {**days, **regimes},
    }
    return _any(expected, {"type": "array", "items": expected})


# --- decisions ----------------------------------------------------------------------------


def decision_schema() -> dict[str, Json]:
    """The schema of what `longarm eval --format json` prints, for one case or several."""
    decided = _object({"case": {"type": ["string", "null"]}, "decisions": _many(_ref("decision"))})
    return {
        "$schema": DIALECT,
        "$id": "urn:longarm:decision:1",
        "title": "longarm decision",
        "anyOf": [_ref("decided"), _object({"cases": _many(_ref("decided"))})],
        "$defs": {
            "decided": decided,
            "decision": _decision(),
            "day": _pattern(_DAY + _CLOCK),
            "three": {"enum": ["yes", "no", "unknown"]},
            "status": {"enum": [True, False, "unknown"]},
            "posture": _range(POSTURE.values),
            "requirement": _requirement(),
            "rule": _rule(),
        },
    }


def _decision() -> Json:
    text: Json = {"type": "string"}
    texts = _many(text)
    shown = _many({"type": "object"})
    return _object(
        {
            "regime": text,
            "on": _ref("day"),
            "known": _ref("day"),
            "requirement": _range(REQUIREMENTS),
            "review": _ref("posture"),
            "bounds": {"enum": ["exact", "sound"]},
            "requirements": _many(_ref("requirement")),
            "statuses": {"type": "object", "additionalProperties": _ref("status")},
            "codes": {"type": "object", "additionalProperties": texts},
            "duties": shown,
            "flags": {"type": "array"},
            "charges": shown,
            "exposes": shown,
            "rules": _many(_ref("rule")),
            "needs": shown,
            "minimal": {"type": "boolean"},
            "assumed": texts,
            "readings": {"type": "array"},
            "errors": {"type": "array"},
            "grade": {"type": ["string", "null"]},
            "not_modelled": _many(_object({"provision": text, "why": text})),
            "law": _object(
                {
                    "pack": text,
                    "digest": _pattern("sha256:[0-9a-f]+"),
                    "verified": _any(_ref("day"), {"type": "null"}),
                }
            ),
            "toolkit": text,
        }
    )


def _requirement() -> Json:
    text: Json = {"type": "string"}
    return _object(
        {
            "rule": text,
            "kind": {"enum": list(REQUIREMENTS[1:])},
            "authority": {"type": ["string", "null"]},
            "stands": {"enum": ["yes", "no", "unknown"]},
            "review": _any(_ref("posture"), {"type": "null"}),
            "forms": _many({"enum": list(FORMS)}),
            "met": {"enum": ["yes", "no", "unknown"]},
            "bearer": text,
            "overcome_by": _many(text),
        }
    )


def _rule() -> Json:
    text: Json = {"type": "string"}
    optional: Json = {"type": ["string", "null"]}
    properties: dict[str, Json] = {
        "id": text,
        "stands": _ref("three"),
        "cite": optional,
        "basis": optional,
        "title": optional,
        "values": {"type": "object", "additionalProperties": text},
        "defeated_by": _many(text),
    }
    # `added_by` joined in version 1: records written before it do not have it.
    made: dict[str, Json] = _object(properties)
    made["properties"] = {**properties, "added_by": optional}
    return made


def _object(properties: dict[str, Json]) -> dict[str, Json]:
    """An object with all of some properties. Others may join them within version 1."""
    return {"type": "object", "required": list(properties), "properties": properties}


def _many(item: Json) -> Json:
    return {"type": "array", "items": item}


def _range(values: tuple[str, ...]) -> Json:
    end: Json = {"enum": list(values)}
    return _object({"at_least": end, "at_most": end})
