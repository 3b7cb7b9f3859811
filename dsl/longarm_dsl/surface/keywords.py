"""The words that begin declarations and clauses, and which clause belongs where.

The grammar says the same; a test holds the two together. Recovery, messages and the
formatter read this table, editors can be made from it.
"""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_DATA = _listed("zh cite source note")
_RULE = _listed("zh cite effective basis for binds when then mirrors source note")
_EVENT = _listed("noted because as note cite")

CLAUSES: dict[str, tuple[str, ...]] = {
    "instrument": _listed(
        "zh regime authority issued effective under binds source verified provisions covers zone "
        "calendar state note"
    ),
    "use": (),
    "record": (),
    "enum": (),
    "unit": (),
    "alias": _DATA,
    "workdays": (),
    "table": _DATA,
    "list": _DATA,
    "rows": (),
    "adds": (),
    "removes": (),
    "codes": _DATA,
    "countries": _DATA,
    "entry": _listed("zh cite added effective source note as when reserved"),
    "param": _listed("cite effective source note zh"),
    "reading": _listed("cite open prefers note zh"),
    "let": _listed("cite effective source note zh"),
    "status": _listed("cite zh note not"),
    "rule": (*_RULE, "added"),
    "suspends": _EVENT,
    "resumes": _EVENT,
    "stops": _EVENT,
    "repeals": _EVENT,
    "extends": _EVENT,
    "unenforced": _EVENT,
    "uncertain": _EVENT,
    "amends": (*_RULE, *_listed("noted because prefers as")),
    "property": _listed("on known assume where expect"),
    "case": _listed("on known assume given expect unreviewed reviewed cite source note"),
}
"""The first word of each clause, by the first word of the declaration."""

DECLARATIONS: tuple[str, ...] = tuple(CLAUSES)
EVENTS: tuple[str, ...] = _listed("suspends resumes stops repeals extends unenforced uncertain")

CLAUSE_WORDS: frozenset[str] = frozenset(word for words in CLAUSES.values() for word in words)

# A line of these begins with a word that also goes on a condition or a text.
_NEVER_FIRST = frozenset({"not", "where", "as"})
LINE_WORDS: frozenset[str] = CLAUSE_WORDS - _NEVER_FIRST
"""Words that begin a clause where they begin a line."""


def homes(clause: str) -> tuple[str, ...]:
    """The declarations that have a clause."""
    return tuple(name for name, clauses in CLAUSES.items() if clause in clauses)


def article(word: str) -> str:
    """`a rule`, `an entry`; events and amendments are said by their verb: `` `suspends` ``."""
    if word in EVENTS or word in {"amends", "adds", "removes", "use"}:
        return f"`{word}`"
    return f"an {word}" if word[0] in "aeio" else f"a {word}"
