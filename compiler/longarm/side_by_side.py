"""Independent work in several processes, told in the order in which it was given.

    spread(work, 800, jobs=2)    [work(0), work(1), …, work(799)]

The processes are forks: what the work needs is there already, and what it finds is sent back.
Where a process cannot be forked, or something counts the lines that run, all is done in this one.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")

FEW = 64
"""So many pieces of work are not worth another process."""


def usable_jobs() -> int:
    """How many processes can run at a time: one for each processor that this one may use."""
    if sys.platform != "linux" or _watched():
        return 1
    return len(os.sched_getaffinity(0))


def _watched() -> bool:
    """Whether a debugger or a measure of coverage follows this process."""
    if sys.gettrace() is not None or sys.getprofile() is not None:
        return True
    if sys.version_info < (3, 12):
        return False
    return any(sys.monitoring.get_tool(id_) is not None for id_ in range(6))


def spread(
    work: Callable[[int], T], count: int, *, jobs: int, done: Callable[[int], None] | None = None
) -> list[T]:
    """What some work comes to for each number below `count`; `done` is told how many are made.

    What the work raises is raised here.
    """
    found: list[T] = []
    if jobs < 2 or count < FEW or _work:  # noqa: PLR2004  nobody to share it with
        for number in range(count):
            found.append(work(number))
            if done is not None:
                done(number + 1)
        return found
    _work.append(work)
    try:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            for made in pool.imap(_piece, range(count), chunksize=max(1, count // (jobs * 16))):
                found.append(cast("T", made))
                if done is not None:
                    done(len(found))
    finally:
        _work.clear()
    return found


_work: list[Callable[[int], object]] = []
"""What the forked processes do: set before they are made, so that it need not be sent."""


def _piece(number: int) -> object:
    (work,) = _work
    return work(number)
