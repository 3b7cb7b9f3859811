"""What can be told from characters alone: comments, documentation, look-alikes, nesting.

Runs before the grammar, so that a stray quote or ten thousand brackets give one
finding each instead of many.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast
from longarm_dsl.surface.complaints import odd_character
from longarm_dsl.surface.keywords import DECLARATIONS

MAX_BRACKETS = 60
MAX_FINDINGS = 100

_TOKEN = re.compile(
    r'(?P<doc>"""[\s\S]*?"""|"""[\s\S]*\Z)|(?P<string>"(?:[^"\\\n]|\\.)*"?)|(?P<comment>#[^\n]*)'
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<word>\w+)|(?P<other>[^\w\s])"
)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def scan(source: Source) -> tuple[Diagnostic, ...]:
    """Findings about characters: bidirectional controls, look-alikes, brackets, quotes."""
    found: list[Diagnostic] = [
        error(
            "bidirectional-control",
            f"the control character U+{ord(m.group()):04X} changes the order in which text is shown",
            Span(source, m.start(), m.end()),
            help="remove it: what is read must be what is compiled",
        )
        for m in _BIDI.finditer(source.text)
    ]
    opened: list[str] = []
    too_deep = False
    odd_line = -1
    for m in _TOKEN.finditer(source.text):
        if len(found) >= MAX_FINDINGS:
            break
        span = Span(source, m.start(), m.end())
        text = m.group()
        match m.lastgroup:
            case "doc" if len(text) < 6 or not text.endswith('"""'):  # noqa: PLR2004  two marks
                found.append(_unclosed(Span(source, m.start(), m.start() + 3), '"""'))
            case "string" if len(text) < 2 or not text.endswith('"'):  # noqa: PLR2004  two marks
                found.append(_unclosed(span, '"'))
            case "word" if not text.isascii():
                found.append(_lookalike(span))
            case "word" if text in DECLARATIONS and _at_margin(source.text, m.start()):
                opened.clear()
            case "open":
                opened.append(text)
                if len(opened) > MAX_BRACKETS and not too_deep:
                    too_deep = True
                    found.append(
                        error(
                            "nested-too-deeply",
                            f"more than {MAX_BRACKETS} brackets are open at once",
                            span,
                            help="name a part of the expression with `let`",
                        )
                    )
            case "close" if opened and opened[-1] == _PAIRS[text]:
                opened.pop()
            case "other" if not (text.isascii() and text.isprintable()):
                line = source.position(m.start())[0]
                if line != odd_line and not _BIDI.match(text):
                    found.append(odd_character(source, m.start()))
                odd_line = line
            case _:
                pass
    return tuple(found[:MAX_FINDINGS])


def _at_margin(text: str, offset: int) -> bool:
    return offset == 0 or text[offset - 1] == "\n"


def _unclosed(span: Span, mark: str) -> Diagnostic:
    return error(
        "unclosed-string",
        "the text in quotes is not closed on its line"
        if mark == '"'
        else "the documentation is not closed",
        span,
        help=f"close it with `{mark}`",
    )


def _lookalike(span: Span) -> Diagnostic:
    """A word outside quotes with letters beyond ASCII: names are ASCII."""
    scripts = sorted({unicodedata.name(c, "?").split(" ")[0] for c in span.text if not c.isascii()})
    folded = unicodedata.normalize("NFKC", span.text)
    return error(
        "lookalike-name",
        f"`{span.text}` is not plain ASCII (it has {', '.join(scripts).lower()} characters)",
        span,
        help=f"write `{folded}`"
        if folded.isascii()
        else "names are ASCII; put other scripts in quotes",
    )


def mask(source: Source) -> str:
    """The text with comments, documentation and quoted text blanked, every offset kept."""

    def blank(m: re.Match[str]) -> str:
        text = m.group()
        match m.lastgroup:
            case "string":
                closed = len(text) > 1 and text.endswith('"')
                return '"' + " " * (len(text) - 2) + '"' if closed else '"' + " " * (len(text) - 1)
            case "doc" | "comment":
                return re.sub(r"[^\n]", " ", text)
            case _:
                return text

    return _TOKEN.sub(blank, source.text)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment or documentation; `own_line` when nothing but spaces stands before it."""

    text: str
    start: int
    end: int
    doc: bool
    own_line: bool


@lru_cache(maxsize=64)
def trivia(source: Source) -> tuple[Remark, ...]:
    """Every comment and every documentation, in order."""
    found: list[Remark] = []
    for m in _TOKEN.finditer(source.text):
        if m.lastgroup not in {"comment", "doc"}:
            continue
        line_start = source.text.rfind("\n", 0, m.start()) + 1
        own = not source.text[line_start : m.start()].strip()
        is_doc = m.lastgroup == "doc"
        text = m.group() if is_doc else m.group().rstrip()
        found.append(Remark(text, m.start(), m.end(), is_doc, own))
    return tuple(found)


def scan_comments(source: Source) -> tuple[ast.Comment, ...]:
    """Every `#` comment."""
    return tuple(
        ast.Comment(r.text, r.own_line, span=Span(source, r.start, r.end))
        for r in trivia(source)
        if not r.doc
    )


def scan_docs(source: Source) -> tuple[tuple[Span, str], ...]:
    """Every `\"\"\"` documentation with its text, in order."""
    return tuple(
        (Span(source, r.start, r.end), r.text[3:-3].strip("\n").rstrip())
        for r in trivia(source)
        if r.doc and len(r.text) >= 6  # noqa: PLR2004  two marks
    )
