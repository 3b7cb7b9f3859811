"""`longarm mutate`: change the law a little, and see which cases notice."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from longarm.cli.options import more_policies, work_jobs
from longarm.cli.progress import Progress
from longarm.cli.terminal import ExitCode, cache_folder, err, examples, out, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from longarm.cases import CaseInput, Loaded
    from longarm.explained import Change, Explanations
    from longarm.killing import Killing
    from longarm.mutants import Mutant
    from longarm.mutation import Mutation


@click.command(
    epilog=examples(
        "longarm mutate policies/",
        "longarm mutate act.pol cases/ --fail-under 90",
        "longarm mutate act.pol --rule powder",
        "longarm mutate policies/ --sample 200 --max-seconds 60",
        "longarm mutate act.pol --format json > mutants.json",
        "longarm mutate act.pol cases/ --explained survivors.csv",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), required=True)
@more_policies
@click.option("--rule", metavar="NAME", help="Change this rule or definition only.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Try N of the mutants, spread over all; the same ones each time.",
)
@click.option(
    "--max-seconds",
    "seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Stop after N seconds; the rest counts as not tried.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="N",
    help="Fail if less than N percent of the mutants are killed.",
)
@click.option(
    "--explained",
    "tables",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table that says why some live: in, before, after, why.  [repeatable]",
)
@click.option("--no-hints", is_flag=True, help="Do not look for cases that would kill.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json"]),
    default="human",
    show_default=True,
    help="How the results are shown.",
)
@work_jobs
def command(
    paths: tuple[Path, ...],
    *,
    policies: tuple[Path, ...],
    rule: str | None,
    sample: int | None,
    seconds: float | None,
    fail_under: float | None,
    tables: tuple[Path, ...],
    no_hints: bool,
    form: str,
    jobs: int | None,
) -> int:
    """Change the law a little, and see which cases notice.

    PATHS hold the law that is changed and the cases that should notice; without a case among
    them, all cases that are loaded are run. A mutant changes one thing: a bound by one of its
    least digit, `>` for `>=`, a condition left out, `and` for `or`, a day by one, a defeat or
    an element of a set left out. It is killed if a case fails that passes otherwise. One that
    lives is shown with a case that would kill it, where one changed fact makes it. What a
    table of `--explained` says of one is shown instead; it counts as living all the same.
    """
    from longarm.render.mutation import (  # noqa: PLC0415  --help must not wait for the compiler
        render_mutation,
        render_mutation_json,
    )
    from longarm.side_by_side import usable_jobs  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import has_errors  # noqa: PLC0415  same

    until = None if seconds is None else time.monotonic() + seconds
    explanations = _explanations(tables)
    with Progress("reading the law") as progress:
        loaded, cases = read(paths, policies)
        if has_errors(loaded.compiled.found):
            show([d for d in loaded.compiled.found if str(d.severity) == "error"])
            return ExitCode.POLICY
        for home in explanations.of_nothing(loaded.compiled.program):
            err(f"explained in vain: there is no `{home}`\n")
        mutants = chosen(loaded, paths, rule, sample)
        report, killings = tried(
            loaded,
            cases,
            mutants,
            jobs=jobs or usable_jobs(),
            until=until,
            hints=not no_hints,
            progress=progress,
            explanations=explanations,
        )
    render = render_mutation_json if form == "json" else render_mutation
    out(render(report, killings, explanations, whole=sample is None))
    if not cases or (fail_under is not None and report.score < fail_under):
        return ExitCode.FINDINGS
    return ExitCode.OK


def _explanations(tables: Sequence[Path]) -> Explanations:
    """What some tables explain, joined; a mistake in one is a wrong use."""
    from longarm.case_tree import MOST_BYTES  # noqa: PLC0415  --help must not wait
    from longarm.explained import Explanations, read_explanations  # noqa: PLC0415  same
    from longarm_dsl.surface.read import bounded_bytes  # noqa: PLC0415  same

    reasons: dict[Change, str] = {}
    for table in tables:
        found, mistakes = read_explanations(bounded_bytes(table, MOST_BYTES), table.name)
        if mistakes:
            raise click.UsageError(f"`{table}`: {mistakes[0]}")
        for change in reasons.keys() & found.reasons.keys():
            raise click.UsageError(f"`{table}`: a change of `{change.home}` is explained twice")
        reasons |= found.reasons
    return Explanations(reasons)


def read(paths: Sequence[Path], policies: Sequence[Path]) -> tuple[Loaded, tuple[CaseInput, ...]]:
    """The law with that of some paths, and the cases of the paths, or all if they have none."""
    from longarm.cases import cases_of, load_cases  # noqa: PLC0415  --help must not wait

    loaded = load_cases(paths, policies, cache=cache_folder())
    return loaded, loaded.cases or cases_of(loaded.compiled)[0]


def chosen(
    loaded: Loaded, paths: Sequence[Path], rule: str | None, sample: int | None
) -> tuple[Mutant, ...]:
    """The mutants of the law of some paths: of one declaration, or some of all."""
    from longarm.cases import case_files  # noqa: PLC0415  --help must not wait
    from longarm.mutants import mutants_of  # noqa: PLC0415  same

    files = [str(file) for path in paths for file in case_files(path)]
    found = mutants_of(loaded.compiled.program, files)
    if rule is not None:
        named = tuple(m for m in found if rule in {m.home, m.home.rpartition(".")[2]})
        if not named:
            from longarm_dsl.diagnostics import did_you_mean  # noqa: PLC0415  only then

            homes = sorted({m.home.rpartition(".")[2] for m in found})
            hint = did_you_mean(rule, homes) or "nothing of that name can be changed in PATHS"
            raise click.UsageError(f"no mutant of `{rule}`: {hint}")
        found = named
    if sample is not None and sample < len(found):
        found = tuple(found[n * len(found) // sample] for n in range(sample))
    return found


def tried(
    loaded: Loaded,
    cases: Sequence[CaseInput],
    mutants: Sequence[Mutant],
    *,
    jobs: int,
    until: float | None,
    hints: bool,
    progress: Progress,
    explanations: Explanations | None = None,
) -> tuple[Mutation, list[Killing | None]]:
    """What becomes of some mutants, and for those that live the case that would kill each.

    None is looked for where an explanation says why it lives.
    """
    from longarm.evaluators import find_idle, prepare  # noqa: PLC0415  --help must not wait
    from longarm.explained import NOTHING_EXPLAINED  # noqa: PLC0415  same
    from longarm.killing import killing  # noqa: PLC0415  same
    from longarm.mutation import Fate, mutate  # noqa: PLC0415  same
    from longarm.side_by_side import spread  # noqa: PLC0415  same

    prepare(loaded.compiled, sorted({r for case in cases for r in case.regimes}))
    program = loaded.compiled.program
    report = mutate(
        program,
        mutants,
        cases,
        find_idle=find_idle(loaded.compiled),
        jobs=jobs,
        until=until,
        said=progress.say,
    )
    wanted = {Fate.SURVIVED, Fate.UNNOTICED} if hints else set[Fate]()
    explained = NOTHING_EXPLAINED if explanations is None else explanations
    living = [
        n for n, t in enumerate(report.tried) if t.fate in wanted and explained.of(t.mutant) is None
    ]

    def look(number: int) -> Killing | None:
        if until is not None and time.monotonic() > until:
            return None
        return killing(program, report.tried[living[number]].mutant, report.held, until=until)

    total = len(living)
    found = spread(
        look,
        total,
        jobs=jobs,
        done=lambda n: progress.say(f"a case for mutant {n} of {total}"),
    )
    made: dict[int, Killing | None] = dict(zip(living, found, strict=True))
    return report, [made.get(n) for n in range(len(report.tried))]
