"""The reference policy through other engines, where they are installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol, TypeAlias, cast

from bench.reference.generator import Facts
from bench.reference.oracle import Answer


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine with the policy loaded: `decide` is timed, `read` brings its answer to ours."""

    name: str
    decide: Callable[[Facts], object]
    read: Callable[[object], Answer]
    most: int
    """So many transactions are enough: some engines take milliseconds for each."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """An engine that is not installed, or that this machine cannot load."""

    name: str
    why: str


Found: TypeAlias = Engine | Missing


class _Adapter(Protocol):
    def engine(self) -> Engine: ...


ADAPTERS = (
    ("zen-engine, expressions", "zen_expressions", "zen-engine"),
    ("zen-engine, decision table", "zen_table", "zen-engine"),
    ("cedarpy", "cedar", "cedarpy"),
    ("CEL in C++ (cel-expr-python)", "cel_google", "cel-expr-python"),
    ("CEL in Rust (common-expression-language)", "cel_rust", "common-expression-language"),
    ("CEL in Python (cel-python)", "cel_python", "cel-python"),
    ("Rego in Rust (opa-eval)", "rego_rust", "opa-eval"),
    ("Rego in C++ (regopy)", "rego_cpp", "regopy"),
    ("OPA server (opa)", "opa", ""),
)
"""Name, module of this package, distribution."""


def engines() -> Sequence[Found]:
    """Every engine that the benchmarks know, loaded or missing."""
    return [_load(*adapter) for adapter in ADAPTERS]


def _load(name: str, module: str, distribution: str) -> Found:
    try:
        made = cast("_Adapter", import_module(f"{__name__}.{module}")).engine()
    except (ImportError, FileNotFoundError):
        return Missing(name, "not installed")
    if not distribution:
        return made
    try:
        release = version(distribution)
    except PackageNotFoundError:
        release = "of unknown version"
    return Engine(f"{name} {release}", made.decide, made.read, made.most, made.note)
