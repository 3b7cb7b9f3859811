"""CEL by the interpreter in Python (`cel-python`)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, cast

from bench.reference.generator import Facts
from bench.reference.oracle import Answer

from . import Engine
from .cel_common import NOTE, answer, expression, variables


class _Program(Protocol):
    def evaluate(self, context: object) -> Iterable[object]: ...


class _Environment(Protocol):
    def compile(self, text: str) -> object: ...

    def program(self, tree: object) -> _Program: ...


class _Celpy(Protocol):
    def Environment(self) -> _Environment: ...  # noqa: N802  the library's name

    def json_to_cel(self, value: object) -> object: ...


def engine() -> Engine:
    """Raises ImportError without the package."""
    celpy = cast("_Celpy", import_module("celpy"))
    environment = celpy.Environment()
    program = environment.program(environment.compile(expression()))

    def decide(facts: Facts) -> object:
        made = {name: celpy.json_to_cel(value) for name, value in variables(facts).items()}
        return answer(program.evaluate(made))

    return Engine("CEL in Python", decide, lambda made: cast("Answer", made), 60, NOTE)
