"""The root command: a table of verbs, each imported when it is used.

A verb whose module is not there is not offered, so that the table may run ahead of the code
and `--help` never promises what does not work.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

from longarm.about import __version__
from longarm.cli.terminal import Color, Settings, examples, out
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb's command is, and the line that `longarm --help` shows for it."""

    target: str
    summary: str


# The summaries stand here and not in the modules, so that --help need not load the compiler.
VERBS: dict[str, Verb] = {
    "cases": Verb(
        "longarm.cli.cases:command", "Write the cases that a law lacks, and say who has read them."
    ),
    "check": Verb("longarm.cli.check:command", "Say what is wrong with policies."),
    "compile": Verb("longarm.cli.compile:command", "Write policies as a Python module."),
    "completion": Verb("longarm.cli.completion:command", "Print a shell's completion script."),
    "eval": Verb("longarm.cli.eval:command", "Decide cases under each regime, with reasons."),
    "explain": Verb("longarm.cli.explain:command", "Show the page of a diagnostic."),
    "fmt": Verb("longarm.cli.fmt:command", "Lay policies out in the standard form."),
    "import": Verb("longarm.cli.import_lists:command", "Read lists that others publish."),
    "mutate": Verb(
        "longarm.cli.mutate:command", "Change the law a little, and see which cases notice."
    ),
    "replay": Verb("longarm.cli.replay:command", "Derive a recorded decision again."),
    "report": Verb("longarm.cli.report:command", "Say what each instrument models, and what not."),
    "schema": Verb("longarm.cli.schema:command", "Print the JSON Schemas of case and decision."),
    "test": Verb("longarm.cli.test:command", "Run the cases of policies and case files."),
    "timeline": Verb("longarm.cli.timeline:command", "Show each instrument's state over time."),
    "version": Verb("longarm.cli.version:command", "Print the version."),
}


def _is_there(name: str) -> bool:
    verb = VERBS.get(name)
    return verb is not None and find_spec(verb.target.partition(":")[0]) is not None


class LazyGroup(click.Group):
    """A group that knows its verbs by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs whose modules exist, sorted."""
        del ctx
        return sorted(name for name in VERBS if _is_there(name))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb and give it the options that all verbs share."""
        del ctx
        if not _is_there(cmd_name):
            return None
        module, _, name = VERBS[cmd_name].target.partition(":")
        command: object = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{VERBS[cmd_name].target} is not a command")
        taken = {param.name for param in command.params}
        command.params += [o for o in shared_options() if o.name not in taken]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a mistyped verb."""
        if args and not args[0].startswith("-") and not _is_there(args[0]):
            from longarm_dsl.diagnostics import did_you_mean  # noqa: PLC0415  loads difflib

            hint = did_you_mean(args[0], self.list_commands(ctx))
            raise click.UsageError(f"no such command `{args[0]}`{f'; {hint}' if hint else ''}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, VERBS[name].summary) for name in self.list_commands(ctx)])


def shared_options() -> list[click.Option]:
    """The options of every verb; they fill `Settings` and are not passed on."""
    return [
        click.Option(
            ["--color"],
            type=click.Choice([color.value for color in Color]),
            callback=_set_color,
            expose_value=False,
            help="When to color the output; auto obeys NO_COLOR and FORCE_COLOR.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            is_eager=True,
            callback=_set_debug,
            expose_value=False,
            help="Show the traceback of an internal error.",
        ),
        click.Option(
            ["--no-cache"],
            is_flag=True,
            callback=_set_no_cache,
            expose_value=False,
            help="Compile the law anew, and keep nothing of it.",
        ),
    ]


def _set_color(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    del param
    # Not given to the verb: what was given to the root stays.
    if value is not None:
        ctx.ensure_object(Settings).color = Color(value)


def _set_debug(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click calls it by position
    del param
    if value:
        ctx.ensure_object(Settings).debug = True


def _set_no_cache(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click calls it by position
    del param
    if value:
        ctx.ensure_object(Settings).no_cache = True


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click calls it by position
    del param
    if value:
        out(f"longarm {__version__}\n")
        ctx.exit()


root = LazyGroup(
    name="longarm",
    help="Export-control law as checked, compiled, testable source.",
    epilog=examples(
        "longarm explain unknown-name",
        "longarm completion bash >> ~/.bashrc",
    )
    + """

\b
Exit codes:
  0  ok
  1  findings
  2  wrong usage, or a file that cannot be read or written
  3  the policy does not compile
  4  a mistake in longarm""",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "LONGARM",
    },
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            callback=_print_version,
            expose_value=False,
            help="Print the version.",
        ),
        *shared_options(),
    ],
)
