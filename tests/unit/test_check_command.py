"""`longarm check`: what it reads, what it shows, how it ends; and the packs that ship."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.pipeline import compile_loaded, compile_paths, read_texts
from longarm_dsl.core.check import STALE_AFTER, check_stale
from longarm_dsl.diagnostics import has_errors

GOOD = """record Transaction
  destination : country

instrument mine "Mine"
  regime cn
  issued 2025-01-01
  verified {verified}

rule exports "Exports"
  cite "1"
  effective until 2026-03-01
  when destination = NL
  then requires license from MOFCOM
"""


def written(folder: Path, text: str, verified: date = date(2026, 2, 1)) -> str:
    path = folder / "mine.pol"
    path.write_text(text.format(verified=verified), "utf-8")
    return str(path)


def test_nothing_found_is_ok(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", written(tmp_path, GOOD), "--alone", "--strict"]) == ExitCode.OK
    assert capsys.readouterr().err == "nothing found in 1 file\n"


def test_warnings_end_a_strict_run_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD.replace('  cite "1"\n', ""))
    assert run(["check", path, "--alone"]) == ExitCode.OK
    assert run(["check", path, "--alone", "--strict"]) == ExitCode.FINDINGS
    assert "uncited-rule" in capsys.readouterr().out


def test_errors_end_every_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD.replace("= NL", "= Netherlands"))
    assert run(["check", path, "--alone", "--format", "json"]) == ExitCode.POLICY
    shown = json.loads(capsys.readouterr().out)
    assert "unknown-name" in json.dumps(shown) or "unknown-country" in json.dumps(shown)


def test_a_file_is_read_beside_the_installed_packs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = GOOD.split("\n\n", 1)[1].replace("\nrule", "\nuse common.trade\nrule", 1)
    text = text.replace("destination = NL", "item.made_in = NL")
    path = written(tmp_path, text.replace("  effective until 2026-03-01\n", ""))
    assert run(["check", path, "--strict"]) == ExitCode.OK
    assert run(["check", path, "--alone"]) == ExitCode.POLICY
    assert "unknown-module" in capsys.readouterr().out


def test_only_stale_looks_at_the_clock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = written(tmp_path, GOOD, date.today() - timedelta(days=STALE_AFTER + 1))  # noqa: DTZ011  as the command
    assert run(["check", old, "--alone", "--strict"]) == ExitCode.OK
    assert run(["check", old, "--alone", "--strict", "--stale"]) == ExitCode.FINDINGS
    assert "warning[stale]" in capsys.readouterr().out
    assert run(["check", old, "--alone", "--strict", "--stale", "--max-age", "999"]) == ExitCode.OK


@pytest.mark.parametrize("wrong", [["--max-age", "3"], ["--alone"], ["no-such-folder"]])
def test_options_that_say_nothing_are_refused(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", *wrong]) == ExitCode.USAGE
    assert "Usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("today", "names"),
    [
        (date(2026, 2, 1), []),
        (date(2026, 3, 1), ["unreviewed-end"]),
        (date(2026, 3, 3), ["unreviewed-end"]),
        (date(2026, 3, 4), ["stale", "unreviewed-end"]),
    ],
)
def test_ends_come_unseen_at_once_and_law_ages_in_a_month(today: date, names: list[str]) -> None:
    texts = [("cn.mine", GOOD.format(verified="2026-02-01"))]
    compiled, sources = compile_loaded(*read_texts(texts))
    assert compiled.found == ()
    assert sorted(d.name for d in check_stale(compiled.program, sources, today)) == names


def test_law_that_nobody_verified_is_stale() -> None:
    texts = [("cn.mine", GOOD.replace("  verified {verified}\n", ""))]
    compiled, sources = compile_loaded(*read_texts(texts))
    (found,) = check_stale(compiled.program, sources, date(2025, 1, 2))
    assert found.message == "`cn.mine` was never verified"


def test_the_packs_that_ship_are_without_errors() -> None:
    compiled = compile_paths()
    assert len(compiled.program.rules) > 50
    assert not has_errors(compiled.found)
