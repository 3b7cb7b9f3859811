"""100, 1,000 and 10,000 rules of which ten could matter: what a decision and compiling cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

from longarm.compiled.flat import FlatPolicy
from longarm.pipeline import read_texts
from longarm_dsl.core.check import check
from longarm_dsl.core.from_surface import compile_modules
from longarm_dsl.core.sources import Module
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.source import Source
from longarm_dsl.surface.parser import parse

from .harness import median_us, settle
from .subject import Subject
from .synthetic import REGIME, cases, policy

T = TypeVar("T")
SIZES = (100, 1_000, 10_000)


@dataclass(frozen=True, slots=True)
class Made:
    """A policy of many rules with the seconds of each pass of the compiler."""

    rules: int
    kilobytes: float
    parse_s: float
    resolve_s: float
    check_s: float
    functions_s: float
    """Plan, code and the first decision of a case."""
    flat_s: float
    """The function on dictionaries and its first decision; 0 where there is none."""
    flat: FlatPolicy | None
    subject: Subject

    @property
    def whole_s(self) -> float:
        """From text to the first decision on facts that were read."""
        return self.parse_s + self.resolve_s + self.check_s + self.functions_s


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of a decision under a policy of many rules."""

    rules: int
    verdict_us: float
    flat_us: float | None


def made(rules: int, *, coded: bool) -> Made:
    """Compile a synthetic policy. Raises ValueError where it has findings."""
    text = policy(rules, coded=coded)
    settle()
    parse_s, (_, wrong) = _timed(lambda: parse(Source("ref/synthetic.pol", text)))
    modules, found = _modules(text)
    resolve_s, (program, sources, problems) = _timed(lambda: compile_modules(modules))
    check_s, findings = _timed(lambda: check(program, sources))
    every = (*wrong, *found, *problems, *findings)
    if every:
        raise ValueError([d.message for d in every[:3]])
    one = Subject(program, REGIME)
    transaction = one.read(next(cases(rules, coded=coded)))
    functions_s, _ = _timed(lambda: one.verdict(transaction))
    flat, flat_s = None, 0.0
    if not coded:
        flat_s, flat = _timed(one.flat)
    kilobytes = len(text.encode()) / 1024
    return Made(rules, kilobytes, parse_s, resolve_s, check_s, functions_s, flat_s, flat, one)


def _modules(text: str) -> tuple[tuple[Module, ...], tuple[Diagnostic, ...]]:
    return read_texts([("ref.synthetic", text)])


def cost(policy: Made, *, coded: bool, passes: int) -> Cost:
    """Time decisions of cases spread over the codes of the policy."""
    asked = list(cases(policy.rules, coded=coded))
    read = [policy.subject.read(facts) for facts in asked]
    flat = policy.flat
    return Cost(
        policy.rules,
        median_us(policy.subject.verdict, read, passes),
        None if flat is None else median_us(flat.decide, asked, passes),
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = perf_counter()
    result = work()
    return perf_counter() - start, result
