"""Coverage of law: which lines of `.pol` files have decided something, by coverage.py.

    [tool.coverage.run]
    plugins = ["longarm.coverage_plugin"]

    [tool.coverage."longarm.coverage_plugin"]   # optional
    policies = "drafts"

Lines that count are those of conditions: of rules, and of the definitions that they use.
Coverage must run where the decisions are made; longarm's compiled functions say themselves
which line they are at. What lies beside a file in its folder is read with it, or what
`policies` names, one path a line; the installed packs are where it needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.plugin import CoveragePlugin, FileReporter, FileTracer

from longarm.backends.in_process import lines_of, regime_code
from longarm.cache import default_folder
from longarm.loading import law
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import has_errors

if TYPE_CHECKING:
    from coverage.plugin_support import Plugins

SUFFIX = ".pol"


class LawPlugin(CoveragePlugin):
    """Claims `.pol` files, and knows which of their lines can run."""

    def __init__(self, policies: tuple[Path, ...] = ()) -> None:
        self.policies = policies

    def file_tracer(self, filename: str) -> FileTracer | None:
        """Lines of compiled law are lines of its file: nothing to translate."""
        return LawTracer(filename) if filename.endswith(SUFFIX) else None

    def file_reporter(self, filename: str) -> FileReporter:
        """The lines of a file that can run."""
        return LawReporter(filename, self.policies or (Path(filename).parent,))

    def find_executable_files(self, src_dir: str) -> Iterable[str]:
        """Every file of law in a folder, decided by or not."""
        return (str(path) for path in sorted(Path(src_dir).rglob(f"*{SUFFIX}")))


class LawTracer(FileTracer):
    """A file of law."""

    def __init__(self, filename: str) -> None:
        self.filename = filename

    def source_filename(self) -> str:
        """Itself."""
        return self.filename


class LawReporter(FileReporter):
    """What can run in a file of law."""

    def __init__(self, filename: str, policies: tuple[Path, ...]) -> None:
        super().__init__(filename)
        self.policies = policies

    def lines(self) -> set[int]:
        """The lines of its conditions, those of rules and definitions that are used."""
        return set(_lines(self.policies).get(str(Path(self.filename).resolve()), frozenset()))


@lru_cache(maxsize=64)
def _lines(policies: tuple[Path, ...]) -> Mapping[str, frozenset[int]]:
    """Lines that can run, by the file they are in."""
    program = _program(policies)
    found: dict[str, set[int]] = {}
    for regime in program.regimes:
        for made in regime_code(program, regime).functions.values():
            file = str(Path(made.co_filename).resolve())
            found.setdefault(file, set()).update(lines_of(made))
    return {file: frozenset(lines) for file, lines in found.items()}


def _program(policies: tuple[Path, ...]) -> Program:
    """The law of some paths, with the installed packs if it needs them: they take their time."""
    kept = default_folder()
    alone = law(policies, installed=False, cache=kept)
    if not has_errors(alone.found):
        return alone.program
    return law(policies, cache=kept).program


def coverage_init(reg: Plugins, options: Mapping[str, object]) -> None:
    """Called by coverage.py with the options of the configuration."""
    named = str(options.get("policies", ""))
    reg.add_file_tracer(
        LawPlugin(tuple(Path(line.strip()) for line in named.split("\n") if line.strip()))
    )


__all__ = ["LawPlugin", "LawReporter", "LawTracer", "coverage_init"]
