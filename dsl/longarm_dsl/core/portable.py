"""Core trees as plain data and back: what a program is kept and shipped as.

    decode(encode(program), Program)  is that program, its spans included

The data is nested tuples (or lists) of `str`, `int`, `bool` and `None`, so that it can be
marshalled, written as a Python literal or as JSON; the same tree always gives the same data.
Equal parts are written once. Reading makes the classes of `_MODULES` and calls nothing else,
so that no data can become code; data of another form is an `UnreadableError`.

    (name, format, shapes, constants, nodes)

A shape is a class with its fields. A node is the number of its shape, then what it is made
of: numbers of constants, or of nodes before it (counted on from the constants). Spans and
days carry numbers of their own. The last node is the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from types import ModuleType
from typing import TypeAlias, TypeVar, cast

from longarm_dsl import diagnostics
from longarm_dsl.core import (
    ast,
    code_sets,
    intervals,
    program,
    properties,
    raw_facts,
    types,
    units,
    workdays,
)
from longarm_dsl.core.time import model
from longarm_dsl.lazy_dataclass import constructor
from longarm_dsl.source import NOWHERE, Source, Span

FORMAT = 1
"""Counts the forms that this data has had; data of another is not read."""

_NAME = "longarm core tree"
_MODULES: tuple[ModuleType, ...] = (
    ast,
    code_sets,
    diagnostics,
    intervals,
    model,
    program,
    properties,
    raw_facts,
    types,
    units,
    workdays,
)
"""Every public dataclass and enum of these can be written and read, and no other."""

Plain: TypeAlias = "bool | int | str | Sequence[Plain] | None"
_Shape: TypeAlias = tuple[str, ...]
_T = TypeVar("_T")

_TUPLE: _Shape = ("tuple",)
_DICT: _Shape = ("dict",)
_SET: _Shape = ("frozenset",)
_FRACTION: _Shape = ("Fraction",)
_DATE: _Shape = ("date",)
_SPAN: _Shape = ("Span",)
_SOURCE: _Shape = ("Source",)
_OUTLINE: _Shape = ("Outline",)
"""A source of which the name and the starts of lines are kept."""


class UnreadableError(ValueError):
    """Data that this version of `encode` has not written, or not to its end."""


@cache
def _classes() -> dict[str, type[object]]:
    """What can be written and read, by its name in the data: `ast.Rule`."""
    return {
        f"{module.__name__.rsplit('.', 1)[-1]}.{name}": value
        for module in _MODULES
        for name, value in vars(module).items()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and not name.startswith("_")
        and (is_dataclass(value) or issubclass(value, Enum))
    }


def _fields(class_: type[object]) -> tuple[str, ...]:
    """The fields of a class in their order; none of an enum."""
    return tuple(f.name for f in fields(class_)) if is_dataclass(class_) else ()


# ── writing ──────────────────────────────────────────────────────────────────


def encode(value: object, *, texts: bool = True, spans: bool = True) -> Plain:
    """Write a tree as plain data; without `texts` spans know their line and column still.

    Without `spans` nothing says where it was written, so that the data does not depend on
    where the files lie. Raises TypeError for what no core tree holds.
    """
    writer = _Writer(texts=texts, spans=spans)
    writer.write(value)
    return writer.data()


class _Writer:
    """Numbers constants and nodes as it meets them, parts before wholes, without recursion."""

    def __init__(self, *, texts: bool, spans: bool) -> None:
        self._texts = texts
        self._spans = spans
        self._shape_of = {c: (name, *_fields(c)) for name, c in _classes().items()}
        self._shapes: dict[_Shape, int] = {}
        # A constant with its type: 1, True and 1.0 are equal and not the same.
        self._constants: dict[tuple[type, int | str | None], int] = {}
        # A node: the number of its shape, its parts, the numbers of its own.
        self._nodes: dict[tuple[int, tuple[int, ...], tuple[int, ...]], int] = {}
        # The node of an object, by identity: all of them live as long as the tree.
        self._known: dict[int, int] = {}

    def write(self, root: object) -> None:
        stack = [root]
        while stack:
            value = stack[-1]
            shape, parts, own = self._taken_apart(value)
            places = [self._place(part) for part in parts]
            missing = [part for part, place in zip(parts, places, strict=True) if place is None]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            number = self._shapes.setdefault(shape, len(self._shapes))
            node = (number, tuple(p for p in places if p is not None), own)
            self._known[id(value)] = self._nodes.setdefault(node, len(self._nodes))

    def data(self) -> Plain:
        # While writing, constants count down from -1 and nodes up from 0.
        before = len(self._constants)
        nodes = tuple(
            (shape, *(~p if p < 0 else p + before for p in parts), *own)
            for shape, parts, own in self._nodes
        )
        constants = tuple(value for _, value in self._constants)
        return (_NAME, FORMAT, tuple(self._shapes), constants, nodes)

    def _place(self, part: object) -> int | None:
        """The number of a part: of a constant at once, of a node once it is written."""
        if part is None or (isinstance(part, int | str) and not isinstance(part, Enum)):
            return ~self._constants.setdefault((type(part), part), len(self._constants))
        return self._known.get(id(part))

    def _taken_apart(self, value: object) -> tuple[_Shape, Sequence[object], tuple[int, ...]]:
        """The shape of a value, its parts, and the numbers of its own."""
        match value:
            case tuple():
                return _TUPLE, value, ()  # pyright: ignore[reportUnknownVariableType]
            case dict():
                return _DICT, [part for pair in value.items() for part in pair], ()  # pyright: ignore[reportUnknownVariableType]
            case frozenset():
                return _SET, _sorted(value), ()  # pyright: ignore[reportUnknownArgumentType]
            case date():
                return _DATE, (), (value.toordinal(),)
            case Fraction():
                return _FRACTION, (value.numerator, value.denominator), ()
            case Span() if not self._spans:
                return _SPAN, (NOWHERE.source,), (0, 0)
            case Span(home, start, end):
                return _SPAN, (home,), (start, end)
            case Source(name, text):
                if self._texts:
                    return _SOURCE, (name, text), ()
                return _OUTLINE, (name,), value.line_starts
            case _:
                pass
        shape = self._shape_of.get(type(value))
        if shape is None:
            raise TypeError(f"no core tree holds a {type(value).__name__}")
        if isinstance(value, Enum):
            return shape, (value.name,), ()
        return shape, [getattr(value, name) for name in shape[1:]], ()


def _sorted(items: frozenset[object]) -> list[object]:
    if not all(isinstance(item, str | date) for item in items):
        raise TypeError("a set of a core tree holds texts or days")
    return sorted(items, key=str)


# ── reading ──────────────────────────────────────────────────────────────────


def decode(data: object, kind: type[_T]) -> _T:
    """Read what `encode` wrote of a `kind`; raises UnreadableError for anything else."""
    try:
        root = _read(data)
    except UnreadableError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as wrong:
        raise UnreadableError(f"the data is damaged: {wrong}") from wrong
    if not isinstance(root, kind):
        raise UnreadableError(f"the data holds no {kind.__name__}")
    return root


def _read(data: object) -> object:
    if not isinstance(data, tuple | list):
        raise UnreadableError("the data is no tree of a longarm program")
    name, form, shapes, constants, nodes = cast("_Data", data)
    if name != _NAME or form != FORMAT:
        raise UnreadableError("the data is of another version")
    if not all(part is None or isinstance(part, int | str) for part in constants):
        raise UnreadableError("the data is damaged: a constant is none")
    pool: list[object] = [*constants]
    makers = [_maker(tuple(shape), pool) for shape in shapes]
    if min(map(min, nodes)) < 0:
        raise UnreadableError("the data is damaged: a number is negative")
    add = pool.append
    for node in nodes:
        add(makers[node[0]](node))
    return pool[-1]


# What is of another type than it should be fails where it is used, and is caught in `decode`.
_Data: TypeAlias = tuple[
    object, object, Sequence[Sequence[str]], Sequence[object], Sequence[Sequence[int]]
]
_Maker: TypeAlias = Callable[[Sequence[int]], object]


def _maker(shape: tuple[str, ...], pool: list[object]) -> _Maker:
    """How to make what has this shape, of a pool that fills while it is read."""
    plain = _PLAIN.get(shape)
    if plain is not None:
        return plain(pool)
    class_ = _classes().get(shape[0])
    if class_ is None or shape[1:] != _fields(class_):
        raise UnreadableError(f"there is no {shape[0]} made of {', '.join(shape[1:])}")
    if issubclass(class_, Enum):
        members = class_.__members__
        return lambda node: members[str(pool[node[1]])]
    return _record_maker(class_, pool)


def _record_maker(class_: type[object], pool: list[object]) -> _Maker:
    make, part = constructor(class_), pool.__getitem__
    # Another number of parts is no call of `make`.
    return lambda node: make(*map(part, node[1:]))


def _tuples(pool: list[object]) -> _Maker:
    return lambda node: tuple([pool[n] for n in node[1:]])


def _dicts(pool: list[object]) -> _Maker:
    return lambda node: {
        pool[key]: pool[value] for key, value in zip(node[1::2], node[2::2], strict=True)
    }


def _sets(pool: list[object]) -> _Maker:
    return lambda node: frozenset([pool[n] for n in node[1:]])


def _days(pool: list[object]) -> _Maker:
    del pool

    def make(node: Sequence[int]) -> object:
        _, ordinal = node
        return date.fromordinal(ordinal)

    return make


def _fractions(pool: list[object]) -> _Maker:
    def make(node: Sequence[int]) -> object:
        above, below = (pool[n] for n in node[1:])
        if not isinstance(above, int) or not isinstance(below, int):
            raise UnreadableError("the data is damaged: a fraction is of whole numbers")
        return Fraction(above, below)

    return make


def _spans(pool: list[object]) -> _Maker:
    def make(node: Sequence[int]) -> object:
        _, home, start, end = node
        source = pool[home]
        if not isinstance(source, Source):
            raise UnreadableError("the data is damaged: a span is of a source")
        return Span(source, start, end)

    return make


def _sources(pool: list[object]) -> _Maker:
    def make(node: Sequence[int]) -> object:
        _, name, text = node
        return Source(str(pool[name]), str(pool[text]))

    return make


def _outlines(pool: list[object]) -> _Maker:
    return lambda node: Source.outline(str(pool[node[1]]), tuple(node[2:]))


_PLAIN: dict[_Shape, Callable[[list[object]], _Maker]] = {
    _TUPLE: _tuples,
    _DICT: _dicts,
    _SET: _sets,
    _DATE: _days,
    _FRACTION: _fractions,
    _SPAN: _spans,
    _SOURCE: _sources,
    _OUTLINE: _outlines,
}
