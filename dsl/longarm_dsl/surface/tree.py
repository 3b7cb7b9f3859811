"""The neutral parse tree: what the parser hands to the builder, without lark's types."""

from __future__ import annotations

from typing import TypeAlias

from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A token: its terminal's name, its text, and its offsets."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A grammar rule with its children; an empty match has `start == end`."""

    kind: str
    children: tuple[Tree, ...]
    start: int
    end: int


Tree: TypeAlias = Word | Branch
