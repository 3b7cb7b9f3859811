"""Texts that know their grammar: what a random policy is written as, and how it shrinks.

A node has a kind, and a node of a kind may take the place of any other of that kind; a part
that is optional may be left out. That is all the shrinker needs to know of the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

SIMPLEST: dict[str, tuple[str, ...]] = {
    "flag": ("yes", "no", "f0"),
    "number": ("1", "size"),
    "money": ("1 USD",),
    "country": ("CN", "destination"),
    "countries": ("{CN}",),
    "date": ("2025-06-01",),
    "codes": ("CN[1A001]",),
    "text": ('"a"',),
    "posture": ("denial",),
    "uses": ("{ua}", "uses"),
    "items": ("item.components",),
    "parties": ("{importer}",),
    "item": ("item",),
    "party": ("importer",),
    "effect": ("flags red", "prohibits", "requires license from A"),
}
"""What may stand for anything of a kind."""


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of text of some kind, made of pieces."""

    kind: str
    parts: tuple[Part, ...]
    optional: bool = False

    @property
    def text(self) -> str:
        """The text it stands for."""
        return "".join(p if isinstance(p, str) else p.text for p in self.parts)

    @property
    def inner(self) -> tuple[Node, ...]:
        """The nodes directly inside."""
        return tuple(p for p in self.parts if isinstance(p, Node))


Part: TypeAlias = "str | Node"


def node(kind: str, *parts: Part) -> Node:
    """A node that has to be there."""
    return Node(kind, parts)


def perhaps(kind: str, *parts: Part) -> Node:
    """A node that can be left out."""
    return Node(kind, parts, optional=True)


def joined(kind: str, between: str, nodes: Sequence[Part], *, least: int = 1) -> Node:
    """A list of which all but the first few can be left out."""
    made: list[Part] = []
    for number, each in enumerate(nodes):
        if number < least:
            made += [between, each] if number else [each]
        else:
            made.append(perhaps(f"{kind}-item", between, each))
    return Node(kind, tuple(made))


# ── shrinking ────────────────────────────────────────────────────────────────

_Path: TypeAlias = tuple[int, ...]


def _paths(tree: Node, at: _Path = ()) -> Iterator[_Path]:
    """Every place, the last first: what is used stands before what uses it."""
    yield at
    for number, part in reversed(list(enumerate(tree.parts))):
        if isinstance(part, Node):
            yield from _paths(part, (*at, number))


def _at(tree: Node, path: _Path) -> Node | None:
    for number in path:
        part = tree.parts[number] if number < len(tree.parts) else ""
        if not isinstance(part, Node):
            return None
        tree = part
    return tree


def _with(tree: Node, path: _Path, new: Part) -> Node:
    if not path:
        assert isinstance(new, Node)
        return new
    inner = tree.parts[path[0]]
    assert isinstance(inner, Node)
    made = new if len(path) == 1 else _with(inner, path[1:], new)
    return replace(tree, parts=(*tree.parts[: path[0]], made, *tree.parts[path[0] + 1 :]))


def _of_kind(tree: Node, kind: str) -> Iterator[Node]:
    for inner in tree.inner:
        if inner.kind == kind:
            yield inner
        yield from _of_kind(inner, kind)


def _fewer(tree: Node) -> Iterator[Node]:
    """A node with a run of its optional parts left out: half of them, a quarter, one."""
    places = [n for n, p in enumerate(tree.parts) if isinstance(p, Node) and p.optional]
    run = len(places)
    while run > 1:
        run = (run + 1) // 2
        for start in range(0, len(places), run):
            gone = set(places[start : start + run])
            yield replace(tree, parts=tuple(p for n, p in enumerate(tree.parts) if n not in gone))


def _instead(tree: Node) -> Iterator[Part]:
    """What may stand where a node stands, smallest first."""
    if tree.optional:
        yield ""
    yield from _fewer(tree)
    size = len(tree.text)
    for text in SIMPLEST.get(tree.kind, ()):
        if len(text) < size:
            yield replace(tree, parts=(text,))
    for inner in sorted(_of_kind(tree, tree.kind), key=lambda n: len(n.text)):
        yield replace(inner, optional=tree.optional)


def shrunk(tree: Node, still: Callable[[Node], bool]) -> Node:
    """A tree of which nothing can be left out or made simpler while `still` holds."""
    changed = True
    while changed:
        changed = False
        paths = list(_paths(tree))
        number = 0
        while number < len(paths):
            here = _at(tree, paths[number])
            made: Node | None = None
            for other in _instead(here) if here is not None else ():
                candidate = _with(tree, paths[number], other)
                if len(candidate.text) < len(tree.text) and still(candidate):
                    made = candidate
                    break
            if made is None:
                number += 1
            else:
                tree, changed = made, True
                paths = list(_paths(tree))
    return tree
