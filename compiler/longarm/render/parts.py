"""What a page is made of, before anyone knows the terminal that it is for."""

from __future__ import annotations

from typing import TypeAlias

from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from longarm.deciding import TOOLKIT
from longarm_dsl.evaluate.decision import Law

Part: TypeAlias = Text | Table | Padding | Tree


def stack(*parts: Part) -> Table:
    """Parts below one another, as one part."""
    made = Table.grid()
    made.add_column(ratio=1, overflow="fold")
    for part in parts:
        made.add_row(part)
    return made


def bullet(text: str) -> Table:
    """A text behind a dot, its further lines under its first."""
    made = Table.grid(padding=(0, 1))
    made.add_column(width=1)
    made.add_column(ratio=1, overflow="fold")
    made.add_row("·", Text(text))
    return made


def law_line(law: Law) -> Text:
    """The last line of a page: which law was read, when anybody last looked at it, by what."""
    digest = law.digest.removeprefix("sha256:")[:12]
    seen = f", verified {law.verified}" if law.verified else ""
    return Text(f"law {law.pack} {digest}{seen} · {TOOLKIT}", style="dim")
