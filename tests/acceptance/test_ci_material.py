"""The workflow and the hooks that the page on continuous integration offers to copy, run as they stand.

What runs them, GitHub and pre-commit, is not here: the commands they give are.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from longarm.cli import run
from longarm.cli.terminal import ExitCode

ROOT = Path(__file__).parents[2]
read_yaml: Any = YAML(typ="safe")
LAW = """use common.trade

instrument draft "A draft"
  regime     cn
  issued     2025-01-01
  verified   2026-11-01
  covers     "1" by magnets

rule magnets "Magnets"
  cite      "1"
  when      destination = TV
  then      requires license from MOFCOM
"""
CASES = """use common.trade

case "met"
  on      2025-03-01
  assume  closed
  given   { destination: TV }
  expect  cn because draft.magnets

case "elsewhere"
  on      2025-03-01
  assume  closed
  given   { destination: TO }
  expect  cn not because draft.magnets
"""


def fences() -> list[Any]:
    """The YAML that the page shows, read."""
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    found = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [read_yaml.load(text) for text in found]


def told(arguments: list[str]) -> int:
    assert arguments[0] == "longarm"
    return run(arguments[1:])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Law in `law/`, cases in `cases/`, as the page says."""
    for folder, name, text in (("law", "draft.pol", LAW), ("cases", "draft.pol", CASES)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def steps() -> list[list[str]]:
    (workflow,) = [fence for fence in fences() if "jobs" in fence]
    runs = [step["run"] for step in workflow["jobs"]["law"]["steps"] if "run" in step]
    return [shlex.split(text) for text in runs if text.startswith("longarm")]


def test_each_step_of_the_workflow_passes_on_law_that_is_right(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(steps()) == 3
    for step in steps():
        assert told(step) == ExitCode.OK, (step, capsys.readouterr())
    for report in ("cases.xml", "cases.sarif", "summary.md"):
        assert (project / report).stat().st_size


def test_a_wrong_expectation_fails_the_workflow_and_is_in_every_report(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = CASES.replace("cn because", "cn not because")
    (project / "cases" / "draft.pol").write_text(wrong, "utf-8")
    assert [told(step) for step in steps()] == [ExitCode.OK, ExitCode.OK, ExitCode.FINDINGS]
    assert "::error file=cases/draft.pol,line=7" in capsys.readouterr().out
    for report in ("cases.xml", "cases.sarif", "summary.md"):
        assert "not because cn.draft.magnets" in (project / report).read_text("utf-8")


def test_the_hooks_do_what_the_page_says_with_the_arguments_that_it_gives(project: Path) -> None:
    hooks = {
        hook["id"]: hook
        for hook in read_yaml.load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    }
    (config,) = [fence for fence in fences() if "repos" in fence]
    used = config["repos"][0]["hooks"]
    assert {hook["id"] for hook in used} == set(hooks)
    changed = project / "law" / "draft.pol"
    changed.write_text(LAW.replace('  cite      "1"', '  cite "1"'), "utf-8")
    for hook in used:
        given = hook.get("args", [])
        if hooks[hook["id"]].get("pass_filenames", True):
            given = [*given, "law/draft.pol"]
        assert told([*hooks[hook["id"]]["entry"].split(), *given]) == ExitCode.OK, hook
    assert changed.read_text("utf-8") == LAW
    changed.write_text(LAW.replace("TV", "TO"), "utf-8")
    assert told(["longarm", "test", "law", "cases"]) == ExitCode.FINDINGS
