"""Files that a verb writes: whole or not at all."""

from __future__ import annotations

import os
from errno import EACCES, ENOENT
from pathlib import Path
from tempfile import NamedTemporaryFile


def replace_file(path: Path, text: str) -> None:
    """Write a whole file or none: whoever reads it meanwhile sees the old one. Raises OSError."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(text.encode())  # a device or a pipe takes what it is given
        return
    if not target.parent.is_dir():
        raise FileNotFoundError(ENOENT, "there is no such folder", str(path))
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    if not mode & 0o222:  # a folder that may be written in would let it be replaced all the same
        raise PermissionError(EACCES, "the file is read-only", str(path))
    with NamedTemporaryFile("wb", dir=target.parent, prefix=".longarm-", delete=False) as file:
        file.write(text.encode())
    temporary = Path(file.name)
    try:
        temporary.chmod(mode)
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
