from __future__ import annotations

from pathlib import Path

from longarm.pipeline import compile_paths, installed_pack, load

CASE = 'case "{title}"\n  given {{ action: export }}\n  expect cn at least nothing\n'.replace(
    "at least nothing", "requires at least nothing"
)


def test_two_files_of_one_name_are_two_files(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "case.pol").write_text(CASE.format(title=folder), encoding="utf-8")
    paths = [tmp_path / "one" / "case.pol", tmp_path / "two" / "case.pol"]
    titles = {c.title for c in compile_paths(paths).cases}
    assert {"one", "two"} <= titles


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "case.pol"
    path.write_text(CASE.format(title="once"), encoding="utf-8")
    cases = compile_paths([path, tmp_path]).cases
    assert [c.title for c in cases].count("once") == 1


def test_a_given_pack_takes_the_place_of_the_installed_one() -> None:
    pack = installed_pack()
    names = [m.name for m in load([pack])[0]]
    assert len(names) == len(set(names))
    assert names == [m.name for m in load()[0]]


def test_a_reading_between_yes_and_no_compares() -> None:
    from longarm.pipeline import compile_sources  # noqa: PLC0415  used by this test only

    text = """
record Party
  located_in : country
record Transaction
  actor : Party

instrument act "An act"
  regime   xx
  issued   2020-01-01
  verified 2026-01-01

reading wide : {yes, no}
  cite "1"
  open "the text does not say"

rule r "R"
  cite "1"
  when wide = yes
  then requires license from A
"""
    found = compile_sources([("m", text)]).found
    assert [d for d in found if d.severity == "error"] == []
