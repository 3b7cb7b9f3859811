"""`longarm test --update` and `--watch`: what is shown, when it is written, what runs again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from longarm.cli import run, watching
from longarm.cli.terminal import ExitCode
from longarm.cli.watching import watch

LAW = """use common.trade

instrument draft "A draft"
  regime     cn
  issued     2025-01-01
  verified   2025-06-01

rule magnets "Magnets"
  cite      "1"
  when      destination = TV
  then      requires license from MOFCOM

case "magnets"
  on      2025-03-01
  assume  closed
  given   { destination: TV, item: { code: {"CN:none"} } }
  expect  cn because magnets
  expect  cn not because magnets
"""


def test_an_update_is_shown_first_and_written_when_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "draft.pol"
    path.write_text(LAW, "utf-8")
    assert run(["test", str(path), "--update"]) == ExitCode.FINDINGS
    shown = capsys.readouterr()
    assert "-  expect  cn not because magnets\n+  expect  cn because magnets\n" in shown.out
    assert "nothing is written: --yes writes 1 expectation in 1 file anew" in shown.err
    assert path.read_text("utf-8") == LAW
    assert run(["test", str(path), "--update", "--yes"]) == ExitCode.OK
    assert path.read_text("utf-8") == LAW.replace("not because", "because")
    assert run(["test", str(path), "--yes"]) == ExitCode.USAGE
    assert run(["test", str(path), "--update", "--format", "json"]) == ExitCode.USAGE
    assert run(["test", str(path), "--update", "--watch"]) == ExitCode.USAGE


def test_what_changed_runs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    law, case = tmp_path / "draft.pol", tmp_path / "one.case.yaml"
    law.write_text("", "utf-8")
    case.write_text("", "utf-8")
    asked: list[tuple[Path, ...]] = []
    steps = iter([(law, ""), (case, "on"), (law, "use")])

    def pause(seconds: float) -> None:
        assert seconds == watching.PAUSE
        file, text = next(steps, (None, ""))
        if file is None:
            raise KeyboardInterrupt
        if text:
            file.write_text(text, "utf-8")

    def again(files: tuple[Path, ...]) -> int:
        asked.append(files)
        if len(asked) == 2:
            raise FileNotFoundError(2, "no such file", "gone.yaml")
        return ExitCode.FINDINGS

    monkeypatch.setattr(time, "sleep", pause)
    assert watch([tmp_path], again) == ExitCode.FINDINGS
    assert asked == [(), (case,), ()]
    assert "gone.yaml: no such file" in capsys.readouterr().err


def test_a_file_that_changed_while_it_was_asked_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "draft.pol"
    path.write_text(LAW, "utf-8")
    edited = LAW + "\n# edited meanwhile\n"

    def confirm(*_: object, **__: object) -> bool:
        path.write_text(edited, "utf-8")
        return True

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.confirm", confirm)
    assert run(["test", str(path), "--update"]) == ExitCode.FINDINGS
    assert path.read_text("utf-8") == edited
    assert "it was changed in the meantime" in capsys.readouterr().err


def test_a_file_that_may_not_be_written_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "draft.pol"
    path.write_text(LAW, "utf-8")
    path.chmod(0o444)
    assert run(["test", str(path), "--update", "--yes"]) == ExitCode.USAGE
    assert path.read_text("utf-8") == LAW
    assert "the file is read-only" in capsys.readouterr().err


def test_a_change_during_the_first_run_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = tmp_path / "draft.pol"
    law.write_text("", "utf-8")
    asked: list[tuple[Path, ...]] = []
    steps = iter([True])

    def pause(_: float) -> None:
        if not next(steps, False):
            raise KeyboardInterrupt

    def again(files: tuple[Path, ...]) -> int:
        asked.append(files)
        if len(asked) == 1:
            law.write_text("use", "utf-8")
        return ExitCode.OK

    monkeypatch.setattr(time, "sleep", pause)
    assert watch([tmp_path], again) == ExitCode.OK
    assert asked == [(), ()]
