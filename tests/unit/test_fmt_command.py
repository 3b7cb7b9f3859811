"""`longarm fmt`: what it writes, what it leaves alone, and its exit codes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from longarm.cli.group import root
from longarm.cli.terminal import ExitCode

UGLY = 'rule a "A" when x   =1 # why\nthen prohibits\n'
TIDY = 'rule a "A"\n  when      x = 1  # why\n  then      prohibits\n'
WRONG = 'rule a "A"\n  when x ==\n'


def fmt(*args: str, given: str | bytes = b"") -> tuple[object, str, str]:
    result = CliRunner().invoke(root, ["fmt", *args], input=given, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.stdout, result.stderr


def test_rewrites_in_place_and_then_rests(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "a.pol"
    file.parent.mkdir()
    file.write_text(UGLY, "utf-8")
    file.chmod(0o640)
    code, _, talk = fmt(str(tmp_path))
    assert code == ExitCode.OK
    assert file.read_text("utf-8") == TIDY
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert talk == f"reformatted {file}\n"
    assert fmt(str(tmp_path)) == (ExitCode.OK, "", "")
    assert list(tmp_path.rglob("*.*")) == [file]


def test_check_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.pol"
    file.write_text(UGLY, "utf-8")
    code, _, talk = fmt("--check", str(file))
    assert code == ExitCode.FINDINGS
    assert talk == f"would reformat {file}\n"
    assert file.read_text("utf-8") == UGLY
    file.write_text(TIDY, "utf-8")
    assert fmt("--check", str(file)) == (ExitCode.OK, "", "")


def test_diff_shows_the_change(tmp_path: Path) -> None:
    file = tmp_path / "a.pol"
    file.write_text(UGLY, "utf-8")
    code, shown, _ = fmt("--diff", str(file))
    assert code == ExitCode.FINDINGS
    assert "-then prohibits\n" in shown
    assert "+  then      prohibits\n" in shown
    assert file.read_text("utf-8") == UGLY


def test_a_file_with_mistakes_is_not_touched_and_the_others_are(tmp_path: Path) -> None:
    (tmp_path / "a.pol").write_text(WRONG, "utf-8")
    (tmp_path / "b.pol").write_text(UGLY, "utf-8")
    code, _, talk = fmt(str(tmp_path))
    assert code == ExitCode.POLICY
    assert "syntax-error" in talk
    assert (tmp_path / "a.pol").read_text("utf-8") == WRONG
    assert (tmp_path / "b.pol").read_text("utf-8") == TIDY


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    file = tmp_path / "a.pol"
    file.write_bytes('rule a "商务部"'.encode("gb18030"))
    code, _, talk = fmt(str(file))
    assert code == ExitCode.POLICY
    assert "not-utf8" in talk


def test_standard_input() -> None:
    assert fmt("-", given=UGLY) == (ExitCode.OK, TIDY, "")
    assert fmt("--check", "-", "--stdin-filename", "x.pol", given=UGLY) == (
        ExitCode.FINDINGS,
        "",
        "would reformat x.pol\n",
    )
    code, shown, talk = fmt("-", "--stdin-filename", "x.pol", given=WRONG)
    assert (code, shown) == (ExitCode.POLICY, "")
    assert "x.pol:2:10" in talk


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    file = tmp_path / "a.pol"
    file.write_bytes(UGLY.replace("\n", "\r\n").encode())
    fmt(str(file))
    assert file.read_bytes() == TIDY.replace("\n", "\r\n").encode()
    assert fmt("--check", str(file))[0] == ExitCode.OK


@pytest.mark.parametrize("args", [("-", "a.pol"), ("--stdin-filename", "x", "a.pol")])
def test_wrong_usage(args: tuple[str, ...]) -> None:
    with pytest.raises(Exception, match="stand"):
        fmt(*args)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        fmt(str(tmp_path / "no.pol"))
