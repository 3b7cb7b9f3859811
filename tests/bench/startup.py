"""How long a command takes from nothing: `longarm eval` of one case, cache cold and warm.

Each is a process of its own, timed in turns with `python -c "import click, json"`, which is
what any command line of this kind has to pay.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

ROOT = Path(__file__).parents[2]
CASE = ROOT / "docs" / "examples" / "magnets.case.yaml"
BARE = (sys.executable, "-c", "import click, json")
SOURCES = os.pathsep.join(str(ROOT / folder) for folder in ("dsl", "compiler", "policies"))


@dataclass(frozen=True, slots=True)
class StartUp:
    """Milliseconds of a command, and how many times those of the bare import."""

    name: str
    ms: float
    bare_ms: float
    ratio: float


def start_up(runs: int) -> list[StartUp]:
    """Bare import, cold and warm `longarm eval` of a case in YAML and of the same in JSON."""
    with TemporaryDirectory() as folder:
        warm, empty = Path(folder) / "warm", Path(folder) / "cold"
        json_case = Path(folder) / "magnets.case.json"
        json_case.write_text(_as_json(), encoding="utf-8")
        made: list[StartUp] = []
        for form, case in (("JSON", json_case), ("YAML", CASE)):
            command = (sys.executable, "-m", "longarm", "eval", str(case), "--format", "json")
            made.append(_warm(f"warm `longarm eval`, case in {form}", command, warm, runs))
        command = (sys.executable, "-m", "longarm", "eval", str(json_case), "--format", "json")
        made.append(_cold("cold `longarm eval`, no cache", command, empty, max(1, runs // 4)))
        return made


def _environment(cache: Path) -> Mapping[str, str]:
    """The environment of a run whose caches lie in a folder."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": SOURCES,
        "XDG_CACHE_HOME": str(cache),
        "LONGARM_CACHE": str(cache / "longarm"),
    }


def _timed(command: Sequence[str], cache: Path) -> float:
    start = perf_counter()
    subprocess.run(command, env=_environment(cache), check=True, capture_output=True)
    return 1e3 * (perf_counter() - start)


def _warm(name: str, command: Sequence[str], cache: Path, runs: int) -> StartUp:
    _timed(command, cache)
    _timed(BARE, cache)
    return _in_turns(name, [(_timed(BARE, cache), _timed(command, cache)) for _ in range(runs)])


def _cold(name: str, command: Sequence[str], cache: Path, runs: int) -> StartUp:
    pairs = [(_timed(BARE, cache), _timed(command, cache / str(number))) for number in range(runs)]
    return _in_turns(name, pairs)


def _in_turns(name: str, pairs: Sequence[tuple[float, float]]) -> StartUp:
    bare, ours = [b for b, _ in pairs], [o for _, o in pairs]
    return StartUp(name, median(ours), median(bare), median(o / b for b, o in pairs))


def _as_json() -> str:
    """The case of the documentation, as JSON: written here, so that no YAML is needed."""
    return """{
 "case": "magnet assembly, the Netherlands to the United States",
 "on": "2025-12-02", "known": "2025-11-01", "assume": "closed",
 "given": {
  "action": "reexport", "departure": "NL", "destination": "US",
  "actor": {"located_in": "NL", "organized_in": "NL"}, "importer": {"located_in": "US"},
  "end_user": {"located_in": "US"}, "end_use": ["chip_equipment_production"],
  "end_product": {"logic_node": "14 nm"},
  "item": {"code": ["CN:1C905.a.4", "US:EAR99"], "made_in": "NL", "origin": "NL",
   "value": "10000 EUR",
   "components": [{"code": ["CN:1C905.a.1", "US:EAR99"], "origin": "CN", "value": "42 EUR"}]}}
}
"""
