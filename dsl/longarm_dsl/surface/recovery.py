"""Reading a text with mistakes: declaration by declaration, inside one clause by clause.

Promises: each mistake is reported once, a clause without a mistake is still read, and the
work is bounded whatever the text holds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import field
from functools import lru_cache

from longarm_dsl.diagnostics import Diagnostic, did_you_mean
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast
from longarm_dsl.surface.complaints import Complaint, Scene, complain, stray
from longarm_dsl.surface.keywords import DECLARATIONS, LINE_WORDS
from longarm_dsl.surface.reader import Trouble, read
from longarm_dsl.surface.tree import Branch

MAX_ERRORS = 100
MAX_TRIES = 20
MAX_READ = 3_000_000
_NEAR = 80

_LINE = re.compile(r"^([ \t]*)([A-Za-z_]\w*)(?=([ \t]*)([^ \t]?))", re.MULTILINE)
_FIELD = re.compile(r"^[ \t]*([A-Za-z_][\w.]*)[ \t]*:", re.MULTILINE)
_ROW = re.compile(r"^[ \t]*\{", re.MULTILINE)
_GOES_ON = frozenset(
    ("and", "or", "not", "in", "has", "where", "is", "to", "until", "through", "for", "except")
) | frozenset(("upon", "with", "by", "of", "from", "any", "all", "none", "as"))
_NOT_A_KEYWORD = frozenset(":.,)]}")

Build = Callable[[Branch, int], tuple[tuple[ast.Decl, ...], list[Diagnostic]]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The text of one declaration: its first word, "" before the first, and whether known."""

    start: int
    end: int
    word: str
    known: bool


@dataclass(slots=True)
class Recovered:
    """What could be read, what was wrong, and which declarations lost a part."""

    decls: list[ast.Decl] = field(default_factory=list[ast.Decl])
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    damaged: set[int] = field(default_factory=set[int])


def recover(
    source: Source,
    masked: str,
    broken: tuple[Diagnostic, ...],
    first: Trouble | None,
    build: Build,
) -> Recovered:
    """Read what can be read.

    `broken` are findings about characters, already reported; `first` is what stopped the
    reading of the whole text, if that was tried.
    """
    result = Recovered()
    reported = {source.position(d.primary.span.start)[0] for d in broken}
    places = sorted(d.primary.span.start for d in broken)
    budget = MAX_READ
    for chunk in chunks(masked):
        inside = [p for p in places if chunk.start <= p < chunk.end]
        whole = chunk.start == 0 and chunk.end == len(masked)
        reading = _Reading(source, masked, chunk, reported, budget, first if whole else None)
        reading.run(inside, build, result)
        budget = reading.budget
        if len(result.found) + len(broken) >= MAX_ERRORS or budget <= 0:
            break
    return result


def chunks(masked: str) -> Iterator[Chunk]:
    """The text cut before every line that starts a declaration, or seems meant to."""
    starts: list[tuple[int, str, bool]] = []
    lines = list(_LINE.finditer(masked))
    margin = min(
        (len(m.group(1)) for m in lines if m.group(2) in DECLARATIONS and _heads(m)), default=0
    )
    for m in lines:
        indent, word = m.group(1), m.group(2)
        if word in DECLARATIONS and _heads(m) and len(indent) <= margin:
            starts.append((m.start(), word, True))
        elif not indent and _seems_meant(masked, m):
            starts.append((m.start(), word, False))
    if not starts or masked[: starts[0][0]].strip():
        starts.insert(0, (0, "", True))
    starts[0] = (0, *starts[0][1:])
    ends = [start for start, _, _ in starts[1:]]
    for (start, word, known), end in zip(starts, [*ends, len(masked)], strict=True):
        yield Chunk(start, end, word, known)


def _heads(line: re.Match[str]) -> bool:
    """Whether a declaration's word stands as its head: a name or a text follows."""
    following = line.group(4)
    return following.isalpha() or following in {"_", '"', "\n", ""} or not following.isascii()


def _seems_meant(masked: str, line: re.Match[str]) -> bool:
    word, following = line.group(2), line.group(4)
    if word in LINE_WORDS or word in _GOES_ON or word in DECLARATIONS:
        return False
    if not (following.isalpha() or following in {"_", '"'}):
        return False
    margin = masked[max(0, line.start() - _NEAR) : line.start()].rstrip(" \t")
    return margin.endswith("\n\n") or not line.start() or _like_declaration(word)


@lru_cache(maxsize=1024)
def _like_declaration(word: str) -> bool:
    return did_you_mean(word.lower()[:_NEAR], DECLARATIONS) is not None


@dataclass(slots=True)
class _Reading:
    """The attempts to read one chunk."""

    source: Source
    masked: str
    chunk: Chunk
    reported: set[int]
    budget: int
    first: Trouble | None
    text: str = ""
    gaps: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def run(self, broken: list[int], build: Build, result: Recovered) -> None:
        """Read the chunk; at a mistake blank the clause that holds it and go on."""
        chunk = self.chunk
        self.text = self.source.text[chunk.start : chunk.end]
        if not chunk.known:
            at = self._first(chunk.start)
            self.report(stray(self.scene(), at, chunk.word), result)
            result.decls.append(self.lost())
            return
        alive = all(self.blank(place) for place in broken)
        tries = 0
        while alive and tries < MAX_TRIES and self.budget > 0:
            tries += 1
            outcome = self.attempt()
            if isinstance(outcome, Branch):
                self.budget -= len(self.text)
                decls, problems = build(outcome, chunk.start)
                if decls or not self.gaps:
                    result.decls.extend(decls)
                    result.found.extend(problems)
                    if self.gaps:
                        result.damaged.update(decl.span.start for decl in decls)
                    return
                break
            self.budget -= outcome.start + 100
            trouble = _moved(outcome, chunk.start)
            complaint = complain(self.scene(), trouble)
            if not self.follows(trouble):
                self.report(complaint, result)
            if self.title(trouble):
                continue
            alive = self.blank(complaint.blame)
        result.decls.append(self.lost())

    def attempt(self) -> Branch | Trouble:
        """Read the text as it stands now."""
        known, self.first = self.first, None
        if known is not None and not self.gaps:
            return known
        return read(self.text) if self.text.strip() else Branch("start", (), 0, 0)

    def _first(self, start: int) -> int:
        match = re.compile(r"\s*").match(self.masked, start)
        return match.end() if match else start

    def scene(self) -> Scene:
        """The chunk as the messages see it."""
        start = self._first(self.chunk.start)
        word = self.chunk.word
        return Scene(self.source, self.masked, start, self.chunk.end, word)

    def report(self, complaint: Complaint, result: Recovered) -> None:
        """Add a finding, unless its line has one already."""
        line = self.source.position(complaint.diagnostic.primary.span.start)[0]
        if line not in self.reported:
            self.reported.add(line)
            result.found.append(complaint.diagnostic)

    def lost(self) -> ast.ErrorDecl:
        """The node for a declaration that could not be read."""
        start = self._first(self.chunk.start)
        match = re.compile(r"\w+\s+([A-Za-z_][\w.]*)").match(self.masked, start)
        name = match.group(1) if match else None
        return ast.ErrorDecl(name, span=Span(self.source, start, max(start, self.chunk.end)))

    def follows(self, trouble: Trouble) -> bool:
        """Whether a trouble only comes from a clause that was blanked."""
        start = trouble.end if trouble.at_end else trouble.start
        for low, high in self.gaps:
            if low <= start and not self.masked[max(high, low) : start].strip():
                return True
            if trouble.at_end and not self.masked[start:low].strip() and low >= start:
                return True
        return False

    def title(self, trouble: Trouble) -> bool:
        """Put an empty title where one is missing, so that the clauses are still read."""
        if set(trouble.expected) != {"STRING"}:
            return False
        offset = self.chunk.start
        if trouble.at_end:
            low, high = trouble.end - offset, len(self.text)
        else:
            high = trouble.start - offset
            low = len(self.masked[offset : trouble.start].rstrip())
        title = ' ""'
        if high - low < len(title):
            if not trouble.at_end:
                return False
            high = low + len(title)
        self.text = self.text[:low] + title.ljust(high - low) + self.text[high:]
        return True

    def blank(self, place: int) -> bool:
        """Replace the clause around a place by spaces; False where the head is lost."""
        offset = self.chunk.start
        starts = self.clauses()
        index = bisect_right(starts, place) - 1
        begin = starts[index]
        if begin <= self._first(offset):
            return False
        end = starts[index + 1] if index + 1 < len(starts) else self.chunk.end
        low, high = begin - offset, end - offset
        piece = re.sub(r"[^\n]", " ", self.text[low:high])
        if piece == self.text[low:high]:
            return False
        self.text = self.text[:low] + piece + self.text[high:]
        self.gaps.append((begin, end))
        return True

    def clauses(self) -> list[int]:
        """Where the head, and every clause, field or row after it, begins."""
        low, high = self._first(self.chunk.start), self.chunk.end
        starts = {low}
        for m in _LINE.finditer(self.masked, low, high):
            # Any first word of a line may be meant as a clause, unless it plainly goes on.
            if m.group(4) in _NOT_A_KEYWORD and m.group(4):
                continue
            if m.group(2) in LINE_WORDS or m.group(2) in DECLARATIONS or self.odd(m):
                starts.add(m.start(2))
        if self.chunk.word == "record":
            starts.update(m.start(1) for m in _FIELD.finditer(self.masked, low, high))
        if self.chunk.word == "adds":
            starts.update(m.end() - 1 for m in _ROW.finditer(self.masked, low, high))
        if self.chunk.word == "property":
            starts.update(
                m.start(2)
                for m in _LINE.finditer(self.masked, low, high)
                if m.group(2) in {"where", "expect"}
            )
        return sorted(starts)

    def odd(self, line: re.Match[str]) -> bool:
        """Whether a line begins with what looks like a misspelt clause."""
        if line.group(2) in _GOES_ON:
            return False
        following = line.group(4)
        return following.isalnum() or following in {'"', "_", "{"}


def _moved(trouble: Trouble, offset: int) -> Trouble:
    return Trouble(
        trouble.start + offset,
        trouble.end + offset,
        trouble.token,
        trouble.expected,
        trouble.words,
        trouble.at_end,
    )
