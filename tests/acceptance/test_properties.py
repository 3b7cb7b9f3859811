"""Properties that ship with the packs, each tried on a few draws."""

from __future__ import annotations

from functools import cache

import pytest

from longarm.cache import default_folder
from longarm.loading import Compiled, law
from longarm.properties import run_property

TITLES = {
    "cn": (
        "more Chinese content is never laxer",
        "a listed end user is never laxer than the same unlisted",
        "a military end user is never laxer than a civil one",
        "nothing never follows from leaving a fact open",
    ),
    "us": (
        "more controlled US content is never laxer",
        "an end user on the Entity List is never laxer than the same unlisted",
        "nothing never follows from leaving a fact open",
    ),
}
FEW = 4


@cache
def packs() -> Compiled:
    return law(cache=default_folder())


@pytest.mark.parametrize(
    ("regime", "title"), [(regime, title) for regime, titles in TITLES.items() for title in titles]
)
def test_no_draw_speaks_against_it(regime: str, title: str) -> None:
    (stated,) = (
        p for p in packs().properties if p.title == title and p.module == f"{regime}.properties"
    )
    run = run_property(packs(), stated, examples=FEW)
    assert run.failed is None, run.failed
    assert run.status != "untested"


def test_all_of_them_are_tried() -> None:
    shipped = {(p.module.split(".")[0], p.title) for p in packs().properties}
    assert shipped == {(regime, title) for regime, titles in TITLES.items() for title in titles}
