"""A compiled program: the law that the files declare, by id, and the cases beside it.

Plain data, and nothing of the trees it was made from (`core.sources` holds those): what the
evaluator reads, what can be written down and read back (`core.portable`).
"""

from __future__ import annotations

from dataclasses import field
from datetime import date

from longarm_dsl.core import ast
from longarm_dsl.core.raw_facts import Raw
from longarm_dsl.core.time import Law
from longarm_dsl.core.types import EnumType
from longarm_dsl.core.workdays import Calendar
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span


@dataclass(frozen=True, slots=True)
class Review:
    """Whether somebody has read what a case expects: on which day, and who; or nobody yet."""

    day: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example of a file, with the facts as written."""

    title: str
    module: str
    on: str | None
    known: str | None
    closed: bool
    given: Raw | None
    expectations: tuple[ast.Expectation, ...]
    cite: str | None
    regimes: tuple[str, ...]
    span: Span = field(compare=False, repr=False)
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """The core tree of all loaded files; ids are unique and sorted where it matters.

    `packs` are the first parts of the names of the files that hold law, sorted; `digest` is
    the SHA-256 of the law's text (`core.digest`).
    """

    packs: tuple[str, ...]
    digest: str
    records: dict[str, ast.Record]
    enums: dict[str, EnumType]
    units: frozenset[str]
    instruments: dict[str, ast.Instrument]
    rules: dict[str, ast.Rule]
    entries: dict[str, ast.Entry]
    lets: dict[str, ast.Let]
    values: dict[str, ast.Value]
    readings: dict[str, ast.Reading]
    statuses: dict[str, ast.Status]
    tables: dict[str, ast.Table]
    aliases: tuple[ast.Alias, ...]
    calendars: dict[str, Calendar]
    amendments: dict[str, tuple[ast.Amendment, ...]]
    law: Law
    event_spans: dict[str, Span]
    event_notes: dict[str, str]

    @property
    def regimes(self) -> tuple[str, ...]:
        """The regimes that some instrument belongs to, sorted."""
        return tuple(sorted({i.regime for i in self.instruments.values()}))

    @property
    def verified(self) -> date | None:
        """The newest day on which anyone verified an instrument."""
        days = [i.verified for i in self.instruments.values() if i.verified is not None]
        return max(days, default=None)
