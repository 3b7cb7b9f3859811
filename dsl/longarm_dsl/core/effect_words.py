"""The words that the rules of a regime speak of beside the requirement.

    words_of(program)                     duties, flags, charges, penalties, by regime
    no_such_word(kind, word, …)           the finding for one that no rule says

A case that asserts the absence of a word that nobody says asserts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from longarm_dsl.core import ast
from longarm_dsl.core.program import Program
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, error
from longarm_dsl.source import Span

Words: TypeAlias = Mapping[tuple[str, str], frozenset[str]]
"""The duties, flags, charges and penalties that rules of a regime speak of, by both."""

WORDS = ("duty", "flag", "charge", "exposes")
"""The kinds of expectation that name such a word."""


def words_of(program: Program) -> Words:
    """The words of every regime, amended texts included."""
    found: dict[tuple[str, str], set[str]] = {}
    for rule in program.rules.values():
        texts = [rule.clauses, *(a.clauses for a in program.amendments.get(rule.id, ()))]
        for effect in (e for text in texts for e in text.effects or ()):
            for kind, word in _said(effect.kind):
                found.setdefault((rule.regime, kind), set()).add(word)
    return {key: frozenset(words) for key, words in found.items()}


def _said(effect: ast.EffectKind) -> Iterable[tuple[str, str]]:
    match effect:
        case ast.Obliges(duties):
            return [("duty", duty) for duty in duties]
        case ast.Flags(flag):
            return [("flag", flag)]
        case ast.Charges(name):
            return [("charge", name)]
        case ast.Exposes(penalty):
            return [("exposes", penalty)]
        case _:
            return []


def no_such_word(kind: str, word: str, regime: str, words: Words, where: Span) -> Diagnostic | None:
    """The finding for a word that no rule of the regime says: asserting it asserts nothing."""
    known = words.get((regime, kind), frozenset())
    if word in known:
        return None
    verbs = {"duty": "obliges to", "flag": "flags", "charge": "charges", "exposes": "exposes to"}
    return error(
        "unknown-name",
        f"no rule of {regime} {verbs[kind]} `{word}`",
        where,
        help=did_you_mean(word, known) or "write the word as the rule does",
    )
