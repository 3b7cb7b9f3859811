"""The small vocabulary of the random policies, and its facts with their representative values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from longarm_dsl.core import ast, facts
from longarm_dsl.core.codes import parse_code
from longarm_dsl.core.numbers import point
from longarm_dsl.core.units import NUMBER

Value: TypeAlias = "bool | str | int | frozenset[str]"
"""A fact's value: a flag, a word or country, a number, a set of words or of codes."""

VOCABULARY = """
enum Mode = ma, mb, mc
enum Grade = ga < gb < gc
enum Use = ua, ub, uc
enum NoticeKind = license, approval, other
record Scope
  code        : codes
  destination : {country}
record Notice
  kind        : NoticeKind
  authority   : text
  issued      : date
  valid_until : date
  revoked     : date
  scope       : Scope
record Party
  id         : text
  located_in : country
record Item
  code       : codes
  origin     : country
  value      : money > 0
  components : [Item]
record Transaction
  actor       : Party
  item        : Item
  f0          : flag
  f1          : flag
  f2          : flag
  f3          : flag
  f4          : flag
  f5          : flag
  spare       : flag
  mode        : Mode
  grade       : Grade
  modes       : {Mode}
  destination : country
  departure   : country
  size        : number range 0 to 40
  uses        : {Use}
  licenses    : [Notice]
  notices     : [Notice]
countries east = {CN, RU}
"""

MODES = ("ma", "mb", "mc")
GRADES = ("ga", "gb", "gc")
USES = ("ua", "ub", "uc")
COUNTRIES = ("CN", "US", "RU", "FR")
"""The last stands for every country that no policy names."""
BOUNDS = (10, 20, 30)
SIZES = (0, 5, 10, 15, 20, 25, 30, 35, 40)
"""At and around every bound, within the declared range."""
CODES = ("1A001.a", "1A001.b", "1A002", "2B001", "none")
"""Paragraphs that no test can divide further; two of them at once are answers too."""


def _subsets(words: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(c) for n in range(len(words) + 1) for c in combinations(words, n))


def _codes() -> tuple[frozenset[str], ...]:
    real = CODES[:-1]
    return (
        *(frozenset({c}) for c in CODES),
        *(frozenset(c) for n in (2, 3) for c in combinations(real, n)),
    )


FLAGS = ("f0", "f1", "f2", "f3", "f4", "f5")
DOMAINS: dict[str, tuple[Value, ...]] = {
    **dict.fromkeys(FLAGS, (False, True)),
    "mode": MODES,
    "grade": GRADES,
    "modes": _subsets(MODES),
    "destination": COUNTRIES,
    "departure": COUNTRIES,
    "size": SIZES,
    "uses": _subsets(USES),
    "item.code": _codes(),
}
"""Plain facts: every fact is one question, no two are related."""

QUESTIONS = {name: name for name in DOMAINS} | {"item.code": "item.code (CN)"}
"""How the evaluator names the question of each plain fact."""

COARSE = frozenset({"1A001"})
"""A stated heading below which the law tells paragraphs apart."""


def fact_of(name: str, value: Value) -> facts.Fact:
    """A plain fact as a case states it."""
    match name, value:
        case _, bool():
            return facts.Scalar(value)
        case "mode" | "grade", str():
            return facts.Scalar(ast.Word(name.title(), value))
        case "destination" | "departure", str():
            return facts.Scalar(ast.Place(value))
        case _, int():
            return facts.Scalar(point(value, NUMBER))
        case "item.code", frozenset():
            found = [parse_code(f"CN:{c}") for c in sorted(value)]
            return facts.Codes(tuple(c for c in found if c is not None))
        case _, frozenset():
            kind = "Use" if name == "uses" else "Mode"
            return facts.Items(tuple(facts.Scalar(ast.Word(kind, w)) for w in sorted(value)))
        case _:
            raise AssertionError((name, value))


@dataclass(frozen=True)
class Component:
    """A line of the bill of materials; None is a field that nobody stated."""

    origin: str | None
    value: int | None


EXTRA_ORIGINS = ("CN", "FR")
EXTRA_VALUES = (1, 25, 400)
"""At and around every bound that components are compared with, against an item worth 100."""
ITEM_VALUES = (40, 100, 1000)
