"""`longarm check`: what is wrong with policies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from longarm.cli.terminal import ExitCode, err, examples, show

# `longarm.render` is loaded to show findings only; its names stand here for `--help`.
FORMATS = ("text", "concise", "json", "sarif", "github")


@click.command(
    epilog=examples(
        "longarm check",
        "longarm check policies/cn --format github",
        "longarm check draft.pol --alone --strict",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How findings are shown.",
)
@click.option("--stale", is_flag=True, help="Compare `verified` with today's date.")
@click.option(
    "--max-age",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Days after which --stale asks to verify again; 30 if not given.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if there are warnings.")
@click.option("--alone", is_flag=True, help="Do not load the installed packs beside PATHS.")
def command(
    paths: tuple[Path, ...],
    *,
    form: str,
    stale: bool,
    max_age: int | None,
    strict: bool,
    alone: bool,
) -> int:
    """Say what is wrong with policies.

    PATHS are files and folders of `.pol` files; without any, the installed packs. Names in
    them may be those of the installed packs, whose own warnings are then not shown.
    """
    if max_age is not None and not stale:
        raise click.UsageError("`--max-age` goes with `--stale`")
    if alone and not paths:
        raise click.UsageError("`--alone` goes with PATHS")
    from longarm.pipeline import (  # noqa: PLC0415  --help must not wait for the compiler
        compile_with_sources,
        installed_pack,
        pol_files,
    )
    from longarm.render import Format  # noqa: PLC0415  same
    from longarm.render.common import plural, summary  # noqa: PLC0415  same
    from longarm_dsl.core.check import STALE_AFTER, check_stale  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import Severity, in_order  # noqa: PLC0415  same

    compiled, sources = compile_with_sources(paths, installed=not alone)
    found = compiled.found
    if stale:
        # The one place where a check reads the clock.
        today = date.today()  # noqa: DTZ011  the reader's own civil day
        days = STALE_AFTER if max_age is None else max_age
        found = in_order((*found, *check_stale(compiled.program, sources, today, days)))
    if paths:
        given = {str(file) for path in paths for file in pol_files(path)}
        others = {str(file) for file in pol_files(installed_pack())} - given
        found = tuple(
            d
            for d in found
            if d.severity is Severity.ERROR or d.primary.span.source.name not in others
        )
    show(found, Format(form), to_stdout=True)
    if form == Format.TEXT:
        files = plural(len(sources.modules), "file")
        err(f"{summary(found)} in {files}\n")
    if any(d.severity is Severity.ERROR for d in found):
        return ExitCode.POLICY
    warned = any(d.severity is Severity.WARNING for d in found)
    return ExitCode.FINDINGS if strict and warned else ExitCode.OK
