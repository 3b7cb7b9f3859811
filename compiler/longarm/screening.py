"""The Consolidated Screening List of the US Government as rows of the lists that the law reads.

    listings, as_of = read_screening_list(data)
    folder = screening_folder(listings, as_of, columns)

Two forms of the list are read: its JSON (an object with `results`) and its CSV. What an entry
reaches and how it is reviewed is read only where its words are those of the common forms; of
any other the question stays open, as a reading of its own with those words.

Source: the list and its fields as published by the International Trade Administration.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias, cast

from longarm_dsl.core.names import fold
from longarm_dsl.lazy_dataclass import dataclass

LISTS: Mapping[str, str] = {
    "(EL)": "us.entity_list",
    "(MEU)": "us.meu_list",
    "(UVL)": "us.unverified_list",
    "(DPL)": "us.denied_persons",
    "(SDN)": "us.sdn_list",
}
"""The list of the law that the entries of a source go to, by the sign in the source's name."""

_VOLUME = re.compile(r"\b(\d{2,3}) ?F\.? ?R\.? ?\d")
_YEAR_OF_VOLUME_0 = 1935
"""Volume 84 of the Federal Register is that of 2019."""

_FIELD_LIMIT = 4_000_000
_SPACE = re.compile(r"\s+")


Row: TypeAlias = "Mapping[str, str]"
"""The cells of a row, by column."""


class ScreeningError(ValueError):
    """The file is no Consolidated Screening List; the text is for whoever gave it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of the list."""

    source: str
    name: str
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]
    notice: str
    start: date | None
    end: date | None
    requirement: str
    policy: str


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a project that reads the list, by name, and what went into them.

    `taken` counts entries by list, `left` those of sources that no list of the law reads, by
    source. `unread` counts entries whose reach stays a question.
    """

    files: Mapping[str, str]
    taken: Mapping[str, int]
    left: Mapping[str, int]
    unread: int


# ── reading ──────────────────────────────────────────────────────────────────


def read_screening_list(data: bytes) -> tuple[tuple[Listing, ...], date | None]:
    """The entries, and the newest day that the file names as its own. Raises ScreeningError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise ScreeningError(f"not UTF-8: byte {wrong.start} cannot be read") from None
    if text.lstrip()[:1] in {"{", "["}:
        return _from_json(text)
    return _from_csv(text), None


def _from_json(text: str) -> tuple[tuple[Listing, ...], date | None]:
    try:
        whole: object = json.loads(text)
    except RecursionError:
        raise ScreeningError("it nests too deeply to be the list") from None
    except ValueError as wrong:
        raise ScreeningError(f"not JSON: {wrong}") from None
    results = _dict(whole).get("results")
    if not isinstance(results, list):
        raise ScreeningError("the JSON holds no `results`, as the published list does")
    entries = [_dict(entry) for entry in cast("list[object]", results)]
    days = [
        day
        for used in _many(_dict(whole).get("sources_used"))
        for name in ("source_last_updated", "import_date", "import_time")
        if (day := _day(_text(_dict(used).get(name))[:10])) is not None
    ]
    return tuple(_listings(entries)), max(days, default=None)


def _from_csv(text: str) -> tuple[Listing, ...]:
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        header = reader.fieldnames or ()
        missing = [name for name in ("source", "name") if name not in header]
        if missing:
            raise ScreeningError(f"the first line names no column `{missing[0]}`")
        return tuple(_listings(cast("Iterable[dict[str, object]]", reader)))
    except csv.Error as wrong:
        raise ScreeningError(f"not CSV: {wrong}") from None


def _listings(entries: Iterable[dict[str, object]]) -> Iterator[Listing]:
    for number, entry in enumerate(entries, 1):
        source, name = _text(entry.get("source")), _text(entry.get("name"))
        if not source or not name:
            raise ScreeningError(f"entry {number} has no {'source' if not source else 'name'}")
        yield Listing(
            source,
            name,
            tuple(dict.fromkeys(_text(a) for a in _several(entry.get("alt_names")) if _text(a))),
            tuple(_address(a) for a in _several(entry.get("addresses"))),
            _text(entry.get("federal_register_notice")),
            _day(_text(entry.get("start_date"))),
            _day(_text(entry.get("end_date"))),
            _text(entry.get("license_requirement")),
            _text(entry.get("license_policy")),
        )


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _many(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _several(value: object) -> list[object]:
    """A list, or in the CSV texts between semicolons."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    return _many(value)


def _text(value: object) -> str:
    """A text in one line; what is no text is none."""
    return _SPACE.sub(" ", value).strip() if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _address(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    parts = (_text(_dict(value).get(k)) for k in ("address", "city", "state", "country"))
    return ", ".join(part for part in parts if part)


# ── what an entry says ───────────────────────────────────────────────────────

_EVERY_ITEM = re.compile(r"(for )?all items subject to the ear\b(.*)", re.IGNORECASE)
_REFERENCE = frozenset(["see", "section", "sections", "and", "of", "the", "ear"])
_POSTURES: Sequence[tuple[str, re.Pattern[str]]] = (
    ("approval_presumed", re.compile(r"presumption (of|for) approval", re.IGNORECASE)),
    ("case_by_case", re.compile(r"case[- ]by[- ]case", re.IGNORECASE)),
    ("denial_presumed", re.compile(r"presumption (of|for) denial", re.IGNORECASE)),
    ("denial", re.compile(r"policy of denial", re.IGNORECASE)),
)
"""From the mildest to the strictest."""
_MILDEST, _STRICTEST = _POSTURES[0][0], _POSTURES[-1][0]


def footnotes(requirement: str) -> tuple[int, ...]:
    """The footnotes of an Entity List entry, by the direct product rules that it names."""
    text = requirement.replace(" ", "")
    found: set[int] = set()
    if "734.9(e)(1)" in text or re.search(r"734\.9\(e\)1(?!\d)", text):
        found.add(1)
    if "734.9(g)" in text:
        found.add(3)
    if "734.9(e)(2)" in text or re.search(r"734\.9\(e\),?and.*\)\.?4\.?$", text):
        found.add(4)
    if "734.9(e)(3)" in text:
        found.add(5)
    return tuple(sorted(found))


def reaches_every_item(requirement: str) -> bool:
    """Whether the words are "all items", with references to sections and nothing else."""
    found = _EVERY_ITEM.fullmatch(requirement.strip())
    if found is None:
        return False
    words = re.findall(r"[a-z]+", found[2].lower())
    return all(len(word) == 1 or word in _REFERENCE for word in words)


def postures(policy: str) -> tuple[str, str]:
    """The mildest and the strictest review that the words name; any, where they name none."""
    named = [name for name, words in _POSTURES if words.search(policy)]
    return (named[0], named[-1]) if named else (_MILDEST, _STRICTEST)


def listed_from(listing: Listing, as_of: date) -> date:
    """The first day on which the entry was listed for certain.

    Its own, if it has one; else after the year of the oldest volume of the Federal Register
    that it cites, and on the day of the file at the latest.
    """
    if listing.start is not None:
        return listing.start
    volumes = [int(volume) for volume in _VOLUME.findall(listing.notice)]
    if not volumes or not 0 < min(volumes) < as_of.year:
        return as_of
    return min(as_of, date(min(volumes) + _YEAR_OF_VOLUME_0 + 1, 1, 1))


# ── writing ──────────────────────────────────────────────────────────────────


def screening_folder(
    listings: Iterable[Listing], as_of: date, columns: Mapping[str, Sequence[str]]
) -> Folder:
    """The files of the project: `columns` names, by list of the law, what its rows hold."""
    rows: dict[str, list[Row]] = {}
    taken: dict[str, int] = {}
    left: dict[str, int] = {}
    readings: dict[str, str] = {}
    unread = 0
    for listing in listings:
        target = next((id_ for sign, id_ in LISTS.items() if sign in listing.source), None)
        if target is None or target not in columns:
            left[listing.source] = left.get(listing.source, 0) + 1
            continue
        taken[target] = taken.get(target, 0) + 1
        limited = "no"
        if listing.requirement and not reaches_every_item(listing.requirement):
            name = readings.setdefault(listing.requirement, f"reach_{len(readings) + 1}")
            limited = f"{name} = narrower"
            unread += 1
        rows.setdefault(target, []).append(_row(listing, limited, as_of))
    files = {f"{_file(id_)}.csv": _csv(_merged(rows[id_]), columns[id_]) for id_ in sorted(rows)}
    files["screening.pol"] = _law(sorted(rows), readings, as_of)
    return Folder(files, taken, left, unread)


def _row(listing: Listing, limited: str, as_of: date) -> Row:
    mild, strict = postures(listing.policy)
    by_address = listing.name.casefold().startswith("address ")
    return {
        "party": listing.name,
        "aliases": _texts(listing.aliases),
        "address": listing.addresses[0] if by_address and listing.addresses else "",
        "addresses": _texts(listing.addresses if by_address else ()),
        "footnotes": "{" + ", ".join(map(str, footnotes(listing.requirement))) + "}",
        "limited": limited,
        "review": mild if listing.policy else "",
        "by_item": "yes" if listing.policy and mild != strict else "no",
        "strictest_review": strict if listing.policy and mild != strict else "",
        "from": listed_from(listing, as_of).isoformat(),
        "until": "" if listing.end is None else listing.end.isoformat(),
        "cite": listing.notice or listing.source,
    }


def _merged(rows: Iterable[Row]) -> list[Row]:
    """The list has a party once for each country: those that say the same are one."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(v for k, v in row.items() if k not in {"party", "cite"})
        name = fold(row["party"])
        other = found.setdefault((name, *key), row)
        if other is not row and row["cite"] not in other["cite"]:
            found[name, *key] = {**other, "cite": f"{other['cite']}; {row['cite']}"}
    return list(found.values())


def _texts(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"


def _quoted(text: str) -> str:
    """A text of the language; a character that no text holds becomes a space."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return '"' + plain.replace("\\", "/").replace('"', "'") + '"'


def _csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    header = [*columns, *(n for n in ("from", "until", "cite") if n not in columns)]
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return made.getvalue()


def _file(list_: str) -> str:
    return list_.rpartition(".")[2]


_HEAD = """\
The Consolidated Screening List as of {day}, made by `longarm import csl`: do not edit, import again.

An entry without a day of its own counts from the end of the year of the Federal Register that it
cites. Before the day of the file the lists are partial.
"""


def _law(lists: Sequence[str], readings: Mapping[str, str], as_of: date) -> str:
    parts = [f'"""\n{_HEAD.format(day=as_of)}"""\n']
    for words, name in readings.items():
        parts.append(
            f"reading {name} : {{every_item, narrower}}\n"
            f'  cite     "Consolidated Screening List, license requirement"\n'
            f"  open     {_quoted(f'an entry reaches: {words}')}\n"
        )
    parts.extend(f'rows of {id_} from "{_file(id_)}.csv" complete from {as_of}\n' for id_ in lists)
    return "\n".join(parts)
