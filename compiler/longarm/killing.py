"""Cases that tell a law from a mutant of it: the nearest case, with one fact changed.

    killing(program, mutant, held)    a `Killing`, or None where no single fact was found

The facts that are tried are those that the changed condition speaks of, each with the values
that it names, and those next to them. What the case expects is what the law as it is says.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from longarm.case_input import CaseInput
from longarm.mutants import Mutant, another, as_code, mutated, neighbors, nodes
from longarm.mutation import Held, decided, worlds_of
from longarm.noticing import Screen, clauses_of, share
from longarm_dsl.core import ast
from longarm_dsl.core import time as calendar
from longarm_dsl.core.codes import Listed
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.intervals import Interval
from longarm_dsl.core.program import Program
from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.read_facts import read_transaction
from longarm_dsl.core.types import (
    CodesType,
    FlagType,
    RecordType,
    SetType,
)
from longarm_dsl.diagnostics import has_errors
from longarm_dsl.evaluate.decision import Decision, rule_of
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE

MOST_CASES = 8
"""Cases that are varied for one mutant."""
MOST_CHANGES = 40
"""Facts and values that are tried on one case."""
MOST_PLACES = 3
"""Records of the transaction that a definition of some record is tried on."""


@dataclass(frozen=True, slots=True)
class Killing:
    """A case that differs from another in one fact or in its day, and what the law says of it."""

    title: str
    base: CaseInput
    on: str
    known: str
    path: str
    """The fact that is changed; empty where the day is."""
    value: str
    case: CaseInput
    regime: str
    expects: tuple[str, ...]

    @property
    def text(self) -> str:
        """The case as it is written in the file of the other one."""
        return written(self)


def killing(
    program: Program,
    mutant: Mutant,
    held: Sequence[Held],
    *,
    until: float | None = None,
) -> Killing | None:
    """A case that a mutant fails: the nearest of some cases, with one fact changed."""
    other = mutated(program, mutant)
    share(other, program, mutant)
    screen = Screen(program, (mutant,))
    homes = frozenset(c.id for c in mutant.changes if isinstance(c, ast.Rule))

    def far(one: Held) -> tuple[bool, bool, int]:
        named = any(e.name in homes for e in one.expectations)
        return not (homes & one.busy), not named, len(one.busy)

    near = sorted((h for h in held if h.passes and _apt(h, mutant, program)), key=far)
    vague: Killing | None = None
    for base in near[:MOST_CASES]:
        for made in islice(_varied(program, mutant, base), MOST_CHANGES):
            if until is not None and time.monotonic() > until:
                return None
            found = _tells(program, other, screen, base, made)
            if found is not None and not any(map(_is_open, found.expects)):
                return found
            vague = vague or found
    return vague


def _is_open(expected: str) -> bool:
    return " to " in expected or expected.startswith("open ")


def _apt(held: Held, mutant: Mutant, program: Program) -> bool:
    """Whether a case is of the regime of a mutant, with facts that can be varied."""
    regimes = {c.regime for c in mutant.changes if isinstance(c, ast.Rule)}
    regimes |= {
        program.law.instrument_of(c.id).regime
        for c in mutant.changes
        if isinstance(c, calendar.Leaf | calendar.Event)
    }
    return isinstance(held.case.given, RawRecord) and (not regimes or held.regime in regimes)


@dataclass(frozen=True, slots=True)
class _Made:
    case: CaseInput
    path: str
    value: str


def _tells(
    program: Program, other: Program, screen: Screen, base: Held, made: _Made
) -> Killing | None:
    """The case with what the law says of it, if the mutant says otherwise."""
    regime = base.regime
    if not screen.noticed(worlds_of(program, made.case, regime)):
        return None
    one, two = decided(program, made.case, regime), decided(other, made.case, regime)
    told, expects = _said(one), _said(two)
    if told == expects:
        return None
    idle = told[0] == "nothing"  # nobody reviews what needs no license
    changed = [t for t in told if t not in expects and not (idle and t.startswith("reviews "))]
    changed += [f"not because {_of(e)}" for e in expects if _of(e) and not _among(one, _of(e))]
    first = told[0]
    words = tuple(dict.fromkeys((first, *changed)))
    title = f"{base.case.title}: {made.path or 'on'} {made.value}".replace('"', "")
    return Killing(
        title, base.case, one.on, one.known.isoformat(), made.path, made.value, made.case, regime, words
    )  # fmt: skip


def _among(decision: Decision, rule: str) -> bool:
    return any(rule_of(r.id) == rule and r.stands is not Truth.NO for r in decision.rules)


def _of(word: str) -> str:
    return word.removeprefix("because ") if word.startswith("because ") else ""


def _said(decision: Decision) -> tuple[str, ...]:
    """What a decision says, in the words of expectations; the requirement first."""
    low, high = decision.requires
    said = [f"requires {low}" if low == high else f"requires {low} to {high}"]
    if (low, high) == ("nothing", "nothing"):
        said = ["nothing"]
    low, high = decision.review
    said.append(f"reviews {low}" if low == high else f"reviews {low} to {high}")
    stands: dict[str, Truth] = {}
    for report in decision.rules:
        rule = rule_of(report.id)
        stands[rule] = max(stands.get(rule, Truth.NO), report.stands)
    for rule, truth in sorted(stands.items()):
        if truth is Truth.YES:
            said.append(f"because {rule}")
        elif truth is Truth.UNKNOWN:
            said.append(f"open because {rule}")
    return tuple(said)


# ── the facts to change ──────────────────────────────────────────────────────


def _varied(program: Program, mutant: Mutant, base: Held) -> Iterator[_Made]:
    """A case with one fact changed, for each fact and value that a mutant is about."""
    given = base.case.given
    if not isinstance(given, RawRecord):
        return
    if isinstance(mutant.changes[0], calendar.Leaf | calendar.Event):
        yield from _other_days(mutant, base.case)
        return
    yield _Made(base.case, "", base.case.on or "")
    tried: set[tuple[str, str]] = set()
    for path, value in _facts(program, mutant, given):
        text = shown(value)
        if (path, text) in tried:
            continue
        tried.add((path, text))
        raw = put_fact(given, path.split("."), value)
        if raw is None:
            continue
        transaction, problems = read_transaction(raw, program, closed=base.case.closed)
        if not has_errors(problems):
            made = replace(base.case, transaction=transaction, given=raw, expectations=())
            yield _Made(made, path, text)


def _other_days(mutant: Mutant, case: CaseInput) -> Iterator[_Made]:
    days: set[date] = set()
    for text in (mutant.before, mutant.after):
        day = date.fromisoformat(text)
        days |= {day, day - timedelta(days=1)}
    for day in sorted(days):
        yield _Made(replace(case, on=day.isoformat(), expectations=()), "", day.isoformat())


def _facts(program: Program, mutant: Mutant, given: RawRecord) -> Iterator[tuple[str, Raw]]:
    """Facts that the changed conditions speak of, with the values that they name; new ones first."""
    trees: list[object] = []
    for change in mutant.changes:
        match change:
            case ast.Rule(id=id_):
                old = program.rules[id_]
                trees += [change.clauses, old.clauses, *clauses_of(program, old)]
            case ast.Entry(when=when):
                trees += [when, program.entries[change.id].when]
            case ast.Let(id=id_, value=value):
                trees += [value, program.lets[id_].value]
            case ast.Value(value=value):
                trees.append(value)
            case ast.Amendment(clauses=clauses, value=value):
                trees += [clauses, value]
            case _:
                pass
    found = [pair for tree in trees for _, node in nodes(tree) for pair in _of_node(program, node)]
    known = _opened(program, trees)
    found += [pair for tree in known for _, node in nodes(tree) for pair in _of_node(program, node)]
    for fact, told in found:
        for full in _full(program, fact, given):
            yield full, told


def _opened(program: Program, trees: Iterable[object]) -> list[object]:
    """The bodies of the definitions that some trees name."""
    names = dict.fromkeys(
        node.let for tree in trees for _, node in nodes(tree) if isinstance(node, ast.LetCall)
    )
    return [program.lets[name].value for name in names]


def _of_node(program: Program, node: object) -> Iterator[tuple[ast.Expr, Raw]]:
    """A fact that one condition speaks of, with each value worth trying."""
    match node:
        case ast.Compare(_, left, right):
            for fact, bound in ((left, right), (right, left)):
                if isinstance(fact, ast.Get):
                    for value in _values(program, bound):
                        yield fact, value
        case ast.Member(item, container) | ast.OfIn(_, item, container) if isinstance(
            item, ast.Get
        ):
            for value in _elements(program, container):
                many = isinstance(item.type, SetType | CodesType)
                yield item, RawList((value,), open=False, where=NOWHERE) if many else value
            if isinstance(item.type, SetType):
                yield item, RawList((), open=False, where=NOWHERE)
        case ast.Get(type=FlagType()):
            yield node, _word("yes")
            yield node, _word("no")
        case _:
            pass


def _values(program: Program, bound: ast.Expr) -> Iterator[Raw]:
    """What a fact is compared with, and what lies next to it."""
    match bound:
        case ast.Literal(Interval()):
            yield _word(bound.text)
            for text in neighbors(bound.text):
                yield _word(text)
        case ast.Literal(date() as day):
            for days in (0, -1, 1):
                yield _word((day + timedelta(days=days)).isoformat())
        case ast.Literal(ast.Word() | ast.Place()):
            yield _word(_literal(bound))
            more = another(ast.SetOf((bound,), SetType(bound.type)))
            if more is not None:
                yield _word(_literal(more))
        case ast.Named("param", id_):
            yield from _values(program, program.values[id_].value)
        case _:
            pass


def _elements(program: Program, container: ast.Expr) -> Iterator[Raw]:
    match container:
        case ast.SetOf(items):
            for item in items:
                if isinstance(item, ast.Literal):
                    yield _word(_literal(item))
            more = another(container)
            if more is not None:
                yield _word(_literal(more))
        case ast.SetOp(_, left, right):
            yield from _elements(program, left)
            yield from _elements(program, right)
        case ast.Codes(Listed(members)):
            for member in members:
                code = as_code(member.pattern)
                if code is not None:
                    yield RawText(str(code), quoted=True, where=NOWHERE)
        case ast.Named(_, id_) if id_ in program.values:
            yield from _elements(program, program.values[id_].value)
        case ast.LetCall(let, ()):
            yield from _elements(program, program.lets[let].value)
        case _:
            pass


def _literal(item: ast.Literal) -> str:
    match item.value:
        case ast.Word(_, text):
            return text
        case ast.Place(code):
            return code
        case _:
            return item.text


def _word(text: str) -> RawText:
    return RawText(text, quoted=False, where=NOWHERE)


def _full(program: Program, expr: ast.Expr, given: RawRecord) -> Iterator[str]:
    """The paths in a transaction that an expression may be: of a subject, in each such record."""
    names: list[str] = []
    at = expr
    while isinstance(at, ast.Get):
        names.append(at.name)
        at = at.base
    tail = ".".join(reversed(names))
    if not isinstance(at, ast.Var):
        return
    if at.name == "transaction":
        yield tail
    elif isinstance(at.type, RecordType):
        root = program.records["Transaction"].fields
        stated = {pair.key for pair in given.pairs}
        fitting = [name for name, info in root.items() if info.type == at.type]
        fitting.sort(key=lambda name: name not in stated)
        for name in fitting[:MOST_PLACES]:
            yield f"{name}.{tail}"


def put_fact(record: RawRecord, path: Sequence[str], value: Raw) -> RawRecord | None:
    """Facts with another value at a path; None where something on the way is no record."""
    key, rest = path[0], path[1:]
    before = next((p.value for p in record.pairs if p.key == key), None)
    if rest:
        inside = before if isinstance(before, RawRecord) else RawRecord((), NOWHERE)
        if isinstance(before, RawList) and before.items:
            return None
        made = put_fact(inside, rest, value)
        if made is None:
            return None
        value = made
    pair = RawPair(key, value, NOWHERE)
    if before is None:
        return RawRecord((*record.pairs, pair), record.where)
    return RawRecord(tuple(pair if p.key == key else p for p in record.pairs), record.where)


# ── writing ──────────────────────────────────────────────────────────────────


def shown(raw: Raw) -> str:
    """A fact as a `.pol` file writes it."""
    match raw:
        case RawText(text, quoted):
            return f'"{_quoted(text)}"' if quoted else text
        case RawList(items, is_open):
            inner = [shown(i) for i in items]
            if is_open or any(isinstance(i, RawRecord | RawList) for i in items):
                return f"[{', '.join([*inner, *(['...'] if is_open else [])])}]"
            return "{" + ", ".join(inner) + "}" if items else "[]"
        case RawRecord(pairs):
            inner = [f"{_key(p.key)}: {shown(p.value)}" for p in pairs]
            return "{ " + ", ".join(inner) + " }" if inner else "{}"


def _key(key: str) -> str:
    return key


def written(found: Killing, *, whole: bool = False, mark: str = "") -> str:
    """A case as `.pol` text: the facts of its base with one changed, or all of them."""
    case = found.case
    lines = [f'case "{_quoted(found.title)}"']
    lines.append(f"  on      {found.on}")
    if case.known is not None:
        lines.append(f"  known   {case.known}")
    if case.closed:
        lines.append("  assume  closed")
    if whole and case.given is not None:
        lines.append(f"  given   {shown(case.given)}")
    else:
        changed = f" with {{ {found.path}: {found.value} }}" if found.path else ""
        lines.append(f'  given   as "{_quoted(found.base.title)}"{changed}')
    lines.append(f"  expect  {found.regime} {', '.join(found.expects)}")
    if mark:
        lines.append(f"  {mark}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


__all__ = ["Killing", "killing", "put_fact", "shown", "written"]
