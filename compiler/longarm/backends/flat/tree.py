"""Straight-line Python as a tree, and where in it a shared value is best worked out.

A value that several tests read is assigned once, in the smallest block that holds them
all; one that is only read behind another test stays where it is read.
"""

from __future__ import annotations

import re
from dataclasses import field

from longarm_dsl.lazy_dataclass import dataclass


@dataclass(slots=True)
class Statement:
    """A line, or an `if` with its conjuncts and branches."""

    line: str = ""
    parts: list[str] = field(default_factory=list[str])
    body: list[Statement] = field(default_factory=list["Statement"])
    other: list[Statement] = field(default_factory=list["Statement"])


Block = list[Statement]


@dataclass(frozen=True, slots=True)
class Value:
    """A name that stands for an expression until somebody decides where to work it out."""

    name: str
    text: str


def placed(block: Block, values: list[Value]) -> Block:
    """The block with every value assigned or written out; later values may use earlier ones.

    `values` lists what is built on others last.
    """
    for value in reversed(values):
        _place(block, value)
    return block


def _place(block: Block, value: Value) -> None:
    using = [n for n, s in enumerate(block) if _uses(s, value.name)]
    if not using:
        return
    if any(_eager(block[n], value.name) for n in using) and (
        len(using) > 1 or _count(block[using[0]], value.name) > 1
    ):
        block.insert(using[0], Statement(line=f"{value.name} = {value.text}"))
        return
    inserted = 0
    for n in using:
        inserted += _place_in(block, n + inserted, value)


def _place_in(block: Block, at: int, value: Value) -> int:
    """Deal with one statement; how many statements were put before it."""
    statement = block[at]
    read = sum(_read(p, value.name) for p in statement.parts) + _read(statement.line, value.name)
    inside = sum(_count(s, value.name) for s in (*statement.body, *statement.other))
    if read and inside:
        block.insert(at, Statement(line=f"{value.name} = {value.text}"))
        return 1
    if read:
        statement.parts = [_written(p, value) for p in statement.parts]
        statement.line = _written(statement.line, value)
        return 0
    _place(statement.body, value)
    _place(statement.other, value)
    return 0


def _written(text: str, value: Value) -> str:
    return re.sub(rf"\b{value.name}\b", lambda _: value.text, text)


def _read(text: str, name: str) -> int:
    return len(re.findall(rf"\b{name}\b", text)) if name in text else 0


def _uses(statement: Statement, name: str) -> bool:
    return _count(statement, name) > 0


def _count(statement: Statement, name: str) -> int:
    own = _read(statement.line, name) + sum(_read(p, name) for p in statement.parts)
    return own + sum(_count(s, name) for s in (*statement.body, *statement.other))


def _eager(statement: Statement, name: str) -> bool:
    """Whether whoever reaches a statement reads the name."""
    return bool(_read(statement.line, name)) or bool(
        statement.parts and _read(statement.parts[0], name)
    )


def lines(block: Block, indent: int) -> list[str]:
    """The block as text."""
    pad = "    " * indent
    made: list[str] = []
    for statement in block:
        if not statement.parts:
            made.append(pad + statement.line)
            continue
        made.append(f"{pad}if {' and '.join(statement.parts)}:")
        made += lines(statement.body, indent + 1)
        if statement.other:
            made.append(f"{pad}else:")
            made += lines(statement.other, indent + 1)
    return made


__all__ = ["Block", "Statement", "Value", "lines", "placed"]
