"""`longarm import`: lists that others publish, as files that a project reads."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import click

from longarm.cli.progress import Progress
from longarm.cli.terminal import ExitCode, cache_folder, examples, out

if TYPE_CHECKING:
    # `--help` must not wait for the compiler.
    from longarm.screening import Folder

MOST_BYTES = 500_000_000


@click.group(
    epilog=examples("longarm import csl consolidated.json --into screening --as-of 2026-07-31")
)
def command() -> None:
    """Read lists that others publish.

    They become files that a project reads.
    """


@command.command(
    epilog=examples(
        "longarm import csl consolidated.json --into screening",
        "longarm import csl consolidated.csv --into screening --as-of 2026-07-31",
        "longarm eval shipment.yaml --policies screening",
    )
)
@click.argument(
    "file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--into",
    required=True,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to make.",
)
@click.option("--as-of", metavar="DAY", help="The day of the file, if it does not name it.")
@click.option("--force", is_flag=True, help="Replace the files that are there.")
@click.help_option("-h", "--help")
def csl(file: Path, *, into: Path, as_of: str | None, force: bool) -> int:
    """Read the US Consolidated Screening List.

    FILE is the list as published, JSON or CSV. FOLDER then holds a list file for each list
    that the installed law reads, and `screening.pol`, which puts them in the place of the
    partial ones: whoever is not there is not listed, from the day of the file on. Use it with
    `--policies FOLDER`, or beside the files of a project.
    """
    from longarm.choices import ChoiceError, chosen_knowledge  # noqa: PLC0415  --help must not wait
    from longarm.loading import law  # noqa: PLC0415  same
    from longarm.screening import (  # noqa: PLC0415  same
        LISTS,
        ScreeningError,
        read_screening_list,
        screening_folder,
    )
    from longarm_dsl.surface.read import bounded_bytes  # noqa: PLC0415  same

    if into.exists() and any(into.iterdir()) and not force:
        raise click.UsageError(f"`{into}` is not empty; `--force` replaces what is made anew")
    with Progress("reading the list") as progress:
        try:
            day = chosen_knowledge("--as-of", as_of)
            data = bounded_bytes(file, MOST_BYTES)
            if len(data) > MOST_BYTES:
                raise click.UsageError(f"`{file}` is larger than {MOST_BYTES // 1_000_000} MB")
            listings, own = read_screening_list(data)
        except (ChoiceError, ScreeningError) as wrong:
            raise click.UsageError(f"{file}: {wrong}" if as_of is None else str(wrong)) from wrong
        day = day or own
        if day is None:
            raise click.UsageError("the file does not name its day; give it with `--as-of`")
        progress.say("reading the law")
        program = law([], cache=cache_folder()).program
        # The clock is not read: a day is far off if neither the file nor the law reached it.
        seen = max((d for d in (own, program.verified) if d is not None), default=day)
        if day.year > seen.year + 1:
            raise click.UsageError(f"no list is of {day}: the law is verified to {seen}")
        tables = program.tables
        columns = {id_: tuple(tables[id_].columns) for id_ in LISTS.values() if id_ in tables}
        progress.say("writing the lists")
        made = screening_folder(listings, day, columns)
        _write(made, into)
    _report(made, into, str(day))
    return ExitCode.OK


def _write(made: Folder, into: Path) -> None:
    """All files or none: they are whole before the first takes its place."""
    into.parent.mkdir(parents=True, exist_ok=True)
    waiting = Path(mkdtemp(dir=into.parent, prefix=".import-"))
    try:
        for name, text in made.files.items():
            (waiting / name).write_text(text, encoding="utf-8", newline="\n")
        into.mkdir(exist_ok=True)
        for name in made.files:
            (waiting / name).replace(into / name)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)


def _report(made: Folder, into: Path, day: str) -> None:
    out(f"The screening list of {day} in {into}/\n")
    for id_, count in sorted(made.taken.items()):
        out(f"  {count:>7,}  {id_}\n")
    if made.unread:
        out(f"{made.unread:,} entries reach what their words say; each such wording is a reading\n")
    if made.left:
        out("left out, no list of the law reads them:\n")
        for source, count in sorted(made.left.items()):
            out(f"  {count:>7,}  {source}\n")
    out(f"use it: longarm eval CASE --policies {into}\n")
    sys.stdout.flush()
