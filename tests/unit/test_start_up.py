"""What a warm command loads: the law from the cache, and nothing that reads or proves law."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATHS = [str(ROOT / folder) for folder in ("dsl", "compiler", "policies")]
CASE = {
    "case": "magnets",
    "on": "2025-12-02",
    "known": "2025-11-01",
    "assume": "closed",
    "given": {"action": "export", "destination": "US", "item": {"code": "CN:1C905.a.4"}},
}

_RUN = """
import sys
from longarm.cli import run
code = run(sys.argv[1:])
print(code, *sorted(sys.modules), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds the shipped packs."""
    folder = tmp_path_factory.mktemp("start_up") / "cache"
    case = folder.with_name("case.json")
    case.write_text(json.dumps(CASE), "utf-8")
    assert "lark" in loaded(folder, "eval", str(case), "--format", "json")[1]
    return folder


def loaded(cache: Path, *args: str) -> tuple[str, set[str]]:
    """The output of a command in a process of its own, and the modules that it loaded."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LONGARM")}
    made = subprocess.run(
        [sys.executable, "-c", _RUN, *args],
        env={**environment, "PYTHONPATH": os.pathsep.join(PATHS), "LONGARM_CACHE": str(cache)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    code, *modules = made.stderr.split()
    assert code == "0", made.stderr
    return made.stdout, set(modules)


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


COMPILER = {"longarm.pipeline", "longarm_dsl.core.from_surface", "longarm_dsl.surface.ast"}


def test_a_warm_eval_of_a_json_case_needs_only_click(cache: Path) -> None:
    case = str(cache.with_name("case.json"))
    warm, modules = loaded(cache, "eval", case, "--format", "json")
    foreign = {"lark", "z3", "rich", "ruamel", "jsonschema", "hashlib", "difflib", "zoneinfo"}
    assert foreign & roots(modules) == set()
    assert COMPILER & modules == set()
    cold, _ = loaded(cache, "eval", case, "--format", "json", "--no-cache")
    assert warm == cold


def test_a_yaml_case_loads_its_reader_and_no_compiler(cache: Path) -> None:
    case = cache.with_name("case.yaml")
    case.write_text('case: "x"\non: 2025-12-02\ngiven:\n  destination: US\n', "utf-8")
    _, modules = loaded(cache, "eval", str(case), "--format", "json")
    assert "ruamel" in roots(modules)
    assert roots(modules) & {"lark", "z3", "rich"} == set()
    assert COMPILER & modules == set()


def test_a_page_for_people_loads_its_painter_and_no_compiler(cache: Path) -> None:
    _, modules = loaded(cache, "eval", str(cache.with_name("case.json")))
    assert "rich" in roots(modules)
    assert roots(modules) & {"lark", "z3", "ruamel"} == set()
    assert COMPILER & modules == set()


def test_the_evaluator_loads_no_trees() -> None:
    code = "import longarm_dsl.evaluate.decide, longarm_dsl.core.portable, sys; print(*sys.modules)"
    made = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(PATHS)},
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(made.stdout.split())
    assert {n for n in modules if n.startswith("longarm_dsl.surface")} == set()
    foreign = {"lark", "z3", "click", "rich", "ruamel", "jsonschema"}
    assert roots(modules) & foreign == set()
