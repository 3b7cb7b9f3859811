"""`longarm replay`: derive recorded decisions again, or say what moved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from longarm.cli.progress import Progress
from longarm.cli.terminal import ExitCode, cache_folder, err, examples, out, show

if TYPE_CHECKING:
    # `--help` must not wait for the compiler.
    from longarm.records import Moved, Replayed

_MOST = 40


@click.command(
    epilog=examples(
        "longarm replay decision.json",
        "longarm eval shipment.yaml --format json | longarm replay -",
    )
)
@click.argument("record", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option(
    "--policies",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Policies to load beside the installed packs.  [repeatable]",
)
@click.option("--alone", is_flag=True, help="Do not load the installed packs.")
def command(record: Path, *, policies: tuple[Path, ...], alone: bool) -> int:
    """Derive a recorded decision again.

    RECORD is what `longarm eval --format json` wrote; `-` is stdin. Its decisions are derived
    on its own days; what moved is told, and the exit code is 1 if the law, the toolkit or any
    part of a decision is not as recorded.
    """
    if alone and not policies:
        raise click.UsageError("`--alone` goes with `--policies`")
    from longarm.evaluators import find_idle  # noqa: PLC0415  --help must not wait for it
    from longarm.loading import law  # noqa: PLC0415  --help must not wait for it
    from longarm.records import MOST_BYTES, Unreadable, read_records, replay  # noqa: PLC0415  same
    from longarm_dsl.diagnostics import Severity  # noqa: PLC0415  same
    from longarm_dsl.surface.read import bounded_bytes  # noqa: PLC0415  same

    from_stdin = str(record) == "-"
    # One byte over is enough to see that it is too long.
    data = (
        sys.stdin.buffer.read(MOST_BYTES + 1) if from_stdin else bounded_bytes(record, MOST_BYTES)
    )
    with Progress("reading the law"):
        compiled = law(policies, installed=not alone, cache=cache_folder())
    broken = [d for d in compiled.found if d.severity is Severity.ERROR]
    if broken:
        show(broken)
        return ExitCode.POLICY
    made: list[tuple[str, tuple[Replayed, ...]]] = []
    unreadable: list[Unreadable] = []
    with Progress("replaying") as progress:
        records = read_records(data, compiled.program)
        idle = find_idle(compiled)
        for number, one in enumerate(records, 1):
            progress.say(f"replaying case {number} of {len(records)}")
            if isinstance(one, Unreadable):
                unreadable.append(one)
            else:
                made.append((one.title, replay(one, compiled.program, idle)))
    for title, replayed in made:
        _print(title, replayed)
    for one in unreadable:
        named = f"{one.title}: " if one.title else ""
        err(f"error[unreadable-record]: {named}{one.why}\n")
    if unreadable:
        return ExitCode.USAGE
    same = all(r.same for _, replayed in made for r in replayed)
    return ExitCode.OK if same else ExitCode.FINDINGS


def _print(title: str, replayed: tuple[Replayed, ...]) -> None:
    out(f"{title or 'case'}\n")
    for one in replayed:
        out(f"  {one.regime} on {one.on}, known {one.known}: {_verdict(one)}\n")
        moved = [*one.law, *one.toolkit, *one.decision]
        for part in moved[:_MOST]:
            out(_line(part))
        if len(moved) > _MOST:
            out(f"    … {len(moved) - _MOST} more\n")


def _verdict(one: Replayed) -> str:
    if one.same:
        return "the same"
    beside = [
        *(["the law"] if one.law else []),
        *(["the toolkit"] if one.toolkit else []),
    ]
    moved = f"{' and '.join(beside)} moved" if beside else ""
    if not one.decision:
        return f"{moved}, the decision did not"
    differs = "the decision differs"
    return f"{moved}, and {differs}" if moved else differs


def _line(part: Moved) -> str:
    return f"    {part.path}\n      recorded  {part.recorded}\n      now       {part.now}\n"
