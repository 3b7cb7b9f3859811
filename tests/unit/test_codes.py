"""Codes fall under codes as the lists are numbered, and sets read as the law writes them."""

from __future__ import annotations

import pytest

from longarm_dsl.core.codes import (
    NO_CODES,
    Code,
    Exactly,
    Listed,
    Member,
    difference,
    falls,
    falls_any,
    intersection,
    just,
    parse_code,
    parse_codes,
    representatives,
    show_codes,
    systems,
    union,
)
from longarm_dsl.core.formula import Truth

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def code(text: str) -> Code:
    found = parse_code(text)
    assert found is not None, text
    return found


def us(body: str) -> Listed:
    found, mistakes = parse_codes("US", body)
    assert mistakes == []
    return found


def hs(body: str) -> Listed:
    found, mistakes = parse_codes("HS", body)
    assert mistakes == []
    return found


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("US:3A090.a", "US:3A090.a"),
        ("US:EAR99", "US:EAR99"),
        ("US:none", "US:none"),
        ("CN:1C905.a.4", "CN:1C905.a.4"),
        ("CN:252604X", "CN:252604X"),
        ("HS:850511", "HS:8505.11"),
        ("HS:8505.11", "HS:8505.11"),
        ("HS:8505111000", "HS:8505.11.10.00"),
        ("EU:3A001", "EU:3A001"),
        ("JP:1-2.a", "JP:1-2.a"),
    ],
)
def test_codes_are_read(text: str, canonical: str) -> None:
    assert str(code(text)) == canonical


@pytest.mark.parametrize(
    "text",
    ["3A090", "US:", "US:3a090", "US:3A09", "US:3F001", "US:3A090.A", "US:3A090.", "CN:EAR99",
     "HS:85.x", "HS:850", "HS:8505.", "us:3A090", "", ":3A090", "US:3A090 a"],
)  # fmt: skip
def test_what_is_no_code_is_refused(text: str) -> None:
    assert parse_code(text) is None


@pytest.mark.parametrize(
    ("stated", "body", "truth"),
    [
        ("US:3A090", "3A090", YES),
        ("US:3A090.a.1", "3A090.a", YES),
        ("US:3A090", "3A090.a", UNKNOWN),
        ("US:3A090.b", "3A090.a", NO),
        ("US:3A090.ab", "3A090.a", NO),
        ("CN:3A090", "3A090", NO),
        ("US:3B001.a", "3B001 except .a.4, .c", UNKNOWN),
        ("US:3B001.a.4", "3B001 except .a.4, .c", NO),
        ("US:3B001.c.1.a", "3B001 except .a.4, .c", NO),
        ("US:3B001.a.3", "3B001 except .a.4, .c", YES),
        ("US:3B001", "3B001 except .a.4, .c", UNKNOWN),
        ("US:3B991.b.2.b", "3B991 except .b.2.a to .b.2.b", NO),
        ("US:3B991.b.2.c", "3B991 except .b.2.a to .b.2.b", YES),
        ("US:3E001", "any E of category 3 to 9", YES),
        ("US:2E001", "any E of category 3 to 9", NO),
        ("US:3D001", "any E of category 3 to 9", NO),
        ("US:3C001.a", "any B, C, D, E of category 3", YES),
        ("US:3A001.a", "any B, C, D, E of category 3", NO),
        ("US:3B611", "600", YES),
        ("US:9A610.x", "600 except .y", YES),
        ("US:9A610.y", "600 except .y", NO),
        ("US:9A610.y.3", "600 except .y", NO),
        ("US:9A610", "600 except .y", UNKNOWN),
        ("US:3A001", "600 except .y", NO),
        ("US:9A610.y", "600 .y", YES),
        ("US:9A610.x", "600 .y", NO),
        ("US:9A610", "600 .y", UNKNOWN),
        ("US:9B515.a", "9x515", YES),
        ("US:9A610", "9x515", NO),
        ("US:3D992", "3D991 to 3D994", YES),
        ("US:3D995", "3D991 to 3D994", NO),
        ("US:3B001.l", "3B001.a.4, .c, .d, .f.1, .f.5, .k to .n, .p.2, .p.4, .r; 3B002.c", YES),
        ("US:3B001.o", "3B001.a.4, .c, .d, .f.1, .f.5, .k to .n, .p.2, .p.4, .r; 3B002.c", NO),
        ("US:3B001.f", "3B001.a.4, .c, .d, .f.1, .f.5, .k to .n, .p.2, .p.4, .r; 3B002.c", UNKNOWN),
        ("US:3B002.c", "3B001.a.4, .c, .d, .f.1, .f.5, .k to .n, .p.2, .p.4, .r; 3B002.c", YES),
        ("US:3B002.b", "3B001.a.4, .c, .d, .f.1, .f.5, .k to .n, .p.2, .p.4, .r; 3B002.c", NO),
        ("US:1C905.a", "1C902 to 1C908", YES),
        ("US:EAR99", "EAR99", YES),
        ("US:EAR99", "any A, B, C, D, E of category 0 to 9", NO),
        ("US:none", "3A001; EAR99", NO),
        ("US:3A001.a.12", "3A001.a.1 to .a.12", YES),
        ("US:5A002", "any A of category 3, 5 to 6; 1C001", YES),
        ("US:4A002", "any A of category 3, 5 to 6; 1C001", NO),
        ("US:3B001", "any A, B of category 3 except 3B001", NO),
    ],
)  # fmt: skip
def test_membership(stated: str, body: str, truth: Truth) -> None:
    assert falls(code(stated), us(body)) is truth


@pytest.mark.parametrize(
    ("stated", "body", "truth"),
    [
        ("HS:850511", "8505", YES),
        ("HS:8505", "850511", UNKNOWN),
        ("HS:850590", "8505.11", NO),
        ("HS:8504.50", "8504.40 to 8504.90", YES),
        ("HS:8504.30", "8504.40 to 8504.90", NO),
        ("HS:8520", "8501 to 8548", YES),
        ("HS:2846.10.10", "2846 except .10", NO),
    ],
)
def test_headings_of_the_harmonized_system(stated: str, body: str, truth: Truth) -> None:
    assert falls(code(stated), hs(body)) is truth


def test_technology_for_some_items() -> None:
    codes = us("3E001 for 3B; 3D991 for 3B991, 3B992")
    technology, software = code("US:3E001"), code("US:3D991")
    assert falls(technology, codes, [code("US:3B001.a")]) is YES
    assert falls(technology, codes, [code("US:3A001")]) is NO
    assert falls(technology, codes, [code("US:3A001"), code("US:3B001")]) is YES
    assert falls(technology, codes, []) is NO
    assert falls(technology, codes) is UNKNOWN
    assert falls(software, codes, [code("US:3B992.b")]) is YES
    assert falls(software, codes, [code("US:3B001")]) is NO
    assert falls(code("US:3A001"), codes) is NO


def test_several_stated_codes_are_complete_per_system() -> None:
    codes = us("3A090")
    assert falls_any([code("CN:1C905"), code("US:3A090.a")], codes) is YES
    assert falls_any([code("CN:1C905"), code("US:EAR99")], codes) is NO
    assert falls_any([code("CN:1C905")], codes) is UNKNOWN
    assert falls_any([code("CN:1C905"), code("US:none")], codes) is NO
    assert falls_any([], codes) is UNKNOWN
    assert falls_any([], NO_CODES) is NO
    assert falls_any([code("US:EAR99")], codes, is_open=True) is UNKNOWN
    assert falls_any([code("US:3A090")], codes, is_open=True) is YES


def test_algebra() -> None:
    left, right = us("3A090; 4A090"), us("3A090.c")
    assert falls(code("US:3A090.a"), difference(left, right)) is YES
    assert falls(code("US:3A090.c"), difference(left, right)) is NO
    assert falls(code("US:3A090"), difference(left, right)) is UNKNOWN
    assert falls(code("US:3A090.c.1"), intersection(left, right)) is YES
    assert falls(code("US:4A090"), intersection(left, right)) is NO
    assert union(left, left) == left
    assert union() == NO_CODES
    assert difference(left, NO_CODES) == left
    assert intersection(left, NO_CODES) == NO_CODES
    assert systems(union(left, hs("85"))) == {"US", "HS"}
    assert just(code("US:3A090")) == us("3A090")


@pytest.mark.parametrize(
    ("system", "body", "message", "text"),
    [
        ("US", "3A090; ,", "a code is missing", ","),
        ("US", "", "a code is missing", ""),
        ("US", "3A090 except", "a code is missing", ""),
        ("US", ".a", "is a paragraph of no code", ".a"),
        ("US", "3A0", "`3A0` is no code of US", "3A0"),
        ("US", "3A001 3A002", "is not expected here", "3A002"),
        ("US", "3A001 for 3B for 3C", "`for` stands twice", "for"),
        ("US", "3D994 to 3D991", "runs backwards", "3D994 to 3D991"),
        ("US", "3D991 to 3E994", "leaves its category", "3D991 to 3E994"),
        ("US", "3B001.a to 3B002.c", "no range", "3B001.a to 3B002.c"),
        ("US", "3B001 to .c", "no range", "3B001 to .c"),
        ("US", "any F of category 3", "`F` is no product group", "F"),
        ("US", "any B", "wants `of category`", ""),
        ("US", "any B of category 9 to 3", "runs backwards", "to"),
        ("US", "3B001 except 3B002", "lies outside", "3B001 except 3B002"),
        ("US", "3B001 & 3B002", "is not expected here", "&"),
        ("HS", "any B of category 3", "HS has no categories", "any"),
        ("HS", "8501 to 850190", "different kinds", "8501 to 850190"),
        ("HS", "010101 to 850190", "more than 1000", "010101 to 850190"),
    ],
)
def test_mistakes_say_what_and_where(system: str, body: str, message: str, text: str) -> None:
    _, mistakes = parse_codes(system, body, 100)
    assert len(mistakes) == 1
    said, start, end = mistakes[0]
    assert message in said
    assert body[start - 100 : end - 100] == text


def test_a_group_with_a_mistake_leaves_the_others() -> None:
    codes, mistakes = parse_codes("US", "3A001; 3A0; 3A002;")
    assert len(mistakes) == 1
    assert codes == us("3A001; 3A002")


def test_sets_are_written_back() -> None:
    body = "3B001 except 3B001.a.4; 3E001 for any B of category 3; 600 .y; EAR99"
    assert show_codes(us(body)) == f"US[{body}]"
    text = show_codes(difference(union(us("3A001"), hs("8505.11")), us("3A001.a")))
    assert text == "(US[3A001] + HS[8505.11]) - US[3A001.a]"
    assert show_codes(NO_CODES) == "no codes"


def test_representatives_of_one_set() -> None:
    codes = us("3A090 except .c")
    shown = representatives([codes])
    assert [(str(c), falls(c, codes)) for c in shown] == [("US:EAR99", NO), ("US:3A090.z", YES)]


def test_representatives_speak_for_each_system() -> None:
    codes = Listed((Member(Exactly("HS", ("85", "05"))), *us("EAR99").members))
    assert [str(c) for c in representatives([codes])] == [
        "HS:none", "HS:8505", "US:EAR99", "US:none",
    ]  # fmt: skip
