"""Mutants that somebody has explained: why no case can notice them, or none should.

    explanations, mistakes = read_explanations(data, "survivors.csv")
    explanations.of(mutant)      the reason, or None
    explanations.stale(alive, killed)    those that are of no mutant, or of one that is killed

The table has the columns `in`, `before`, `after` and `why`, in any order; others are passed over.
The first three are as `longarm mutate --format json` writes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from longarm.mutants import Mutant
from longarm.sheets import Sheet, sheets_of
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.lazy_dataclass import dataclass

COLUMNS = ("in", "before", "after", "why")


class Change(NamedTuple):
    """A change of the law: of what, and what stands instead of what."""

    home: str
    before: str
    after: str


def change_of(mutant: Mutant) -> Change:
    """What a mutant is told apart by in a table."""
    return Change(mutant.home, _squeezed(mutant.before), _squeezed(mutant.after))


@dataclass(frozen=True, slots=True)
class Explanations:
    """Reasons, each of a change."""

    reasons: dict[Change, str]

    def of(self, mutant: Mutant) -> str | None:
        """Why a mutant may live; None: nobody has said."""
        return self.reasons.get(change_of(mutant))

    def stale(self, alive: Iterable[Mutant], killed: Iterable[Mutant]) -> tuple[Change, ...]:
        """Explained changes of what was mutated that do not live, in the order of the table."""
        living, gone = {change_of(m) for m in alive}, {change_of(m) for m in killed}
        homes = {change.home for change in living | gone}
        return tuple(c for c in self.reasons if c.home in homes and c not in living)

    def of_nothing(self, program: Program) -> tuple[str, ...]:
        """What is said to change and no law declares, in the order of the table."""
        declared = (
            program.rules.keys()
            | program.lets.keys()
            | program.values.keys()
            | program.entries.keys()
            | program.instruments.keys()
            | program.law.events.keys()
        )
        homes = dict.fromkeys(c.home for c in self.reasons)
        return tuple(home for home in homes if home not in declared)


NOTHING_EXPLAINED = Explanations({})


def read_explanations(data: bytes, name: str) -> tuple[Explanations, tuple[str, ...]]:
    """The explanations of a CSV file or workbook, and what is wrong with it."""
    sheets, problems = sheets_of(data, name)
    reasons: dict[Change, str] = {}
    mistakes = [f"{_place(problem)}{problem.message}" for problem in problems]
    for sheet in sheets:
        mistakes += _read(sheet, reasons)
    return Explanations(reasons), tuple(mistakes)


def _read(sheet: Sheet, reasons: dict[Change, str]) -> list[str]:
    """Enter the rows of a sheet."""
    heads = [cell.text.strip() for cell in sheet.rows[0]] if sheet.rows else []
    missing = [f"`{name}`" for name in COLUMNS if name not in heads]
    if missing:
        return [f"the first row does not name {', '.join(missing)}"]
    places = [heads.index(name) for name in COLUMNS]
    mistakes: list[str] = []
    for number, row in enumerate(sheet.rows[1:], 2):
        texts = [row[place].text.strip() if place < len(row) else "" for place in places]
        if not any(texts):
            continue
        home, before, after, why = texts
        change = Change(home, _squeezed(before), _squeezed(after))
        if not home or not before or not why:
            mistakes.append(f"row {number} lacks `in`, `before` or `why`")
        elif change in reasons:
            mistakes.append(f"row {number} explains a change of `{home}` again")
        else:
            reasons[change] = why
    return mistakes


def _place(problem: Diagnostic) -> str:
    """The line that a finding is of, if it is of one."""
    span = problem.primary.span
    if not span.source.text:
        return ""
    line, _ = span.source.position(span.start)
    return f"line {line}: "


def _squeezed(text: str) -> str:
    return " ".join(text.split())


__all__ = ["NOTHING_EXPLAINED", "Change", "Explanations", "change_of", "read_explanations"]
