"""What a program was compiled from: the files with their trees, and what they say beside law.

For the checker and for tools that show text. The evaluator needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from longarm_dsl.core.program import Case
from longarm_dsl.core.properties import Property
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source
from longarm_dsl.surface import ast as surface


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its dotted name, its tree, and how to read data files beside it."""

    name: str
    source: Source
    file: surface.File
    resource: Callable[[str], bytes | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a program, by name, with their cases and properties in that order."""

    modules: tuple[Module, ...]
    cases: tuple[Case, ...] = ()
    properties: tuple[Property, ...] = ()


def clauses_of(decl: surface.Decl) -> tuple[surface.Clause, ...]:
    """The clauses of a declaration that has some."""
    match decl:
        case (
            surface.RuleDecl(clauses=clauses)
            | surface.EntryDecl(clauses=clauses)
            | surface.ParamDecl(clauses=clauses)
            | surface.ReadingDecl(clauses=clauses)
            | surface.SetDecl(clauses=clauses)
            | surface.LetDecl(clauses=clauses)
            | surface.StatusDecl(clauses=clauses)
            | surface.TableDecl(clauses=clauses)
            | surface.EventDecl(clauses=clauses)
            | surface.AmendsDecl(clauses=clauses)
            | surface.Instrument(clauses=clauses)
        ):
            return clauses
        case _:
            return ()
