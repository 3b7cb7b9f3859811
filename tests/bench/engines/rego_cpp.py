"""Rego by rego-cpp, compiled to a bundle (`regopy`)."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Protocol, TypedDict, cast

from bench.reference.generator import Facts
from bench.reference.oracle import Answer

from . import Engine
from .rego_common import Result, answer, module


class _Interpreter(Protocol):
    def add_module(self, name: str, text: str) -> object: ...

    def build(self, query: str | None, entrypoints: list[str]) -> object: ...

    def set_input(self, facts: Facts) -> object: ...

    def query_bundle_entrypoint(self, bundle: object, name: str) -> object: ...


class _Regopy(Protocol):
    def Interpreter(self) -> _Interpreter: ...  # noqa: N802  the library's name


class _Line(TypedDict):
    expressions: list[Result]


def engine() -> Engine:
    """Raises ImportError without the package."""
    interpreter = cast("_Regopy", import_module("regopy")).Interpreter()
    interpreter.add_module("p", module())
    bundle = interpreter.build(None, ["p/result"])

    def decide(facts: Facts) -> object:
        interpreter.set_input(facts)
        return interpreter.query_bundle_entrypoint(bundle, "p/result")

    def read(made: object) -> Answer:
        return answer(cast("_Line", json.loads(str(made)))["expressions"][0])

    return Engine("Rego in C++", decide, read, 600)
