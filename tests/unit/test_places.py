"""Places lie in countries, and sets of them behave like sets."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longarm_dsl.core.formula import Truth
from longarm_dsl.core.places import (
    COUNTRIES,
    Alias,
    Places,
    country_of,
    is_country,
    is_place,
    places,
    read_as,
    show_place,
    under,
)

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
HONG_KONG = Alias("HK", "CN", date(2020, 12, 23), issued=date(2020, 12, 22))


def test_the_table_is_the_iso_list() -> None:
    assert len(COUNTRIES) == 249
    assert list(COUNTRIES) == sorted(COUNTRIES)
    assert all(len(c) == 2 and c.isascii() and c.isupper() for c in COUNTRIES)
    assert all(english and chinese for english, chinese in COUNTRIES.values())
    assert {"NO", "ON"} & set(COUNTRIES) == {"NO"}


def test_names_are_distinct() -> None:
    for column in (0, 1):
        assert len({names[column] for names in COUNTRIES.values()}) == 249


@pytest.mark.parametrize("text", ["CN", "UA", "UA-43", "US-CA", "GB-ENG", "CN-11"])
def test_places_are_known(text: str) -> None:
    assert is_place(text)


@pytest.mark.parametrize(
    "text", ["XX", "cn", "UK", "EU", "CHN", "", "XX-1", "UA-", "UA-4321", "UA43"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    assert not is_place(text)
    assert not is_country(text)


def test_names_for_people() -> None:
    assert show_place("NL") == "Netherlands"
    assert show_place("NL", "zh") == "荷兰"
    assert show_place("UA-43") == "UA-43"


def test_an_area_lies_below_its_country() -> None:
    assert under("UA-43", places({"UA"})) is YES
    assert under("UA-43", places({"UA-43"})) is YES
    assert under("UA-14", places({"UA-43"})) is NO
    assert under("UA", places({"RU", "UA-43"})) is UNKNOWN
    assert under("RU", places({"RU", "UA-43"})) is YES
    assert under("FR", places({"RU", "UA-43"})) is NO


def test_a_country_without_one_area() -> None:
    rest = places({"UA"}) - places({"UA-43"})
    assert under("UA-43", rest) is NO
    assert under("UA-14", rest) is YES
    assert under("UA", rest) is UNKNOWN
    assert rest | places({"UA-43"}) == places({"UA"})
    assert str(rest) == "{UA} - {UA-43}"
    assert str(places({"RU", "BY", "UA-43"})) == "{BY, RU, UA-43}"


def test_aliases_are_dated() -> None:
    china = places({"CN"})
    assert under("HK", china) is NO
    assert under("HK", china, [HONG_KONG], date(2020, 12, 22)) is NO
    assert under("HK", china, [HONG_KONG], date(2020, 12, 23)) is YES
    assert under("HK", places({"HK"}), [HONG_KONG], date(2020, 12, 23)) is YES
    assert under("CN", places({"HK"}), [HONG_KONG], date(2020, 12, 23)) is NO
    assert under("HK", china, [HONG_KONG], date(2025, 1, 1), date(2020, 12, 21)) is NO
    assert under("HK", china, [HONG_KONG], date(2025, 1, 1), date(2020, 12, 22)) is YES
    assert read_as("HK", [HONG_KONG], date(2025, 1, 1)) == ("HK", "CN")
    ended = Alias("HK", "CN", date(2020, 12, 23), until=date(2024, 1, 1))
    assert under("HK", china, [ended], date(2024, 1, 1)) is NO


CHOICES = ("RU", "UA", "UA-14", "UA-43", "CN", "CN-11")
POINTS = ("RU-1", "UA-1", "UA-14", "UA-43", "CN-1", "CN-11")
"""One area for each way a place can lie to the choices."""

plain = st.frozensets(st.sampled_from(CHOICES))


def meaning(members: frozenset[str]) -> frozenset[str]:
    return frozenset(p for p in POINTS if p in members or country_of(p) in members)


def shown(found: Places) -> frozenset[str]:
    return frozenset(p for p in POINTS if under(p, found) is YES)


@given(plain, plain, plain)
def test_algebra_is_that_of_plain_sets(
    a: frozenset[str], b: frozenset[str], c: frozenset[str]
) -> None:
    one, two, three = places(a), places(b), places(c)
    assert shown(one) == meaning(a)
    assert shown((one | two) - three) == (meaning(a) | meaning(b)) - meaning(c)
    assert shown(one - (two - three)) == meaning(a) - (meaning(b) - meaning(c))
    assert shown((one & two) | three) == (meaning(a) & meaning(b)) | meaning(c)
    assert shown(one & (two - three)) == meaning(a) & (meaning(b) - meaning(c))


@given(plain, plain)
def test_equal_meaning_is_equality(a: frozenset[str], b: frozenset[str]) -> None:
    assert (places(a) == places(b)) is (meaning(a) == meaning(b))
    assert (places(a) - places(b)) | (places(a) & places(b)) == places(a)
    assert bool(places(a)) is bool(a)


@given(plain, plain)
def test_a_country_is_decided_exactly_if_its_areas_agree(
    a: frozenset[str], b: frozenset[str]
) -> None:
    found = places(a) - places(b)
    for country in ("RU", "UA", "CN"):
        answers = {under(p, found) for p in POINTS if country_of(p) == country}
        assert under(country, found) is (UNKNOWN if len(answers) > 1 else answers.pop())
