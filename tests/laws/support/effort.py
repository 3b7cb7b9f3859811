"""How many random examples the laws go through.

By default few, and the same each time, so that the whole folder takes about a minute.
`LONGARM_THOROUGH=20 pytest tests/laws` goes through twenty times as many, other ones on
each run: for a night, or after a change to the evaluator.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("LONGARM_THOROUGH", "0"))


def examples(number: int) -> settings:
    """Settings of one law: that many examples, or a multiple of it."""
    return settings(
        max_examples=number * FACTOR or number * 3 // 5,
        derandomize=FACTOR == 0,
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )
