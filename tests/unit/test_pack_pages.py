"""The pages on what a pack decides name every instrument, with the state that it is in."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from longarm.pipeline import compile_paths
from longarm.timeline import chart
from longarm_dsl.core.program import Program

PAGES = sorted((Path(__file__).parents[2] / "docs" / "packs").glob("*.md"))
_ROW = re.compile(
    r"^\| (?P<names>`\w+`(?:, `\w+`)*)[^|]*\|[^|]*\| (?P<state>[^|]*) \|", re.MULTILINE
)


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_paths().program


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_instrument_has_its_row_with_its_state(page: Path, program: Program) -> None:
    text = page.read_text("utf-8")
    told = [
        (name, row["state"])
        for row in _ROW.finditer(text)
        for name in re.findall(r"`(\w+)`", row["names"])
    ]
    known = program.verified
    assert known is not None
    assert f"{known.day} {known:%B %Y}" in text
    ids = {i.id for i in program.instruments.values() if i.regime == page.stem}
    drawn = chart(program, ids, known, date(known.year, 12, 31), known)
    states = [(_bare(life.instrument.id), str(drawn.state(life))) for life in drawn.lives]
    assert sorted(told) == sorted(states)


def _bare(name: str) -> str:
    return name.partition(".")[2]
