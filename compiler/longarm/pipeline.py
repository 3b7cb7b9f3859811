"""The pipeline, one function a pass: files -> modules -> program -> decision.

    paths --load--> modules --compile--> program --check--> findings
                                            |
            case --read--> transaction --decide--> decision

Each pass returns its result and the diagnostics; none raises for what a file holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path

from longarm.loading import PACK_ROOT, Compiled, LawFile, installed_pack, law_files, pol_files
from longarm_dsl.core.check import check
from longarm_dsl.core.from_surface import compile_modules
from longarm_dsl.core.sources import Module, Sources
from longarm_dsl.diagnostics import Diagnostic, in_order
from longarm_dsl.source import Source
from longarm_dsl.surface.ast import File
from longarm_dsl.surface.parser import parse
from longarm_dsl.surface.read import read_source

__all__ = [
    "PACK_ROOT",
    "Compiled",
    "compile_files",
    "compile_loaded",
    "compile_paths",
    "compile_sources",
    "compile_with_sources",
    "installed_pack",
    "load",
    "pol_files",
    "read_texts",
]


def load(
    paths: Sequence[Path] = (), *, installed: bool = True
) -> tuple[tuple[Module, ...], tuple[Diagnostic, ...]]:
    """Read the files of some paths, and the installed packs beside them.

    A given file takes the place of an installed module of the same name.
    Raises OSError for a path that cannot be read.
    """
    return _modules(law_files(paths, installed=installed), LawFile.beside)


def _modules(
    files: Iterable[LawFile], beside: Callable[[LawFile, str], bytes | None]
) -> tuple[tuple[Module, ...], tuple[Diagnostic, ...]]:
    modules: list[Module] = []
    found: list[Diagnostic] = []
    for file in files:
        shown = str(file.path)
        source, problems = read_source(file.data, shown)
        found.extend(problems)
        read = source or Source(shown, "")
        modules.append(_module(file.module, read, partial(beside, file), found))
    return tuple(modules), tuple(found)


def _module(
    name: str,
    source: Source,
    resource: Callable[[str], bytes | None],
    found: list[Diagnostic],
) -> Module:
    source, tree, problems = _parsed(source.name, source.text)
    found.extend(problems)
    return Module(name, source, tree, resource)


@lru_cache(maxsize=256)
def _parsed(name: str, text: str) -> tuple[Source, File, tuple[Diagnostic, ...]]:
    """A tree depends on its text alone: a process that compiles again reads it once."""
    source = Source(name, text)
    return source, *parse(source)


def compile_paths(paths: Sequence[Path] = (), *, installed: bool = True) -> Compiled:
    """Load, compile and check."""
    return compile_with_sources(paths, installed=installed)[0]


def compile_with_sources(
    paths: Sequence[Path] = (), *, installed: bool = True
) -> tuple[Compiled, Sources]:
    """Load, compile and check; with the trees, for who shows or checks them further."""
    return compile_files(law_files(paths, installed=installed), LawFile.beside)


def compile_files(
    files: Iterable[LawFile], beside: Callable[[LawFile, str], bytes | None]
) -> tuple[Compiled, Sources]:
    """Compile and check files that have been read; `beside` reads a data file of one."""
    return compile_loaded(*_modules(files, beside))


def compile_sources(sources: Iterable[tuple[str, str]]) -> Compiled:
    """Compile texts given as (module name, text): for tests and tools."""
    return compile_loaded(*read_texts(sources))[0]


def read_texts(
    sources: Iterable[tuple[str, str]],
) -> tuple[tuple[Module, ...], tuple[Diagnostic, ...]]:
    """Read texts given as (module name, text); no data file lies beside them."""
    found: list[Diagnostic] = []
    modules = [
        _module(name, Source(f"{name}.pol", text), lambda _: None, found) for name, text in sources
    ]
    return tuple(modules), tuple(found)


def compile_loaded(
    modules: Iterable[Module], found: Iterable[Diagnostic]
) -> tuple[Compiled, Sources]:
    """Compile and check what `load` or `read_texts` gave."""
    program, sources, problems = compile_modules(modules)
    every = in_order((*found, *problems, *check(program, sources)))
    return Compiled(program, every, lambda: (sources.cases, sources.properties)), sources
