"""Where one regime answers the other, each rule names its counterpart, and is named by it."""

from __future__ import annotations

import pytest

from longarm.pipeline import compile_paths
from longarm_dsl.core.program import Program

TOPICS = {
    "content threshold": ("us.ear_734.de_minimis_25", "cn.mofcom_2025_61.foreign_made_content"),
    "direct product": ("us.ear_734.direct_product", "cn.mofcom_2025_61.foreign_technology"),
    "origin": ("us.ear_734.us_origin", "cn.mofcom_2025_61.chinese_origin"),
    "personal jurisdiction": ("us.ear_744_6.us_person_fab", "cn.mofcom_2025_62.help_abroad"),
    "50 percent rule": ("us.fr_90fr47201.affiliates", "cn.mofcom_2025_61.refused_users"),
    "catch-all": ("us.ear_744_6.support_weapons", "cn.ecl.catch_all"),
    "is-informed": ("us.ear_744_6.informed_person", "cn.duir_2024.catch_all"),
    "listed users": ("us.ear_744_11.entity_list", "cn.ecl.control_listed"),
    "advanced nodes": ("us.ear_744_23.advanced_fab", "cn.mofcom_2025_61.advanced_chips"),
    "humanitarian relief": ("us.ear_740.gft_donations", "cn.mofcom_2025_61.humanitarian"),
    "port fees": ("us.ustr_301_ships.annex_i_fee", "cn.mot_2025_54.fee"),
}


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_paths().program


def test_every_mirror_is_mirrored_back(program: Program) -> None:
    named = {(r.id, other) for r in program.rules.values() for other in r.clauses.mirrors or ()}
    assert named
    assert {other for _, other in named} <= program.rules.keys()
    assert [f"{b} does not name {a}" for a, b in sorted(named) if (b, a) not in named] == []


def test_a_mirror_is_of_another_regime(program: Program) -> None:
    for rule in program.rules.values():
        others = rule.clauses.mirrors or ()
        assert all(other.split(".")[0] != rule.regime for other in others), rule.id


@pytest.mark.parametrize(("american", "chinese"), TOPICS.values(), ids=TOPICS.keys())
def test_the_topic_has_its_pair(program: Program, american: str, chinese: str) -> None:
    assert chinese in (program.rules[american].clauses.mirrors or ())
    assert american in (program.rules[chinese].clauses.mirrors or ())
