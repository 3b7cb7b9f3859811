"""The worked examples of the checks: every finding is announced on its line, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from longarm.pipeline import compile_sources
from longarm_dsl.catalogue import KINDS

PAGES = Path(__file__).parents[2] / "dsl/conformance/checks"
CASE = re.compile(r"^## (?P<title>.+)\n\n```pol\n(?P<text>(?:(?!```).*\n)+)```$", re.MULTILINE)
ANNOUNCED = re.compile(r'# (?P<severity>error|warning): \[(?P<name>[a-z-]+)\] "(?P<part>.+)"$')


def cases() -> Iterator[tuple[str, str]]:
    for path in sorted(PAGES.glob("*.md")):
        for case in CASE.finditer(path.read_text("utf-8")):
            yield f"{path.stem}: {case['title']}", case["text"]


@pytest.mark.parametrize(("title", "text"), list(cases()), ids=lambda value: value.splitlines()[0])
def test_what_is_announced_is_found_and_nothing_else(title: str, text: str) -> None:
    assert title
    announced = {
        (number, m["severity"], m["name"]): m["part"]
        for number, line in enumerate(text.splitlines(), 1)
        if (m := ANNOUNCED.search(line))
    }
    found = {
        (d.primary.span.source.position(d.primary.span.start)[0], str(d.severity), d.name): d
        for d in compile_sources([("cn.case", text)]).found
    }
    assert {k: found[k].message for k in found} == {
        k: found[k].message if k in found else part for k, part in announced.items()
    }
    for key, part in announced.items():
        assert part in found[key].message
        assert found[key].help


def test_every_name_of_a_check_has_an_example() -> None:
    shown = {
        m
        for text in PAGES.glob("*.md")
        for m in re.findall(r": \[([a-z-]+)\]", text.read_text("utf-8"))
    }
    assert shown <= {k.name for k in KINDS}
    assert shown >= {
        "all-over-empty",
        "always-true",
        "confusable-name",
        "cyclic-defeat",
        "divisor-may-be-zero",
        "event-without-effect",
        "excluded-by-range",
        "negated-status",
        "never-in-force",
        "never-true",
        "presumed-judgment",
        "presumption-not-one-sided",
        "provision-unclaimed",
        "uncited-rule",
        "uncited-threshold",
        "unlisted-provision",
        "unreviewed-end",
        "unused-declaration",
    }
