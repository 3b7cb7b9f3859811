"""A program as plain data: nothing is lost, nothing foreign is read, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import subprocess
import sys
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longarm.cases import cases_of
from longarm.deciding import decide_case
from longarm.pipeline import Compiled, compile_paths
from longarm_dsl.core import ast
from longarm_dsl.core.portable import FORMAT, Plain, UnreadableError, decode, encode
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import EventKind
from longarm_dsl.core.types import FLAG, TEXT
from longarm_dsl.source import NOWHERE, Source, Span


@cache
def packs() -> Compiled:
    return compile_paths()


@cache
def data() -> Plain:
    return encode(packs().program)


def in_order(whole: object) -> list[object]:
    """The parts of a tuple; the keys and values of a dict."""
    if isinstance(whole, dict):
        return [part for pair in cast("dict[object, object]", whole).items() for part in pair]
    return list(cast("tuple[object, ...]", whole))


def differing(one: object, other: object, where: str = "") -> list[str]:
    """Where two trees differ, in types, fields that equality leaves out, or order."""
    pairs: list[tuple[object, object, str]] = [(one, other, where)]
    found: list[str] = []
    while pairs:
        a, b, path = pairs.pop()
        if type(a) is not type(b):
            found.append(path)
        elif is_dataclass(a) and not isinstance(a, type):
            pairs += [
                (getattr(a, f.name), getattr(b, f.name), f"{path}.{f.name}") for f in fields(a)
            ]
        elif type(a) in {dict, tuple}:
            one_, other_ = in_order(a), in_order(b)
            pairs += [(len(one_), len(other_), f"{path} size")]
            pairs += [(x, y, f"{path}[{n}]") for n, (x, y) in enumerate(zip(one_, other_))]  # noqa: B905  sizes are compared
        elif a != b:
            found.append(path)
    return found


# ── there and back ───────────────────────────────────────────────────────────


def test_the_shipped_packs_come_back_whole() -> None:
    compiled = packs()
    assert differing(compiled.program, decode(data(), Program)) == []
    whole = (compiled.program, compiled.cases, compiled.found)
    assert differing(whole, decode(encode(whole), object)) == []


def test_the_watch_sees_a_moved_span() -> None:
    here, there = (ast.Literal("x", TEXT, span=Span(Source("a", "b"), 0, n)) for n in (0, 1))
    assert here == there
    assert differing(here, there) == [".span.end"]


def test_shipped_cases_are_decided_alike() -> None:
    """A sample over the packs, each by the regimes of which it expects something."""
    compiled = packs()
    again = decode(data(), Program)
    cases, _ = cases_of(compiled)
    assert len(cases) > 200
    for case in cases[::240]:
        made = [
            decide_case(p, case, regimes=case.regimes).record() for p in (compiled.program, again)
        ]
        assert made[0] == made[1], case.title


def test_json_and_marshal_carry_it() -> None:
    for carried in (
        json.loads(json.dumps(data())),
        marshal.loads(marshal.dumps(cast("Any", data()))),  # noqa: S302  our own bytes
    ):
        assert encode(decode(carried, Program)) == data()


def test_without_texts_a_span_knows_its_line() -> None:
    program = packs().program
    lean = encode(program, texts=False)
    again = decode(lean, Program)
    assert len(repr(lean)) < len(repr(data()))
    for id_, rule in program.rules.items():
        assert again.rules[id_].span.where == rule.span.where
        assert again.rules[id_].span.text == ""


def test_equal_parts_are_one_object() -> None:
    program = decode(data(), Program)
    sources = {id(r.span.source) for r in program.rules.values() if r.span is not NOWHERE}
    assert len(sources) == len({r.span.source.name for r in program.rules.values()})


_ONCE = """
import hashlib, json
from longarm.pipeline import compile_paths
from longarm_dsl.core.portable import encode
print(hashlib.sha256(json.dumps(encode(compile_paths().program)).encode()).hexdigest())
"""


def test_the_same_law_is_the_same_data_in_another_process() -> None:
    root = Path(__file__).parents[2]
    path = os.pathsep.join(str(root / p) for p in ("dsl", "compiler", "policies"))
    made = subprocess.run(
        [sys.executable, "-c", _ONCE],
        env={"PYTHONPATH": path, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert made.strip() == hashlib.sha256(json.dumps(data()).encode()).hexdigest()


# ── what is not a tree ───────────────────────────────────────────────────────


def test_only_core_trees_are_written() -> None:
    for foreign in (object(), 0.5, [1], {1: {2}}, frozenset({1.5}), Path()):
        with pytest.raises(TypeError):
            encode((foreign,))


def small() -> tuple[object, ...]:
    span = Span(Source("a.pol", "yes"), 0, 3)
    return (ast.Literal(date(2025, 1, 2), FLAG, "yes", span=span), frozenset({"b", "a"}), {"k": -1})


class Parts:
    """The parts of the small tree as data, to be tampered with."""

    def __init__(self) -> None:
        self.name, self.form, self.shapes, self.constants, self.nodes = cast(
            "tuple[str, int, list[list[str]], list[object], list[list[int]]]",
            json.loads(json.dumps(encode(small()))),
        )

    def but(self, **changed: object) -> list[object]:
        names = ("name", "form", "shapes", "constants", "nodes")
        return [changed.get(name, getattr(self, name)) for name in names]


def test_the_small_tree_comes_back() -> None:
    assert differing(small(), decode(Parts().but(), object)) == []


def test_another_version_is_not_read() -> None:
    whole = Parts()
    assert whole.form == FORMAT
    for changed in (whole.but(form=FORMAT + 1), whole.but(name="pickle"), whole.but(form=None)):
        with pytest.raises(UnreadableError, match="another version"):
            decode(changed, tuple)
    with pytest.raises(UnreadableError, match="holds no Program"):
        decode(whole.but(), Program)


@pytest.mark.parametrize(
    "shape", [("os.system",), ("builtins.eval", "x"), ("ast.Literal", "value"), ("ast.Rule",), ()]
)
def test_a_foreign_shape_is_not_made(shape: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableError):
        decode(Parts().but(shapes=[shape], nodes=[[0, 0]]), object)


def test_every_part_cut_off_is_noticed() -> None:
    whole = Parts()
    damaged = [
        whole.but()[:-1],
        whole.but(nodes=[]),
        whole.but(nodes=whole.nodes[:-1]),
        whole.but(constants=whole.constants[:-1]),
        whole.but(constants=[*whole.constants[:-1], 0.5]),
        whole.but(shapes=whole.shapes[:-1]),
    ]
    for n, node in enumerate(whole.nodes):
        if whole.shapes[node[0]][0] not in {"tuple", "frozenset", "dict"}:
            damaged += [
                whole.but(nodes=[*whole.nodes[:n], changed, *whole.nodes[n + 1 :]])
                for changed in (node[:-1], [*node, 0], [-1, *node[1:]], ["0", *node[1:]], None)
            ]
    for data_ in damaged:
        with pytest.raises(UnreadableError):
            decode(data_, tuple)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)


@given(_ANY)
def test_any_other_data_is_unreadable(foreign: object) -> None:
    with pytest.raises(UnreadableError):
        decode(foreign, Program)


@given(st.lists(st.lists(st.integers(-2, 20), max_size=6), max_size=8))
def test_any_other_nodes_are_unreadable(nodes: list[list[int]]) -> None:
    with pytest.raises(UnreadableError):
        decode(Parts().but(nodes=nodes), Program)


def test_an_enum_has_only_its_members() -> None:
    member = Parts().but(shapes=[["model.EventKind"]], constants=["STOPS"], nodes=[[0, 0]])
    assert decode(member, EventKind) is EventKind.STOPS
    with pytest.raises(UnreadableError):
        decode(Parts().but(shapes=[["model.EventKind"]], constants=["mro"], nodes=[[0, 0]]), object)
