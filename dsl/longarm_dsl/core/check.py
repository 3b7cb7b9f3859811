"""Checks of a compiled program (language.md, section 8)."""

from __future__ import annotations

from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic


def check(program: Program) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a program beyond names and types."""
    del program
    return ()
