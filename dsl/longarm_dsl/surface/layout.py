"""Where lines break: documents of words and possible breaks, set within a width.

After Oppen, "Prettyprinting", ACM TOPLAS 2 (1980), and Wadler, "A prettier printer"
(2003). Promises: every word comes out once and in order; a comment always ends its line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import TypeAlias, assert_never

from longarm_dsl.lazy_dataclass import dataclass

WIDTH = 96


@dataclass(frozen=True, slots=True)
class Chars:
    """A word; `lead` are whole lines (comments, documentation) that stand before it."""

    text: str
    lead: tuple[str, ...] = ()

    @property
    def hard(self) -> bool:
        """Whether what holds it cannot stand in one line."""
        return bool(self.lead)


@dataclass(frozen=True, slots=True)
class Suffix:
    """A comment at the end of the line."""

    text: str

    @property
    def hard(self) -> bool:
        """A comment breaks what holds it."""
        return True


@dataclass(frozen=True, slots=True)
class Line:
    """A possible break; `flat` stands there when the line does not break."""

    flat: str = " "
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Cat:
    """One after another."""

    parts: tuple[Doc, ...]
    hard: bool


@dataclass(frozen=True, slots=True)
class Nest:
    """Breaks inside indent by so much more (or less)."""

    by: int
    doc: Doc

    @property
    def hard(self) -> bool:
        """As what it holds."""
        return self.doc.hard


@dataclass(frozen=True, slots=True)
class Align:
    """Breaks inside indent to the column where it starts."""

    doc: Doc

    @property
    def hard(self) -> bool:
        """As what it holds."""
        return self.doc.hard


@dataclass(frozen=True, slots=True)
class Group:
    """In one line if it fits, else broken at every break that is directly inside."""

    doc: Doc

    @property
    def hard(self) -> bool:
        """As what it holds."""
        return self.doc.hard


@dataclass(frozen=True, slots=True)
class Fill:
    """As many items on a line as fit; an item of several lines stands by itself.

    While it is set, `after` says what came before the items: nothing, an item of one
    line, or an item of several.
    """

    items: tuple[Doc, ...]
    hard: bool
    after: int = 0


Doc: TypeAlias = Chars | Suffix | Line | Cat | Nest | Align | Group | Fill

SPACE = Chars(" ")
EMPTY = Chars("")
HARD = Line(hard=True)


def cat(*parts: Doc) -> Doc:
    """One after another."""
    return parts[0] if len(parts) == 1 else Cat(parts, any(p.hard for p in parts))


def fill(items: Iterable[Doc]) -> Doc:
    """As many items on a line as fit, a space between two."""
    found = tuple(items)
    return found[0] if len(found) == 1 else Fill(found, any(i.hard for i in found))


def cells(text: str) -> int:
    """Columns of a terminal that the text takes: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


_Todo: TypeAlias = "tuple[int, bool, Doc]"


@dataclass(slots=True)
class _Page:
    lines: list[str] = field(default_factory=list[str])
    current: list[str] = field(default_factory=list[str])
    column: int = 0
    blank: bool = True
    closed: bool = False

    def newline(self, indent: int) -> None:
        self.lines.append("".join(self.current).rstrip(" "))
        self.current = [" " * indent]
        self.column = indent
        self.blank = True
        self.closed = False

    def write(self, text: str) -> None:
        self.current.append(text)
        self.column += cells(text)
        self.blank = self.blank and not text.strip(" ")


def render(doc: Doc, width: int = WIDTH) -> str:
    """The document as lines without a last line break."""
    page = _Page()
    todo: list[_Todo] = [(0, False, doc)]
    while todo:
        indent, flat, node = todo.pop()
        match node:
            case Chars(text, lead):
                _put(page, indent, text, lead)
            case Suffix(text):
                page.write(text if page.blank else f"  {text}")
                page.closed = True
            case Line():
                if flat and not page.closed:
                    page.write(node.flat)
                else:
                    page.newline(indent)
            case Cat(parts):
                todo.extend((indent, flat, part) for part in reversed(parts))
            case Nest(by, inner):
                todo.append((max(0, indent + by), flat, inner))
            case Align(inner):
                todo.append((indent if page.closed else page.column, flat, inner))
            case Group(inner):
                one_line = flat or _fits(width - page.column, inner, todo)
                todo.append((indent, one_line, inner))
            case Fill(items) if flat:
                todo.extend((indent, True, part) for part in reversed(_spaced(items)))
            case Fill(items, _, after):
                if after:
                    rest = todo if len(items) == 1 else ()
                    joins = after == 1 and not page.closed
                    if joins and _fits(width - page.column - 1, items[0], rest):
                        page.write(" ")
                    else:
                        page.newline(indent)
                first, others = items[0], items[1:]
                one_line = _fits(width - page.column, first, () if others else todo)
                if others:
                    hard = any(i.hard for i in others)
                    todo.append((indent, False, Fill(others, hard, 1 if one_line else 2)))
                todo.append((indent, one_line, first))
            case _:
                assert_never(node)
    page.lines.append("".join(page.current).rstrip(" "))
    return "\n".join(page.lines)


def _put(page: _Page, indent: int, text: str, lead: tuple[str, ...]) -> None:
    if (lead and not page.blank) or (page.closed and text.strip(" ")):
        page.newline(indent)
    margin = page.column
    for line in lead:
        page.write(line)
        page.newline(margin)
    if not (page.closed and not text.strip(" ")):
        page.write(text)


def _spaced(items: Sequence[Doc]) -> list[Doc]:
    spaced: list[Doc] = []
    for item in items:
        if spaced:
            spaced.append(SPACE)
        spaced.append(item)
    return spaced


def _fits(room: int, doc: Doc, rest: Sequence[_Todo]) -> bool:
    """Whether the document in one line, and what follows up to a break, fits the room."""
    if doc.hard:
        return False
    todo: list[tuple[bool, Doc]] = [(True, doc)]
    following = len(rest)
    while room >= 0:
        if not todo:
            if not following:
                return True
            following -= 1
            _, flat, node = rest[following]
            todo.append((flat, node))
            continue
        flat, node = todo.pop()
        match node:
            case Chars(text, lead):
                if lead:
                    return True
                room -= cells(text)
            case Suffix():
                return True
            case Line():
                if not flat:
                    return True
                room -= len(node.flat)
            case Cat(parts):
                todo.extend((flat, part) for part in reversed(parts))
            case Nest(_, inner) | Align(inner):
                todo.append((flat, inner))
            case Group(inner):
                todo.append((flat and not inner.hard, inner))
            case Fill(items) if flat:
                todo.extend((True, part) for part in reversed(_spaced(items)))
            case Fill(items, _, after):
                if after:
                    return True
                todo.extend(((False, Line()), (False, items[0])))
            case _:
                assert_never(node)
    return False
