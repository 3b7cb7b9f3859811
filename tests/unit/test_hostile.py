"""Hostile texts: whatever comes in, findings come out, in time and without a traceback."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longarm_dsl.diagnostics import has_errors
from longarm_dsl.source import Source
from longarm_dsl.surface.format import format_source
from longarm_dsl.surface.parser import MAX_CHARACTERS, parse
from longarm_dsl.surface.read import MAX_BYTES, read_source
from longarm_dsl.surface.recovery import MAX_ERRORS

# Generous, because a loaded machine is slow; what is measured takes a tenth of it.
SECONDS = 60.0
RULE = 'rule a{} "A"\n  cite "1"\n  when x = 1 and any p in parties has p.military\n  then prohibits\n\n'

DEEP = {
    "closed brackets": f"let x = {'(' * 10_000}1{')' * 10_000}\n",
    "open brackets": f"let x = {'(' * 10_000}\n",
    "sets": f"let x = {'{' * 10_000}\n",
    "records": f"let x = {'{a: ' * 10_000}1{'}' * 10_000}\n",
    "lists of lists": f"let x = {'[' * 10_000}{']' * 10_000}\n",
    "types": f"record R\n  a : {'{' * 10_000}text{'}' * 10_000}\n",
    "calls": f"let x = {'f(' * 10_000}1{')' * 10_000}\n",
    "not": f"let x = {'not ' * 10_000}y\n",
    "minus": f"let x = {'- ' * 10_000}y\n",
    "sums": f"let x = y{' + y' * 10_000}\n",
    "paths": f"let x = y{'.y' * 10_000}\n",
    "quantifiers": f"let x = {'any a in b has ' * 3_000}c\n",
    "where": f"let x = f(a{' where f(a' * 10_000}\n",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_nesting_gives_one_finding_and_the_rest_is_read(text: str) -> None:
    file, found = parse(Source("deep.pol", f"{text}\n{RULE.format(1)}"))
    assert [d.name for d in found] == ["nested-too-deeply"]
    assert type(file.decls[-1]).__name__ == "RuleDecl"
    assert format_source(Source("deep.pol", text))[0] is None


def test_a_long_conjunction_is_not_deep() -> None:
    text = f"let x = y{' and y' * 2_000}\n"
    assert parse(Source("long.pol", text))[1] == ()
    assert format_source(Source("long.pol", text))[0] is not None


def test_the_deepest_that_is_read_leaves_room_on_the_stack() -> None:
    """What passes the reader can be walked, compared and formatted by plain recursion."""
    text = f"let x = {'not ' * 100}y\n"
    file, found = parse(Source("deep.pol", text))
    assert found == ()
    assert file == parse(Source("deep.pol", text))[0]
    assert hash(file.decls) == hash(parse(Source("deep.pol", text))[0].decls)
    again = format_source(Source("deep.pol", text))[0]
    assert again is not None
    assert again.split() == text.split()
    assert sys.getrecursionlimit() >= 1000


LARGE = {
    "valid": "".join(RULE.format(i) for i in range(10_500)),
    "one mistake at the end": "".join(RULE.format(i) for i in range(2_000)) + "rule z\n  when ==",
    "a mistake a rule": 'rule a "A"\n  when x == 1\n  then prohibit\n' * 23_000,
    "mistakes in one rule": 'rule a "A"\n' + "  when x == 3\n" * 70_000,
    "stray words": "rul a\n" * 160_000,
    "unclosed brackets": "let x = {a\n" * 90_000,
    "one unclosed bracket": "let x = {a,\n" + f"  {'b' * 100},\n" * 10_000,
    "quotes": '"' * 300_001,
    "lines of quotes": '"\n' * 500_000,
    "nul": "\0" * 1_000_000,
    "closing brackets": ")" * 1_000_000,
    "look-alikes": "а " * 500_000,  # Cyrillic
    "line breaks": "\n" * 1_000_000,
    "one word": f"let x = {'a' * 1_000_000}",
    "one number": f"let x = {'1' * 1_000_000}",
    "one comment": f"#{'#' * 1_000_000}",
    "code set": f"let x = US[{'3A090; ' * 150_000}",
    "fields": "a." * 500_000 + ":",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE.keys())
def test_a_megabyte_ends_in_time(text: str, request: pytest.FixtureRequest) -> None:
    start = perf_counter()
    _, found = parse(Source("large.pol", text))
    seconds = perf_counter() - start
    print(f"{request.node.callspec.id}: {len(text)} characters, {seconds:.2f} s")  # noqa: T201
    assert seconds < SECONDS
    assert len(found) <= 2 * MAX_ERRORS


def test_more_than_is_read() -> None:
    (found,) = parse(Source("x", "#" * (MAX_CHARACTERS + 1)))[1]
    assert found.name == "file-too-large"
    source, (problem,) = read_source(b"#" * (MAX_BYTES + 1))
    assert source is None
    assert problem.name == "file-too-large"


PIECES = st.sampled_from(
    [
        *("rule", "let", "case", "record", "when", "then", "given", "and", "or", "not", "any"),
        *("all", "has", "in", "for each", "where", "with", '"x"', '"""', "#", "{", "}", "(", ")"),
        *("[", "]", "US[", "=", "==", "<", "1", "1%", "2025-01-01", "nm", "a:", ",", ".", ";"),
        *(":", "!", "&", "|", "\n", "\t", "\0", "\ufeff", "\u202e", "é", "商", "“", "≥"),
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=40).map(" ".join)))
def test_no_text_raises(text: str) -> None:
    source = Source("any.pol", text)
    file, found = parse(source)
    assert file.span.source is source
    for finding in found:
        span = finding.primary.span
        assert 0 <= span.start <= span.end <= len(text)
        assert finding.help
    result, _ = format_source(source)
    assert (result is None) == has_errors(found)
    if result is not None:
        assert format_source(Source("again.pol", result)) == (result, ())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise(raw: bytes) -> None:
    source, found = read_source(raw)
    if source is None:
        assert [d.name for d in found] == ["not-utf8"]
        span = found[0].primary.span
        assert 0 <= span.start < span.end
    else:
        assert found == ()
        assert "\r" not in source.text
        parse(source)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400), st.integers(0, 400), st.text(max_size=3))
def test_no_damage_to_a_good_text_raises(at: int, length: int, text: str) -> None:
    whole = "".join(RULE.format(i) for i in range(4))
    damaged = whole[:at] + text + whole[at + length :]
    source = Source("damaged.pol", damaged)
    _, found = parse(source)
    assert len(found) <= 6
    format_source(source)


def test_bytes_of_another_encoding_are_pointed_at() -> None:
    raw = b'let a = 1\nlet b = "' + "商务部".encode("gb18030") + b'"\n'
    source, (found,) = read_source(raw, "cn.pol")
    assert source is None
    assert found.name == "not-utf8"
    assert found.primary.span.where == "cn.pol:2:10"
    assert "GB18030" in (found.help or "")
    _, (wide,) = read_source("let a = 1\n".encode("utf-16"))
    assert "UTF-16" in (wide.help or "")


def test_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.pol"
    file.write_bytes(b"\xef\xbb\xbflet a = 1\r\nlet b = 2\rlet c = 3\n")
    source, found = read_source(file)
    assert found == ()
    assert source is not None
    assert source.name == str(file)
    assert source.text == "let a = 1\nlet b = 2\nlet c = 3\n"
    assert len(parse(source)[0].decls) == 3
