"""The pipeline, one function a pass: files -> modules -> program -> decision.

    paths --load--> modules --compile--> program --check--> findings
                                            |
            case --read--> transaction --decide--> decision

Each pass returns its result and the diagnostics; none raises for what a file holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import count
from pathlib import Path

from longarm_dsl.core.check import check
from longarm_dsl.core.from_surface import compile_modules
from longarm_dsl.core.program import Module, Program
from longarm_dsl.diagnostics import Diagnostic, in_order
from longarm_dsl.source import Source
from longarm_dsl.surface.ast import File
from longarm_dsl.surface.parser import parse
from longarm_dsl.surface.read import read_source

PACK_ROOT = "longarm_policies"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program with everything found on the way to it."""

    program: Program
    found: tuple[Diagnostic, ...]


def installed_pack() -> Path:
    """Folder of the packs that are installed beside longarm."""
    with as_file(files(PACK_ROOT)) as folder:
        return Path(folder)


def pol_files(path: Path) -> list[Path]:
    """The `.pol` files of a path, sorted: itself, or everything below a folder."""
    if path.is_dir():
        return sorted(p for p in path.rglob("*.pol") if p.is_file())
    return [path]


def module_name(file: Path, root: Path) -> str:
    """Dotted name of a file: below the pack's folder if it lies in one, else below `root`."""
    parts = file.with_suffix("").parts
    if PACK_ROOT in parts:
        index = len(parts) - 1 - parts[::-1].index(PACK_ROOT)
        return ".".join(parts[index + 1 :])
    if root.is_dir():
        return ".".join(file.relative_to(root).with_suffix("").parts)
    return file.stem


def load(
    paths: Sequence[Path] = (), *, installed: bool = True
) -> tuple[tuple[Module, ...], tuple[Diagnostic, ...]]:
    """Read the files of some paths, and the installed packs beside them.

    A given file takes the place of an installed module of the same name.
    Raises OSError for a path that cannot be read.
    """
    modules: dict[str, Module] = {}
    found: list[Diagnostic] = []
    given: set[Path] = set()
    roots = [*paths, *([installed_pack()] if installed or not paths else [])]
    for root in roots:
        for file in pol_files(root):
            name = module_name(file.resolve() if PACK_ROOT in str(file.resolve()) else file, root)
            if name in modules:
                if root not in paths or file.resolve() in given:
                    continue
                # Two given files of one name, in different folders: both are meant.
                name = next(f"{name}~{n}" for n in count(2) if f"{name}~{n}" not in modules)
            given.add(file.resolve())
            source, problems = read_source(file)
            found.extend(problems)
            modules[name] = _module(name, source or Source(str(file), ""), file.parent, found)
    return tuple(modules.values()), tuple(found)


def _module(name: str, source: Source, folder: Path, found: list[Diagnostic]) -> Module:
    source, tree, problems = _parsed(source.name, source.text)
    found.extend(problems)

    def resource(relative: str) -> bytes | None:
        """A data file beside the module; never outside its folder."""
        try:
            target = (folder / relative).resolve()
        except (RuntimeError, ValueError):
            return None  # links in a circle; a name that no file can have
        if not target.is_relative_to(folder.resolve()) or not target.is_file():
            return None
        return target.read_bytes()

    return Module(name, source, tree, resource)


@lru_cache(maxsize=256)
def _parsed(name: str, text: str) -> tuple[Source, File, tuple[Diagnostic, ...]]:
    """A tree depends on its text alone: a process that compiles again reads it once."""
    source = Source(name, text)
    return source, *parse(source)


def compile_paths(paths: Sequence[Path] = (), *, installed: bool = True) -> Compiled:
    """Load, compile and check."""
    modules, found = load(paths, installed=installed)
    program, problems = compile_modules(modules)
    return Compiled(program, in_order((*found, *problems, *check(program))))


def compile_sources(sources: Iterable[tuple[str, str]]) -> Compiled:
    """Compile texts given as (module name, text): for tests and tools."""
    found: list[Diagnostic] = []
    modules = [
        _module(name, Source(f"{name}.pol", text), Path("/nonexistent"), found)
        for name, text in sources
    ]
    program, problems = compile_modules(modules)
    return Compiled(program, in_order((*found, *problems, *check(program))))
