"""Numbers as a case writes them and as people read them, with what `intervals` computes.

Reading is exact or refused; writing is exact where a short decimal is, and says `about`
where it is not. Everything about numbers can be imported from here.
"""

from __future__ import annotations

import re
from fractions import Fraction

from longarm_dsl.core.intervals import (
    NO_MONEY,
    Comparison,
    Failure,
    Interval,
    Number,
    add,
    amount,
    anything,
    between,
    compare,
    count,
    divide,
    hull,
    intersect,
    maximum,
    minimum,
    mismatch,
    multiply,
    negate,
    point,
    round_down,
    round_up,
    subtract,
    sum_lines,
    turned,
)
from longarm_dsl.core.units import parse_unit, show_dimension

__all__ = [
    "MOST_DIGITS",
    "NO_MONEY",
    "Comparison",
    "Failure",
    "Interval",
    "Number",
    "add",
    "amount",
    "anything",
    "between",
    "compare",
    "count",
    "divide",
    "hull",
    "intersect",
    "maximum",
    "minimum",
    "mismatch",
    "multiply",
    "negate",
    "parse_amount",
    "parse_number",
    "point",
    "round_down",
    "round_up",
    "show",
    "show_fraction",
    "subtract",
    "sum_lines",
    "turned",
]

MOST_DIGITS = 40
"""A written number has no more digits than this: a case file is no way to fill memory."""

_WRITTEN = re.compile(
    r"""(?P<sign>-?)
        (?P<whole>[0-9]+(?:_[0-9]+)*)
        (?: \.(?P<part>[0-9]+) | /(?P<below>[0-9]+(?:_[0-9]+)*) )?
        \s* (?P<unit>[A-Za-z%°µμΩ].*)? """,
    re.VERBOSE,
)
_EXPONENT = re.compile(r"[eE][+-]?[0-9]+.*")


def parse_number(text: str) -> tuple[Fraction, str] | None:
    """Read `10000 EUR`, `0.1%`, `1_000`, `-4`, `1/3`: the exact value and the unit's text.

    None if it is no number: commas, exponents, more than 40 digits, a zero below.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    unit = (match["unit"] or "").strip()
    whole, part, below = (
        (match[name] or "").replace("_", "") for name in ("whole", "part", "below")
    )
    if _EXPONENT.fullmatch(unit) or len(whole) + len(part) + len(below) > MOST_DIGITS:
        return None
    divisor = int(below) if below else 10 ** len(part)
    if divisor == 0:
        return None
    value = Fraction(int(whole + part), divisor)
    return (-value if match["sign"] else value), unit


def parse_amount(text: str, declared: frozenset[str] = frozenset()) -> Interval | None:
    """Read a number with its unit as a known amount; None if either is not readable."""
    found = parse_number(text)
    if found is None:
        return None
    value, written = found
    if not written:
        return point(value)
    unit = parse_unit(written, declared)
    return None if unit is None else amount(value, unit)


MOST_DECIMALS = 12
_SHOWN_DIGITS = 4


def show_fraction(value: Fraction) -> str:
    """Write exactly as a decimal where that is finite and short, else `about` four digits."""
    decimals = _decimals(value)
    if decimals is not None and decimals <= MOST_DECIMALS:
        return _decimal(value, decimals)
    # Rounded for the reader only: nothing is decided from this text.
    places = _SHOWN_DIGITS - 1
    while abs(value) * 10**places >= 10**_SHOWN_DIGITS and places > 0:
        places -= 1
    while abs(value) * 10**places < 10 ** (_SHOWN_DIGITS - 1):
        places += 1
    rounded = Fraction(round(value * 10**places), 10**places)
    return f"about {_decimal(rounded, _decimals(rounded) or 0)}"


def _decimals(value: Fraction) -> int | None:
    """How many decimals it takes to write a fraction exactly; None if no number does."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _decimal(value: Fraction, decimals: int) -> str:
    digits = str(abs(value.numerator) * 10**decimals // value.denominator).rjust(decimals + 1, "0")
    sign = "-" if value < 0 else ""
    if decimals == 0:
        return sign + digits
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def show(number: Number, unit: str | None = None) -> str:
    """Write for people: `42 EUR`, `0.42 %`, `between 1 nm and 14 nm`, `more than 5 nm`.

    `unit` is the text of the unit to count in; without it, base units.
    """
    if isinstance(number, Failure):
        return f"no value: {number.reason}"
    known = None if unit is None else parse_unit(unit)
    factor = Fraction(1) if known is None else known.factor
    name = show_dimension(number.dimension) if unit is None else unit

    def written(value: Fraction) -> str:
        return f"{show_fraction(value / factor)} {name}".rstrip()

    low, high = number.low, number.high
    if low is not None and low == high:
        text = written(low)
    elif low is not None and high is not None:
        if number.low_closed and number.high_closed:
            text = f"between {written(low)} and {written(high)}"
        else:
            text = f"{_from(number)} {written(low)} and {_to(number)} {written(high)}"
    elif low is not None:
        text = f"{_from(number)} {written(low)}"
    elif high is not None:
        text = f"{_to(number)} {written(high)}"
    else:
        text = f"any amount in {name}" if name else "any number"
    return f"{text}, or no value" if number.may_err else text


def _from(number: Interval) -> str:
    return "at least" if number.low_closed else "more than"


def _to(number: Interval) -> str:
    return "at most" if number.high_closed else "less than"
