"""The road from law to decision: the sample of the language page, by day and knowledge day."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from longarm.cli import run

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]
YAML = ROOT / "docs" / "examples" / "magnets.case.yaml"
SAMPLES = [DATA / "magnets.pol", YAML]

Json: TypeAlias = "dict[str, Json] | list[Json] | str | bool | int | None"
Eval: TypeAlias = Callable[..., dict[str, dict[str, Json]]]


@pytest.fixture
def evaluate(capsys: pytest.CaptureFixture[str]) -> Eval:
    """`longarm eval … --format json`: the decision of each regime."""

    def call(path: Path, *options: str) -> dict[str, dict[str, Json]]:
        capsys.readouterr()
        assert run(["eval", str(path), *options, "--format", "json"]) == 0
        record = json.loads(capsys.readouterr().out)
        return {d["regime"]: d for d in record["decisions"]}

    return call


def bounds(decision: dict[str, Json], part: str = "requirement") -> tuple[Json, Json]:
    pair = decision[part]
    assert isinstance(pair, dict)
    return pair["at_least"], pair["at_most"]


def standing(decision: dict[str, Json], stands: str = "yes") -> list[str]:
    rules = decision["rules"]
    assert isinstance(rules, list)
    return [str(r["id"]) for r in rules if isinstance(r, dict) and r["stands"] == stands]


def variant(tmp_path: Path, old: str, new: str) -> Path:
    text = YAML.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "variant.case.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", SAMPLES, ids=["pol", "yaml"])
class TestSample:
    def test_before_the_suspension_is_known(self, path: Path, evaluate: Eval) -> None:
        made = evaluate(path, "--on", "2025-12-02", "--known", "2025-11-01")
        cn = made["cn"]
        assert bounds(cn) == ("license", "license")
        assert bounds(cn, "review") == ("case_by_case", "case_by_case")
        assert "cn.mofcom_2025_61.foreign_made_content[item]" in standing(cn)
        assert bounds(made["us"]) == ("nothing", "nothing")

    def test_once_the_suspension_is_known(self, path: Path, evaluate: Eval) -> None:
        cn = evaluate(path, "--on", "2025-12-02", "--known", "2025-12-02")["cn"]
        assert bounds(cn) == ("nothing", "nothing")
        silent = cn["not_in_force"]
        assert isinstance(silent, list)
        (law,) = [s for s in silent if isinstance(s, dict)]
        assert law["id"] == "cn.mofcom_2025_61.foreign_made_content"
        assert str(law["by"]).startswith("cn.mofcom_2025_70")
        assert law["state"] == "suspended"

    def test_the_last_day_is_an_open_question(self, path: Path, evaluate: Eval) -> None:
        cn = evaluate(path, "--on", "2026-11-10", "--known", "2026-11-20")["cn"]
        assert bounds(cn) == ("nothing", "license")
        (need,) = needs(cn)
        assert "2026-11-10" in str(need["ask"])
        assert "mofcom_2025_70" in str(need["ask"])

    def test_after_it_the_announced_extension_is_open(self, path: Path, evaluate: Eval) -> None:
        cn = evaluate(path, "--on", "2026-11-20", "--known", "2026-11-20")["cn"]
        assert bounds(cn) == ("nothing", "license")
        (need,) = needs(cn)
        assert "no implementing notice has been seen" in str(need["ask"])
        assert str(need["question"]).startswith("cn.mofcom_2025_70.")

    def test_the_doubt_was_not_known_in_september(self, path: Path, evaluate: Eval) -> None:
        cn = evaluate(path, "--on", "2026-11-20", "--known", "2026-09-01")["cn"]
        assert bounds(cn) == ("license", "license")
        assert needs(cn) == []

    def test_people_are_told_the_same(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        days = ("--on", "2025-12-02", "--known", "2025-12-02")
        assert run(["eval", str(path), *days]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert "Announcement No. 70 of 2025" in text
        assert "suspended" in text


def needs(decision: dict[str, Json]) -> list[dict[str, Json]]:
    found = decision["needs"]
    assert isinstance(found, list)
    return [n for n in found if isinstance(n, dict)]


@pytest.mark.parametrize(
    ("value", "caught"),
    [("10 EUR", True), ("9.99 EUR", False), ("10.01 EUR", True)],
    ids=["exactly 0.1 %", "0.0999 %", "0.1001 %"],
)
def test_the_floor_is_exact(value: str, caught: bool, tmp_path: Path, evaluate: Eval) -> None:
    cn = evaluate(variant(tmp_path, "value: 42 EUR", f"value: {value}"))["cn"]
    expected = "license" if caught else "nothing"
    assert bounds(cn) == (expected, expected)


def test_an_unknown_value_beside_one_over_the_floor(tmp_path: Path, evaluate: Eval) -> None:
    more = (
        "value: 42 EUR\n"
        '      - code: ["CN:1C904.a.1", "US:EAR99"]\n        origin: CN\n        value: unknown'
    )
    cn = evaluate(variant(tmp_path, "value: 42 EUR", more))["cn"]
    assert bounds(cn) == ("license", "license")
    assert needs(cn) == []


def test_half_the_facts_missing(tmp_path: Path, evaluate: Eval) -> None:
    """A range, the needs, and after answering the first need a narrower range."""
    path = tmp_path / "half.case.yaml"
    path.write_text(
        "case: half the facts\n"
        "on: 2025-12-02\n"
        "known: 2025-11-01\n"
        "assume: closed\n"
        "given:\n"
        "  action: reexport\n"
        "  departure: NL\n"
        "  actor: { located_in: NL, organized_in: NL }\n"
        "  item:\n"
        '    code: ["CN:1C905.a.4", "US:EAR99"]\n'
        "    made_in: NL\n"
        "    origin: NL\n"
        "    value: 10000 EUR\n"
        "    components:\n"
        '      - code: ["CN:1C905.a.1", "US:EAR99"]\n'
        "        origin: CN\n"
        "        value: unknown\n",
        encoding="utf-8",
    )
    before = evaluate(path)["cn"]
    assert bounds(before) == ("nothing", "license")
    asked = needs(before)
    assert {str(n["question"]) for n in asked} >= {"destination", "cn_content(item)"}
    first = asked[0]
    answers = first["answers"]
    assert isinstance(answers, list)
    assert len(answers) >= 2
    # Answer it each way, as the case would state it, and see the range that was foretold.
    question = str(first["question"])
    assert question in {"destination", "cn_content(item)"}
    stated = {
        "destination": [
            ("action: reexport", f"action: reexport\n  destination: {c}") for c in ("CN", "US")
        ],
        "cn_content(item)": [("value: unknown", f"value: {v} EUR") for v in ("1", "42")],
    }[question]
    narrowed = False
    for old, new in stated:
        answered = tmp_path / "answered.case.yaml"
        answered.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        after = evaluate(answered)["cn"]
        foretold = [a for a in answers if isinstance(a, dict)]
        assert bounds(after) in [bounds(a) for a in foretold]
        narrowed = narrowed or bounds(after) != ("nothing", "license")
    assert narrowed, "no answer narrowed the range"


def test_run_it_on_a_fresh_clone(tmp_path: Path) -> None:
    """The README's own `Run it`, in a clone and a virtual environment of its own."""
    clone = tmp_path / "longarm"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    readme = (clone / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Run it", 1)[1].split("\n## ", 1)[0]
    fences = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert len(fences) == 1
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", fences[0]],
        cwd=clone,
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "foreign_made_content" in text or "Foreign-made items" in text
    assert "China" in text
    assert "United States" in text
