"""What a stand-alone module does when it is asked: read a case, decide it, print the record.

Runs in the module's own runtime, with the standard library alone. It is a command line of
its own, so it prints and reads as `longarm.cli` does; the words of options are the same.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from types import FunctionType
from typing import TypeAlias, cast

from longarm.case_input import CaseInput, read_json
from longarm.case_tree import MOST_BYTES
from longarm.choices import (
    ChoiceError,
    chosen_day,
    chosen_knowledge,
    chosen_options,
    chosen_regimes,
    unknown,
)
from longarm.compiled.code import Code, RuleCode
from longarm.compiled.functions import Functions
from longarm.deciding import TOOLKIT, Decided, decide_case
from longarm.plan.ast import Site, SiteKind
from longarm.python_facts import json_text
from longarm.recording import case_record
from longarm.render.common import visible
from longarm.render.concise import render_concise
from longarm_dsl.core import ast
from longarm_dsl.core.portable import decode
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import Type
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.evaluate.decision import Json
from longarm_dsl.evaluate.idle import FindIdle

OK, USAGE, BUG, INTERRUPTED, BROKEN_PIPE = 0, 2, 4, 130, 141
"""Exit codes, those of `longarm`."""

_MOST_SHOWN = 50

DEEPEST = 6_000
"""Calls in one another, as the command line allows them."""


Parts: TypeAlias = tuple[
    dict[tuple[str, tuple[str, ...]], RuleCode],
    dict[str, str],
    dict[str, tuple[tuple[str, ...], bool]],
    tuple[str, ...],
    tuple[tuple[SiteKind, ast.Expr, Type, tuple[str, ...]], ...],
]
"""Of a regime: rules, definitions, statuses, names of sites, sites; what `Code` is made of."""


@dataclass(frozen=True, slots=True)
class Law:
    """The law of a stand-alone module, and the regimes that it was compiled for."""

    program: Program
    regimes: tuple[str, ...]
    find_idle: FindIdle


def read_law(data: object, regimes: Mapping[str, type]) -> Law:
    """The law from the plain data that the module carries, and its functions by regime."""
    # INVARIANT: `functions.decisions` has made the parts, and the file carries nothing else.
    program, parts = cast("tuple[Program, dict[str, Parts]]", decode(data, object))

    def code_of(regime: str) -> Code:
        rules, shared, statuses, names, sites = parts[regime]
        written = vars(regimes[regime]).values()
        functions = {f.__name__: f.__code__ for f in written if isinstance(f, FunctionType)}
        made = tuple(Site(*site) for site in sites)
        return Code(functions, rules, shared, statuses, made, names)

    return Law(program, tuple(regimes), Functions(program, code_of).idle)


# --- one case, from Python ----------------------------------------------------------------


def decide(
    law: Law,
    case: Mapping[str, object],
    *,
    on: str | None,
    known: str | None,
    regimes: Sequence[str] | None,
    closed: bool,
    with_: Sequence[str],
    readings: Mapping[str, str],
) -> dict[str, Json]:
    """The JSON record of a case; see `decide` of the stand-alone module."""
    asked = [regimes] if isinstance(regimes, str) else regimes
    choices = Choices(
        on=on,
        known=known,
        regime=None if asked is None else ",".join(asked),
        closed=closed,
        with_=[with_] if isinstance(with_, str) else list(with_),
        readings=[f"{name}={value}" for name, value in readings.items()],
    )
    data = json_text(case).encode("utf-8", "surrogatepass")
    cases, found = read_json(data, "case", law.program)
    if len(cases) != 1:
        raise ValueError("this is not a case:\n" + _told(found).rstrip())
    return case_record(
        _decided(law, cases, choices)[0],
        chosen_options(law.program, choices.with_, choices.readings),
        closed=closed,
    )


# --- from a command line ------------------------------------------------------------------


@dataclass(slots=True)
class Choices:
    """What is asked beside the case. Mutable: filled option by option."""

    on: str | None = None
    known: str | None = None
    regime: str | None = None
    closed: bool = False
    with_: list[str] = field(default_factory=list[str])
    readings: list[str] = field(default_factory=list[str])
    paths: list[str] = field(default_factory=list[str])
    help: bool = False


def main(law: Callable[[], Law], arguments: Sequence[str], about: str) -> int:
    """Decide the cases of a file; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST))
    try:
        code = _main(law, arguments, about)
        sys.stdout.flush()
    except ChoiceError as wrong:
        return _usage(str(wrong))
    except BrokenPipeError:
        # Python flushes stdout once more at exit, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return INTERRUPTED
    except OSError as wrong:
        name = f"{wrong.filename}: " if wrong.filename else ""
        sys.stderr.write(f"Error: {name}{wrong.strerror or wrong}\n")
        return USAGE
    except Exception:  # noqa: BLE001  the last handler: whatever arrives here is our bug
        traceback.print_exc()
        sys.stderr.write(
            "Error: longarm made a mistake. The fault is not in your case. Please report it,\n"
            "with the command and the case.\n"
        )
        return BUG
    return code


def _main(law: Callable[[], Law], arguments: Sequence[str], about: str) -> int:
    choices = _parsed(arguments)
    if choices.help:
        sys.stdout.write(about)
        return OK
    if len(choices.paths) != 1:
        raise ChoiceError("one CASE is needed: a JSON file, or `-` for stdin")
    (path,) = choices.paths
    # Before the law is read: a day that is none costs nobody a second.
    chosen_day("--on", choices.on)
    chosen_knowledge("--known", choices.known)
    data, name = _data(path)
    loaded = law()
    cases, found = read_json(data, name, loaded.program)
    decided = _decided(loaded, cases, choices)
    sys.stderr.write(_told(found))
    if not decided:
        return USAGE
    options = chosen_options(loaded.program, choices.with_, choices.readings)
    made: list[Json] = [case_record(d, options, closed=choices.closed) for d in decided]
    whole: Json = made[0] if len(made) == 1 else {"cases": made}
    sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
    return USAGE if any(_outside(d, cases) for d in found) else OK


def _data(path: str) -> tuple[bytes, str]:
    """As much of a file as is needed to see that it is too long, and its name to show."""
    if path == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1), "<stdin>"
    with Path(path).open("rb") as file:
        return file.read(MOST_BYTES + 1), path


def _decided(law: Law, cases: Sequence[CaseInput], choices: Choices) -> list[Decided]:
    on, known = chosen_day("--on", choices.on), chosen_knowledge("--known", choices.known)
    regimes = chosen_regimes(law.regimes, choices.regime)
    options = chosen_options(law.program, choices.with_, choices.readings)
    # The one place that reads the clock.
    today = date.today()  # noqa: DTZ011  the reader's own civil day
    return [
        decide_case(
            law.program,
            case,
            on=on,
            known=known,
            today=today,
            regimes=regimes,
            options=options,
            closed=choices.closed,
            find_idle=law.find_idle,
        )
        for case in cases
    ]


def _told(found: Sequence[Diagnostic]) -> str:
    """Findings one a line, each with what to do about it."""
    shown = "".join(
        render_concise([one]) + (f"    help: {visible(one.help)}\n" if one.help else "")
        for one in found[:_MOST_SHOWN]
    )
    rest = len(found) - _MOST_SHOWN
    return f"{shown}... and {rest} more\n" if rest > 0 else shown


def _outside(found: Diagnostic, cases: Sequence[CaseInput]) -> bool:
    """Whether a finding is about something that no decided case holds: a case left out."""
    start = found.primary.span.start
    return not any(case.span.start <= start <= case.span.end for case in cases)


_FLAGS = ("--assume-closed", "--closed", "--help", "-h")
_VALUED = ("--known", "--on", "--reading", "--regime", "--with")


def _parsed(arguments: Sequence[str]) -> Choices:
    """Options as `longarm eval` has them: whole names, `--name VALUE` or `--name=VALUE`."""
    made = Choices()
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            made.paths += rest
            break
        if word == "-" or not word.startswith("-"):
            made.paths.append(word)
        elif name in _FLAGS:
            if equals:
                raise ChoiceError(f"`{name}` takes no value")
            made.help |= name in {"--help", "-h"}
            made.closed |= name in {"--assume-closed", "--closed"}
        elif name in _VALUED:
            if not equals and not rest:
                raise ChoiceError(f"`{name}` needs a value")
            _set(made, name, value if equals else rest.pop(0))
        else:
            raise ChoiceError(unknown("option", name, (*_FLAGS, *_VALUED)))
    return made


def _set(made: Choices, name: str, value: str) -> None:
    match name:
        case "--on":
            made.on = value
        case "--known":
            made.known = value
        case "--regime":
            made.regime = value
        case "--with":
            made.with_.append(value)
        case _:
            made.readings.append(value)


def _usage(message: str) -> int:
    name = Path(sys.argv[0]).name if sys.argv else "decisions.py"
    sys.stderr.write(f"Usage: {name} [OPTIONS] CASE.json\n\nError: {message}\n")
    return USAGE


__all__ = ["TOOLKIT", "Law", "decide", "main", "read_law"]
