"""`longarm compile`: policies as one Python file that decides cases on its own."""

from __future__ import annotations

from pathlib import Path

import click

from longarm.cli.progress import Progress
from longarm.cli.terminal import ExitCode, err, examples, out, show


@click.command(
    epilog=examples(
        "longarm compile -o decisions.py",
        "longarm compile policies -o decisions.py",
        "longarm compile draft.pol --alone --regime cn > decisions.py",
        "python -I -S decisions.py shipment.json",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Where to write the module; stdout if not given.",
)
@click.option("--regime", metavar="CN,US", help="Compile for these regimes only.")
@click.option("--alone", is_flag=True, help="Do not load the installed packs beside PATHS.")
def command(
    paths: tuple[Path, ...], *, output: Path | None, regime: str | None, alone: bool
) -> int:
    """Write policies as a Python module.

    PATHS are files and folders of `.pol` files; without any, the installed packs. The module
    needs the standard library only, decides JSON cases as `longarm eval` does, and is the same
    to the byte for the same law and toolkit.
    """
    if alone and not paths:
        raise click.UsageError("`--alone` goes with PATHS")
    from longarm.choices import (  # noqa: PLC0415  --help must not wait for the compiler
        ChoiceError,
        chosen_regimes,
    )
    from longarm.cli.writing import replace_file  # noqa: PLC0415  same
    from longarm.pipeline import compile_paths  # noqa: PLC0415  same
    from longarm.standalone.writing import write  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import Severity  # noqa: PLC0415  same

    with Progress("reading the law") as progress:
        compiled = compile_paths(paths, installed=not alone)
        broken = [d for d in compiled.found if d.severity is Severity.ERROR]
        if broken:
            show(broken)
            return ExitCode.POLICY
        try:
            regimes = chosen_regimes(compiled.program.regimes, regime)
        except ChoiceError as wrong:
            raise click.UsageError(str(wrong)) from wrong
        progress.say("writing the module")
        module = write(compiled.program, regimes)
        if output is None or str(output) == "-":
            out(module.text)
            name = "stdout"
        else:
            replace_file(output, module.text)
            name = str(output)
    err(
        f"{name}: {module.rules} rules of {', '.join(regimes)}, {module.functions} functions, "
        f"{len(module.text.encode()):,} bytes, law {module.digest}\n"
    )
    return ExitCode.OK
