"""Checks of a compiled program (language.md, section 8).

What names and types cannot show: one module for each family of mistakes. An error is said
only where the meaning is broken, a warning only where it is certain.
"""

from __future__ import annotations

from datetime import date

from longarm_dsl.core.check import dates
from longarm_dsl.core.check.arithmetic import arithmetic
from longarm_dsl.core.check.carried import carried_clauses
from longarm_dsl.core.check.citations import citations
from longarm_dsl.core.check.conditions import conditions
from longarm_dsl.core.check.defeats import all_over_empty, cyclic_defeats, negated_statuses
from longarm_dsl.core.check.definitions import definitions
from longarm_dsl.core.check.graph import Graph
from longarm_dsl.core.check.names import confusable_names, unestablished, unused
from longarm_dsl.core.check.presumptions import presumptions
from longarm_dsl.core.check.ranges import Ranges
from longarm_dsl.core.check.roots import roots
from longarm_dsl.core.check.rows import overlapping_rows
from longarm_dsl.core.check.walk import Walk
from longarm_dsl.core.program import Program
from longarm_dsl.core.sources import Sources
from longarm_dsl.diagnostics import Diagnostic, in_order

STALE_AFTER = 30
"""Days after which `check_stale` asks that an instrument be verified again."""


def check(program: Program, sources: Sources) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a program beyond names and types, by place."""
    unreadable = definitions(program)
    if unreadable:
        return in_order(unreadable)
    ranges = Ranges(program)
    graph = Graph(program, Walk(program, ranges))
    every = tuple(roots(program))
    return in_order(
        (
            *arithmetic(ranges, every),
            *carried_clauses(program),
            *conditions(program, every),
            *cyclic_defeats(graph),
            *negated_statuses(graph),
            *all_over_empty(program),
            *presumptions(graph),
            *overlapping_rows(program),
            *dates.never_in_force(program),
            *dates.idle_events(program),
            *dates.unreviewed_ends(program, sources),
            *citations(program, sources),
            *confusable_names(sources),
            *unused(graph, every, sources),
            *unestablished(graph),
        )
    )


def check_stale(
    program: Program, sources: Sources, today: date, days: int = STALE_AFTER
) -> tuple[Diagnostic, ...]:
    """What has aged by `today`: instruments to verify again, and dates that came unreviewed."""
    return in_order(dates.stale(program, sources, today, days))
