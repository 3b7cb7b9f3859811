"""What the rules of a regime do to each other: worked out once for a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from longarm_dsl.core import ast
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.per_program import PerProgram
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Relations:
    """What rules of a regime do to each other, in any of their versions."""

    defeaters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    establishing: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    classifying: tuple[str, ...] = ()
    licensing: frozenset[str] = frozenset()
    """Rules that require a license."""
    licenses: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The same by instrument."""
    effects: Mapping[str, tuple[ast.EffectKind, ...]] = field(
        default_factory=dict[str, tuple[ast.EffectKind, ...]]
    )
    _doing: dict[tuple[type[ast.EffectKind], ...], frozenset[str]] = field(
        default_factory=dict["tuple[type[ast.EffectKind], ...]", "frozenset[str]"]
    )

    def doing(self, kinds: tuple[type[ast.EffectKind], ...]) -> frozenset[str]:
        """The rules that have an effect of some kinds."""
        if kinds not in self._doing:
            self._doing[kinds] = frozenset(
                rule
                for rule, effects in self.effects.items()
                if any(isinstance(effect, kinds) for effect in effects)
            )
        return self._doing[kinds]


def _relations(program: Program) -> Mapping[str, Relations]:
    by_regime: dict[str, dict[str, tuple[ast.EffectKind, ...]]] = {}
    for rule in program.rules.values():
        texts = (rule.clauses, *(c.clauses for c in program.amendments.get(rule.id, ())))
        kinds = tuple(e.kind for text in texts for e in text.effects or ())
        by_regime.setdefault(rule.regime, {})[rule.id] = kinds
    return {regime: _related(program, effects) for regime, effects in by_regime.items()}


def _related(program: Program, effects: dict[str, tuple[ast.EffectKind, ...]]) -> Relations:
    defeaters: dict[str, list[str]] = {}
    establishing: dict[str, list[str]] = {}
    classifying: list[str] = []
    licenses: dict[str, list[str]] = {}
    for rule, kinds in effects.items():
        if any(isinstance(kind, ast.RequiresLicense) for kind in kinds):
            licenses.setdefault(program.rules[rule].instrument, []).append(rule)
        for kind in kinds:
            match kind:
                case ast.Defeats(rules):
                    for target in rules.rules:
                        defeaters.setdefault(target, []).append(rule)
                case ast.Establishes(status):
                    establishing.setdefault(status, []).append(rule)
                case ast.Classifies():
                    classifying.append(rule)
                case _:
                    pass
    return Relations(
        {k: tuple(dict.fromkeys(v)) for k, v in defeaters.items()},
        {k: tuple(dict.fromkeys(v)) for k, v in establishing.items()},
        tuple(dict.fromkeys(classifying)),
        frozenset(rule for rules in licenses.values() for rule in rules),
        {instrument: tuple(rules) for instrument, rules in licenses.items()},
        effects,
    )


relations_of = PerProgram(_relations)
"""What rules do to each other, by regime."""
