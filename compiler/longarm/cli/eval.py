"""`longarm eval`: what each regime says of cases, with reasons."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from longarm.cli.progress import Progress
from longarm.cli.terminal import (
    ExitCode,
    cache_folder,
    examples,
    height,
    out,
    show,
    wants_color,
    width,
)

if TYPE_CHECKING:
    # `--help` must not wait for the compiler.
    from longarm.across import Across, Ask
    from longarm.cases import CaseInput, Loaded
    from longarm.deciding import Decided
    from longarm_dsl.core.program import Program
    from longarm_dsl.diagnostics import Diagnostic
    from longarm_dsl.evaluate.decision import Json
    from longarm_dsl.evaluate.world import Options

LEVELS = ("report", "license", "prohibited")
STDIN = "-"


@click.command(
    epilog=examples(
        "longarm eval shipment.yaml",
        "longarm eval shipment.yaml --on 2026-11-20 --known 2026-09-01 --explain",
        "longarm eval shipment.yaml --on 2025-10-15 --on 2025-12-01 --on 2026-11-15",
        "longarm eval cases/ --format json --fail-on license",
        "cat shipment.yaml | longarm eval - --regime cn --assume-closed",
    )
)
@click.argument(
    "cases",
    nargs=-1,
    required=True,
    metavar="CASE...",
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
)
@click.option(
    "--policies",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Policies to load beside the installed packs.  [repeatable]",
)
@click.option(
    "--on",
    "days",
    multiple=True,
    metavar="DAY",
    help="Decide on this day, perhaps `T13:01+08:00`; several: what changed between.  [repeatable]",
)
@click.option("--known", metavar="DAY", help="Read the law as published by this day.")
@click.option("--regime", metavar="CN,US", help="Ask these regimes only.")
@click.option(
    "--with",
    "with_",
    multiple=True,
    metavar="NAME",
    help="Count a proposed or unenforced instrument or rule as law.  [repeatable]",
)
@click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Read a question that the law leaves open this way.  [repeatable]",
)
@click.option("--assume-closed", is_flag=True, help="Read absent facts as no, none and empty.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json"]),
    default="human",
    show_default=True,
    help="For people or for programs.",
)
@click.option("--explain", is_flag=True, help="Show the whole tree of reasons.")
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    help="Exit with 1 if a regime may require as much.",
)
@click.option("--alone", is_flag=True, help="Do not load the installed packs.")
@click.option(
    "--evaluator",
    type=click.Choice(["compiled", "reference"]),
    default="compiled",
    show_default=True,
    help="Who finds the rules that matter; the answer is the same.",
)
def command(
    cases: tuple[Path, ...],
    *,
    policies: tuple[Path, ...],
    days: tuple[str, ...],
    known: str | None,
    regime: str | None,
    with_: tuple[str, ...],
    readings: tuple[str, ...],
    assume_closed: bool,
    form: str,
    explain: bool,
    fail_on: str | None,
    alone: bool,
    evaluator: str,
) -> int:
    """Decide cases under each regime, with reasons.

    CASE is a file or folder of cases (.pol, YAML, JSON, CSV, .xlsx), `-` is YAML on stdin. The day is
    --on, else the case's `on`, else its `date`, else today; the law is read as known on
    --known, else the case's `known`, else today. On several days, the answers of each
    stand side by side, then what changed from one to the next and which instrument did it.
    """
    if explain and form != "human":
        raise click.UsageError("`--explain` is for people; the JSON record holds the reasons")
    if explain and len(days) > 1:
        raise click.UsageError("`--explain` is of one day")
    if alone and not policies and not any(_holds_law(path) for path in cases):
        raise click.UsageError("`--alone` goes with `--policies`")
    from longarm.choices import (  # noqa: PLC0415  --help must not wait for the compiler
        ChoiceError,
        chosen_days,
        chosen_knowledge,
        chosen_options,
        chosen_regimes,
    )
    from longarm.deciding import days_of, decide_case  # noqa: PLC0415  same
    from longarm.evaluators import Evaluator, find_idle  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import Severity  # noqa: PLC0415  same

    try:
        chosen, seen = chosen_days("--on", days), chosen_knowledge("--known", known)
    except ChoiceError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    with Progress("reading the law"):
        loaded = _load(cases, policies, installed=not alone)
    broken = [d for d in loaded.compiled.found if d.severity is Severity.ERROR]
    if broken:
        show(broken)
        return ExitCode.POLICY
    program = loaded.compiled.program
    try:
        regimes = chosen_regimes(program.regimes, regime)
        options = chosen_options(program, with_, readings)
    except ChoiceError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    # The one place of this command that reads the clock.
    today = date.today()  # noqa: DTZ011  the reader's own civil day
    decided: list[Decided] = []
    compared: list[Across] = []
    idle = find_idle(loaded.compiled, Evaluator(evaluator))
    with Progress("deciding") as progress:
        for number, case in enumerate(loaded.cases, 1):
            progress.say(f"deciding case {number} of {len(loaded.cases)}")
            ask = partial(
                decide_case,
                program,
                case,
                known=seen,
                today=today,
                regimes=regimes,
                options=options,
                closed=assume_closed,
                find_idle=idle,
            )
            if len(chosen) > 1:
                from longarm.across import History, across  # noqa: PLC0415  several days only

                history = History(
                    program, days_of(program, case, known=seen, today=today)[1], options
                )
                compared.append(across((d.day for d in chosen), _on(ask), history))
                decided.extend(compared[-1].decided)
            else:
                decided.append(ask(on=chosen[0] if chosen else None))
    show(loaded.found)
    if form == "json":
        _print_json(decided, options, compared, closed=assume_closed)
    elif compared:
        _print_across(program, compared, "--known" if known else None)
    else:
        _print_human(program, decided, options, given=(bool(days), known), explain=explain)
    if not decided or any(_outside(d, loaded.cases) for d in loaded.found):
        return ExitCode.USAGE
    return ExitCode.FINDINGS if fail_on and _reaches(decided, fail_on) else ExitCode.OK


# --- what was asked -----------------------------------------------------------------------


def _holds_law(path: Path) -> bool:
    """Whether a case path may bring its own policies."""
    return path.is_dir() or path.suffix == ".pol"


def _load(cases: Sequence[Path], policies: Sequence[Path], *, installed: bool) -> Loaded:
    from longarm.case_tree import MOST_BYTES  # noqa: PLC0415  as above
    from longarm.cases import Loaded, load_cases, read_cases  # noqa: PLC0415  same

    paths = [path for path in cases if str(path) != STDIN]
    loaded = load_cases(paths, policies, installed=installed, cache=cache_folder())
    if len(paths) == len(cases):
        return loaded
    data = sys.stdin.buffer.read(MOST_BYTES + 1)  # one over shows that it is too long
    more, found = read_cases(data, "<stdin>", loaded.compiled.program)
    return Loaded(loaded.compiled, (*loaded.cases, *more), (*loaded.found, *found))


def _on(ask: Callable[..., Decided]) -> Ask:
    from longarm_dsl.evaluate.decide import Day  # noqa: PLC0415  as above

    return lambda day: ask(on=Day(day))


# --- what is answered ---------------------------------------------------------------------


def _print_json(
    decided: Sequence[Decided],
    options: Options,
    compared: Sequence[Across],
    *,
    closed: bool,
) -> None:
    from longarm.recording import case_record  # noqa: PLC0415  only for this format

    made: list[Json]
    if compared:
        from longarm.render.across import across_json  # noqa: PLC0415  loads rich

        made = [
            {
                "case": one.decided[0].case.title,
                "days": [case_record(d, options, closed=closed) for d in one.decided],
                **across_json(one),
            }
            for one in compared
        ]
    else:
        made = [case_record(d, options, closed=closed) for d in decided]
    if not made:
        return
    whole: Json = made[0] if len(made) == 1 else {"cases": made}
    out(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")


def _print_across(program: Program, compared: Sequence[Across], known: str | None) -> None:
    from longarm.cli.paint import paint  # noqa: PLC0415  loads rich
    from longarm.render.across import across_page  # noqa: PLC0415  same

    for number, one in enumerate(compared):
        said = known or ("the case" if one.decided[0].case.known else "today")
        page = across_page(program, one, said)
        text = paint(page, color=wants_color(sys.stdout), width=width(sys.stdout))
        out(f"\n{text}" if number else text)


def _print_human(
    program: Program,
    decided: Sequence[Decided],
    options: Options,
    *,
    given: tuple[bool, str | None],
    explain: bool,
) -> None:
    from longarm.cli.paint import paint  # noqa: PLC0415  loads rich
    from longarm.deciding import parse_day, stated_day  # noqa: PLC0415  as above
    from longarm.render.common import visible  # noqa: PLC0415  same
    from longarm.render.decision_text import Days, decision_page  # noqa: PLC0415  same
    from longarm.render.words import in_short  # noqa: PLC0415  same
    from longarm_dsl.evaluate.explained import explained  # noqa: PLC0415  as above

    on, known = given
    for number, one in enumerate(decided):
        case = one.case
        dated = stated_day(case.transaction) is not None
        days = Days(
            "--on" if on else "the case" if case.on else "its date" if dated else "today",
            "--known" if known else "the case" if case.known else "today",
        )
        trees = None
        if explain:
            # INVARIANT: a decision prints its day as `parse_day` reads it.
            trees = {
                d.regime: explained(program, one.case.transaction, d.regime, day, d.known, options)
                for d in one.decisions
                if (day := parse_day(d.on)) is not None
            }
        columns = width(sys.stdout)
        page = decision_page(program, one, days, width=columns, trees=trees)
        text = paint(page, color=wants_color(sys.stdout), width=columns)
        out(f"\n{text}" if number else text)
        if sys.stdout.isatty() and text.count("\n") >= height():
            out(f"{visible(in_short(one.decisions))}\n")


def _outside(found: Diagnostic, cases: Sequence[CaseInput]) -> bool:
    """Whether a finding is about something that no decided case holds: a case left out."""
    span = found.primary.span
    return not any(
        case.span.source.name == span.source.name and case.span.start <= span.start <= case.span.end
        for case in cases
    )


def _reaches(decided: Sequence[Decided], level: str) -> bool:
    from longarm_dsl.core.types import REQUIREMENTS  # noqa: PLC0415  as above

    least = REQUIREMENTS.index(level)
    return any(d.outcome.requires_high >= least for one in decided for d in one.decisions)
