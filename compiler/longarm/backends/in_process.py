"""Emitted functions compiled in this process, with the lines and columns of the `.pol` text.

Tracebacks underline the law, debuggers break in `.pol` files, profilers and coverage
name rules: a code object says that it comes from the file of its rule.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from types import CodeType
from typing import cast

from longarm.backends.python import Emitted, Function, emit
from longarm.compiled.code import Code
from longarm.compiled.functions import Functions
from longarm.plan.ast import Site
from longarm.plan.from_core import plan
from longarm_dsl.core.program import Program
from longarm_dsl.source import NOWHERE, Span

_PROLOGUE = frozenset({"RESUME", "COPY_FREE_VARS", "MAKE_CELL", "RETURN_GENERATOR"})
"""What the interpreter does before the first line of a function: no debugger stops there."""
_ENDS = frozenset(
    {
        "JUMP_ABSOLUTE",
        "JUMP_BACKWARD",
        "JUMP_BACKWARD_NO_INTERRUPT",
        "JUMP_FORWARD",
        "RAISE_VARARGS",
        "RERAISE",
        "RETURN_CONST",
        "RETURN_VALUE",
    }
)
"""What is never followed by the instruction that stands behind it."""


def compiled_functions(program: Program) -> Functions:
    """The decision functions of a program, compiled when a regime is first asked for."""
    return Functions(program, lambda regime: regime_code(program, regime))


def regime_code(program: Program, regime: str) -> Code:
    """The code of one regime's rules."""
    made = plan(program, regime)
    return code(emit(program, made), made.sites)


def code(emitted: Emitted, sites: tuple[Site, ...]) -> Code:
    """Compile emitted functions; `sites` are those of the same plan."""
    return Code(
        {f.name: compile_function(f) for f in emitted.functions()},
        emitted.rule_codes,
        emitted.shared_names,
        emitted.statuses,
        sites,
        emitted.sites,
    )


def compile_function(function: Function) -> CodeType:
    """One function, every node at the text of the law that its line stands for."""
    tree = ast.parse(str(function))
    places = [_place(line.span) for line in function.lines]
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt | ast.arg | ast.keyword):
            # To return is to be done with the rule: every answer passes its head line.
            at = 1 if isinstance(node, ast.Return) else node.lineno
            place = places[min(at, len(places)) - 1]
            node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = place
    tree = _Apart().visit(tree)
    head = function.lines[0].span
    name = head.source.name if head is not NOWHERE else "<law>"
    module = compile(tree, name, "exec", dont_inherit=True)
    return next(c for c in module.co_consts if isinstance(c, CodeType))


class _Apart(ast.NodeTransformer):
    """Nests what `and` and `or` join, so that each part leaves its own line for the next.

    Where the answer is settled the interpreter jumps, and it is at the place of the whole that
    it does: `a and b and c` becomes `a and (b and c)`, each `and` at the end of its left side.
    """

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.BoolOp:
        """One `and` or `or` of several parts as nested ones of two."""
        parts = [cast("ast.expr", self.visit(part)) for part in node.values]
        made = parts[-1]
        for part in reversed(parts[:-1]):
            made = ast.copy_location(ast.BoolOp(node.op, [part, made]), _last(part))
        return cast("ast.BoolOp", made)


def _last(node: ast.expr) -> ast.expr:
    """What is evaluated last of a condition that does not settle earlier."""
    while isinstance(node, ast.BoolOp | ast.UnaryOp):
        node = node.values[-1] if isinstance(node, ast.BoolOp) else node.operand
    return node


def lines_of(made: CodeType) -> Iterator[int]:
    """Lines at which a debugger stops in a function, and coverage counts."""
    from dis import get_instructions  # noqa: PLC0415  for tools only

    for instruction in get_instructions(made):
        line = instruction.positions.lineno if instruction.positions is not None else None
        if line is not None and instruction.opname not in _PROLOGUE:
            yield line
    for constant in made.co_consts:
        if isinstance(constant, CodeType):
            yield from lines_of(constant)


def arcs_of(made: CodeType) -> Iterator[tuple[int, int]]:
    """Steps from line to line that a function may take, as coverage.py writes them.

    A function is entered from, and left to, the negative number of its first line.
    """
    from dis import get_instructions, hasjabs, hasjrel  # noqa: PLC0415  for tools only

    code = list(get_instructions(made))
    lines = [
        i.positions.lineno if i.positions is not None and i.opname not in _PROLOGUE else None
        for i in code
    ]
    at = {instruction.offset: n for n, instruction in enumerate(code)}
    jumps = frozenset((*hasjabs, *hasjrel))

    def after(number: int) -> Iterator[int]:
        instruction = code[number]
        if instruction.opcode in jumps and instruction.argval in at:
            yield at[instruction.argval]
        if instruction.opname not in _ENDS and number + 1 < len(code):
            yield number + 1

    def next_lines(numbers: Iterator[int]) -> Iterator[int]:
        """The first lines of what may follow; what has no line is stepped over."""
        seen: set[int] = set()
        stack = list(numbers)
        while stack:
            number = stack.pop()
            if number in seen:
                continue
            seen.add(number)
            line = lines[number]
            if line is None:
                stack.extend(after(number))
            else:
                yield line

    outside = -made.co_firstlineno
    yield from ((outside, line) for line in next_lines(iter((0,))))
    for number, line in enumerate(lines):
        if line is None:
            continue
        if code[number].opname.startswith("RETURN_"):
            yield line, outside
        yield from ((line, other) for other in next_lines(after(number)) if other != line)
    for constant in made.co_consts:
        if isinstance(constant, CodeType):
            # Whether a list has elements is no branch of the law.
            yield from (arc for arc in arcs_of(constant) if min(arc) > 0)


def _place(span: Span) -> tuple[int, int, int, int]:
    """Lines from 1 and columns in UTF-8 bytes, as Python counts them."""
    line, column = span.source.position(span.start)
    last, end = span.source.position(max(span.start, span.end))
    return line, _bytes(span, line, column), last, _bytes(span, last, end)


def _bytes(span: Span, line: int, column: int) -> int:
    # The text of law that was kept is not kept with it: then the file has it.
    source = span.source
    text = source.line(line) if source.text else linecache.getline(source.name, line)
    return len(text[: column - 1].encode("utf-8", "surrogatepass"))


__all__ = ["arcs_of", "code", "compile_function", "compiled_functions", "lines_of", "regime_code"]
