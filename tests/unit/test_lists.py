"""Lists and tables: rows by date and knowledge day, removal, matching by name, stated listings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from longarm.cases import cases_of
from longarm.deciding import decide_case, parse_day
from longarm.pipeline import compile_paths, compile_sources
from longarm_dsl.evaluate.decision import Decision

LAW = """
record Listing
  list     : text
  review   : posture
record Stake
  owner : Party
  share : percent range 0% to 100%
record Party
  id         : text
  name       : text
  aliases    : [text]
  address    : text
  located_in : country
  lists      : [Listing]
  owners     : [Stake]
record Item
  code : codes
record Transaction
  actor     : Party
  end_user  : Party
  item      : Item
  awareness : [text]
  licenses  : [text]
  notices   : [text]

instrument act "An act"
  regime   xx
  issued   2020-01-01
  verified 2026-01-01

list xx.bad "Bad people" (party : Party, review : posture) partial
list xx.known "Known people" (party : Party) complete

adds to xx.bad { party: "Wolf Industries Co., Ltd.", review: denial } as wolf
adds to xx.bad from 2020-06-01 { party: "Later GmbH" } as later
adds to xx.known { party: "Lamb AG" }

rule listed "Bad people need a license"
  for each e in entries(end_user, in: xx.bad)
  cite "1"
  then requires license from AUTHORITY
  then reviews e.review

rule heard "Known people are forbidden"
  cite "2"
  when end_user in xx.known
  then prohibits

instrument mercy "A later act"
  regime   xx
  issued   2021-01-01
  verified 2026-01-01

removes xx.bad.wolf from 2021-02-01
"""

CASE = (
    'case "c"\n  on 2020-03-01\n  {closed}\n  given {{ end_user: {party} }}\n  expect xx nothing\n'
)


def decide(
    party: str, on: str = "2020-03-01", known: str = "2025-01-01", *, closed: bool = True
) -> Decision:
    text = CASE.format(party=party, closed="assume closed" if closed else "")
    made = compile_sources([("m", LAW + text)])
    assert [d for d in made.found if d.severity == "error"] == []
    (case,), _ = cases_of(made)
    decided = decide_case(made.program, case, on=parse_day(on), known=date.fromisoformat(known))
    return decided.decisions[0]


@pytest.mark.parametrize(
    "party",
    [
        '{ name: "Wolf Industries Co., Ltd." }',
        '{ name: "WOLF INDUSTRIES" }',
        '{ name: "Someone", aliases: ["Wolf Industries Limited"] }',
        '{ name: "X", lists: [xx.bad] }',
        '{ name: "X", lists: [{ list: xx.bad, review: denial }] }',
    ],
)
def test_a_listed_party(party: str) -> None:
    made = decide(party)
    assert made.requires == ("license", "license")


def test_the_review_of_its_row() -> None:
    assert decide('{ name: "Wolf Industries" }').review == ("denial", "denial")
    assert decide('{ name: "X", lists: [{ list: xx.bad, review: denial }] }').review == (
        "denial",
        "denial",
    )


def test_a_row_without_a_review_is_standard() -> None:
    assert decide('{ name: "Later GmbH" }', "2020-07-01").review == ("standard", "standard")


def test_a_near_name_asks() -> None:
    made = decide('{ name: "Wolf Industry" }', closed=True)
    assert made.requires == ("nothing", "nothing")  # not near: two edits
    made = decide('{ name: "Wolf Industrie" }')
    assert made.requires == ("nothing", "license")
    assert "Wolf Industries" in made.needs[0].prompt


def test_no_match_in_a_partial_list_is_open_unless_closed_or_stated() -> None:
    assert decide('{ name: "Someone Else" }', closed=False).requires[0] == "nothing"
    open_ = decide('{ name: "Someone Else" }', closed=False)
    assert open_.requires == ("nothing", "license")
    assert decide('{ name: "Someone Else", lists: [] }', closed=False).requires == (
        "nothing",
        "nothing",
    )
    assert decide('{ name: "Someone Else" }').requires == ("nothing", "nothing")


def test_no_match_in_a_complete_list_is_no() -> None:
    made = decide('{ name: "Someone Else", lists: [] }', closed=False)
    assert made.requires == ("nothing", "nothing")
    assert decide('{ name: "Lamb AG" }').requires == ("prohibited", "prohibited")


@pytest.mark.parametrize(
    ("on", "known", "expected"),
    [
        ("2020-05-31", "2025-01-01", "nothing"),
        ("2020-06-01", "2025-01-01", "license"),
        ("2020-06-01", "2019-12-31", "nothing"),
    ],
)
def test_a_row_begins_on_its_day(on: str, known: str, expected: str) -> None:
    made = decide('{ name: "Later GmbH" }', on, known)
    assert made.requires == (expected, expected)


@pytest.mark.parametrize(
    ("on", "known", "expected"),
    [
        ("2021-01-31", "2025-01-01", "license"),
        ("2021-02-01", "2025-01-01", "nothing"),
        ("2021-02-01", "2020-12-31", "license"),  # the removal was not published yet
    ],
)
def test_a_removal_has_two_days(on: str, known: str, expected: str) -> None:
    made = decide('{ name: "Wolf Industries" }', on, known)
    assert made.requires == (expected, expected)


def test_rows_of_a_file_carry_their_dates(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(
        "party,review,issued,from,removed_issued,removed_from,cite\n"
        '"Wolf, Inc.",denial,2020-01-01,2020-02-01,2020-05-01,2020-06-01,notice 1\n',
        encoding="utf-8",
    )
    law = LAW.replace(
        'list xx.bad "Bad people" (party : Party, review : posture) partial',
        'list xx.bad "Bad people" (party : Party, review : posture) from "bad.csv" partial',
    ).replace("removes xx.bad.wolf from 2021-02-01", "")
    case = CASE.format(party='{ name: "Wolf" }', closed="assume closed")
    (tmp_path / "m.pol").write_text(law + case, encoding="utf-8")
    made = compile_paths([tmp_path], installed=False)
    assert [d for d in made.found if d.severity == "error"] == []
    (case_,), _ = cases_of(made)

    def requires(on: str, known: str) -> str:
        decided = decide_case(
            made.program, case_, on=parse_day(on), known=date.fromisoformat(known)
        ).decisions[0]
        assert decided.requires[0] == decided.requires[1]
        return decided.requires[0]

    assert requires("2020-01-31", "2025-01-01") == "nothing"
    assert requires("2020-02-01", "2025-01-01") == "license"
    assert requires("2020-02-01", "2019-12-31") == "nothing"
    assert requires("2020-06-01", "2025-01-01") == "nothing"
    assert requires("2020-06-01", "2020-04-30") == "license"


def test_two_rows_of_one_name_are_a_mistake() -> None:
    other = """
instrument other "Another act"
  regime   xx
  issued   2021-01-01
  verified 2026-01-01

adds to xx.bad { party: "Other Wolf Co., Ltd." } as wolf
"""
    (twice,) = [
        d
        for d in compile_sources([("xx.law", LAW), ("xx.other", other)]).found
        if d.name == "duplicate-name"
    ]
    assert "xx.bad.wolf" in twice.message
    assert twice.primary.span.source.name == "xx.other.pol"
    assert [label.span.source.name for label in twice.secondary] == ["xx.law.pol"]


def test_a_proposal_removes_nobody() -> None:
    proposed = LAW.replace(
        'instrument mercy "A later act"\n  regime   xx',
        'instrument mercy "A later act"\n  regime   xx\n  state    proposed',
    )
    assert proposed != LAW
    text = CASE.format(party='{ name: "Wolf Industries" }', closed="assume closed")
    made = compile_sources([("m", proposed + text)])
    (case,), _ = cases_of(made)
    decided = decide_case(made.program, case, on=parse_day("2021-03-01"), known=date(2025, 1, 1))
    assert decided.decisions[0].requires == ("license", "license")


# ── a column that says whose row it is ───────────────────────────────────────────────────────

NOTICES = """
record Party
  name  : text
  lists : [text]
record Transaction
  end_user : Party

list xx.bad "Bad people" (party : Party, notice : instrument) from "bad.csv" complete

instrument notice_1 "First notice"
  regime   xx
  issued   2020-01-01
  verified 2026-01-01

instrument notice_2 "Second notice"
  regime    xx
  issued    2020-06-01
  effective from 2020-07-01
  verified  2026-01-01

instrument pause "The first notice rests"
  regime   xx
  issued   2021-01-01
  verified 2026-01-01

suspends notice_1 from 2021-02-01 through 2021-02-28

instrument act "An act"
  regime   xx
  issued   2019-01-01
  verified 2026-01-01

rule listed "Bad people need a license"
  for each e in entries(end_user, in: xx.bad)
  cite "1"
  when e.notice in {"notice_1", "notice_2"}
  then requires license from AUTHORITY
"""


def write_notices(folder: Path, rows: str, law: str = NOTICES) -> Path:
    (folder / "m.pol").write_text(law, encoding="utf-8")
    header = "party,notice,issued,from,removed_issued,removed_from\n"
    (folder / "bad.csv").write_text(header + rows, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("party", "on", "said"),
    [
        ("Wolf", "2019-12-31", "nothing"),  # the notice is not out
        ("Wolf", "2020-01-01", "license"),
        ("Wolf", "2021-01-31", "license"),
        ("Wolf", "2021-02-01", "nothing"),  # suspended with its notice
        ("Wolf", "2021-02-28", "nothing"),
        ("Wolf", "2021-03-01", "license"),
        ("Fox", "2020-06-30", "nothing"),  # the notice is out, and not begun
        ("Fox", "2020-07-01", "license"),
        ("Fox", "2021-02-10", "license"),  # another notice
        ("Bear", "2020-03-31", "nothing"),  # a row's own day goes before the notice's
        ("Bear", "2020-04-01", "license"),
        ("Bear", "2021-02-10", "nothing"),
        ("Bear", "2021-06-01", "nothing"),  # removed
    ],
)
def test_a_row_of_a_notice_shares_its_fate(tmp_path: Path, party: str, on: str, said: str) -> None:
    rows = "Wolf,notice_1,,,,\nFox,xx.notice_2,,,,\nBear,notice_1,,2020-04-01,,2021-06-01\n"
    case = (
        f'\ncase "c"\n  on {on}\n  assume closed\n'
        f'  given {{ end_user: {{ name: "{party}" }} }}\n  expect xx {_expected(said)}\n'
    )
    made = compile_paths([write_notices(tmp_path, rows, NOTICES + case)], installed=False)
    assert [d.name for d in made.found if d.severity == "error"] == []
    (given,), _ = cases_of(made)
    decided = decide_case(made.program, given, on=parse_day(on), known=date(2025, 1, 1))
    assert decided.decisions[0].requires == (said, said)


def _expected(said: str) -> str:
    return "nothing" if said == "nothing" else f"requires {said}"


def test_the_notice_of_a_row_must_exist(tmp_path: Path) -> None:
    made = compile_paths([write_notices(tmp_path, "Wolf,notice_3,,,,\n")], installed=False)
    (found,) = [d for d in made.found if d.severity == "error"]
    assert found.name == "unknown-name"
    assert found.primary.span.source.name == "bad.csv"
    assert "notice_" in (found.help or "")


def test_an_added_row_is_its_instruments(tmp_path: Path) -> None:
    own = '\nadds to xx.bad { party: "Lynx" }\n'
    case = (
        '\ncase "c"\n  on 2020-02-01\n  assume closed\n'
        '  given { end_user: { name: "Lynx" } }\n  expect xx nothing\n'
    )
    law = NOTICES.replace("\ninstrument notice_2", f"{own}\ninstrument notice_2") + case
    made = compile_paths([write_notices(tmp_path, "Wolf,notice_1,,,,\n", law)], installed=False)
    assert [d.name for d in made.found if d.severity == "error"] == []
    (given,), _ = cases_of(made)
    decided = decide_case(made.program, given, on=parse_day("2020-02-01"), known=date(2025, 1, 1))
    assert decided.decisions[0].requires == ("license", "license")
    other = NOTICES.replace(
        "\ninstrument notice_2",
        '\nadds to xx.bad { party: "Lynx", notice: "notice_2" }\n\ninstrument notice_2',
    )
    made = compile_paths([write_notices(tmp_path, "Wolf,notice_1,,,,\n", other)], installed=False)
    assert [d.name for d in made.found if d.severity == "error"] == ["malformed-table"]
