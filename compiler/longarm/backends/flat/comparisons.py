"""A known number against a multiple of one that is open, by its declared range."""

from __future__ import annotations

from fractions import Fraction

from longarm_dsl.core.numbers import Comparison, Interval


def held(text: str, op: Comparison, times: int, known: Interval, mode: str) -> str:
    """Whether a known number may, or must, compare so to a multiple of an open one."""
    match op:
        case Comparison.AT_MOST | Comparison.LESS | Comparison.UNEQUAL:
            inverse = {
                Comparison.AT_MOST: Comparison.MORE,
                Comparison.LESS: Comparison.AT_LEAST,
                Comparison.UNEQUAL: Comparison.EQUAL,
            }[op]
            turned = "must" if mode == "may" else "may"
            return f"not ({held(text, inverse, times, known, turned)})"
        case Comparison.EQUAL:
            if mode == "must":
                return "False"
            low = held(text, Comparison.AT_LEAST, times, known, "may")
            high = "True"
            if known.high is not None:
                sign = "<=" if known.high_closed else "<"
                high = f"{text} {sign} {exact(known.high * times)}"
            return f"{low} and {high}"
        case _:
            pass
    more = op is Comparison.MORE
    if mode == "may":
        if known.low is None:
            return "True"
        sign = ">" if more or not known.low_closed else ">="
        return f"{text} {sign} {exact(known.low * times)}"
    if known.high is None:
        return "False"
    sign = ">" if more and known.high_closed else ">="
    return f"{text} {sign} {exact(known.high * times)}"


def exact(number: Fraction) -> str:
    """A number of the law as Python writes it."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"Fraction({number.numerator}, {number.denominator})"


__all__ = ["exact", "held"]
