"""Where a piece of text came from: every node and diagnostic points here.

Offsets count Unicode code points of the text as read; line and column are
computed only when something is printed.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from functools import cached_property

from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, eq=False)
class Source:
    """One text with the name to show for it (a path, or `<stdin>`)."""

    name: str
    text: str = field(repr=False)

    @classmethod
    def outline(cls, name: str, line_starts: tuple[int, ...]) -> Source:
        """A source whose text is not kept: offsets have their lines and columns still."""
        source = cls(name, "")
        source.__dict__["line_starts"] = line_starts
        return source

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offset of the first character of every line."""
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")
        return tuple(starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Text of line `number` (from 1) without its line break."""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range `[start, end)` of a source."""

    source: Source = field(repr=False)
    start: int
    end: int

    @property
    def text(self) -> str:
        """The text under the span."""
        return self.source.text[self.start : self.end]

    @property
    def where(self) -> str:
        """`name:line:column` of the first character."""
        line, column = self.source.position(self.start)
        return f"{self.source.name}:{line}:{column}"

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of the other."""
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))


NOWHERE = Span(Source("<built-in>", ""), 0, 0)
