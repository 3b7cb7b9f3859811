"""Hypothesis strategies from the vocabulary of a law.

    from hypothesis import given
    from longarm.strategies import transactions

    @given(transactions(where="destination = CN"))
    def test_of_mine(facts):
        cn.decide({"given": facts}, on="2026-06-01")

What is drawn is what a case states under `given`. Values are those that the law speaks of: its
countries, codes, words and listed parties, and numbers at, just under and just over each bound.
Many draws are near a case that comes with the law. They shrink to a few plain facts. Nobody
needs Hypothesis to decide, so that it is an extra: `pip install 'longarm[properties]'`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeAlias

from longarm.api import Packs, load
from longarm.choices import ChoiceError
from longarm.drawing import ROOT, Drawing, Vocabulary, plain_record, vocabulary_of
from longarm.loading import Compiled
from longarm.meeting import met
from longarm_dsl.core import ast
from longarm_dsl.core.fact_condition import fact_condition
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import RawRecord
from longarm_dsl.core.read_facts import read_transaction
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.world import Options, World

try:
    from hypothesis import assume
    from hypothesis import strategies as st
except ImportError as missing:
    raise ImportError(
        "longarm.strategies needs Hypothesis: pip install 'longarm[properties]'"
    ) from missing

Facts: TypeAlias = dict[str, object]
"""What a case states, as JSON holds it."""

_MOST_LAWS = 8


def transactions(
    law: Packs | None = None,
    *,
    unknowns: bool = False,
    where: str | Callable[[Mapping[str, object]], bool] | None = None,
    regime: str | None = None,
    closed: bool = False,
    on: date | None = None,
) -> st.SearchStrategy[Facts]:
    """Facts for `{"given": facts}`, by the vocabulary of a law (the installed packs).

    With a `regime` the words of its law alone. Without `unknowns` no fact that is stated is open.
    `where` keeps some of them: a function of the facts, or a condition as rules have it, which
    must hold for certain. It is read as by `regime` (the first of the law) on the day `on` (the
    newest on which the law was verified), with absent facts `closed` or not. Raises ChoiceError
    for a condition that cannot be read and for a regime that is not there.
    """
    packs = load() if law is None else law
    if regime is not None and regime not in packs.regimes:
        raise ChoiceError(f"no regime `{regime}`; there are {', '.join(packs.regimes)}")
    words = vocabulary(packs.compiled, () if regime is None else (regime,))
    holds: Callable[[RawRecord], bool] | None = None
    wanted_condition: ast.Expr | None = None
    if callable(where):
        wanted = where
        holds = lambda raw: wanted(plain_record(raw))  # noqa: E731  as short as it is
    elif where is not None:
        chosen = regime or next(iter(packs.regimes), "")
        wanted_condition = _condition(packs.program, where, chosen)
        holds = _holds(packs.program, wanted_condition, chosen, on, closed=closed)

    # Hypothesis writes out what a strategy is given, and a vocabulary is long.
    @st.composite
    def facts(draw: st.DrawFn) -> Facts:
        drawing = Drawing(words, numbers(draw), unknowns)
        raw = drawing.transaction()
        if wanted_condition is not None:
            raw = met(raw, ROOT, wanted_condition, drawing)
        if holds is not None:
            assume(holds(raw))
        return plain_record(raw)

    return facts()


def numbers(draw: st.DrawFn) -> Callable[[int], int]:
    """Numbers from 0 to a most, made of yes and no.

    Hypothesis mixes constants of the modules that happen to be loaded into integers, and keeps
    them in the current folder: the same draws everywhere, and no folder, need booleans.
    """
    coin = st.booleans()

    def number(most: int) -> int:
        made = 0
        for _ in range(most.bit_length()):
            made = 2 * made + draw(coin)
        return made % (most + 1)

    return number


def _condition(program: Program, text: str, regime: str) -> ast.Expr:
    condition, found = fact_condition(text, program, regime)
    if condition is None:
        first = next(iter(found), None)
        why = first.message if first is not None else "it is no condition"
        help_ = f"; {first.help}" if first is not None and first.help else ""
        raise ChoiceError(f"`where` cannot be read: {why}{help_}")
    return condition


def _holds(
    program: Program, condition: ast.Expr, regime: str, on: date | None, *, closed: bool
) -> Callable[[RawRecord], bool]:
    known = program.verified or date.max

    def holds(raw: RawRecord) -> bool:
        transaction = read_transaction(raw, program, closed=closed)[0]
        world = World(program, regime, on or known, known, Options(), transaction)
        terms = Network(world).terms
        return terms.base(terms.formula(condition, {})) is Truth.YES

    return holds


def vocabulary(law: Compiled, regimes: tuple[str, ...] = ()) -> Vocabulary:
    """What a law and the cases in its files speak of, those of some regimes alone or all.

    Gathered once for each law.
    """
    key = id(law.program), regimes
    held = _gathered.get(key)
    if held is None:
        cases = (c.given for c in law.cases if not regimes or set(regimes) & set(c.regimes))
        made = vocabulary_of(law.program, cases, regimes)
        # INVARIANT: the program is held beside it, so that its id stays its own.
        held = _gathered[key] = (law.program, made)
        if len(_gathered) > _MOST_LAWS:
            _gathered.popitem(last=False)
    _gathered.move_to_end(key)
    return held[1]


_gathered: OrderedDict[tuple[int, tuple[str, ...]], tuple[Program, Vocabulary]] = OrderedDict()

__all__ = ["Facts", "numbers", "transactions", "vocabulary"]
