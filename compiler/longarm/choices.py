"""What a caller asks of the law beside the case: days, regimes, what counts, how it is read.

Names may be short where that is clear. What cannot be meant raises `ChoiceError`, whose
text is for the caller; the command line and stand-alone decisions say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from longarm.deciding import parse_day
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import did_you_mean
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.world import Options


class ChoiceError(ValueError):
    """The caller named what is not there, or wrote it in no readable form."""


def chosen_day(option: str, text: str | None) -> Day | None:
    """The day that an option names, perhaps with a clock time."""
    if text is None:
        return None
    day = parse_day(text)
    if day is None:
        raise ChoiceError(
            f"`{option}` is not a day of the calendar: {text!r}; write `2025-12-01`, "
            "for a time of day `2025-12-01T13:01+08:00`"
        )
    return day


def chosen_days(option: str, texts: Sequence[str]) -> tuple[Day, ...]:
    """The days that an option names; of several none has a clock time."""
    days = tuple(day for text in texts if (day := chosen_day(option, text)) is not None)
    if len(days) > 1 and any(day.minute is not None for day in days):
        raise ChoiceError(f"of several `{option}` none has a time of day")
    return days


def chosen_knowledge(option: str, text: str | None) -> date | None:
    """The day by which the law was published, which has no clock time."""
    day = chosen_day(option, text)
    if day is not None and day.minute is not None:
        raise ChoiceError(f"`{option}` is a day: what is published that day is seen whole")
    return None if day is None else day.day


def chosen_regimes(there: Sequence[str], text: str | None) -> tuple[str, ...]:
    """The regimes of a list such as `cn,us`; all that are there if none is asked for."""
    if text is None:
        return tuple(there)
    asked = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    for name in asked:
        if name not in there:
            raise ChoiceError(unknown("regime", name, there))
    if not asked:
        raise ChoiceError(f"`--regime` names no regime; there are {_listed(there)}")
    return asked


def chosen_options(
    program: Program,
    with_: Sequence[str],
    readings: Sequence[str],
    *,
    called: str = "--with name",
) -> Options:
    """What counts as law (`called` so where it is asked for), and readings as `NAME=VALUE`."""
    names = frozenset(_named(called, name, _may_count(program)) for name in with_)
    chosen: dict[str, str] = {}
    for text in readings:
        name, equals, value = text.partition("=")
        if not equals:
            raise ChoiceError(f"`--reading` is NAME=VALUE, not {text!r}")
        id_ = _named("reading", name.strip(), tuple(program.readings))
        values = program.readings[id_].enum.values
        if value.strip() not in values:
            raise ChoiceError(unknown(f"value of {id_}", value.strip(), values))
        if chosen.setdefault(id_, value.strip()) != value.strip():
            raise ChoiceError(f"`--reading {id_}` is given twice, with two values")
    return Options(names, tuple(sorted(chosen.items())))


def _may_count(program: Program) -> tuple[str, ...]:
    """What `--with` can count as law: proposals, and what is on the books but not applied."""
    proposed = [i.id for i in program.instruments.values() if i.proposed]
    idle = [e for e in program.law.events.values() if str(e.kind) == "unenforced"]
    names = [*proposed, *(e.id for e in idle), *(t for e in idle for t in e.targets)]
    return tuple(dict.fromkeys(names))


def _named(kind: str, name: str, known: Sequence[str]) -> str:
    """The full name of what is called by it, or by the last part of it if that is one alone."""
    if name in known:
        return name
    short = [full for full in known if full.endswith(f".{name}")]
    if len(short) == 1:
        return short[0]
    if short:
        raise ChoiceError(f"`{name}` may be {' or '.join(f'`{s}`' for s in short)}")
    raise ChoiceError(unknown(kind, name, known))


def unknown(kind: str, name: str, known: Sequence[str]) -> str:
    """What to say of a name that is not there."""
    shorts = [k.rsplit(".", 1)[-1] for k in known]
    hint = did_you_mean(name, known) or did_you_mean(name, shorts)
    there = f"there are {_listed(known)}" if known else "there is none"
    return f"no {kind} `{name}`; {hint or there}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
