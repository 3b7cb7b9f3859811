"""A condition over the facts of a case, read against a program that is compiled already.

    fact_condition("destination = CN and item.value >= 100 EUR", program)

For tools: law is read with its files. Names are as in a rule; declarations by their full ids.
"""

from __future__ import annotations

from longarm_dsl.core import ast
from longarm_dsl.core.expressions import Typer, Vocabulary
from longarm_dsl.core.linking import Context, Declared, Linker
from longarm_dsl.core.program import Program
from longarm_dsl.core.sources import Module
from longarm_dsl.diagnostics import Diagnostic, has_errors
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast as surface
from longarm_dsl.surface.parser import parse, parse_expression

_MODULE = "condition"


def fact_condition(
    text: str, program: Program, regime: str | None = None
) -> tuple[ast.Expr | None, tuple[Diagnostic, ...]]:
    """The condition, None with what is wrong if it cannot be read.

    With a regime its declarations need not be named in full.
    """
    node, found = parse_expression(Source(_MODULE, text))
    if node is None:
        return None, found
    problems: list[Diagnostic] = []
    typer = Typer(_vocabulary(program), _context(regime), problems)
    made = typer.flag(node, {})
    return (None if has_errors(problems) else made), tuple(problems)


def _context(regime: str | None) -> Context:
    source = Source(_MODULE, "")
    return Context(Module(_MODULE, source, parse(source)[0], lambda _: None), None, regime)


def _vocabulary(program: Program) -> Vocabulary:
    """What a program declares, as if its files had just been read."""
    linker = Linker()
    context = _context(None)
    kinds = (
        *((id_, "let") for id_ in program.lets),
        *((id_, value.kind) for id_, value in program.values.items()),
        *((id_, "status") for id_ in program.statuses),
        *((id_, "reading") for id_ in program.readings),
        *((id_, "table") for id_ in program.tables),
        *((id_, "rule") for id_ in program.rules),
    )
    nowhere = Span(context.module.source, 0, 0)
    for id_, kind in kinds:
        linker.by_id[id_] = Declared(id_, kind, surface.ErrorDecl(), context, nowhere)
    made = Vocabulary(linker, program.records, dict(program.enums), program.units)
    made.columns = {t.id: t.columns for t in program.tables.values()}
    made.readings = {r.id: r.enum for r in program.readings.values()}
    made.let_type = lambda id_: program.lets[id_].type
    made.let_subjects = lambda id_: program.lets[id_].subjects
    made.value_type = lambda id_: program.values[id_].type
    made.status_subjects = lambda id_: program.statuses[id_].subjects
    return made


__all__ = ["fact_condition"]
