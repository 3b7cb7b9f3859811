"""Law that was compiled before: found by its content, by nothing else, and never in the way."""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path

import pytest

import longarm.pipeline
from longarm import cache, evaluators
from longarm.backends import in_process
from longarm.cases import cases_of
from longarm.cli import run
from longarm.compiled.code import Code
from longarm.loading import Compiled, law
from longarm_dsl.core.portable import encode
from longarm_dsl.core.program import Program

LAW = """record Transaction
  goods : flag

record Party
  name : text

instrument act "Act"
  regime cn
  issued 2025-01-01
  source "https://example.org"

list cn.names "Names" (party : Party) from "names.csv"

param floor : percent = 25%
  cite "1"

rule license "License"
  cite "1"
  when goods
  then requires license from MOFCOM

case "goods"
  on 2025-06-01
  given { goods: yes }
  expect cn requires license
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "act.pol").write_text(LAW, "utf-8")
    (folder / "names.csv").write_text("party\nA\n", "utf-8")
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache"


class Compiler:
    """Counts how often anything is compiled."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.runs = 0
        compile_files = longarm.pipeline.compile_files

        def counted(*args: object) -> object:
            self.runs += 1
            return compile_files(*args)  # type: ignore[arg-type]

        patch.setattr(longarm.pipeline, "compile_files", counted)


@pytest.fixture
def compiler(monkeypatch: pytest.MonkeyPatch) -> Compiler:
    return Compiler(monkeypatch)


def load(policies: Path, kept: Path) -> Compiled:
    return law([policies], installed=False, cache=kept)


def same(one: Compiled, other: Compiled) -> bool:
    return encode((one.program, one.found, one.cases)) == encode(
        (other.program, other.found, other.cases)
    )


def test_what_was_compiled_is_not_compiled_again(
    policies: Path, kept: Path, compiler: Compiler
) -> None:
    first = load(policies, kept)
    assert not [d.message for d in first.found if d.severity == "error"]
    assert "A" in str(first.program.tables["cn.names"].rows)
    again = load(policies, kept)
    assert compiler.runs == 1
    assert same(first, again)
    assert [c.title for c in cases_of(again)[0]] == ["goods"]
    assert law([policies], installed=False).program.digest == again.program.digest
    assert compiler.runs == 2


def test_any_other_content_is_compiled(policies: Path, kept: Path, compiler: Compiler) -> None:
    load(policies, kept)
    source, data = policies / "act.pol", policies / "names.csv"
    state = source.stat()
    source.write_text(LAW.replace("25%", "26%"), "utf-8")
    # As long as before, and from the same moment.
    os.utime(source, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert "26%" in str(load(policies, kept).program.values)
    data.write_text("party\nB\n", "utf-8")
    assert "B" in str(load(policies, kept).program.tables["cn.names"].rows)
    data.unlink()
    assert [d for d in load(policies, kept).found if d.severity == "error"]
    assert compiler.runs == 4


def test_the_name_of_a_file_is_content(policies: Path, kept: Path, compiler: Compiler) -> None:
    load(policies, kept)
    moved = policies.rename(policies.with_name("moved"))
    spans = {r.span.source.name for r in load(moved, kept).program.rules.values()}
    assert spans == {str(moved / "act.pol")}
    assert compiler.runs == 2


def test_another_toolkit_or_python_has_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [("a", "a.pol", b"x")]
    keys = {cache.key_of(files), cache.key_of([("a", "a.pol", b"y")]), cache.key_of([])}
    keys.add(cache.key_of([("a", "a.pol", b"x"), ("", "", b"")]))
    for name, value in (("__version__", "9"), ("LANGUAGE_VERSION", 9), ("FORMAT", 9)):
        with monkeypatch.context() as patch:
            patch.setattr(cache, name, value)
            keys.add(cache.key_of(files))
    with monkeypatch.context() as patch:
        patch.setattr("sys.version", "3.99")
        keys.add(cache.key_of(files))
    assert len(keys) == 8
    assert cache.key_of(files) in keys


def test_law_with_mistakes_is_not_kept(policies: Path, kept: Path, compiler: Compiler) -> None:
    (policies / "act.pol").write_text(LAW.replace("when goods", "when good"), "utf-8")
    for _ in range(2):
        assert [d.name for d in load(policies, kept).found if d.severity == "error"]
    assert compiler.runs == 2
    assert not kept.exists() or list(kept.iterdir()) == []


def entry(kept: Path) -> Path:
    (path,) = kept.glob("*.law")
    return path


def test_a_damaged_entry_is_compiled_again(policies: Path, kept: Path, compiler: Compiler) -> None:
    first = load(policies, kept)
    whole = entry(kept).read_bytes()
    middle = len(whole) // 2
    damaged = [
        b"",
        b"x",
        whole[:20],
        whole[:middle],
        whole[:-1],
        whole + b"x",
        b"other" + whole[5:],
        *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in (16, 30, 60, 90, middle)),
        *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in (-40, -1)),
    ]
    for data in damaged:
        entry(kept).write_bytes(data)
        assert same(load(policies, kept), first)
    assert compiler.runs > len(damaged) // 2


def test_an_entry_of_another_key_is_not_trusted(
    policies: Path, kept: Path, compiler: Compiler
) -> None:
    load(policies, kept)
    other = entry(kept).read_bytes()
    (policies / "act.pol").write_text(LAW.replace("25%", "26%"), "utf-8")
    load(policies, kept)
    for path in kept.iterdir():
        path.write_bytes(other)
    assert "26%" in str(load(policies, kept).program.values)
    assert compiler.runs == 3


def test_a_folder_that_is_none_is_no_cache(policies: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", "utf-8")
    for folder in (file, file / "below", tmp_path / ("x" * 300)):
        assert load(policies, folder).program.rules


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_of_others_is_not_used(
    policies: Path, kept: Path, compiler: Compiler, mode: int
) -> None:
    load(policies, kept)
    kept.chmod(mode)
    load(policies, kept)
    assert compiler.runs == 2


def test_the_oldest_entries_make_room(
    kept: Path, policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    monkeypatch.setattr(cache, "MOST_ENTRIES", 3)
    for n in range(5):
        (policies / "act.pol").write_text(LAW.replace("25%", f"{30 + n}%"), "utf-8")
        load(policies, kept)
        (new,) = set(kept.iterdir()) - set(made)
        os.utime(new, ns=(n, n))
        made.append(new)
    assert len(list(kept.iterdir())) == 3
    assert made[-1].exists()
    monkeypatch.setattr(cache, "MOST_BYTES", 1)
    (policies / "act.pol").write_text(LAW.replace("25%", "99%"), "utf-8")
    load(policies, kept)
    assert len(list(kept.iterdir())) == 1


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.default_folder({"LONGARM_CACHE": "/a", "XDG_CACHE_HOME": "/b"}) == Path("/a")
    assert cache.default_folder({"XDG_CACHE_HOME": "/b"}) == Path("/b/longarm")
    monkeypatch.setattr("sys.platform", "linux")
    home = cache.default_folder({})
    assert home is not None
    assert home.parts[-2:] == (".cache", "longarm")


def test_commands_keep_law_and_can_be_told_not_to(
    policies: Path, kept: Path, compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGARM_CACHE", str(kept))
    args = ["eval", str(policies / "act.pol"), "--alone"]
    assert run([*args, "--no-cache"]) == 0
    monkeypatch.setenv("LONGARM_NO_CACHE", "1")
    assert run(args) == 0
    assert not kept.exists()
    monkeypatch.delenv("LONGARM_NO_CACHE")
    assert run(args) == 0
    assert list(kept.glob("*.law"))
    before = compiler.runs
    assert run(args) == 0
    assert compiler.runs == before


# ── compiled functions ───────────────────────────────────────────────────────


def code_of(law_: Compiled, monkeypatch: pytest.MonkeyPatch) -> tuple[Code, bool]:
    """The code of the regime in a process of its own, and whether it was compiled there."""
    monkeypatch.setattr(evaluators, "_made", OrderedDict[int, object]())
    emitted: list[str] = []
    regime_code = in_process.regime_code

    def counted(program: Program, regime: str) -> Code:
        emitted.append(regime)
        return regime_code(program, regime)

    monkeypatch.setattr(in_process, "regime_code", counted)
    made = evaluators.functions(law_).code("cn")
    monkeypatch.undo()
    return made, bool(emitted)


def test_functions_are_kept_beside_the_law(
    policies: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, compiled = code_of(load(policies, kept), monkeypatch)
    assert compiled
    second, compiled = code_of(load(policies, kept), monkeypatch)
    assert not compiled
    for name in Code.__slots__:
        assert getattr(first, name) == getattr(second, name)
    assert first.functions["rule_cn_act_license"].co_filename == str(policies / "act.pol")


def test_damaged_functions_are_compiled_again(
    policies: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code_of(load(policies, kept), monkeypatch)
    (path,) = kept.glob("*.code")
    whole = path.read_bytes()
    for data in (b"", whole[:-1], whole[:40], whole[:-1] + bytes([whole[-1] ^ 1])):
        path.write_bytes(data)
        assert code_of(load(policies, kept), monkeypatch)[1]
        assert path.read_bytes() == whole


def test_functions_of_other_law_are_not_taken(
    policies: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code_of(load(policies, kept), monkeypatch)
    (path,) = kept.glob("*.code")
    (policies / "act.pol").write_text(LAW.replace("when goods", "when not goods"), "utf-8")
    changed = load(policies, kept)
    assert changed.kept is not None
    other = cache.code_key(changed.kept[1], "cn")
    path.rename(kept / f"{other}.code")
    assert code_of(changed, monkeypatch)[1]


def test_without_a_cache_nothing_is_kept(
    policies: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code_of(law([policies], installed=False), monkeypatch)[1]
    assert not kept.exists()
