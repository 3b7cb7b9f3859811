"""CEL by Google's C++ implementation (`cel-expr-python`)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, cast

from bench.reference.generator import Facts
from bench.reference.oracle import Answer

from . import Engine
from .cel_common import NOTE, answer, expression, variables


class _Flag(Protocol):
    def value(self) -> bool: ...


class _Result(Protocol):
    def plain_value(self) -> Iterable[object]: ...


class _Program(Protocol):
    def eval(self, *, data: object) -> _Result: ...


class _Environment(Protocol):
    def compile(self, text: str) -> _Program: ...


class _Types(Protocol):
    DYN: object
    INT: object
    BOOL: object


class _Cel(Protocol):
    Type: _Types

    def NewEnv(self, *, variables: object) -> _Environment: ...  # noqa: N802  the library's name


def engine() -> Engine:
    """Raises ImportError without the package."""
    cel = cast("_Cel", import_module("cel_expr_python.cel"))
    types = cel.Type
    declared = {
        "f": types.DYN,
        "cn_p1_value": types.INT,
        "us_ctrl_value": types.INT,
        "us_zero_dm": types.BOOL,
    }
    program = cel.NewEnv(variables=declared).compile(expression())

    def decide(facts: Facts) -> object:
        flags = program.eval(data=variables(facts)).plain_value()
        return answer(cast("_Flag", f).value() if hasattr(f, "value") else f for f in flags)

    return Engine("CEL in C++", decide, lambda made: cast("Answer", made), 10_000, NOTE)
