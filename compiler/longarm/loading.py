"""Which files a law is made of, and the law in them: from the cache, or compiled.

    law(paths, cache=folder) -> Compiled    what a command that only decides starts with

Light on purpose: the compiler (`longarm.pipeline`) is imported only where the cache has no
entry for exactly these files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import count
from pathlib import Path

import longarm_policies
from longarm import cache as cache_
from longarm_dsl.core.program import Case, Program
from longarm_dsl.core.properties import Property
from longarm_dsl.diagnostics import Diagnostic, has_errors
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.surface.read import MAX_BYTES, bounded_bytes

PACK_ROOT = "longarm_policies"


@dataclass(frozen=True, eq=False)
class Compiled:
    """A program, everything found on the way to it, and the cases in its files."""

    program: Program
    found: tuple[Diagnostic, ...]
    read_stated: Callable[[], tuple[tuple[Case, ...], tuple[Property, ...]]]
    kept: tuple[Path, str] | None = None
    """The cache folder and the key of the program in it, where there is one."""

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The cases, by file; read when they are first asked for."""
        return self._stated[0]

    @cached_property
    def properties(self) -> tuple[Property, ...]:
        """The properties, by file; read with the cases."""
        return self._stated[1]

    @cached_property
    def _stated(self) -> tuple[tuple[Case, ...], tuple[Property, ...]]:
        return self.read_stated()


@dataclass(frozen=True, slots=True)
class LawFile:
    """A file with its module name and its bytes, not more than one over what is read."""

    module: str
    path: Path
    data: bytes

    def beside(self, relative: str) -> bytes | None:
        """A data file beside it; never outside its folder."""
        folder = self.path.parent
        try:
            target = (folder / relative).resolve()
        except (RuntimeError, ValueError):
            return None  # links in a circle; a name that no file can have
        if not target.is_relative_to(folder.resolve()) or not target.is_file():
            return None
        return target.read_bytes()


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


def law_files(paths: Sequence[Path] = (), *, installed: bool = True) -> tuple[LawFile, ...]:
    """Read the files of some paths, and of the installed packs beside them.

    A given file takes the place of an installed module of the same name.
    Raises OSError for a path that cannot be read.
    """
    return tuple(_read(name, file) for name, file in _named(paths, installed=installed))


def _read(name: str, path: Path) -> LawFile:
    return LawFile(name, path, bounded_bytes(path, MAX_BYTES))


def _named(paths: Sequence[Path], *, installed: bool) -> Iterator[tuple[str, Path]]:
    names: set[str] = set()
    given: set[Path] = set()
    folders: dict[Path, Path] = {}
    roots = [*paths, *([installed_pack()] if installed or not paths else [])]
    for root in roots:
        for file in pol_files(root):
            real = _real(file, folders)
            name = module_name(real if PACK_ROOT in str(real) else file, root)
            if name in names:
                if root not in paths or real in given:
                    continue
                # Two given files of one name, in different folders: both are meant.
                name = next(f"{name}~{n}" for n in count(2) if f"{name}~{n}" not in names)
            given.add(real)
            names.add(name)
            yield name, file


def _real(file: Path, folders: dict[Path, Path]) -> Path:
    """The file without links; each folder is looked at once."""
    if file.is_symlink():
        return file.resolve()
    folder = file.parent
    if folder not in folders:
        folders[folder] = folder.resolve()
    return folders[folder] / file.name


def law(
    paths: Sequence[Path] = (), *, installed: bool = True, cache: Path | None = None
) -> Compiled:
    """The program of some files: as kept in a cache folder, else compiled and kept there.

    A program with errors is not kept. Raises OSError for a path that cannot be read.
    """
    files = law_files(paths, installed=installed)
    if cache is None:
        return _compile(files)
    key = cache_.key_of((file.module, str(file.path), file.data) for file in files)
    entry = cache_.find(cache, key)
    by_name = {file.module: file for file in files}
    if entry is not None and all(
        _digest(by_name[module].beside(name)) == content
        for (module, name), content in entry.data_files.items()
    ):

        def stated() -> tuple[tuple[Case, ...], tuple[Property, ...]]:
            kept = entry.stated()
            return _compile(files).read_stated() if kept is None else kept

        return Compiled(entry.program, entry.found, stated, (cache, key))
    read: dict[tuple[str, str], str | None] = {}
    compiled = _compile(files, read)
    if not has_errors(compiled.found):
        kept = compiled.cases, compiled.properties
        cache_.keep(cache, key, read, compiled.program, compiled.found, kept)
        return Compiled(compiled.program, compiled.found, compiled.read_stated, (cache, key))
    return compiled


def _compile(
    files: Sequence[LawFile], read: dict[tuple[str, str], str | None] | None = None
) -> Compiled:
    """Compile some files, and note which data files were read."""
    from longarm.pipeline import compile_files  # noqa: PLC0415  what the cache is there to spare

    def reading(file: LawFile, name: str) -> bytes | None:
        data = file.beside(name)
        if read is not None:
            read[file.module, name] = _digest(data)
        return data

    return compile_files(files, reading)[0]


def _digest(data: bytes | None) -> str | None:
    return None if data is None else cache_.digest(data)
