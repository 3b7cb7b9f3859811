"""The one command: measures, prints the tables, says which targets are met.

python -m tests.bench             everything, some minutes
python -m tests.bench --quick     the same rows from few transactions: whether it works
python -m tests.bench --only many --only packs
"""

from __future__ import annotations

import argparse
import inspect
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar, cast

from longarm.compiled.flat import FlatPolicy

from . import machine
from .engines import Missing, engines
from .harness import Timing, agreement, paired
from .many_cases import cases_run
from .many_rules import SIZES, Cost, Made, cost, made
from .packs import pack_rows
from .reference import handwritten
from .reference.generator import Facts, generate
from .reference.levels import NAMES, level_of
from .reference.oracle import Answer, oracle
from .startup import start_up
from .subject import (
    Reference,
    answer_of_bounds,
    answer_of_decision,
    answer_of_explanation,
    answer_of_flat,
    same_as_reference,
    spelled,
    without,
)
from .table import DECISION_HEADS, decision_row, figure, table

T = TypeVar("T")
Row: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    transactions: int
    slow: int
    """Of decisions that take tenths of a millisecond."""
    slowest: int
    """Of decisions that take milliseconds."""
    passes: int
    sizes: tuple[int, ...]
    pack_cases: int
    cases: int
    """Of the reference policy, with what is expected of them."""
    runs: int


MISSING = (1, 3)
"""So many facts are left out for the three-valued rows."""
FULL = Scale(10_000, 1_000, 200, 3, SIZES, 1_000, 5_000, 20)
QUICK = Scale(250, 40, 10, 1, (100, 200), 2, 100, 1)


@dataclass(slots=True)
class Reached:
    """Figures that have a target: name, figure, limit, unit, whether more is better."""

    rows: list[tuple[str, float, float, str, bool]] = field(
        default_factory=list[tuple[str, float, float, str, bool]]
    )

    def note(
        self, name: str, value: float, limit: float, unit: str = "×", *, least: bool = False
    ) -> None:
        """A figure, with the limit that it must not pass, or must reach if `least`."""
        self.rows.append((name, value, limit, unit, least))

    def table(self) -> str:
        """Every target with what was measured."""
        return table(
            ("target", "limit", "measured", "met"),
            (
                (
                    name,
                    f"{'≥' if least else '≤'} {figure(limit)} {unit}",
                    f"{figure(value)} {unit}",
                    "yes" if (value >= limit if least else value <= limit) else "NO",
                )
                for name, value, limit, unit, least in self.rows
            ),
        )


class Run:
    """One run of the benchmarks: sections in the order in which they are printed."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.reached = Reached()
        self.facts = generate(scale.transactions)
        self.expected = [oracle(facts) for facts in self.facts]
        self.fastest: float | None = None
        """Of longarm on complete cases, in multiples of the yardstick."""

    # ── the reference policy ─────────────────────────────────────────────────

    def reference(self) -> Iterator[str]:
        """The 31 rules: by hand, and by longarm in every way that it can be asked."""
        one = Reference()
        yield (
            f"Reference policy, {len(NAMES)} rules, {len(self.facts):,} transactions. The level "
            "of a decision,\nby the first line that fits:\n"
        )
        yield _level_table()
        flat = one.flat()
        rows = [
            self._row("by hand", handwritten.decide, _as_is, self.facts, self.expected),
            *self._flat_rows(flat),
            *self._read_rows(one),
        ]
        yield table(DECISION_HEADS, rows)
        yield from self._open_agreement(one, flat)

    def _flat_rows(self, flat: FlatPolicy) -> Iterator[Row]:
        agrees = agreement(flat.decide, answer_of_flat, self.facts, self.expected)
        timing = self._timed(flat.decide, self.facts)
        self.fastest = timing.ratio
        self.reached.note("complete case", timing.ratio, 1.2)
        yield decision_row("longarm, complete case", timing, agrees)
        for missing in MISSING:
            timing = self._timed(flat.decide, self._opened(missing))
            self.reached.note(f"three-valued, {missing} of 19 missing", timing.ratio, 3.0)
            yield decision_row(f"longarm, three-valued, {missing} of 19 missing", timing, None)
        timing = self._timed(flat.decide_open, self.facts)
        self.reached.note("three-valued, nothing missing", timing.ratio, 3.0)
        agrees = agreement(flat.decide_open, answer_of_flat, self.facts, self.expected)
        yield decision_row("longarm, three-valued, nothing missing", timing, agrees)
        timing = self._timed(flat.explain, self.facts)
        self.reached.note("full explanation", timing.ratio, 8.0)
        agrees = agreement(flat.explain, answer_of_explanation, self.facts, self.expected)
        yield decision_row("longarm, full explanation", timing, agrees)

    def _read_rows(self, one: Reference) -> Iterator[Row]:
        stated = [spelled(facts) for facts in self.facts[: self.scale.slow]]
        few = stated[: self.scale.slowest]
        yield self._row(
            "longarm, checked: bounds", one.bounds, answer_of_bounds, stated, self.expected
        )
        yield self._row(
            "longarm, checked: whole record", one.record, answer_of_decision, few, self.expected
        )
        name = "reference evaluator, checked: whole record"
        yield self._row(name, one.by_reference, answer_of_decision, few, self.expected)

    def _open_agreement(self, one: Reference, flat: FlatPolicy) -> Iterator[str]:
        """On open cases the oracle has no answer; the reference evaluator has."""
        for missing in MISSING:
            opened = self._opened(missing)[: self.scale.slowest]
            same = sum(same_as_reference(one, facts, flat.decide(facts)) for facts in opened)
            yield (
                f"{missing} of 19 facts missing: rules and bounds as the reference evaluator "
                f"has them, {same:,} of {len(opened):,}\n"
            )

    def _opened(self, missing: int) -> list[Facts]:
        draw = random.Random(missing)  # noqa: S311  data, not secrets
        return [without(facts, missing, draw) for facts in self.facts]

    # ── other engines ────────────────────────────────────────────────────────

    def engines(self) -> Iterator[str]:
        """The same policy through other engines."""
        rows: list[Row] = []
        ratios: list[tuple[float, str]] = []
        for engine in engines():
            if isinstance(engine, Missing):
                rows.append((engine.name, engine.why, "", "", "", ""))
                continue
            most = engine.most if self.scale is FULL else min(engine.most, self.scale.slowest)
            some, known = self.facts[:most], self.expected[:most]
            agrees = agreement(engine.decide, engine.read, some, known)
            timing = self._timed(engine.decide, some, passes=1)
            ratios.append((timing.ratio, engine.name))
            name = f"{engine.name}; {engine.note}" if engine.note else engine.name
            rows.append(decision_row(name, timing, agrees))
        yield table(DECISION_HEADS, rows)
        if ratios and self.fastest is not None:
            ratio, name = min(ratios)
            yield (
                f"Fastest other engine: {name}, {figure(ratio)} × by hand, "
                f"{figure(ratio / self.fastest)} × longarm.\n"
            )
            self.reached.note("fastest other engine", ratio / self.fastest, 15, least=True)

    # ── the shipped packs ────────────────────────────────────────────────────

    def packs(self) -> Iterator[str]:
        """The law that is shipped, on its own cases."""
        rows = pack_rows(self.scale.pack_cases, 1)
        yield table(
            ("shipped pack", "rules", "cases", "reference µs", "record µs", "verdict µs", "agrees"),
            (
                (
                    row.regime,
                    str(row.rules),
                    str(row.cases),
                    figure(row.reference_us),
                    figure(row.explained_us),
                    figure(row.verdict_us),
                    f"{row.agree} of {row.cases}",
                )
                for row in rows
            ),
        )

    # ── many cases ───────────────────────────────────────────────────────────

    def cases(self) -> Iterator[str]:
        """Cases with expectations, as `longarm test` reads and runs them."""
        most = self.scale.cases
        ran = cases_run(Reference().program, self.facts[:most], self.expected[:most])
        if ran.cases == FULL.cases:
            self.reached.note(f"{ran.cases:,} cases, run", ran.run_s, 5.0, "s")
            self.reached.note(f"{ran.cases:,} cases, read and run", ran.whole_s, 5.0, "s")
        heads = ("cases", "expectations", "failed", "processes", "read s", "run s", "together s")
        numbers = (ran.cases, ran.expectations, ran.failed, ran.jobs)
        times = (ran.read_s, ran.run_s, ran.whole_s)
        yield table(heads, [(*(f"{n:,}" for n in numbers), *map(figure, times))])

    # ── many rules ───────────────────────────────────────────────────────────

    def many(self) -> Iterator[str]:
        """Policies that grow while what could matter does not, and what compiling them takes."""
        for coded, codes in ((False, "texts"), (True, "codes of a system")):
            policies: list[Made] = []
            costs: list[Cost] = []
            for rules in self.scale.sizes:
                policy = made(rules, coded=coded)
                costs.append(cost(policy, coded=coded, passes=self.scale.passes))
                policies.append(policy)
            yield f"Ten rules of so many could matter; codes are {codes}:\n"
            yield _many_table(policies, costs)
            first, last = costs[0], costs[-1]
            said = f"{last.rules:,} rules to {first.rules:,}, codes are {codes}"
            self.reached.note(said, last.verdict_us / first.verdict_us, 5.0)
            if first.flat_us is not None and last.flat_us is not None:
                said = f"{last.rules:,} rules to {first.rules:,}, on dictionaries"
                self.reached.note(said, last.flat_us / first.flat_us, 5.0)

    # ── start-up ─────────────────────────────────────────────────────────────

    def startup(self) -> Iterator[str]:
        """A process from nothing."""
        rows = start_up(self.scale.runs)
        self.reached.note("warm start", rows[0].ratio, 2.5)
        yield table(
            ("one process", "ms", "bare ms", "× bare"),
            ((row.name, figure(row.ms), figure(row.bare_ms), figure(row.ratio)) for row in rows),
        )
        yield 'bare: `python -c "import click, json"`, timed in turns with the command.\n'

    # ── timing ───────────────────────────────────────────────────────────────

    def _timed(
        self, function: Callable[[T], object], inputs: Sequence[T], passes: int | None = None
    ) -> Timing:
        known = self.facts[: len(inputs)]
        return paired(function, inputs, handwritten.decide, known, passes or self.scale.passes)

    def _row(
        self,
        name: str,
        function: Callable[[T], object],
        read: Callable[[object], Answer],
        inputs: Sequence[T],
        expected: Sequence[Answer],
    ) -> Row:
        agrees = agreement(function, read, inputs, expected[: len(inputs)])
        return decision_row(name, self._timed(function, inputs), agrees)


def _as_is(made: object) -> Answer:
    return cast("Answer", made)


def _level_table() -> str:
    text = inspect.getdoc(level_of) or ""
    return text.partition("\n\n")[2] + "\n"


def _many_table(policies: Sequence[Made], costs: Sequence[Cost]) -> str:
    heads = (
        "rules",
        "on read facts µs",
        "on dictionaries µs",
        "KB",
        "parse s",
        "resolve s",
        "check s",
        "functions s",
        "on dictionaries s",
        "whole s",
    )
    return table(
        heads,
        (
            (
                f"{p.rules:,} rules",
                figure(c.verdict_us),
                "" if c.flat_us is None else figure(c.flat_us),
                figure(p.kilobytes),
                figure(p.parse_s),
                figure(p.resolve_s),
                figure(p.check_s),
                figure(p.functions_s),
                figure(p.flat_s) if p.flat is not None else "",
                figure(p.whole_s),
            )
            for p, c in zip(policies, costs, strict=True)
        ),
    )


SECTIONS: dict[str, Callable[[Run], Iterator[str]]] = {
    "reference": Run.reference,
    "engines": Run.engines,
    "packs": Run.packs,
    "cases": Run.cases,
    "many": Run.many,
    "startup": Run.startup,
}


def main(arguments: Sequence[str]) -> int:
    """Run, print. The exit code is 0 unless something breaks: figures fail nobody."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few transactions, no figures to keep")
    parser.add_argument(
        "--only", action="append", choices=tuple(SECTIONS), help="a section  [repeatable]"
    )
    chosen = parser.parse_args(arguments)
    quick = bool(chosen.quick)
    only = cast("list[str] | None", chosen.only)
    _say("\n".join(f"{name}: {value}" for name, value in machine.facts()) + "\n")
    run = Run(QUICK if quick else FULL)
    for name, section in SECTIONS.items():
        if only is None or name in only:
            for part in section(run):
                _say(part)
    if run.reached.rows and not quick:
        _say(run.reached.table())
    if quick:
        _say("Quick: these figures show that everything runs, and nothing else.\n")
    return 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command's output
