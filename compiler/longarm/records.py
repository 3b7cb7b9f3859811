"""Decisions on record, derived again: `recording` writes them.

Replaying never reads the clock: every day is that of the record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeGuard

from longarm.cases import CaseInput, read_cases
from longarm.deciding import TOOLKIT, decide_case, parse_day
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import MOST_LEVELS
from longarm_dsl.evaluate.decision import record
from longarm_dsl.evaluate.idle import FindIdle, idle_rules
from longarm_dsl.evaluate.world import Options
from longarm_dsl.lazy_dataclass import dataclass

MOST_BYTES = 50_000_000
"""A file of records is no longer than this."""

_MOST_LEVELS = MOST_LEVELS + 20
_SHOWN = 100
_KEYS = ("id", "rule", "question", "answer", "provision", "name", "flag", "penalty", "regime")
"""What tells the items of a list of records apart."""


# --- reading ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorded:
    """One case of a file of records."""

    title: str
    case: CaseInput
    readings: tuple[tuple[str, str], ...]
    decisions: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record, or a file of them, that cannot be derived again, and why."""

    title: str
    why: str


def read_records(data: bytes, program: Program) -> tuple[Recorded | Unreadable, ...]:
    """The cases of a file that `eval --format json` wrote; never empty."""
    if len(data) > MOST_BYTES:
        return (Unreadable("", f"a record has at most {MOST_BYTES:,} bytes"),)
    try:
        # Numbers stay as written: nothing is decided from a float.
        tree: object = json.loads(data, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as wrong:
        reason = "nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)
        return (Unreadable("", f"this is not JSON as `longarm eval` writes it: {shown(reason)}"),)
    if _too_deep(tree):
        return (Unreadable("", "this is nested too deeply for a record"),)
    if not _is_record(tree):
        return (Unreadable("", "a record is an object with `decisions`"),)
    cases = tree.get("cases", [tree])
    if not _is_list(cases) or not cases:
        return (Unreadable("", "`cases` is not a list of records"),)
    return tuple(_read(case, program) for case in cases)


def _too_deep(tree: object) -> bool:
    """Whether a tree is deeper than any record; on a stack of its own."""
    stack: list[tuple[object, int]] = [(tree, 1)]
    while stack:
        node, level = stack.pop()
        if level > _MOST_LEVELS:
            return True
        below = node.values() if _is_record(node) else node if _is_list(node) else ()
        stack.extend((value, level + 1) for value in below)
    return False


def _is_record(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _read(tree: object, program: Program) -> Recorded | Unreadable:
    if not _is_record(tree):
        return Unreadable("", "a record is an object with `decisions`")
    title = tree.get("case")
    name = shown(title) if isinstance(title, str) else ""
    decisions = tree.get("decisions")
    if not _is_list(decisions) or not decisions:
        return Unreadable(name, "there is no `decisions` in it")
    made: list[Mapping[str, object]] = []
    for number, decision in enumerate(decisions):
        why = "it is not an object" if not _is_record(decision) else _wrong(decision, program)
        if why or not _is_record(decision):
            return Unreadable(name, f"decisions[{number}]: {why}")
        made.append(decision)
    if tree.get("given") is None:
        return Unreadable(name, "it has no `given`: the facts are not on record")
    readings = tree.get("readings", {})
    if not _is_record(readings):
        return Unreadable(name, "`readings` is not an object of names and values")
    case = _case(tree, program)
    if case is None:
        return Unreadable(name, "its `given` cannot be read as the facts of a case")
    chosen = tuple(sorted((k, v) for k, v in readings.items() if isinstance(v, str)))
    return Recorded(name, case, chosen, tuple(made))


def _wrong(decision: Mapping[str, object], program: Program) -> str:
    """Why a decision cannot be derived again; empty if it can."""
    regime, on, known = decision.get("regime"), decision.get("on"), decision.get("known")
    if not isinstance(regime, str) or regime not in program.regimes:
        return f"no law is loaded for the regime {shown(regime)}"
    if not isinstance(on, str) or parse_day(on) is None:
        return f"`on` is not a day: {shown(on)}"
    if not isinstance(known, str) or parse_day(known) is None:
        return f"`known` is not a day: {shown(known)}"
    with_ = decision.get("with", [])
    if not _is_list(with_) or not all(isinstance(name, str) for name in with_):
        return "`with` is not a list of names"
    return ""


def _case(tree: Mapping[str, object], program: Program) -> CaseInput | None:
    """The case of a record, read as any JSON case is."""
    head = {key: tree[key] for key in ("assume", "given") if tree.get(key) is not None}
    cases, _ = read_cases(json.dumps(head).encode(), "<record>", program)
    return cases[0] if len(cases) == 1 else None


# --- replaying ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """One part of a record that is not what is derived now."""

    path: str
    recorded: str
    now: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision derived again: which law and toolkit moved, and what differs."""

    regime: str
    on: str
    known: str
    law: tuple[Moved, ...]
    toolkit: tuple[Moved, ...]
    decision: tuple[Moved, ...]

    @property
    def same(self) -> bool:
        """Whether nothing moved."""
        return not (self.law or self.toolkit or self.decision)


def replay(
    recorded: Recorded, program: Program, find_idle: FindIdle = idle_rules
) -> tuple[Replayed, ...]:
    """Derive every decision of a record again, on its days and with its choices."""
    return tuple(_replay(recorded, old, program, find_idle) for old in recorded.decisions)


def _replay(
    recorded: Recorded, old: Mapping[str, object], program: Program, find_idle: FindIdle
) -> Replayed:
    regime, on, known = str(old["regime"]), str(old["on"]), str(old["known"])
    day, seen = parse_day(on), parse_day(known)
    with_ = old.get("with")
    names = frozenset(str(name) for name in with_) if _is_list(with_) else frozenset[str]()
    decided = decide_case(
        program,
        recorded.case,
        on=day,
        # INVARIANT: `_wrong` has seen that both are days.
        known=seen.day if seen is not None else date.min,
        regimes=(regime,),
        options=Options(names, recorded.readings),
        find_idle=find_idle,
    )
    new = record(decided.decisions[0], TOOLKIT)
    aside = {"law", "toolkit"}
    return Replayed(
        regime,
        on,
        known,
        tuple(moved(old.get("law"), new["law"], "law")),
        tuple(moved(old.get("toolkit"), new["toolkit"], "toolkit")),
        tuple(
            found
            for key in dict.fromkeys((*new, *old))
            if key not in aside
            for found in moved(old.get(key, _ABSENT), new.get(key, _ABSENT), shown_key(key))
        ),
    )


class _Absent:
    """Stands where one of the two has nothing."""


_ABSENT = _Absent()


def moved(old: object, new: object, path: str) -> Iterator[Moved]:
    """The parts of two JSON values that differ, at the narrowest path."""
    if _is_record(old) and _is_record(new):
        for key in dict.fromkeys((*new, *old)):
            below = f"{path}.{shown_key(key)}"
            yield from moved(old.get(key, _ABSENT), new.get(key, _ABSENT), below)
    elif _is_list(old) and _is_list(new):
        yield from _moved_items(old, new, path)
    elif type(old) is not type(new) or old != new:
        yield Moved(path, _told(old), _told(new))


def _moved_items(old: Sequence[object], new: Sequence[object], path: str) -> Iterator[Moved]:
    before, after = _named(old), _named(new)
    for name in dict.fromkeys((*after, *before)):
        yield from moved(before.get(name, _ABSENT), after.get(name, _ABSENT), f"{path}[{name}]")
    if list(before) != list(after) and before.keys() == after.keys():
        yield Moved(path, "another order", ", ".join(after))


def _named(items: Sequence[object]) -> dict[str, object]:
    """The items of a list by what they are called; texts by themselves."""
    found: dict[str, object] = {}
    for item in items:
        name = _told(item)
        if _is_record(item):
            names = (item.get(key) for key in _KEYS)
            name = next((shown_key(n) for n in names if isinstance(n, str)), name)
        number = 1
        unique = name
        while unique in found:
            number += 1
            unique = f"{name} #{number}"
        found[unique] = item
    return found


def _told(value: object) -> str:
    """A value for people, on one line, in the words of the record."""
    if isinstance(value, _Absent):
        return "nothing"
    if isinstance(value, str):
        return shown(value)
    if _is_record(value):
        return "{" + shown(", ".join(f"{k}: {_told(v)}" for k, v in value.items())) + "}"
    if _is_list(value):
        return "[" + shown(", ".join(_told(v) for v in value)) + "]"
    return json.dumps(value)  # true, false, null: numbers were read as texts


def shown_key(text: str) -> str:
    """A key or name as part of a path."""
    return shown(text).strip("`")


def shown(value: object) -> str:
    """A text of somebody else's file, on one line and not too long."""
    text = value if isinstance(value, str) else "nothing" if value is None else _told(value)
    plain = "".join(c if c.isprintable() else "?" for c in text[: _SHOWN + 1])
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
