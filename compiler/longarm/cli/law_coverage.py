"""`longarm test --cov`: measure how well the cases test the law, and tell it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from longarm.cli.terminal import ExitCode, out
from longarm.cli.writing import replace_file

if TYPE_CHECKING:
    from longarm.cases import Loaded
    from longarm.exercised import RegimeUse
    from longarm.expecting import CaseRun
    from longarm.law_coverage import Collector, LawCoverage
    from longarm_dsl.core.ast import Rule

FORMATS = ("terminal", "missing", "json", "html")
FILES = {"json": "law-coverage.json", "html": "law-coverage.html"}
MEASURES = ("rules", "conditions", "thresholds", "changes", "defeats", "provisions")

Form: TypeAlias = "tuple[str, Path | None]"
Bar: TypeAlias = "tuple[str | None, int]"


def _report(text: str) -> Form | Path:
    """`FORMAT` or `FORMAT:FILE`; a path that follows `--cov` is one of PATHS."""
    form, colon, file = text.partition(":")
    if form in FORMATS:
        if colon and (form not in FILES or not file):
            raise click.BadParameter(f"`{text}`: a file is for {' and '.join(FILES)}")
        path = Path(file or FILES[form]) if form in FILES else None
        if path is not None and not path.resolve().parent.is_dir():
            raise click.BadParameter(f"there is no folder for `{path}`")
        return form, path
    if text and Path(text).exists():
        return Path(text)
    raise click.BadParameter(f"`{text}` is no format ({', '.join(FORMATS)}), and no path")


def _least(text: str) -> Bar:
    """`N` or `MEASURE=N`, in percent: the measure, None for all, and the least share."""
    measure, equals, number = text.rpartition("=")
    if equals and measure not in MEASURES:
        raise click.BadParameter(f"no measure `{measure}`: there are {', '.join(MEASURES)}")
    if not (number.isascii() and number.isdigit() and int(number) <= 100):  # noqa: PLR2004  percent
        raise click.BadParameter(f"`{number}` is not a whole number from 0 to 100")
    return measure or None, int(number)


cov = click.option(
    "--cov",
    "measured",
    type=_report,
    is_flag=False,
    flag_value="terminal",
    multiple=True,
    metavar="[=FORMAT[:FILE]]",
    help="Measure how well the cases test the law: terminal, missing, json or html.",
)
fail_under = click.option(
    "--cov-fail-under",
    "bars",
    type=_least,
    multiple=True,
    metavar="[MEASURE=]N",
    help="Fail if less than N percent is shown of a measure, or of all.",
)


def split(
    reports: Sequence[Form | Path], bars: Sequence[Bar], *, beside: Sequence[tuple[str, Path]] = ()
) -> tuple[list[Form], list[Path]]:
    """The reports that are asked for, and the paths that stood behind `--cov`.

    `beside`: other reports of the same run. Two into one file are a wrong use.
    """
    forms = [r for r in reports if not isinstance(r, Path)]
    paths = [r for r in reports if isinstance(r, Path)]
    files = [file.resolve() for _, file in dict.fromkeys((*beside, *forms)) if file is not None]
    if len(set(files)) < len(files):
        raise click.UsageError("two reports are written into one file")
    if not forms and (paths or bars):
        forms.append(("terminal", None))
    return forms, paths


def collector(loaded: Loaded, rules: Sequence[Rule]) -> Collector:
    """What looks at cases while they are decided."""
    from longarm.law_conditions import to_test  # noqa: PLC0415  --help must not wait for the compiler
    from longarm.law_coverage import Collector  # noqa: PLC0415  same

    return Collector(to_test(loaded.compiled.program, rules))


def tell(
    found: Collector,
    runs: Sequence[CaseRun],
    uses: Sequence[RegimeUse],
    forms: Sequence[Form],
    bars: Sequence[Bar],
    *,
    plainly: bool,
) -> ExitCode:
    """Show and write the reports; a share that is too small is a finding.

    `plainly`: stdout is for people. Raises OSError for a file that cannot be written.
    """
    from longarm.render.law_coverage import (  # noqa: PLC0415  --help must not wait for it
        render_law_coverage,
        render_law_coverage_json,
    )
    from longarm.render.law_coverage_html import render_law_coverage_html  # noqa: PLC0415  same

    coverage = found.coverage(runs, uses)
    for form, file in dict.fromkeys(forms):
        match form:
            case "json" if file is not None:
                replace_file(file, render_law_coverage_json(coverage))
            case "html" if file is not None:
                replace_file(file, render_law_coverage_html(coverage))
            case _:
                text = render_law_coverage(coverage, missing=form == "missing")
                out(text) if plainly else sys.stderr.write(text)
        if file is not None:
            click.echo(f"wrote {file}", err=True)
    return _judged(coverage, bars)


def _judged(coverage: LawCoverage, bars: Sequence[Bar]) -> ExitCode:
    from longarm.law_coverage import Measure  # noqa: PLC0415  --help must not wait for the compiler

    result = ExitCode.OK
    for name, least in bars:
        count = coverage.count(None if name is None else Measure(name))
        if not count.reaches(least):
            what = name or "the law"
            click.echo(f"coverage of {what} is {count.percent} %, less than {least} %", err=True)
            result = ExitCode.FINDINGS
    return result
