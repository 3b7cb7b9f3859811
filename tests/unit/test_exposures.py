"""The ends of a band whose amount is itself open."""

from __future__ import annotations

import pytest

from longarm.cases import cases_of
from longarm.deciding import decide_case
from longarm.pipeline import compile_sources
from longarm_dsl.diagnostics import has_errors

LAW = """record Conduct
  turnover : money >= 0
record Transaction
  conduct : Conduct

instrument act "The act"
  regime   cn
  issued   2025-01-01
  verified 2025-06-01

rule fined "Fined"
  cite "1"
  then exposes fine 5 * conduct.turnover to 10 * conduct.turnover

case "a deed"
  on    2025-03-01
  given { conduct: { turnover: TURNOVER } }
"""


@pytest.mark.parametrize(
    ("turnover", "band"),
    [
        ("500000 CNY", ("2500000 CNY", "5000000 CNY")),
        ('"600000 CNY to 700000 CNY"', ("3000000 CNY", "7000000 CNY")),
        ('"at least 500000 CNY"', ("2500000 CNY", "unknown")),
        ('"at most 500000 CNY"', ("0 CNY", "5000000 CNY")),
        ("unknown", ("unknown", "unknown")),
    ],
)
def test_a_band_is_as_wide_as_its_amount_is_open(turnover: str, band: tuple[str, str]) -> None:
    compiled = compile_sources([("cn.act", LAW.replace("TURNOVER", turnover))])
    assert not has_errors(compiled.found), [d.message for d in compiled.found]
    (case,), found = cases_of(compiled)
    assert not found
    (decided,) = decide_case(compiled.program, case).decisions
    (exposure,) = decided.exposes
    assert (exposure.low, exposure.high) == band
