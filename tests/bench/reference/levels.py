"""From what longarm says of a transaction to the six levels and the rules of the oracle."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from .oracle import CBC, EX, NL, NS, POD, PRO, RULE_IDS

POLICY = Path(__file__).with_name("policy.pol")
REGIME = "ref"

NAMES = {name: f"ref.policy.{name.lower().replace('-', '_')}" for name in RULE_IDS}
"""The oracle's name of each rule and the id of the rule in `policy.pol`, one to one."""

_EXEMPTIONS = frozenset({NAMES["CN-X1"], NAMES["US-X1"]})
_NO_LICENSE = NAMES["US-N1"]


def level_of(requirement: str, review: str, standing: Collection[str]) -> int:
    """The level of the oracle's lattice, by the first line that fits:

    requirement  review                  standing rules      level
    -----------  ----------------------  ------------------  ---------------------
    prohibited   any                     any                 prohibited
    license      denial_presumed or      any                 presumption_of_denial
                 denial
    license      any other               any                 case_by_case
    less         any                     cn_x1 or us_x1      exempt
    less         any                     us_n1               no_license
    less         any                     any other           not_subject
    """
    if requirement == "prohibited":
        return PRO
    if requirement == "license":
        return POD if review in {"denial_presumed", "denial"} else CBC
    if not _EXEMPTIONS.isdisjoint(standing):
        return EX
    return NL if _NO_LICENSE in standing else NS
