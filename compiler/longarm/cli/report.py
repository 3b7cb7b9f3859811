"""`longarm report`: what instruments model, and what their cases show of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from longarm.cli.progress import Progress
from longarm.cli.terminal import ExitCode, cache_folder, examples, out, show, wants_color, width

if TYPE_CHECKING:
    from longarm.cases import CaseInput
    from longarm.loading import Compiled
    from longarm_dsl.diagnostics import Diagnostic

FORMATS = ("human", "json")
CASE_FILES = (".case.json", ".case.yaml", ".case.yml")
"""Case files of a folder, beside the cases in its `.pol` files."""


@click.command(
    epilog=examples(
        "longarm report",
        "longarm report policies/cn/mofcom_2025_61.pol",
        "longarm report drafts/ --format json",
    )
)
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="human",
    show_default=True,
    help="How the report is shown.",
)
def command(path: Path | None, *, form: str) -> int:
    """Say what each instrument models, and what not.

    Only instruments in PATH are reported, a file or a folder; without it, those of the
    installed packs. For each provision: the rules that speak for it, or
    why none does. For each rule: in how many cases it stands, may stand, is defeated, or lacks
    one condition only. The cases are those of PATH and of the installed packs.
    """
    from longarm.cli.paint import paint  # noqa: PLC0415  --help must not wait
    from longarm.loading import installed_pack, law, pol_files  # noqa: PLC0415  same
    from longarm.render.reports import render_report_json, report_parts  # noqa: PLC0415  same
    from longarm.reporting import report  # noqa: PLC0415  same
    from longarm.side_by_side import usable_jobs  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import Severity  # noqa: PLC0415  same

    given = [] if path is None else [path]
    path = path or installed_pack()
    with Progress("reading the law") as progress:
        compiled = law(given, cache=cache_folder())
        errors = [d for d in compiled.found if d.severity is Severity.ERROR]
        program = compiled.program
        files = {str(file) for file in pol_files(path)}
        here = {i.id for i in program.instruments.values() if i.span.source.name in files}
        progress.say("reading the cases")
        cases, found = _cases(compiled, path) if here and not errors else ([], [])
        jobs = usable_jobs()

        def done(number: int, all_: int) -> None:
            progress.say(f"case {number} of {all_}")

        made = report(program, here, cases, jobs=jobs, done=done) if here and not errors else ()
    if errors:
        show(errors)
        return ExitCode.POLICY
    if not here:
        raise click.UsageError(f"no instrument in `{path}`")
    show(found)
    if form == "json":
        out(render_report_json(made))
    else:
        color = wants_color(sys.stdout)
        out(paint(report_parts(made), color=color, width=width(sys.stdout)))
    return ExitCode.OK


def _cases(compiled: Compiled, path: Path) -> tuple[list[CaseInput], list[Diagnostic]]:
    """The cases of every `.pol` file, and of the case files of a folder."""
    from longarm.cases import cases_of, read_cases  # noqa: PLC0415  --help must not wait

    read, wrong = cases_of(compiled)
    cases, found = list(read), list(wrong)
    for file in sorted(path.rglob("*")) if path.is_dir() else ():
        if file.name.endswith(CASE_FILES) and file.is_file():
            more, wrong = read_cases(file, str(file), compiled.program)
            cases += more
            found += wrong
    return cases, found
