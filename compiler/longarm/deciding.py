"""From a case and a compiled program to decisions: which day, which regimes, whose choices.

`eval` falls back on today; `check` and `test` never read the clock (language.md section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from longarm.about import __version__
from longarm.case_input import CaseInput
from longarm_dsl.core import ast, facts
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.decide import Day, decide
from longarm_dsl.evaluate.decision import Decision, Json, record
from longarm_dsl.evaluate.idle import FindIdle, idle_rules
from longarm_dsl.evaluate.world import Options
from longarm_dsl.lazy_dataclass import dataclass

TOOLKIT = f"longarm {__version__}"


@dataclass(frozen=True, slots=True)
class Decided:
    """One case with what each regime says of it."""

    case: CaseInput
    decisions: tuple[Decision, ...]

    def record(self) -> dict[str, Json]:
        """The JSON record of the case."""
        return {
            "case": self.case.title,
            "decisions": [record(d, TOOLKIT) for d in self.decisions],
        }


def parse_day(text: str) -> Day | None:
    """A day such as `2025-12-02`, or with a clock time; None if it is neither."""
    day, separator, clock = text.strip().partition("T")
    if not text.isascii() or (separator and not clock):
        return None
    try:
        civil = date.fromisoformat(day)
    except ValueError:
        return None
    if day != civil.isoformat():  # no compact form, no weeks
        return None
    if not clock:
        return Day(civil)
    offset: int | None = None
    if clock.endswith("Z"):
        clock, offset = clock[:-1], 0
    elif len(clock) == 11 and clock[5] in "+-":  # noqa: PLR2004  13:01+08:00
        sign = -1 if clock[5] == "-" else 1
        rest = clock[6:]
        if not (rest[:2].isdigit() and rest[2] == ":" and rest[3:].isdigit()):
            return None
        offset = sign * (int(rest[:2]) * 60 + int(rest[3:]))
        clock = clock[:5]
    if len(clock) != 5 or clock[2] != ":" or not (clock[:2] + clock[3:]).isdigit():  # noqa: PLR2004  hh:mm
        return None
    hour, minute = int(clock[:2]), int(clock[3:])
    if hour > 23 or minute > 59 or (offset is not None and abs(offset) >= 24 * 60):  # noqa: PLR2004  a clock
        return None
    return Day(civil, hour * 60 + minute, offset)


def stated_day(transaction: facts.Transaction) -> Day | None:
    """The `date` of a case, with its `time` if it states one."""
    day = transaction.record.fields.get("date")
    value = day.value if isinstance(day, facts.Scalar) else None
    if not isinstance(value, date):
        return None
    clock = transaction.record.fields.get("time")
    text = clock.value if isinstance(clock, facts.Scalar) else None
    return parse_day(f"{value}T{text}") if isinstance(text, str) else Day(value)


def days_expected(
    program: Program, case: CaseInput, expectation: ast.Expectation
) -> tuple[Day, date]:
    """The day and the day of knowledge of an expectation: its own, else those of its case."""
    on = parse_day(expectation.on) if expectation.on else None
    known = _civil(expectation.known) if expectation.known else None
    return days_of(program, case, on=on, known=known)


def days_of(
    program: Program,
    case: CaseInput,
    *,
    on: Day | None = None,
    known: date | None = None,
    today: date | None = None,
) -> tuple[Day, date]:
    """The day of a case and the day of knowledge, as `decide_case` chooses them."""
    newest = max((i.issued for i in program.instruments.values()), default=date.min)
    fallback = today or program.verified or newest
    day = on or (parse_day(case.on) if case.on else None) or stated_day(case.transaction)
    seen = known or (_civil(case.known) if case.known else None) or fallback
    return day or Day(fallback), seen


def decide_case(
    program: Program,
    case: CaseInput,
    *,
    on: Day | None = None,
    known: date | None = None,
    today: date | None = None,
    regimes: Sequence[str] = (),
    options: Options | None = None,
    closed: bool = False,
    assumptions: bool = True,
    find_idle: FindIdle = idle_rules,
) -> Decided:
    """What each regime says of a case.

    `on`: the argument, else the case's `on`, else its `date`, else `today`. `known`: the
    argument, else the case's `known`, else `today`; without `today` (tests) the newest
    day on which the loaded law was verified, or issued if nobody has verified it.
    `assumptions` and `find_idle`: see `evaluate.decide.decide`.
    """
    day, seen = days_of(program, case, on=on, known=known, today=today)
    transaction = closed_facts(case.transaction) if closed else case.transaction
    chosen = tuple(regimes) or program.regimes
    return Decided(
        case,
        tuple(
            decide(
                program,
                transaction,
                regime,
                day,
                seen,
                options,
                assumptions=assumptions,
                find_idle=find_idle,
            )
            for regime in chosen
        ),
    )


def closed_facts(transaction: facts.Transaction) -> facts.Transaction:
    """The same facts, what is absent read as no, none and empty."""
    return transaction if transaction.closed else replace(transaction, closed=True)


def _civil(text: str) -> date | None:
    day = parse_day(text)
    return day.day if day is not None else None
