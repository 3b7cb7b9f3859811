"""Plain Python values as the facts that reading a case makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from longarm_dsl.core import ast, facts
from longarm_dsl.core.numbers import point
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import (
    EnumType,
    ListType,
    NumberType,
    PlaceType,
    RecordType,
    SetType,
    Type,
)


def fact(program: Program, type_: Type, value: Any) -> facts.Fact:  # noqa: ANN401  a plain value
    """One value of a declared type: a fact, or malformed."""
    match type_, value:
        case _, None:
            return facts.Scalar(ast.NoneValue())
        case EnumType(name), str():
            return facts.Scalar(ast.Word(name, value))
        case PlaceType(), str():
            return facts.Scalar(ast.Place(value))
        case NumberType(dimension), int() | Fraction():
            return facts.Scalar(point(value, dimension))
        case RecordType(name), Mapping():
            declared = program.records[name].fields
            made = {
                str(k): fact(program, declared[k].type, v)  # pyright: ignore[reportUnknownArgumentType]  plain values
                for k, v in value.items()  # pyright: ignore[reportUnknownVariableType]  plain values
                if k in declared
            }
            return facts.Record(name, made)
        case ((ListType(item) | SetType(item)), list() | tuple()):
            return facts.Items(tuple(fact(program, item, v) for v in value))  # pyright: ignore[reportUnknownVariableType]  plain values
        case _, bool() | str():
            return facts.Scalar(value)
        case _:
            return facts.Malformed(ascii(value)[:80], "a plain value of another type")


__all__ = ["fact"]
