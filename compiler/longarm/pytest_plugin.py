"""Cases of law as pytest items: `pytest law/` runs what `longarm test law/` runs.

    law/cn/cases/magnets.pol::powder of exactly 50 um
    cases/shipments.cases.csv::magnets to the United States

A file is collected if its name fits `longarm_files` and, a `.pol` file, if it holds a case or
a property, which is tried on `longarm_properties` draws;
what the command line names is collected whatever its name. The law is that of the installed
packs and of `longarm_policies`; without that option, of the first folder below the root of
the project that holds the file. It is compiled once a process, through the cache.

Registered for every pytest run where longarm is installed: nothing of the compiler is
imported before a file is collected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from longarm.cases import CaseInput
    from longarm.expecting import CaseRun
    from longarm.loading import Compiled
    from longarm.properties import PropertyRun
    from longarm_dsl.core.properties import Property
    from longarm_dsl.diagnostics import Diagnostic
    from longarm_dsl.evaluate.idle import FindIdle
    from longarm_dsl.source import Span

FILES = ("*.pol", "*.case.yaml", "*.case.yml", "*.case.json", "*.cases.csv", "*.cases.xlsx")
"""Names of files that are looked into, unless `longarm_files` says otherwise."""

SUFFIXES = (".pol", ".yaml", ".yml", ".json", ".csv", ".xlsx")
"""What a file may end in that the command line names."""

MARK = "longarm"
_HOLDS_A_CASE = re.compile(rb"\b(?:case|property)\b")
"""A file without these words holds none; what it does hold is the parser's to say."""
_MOST_SHOWN = 20


class CaseWarning(pytest.PytestWarning):
    """A case that runs, and should be looked at."""


class CaseFailedError(Exception):
    """A decision is not what its case expects; shown in words, never as a traceback."""

    def __init__(self, run: CaseRun) -> None:
        super().__init__(run.case.title)
        self.run = run


class PropertyFailedError(Exception):
    """A draw speaks against a property, or too few could be tried; shown in words."""

    def __init__(self, run: PropertyRun) -> None:
        super().__init__(run.stated.title)
        self.run = run


class CaseUnreadError(Exception):
    """What stands in the file cannot be read as a case; shown as diagnostics."""

    def __init__(self, found: Sequence[Diagnostic]) -> None:
        super().__init__(found[0].message)
        self.found = tuple(found)


# ── hooks ────────────────────────────────────────────────────────────────────


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which files hold cases, and which law decides them."""
    parser.addini(
        "longarm_files", "Names of files with cases of law.", type="args", default=list(FILES)
    )
    parser.addini(
        "longarm_policies",
        "Files and folders of law to decide cases by, beside the installed packs.",
        type="paths",
        default=[],
    )
    parser.addini(
        "longarm_installed", "Load the installed packs of law.", type="bool", default=True
    )
    parser.addini(
        "longarm_properties", "Draws that each property is tried on; 0: on none.", default="25"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of the items, and make room for the law that they share."""
    config.addinivalue_line(
        "markers", f"{MARK}(regime): a case of law that expects something of a regime"
    )
    config.stash[_LAWS] = Laws(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    """A file of cases, if it is one."""
    if not _wanted(file_path, parent):
        return None
    return CaseFile.from_parent(parent, path=file_path)  # pyright: ignore[reportUnknownMemberType]  pytest says `Any`


def _wanted(path: Path, parent: pytest.Collector) -> bool:
    if parent.session.isinitpath(path):
        return path.suffix in SUFFIXES
    patterns: Sequence[str] = parent.config.getini("longarm_files")
    if not any(path.match(p) if "/" in p else fnmatch(path.name, p) for p in patterns):
        return False
    try:
        return path.suffix != ".pol" or _HOLDS_A_CASE.search(path.read_bytes()) is not None
    except OSError:
        return True  # collecting it says what is wrong


# ── the law ──────────────────────────────────────────────────────────────────


class Laws:
    """The laws that the files of a run are decided by, each compiled once."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.here = Path.cwd()
        self.made: dict[tuple[Path, ...], Compiled] = {}
        self.told: set[tuple[Path, ...]] = set()

    def paths_of(self, file: Path) -> tuple[Path, ...]:
        """The files and folders of law, beside the installed packs, that a file belongs to."""
        from longarm.loading import installed_pack  # noqa: PLC0415  every pytest run loads this module

        given: Sequence[Path] = self.config.getini("longarm_policies")
        named = tuple(self.shown(path) for path in given)
        real, pack = file.resolve(), installed_pack().resolve()
        is_known = any(real.is_relative_to(path.resolve()) for path in given)
        if is_known or (self.installed and real.is_relative_to(pack)):
            return named
        if given:
            return (*named, self.shown(file)) if file.suffix == ".pol" else named
        return tuple(self.shown(path) for path in self._around(file))

    def _around(self, file: Path) -> Sequence[Path]:
        """The first folder below the root of the project that holds a file."""
        root = self.config.rootpath
        if not file.is_relative_to(root):
            return [file.parent]
        below = file.relative_to(root).parts
        if len(below) == 1:
            return sorted(p for p in root.glob("*.pol") if p.is_file())
        # Without a file of options the root is what the command line has in common.
        return [root if self.config.inipath is None else root / below[0]]

    @property
    def installed(self) -> bool:
        """Whether the installed packs are loaded."""
        return bool(self.config.getini("longarm_installed"))

    def shown(self, path: Path) -> Path:
        """A path as people write it where pytest was started; as such it names sources."""
        return path.relative_to(self.here) if path.is_relative_to(self.here) else path

    def law(self, paths: tuple[Path, ...]) -> Compiled:
        """The law of some paths. Raises OSError for one that cannot be read."""
        if paths not in self.made:
            from longarm.cache import default_folder  # noqa: PLC0415  every pytest run loads this module
            from longarm.loading import law  # noqa: PLC0415  same

            self.made[paths] = law(paths, installed=self.installed, cache=default_folder())
        return self.made[paths]

    def complaint(self, paths: tuple[Path, ...], found: Sequence[Diagnostic]) -> str:
        """What is wrong with a law, in full when it is first told."""
        text = _in_words(found[:1] if paths in self.told else found)
        self.told.add(paths)
        whose = ", ".join(str(path) for path in paths) or "the installed packs"
        hint = "" if self.config.getini("longarm_policies") else "; `longarm_policies` names other"
        return f"the law does not compile: {whose}{hint}\n\n{text}"


_LAWS = pytest.StashKey[Laws]()


# ── files ────────────────────────────────────────────────────────────────────


class CaseFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterator[LawCase | LawProperty]:
        """One item a case, in the order of the file, and one for each that cannot be read.

        The properties of the file come last.
        """
        from longarm.evaluators import find_idle  # noqa: PLC0415  every pytest run loads this module

        law, cases, found = self._read()
        idle = find_idle(law)
        left = list(found)
        read: list[tuple[int, str, CaseInput | None, list[Diagnostic]]] = []
        for case in cases:
            own = [d for d in left if _is_within(d, case)]
            left = [d for d in left if d not in own]
            read.append((case.span.start, case.title, case, own))
        read.extend(
            (d.primary.span.start, f"line {_line(d)}: {d.name}", None, [d])
            for d in left
            if _is_error(d)
        )
        names: dict[str, int] = {}
        for _, title, one, own in sorted(read, key=lambda r: r[0]):
            yield LawCase.from_parent(  # pyright: ignore[reportUnknownMemberType]  pytest says `Any`
                self, name=_numbered(title, names), case=one, law=law, idle=idle, found=own
            )
        draws = self._draws()
        for stated in law.properties if draws else ():
            if Path(stated.span.source.name).resolve() == self.path.resolve():
                yield LawProperty.from_parent(  # pyright: ignore[reportUnknownMemberType]  pytest says `Any`
                    self, name=_numbered(stated.title, names), stated=stated, law=law, draws=draws
                )

    def _draws(self) -> int:
        given: str = self.config.getini("longarm_properties")
        if not (given.isascii() and given.isdigit()):
            raise self.CollectError(f"longarm_properties is a number of draws, not `{given}`")
        return int(given)

    def _read(self) -> tuple[Compiled, Sequence[CaseInput], Sequence[Diagnostic]]:
        from longarm.cases import cases_of, read_cases  # noqa: PLC0415  every pytest run loads this module

        laws = self.config.stash[_LAWS]
        paths = laws.paths_of(self.path)
        try:
            law = self._compiled(laws, paths)
            if self.path.suffix != ".pol":
                return law, *read_cases(self.path, str(laws.shown(self.path)), law.program)
            name = _name_in(law, self.path)
            if name is None and self.path.suffix == ".pol":
                law = self._compiled(laws, (*paths, laws.shown(self.path)))
                name = _name_in(law, self.path)
        except OSError as wrong:
            raise self.CollectError(f"{wrong.filename}: {wrong.strerror}") from wrong
        return (law, *cases_of(law, name)) if name is not None else (law, (), ())

    def _compiled(self, laws: Laws, paths: tuple[Path, ...]) -> Compiled:
        law = laws.law(paths)
        errors = [d for d in law.found if _is_error(d)]
        if errors:
            raise self.CollectError(laws.complaint(paths, errors))
        return law


def _name_in(law: Compiled, path: Path) -> str | None:
    """The name under which a law knows a file that holds cases."""
    real = path.resolve()
    spans = (*(case.span for case in law.cases), *(stated.span for stated in law.properties))
    names = dict.fromkeys(span.source.name for span in spans)
    return next((name for name in names if Path(name).resolve() == real), None)


def _is_error(found: Diagnostic) -> bool:
    return found.severity.value == "error"


def _is_within(found: Diagnostic, case: CaseInput) -> bool:
    span = found.primary.span
    return (
        span.source.name == case.span.source.name and case.span.start <= span.start <= case.span.end
    )


def _line(found: Diagnostic) -> int:
    return _line_from_0(found.primary.span) + 1


def _line_from_0(span: Span) -> int:
    return span.source.position(span.start)[0] - 1


def _numbered(title: str, names: dict[str, int]) -> str:
    """The title as a node is named; the second of that name has its number."""
    name = _node_name(title)
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name} ({names[name]})"


def _node_name(title: str) -> str:
    """A title as the last part of a node id, which `::` would divide and `[` end."""
    from longarm.render.common import visible  # noqa: PLC0415  every pytest run loads this module

    return visible(title).replace("::", ":").replace("[", "(").replace("]", ")")


# ── items ────────────────────────────────────────────────────────────────────


class LawCase(pytest.Item):
    """One case: decided for its regimes, and compared with what it expects."""

    def __init__(
        self,
        name: str,
        parent: CaseFile,
        *,
        case: CaseInput | None,
        law: Compiled,
        idle: FindIdle,
        found: Sequence[Diagnostic],
    ) -> None:
        super().__init__(name, parent)  # pyright: ignore[reportUnknownMemberType]  pytest says `Any`
        self.case = case
        self.law = law
        self.idle = idle
        self.found = tuple(found)
        regimes = case.regimes if case is not None else ()
        for regime in regimes:
            self.add_marker(pytest.mark.longarm(regime=regime))
        if not regimes:
            self.add_marker(pytest.mark.longarm)
        self.extra_keyword_matches.update(regimes)

    def runtest(self) -> None:
        """Decide and compare. Raises CaseFailedError or CaseUnreadError."""
        from longarm.expecting import run_case  # noqa: PLC0415  every pytest run loads this module

        errors = [d for d in self.found if _is_error(d)]
        if errors or self.case is None:
            raise CaseUnreadError(errors or self.found)
        if not self.case.expectations:
            self.warn(CaseWarning(f"the case `{self.name}` expects nothing of any regime"))
        run = run_case(self.law.program, self.case, find_idle=self.idle)
        self.user_properties.extend(_properties(run))
        if run.failures:
            from longarm.failing import teach  # noqa: PLC0415  every pytest run loads this module

            raise CaseFailedError(teach(self.law.program, run))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """What came instead of what was expected; a traceback is for mistakes in longarm."""
        del style  # no traceback to choose the style of
        match excinfo.value:
            case CaseFailedError(run=run):
                from longarm.render.case_reports import headline  # noqa: PLC0415  every pytest run loads this module
                from longarm.render.cases import render_failed  # noqa: PLC0415  same

                return f"{headline(run)}\n\n{render_failed(run)}".rstrip("\n")
            case CaseUnreadError(found=found):
                return _in_words(found)
            case CaseWarning() as warned:
                return str(warned)
            case _:
                return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, the line from 0, and the title."""
        span = self.case.span if self.case is not None else self.found[0].primary.span
        return self.path, _line_from_0(span), self.name


class LawProperty(pytest.Item):
    """One property: tried on draws, the same on every machine."""

    def __init__(
        self, name: str, parent: CaseFile, *, stated: Property, law: Compiled, draws: int
    ) -> None:
        super().__init__(name, parent)  # pyright: ignore[reportUnknownMemberType]  pytest says `Any`
        self.stated = stated
        self.law = law
        self.draws = draws
        from longarm.properties import regimes_of  # noqa: PLC0415  every pytest run loads this module

        regimes = regimes_of(law.program, stated)
        for regime in regimes:
            self.add_marker(pytest.mark.longarm(regime=regime))
        self.extra_keyword_matches.update(regimes)

    def runtest(self) -> None:
        """Try it. Raises PropertyFailedError; skips where Hypothesis is not installed."""
        from longarm.properties import run_property  # noqa: PLC0415  every pytest run loads this module

        try:
            run = run_property(self.law, self.stated, examples=self.draws)
        except ImportError:
            pytest.skip("not tried: pip install 'longarm[properties]'")
        counts = (("held", run.held), ("open", run.open), ("passed_over", run.passed_over))
        self.user_properties.extend(counts)
        if not run.passed:
            raise PropertyFailedError(run)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """The draw that speaks against it; a traceback is for mistakes in longarm."""
        del style  # no traceback to choose the style of
        match excinfo.value:
            case PropertyFailedError(run=run):
                from longarm.render.properties import render_property  # noqa: PLC0415  every pytest run loads this module

                return render_property(run).rstrip("\n")
            case _:
                return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, the line from 0, and the title."""
        return self.path, _line_from_0(self.stated.span), self.name


def _properties(run: CaseRun) -> Iterator[tuple[str, object]]:
    """What reports for machines say of a case beside whether it passed."""
    from longarm.render.case_reports import properties_of  # noqa: PLC0415  every pytest run loads this module

    yield from properties_of(run)


def _in_words(found: Sequence[Diagnostic]) -> str:
    from longarm.render import Format, render  # noqa: PLC0415  every pytest run loads this module

    text = render(Format.TEXT, found, color=False, width=80, limit=_MOST_SHOWN)
    return text.rstrip("\n")
