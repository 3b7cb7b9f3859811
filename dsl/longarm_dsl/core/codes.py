"""Classification codes: the body of a code set read as the law writes it.

`3B001 except .a.4, .c; 3E001 for 3B; any E of category 3 to 9; 600 except .y;
3B001.a.4, .k to .n; 1C902 to 1C908; EAR99`. Groups end at `;`. Inside one, `.x` is a
paragraph of the group's first code, and `except` and `for` narrow the whole group.
What codes and sets mean is in `code_sets`; all of it can be imported from here.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import Literal, TypeAlias

from longarm_dsl.core.code_sets import (
    ECCN_SYSTEMS,
    NO_CODES,
    Code,
    CodePattern,
    CodeSet,
    Common,
    Exactly,
    Family,
    Less,
    Listed,
    Member,
    Path,
    Series,
    Union,
    code_of,
    difference,
    falls,
    falls_any,
    intersection,
    just,
    members_of,
    parse_code,
    representatives,
    show_codes,
    show_member,
    show_pattern,
    systems,
    union,
)
from longarm_dsl.lazy_dataclass import dataclass

__all__ = [
    "ECCN_SYSTEMS",
    "MOST_IN_A_RANGE",
    "NO_CODES",
    "Code",
    "CodePattern",
    "CodeSet",
    "Common",
    "Exactly",
    "Family",
    "Less",
    "Listed",
    "Member",
    "Mistake",
    "Path",
    "Series",
    "Union",
    "code_of",
    "difference",
    "falls",
    "falls_any",
    "intersection",
    "just",
    "members_of",
    "parse_code",
    "parse_codes",
    "representatives",
    "show_codes",
    "show_member",
    "show_pattern",
    "systems",
    "union",
]

Mistake: TypeAlias = tuple[str, int, int]
"""A message and the half-open range of text it is about."""

MOST_IN_A_RANGE = 1000
"""A range `A to B` lists no more codes than this."""

_TOKEN = re.compile(
    r"""(?P<word>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*) | (?P<paragraph>(?:\.[A-Za-z0-9]+)+)
        | (?P<comma>,) | (?P<semicolon>;) | (?P<space>\s+) | (?P<other>.)""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"any", "of", "category", "to", "except", "for"})
_CATEGORIES = frozenset("0123456789")
_GROUPS = frozenset("ABCDE")

Kind: TypeAlias = Literal["word", "keyword", "paragraph", "comma", "semicolon", "other", "end"]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Kind
    text: str
    start: int
    end: int


def _tokens(body: str, offset: int) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(body):
        start, end, text = offset + match.start(), offset + match.end(), match.group()
        match match.lastgroup:
            case "space":
                continue
            case "word":
                kind: Kind = "keyword" if text in _KEYWORDS else "word"
            case "paragraph":
                kind = "paragraph"
            case "comma":
                kind = "comma"
            case "semicolon":
                kind = "semicolon"
            case _:
                kind = "other"
        found.append(_Token(kind, text, start, end))
    end = offset + len(body)
    return [*found, _Token("end", "", end, end)]


class _UnreadableError(Exception):
    """Leaves the group being read; caught by `parse_codes`, never seen outside."""

    def __init__(self, message: str, token: _Token) -> None:
        super().__init__(message)
        self.mistake: Mistake = (message, token.start, token.end)


@dataclass(slots=True)
class _Reader:
    """Recursive descent over the tokens of one body."""

    system: str
    tokens: list[_Token]
    at: int = 0
    base: CodePattern | None = None
    mistakes: list[Mistake] = field(default_factory=list[Mistake])

    def peek(self, ahead: int = 0) -> _Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def skip_word(self, text: str) -> bool:
        token = self.peek()
        if token.kind == "keyword" and token.text == text:
            self.at += 1
            return True
        return False

    def group(self) -> list[Member]:
        self.base = None
        start = self.peek()
        patterns = self.patterns()
        exceptions: list[CodePattern] = []
        served: list[CodePattern] = []
        while True:
            token = self.peek()
            if self.skip_word("except"):
                if exceptions:
                    raise _UnreadableError("`except` stands twice in one group", token)
                exceptions = self.patterns()
            elif self.skip_word("for"):
                if served:
                    raise _UnreadableError("`for` stands twice in one group", token)
                served = self.patterns()
            else:
                break
        token = self.peek()
        if token.kind not in {"semicolon", "end"}:
            message = f"`{token.text}` is not expected here: groups end with `;`"
            raise _UnreadableError(message, token)
        for exception in exceptions:
            if not any(_may_meet(exception, p) for p in patterns):
                outside = f"the exception `{show_pattern(exception)}` lies outside its group"
                self.mistakes.append((outside, start.start, self.peek(-1).end))
        return [
            Member(p, tuple(e for e in exceptions if _may_meet(e, p)), tuple(served))
            for p in patterns
        ]

    def patterns(self) -> list[CodePattern]:
        found = self.item()
        while self.peek().kind == "comma":
            self.at += 1
            found += self.item()
        return list(dict.fromkeys(found))

    def item(self) -> list[CodePattern]:
        token = self.peek()
        if token.kind == "keyword" and token.text == "any":
            return [self.rooted(self.family())]
        first = self.one()
        if not self.skip_word("to"):
            return [first]
        last_token = self.peek()
        last = self.one()
        return _range(first, last, replace(token, end=last_token.end))

    def rooted(self, pattern: CodePattern) -> CodePattern:
        """Remember what a paragraph alone, such as `.c`, is a paragraph of."""
        if self.base is None:
            keep = 2 if self.system == "HS" else 1
            self.base = (
                replace(pattern, path=pattern.path[:keep])
                if isinstance(pattern, Exactly)
                else pattern
            )
        return pattern

    def one(self) -> CodePattern:
        token = self.take()
        if token.kind == "paragraph":
            if self.base is None:
                message = f"`{token.text}` is a paragraph of no code: write the code first"
                raise _UnreadableError(message, token)
            tail = tuple(token.text[1:].split("."))
            return _with_tail(self.base, tail, token)
        if token.kind != "word":
            raise _UnreadableError(f"a code is missing before `{token.text or ']'}`", token)
        if self.system in ECCN_SYSTEMS:
            family = self.series(token) or self.product_group(token)
            if family is not None:
                return self.rooted(family)
        code = code_of(self.system, token.text)
        if code is None:
            raise _UnreadableError(f"`{token.text}` is no code of {self.system}", token)
        return self.rooted(Exactly(self.system, code.path))

    def series(self, token: _Token) -> Family | None:
        series: Series
        match token.text:
            case "600":
                series, categories = "600", _CATEGORIES
            case "9x515":
                series, categories = "9x515", frozenset("9")
            case _:
                return None
        family = Family(self.system, categories, _GROUPS, series)
        if self.peek().kind == "paragraph":
            return replace(family, tail=tuple(self.take().text[1:].split(".")))
        return family

    def product_group(self, token: _Token) -> Family | None:
        """Read `3B`, short for any B of category 3."""
        if re.fullmatch(r"[0-9][A-E]", token.text) is None:
            return None
        return Family(self.system, frozenset(token.text[0]), frozenset(token.text[1]))

    def family(self) -> Family:
        first = self.take()
        if self.system not in ECCN_SYSTEMS:
            raise _UnreadableError(f"{self.system} has no categories and product groups", first)
        groups = {self.letter()}
        while self.peek().kind == "comma":
            self.at += 1
            groups.add(self.letter())
        for word in ("of", "category"):
            token = self.peek()
            if not self.skip_word(word):
                raise _UnreadableError(
                    f"`any {', '.join(sorted(groups))}` wants `of category`", token
                )
        categories = self.categories()
        while self.peek().kind == "comma" and re.fullmatch("[0-9]", self.peek(1).text):
            self.at += 1
            categories |= self.categories()
        return Family(self.system, categories, frozenset(groups))

    def letter(self) -> str:
        token = self.take()
        if token.text not in _GROUPS:
            raise _UnreadableError(f"`{token.text}` is no product group: they are A to E", token)
        return token.text

    def categories(self) -> frozenset[str]:
        low = self.digit()
        token = self.peek()
        high = self.digit() if self.skip_word("to") else low
        if high < low:
            raise _UnreadableError(f"`{low} to {high}` runs backwards", token)
        return frozenset(str(n) for n in range(low, high + 1))

    def digit(self) -> int:
        token = self.take()
        if re.fullmatch("[0-9]", token.text) is None:
            raise _UnreadableError(f"`{token.text}` is no category: they are 0 to 9", token)
        return int(token.text)


def _with_tail(base: CodePattern, tail: Path, token: _Token) -> CodePattern:
    if isinstance(base, Family):
        return replace(base, tail=tail)
    full = Exactly(base.system, base.path + tail)
    if code_of(full.system, show_pattern(full)) is None:
        raise _UnreadableError(f"`{show_pattern(full)}` is no code of {base.system}", token)
    return full


def _may_meet(one: CodePattern, other: CodePattern) -> bool:
    """Whether two patterns can have a code in common."""
    if isinstance(one, Exactly) and isinstance(other, Exactly):
        n = min(len(one.path), len(other.path))
        return one.path[:n] == other.path[:n]
    if isinstance(one, Family) and isinstance(other, Family):
        n = min(len(one.tail), len(other.tail))
        return one.tail[:n] == other.tail[:n] and bool(
            one.categories & other.categories and one.groups & other.groups
        )
    exact, family = (one, other) if isinstance(one, Exactly) else (other, one)
    if not isinstance(exact, Exactly) or not isinstance(family, Family):
        return False
    n = min(len(exact.path) - 1, len(family.tail))
    return family.has(exact.path[0]) and exact.path[1 : n + 1] == family.tail[:n]


def _range(first: CodePattern, last: CodePattern, where: _Token) -> list[CodePattern]:
    """List every pattern from one to another that differ in their last part only."""
    shown = f"`{show_pattern(first)} to {show_pattern(last)}`"
    if isinstance(first, Family) and isinstance(last, Family):
        if not first.tail or replace(first, tail=last.tail) != last:
            raise _UnreadableError(f"{shown} is no range of paragraphs", where)
        tails = _listed(first.tail, last.tail, where, shown)
        return [replace(first, tail=t) for t in tails]
    if not isinstance(first, Exactly) or not isinstance(last, Exactly):
        raise _UnreadableError(f"{shown} is no range of codes", where)
    if first.system == "HS":
        low, high = "".join(first.path), "".join(last.path)
        numbers = _numbers(low, high, where, shown, fixed=True)
        codes = [code_of("HS", n) for n in numbers]
        return [Exactly("HS", c.path) for c in codes if c is not None]
    paths = _listed(first.path, last.path, where, shown)
    return [Exactly(first.system, p) for p in paths]


def _listed(first: Path, last: Path, where: _Token, shown: str) -> list[Path]:
    if len(first) != len(last) or first[:-1] != last[:-1]:
        raise _UnreadableError(
            f"{shown} is no range: its ends differ before their last part", where
        )
    low, high = first[-1], last[-1]
    if re.fullmatch(r"[a-z]", low) and re.fullmatch(r"[a-z]", high):
        if high < low:
            raise _UnreadableError(f"{shown} runs backwards", where)
        return [(*first[:-1], chr(n)) for n in range(ord(low), ord(high) + 1)]
    # The head of an ECCN keeps its category and product group: 3D991 to 3D994.
    stem = re.match(r"[0-9][A-E](?=[0-9]{3}$)", low)
    kept = stem.group() if stem else ""
    if not high.startswith(kept):
        raise _UnreadableError(f"{shown} leaves its category or product group", where)
    numbers = _numbers(low[len(kept) :], high[len(kept) :], where, shown, fixed=bool(kept))
    return [(*first[:-1], kept + n) for n in numbers]


def _numbers(low: str, high: str, where: _Token, shown: str, *, fixed: bool) -> list[str]:
    # Heads and headings have a fixed width; paragraph numbers (.1 to .12) have none.
    width = len(low) if len(low) == len(high) else 0
    if not (low.isdigit() and high.isdigit()) or (fixed and not width):
        raise _UnreadableError(f"{shown} is no range: its ends are of different kinds", where)
    if int(high) < int(low):
        raise _UnreadableError(f"{shown} runs backwards", where)
    if int(high) - int(low) >= MOST_IN_A_RANGE:
        raise _UnreadableError(f"{shown} lists more than {MOST_IN_A_RANGE} codes", where)
    return [str(n).rjust(width, "0") for n in range(int(low), int(high) + 1)]


def parse_codes(system: str, body: str, offset: int = 0) -> tuple[Listed, list[Mistake]]:
    """Read the text between the brackets of `US[…]`.

    `offset` is where the body starts in its source; mistakes carry source positions. A
    group with a mistake is left out, the others are kept.
    """
    reader = _Reader(system, _tokens(body, offset))
    members: dict[Member, None] = {}
    while True:
        try:
            found = reader.group()
            members.update(dict.fromkeys(found))
        except _UnreadableError as unreadable:
            reader.mistakes.append(unreadable.mistake)
            while reader.peek().kind not in {"semicolon", "end"}:
                reader.at += 1
        if reader.take().kind == "end" or reader.peek().kind == "end":
            # A trailing `;` ends the last group.
            return Listed(tuple(members)), reader.mistakes
