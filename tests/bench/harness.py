"""Paired timing: a function against the hand-written one, before and after, in one process.

A ratio of two figures of one run survives a noisy machine, a figure alone does not. So the
transactions are gone through in blocks, and of each block the yardstick is timed, then the
function, then the yardstick again; a ratio is the median over blocks of the function's
median to the mean of the yardstick's two. The collector of garbage stays on; what was made
before is frozen, so that it is not gone through again and again.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns
from typing import TypeVar

from .reference.oracle import Answer

T = TypeVar("T")
U = TypeVar("U")

BLOCK = 250


@dataclass(frozen=True, slots=True)
class Timing:
    """Of one function: microseconds a decision, and how many times the yardstick that is."""

    decisions: int
    median_us: float
    p99_us: float
    yardstick_us: float
    ratio: float
    """By medians of single calls."""
    loop_ratio: float
    """By whole blocks without a clock inside: what a batch costs."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many answers are the oracle's, level and fired rules."""

    same: int
    of: int
    differing: tuple[str, ...]
    """A few that are not, in words."""

    def __str__(self) -> str:
        return f"{self.same:,} of {self.of:,}"


def paired(
    function: Callable[[T], object],
    inputs: Sequence[T],
    yardstick: Callable[[U], object],
    known: Sequence[U],
    passes: int = 3,
) -> Timing:
    """Time a function on inputs, and the yardstick on what corresponds to them, in turns."""
    for one, other in zip(inputs[:BLOCK], known[:BLOCK], strict=True):
        function(one)
        yardstick(other)
    settle()
    overhead = _overhead()
    ours: list[int] = []
    theirs: list[int] = []
    ratios: list[float] = []
    loops: list[float] = []
    for _ in range(passes):
        for start in range(0, len(inputs), BLOCK):
            block, same = inputs[start : start + BLOCK], known[start : start + BLOCK]
            # Untimed, so that who comes first does not pay for bringing the block into reach.
            _whole(yardstick, same)
            before = _each(yardstick, same, overhead)
            now = _each(function, block, overhead)
            after = _each(yardstick, same, overhead)
            ratios.append(2 * median(now) / max(1.0, median(before) + median(after)))
            ours += now
            theirs += before + after
            first, whole = _whole(yardstick, same), _whole(function, block)
            loops.append(2 * whole / max(1, first + _whole(yardstick, same)))
    ours.sort()
    return Timing(
        len(inputs),
        median(ours) / 1e3,
        ours[len(ours) * 99 // 100] / 1e3,
        median(theirs) / 1e3,
        median(ratios),
        median(loops),
    )


def median_us(function: Callable[[T], object], inputs: Sequence[T], passes: int = 3) -> float:
    """Microseconds of a call, the median over all of them."""
    for one in inputs[:BLOCK]:
        function(one)
    settle()
    overhead = _overhead()
    return median(t for _ in range(passes) for t in _each(function, inputs, overhead)) / 1e3


def agreement(
    function: Callable[[T], object],
    read: Callable[[object], Answer],
    inputs: Sequence[T],
    expected: Sequence[Answer],
) -> Agreement:
    """Compare level and fired rules with the oracle's, in whatever order they fired."""
    differing: list[str] = []
    same = 0
    for number, (one, (level, fired)) in enumerate(zip(inputs, expected, strict=True)):
        got, named = read(function(one))
        if (got, sorted(named)) == (level, sorted(fired)):
            same += 1
        elif len(differing) < 3:
            differing.append(
                f"transaction {number}: {got} {sorted(named)}, not {level} {sorted(fired)}"
            )
    return Agreement(same, len(inputs), tuple(differing))


def settle() -> None:
    """Collect what is garbage and freeze what is not."""
    gc.collect()
    gc.freeze()


def _overhead() -> int:
    """What asking the clock twice costs by itself."""
    clock = perf_counter_ns
    return int(median([-(clock() - clock()) for _ in range(10_000)]))


def _each(function: Callable[[T], object], inputs: Sequence[T], overhead: int) -> list[int]:
    clock = perf_counter_ns
    made: list[int] = []
    note = made.append
    for one in inputs:
        start = clock()
        function(one)
        end = clock()
        note(end - start - overhead)
    return made


def _whole(function: Callable[[T], object], inputs: Sequence[T]) -> int:
    start = perf_counter_ns()
    for one in inputs:
        function(one)
    return perf_counter_ns() - start
