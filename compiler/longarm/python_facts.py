"""Facts that a Python program holds, as the text of a case: exact, and nothing left out.

    json_text(case)      mapping, dataclass, named tuple or object with attributes -> JSON

A case is read from the same text whoever states it, so that a program and a file that state
the same get the same answer. What has no exact text is a mistake of the program: TypeError.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import FunctionType, ModuleType
from typing import TypeGuard

from longarm_dsl.core.raw_facts import MOST_LEVELS
from longarm_dsl.evaluate.decision import Json

_DEEPEST = 4 * MOST_LEVELS
"""Beyond what any case may nest, so that the reader can say so itself."""


def json_text(case: object) -> str:
    """A case as JSON; an object without `given` is the facts themselves.

    Of objects, attributes that are None or begin with `_` are not stated. Raises TypeError
    for a value that no case can hold, above all a float.
    """
    plain = _plain(case, "", 0)
    if not isinstance(plain, dict):
        raise TypeError(f"a case is a mapping or an object with attributes, not {case!r:.60}")
    if not _is_mapping(case) and "given" not in plain:
        plain = {"given": plain}
    text = json.dumps(plain, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a character stays what it is: as an escape, it is read as such.
        return json.dumps(plain)
    return text


def _plain(value: object, path: str, depth: int) -> Json:
    if depth > _DEEPEST:
        raise TypeError(f"{_short(path)}: a case does not nest this deep, nor in a circle")
    match value:
        case Enum():
            return _plain(value.value, path, depth + 1)
        case None | bool() | int() | str():
            return value
        case Decimal():
            return format(value, "f")
        case Fraction():
            return str(value)
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case float():
            raise TypeError(
                f"{path}: the float {value!r} is not exact; give a text such as '0.42' or a "
                "Decimal (json.load(file, parse_float=str))"
            )
        case _:
            pass
    stated = _members(value)
    if stated is not None:
        return {
            _key(key, path): _plain(item, f"{path}.{key}" if path else str(key), depth + 1)
            for key, item in stated.items()
        }
    if _is_set(value):
        words = sorted(value, key=str)
        return [_plain(item, f"{path}[…]", depth + 1) for item in words]
    if _is_list(value):
        return [_plain(item, f"{path}[{n}]", depth + 1) for n, item in enumerate(value)]
    raise TypeError(f"{path or 'case'}: a case cannot hold a value of type {type(value).__name__}")


def _members(value: object) -> Mapping[object, object] | None:
    """Keys and values of a record; None for what is none."""
    if _is_mapping(value):
        return value
    if isinstance(value, type | FunctionType | ModuleType):
        return None
    # A named tuple has `_fields`; anything else with attributes keeps them in `__dict__`.
    named: object = getattr(value, "_fields", None)
    names: list[str]
    if is_dataclass(value):
        names = [f.name for f in fields(value)]
    elif _is_list(named) and _is_list(value):
        names = [str(name) for name in named]
    elif hasattr(value, "__dict__") and not _is_list(value):
        names = [name for name in vars(value) if not name.startswith("_")]
    else:
        return None
    stated: dict[object, object] = {name: getattr(value, name) for name in names}
    return {name: item for name, item in stated.items() if item is not None}


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{path or 'case'}: the key {key!r} is not a text")
    return key


def _short(path: str) -> str:
    most = 60
    return path if len(path) <= most else f"{path[:most]}…"


def _is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


def _is_set(value: object) -> TypeGuard[frozenset[object]]:
    return isinstance(value, set | frozenset)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list | tuple)


__all__ = ["json_text"]
