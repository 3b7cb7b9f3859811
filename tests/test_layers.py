"""One direction of imports, and one place for everything that touches the world."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"longarm_dsl": "dsl", "longarm_policies": "policies", "longarm": "compiler"}
MAY_IMPORT = {
    "longarm_dsl": {"longarm_dsl"},
    "longarm_policies": {"longarm_policies", "longarm_dsl"},
    "longarm": {"longarm", "longarm_dsl", "longarm_policies"},
}
SPEAKS = (
    "longarm/cli/",
    "longarm/lsp/",
    "longarm/site/",
    "longarm/pytest_plugin.py",
    # The command line of a module that `longarm compile` writes.
    "longarm/standalone/carried.py",
    "longarm/standalone/entry.py",
)
ENDS = {"print", "input", "exit", "quit", "breakpoint"}
WORLD = {"sys.stdout", "sys.stderr", "sys.stdin", "sys.exit", "sys.argv", "os._exit", "os.abort"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / FOLDERS[package] / package).rglob("*.py"))


def name_of(path: Path) -> str:
    """The path below its source root: `longarm_dsl/source.py`."""
    return "/".join(path.relative_to(ROOT).parts[1:])


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every imported module with its line; a relative import is in its own package."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from ((alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module, node.lineno
            case _:
                pass


def deeds(path: Path) -> Iterator[tuple[str, int]]:
    """Every use of something that prints, reads the terminal or ends the process."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in ENDS:
                yield name, node.lineno
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                if f"{module}.{name}" in WORLD:
                    yield f"{module}.{name}", node.lineno
            case ast.Name(id="SystemExit"):
                yield "SystemExit", node.lineno
            case _:
                pass


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    ours = set(FOLDERS)
    assert modules(package)
    wrong = [
        f"{name_of(path)}:{line} imports {module}"
        for path in modules(package)
        for module, line in imports(path)
        if module.partition(".")[0] in ours - MAY_IMPORT[package]
    ]
    assert wrong == []


def test_only_the_edges_print_or_exit() -> None:
    wrong = [
        f"{name_of(path)}:{line} uses {deed}"
        for package in FOLDERS
        for path in modules(package)
        if not name_of(path).startswith(SPEAKS)
        for deed, line in deeds(path)
    ]
    assert wrong == []


def test_only_the_edges_know_the_terminal() -> None:
    wrong = [
        f"{name_of(path)}:{line} imports {module}"
        for package in FOLDERS
        for path in modules(package)
        if not name_of(path).startswith(SPEAKS)
        for module, line in imports(path)
        if module.partition(".")[0] == "click" or module.startswith("rich.console")
    ]
    assert wrong == []


def test_lark_stays_behind_one_module() -> None:
    users = {
        name_of(path)
        for package in FOLDERS
        for path in modules(package)
        for module, _ in imports(path)
        if module.partition(".")[0] == "lark"
    }
    assert users == {"longarm_dsl/surface/reader.py"}


def test_the_watch_sees_what_it_forbids(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "import sys\nfrom lark.tree import Tree\nprint(1)\nsys.exit(1)\nraise SystemExit\n"
    )
    assert list(imports(path)) == [("sys", 1), ("lark.tree", 2)]
    assert {deed for deed, _ in deeds(path)} == {"print", "sys.exit", "SystemExit"}
