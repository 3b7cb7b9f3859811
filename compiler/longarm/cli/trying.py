"""Properties tried at the end of `longarm test`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from longarm.cases import Loaded
    from longarm.properties import PropertyRun


def tried_of(
    loaded: Loaded,
    places: tuple[Path, ...],
    text: str | None,
    regimes: tuple[str, ...],
    number: int | None,
    say: Callable[[str], None],
) -> list[PropertyRun]:
    """The properties of some paths, those that are chosen, each tried on a number of draws."""
    from longarm.properties import EXAMPLES, properties_in, run_property  # noqa: PLC0415  --help must not wait
    from longarm_dsl.diagnostics import has_errors  # noqa: PLC0415  same

    if number == 0 or has_errors(loaded.compiled.found):
        return []
    chosen = properties_in(loaded.compiled, places, text, regimes)
    runs: list[PropertyRun] = []
    for count, stated in enumerate(chosen, 1):
        told = f"property {count} of {len(chosen)}"

        def done(draws: int, told: str = told) -> None:
            say(f"{told}, draw {draws}")

        try:
            runs.append(
                run_property(loaded.compiled, stated, examples=number or EXAMPLES, done=done)
            )
        except ImportError as missing:
            if number is not None:
                raise click.ClickException(str(missing)) from missing
            # Hypothesis is an extra: who did not ask for properties is told that there are some.
            said = "1 property was" if len(chosen) == 1 else f"{len(chosen)} properties were"
            click.echo(f"{said} not tried: pip install 'longarm[properties]'", err=True)
            break
    return runs


__all__ = ["tried_of"]
