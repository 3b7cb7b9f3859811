"""The text of a stand-alone module: the law, what decides by it, and how to ask.

The same program gives the same bytes, on any machine and in any process. Everything from
the law is an ASCII literal (`literals`), or a name or docstring that the back end has spelled
anew, so that nothing that a policy says can become code; the rest of the file is ours.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeGuard

from longarm.deciding import TOOLKIT
from longarm.standalone.closure import digest, renamed, sources
from longarm.standalone.functions import Decisions, decisions
from longarm.standalone.literals import block, inline
from longarm_dsl.core.portable import Plain, encode
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.decide import law_of

ROOT = "longarm.standalone.entry"
_MARK = f"# {'-' * 90}\n"
_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Written:
    """A stand-alone module, and what it holds."""

    text: str
    rules: int
    functions: int
    digest: str


def write(program: Program, regimes: Sequence[str] = ()) -> Written:
    """A module that decides cases by this law, for some of its regimes or for all."""
    chosen = tuple(regimes) or program.regimes
    compiled = decisions(program, chosen)
    text = _module(program, chosen, compiled)
    rules = sum(program.instruments[r.instrument].regime in chosen for r in program.rules.values())
    made = sum(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(compiled.text)))
    return Written(text, rules, made, law_of(program).digest)


def _module(program: Program, chosen: tuple[str, ...], compiled: Decisions) -> str:
    imports, tail = _tail()
    classes = ", ".join(f"{inline(regime)}: {name}" for regime, name in compiled.classes)
    law = f"LAW = {block(law_text(program, compiled))}"
    parts = [
        _header(program, chosen),
        f"from __future__ import annotations\n\n{imports}",
        _section(
            "The decisions, one function a rule", f"{compiled.text}\n\nREGIMES = {{{classes}}}"
        ),
        _section("The law, as data", law),
        _section("What decides: the modules of longarm that are needed", _runtime()),
        _section("Loading and asking", f"\n{tail}"),
    ]
    return "\n\n".join(part.rstrip("\n") + "\n" for part in parts)


def _header(program: Program, regimes: tuple[str, ...]) -> str:
    law = law_of(program)
    lines = [
        "Export-control decisions of one law, in one file that needs Python 3.11 or newer alone.",
        "",
        "    python -I -S FILE.py CASE.json      decide the cases of a JSON file; `-` is stdin",
        "    python -I -S FILE.py --help",
        "",
        "    import decisions",
        '    decisions.decide(case, on="2025-12-02", known="2025-11-01")',
        "",
        f"law       {law.pack}",
        f"digest    {law.digest}",
        f"verified  {law.verified or 'never'}",
        f"regimes   {', '.join(regimes)}",
        f"toolkit   {TOOLKIT}",
        "",
        "The answer is the JSON record of `longarm eval --format json`. The day is --on, else the",
        "case's `on`, else its `date`, else today; the law is read as known on --known, else the",
        "case's `known`, else today.",
        "",
        "  --on DAY               decide on this day, perhaps `T13:01+08:00`",
        "  --known DAY            read the law as published by this day",
        "  --regime CN,US         ask these regimes only",
        "  --with NAME            count a proposed or unenforced instrument or rule as law",
        "  --reading NAME=VALUE   read a question that the law leaves open this way",
        "  --assume-closed        read absent facts as no, none and empty (or --closed)",
        "",
        "Exit codes: 0 it worked, whatever the law says; 2 a wrong command line, or a file that",
        "cannot be read; 4 a mistake in longarm.",
        "",
        "This is for research and preparation, and no legal advice. `nothing` is never a clearance:",
        "no requirement was found, and facts and law may be missing; read `not_modelled` beside it.",
        "",
        f"Made by {TOOLKIT} from the law above: change the law, not this file.",
    ]
    # Names of packs are names of files: they are shown, never interpreted.
    return block("\n".join(lines) + "\n")


def _section(title: str, text: str) -> str:
    return f"# {title}\n{_MARK}\n{text.rstrip()}"


# --- the law ------------------------------------------------------------------------------


def law_text(program: Program, compiled: Decisions) -> str:
    """The program and what its functions need, as JSON of many lines."""
    data = encode((program, compiled.parts), spans=False)
    if not _is_listed(data):
        raise AssertionError("a program is written as a list")
    return "[\n" + ",\n".join(_lines(part) for part in data) + "\n]\n"


def _lines(part: Plain) -> str:
    if not _is_listed(part):
        return json.dumps(part)
    return (
        "[\n" + "\n".join(_packed(json.dumps(item, separators=(",", ":")) for item in part)) + "\n]"
    )


def _packed(items: Iterable[str]) -> Iterable[str]:
    """Items with commas between, as many on a line as it holds."""
    line = ""
    for item in items:
        if line and len(line) + len(item) > _WIDTH:
            yield f"{line},"
            line = ""
        line = f"{line},{item}" if line else item
    if line:
        yield line


def _is_listed(data: Plain) -> TypeGuard[Sequence[Plain]]:
    return isinstance(data, (list, tuple))


# --- what decides -------------------------------------------------------------------------


@cache
def _runtime() -> str:
    """The modules, under a name that says which they are."""
    carried = sources(ROOT)
    prefix = f"_longarm_{digest(carried)[:16]}"
    made = [f"PREFIX = {inline(prefix)}\n\nSOURCES = {{\n"]
    made += [f"{inline(m.path)}: {block(renamed(m.text, prefix))},\n" for m in carried]
    return "".join((*made, "}\n"))


def _tail() -> tuple[str, str]:
    """Imports, and the loader, `decide` and `main`, as `carried` has them."""
    text = files("longarm").joinpath("standalone", "carried.py").read_text("utf-8")
    head, _, tail = text.partition(_MARK)
    return head[head.index("import importlib") : head.index("PREFIX = ")], tail
