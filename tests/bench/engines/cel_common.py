"""The rules as one expression of the Common Expression Language.

CEL has no names for partial results: each layer of rules is a list of flags, bound by
mapping over a list of that one list. It has no sums, so those are made in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, assert_never

from bench.reference.generator import SETS, Facts
from bench.reference.oracle import (
    CONDITIONS,
    PATH,
    RANK,
    RULE_IDS,
    All,
    Answer,
    Compare,
    Cond,
    Flag,
    In,
    Not,
    Ref,
    Scalar,
    Share,
    Some,
    derived,
)

NOTE = "sums made in Python"

_Refers: TypeAlias = Callable[[str], str]

_SCOPE = [rule for rule in RULE_IDS if rule[:4] in {"CN-S", "US-S"}]
_LATE_OF = ("CN-C", "CN-L")
_MIDDLE = [
    rule
    for rule in RULE_IDS
    if rule not in _SCOPE and rule not in {"US-N1", "US-D3"} and rule[:4] not in _LATE_OF
]
_LATE = [rule for rule in RULE_IDS if rule not in _SCOPE and rule not in _MIDDLE]
ORDER = [*_SCOPE, *_MIDDLE, *_LATE]
"""The rules in the order of the flags that the expression gives."""


def _text(c: Cond, refers: _Refers) -> str:
    match c:
        case All(parts):
            return "(" + " && ".join(_text(part, refers) for part in parts) + ")"
        case Some(parts):
            return "(" + " || ".join(_text(part, refers) for part in parts) + ")"
        case Not(part):
            return f"!({_text(part, refers)})"
        case Compare(sign, name, value):
            return f"{_path(name)} {sign} " + (
                f"'{value}'" if isinstance(value, str) else f"{value}"
            )
        case In(name, among):
            listed = ", ".join(f"'{x}'" for x in SETS[among])
            return f"{_path(name)} in [{listed}]"
        case Flag(name):
            return _path(name)
        case Ref(rule):
            return refers(rule)
        case Share(sign, part, whole, above, below):
            return f"{_path(part)} * {below} {sign} {_path(whole)} * {above}"
        case _:
            assert_never(c)


def _path(name: str) -> str:
    return ".".join(("f", *PATH[name])) if name in PATH else name


def _scope(rule: str) -> str:
    return f"s[{_SCOPE.index(rule)}]"


def _subject(rule: str) -> str:
    return {"cn_subject": "q[0]", "us_subject": "q[1]"}[rule]


def _late(rule: str) -> str:
    if rule in _MIDDLE:
        return f"r[{_MIDDLE.index(rule)}]"
    return _text(CONDITIONS[rule], _late) if rule in _LATE else _subject(rule)


def _layer(rules: Iterable[str], refers: _Refers) -> str:
    return "[" + ", ".join(_text(CONDITIONS[rule], refers) for rule in rules) + "]"


def expression() -> str:
    """The flags of all rules, in the order of `ORDER`."""
    scope = _layer(_SCOPE, _scope)
    subjects = _layer(("cn_subject", "us_subject"), _scope)
    middle, late = _layer(_MIDDLE, _subject), _layer(_LATE, _late)
    return f"[{scope}].map(s, [{subjects}].map(q, [{middle}].map(r, s + r + {late})))[0][0][0]"


def variables(facts: Facts) -> dict[str, Facts | Scalar]:
    """What the expression names."""
    chinese, american, unleveled = derived(facts)
    return {
        "f": facts,
        "cn_p1_value": chinese,
        "us_ctrl_value": american,
        "us_zero_dm": unleveled,
    }


def answer(flags: Iterable[object]) -> Answer:
    """From the flags to level and fired rules."""
    fired = [rule for rule, flag in zip(ORDER, flags, strict=True) if flag]
    return max([0, *(RANK[rule] for rule in fired)]), fired
