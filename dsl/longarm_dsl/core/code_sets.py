"""Sets of classification codes: what falls under what.

A code lies under another if it equals it or extends it at a paragraph boundary:
`3A090.a.1` under `3A090.a` under `3A090`, heading `8505.11` under `8505`. Whether a
stated code falls in a set is yes, no, or unknown where the code is too coarse to tell.
Sources: 15 CFR 738.2(d) and Supp. 1 to part 774 (ECCNs, the 600 series and 9x515);
the Chinese dual-use list, numbered alike; WCO Harmonized System, General Rule 6.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import Literal, TypeAlias, assert_never

from longarm_dsl.core.formula import Truth
from longarm_dsl.lazy_dataclass import dataclass

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """One code of one system, in canonical spelling: `Code("HS", "8505.11")`."""

    system: str
    text: str

    def __str__(self) -> str:
        return f"{self.system}:{self.text}"

    @property
    def path(self) -> Path:
        """The code's parts from the most general on; it lies under each beginning."""
        return _path(self.system, self.text)


ECCN_SYSTEMS = frozenset({"US", "CN"})
"""Systems numbered category, product group, three digits, paragraphs."""

_SYSTEM = re.compile(r"[A-Z][A-Z0-9_]*")
_ECCN = re.compile(r"[0-9][A-E][0-9]{3}(?:\.[a-z0-9]+)*")
_TECHNOLOGY_CATALOGUE = re.compile(r"[0-9]{6}[XJ](?:\.[a-z0-9]+)*")
_ANY_SYSTEM = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_HS_LENGTHS = (2, 4, 6, 8, 10, 13)


@lru_cache(maxsize=1 << 14)  # a code is held against every set that the law names
def _path(system: str, text: str) -> Path:
    return _pairs(text.replace(".", "")) if system == "HS" else tuple(text.split("."))


def _pairs(digits: str) -> Path:
    pairs = [digits[i : i + 2] for i in range(0, min(len(digits), 10), 2)]
    return (*pairs, digits[10:]) if len(digits) > _HS_LENGTHS[-2] else tuple(pairs)


def _spelled(system: str, path: Path) -> str:
    if system != "HS":
        return ".".join(path)
    return ".".join(["".join(path[:2]), *path[2:]])


def code_of(system: str, text: str) -> Code | None:
    """Read a code of a known system; None if it is not one. `none` is one of each system."""
    if text == "none":
        return Code(system, text)
    match system:
        case "US":
            fits = text == "EAR99" or _ECCN.fullmatch(text) is not None
        case "CN":
            fits = any(p.fullmatch(text) for p in (_ECCN, _TECHNOLOGY_CATALOGUE))
        case "HS":
            digits = text.replace(".", "")
            well_formed = re.fullmatch(r"[0-9]+(?:\.[0-9]+)*", text) is not None
            fits = well_formed and len(digits) in _HS_LENGTHS
            text = _spelled(system, _pairs(digits)) if fits else text
        case _:
            fits = _ANY_SYSTEM.fullmatch(text) is not None
    return Code(system, text) if fits else None


def parse_code(text: str) -> Code | None:
    """Read `US:3A090.a`, `CN:1C905.a.4`, `HS:8505.11`, `US:EAR99`, `CN:none`."""
    system, colon, rest = text.strip().partition(":")
    if not colon or _SYSTEM.fullmatch(system) is None:
        return None
    return code_of(system, rest)


# --- patterns and sets ----------------------------------------------------------------

Series: TypeAlias = Literal["600", "9x515"]


@dataclass(frozen=True, slots=True, order=True)
class Exactly:
    """A code and all that lies under it."""

    system: str
    path: Path


@dataclass(frozen=True, slots=True)
class Family:
    """ECCNs by category and product group, maybe of one series, maybe one paragraph.

    `series` "600" is any ECCN whose third character is 6, "9x515" any 9A515 to 9E515.
    """

    system: str
    categories: frozenset[str]
    groups: frozenset[str]
    series: Series | None = None
    tail: Path = ()

    def has(self, head: str) -> bool:
        """Whether an ECCN without paragraphs belongs."""
        if _ECCN.fullmatch(head) is None:
            return False
        match self.series:
            case None:
                in_series = True
            case "600":
                in_series = head[2] == "6"
            case "9x515":
                in_series = head[2:] == "515"
        return in_series and head[0] in self.categories and head[1] in self.groups


CodePattern: TypeAlias = Exactly | Family


@dataclass(frozen=True, slots=True)
class Member:
    """What one pattern covers, less exceptions, maybe only for technology for other items."""

    pattern: CodePattern
    exceptions: tuple[CodePattern, ...] = ()
    for_: tuple[CodePattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """The codes that fall under any member."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """The codes in any of the sets."""

    parts: tuple[CodeSet, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """The codes in both sets."""

    left: CodeSet
    right: CodeSet


@dataclass(frozen=True, slots=True)
class Less:
    """The codes in the left set that are not in the right."""

    left: CodeSet
    right: CodeSet


CodeSet: TypeAlias = Listed | Union | Common | Less

NO_CODES = Listed(())


def just(code: Code) -> CodeSet:
    """Make the set of a code and all that lies under it."""
    return Listed((Member(Exactly(code.system, code.path)),))


def union(*sets: CodeSet) -> CodeSet:
    """Join sets: flattened and without repeats."""
    members: dict[Member, None] = {}
    others: dict[CodeSet, None] = {}
    for each in sets:
        for part in each.parts if isinstance(each, Union) else (each,):
            if isinstance(part, Listed):
                members.update(dict.fromkeys(part.members))
            else:
                others[part] = None
    listed = Listed(tuple(members))
    if not others:
        return listed
    if not members and len(others) == 1:
        return next(iter(others))
    return Union((listed, *others) if members else tuple(others))


def difference(left: CodeSet, right: CodeSet) -> CodeSet:
    """Take the codes of one set that are not in another."""
    return left if NO_CODES in {left, right} else Less(left, right)


def intersection(left: CodeSet, right: CodeSet) -> CodeSet:
    """Take the codes that are in both sets."""
    return NO_CODES if NO_CODES in {left, right} else Common(left, right)


def members_of(codes: CodeSet) -> Iterator[Member]:
    """Every member named anywhere in a set, in order, with repeats."""
    match codes:
        case Listed(members):
            yield from members
        case Union(parts):
            for part in parts:
                yield from members_of(part)
        case Common(left, right) | Less(left, right):
            yield from members_of(left)
            yield from members_of(right)
        case _:
            assert_never(codes)


def systems(codes: CodeSet) -> frozenset[str]:
    """The systems that a set speaks of."""
    return frozenset(m.pattern.system for m in members_of(codes))


# --- membership -----------------------------------------------------------------------


class _Place(Enum):
    """Where a code lies to a pattern: at or under it, over part of it, or apart."""

    UNDER = auto()
    OVER = auto()
    APART = auto()


def _along(path: Path, other: Path) -> _Place:
    if path[: len(other)] == other:
        return _Place.UNDER
    return _Place.OVER if other[: len(path)] == path else _Place.APART


def _place(code: Code, pattern: CodePattern) -> _Place:
    if code.system != pattern.system:
        return _Place.APART
    path = code.path
    match pattern:
        case Exactly(_, under):
            return _along(path, under)
        case Family(tail=tail):
            return _along(path[1:], tail) if pattern.has(path[0]) else _Place.APART
        case _:
            assert_never(pattern)


def _under_any(code: Code, patterns: Iterable[CodePattern]) -> Truth:
    result = Truth.NO
    for pattern in patterns:
        match _place(code, pattern):
            case _Place.UNDER:
                return Truth.YES
            case _Place.OVER:
                result = Truth.UNKNOWN
            case _Place.APART:
                pass
    return result


def _for_any(serves: Collection[Code] | None, patterns: Iterable[CodePattern]) -> Truth:
    if serves is None:
        return Truth.UNKNOWN
    wanted = tuple(patterns)
    return max((_under_any(c, wanted) for c in serves), default=Truth.NO)


def _falls_under(code: Code, member: Member, serves: Collection[Code] | None) -> Truth:
    inside = _under_any(code, (member.pattern,))
    if inside is Truth.NO:
        return inside
    result = min(inside, _under_any(code, member.exceptions).negated)
    return min(result, _for_any(serves, member.for_)) if member.for_ else result


def _listed(code: Code, members: Iterable[Member], serves: Collection[Code] | None) -> Truth:
    """Whether a code falls under any member: most of them begin otherwise, and are passed over."""
    system, head = code.system, code.path[0]
    result = Truth.NO
    for member in members:
        pattern = member.pattern
        if pattern.system != system:
            continue
        if isinstance(pattern, Exactly) and pattern.path and pattern.path[0] != head:
            continue
        each = _falls_under(code, member, serves)
        if each is Truth.YES:
            return each
        result = max(result, each)
    return result


def _most(truths: Iterable[Truth]) -> Truth:
    """The disjunction, looked for no further than the first yes."""
    result = Truth.NO
    for each in truths:
        if each is Truth.YES:
            return each
        result = max(result, each)
    return result


def falls(code: Code, codes: CodeSet, serves: Collection[Code] | None = None) -> Truth:
    """Say whether one stated code falls in a set.

    Unknown where a member or an exception lies strictly under the code. `serves` are the
    codes that a technology or software is for (None: not known), asked by `for` only.
    """
    match codes:
        case Listed(members):
            return _listed(code, members, serves)
        case Union(parts):
            return _most(falls(code, p, serves) for p in parts)
        case Common(left, right):
            return min(falls(code, left, serves), falls(code, right, serves))
        case Less(left, right):
            return min(falls(code, left, serves), falls(code, right, serves).negated)
        case _:
            assert_never(codes)


def falls_any(
    stated: Iterable[Code],
    codes: CodeSet,
    serves: Collection[Code] | None = None,
    *,
    is_open: bool = False,
) -> Truth:
    """Say whether any of an item's stated codes falls in a set.

    Stated codes are complete per system: a system the set speaks of and no code was
    stated in leaves the answer open, and so does an open list.
    """
    given = tuple(stated)
    result = max((falls(c, codes, serves) for c in given), default=Truth.NO)
    silent = systems(codes) - {c.system for c in given}
    return max(result, Truth.UNKNOWN) if silent or (is_open and codes != NO_CODES) else result


# --- examples that tell sets apart ----------------------------------------------------


def _patterns(sets: Iterable[CodeSet]) -> list[CodePattern]:
    found = (p for s in sets for m in members_of(s) for p in (m.pattern, *m.exceptions))
    return list(dict.fromkeys(found))


def _fresh(system: str, depth: int, used: Collection[str]) -> str | None:
    """Find a paragraph that nothing names, in the style of its depth."""
    if system == "HS":
        numbers = (str(n) for n in range(99, -1, -1))
        return next((n.rjust(2, "0") for n in numbers if n.rjust(2, "0") not in used), None)
    letters = [f"{b}{a}" for b in ("", "z") for a in "zyxwvutsrqponmlkjihgfedcba"]
    style = letters if depth % 2 else [str(n) for n in range(99, 0, -1)]
    return next((s for s in style if s not in used), None)


def _below(system: str, head: Path, tails: Collection[Path]) -> Iterator[Code]:
    """The finest codes that tell the named paragraphs of one head apart."""
    nodes = {t[:n] for t in tails for n in range(len(t) + 1)} | {()}
    for node in sorted(nodes):
        children = {t[len(node)] for t in nodes if len(t) > len(node) and t[: len(node)] == node}
        path = (*head, *node)
        if children:
            fresh = _fresh(system, len(path), children)
            if fresh is None:
                continue
            path = (*path, fresh)
        yield Code(system, _spelled(system, path))


def _heads(families: Collection[Family], named: Collection[str]) -> Iterator[str]:
    """One unnamed ECCN of each kind that families can tell apart, and every named one."""
    yield from sorted(named)
    if not families:
        return
    for category in "0123456789":
        for group in "ABCDE":
            start = category + group
            plain = [f"{start}{n:03}" for n in range(599, 400, -1) if n != 515]  # noqa: PLR2004  9x515
            sixes = [f"{start}{n}" for n in range(699, 599, -1)]
            yield from (next(h for h in style if h not in named) for style in (plain, sixes))
            yield f"{start}515"


def _candidates(system: str, patterns: Collection[CodePattern]) -> Iterator[Code]:
    yield Code(system, "EAR99" if system == "US" else "none")
    yield Code(system, "none")
    exact = [p.path for p in patterns if isinstance(p, Exactly)]
    families = [p for p in patterns if isinstance(p, Family)]
    if system not in ECCN_SYSTEMS:
        firsts = {p[:1] for p in exact}
        for first in sorted(firsts):
            yield from _below(system, first, [p[1:] for p in exact if p[:1] == first])
        return
    for head in dict.fromkeys(_heads(families, {p[0] for p in exact})):
        tails = {p[1:] for p in exact if p[0] == head} | {f.tail for f in families if f.has(head)}
        yield from _below(system, (head,), tails)


def representatives(sets: Iterable[CodeSet]) -> tuple[Code, ...]:
    """List fine codes that show every yes/no pattern one code can have over these sets.

    For each system spoken of, the first is one outside all sets where there is one. None
    falls in a set as unknown (but where `for` asks what the technology is for).
    """
    asked = tuple(sets)
    patterns = _patterns(asked)
    narrowed = [m for s in asked for m in members_of(s) if m.for_]
    shown: dict[tuple[str, tuple[Truth, ...]], Code] = {}
    for system in sorted({p.system for p in patterns}):
        own = [p for p in patterns if p.system == system]
        for code in _candidates(system, own):
            plain = tuple(falls(code, s, ()) for s in asked)
            served = tuple(
                _falls_under(code, Member(m.pattern, m.exceptions), ()) for m in narrowed
            )
            shown.setdefault((system, plain + served), code)
    return tuple(shown.values())


# --- text -----------------------------------------------------------------------------


def show_pattern(pattern: CodePattern) -> str:
    """Write a pattern without its system: `3B001.a.4`, `any B, C of category 3`."""
    match pattern:
        case Exactly(system, path):
            return _spelled(system, path)
        case Family(_, categories, groups, None, tail):
            where = ", ".join(sorted(categories))
            return f"any {', '.join(sorted(groups))} of category {where}{_show_tail(tail)}"
        case Family(_, _, _, series, tail):
            return f"{series}{_show_tail(tail)}"
        case _:
            assert_never(pattern)


def _show_tail(tail: Path) -> str:
    return "".join([" ", *(f".{t}" for t in tail)]) if tail else ""


def show_member(member: Member) -> str:
    """Write a member: `3B001 except 3B001.a.4`, `3E001 for any B of category 3`."""
    text = show_pattern(member.pattern)
    if member.exceptions:
        text += f" except {', '.join(show_pattern(p) for p in member.exceptions)}"
    if member.for_:
        text += f" for {', '.join(show_pattern(p) for p in member.for_)}"
    return text


def show_codes(codes: CodeSet) -> str:
    """Write a set: `US[3B001 except 3B001.a.4; EAR99]`, sets joined by + - &."""
    match codes:
        case Listed(members):
            by_system: dict[str, list[str]] = {}
            for member in members:
                by_system.setdefault(member.pattern.system, []).append(show_member(member))
            texts = [f"{system}[{'; '.join(found)}]" for system, found in by_system.items()]
            return " + ".join(texts) or "no codes"
        case Union(parts):
            return " + ".join(_show_part(p) for p in parts)
        case Common(left, right):
            return f"{_show_part(left)} & {_show_part(right)}"
        case Less(left, right):
            return f"{_show_part(left)} - {_show_part(right)}"
        case _:
            assert_never(codes)


def _show_part(codes: CodeSet) -> str:
    text = show_codes(codes)
    return text if isinstance(codes, Listed) and len(systems(codes)) <= 1 else f"({text})"
