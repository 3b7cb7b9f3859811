"""`longarm explain`: the page of a diagnostic, from the installed package."""

from __future__ import annotations

import sys

import click
from click.shell_completion import CompletionItem

from longarm.cli.terminal import examples, out, wants_color, width
from longarm_dsl.catalogue import KINDS, page
from longarm_dsl.diagnostics import did_you_mean


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    del ctx, param
    return [
        CompletionItem(kind.name, help=kind.summary)
        for kind in KINDS
        if kind.name.startswith(incomplete)
    ]


@click.command(epilog=examples("longarm explain unknown-name", "longarm explain --list"))
@click.argument("name", required=False, shell_complete=_complete)
@click.option("--list", "as_list", is_flag=True, help="List all diagnostics, one a line.")
def command(name: str | None, *, as_list: bool) -> None:
    """Show the page of a diagnostic.

    NAME is the word in brackets: `unknown-name` in `error[unknown-name]`.
    """
    if as_list:
        out("".join(f"{k.name} ({k.severity}): {k.summary}\n" for k in KINDS))
        return
    if name is None:
        raise click.UsageError("name a diagnostic, or ask for `--list`")
    markdown = page(name)
    if markdown is None:
        hint = did_you_mean(name, [kind.name for kind in KINDS])
        raise click.UsageError(f"no diagnostic is called `{name}`{f'; {hint}' if hint else ''}")
    color = wants_color(sys.stdout)
    if not color and not sys.stdout.isatty():
        out(markdown)
        return
    from rich.console import Console  # noqa: PLC0415  slow, and only for a terminal
    from rich.markdown import Markdown  # noqa: PLC0415  same

    console = Console(force_terminal=True, no_color=not color, width=width(sys.stdout))
    console.print(Markdown(markdown, code_theme="ansi_dark"))
