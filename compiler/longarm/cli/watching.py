"""The `--watch` of `longarm test`: runs again whenever a file changes, until it is interrupted."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from longarm.cli.terminal import ExitCode, err, out

PAUSE = 0.5
"""Seconds between two looks at the files."""

_CLEAR = "\x1b[2J\x1b[H"


def watch(places: Sequence[Path], again: Callable[[tuple[Path, ...]], int]) -> int:
    """Run, and run again what changed: data files alone where no law did, else everything.

    `again` is told the files to run, none for all. Ends with the exit code of the last run.
    """
    seen = _stamps(places)
    code = _run(again, ())
    try:
        while True:
            time.sleep(PAUSE)
            now = _stamps(places)
            if now == seen:
                continue
            changed = tuple(sorted(p for p in now if now[p] != seen.get(p)))
            is_law = any(p.suffix == ".pol" for p in (*changed, *(seen.keys() - now.keys())))
            seen = now
            if sys.stdout.isatty():
                out(_CLEAR)
            err(f"{time.strftime('%H:%M:%S')} {', '.join(map(str, changed[:3]))}\n")
            code = _run(again, () if is_law else changed)
    except KeyboardInterrupt:
        return code


def _run(again: Callable[[tuple[Path, ...]], int], files: tuple[Path, ...]) -> int:
    """A run that could not be made is told, and the next change may mend it."""
    try:
        return again(files)
    except click.ClickException as wrong:
        err(f"{wrong.format_message()}\n")
    except OSError as wrong:
        err(f"{wrong.filename}: {wrong.strerror}\n")
    return ExitCode.USAGE


def _stamps(places: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """When each file was written, and its size; what is gone in between is not there."""
    from longarm.cases import case_files  # noqa: PLC0415  --help must not wait for the compiler

    found: dict[Path, tuple[int, int]] = {}
    for place in places:
        for file in case_files(place):
            try:
                stat = file.stat()
            except OSError:
                continue
            found[file] = (stat.st_mtime_ns, stat.st_size)
    return found
