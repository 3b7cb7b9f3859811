"""The possible answers to a question, cut by what the law asks of it (semantics 1.6).

All tests that are put to one fact are looked at together; answers that no test can tell
apart are one answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from fractions import Fraction

from longarm_dsl.core.ast import LiteralValue, NoneValue, Place, Word
from longarm_dsl.core.codes import (
    Code,
    CodeSet,
    falls,
    just,
    members_of,
    representatives,
    show_pattern,
    union,
)
from longarm_dsl.core.formula import (
    NO,
    YES,
    Atom,
    Cell,
    Formula,
    Question,
    QuestionKind,
    Test,
    Truth,
    negate,
)
from longarm_dsl.core.numbers import (
    Comparison,
    Failure,
    Interval,
    anything,
    compare,
    intersect,
    show,
    turned,
)
from longarm_dsl.core.places import COUNTRIES
from longarm_dsl.core.print import show_literal
from longarm_dsl.core.types import (
    DateType,
    EnumType,
    FlagType,
    NumberType,
    PlaceType,
    TextType,
    Type,
)
from longarm_dsl.lazy_dataclass import dataclass

MAX_STATES = 4096


@dataclass(frozen=True, slots=True)
class Order:
    """A test of a number against a constant."""

    op: Comparison
    bound: Interval
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """A test of a scalar; `mentions` are values that the test names."""

    test: Callable[[LiteralValue], bool]
    mentions: tuple[LiteralValue, ...]


@dataclass(frozen=True, slots=True)
class Elements:
    """A test of a set: whether any, or all, of its elements pass."""

    quantifier: str
    holds: Holds


@dataclass(frozen=True, slots=True)
class Under:
    """A test of an item's codes: whether one falls in a set."""

    codes: CodeSet


# ── atoms ────────────────────────────────────────────────────────────────────


def ask_number(
    path: str,
    op: Comparison,
    known: Interval | Failure,
    bound: Interval,
    *,
    is_fact: bool,
    inside: tuple[str, ...] = (),
    unit: str | None = None,
    type_: Type | None = None,
) -> Formula:
    """A comparison with a constant: settled by the known range, or a question."""
    error = isinstance(known, Failure) or known.may_err
    if not isinstance(known, Failure):
        settled = compare(op, known, bound)
        if settled is not Truth.UNKNOWN:
            return YES if settled is Truth.YES else NO
    whole = known
    if isinstance(known, Failure) or known.may_err:
        dimension = type_.dimension if isinstance(type_, NumberType) else bound.dimension
        whole = anything(dimension)
    kind = (
        QuestionKind.ERROR
        if isinstance(known, Failure)
        else QuestionKind.FACT
        if is_fact
        else QuestionKind.TERM
    )
    prompt = f"what is {path}?" if not error else f"what is {path}, rightly stated?"
    assert isinstance(whole, Interval)  # noqa: S101  INVARIANT: replaced above
    question = Question(path, kind, prompt, lambda tests: _number_cells(whole, tests), inside)
    return Atom(question, Test(f"{op} {show(bound)}", Order(op, bound, unit)))


def ask_scalar(
    path: str,
    type_: Type,
    key: str,
    holds: Holds,
    *,
    kind: QuestionKind = QuestionKind.FACT,
    error: str | None = None,
) -> Formula:
    """A test of an open word, place, date, text or flag."""
    kind = QuestionKind.ERROR if error else kind
    if isinstance(type_, FlagType):
        question = Question(path, kind, f"{path}?")
        yes, no = holds.test(True), holds.test(False)  # noqa: FBT003  the two answers
        if yes == no:
            return YES if yes else NO
        atom = Atom(question)
        return atom if yes else negate(atom)
    question = Question(path, kind, f"what is {path}?", lambda tests: _scalar_cells(type_, tests))
    return Atom(question, Test(key, holds))


def ask_elements(
    path: str,
    item: Type,
    quantifier: str,
    key: str,
    holds: Holds,
    stated: tuple[LiteralValue, ...] = (),
) -> Formula:
    """A test of an open set, some of whose elements may be stated."""
    question = Question(
        path,
        QuestionKind.FACT,
        f"which {path}?" if not stated else f"which other {path}?",
        lambda tests: _set_cells(item, tests, stated, MAX_STATES),
        some=lambda tests, most: _set_cells(item, tests, stated, most),
    )
    return Atom(question, Test(f"{quantifier} {key}", Elements(quantifier, holds)))


def ask_codes(
    path: str, system: str, codes: CodeSet, text: str, given: tuple[Code, ...], *, error: bool
) -> Formula:
    """Whether an item whose codes of a system are open, or too coarse, falls in a set."""
    kind = QuestionKind.ERROR if error else QuestionKind.FACT
    question = Question(
        f"{path} ({system})",
        kind,
        f"which {system} code is {path}?" if not given else f"which paragraph is {path} under?",
        lambda tests: _code_cells(system, tests, given, MAX_STATES),
        some=lambda tests, most: _code_cells(system, tests, given, most),
    )
    return Atom(question, Test(f"in {text}", Under(codes)))


def ask_relation(
    op: Comparison,
    one: str,
    two: str,
    possible: frozenset[Comparison],
    inside: tuple[str, ...] = (),
) -> Formula:
    """A comparison of two open things: one question, however the law words the comparison.

    `possible`: which of less, equal and more the two may be; without an order between
    them less and more both stand for unequal.
    """
    if one > two:
        return ask_relation(turned(op), two, one, frozenset(map(turned, possible)), inside)
    ordered = Comparison.LESS in possible or Comparison.MORE in possible
    words = {
        Comparison.LESS: f"{one} is less",
        Comparison.EQUAL: "equal" if ordered else "the same",
        Comparison.MORE: f"{one} is more",
        Comparison.UNEQUAL: "different",
    }
    known = tuple(c for c in words if c in possible)

    def cells(tests: frozenset[Test]) -> tuple[Cell, ...]:
        orders = [(t, t.payload) for t in tests if isinstance(t.payload, Comparison)]
        return tuple(
            Cell(words[c], frozenset(t for t, o in orders if c in _INCLUDES[o])) for c in known
        )

    prompt = f"how does {one} compare to {two}?" if ordered else f"is {one} the same as {two}?"
    question = Question(f"{one} and {two}", QuestionKind.TERM, prompt, cells, inside)
    return Atom(question, Test(str(op), op))


_INCLUDES: dict[Comparison, frozenset[Comparison]] = {
    Comparison.LESS: frozenset({Comparison.LESS}),
    Comparison.AT_MOST: frozenset({Comparison.LESS, Comparison.EQUAL}),
    Comparison.EQUAL: frozenset({Comparison.EQUAL}),
    Comparison.UNEQUAL: frozenset({Comparison.LESS, Comparison.MORE, Comparison.UNEQUAL}),
    Comparison.AT_LEAST: frozenset({Comparison.EQUAL, Comparison.MORE}),
    Comparison.MORE: frozenset({Comparison.MORE}),
}
"""The relations under which a comparison holds."""


# ── cells ────────────────────────────────────────────────────────────────────


def _grouped(found: Iterable[tuple[str, frozenset[Test]]]) -> tuple[Cell, ...]:
    """One cell per pattern of tests, in order of first appearance."""
    labels: dict[frozenset[Test], list[str]] = {}
    for text, holds in found:
        labels.setdefault(holds, []).append(text)
    return tuple(Cell(_joined(texts), holds) for holds, texts in labels.items())


def _joined(texts: list[str]) -> str:
    unique = list(dict.fromkeys(texts))
    if "other" in unique or len(unique) > 6:  # noqa: PLR2004  what fits a line
        shown = [t for t in unique if t != "other"][:3]
        return "another" if "other" in unique else ", ".join(shown) + ", …"
    return " or ".join(unique)


def _number_cells(known: Interval, tests: frozenset[Test]) -> tuple[Cell, ...]:
    """The known range cut at every constant it is compared with."""
    orders = [(t, t.payload) for t in tests if isinstance(t.payload, Order)]
    bounds = sorted({b.low for _, o in orders for b in (o.bound,) if b.low is not None})
    dimension = orders[0][1].bound.dimension if orders else known.dimension
    # The unit that most of the law writes, whatever the order in which its tests are met.
    units = Counter(o.unit for _, o in orders if o.unit)
    unit = min(units, key=lambda u: (-units[u], u), default=None)
    pieces: list[Interval] = []
    ends: list[tuple[Fraction | None, Fraction | None, bool, bool]] = []
    edges = [None, *bounds, None]
    for i in range(len(edges) - 1):
        low, high = edges[i], edges[i + 1]
        ends.append((low, high, False, False))
        if high is not None:
            ends.append((high, high, True, True))
    base = Interval(
        known.low,
        known.high,
        known.low_closed,
        known.high_closed,
        may_err=False,
        dimension=dimension,
    )
    for low, high, low_closed, high_closed in ends:
        piece = Interval(low, high, low_closed, high_closed, False, dimension)  # noqa: FBT003  no error
        cut = intersect(base, piece)
        if cut is not None:
            pieces.append(cut)
    found: list[tuple[Interval, frozenset[Test]]] = []
    for piece in pieces:
        holds = frozenset(t for t, o in orders if compare(o.op, piece, o.bound) is Truth.YES)
        if found and found[-1][1] == holds:
            last = found[-1][0]
            found[-1] = (
                Interval(
                    last.low,
                    piece.high,
                    last.low_closed,
                    piece.high_closed,
                    may_err=False,
                    dimension=dimension,
                ),
                holds,
            )
        else:
            found.append((piece, holds))
    return _grouped((show(p, unit), h) for p, h in found)


def _candidates(type_: Type, holds: Iterable[Holds]) -> list[tuple[str, LiteralValue]]:
    """Values that show every pattern the tests can have."""
    mentioned: dict[LiteralValue, None] = {}
    for h in holds:
        mentioned.update(dict.fromkeys(h.mentions))
    match type_:
        case FlagType():
            return [("yes", True), ("no", False)]
        case EnumType(name, values):
            return [(v, Word(name, v)) for v in values]
        case PlaceType():
            codes = dict.fromkeys(m.code for m in mentioned if isinstance(m, Place))
            codes.update(dict.fromkeys(COUNTRIES))
            return [(c, Place(c)) for c in codes]
        case DateType():
            days: set[date] = set()
            for m in mentioned:
                if isinstance(m, date):
                    days.add(m)
                    if m > date.min:
                        days.add(m - timedelta(days=1))
                    if m < date.max:
                        days.add(m + timedelta(days=1))
            return [(str(d), d) for d in sorted(days or {date(2000, 1, 1)})]
        case TextType():
            texts = [m for m in mentioned if isinstance(m, str)]
            return [*((t, t) for t in texts), ("other", "\x00")]
        case _:
            return [*((show_literal(m), m) for m in mentioned), ("other", NoneValue())]


def _scalar_cells(type_: Type, tests: frozenset[Test]) -> tuple[Cell, ...]:
    holds = [
        (t, t.payload) for t in sorted(tests, key=lambda t: t.key) if isinstance(t.payload, Holds)
    ]
    cells = _grouped(
        (text, frozenset(t for t, h in holds if h.test(value)))
        for text, value in _candidates(type_, [h for _, h in holds])
    )
    rest = _REST.get(type(type_))
    # The widest class of countries, or of words, is the rest of them.
    counts = [c.label.endswith("…") for c in cells]
    if rest is not None and counts.count(True) == 1 and len(cells) > 1:
        widest = counts.index(True)
        return tuple(Cell(rest, c.holds) if i == widest else c for i, c in enumerate(cells))
    return cells


_REST: dict[type[Type], str] = {PlaceType: "any other country", EnumType: "anything else"}


def _set_cells(
    item: Type, tests: frozenset[Test], stated: tuple[LiteralValue, ...], most: int
) -> tuple[Cell, ...]:
    """Every pattern that some set of elements can have: closed under adding one more."""
    asked = [
        (t, t.payload)
        for t in sorted(tests, key=lambda t: t.key)
        if isinstance(t.payload, Elements)
    ]
    # Patterns are bits, one for each test: there may be thousands of them.
    every = sum(1 << i for i, (_, e) in enumerate(asked) if e.quantifier == "all")
    some = sum(1 << i for i, (_, e) in enumerate(asked) if e.quantifier == "any")
    kinds: dict[int, str] = {}
    for text, value in _candidates(item, [e.holds for _, e in asked]):
        passed = sum(1 << i for i, (_, e) in enumerate(asked) if e.holds.test(value))
        kinds.setdefault(passed, text)

    def start() -> int:
        met = {"all": all, "any": any}
        return sum(
            1 << i
            for i, (_, e) in enumerate(asked)
            if e.quantifier in met and met[e.quantifier](e.holds.test(v) for v in stated)
        )

    states: dict[int, str] = {start(): "none" if not stated else "no more"}
    frontier = list(states)
    while frontier and len(states) <= most:
        state = frontier.pop()
        for element, text in kinds.items():
            after = (some & (state | element)) | (every & state & element)
            if after not in states:
                first = states[state] in {"none", "no more"}
                states[after] = text if first else f"{states[state]} and {text}"
                frontier.append(after)
    return _told(states, [t for t, _ in asked])


def _told(states: dict[int, str], tests: list[Test]) -> tuple[Cell, ...]:
    """Patterns of bits as cells."""
    return tuple(
        Cell(text, frozenset(t for i, t in enumerate(tests) if state >> i & 1))
        for state, text in states.items()
    )


def _code_label(text: str, named: Collection[str]) -> str:
    """A code that the law names by itself; for one made up to stand for others, those others."""
    if text in named:
        return text
    above = [n for n in named if text.startswith(f"{n}.")]
    return f"another paragraph of {max(above, key=len)}" if above else f"another, such as {text}"


def _code_cells(
    system: str, tests: frozenset[Test], given: tuple[Code, ...], most: int
) -> tuple[Cell, ...]:
    asked = [
        (t, t.payload) for t in sorted(tests, key=lambda t: t.key) if isinstance(t.payload, Under)
    ]
    within = union(*(just(c) for c in given)) if given else None
    sets = [u.codes for _, u in asked] + ([within] if within is not None else [])
    named = {
        show_pattern(p) for s in sets for m in members_of(s) for p in (m.pattern, *m.exceptions)
    }
    kinds: dict[int, str] = {}
    for code in representatives(sets):
        if code.system != system:
            continue
        if within is not None and falls(code, within) is not Truth.YES:
            continue
        holds = sum(1 << i for i, (_, u) in enumerate(asked) if falls(code, u.codes) is Truth.YES)
        kinds.setdefault(holds, _code_label(code.text, named))
    states = dict(kinds)
    if within is None:
        # An item may fall under several codes: unions of patterns are answers too.
        frontier = list(states)
        while frontier and len(states) <= most:
            state = frontier.pop()
            for other, text in kinds.items():
                after = state | other
                if after not in states:
                    states[after] = f"{states[state]} and {text}"
                    frontier.append(after)
    return _told(states, [t for t, _ in asked]) or (Cell("any", frozenset()),)
