"""A hostile case file costs a diagnostic, not the machine; nothing in it is ever run."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longarm.case_tree import MOST_BYTES
from longarm.cases import CaseInput, read_cases
from longarm.pipeline import compile_sources
from longarm_dsl.core import facts
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic

VOCABULARY = """
record Party
  name : text
record Transaction
  destination : country
  transit     : [country]
  layers      : number >= 0
  end_user    : Party
"""

SECONDS = 5


@cache
def program() -> Program:
    return compile_sources([("common.trade", VOCABULARY)]).program


def read(data: bytes | str) -> tuple[tuple[CaseInput, ...], tuple[Diagnostic, ...]]:
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    started = time.monotonic()
    result = read_cases(raw, "hostile.yaml", program())
    assert time.monotonic() - started < SECONDS
    return result


def refused(data: bytes | str, name: str) -> Diagnostic:
    """The one finding about a file of which nothing is read."""
    cases, found = read(data)
    assert cases == ()
    (diagnostic,) = found
    assert diagnostic.name == name
    return diagnostic


LAUGHS = "".join(f"l{n + 1}: &l{n + 1} [{', '.join([f'*l{n}'] * 9)}]\n" for n in range(1, 9))


@pytest.mark.parametrize(
    "text",
    [
        f"l1: &l1 [ha]\n{LAUGHS}given: *l9\n",
        "given: &a {end_user: *a}",
        "given: *missing",
        "given: {}\n<<: *missing",
        "&top given: {}",
    ],
)
def test_anchors_and_aliases(text: str) -> None:
    assert "anchors" in refused(text, "malformed-case").message


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system",
        "!!python/object:posix.system",
        "!!python/name:os.system",
        "!!binary",
        "!!str",
        "!!set",
        "!local",
        "!",
        "!<tag:yaml.org,2002:bool>",
    ],
)
@pytest.mark.parametrize("shape", ["{} [echo]", "{} {{a: b}}", "{} text"])
def test_tags(tag: str, shape: str) -> None:
    found = refused(f"given: {shape.format(tag)}", "malformed-case")
    assert "tags" in found.message


@pytest.mark.parametrize("text", ["given: {}\n---\ngiven: {}\n", "---\n---\n", "a\n...\n---\nb"])
def test_several_documents(text: str) -> None:
    assert "document" in refused(text, "malformed-case").message


@pytest.mark.parametrize(
    "text",
    [
        "given: {transit: " + "[" * 10_000,
        "given: {transit: " + "[" * 10_000 + "]" * 10_000 + "}",
        "given: " + "{a: " * 10_000,
        "given:\n" + "- " * 10_000 + "a",
        "? " * 10_000,
        '{"given": ' * 10_000,
    ],
)
def test_ten_thousand_levels(text: str) -> None:
    cases, found = read(text)
    assert cases == ()
    assert {d.name for d in found} <= {"nested-too-deeply", "malformed-case"}
    assert len(found) == 1


def test_too_many_levels_within_a_readable_file() -> None:
    cases, found = read("given: {transit: " + "[" * 41 + "]" * 41 + "}\nassume: closed")
    assert [d.name for d in found] == ["nested-too-deeply"]
    # What was stated and not read must not be closed away.
    assert not any(c.transaction.closed for c in cases)


def test_a_file_too_large() -> None:
    refused(b" " * (MOST_BYTES + 1), "file-too-large")


@pytest.mark.parametrize(
    "digits", ["9" * 5000, "1/" + "9" * 5000, "0." + "0" * 5000, "1e999999999"]
)
def test_huge_numbers(digits: str) -> None:
    cases, (found,) = read(f"given: {{layers: {digits}}}")
    assert found.name == "malformed-fact"
    assert len(found.message) < 200
    assert isinstance(cases[0].transaction.record.fields["layers"], facts.Malformed)


@pytest.mark.parametrize(
    "number", [".inf", "-.inf", ".nan", "NaN", "0x10", "0o7", "1:30", "٣", "²"]
)
def test_numbers_of_other_notations(number: str) -> None:
    cases, (found,) = read(f"given: {{layers: {number}}}")
    assert found.name == "malformed-fact"
    assert isinstance(cases[0].transaction.record.fields["layers"], facts.Malformed)


@pytest.mark.parametrize(
    "text",
    [
        "given: {destination: \x00}",
        "\x00",
        "given: {destination: \x1b[31m}",
        "given: {destination: US",
        "given: }",
        "given: 'US",
        "\tgiven: {}",
        "given: @x",
        "given: `x`",
        "a: b: c",
        "- a\nb: c",
        "%YAML 1.1\n---\ngiven: {}",
        "%YAML 9.9\n---\ngiven: {}",
        f"%YAML 1.{'1' * 5000}\n---\ngiven: {{}}",
        '"\\UFFFFFFFF"',
        '"\\U7FFFFFFF"',
        '"\\q"',
        "{[a]: b}",
        "? {a: b}\n: c",
    ],
)
def test_what_is_not_yaml(text: str) -> None:
    found = refused(text, "malformed-case")
    assert found.message.isprintable()


@pytest.mark.parametrize("data", [b"\xff\xfeg\x00", b"given: \xff", b"\xc3", "\ud800"])
def test_what_is_not_utf8(data: bytes | str) -> None:
    refused(data, "not-utf8")


@pytest.mark.parametrize("text", ["", " \n\n", "# only this\n", "---\n", "\ufeff"])
def test_an_empty_file(text: str) -> None:
    refused(text, "malformed-case")


@pytest.mark.parametrize("text", ["case", "42", "'given'", "|\n  given\n", "null"])
def test_a_lone_scalar(text: str) -> None:
    refused(text, "malformed-case")


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    cases, found = read(b"\xef\xbb\xbfgiven: {destination: US}")
    assert found == ()
    assert len(cases) == 1


@pytest.mark.parametrize("text", [r'"a\0b"', r'"\ud800"', r'"\x1b[2J"', r'"\u202e"', "''"])
def test_texts_that_deceive_a_terminal(text: str) -> None:
    cases, found = read(f"given: {{end_user: {{name: {text}}}}}")
    party = cases[0].transaction.record.fields["end_user"]
    assert isinstance(party, facts.Record)
    assert [d.name for d in found] == ["malformed-fact"]
    assert isinstance(party.fields["name"], facts.Malformed)
    assert party.fields["name"].text.isprintable()


def test_a_key_that_deceives_a_terminal() -> None:
    cases, (found,) = read('given: {"\\x1b[2Jdestination": US}')
    assert found.name == "unknown-fact"
    assert found.message.isprintable()
    assert cases[0].transaction.record.stray == ("\x1b[2Jdestination",)


def test_many_keys() -> None:
    keys = "\n".join(f"  k{n}: 1" for n in range(3000))
    cases, found = read(f"given:\n{keys}\n")
    assert len(found) == len(cases[0].transaction.record.stray) == 3000


PIECES = st.sampled_from(
    [
        "given: ", "expect: ", "case: a\n", "{", "}", "[", "]", ", ", ": ", "- ", "? ", "\n", "  ",
        "'", '"', "|", ">", "&a ", "*a", "!", "!!str ", "%YAML 1.2\n", "---\n", "...\n", "#", "\t",
        "\\", "US", "destination", "end_user", "cn", "\x85", "\u2028", "\ufeff", "<<", "~", "@",
    ]
)  # fmt: skip


@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=40)))
def test_any_text_gives_cases_or_findings(text: str) -> None:
    cases, found = read(text)
    assert cases or found
    for diagnostic in found:
        span = diagnostic.primary.span
        assert 0 <= span.start <= span.end <= len(span.source.text)
        assert "\n" not in diagnostic.message


@given(st.binary(max_size=60))
def test_any_bytes_give_cases_or_findings(data: bytes) -> None:
    cases, found = read(data)
    assert cases or found
