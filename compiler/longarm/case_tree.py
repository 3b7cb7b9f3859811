"""Events of a text to the raw tree of a case, every scalar a text.

The readers of JSON (`json_facts`) and YAML (`yaml_facts`) say what opens, stands and
closes; the tree and its limits are the same for both. Nothing is built beyond the limits
of size and depth, so that a hostile file costs no more than an honest one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from datetime import date
from typing import TypeAlias, assert_never

from longarm_dsl.core.raw_facts import (
    MOST_LEVELS,
    MOST_NODES,
    Raw,
    RawList,
    RawPair,
    RawRecord,
    RawText,
)
from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span

MOST_BYTES = 5_000_000
"""A case file is no longer than this."""

_WRAPPING = 4
"""Levels around the facts of a case: the list of cases, the case, its `given`, and one to spare."""

_MOST_CASES = 4
"""A file holds this many times the values that one case may."""

_WORDS = frozenset({"unknown", "not_known", "none"})

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?)?")


def is_day(text: str) -> bool:
    """Whether a text is a day, perhaps with a clock time, as `on` and `known` are written."""
    found = _DAY.fullmatch(text)
    if found is None:
        return False
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return False
    clock = (found[2] or "T00:00")[1:6]
    hour, minute = (int(part) for part in clock.split(":"))
    return hour < 24 and minute < 60  # noqa: PLR2004  a clock


class RefusedError(Exception):
    """Leaves a file that is not read further; caught by `raw_from_events`."""

    def __init__(self, name: str, message: str, span: Span, help_: str | None = None) -> None:
        super().__init__(message)
        self.diagnostic = error(name, message, span, help=help_)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word, number or text; the key of a pair where one is due."""

    text: str
    quoted: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Opens:
    """A list or record begins."""

    is_list: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Closes:
    """The innermost list or record ends."""

    span: Span


Event: TypeAlias = Scalar | Opens | Closes


def raw_from_events(
    source: Source, events: Iterable[Event]
) -> tuple[Raw | None, tuple[Diagnostic, ...]]:
    """Build one document; None with a finding if it is not one that is accepted.

    Where all keys are quoted, as in JSON, quotes say nothing, and `"unknown"` is the word.
    """
    builder = _Builder()
    try:
        for event in events:
            builder.take(event)
    except RefusedError as refused:
        return None, (*builder.found, refused.diagnostic)
    raw = builder.result
    if raw is None:
        whole = Span(source, 0, 0)
        empty = error("malformed-case", "the file is empty", whole, help="`longarm schema` helps")
        return None, (empty,)
    if builder.keys and builder.quoted_keys == builder.keys:
        raw = _unquoted(raw)
    return raw, tuple(builder.found)


@dataclass(slots=True)
class _Node:
    """A list or record that is still open."""

    is_list: bool
    span: Span
    items: list[Raw] = field(default_factory=list[Raw])
    pairs: list[RawPair] = field(default_factory=list[RawPair])
    key: Scalar | None = None


@dataclass(slots=True)
class _Builder:
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    stack: list[_Node] = field(default_factory=list[_Node])
    result: Raw | None = None
    nodes: int = 0
    keys: int = 0
    quoted_keys: int = 0

    def take(self, event: Event) -> None:
        self.nodes += 1
        if self.nodes > _MOST_CASES * MOST_NODES:
            message = f"a case file has at most {_MOST_CASES * MOST_NODES} values"
            raise RefusedError("file-too-large", message, event.span)
        match event:
            case Scalar(text, quoted, span):
                top = self.stack[-1] if self.stack else None
                if top is not None and not top.is_list and top.key is None:
                    top.key = event
                    # The key of `{a, b}` is a member of a set, and seen once it has no value.
                    return
                self.add(RawText(text, quoted, span), bare=text == "" and not quoted)
            case Opens(is_list, span):
                top = self.stack[-1] if self.stack else None
                if top is not None and not top.is_list and top.key is None:
                    raise RefusedError("malformed-case", "a key is one word or text", span)
                if len(self.stack) >= MOST_LEVELS + _WRAPPING:
                    message = f"the facts of a case nest at most {MOST_LEVELS} levels deep"
                    raise RefusedError("nested-too-deeply", message, span)
                self.stack.append(_Node(is_list, span))
            case Closes(span):
                node = self.stack.pop()
                whole = node.span.to(span)
                if node.is_list:
                    self.add(self.listed(node, whole))
                else:
                    self.add(RawRecord(tuple(node.pairs), whole))
            case _:
                assert_never(event)

    def add(self, raw: Raw, *, bare: bool = False) -> None:
        if not self.stack:
            self.result = raw
            return
        top = self.stack[-1]
        if top.is_list:
            top.items.append(raw)
            return
        key = top.key
        assert key is not None  # noqa: S101  INVARIANT: events of a mapping alternate
        top.key = None
        if not bare:
            self.keys += 1
            self.quoted_keys += key.quoted
        top.pairs.append(RawPair(key.text, raw, key.span))

    def listed(self, node: _Node, whole: Span) -> RawList:
        dots = [isinstance(i, RawText) and i.text == "..." for i in node.items]
        for item, is_dots in zip(node.items[:-1], dots[:-1], strict=True):
            if is_dots:
                self.found.append(
                    error(
                        "malformed-case",
                        "`...` stands last in a list",
                        item.where,
                        help="move it to the end",
                    )
                )
        items = tuple(i for i, is_dots in zip(node.items, dots, strict=True) if not is_dots)
        return RawList(items, any(dots), whole)


def _unquoted(raw: Raw) -> Raw:
    """The tree with the special words of a JSON file as words."""
    match raw:
        case RawText(text, _, where):
            return RawText(text, quoted=False, where=where) if text in _WORDS else raw
        case RawList(items, is_open, where):
            return RawList(tuple(_unquoted(i) for i in items), is_open, where)
        case RawRecord(pairs, where):
            return RawRecord(
                tuple(RawPair(p.key, _unquoted(p.value), p.where) for p in pairs), where
            )
        case _:
            assert_never(raw)
