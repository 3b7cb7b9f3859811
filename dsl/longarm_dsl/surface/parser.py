"""Text to surface tree. The only module that knows lark.

`parse` never raises for what a file holds: it returns the tree with error nodes and
the diagnostics. A file without mistakes is parsed in one go. A file with mistakes is
read declaration by declaration, and inside one clause by clause, so that each mistake
is reported once and everything else is still read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lark import Lark
from lark import Token as LarkToken
from lark import Tree as LarkTree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from longarm_dsl.diagnostics import Diagnostic, Label, did_you_mean, error, in_order
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast
from longarm_dsl.surface.build import build_decl
from longarm_dsl.surface.scan import scan, scan_comments, scan_docs
from longarm_dsl.surface.tree import Branch, Tree, Word

MAX_ERRORS = 100
MAX_CHARACTERS = 4_000_000
MAX_DEPTH = 200

DECL_WORDS = (
    "instrument use record enum unit alias workdays table list adds removes codes countries "
    "entry param reading let status rule suspends resumes stops repeals extends unenforced "
    "uncertain amends property case"
).split()
CLAUSE_WORDS = (
    "zh regime authority issued effective under binds source verified provisions covers zone "
    "calendar state note cite basis for when then mirrors open prefers noted because as "
    "on known assume given expect"
).split()

_DECL_START = re.compile(
    r"^[ \t]*(" + "|".join(DECL_WORDS) + r")\b(?![ \t]*[:.,)\]}])", re.MULTILINE
)
_CLAUSE_START = re.compile(
    r"^[ \t]*(" + "|".join(DECL_WORDS + CLAUSE_WORDS) + r")\b(?![ \t]*[:.,)\]}])", re.MULTILINE
)


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
    found = list(scan(source))
    comments = scan_comments(source)
    if any(d.name in {"unclosed-string", "nested-too-deeply"} for d in found):
        chunks = tuple(_chunks(text))
    else:
        outcome = _parse_text(text)
        if isinstance(outcome, Branch):
            decls, problems = _build(source, outcome, 0)
            return ast.File(decls, comments, span=whole), in_order((*found, *problems))
        chunks = tuple(_chunks(text))
    decls_list: list[ast.Decl] = []
    lines_with_findings = {source.position(d.primary.span.start)[0] for d in found}
    for start, end in chunks:
        decls, problems = _parse_chunk(source, start, end, lines_with_findings)
        decls_list.extend(decls)
        found.extend(problems)
        if len(found) >= MAX_ERRORS:
            break
    return ast.File(tuple(decls_list), comments, span=whole), in_order(found)


def parse_expression(source: Source) -> tuple[ast.Expr | None, tuple[Diagnostic, ...]]:
    """Read a single expression: used for values in case files."""
    prefix = "param x : text = "
    file, found = parse(Source(source.name, prefix + source.text))
    if found or len(file.decls) != 1 or not isinstance(file.decls[0], ast.ParamDecl):
        return None, found
    return file.decls[0].value, ()


def tokens(source: Source) -> tuple[Word, ...]:
    """Every token of a text that has no syntax errors, comments and documentation left out."""
    reading = _lark().parse_interactive(source.text)
    return tuple(
        Word(str(t.type), str(t), t.start_pos or 0, (t.start_pos or 0) + len(t))
        for t in reading.iter_parse()
    )


@cache
def _lark() -> Lark:
    # lark's released classes are not generic, its stubs are: one ignore here and none elsewhere.
    return Lark.open_from_package(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        "longarm_dsl",
        "grammar/longarm.lark",
        parser="lalr",
        propagate_positions=True,
        maybe_placeholders=False,
    )


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A syntax error: where, what stood there, what could have."""

    start: int
    end: int
    token: str
    expected: frozenset[str]
    at_end: bool


def _parse_text(text: str) -> Branch | _Trouble:
    try:
        tree = _lark().parse(text)
    except UnexpectedInput as problem:
        return _trouble(problem, text)
    return _neutral(tree)


def _trouble(problem: UnexpectedInput, text: str) -> _Trouble:
    match problem:
        case UnexpectedToken():
            token = problem.token
            expected = frozenset(problem.accepts or problem.expected or ())
            if token.type == "$END":
                end = len(text.rstrip())
                return _Trouble(max(0, end - 1), end, "", expected, at_end=True)
            start = token.start_pos or 0
            return _Trouble(start, start + len(token), str(token), expected, at_end=False)
        case UnexpectedCharacters():
            start = problem.pos_in_stream or 0
            word = re.match(r"[A-Za-z_][A-Za-z0-9_]*|.", text[start : start + 80], re.DOTALL)
            token_text = word.group(0) if word else ""
            return _Trouble(
                start,
                start + max(1, len(token_text)),
                token_text,
                frozenset(problem.allowed or ()),
                at_end=False,
            )
        case UnexpectedEOF():
            end = len(text.rstrip())
            return _Trouble(max(0, end - 1), end, "", frozenset(problem.expected), at_end=True)
        case _:
            return _Trouble(0, 1, text[:1], frozenset(), at_end=False)


def _neutral(root: LarkTree[LarkToken]) -> Branch:
    """Rebuild lark's tree in our types, without recursion: depth is the author's choice."""
    done: dict[int, Tree] = {}
    stack: list[tuple[LarkTree[LarkToken], bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if not ready:
            stack.append((node, True))
            stack.extend((child, False) for child in node.children if isinstance(child, LarkTree))
            continue
        children: list[Tree] = []
        for child in node.children:
            if isinstance(child, LarkTree):
                children.append(done.pop(id(child)))
            else:
                start = child.start_pos or 0
                children.append(Word(child.type, str(child), start, start + len(child)))
        meta = node.meta
        start = 0 if meta.empty else meta.start_pos
        end = 0 if meta.empty else meta.end_pos
        done[id(node)] = Branch(str(node.data), tuple(children), start, end)
    result = done[id(root)]
    assert isinstance(result, Branch)  # noqa: S101  INVARIANT: the root is a tree
    return result


def _depth(root: Branch) -> int:
    deepest = 0
    stack: list[tuple[Tree, int]] = [(root, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        if isinstance(node, Branch):
            stack.extend((child, level + 1) for child in node.children)
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


# ── recovery ─────────────────────────────────────────────────────────────────


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """The text cut before every line that starts like a declaration."""
    starts = [m.start() for m in _DECL_START.finditer(text)]
    if not starts or text[: starts[0]].strip():
        starts.insert(0, 0)
    starts[0] = 0
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


def _parse_chunk(
    source: Source, start: int, end: int, reported: set[int]
) -> tuple[tuple[ast.Decl, ...], list[Diagnostic]]:
    """Parse one declaration; at a mistake blank the clause that holds it and go on."""
    text = source.text[start:end]
    found: list[Diagnostic] = []
    for _ in range(20):
        outcome = _parse_text(text) if text.strip() else Branch("start", (), 0, 0)
        if isinstance(outcome, Branch):
            decls, problems = _build(source, outcome, start)
            if not decls and found:
                decls = (ast.ErrorDecl(span=Span(source, start, end)),)
            return decls, found + problems
        line = source.position(start + outcome.start)[0]
        if line not in reported:
            found.append(_syntax_error(source, outcome, start))
            reported.add(line)
        blanked = _blank(text, outcome)
        if blanked == text:
            break
        text = blanked
    return (ast.ErrorDecl(span=Span(source, start, end)),), found


def _blank(text: str, trouble: _Trouble) -> str:
    """Replace the clause around the trouble by spaces, keeping every offset."""
    clause_starts = [m.start() for m in _CLAUSE_START.finditer(text)]
    before = [s for s in clause_starts if s <= trouble.start]
    begin = before[-1] if before else 0
    if trouble.at_end or not text[begin:].strip():
        # The last thing is unfinished: drop it, whatever it is.
        begin = before[-1] if before else 0
    # The first clause is the declaration's head: without it nothing can be read.
    if len(before) <= 1:
        begin = 0
        end = len(text)
    else:
        after = [s for s in clause_starts if s > max(trouble.start, begin)]
        end = after[0] if after else len(text)
    piece = re.sub(r"[^\n]", " ", text[begin:end])
    return text[:begin] + piece + text[end:]


_WORDS = {
    "NAME": "a name",
    "STRING": "a text in quotes",
    "DATE": "a date such as `2025-12-01`",
    "NUMBER": "a number",
    "FIELD_NAME": "a field name with `:`",
    "EQUALS": "`=`",
    "UNIT": "a unit",
}
_EXPRESSION = {"NAME", "STRING", "NUMBER", "LPAR", "NOT"}


def _syntax_error(source: Source, trouble: _Trouble, offset: int) -> Diagnostic:
    span = Span(source, trouble.start + offset, trouble.end + offset)
    expected = trouble.expected
    keywords = sorted(word for word in (*DECL_WORDS, *CLAUSE_WORDS) if word.upper() in expected)
    if trouble.at_end:
        message = "the text ends in the middle of a declaration"
    elif trouble.token.isascii() or len(trouble.token) != 1:
        message = f"`{_short(trouble.token)}` cannot stand here"
    else:
        message = f"the character `{trouble.token}` cannot stand here"
    hint: str | None = None
    if re.fullmatch(r"[A-Za-z_]\w*", trouble.token):
        hint = did_you_mean(trouble.token, keywords)
    hint = hint or _expected_hint(expected, trouble.token)
    labels: tuple[Label, ...] = ()
    return error("syntax-error", message, span, secondary=labels, help=hint)


def _short(token: str) -> str:
    line = token.split("\n", 1)[0]
    return line if len(line) <= 40 else line[:39] + "…"  # noqa: PLR2004  fits a message line


def _expected_hint(expected: frozenset[str], token: str) -> str | None:
    if token == "==":
        return "one `=` compares"
    if expected >= _EXPRESSION:
        return "an expression is expected here"
    words = [text for kind, text in _WORDS.items() if kind in expected]
    words += sorted(
        f"`{k.lower()}`"
        for k in expected
        if k.lower() in {*CLAUSE_WORDS, "has", "in", "from", "to"}
    )
    if not words:
        return None
    return "expected " + " or ".join(words[:4])
