"""The tokens of a text, each with the comments and documentation around it.

Promises: every comment and every documentation belongs to exactly one token, or to the
end of the text.
"""

from __future__ import annotations

from bisect import bisect_left

from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source
from longarm_dsl.surface.reader import tokens
from longarm_dsl.surface.scan import trivia


@dataclass(frozen=True, slots=True)
class Lead:
    """A comment or documentation on lines of its own."""

    text: str
    start: int
    end: int
    doc: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A token with what stands around it."""

    kind: str
    text: str
    start: int
    end: int
    lead: tuple[Lead, ...]
    trail: tuple[str, ...]


def words_of(source: Source) -> tuple[list[Word], tuple[Lead, ...]]:
    """The tokens with their comments, and what stands after the last token."""
    plain = list(tokens(source.text))
    kept = [
        token
        for i, token in enumerate(plain)
        if not (token.text == "," and i + 1 < len(plain) and plain[i + 1].text in {")", "]", "}"})
    ]
    starts = [token.start for token in kept]
    lead: list[list[Lead]] = [[] for _ in range(len(kept) + 1)]
    trail: list[list[str]] = [[] for _ in range(len(kept) + 1)]
    for remark in trivia(source):
        at = bisect_left(starts, remark.start)
        if at and remark.start < kept[at - 1].end:
            continue
        # After a comma that goes, a remark at the end of the line stays behind those above it.
        if remark.doc or remark.own_line or not at or lead[at]:
            lead[at].append(Lead(remark.text, remark.start, remark.end, remark.doc))
        else:
            trail[at - 1].append(remark.text)
    found = [
        Word(t.kind, _spelled(t.kind, t.text), t.start, t.end, tuple(le), tuple(tr))
        for t, le, tr in zip(kept, lead[:-1], trail[:-1], strict=True)
    ]
    return found, tuple(lead[-1])


def _spelled(kind: str, text: str) -> str:
    match kind:
        case "FOR_EACH":
            return "for each"
        case "OR_ELSE":
            return "or else"
        case "PERCENT":
            return text.replace(" ", "")
        case _:
            return text
