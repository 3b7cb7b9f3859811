"""The JSON Schemas are schemas, accept what the contracts show, and refuse what is misspelt."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Protocol

import pytest
from jsonschema import Draft202012Validator

from longarm.cases import KEYS
from longarm.cli import run
from longarm.pipeline import compile_paths
from longarm.schemas import Json, case_schema, decision_schema
from longarm_dsl.core.program import Program

MAGNET: dict[str, Json] = {
    "case": "magnet assembly, the Netherlands to the United States",
    "on": "2025-12-02",
    "known": "2025-11-01",
    "assume": "closed",
    "given": {
        "action": "reexport",
        "departure": "NL",
        "destination": "US",
        "actor": {"located_in": "NL", "organized_in": "NL", "lists": ["us.sdn_list"]},
        "importer": {"located_in": "US", "military": False},
        "end_user": {"located_in": "unknown", "owners": "not_known", "intelligence": "no"},
        "end_use": ["chip_equipment_production", "..."],
        "end_product": {"logic_node": "14 nm"},
        "transit": "HK",
        "events": {"shipment": "2025-12-05"},
        "rates": {"EUR": "1.08 USD"},
        "item": {
            "code": ["CN:1C905.a.4", "US:EAR99"],
            "made_in": "NL",
            "value": "10000 EUR",
            "memory_layers": 256,
            "components": [{"code": "CN:1C905.a.1", "origin": "CN", "value": "42 EUR"}, "..."],
        },
    },
    "expect": {
        "cn": {
            "requires": "license",
            "reviews": "at least case_by_case",
            "because": ["foreign_made_content"],
        },
        "us": "nothing",
    },
}

# The example of the language's contract, version 1.
DECISION = """
{"regime": "cn", "on": "2025-12-02", "known": "2025-11-01",
 "requirement": {"at_least": "license", "at_most": "license"},
 "review": {"at_least": "case_by_case", "at_most": "case_by_case"}, "bounds": "exact",
 "requirements": [{"rule": "cn.mofcom_2025_61.foreign_made_content[item]", "kind": "license",
   "authority": "MOFCOM", "stands": "yes",
   "review": {"at_least": "case_by_case", "at_most": "case_by_case"},
   "forms": ["individual", "general", "registration"], "met": "no", "bearer": "actor",
   "overcome_by": []}],
 "statuses": {}, "codes": {"item": ["CN:1C905.a.4"]}, "duties": [], "flags": [], "charges": [],
 "exposes": [],
 "rules": [{"id": "cn.mofcom_2025_61.foreign_made_content[item]", "stands": "yes",
   "cite": "item 1(1)", "basis": "content", "title": "…", "values": {"cn_content": "0.42 %"},
   "defeated_by": []}],
 "needs": [], "minimal": true, "assumed": ["end_user.military = no", "…"], "readings": [],
 "errors": [], "grade": "primary",
 "not_modelled": [{"provision": "cn.mofcom_2025_61 item 7", "why": "the compliance notice"}],
 "law": {"pack": "…", "digest": "sha256:0123456789abcdef", "verified": "2026-11-21"},
 "toolkit": "…"}
"""


@cache
def program() -> Program:
    return compile_paths().program


class Validator(Protocol):
    """What is used of jsonschema, whose own annotations leave types open."""

    def is_valid(self, instance: Json, /) -> bool: ...


@cache
def case_validator() -> Validator:
    return Draft202012Validator(case_schema(program()))


@cache
def decision_validator() -> Validator:
    return Draft202012Validator(decision_schema())


def changed(document: Json, path: tuple[str, ...], value: Json) -> Json:
    made = deepcopy(document)
    at = made
    for key in path[:-1]:
        assert isinstance(at, dict)
        at = at[key]
    assert isinstance(at, dict)
    at[path[-1]] = value
    return made


def test_both_are_schemas() -> None:
    Draft202012Validator.check_schema(case_schema(program()))
    Draft202012Validator.check_schema(decision_schema())


def test_a_case_and_a_list_of_cases_are_accepted() -> None:
    assert case_validator().is_valid(MAGNET)
    assert case_validator().is_valid([MAGNET, {"given": {}}])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("on",), "2025-13-01"),
        (("on",), 20251202),
        (("assume",), "open"),
        (("whem",), "now"),
        (("given", "destinaton"), "US"),
        (("given", "destination"), "us"),
        (("given", "action"), "reexprot"),
        (("given", "end_use"), ["chip"]),
        (("given", "end_user", "military"), "perhaps"),
        (("given", "item", "value"), 10000),
        (("given", "item", "code"), ["3A090"]),
        (("given", "item", "components"), {"origin": "CN"}),
        (("given", "events"), {"shipment": "soon"}),
        (("given", "rates"), {"EUR": 1.08}),
        (("given", "end_user"), "somebody"),
        (("expect", "cn", "requires"), "licence"),
        (("expect", "eu"), "nothing"),
    ],
)
def test_a_mistake_is_refused(path: tuple[str, ...], value: Json) -> None:
    assert not case_validator().is_valid(changed(MAGNET, path, value))


def test_expectations_of_many_days_are_a_list() -> None:
    days: list[Json] = [
        {"on": "2025-11-09", "known": "2025-11-01", "cn": {"requires": "license"}},
        {"on": "2025-11-10T08:00Z", "cn": "nothing", "us": ["nothing"]},
    ]
    assert case_validator().is_valid(changed(MAGNET, ("expect",), days))
    mistakes: list[list[Json]] = [
        [{"on": "soon", "cn": "nothing"}],
        [{"day": "2025-11-09"}],
        ["nothing"],
        [{}],
    ]
    for wrong in mistakes:
        assert not case_validator().is_valid(changed(MAGNET, ("expect",), wrong))


def test_a_case_needs_its_facts() -> None:
    assert not case_validator().is_valid({"case": "nothing is given"})
    assert not case_validator().is_valid([])


def test_every_field_of_the_vocabulary_is_there() -> None:
    defs = case_schema(program())["$defs"]
    assert isinstance(defs, dict)
    for name, record in program().records.items():
        found = defs[name]
        assert isinstance(found, dict)
        fields = found["properties"]
        assert isinstance(fields, dict)
        assert list(fields) == list(record.fields)


def test_the_keys_are_those_that_are_read() -> None:
    defs = case_schema(program())["$defs"]
    assert isinstance(defs, dict)
    case = defs["case"]
    assert isinstance(case, dict)
    properties = case["properties"]
    assert isinstance(properties, dict)
    assert properties.keys() == set(KEYS)


def test_a_decision_is_accepted_for_one_case_and_for_several() -> None:
    decided: Json = {"case": "c", "decisions": [json.loads(DECISION)]}
    assert decision_validator().is_valid(decided)
    assert decision_validator().is_valid({"cases": [decided, decided]})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("requirement",), {"at_least": "license"}),
        (("requirement", "at_most"), "licence"),
        (("review", "at_least"), "lenient"),
        (("bounds",), "about"),
        (("statuses",), {"us.blocked": "yes"}),
        (("law", "digest"), "md5:00"),
        (("on",), "today"),
        (("minimal",), "yes"),
    ],
)
def test_a_decision_outside_the_contract_is_refused(path: tuple[str, ...], value: Json) -> None:
    wrong = changed(json.loads(DECISION), path, value)
    assert not decision_validator().is_valid({"case": "c", "decisions": [wrong]})


def test_every_part_of_a_decision_is_required() -> None:
    decision = json.loads(DECISION)
    for key in decision:
        rest = {k: v for k, v in decision.items() if k != key}
        assert not decision_validator().is_valid({"case": "c", "decisions": [rest]}), key


def test_the_verb_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "case": case_schema(program()),
        "decision": decision_schema(),
    }
    assert run(["schema", "decision"]) == 0
    assert json.loads(capsys.readouterr().out) == decision_schema()


def test_the_verb_knows_no_other_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "law"]) == 2
    assert "'law' is not one of" in capsys.readouterr().err
