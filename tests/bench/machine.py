"""What the figures were measured on."""

from __future__ import annotations

import gc
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from longarm.about import __version__


def facts() -> Iterator[tuple[str, str]]:
    """Name and value of each fact of machine, system and settings."""
    yield "processor", _processor()
    yield "cores", f"{os.cpu_count()} (this process may use {len(_usable())})"
    yield "memory", _memory()
    yield "system", platform.platform(terse=True)
    yield "Python", f"{platform.python_implementation()} {platform.python_version()}"
    yield "longarm", __version__
    for name in ("click", "lark"):
        yield name, _version(name)
    yield "collector", f"on, thresholds {gc.get_threshold()}; what was made before is frozen"
    yield "hash seed", os.environ.get("PYTHONHASHSEED", "random")
    if hasattr(os, "getloadavg"):
        yield "load", f"{os.getloadavg()[0]:.1f} before the first row"


def _usable() -> set[int]:
    if sys.platform == "linux":
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _line(path: str, key: str) -> str | None:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError:
        return None
    found = (line.partition(":")[2] for line in text.splitlines() if line.startswith(key))
    return next(found, "").strip() or None


def _processor() -> str:
    return _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()


def _memory() -> str:
    text = _line("/proc/meminfo", "MemTotal")
    return f"{int(text.split()[0]) / 2**20:.0f} GiB" if text else "unknown"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
