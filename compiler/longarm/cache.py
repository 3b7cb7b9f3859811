"""Programs that were compiled before, found again by the content they were compiled from.

    entry = cache.find(folder, key)        what is kept under a key, or None
    cache.keep(folder, key, ...)           kept if the folder can be written
    cache.find_code, cache.keep_code       the same for compiled functions, beside the law

A key is a SHA-256 over the name and bytes of every file, the version and files of the
toolkit and the version of Python; an entry also says which data files were read and what
was in them. An entry that is damaged, of another key or of other data files is no entry; a
folder that cannot be read or written is no cache. Neither is ever an error.

Entries are marshalled plain data (`longarm_dsl.core.portable`). `marshal` is not safe on
bytes that someone else has made: the folder must belong to the user and be writable by
nobody else, and nothing is unmarshalled before its checksum has matched.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import longarm_dsl
from longarm.about import LANGUAGE_VERSION, __version__
from longarm_dsl.core import portable
from longarm_dsl.core.portable import Plain, UnreadableError
from longarm_dsl.core.program import Case, Program
from longarm_dsl.core.properties import Property
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.lazy_dataclass import dataclass

FORMAT = 2
"""Counts the forms that entries have had."""

MOST_ENTRIES = 64
"""The oldest entries beyond this number are removed."""

MOST_BYTES = 128_000_000
"""The oldest entries beyond this size are removed."""

_MAGIC = b"longarm cache\n"
_SUFFIX = ".law"
_CODE_SUFFIX = ".code"
_HASH_BYTES = 32
_COUNT_BYTES = 8

DataFiles: TypeAlias = Mapping[tuple[str, str], str | None]
"""The data files that a module read, by its name and theirs: a digest, None if not there."""


Stated: TypeAlias = tuple[tuple[Case, ...], tuple[Property, ...]]
"""The cases and the properties of the files."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A program without errors; its cases and properties are read when they are asked for."""

    data_files: DataFiles
    program: Program
    found: tuple[Diagnostic, ...]
    stated: Callable[[], Stated | None]
    """The cases and properties; None if what is kept of them is damaged."""


# ── keys ─────────────────────────────────────────────────────────────────────


def default_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """`$LONGARM_CACHE`, else `longarm` where the system keeps caches.

    None without a home, and where `$LONGARM_NO_CACHE` is set.
    """
    if environ.get("LONGARM_NO_CACHE"):
        return None
    own = environ.get("LONGARM_CACHE")
    if own:
        return Path(own)
    try:
        if environ.get("XDG_CACHE_HOME"):
            return Path(environ["XDG_CACHE_HOME"]) / "longarm"
        if sys.platform == "win32":
            local = environ.get("LOCALAPPDATA")
            return (Path(local) if local else Path.home() / "AppData" / "Local") / "longarm"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "longarm"
        return Path.home() / ".cache" / "longarm"
    except RuntimeError:
        return None


def key_of(files: Iterable[tuple[str, str, bytes]]) -> str:
    """The key of what is compiled from some files, each with its module, its name and bytes."""
    parts: list[bytes] = [
        f"{FORMAT} {portable.FORMAT} {__version__} {LANGUAGE_VERSION}".encode(),
        f"{sys.implementation.cache_tag} {sys.version}".encode(),
        *_toolkit(Path(longarm_dsl.__file__).parent),
    ]
    for module, name, data in files:
        parts += [module.encode(), name.encode("utf-8", "surrogatepass"), data]
    return _digest_of(parts)


def code_key(key: str, regime: str) -> str:
    """The key of the functions of one regime of a law that is kept under `key`."""
    here = Path(__file__).parent
    compilers = (here / name for name in ("backends", "compiled", "plan"))
    states = (state for folder in compilers for state in _toolkit(folder))
    return _digest_of([key.encode(), regime.encode(), *states])


def _digest_of(parts: Iterable[bytes]) -> str:
    # With their lengths, so that no two lists of parts are the same bytes.
    return digest(b"".join(len(p).to_bytes(_COUNT_BYTES, "big") + p for p in parts))


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return _sha256(data).hex()


def _toolkit(root: Path) -> Iterable[bytes]:
    """Size and time of the files that compile, as Python itself trusts them for its own cache.

    Who works on longarm changes it without a new version.
    """
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in {"__pycache__", "diagnostic_pages"})
        for name in sorted(names):
            state = os.stat(f"{folder}/{name}")  # noqa: PTH116  a path object for each takes as long again
            yield f"{name} {state.st_size} {state.st_mtime_ns}".encode()


def _sha256(data: bytes) -> bytes:
    """The digest by the interpreter's own code.

    `hashlib` loads OpenSSL for it, which takes longer than everything that is hashed here.
    """
    for name in ("_sha2", "_sha256", "hashlib"):
        try:
            sha256 = cast("Callable[[bytes], _Hash]", import_module(name).sha256)
        except (ImportError, AttributeError):
            continue
        return sha256(data).digest()
    raise ImportError("no SHA-256")


class _Hash(Protocol):
    def digest(self) -> bytes: ...


# ── finding ──────────────────────────────────────────────────────────────────


def find(folder: Path, key: str) -> Entry | None:
    """What is kept under a key; None if nothing is, or nothing that can be trusted."""
    try:
        if not _is_own(folder):
            return None
        data = (folder / f"{key}{_SUFFIX}").read_bytes()
    except OSError:
        return None
    try:
        law, cases = _sections(data)
        kept_key, data_files, program, found = _unmarshalled(law)
        if kept_key != key:
            return None
        return Entry(
            _data_files(data_files),
            portable.decode(program, Program),
            cast("tuple[Diagnostic, ...]", portable.decode(found, tuple)),
            lambda: _stated(cases),
        )
    except (UnreadableError, TypeError, ValueError):
        return None


def find_code(folder: Path, key: str) -> tuple[object, ...] | None:
    """What `keep_code` kept under a key of `code_key`; None as for `find`."""
    try:
        if not _is_own(folder):
            return None
        kept_key, *parts = _unmarshalled((folder / f"{key}{_CODE_SUFFIX}").read_bytes())
    except (OSError, UnreadableError, TypeError, ValueError):
        return None
    return tuple(parts) if kept_key == key else None


def _stated(section: bytes) -> Stated | None:
    try:
        (stated,) = _unmarshalled(section)
        cases, properties = cast("Stated", portable.decode(stated, tuple))
    except (UnreadableError, TypeError, ValueError):
        return None
    return cases, properties


def _sections(data: bytes) -> tuple[bytes, bytes]:
    """The two parts of an entry, each with its checksum before it."""
    if not data.startswith(_MAGIC):
        raise UnreadableError("no entry")
    start = len(_MAGIC) + _COUNT_BYTES
    end = start + int.from_bytes(data[len(_MAGIC) : start], "big")
    return data[start:end], data[end:]


def _unmarshalled(section: bytes) -> tuple[object, ...]:
    checksum, data = section[:_HASH_BYTES], section[_HASH_BYTES:]
    if _sha256(data) != checksum:
        raise UnreadableError("the entry is damaged")
    try:
        value: object = marshal.loads(data)  # noqa: S302  the user's own folder, and the checksum is right
    except EOFError as wrong:
        raise UnreadableError("the entry is damaged") from wrong
    if not isinstance(value, tuple):
        raise UnreadableError("the entry is damaged")
    return cast("tuple[object, ...]", value)


def _data_files(value: object) -> DataFiles:
    rows = cast("tuple[tuple[str, str, str | None], ...]", value)
    return {(module, name): content for module, name, content in rows}


def _is_own(folder: Path) -> bool:
    """Whether the folder is the user's, and others cannot write to it."""
    state = folder.stat()
    if sys.platform == "win32":
        return True
    return state.st_uid == os.geteuid() and not state.st_mode & 0o022


# ── keeping ──────────────────────────────────────────────────────────────────


def keep(
    folder: Path,
    key: str,
    data_files: DataFiles,
    program: Program,
    found: tuple[Diagnostic, ...],
    stated: Stated,
) -> None:
    """Keep a program under its key; nothing happens if the folder cannot be written."""
    rows = tuple((module, name, content) for (module, name), content in data_files.items())
    law = _marshalled((key, rows, portable.encode(program), portable.encode(found)))
    section = _marshalled((portable.encode(stated),))
    data = _MAGIC + len(law).to_bytes(_COUNT_BYTES, "big") + law + section
    _keep(folder, f"{key}{_SUFFIX}", data)


def keep_code(folder: Path, key: str, parts: tuple[object, ...]) -> None:
    """Keep functions, and what goes with them, under a key of `code_key`, as `keep` does.

    `parts` are what `marshal` can write: code, plain data, tuples and dictionaries of it.
    """
    data = marshal.dumps(cast("tuple[str, ...]", (key, *parts)))
    _keep(folder, f"{key}{_CODE_SUFFIX}", _sha256(data) + data)


def _keep(folder: Path, name: str, data: bytes) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(folder):
            return
        _write(folder / name, data)
        _shrink(folder)
    except OSError:
        return


def _marshalled(value: tuple[str | Plain, ...]) -> bytes:
    # Version 2 has no references: what it writes depends on the value alone.
    data = marshal.dumps(cast("tuple[str, ...]", value), 2)
    return _sha256(data) + data


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, whoever else writes it."""
    from tempfile import mkstemp  # noqa: PLC0415  only to write

    number, name = mkstemp(dir=path.parent, prefix=".", suffix=_SUFFIX)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _shrink(folder: Path) -> None:
    """Remove the oldest entries beyond the limits, and what a killed process left."""
    kept = [p for suffix in (_SUFFIX, _CODE_SUFFIX) for p in folder.glob(f"*{suffix}")]
    states = {path: path.stat() for path in kept}
    newest = sorted(states, key=lambda p: (-states[p].st_mtime_ns, p.name))
    size = 0
    for number, path in enumerate(newest):
        size += states[path].st_size
        if number >= MOST_ENTRIES or (number and size > MOST_BYTES):
            path.unlink(missing_ok=True)
