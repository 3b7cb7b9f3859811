"""Names, severities and pages of the diagnostics agree one for one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from longarm_dsl.catalogue import KINDS, Kind, kind, page
from longarm_dsl.diagnostics import Severity

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "dsl/longarm_dsl/diagnostic_pages"


def test_every_kind_has_a_page_and_every_page_a_kind() -> None:
    assert sorted(path.name for path in PAGES.iterdir()) == [f"{k.name}.md" for k in KINDS]


def test_the_registry_is_sorted_and_says_everything_once() -> None:
    names = [k.name for k in KINDS]
    assert names == sorted(set(names))
    assert len({k.summary for k in KINDS}) == len(KINDS)


@pytest.mark.parametrize("known", KINDS, ids=lambda known: known.name)
def test_a_page_says_avoid_prefer_why(known: Kind) -> None:
    text = page(known.name)
    assert text is not None
    assert kind(known.name) is known
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", known.name)
    assert not known.summary.endswith(".")
    # The first lines are the registry's own words; the rest is the author's.
    head = f"# {known.name}\n\n*{known.severity}*: {known.summary}\n\n"
    assert text.startswith(head)
    fence = r"```pol\n(?P<{0}>(?:(?!```).+\n|\n)+)```\n"
    body = (
        rf"## Avoid\n\n{fence.format('avoid')}"
        rf"\n## Prefer\n\n{fence.format('prefer')}"
        r"\n## Why\n\n\S(?:.|\n)+\.\n"
    )
    found = re.fullmatch(body, text.removeprefix(head))
    assert found is not None
    assert found["avoid"] != found["prefer"]
    assert all(len(line) <= 110 for line in text.splitlines())


@pytest.mark.parametrize("name", ["", "no-such-name", "../source", "/etc/passwd", "stale.md"])
def test_no_other_name_has_a_page(name: str) -> None:
    assert page(name) is None
    assert kind(name) is None


def raised() -> dict[tuple[str, str], str]:
    """Each (name, severity) that the code gives to `error` or `warning`, with its place."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted([*ROOT.glob("dsl/**/*.py"), *ROOT.glob("compiler/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="error" | "warning" as severity),
                    args=[ast.Constant(value=str(name)), _, _, *_],
                ):
                    found[name, severity] = f"{path.relative_to(ROOT)}:{node.lineno}"
                case _:
                    pass
    return found


def test_what_the_code_says_is_in_the_registry() -> None:
    known = {(k.name, k.severity.value) for k in KINDS}
    assert {place: told for told, place in raised().items() if told not in known} == {}


def test_severities_are_those_of_the_diagnostics() -> None:
    assert {k.severity for k in KINDS} == set(Severity)
