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
    """Warm `longarm eval` of a case in JSON, of the same in YAML, and cold."""
    with TemporaryDirectory() as folder:
        json_case = Path(folder) / "magnets.case.json"
        json_case.write_text(_as_json(), encoding="utf-8")
        cold = [Path(folder) / f"cache{number}" for number in range(max(1, runs // 4))]
        _timed(BARE, cold[0])
        made = [_start("cold `longarm eval`, no cache", json_case, cold)]
        # What the last cold run left behind is the cache of the warm ones.
        warm = [cold[-1]] * runs
        for form, case in (("YAML", CASE), ("JSON", json_case)):
            made.append(_start(f"warm `longarm eval`, case in {form}", case, warm))
        return made[::-1]


def _start(name: str, case: Path, caches: Sequence[Path]) -> StartUp:
    command = (sys.executable, "-m", "longarm", "eval", str(case), "--format", "json")
    pairs = [(_timed(BARE, cache), _timed(command, cache)) for cache in caches]
    bare, ours = [b for b, _ in pairs], [o for _, o in pairs]
    return StartUp(name, median(ours), median(bare), median(o / b for b, o in pairs))


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
