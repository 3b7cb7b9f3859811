"""Options that several commands take, said once."""

from __future__ import annotations

from pathlib import Path

import click

more_policies = click.option(
    "--policies",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="More policies to decide by, beside the installed packs.",
)
"""Law beside the paths that a command is about."""

work_jobs = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that share the work; else one for each processor.",
)
"""How many processes share what is looked at."""

__all__ = ["more_policies", "work_jobs"]
