"""`longarm timeline`: the state of each instrument over time."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from longarm.cli.progress import Progress
from longarm.cli.terminal import (
    ExitCode,
    cache_folder,
    examples,
    out,
    show,
    wants_color,
    width,
)

if TYPE_CHECKING:
    # `--help` must not wait for the compiler.
    from longarm.timeline import Chart
    from longarm_dsl.core.program import Program

FORMATS = ("human", "json")
MOST_YEARS = 100
YEARS_BEFORE, YEARS_AFTER = 5, 1
"""Years shown around the day of knowledge where no others are asked for."""


@click.command(
    epilog=examples(
        "longarm timeline",
        "longarm timeline --regime cn --from 2025-01-01 --through 2027-12-31 --events",
        "longarm timeline mofcom_2024_46 mofcom_2025_61 --rules",
        "longarm timeline --known 2025-11-01",
        "longarm timeline drafts/ --format json",
    )
)
@click.argument("paths", nargs=-1, metavar="[PATH or NAME]...")
@click.option("--from", "start", metavar="DAY", help="First day; else five years before --known.")
@click.option("--through", metavar="DAY", help="Last day; else the end of the year after --known.")
@click.option("--known", metavar="DAY", help="Read the law as published by this day.")
@click.option("--regime", metavar="CN,US", help="Show these regimes only.")
@click.option(
    "--with",
    "with_",
    multiple=True,
    metavar="NAME",
    help="Count a proposed or unenforced instrument or rule as law.  [repeatable]",
)
@click.option("--rules", is_flag=True, help="Show rules of an instrument that fare differently.")
@click.option("--events", is_flag=True, help="List what changes on which day, and by what.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="human",
    show_default=True,
    help="How the timeline is shown.",
)
def command(
    paths: tuple[str, ...],
    *,
    start: str | None,
    through: str | None,
    known: str | None,
    regime: str | None,
    with_: tuple[str, ...],
    rules: bool,
    events: bool,
    ascii_only: bool,
    form: str,
) -> int:
    """Show each instrument's state over time.

    Instruments are those of the files and folders PATH, without one those of the installed
    packs; a NAME shows that instrument only, with its rules and what changes when. The law is
    read as known on --known, else on the newest day on which it was verified.
    """
    from longarm.choices import ChoiceError  # noqa: PLC0415  --help must not wait
    from longarm.loading import law  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import Severity  # noqa: PLC0415  same

    files = [Path(path) for path in paths if Path(path).exists()]
    names = [path for path in paths if not Path(path).exists()]
    for name in names:
        if "/" in name or os.sep in name or name.endswith(".pol"):
            raise click.UsageError(f"no file or folder `{name}`")
    with Progress("reading the law"):
        compiled = law(files, cache=cache_folder())
        errors = [d for d in compiled.found if d.severity is Severity.ERROR]
        days = start, through, known
        try:
            asked = (files, names), days, regime, with_
            chart = None if errors else _chart(compiled.program, *asked)
        except ChoiceError as wrong:
            raise click.UsageError(str(wrong)) from wrong
    if chart is None:
        show(errors)
        return ExitCode.POLICY
    few = bool(names) or len(chart.lives) == 1
    if form == "json":
        from longarm.render.timeline import render_timeline_json  # noqa: PLC0415  --help must not wait

        out(render_timeline_json(compiled.program, chart))
        return ExitCode.OK
    from longarm.cli.paint import paint  # noqa: PLC0415  --help must not wait
    from longarm.render.timeline import timeline_parts  # noqa: PLC0415  same

    parts = timeline_parts(
        compiled.program,
        chart,
        rules=rules or few,
        events=events or few,
        ascii_only=ascii_only or plain(os.environ),
        width=width(sys.stdout),
    )
    out(paint(parts, color=wants_color(sys.stdout), width=width(sys.stdout)))
    return ExitCode.OK


def plain(environ: Mapping[str, str]) -> bool:
    """Whether to draw with ASCII: NO_COLOR, a dumb terminal, or a locale that is not UTF-8."""
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return True
    names = (environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((name for name in names if name), "UTF-8").lower()
    return "utf-8" not in locale and "utf8" not in locale


def _chart(
    program: Program,
    asked: tuple[Sequence[Path], Sequence[str]],
    days: tuple[str | None, str | None, str | None],
    regime: str | None,
    with_: Sequence[str],
) -> Chart:
    """What is asked for. Raises ChoiceError for what is not there."""
    from longarm.choices import (  # noqa: PLC0415  --help must not wait for the compiler
        ChoiceError,
        chosen_knowledge,
        chosen_options,
        chosen_regimes,
    )
    from longarm.timeline import chart  # noqa: PLC0415  same

    files, names = asked
    regimes = chosen_regimes(program.regimes, regime)
    chosen = _chosen(program, files, names)
    here = {i for i in chosen if program.instruments[i].regime in regimes}
    if not here:
        where = ", ".join(f"`{path}`" for path in files) or "the installed packs"
        of = f" of {regime}" if chosen and regime else ""
        raise ChoiceError(f"no instrument{of} in {where}")
    newest = max(i.issued for i in program.instruments.values())
    knowledge = chosen_knowledge("--known", days[2]) or program.verified or newest
    first, last = _span(_day("--from", days[0]), _day("--through", days[1]), knowledge)
    made = chart(program, here, first, last, knowledge, chosen_options(program, with_, ()))
    if not made.lives:
        raise ChoiceError(f"nothing of this was issued by {knowledge}")
    return made


def _chosen(program: Program, files: Sequence[Path], names: Sequence[str]) -> set[str]:
    """The instruments of some files, else of the installed packs; only those named, if any."""
    from longarm.choices import ChoiceError  # noqa: PLC0415  --help must not wait
    from longarm.loading import installed_pack, pol_files  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import did_you_mean  # noqa: PLC0415  same

    sources = {str(f) for path in files or [installed_pack()] for f in pol_files(path)}
    there = [i for i in program.instruments.values() if i.span.source.name in sources]
    if not names:
        return {i.id for i in there}
    found: set[str] = set()
    for name in names:
        meant = {i.id for i in there if name in {i.id, i.name}}
        if not meant:
            known = [n for i in there for n in (i.name, i.id)]
            hint = did_you_mean(name, known) or "`longarm timeline` shows all instruments"
            raise ChoiceError(f"no file, folder or instrument `{name}`; {hint}")
        found |= meant
    return found


def _day(option: str, text: str | None) -> date | None:
    from longarm.choices import ChoiceError, chosen_day  # noqa: PLC0415  --help must not wait

    day = chosen_day(option, text)
    if day is not None and day.minute is not None:
        raise ChoiceError(f"`{option}` is a day, without a time: {text!r}")
    return None if day is None else day.day


def _span(first: date | None, last: date | None, known: date) -> tuple[date, date]:
    """The first and the last day; what is not given lies around the day of knowledge."""
    from longarm.choices import ChoiceError  # noqa: PLC0415  --help must not wait

    if first is None:
        middle = known if last is None else min(known, last)
        first = date(max(middle.year - YEARS_BEFORE, 1), 1, 1)
    if last is None:
        last = date(min(max(known, first).year + YEARS_AFTER, date.max.year), 12, 31)
    if first > last:
        raise ChoiceError(f"the first day {first} is after the last, {last}")
    if last.year - first.year > MOST_YEARS:
        raise ChoiceError(
            f"{first} through {last} is more than a timeline shows, {MOST_YEARS} years"
        )
    return first, last
