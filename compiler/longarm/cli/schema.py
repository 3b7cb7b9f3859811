"""`longarm schema`: the JSON Schemas of case and decision."""

from __future__ import annotations

from pathlib import Path

import click

from longarm.cli.terminal import cache_folder, examples, out


@click.command(epilog=examples("longarm schema case > case.schema.json", "longarm schema decision"))
@click.argument("contract", required=False, type=click.Choice(["case", "decision"]))
@click.option(
    "--policies",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Law whose vocabulary a case may use, beside the installed packs.",
)
def command(contract: str | None, *, policies: tuple[Path, ...]) -> None:
    """Print the JSON Schemas of case and decision.

    Without CONTRACT, one object with both.
    """
    import json  # noqa: PLC0415  with the compiler, only once something is asked for

    from longarm.loading import law  # noqa: PLC0415  loads what may load the compiler
    from longarm.schemas import Json, case_schema, decision_schema  # noqa: PLC0415  same

    shown: dict[str, Json] = {}
    if contract != "decision":
        # What is wrong with the law is for `longarm check`: its vocabulary can still be shown.
        shown["case"] = case_schema(law(policies, cache=cache_folder()).program)
    if contract != "case":
        shown["decision"] = decision_schema()
    printed: Json = shown if contract is None else shown[contract]
    out(json.dumps(printed, indent=2, ensure_ascii=False) + "\n")
