"""The command line around the verbs: what is offered, exit codes, color, streams, start-up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from longarm.about import __version__
from longarm.cli import run
from longarm.cli.group import VERBS, root
from longarm.cli.terminal import Color, ExitCode, Settings, decide_color, show
from longarm_dsl.catalogue import KINDS
from longarm_dsl.diagnostics import error
from longarm_dsl.source import Source, Span

ROOT = Path(__file__).parents[2]
SOURCES = os.pathsep.join(str(ROOT / folder) for folder in ("dsl", "compiler", "policies"))


def longarm(*args: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return python("-m", "longarm", *args, **environ)


def python(*args: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *args],
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": SOURCES, **environ},
    )


def offered() -> list[str]:
    return root.list_commands(click.Context(root))


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """`longarm version` replaced by a verb that gives or raises what the list holds."""
    behavior: list[object] = []

    def act() -> object:
        (what,) = behavior
        if isinstance(what, BaseException):
            raise what
        return what

    monkeypatch.setattr("longarm.cli.version.command", click.Command("version", callback=act))
    return behavior


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (None, 0),
        (ExitCode.OK, 0),
        (ExitCode.FINDINGS, 1),
        (ExitCode.POLICY, 3),
        (click.UsageError("no"), 2),
        (click.ClickException("no"), 2),
        (click.FileError("x.pol"), 2),
        (FileNotFoundError(2, "No such file or directory", "x.pol"), 2),
        (click.exceptions.Exit(1), 1),
        (ValueError("odd"), 4),
        (RecursionError(), 4),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
)
def test_every_end_is_an_exit_code(verb: list[object], what: object, code: int) -> None:
    verb.append(what)
    assert run(["version"]) == code


def test_a_missing_file_is_named(verb: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    verb.append(FileNotFoundError(2, "No such file or directory", "x.pol"))
    run(["version"])
    assert capsys.readouterr().err == "Error: x.pol: No such file or directory\n"


def test_our_own_mistake_is_told_shortly(
    verb: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    verb.append(ValueError("odd"))
    run(["version"])
    told = capsys.readouterr()
    assert told.out == ""
    assert "longarm made a mistake (ValueError: odd)" in told.err
    assert "report it" in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("args", [["--debug", "version"], ["version", "--debug"]])
def test_debug_shows_the_traceback(
    args: list[str], verb: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    verb.append(ValueError("odd"))
    assert run(args) == ExitCode.BUG
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "args", [["no-such-verb"], ["--no-such-option"], ["explain", "x", "y"], ["--color", "red"]]
)
def test_a_wrong_command_line_is_usage(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(args) == ExitCode.USAGE
    told = capsys.readouterr()
    assert told.out == ""
    assert "Error:" in told.err


def test_a_mistyped_verb_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    run(["explian"])
    assert "no such command `explian`; did you mean `explain`?" in capsys.readouterr().err


def test_only_verbs_that_exist_are_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out.partition("Commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in text.splitlines()] == offered()
    for name, verb in VERBS.items():
        module = verb.target.partition(":")[0].replace(".", "/")
        path = ROOT / f"compiler/{module}.py"
        assert (name in offered()) == path.exists()


@pytest.mark.parametrize("name", offered())
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_help_has_a_summary_and_examples(
    name: str, flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([name, flag]) == 0
    text = capsys.readouterr().out
    command = root.get_command(click.Context(root), name)
    assert command is not None
    # The line in the table and the verb's own first line are one and the same.
    assert command.get_short_help_str(limit=200) == VERBS[name].summary
    assert f"Examples:\n    longarm {name}" in text
    assert "--color" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_every_verb_in_the_table_is_a_command() -> None:
    for name in offered():
        command = root.get_command(click.Context(root), name)
        assert isinstance(command, click.Command)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version"]) == 0
    assert capsys.readouterr().out == f"longarm {__version__} (language 1)\n"
    assert run(["version", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["longarm"] == __version__


@pytest.mark.parametrize("args", [["version"], ["--help"], ["--version"]])
def test_start_up_imports_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys; from longarm.cli import run; code = run(sys.argv[1:]);"
        "print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr);"
        "sys.exit(code)"
    )
    done = python("-c", code, *args)
    assert done.returncode == 0
    loaded = done.stderr.decode()
    assert "'click'" in loaded
    for heavy in ("lark", "rich", "ruamel", "longarm_policies", "difflib", "fractions"):
        assert f"'{heavy}'" not in loaded


def test_explain_pages_are_plain_when_piped() -> None:
    done = longarm("explain", "not-utf8", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    text = done.stdout.decode("utf-8")
    assert text.startswith("# not-utf8\n")
    assert "商务部公告2025年第61号" in text


def test_explain_in_color_when_forced() -> None:
    assert b"\x1b[" in longarm("explain", "stale", FORCE_COLOR="1").stdout
    assert b"\x1b[" in longarm("explain", "stale", "--color", "always").stdout
    assert b"\x1b[" not in longarm("explain", "stale", "--color", "never", FORCE_COLOR="1").stdout


def test_explain_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        kind.name for kind in KINDS
    ]


def test_explain_suggests(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "unknown-nane"]) == ExitCode.USAGE
    assert "did you mean `unknown-name`?" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_call_back(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert f"_LONGARM_COMPLETE={shell}_complete" in capsys.readouterr().out


def test_completion_knows_the_diagnostics() -> None:
    done = longarm(
        _LONGARM_COMPLETE="bash_complete", COMP_WORDS="longarm explain cyclic-d", COMP_CWORD="2"
    )
    assert done.stdout.split() == [b"plain,cyclic-defeat", b"plain,cyclic-definition"]


def test_a_reader_that_goes_away_is_no_error() -> None:
    # More than a pipe holds, so that the writer meets the closed end.
    code = (
        "import sys, click, longarm.cli.version as v; from longarm.cli import main;"
        "from longarm.cli.terminal import out;"
        "v.command = click.Command('version', callback=lambda: out('x' * 1_000_000));"
        "main()"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", code, "version"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": SOURCES},
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    with writer:
        writer.stdout.read(1)
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode == 141


@pytest.mark.parametrize(
    ("color", "environ", "terminal", "colored"),
    [
        (Color.AUTO, {}, True, True),
        (Color.AUTO, {}, False, False),
        (Color.AUTO, {"NO_COLOR": "1"}, True, False),
        (Color.AUTO, {"NO_COLOR": ""}, True, True),
        (Color.AUTO, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        (Color.AUTO, {"FORCE_COLOR": "1"}, False, True),
        (Color.AUTO, {"FORCE_COLOR": "0"}, False, False),
        (Color.AUTO, {"FORCE_COLOR": ""}, False, False),
        (Color.AUTO, {"CLICOLOR_FORCE": "1"}, False, True),
        (Color.AUTO, {"CLICOLOR_FORCE": "0"}, True, True),
        (Color.AUTO, {"TERM": "dumb"}, True, False),
        (Color.AUTO, {"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        (Color.ALWAYS, {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        (Color.NEVER, {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_color_obeys_flag_then_environment_then_terminal(
    color: Color, environ: dict[str, str], terminal: bool, colored: bool
) -> None:
    assert decide_color(color, environ, terminal=terminal) is colored


@pytest.mark.parametrize(
    ("args", "color"),
    [
        (["version"], Color.AUTO),
        (["--color", "never", "version"], Color.NEVER),
        (["version", "--color", "always"], Color.ALWAYS),
        (["--color", "never", "version", "--color", "always"], Color.ALWAYS),
    ],
)
def test_color_is_set_before_or_behind_the_verb(
    args: list[str], color: Color, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Color] = []

    def look() -> None:
        seen.append(click.get_current_context().ensure_object(Settings).color)

    monkeypatch.setattr("longarm.cli.version.command", click.Command("version", callback=look))
    assert run(args) == 0
    assert seen == [color]


def test_show_prints_to_stderr_unless_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    found = [error("unknown-name", "no", Span(Source("a.pol", "x"), 0, 1))]
    show(found)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error[unknown-name]: no\n --> a.pol:1:1\n")
    show(found, to_stdout=True)
    assert capsys.readouterr().out == told.err
