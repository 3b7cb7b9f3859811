"""Diagnostics for people: the source line, the place underlined, and what to do.

Underlines stand at display columns, so that they meet Chinese and combining characters
where a terminal shows them. Nothing but a file name exceeds the given width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from longarm.render.common import capped, place, visible, visible_char
from longarm_dsl.diagnostics import Diagnostic, Label, Severity
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_DIM = "\x1b[34m"
_CYAN = "\x1b[36m"
_SEVERITY = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.NOTE: "\x1b[1;36m",
}


def render_text(
    found: Sequence[Diagnostic],
    *,
    color: bool = False,
    width: int = 80,
    limit: int | None = None,
) -> str:
    """Each finding with its source, sorted by place, a blank line between; "" for none.

    `width` counts terminal cells. Colors are ANSI sequences, only when asked for.
    """
    shown, rest = capped(found, limit)
    page = _Page(color=color, width=max(width, 40))
    blocks = ["\n".join(page.diagnostic(d)) for d in shown]
    if rest is not None:
        blocks.append(rest)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def wrap(text: str, first: int, rest: int) -> list[str]:
    """The text in lines of at most `first`, then `rest` cells; words longer than that are cut."""
    lines: list[str] = []
    line = ""
    room = first
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= room:
            line = joined
            continue
        if line:
            lines.append(line)
            room = rest
        line = ""
        for char in word:
            if cell_len(line + char) > room:
                lines.append(line)
                line, room = "", rest
            line += char
    return [part.strip(" ") for part in (*lines, line)]


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of a source line that is shown: characters `low` to `high`, as pieces."""

    low: int
    pieces: tuple[str, ...]
    cut_left: bool
    cut_right: bool

    @property
    def text(self) -> str:
        return f"{'…' * self.cut_left}{''.join(self.pieces)}{'…' * self.cut_right}".rstrip()

    def holds(self, start: int) -> bool:
        return self.low <= start <= self.low + len(self.pieces)

    def underline(self, start: int, end: int) -> tuple[int, int]:
        """Cells before the underline and its length, at least one."""
        before = "".join(self.pieces[: start - self.low])
        under = "".join(self.pieces[start - self.low : max(start, end) - self.low])
        return self.cut_left + cell_len(before), max(1, cell_len(under))


def _window(line: str, start: int, end: int, room: int) -> _Window:
    """As much of the line as `room` cells hold, the underlined part first, centered."""
    # Zero-width characters aside, nothing further away can be shown; a megabyte on one line
    # must not cost a megabyte of measuring.
    base = max(0, start - 8 * room)
    near = tuple(visible_char(char) for char in line[base : start + 8 * room])
    widths = [cell_len(piece) for piece in near]
    low, high = 0, len(near)
    # One cell is kept for a mark behind the last character, two for the ellipses.
    if len(near) < len(line) or sum(widths) > room - 1:
        low = high = start - base
        used = 3
        while high < min(end - base, len(near)) and used + widths[high] <= room:
            used += widths[high]
            high += 1
        growing = True
        while growing:
            growing = False
            if low > 0 and used + widths[low - 1] <= room:
                low -= 1
                used += widths[low]
                growing = True
            if high < len(near) and used + widths[high] <= room:
                used += widths[high]
                high += 1
                growing = True
    return _Window(base + low, near[low:high], base + low > 0, base + high < len(line))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label on its line: columns from 0, `end` cut at the end of that line."""

    source: Source
    line: int
    start: int
    end: int
    text: str
    primary: bool


def _mark(label: Label, *, primary: bool) -> _Mark:
    where = place(label.span)
    line = label.span.source.line(where.line)
    start = min(where.column - 1, len(line))
    words = label.text
    end = where.end_column - 1
    if where.end_line > where.line:
        end = len(line)
        words = f"{words} (to line {where.end_line})".strip()
    return _Mark(label.span.source, where.line, start, end, visible(words).strip(" "), primary)


@dataclass(frozen=True, slots=True)
class _Page:
    color: bool
    width: int

    def paint(self, text: str, code: str) -> str:
        return f"{code}{text}{_RESET}" if self.color and text else text

    def diagnostic(self, found: Diagnostic) -> Iterator[str]:
        yield from self.header(found)
        marks = [_mark(found.primary, primary=True)]
        marks += [_mark(label, primary=False) for label in found.secondary]
        gutter = len(str(max(mark.line for mark in marks)))
        arrow = self.paint(f"{'':{gutter}}-->", _DIM)
        yield f"{arrow} {visible(found.primary.span.where)}"
        home = found.primary.span.source
        yield from self.snippet([m for m in marks if m.source is home], gutter, found.severity)
        others = {id(m.source): m.source for m in marks if m.source is not home}
        for other in others.values():
            there = [m for m in marks if m.source is other]
            where = f"{other.name}:{there[0].line}:{there[0].start + 1}"
            arrow = self.paint(f"{'':{gutter}}:::", _DIM)
            yield f"{arrow} {visible(where)}"
            yield from self.snippet(there, gutter, found.severity)
        notes = [("help", found.help), ("fix", found.fix and found.fix.title), ("note", found.note)]
        for word, text in notes:
            if text:
                yield from self.note(word, text, gutter)

    def header(self, found: Diagnostic) -> Iterator[str]:
        head = f"{found.severity}[{found.name}]:"
        first, *more = wrap(visible(found.message), self.width - len(head) - 1, self.width - 2)
        yield f"{self.paint(head, _SEVERITY[found.severity])} {self.paint(first, _BOLD)}".rstrip()
        for line in more:
            yield f"  {self.paint(line, _BOLD)}"

    def snippet(self, marks: list[_Mark], gutter: int, severity: Severity) -> Iterator[str]:
        if not marks or not marks[0].source.text:
            return
        bar = self.paint(f"{'':{gutter}} |", _DIM)
        room = self.width - gutter - 3
        yield bar
        last: int | None = None
        window: _Window | None = None
        # The primary mark of a line comes first and decides what part of the line is shown.
        for mark in sorted(marks, key=lambda m: (m.line, not m.primary, m.start, m.end, m.text)):
            if last is not None and mark.line > last + 1:
                yield self.paint(f"{'':{gutter}}...", _DIM)
            if window is None or mark.line != last or not window.holds(mark.start):
                window = _window(mark.source.line(mark.line), mark.start, mark.end, room)
                number = self.paint(f"{mark.line:{gutter}} |", _DIM)
                yield f"{number} {window.text}".rstrip()
            last = mark.line
            for line in self.underline(mark, window, room, severity):
                yield f"{bar} {line}"

    def underline(
        self, mark: _Mark, window: _Window, room: int, severity: Severity
    ) -> Iterator[str]:
        before, length = window.underline(mark.start, mark.end)
        code = _SEVERITY[severity] if mark.primary else _DIM
        marks = self.paint(("^" if mark.primary else "-") * length, code)
        left = room - before - length - 1
        if cell_len(mark.text) <= left:
            words = self.paint(mark.text, code)
            yield f"{'':{before}}{marks} {words}".rstrip()
            return
        yield f"{'':{before}}{marks}"
        # As far under its mark as the width allows.
        indent = min(before, max(0, room - max(cell_len(mark.text), room // 2)))
        for line in wrap(mark.text, room - indent, room - indent):
            yield f"{'':{indent}}{self.paint(line, code)}"

    def note(self, word: str, text: str, gutter: int) -> Iterator[str]:
        room = self.width - gutter - 5 - len(word)
        first, *more = wrap(visible(text), room, room)
        yield f"{'':{gutter}} {self.paint('=', _DIM)} {self.paint(f'{word}:', _CYAN)} {first}"
        for line in more:
            yield f"{'':{gutter + 5 + len(word)}}{line}"
