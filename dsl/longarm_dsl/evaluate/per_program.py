"""What is worked out once for a program, however many cases it decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from longarm_dsl.core.program import Program

T = TypeVar("T")

MOST_PROGRAMS = 8
"""Programs of which it is remembered."""


class PerProgram(Generic[T]):
    """A function of a program whose last results are kept, told apart by the program itself."""

    def __init__(self, make: Callable[[Program], T]) -> None:
        self._make = make
        self._held: dict[int, tuple[Program, T]] = {}

    def __call__(self, program: Program) -> T:
        """What is made of the program."""
        held = self._held.get(id(program))
        if held is None:
            # INVARIANT: the program is held beside it, so that its id stays its own.
            held = self._held[id(program)] = (program, self._make(program))
            for oldest in list(self._held)[:-MOST_PROGRAMS]:
                self._held.pop(oldest, None)
        return held[1]

    def share(self, program: Program, like: Program) -> None:
        """Another program in which nothing is otherwise that this is made of: it holds there too."""
        if id(program) not in self._held:
            made = self(like)
            self._held[id(like)] = self._held.pop(id(like))  # used last, so it goes last
            self._held[id(program)] = (program, made)
            for oldest in list(self._held)[:-MOST_PROGRAMS]:
                self._held.pop(oldest, None)
