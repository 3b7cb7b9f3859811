"""Runs the Markdown under `dsl/conformance`: what any implementation of the language must do.

A heading names an example, its fences say what to do, in order:

- `pol`: a text; `pol cn.b` is a file that those after it have beside them. Every finding is
  announced on its line by `# error: [name] "part of the message"` or `# warning: …`, and
  nothing else is found. Below `syntax/` the text is only read, elsewhere it is compiled and
  checked.
- `diagnostics`: the findings of the last text, as they are shown.
- `case`: cases below the last text. Whatever they expect, they expect something and get it.
- `cases`: law and cases over the shared vocabulary; every case is decided as it expects.
- `properties`: properties below the last text, each with what becomes of it: `# held`, `# failed`.
- `agree`: cases, and the regimes that are asked; the reference evaluator and the compiled
  functions say the same of each. `agree packs` is about the installed packs.
- `scenarios`: lines `##..## | b: suspends a from 2 through 3`, what is so on each day and why.

A new kind of fence is a function in `CHECKS`. A fence that nobody checks fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from differential import pages
from differential.forms import Compiled
from longarm.cases import cases_of
from longarm.evaluators import Evaluator
from longarm.expecting import run_case
from longarm.pipeline import compile_sources, installed_pack
from longarm.plan.from_core import plan
from longarm.plan.invariants import violations as plan_violations
from longarm.properties import run_property
from longarm.render.text import render_text
from longarm_dsl.catalogue import KINDS
from longarm_dsl.core import ast
from longarm_dsl.core.formula import YES, Truth
from longarm_dsl.core.invariants import violations
from longarm_dsl.core.numbers import Interval, show
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import amendments, in_force, kleene
from longarm_dsl.diagnostics import Diagnostic, Severity, has_errors
from longarm_dsl.source import Source
from longarm_dsl.surface.format import format_source
from longarm_dsl.surface.parser import parse

ROOT = Path(__file__).parents[1] / "dsl" / "conformance"
TRADE = (installed_pack() / "common" / "trade.pol").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: its info string, its text, and the line it starts on."""

    info: str
    text: str
    line: int

    @property
    def kind(self) -> str:
        """The first word of the info string."""
        return self.info.split()[0] if self.info else ""


@dataclass(frozen=True, slots=True)
class Example:
    """A heading with the fences below it."""

    path: Path
    title: str
    fences: tuple[Fence, ...]

    @property
    def topic(self) -> str:
        """The folder below `dsl/conformance`."""
        return self.path.relative_to(ROOT).parts[0]

    def last(self, kind: str, before: Fence) -> Fence:
        """The fence of a kind that stands last before another."""
        return [f for f in self.fences if f.kind == kind and f.line < before.line][-1]


_PART = re.compile(
    r"^(?:#+ (?P<title>.+)|(?P<ticks>`{3,})(?P<info>.*)\n(?P<text>(?s:.*?))^(?P=ticks))$",
    re.MULTILINE,
)


def examples(path: Path) -> list[Example]:
    """The examples of a page."""
    page = path.read_text("utf-8")
    found: list[Example] = []
    for part in _PART.finditer(page):
        if part["title"] is not None:
            found.append(Example(path, part["title"], ()))
            continue
        line = page.count("\n", 0, part.start()) + 2
        fence = Fence(part["info"].strip(), part["text"], line)
        last = found[-1]
        found[-1] = Example(path, last.title, (*last.fences, fence))
    return [example for example in found if example.fences]


# ── kinds of fences ──────────────────────────────────────────────────────────

Check: TypeAlias = Callable[[Example, Fence], None]

_ANNOUNCED = re.compile(
    r"# (?P<severity>error|warning|note): \[(?P<name>[a-z0-9-]+)\]"
    r'(?: "(?P<part>[^"]*)")?'
)


def files(example: Example, fence: Fence) -> list[tuple[str, str]]:
    """The texts of an example up to a fence: the last one, and those that say which file they are."""
    texts = [f for f in example.fences if f.kind == "pol" and f.line <= fence.line]
    return [
        ((*f.info.split(), "cn.case")[1], f.text) for f in texts if f is texts[-1] or " " in f.info
    ]


def findings(example: Example, fence: Fence) -> tuple[Diagnostic, ...]:
    """What is found in a text."""
    if example.topic == "syntax":
        return parse(Source("case.pol", fence.text))[1]
    compiled = compile_sources(files(example, fence))
    if not has_errors(compiled.found):
        assert violations(compiled.program) == ()
        for regime in compiled.program.regimes:
            assert plan_violations(compiled.program, plan(compiled.program, regime)) == ()
    return tuple(d for d in compiled.found if d.primary.span.source.text == fence.text)


def check_pol(example: Example, fence: Fence) -> None:
    """Every finding is announced, everything announced is found, each with a help line."""
    found = findings(example, fence)
    assert all(d.help for d in found)
    if any(f.kind == "diagnostics" and f.line > fence.line for f in example.fences):
        return
    announced = [
        (number, m["severity"], m["name"], m["part"] or "")
        for number, line in enumerate(fence.text.splitlines(), 1)
        for m in _ANNOUNCED.finditer(line)
    ]
    seen = [
        (d.primary.span.source.position(d.primary.span.start)[0], str(d.severity), d.name, d)
        for d in found
    ]
    assert sorted(a[:3] for a in announced) == sorted(s[:3] for s in seen)
    for line, severity, name, part in announced:
        messages = [s[3].message for s in seen if s[:3] == (line, severity, name)]
        assert any(part in message for message in messages), (part, messages)
    if not announced:
        text, _ = format_source(Source("case.pol", fence.text))
        assert text is not None


def check_diagnostics(example: Example, fence: Fence) -> None:
    """The findings of the text before, as they are shown on a page of 80 columns."""
    found = findings(example, example.last("pol", fence))
    assert render_text(found, width=80) == fence.text


FIRST = date(2026, 3, 1)
MARKS = {Truth.YES: "#", Truth.NO: ".", Truth.UNKNOWN: "?"}
_ACT = re.compile(r"(?P<name>[a-z])(?P<dates>(?: (?:issued|verified) \d+)*)(?:: (?P<says>.+))?")


def _day(number: str) -> date:
    return FIRST + timedelta(days=int(number))


def _dated(text: str) -> str:
    """The text with its numbers of days as dates."""
    words = r"\b(from|until|through|to|noted|issued|verified) (\d+)\b"
    return re.sub(words, lambda m: f"{m[1]} {_day(m[2])}", text)


def _law_of(acts: list[str]) -> Program:
    """The instruments of one line, as a program."""
    dates: dict[str, str] = {"a": ""}
    says: dict[str, list[str]] = {"a": []}
    for text in acts:
        act = _ACT.fullmatch(text)
        assert act is not None, text
        dates[act["name"]] = dates.get(act["name"], "") + act["dates"]
        says.setdefault(act["name"], []).extend([act["says"]] if act["says"] else [])
    lines = ["record Transaction", "  destination : country"]
    for name in sorted(says):
        own = dates[name] if "issued" in dates[name] else f"{dates[name]} issued 0"
        lines.append(f'instrument {name} "Act" regime cn {_dated(own)}')
        if name == "a":
            lines += ['param floor : number = 10 cite "1"', 'rule rule "Exports" cite "1"']
        lines += [_dated(text) for text in says[name]]
        if name == "a":
            lines.append("then requires license from MOFCOM")
    compiled = compile_sources([("cn.case", "\n".join(lines) + "\n")])
    assert not [d for d in compiled.found if d.severity is Severity.ERROR]
    return compiled.program


def _floor(program: Program, day: date, known: date) -> str:
    """The value of the parameter on a day."""
    changes = {a.event: a.value for a in program.amendments["cn.a.floor"]}
    value = program.values["cn.a.floor"].value
    for event, acting in amendments(program.law, "cn.a.floor", day, known):
        changed = changes[event.id]
        value = changed if acting == YES and changed is not None else value
    assert isinstance(value, ast.Literal)
    assert isinstance(value.value, Interval)
    return show(value.value)


def check_scenarios(example: Example, fence: Fence) -> None:
    """On every day of every line, the rule is in force, out of force or open as it says."""
    del example
    lines = fence.text.splitlines()
    found: list[str] = []
    for line in lines:
        expected, _, rest = line.partition(" | ")
        acts = rest.split("; ")
        known = next((_day(a.removeprefix("known ")) for a in acts if a.startswith("known ")), None)
        program = _law_of([a for a in acts if not a.startswith("known ")])
        values = expected.split()
        count = len(values) if values[0].isdigit() else len(expected)
        days = [(_day(str(n)), known or date(2030, 1, 1)) for n in range(count)]
        got = (
            " ".join(_floor(program, *day) for day in days)
            if values[0].isdigit()
            else "".join(MARKS[kleene(in_force(program.law, "cn.a.rule", *day))] for day in days)
        )
        found.append(f"{got} | {rest}")
    assert found == lines


def check_case(example: Example, fence: Fence) -> None:
    """Every case is decided as it expects."""
    law = files(example, fence)
    uses = [f"use {name}" for name, _ in law]
    compiled = compile_sources([*law, ("cn.cases", "\n".join([*uses, fence.text]))])
    assert not [d for d in compiled.found if d.severity is Severity.ERROR]
    cases, problems = cases_of(compiled)
    assert cases
    assert not [d for d in problems if d.severity is Severity.ERROR]
    for case in cases:
        run = run_case(compiled.program, case)
        assert run.expectations, case.title
        assert not run.failures, (case.title, [(f.expected, f.got) for f in run.failures])


def check_cases(example: Example, fence: Fence) -> None:
    """Every case is decided as it expects; a fact that cannot be read is no hindrance."""
    del example
    compiled = compile_sources([("common.trade", TRADE), ("cn.case", fence.text)])
    assert not has_errors(compiled.found)
    cases, _ = cases_of(compiled)
    assert cases
    for case in cases:
        run = run_case(compiled.program, case)
        assert run.expectations, case.title
        assert not run.failures, (case.title, [(f.expected, f.got) for f in run.failures])


def check_agree(example: Example, fence: Fence) -> None:
    """The compiled functions say what the reference evaluator says, whatever that is."""
    pages.check_agree(files(example, fence), fence.info, fence.text, Compiled)


DRAWS = 40


def check_properties(example: Example, fence: Fence) -> None:
    """Every property becomes what it says, by the reference and by compiled functions."""
    law = files(example, fence)
    uses = [f"use {name}" for name, _ in law]
    compiled = compile_sources([*law, ("cn.stated", "\n".join([*uses, fence.text]))])
    assert not [d for d in compiled.found if d.severity is Severity.ERROR]
    lines = [line for line in fence.text.splitlines() if line.startswith("property ")]
    assert len(lines) == len(compiled.properties)
    for line, stated in zip(lines, compiled.properties, strict=True):
        for evaluator in Evaluator:
            run = run_property(compiled, stated, examples=DRAWS, evaluator=evaluator)
            assert run.status == line.rpartition("# ")[2], (stated.title, run)


CHECKS: dict[str, Check] = {
    "agree": check_agree,
    "case": check_case,
    "cases": check_cases,
    "pol": check_pol,
    "properties": check_properties,
    "scenarios": check_scenarios,
    "diagnostics": check_diagnostics,
}

PAGES = sorted(ROOT.rglob("*.md"))
EXAMPLES = [example for page in PAGES for example in examples(page)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.path.stem}: {e.title}")
def test_example(example: Example) -> None:
    for fence in example.fences:
        assert fence.kind in CHECKS, f"nobody checks `{fence.info}` on line {fence.line}"
        CHECKS[fence.kind](example, fence)


def test_titles_are_unique_on_their_page() -> None:
    titles = [(example.path, example.title) for example in EXAMPLES]
    assert len(titles) == len(set(titles))
    assert {example.path for example in EXAMPLES} == set(PAGES)


def test_only_known_names_are_announced_and_every_name_of_the_reader_is() -> None:
    shown = {
        name
        for page in PAGES
        for name in re.findall(
            r"(?:error|warning|note)(?:: )?\[([a-z0-9-]+)\]", page.read_text("utf-8")
        )
    }
    assert shown <= {kind.name for kind in KINDS}
    reader = (Path(__file__).parents[1] / "dsl/longarm_dsl/surface").glob("*.py")
    raised = {
        name
        for module in reader
        for name in re.findall(r'error\(\s*"([a-z0-9-]+)"', module.read_text("utf-8"))
    }
    # Bytes that are no text, and four million characters, do not go on a page.
    assert raised - {"not-utf8", "file-too-large"} <= shown
