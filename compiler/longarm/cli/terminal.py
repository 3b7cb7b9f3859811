"""What a verb needs to speak to the terminal: exit codes, color, output.

A verb is a module `longarm.cli.<verb>` with a `click.Command` named `command` and a row in
`longarm.cli.group.VERBS`. Its function returns an `ExitCode` (none is OK) and raises
`click.UsageError` or `click.ClickException` for what the caller did wrong; `OSError` may pass.
`--color`, `--debug` and `--no-cache` are added to every verb. Data goes to stdout, talk to stderr.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from longarm_dsl.lazy_dataclass import dataclass

if TYPE_CHECKING:
    # Renderers load rich; a verb that shows nothing must not wait for it.
    from longarm.render import Format
    from longarm_dsl.diagnostics import Diagnostic


class ExitCode(IntEnum):
    """What the process tells its caller. The law's answer is never an exit code by itself."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    """A wrong command line, or a file that cannot be read or written."""
    POLICY = 3
    """The policy does not compile."""
    BUG = 4
    """A mistake in longarm."""


class Color(StrEnum):
    """When to color: `auto` asks the environment, then whether the stream is a terminal."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(slots=True)
class Settings:
    """The options every verb shares. Mutable: click fills it while it parses."""

    color: Color = Color.AUTO
    debug: bool = False
    no_cache: bool = False


def settings() -> Settings:
    """The settings of the running command, the defaults outside of one."""
    context = click.get_current_context(silent=True)
    return Settings() if context is None else context.ensure_object(Settings)


def cache_folder() -> Path | None:
    """Where compiled law is kept, unless the running command is to do without."""
    if settings().no_cache:
        return None
    from longarm.cache import default_folder  # noqa: PLC0415  --help must not wait for it

    return default_folder()


def wants_color(stream: TextIO) -> bool:
    """Whether text for that stream should carry ANSI colors."""
    return decide_color(settings().color, os.environ, terminal=stream.isatty())


def decide_color(color: Color, environ: Mapping[str, str], *, terminal: bool) -> bool:
    """The flag first, then NO_COLOR (no-color.org), FORCE_COLOR, CLICOLOR_FORCE, TERM."""
    if color is not Color.AUTO:
        return color is Color.ALWAYS
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int:
    """Cells a line may fill: the terminal's columns between 40 and 120, 80 elsewhere."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 80
    return min(max(columns, 40), 120) if columns else 80


def height() -> int:
    """Lines of the terminal, as the environment or the terminal says."""
    from shutil import get_terminal_size  # noqa: PLC0415  loads four compressors

    return get_terminal_size().lines


def out(text: str) -> None:
    """Write data to stdout as it is, without adding a line break."""
    click.echo(text, nl=False, color=True)


def err(text: str) -> None:
    """Write talk to stderr as it is, without adding a line break."""
    click.echo(text, nl=False, err=True, color=True)


def show(
    found: Sequence[Diagnostic],
    form: Format | None = None,
    *,
    limit: int | None = 50,
    to_stdout: bool = False,
) -> None:
    """Print diagnostics, as text if no format is named; nothing is printed for no text."""
    if not found and form is None:
        return
    from longarm.render import Format, render  # noqa: PLC0415  rich is loaded only to show

    stream = sys.stdout if to_stdout else sys.stderr
    text = render(
        form or Format.TEXT, found, color=wants_color(stream), width=width(stream), limit=limit
    )
    (out if to_stdout else err)(text)


def examples(*lines: str) -> str:
    r"""The epilog of a `--help`: one example a line, kept as written (click's `\b`)."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
