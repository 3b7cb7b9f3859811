"""A file with eight planted mistakes of different kinds; formatting every file twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from longarm.cli import run
from longarm_dsl.source import Source
from longarm_dsl.surface.format import format_source

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"

PLANTED = [
    ("unknown-name", "destinaton"),
    ("unit-mismatch", "14 kg"),
    ("unknown-enum-value", "reexprot"),
    ("unknown-country", "XQ"),
    ("self-defeating-set", "mofcom_2030_1"),
    ("syntax-error", "or"),
    ("malformed-date", "2030-02-30"),
    ("excluded-by-range", None),
]


def test_eight_mistakes_eight_findings(capsys: pytest.CaptureFixture[str]) -> None:
    path = DATA / "eight_mistakes.pol"
    code = run(["check", str(path), "--format", "json"])
    # A file of 2030 is past days to which the installed law was verified; that is told too.
    told = json.loads(capsys.readouterr().out)["diagnostics"]
    found = [d for d in told if d["name"] != "unreviewed-end"]
    text = path.read_text(encoding="utf-8")
    source = Source(str(path), text)

    def under(d: dict[str, Any]) -> str:
        start: dict[str, int] = d["start"]
        end: dict[str, int] = d["end"]
        begin = source.line_starts[start["line"] - 1] + start["column"] - 1
        stop = source.line_starts[end["line"] - 1] + end["column"] - 1
        return text[begin:stop]

    assert [(d["name"], d["severity"]) for d in found] == [(name, "error") for name, _ in PLANTED]
    for diagnostic, (_, underlined) in zip(found, PLANTED, strict=True):
        assert diagnostic["help"]
        if underlined is not None:
            assert under(diagnostic) == underlined
    assert code == 3


@pytest.mark.parametrize(
    "path",
    [
        p
        for folder in ("policies", "tests/acceptance/data", "dsl")
        for p in sorted((ROOT / folder).rglob("*.pol"))
        if p.name != "eight_mistakes.pol"
    ],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_formatting_twice_changes_nothing(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    shutil.copy(path, copy)
    assert run(["fmt", str(copy)]) == 0
    once = copy.read_text(encoding="utf-8")
    assert run(["fmt", str(copy)]) == 0
    assert copy.read_text(encoding="utf-8") == once
    again, found = format_source(Source(str(copy), once))
    assert (again, found) == (once, ())


def test_every_file_is_formatted() -> None:
    files = [str(ROOT / "policies"), str(DATA / "magnets.pol")]
    assert run(["fmt", "--check", *files]) == 0
