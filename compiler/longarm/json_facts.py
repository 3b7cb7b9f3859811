"""JSON to the raw tree of a case, every scalar a text: `0.10` stays `0.10`.

Strict JSON (RFC 8259), each value with its place in the text, read on a stack of its own.
Needs the standard library alone, so that decisions can be made where nothing is installed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import Enum, auto

from longarm.case_tree import Closes, Event, Opens, Scalar, raw_from_events
from longarm_dsl.core.raw_facts import Raw
from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class NotJson:
    """The text is something else, and where it stops being JSON."""

    finding: Diagnostic


class _NotJsonError(Exception):
    """Leaves a text that is not JSON; caught by `raw_from_json`."""

    def __init__(self, source: Source, at: int, message: str) -> None:
        super().__init__(message)
        span = Span(source, at, min(at + 1, len(source.text)))
        self.finding = error("malformed-case", f"this is not JSON: {message}", span)


def raw_from_json(source: Source) -> tuple[Raw | None, tuple[Diagnostic, ...]] | NotJson:
    """Read one JSON text; None with a finding if it is one that is not accepted."""
    try:
        return raw_from_events(source, _events(source))
    except _NotJsonError as wrong:
        return NotJson(wrong.finding)


_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_BARE = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")


class _Due(Enum):
    """What may stand next."""

    VALUE = auto()
    VALUE_OR_CLOSE = auto()
    KEY = auto()
    KEY_OR_CLOSE = auto()
    COMMA_OR_CLOSE = auto()
    END = auto()

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    _Due.VALUE: "a value is missing",
    _Due.VALUE_OR_CLOSE: "a value or `]` is missing",
    _Due.KEY: "a key in double quotes is missing",
    _Due.KEY_OR_CLOSE: "a key in double quotes or `}` is missing",
    _Due.COMMA_OR_CLOSE: "a comma or a closing bracket is missing",
    _Due.END: "something stands after the end",
}
_MAY_CLOSE = frozenset({_Due.VALUE_OR_CLOSE, _Due.KEY_OR_CLOSE, _Due.COMMA_OR_CLOSE})


def _events(source: Source) -> Iterator[Event]:
    text = source.text
    inside: list[str] = []
    due = _Due.VALUE
    at = _after_space(text, 0)
    while at < len(text):
        char = text[at]
        if inside and char == inside[-1] and due in _MAY_CLOSE:
            inside.pop()
            yield Closes(Span(source, at, at + 1))
            due, at = _after(inside), at + 1
        elif char == "," and due is _Due.COMMA_OR_CLOSE:
            due, at = (_Due.VALUE if inside[-1] == "]" else _Due.KEY), at + 1
        elif char == '"' and (due is _Due.KEY or due is _Due.KEY_OR_CLOSE):
            key = _string(source, at)
            yield key
            at = _after_space(text, key.span.end)
            if text[at : at + 1] != ":":
                raise _NotJsonError(source, at, "a colon is missing")
            due, at = _Due.VALUE, at + 1
        elif due is not _Due.VALUE and due is not _Due.VALUE_OR_CLOSE:
            raise _NotJsonError(source, at, due.words)
        elif char in "[{":
            inside.append("]" if char == "[" else "}")
            yield Opens(char == "[", Span(source, at, at + 1))
            due, at = (_Due.VALUE_OR_CLOSE if char == "[" else _Due.KEY_OR_CLOSE), at + 1
        else:
            value = _string(source, at) if char == '"' else _bare(source, at, due)
            yield value
            due, at = _after(inside), value.span.end
        at = _after_space(text, at)
    if due is not _Due.END:
        raise _NotJsonError(source, at, due.words)


def _after(inside: list[str]) -> _Due:
    return _Due.COMMA_OR_CLOSE if inside else _Due.END


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _string(source: Source, at: int) -> Scalar:
    found = _STRING.match(source.text, at)
    if found is None:
        raise _NotJsonError(source, at, "a text without its closing quote, or over two lines")
    written = found[0]
    if "\\" not in written:
        return Scalar(written[1:-1], quoted=True, span=Span(source, at, found.end()))
    try:
        text: object = json.loads(written)
    except ValueError as wrong:
        raise _NotJsonError(source, at, "an escape that JSON does not have") from wrong
    return Scalar(str(text), quoted=True, span=Span(source, at, found.end()))


def _bare(source: Source, at: int, due: _Due) -> Scalar:
    found = _BARE.match(source.text, at)
    if found is None:
        raise _NotJsonError(source, at, due.words)
    return Scalar(found[0], quoted=False, span=Span(source, at, found.end()))
