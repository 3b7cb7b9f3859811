"""`longarm test`: decide the cases of policies and case files, and compare."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from longarm.cli import law_coverage
from longarm.cli.options import more_policies
from longarm.cli.progress import Progress
from longarm.cli.terminal import ExitCode, cache_folder, examples, out, show, wants_color
from longarm.cli.trying import tried_of

if TYPE_CHECKING:
    from longarm.cases import CaseInput, Loaded
    from longarm.exercised import RegimeUse
    from longarm.expecting import CaseRun
    from longarm.law_coverage import Collector
    from longarm.properties import PropertyRun
    from longarm_dsl.core.ast import Rule
    from longarm_dsl.diagnostics import Diagnostic

FORMATS = ("human", "json", "junit", "sarif", "github", "markdown")


def _reports(
    context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    """The reports to write, each with its file."""
    made: list[tuple[str, Path]] = []
    for text in given:
        form, _, file = text.partition("=")
        if form not in FORMATS[1:] or not file:
            forms = ", ".join(FORMATS[1:])
            raise click.BadParameter(f"write FORMAT=FILE, FORMAT one of {forms}", context, option)
        if not Path(file).resolve().parent.is_dir():
            raise click.BadParameter(f"there is no folder for `{file}`", context, option)
        made.append((form, Path(file)))
    return tuple(made)


MOST_TAUGHT = 40
"""Cases that failed of which the reasons are looked for; those after them say what came."""


@click.command(
    epilog=examples(
        "longarm test",
        "longarm test drafts/ --policies policies/",
        "longarm test -k 'affiliates' --regime us",
        "longarm test policies/ --rules",
        "longarm test policies/ -k 'never laxer' --properties 500",
        "longarm test drafts/ --update",
        "longarm test law/ --report junit=cases.xml --report markdown=summary.md",
        "longarm test policies/ --cov --cov=html:law.html",
        "longarm test policies/ --cov-fail-under conditions=95",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@more_policies
@click.option("-k", "text", metavar="TEXT", help="Run the cases with TEXT in their title only.")
@click.option(
    "--regime", "regimes", metavar="NAME[,NAME]", help="Compare what these regimes say only."
)
@click.option(
    "--rules",
    "listed",
    is_flag=True,
    help="List the rules that no case makes stand, or miss, or miss narrowly.",
)
@law_coverage.cov
@law_coverage.fail_under
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="human",
    show_default=True,
    help="How the results are shown.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    callback=_reports,
    help="Write the results to a file as well, as one of the others.  [repeatable]",
)
@click.option(
    "--update",
    "updating",
    is_flag=True,
    help="Write the expectations that failed as they were decided, after you have seen them.",
)
@click.option("--watch", "watching", is_flag=True, help="Run again when a file changes.")
@click.option("--yes", is_flag=True, help="Write without asking; with --update.")
@click.option(
    "--evaluator",
    type=click.Choice(["compiled", "reference"]),
    default="compiled",
    show_default=True,
    help="Who finds the rules that matter; the answer is the same.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that share many cases; else one for each processor.",
)
@click.option(
    "--properties",
    "examples_each",
    type=click.IntRange(min=0),
    metavar="N",
    help="Try each property on N draws (25); 0 leaves them out.",
)
def command(
    paths: tuple[Path, ...],
    *,
    policies: tuple[Path, ...],
    text: str | None,
    regimes: str | None,
    listed: bool,
    measured: tuple[law_coverage.Form | Path, ...],
    bars: tuple[law_coverage.Bar, ...],
    form: str,
    reports: tuple[tuple[str, Path], ...],
    updating: bool,
    yes: bool,
    watching: bool,
    evaluator: str,
    jobs: int | None,
    examples_each: int | None,
) -> int:
    """Run the cases of policies and case files.

    PATHS are `.pol`, YAML and JSON files, tables (`shipments.cases.csv`, `.xlsx`) and folders
    of them; without any, the installed packs.
    Each case is decided and compared with what it expects; to find no case is a failure. The
    clock is never read: a case that does not say as of when the law is known is decided as of
    the newest day on which the law was verified.

    Of the rules in PATHS it is counted how many stand for certain in some case, how many some
    case misses (they are in force, and certainly do not stand), and how many narrowly: by a
    defeat, or by one condition of those that `and` joins. `--cov` measures more: which atomic
    conditions decided the outcome each way, thresholds, days of change, defeats, provisions. It
    takes the rules in PATHS; if there are none, those in --policies, or else all that are loaded.

    After the cases the properties in PATHS are tried on draws, the same each time.
    """
    from longarm.cases import load_cases  # noqa: PLC0415  --help must not wait for the compiler
    from longarm.exercised import exercised  # noqa: PLC0415  same
    from longarm.pipeline import installed_pack  # noqa: PLC0415  same
    from longarm.side_by_side import usable_jobs  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import Severity  # noqa: PLC0415  same

    _agree(form, updating=updating, yes=yes, watching=watching, reporting=bool(reports))
    if watching:
        from longarm.cli.watching import watch  # noqa: PLC0415  few runs watch
        from longarm.loading import installed_pack as pack  # noqa: PLC0415  same

        def again(changed: tuple[Path, ...]) -> int:
            context = click.get_current_context()
            given = {**context.params, "watching": False}
            if changed:
                law = tuple(path for path in paths if path.is_dir() or path.suffix == ".pol")
                given |= {"paths": changed, "policies": (*policies, *law)}
            return int(context.invoke(command, **given))

        return watch((*(paths or (pack(),)), *policies), again)
    jobs = jobs or usable_jobs()
    covering, more = law_coverage.split(measured, bars, beside=reports)
    places = (*more, *paths) or (installed_pack(),)
    with Progress("reading the law") as progress:
        loaded = load_cases(places, policies, cache=cache_folder())
        errors = [d for d in loaded.compiled.found if d.severity is Severity.ERROR]
        chosen = _regimes(regimes, loaded) if not errors else ()
        cases = [
            case
            for case in loaded.cases
            if (text is None or text.casefold() in case.title.casefold())
            and (not chosen or not case.regimes or set(chosen) & set(case.regimes))
        ]
        named: list[Rule] = []
        found_of: Collector | None = None
        if not errors:
            named = _rules(loaded, places, chosen)
            if covering:
                said = chosen or tuple(sorted({r for case in cases for r in case.regimes}))
                named = named or _rules(loaded, policies, chosen) or _rules(loaded, None, said)
                found_of = law_coverage.collector(loaded, named)
        runs = (
            _run(cases, loaded, chosen, evaluator, jobs, progress, found_of) if not errors else []
        )
        # A choice of cases says nothing of the rules, unless it is asked what it says.
        asked = text is None or listed or covering
        rules = exercised(loaded.compiled.program, runs, named, jobs=jobs) if asked else ()
        tried = tried_of(loaded, places, text, chosen, examples_each, progress.say)
    if errors:
        _write([], (), errors, form, reports)
        return ExitCode.POLICY
    found = [*loaded.found, *_remarks(cases, loaded, places, text, regimes, tried)]
    result = _shown(runs, rules, found, tried, form, reports, listed=listed)
    if updating and any(run.failures for run in runs):
        from longarm.cli.updating import update  # noqa: PLC0415  few runs write

        is_done = update(runs, yes=yes) and all(each.passed for each in tried)
        is_done = is_done and not any(d.severity is Severity.ERROR for d in found)
        result = ExitCode.OK if is_done else ExitCode.FINDINGS
    if found_of is None:
        return result
    plainly = form == "human"
    share = law_coverage.tell(found_of, runs, rules, covering, bars, plainly=plainly)
    return result or share


def _agree(form: str, *, updating: bool, yes: bool, watching: bool, reporting: bool) -> None:
    """Refuse options that say different things."""
    if watching and (updating or reporting):
        raise click.UsageError("--watch only shows: leave --update and --report out")
    if yes and not updating:
        raise click.UsageError("--yes is of --update")
    if updating and form != "human":
        raise click.UsageError("--update shows what would change to people: leave --format out")


def _rules(loaded: Loaded, places: tuple[Path, ...] | None, regimes: tuple[str, ...]) -> list[Rule]:
    """The rules that some paths declare, or all of them."""
    from longarm.cases import case_files  # noqa: PLC0415  --help must not wait for the compiler
    from longarm.exercised import rules_in  # noqa: PLC0415  same

    program = loaded.compiled.program
    if places is None:
        files = [rule.span.source.name for rule in program.rules.values()]
    else:
        files = [str(file) for place in places for file in case_files(place)]
    return rules_in(program, files, regimes)


def _regimes(named: str | None, loaded: Loaded) -> tuple[str, ...]:
    from longarm_dsl.diagnostics import did_you_mean  # noqa: PLC0415  --help must not wait

    chosen = tuple(part.strip() for part in (named or "").split(",") if part.strip())
    known = loaded.compiled.program.regimes
    for regime in chosen:
        if regime not in known:
            hint = did_you_mean(regime, known) or f"there are {', '.join(known) or 'none'}"
            raise click.UsageError(f"no regime `{regime}`: {hint}")
    return chosen


def _remarks(
    cases: list[CaseInput],
    loaded: Loaded,
    places: tuple[Path, ...],
    text: str | None,
    regimes: str | None,
    tried: list[PropertyRun],
) -> list[Diagnostic]:
    """What is wrong with the cases as a whole: none is left, or one asserts nothing."""
    from longarm_dsl.diagnostics import error, warning  # noqa: PLC0415  --help must not wait
    from longarm_dsl.source import Source, Span  # noqa: PLC0415  same

    found = [
        warning(
            "case-without-expectation",
            f"the case `{case.title}` expects nothing of any regime",
            case.span,
            help="write what the law says of it: `expect cn nothing`",
        )
        for case in cases
        if not case.expectations
    ]
    if not cases and loaded.cases and not tried:
        asked = [*([f"`{text}` in its title"] if text is not None else [])]
        asked += [f"an expectation of `{regimes}`"] if regimes else []
        here = Span(Source(str(places[0]), ""), 0, 0)
        found.append(error("no-cases", f"no case has {' and '.join(asked)}", here))
    return found


def _run(
    cases: list[CaseInput],
    loaded: Loaded,
    regimes: tuple[str, ...],
    evaluator: str,
    jobs: int,
    progress: Progress,
    beside: Collector | None,
) -> list[CaseRun]:
    from longarm.evaluators import Evaluator, find_idle, prepare  # noqa: PLC0415  --help must not wait
    from longarm.expecting import run_cases  # noqa: PLC0415  same

    chosen = Evaluator(evaluator)
    asked = {r for case in cases for r in case.regimes if not regimes or r in regimes}
    if jobs > 1:
        prepare(loaded.compiled, sorted(asked), chosen)
    runs = run_cases(
        loaded.compiled.program,
        cases,
        regimes,
        find_idle=find_idle(loaded.compiled, chosen),
        jobs=jobs,
        done=lambda number: progress.say(f"case {number} of {len(cases)}"),
        beside=beside,
    )
    return _taught(runs, loaded, progress)


def _taught(runs: list[CaseRun], loaded: Loaded, progress: Progress) -> list[CaseRun]:
    """The same runs, the first failures with the rules that they hang on."""
    failed = [number for number, run in enumerate(runs) if run.failures][:MOST_TAUGHT]
    if failed:
        from longarm.failing import teach  # noqa: PLC0415  most runs do not need it

        for done, number in enumerate(failed, 1):
            progress.say(f"looking for the reasons of failure {done} of {len(failed)}")
            runs[number] = teach(loaded.compiled.program, runs[number])
    return runs


def _shown(
    runs: list[CaseRun],
    rules: tuple[RegimeUse, ...],
    found: list[Diagnostic],
    tried: list[PropertyRun],
    form: str,
    reports: tuple[tuple[str, Path], ...],
    *,
    listed: bool,
) -> int:
    from longarm.render.cases import render_failed, render_regimes, totals  # noqa: PLC0415  --help must not wait
    from longarm.render.exercised import render_uses  # noqa: PLC0415  same
    from longarm.render.properties import properties_line, render_property  # noqa: PLC0415  same

    count = totals(runs, found)
    _write(runs, rules, found, form, reports, tried)
    if form == "human":
        color = wants_color(sys.stdout)
        out("".join(render_failed(run, color=color) for run in runs if run.failures))
        for each in tried:
            out(render_property(each, color=color))
        out(
            f"{render_regimes(runs)}{count}\n{properties_line(tried)}{render_uses(rules, listed=listed)}"
        )
    # A file of properties alone tests something too.
    tested = count.passed or (bool(tried) and not count.cases + count.unread)
    return ExitCode.OK if tested and all(each.passed for each in tried) else ExitCode.FINDINGS


def _write(
    runs: list[CaseRun],
    rules: tuple[RegimeUse, ...],
    found: list[Diagnostic],
    form: str,
    reports: tuple[tuple[str, Path], ...],
    tried: list[PropertyRun] | None = None,
) -> None:
    """Everything for programs, to stdout and to files; findings on stderr for people."""
    from longarm.cli.writing import replace_file  # noqa: PLC0415  few runs write

    for kind, file in reports:
        replace_file(file, _rendered(kind, runs, rules, found, tried or []))
    if form != "json":
        show(found)
    if form != "human":
        out(_rendered(form, runs, rules, found, tried or []))


def _rendered(
    form: str,
    runs: list[CaseRun],
    rules: tuple[RegimeUse, ...],
    found: list[Diagnostic],
    tried: list[PropertyRun],
) -> str:
    from longarm.render.case_reports import (  # noqa: PLC0415  --help must not wait
        render_runs_github,
        render_runs_markdown,
        render_runs_sarif,
    )
    from longarm.render.cases import render_runs_json  # noqa: PLC0415  same
    from longarm.render.junit import render_junit  # noqa: PLC0415  same
    from longarm.render.properties import findings_of  # noqa: PLC0415  same

    if form == "json":
        return render_runs_json(runs, rules, found, tried)
    found = [*found, *findings_of(tried)]
    match form:
        case "junit":
            return render_junit(runs, rules, found)
        case "sarif":
            return render_runs_sarif(runs, found)
        case "github":
            return render_runs_github(runs, found)
        case _:
            return render_runs_markdown(runs, rules, found)
