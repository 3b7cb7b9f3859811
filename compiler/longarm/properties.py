"""Properties tried: draws that meet `where`, and whether what is expected holds of them.

    run_property(law, property, examples=25)    a PropertyRun: held, open, untested or failed

Hypothesis chooses what is drawn, the same on every machine, and makes what fails small. A
property of which some draw says for certain that it does not hold fails. Draws of which nobody
can say whether it holds are counted by themselves: open is not held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, assert_never

from longarm.deciding import parse_day
from longarm.drawing import ROOT, Drawing, Place, Vocabulary, at, listed, put, smaller, word
from longarm.evaluators import Evaluator, functions
from longarm.meeting import met, place_of
from longarm_dsl.core import ast, facts
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.properties import (
    Compared,
    Derived,
    Every,
    Factual,
    Joined,
    Listed,
    Made,
    Property,
    Standing,
    Stated,
    Taken,
    Term,
    claims_in,
    taken_in,
)
from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.read_facts import read_record, read_transaction
from longarm_dsl.evaluate.claims import NetworkOf, Scene
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.outcome import Outcome
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE

if TYPE_CHECKING:
    from longarm.loading import Compiled

EXAMPLES = 25
"""So many draws that meet `where` are tried of each property."""

FEW = 5
"""Of fewer than one in so many draws asked for that meet `where`, a property is untested."""

MOST_STEPS = 600
"""So many smaller draws are tried, at the most, after Hypothesis has made a draw small."""

MOST_DAYS = 5
"""Days that are drawn from, for a property that names none."""

Spot: TypeAlias = "tuple[str | int, ...]"
"""Where a fact stands: names of fields and numbers of elements."""


@dataclass(frozen=True, slots=True)
class Example:
    """What was drawn: a day, facts by name, and which fact of a transaction is left open."""

    on: str
    facts: tuple[tuple[str, RawRecord], ...]
    picked: tuple[tuple[str, Spot], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """An example with the facts of every transaction, and what the law says of each."""

    example: Example
    regime: str
    known: date
    facts: tuple[tuple[str, RawRecord], ...]
    outcomes: tuple[tuple[str, str, Outcome], ...]
    """Of each transaction under each regime that is asked, by both."""


@dataclass(frozen=True, slots=True)
class PropertyRun:
    """What became of a property: of how many draws it holds, or may."""

    stated: Property
    asked: int
    """Draws that were to meet `where`."""
    held: int
    open: int
    passed_over: int
    """Draws that do not meet `where`, or of which nobody can say."""
    failed: Found | None = None
    first_open: Found | None = None

    @property
    def status(self) -> str:
        """`failed`, `untested`, `open` or `held`."""
        if self.failed is not None:
            return "failed"
        if (self.held + self.open) * FEW < self.asked:
            return "untested"
        return "open" if self.open else "held"

    @property
    def passed(self) -> bool:
        """Whether it was tried and nothing speaks against it for certain."""
        return self.status in {"held", "open"}


def properties_in(
    law: Compiled, places: Sequence[Path], text: str | None = None, regimes: Sequence[str] = ()
) -> tuple[Property, ...]:
    """The properties of some files and folders: with a text in their title, of some regimes."""
    from longarm.cases import case_files  # noqa: PLC0415  the case reader

    files = {str(file) for place in places for file in case_files(place)}
    return tuple(
        p
        for p in law.properties
        if p.span.source.name in files
        and (text is None or text.casefold() in p.title.casefold())
        and (not regimes or set(regimes) & set(regimes_of(law.program, p)))
    )


def regimes_of(program: Program, stated: Property) -> tuple[str, ...]:
    """The regimes that a property is held of."""
    regime_of = {id_: rule.regime for id_, rule in program.rules.items()}
    return stated.regimes(program.regimes, regime_of)


def run_property(
    law: Compiled,
    stated: Property,
    *,
    examples: int = EXAMPLES,
    evaluator: Evaluator = Evaluator.COMPILED,
    done: Callable[[int], None] | None = None,
) -> PropertyRun:
    """Try a property on some draws. Raises ImportError without Hypothesis."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, reject, settings  # noqa: PLC0415  same
    from hypothesis import strategies as st  # noqa: PLC0415  same
    from hypothesis.errors import Unsatisfiable  # noqa: PLC0415  same

    from longarm.strategies import numbers, vocabulary  # noqa: PLC0415  Hypothesis, when it is used

    regimes = regimes_of(law.program, stated)
    trial = Trial(law.program, stated, vocabulary(law, regimes), network_of(law, evaluator))
    run = PropertyRun(stated, examples, 0, 0, 0)
    failed: list[Example] = []

    @st.composite
    def drawn(draw: st.DrawFn) -> _Sealed:
        return _Sealed(trial.drawn(numbers(draw)))

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=(
            HealthCheck.filter_too_much,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    @given(drawn())
    def holds(sealed: _Sealed) -> None:
        nonlocal run
        example = sealed.example
        truth = trial.truth(example)
        if not failed:
            match truth:
                case None:
                    run = replace(run, passed_over=run.passed_over + 1)
                case Truth.YES:
                    run = replace(run, held=run.held + 1)
                case Truth.UNKNOWN:
                    first = run.first_open or trial.found(example)
                    run = replace(run, open=run.open + 1, first_open=first)
                case Truth.NO:
                    pass
                case _:
                    assert_never(truth)
            if done is not None:
                done(run.held + run.open)
        if truth is None:
            reject()
        if truth is Truth.NO:
            failed.append(example)
            raise _DoesNotHoldError

    try:
        holds()
    except _DoesNotHoldError:
        return replace(run, failed=trial.found(trial.least(failed[-1])))
    except Unsatisfiable:
        pass
    return run


class _Sealed:
    """An example that Hypothesis does not write out: whoever shows it to people shows its cases."""

    __slots__ = ("example",)

    def __init__(self, example: Example) -> None:
        self.example = example


class _DoesNotHoldError(Exception):
    """Tells Hypothesis that a draw speaks against the property; caught by `run_property`."""


def network_of(law: Compiled, evaluator: Evaluator) -> NetworkOf:
    """How the rules over a world are worked out."""
    return functions(law).network if evaluator is Evaluator.COMPILED else Network


# ── one property ─────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Trial:
    """A property under one law: makes draws of it, and judges them."""

    program: Program
    stated: Property
    words: Vocabulary
    network_of: NetworkOf = Network
    regimes: tuple[str, ...] = field(init=False)
    known: date = field(init=False)
    days: tuple[str, ...] = field(init=False)
    focus: Mapping[str, tuple[Place, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.regimes = regimes_of(self.program, self.stated)
        newest = max((i.issued for i in self.program.instruments.values()), default=date.min)
        known = parse_day(self.stated.known) if self.stated.known else None
        self.known = known.day if known is not None else self.program.verified or newest
        self.days = self.stated.on or _spread(self.words.pool.days, self.known)
        self.focus = _focus(self.stated)

    # ── drawing ──────────────────────────────────────────────────────────────

    def drawn(self, number: Callable[[int], int]) -> Example:
        """A draw; the conditions of `where` on single facts are met from the start."""
        drawing = Drawing(self.words, number)
        on = self.days[number(len(self.days) - 1)]
        made: dict[str, RawRecord] = {}
        for each in self.stated.drawn:
            raw = drawing.record(each.record, self.focus.get(each.name, ()))
            made[each.name] = self._settled(raw, each.name, each.record, drawing)
        picked: list[tuple[str, Spot]] = []
        whole = dict(made)
        for derived in self.stated.derived:
            base = whole[derived.base]
            if any(not c.path for c in derived.changes):
                spots = tuple(_spots(base))
                if spots:
                    picked.append((derived.name, spots[number(len(spots) - 1)]))
            changed = self._made(derived, whole, dict(picked))
            whole[derived.name] = base if changed is None else changed
        return Example(on, tuple(made.items()), tuple(picked))

    def _settled(self, raw: RawRecord, name: str, record: str, drawing: Drawing) -> RawRecord:
        """A draw in which facts that `where` names one by one are as it says, most often."""
        where = self.stated.where
        for claim in where.parts if isinstance(where, Every) else (where,):
            if isinstance(claim, Factual) and claim.names == (name,):
                raw = met(raw, record, claim.condition, drawing)
        return raw

    # ── what follows from a draw ─────────────────────────────────────────────

    def facts(self, example: Example) -> dict[str, RawRecord] | None:
        """The facts of everything drawn or made; None if it cannot be made."""
        whole = dict(example.facts)
        picked = dict(example.picked)
        for derived in self.stated.derived:
            changed = self._made(derived, whole, picked)
            if changed is None:
                return None
            whole[derived.name] = changed
        return whole

    def _made(
        self, derived: Derived, whole: Mapping[str, RawRecord], picked: Mapping[str, Spot]
    ) -> RawRecord | None:
        made = whole[derived.base]
        for change in derived.changes:
            if not change.path:
                spot = picked.get(derived.name)
                opened = _replaced(made, spot, word("unknown")) if spot else None
                if not isinstance(opened, RawRecord):
                    return None
                made = opened
                continue
            value = self._worth(change.value, whole)
            made = _without(made, change.path) if value is None else put(made, change.path, value)
        return made

    def _worth(self, term: Term, whole: Mapping[str, RawRecord]) -> Raw | None:
        """A value of a changed fact; None where what it is taken from states nothing."""
        match term:
            case Stated(raw):
                return raw
            case Taken(name, path):
                return at(whole[name], path)
            case Listed(items, is_open):
                found = (self._worth(i, whole) for i in items)
                return listed((f for f in found if f is not None), more=is_open)
            case Joined(first, more):
                return _joined(
                    self._worth(first, whole), self._worth(more, whole), closed=self.stated.closed
                )
            case Made(pairs):
                values = ((key, self._worth(value, whole)) for key, value in pairs)
                kept = (RawPair(k, v, NOWHERE) for k, v in values if v is not None)
                return RawRecord(tuple(kept), NOWHERE)
            case _:
                assert_never(term)

    # ── judging ──────────────────────────────────────────────────────────────

    def truth(self, example: Example) -> Truth | None:
        """Whether the property holds of a draw; None if it does not speak of it."""
        made = self.facts(example)
        if made is None:
            return None
        found: list[Truth] = []
        for regime in self.regimes:
            scene = self._scene(example, made, regime)
            if scene.truth(self.stated.where) is Truth.YES:
                found.append(scene.truth(self.stated.expect))
        return min(found, default=None)

    def _scene(self, example: Example, made: Mapping[str, RawRecord], regime: str) -> Scene:
        transactions: dict[str, facts.Transaction] = {}
        records: dict[str, facts.Record] = {}
        kinds = {d.name: d.record for d in self.stated.drawn}
        for name, raw in made.items():
            if kinds.get(name, ROOT) == ROOT:
                read = read_transaction(raw, self.program, closed=self.stated.closed)
                transactions[name] = read[0]
            else:
                records[name] = read_record(raw, kinds[name], self.program)[0]
        day = parse_day(example.on) or Day(self.known)
        return Scene(
            self.program,
            regime,
            day,
            self.known,
            transactions,
            records,
            self.network_of,
            self._changed(example),
        )

    def _changed(self, example: Example) -> frozenset[str] | None:
        """Paths at which the transactions differ; None if they are drawn one by one."""
        if sum(d.record == ROOT for d in self.stated.drawn) > 1:
            return None
        picked = dict(example.picked)
        paths: set[str] = set()
        for derived in self.stated.derived:
            for change in derived.changes:
                match change.value:
                    case Joined(Taken(_, path)) if path == change.path:
                        continue  # what stood in the list still stands where it stood
                    case _:
                        spot = change.path or picked.get(derived.name, ())
                paths.add("".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in spot)[1:])
        return frozenset(paths)

    def found(self, example: Example) -> Found:
        """A draw with what the law says of it, under the regime in which it says the least."""
        made = self.facts(example) or dict(example.facts)
        worst, regime = Truth.YES, self.regimes[0]
        for each in reversed(self.regimes):
            scene = self._scene(example, made, each)
            if scene.truth(self.stated.where) is Truth.YES:
                worst, regime = min((worst, regime), (scene.truth(self.stated.expect), each))
        scene = self._scene(example, made, regime)
        asked = dict.fromkeys((regime, *self._named()))
        outcomes = tuple(
            (name, each, scene.outcome(name, each)) for name in scene.transactions for each in asked
        )
        kept = tuple((name, made[name]) for name in scene.transactions)
        return Found(example, regime, self.known, kept, outcomes)

    def _named(self) -> Iterator[str]:
        for claim in claims_in(self.stated.where, self.stated.expect):
            match claim:
                case Compared(_, left, right):
                    for side in (left, right):
                        regime = getattr(side, "regime", None)
                        if isinstance(regime, str):
                            yield regime
                case Standing(rules):
                    yield from (self.program.rules[r].regime for r in rules[:1])
                case _:
                    pass

    def least(self, example: Example) -> Example:
        """A draw that speaks against the property and states no more than it must."""
        steps = MOST_STEPS
        while True:
            for less in _less(example):
                steps -= 1
                if steps < 0:
                    return example
                if self.truth(less) is Truth.NO:
                    example = less
                    break
            else:
                return example


def _less(example: Example) -> Iterator[Example]:
    for number, (name, raw) in enumerate(example.facts):
        for less in smaller(raw):
            if isinstance(less, RawRecord):
                pairs = (*example.facts[:number], (name, less), *example.facts[number + 1 :])
                yield replace(example, facts=pairs)


# ── places and values ────────────────────────────────────────────────────────


def _spread(days: Sequence[date], known: date) -> tuple[str, ...]:
    """Some days on which the law changes, the newest first, and the day by which it is known."""
    before = [d for d in days if d <= known]
    step = max(len(before) // MOST_DAYS, 1)
    return tuple(str(d) for d in dict.fromkeys((known, *before[::-step][: MOST_DAYS - 1])))


def _focus(stated: Property) -> dict[str, tuple[Place, ...]]:
    """The facts that a property speaks of, by name."""
    found: dict[str, dict[Place, None]] = {}
    bases = {d.name: d.base for d in stated.derived}
    for claim in claims_in(stated.where, stated.expect):
        if isinstance(claim, Factual):
            for name, place in _places_in(claim.condition):
                found.setdefault(bases.get(name, name), {})[place] = None
    for derived in stated.derived:
        for change in derived.changes:
            for taken in taken_in(change.value):
                if taken.path:
                    found.setdefault(taken.name, {})[taken.path] = None
    return {name: tuple(places) for name, places in found.items()}


def _places_in(expr: ast.Expr) -> Iterator[tuple[str, Place]]:
    from longarm_dsl.core.check.roots import nodes  # noqa: PLC0415  the checker

    for node in nodes(expr):
        place = place_of(node)
        if place:
            root: ast.Expr = node
            while isinstance(root, ast.Get):
                root = root.base
            if isinstance(root, ast.Var):
                yield root.name, place


def _spots(raw: Raw, before: Spot = ()) -> Iterator[Spot]:
    """Where single facts stand."""
    match raw:
        case RawText():
            yield before
        case RawList(items):
            if not any(isinstance(i, RawRecord) for i in items):
                yield before
            else:
                for number, item in enumerate(items):
                    yield from _spots(item, (*before, number))
        case RawRecord(pairs):
            for pair in pairs:
                yield from _spots(pair.value, (*before, pair.key))
        case _:
            assert_never(raw)


def _replaced(raw: Raw, spot: Spot, value: Raw) -> Raw | None:
    """Facts with one of them replaced; None if nothing stands there."""
    if not spot:
        return value
    step, rest = spot[0], spot[1:]
    match raw:
        case RawRecord(pairs):
            found = next((n for n, p in enumerate(pairs) if p.key == step), None)
            if found is None:
                return None
            inner = _replaced(pairs[found].value, rest, value)
            if inner is None:
                return None
            pair = replace(pairs[found], value=inner)
            return replace(raw, pairs=(*pairs[:found], pair, *pairs[found + 1 :]))
        case RawList(items) if isinstance(step, int) and step < len(items):
            inner = _replaced(items[step], rest, value)
            if inner is None:
                return None
            return replace(raw, items=(*items[:step], inner, *items[step + 1 :]))
        case _:
            return None


def _without(made: RawRecord, place: Place) -> RawRecord:
    key, *rest = place
    kept: list[RawPair] = []
    for pair in made.pairs:
        if pair.key != key:
            kept.append(pair)
        elif rest and isinstance(pair.value, RawRecord):
            kept.append(replace(pair, value=_without(pair.value, tuple(rest))))
    return replace(made, pairs=tuple(kept))


def _joined(first: Raw | None, more: Raw | None, *, closed: bool) -> Raw:
    """A list with more in it; what nobody has stated may have anything in it, unless closed."""
    items: tuple[Raw, ...] = ()
    is_open = False
    for part in (first, more):
        match part:
            case RawList(inside, opened):
                items += inside
                is_open = is_open or opened
            case RawText("none"):
                pass
            case None:
                is_open = is_open or not closed
            case RawText("unknown" | "not_known"):
                is_open = True
            case RawText() | RawRecord():
                items += (part,)
            case _:
                assert_never(part)
    return listed(items, more=is_open)


__all__ = ["EXAMPLES", "Example", "Found", "PropertyRun", "Trial", "run_property"]
