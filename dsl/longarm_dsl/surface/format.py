"""The one layout of a pol text.

Promises: the words of the text come out in their order and nothing is added but breaks
and spaces (a comma before a closing bracket goes), so that meaning cannot change;
comments and documentation keep their place; a second run changes nothing. The layout
depends on the words alone, not on how the author broke the lines, except that
declarations of one line may stand without a blank line between them, and fields of a
record may be grouped by blank lines.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import field, fields, is_dataclass, replace
from typing import TypeAlias, cast

from longarm_dsl.diagnostics import Diagnostic, has_errors
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source
from longarm_dsl.surface import ast
from longarm_dsl.surface.keywords import CLAUSES
from longarm_dsl.surface.layout import (
    EMPTY,
    HARD,
    SPACE,
    Align,
    Chars,
    Doc,
    Group,
    Line,
    Nest,
    Suffix,
    cat,
    cells,
    fill,
    render,
)
from longarm_dsl.surface.parser import parse
from longarm_dsl.surface.words import Lead, Word, words_of

_Spread: TypeAlias = ast.Expr | ast.Filtered | ast.Comprehension | ast.Named | ast.Rated
_SPREAD = (
    *(ast.Name, ast.Attr, ast.StringLit, ast.NumberLit, ast.DateLit, ast.CodesLit, ast.Special),
    *(ast.SetLit, ast.ListLit, ast.RecordLit, ast.Paren, ast.Call, ast.With, ast.OrElse),
    *(ast.Negative, ast.Arith, ast.Chain, ast.In, ast.OfIn, ast.IsNotKnown, ast.Quant),
    *(ast.NotE, ast.AndE, ast.OrE, ast.Filtered, ast.Comprehension, ast.Named, ast.Rated),
)

# The column at which the values of a declaration's clauses stand; where none is given,
# one space after the longest keyword. Fixed, so that a new clause never moves the others.
_COLUMNS = {"INSTRUMENT": 13, "RULE": 12, "AMENDS": 12, "ENTRY": 12, "READING": 11, "CASE": 10}

_KINDS = {"for": "FOR_EACH"}


def _cuts(kind: str) -> frozenset[str]:
    """The terminals that begin a clause of a declaration."""
    match kind:
        case "RECORD":
            return frozenset({"FIELD_NAME"})
        case "EVENT":
            return frozenset(word.upper() for word in CLAUSES["suspends"])
        case _:
            return frozenset(_KINDS.get(w, w.upper()) for w in CLAUSES.get(kind.lower(), ()))


# Words before which a long clause may break, besides after a comma.
_BREAKS = frozenset(
    (
        "where",
        "except",
        "upon",
        "if",
        "not",
        "enables",
        "by",
        "partly",
        "of",
        "grade",
        "from",
        "with",
    )
)
_TIGHT_HEADS = frozenset({"LET", "STATUS"})
_FIELD_LIMIT = 24
_TYPE_LIMIT = 16


def format_source(source: Source) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The formatted text, and what is wrong with the form of the text.

    None where there is an error: a text that cannot be read is not touched.
    """
    file, found = parse(source)
    if has_errors(found):
        return None, found
    text = format_file(file)
    again, _ = parse(Source(source.name, text))
    if again != file:
        # INVARIANT: words come out as they went in. Rather stop than change the law.
        msg = f"formatting {source.name} would change its meaning"
        raise AssertionError(msg)
    return text, found


def format_file(file: ast.File) -> str:
    """The formatted text of a tree that was parsed without errors."""
    writer = _Writer(file.span.source)
    pieces: list[_Piece] = [writer.declaration(decl) for decl in file.decls]
    pieces.append(writer.rest())
    return _join(pieces)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A declaration as printed: the lines before it, its text, its own last comments."""

    before: tuple[tuple[str, bool, bool], ...]  # line(s); blank line before; documentation
    text: str
    blank: bool  # whether the author left a blank line before the text
    after: tuple[str, ...] = ()


def _join(pieces: list[_Piece]) -> str:
    out: list[str] = []
    one_line = True
    for piece in pieces:
        single = not any(doc for _, _, doc in piece.before) and "\n" not in piece.text
        tight = one_line and single and piece.text != ""
        first = True
        for text, blank, _ in piece.before:
            if out and (blank or (first and not tight and piece.text != "")):
                out.append("")
            out.append(text)
            first = False
        if piece.text:
            if out and (piece.blank or (first and not tight)):
                out.append("")
            out.append(piece.text)
        out.extend(piece.after)
        one_line = "\n" not in piece.text and not piece.after
    return "\n".join(out) + "\n" if out else ""


@dataclass(slots=True)
class _Writer:
    """Turns tokens into documents; the tree says where lines may break."""

    source: Source
    words: list[Word] = field(init=False)
    tail: tuple[Lead, ...] = field(init=False)
    starts: list[int] = field(init=False)
    at: int = 0
    last_end: int = 0
    pending: list[str] = field(default_factory=list[str])
    spread: dict[int, _Spread] = field(default_factory=dict[int, _Spread])

    def __post_init__(self) -> None:
        self.words, self.tail = words_of(self.source)
        self.starts = [word.start for word in self.words]

    # ── pieces of a file ─────────────────────────────────────────────────────

    def declaration(self, decl: ast.Decl) -> _Piece:
        """A declaration with the comments before it."""
        before, blank = self.before(self.words[self.at].lead, self.words[self.at].start)
        self.words[self.at] = replace(self.words[self.at], lead=())
        self.spread = {}
        _collect(decl, self.spread)
        doc = self.body(bisect_left(self.starts, decl.span.end))
        text = render(cat(doc, self.flush()))
        lead = self.words[self.at].lead if self.at < len(self.words) else self.tail
        after = self.own(lead)
        if after:
            rest = lead[len(after) :]
            if self.at < len(self.words):
                self.words[self.at] = replace(self.words[self.at], lead=rest)
            else:
                self.tail = rest
        return _Piece(before, text, blank, after)

    def rest(self) -> _Piece:
        """What stands after the last declaration."""
        before, _ = self.before(self.tail, len(self.source.text))
        return _Piece(before, "", blank=False)

    def own(self, lead: tuple[Lead, ...]) -> tuple[str, ...]:
        """Indented comments right below a declaration belong to it."""
        found: list[str] = []
        for remark in lead:
            _, column = self.source.position(remark.start)
            if remark.doc or column == 1 or self.blank_line(self.last_end, remark.start):
                break
            found.append(f"  {remark.text}")
            self.last_end = remark.end
        return tuple(found)

    def before(
        self, lead: tuple[Lead, ...], start: int
    ) -> tuple[tuple[tuple[str, bool, bool], ...], bool]:
        found: list[tuple[str, bool, bool]] = []
        end = self.last_end
        for remark in lead:
            found.append((remark.text, self.blank_line(end, remark.start), remark.doc))
            end = remark.end
        return tuple(found), self.blank_line(end, start)

    def blank_line(self, start: int, end: int) -> bool:
        return self.source.text.count("\n", start, end) > 1

    # ── tokens ───────────────────────────────────────────────────────────────

    def flush(self) -> Doc:
        """The comments that end the line here."""
        if not self.pending:
            return EMPTY
        text = "  ".join(self.pending)
        self.pending.clear()
        return Suffix(text)

    def token(self, *rest: Doc) -> Doc:
        """The next token with the comments before it, or other words in its place."""
        word = self.words[self.at]
        self.at += 1
        self.last_end = word.end
        # A comma follows its item on the line, whatever comment stands between.
        ended = self.flush() if word.text != "," else EMPTY
        self.pending.extend(word.trail)
        if word.trail:
            self.last_end = max(self.last_end, self.source.text.find("\n", word.end))
        first = Chars("" if rest else word.text, _lines(word.lead))
        whole = cat(first, *rest) if rest else first
        return whole if ended is EMPTY else cat(ended, whole)

    def peek(self) -> str:
        return self.words[self.at].text if self.at < len(self.words) else ""

    def run(self, end: int, breaks: frozenset[str] = frozenset(), *, tight: bool = False) -> Doc:
        """Tokens and expressions up to an offset: a fill, broken after commas and at `breaks`."""
        items: list[Doc] = []
        current: list[Doc] = []
        previous = ""
        while self.at < len(self.words) and self.words[self.at].start < end:
            text = self.peek()
            if current:
                if previous == "," or (text in breaks and previous not in {"not", "partly"}):
                    current.append(self.flush())
                    items.append(cat(*current))
                    current = []
                elif not _glued(previous, text, tight=tight):
                    current.append(SPACE)
            node = self.spread.get(self.words[self.at].start)
            if node is not None and node.span.end <= end:
                current.append(Group(Align(self.expression(node))))
                previous = "x"
            elif text in {"(", "{"}:
                opening = self.token()
                inner = cat(self.run(self.offset(self.closing())), self.flush())
                current.append(cat(opening, Align(inner), self.token()))
                previous = ")"
            else:
                current.append(self.token())
                previous = text
        if current:
            items.append(cat(*current))
        return fill(items) if items else EMPTY

    def closing(self) -> int:
        """Index of the bracket that closes the one just written."""
        depth = 1
        for i in range(self.at, len(self.words)):
            text = self.words[i].text
            depth += (text in {"(", "[", "{"}) - (text in {")", "]", "}"})
            if not depth:
                return i
        return len(self.words)

    # ── declarations ─────────────────────────────────────────────────────────

    def segments(self, stop: int, cuts: frozenset[str]) -> list[int]:
        """Indices in `at … stop` of the tokens outside brackets that begin a clause."""
        found: list[int] = []
        depth = 0
        for i in range(self.at, stop):
            text = self.words[i].text
            if text in {"(", "[", "{"}:
                depth += 1
            elif text in {")", "]", "}"}:
                depth -= 1
            elif not depth and i > self.at and self.words[i].kind in cuts:
                kinds = [word.kind for word in self.words[max(0, i - 3) : i]]
                if kinds[-1] != "EXPECT" and kinds[:2] != ["EXPECT", "ON"]:  # `expect on …`
                    found.append(i)
        return found

    def offset(self, index: int) -> int:
        return self.words[index].start if index < len(self.words) else len(self.source.text)

    def body(self, stop: int) -> Doc:
        kind = self.words[self.at].kind
        if kind.startswith("__ANON"):
            # The keyword `codes`, whose name the terminal of written code sets has taken.
            kind = self.words[self.at].text.upper()
        cuts = self.segments(stop, _cuts(kind))
        ends = [*cuts, stop]
        if kind == "LET":
            return self.let(stop, cuts)
        if kind == "ADDS":
            return self.adds(stop)
        head = self.head(kind, ends[0])
        if kind == "RECORD":
            return self.fields(head, cuts, stop)
        if not cuts:
            return head
        longest = max(cells(self.words[i].text) for i in cuts)
        if kind == "STATUS" and any(self.words[i].kind == "NOT" for i in cuts):
            longest = max(longest, len("not modelled"))
        column = _COLUMNS.get(kind, longest + 3)
        parts: list[Doc] = [head, self.flush()]
        for end in ends[1:]:
            parts.append(Nest(2, cat(HARD, self.clause(column, end))))
            parts.append(self.flush())
        return cat(*parts)

    def head(self, kind: str, stop: int) -> Doc:
        end = self.offset(stop)
        if kind in {"EVENT", "REMOVES", "ALIAS", "AMENDS"}:
            verb = self.token()
            cuts = self.segments(stop, frozenset({"FROM", "UNTIL", "THROUGH", "TO", "FOR"}))
            if cuts:
                targets = cat(self.run(self.offset(cuts[0])), self.flush())
                window = Nest(2, cat(Line(), self.run(end)))
                return Group(cat(verb, SPACE, Align(targets), window))
            return cat(verb, SPACE, Align(self.run(end)))
        if kind == "ENUM":
            opening = cat(self.token(), SPACE, self.token(), SPACE, self.token(), SPACE)
            return cat(opening, Align(self.run(end, frozenset({"<"}))))
        if kind in {"CODES", "COUNTRIES"}:
            return self.defined(stop)
        return Nest(4, self.run(end, tight=kind in _TIGHT_HEADS))

    def clause(self, column: int, stop: int) -> Doc:
        kind = self.words[self.at].kind
        keyword = self.token()
        size = cells(self.words[self.at - 1].text)
        if kind == "NOT":
            keyword = cat(keyword, SPACE, self.token())
            size = len("not modelled")
        if self.at >= stop:
            return keyword
        gap = Chars(" " * max(1, column - 2 - size))
        return cat(keyword, gap, Align(self.value(stop)))

    def value(self, stop: int) -> Doc:
        node = self.spread.get(self.words[self.at].start)
        whole = node is not None and node.span.end >= self.words[stop - 1].end
        if whole and isinstance(node, ast.AndE | ast.OrE):
            return self.junction(node, hung=True)
        if whole and node is not None:
            return Group(Align(self.expression(node)))
        return self.run(self.offset(stop), _BREAKS)

    def defined(self, stop: int) -> Doc:
        """`… = value`, the value on the next line where it does not fit."""
        signs = self.segments(stop, frozenset({"EQUALS"}))
        end = self.offset(signs[0])
        head = self.run(end, tight=True)
        sign = cat(self.token(), self.flush())
        value = Nest(2, cat(Line(), Align(self.run(self.offset(stop)))))
        return Group(cat(head, SPACE, sign, value))

    def let(self, stop: int, cuts: list[int]) -> Doc:
        signs = self.segments(stop, frozenset({"EQUALS"}))
        last = signs[0]
        cuts = [i for i in cuts if i < last]
        if not cuts:
            return self.defined(stop)
        longest = max(cells(self.words[i].text) for i in cuts)
        parts: list[Doc] = [Nest(4, self.run(self.offset(cuts[0]), tight=True)), self.flush()]
        for end in [*cuts[1:], last]:
            parts.append(Nest(2, cat(HARD, self.clause(longest + 3, end))))
            parts.append(self.flush())
        sign = self.token()
        parts.append(Nest(2, cat(HARD, sign, SPACE, Align(self.run(self.offset(stop))))))
        return cat(*parts)

    def adds(self, stop: int) -> Doc:
        rows = [
            i
            for i in range(self.at, stop)
            if isinstance(self.spread.get(self.words[i].start), ast.RecordLit)
        ]
        parts = [self.run(self.offset(rows[0])), self.flush()]
        gap = Line() if len(rows) == 1 else HARD
        for following in [*rows[1:], stop]:
            row = self.run(self.offset(following))
            parts.append(Nest(2, cat(gap, row)))
            if following != stop:
                parts.append(self.flush())
        return Group(cat(*parts))

    def fields(self, head: Doc, cuts: list[int], stop: int) -> Doc:
        """Fields of a record: names, types and remarks in columns."""
        ends = [*cuts, stop]
        names = [self.words[i].text for i in cuts]
        width = max((len(n) for n in names if len(n) <= _FIELD_LIMIT), default=0)
        remarks = {
            i: last
            for i, end in zip(cuts, ends[1:], strict=True)
            if self.words[last := end - 1].kind == "STRING" and last > i + 2
        }
        sizes = {i: self.flat_size(i + 2, last) for i, last in remarks.items()}
        types = max((s for s in sizes.values() if s <= _TYPE_LIMIT), default=0)
        parts: list[Doc] = [head, self.flush()]
        for i, end in zip(cuts, ends[1:], strict=True):
            word = self.words[i]
            first = word.lead[0].start if word.lead else word.start
            if i != cuts[0] and self.blank_line(self.last_end, first):
                parts.append(HARD)
            name = self.token()
            gap = Chars(" " * max(1, width + 1 - len(word.text)))
            colon = self.token()
            if i in remarks:
                kind = self.run(self.offset(remarks[i]))
                pad = Chars(" " * max(1, types + 1 - sizes[i]))
                rest = cat(kind, pad, self.run(self.offset(end)))
            else:
                rest = self.run(self.offset(end))
            line = cat(name, gap, colon, SPACE, Align(rest))
            parts.extend((Nest(2, cat(HARD, line)), self.flush()))
        return cat(*parts)

    def flat_size(self, start: int, stop: int) -> int:
        """Columns of the tokens `start … stop` in one line."""
        size = 0
        previous = ""
        for word in self.words[start:stop]:
            size += cells(word.text) + (not _glued(previous, word.text, tight=False))
            previous = word.text
        return size - 1

    # ── expressions ──────────────────────────────────────────────────────────

    def expression(self, node: _Spread) -> Doc:
        """The tokens of an expression, with its possible breaks."""
        del self.spread[node.span.start]
        for child in _children(node):
            self.spread.setdefault(child.span.start, child)
        end = node.span.end
        match node:
            case ast.AndE() | ast.OrE():
                return self.junction(node, hung=False)
            case ast.Paren():
                opening = self.token()
                inner = Align(cat(self.part(node.inner), self.flush()))
                return cat(opening, inner, self.token())
            case ast.SetLit() | ast.ListLit():
                return self.bracketed(node, EMPTY)
            case ast.RecordLit():
                return self.bracketed(node, SPACE)
            case ast.Call():
                function = self.part(node.function)
                return cat(function, self.bracketed(node, EMPTY))
            case ast.CodesLit():
                return self.codes()
            case ast.Negative():
                return cat(self.token(), self.part(node.inner))
            case ast.Arith():
                return self.arithmetic(node)
            case ast.Quant():
                opening = cat(self.run(node.body.span.start), self.flush())
                body = cat(Line(), Align(self.part(node.body)))
                return Group(cat(opening, Nest(2, body)))
            case ast.Filtered():
                subject = cat(self.part(node.subject), self.flush())
                return Group(cat(subject, Line(), self.run(end)))
            case ast.Comprehension():
                body = cat(self.part(node.body), self.flush())
                parts = [body, Line()]
                if node.where is not None:
                    parts += [self.run(node.domain.span.end), self.flush(), Line()]
                return Group(cat(*parts, self.run(end)))
            case ast.With():
                base = self.part(node.base)
                return cat(base, SPACE, self.token(), SPACE, Align(self.part(node.changes)))
            case ast.Named():
                key = cat(self.token(), self.token(), SPACE)
                return cat(key, Align(self.part(node.value)))
            case _:
                return self.run(end)

    def part(self, node: _Spread) -> Doc:
        """A part of an expression, in one line if it fits."""
        if node.span.start in self.spread:
            self.spread[node.span.start] = node
            return Group(Align(self.expression(node)))
        return self.run(node.span.end)

    def junction(self, node: ast.AndE | ast.OrE, *, hung: bool) -> Doc:
        """Operands joined by `and` or `or`: all on one line, or each on its own.

        `hung` puts the operators to the left of the operands' column.
        """
        self.spread.pop(node.span.start, None)
        for child in _children(node):
            self.spread[child.span.start] = child
        parts: list[Doc] = []
        for operand in node.parts:
            if parts:
                size = cells(self.peek()) + 1
                line: Doc = Nest(-size, Line()) if hung else Line()
                parts.extend((self.flush(), line, self.token(), SPACE))
            parts.append(Align(self.part(operand)))
        return Group(cat(*parts))

    def arithmetic(self, node: ast.Arith) -> Doc:
        """A sum or a product: operators begin the lines."""
        scale = node.op in {"+", "-"}
        operands: list[ast.Expr] = [node.right]
        left = node.left
        while isinstance(left, ast.Arith) and (left.op in {"+", "-"}) == scale:
            operands.append(left.right)
            left = left.left
        operands.append(left)
        operands.reverse()
        for operand in operands:
            self.spread[operand.span.start] = operand
        items: list[Doc] = []
        for operand in operands:
            if items:
                items[-1] = cat(items[-1], self.flush())
                items.append(cat(self.token(), SPACE, self.part(operand)))
            else:
                items.append(self.part(operand))
        return fill(items)

    def bracketed(self, node: _Spread, padding: Doc) -> Doc:
        """What stands in brackets: as much on a line as fits, lined up behind the bracket."""
        opening = self.token()
        if self.words[self.at].end >= node.span.end:
            return cat(opening, self.token())
        inner: Doc
        if isinstance(node, ast.RecordLit):
            items: list[Doc] = []
            for pair in node.pairs:
                key = cat(self.token(), self.token(), SPACE)
                value = Align(self.part(pair.value))
                comma = self.token() if self.peek() == "," else EMPTY
                items.append(cat(key, value, comma, self.flush()))
            inner = fill(items)
        else:
            last = self.words[bisect_left(self.starts, node.span.end) - 1].start
            inner = cat(self.run(last), self.flush())
        return cat(opening, padding, Align(inner), padding, self.token())

    def codes(self) -> Doc:
        """`US[3A090; 4A090]`, broken after semicolons."""
        system, _, body = self.peek().partition("[")
        entries = " ".join(body[:-1].split()).split(";")
        items = [Chars(f"{entry.strip()};") for entry in entries[:-1]]
        items.append(Chars(f"{entries[-1].strip()}]"))
        return self.token(Chars(f"{system}["), Align(fill(items)))


def _lines(lead: tuple[Lead, ...]) -> tuple[str, ...]:
    return tuple(remark.text for remark in lead)


def _glued(previous: str, following: str, *, tight: bool) -> bool:
    """Whether no space stands between two tokens."""
    if previous in {"", "(", "[", "{", "."} or following in {")", "]", "}", ",", "."}:
        return True
    return tight and following == "("


def _children(node: object) -> list[_Spread]:
    """The outermost expressions below a node."""
    found: dict[int, _Spread] = {}
    if is_dataclass(node):
        for part in fields(node):
            _gather(getattr(node, part.name), found)
    return list(found.values())


def _collect(decl: ast.Decl, found: dict[int, _Spread]) -> None:
    for child in _children(decl):
        found[child.span.start] = child


def _gather(value: object, found: dict[int, _Spread]) -> None:
    if isinstance(value, _SPREAD):
        found[value.span.start] = value
    elif isinstance(value, tuple):
        for item in cast("tuple[object, ...]", value):
            _gather(item, found)
    elif is_dataclass(value) and not isinstance(value, type) and not isinstance(value, Source):
        for part in fields(value):
            if part.name != "span":
                _gather(getattr(value, part.name), found)
