"""Units are exact, and scales without a ratio stay apart."""

from __future__ import annotations

from fractions import Fraction

import pytest

from longarm_dsl.core.units import (
    CURRENCIES,
    MONEY,
    NUMBER,
    Dimension,
    Unit,
    parse_unit,
    quantity,
    show_dimension,
)


def unit(text: str) -> Unit:
    found = parse_unit(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("one", "factor", "other"),
    [
        ("m", 10**9, "nm"),
        ("m", 10**6, "um"),
        ("µm", 1, "um"),
        ("μm", 1, "um"),
        ("m2", 10**6, "mm2"),
        ("m³", 10**6, "cm3"),
        ("m3", 1000, "L"),
        ("kg", 1000, "g"),
        ("t", 1000, "kg"),
        ("h", 3600, "s"),
        ("day", 24, "h"),
        ("B", 8, "bit"),
        ("GB/s", 8, "Gb/s"),
        ("GB/s/mm2", 10**6, "GB/s/m2"),
        ("TOPS", 1000, "GOPS"),
        ("PFLOPS", 10**6, "GFLOPS"),
        ("Wh", 3600, "J"),
        ("Wh/kg", 1, "mWh/g"),
        ("Ah/kg", 1, "mAh/g"),
        ("MPa", 1, "N/mm2"),
        ("m3/day", 1, "m^3/day"),
        ("%", 10**4, "ppm"),
    ],
)
def test_ratios_are_exact(one: str, factor: int, other: str) -> None:
    assert unit(one).dimension == unit(other).dimension
    assert unit(one).factor == factor * unit(other).factor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TPP", "TOPS"),
        ("TOPS", "TFLOPS"),
        ("HRB", "HRC"),
        ("degC", "K"),
        ("g", "N"),
        ("EUR", "USD"),
    ],
)
def test_scales_without_a_ratio_stay_apart(one: str, other: str) -> None:
    assert unit(one).dimension != unit(other).dimension


def test_percent_is_a_plain_number() -> None:
    assert unit("%") == Unit("%", Fraction(1, 100), NUMBER)


def test_a_ratio_of_equal_units_is_a_plain_number() -> None:
    assert unit("mm/m").dimension == NUMBER
    assert unit("mm/m").factor == Fraction(1, 1000)


def test_money_per_quantity() -> None:
    assert unit("USD per net_ton").dimension == Dimension("money", "USD", (("net_ton", -1),))
    assert unit("USD/net_ton").dimension == unit("USD per net_ton").dimension


@pytest.mark.parametrize(
    "text", ["", "nmm", "furlong", "EUR*USD", "1/EUR", "m/EUR", "EUR2", "m//s", "m/", "km h", "14"]
)
def test_what_is_no_unit_is_refused(text: str) -> None:
    assert parse_unit(text) is None


def test_a_declared_scale_is_a_dimension_of_its_own() -> None:
    assert parse_unit("sparkle") is None
    found = parse_unit("sparkle", frozenset({"sparkle"}))
    assert found == Unit("sparkle", Fraction(1), quantity((("sparkle", 1),)))
    over_area = parse_unit("sparkle/mm2", frozenset({"sparkle"}))
    assert over_area is not None
    assert over_area.dimension == quantity((("sparkle", 1), ("m", -2)))


def test_currencies_are_iso_codes() -> None:
    assert {"EUR", "USD", "CNY", "HKD", "JPY", "TWD"} <= CURRENCIES
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in CURRENCIES)
    assert not {"DEM", "XXX", "XTS"} & CURRENCIES


def test_dimensions_show_as_units() -> None:
    assert show_dimension(unit("m/s").dimension) == "m/s"
    assert show_dimension(unit("Hz").dimension) == "1/s"
    assert show_dimension(unit("USD/net_ton").dimension) == "USD/net_ton"
    assert show_dimension(NUMBER) == ""
    assert show_dimension(MONEY) == ""
