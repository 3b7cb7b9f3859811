"""What a case says before its types: texts, lists and records, with their places.

Every form of a case (`.pol`, YAML, JSON) becomes this one small tree, which `read_facts`
reads by the vocabulary.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias, assert_never

from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

MOST_LEVELS = 40
"""Records and lists may stand this deep in one another."""

MOST_NODES = 100_000
"""A case has no more values than this."""


@dataclass(frozen=True, slots=True)
class RawText:
    """A word or a quoted text; quotes tell the text "unknown" from the word `unknown`."""

    text: str
    quoted: bool
    where: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RawList:
    """A list or set, `open` if it ends in `...`."""

    items: tuple[Raw, ...]
    open: bool
    where: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RawPair:
    """A key with the place of the key, and its value."""

    key: str
    value: Raw
    where: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RawRecord:
    """Keys and values in the order given, repeated keys included."""

    pairs: tuple[RawPair, ...]
    where: Span = field(compare=False, repr=False)


Raw: TypeAlias = "RawText | RawList | RawRecord"


def beyond_limits(raw: Raw) -> tuple[str, str, Span] | None:
    """Name, message and place of a limit that is passed; on a stack of its own."""
    nodes = 0
    stack: list[tuple[Raw, int]] = [(raw, 1)]
    while stack:
        node, level = stack.pop()
        nodes += 1
        if nodes > MOST_NODES:
            return "file-too-large", f"a case has at most {MOST_NODES} values", raw.where
        if level > MOST_LEVELS:
            message = f"the facts of a case nest at most {MOST_LEVELS} levels deep"
            return "nested-too-deeply", message, node.where
        match node:
            case RawText():
                pass
            case RawList(items):
                stack.extend((item, level + 1) for item in items)
            case RawRecord(pairs):
                stack.extend((pair.value, level + 1) for pair in pairs)
            case _:
                assert_never(node)
    return None


def as_list(raw: Raw) -> RawList | None:
    """A list as such; `{a, b}` in YAML is a mapping of keys to nothing and means the same."""
    match raw:
        case RawList():
            return raw
        case RawRecord(pairs) if all(
            isinstance(p.value, RawText) and not p.value.quoted and p.value.text == ""
            for p in pairs
        ):
            is_open = bool(pairs) and pairs[-1].key == "..."
            kept = pairs[:-1] if is_open else pairs
            items = tuple(RawText(p.key, quoted=False, where=p.where) for p in kept)
            return RawList(items, is_open, raw.where)
        case _:
            return None
