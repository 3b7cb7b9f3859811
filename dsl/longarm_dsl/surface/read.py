"""From bytes to a source: encoding, byte-order mark, line ends, size.

Promises: whatever the bytes are, a source or a diagnostic comes back, never an exception;
only a path that cannot be opened raises `OSError`, which is the caller's to report.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.source import Source, Span

MAX_BYTES = 16_000_000


def bounded_bytes(path: Path, most: int) -> bytes:
    """What is in a file, or comes through a pipe: at most one byte over `most`.

    Raises OSError for what cannot be opened, and for a device, which may have no end.
    """
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise OSError(errno.EINVAL, "It is a device, not a file", str(path))
        return file.read(most + 1)


def read_source(
    origin: Path | bytes, name: str | None = None
) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    r"""The text of a file or of bytes, as UTF-8 with `\\n` at line ends.

    A byte-order mark is dropped and Windows and old Mac line ends are made plain, so that
    offsets mean the same on every system. None, with a finding, where it is no text.
    """
    shown = name if name is not None else str(origin) if isinstance(origin, Path) else "<bytes>"
    raw = bounded_bytes(origin, MAX_BYTES) if isinstance(origin, Path) else origin
    if len(raw) > MAX_BYTES:
        finding = error(
            "file-too-large",
            f"the file has more than the {MAX_BYTES} bytes that are read",
            Span(Source(shown, ""), 0, 0),
            help="split it: one file is one legal instrument",
        )
        return None, (finding,)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        return None, (_not_utf8(shown, raw, problem.start),)
    return Source(shown, text.replace("\r\n", "\n").replace("\r", "\n")), ()


def _not_utf8(name: str, raw: bytes, at: int) -> Diagnostic:
    # What was readable is kept, so that the finding can show the line.
    readable = Source(name, raw.decode("utf-8", errors="replace"))
    start = len(raw[:at].decode("utf-8", errors="replace"))
    guess = "UTF-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "GB18030"
    return error(
        "not-utf8",
        f"the file is not UTF-8: byte 0x{raw[at]:02X} at position {at} begins no character",
        Span(readable, start, start + 1),
        help=f"convert it, for example with `iconv -f {guess} -t UTF-8`",
    )
