"""CEL by the Rust interpreter (`common-expression-language`)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, cast

from bench.reference.generator import Facts
from bench.reference.oracle import Answer

from . import Engine
from .cel_common import NOTE, answer, expression, variables


class _Program(Protocol):
    def execute(self, context: object) -> Iterable[object]: ...


class _Cel(Protocol):
    def compile(self, text: str) -> _Program: ...


def engine() -> Engine:
    """Raises ImportError without the package."""
    program = cast("_Cel", import_module("cel")).compile(expression())

    def decide(facts: Facts) -> object:
        return answer(program.execute(variables(facts)))

    return Engine("CEL in Rust", decide, lambda made: cast("Answer", made), 10_000, NOTE)
