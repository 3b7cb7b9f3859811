"""Pages on the terminal. Loads rich: import it where something is shown."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console

from longarm.render.parts import Part


def paint(parts: Iterable[Part], *, color: bool, width: int) -> str:
    """The parts of a page as text, with ANSI colors only when asked for."""
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
