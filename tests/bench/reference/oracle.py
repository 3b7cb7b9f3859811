"""The 31 rules of the reference policy as small trees, and the oracle that walks them.

The trees are what the adapters of other engines translate, so that all of them decide the
same policy. Nothing here knows of longarm.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from .generator import P1, SETS, US_CTRL, Facts

LATTICE = (
    "not_subject",
    "no_license",
    "exempt",
    "case_by_case",
    "presumption_of_denial",
    "prohibited",
)
NS, NL, EX, CBC, POD, PRO = range(6)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Cond, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """A part holds."""

    parts: tuple[Cond, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Cond


@dataclass(frozen=True, slots=True)
class Compare:
    """A variable against a constant: `==`, `!=`, `>=`, `<=`, `<`."""

    sign: str
    name: str
    value: str | int


@dataclass(frozen=True, slots=True)
class In:
    """A variable among the named set."""

    name: str
    among: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A variable that is yes or no."""

    name: str


@dataclass(frozen=True, slots=True)
class Ref:
    """An earlier rule, or subject status, held."""

    rule: str


@dataclass(frozen=True, slots=True)
class Share:
    """`part / whole` against `above / below`: `>=` or `>`, without dividing."""

    sign: str
    part: str
    whole: str
    above: int
    below: int


Cond: TypeAlias = "All | Some | Not | Compare | In | Flag | Ref | Share"

PATH: dict[str, tuple[str, ...]] = {
    "date": ("date",),
    "exporter": ("exporter",),
    "dest": ("dest",),
    "origin": ("origin",),
    "end_use": ("end_use",),
    "us_person": ("us_person",),
    "humanitarian": ("humanitarian",),
    "item_code": ("item", "code"),
    "item_value": ("item", "value"),
    "node_nm": ("item", "node_nm"),
    "nand_layers": ("item", "nand_layers"),
    "tpp": ("item", "tpp"),
    "tech_origin": ("tech", "origin"),
    "tech_code": ("tech", "code"),
    "eu_military": ("end_user", "military"),
    "eu_listed": ("end_user", "listed"),
    "eu_owned_bp": ("end_user", "owned_bp"),
    "eu_entity_listed": ("end_user", "entity_listed"),
    "eu_el_owned_bp": ("end_user", "el_owned_bp"),
}
"""Where a variable stands in the dictionaries."""


def _all(*parts: Cond) -> Cond:
    return All(parts)


def _some(*parts: Cond) -> Cond:
    return Some(parts)


def _is(name: str, value: str) -> Cond:
    return Compare("==", name, value)


def _isnt(name: str, value: str) -> Cond:
    return Compare("!=", name, value)


def _ge(name: str, value: int) -> Cond:
    return Compare(">=", name, value)


def _le(name: str, value: int) -> Cond:
    return Compare("<=", name, value)


def _not_in(name: str, among: str) -> Cond:
    return Not(In(name, among))


_CN, _US = Ref("cn_subject"), Ref("us_subject")
_CN_OPEN = (_CN, Not(Ref("CN-X1")))

RULES: tuple[tuple[str, int | None, Cond], ...] = (
    (
        "CN-S1",
        NS,
        _all(
            _isnt("origin", "CN"),
            In("item_code", "P2"),
            _isnt("exporter", "CN"),
            _isnt("dest", "CN"),
            _ge("date", 20251201),
            Share(">=", "cn_p1_value", "item_value", 1, 1000),
        ),
    ),
    (
        "CN-S2",
        NS,
        _all(
            _is("tech_origin", "CN"),
            In("tech_code", "RE_TECH"),
            _isnt("exporter", "CN"),
            _isnt("dest", "CN"),
            _ge("date", 20251201),
        ),
    ),
    (
        "CN-S3",
        NS,
        _all(
            _is("origin", "CN"),
            _isnt("exporter", "CN"),
            _isnt("dest", "CN"),
            In("item_code", "P1P2"),
            _ge("date", 20251201),
        ),
    ),
    (
        "CN-S4",
        NS,
        _all(
            _is("exporter", "CN"),
            _isnt("dest", "CN"),
            In("item_code", "P1P2"),
            _ge("date", 20251009),
        ),
    ),
    ("cn_subject", None, _some(Ref("CN-S1"), Ref("CN-S2"), Ref("CN-S3"), Ref("CN-S4"))),
    (
        "CN-X1",
        EX,
        _all(_CN, Flag("humanitarian"), Not(Flag("eu_military")), _not_in("end_use", "BADUSE")),
    ),
    ("CN-D1", POD, _all(_CN, Flag("eu_military"))),
    ("CN-D2", POD, _all(_CN, Flag("eu_listed"))),
    ("CN-D3", POD, _all(_CN, _ge("eu_owned_bp", 5000))),
    ("CN-D4", POD, _all(_CN, In("end_use", "BADUSE"))),
    ("CN-C1", CBC, _all(*_CN_OPEN, _le("node_nm", 14))),
    ("CN-C2", CBC, _all(*_CN_OPEN, _ge("nand_layers", 256))),
    ("CN-C3", CBC, _all(*_CN_OPEN, _is("end_use", "ai_dual"))),
    ("CN-L0", CBC, _all(*_CN_OPEN)),
    ("US-S1", NS, _is("origin", "US")),
    ("US-S2", NS, _is("exporter", "US")),
    ("US-S3", NS, _all(_not_in("dest", "E"), Share(">", "us_ctrl_value", "item_value", 1, 4))),
    ("US-S4", NS, _all(In("dest", "E"), Share(">", "us_ctrl_value", "item_value", 1, 10))),
    ("US-S5", NS, _all(In("dest", "D5"), Flag("us_zero_dm"))),
    (
        "US-S6",
        NS,
        _all(
            _is("tech_origin", "US"),
            In("tech_code", "FDPR"),
            _some(In("dest", "D5"), Flag("eu_entity_listed")),
        ),
    ),
    ("us_subject", None, _some(*(Ref(f"US-S{n}") for n in range(1, 7)))),
    (
        "US-P1",
        PRO,
        _all(
            Flag("us_person"),
            _is("end_use", "semicap"),
            _is("dest", "CN"),
            _some(_le("node_nm", 16), _ge("nand_layers", 128)),
        ),
    ),
    (
        "US-X1",
        EX,
        _all(_US, In("dest", "E"), Flag("humanitarian"), _is("item_code", "EAR99")),
    ),
    ("US-D1", POD, _all(_US, Flag("eu_entity_listed"))),
    ("US-D2", POD, _all(_US, _ge("eu_el_owned_bp", 5000))),
    ("US-D3", PRO, _all(_US, In("dest", "E"), Not(Ref("US-X1")))),
    (
        "US-D4",
        POD,
        _all(
            _US,
            In("dest", "D5"),
            _some(Flag("eu_military"), _is("end_use", "military")),
            In("item_code", "MEU"),
        ),
    ),
    ("US-D5", POD, _all(_US, In("item_code", "CHIP"), _ge("tpp", 4800), In("dest", "D5"))),
    (
        "US-D6",
        POD,
        _all(_US, _is("item_code", "3B001"), _le("node_nm", 16), _is("dest", "CN")),
    ),
    (
        "US-C1",
        CBC,
        _all(
            _US,
            In("item_code", "CHIP"),
            _ge("tpp", 2400),
            Compare("<", "tpp", 4800),
            In("dest", "D5"),
        ),
    ),
    ("US-C2", CBC, _all(_US, _is("item_code", "5A002"), _not_in("dest", "A1"))),
    (
        "US-C3",
        CBC,
        _all(_US, In("item_code", "US_CTRL"), _not_in("dest", "A1"), _not_in("dest", "D5")),
    ),
    (
        "US-N1",
        NL,
        _all(
            _US,
            Not(
                _some(
                    Ref("US-X1"),
                    *(Ref(f"US-D{n}") for n in range(1, 7)),
                    *(Ref(f"US-C{n}") for n in range(1, 4)),
                )
            ),
        ),
    ),
)
"""Name, level (none for a status), condition; a condition refers to earlier rules only."""

CONDITIONS = {name: condition for name, _, condition in RULES}
RANK = {name: level for name, level, _ in RULES if level is not None}
RULE_IDS = tuple(RANK)

Answer: TypeAlias = tuple[int, list[str]]
"""A level of the lattice, and the rules that fired in the order of `RULES`."""


def derived(facts: Facts) -> tuple[int, int, bool]:
    """Value of Chinese P1 components, of controlled American ones; is there one without a level."""
    chinese = american = 0
    unleveled = False
    for component in facts["components"]:
        code, value = component["code"], component["value"]
        if component["origin"] == "CN" and code in P1:
            chinese += value
        elif component["origin"] == "US" and code in US_CTRL:
            american += value
            unleveled = unleveled or code in SETS["ZERO_DM"]
    return chinese, american, unleveled


Scalar: TypeAlias = str | int | bool


def flat(facts: Facts) -> dict[str, Scalar]:
    """The variables of the rules, by name."""
    plain: dict[str, Scalar] = {}
    for name, path in PATH.items():
        value: object = facts
        for key in path:
            assert isinstance(value, Mapping)
            value = value[key]  # pyright: ignore[reportUnknownVariableType]
        assert isinstance(value, str | int)
        plain[name] = value
    plain["cn_p1_value"], plain["us_ctrl_value"], plain["us_zero_dm"] = derived(facts)
    return plain


def oracle(facts: Facts) -> Answer:
    """The strictest level and the rules that fired: the meaning of the policy."""
    known = flat(facts)
    fired: list[str] = []
    level = NS
    for name, rank, condition in RULES:
        holds = known[name] = _holds(condition, known)
        if holds and rank is not None:
            fired.append(name)
            level = max(level, rank)
    return level, fired


def _number(value: Scalar) -> int:
    assert isinstance(value, int)
    return value


_ORDERS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
    ">": operator.gt,
}


def _holds(condition: Cond, known: Mapping[str, Scalar]) -> bool:
    match condition:
        case All(parts):
            return all(_holds(part, known) for part in parts)
        case Some(parts):
            return any(_holds(part, known) for part in parts)
        case Not(part):
            return not _holds(part, known)
        case Compare("==", name, value):
            return known[name] == value
        case Compare("!=", name, value):
            return known[name] != value
        case Compare(sign, name, value):
            return _ORDERS[sign](_number(known[name]), _number(value))
        case In(name, among):
            return known[name] in SETS[among]
        case Flag(name) | Ref(name):
            return bool(known[name])
        case Share(sign, part, whole, above, below):
            return _ORDERS[sign](_number(known[part]) * below, _number(known[whole]) * above)
        case _:
            assert_never(condition)
