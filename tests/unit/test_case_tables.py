"""A table of cases says what the same cases say in YAML, and findings name its cells."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from longarm.cases import CaseInput, case_files, read_cases
from longarm.expecting import run_case
from longarm.pipeline import compile_sources
from longarm.sheets import MOST_CELLS, MOST_UNPACKED, column_letters
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic

VOCABULARY = """
enum Use = civil, military, chip_production
record Part
  code    : codes
  value   : money >= 0
record Item
  name       : text
  code       : codes
  value      : money >= 0
  share      : number >= 0
  components : [Part]
record Party
  located_in : country
  military   : flag
record Transaction
  on          : flag
  date        : date
  destination : country
  transit     : [country]
  end_use     : {Use}
  end_user    : Party
  item        : Item
  events      : dates
"""

LAW = """
instrument order "An order"
  regime    cn
  authority MOFCOM
  issued    2025-01-01
  effective from 2025-01-01
  verified  2025-06-01

use common.words

rule costly "What costs more"
  cite "1"
  when destination = US and item.value > 10 EUR
  then requires license from MOFCOM
  then obliges keep_records

rule small "What has a share"
  cite "2"
  when item.share >= 0.1%
  then requires report to MOFCOM within 10 days of shipment
"""


@cache
def program() -> Program:
    compiled = compile_sources([("common.words", VOCABULARY), ("cn.order", LAW)])
    assert [d.message for d in compiled.found if d.severity.value == "error"] == []
    return compiled.program


def read(
    data: str | bytes, name: str = "goods.cases.csv"
) -> tuple[tuple[CaseInput, ...], tuple[Diagnostic, ...]]:
    return read_cases(data.encode() if isinstance(data, str) else data, name, program())


def table(*rows: Sequence[str], separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


def workbook(*rows: Sequence[object], path: Path, title: str = "Cases") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path.read_bytes()


def told(found: Sequence[Diagnostic]) -> list[tuple[str, str, str | None]]:
    return [(d.name, d.message, d.note) for d in found]


HEAD = ("case", "on", "assume", "item.value", "destination", "expect.cn")
ROW = ("over", "2025-03-01", "closed", "11 EUR", "US", "requires license, because costly")
YAML = """- case: over
  on: 2025-03-01
  assume: closed
  given: {item: {value: 11 EUR}, destination: US}
  expect: {cn: [requires license, because costly]}
"""


def same(one: CaseInput, other: CaseInput) -> bool:
    """The same case, wherever it stands in a file."""
    return (one.title, one.on, one.known, one.closed, one.transaction, one.expectations) == (
        other.title,
        other.on,
        other.known,
        other.closed,
        other.transaction,
        other.expectations,
    )


# ── what a row says ──────────────────────────────────────────────────────────


def test_a_row_says_what_the_case_says_in_yaml() -> None:
    (row,), found = read(table(HEAD, ROW))
    (case,), _ = read(YAML, "goods.yaml")
    assert found == ()
    assert same(row, case)
    assert run_case(program(), row).failures == ()


def test_a_workbook_says_the_same(tmp_path: Path) -> None:
    on, value = date(2025, 3, 1), "11 EUR"
    data = workbook(
        HEAD, ("over", on, "closed", value, "US", ROW[-1]), path=tmp_path / "goods.xlsx"
    )
    (row,), found = read(data, "goods.xlsx")
    (case,), _ = read(YAML, "goods.yaml")
    assert found == ()
    assert same(row, case)
    assert row.span.source.position(row.span.start) == (2, 1)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_first_line_says_what_separates(separator: str) -> None:
    (plain,), _ = read(table(HEAD, ROW))
    (other,), found = read(table(HEAD, ROW, separator=separator))
    assert found == ()
    assert same(plain, other)
    (named,), found = read(f"sep={separator}\n" + table(HEAD, ROW, separator=separator))
    assert found == ()
    assert same(plain, named)


def test_windows_lines_marks_and_empty_rows_say_nothing() -> None:
    text = table(HEAD, [""] * 6, ROW).replace("\n", "\r\n")
    (case,), found = read(b"\xef\xbb\xbf" + text.encode())
    assert found == ()
    assert case.title == "over"


def test_an_empty_cell_states_nothing_and_words_say_what_they_say_in_yaml() -> None:
    head = ("case", "item.value", "item.name", "destination")
    rows = [("a", "", "", ""), ("b", "unknown", "none", "not_known"), ("c", "", '"unknown"', "US")]
    cases, found = read(table(head, *rows))
    yaml = """
- {case: b, given: {item: {value: unknown, name: none}, destination: not_known}}
- {case: c, given: {item: {name: "unknown"}, destination: US}}
"""
    expected, _ = read(yaml, "goods.yaml")
    assert [d.message for d in found] == ["a case without `given`"]
    assert all(map(same, cases, expected))


def test_lists_sets_codes_and_records_fit_in_a_cell() -> None:
    head = ("case", "item.code", "transit", "end_use", "end_user", "events.shipment", "date")
    row = (
        "a",
        "CN:1C905.a.4; US:EAR99",
        "NL, SG, ...",
        "civil\nmilitary",
        "{located_in: CN, military: no}",
        "2025-12-05",
        "2025-12-02",
    )
    (case,), found = read(table(head, row))
    yaml = """
case: a
given:
  item: {code: ["CN:1C905.a.4", "US:EAR99"]}
  transit: [NL, SG, "..."]
  end_use: {civil, military}
  end_user: {located_in: CN, military: no}
  events: {shipment: 2025-12-05}
  date: 2025-12-02
"""
    (expected,), _ = read(yaml, "goods.yaml")
    assert found == ()
    assert same(case, expected)


def test_elements_of_a_list_may_have_columns_of_their_own() -> None:
    head = (
        "case",
        "item.components[0].code",
        "item.components[0].value",
        "item.components[1].value",
    )
    cases, found = read(
        table(head, ("two", "CN:1C905", "1 EUR", "2 EUR"), ("one", "", "3 EUR", ""))
    )
    yaml = """
- case: two
  given: {item: {components: [{code: CN:1C905, value: 1 EUR}, {value: 2 EUR}]}}
- case: one
  given: {item: {components: [{value: 3 EUR}]}}
"""
    expected, _ = read(yaml, "goods.yaml")
    assert found == ()
    assert all(map(same, cases, expected))
    _, found = read(table(head, ("gap", "", "", "2 EUR")))
    assert [d.message for d in found] == ["the elements of a list are counted from 0"]


def test_clauses_stand_in_one_cell_or_in_columns() -> None:
    columns = ("expect.cn.requires", "expect.cn.because", "expect.cn.not_because", "expect.cn")
    head = ("case", "item.value", "destination", "assume", *columns)
    row = ("a", "11 EUR", "US", "closed", "license", "costly", "small", "duty keep_records")
    (case,), found = read(table((*head, "item.share"), (*row, "0.01%")))
    assert found == ()
    kinds = {(e.kind, e.name or e.low) for e in case.expectations}
    assert kinds == {
        ("requires", "license"),
        ("because", "cn.order.costly"),
        ("not_because", "cn.order.small"),
        ("duty", "keep_records"),
    }
    assert run_case(program(), case).failures == ()


def test_a_column_may_name_the_unit_of_its_numbers(tmp_path: Path) -> None:
    head = ("case", "item.value (EUR)", "item.share(%)")
    rows = [("a", 10, 0.5), ("b", "10 to 20", "at least 5"), ("c", "7 USD", "unknown")]
    cases, found = read(workbook(head, *rows, path=tmp_path / "a.xlsx"), "a.xlsx")
    yaml = """
- {case: a, given: {item: {value: 10 EUR, share: 0.5%}}}
- {case: b, given: {item: {value: 10 to 20 EUR, share: at least 5%}}}
- {case: c, given: {item: {value: 7 USD, share: unknown}}}
"""
    expected, _ = read(yaml, "a.yaml")
    assert found == ()
    assert all(map(same, cases, expected))


def test_rows_without_title_and_facts_are_other_days_of_the_case_above() -> None:
    head = ("case", "on", "known", "assume", "item.value", "destination", "expect.cn")
    rows = [
        ("over", "2025-03-01", "", "closed", "11 EUR", "US", "nothing"),
        ("", "2024-12-31", "", "", "", "", "nothing"),
        ("", "2025-02-01", "2024-12-01", "", "", "", "nothing, not because costly"),
        ("next", "2025-03-01", "", "closed", "9 EUR", "US", "nothing"),
    ]
    cases, found = read(table(head, *rows))
    yaml = """
- case: over
  on: 2025-03-01
  assume: closed
  given: {item: {value: 11 EUR}, destination: US}
  expect:
    - {cn: [nothing]}
    - {on: 2024-12-31, cn: [nothing]}
    - {on: 2025-02-01, known: 2024-12-01, cn: ["nothing, not because costly"]}
- case: next
  on: 2025-03-01
  assume: closed
  given: {item: {value: 9 EUR}, destination: US}
  expect: {cn: [nothing]}
"""
    expected, _ = read(yaml, "goods.yaml")
    assert found == ()
    assert len(cases) == len(expected)
    assert all(map(same, cases, expected))
    # A case that is left out takes its days along.
    wrong = [("bad", "2025-03-01", "", "closed", "{", "US", "nothing"), *rows[1:]]
    cases, found = read(table(head, *wrong))
    assert [(c.title, len(c.expectations)) for c in cases] == [("next", 1)]
    assert {d.note for d in found} == {"cell E2"}
    _, found = read(table(head, *rows[1:]))
    assert [d.message for d in found] == ["no case stands above this day"] * 2


def test_a_fact_with_the_name_of_a_key_stands_under_given() -> None:
    (case,), found = read(table(("case", "on", "given.on"), ("a", "2025-03-01", "yes")))
    (expected,), _ = read("{case: a, on: 2025-03-01, given: {on: yes}}", "goods.yaml")
    assert found == ()
    assert same(case, expected)


def test_remarks_are_not_read() -> None:
    (case,), found = read(table((*HEAD, "# why", ""), (*ROW, "since 2025", "")))
    assert found == ()
    assert case.title == "over"


def test_rows_without_titles_are_counted() -> None:
    cases, _ = read(table(("on", "destination"), ("2025-03-01", "US"), ("2025-03-02", "US")))
    assert [c.title for c in cases] == ["goods.cases 1", "goods.cases 2"]


def test_cells_of_a_workbook_are_written_as_people_write_them(tmp_path: Path) -> None:
    head = ("case", "on", "item.share", "end_user.military", "date", "item.name", "known")
    row = (
        7,
        datetime(2025, 3, 1, 13, 1),  # noqa: DTZ001  a cell has no zone
        0.1,
        True,
        datetime(2025, 3, 1),  # noqa: DTZ001  same
        time(9, 30),
        date(2025, 6, 1),
    )
    (case,), found = read(workbook(head, row, path=tmp_path / "a.xlsx"), "a.xlsx")
    yaml = """
case: "7"
on: 2025-03-01T13:01
known: 2025-06-01
given: {item: {share: 0.1, name: 09:30}, end_user: {military: yes}, date: 2025-03-01}
"""
    (expected,), _ = read(yaml, "a.yaml")
    assert found == ()
    assert same(case, expected)


def test_numbers_of_a_workbook_are_the_decimals_that_were_typed(tmp_path: Path) -> None:
    numbers = [0.001, 0.1, 0.3, 1e-7, 0.00099, 0.999999]
    rows = [(str(n), n) for n in numbers]
    data = workbook(("case", "item.share"), *rows, path=tmp_path / "a.xlsx")
    cases, found = read(data, "a.xlsx")
    yaml = "".join(f"- {{given: {{item: {{share: {n:f}}}}}}}\n" for n in numbers[:3])
    expected, _ = read(yaml, "a.yaml")
    assert found == ()
    assert [c.transaction for c in cases[:3]] == [c.transaction for c in expected]
    assert len(cases) == len(numbers)


def test_only_visible_sheets_with_titles_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    notes = book.active
    assert notes is not None
    notes.append(["Notes", "of all kinds"])
    for title in ("First", "Second", "Hidden"):
        sheet = book.create_sheet(title)
        sheet.append(["case", "destination"])
        sheet.append([title, "US" if title != "Second" else "USX"])
    book["Hidden"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    cases, found = read((tmp_path / "a.xlsx").read_bytes(), "a.xlsx")
    assert [c.title for c in cases] == ["First", "Second"]
    assert told(found) == [
        ("malformed-fact", "`USX` is not a country code", "destination, cell B2 of `Second`")
    ]
    assert found[0].primary.span.where == "a.xlsx[Second]:2:10"


# ── mistakes ─────────────────────────────────────────────────────────────────


def test_a_finding_names_its_cell() -> None:
    (case,), found = read(table(HEAD, ("over", "2025-03-01", "closed", "eleven EUR", "US", "")))
    assert told(found) == [
        ("malformed-fact", "`eleven EUR` is not a number", "item.value, cell D2")
    ]
    assert found[0].primary.span.text == "eleven EUR"
    assert case.transaction.problems == ("item.value: `eleven EUR` is not a number",)


@pytest.mark.parametrize(
    ("column", "name", "message", "help_"),
    [
        ("item.valeu", "unknown-fact", "there is no fact `valeu` of an Item", "did you mean `value`?"),
        ("cn", "unknown-fact", "there is no fact `cn` of a Transaction", "did you mean `expect.cn`?"),
        ("expect", "malformed-case", "`expect` names a regime", "write `expect.cn`"),
        ("expect.us", "unknown-name", "there is no regime `us`", "there are cn"),
        ("expect.cn.requirse", "malformed-case", "`requirse` cannot be expected", "did you mean `requires`?"),
        ("destination.x", "unknown-fact", "`x` is asked of what has no parts", "leave it out"),
        ("item.components.value", "unknown-fact", "`value` is asked of a list", None),
        ("item.value[0]", "unknown-fact", "`value` is no list", "write `value`"),
("item value", "unknown-fact", "`item value` names no fact", None),
        ("item.share (EUR)", "unknown-unit", "`EUR` is no unit of `item.share`", None),
        ("item.name (EUR)", "unknown-unit", "`EUR` is no unit of `item.name`", None),
        ("item.value (Euro)", "unknown-unit", "`Euro` is no unit of `item.value`", None),
        ("item.value", "duplicate-key", "there are two columns `item.value`", "keep one of the two"),
        ("given.item.value", "duplicate-key", "there are two columns `given.item.value`", None),
    ],
)  # fmt: skip
def test_a_column_that_says_nothing_known_is_a_mistake_of_the_whole_table(
    column: str, name: str, message: str, help_: str | None
) -> None:
    cases, found = read(table((*HEAD, column), (*ROW, "1")))
    assert cases == ()
    assert told(found) == [(name, message, "cell G1")]
    assert help_ is None or found[0].help == help_


def test_a_column_without_a_name_is_not_guessed() -> None:
    cases, found = read(table((*HEAD, ""), (*ROW, "1")))
    assert cases == ()
    assert [d.message for d in found] == ["a column without a name"]


def test_a_row_of_another_length_is_left_out_and_others_are_read() -> None:
    text = table(HEAD, ROW) + "shifted,2025-03-01,closed,11,000 EUR,US,nothing\n"
    (case,), found = read(text)
    assert case.title == "over"
    assert told(found) == [("malformed-case", "this row has 7 cells, not 6", "cell A3")]


def test_a_fact_given_twice_in_a_row_leaves_it_out() -> None:
    head = ("case", "end_user", "end_user.military", "destination")
    cases, found = read(table(head, ("a", "none", "yes", "US"), ("b", "none", "", "US")))
    assert [c.title for c in cases] == ["b"]
    assert told(found) == [("duplicate-key", "`end_user` is given twice in this row", "cell C2")]


def test_a_record_that_cannot_be_read_leaves_the_row_out() -> None:
    cases, found = read(table(("case", "end_user"), ("a", "{military: yes")))
    assert cases == ()
    assert [(d.name, d.note) for d in found] == [("malformed-case", "cell B2")]


def test_quotes_that_do_not_close_are_told_where_they_open() -> None:
    _, found = read('case,destination\n"a,US\n')
    assert [(d.message, d.primary.span.where) for d in found] == [
        ("a quote is opened here and closed nowhere", "goods.cases.csv:2:1")
    ]
    _, found = read('case,destination\n"a"b,US\n')
    assert [(d.message, d.primary.span.where) for d in found] == [
        ("something stands behind the closing quote of a cell", "goods.cases.csv:2:4")
    ]


@pytest.mark.parametrize("text", ["", "\n", "case,destination\n", "\n\n\n"])
def test_a_table_without_rows_is_told(text: str) -> None:
    cases, found = read(text)
    assert cases == ()
    assert len(found) == 1


# ── what nobody should send ──────────────────────────────────────────────────


def test_formulas_are_not_evaluated_and_leave_the_row_out(tmp_path: Path) -> None:
    rows = [("sum", "=1+1"), ("said", "2 EUR"), ("error", "#N/A")]
    data = workbook(("case", "item.value"), *rows, path=tmp_path / "a.xlsx")
    cases, found = read(data, "a.xlsx")
    assert [c.title for c in cases] == ["said"]
    assert told(found) == [
        ("malformed-case", "a formula is not evaluated", "cell B2 of `Cases`"),
        ("malformed-case", "the cell holds the error `#N/A`", "cell B4 of `Cases`"),
    ]
    # In CSV a cell is a text: nothing is run, and no number is made of it.
    _, found = read(table(("case", "item.value"), ("sum", "=1+1")))
    assert [d.message for d in found] == ["`=1+1` is not a number"]


def test_a_percent_cell_is_what_it_shows_under_a_unit_or_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(("case", "item.share (%)"), ("a", 0.25), path=path)
    for head in ("item.share (%)", "item.share"):
        book = openpyxl.load_workbook(path)
        sheet = book["Cases"]
        sheet["B1"] = head
        sheet["B2"].number_format = "0.00%"
        book.save(path)
        cases, found = read(path.read_bytes(), "a.xlsx")
        expected, _ = read("- {case: a, given: {item: {share: 25%}}}", "a.yaml")
        assert found == ()
        assert all(map(same, cases, expected))


def test_a_cell_of_separators_alone_is_a_mistake_with_its_place() -> None:
    cases, found = read(table(HEAD, (*ROW[:-1], ";")))
    assert [(d.name, d.note) for d in found] == [("malformed-case", "cell F2")]
    assert all(case.expectations == () for case in cases)
    _, found = read(table((*HEAD[:-1], "expect.cn.because"), (*ROW[:-1], ", ,")))
    assert [d.note for d in found] == ["cell F2"]


def test_a_day_that_cannot_be_read_leaves_the_other_days_of_its_case() -> None:
    rows = [
        ROW,
        ("", "2025-03-02", "", "", "", "nothing", "too many"),
        ("", "2025-03-03", "", "", "", "nothing"),
    ]
    cases, found = read("\n".join(",".join(f'"{cell}"' for cell in row) for row in (HEAD, *rows)))
    assert [d.note for d in found] == ["cell A3"]
    (case,) = cases
    assert {str(e.on) for e in case.expectations if e.on is not None} == {"2025-03-03"}


def test_a_cell_is_no_longer_than_a_text_of_a_case(tmp_path: Path) -> None:
    long = "," * 10_001
    _, found = read(table(HEAD, (*ROW[:-1], long)))
    assert told(found) == [("malformed-case", "a cell has at most 10,000 characters", "cell F2")]
    _, found = read(workbook(HEAD, (*ROW[:-1], long), path=tmp_path / "a.xlsx"), "a.xlsx")
    assert [d.message for d in found] == ["a cell has at most 10,000 characters"]


@pytest.mark.parametrize("separator", ["^", "\\", "]"])
def test_any_character_may_separate(separator: str) -> None:
    text = f"sep={separator}\n" + separator.join(("case", "destination")) + "\n"
    cases, found = read(text + separator.join(("nn", "US")) + "\n")
    assert found == ()
    assert [case.title for case in cases] == ["nn"]


def test_a_file_that_is_no_workbook_is_told() -> None:
    for data in (b"", b"PK\x03\x04", b"case,on\n", zipped({}), zipped({"xl/workbook.xml": "<a"})):
        cases, found = read(data, "a.xlsx")
        assert cases == ()
        assert [d.message for d in found] == ["this is no workbook that can be read"]


def test_tables_of_other_kinds_are_told_how_to_save_them(tmp_path: Path) -> None:
    data = workbook(HEAD, ROW, path=tmp_path / "a.xlsx")
    for name in ("a.xls", "a.cases.xlsm", "a.ods"):
        (found,) = read(data, name)[1]
        assert (found.message, found.help) == (
            "tables of this kind are not read",
            "save it as `.xlsx` or `.csv`",
        )
    (found,) = read(data, "a.cases.csv")[1]
    assert found.help == "let it end in `.xlsx`"


def zipped(parts: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_a_workbook_that_unpacks_to_more_than_is_read_is_refused() -> None:
    data = zipped({"xl/worksheets/sheet1.xml": " " * (MOST_UNPACKED + 1)})
    assert len(data) < 100_000
    _, found = read(data, "a.xlsx")
    assert [d.name for d in found] == ["file-too-large"]


def test_entities_are_refused(tmp_path: Path) -> None:
    data = workbook(("case", "destination"), ("a", "US"), path=tmp_path / "a.xlsx")
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {n: archive.read(n).decode() for n in archive.namelist()}
    for encoded in (bomb, bomb.encode("utf-16").decode("latin-1")):
        _, found = read(zipped({**parts, "xl/worksheets/sheet1.xml": encoded}), "a.xlsx")
        assert "declares a document type" in found[0].message


def test_a_cell_far_away_costs_nothing(tmp_path: Path) -> None:
    """The size that a workbook states, and cells that it claims, are not made."""
    data = workbook(("case", "destination"), ("a", "US"), path=tmp_path / "a.xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {n: archive.read(n).decode() for n in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    parts[name] = parts[name].replace("</sheetData>", far)
    cases, found = read(zipped(parts), "a.xlsx")
    assert cases == ()
    assert [d.name for d in found] == ["file-too-large"]


def test_a_table_of_too_many_cells_is_refused() -> None:
    _, found = read("case\n" + "\n" * MOST_CELLS)
    assert [d.name for d in found] == ["file-too-large"]


def test_long_lines_are_read_in_their_time() -> None:
    text = "case,destination\n" + '"' + "x\n" * 100_000 + '",US\n' * 1
    cases, found = read(text)
    assert found == ()
    assert len(cases) == 1
    wide = ",".join(f"c{n}" for n in range(20_000))
    cases, found = read(f"{wide}\n{wide}\n")
    assert cases == ()
    assert {d.name for d in found} == {"unknown-fact"}


# ── files ────────────────────────────────────────────────────────────────────


def test_a_folder_holds_the_tables_that_are_named_so(tmp_path: Path) -> None:
    for name in (
        "a.cases.csv",
        "cases.csv",
        "b.cases.xlsx",
        "list.csv",
        "book.xlsx",
        "showcases.csv",
    ):
        (tmp_path / name).write_text("case\n")
    assert [p.name for p in case_files(tmp_path)] == ["a.cases.csv", "b.cases.xlsx", "cases.csv"]
    assert case_files(tmp_path / "list.csv") == [tmp_path / "list.csv"]


def test_columns_have_the_letters_of_a_sheet() -> None:
    assert [column_letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]
