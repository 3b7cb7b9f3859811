"""Facts of a case: what is stated, what is said to be unknown, and what is malformed.

A fact that is absent has no node at all. Values are exact. Nothing here decides what
an absent fact means: that is the evaluator's, with `assume closed` and presumptions.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from longarm_dsl.core.ast import LiteralValue
from longarm_dsl.core.codes import Code
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """A stated value: yes/no, text, date, number (a point or a range), word, place, none."""

    value: LiteralValue


@dataclass(frozen=True, slots=True)
class Open:
    """Said to be open: `unknown`, or `not_known` (the actor asked and does not know)."""

    asked: bool


@dataclass(frozen=True, slots=True)
class Malformed:
    """A value that could not be read: an error, never closed away."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Codes:
    """Stated classification codes, complete per system unless `open`."""

    codes: tuple[Code, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list or set: complete, or `open` (it ended in `...`)."""

    items: tuple[Fact, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A record with its stated fields; `stray` are keys that the vocabulary does not know."""

    type: str
    fields: dict[str, Fact] = field(default_factory=dict["str", "Fact"])
    stray: tuple[str, ...] = ()


Fact: TypeAlias = "Scalar | Open | Malformed | Codes | Items | Record"


@dataclass(frozen=True, slots=True)
class Transaction:
    """The facts of a case, with what was wrong in them."""

    record: Record
    closed: bool = False
    problems: tuple[str, ...] = ()
