"""Which files a law is made of, and the law in them: read from the cache, or compiled.

    law(paths) -> Compiled        what every command that only decides starts with

Light on purpose: the compiler (`longarm.pipeline`) is imported only if the cache has no
entry for exactly these texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import longarm_policies
from longarm_dsl.core.program import Case, Program
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.lazy_dataclass import dataclass

PACK_ROOT = "longarm_policies"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program, the cases in its files, and everything found on the way to it."""

    program: Program
    cases: tuple[Case, ...]
    found: tuple[Diagnostic, ...]


def installed_pack() -> Path:
    """Folder of the packs that are installed beside longarm."""
    return Path(longarm_policies.__file__).parent


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


def law_files(paths: Sequence[Path] = (), *, installed: bool = True) -> Iterator[tuple[str, Path]]:
    """The files of some paths and of the installed packs beside them, by module name.

    A given file takes the place of an installed module of the same name.
    Raises OSError for a path that cannot be read.
    """
    names: set[str] = set()
    given: set[Path] = set()
    roots = [*paths, *([installed_pack()] if installed or not paths else [])]
    for root in roots:
        for file in pol_files(root):
            real = file.resolve()
            name = module_name(real if PACK_ROOT in str(real) else file, root)
            if name in names:
                if root not in paths or real in given:
                    continue
                # Two given files of one name, in different folders: both are meant.
                name = next(f"{name}~{n}" for n in count(2) if f"{name}~{n}" not in names)
            given.add(real)
            names.add(name)
            yield name, file
