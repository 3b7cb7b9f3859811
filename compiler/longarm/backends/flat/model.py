"""What the flat emitter reads and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from longarm.plan.ast import Condition
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Interval
from longarm_dsl.core.program import Program
from longarm_dsl.lazy_dataclass import dataclass

Part: TypeAlias = "Condition | Mask"


@dataclass(frozen=True, slots=True)
class Mask:
    """A test of the rules so far: `fires` or `stands` has one of some bits, or none."""

    which: str
    bits: int
    none: bool = False


@dataclass(frozen=True, slots=True)
class FlatRule:
    """A rule of a flat epoch: its bit, its conjuncts, and how it hangs on the others."""

    id: str
    bit: int
    parts: tuple[Condition, ...]
    certain: bool
    """Whether it is certainly in force."""
    defeats: tuple[str, ...]
    beaten_by: tuple[str, ...]
    governs: tuple[str, ...] | None
    """License rules that it hangs on, where it does nothing else."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The bits that values of a fact can have: plainly, and with three values.

    A value met later whose bits are none of these is left to the rule network.
    """

    plain: frozenset[int]
    opened: frozenset[int]


@dataclass(frozen=True, slots=True)
class Flat:
    """What the emitter needs to know of an epoch."""

    regime: str
    rules: tuple[FlatRule, ...]
    numbers: dict[int, Interval]
    """Constants by site; one that is no point makes the epoch not flat."""
    fixed: dict[int, Truth]
    shared: dict[str, Condition]
    program: Program
    titles: dict[str, str]
    texts: dict[int, str]
    """The words of the law for a site."""
    patterns: Callable[[Lookups], Patterns]
    """What the tests of a fact can say together, of any value."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """Tests of one fact that share a lookup: bit by site."""

    name: str
    path: tuple[str, ...]
    """From the transaction, or from an element of a list, to the fact."""
    inside: tuple[str, ...] | None
    """The list whose elements have it; None for a fact of the transaction."""
    bits: dict[int, int]


@dataclass(frozen=True, slots=True)
class FlatText:
    """The emitted functions, and the lookups to be filled at run time."""

    text: str
    lookups: tuple[Lookups, ...]
    dispatched: dict[str, tuple[tuple[int, str, str, int], ...]]
    """By lookup: site, plain function, open function and bit of each rule behind it."""
    patterns: dict[str, Patterns]


class NotFlat(Exception):  # noqa: N818  control flow inside this module
    """Some rule needs more than plain facts."""


Entry: TypeAlias = "tuple[tuple[FlatRule, str], tuple[Part, ...], tuple[str, str]]"
"""A rule with what is settled here (`fires`, `stands` or `both`), its conjuncts, its node."""

__all__ = [
    "Entry",
    "Flat",
    "FlatRule",
    "FlatText",
    "Lookups",
    "Mask",
    "NotFlat",
    "Part",
    "Patterns",
]
