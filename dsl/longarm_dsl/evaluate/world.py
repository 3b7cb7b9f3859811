"""One case on one day as known on one day: what law and facts an evaluation reads."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import date

from longarm_dsl.core import ast, facts
from longarm_dsl.core.codes import Code, CodeSet, just, union
from longarm_dsl.core.formula import NO, YES, Formula, Question, QuestionKind, Truth, conj, negate
from longarm_dsl.core.numbers import Failure, Interval, anything
from longarm_dsl.core.places import Alias
from longarm_dsl.core.program import Program
from longarm_dsl.core.read_facts import read_value
from longarm_dsl.core.time import REGIME_ZONES, Moment, When, alive, amendments, in_force, in_zone
from longarm_dsl.core.types import (
    CODE_SET,
    POSTURE,
    CodesType,
    DatesType,
    FlagType,
    ListType,
    NumberType,
    RatesType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from longarm_dsl.evaluate.values import (
    NONE,
    Amount,
    ItemCodes,
    Many,
    Rank,
    Row,
    Scalar,
    Thing,
    UnseenCodes,
    Value,
    label,
)
from longarm_dsl.lazy_dataclass import dataclass

ROOT_PATH = ""
KEPT_OPEN = ("actor", "item")
"""Records that `assume closed` never reads as none (semantics 1.13)."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller chose: proposals to count as law, and readings of open questions."""

    with_: frozenset[str] = frozenset()
    readings: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class World:
    """The law of one regime on one day, and the facts of one case."""

    program: Program
    regime: str
    when: When
    known: date
    options: Options
    transaction: facts.Transaction
    assumed: dict[str, str] = field(default_factory=dict[str, str])
    errors: dict[str, str] = field(default_factory=dict[str, str])
    readings_used: dict[str, str] = field(default_factory=dict[str, str])
    believed: dict[str, facts.Fact] | None = None
    """In the view of `knows`: only these paths read, everything else is open."""
    chains: dict[str, str] = field(default_factory=dict[str, str])
    """Ownership chains found, by party: for the explanation."""
    lasting: dict[object, tuple[object, Value | None]] = field(
        default_factory=dict[object, tuple[object, "Value | None"]]
    )
    """What constants of the law are worth on the day, whatever the case: by the identity of an
    expression or row (kept beside it), or by the name of a table. None: it is no constant."""
    texts: dict[int, tuple[ast.Expr, str]] = field(default_factory=dict[int, tuple[ast.Expr, str]])
    """Expressions without variables in words, by their identity."""
    matches: dict[object, tuple[tuple[ast.Row, Truth], ...]] = field(
        default_factory=dict[object, "tuple[tuple[ast.Row, Truth], ...]"]
    )
    """The rows of a list that bear the names of a party, or may: by those names and the list."""
    forces: dict[str, Formula] = field(default_factory=dict[str, Formula])
    """Whether a rule, entry or row is in force, whatever the case."""
    aliases: tuple[Alias, ...] = field(init=False)
    """Places that the regime reads as others."""

    def __post_init__(self) -> None:
        self.aliases = tuple(
            Alias(a.place, a.reads_as, a.start or date.min, a.end, a.issued)
            for a in self.program.aliases
            if a.regime in {None, self.regime}
        )

    @property
    def day(self) -> date:
        """The civil day in the regime's zone."""
        return self.when.day if isinstance(self.when, Moment) else self.when

    def complete(self, table: str) -> bool:
        """Whether whoever has no row of a table on this day is not there."""
        decl = self.program.tables[table]
        return decl.complete and (decl.complete_from is None or decl.complete_from <= self.day)

    # ── law ──────────────────────────────────────────────────────────────────

    def in_force(self, leaf: str) -> Formula:
        """Whether a rule, entry or row is in force (semantics 1.7)."""
        found = self.forces.get(leaf)
        if found is None:
            found = NO
            if leaf in self.program.law.leaves:
                when = self._civil(self.program.law.instrument_of(leaf).zone)
                found = in_force(self.program.law, leaf, when, self.known, self.options.with_)
            self.forces[leaf] = found
        return found

    def _civil(self, zone: str) -> When:
        """The instant of the case in an instrument's own zone; a day is that civil day in each."""
        if not isinstance(self.when, Moment):
            return self.when
        return in_zone(self.when, REGIME_ZONES.get(self.regime, "UTC"), zone)

    def row_in_force(self, row: ast.Row) -> Formula:
        """Whether a row applies: published, begun, and not known to be removed."""
        ended = row.end is not None and row.end <= self.day
        kept: Formula = YES
        if ended and (row.removed_issued is None or row.removed_issued <= self.known):
            if row.removed_by is None:
                return NO
            # The instrument that removes it must live: a proposal or a suspended act does not.
            law, with_ = self.program.law, self.options.with_
            kept = negate(alive(law, row.removed_by, self.when, self.known, with_))
        if row.instrument is not None:
            return conj((kept, self.in_force(row.id)))
        published = row.issued is None or row.issued <= self.known
        begun = row.start is None or row.start <= self.day
        return kept if published and begun else NO

    def versions(self, target: str) -> tuple[tuple[Formula, tuple[ast.Amendment, ...]], ...]:
        """What a target says: each set of acting amendments under its condition."""
        changes = {a.event: a for a in self.program.amendments.get(target, ())}
        if not changes:
            return ((YES, ()),)
        options: list[tuple[Formula, tuple[ast.Amendment, ...]]] = [(YES, ())]
        acting = amendments(self.program.law, target, self.when, self.known, self.options.with_)
        for event, formula in acting:
            change = changes.get(event.id)
            if change is None or formula == NO:
                continue
            after: list[tuple[Formula, tuple[ast.Amendment, ...]]] = []
            for guard, made in options:
                after.append((conj((guard, formula)), (*made, change)))
                if formula != YES:
                    after.append((conj((guard, negate(formula))), made))
            options = after
        return tuple(options)

    # ── facts ────────────────────────────────────────────────────────────────

    def root(self) -> Thing:
        """The transaction."""
        return Thing(ROOT_PATH, "Transaction", self.transaction.record)

    def get(self, base: Value, info: ast.FieldInfo) -> Value:
        """A field of a record or row."""
        match base:
            case Row():
                return self._cell(base, info)
            case Thing(path):
                where = f"{path}.{info.name}" if path else info.name
                if base.missing:
                    return self._nothing(where, info.type)
                return self._field(base, where, info)
            case Scalar(path=path):
                return self._unknown(f"{path}.{info.name}", info, None)
            case _:
                return self._unknown(f"{label(base)}.{info.name}", info, None)

    def field(self, base: Value, name: str) -> Value:
        """A field by its name; one that the vocabulary does not declare is open."""
        record = self.program.records.get(base.type) if isinstance(base, Thing) else None
        info = record.fields.get(name) if record is not None else None
        if info is None:
            return Scalar(None, f"{label(base)}.{name}".lstrip("."), TextType())
        return self.get(base, info)

    def stated(self, base: Value, name: str) -> facts.Fact | None:
        """The fact as the case states it, None if absent."""
        if isinstance(base, Thing) and base.fact is not None:
            where = f"{base.path}.{name}" if base.path else name
            if self.believed is not None and where in self.believed:
                return self.believed[where]
            return base.fact.fields.get(name)
        return None

    def _field(self, base: Thing, where: str, info: ast.FieldInfo) -> Value:
        fact = base.fact.fields.get(info.name) if base.fact is not None else None
        if self.believed is not None:
            fact = self._view(where, fact, info)
        stray = base.fact is not None and bool(base.fact.stray)
        if fact is None:
            made = self._absent(base, where, info, stray=stray)
        else:
            made = self.read(fact, where, info)
        # Codes keep their item: its measured properties may classify it further.
        return replace(made, item=base) if isinstance(made, ItemCodes) else made

    def _view(self, where: str, fact: facts.Fact | None, info: ast.FieldInfo) -> facts.Fact | None:
        """In the actor's mind: what he holds, and records that lead to it."""
        held = self.believed or {}
        if where in held:
            believed = held[where]
            if isinstance(believed, facts.Scalar) and isinstance(believed.value, str):
                return read_value(believed.value, info, self.program)
            return believed
        inside = any(p.startswith((f"{where}.", f"{where}[")) for p in held)
        if inside:
            return fact
        return facts.Open(asked=False)

    def _absent(self, base: Thing, where: str, info: ast.FieldInfo, *, stray: bool) -> Value:
        """A fact that nobody stated: presumed, closed away, or open."""
        if info.presumed is not None:
            return Scalar(info.presumed.value, where, info.type)
        # A misspelt key may have meant any field of the record: nothing is closed then.
        closes = (
            self.transaction.closed
            and self.believed is None
            and not stray
            and not info.judged
            and not self._left_open(base)
        )
        if closes:
            match info.type:
                case FlagType():
                    self.assumed[where] = "no"
                    return Scalar(value=False, path=where, type=info.type)
                case SetType(item) | ListType(item):
                    self.assumed[where] = "[]"
                    return Many((), None, where, item)
                case RecordType(name) if not (base.path == ROOT_PATH and info.name in KEPT_OPEN):
                    self.assumed[where] = "none"
                    return Thing(where, name, None, missing=True)
                case _:
                    pass
        return self._unknown(where, info, None)

    def _left_open(self, base: Thing) -> bool:
        """A record stated as unknown, misstated, or in an open list: nothing of it is absent.

        Only `actor` and `item`, which nobody closes, are absent and yet read field by field.
        """
        stated = self.transaction.record.fields
        return base.fact is None and not (base.path in KEPT_OPEN and base.path not in stated)

    def _nothing(self, where: str, type_: Type) -> Value:
        """The value of a field of something that is not there."""
        match type_:
            case SetType(item) | ListType(item):
                return Many((), None, where, item)
            case RecordType(name):
                return Thing(where, name, None, missing=True)
            case FlagType():
                return Scalar(value=False, path=where, type=type_)
            case CodesType():
                return ItemCodes((), False, False, Thing(where, "Item", None, missing=True), where)  # noqa: FBT003  complete and stated
            case _:
                return Scalar(NONE, where, type_)

    def _unknown(self, where: str, info: ast.FieldInfo, error: str | None) -> Value:
        match info.type:
            case NumberType(dimension):
                if error:
                    return Amount(Failure(error), where, is_fact=True, inside=(where,))
                return Amount(
                    anything(dimension, info.range),
                    where,
                    is_fact=True,
                    inside=(where,),
                )
            case SetType(item) | ListType(item):
                question = Question(where, QuestionKind.LIST, f"what else is in {where}?")
                return Many((), question, where, item)
            case RecordType(name):
                return Thing(where, name, None)
            case CodesType():
                item_path = where.rsplit(".", 1)[0]
                return ItemCodes((), True, True, Thing(item_path, "Item", None), where, error)  # noqa: FBT003  open and absent
            case DatesType() | RatesType():
                return Thing(where, "dates", None)
            case type_ if type_ == POSTURE:
                return Rank(0, 5, where)
            case _:
                return Scalar(None, where, info.type, error)

    def read(self, fact: facts.Fact, where: str, info: ast.FieldInfo) -> Value:
        """A stated fact as a value."""
        match fact:
            case facts.Open():
                return self._unknown(where, info, None)
            case facts.Malformed(text, reason):
                self.errors[where] = f"`{text}`: {reason}"
                return self._unknown(where, info, reason)
            case facts.Codes(codes, is_open):
                item = Thing(where.rsplit(".", 1)[0], "Item", None)
                return ItemCodes(codes, is_open, False, item, where)  # noqa: FBT003  stated
            case facts.Record(name):
                return Thing(where, name, fact)
            case facts.Items(items, is_open):
                inner = info.type.item if isinstance(info.type, SetType | ListType) else TextType()
                element = ast.FieldInfo(info.name, inner, info.range)
                made = tuple(
                    (YES, self.read(f, f"{where}[{i}]", element)) for i, f in enumerate(items)
                )
                question = (
                    Question(where, QuestionKind.LIST, f"what else is in {where}?")
                    if is_open
                    else None
                )
                return Many(made, question, where, inner)
            case facts.Scalar(value):
                if isinstance(value, Interval):
                    inside = () if value.is_point else (where,)
                    return Amount(value, where, is_fact=True, inside=inside)
                if isinstance(value, ast.NoneValue):
                    return self._nothing(where, info.type)
                if info.type == POSTURE and isinstance(value, ast.Word):
                    rank = POSTURE.values.index(value.text)
                    return Rank(rank, rank, where)
                return Scalar(value, where, info.type)

    def _spoken(self, table: str, column: str) -> CodeSet:
        """Every code that some row of a table speaks of, whenever it is in force."""
        decl = self.program.tables.get(table)
        found: list[CodeSet] = []
        for row in decl.rows if decl is not None else ():
            cell = row.cells.get(column)
            if isinstance(cell, ast.Codes):
                found.append(cell.codes)
            elif isinstance(cell, ast.SetOf):
                found.extend(
                    just(i.value)
                    for i in cell.items
                    if isinstance(i, ast.Literal) and isinstance(i.value, Code)
                )
        return union(*found)

    def _cell(self, row: Row, info: ast.FieldInfo) -> Value:
        where = f"{row.label}.{info.name}"
        if info.name in row.cells:
            return row.cells[info.name]
        if not row.known:
            if info.type == CODE_SET:
                return UnseenCodes(self._spoken(row.table, info.name), where)
            return self._unknown(where, info, None)
        match info.type:
            case SetType(item) | ListType(item):
                return Many((), None, where, item)
            case t if t == POSTURE:
                return Rank(0, 0, where)
            case FlagType():
                return Scalar(value=False, path=where, type=info.type)
            case _:
                return Scalar(NONE, where, info.type, blank=True)


@dataclass(slots=True)
class Constants:
    """What constants of a program are worth on a day, worked out once for all cases of that day."""

    first: dict[tuple[object, ...], World] = field(default_factory=dict[tuple[object, ...], World])

    def share(self, world: World) -> None:
        """Let a world note its constants where others of its day do; all are of one program."""
        key = (world.regime, world.when, world.known, world.options)
        first = self.first.setdefault(key, world)
        world.lasting, world.texts, world.forces = first.lasting, first.texts, first.forces
