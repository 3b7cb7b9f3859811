"""Rego by regorus, in Rust (`opa-eval`)."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypedDict, cast

from bench.reference.generator import Facts
from bench.reference.oracle import Answer

from . import Engine
from .rego_common import Result, answer, module


class _Loaded(Protocol):
    def evaluate_parsed(self, text: str) -> object: ...


class _OpaEval(Protocol):
    def OpaEval(self, path: str, *, query: str) -> _Loaded: ...  # noqa: N802  the library's name


class _Expression(TypedDict):
    value: Result


class _Line(TypedDict):
    expressions: list[_Expression]


class _Whole(TypedDict):
    result: list[_Line]


def engine() -> Engine:
    """Raises ImportError without the package."""
    library = cast("_OpaEval", import_module("opa_eval"))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "policy.rego"
        file.write_text(module(), encoding="utf-8")
        loaded = library.OpaEval(str(file), query="data.p.result")

    def decide(facts: Facts) -> object:
        return loaded.evaluate_parsed(json.dumps(facts))

    def read(made: object) -> Answer:
        if isinstance(made, dict) and "result" in made:
            return answer(cast("_Whole", made)["result"][0]["expressions"][0]["value"])
        return answer(cast("Result", made))

    return Engine("Rego in Rust", decide, read, 5_000)
