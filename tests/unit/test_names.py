"""Spellings of one name meet; near ones ask; others do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.names import fold, match, one_edit_apart

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("TechInsights Inc.", "TECHINSIGHTS"),
        ("Huawei Technologies Co., Ltd.", "Huawei Technologies"),
        ("Huawei Technologies Co.,Ltd", "HUAWEI TECHNOLOGIES COMPANY LIMITED"),
        ("Semi-Conductor Works", "Semi Conductor Works"),
        ("SemiConductor Works", "Semi Conductor Works"),
        ("Alpha S.A.", "Alpha SA"),
        ("Alpha S. A.", "Alpha"),
        ("Alpha S.à r.l.", "Alpha S.À R.L."),
        ("Müller GmbH & Co. KG", "MÜLLER"),
        ("Straße AG", "STRASSE"),
        ("华为技术有限公司", "华为技术"),
        ("中芯国际集成电路制造（上海）有限公司", "中芯国际集成电路制造(上海)"),
        ("株式会社ニコン", "ニコン"),
        ("㈱ニコン", "ニコン株式会社"),
        ("ＹＭＴＣ Ｌｔｄ", "YMTC"),
        ("ООО «Ромашка»", "Ромашка"),
        ("OOO Romashka", "Romashka LLC"),
        ("Gamma Pte. Ltd.", "Gamma"),
        ("Delta Limited Liability Company", "Delta LLC"),
        ("O’Neil", "O'Neil Inc"),
    ],
)
def test_spellings_of_one_name_match(a: str, b: str) -> None:
    assert match(a, b) is YES


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Shanghai Optics Institute", "Institute Shanghai Optics"),
        ("Techinsights", "Techinsight"),
        ("Techinsights", "Techinsignts"),
        ("Yangtze Memory", "Yangtse Memory"),
    ],
)
def test_near_names_ask(a: str, b: str) -> None:
    assert match(a, b) is UNKNOWN


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Skyline", "Skylane"),
        ("YMTC", "YMTK"),
        ("Alpha Tools", "Beta Tools"),
        ("Techinsights", "Techinsihgts"),
        ("Alpha Trading China", "Alpha Trading"),
        ("华为技术", "中兴通讯"),
        ("", ""),
        ("!!!", "???"),
        ("", "Alpha"),
    ],
)
def test_other_names_do_not_match(a: str, b: str) -> None:
    assert match(a, b) is NO


def test_a_name_that_is_all_legal_form_is_kept() -> None:
    assert fold("Limited Inc.") == "limitedinc"
    assert fold("有限公司") == "有限公司"
    assert match("Limited Inc.", "Company Ltd") is NO


def test_a_legal_form_inside_a_name_stays() -> None:
    assert fold("Co Motion Ltd") == "comotion"
    assert fold("SE Labs AG") == "selabs"


names = st.text(alphabet="abCÄ .&-有限公司Ltdinc ", max_size=12)


@given(names, names)
def test_matching_does_not_depend_on_the_order(a: str, b: str) -> None:
    assert match(a, b) is match(b, a)


@given(names)
def test_a_name_matches_itself_unless_it_is_empty(a: str) -> None:
    assert match(a, a) is (YES if fold(a) else NO)


@given(names)
def test_case_and_spaces_change_nothing(a: str) -> None:
    assert match(f"  {a.upper()} ", a.lower()) is match(a, a)


@given(st.text(alphabet="ab", max_size=5), st.text(alphabet="ab", max_size=5))
def test_one_edit_is_one_edit(a: str, b: str) -> None:
    edits = {
        a[:i] + x + a[j:] for i in range(len(a) + 1) for j in (i, i + 1) for x in ("", "a", "b")
    }
    assert one_edit_apart(a, b) is (b in edits and a != b)


def test_company_alone_is_no_legal_form() -> None:
    assert match("立方公司", "立方公司") is Truth.YES
    assert match("立方公司", "立方 公司") is Truth.YES
    assert match("立方公司", "立方有限公司") is Truth.UNKNOWN
    assert match("立方公司", "立方") is Truth.UNKNOWN
    assert match("立方总公司", "立方公司") is Truth.UNKNOWN
    assert match("立方有限公司", "立方股份有限公司") is Truth.YES
    assert match("公司", "总公司") is Truth.NO
