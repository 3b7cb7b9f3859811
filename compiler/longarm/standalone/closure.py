"""The modules that a stand-alone file carries: what a root imports, and what those import.

Found by reading, without importing anything: `import` statements wherever they stand, but
for those of `TYPE_CHECKING`. A package whose own module nobody imports is carried empty, so
that a façade does not bring the house along. Only the standard library may stay outside.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

OURS = ("longarm", "longarm_dsl", "longarm_policies")


@dataclass(frozen=True, slots=True)
class Carried:
    """One module of ours: its path below the source root, and its text."""

    path: str
    text: str


class OutsideError(Exception):
    """A carried module needs what is not in the standard library: a mistake in longarm."""


@cache
def sources(*roots: str) -> tuple[Carried, ...]:
    """The modules that some modules need, themselves included, sorted by path."""
    todo = list(roots)
    found: dict[str, Carried] = {}
    packages: set[str] = set()
    while todo:
        name = todo.pop()
        if name in found:
            continue
        module = _read(name)
        if module is None:
            raise OutsideError(f"no module {name}")
        found[name] = module
        parents = name.split(".")[:-1]
        packages.update(".".join(parents[: n + 1]) for n in range(len(parents)))
        for needed in imports(module.text):
            if needed.partition(".")[0] in OURS:
                todo.append(_module_of(needed))
            elif needed.partition(".")[0] not in sys.stdlib_module_names:
                raise OutsideError(f"{name} imports {needed}")
    for name in packages - found.keys():
        found[name] = Carried(f"{name.replace('.', '/')}/__init__.py", "")
    return tuple(sorted(found.values(), key=lambda carried: carried.path))


def imports(text: str) -> Iterator[str]:
    """What a module imports when it runs: dotted names, of a module or of what is in one."""
    todo: list[ast.AST] = [ast.parse(text)]
    while todo:
        node = todo.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                todo.extend(node.orelse)
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom():
                raise OutsideError("a relative import")
            case _:
                todo.extend(ast.iter_child_nodes(node))


def digest(carried: tuple[Carried, ...]) -> str:
    """SHA-256 of the modules, in hexadecimal."""
    made = hashlib.sha256()
    for module in carried:
        made.update(f"{module.path}\0{module.text}\0".encode())
    return made.hexdigest()


def renamed(text: str, prefix: str) -> str:
    """The text of a module that imports ours from below `prefix`; its lines stay its lines."""
    lines = text.splitlines(keepends=True)
    edits: dict[tuple[int, int], None] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in OURS:
            edits[node.lineno, node.col_offset + len("from ")] = None
        elif isinstance(node, ast.Import):
            wrong = [a.name for a in node.names if a.name.partition(".")[0] in OURS]
            if wrong:
                raise OutsideError(f"`import {wrong[0]}`, which binds the name of a package")
    for line, byte in sorted(edits, reverse=True):
        before = lines[line - 1].encode()
        lines[line - 1] = (before[:byte] + f"{prefix}.".encode() + before[byte:]).decode()
    return "".join(lines)


def _module_of(name: str) -> str:
    """The module that a dotted name is, or that holds it."""
    if _read(name) is not None:
        return name
    return name.rpartition(".")[0]


def _read(name: str) -> Carried | None:
    """A module of ours as it is shipped; works from a folder and from an archive."""
    top, *below = name.split(".")
    folder = files(top)
    if not below:
        folder = folder.joinpath("__init__.py")
        return Carried(f"{top}/__init__.py", folder.read_text("utf-8"))
    for tail in ((*below, "__init__.py"), (*below[:-1], f"{below[-1]}.py")):
        file = folder.joinpath(*tail)
        if file.is_file():
            return Carried("/".join((top, *tail)), file.read_text("utf-8"))
    return None
