"""The agreement command on tiny copies: what agrees, what differs, what it cannot read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import longarm
from agreement.command import main, report
from agreement.comparing import Table, chart, destinations, entries, exceptions, groups
from agreement.copies import Copies, CopyError, Entry, Line, read
from agreement.law import Law, Row
from agreement.places import code_of


@pytest.fixture(scope="module")
def law() -> Law:
    return Law(longarm.load().program, date(2026, 7, 23), date(2026, 11, 21))


def copies(
    marks: dict[str, frozenset[str]],
    members: dict[str, frozenset[str]] | None = None,
    listed: tuple[Entry, ...] = (),
    sections: dict[str, tuple[str, ...]] | None = None,
) -> Copies:
    return Copies(("FC 1",), marks, members or {}, listed, sections or {})


def row(to: frozenset[str], reason: str = "NS", lvs: str | None = None) -> Row:
    return Row(
        frozenset({("9X999",)}), reason, to, whole=reason == "AT", lvs=lvs, gbs=False, tsr=False
    )


def test_a_mark_that_only_one_side_has_is_a_difference(law: Law) -> None:
    ours = law.named("chart.FC1")
    assert ours is not None
    assert "CA" in ours
    assert "JP" not in ours
    found = chart(law, copies({"Canada": frozenset(), "Japan": frozenset({"FC 1"})}))
    assert "Japan, FC 1: no mark in the pack" not in [*found.explained]
    told = [line for line in found.differ if "Canada" in line or "Japan" in line]
    assert sorted(told) == [
        "Canada, FC 1: a mark in the pack alone",
        "Japan, FC 1: no mark in the pack",
    ]


def test_two_names_of_one_destination_are_one_cell(law: Law) -> None:
    found = groups(law, copies({"China": frozenset()}, {"E:2": frozenset({"Cuba", "China (PRC)"})}))
    assert found.compared == 2
    (told,) = found.differ
    assert told.startswith("China")


def test_a_destination_without_a_code_is_explained_and_an_unknown_one_differs(law: Law) -> None:
    found = groups(law, copies({}, {"E:2": frozenset({"Cuba", "Kosovo", "Atlantis"})}))
    assert found.differ == ["Atlantis: nobody knows its ISO code"]
    assert [line.partition(":")[0] for line in found.explained] == ["Kosovo"]


def test_a_group_on_its_day(law: Law) -> None:
    before = Law(law.program, date(2024, 3, 14), law.known)
    assert "NI" in (law.named("ear.D5") or ())
    assert "NI" not in (before.named("ear.D5") or ())
    unseen = Law(law.program, date(2026, 7, 23), date(2024, 3, 14))
    assert "NI" not in (unseen.named("ear.D5") or ())


def test_a_line_is_covered_by_rows_within_it() -> None:
    line = Line("NS applies to entire entry", "NS Column 1.")
    theirs = Copies(
        ("NS 1",),
        {"Japan": frozenset({"NS 1"}), "China": frozenset({"NS 1"})},
        {},
        (Entry("9X999", "NS, AT", (line,), {"LVS": "$5,000", "GBS": "N/A"}),),
        {},
    )
    nothing = row(frozenset(), "AT")
    split = (row(frozenset({"JP"}), lvs="5000 USD"), row(frozenset({"CN"})), nothing)
    reasons, lines, values = entries(theirs, split)
    assert [*reasons.differ, *lines.differ, *values.differ] == []
    short = (row(frozenset({"JP"}), lvs="500 USD"), nothing)
    _, lines, values = entries(theirs, short)
    assert lines.differ == ["9X999, NS: NS Column 1."]
    assert values.differ == ["9X999: LVS 500 USD in the pack, 5000 USD in the copy"]
    stray = (*split, row(frozenset({"US"})))
    assert entries(theirs, stray)[1].differ == ["9X999, NS: a row of the pack that no line has"]


def test_a_reason_of_one_side_alone_differs() -> None:
    theirs = copies({}, listed=(Entry("9X999", "NS, MT, AT", (), {}),))
    found, _, _ = entries(theirs, (row(frozenset({"JP"})), row(frozenset(), "AT")))
    assert found.differ == ["9X999: AT, NS in the pack, AT, MT, NS in the copy"]


def test_destinations_in_words() -> None:
    theirs = copies(
        {"Japan": frozenset()},
        {"D:5": frozenset({"China (PRC)"}), "E:1": frozenset({"Iran"}), "E:2": frozenset({"Cuba"})},
    )
    macau = "To or within Macau or a destination specified in Country Group D:5"
    assert destinations(theirs, macau) == frozenset({"CN", "MO"})
    assert destinations(theirs, "Worldwide control. See 742.4(a)(5)") == frozenset(
        {"JP", "IR", "CU"}
    )
    assert destinations(theirs, "China, Russia, or Venezuela") == frozenset({"CN", "RU", "VE"})
    assert destinations(theirs, "wherever the wind blows") is None


def test_an_exception_without_a_rule_differs(law: Law) -> None:
    found = exceptions(law, copies({}, sections={"740.3": ("LVS",), "740.99": ("XYZ",)}))
    assert found.differ == ["740.99: no rule is called XYZ"]


def test_every_name_that_differs_is_a_country() -> None:
    assert code_of("Burma") == "MM"
    assert code_of("Japan") == "JP"
    assert code_of("Atlantis") is None


def test_a_folder_without_the_copies_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    assert "lacks country-chart.json" in capsys.readouterr().err
    assert main([]) == 2
    assert "usage: python -m tests.agreement DIR" in capsys.readouterr().err


def test_a_malformed_copy_is_told(tmp_path: Path) -> None:
    for name in ("country-chart", "country-groups", "ccl", "license-exception-catalog"):
        (tmp_path / f"{name}.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(CopyError, match="not what it should be"):
        read(tmp_path)


def test_the_report_groups_what_has_one_reason() -> None:
    table = Table("lines", compared=3)
    table.differ += ["1A001: late", "1A002: late"]
    told = report([table], 1, 2)
    assert "1A001; 1A002: late" in told
    assert "entries carried whole: 1 of 2" in told
