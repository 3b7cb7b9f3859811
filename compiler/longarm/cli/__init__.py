"""The command line. The only place, with its siblings, that reads, prints or exits.

`run` turns every way a command can end into an exit code; `main` is the process around it.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from longarm.cli.group import root
from longarm.cli.terminal import ExitCode, Settings, err

__all__ = ["main", "run"]

_PROGRAM = "longarm"
_COMPLETE = "_LONGARM_COMPLETE"
_INTERRUPTED = 130
_BROKEN_PIPE = 141
_NEW_OBJECTS = 50_000
_DEEPEST = 6_000
"""Calls in one another: what the reader and the checker let pass nests, some thousand deep."""


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    for stream in (sys.stdout, sys.stderr):
        # Chinese titles must print whatever the locale says; a file name that is not UTF-8
        # must not end the run.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    collect_seldom()
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEPEST))
    sys.exit(run(sys.argv[1:]))


def collect_seldom() -> None:
    """Have garbage looked for less often, in the whole process.

    Law and cases are many objects that stay: looking through them for what can go, as often as
    Python does by default, takes a tenth of a short run and half of one with thousands of cases.
    """
    gc.set_threshold(_NEW_OBJECTS, 20, 20)


def run(args: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing but `SystemExit` passes.

    Interrupts and a reader that went away give what a shell gives for the signal
    (128 + SIGINT, 128 + SIGPIPE).
    """
    settings = Settings()
    try:
        return _run(args, settings)
    except BrokenPipeError:
        _silence()
        return _BROKEN_PIPE
    except (click.Abort, KeyboardInterrupt):
        err("\ninterrupted\n")
        return _INTERRUPTED
    except click.ClickException as wrong:
        wrong.show()
        return ExitCode.USAGE
    except OSError as wrong:
        name = f"{wrong.filename}: " if wrong.filename else ""
        err(f"Error: {name}{wrong.strerror or wrong}\n")
        _trace(settings)
        return ExitCode.USAGE
    except Exception as bug:  # noqa: BLE001  the last handler: whatever arrives here is our bug
        err(
            f"Error: longarm made a mistake ({type(bug).__name__}: {bug}).\n"
            "The fault is not in your policy or case. Please report it, with the command and\n"
            "what it read; `--debug` shows where it happened.\n"
        )
        _trace(settings)
        return ExitCode.BUG


def _run(args: Sequence[str], settings: Settings) -> int:
    instruction = os.environ.get(_COMPLETE)
    if instruction:
        from click.shell_completion import shell_complete  # noqa: PLC0415  only for a shell's Tab

        return shell_complete(root, {}, _PROGRAM, _COMPLETE, instruction)
    try:
        with root.make_context(_PROGRAM, list(args), obj=settings) as context:
            result: object = root.invoke(context)
    except click.exceptions.Exit as left:
        result = left.exit_code
    # Flushed here, so that a closed pipe is met where it is handled.
    sys.stdout.flush()
    return int(result) if isinstance(result, int) else ExitCode.OK


def _trace(settings: Settings) -> None:
    if settings.debug:
        import traceback  # noqa: PLC0415  only when asked for

        err(traceback.format_exc())


def _silence() -> None:
    """Point stdout at nothing: Python flushes it once more at exit, and would complain."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
