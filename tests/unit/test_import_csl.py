"""`longarm import csl`: the Consolidated Screening List as lists that a project reads."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.screening import (
    Listing,
    footnotes,
    listed_from,
    postures,
    reaches_every_item,
    read_screening_list,
)

EL = "Entity List (EL) - Bureau of Industry and Security"
ENTRIES: list[dict[str, str | list[str]]] = [
    {
        "source": EL,
        "name": "Quartz Harbor Chips Co., Ltd.",
        "alt_names": ['Quartz "QH" Harbor', "石英港芯片"],
        "federal_register_notice": "87 FR 77508, 90 FR 44496",
        "license_requirement": "For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR)4",
        "license_policy": "Presumption of denial.",
    },
    {
        "source": EL,
        "name": "Quartz Harbor Chips Co., Ltd",
        "alt_names": ['Quartz "QH" Harbor', "石英港芯片"],
        "federal_register_notice": "87 FR 77508, 90 FR 44496",
        "license_requirement": "For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR)4",
        "license_policy": "Presumption of denial.",
    },
    {
        "source": EL,
        "name": "Narrow Reach Ltd.",
        "alt_names": [],
        "federal_register_notice": "91 FR 100",
        "license_requirement": "For items on the CCL",
        "license_policy": "Case-by-case; policy of denial for weapons",
    },
    {
        "source": "Unverified List (UVL) - Bureau of Industry and Security",
        "name": "=Unseen Traders",
        "start_date": "2024-03-21",
    },
    {"source": "Sectoral Sanctions Identifications List (SSI) - Treasury", "name": "Elsewhere"},
]
WHOLE = {"sources_used": [{"source_last_updated": "2026-07-31T01:00:00"}], "results": ENTRIES}

CASE = """case: to {party}
assume: closed
given:
  action: export
  departure: US
  destination: DE
  item: {{ code: ["US:EAR99"], origin: US, made_in: US, kind: commodity }}
  end_user: {{ name: {party}, located_in: DE, headquartered_in: DE, organized_in: DE }}
"""


def imported(tmp_path: Path, *, form: str = "json") -> Path:
    file = tmp_path / f"consolidated.{form}"
    if form == "json":
        file.write_text(json.dumps(WHOLE), encoding="utf-8")
    else:
        names = dict.fromkeys(name for entry in ENTRIES for name in entry)
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(names))
            writer.writeheader()
            for entry in ENTRIES:
                said = entry.get("alt_names")
                several = {"alt_names": "; ".join(said)} if isinstance(said, list) else {}
                writer.writerow({**entry, **several})
    into = tmp_path / form
    days = [] if form == "json" else ["--as-of", "2026-07-31"]
    assert run(["import", "csl", str(file), "--into", str(into), *days]) == ExitCode.OK
    return into


def test_json_and_csv_give_the_same_files_and_what_is_left_out_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = imported(tmp_path), imported(tmp_path, form="csv")
    said = capsys.readouterr().out
    names = {path.name for path in one.iterdir()}
    assert names == {"screening.pol", "entity_list.csv", "unverified_list.csv"}
    assert all((one / n).read_bytes() == (other / n).read_bytes() for n in names)
    assert "        3  us.entity_list" in said
    assert "1  Sectoral Sanctions" in said
    with (one / "entity_list.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["party"] for row in rows] == ["Quartz Harbor Chips Co., Ltd.", "Narrow Reach Ltd."]
    assert [row["from"] for row in rows] == ["2023-01-01", "2026-07-31"]
    assert [row["footnotes"] for row in rows] == ["{4}", "{}"]


def test_the_lists_replace_the_partial_ones_from_the_day_of_the_file_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = imported(tmp_path)
    assert run(["check", str(into)]) == ExitCode.OK
    capsys.readouterr()

    def asked(party: str, day: str) -> tuple[str, str]:
        case = tmp_path / "case.yaml"
        case.write_text(CASE.format(party=party), encoding="utf-8")
        chosen = ["--policies", str(into), "--on", day, "--regime", "us", "--format", "json"]
        assert run(["eval", str(case), *chosen]) == ExitCode.OK
        requirement = json.loads(capsys.readouterr().out)["decisions"][0]["requirement"]
        return requirement["at_least"], requirement["at_most"]

    assert asked("石英港芯片", "2026-08-01") == ("license", "license")
    assert asked("Narrow Reach Ltd", "2026-08-01") == ("nothing", "license")
    assert asked("Plain Baking GmbH", "2026-08-01") == ("nothing", "nothing")


@pytest.mark.parametrize(
    ("words", "every", "notes"),
    [
        ("For all items subject to the EAR. (See §744.11 of the EAR).", True, ()),
        ("All Items Subject to the EAR", True, ()),
        ("For all items subject to the EAR, see §§ 734.9(e)1 and 744.11 of the EAR2", True, (1,)),
        ("For All Items Subject to the EAR (See §734.9(e), and 744.11 of the EAR)4.", True, (4,)),
        ("For all items subject to the EAR (See §§734.9(g)3, 746.8(a)(3) of the EAR)", True, (3,)),
        ("For all items (See §§734.4(a)(9), 734.9(e)(3), and 744.11 of the EAR)5", False, (5,)),
        ("For all items subject to the EAR when used in projects", False, ()),
        ("For all items subject to the EAR except EAR99", False, ()),
        ("For items on the CCL", False, ()),
    ],
)
def test_what_an_entry_reaches(words: str, *, every: bool, notes: tuple[int, ...]) -> None:
    assert reaches_every_item(words) is every
    assert footnotes(words) == notes


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        ("Presumption for denial.", ("denial_presumed", "denial_presumed")),
        ("Policy of denial apart from food, case-by-case", ("case_by_case", "denial")),
        ("See § 744.2(d) of the EAR", ("approval_presumed", "denial")),
    ],
)
def test_a_review_that_is_not_named_may_be_any(words: str, ends: tuple[str, str]) -> None:
    assert postures(words) == ends


@pytest.mark.parametrize(
    ("notice", "start", "first"),
    [
        ("84 FR 22961, 85 FR 29852", None, date(2020, 1, 1)),
        ("91 FR 100", None, date(2026, 7, 31)),
        ("", None, date(2026, 7, 31)),
        ("84 FR 22961", date(2019, 5, 16), date(2019, 5, 16)),
        ("999 FR 1", None, date(2026, 7, 31)),
    ],
)
def test_nobody_is_listed_for_certain_before_the_file_shows_it(
    notice: str, start: date | None, first: date
) -> None:
    listing = Listing(EL, "x", (), (), notice, start, None, "", "")
    assert listed_from(listing, date(2026, 7, 31)) == first


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"[1, 2", "not JSON"),
        (b"[" * 200_000, "nests too deeply"),
        (b'{"entries": []}', "no `results`"),
        (b'{"results": [{"name": "x"}]}', "entry 1 has no source"),
        (b'{"results": [7]}', "entry 1 has no source"),
        (b"name,age\nx,1\n", "no column `source`"),
        (b"", "no column `source`"),
        (b'{"results": []}', "does not name its day"),
    ],
)
def test_what_is_no_such_list_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, said: str
) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(data)
    into = tmp_path / "into"
    assert run(["import", "csl", str(file), "--into", str(into)]) == ExitCode.USAGE
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_folder_that_holds_something_is_replaced_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = imported(tmp_path)
    (into / "entity_list.csv").write_text("mine", encoding="utf-8")
    asked = ["import", "csl", str(tmp_path / "consolidated.json"), "--into", str(into)]
    assert run(asked) == ExitCode.USAGE
    assert (into / "entity_list.csv").read_text(encoding="utf-8") == "mine"
    assert "--force" in capsys.readouterr().err
    assert run([*asked, "--force"]) == ExitCode.OK
    assert (into / "entity_list.csv").read_text(encoding="utf-8") != "mine"


def test_no_text_of_the_list_can_become_law(tmp_path: Path) -> None:
    entry = {
        "source": EL,
        "name": 'x", y\n"z',
        "license_requirement": 'For items "\nrule evil\n  then prohibits\n\\',
        "license_policy": "",
    }
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"results": [entry]}), encoding="utf-8")
    listings, _ = read_screening_list(file.read_bytes())
    assert listings[0].name == 'x", y "z'
    asked = ["import", "csl", str(file), "--into", str(tmp_path / "s"), "--as-of", "2026-01-01"]
    assert run(asked) == ExitCode.OK
    assert run(["check", str(tmp_path / "s")]) == ExitCode.OK


def test_a_device_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = str(tmp_path / "lists")
    assert run(["import", "csl", "/dev/zero", "--into", into]) == ExitCode.USAGE
    assert "It is a device, not a file" in capsys.readouterr().err


def test_a_day_that_nobody_has_seen_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("source,name\nEntity List,Example Ltd\n", "utf-8")
    asked = ["import", "csl", str(file), "--into", str(tmp_path / "lists")]
    assert run([*asked, "--as-of", "9999-12-31"]) == ExitCode.USAGE
    assert "no list is of 9999-12-31: the law is verified to" in capsys.readouterr().err
