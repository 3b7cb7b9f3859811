"""Compiling takes steps in proportion to the law, whatever its shape."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from types import FrameType
from typing import TypeVar

import pytest

from longarm.backends.in_process import compiled_functions
from longarm.backends.python import emit
from longarm.pipeline import compile_sources
from longarm.plan.from_core import plan
from longarm_dsl.core.program import Program

T = TypeVar("T")

HEAD = """
record Party
  id : text
record Item
  code       : codes
  value      : money > 0
  size       : number
  components : [Item]
record Transaction
  actor       : Party
  item        : Item
  destination : country
  f           : flag
  g           : flag

instrument a "A"
  regime cn
  issued 2025-01-01

status s(i : Item) "s"
"""


def steps(made: Callable[[], T]) -> tuple[int, T]:
    """How many functions of Python are called; the same on every machine."""
    count = 0

    def called(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        del frame, arg
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        result = made()
    finally:
        sys.setprofile(before)
    return count, result


def program_of(parts: Iterable[str]) -> Program:
    return compile_sources([("cn.x", HEAD + "\n".join(parts))]).program


def written(program: Program) -> str:
    return emit(program, plan(program, "cn")).text()


def rules(number: int) -> list[str]:
    """As many rules, of several kinds, that hang on one another here and there."""
    effects = ("requires license from A", "establishes s(item)", "prohibits", "flags red")
    made: list[str] = []
    for n in range(number):
        effect = f"defeats r{n - 1}" if n % 10 == 9 else effects[n % 4]
        made.append(
            f'rule r{n} "Rule {n}"\n  cite "{n}"\n'
            f"  when item.code in CN[{n % 10}A{n % 900:03}] and destination in {{CN, RU}}"
            f" and item.size >= {n} and (f or item.value > {n + 1} USD)\n  then {effect}\n"
        )
    return made


def front_steps(number: int) -> int:
    return steps(lambda: program_of(rules(number)))[0]


def test_reading_and_checking_take_steps_in_proportion_to_the_rules() -> None:
    front_steps(1)
    few, many = front_steps(50), front_steps(200)
    assert many < 4.5 * few
    # Seconds for a thousand rules, not minutes.
    assert many < 200 * 20_000


def test_a_thousand_rules_take_four_times_the_steps_of_a_quarter() -> None:
    counts: dict[int, int] = {}
    lengths: dict[int, int] = {}
    for number in (250, 1000):
        program = program_of(rules(number))
        counts[number], code = steps(partial(compiled_functions(program).code, "cn"))
        assert len(code.functions) >= number
        lengths[number] = len(written(program))
    assert counts[1000] < 4.5 * counts[250]
    assert lengths[1000] < 4.5 * lengths[250]
    assert counts[1000] < 1000 * 20_000


USES = {
    "item": "when l{}(item)",
    "family": "for each c in item.components\n  when l{}(c)",
    "loop": "when any c in item.components has l{}(c)",
}
"""Where a definition stands."""


def doubled(depth: int, use: str, body: str = "l{0}(n) and (f or l{0}(n))") -> str:
    """Definitions each of which uses the one before twice, and a rule on the last."""
    lets = ["let l0(n : Item) = n.size >= 1\n"]
    lets += [f"let l{n}(n : Item) = {body.format(n - 1)}\n" for n in range(1, depth + 1)]
    rule = f'rule r "R"\n  cite "1"\n  {USES[use].format(depth)}\n  then prohibits\n'
    return "\n".join([HEAD, *lets, rule])


@pytest.mark.parametrize("use", USES)
def test_definitions_used_twice_are_not_written_twice(use: str) -> None:
    """As deep as the checker lets them stand: 2^10 leaves, if every use were opened."""
    found = {d: compile_sources([("cn.x", doubled(d, use))]) for d in (5, 10)}
    assert not [d for c in found.values() for d in c.found if d.name == "nested-too-deeply"]
    lengths = {d: len(written(c.program)) for d, c in found.items()}
    counts = {d: steps(partial(written, c.program))[0] for d, c in found.items()}
    assert lengths[10] < 3 * lengths[5]
    assert counts[10] < 4 * counts[5]


@pytest.mark.parametrize("depth", [20, 60, 200])
def test_definitions_beyond_the_limit_are_refused_and_not_opened(depth: int) -> None:
    counts, made = steps(lambda: compile_sources([("cn.x", doubled(depth, "loop"))]))
    assert "nested-too-deeply" in {d.name for d in made.found}
    assert counts < 2_000_000


@pytest.mark.parametrize("use", USES)
def test_deep_definitions_used_once_grow_evenly(use: str) -> None:
    lengths: dict[int, int] = {}
    for depth in (10, 38):
        text = doubled(depth, use, "(f or l{0}(n))")
        made = compile_sources([("cn.x", text)])
        assert not [d for d in made.found if d.name == "nested-too-deeply"]
        lengths[depth] = len(written(made.program))
        compiled_functions(made.program).code("cn")
    # Each level is indented once more.
    assert lengths[38] < 16 * lengths[10]


@pytest.mark.parametrize("word", ["and", "or"])
def test_wide_conditions_grow_evenly(word: str) -> None:
    made: dict[int, tuple[int, int]] = {}
    for width in (100, 800):
        tests = f" {word} ".join(f"item.size >= {n}" for n in range(width))
        program = program_of([f'rule r "R"\n  cite "1"\n  when {tests}\n  then prohibits\n'])
        count, text = steps(partial(written, program))
        made[width] = (count, len(text))
        compiled_functions(program).code("cn")
    assert made[800][0] < 10 * made[100][0]
    assert made[800][1] < 10 * made[100][1]


def test_brackets_as_deep_as_the_reader_lets_them_stand_compile() -> None:
    """Python has a limit of its own; what the reader accepts stays within it."""
    accepted = 0
    for depth in (5, 10, 20, 40, 80):
        inner = "f"
        for n in range(depth):
            inner = (
                f"({'g and' if n % 2 else 'item.size >= 1 or'} {'not ' if n % 3 else ''}{inner})"
            )
        text = HEAD + f'rule r "R"\n  cite "1"\n  when {inner}\n  then prohibits\n'
        made = compile_sources([("cn.x", text)])
        if not [d for d in made.found if d.severity == "error"]:
            accepted = depth
            compiled_functions(made.program).code("cn")
    assert accepted >= 10


def test_loops_as_deep_as_the_reader_lets_them_stand_compile() -> None:
    accepted = 0
    for depth in (2, 5, 10, 15):
        test = "item.size >= 1"
        names = ["item", *(f"c{n}" for n in range(depth))]
        for n in reversed(range(depth)):
            test = (
                f"(any c{n} in {names[n]}.components has ({names[n + 1]}.size >= {n} and {test}))"
            )
        text = HEAD + f'rule r "R"\n  cite "1"\n  when {test}\n  then prohibits\n'
        made = compile_sources([("cn.x", text)])
        if not [d for d in made.found if d.severity == "error"]:
            accepted = depth
            compiled_functions(made.program).code("cn")
    assert accepted >= 5
