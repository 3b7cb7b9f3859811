"""Coverage of law: which lines and branches of `.pol` files have decided something, by coverage.py.

    [tool.coverage.run]
    plugins = ["longarm.coverage_plugin"]
    branch = true

    [tool.coverage."longarm.coverage_plugin"]   # optional
    policies = "drafts"

Lines that count are those of conditions: of rules, and of the definitions that they use. A
branch is a condition that has a line of its own: it leads on to the next one, or settles the
answer, which is the line of the rule's or definition's head. What two conditions of one line
do is not told apart: `longarm test --cov` does that.

Coverage must run where the decisions are made; longarm's compiled functions say themselves
which line they are at. What lies beside a file in its folder is read with it, or what
`policies` names, one path a line; the installed packs are where it needs them. A file of an
installed pack is read with all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.plugin import CoveragePlugin, FileReporter, FileTracer

from longarm.backends.in_process import arcs_of, lines_of
from longarm.cache import default_folder
from longarm.evaluators import functions
from longarm.loading import Compiled, installed_pack, law
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import has_errors
from longarm_dsl.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from coverage.plugin_support import Plugins

SUFFIX = ".pol"
OPEN = "__open"
"""How the names of functions end that have three values."""


class LawPlugin(CoveragePlugin):
    """Claims `.pol` files, and knows which of their lines can run."""

    def __init__(self, policies: tuple[Path, ...] = ()) -> None:
        self.policies = policies

    def file_tracer(self, filename: str) -> FileTracer | None:
        """Lines of compiled law are lines of its file: nothing to translate."""
        return LawTracer(filename) if filename.endswith(SUFFIX) else None

    def file_reporter(self, filename: str) -> FileReporter:
        """The lines of a file that can run."""
        path = Path(filename).resolve()
        beside = () if path.is_relative_to(installed_pack().resolve()) else (path.parent,)
        return LawReporter(filename, self.policies or beside)

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
        return set(self._known.lines)

    def arcs(self) -> set[tuple[int, int]]:
        """The steps from line to line that its conditions may take."""
        return set(self._known.arcs)

    def exit_counts(self) -> dict[int, int]:
        """How many ways lead on from each line: those with several are branches."""
        return Counter(start for start, _ in self._known.arcs if start > 0)

    def missing_arc_description(
        self, start: int, end: int, executed_arcs: Iterable[tuple[int, int]] | None = None
    ) -> str:
        """What a step that no case took would have meant."""
        del executed_arcs
        if end in self._known.heads or end < 0:
            return f"the condition in line {start} never settled the answer"
        return f"the condition in line {start} never led on to line {end}"

    def arc_description(self, start: int, end: int) -> str:
        """What a step means."""
        del start
        settles = end in self._known.heads or end < 0
        return "settle the answer" if settles else f"lead on to line {end}"

    @property
    def _known(self) -> _Known:
        return _known(self.policies).get(str(Path(self.filename).resolve()), _NOTHING)


@dataclass(frozen=True, slots=True)
class _Known:
    """What can run in a file."""

    lines: frozenset[int] = frozenset()
    arcs: frozenset[tuple[int, int]] = frozenset()
    heads: frozenset[int] = frozenset()
    """First lines of rules and definitions: whoever has the answer goes back to one."""


_NOTHING = _Known()


@lru_cache(maxsize=64)
def _known(policies: tuple[Path, ...]) -> Mapping[str, _Known]:
    """What can run, by the file it is in."""
    law = _law(policies)
    lines: dict[str, set[int]] = {}
    arcs: dict[str, set[tuple[int, int]]] = {}
    heads: dict[str, set[int]] = {}
    for regime in _regimes(law.program, policies):
        for name, made in functions(law).code(regime).functions.items():
            file = str(Path(made.co_filename).resolve())
            lines.setdefault(file, set()).update(lines_of(made))
            heads.setdefault(file, set()).add(made.co_firstlineno)
            # With three values a function goes through its conditions twice: no branches of law.
            if not name.endswith(OPEN):
                arcs.setdefault(file, set()).update(arcs_of(made))
    return {
        file: _Known(
            frozenset(found), frozenset(arcs.get(file, ())), frozenset(heads.get(file, ()))
        )
        for file, found in lines.items()
    }


def _law(policies: tuple[Path, ...]) -> Compiled:
    """The law of some paths, with the installed packs if it needs them: they take their time."""
    kept = default_folder()
    alone = law(policies, installed=False, cache=kept)
    return law(policies, cache=kept) if has_errors(alone.found) else alone


def _regimes(program: Program, policies: tuple[Path, ...]) -> list[str]:
    """The regimes of the rules in some paths; all of them if there are words only."""
    folders = tuple(path.resolve() for path in policies)
    own = {
        rule.regime
        for rule in program.rules.values()
        if any(Path(rule.span.source.name).resolve().is_relative_to(f) for f in folders)
    }
    return sorted(own or program.regimes)


def coverage_init(reg: Plugins, options: Mapping[str, object]) -> None:
    """Called by coverage.py with the options of the configuration."""
    named = str(options.get("policies", ""))
    reg.add_file_tracer(
        LawPlugin(tuple(Path(line.strip()) for line in named.split("\n") if line.strip()))
    )


__all__ = ["LawPlugin", "LawReporter", "LawTracer", "coverage_init"]
