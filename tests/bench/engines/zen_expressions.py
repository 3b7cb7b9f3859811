"""zen-engine with the whole policy in one node of expressions."""

from __future__ import annotations

from typing import TypedDict, cast

from bench.reference.oracle import Answer

from . import Engine
from .zen_common import expression_node, expressions, levels_and_fired, loaded


class _Outcome(TypedDict):
    outcome: float
    fired: list[str]


class _Result(TypedDict):
    result: _Outcome


def _read(made: object) -> Answer:
    result = cast("_Result", made)["result"]
    return int(result["outcome"]), result["fired"]


def engine() -> Engine:
    """Raises ImportError without the package."""
    decide = loaded(expression_node([*expressions(), *levels_and_fired()]))
    return Engine("zen-engine, expressions", decide, _read, 10_000)
