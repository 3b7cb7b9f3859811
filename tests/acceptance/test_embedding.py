"""The shipped law from a Python program: the same answers as on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import longarm
from longarm.cli import run
from longarm.loading import installed_pack

ROOT = Path(__file__).parents[2]

# The sample of docs/examples/magnets.case.yaml, as a program holds it.
MAGNETS: dict[str, object] = {
    "case": "magnet assembly",
    "assume": "closed",
    "given": {
        "action": "reexport",
        "departure": "NL",
        "destination": "US",
        "actor": {"located_in": "NL", "organized_in": "NL"},
        "importer": {"located_in": "US"},
        "end_user": {"located_in": "US"},
        "end_use": {"chip_equipment_production"},
        "end_product": {"logic_node": "14 nm"},
        "item": {
            "code": ["CN:1C905.a.4", "US:EAR99"],
            "made_in": "NL",
            "origin": "NL",
            "value": "10000 EUR",
            "components": [
                {"code": ["CN:1C905.a.1", "US:EAR99"], "origin": "CN", "value": "42 EUR"}
            ],
        },
    },
}


@pytest.fixture(scope="module")
def packs() -> longarm.Packs:
    return longarm.load()


@pytest.mark.parametrize(
    ("on", "known", "requirement"),
    [
        ("2025-12-02", "2025-11-01", ("license", "license")),
        ("2025-12-02", "2025-12-02", ("nothing", "nothing")),
        ("2026-11-10", "2026-11-20", ("nothing", "license")),
    ],
)
def test_the_sample_by_day_and_knowledge_day(
    packs: longarm.Packs, on: str, known: str, requirement: tuple[str, str]
) -> None:
    decision = packs.regime("cn").decide(MAGNETS, on=on, known=known)
    assert (decision.requirement.at_least, decision.requirement.at_most) == requirement
    assert ("not a clearance" in str(decision)) == (requirement[0] == "nothing")
    bounds = packs.regime("cn").bounds(MAGNETS, on=on, known=known)
    assert bounds.requirement == decision.requirement


def test_programs_and_commands_answer_alike(
    packs: longarm.Packs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ROOT / "docs" / "examples" / "magnets.case.yaml"
    records: list[object] = []
    for evaluator in ("compiled", "reference"):
        assert run(["eval", str(path), "--format", "json", "--evaluator", evaluator]) == 0
        records.append(json.loads(capsys.readouterr().out)["decisions"])
    case = packs.case({**MAGNETS, "on": "2025-12-02", "known": "2025-11-01"})
    decisions = [packs.regime(name).decide(case) for name in packs.regimes]
    records.append(json.loads(json.dumps([d.to_json() for d in decisions])))
    assert records[0] == records[1] == records[2]
    record = tmp_path / "record.json"
    record.write_text(json.dumps(decisions[0].to_record()), "utf-8")
    assert run(["replay", str(record)]) == 0
    assert "the same" in capsys.readouterr().out


def test_cases_of_the_packs_pass_whoever_evaluates(capsys: pytest.CaptureFixture[str]) -> None:
    cases = min((installed_pack() / "cn" / "cases").glob("*.pol"))
    said: list[str] = []
    for evaluator in ("compiled", "reference"):
        assert run(["test", str(cases), "--evaluator", evaluator, "--format", "json"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert json.loads(said[0])
