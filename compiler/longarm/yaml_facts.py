"""YAML 1.2 and JSON to the raw tree of a case, every scalar a text.

`NO`, `on`, `12:30`, `1e5` and `0.10` are the texts that they look like: what they mean is
for the vocabulary to say. Tags, anchors and aliases, several documents and keys that are
no texts are refused, and nothing is built beyond the limits of size and depth, so that a
hostile file costs no more than an honest one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol, TypeAlias, assert_never

from longarm_dsl.core.read_facts import (
    MOST_LEVELS,
    MOST_NODES,
    Raw,
    RawList,
    RawPair,
    RawRecord,
    RawText,
)
from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.source import Source, Span

MOST_BYTES = 5_000_000
"""A case file is no longer than this."""

_WRAPPING = 4
"""Levels around the facts of a case: the list of cases, the case, its `given`, and one to spare."""

_MOST_CASES = 4
"""A file holds this many times the values that one case may."""

_JSON_WORDS = frozenset({"unknown", "not_known", "none"})


class _RefusedError(Exception):
    """Leaves a file that is not read further; caught by `raw_from_yaml`."""

    def __init__(self, name: str, message: str, span: Span, help_: str | None = None) -> None:
        super().__init__(message)
        self.diagnostic = error(name, message, span, help=help_)


def raw_from_yaml(source: Source) -> tuple[Raw | None, tuple[Diagnostic, ...]]:
    """Read one document; None with a finding if the text is not one that is accepted.

    Where all keys are quoted, as in JSON, quotes say nothing, and `"unknown"` is the word.
    """
    builder = _Builder(source)
    try:
        for event in _events(source):
            builder.take(event)
    except _RefusedError as refused:
        return None, (*builder.found, refused.diagnostic)
    raw = builder.result
    if raw is None:
        whole = Span(source, 0, 0)
        empty = error("malformed-case", "the file is empty", whole, help="`longarm schema` helps")
        return None, (empty,)
    if builder.keys and builder.quoted_keys == builder.keys:
        raw = _unquoted(raw)
    return raw, tuple(builder.found)


# --- events -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scalar:
    text: str
    quoted: bool
    span: Span


@dataclass(frozen=True, slots=True)
class _Opens:
    is_list: bool
    span: Span


@dataclass(frozen=True, slots=True)
class _Closes:
    span: Span


_Event: TypeAlias = _Scalar | _Opens | _Closes


class _Mark(Protocol):
    """Where ruamel.yaml saw something, in characters from the start."""

    index: int


class _Parsed(Protocol):
    """An event of ruamel.yaml, as far as every kind has the same; its annotations say less."""

    start_mark: _Mark
    end_mark: _Mark


def _events(source: Source) -> Iterator[_Event]:
    """The events of ruamel.yaml's parser, which works on a stack and builds nothing."""
    yaml = import_module("ruamel.yaml")  # slow to load, and only for case files
    unreadable: type[Exception] = yaml.YAMLError
    parsed: Iterable[_Parsed] = yaml.YAML(typ="base", pure=True).parse(source.text)
    documents = 0
    end = 0
    try:
        for event in parsed:
            start, end = event.start_mark.index, event.end_mark.index
            span = Span(source, start, max(start, end))
            kind = type(event).__name__.removesuffix("Event")
            if kind == "DocumentStart":
                documents += 1
                _document(event, span, documents)
            read = _event(kind, event, span)
            if read is not None:
                yield read
    except unreadable as wrong:
        raise _unreadable(source, *_complaint(wrong, end)) from wrong
    except (ValueError, OverflowError) as wrong:
        # The parser meets `"\UFFFFFFFF"` and a version of 5000 digits with these.
        raise _unreadable(source, end, "an escape or a number beyond what is read") from wrong


def _document(event: _Parsed, span: Span, number: int) -> None:
    if number > 1:
        message = "a second document in one file"
        raise _RefusedError("malformed-case", message, span, "write one list of cases")
    if getattr(event, "version", None) not in {None, (1, 2)}:
        raise _RefusedError("malformed-case", "only YAML 1.2 is read", span)


def _event(kind: str, event: _Parsed, span: Span) -> _Event | None:
    if kind == "Alias" or getattr(event, "anchor", None) is not None:
        message = "anchors and aliases are not read in a case"
        raise _RefusedError("malformed-case", message, span, "write the value out")
    if getattr(event, "tag", None) is not None:
        raise _RefusedError("malformed-case", "tags are not read in a case", span, "leave it out")
    match kind:
        case "Scalar":
            text: object = getattr(event, "value", "")
            return _Scalar(str(text), getattr(event, "style", None) not in {None, ""}, span)
        case "SequenceStart" | "MappingStart":
            return _Opens(kind == "SequenceStart", span)
        case "SequenceEnd" | "MappingEnd":
            return _Closes(span)
        case _:
            return None


def _complaint(wrong: Exception, end: int) -> tuple[int, str]:
    """Where and what the parser complains of: a place in the text, or a bad character."""
    mark: _Mark | None = getattr(wrong, "problem_mark", None) or getattr(
        wrong, "context_mark", None
    )
    if mark is None:
        at: object = getattr(wrong, "position", end)
        return at if isinstance(at, int) else end, "a character that YAML does not allow"
    problem: object = getattr(wrong, "problem", None) or getattr(wrong, "context", None)
    return mark.index, _one_line(str(problem or "cannot be read"))


def _unreadable(source: Source, at: int, message: str) -> _RefusedError:
    start = min(max(at, 0), len(source.text))
    span = Span(source, start, min(start + 1, len(source.text)))
    return _RefusedError("malformed-case", f"this is not YAML or JSON: {message}", span)


def _one_line(text: str) -> str:
    most = 100
    shown = "".join(c if c.isprintable() else " " for c in text[:most])
    return " ".join(shown.split())


# --- tree ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    """A list or record that is still open."""

    is_list: bool
    span: Span
    items: list[Raw] = field(default_factory=list[Raw])
    pairs: list[RawPair] = field(default_factory=list[RawPair])
    key: _Scalar | None = None


@dataclass(slots=True)
class _Builder:
    source: Source
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    stack: list[_Node] = field(default_factory=list[_Node])
    result: Raw | None = None
    nodes: int = 0
    keys: int = 0
    quoted_keys: int = 0

    def take(self, event: _Event) -> None:
        self.nodes += 1
        if self.nodes > _MOST_CASES * MOST_NODES:
            message = f"a case file has at most {_MOST_CASES * MOST_NODES} values"
            raise _RefusedError("file-too-large", message, event.span)
        match event:
            case _Scalar(text, quoted, span):
                top = self.stack[-1] if self.stack else None
                if top is not None and not top.is_list and top.key is None:
                    top.key = event
                    # The key of `{a, b}` is a member of a set, and seen once it has no value.
                    return
                self.add(RawText(text, quoted, span), bare=text == "" and not quoted)
            case _Opens(is_list, span):
                top = self.stack[-1] if self.stack else None
                if top is not None and not top.is_list and top.key is None:
                    raise _RefusedError("malformed-case", "a key is one word or text", span)
                if len(self.stack) >= MOST_LEVELS + _WRAPPING:
                    message = f"the facts of a case nest at most {MOST_LEVELS} levels deep"
                    raise _RefusedError("nested-too-deeply", message, span)
                self.stack.append(_Node(is_list, span))
            case _Closes(span):
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
            return RawText(text, quoted=False, where=where) if text in _JSON_WORDS else raw
        case RawList(items, is_open, where):
            return RawList(tuple(_unquoted(i) for i in items), is_open, where)
        case RawRecord(pairs, where):
            return RawRecord(
                tuple(RawPair(p.key, _unquoted(p.value), p.where) for p in pairs), where
            )
        case _:
            assert_never(raw)
