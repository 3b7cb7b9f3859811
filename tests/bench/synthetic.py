"""Policies of many license rules, of which ten could matter for a case.

Every item code has ten rules, each about some destinations; a case has one code. So the
number of rules that could matter stays at ten however long the policy is, and a decision
need not grow with it. Codes are texts, as in the reference policy, or codes of a system.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from .reference.generator import COUNTRIES

RULES_FOR_A_CODE = 10
REGIME = "ref"

Facts: TypeAlias = dict[str, "str | int | bool | list[str] | Facts"]

_HEAD = """\
instrument synthetic "License rules by code and destination"
  regime     ref
  authority  REF
  issued     2025-01-01
  verified   2026-01-01
  provisions "1"

record Item
  code : {type}
  tpp  : number >= 0

record Transaction
  dest     : country
  military : flag
  item     : Item

"""
_RULE = """\
rule r{number} "Items under {code}, line {line}"
  cite "1"
  when {codes} and dest in {{{places}}}{more}
  then requires license from REF
  then reviews {review}

"""
_REVIEWS = ("standard", "case_by_case", "denial_presumed")


def code_of(number: int) -> str:
    """A code, the same for a text and for a system: `1C017`."""
    group, entry = divmod(number, 1000)
    category, letter = divmod(group, 5)
    return f"{category}{'ABCDE'[letter]}{entry:03d}"


def policy(rules: int, *, coded: bool) -> str:
    """The text of a policy of so many rules. `coded`: codes of a system, not texts."""
    head = _HEAD.format(type="codes" if coded else "text")
    return head + "".join(_rule(number, coded=coded) for number in range(rules))


def _rule(number: int, *, coded: bool) -> str:
    item, line = divmod(number, RULES_FOR_A_CODE)
    code = code_of(item)
    places = sorted({COUNTRIES[(number + 7 * k) % len(COUNTRIES)] for k in range(1 + line % 4)})
    return _RULE.format(
        number=number,
        code=code,
        line=line,
        codes=f"item.code in CN[{code}]" if coded else f'item.code = "{code}"',
        places=", ".join(places),
        more=("", " and item.tpp >= 4800", " and military")[line % 3],
        review=_REVIEWS[line % 3],
    )


def cases(rules: int, *, coded: bool, most: int = 200) -> Iterator[Facts]:
    """Cases spread over the codes of a policy, every one with a code that has rules."""
    codes = rules // RULES_FOR_A_CODE
    for number in range(most):
        code = code_of(number * 7919 % codes)
        yield {
            "dest": COUNTRIES[number % len(COUNTRIES)],
            "military": number % 3 == 0,
            "item": {
                "code": [f"CN:{code}"] if coded else code,
                "tpp": (0, 4800, 15824)[number % 3],
            },
        }
