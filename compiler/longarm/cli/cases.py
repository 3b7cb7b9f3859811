"""`longarm cases`: write the cases that a law lacks, and say who has read them."""

from __future__ import annotations

import time
from codecs import BOM_UTF8
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from longarm.cli.options import more_policies, work_jobs
from longarm.cli.progress import Progress
from longarm.cli.terminal import ExitCode, err, examples, out, show
from longarm.cli.writing import replace_file

if TYPE_CHECKING:
    from longarm_dsl.source import Source

_NAME = 80
"""A name has no more characters than this."""


@click.group(
    epilog=examples(
        "longarm cases generate act.pol cases.pol --into cases.pol",
        "longarm cases review cases.pol -k 'fine powder' --by 'Jane Doe'",
    )
)
def command() -> None:
    """Write the cases that a law lacks, and say who has read them."""


@command.command(
    epilog=examples(
        "longarm cases generate act.pol cases.pol --into cases.pol",
        "longarm cases generate act.pol --rule powder --into more.pol",
        "longarm cases generate policies/ --sample 50 --max-seconds 60 --into new.pol",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), required=True)
@click.option(
    "--into",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The `.pol` file that the cases are added to, or made of.",
)
@more_policies
@click.option("--rule", metavar="NAME", help="Cases for this rule or definition only.")
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="Look at N of the changes only."
)
@click.option(
    "--max-seconds",
    "seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Stop looking after N seconds.",
)
@work_jobs
@click.help_option("-h", "--help")
def generate(
    paths: tuple[Path, ...],
    *,
    into: Path,
    policies: tuple[Path, ...],
    rule: str | None,
    sample: int | None,
    seconds: float | None,
    jobs: int | None,
) -> int:
    """Write cases that the law of PATHS lacks.

    Wanted are cases at each bound and beside it, and for each condition one in which it alone
    settles the outcome: where a small change of it goes unnoticed, the nearest case is varied
    by one fact until it would notice. What the law says of it is computed, not judged: the
    case is marked `unreviewed` until somebody has read it.
    """
    from longarm.cli.mutate import chosen, read, tried  # noqa: PLC0415  --help must not wait
    from longarm.mutants import Kind  # noqa: PLC0415  same
    from longarm.reviewing import with_cases  # noqa: PLC0415  same
    from longarm.side_by_side import usable_jobs  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import has_errors  # noqa: PLC0415  same

    if into.suffix != ".pol":
        raise click.UsageError(f"`{into}` is no `.pol` file")
    until = None if seconds is None else time.monotonic() + seconds
    with Progress("reading the law") as progress:
        loaded, cases = read(paths, policies)
        if has_errors(loaded.compiled.found):
            show([d for d in loaded.compiled.found if str(d.severity) == "error"])
            return ExitCode.POLICY
        mutants = tuple(m for m in chosen(loaded, paths, rule, sample) if m.kind is not Kind.DEFEAT)
        _, found = tried(
            loaded,
            cases,
            mutants,
            jobs=jobs or usable_jobs(),
            until=until,
            hints=True,
            progress=progress,
        )
        source = _source(into)
        if source is None:
            return ExitCode.POLICY
        made = with_cases(source.text, [f for f in found if f is not None], str(into))
        if made.titles:
            replace_file(into, made.text)
    for title in made.titles:
        out(f"{title}\n")
    count = len(made.titles)
    err(f"{count} unreviewed case{'' if count == 1 else 's'} written into {into}\n")
    return ExitCode.OK


@command.command(
    epilog=examples(
        "longarm cases review cases.pol --by 'Jane Doe'",
        "longarm cases review cases.pol -k 'fine powder' --by 'Jane Doe' --on 2026-11-21",
    )
)
@click.argument(
    "file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("-k", "text", metavar="TEXT", help="The cases with TEXT in their title only.")
@click.option("--by", required=True, metavar="NAME", help="Who has read them.")
@click.option("--on", "day", metavar="DAY", help="When; else today.")
@click.help_option("-h", "--help")
def review(file: Path, *, text: str | None, by: str, day: str | None) -> int:
    """Say that unreviewed cases were read, by whom and when.

    Each `unreviewed` becomes `reviewed DAY by "NAME"`; nothing else of FILE changes.
    """
    from longarm.reviewing import reviewed  # noqa: PLC0415  --help must not wait

    if file.suffix != ".pol":
        raise click.UsageError(
            f"`{file}` is no `.pol` file: in YAML and JSON write `reviewed` by hand"
        )
    name = " ".join(by.split())
    if not name or len(name) > _NAME or '"' in name or "\\" in name or not name.isprintable():
        raise click.UsageError(f"`--by` is a name of 1 to {_NAME} plain characters")
    try:
        when = date.fromisoformat(day) if day is not None else date.today()  # noqa: DTZ011  where the reader is
    except ValueError as wrong:
        raise click.UsageError(f"`{day}` is not a day: write `2026-11-21`") from wrong
    if when > date.today():  # noqa: DTZ011  where the reader is
        raise click.UsageError(f"nobody has read them on {when} yet")
    source = _source(file)
    if source is None:
        return ExitCode.POLICY
    made = reviewed(source, text, when.isoformat(), name)
    if not made.titles:
        asked = "" if text is None else f" with `{text}` in its title"
        err(f"no unreviewed case{asked} in {file}\n")
        return ExitCode.FINDINGS
    replace_file(file, made.text)
    for title in made.titles:
        out(f"{title}\n")
    return ExitCode.OK


def _source(file: Path) -> Source | None:
    """The text of a file that there may not be yet; None, and said, if it cannot be read."""
    from longarm.case_tree import MOST_BYTES  # noqa: PLC0415  --help must not wait
    from longarm_dsl.diagnostics import has_errors  # noqa: PLC0415  same
    from longarm_dsl.source import Source  # noqa: PLC0415  same
    from longarm_dsl.surface.parser import parse  # noqa: PLC0415  same
    from longarm_dsl.surface.read import bounded_bytes, read_source  # noqa: PLC0415  same

    if not file.exists():
        return Source(str(file), "")
    data = bounded_bytes(file, MOST_BYTES)
    if b"\r" in data or data.startswith(BOM_UTF8):
        # Laid out as the formatter does it, the whole file would change.
        err(f"{file} is left as it is: `longarm fmt` it first\n")
        return None
    source, found = read_source(data, str(file))
    problems = (*found, *(parse(source)[1] if source is not None else ()))
    if source is None or has_errors(problems):
        show(problems)
        return None
    return source
