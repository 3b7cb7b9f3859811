"""Bytes to a source: UTF-8, byte-order mark and line ends handled in one place."""

from __future__ import annotations

from pathlib import Path

from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.source import Source, Span


def read_source(
    given: Path | bytes, name: str | None = None
) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """Read a file or bytes; None with a finding if they are not UTF-8 text.

    Raises OSError for a path that cannot be read.
    """
    raw = given if isinstance(given, bytes) else given.read_bytes()
    shown = name or (str(given) if isinstance(given, Path) else "<bytes>")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        source = Source(shown, raw[: problem.start].decode("utf-8", "replace") + "\ufffd")
        end = len(source.text)
        return None, (
            error(
                "not-utf8",
                f"byte {problem.start} is not UTF-8",
                Span(source, end - 1, end),
                help="save the file as UTF-8",
            ),
        )
    return Source(shown, text.replace("\r\n", "\n").replace("\r", "\n")), ()
