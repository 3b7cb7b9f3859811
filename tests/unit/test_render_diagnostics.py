"""Each format of the diagnostics, and what a person sees of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.cells import cell_len

from longarm.render import Format, render
from longarm.render.common import summary
from longarm.render.concise import render_concise
from longarm.render.github import render_github
from longarm.render.json import render_json
from longarm.render.sarif import render_sarif
from longarm.render.text import render_text
from longarm_dsl.diagnostics import Diagnostic, Fix, Label, error, warning
from longarm_dsl.source import NOWHERE, Source, Span

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def at(source: Source, text: str, after: str = "") -> Span:
    """The span of the first `text` in the source, behind `after`."""
    start = source.text.index(text, source.text.index(after) if after else 0)
    return Span(source, start, start + len(text))


def underlined(rendered: str, mark: str = "^") -> str:
    """What stands above the first underline, cell by cell."""
    lines = rendered.splitlines()
    row = next(i for i, line in enumerate(lines) if re.search(rf"\|\s+\{mark}", line))
    start = lines[row].index(mark)
    end = lines[row].rindex(mark) + 1
    cells = [char for char in lines[row - 1] for _ in range(cell_len(char))]
    seen = "".join(cells[start:end])
    # A wide character fills two cells and so appears twice.
    return re.sub(r"([^\x00-\x7f])\1", r"\1", seen)


POLICY = Source(
    "cn/61.pol",
    'rule r "Foreign-made items"\n  cite "item 1(1)"\n  when destinaton != CN\n  then obliges x\n',
)
UNKNOWN = error(
    "unknown-name",
    "nothing is called `destinaton`",
    at(POLICY, "destinaton"),
    label="not a field of `Transaction`",
    help="did you mean `destination`?",
    note="cn.mofcom_2025_61, item 1(1)",
    fix=Fix("write `destination`", at(POLICY, "destinaton"), "destination"),
)


def test_text_is_laid_out_as_people_know_it() -> None:
    assert render_text([UNKNOWN]) == (
        "error[unknown-name]: nothing is called `destinaton`\n"
        " --> cn/61.pol:3:8\n"
        "  |\n"
        "3 |   when destinaton != CN\n"
        "  |        ^^^^^^^^^^ not a field of `Transaction`\n"
        "  = help: did you mean `destination`?\n"
        "  = fix: write `destination`\n"
        "  = note: cn.mofcom_2025_61, item 1(1)\n"
    )


def test_secondary_labels_stand_under_their_lines() -> None:
    found = error(
        "duplicate-name",
        "two rules are called `r`",
        at(POLICY, "when"),
        label="again here",
        secondary=(Label(at(POLICY, "r", " r"), "first here"), Label(at(POLICY, "CN"), "x")),
    )
    assert render_text([found]).splitlines()[2:] == [
        "  |",
        '1 | rule r "Foreign-made items"',
        "  |      - first here",
        " ...",
        "3 |   when destinaton != CN",
        "  |   ^^^^ again here",
        "  |                      -- x",
    ]


def test_a_label_in_another_file_names_that_file() -> None:
    other = Source("us/744.pol", "rule r")
    found = error(
        "duplicate-name",
        "two rules are called `r`",
        at(POLICY, "rule r"),
        secondary=(Label(at(other, "rule r"), "the other"),),
    )
    lines = render_text([found]).splitlines()
    assert " ::: us/744.pol:1:1" in lines
    assert lines[-2:] == ["1 | rule r", "  | ------ the other"]


@pytest.mark.parametrize(
    "line",
    [
        '  zh "商务部公告" XXX',
        '  zh "ｆｕｌｌ　ｗｉｄｔｈ" XXX',
        '  title "e\u0301te\u0301" XXX',
        "\tx \t XXX",
        '  "🚢 vessels" XXX',
        '  "a\u202eb\x1b[31mc\x00" XXX',
    ],
)
def test_the_underline_meets_the_text_on_a_terminal(line: str) -> None:
    source = Source("a.pol", line)
    rendered = render_text([error("syntax-error", "no", at(source, "XXX"))])
    assert underlined(rendered) == "XXX"


def test_wide_text_is_underlined_at_its_width() -> None:
    source = Source("a.pol", "  when 目的地 != CN")
    rendered = render_text([error("lookalike-name", "no", at(source, "目的地"))])
    assert "^" * 6 in rendered
    assert "^" * 7 not in rendered
    assert underlined(rendered) == "目的地"


def test_nothing_in_a_policy_reaches_the_terminal_raw() -> None:
    source = Source("\x1b]0;x\x07.pol", "rule \u202e\x1b[2J\ud800 x")
    found = error(
        "unexpected-character",
        "`\x1b` is no part of the language",
        Span(source, 5, 6),
        label="\u2066",
        help="\x9b",
        note="\r",
    )
    for text in (render_text([found]), render_concise([found]), render_json([found])):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e-\u202e\u2066\ud800]", text)
    assert "<U+202E>" in render_text([found])


def test_a_long_line_is_windowed_around_the_underline() -> None:
    text = "let x = " + " + ".join(f"amount_{n}" for n in range(1000))
    source = Source("a.pol", text)
    rendered = render_text([error("type-mismatch", "no", at(source, "amount_500"))])
    row = rendered.splitlines()[3]
    assert row.startswith("1 | …")
    assert row.endswith("…")
    assert underlined(rendered) == "amount_500"


def test_a_megabyte_on_one_line_is_shown_in_eighty_columns() -> None:
    source = Source("a.pol", "中" * 1_000_000)
    rendered = render_text([error("syntax-error", "no", Span(source, 700_000, 900_000))])
    assert all(cell_len(line) <= 80 for line in rendered.splitlines())


@pytest.mark.parametrize(
    ("start", "end"), [(0, 0), (3, 3), (3, 4), (4, 4), (8, 8), (0, 8), (6, 8), (8, 3)]
)
def test_every_span_has_a_mark(start: int, end: int) -> None:
    source = Source("a.pol", "abc\ndef\n")
    rendered = render_text([error("syntax-error", "no", Span(source, start, end))])
    assert rendered.count("^") >= 1


def test_a_span_over_lines_says_where_it_ends() -> None:
    source = Source("a.pol", "let x = {a,\n b,\n c")
    found = error("unclosed-bracket", "never closed", Span(source, 8, len(source.text)))
    rendered = render_text([found])
    assert underlined(rendered) == "{a,"
    assert "(to line 3)" in rendered


def test_windows_line_ends_are_no_text() -> None:
    source = Source("a.pol", "let x\r\nlet y\r\n")
    rendered = render_text([error("syntax-error", "no", Span(source, 0, 12))])
    assert underlined(rendered) == "let x"


def test_a_diagnostic_without_a_place_has_no_snippet() -> None:
    rendered = render_text([warning("stale", "law of `x` is old", NOWHERE, help="look")])
    assert rendered == ("warning[stale]: law of `x` is old\n --> <built-in>:1:1\n  = help: look\n")


@given(
    text=st.text(alphabet="ab 中\u0301\t\n\x1b", max_size=300),
    message=st.text(alphabet="ab 中`", min_size=1, max_size=200),
    places=st.tuples(st.integers(0, 300), st.integers(0, 300)),
)
def test_eighty_columns_hold_everything(text: str, message: str, places: tuple[int, int]) -> None:
    source = Source("a.pol", text)
    start, end = sorted(min(p, len(text)) for p in places)
    found = error(
        "syntax-error",
        message,
        Span(source, start, end),
        label=message,
        secondary=(Label(Span(source, 0, start), message),),
        help=message,
    )
    rendered = render_text([found])
    assert all(cell_len(line) <= 80 for line in rendered.splitlines())
    assert ANSI.sub("", render_text([found], color=True)) == rendered


def test_color_only_when_asked() -> None:
    assert "\x1b" not in render_text([UNKNOWN])
    assert "\x1b[1;31merror[unknown-name]:\x1b[0m" in render_text([UNKNOWN], color=True)


def many() -> list[Diagnostic]:
    source = Source("a.pol", "x\n" * 9)
    found = [error("unknown-name", f"no `{n}`", Span(source, 2 * n, 2 * n + 1)) for n in range(8)]
    last = warning("unused-declaration", "`x` is not used", Span(source, 16, 17))
    return [last, *reversed(found)]


@pytest.mark.parametrize("form", [render_text, render_concise, render_github])
def test_sorted_and_capped(form: Callable[..., str]) -> None:
    told = form(many(), limit=6)
    messages = re.findall(r"no `(\d)`", told)
    assert messages == ["0", "1", "2", "3", "4", "5"]
    assert told.splitlines()[-1].endswith("… and 3 more (2 errors)")


def test_programs_get_everything() -> None:
    assert len(json.loads(render(Format.JSON, many(), limit=2))["diagnostics"]) == 9
    assert len(json.loads(render(Format.SARIF, many(), limit=2))["runs"][0]["results"]) == 9


def test_summary_counts() -> None:
    assert summary(many()) == "8 errors, 1 warning"
    assert summary([]) == "nothing found"


@pytest.mark.parametrize("form", [Format.TEXT, Format.CONCISE, Format.GITHUB])
def test_nothing_found_prints_nothing(form: Format) -> None:
    assert render(form, []) == ""


def test_concise() -> None:
    assert render_concise([UNKNOWN]) == (
        "cn/61.pol:3:8: error[unknown-name] nothing is called `destinaton`\n"
    )


def test_columns_count_code_points() -> None:
    source = Source("a.pol", '"商务部🚢" x')
    found = error("syntax-error", "no", at(source, "x"))
    assert render_concise([found]).startswith("a.pol:1:8:")
    (told,) = json.loads(render_json([found]))["diagnostics"]
    assert told["start"] == {"line": 1, "column": 8}
    assert told["end"] == {"line": 1, "column": 9}


def test_json_holds_everything() -> None:
    (told,) = json.loads(render_json([UNKNOWN]))["diagnostics"]
    assert told == {
        "name": "unknown-name",
        "severity": "error",
        "message": "nothing is called `destinaton`",
        "file": "cn/61.pol",
        "start": {"line": 3, "column": 8},
        "end": {"line": 3, "column": 18},
        "label": "not a field of `Transaction`",
        "secondary": [],
        "help": "did you mean `destination`?",
        "note": "cn.mofcom_2025_61, item 1(1)",
        "fix": {
            "title": "write `destination`",
            "text": "destination",
            "file": "cn/61.pol",
            "start": {"line": 3, "column": 8},
            "end": {"line": 3, "column": 18},
        },
    }


def closed(required: list[str], **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


# The parts of the SARIF 2.1.0 schema that we write, closed, so that a misspelled property fails.
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
POSITIVE = {"type": "integer", "minimum": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
REGION = closed(
    ["startLine"],
    startLine=POSITIVE,
    startColumn=POSITIVE,
    endLine=POSITIVE,
    endColumn=POSITIVE,
)
ARTIFACT = closed(["uri"], uri={"type": "string", "format": "uri-reference"})
LOCATION = closed(
    ["physicalLocation"],
    id={"type": "integer", "minimum": 0},
    message=TEXT,
    physicalLocation=closed(["artifactLocation"], artifactLocation=ARTIFACT, region=REGION),
)
REPLACEMENT = closed(["deletedRegion"], deletedRegion=REGION, insertedContent=TEXT)
CHANGE = closed(
    ["artifactLocation", "replacements"],
    artifactLocation=ARTIFACT,
    replacements={"type": "array", "minItems": 1, "items": REPLACEMENT},
)
RULE = closed(
    ["id"],
    id={"type": "string"},
    shortDescription=TEXT,
    help=TEXT,
    defaultConfiguration=closed([], level=LEVEL),
)
RESULT = closed(
    ["message", "ruleId", "locations"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=TEXT,
    locations={"type": "array", "items": LOCATION},
    relatedLocations={"type": "array", "items": LOCATION},
    fixes={
        "type": "array",
        "items": closed(
            ["artifactChanges"],
            description=TEXT,
            artifactChanges={"type": "array", "minItems": 1, "items": CHANGE},
        ),
    },
)
RUN = closed(
    ["tool", "results"],
    tool=closed(
        ["driver"],
        driver=closed(
            ["name"],
            name={"type": "string"},
            semanticVersion={"type": "string"},
            rules={"type": "array", "uniqueItems": True, "items": RULE},
        ),
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
SARIF = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(
        ["version", "runs"],
        version={"const": "2.1.0"},
        runs={"type": "array", "items": RUN},
        **{"$schema": {"type": "string", "format": "uri"}},
    ),
}


def validate(log: object) -> None:
    # The stubs leave a type argument of the validator open.
    Draft202012Validator(SARIF).validate(log)  # pyright: ignore[reportUnknownMemberType]


def test_sarif_has_the_form_of_sarif() -> None:
    other = Source("/tmp/商 务.pol", "rule r")  # noqa: S108  a name, never opened
    second = warning(
        "unused-declaration",
        "not used",
        at(other, "r"),
        secondary=(Label(at(POLICY, "rule"), "here"),),
    )
    log = json.loads(render_sarif([UNKNOWN, second]))
    validate(log)
    run = log["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["unknown-name", "unused-declaration"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    places = {
        result["ruleId"]: result["locations"][0]["physicalLocation"] for result in run["results"]
    }
    assert places["unknown-name"]["artifactLocation"]["uri"] == "cn/61.pol"
    assert places["unknown-name"]["region"] == {
        "startLine": 3,
        "startColumn": 8,
        "endLine": 3,
        "endColumn": 18,
    }
    uri = places["unused-declaration"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert unquote(uri) == f"file://{other.name}"


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    log = json.loads(render_sarif([]))
    validate(log)
    assert log["runs"][0]["results"] == []


def test_github() -> None:
    assert render_github([UNKNOWN]) == (
        "::error file=cn/61.pol,line=3,col=8,endLine=3,endColumn=18,title=unknown-name"
        "::nothing is called `destinaton`%0Ahelp: did you mean `destination`?"
        "%0Anote: cn.mofcom_2025_61, item 1(1)\n"
    )


def test_github_escapes_what_would_end_the_command() -> None:
    source = Source("a,b:c%.pol", "x")
    found = warning("unused-declaration", "100 % ::\r\n::error::", Span(source, 0, 1))
    assert render_github([found]) == (
        "::warning file=a%2Cb%3Ac%25.pol,line=1,col=1,endLine=1,endColumn=2,"
        "title=unused-declaration::100 %25 ::%0D%0A::error::\n"
    )
