"""The record of the sample is the one that the contract shows (language page, section 7)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from longarm.about import __version__
from longarm.cli import run

DATA = Path(__file__).parent / "data"

PROMISED = {
    "regime": "cn",
    "on": "2025-12-02",
    "known": "2025-11-01",
    "requirement": {"at_least": "license", "at_most": "license"},
    "review": {"at_least": "case_by_case", "at_most": "case_by_case"},
    "bounds": "exact",
    "requirements": [
        {
            "rule": "cn.mofcom_2025_61.foreign_made_content[item]",
            "kind": "license",
            "authority": "MOFCOM",
            "stands": "yes",
            "review": {"at_least": "case_by_case", "at_most": "case_by_case"},
            "forms": ["individual", "general", "registration"],
            "met": "no",
            "bearer": "actor",
            "overcome_by": [],
        }
    ],
    "codes": {"item": ["CN:1C905.a.4"]},
    "flags": [],
    "charges": [],
    "exposes": [],
    "needs": [],
    "minimal": True,
    "readings": [],
    "errors": [],
    "grade": "register",
}


def test_the_record_keeps_its_promise(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", str(DATA / "magnets.pol"), "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["case"].startswith("magnet assembly")
    (cn,) = [d for d in record["decisions"] if d["regime"] == "cn"]
    assert {key: cn[key] for key in PROMISED} == PROMISED
    assert not any(cn["statuses"].values())
    (rule,) = [r for r in cn["rules"] if r["id"].endswith("foreign_made_content[item]")]
    assert rule == {
        "id": "cn.mofcom_2025_61.foreign_made_content[item]",
        "stands": "yes",
        "cite": "item 1(1)",
        "added_by": None,
        "basis": "content",
        "title": "Foreign-made items with Chinese rare-earth content",
        "values": {"cn_content": "0.42 %"},
        "defeated_by": [],
    }
    assert "end_user.military = no" in cn["assumed"]
    assert [(d["duty"], d["to"], d["phrase"]) for d in cn["duties"]] == [
        ("application_in_chinese", [], None),
        ("documents_of_article_16", [], None),
        ("compliance_notice", ["importer"], "with the export or transfer"),
    ]
    (form,) = [gap for gap in cn["not_modelled"] if gap["provision"] == "cn.mofcom_2025_61 Annex 2"]
    assert form["why"].startswith("the form of the compliance notice")
    assert cn["law"]["digest"].startswith("sha256:")
    assert cn["law"]["verified"] == "2026-11-21"
    assert __version__ in cn["toolkit"]


def test_bytes_do_not_change(capsys: pytest.CaptureFixture[str]) -> None:
    outputs: list[str] = []
    for _ in range(2):
        assert run(["eval", str(DATA / "magnets.pol"), "--format", "json"]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
