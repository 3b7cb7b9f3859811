"""What a law speaks of: the values, fields and days by which its answers can differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from fractions import Fraction

from longarm_dsl.core import ast
from longarm_dsl.core.code_sets import Common, Exactly, Less, Listed, Union
from longarm_dsl.core.codes import Code, parse_code, representatives
from longarm_dsl.core.numbers import Interval, parse_number, show_fraction
from longarm_dsl.core.program import Program
from longarm_dsl.core.units import Dimension

_CODE_SETS = (Listed, Union, Common, Less)

BUILT_IN = frozenset(
    {"name", "aliases", "id", "address", "lists", "owners", "owner", "share", "votes", "components"}
    | {"code", "list", "of", "level", "value", "licenses", "notices", "awareness", "rates", "from"}
    | {"until", "kind", "authority", "issued", "valid_until", "revoked", "scope", "events"}
)
"""Fields that built-ins read by themselves."""


@dataclass
class Pool:
    """What may stand in a case so that the law can tell it from others."""

    numbers: dict[Dimension, list[str]] = field(default_factory=dict[Dimension, list[str]])
    places: list[str] = field(default_factory=list[str])
    texts: list[str] = field(default_factory=list[str])
    codes: list[str] = field(default_factory=list[str])
    words: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    lists: list[str] = field(default_factory=list[str])
    parties: list[str] = field(default_factory=list[str])
    read: frozenset[str] = frozenset()
    """Names of fields that the law or a built-in reads."""
    paths: list[str] = field(default_factory=list[str])
    """Facts of the transaction that conditions read, as `awareness` names them."""
    events: list[str] = field(default_factory=list[str])
    days: list[date] = field(default_factory=list[date])
    """Days on which something begins or ends, and the days beside them."""
    bounds: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Numbers by the field that the law holds against them."""


def _parts(node: object) -> Iterator[object]:
    """Everything inside a piece of a program, itself included; definitions are not opened."""
    stack: list[object] = [node]
    while stack:
        here = stack.pop()
        yield here
        if isinstance(here, tuple | list):
            stack.extend(here)  # pyright: ignore[reportUnknownArgumentType]  any part will do
        elif isinstance(here, dict):
            stack.extend(here.values())  # pyright: ignore[reportUnknownArgumentType]  as above
        elif is_dataclass(here) and not isinstance(here, type):
            stack.extend(
                getattr(here, f.name)
                for f in fields(here)
                if f.name not in {"span", "name_span", "type", "info"}
            )


def nodes_of(program: Program, regimes: Collection[str] = ()) -> Iterator[object]:
    """Every node of the core tree that can bear on a decision, perhaps of some regimes alone."""
    if regimes:
        yield from _reached(program, regimes)
        return
    law: Iterable[object] = (
        *program.rules.values(),
        *program.lets.values(),
        *program.values.values(),
        *program.entries.values(),
        *program.instruments.values(),
        *program.amendments.values(),
        *(row.cells for table in program.tables.values() for row in table.rows),
    )
    for each in law:
        yield from _parts(each)


def _reached(program: Program, regimes: Collection[str]) -> Iterator[object]:
    """What the law of some regimes says, and the definitions, sets and tables that it names."""
    instruments = {i.id for i in program.instruments.values() if i.regime in regimes}
    stack: list[object] = [program.instruments[i] for i in sorted(instruments)]
    stack += [r for r in program.rules.values() if r.regime in regimes]
    stack += [e for e in program.entries.values() if e.instrument in instruments]
    for target, changes in program.amendments.items():
        if target in program.rules and program.rules[target].regime in regimes:
            stack += changes
    done: set[str] = set()
    while stack:
        for node in _parts(stack.pop()):
            yield node
            if not isinstance(node, ast.LetCall | ast.Named):
                continue
            id_ = node.let if isinstance(node, ast.LetCall) else node.id
            if id_ in done:
                continue
            done.add(id_)
            stack += [x[id_] for x in (program.lets, program.values) if id_ in x]
            stack += program.amendments.get(id_, ())
            stack += (
                [row.cells for row in program.tables[id_].rows] if id_ in program.tables else []
            )


def pool_of(program: Program, regimes: Collection[str] = ()) -> Pool:
    """Gather the values that a program compares with, perhaps in the law of some regimes."""
    pool = Pool()
    read: set[str] = set(BUILT_IN)
    codes: dict[str, None] = {}
    sets: dict[object, None] = {}
    tables: set[str] = set()
    for node in nodes_of(program, regimes):
        match node:
            case ast.Literal(value, _, text):
                _literal(pool, value, text)
            case ast.Codes(found):
                sets.setdefault(found, None)
            case ast.Named("table", id_):
                tables.add(id_)
            case ast.Get(base, name):
                read.add(name)
                if isinstance(base, ast.Var) and base.name == "transaction":
                    pool.paths.append(name)
            case ast.Timing(event=str() as event):
                pool.events.append(event)
            case ast.Compare(_, left, right):
                _bound(pool, program, left, right)
                _bound(pool, program, right, left)
            case Code():
                codes.setdefault(str(node), None)
            case Exactly(code):
                codes.setdefault(str(code), None)
            case _:
                pass
    chosen = [s for s in sets if isinstance(s, _CODE_SETS)][:40]
    codes.update((str(c), None) for c in representatives(chosen))
    stated = (c for c in codes if parse_code(c) is not None)
    pool.codes = [*stated, "CN:none", "US:none", "US:EAR99", "HS:8505"]
    for table in program.tables.values():
        if regimes and table.id not in tables:
            continue
        if table.is_list:
            pool.lists.append(table.id)
        for row in table.rows[:400]:
            for name in ("party", "aliases", "alias"):
                _names(pool, row.cells.get(name))
    pool.read = frozenset(read)
    _days(pool, program, regimes)
    for some in (pool.places, pool.texts, pool.lists, pool.parties, pool.paths, pool.events):
        some[:] = list(dict.fromkeys(some))
    for numbers in (pool.numbers, pool.bounds):
        for values in numbers.values():
            values[:] = list(dict.fromkeys(values))
    return pool


def _bound(pool: Pool, program: Program, side: ast.Expr, other: ast.Expr) -> None:
    """A number, written out or a param, that a field is compared with."""
    if isinstance(other, ast.Named) and other.id in program.values:
        other = program.values[other.id].value
    match side, other:
        case ast.Get(_, name), ast.Literal(Interval(), text=text) if text:
            pool.bounds.setdefault(name, []).append(text)
        case _:
            pass


def _names(pool: Pool, cell: object) -> None:
    for part in _parts(cell):
        if isinstance(part, ast.Literal) and isinstance(part.value, str):
            pool.parties.append(part.value)


def _literal(pool: Pool, value: ast.LiteralValue, text: str) -> None:
    match value:
        case Interval():
            pool.numbers.setdefault(value.dimension, []).append(text or "0")
        case ast.Place(code):
            pool.places.append(code)
        case ast.Word(enum, word):
            pool.words.setdefault(enum, []).append(word)
        case Code():
            pool.codes.append(str(value))
        case str():
            pool.texts.append(value)
        case date() as day:
            pool.days += [day, day + timedelta(days=1), day - timedelta(days=1)]
        case _:
            pass


def _days(pool: Pool, program: Program, regimes: Collection[str]) -> None:
    stated: list[date] = []
    for instrument in program.instruments.values():
        if regimes and instrument.regime not in regimes:
            continue
        stated += [d for d in (instrument.issued, instrument.verified) if d is not None]
    law = program.law
    named = {i.id for i in program.instruments.values() if i.regime in regimes}
    leaves = [x for x in law.leaves.values() if not regimes or x.instrument in named]
    windows = [w for leaf in leaves for w in leaf.windows]
    windows += [e.window for e in law.events.values()]
    for window in windows:
        stated += [edge.day for edge in (window.start, window.end) if edge is not None]
    stated += [e.noted for e in law.events.values() if e.noted is not None]
    for table in program.tables.values():
        for row in table.rows:
            dates = (row.issued, row.start, row.end, row.removed_issued)
            stated += [d for d in dates if d is not None]
    for alias in program.aliases:
        stated += [d for d in (alias.issued, alias.start, alias.end) if d is not None]
    near = [day + timedelta(days=n) for day in sorted(set(stated)) for n in (-1, 0, 1)]
    pool.days = sorted({*near, *pool.days})


def around(text: str) -> tuple[str, ...]:
    """A number as text, and the numbers just under and just over it in its own unit."""
    parsed = parse_number(text)
    if parsed is None:
        return (text,)
    value, unit = parsed
    digits = len(text.partition(".")[2].split()[0].rstrip("%")) if "." in text else 0
    step = Fraction(1, 10**digits)
    if abs(value) < 1:
        step /= 10
    near = (value, value - step, value + step)
    return tuple(f"{show_fraction(n)}{'' if unit == '%' else ' '}{unit}".strip() for n in near)


def beside(text: str, times: int) -> str:
    """A number as text, so many fourths of what it was, in its own unit."""
    parsed = parse_number(text)
    if parsed is None:
        return text
    return f"{show_fraction(parsed[0] * times / 4)} {parsed[1]}".strip()
