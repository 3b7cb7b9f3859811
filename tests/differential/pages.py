"""A disagreement as a page of the conformance suite, and reading such a page back."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from differential.cases import Case, case_text
from differential.comparing import Form
from differential.situations import (
    FILE,
    FormOf,
    Situation,
    asked_of,
    cases_in,
    compiled_law,
    disagreements,
    files_of,
    packs,
)
from longarm.pipeline import compile_sources
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic

FOLDER = Path(__file__).parents[2] / "dsl" / "conformance" / "agreement"


def page(situation: Situation, found: list[str]) -> str:
    """The page of a disagreement; it holds once both forms agree."""
    title = re.sub(r"[^A-Za-z0-9 ,._\[\]()-]", "", found[0].split(":")[0])[:70]
    case = situation.case
    info = ["agree", situation.regime]
    info += ["packs"] if situation.law is None else []
    info += [w for name, value in case.readings for w in ("reading", f"{name}={value}")]
    info += [w for name in case.with_ for w in ("with", name)]
    parts = [f"# Both forms agree: {title}\n", "\n## What was found\n"]
    if situation.law is not None:
        found_here = compiled_law(situation.law)[1]
        for name, text in files_of(situation.law):
            own = tuple(d for d in found_here if d.primary.span.source.text == text)
            info_of = "pol" if name == FILE else f"pol {name}"
            parts.append(f"\n```{info_of}\n{announced(text, own)}```\n")
    parts.append(f"\n```{' '.join(info)}\n{case_text(case)}```\n")
    return "".join(parts)


def announced(text: str, found: tuple[Diagnostic, ...]) -> str:
    """A law with its findings announced on their lines, as a page has to."""
    lines = text.splitlines()
    for each in found:
        number = each.primary.span.source.position(each.primary.span.start)[0]
        lines[number - 1] += f"  # {each.severity}: [{each.name}]"
    return "\n".join(line.rstrip() for line in lines) + "\n"


def write(situation: Situation, found: list[str], folder: Path) -> Path:
    """Write the page; named by what it says, so that one disagreement is written once."""
    text = page(situation, found)
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(text.encode()).hexdigest()[:8]
    path = folder / f"found_{name}.md"
    path.write_text(text, "utf-8")
    return path


def check_agree(law: list[tuple[str, str]], info: str, text: str, form_of: FormOf) -> None:
    """Both forms say the same of every case of a fence, in the regimes it names, or in all."""
    words = info.split()
    program = packs() if "packs" in words else compile_sources(law).program
    form = form_of(program)
    regimes = [r for r in program.regimes if r in words] or list(program.regimes)
    cases = list(cases_in(text, info))
    assert cases
    for case in cases:
        for regime in regimes:
            check_case(program, form, case, regime)


def check_case(program: Program, form: Form, case: Case, regime: str) -> None:
    """Both forms say the same of one case."""
    assert disagreements(asked_of(program, case, regime), form) == []
