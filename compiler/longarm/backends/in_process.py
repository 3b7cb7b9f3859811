"""Emitted functions compiled in this process, with the lines and columns of the `.pol` text.

Tracebacks underline the law, debuggers break in `.pol` files, profilers and coverage
name rules: a code object says that it comes from the file of its rule.
"""

from __future__ import annotations

import ast
from types import CodeType

from longarm.backends.python import Emitted, Function, emit
from longarm.compiled.code import Code
from longarm.compiled.functions import Functions
from longarm.plan.from_core import plan
from longarm_dsl.core.program import Program
from longarm_dsl.source import NOWHERE, Span


def compiled_functions(program: Program) -> Functions:
    """The decision functions of a program, compiled when a regime is first asked for."""

    def code_of(regime: str) -> Code:
        made = plan(program, regime)
        return code(emit(program, made), made.sites)

    return Functions(program, code_of)


def code(emitted: Emitted, sites: tuple[object, ...]) -> Code:
    """Compile emitted functions."""
    return Code(
        {f.name: compile_function(f) for f in emitted.functions()},
        {(w.rule, w.changes): (w.gate, w.member, w.family) for w in emitted.rules},
        {key: name for key, name, _ in emitted.shared},
        sites,  # type: ignore[arg-type]  the sites of the same plan
        emitted.sites,
    )


def compile_function(function: Function) -> CodeType:
    """One function, every node at the text of the law that its line stands for."""
    tree = ast.parse(str(function))
    spans = [line.span for line in function.lines]
    places = {n: _place(span) for n, span in enumerate(spans, 1)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", None)
        if line is None:
            continue
        first, column, last, end = places[min(line, len(spans))]
        node.lineno, node.col_offset = first, column  # type: ignore[attr-defined]  nodes with a line
        node.end_lineno, node.end_col_offset = last, end  # type: ignore[attr-defined]  as above
    head = spans[0]
    name = head.source.name if head is not NOWHERE else "<law>"
    module = compile(tree, name, "exec", dont_inherit=True)
    return next(c for c in module.co_consts if isinstance(c, CodeType))


def _place(span: Span) -> tuple[int, int, int, int]:
    """Lines from 1 and columns in UTF-8 bytes, as Python counts them."""
    line, column = span.source.position(span.start)
    last, end = span.source.position(max(span.start, span.end))
    return line, _bytes(span, line, column), last, _bytes(span, last, end)


def _bytes(span: Span, line: int, column: int) -> int:
    return len(span.source.line(line)[: column - 1].encode("utf-8", "surrogatepass"))


__all__ = ["code", "compile_function", "compiled_functions"]
