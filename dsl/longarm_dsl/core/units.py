"""Units of measure and currencies: what a number counts, and its exact factor.

Every factor is a rational, so changing a unit never changes a comparison. A scale
that has no ratio to another (HRB, degC, TPP, anything a policy declares with
`unit`) is a base unit of its own and compares with itself only.
Sources: BIPM, The International System of Units, 9th ed. (2019); ISO 4217.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Literal, TypeAlias

from longarm_dsl.lazy_dataclass import dataclass

Kind: TypeAlias = Literal["number", "money", "quantity"]
Powers: TypeAlias = tuple[tuple[str, int], ...]

CURRENCIES = frozenset(
    str.split("""
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN
    BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR
    FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY
    KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
    TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB
    XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG ZWL
    """)
)
"""ISO 4217 alphabetic codes: those in use (funds and metals too, test codes not) and
those withdrawn since 2020, which cases of those years still count in."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a number counts: nothing, money, or base units to their powers.

    `currency` is None for money whose currency is not known, or that is zero.
    Money may carry powers too (USD per net ton).
    """

    kind: Kind
    currency: str | None = None
    powers: Powers = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as written: a number in it times `factor` is a number in base units."""

    text: str
    factor: Fraction
    dimension: Dimension


NUMBER = Dimension("number")
MONEY = Dimension("money")


def currency(code: str) -> Dimension:
    """Money of one currency."""
    return Dimension("money", code)


def raised(powers: Iterable[tuple[str, int]]) -> Powers:
    """Add up exponents, drop zeros, sort: the canonical form of `Dimension.powers`."""
    total: dict[str, int] = {}
    for base, exponent in powers:
        total[base] = total.get(base, 0) + exponent
    return tuple(sorted((base, exponent) for base, exponent in total.items() if exponent))


def quantity(powers: Iterable[tuple[str, int]]) -> Dimension:
    """Make the dimension of base units to their powers; a plain number if they cancel."""
    canonical = raised(powers)
    return Dimension("quantity", None, canonical) if canonical else NUMBER


_PREFIXES = {
    "f": Fraction(1, 10**15),
    "p": Fraction(1, 10**12),
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 10**3),
    "c": Fraction(1, 10**2),
    "d": Fraction(1, 10),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "T": Fraction(10**12),
    "P": Fraction(10**15),
    "E": Fraction(10**18),
}

# Base units are m, g, s, A, K, mol, bit, op, flop; the rest is made of them.
_PREFIXED: dict[str, tuple[Fraction, Powers]] = {
    "m": (Fraction(1), (("m", 1),)),
    "g": (Fraction(1), (("g", 1),)),
    "s": (Fraction(1), (("s", 1),)),
    "A": (Fraction(1), (("A", 1),)),
    "K": (Fraction(1), (("K", 1),)),
    "mol": (Fraction(1), (("mol", 1),)),
    "L": (Fraction(1, 1000), (("m", 3),)),
    "N": (Fraction(1000), (("g", 1), ("m", 1), ("s", -2))),
    "Pa": (Fraction(1000), (("g", 1), ("m", -1), ("s", -2))),
    "J": (Fraction(1000), (("g", 1), ("m", 2), ("s", -2))),
    "W": (Fraction(1000), (("g", 1), ("m", 2), ("s", -3))),
    "Wh": (Fraction(3_600_000), (("g", 1), ("m", 2), ("s", -2))),
    "eV": (Fraction(1_602_176_634, 10**25), (("g", 1), ("m", 2), ("s", -2))),
    "V": (Fraction(1000), (("A", -1), ("g", 1), ("m", 2), ("s", -3))),
    "ohm": (Fraction(1000), (("A", -2), ("g", 1), ("m", 2), ("s", -3))),
    "F": (Fraction(1, 1000), (("A", 2), ("g", -1), ("m", -2), ("s", 4))),
    "T": (Fraction(1000), (("A", -1), ("g", 1), ("s", -2))),
    "Ah": (Fraction(3600), (("A", 1), ("s", 1))),
    "C": (Fraction(1), (("A", 1), ("s", 1))),
    "Hz": (Fraction(1), (("s", -1),)),
    "Bq": (Fraction(1), (("s", -1),)),
    "Gy": (Fraction(1), (("m", 2), ("s", -2))),
    "bar": (Fraction(100_000_000), (("g", 1), ("m", -1), ("s", -2))),
    "bit": (Fraction(1), (("bit", 1),)),
    "b": (Fraction(1), (("bit", 1),)),
    "B": (Fraction(8), (("bit", 1),)),
    "OPS": (Fraction(1), (("op", 1), ("s", -1))),
    "FLOPS": (Fraction(1), (("flop", 1), ("s", -1))),
}

_PLAIN: dict[str, tuple[Fraction, Powers]] = {
    "min": (Fraction(60), (("s", 1),)),
    "h": (Fraction(3600), (("s", 1),)),
    "day": (Fraction(86_400), (("s", 1),)),
    "days": (Fraction(86_400), (("s", 1),)),
    "week": (Fraction(604_800), (("s", 1),)),
    "weeks": (Fraction(604_800), (("s", 1),)),
    "t": (Fraction(1_000_000), (("g", 1),)),
    "atm": (Fraction(101_325_000), (("g", 1), ("m", -1), ("s", -2))),
    "inch": (Fraction(254, 10_000), (("m", 1),)),
    "rpm": (Fraction(1, 60), (("s", -1),)),
    "ppm": (Fraction(1, 10**6), ()),
    "ppb": (Fraction(1, 10**9), ()),
    "%": (Fraction(1, 100), ()),
}

_SAME_AS = {
    "byte": "B",
    "bytes": "B",
    "bits": "bit",
    "l": "L",
    "Ω": "ohm",
    "°C": "degC",
    "layer": "layers",
    "container": "containers",
    "piece": "pieces",
    "net_tons": "net_ton",
}

OPAQUE = frozenset(
    str.split("""
    TPP HRB HRA HRC HV HB degC degF deg dB dBm pH Oe MGOe layers pieces containers TEU net_ton
    gross_ton dwt wafers transistors qubits pixels lm cd
    """)
)
"""Scales and counts that convert into nothing else."""

# The micro sign and the Greek letter both occur in the wild; superscripts likewise.
_SPELLING = str.maketrans({"µ": "u", "μ": "u", "²": "2", "³": "3", "·": "*"})
_FACTOR = re.compile(r"([A-Za-z%°Ω_]+)\^?(-?[1-9])?")


def _named(name: str, declared: frozenset[str]) -> tuple[Fraction, Dimension] | None:
    """Factor and dimension of one unit name without exponent."""
    # A policy's own declaration is nearest, so it is looked at first.
    if name in declared:
        return Fraction(1), quantity(((name, 1),))
    name = _SAME_AS.get(name, name)
    if name in CURRENCIES:
        return Fraction(1), currency(name)
    if name in OPAQUE:
        return Fraction(1), quantity(((name, 1),))
    if name in _PLAIN:
        factor, powers = _PLAIN[name]
        return factor, quantity(powers)
    if name in _PREFIXED:
        factor, powers = _PREFIXED[name]
        return factor, quantity(powers)
    prefix, rest = name[:1], name[1:]
    if prefix in _PREFIXES and rest in _PREFIXED:
        factor, powers = _PREFIXED[rest]
        return _PREFIXES[prefix] * factor, quantity(powers)
    return None


def _split(text: str) -> list[tuple[str, int]] | None:
    """Names with signed exponents: everything after a `/` divides."""
    found: list[tuple[str, int]] = []
    for position, group in enumerate(text.replace(" per ", "/").split("/")):
        for piece in group.split("*"):
            match = _FACTOR.fullmatch(piece.strip())
            if match is None:
                return None
            exponent = int(match.group(2) or 1)
            found.append((match.group(1), -exponent if position else exponent))
    return found


def parse_unit(text: str, declared: frozenset[str] = frozenset()) -> Unit | None:
    """Read a unit such as `nm`, `GB/s/mm2`, `EUR`, `%`, `USD per net_ton`.

    `declared` names the policy's own opaque scales. None if it is no unit, or if
    money stands anywhere but alone on top (a currency squared, per euro).
    """
    written = text.strip()
    if written in declared:
        return Unit(written, Fraction(1), quantity(((written, 1),)))
    pieces = _split(written.translate(_SPELLING))
    if pieces is None:
        return None
    factor = Fraction(1)
    powers: list[tuple[str, int]] = []
    money: str | None = None
    for name, exponent in pieces:
        found = _named(name, declared)
        if found is None:
            return None
        part, dimension = found
        if dimension.kind == "money":
            if money is not None or exponent != 1:
                return None
            money = dimension.currency
        factor *= part**exponent
        powers.extend((base, each * exponent) for base, each in dimension.powers)
    if money is not None:
        return Unit(written, factor, Dimension("money", money, raised(powers)))
    return Unit(written, factor, quantity(powers))


def show_dimension(dimension: Dimension) -> str:
    """Name the unit in which base numbers of a dimension count; empty for a number."""
    over = [_power(base, exponent) for base, exponent in dimension.powers if exponent > 0]
    under = [_power(base, -exponent) for base, exponent in dimension.powers if exponent < 0]
    if dimension.kind == "money" and dimension.currency is not None:
        over.insert(0, dimension.currency)
    if not over and under:
        over = ["1"]
    return "/".join(["*".join(over), *under]) if over else ""


def _power(base: str, exponent: int) -> str:
    return base if exponent == 1 else f"{base}{exponent}"
