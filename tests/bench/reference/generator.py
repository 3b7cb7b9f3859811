"""Transactions of the reference policy, the same for the same seed, and the sets it speaks of.

Amounts are in cents, holdings in hundredths of a percent, days are numbers, so that every
engine can be exact with whole numbers. Every 16th transaction tries to stand exactly on a
threshold of content. The order in which the generator draws is part of the data: a digest
of the first 10,000 is held by a test.
"""

from __future__ import annotations

import json
import random
from typing import TypedDict, cast

P1 = [f"CN-P1-{i:02d}" for i in range(1, 13)]
P2 = [f"CN-P2-{i:02d}" for i in range(1, 13)]
US_CTRL = [
    "3A090",
    "4A090",
    "3A001",
    "3B001",
    "5A002",
    "9E003",
    "3E001",
    "0A919",
    "4A003",
    "7A003",
]
SETS = {
    "P1": P1,
    "P2": P2,
    "P1P2": P1 + P2,
    "US_CTRL": US_CTRL,
    "ZERO_DM": ["9E003", "0A919"],
    "RE_TECH": ["CN-RE-1", "CN-RE-2", "CN-RE-3", "CN-RE-4"],
    "FDPR": ["3D001", "3E001", "3E002", "4E001", "5E001"],
    "E": ["IR", "KP", "SY", "CU"],
    "D5": ["CN", "RU", "BY", "MM", "VE", "LA", "KH", "IR", "KP", "SY", "CU"],
    "A1": ["US", "JP", "DE", "FR", "GB", "NL", "KR", "TW", "CA", "AU"],
    "MEU": ["3A001", "3B001", "4A003", "7A003", "CN-P2-01", "CN-P2-02"],
    "CHIP": ["3A090", "4A090"],
    "BADUSE": ["wmd", "military"],
}
COUNTRIES = SETS["A1"] + SETS["D5"] + ["IN", "SG", "MY", "AE", "BR", "MX", "VN", "TR"]
END_USES = ["civil", "military", "wmd", "semicap", "ai_dual", "medical"]
DAYS = [20250901, 20251009, 20251120, 20251201, 20251215, 20260301, 20260901]
SEED = 20251201


class Item(TypedDict):
    """What is sent."""

    code: str
    value: int
    node_nm: int
    nand_layers: int
    tpp: int


class Tech(TypedDict):
    """What it was made with; empty texts for nothing."""

    origin: str
    code: str


class EndUser(TypedDict):
    """Who gets it."""

    military: bool
    listed: bool
    owned_bp: int
    entity_listed: bool
    el_owned_bp: int


class Component(TypedDict):
    """A line of the bill of materials."""

    value: int
    origin: str
    code: str


class Facts(TypedDict):
    """One transaction, as a program would hold it."""

    date: int
    exporter: str
    dest: str
    origin: str
    item: Item
    tech: Tech
    end_user: EndUser
    end_use: str
    us_person: bool
    humanitarian: bool
    components: list[Component]


def generate(n: int = 10_000, seed: int = SEED) -> list[Facts]:
    """The first `n` transactions of a seed, as if they had just been read from JSON."""
    draw = random.Random(seed)  # noqa: S311  data, not secrets
    made = [_transaction(draw, number) for number in range(n)]
    return cast("list[Facts]", json.loads(json.dumps(made)))


def _place(draw: random.Random, leading: list[list[str]], weights: list[float]) -> str:
    """One of some leading countries, or any; each list of more than one is drawn from first."""
    drawn = [draw.choice(one) if len(one) > 1 else one[0] for one in leading]
    return draw.choices([*drawn, draw.choice(COUNTRIES)], weights)[0]


def _transaction(draw: random.Random, number: int) -> Facts:
    origin = _place(draw, [["CN"], ["US"]], [0.25, 0.15, 0.6])
    exporter = _place(draw, [["CN"], ["US"]], [0.15, 0.12, 0.73])
    dest = _place(draw, [["CN"], SETS["E"]], [0.12, 0.04, 0.84])
    code = draw.choices(
        [draw.choice(P1), draw.choice(P2), draw.choice(US_CTRL), "EAR99"], [0.1, 0.4, 0.25, 0.25]
    )[0]
    components = [_component(draw) for _ in range(draw.randint(1, 8))]
    total = sum(c["value"] for c in components)
    value = int(total * draw.uniform(1.0, 3.0)) + 1
    if number % 16 == 0:
        value = _on_threshold(components, total, value, (number // 16) % 4)
    tech = draw.choices(
        [
            ("", ""),
            ("CN", draw.choice(SETS["RE_TECH"])),
            ("US", draw.choice(SETS["FDPR"])),
            ("JP", "3E001"),
        ],
        [0.7, 0.08, 0.17, 0.05],
    )[0]
    return {
        "date": draw.choice(DAYS),
        "exporter": exporter,
        "dest": dest,
        "origin": origin,
        "item": {
            "code": code,
            "value": value,
            "node_nm": draw.choice([999, 999, 999, 28, 16, 14, 7, 5]),
            "nand_layers": draw.choice([0, 0, 0, 96, 128, 232, 256, 321]),
            "tpp": draw.choice([0, 0, 0, 1600, 2400, 4799, 4800, 15824]),
        },
        "tech": {"origin": tech[0], "code": tech[1]},
        "end_user": {
            "military": draw.random() < 0.06,
            "listed": draw.random() < 0.05,
            "owned_bp": _sometimes(draw, 0.3, [0, 0, 0, 0, 1000, 2500, 4999, 5000, 7500]),
            "entity_listed": draw.random() < 0.05,
            "el_owned_bp": _sometimes(draw, 0.15, [0, 2500, 4999, 5000, 10000]),
        },
        "end_use": draw.choices(END_USES, [0.6, 0.05, 0.02, 0.13, 0.08, 0.12])[0],
        "us_person": draw.random() < 0.2,
        "humanitarian": draw.random() < 0.08,
        "components": components,
    }


def _sometimes(draw: random.Random, chance: float, values: list[int]) -> int:
    return draw.choice(values) if draw.random() < chance else 0


def _component(draw: random.Random) -> Component:
    origin = _place(draw, [["CN"], ["US"]], [0.25, 0.25, 0.5])
    code = draw.choices([draw.choice(P1), draw.choice(US_CTRL), "EAR99"], [0.25, 0.3, 0.45])[0]
    return {"value": int(10 ** draw.uniform(1.0, 6.0)), "origin": origin, "code": code}


def _on_threshold(components: list[Component], total: int, value: int, kind: int) -> int:
    """A value that puts the content on the threshold, a cent beyond it, or the given one."""
    chinese = sum(c["value"] for c in components if c["origin"] == "CN" and c["code"] in P1)
    american = sum(c["value"] for c in components if c["origin"] == "US" and c["code"] in US_CTRL)
    if kind < 2 and chinese and chinese * 1000 >= total:
        return chinese * 1000 + kind
    if kind >= 2 and american and american * 4 >= total:
        return american * 4
    return value
