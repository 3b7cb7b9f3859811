"""YAML 1.2 to the raw tree of a case, every scalar a text.

`NO`, `on`, `12:30`, `1e5` and `0.10` are the texts that they look like: what they mean is
for the vocabulary to say. Tags, anchors and aliases, several documents and keys that are
no texts are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Protocol

from longarm.case_tree import Closes, Event, Opens, RefusedError, Scalar, raw_from_events
from longarm_dsl.core.raw_facts import Raw
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.source import Source, Span


def raw_from_yaml(source: Source) -> tuple[Raw | None, tuple[Diagnostic, ...]]:
    """Read one document; None with a finding if the text is not one that is accepted."""
    return raw_from_events(source, _events(source))


class _Mark(Protocol):
    """Where ruamel.yaml saw something, in characters from the start."""

    index: int


class _Parsed(Protocol):
    """An event of ruamel.yaml, as far as every kind has the same; its annotations say less."""

    start_mark: _Mark
    end_mark: _Mark


def _events(source: Source) -> Iterator[Event]:
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
        raise RefusedError("malformed-case", message, span, "write one list of cases")
    if getattr(event, "version", None) not in {None, (1, 2)}:
        raise RefusedError("malformed-case", "only YAML 1.2 is read", span)


def _event(kind: str, event: _Parsed, span: Span) -> Event | None:
    if kind == "Alias" or getattr(event, "anchor", None) is not None:
        message = "anchors and aliases are not read in a case"
        raise RefusedError("malformed-case", message, span, "write the value out")
    if getattr(event, "tag", None) is not None:
        raise RefusedError("malformed-case", "tags are not read in a case", span, "leave it out")
    match kind:
        case "Scalar":
            text: object = getattr(event, "value", "")
            return Scalar(str(text), getattr(event, "style", None) not in {None, ""}, span)
        case "SequenceStart" | "MappingStart":
            return Opens(kind == "SequenceStart", span)
        case "SequenceEnd" | "MappingEnd":
            return Closes(span)
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


def _unreadable(source: Source, at: int, message: str) -> RefusedError:
    start = min(max(at, 0), len(source.text))
    span = Span(source, start, min(start + 1, len(source.text)))
    return RefusedError("malformed-case", f"this is not YAML or JSON: {message}", span)


def _one_line(text: str) -> str:
    most = 100
    shown = "".join(c if c.isprintable() else " " for c in text[:most])
    return " ".join(shown.split())
