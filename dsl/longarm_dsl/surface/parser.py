"""Text to surface tree.

`parse` never raises for what a text holds: it returns the tree with error nodes and the
diagnostics. A text without mistakes is read in one go, one with mistakes by `recovery`.
"""

from __future__ import annotations

from bisect import bisect_right

from longarm_dsl.diagnostics import Diagnostic, error, in_order
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast
from longarm_dsl.surface.build import build_decl
from longarm_dsl.surface.reader import Trouble, read
from longarm_dsl.surface.recovery import recover
from longarm_dsl.surface.scan import mask, scan, scan_comments, scan_docs
from longarm_dsl.surface.tree import Branch, Tree

MAX_CHARACTERS = 4_000_000
MAX_DEPTH = 120


def parse(source: Source) -> tuple[ast.File, tuple[Diagnostic, ...]]:
    """Read one file: its tree, and everything that is wrong with its form."""
    text = source.text
    whole = Span(source, 0, len(text))
    if len(text) > MAX_CHARACTERS:
        too_large = error(
            "file-too-large",
            f"the file has {len(text)} characters, more than the {MAX_CHARACTERS} that are read",
            Span(source, 0, min(1, len(text))),
            help="split it: one file is one legal instrument",
        )
        return ast.File((), (), span=whole), (too_large,)
    found = scan(source)
    comments = scan_comments(source)
    first: Trouble | None = None
    if not found:
        outcome = read(text)
        if isinstance(outcome, Branch):
            decls, problems = _build(source, outcome, 0)
            return ast.File(decls, comments, span=whole), in_order(problems)
        first = outcome
    result = recover(
        source, mask(source), found, first, lambda branch, offset: _build(source, branch, offset)
    )
    file = ast.File(tuple(result.decls), comments, damaged=frozenset(result.damaged), span=whole)
    return file, in_order((*found, *result.found))


def parse_expression(source: Source) -> tuple[ast.Expr | None, tuple[Diagnostic, ...]]:
    """Read a single expression: used for values in case files."""
    prefix = "param x : text = "
    file, found = parse(Source(source.name, prefix + source.text))
    if found or len(file.decls) != 1 or not isinstance(file.decls[0], ast.ParamDecl):
        return None, found
    return file.decls[0].value, ()


def _depth(root: Branch) -> int:
    deepest = 0
    stack: list[tuple[Tree, int]] = [(root, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        if isinstance(node, Branch):
            # The operands of `and` and `or` are a list, however the grammar nests them.
            deeper = level if node.kind in {"and_pre", "or_pre"} else level + 1
            stack.extend((child, deeper) for child in node.children)
    return deepest


def _build(
    source: Source, root: Branch, offset: int
) -> tuple[tuple[ast.Decl, ...], list[Diagnostic]]:
    decls: list[ast.Decl] = []
    found: list[Diagnostic] = []
    docs = scan_docs(source)
    ends = [doc.end for doc, _ in docs]
    previous_end = offset
    for child in root.children:
        if not isinstance(child, Branch):
            continue
        span = Span(source, child.start + offset, child.end + offset)
        if _depth(child) > MAX_DEPTH:
            found.append(_too_deep(span))
            decls.append(ast.ErrorDecl(span=span))
        else:
            index = bisect_right(ends, span.start) - 1
            doc = docs[index][1] if index >= 0 and docs[index][0].start >= previous_end else None
            decl, problems = build_decl(child, source, offset, doc)
            decls.append(decl)
            found.extend(problems)
        previous_end = span.end
    return tuple(decls), found


def _too_deep(span: Span) -> Diagnostic:
    narrow = Span(span.source, span.start, min(span.end, span.start + 1))
    return error(
        "nested-too-deeply",
        f"the declaration nests deeper than {MAX_DEPTH} levels",
        narrow,
        help="name a part of it with `let`",
    )
