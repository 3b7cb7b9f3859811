"""`longarm completion`: click's own completion script, under a name people look for."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from longarm.cli.group import root
from longarm.cli.terminal import examples, out


@click.command(
    epilog=examples(
        "longarm completion bash >> ~/.bashrc",
        "longarm completion zsh >> ~/.zshrc",
        "longarm completion fish > ~/.config/fish/completions/longarm.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print a shell's completion script."""
    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(f"`{shell}` is not supported")
    # Variable names are part of what click's script calls back with.
    out(complete(root, {}, "longarm", "_LONGARM_COMPLETE").source())
