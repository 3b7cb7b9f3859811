"""Data files that lie, loop or lead elsewhere: findings, never a traceback or a foreign file."""

from __future__ import annotations

from pathlib import Path

import pytest

from longarm.pipeline import compile_paths

LAW = """
record Transaction
  gift : flag
instrument act "An act"
  regime cn
  issued 2025-01-01
table act.t (name : text, n : number) from "{file}"
rule r "A rule"
  cite "1"
  when gift and any row in act.t has row.n > 3
  then requires license from AUTHORITY
"""


def found(folder: Path, file: str) -> set[str]:
    """Names of the errors of a text that reads a data file."""
    (folder / "law.pol").write_text(LAW.format(file=file), encoding="utf-8")
    compiled = compile_paths([folder / "law.pol"], installed=False)
    return {d.name for d in compiled.found if d.severity == "error"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"name\n",
        b"name,n,n\na,1,2\n",
        b"name,n\na\n",
        b"name,n\na,1,2\n",
        b"name,n\na,\0\n",
        b'name,n\n"a,1\n',
        b"name,n\n\xff,1\n",
        b"name,n\na,1e999999999\n",
        b"name,n\na," + b"(" * 5_000 + b"\n",
    ],
)
def test_a_malformed_file_is_a_finding(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    assert found(tmp_path, "t.csv")


def test_a_file_with_a_mark_of_byte_order_is_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfname,n\na,4\n")
    assert found(tmp_path, "t.csv") == set()


@pytest.mark.parametrize("file", ["/etc/passwd", "../t.csv", ".", "", "none.csv"])
def test_a_file_elsewhere_is_missing(tmp_path: Path, file: str) -> None:
    (tmp_path / "t.csv").write_bytes(b"name,n\na,4\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    assert found(inner, file) == {"missing-table"}


def test_links_are_followed_inside_the_folder_only(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for folder in (tmp_path, inner):
        (folder / "t.csv").write_bytes(b"name,n\na,4\n")
    (inner / "in.csv").symlink_to(inner / "t.csv")
    (inner / "out.csv").symlink_to(tmp_path / "t.csv")
    (inner / "loop.csv").symlink_to("loop.csv")
    assert found(inner, "in.csv") == set()
    assert found(inner, "out.csv") == {"missing-table"}
    assert found(inner, "loop.csv") == {"missing-table"}
