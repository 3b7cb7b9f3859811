"""`longarm version`: imports nothing but click, so that it answers at once."""

from __future__ import annotations

import platform

import click

from longarm.about import LANGUAGE_VERSION, __version__
from longarm.cli.terminal import examples, out


@click.command(epilog=examples("longarm version", "longarm version --json"))
@click.option("--json", "as_json", is_flag=True, help="As a JSON object.")
def command(*, as_json: bool) -> None:
    """Print the version."""
    if as_json:
        import json  # noqa: PLC0415  not needed for the plain answer

        versions = {
            "longarm": __version__,
            "language": LANGUAGE_VERSION,
            "python": platform.python_version(),
        }
        out(json.dumps(versions) + "\n")
        return
    out(f"longarm {__version__} (language {LANGUAGE_VERSION})\n")
