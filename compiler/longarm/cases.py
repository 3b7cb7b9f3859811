"""Cases from files: `.pol`, YAML 1.2, JSON and tables, all to the same `CaseInput`.

    longarm.cases.load_cases([Path("cases/")])     compile, read every case file of some paths
    longarm.cases.read_cases(data, name, program)  one file in YAML or JSON, or a table

A case whose day, closure or facts have no readable form is left out and reported, since
deciding it on another day or with other facts would answer a question nobody asked. A
single fact that cannot be read stays in the case as an error (`read_facts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from longarm.case_input import KEYS, CaseInput, case_source, cases_in, no_facts
from longarm.case_tree import MOST_BYTES, is_day
from longarm.json_facts import NotJson, raw_from_json
from longarm.loading import Compiled, law
from longarm_dsl.core.program import Case, Program
from longarm_dsl.core.read_facts import read_transaction
from longarm_dsl.diagnostics import Diagnostic, error, in_order
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface.read import bounded_bytes

__all__ = [
    "KEYS",
    "CaseInput",
    "Loaded",
    "case_files",
    "cases_of",
    "is_day",
    "load_cases",
    "read_cases",
]

SUFFIXES = (".json", ".pol", ".yaml", ".yml")
"""Files that may hold cases, when a folder is given; of other tables only those so named."""

TABLES = ("cases.csv", "cases.xlsx")
"""What the name of a table of cases in a folder is, or ends in behind a dot."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The law that was compiled, the cases read under it, what was wrong in the cases."""

    compiled: Compiled
    cases: tuple[CaseInput, ...]
    found: tuple[Diagnostic, ...]


def case_files(path: Path) -> list[Path]:
    """The case files of a path, sorted: itself, or everything below a folder."""
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if _may_hold_cases(p) and p.is_file())
    return [path]


def _may_hold_cases(path: Path) -> bool:
    return path.suffix in SUFFIXES or f".{path.name}".endswith(tuple(f".{t}" for t in TABLES))


def load_cases(
    paths: Sequence[Path],
    policies: Sequence[Path] = (),
    *,
    installed: bool = True,
    cache: Path | None = None,
) -> Loaded:
    """Compile the law with the `.pol` files among some paths, and read the cases of all.

    `cache` is the folder of the compiled laws that are kept, if any are. Raises OSError for a path that cannot be read.
    """
    files = {path: case_files(path) for path in paths}
    pol = [file for listed in files.values() for file in listed if file.suffix == ".pol"]
    compiled = law([*policies, *pol], installed=installed, cache=cache)
    cases: list[CaseInput] = []
    found: list[Diagnostic] = []
    empty: list[Path] = []
    for path, listed in files.items():
        before = len(cases) + len(found)
        for file in listed:
            if file.suffix == ".pol":
                read, problems = cases_of(compiled, str(file))
            else:
                read, problems = read_cases(file, str(file), compiled.program)
            cases += read
            found += problems
        here = {str(file) for file in listed}
        stated = any(p.span.source.name in here for p in compiled.properties)
        if len(cases) + len(found) == before and not stated:
            empty.append(path)
    for path in empty:
        # A `.pol` file, or a folder of some, beside those with cases is the law that they are about.
        if not cases or not any(file.suffix == ".pol" for file in files[path]):
            nothing = Span(Source(str(path), ""), 0, 0)
            found.append(error("no-cases", f"no case in `{path}`", nothing))
    return Loaded(compiled, tuple(cases), tuple(found))


def cases_of(
    compiled: Compiled, name: str | None = None
) -> tuple[tuple[CaseInput, ...], tuple[Diagnostic, ...]]:
    """The cases of a program's `.pol` files, or of the one file of that name."""
    cases: list[CaseInput] = []
    found: list[Diagnostic] = []
    for case in compiled.cases:
        if name is None or case.span.source.name == name:
            read = _from_pol(case, compiled.program, found)
            if read is not None:
                cases.append(read)
    return tuple(cases), in_order(found)


def _from_pol(case: Case, program: Program, found: list[Diagnostic]) -> CaseInput | None:
    if case.given is None:
        found.append(no_facts(case.span))
        return None
    transaction, problems = read_transaction(case.given, program, closed=case.closed)
    found.extend(problems)
    return CaseInput(
        case.title,
        case.on,
        case.known,
        case.closed,
        transaction,
        case.expectations,
        case.cite,
        case.span,
        case.given,
        case.review,
    )


# --- YAML and JSON ------------------------------------------------------------------------


_OTHER_TABLES = (".xls", ".xlsm", ".xlsb", ".ods", ".tsv")
_ZIP = b"PK\x03\x04"


def _other_table(data: bytes, name: str) -> Diagnostic | None:
    """What is wrong with a table that is none of those that are read."""
    where = Span(Source(name, ""), 0, 0)
    if name.lower().endswith(_OTHER_TABLES):
        message = "tables of this kind are not read"
        return error("malformed-case", message, where, help="save it as `.xlsx` or `.csv`")
    if data.startswith(_ZIP) and not name.lower().endswith(".xlsx"):
        message = "this is a workbook, and its name does not say so"
        return error("malformed-case", message, where, help="let it end in `.xlsx`")
    return None


def read_cases(
    given: Path | bytes, name: str, program: Program
) -> tuple[tuple[CaseInput, ...], tuple[Diagnostic, ...]]:
    """Read the cases of a YAML or JSON file, one or a list of them, or of a table.

    `name` is the name to show, which tells a table. Raises OSError for a path that cannot be read.
    """
    data = given if isinstance(given, bytes) else bounded_bytes(given, MOST_BYTES)
    if other := _other_table(data, name):
        return (), (other,)
    if name.lower().endswith((".csv", ".xlsx")):
        from longarm.case_tables import table_cases  # noqa: PLC0415  few runs read tables

        return table_cases(data, name, program)
    source, problems = case_source(data, name)
    if source is None:
        return (), problems
    read = raw_from_json(source)
    if isinstance(read, NotJson):
        from longarm.yaml_facts import raw_from_yaml  # noqa: PLC0415  loads ruamel, which JSON does not need

        read = raw_from_yaml(source)
    return cases_in(*read, source, program)
