"""The machine-readable copies, as their files hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, cast

FILES = (
    "country-chart.json",
    "country-groups.json",
    "ccl.json",
    "license-exception-catalog.json",
)

_Json: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry's license requirements: what it says of what, and where it looks."""

    control: str
    scope: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A control-list entry of the copy. `reasons` is None where the copy lost them."""

    code: str
    reasons: str | None
    lines: tuple[Line, ...]
    exceptions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Copies:
    """All four copies."""

    columns: tuple[str, ...]
    chart: Mapping[str, frozenset[str]]
    groups: Mapping[str, frozenset[str]]
    entries: tuple[Entry, ...]
    exceptions: Mapping[str, tuple[str, ...]]


class CopyError(Exception):
    """A copy that is missing or cannot be read."""


def read(folder: Path) -> Copies:
    """Read the copies of a folder. Raises CopyError for a file that is absent or malformed."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise CopyError(f"{folder} lacks {', '.join(missing)}")
    try:
        return _copies(*(_object(folder / name) for name in FILES))
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise CopyError(f"a file of {folder} is not what it should be: {problem!r}") from None


def _object(path: Path) -> _Json:
    found: object = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise CopyError(f"{path} holds no object")
    return cast("_Json", found)


def _copies(chart: _Json, groups: _Json, entries: _Json, catalog: _Json) -> Copies:
    countries = cast("Mapping[str, Mapping[str, list[str]]]", chart["countries"])
    members = cast("Mapping[str, list[str]]", groups["groups"])
    exceptions = cast("list[Mapping[str, object]]", catalog["exceptions"])
    return Copies(
        tuple(cast("list[str]", chart["columns"])),
        {name: frozenset(row["marks"]) for name, row in countries.items()},
        {name: frozenset(who) for name, who in members.items()},
        tuple(_entry(e) for e in cast("list[_Json]", entries["entries"])),
        {str(e["sectionNumber"]): tuple(cast("list[str]", e["symbols"])) for e in exceptions},
    )


def _entry(entry: _Json) -> Entry:
    lines = cast("list[Mapping[str, str]]", entry.get("countryChart") or [])
    return Entry(
        str(entry["eccn"]),
        cast("str | None", entry.get("reasonForControl")),
        tuple(Line(line["control"], line["countryChart"]) for line in lines),
        cast("Mapping[str, str]", entry.get("licenceExceptionFlags") or {}),
    )
