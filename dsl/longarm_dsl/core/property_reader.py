"""From the words of a property to its core form; what is wrong in them is reported.

Names are checked as in rules; facts that a transaction is changed to, as in cases.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import nodes
from longarm_dsl.core.expressions import Typer
from longarm_dsl.core.intervals import Comparison
from longarm_dsl.core.linking import Context
from longarm_dsl.core.program import Program
from longarm_dsl.core.properties import (
    PARTS,
    Answer,
    Change,
    Claim,
    Compared,
    Derived,
    Drawn,
    Every,
    Factual,
    Joined,
    Level,
    Listed,
    Made,
    Measure,
    NotSo,
    Property,
    Some,
    Standing,
    Stated,
    Taken,
    Term,
    claims_in,
    taken_in,
)
from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.raw_from_surface import raw_from_surface
from longarm_dsl.core.read_facts import read_transaction
from longarm_dsl.core.rules import RuleReader
from longarm_dsl.core.types import (
    POSTURE,
    REQUIREMENTS,
    BrokenType,
    RecordType,
    Type,
    fits,
    item_of,
    show_type,
)
from longarm_dsl.diagnostics import Diagnostic, Label, did_you_mean, error, warning
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface

ROOT = "Transaction"
_SIGNS = {"at_least": Comparison.AT_LEAST, "at_most": Comparison.AT_MOST}
_SCALES = {"requirement": REQUIREMENTS, "review": POSTURE.values}

# Conditions that look beyond the facts they are given: each belongs to one transaction.
_BEYOND = (ast.LetCall, ast.StatusTest, ast.Knows, ast.Unmet, ast.Near, ast.Entries, ast.Owned)

_Scope: TypeAlias = dict[str, Type]


class _MistakeError(Exception):
    """Leaves a property that cannot be read; what is wrong has been reported."""


@dataclass(slots=True)
class PropertyReader:
    """Reads the properties of a program; findings gather in `found`."""

    program: Program
    rules: RuleReader
    typer: Typer
    """Of the file that the property is in, for facts of what is drawn."""
    found: list[Diagnostic]
    scope: _Scope = field(default_factory=dict[str, Type])
    places: dict[str, Span] = field(default_factory=dict[str, Span])
    free: dict[str, str] = field(default_factory=dict[str, str])
    """Names that stand for any element of a list, with the record they are of."""

    @property
    def context(self) -> Context:
        """Where the property stands."""
        return self.typer.context

    def read(self, decl: surface.PropertyDecl) -> Property | None:
        """The property; None if anything in it is wrong."""
        before = len(self.found)
        try:
            made = self._property(decl)
        except _MistakeError:
            return None
        return None if len(self.found) > before and self._errors(before) else made

    def _errors(self, before: int) -> bool:
        return any(str(d.severity) == "error" for d in self.found[before:])

    def _wrong(self, name: str, message: str, span: Span, help_: str | None) -> _MistakeError:
        self.found.append(error(name, message, span, help=help_))
        return _MistakeError()

    def _property(self, decl: surface.PropertyDecl) -> Property:
        drawn = [d for each in decl.draws for d in self._draws(each)]
        made: dict[str, Derived] = {}
        rest: list[surface.Expr] = []
        for part in _conjuncts(decl.where):
            known = _derivation(part)
            if known is None:
                rest.append(part)
            else:
                self._derived(*known, part.span, made)
        names = [d.name for d in drawn if d.name not in made]
        kept = [d for d in drawn if d.name in names]
        kept += [Drawn(name, record) for name, record in self.free.items()]
        where = Every(tuple(self._claim(part) for part in rest))
        expect, expected = self._expected(decl)
        if not any(
            isinstance(c, Compared | Standing) or _tests_a_status(c) for c in claims_in(expect)
        ):
            self.found.append(
                warning(
                    "idle-property",
                    "what this property expects asks nothing of the law",
                    decl.expect.span,
                    help="ask for an answer: `outcome(t)`, `requirement(t, cn)`, `stands(R, t)`",
                )
            )
        return Property(
            decl.title.value,
            self.context.module.name,
            tuple(kept),
            self._ordered(made, names),
            tuple(day.date.text for day in decl.on),
            decl.known.date.text if decl.known else None,
            decl.assume_closed,
            where,
            expect,
            expected,
            decl.span,
        )

    # ── what is drawn ────────────────────────────────────────────────────────

    def _draws(self, draw: surface.Draw) -> list[Drawn]:
        record = draw.domain.text
        if record not in self.program.records:
            help_ = did_you_mean(record, self.program.records) or "name a record: `Transaction`"
            span = draw.domain.span
            raise self._wrong("unknown-name", f"there is no record `{record}`", span, help_)
        for name in draw.names:
            first = self.places.setdefault(name.text, name.span)
            if first is not name.span:
                self.found.append(
                    error(
                        "duplicate-name",
                        f"`{name.text}` is drawn twice",
                        name.span,
                        secondary=(Label(first, "first drawn here"),),
                        help="give one of them another name",
                    )
                )
                raise _MistakeError
            self.scope[name.text] = RecordType(record)
        return [Drawn(name.text, record) for name in draw.names]

    def _derived(
        self, name: surface.Name, made: surface.With, span: Span, found: dict[str, Derived]
    ) -> None:
        base = made.base
        if not isinstance(base, surface.Name):
            message = "`with` changes facts of a transaction that is drawn"
            raise self._wrong("type-mismatch", message, base.span, "write `u = t with { … }`")
        for each in (name, base):
            self._transaction(each)
        if name.text in found:
            message = f"`{name.text}` is made twice"
            raise self._wrong("duplicate-name", message, span, "make another: `v = t with { … }`")
        changes = tuple(self._change(pair) for pair in made.changes.pairs)
        paths = [c.path for c in changes]
        for number, path in enumerate(paths):
            if any(other[: len(path)] == path for other in paths[:number] + paths[number + 1 :]):
                message = f"`{'.'.join(path)}` is changed twice"
                if not path:
                    message = "beside any fact nothing else is changed"
                where = made.changes.pairs[number].key.span
                raise self._wrong("duplicate-key", message, where, "keep one of the two")
        found[name.text] = Derived(name.text, base.text, changes)

    def _transaction(self, name: surface.Name) -> None:
        if self.scope.get(name.text) == RecordType(ROOT):
            return
        mine = [n for n, t in self.scope.items() if t == RecordType(ROOT)]
        message = f"`{name.text}` is no transaction of this property"
        help_ = did_you_mean(name.text, mine) or f"write `for all {name.text} in {ROOT}`"
        raise self._wrong("unknown-name", message, name.span, help_)

    def _ordered(self, made: dict[str, Derived], drawn: list[str]) -> tuple[Derived, ...]:
        """What is made, after what it is made from."""
        done = {*drawn, *self.free}
        ordered: list[Derived] = []
        while len(ordered) < len(made):
            ready = [
                d for d in made.values() if d.name not in done and {d.base, *_needs(d)} <= done
            ]
            if not ready:
                stuck = next(n for n in made if n not in done)
                raise self._wrong(
                    "cyclic-definition",
                    f"the transaction `{stuck}` is made from itself",
                    self.places[stuck],
                    "make one of the circle from a transaction that is drawn",
                )
            ordered += ready
            done.update(d.name for d in ready)
        return tuple(ordered)

    # ── changed facts ────────────────────────────────────────────────────────

    def _change(self, pair: surface.Pair) -> Change:
        path = pair.key.parts
        if path == ("any",):
            if isinstance(pair.value, surface.Special) and pair.value.word == "unknown":
                return Change((), Stated(raw_from_surface(pair.value)))
            message = "any fact can be left open, and nothing else"
            raise self._wrong("type-mismatch", message, pair.value.span, "write `{ any: unknown }`")
        wanted = self._type_at(path)
        term = self._term(pair.value, wanted)
        # What is taken from draws was typed; all that is written out is read as in a case.
        raw = _plain(term, pair.value.span)
        for name in reversed(path):
            raw = RawRecord((RawPair(name, raw, pair.key.span),), pair.key.span)
        self.found.extend(read_transaction(raw, self.program)[1])
        return Change(path, term)

    def _type_at(self, path: tuple[str, ...]) -> Type | None:
        """The type of a fact of a transaction; None if there is none of that name."""
        here: Type = RecordType(ROOT)
        for name in path:
            record = self.program.records.get(here.name) if isinstance(here, RecordType) else None
            info = record.fields.get(name) if record is not None else None
            if info is None:
                return None
            here = info.type
        return here

    def _term(self, node: surface.Expr, wanted: Type | None) -> Term:
        match node:
            case surface.Paren(inner):
                return self._term(inner, wanted)
            case surface.Name(text) if text in self.scope:
                return self._taken(node, wanted)
            case surface.Attr() if _root(node) in self.scope:
                return self._taken(node, wanted)
            case surface.Arith("+", left, right):
                return Joined(self._term(left, wanted), self._term(right, wanted))
            case surface.ListLit(items, is_open):
                element = item_of(wanted) if wanted is not None else None
                return Listed(tuple(self._item(i, element) for i in items), is_open)
            case surface.SetLit(items):
                element = item_of(wanted) if wanted is not None else None
                return Listed(tuple(self._item(i, element) for i in items))
            case surface.RecordLit(pairs):
                fields = {}
                if isinstance(wanted, RecordType) and wanted.name in self.program.records:
                    fields = self.program.records[wanted.name].fields
                return Made(
                    tuple(
                        (
                            p.key.text,
                            self._term(
                                p.value, fields[p.key.text].type if p.key.text in fields else None
                            ),
                        )
                        for p in pairs
                    )
                )
            case _:
                return Stated(raw_from_surface(node))

    def _item(self, node: surface.Expr, wanted: Type | None) -> Term:
        """An element: a name that nothing else bears is any record of the element's type."""
        if (
            isinstance(node, surface.Name)
            and isinstance(wanted, RecordType)
            and node.text not in self.scope
        ):
            self.scope[node.text] = wanted
            self.places[node.text] = node.span
            self.free[node.text] = wanted.name
        return self._term(node, wanted)

    def _taken(self, node: surface.Name | surface.Attr, wanted: Type | None) -> Term:
        made = self.typer.expr(node, self.scope)
        if isinstance(made.type, BrokenType):
            raise _MistakeError
        if wanted is not None and not fits(made.type, wanted):
            message = f"{show_type(wanted)} is expected here, not {show_type(made.type)}"
            raise self._wrong("type-mismatch", message, node.span, "take another fact")
        path: list[str] = []
        here: ast.Expr = made
        while isinstance(here, ast.Get):
            path.append(here.name)
            here = here.base
        assert isinstance(here, ast.Var)  # noqa: S101  INVARIANT: a name of the scope
        return Taken(here.name, tuple(reversed(path)))

    # ── claims ───────────────────────────────────────────────────────────────

    def _expected(self, decl: surface.PropertyDecl) -> tuple[Claim, str]:
        if decl.bound is None or decl.expect_other is None:
            return self._claim(decl.expect), decl.expect.span.text
        span = decl.expect.span.to(decl.expect_other.span)
        if not self._measures(decl.expect) and not self._measures(decl.expect_other):
            message = "`at least` and `at most` compare answers of the law"
            raise self._wrong("type-mismatch", message, span, "compare facts with `>=` or `<=`")
        claim = self._compared(_SIGNS[decl.bound], decl.expect, decl.expect_other, span)
        return claim, span.text

    def _claim(self, node: surface.Expr) -> Claim:
        match node:
            case surface.Paren(inner):
                return self._claim(inner)
            case surface.AndE(operands):
                return Every(tuple(self._claim(o) for o in operands))
            case surface.OrE(operands):
                return Some(tuple(self._claim(o) for o in operands))
            case surface.NotE(inner):
                return NotSo(self._claim(inner))
            case surface.Chain(first, rest) if any(
                map(self._measures, (first, *(right for _, right in rest)))
            ):
                parts: list[Claim] = []
                left = first
                for sign, right in rest:
                    span = left.span.to(right.span)
                    parts.append(self._compared(Comparison(sign), left, right, span))
                    left = right
                return parts[0] if len(parts) == 1 else Every(tuple(parts))
            case surface.Call(surface.Name("stands"), args):
                return self._standing(args, node.span)
            case surface.Chain(surface.Name(), ((_, surface.With()),)):
                raise self._wrong(
                    "type-mismatch",
                    "a transaction is made from another by itself",
                    node.span,
                    "join it to the rest of `where` with `and`",
                )
            case _:
                return self._factual(node)

    def _measures(self, node: surface.Expr) -> bool:
        return (
            isinstance(node, surface.Call)
            and isinstance(node.function, surface.Name)
            and node.function.text in PARTS
        )

    def _compared(
        self, op: Comparison, left: surface.Expr, right: surface.Expr, span: Span
    ) -> Compared:
        sides = [self._answer(s) if self._measures(s) else None for s in (left, right)]
        asked = next(s for s in sides if s is not None)
        one, two = (
            side or self._level(node, asked.part)
            for side, node in zip(sides, (left, right), strict=True)
        )
        if one.part != two.part:
            message = f"`{one.part}` and `{two.part}` are not of one kind"
            raise self._wrong("type-mismatch", message, span, "compare the same of both")
        return Compared(op, one, two, span)

    def _answer(self, node: surface.Expr) -> Answer:
        assert isinstance(node, surface.Call)  # noqa: S101  INVARIANT: `_measures`
        assert isinstance(node.function, surface.Name)  # noqa: S101  same
        part = node.function.text
        names = [a for a in node.args if isinstance(a, surface.Name)]
        if len(names) != len(node.args) or len(names) not in {1, 2}:
            message = f"`{part}` takes a transaction, and perhaps a regime"
            raise self._wrong("wrong-arguments", message, node.span, f"write `{part}(t, cn)`")
        self._transaction(names[0])
        regime = names[1].text if len(names) > 1 else None
        known = self.program.regimes
        if regime is not None and regime not in known:
            help_ = did_you_mean(regime, known) or f"there are {', '.join(known) or 'none'}"
            span = names[1].span
            raise self._wrong("unknown-name", f"there is no regime `{regime}`", span, help_)
        return Answer(part, names[0].text, regime)

    def _level(self, node: surface.Expr, part: str) -> Measure:
        scale = _SCALES.get(part)
        if scale is None:
            help_ = "compare with `outcome(t)`, or ask for the `requirement` alone"
            raise self._wrong("type-mismatch", "an outcome is compared with one", node.span, help_)
        word = node.text if isinstance(node, surface.Name) else node.span.text
        if word not in scale:
            help_ = did_you_mean(word, scale) or f"there are {', '.join(scale)}"
            message = f"`{word}` is no {part}"
            raise self._wrong("unknown-enum-value", message, node.span, help_)
        return Level(part, scale.index(word))

    def _standing(self, args: tuple[surface.Arg, ...], span: Span) -> Standing:
        match args:
            case [(surface.Name() | surface.Attr()) as rule, surface.Name() as name]:
                self._transaction(name)
                path = surface.Path(tuple(rule.span.text.split(".")), span=rule.span)
                rules = self.rules.rule_set(
                    surface.RuleSet((path,), (), span=rule.span), self.context
                )
                return Standing(rules.rules, name.text, span)
            case _:
                message = "`stands` takes a rule and a transaction"
                raise self._wrong("wrong-arguments", message, span, "write `stands(R, t)`")

    def _factual(self, node: surface.Expr) -> Factual:
        if self._measures(node):
            message = "an answer of the law is neither yes nor no"
            help_ = "compare it: `requirement(t, cn) >= license`, `outcome(u) at least outcome(t)`"
            raise self._wrong("type-mismatch", message, node.span, help_)
        before = len(self.found)
        made = self.typer.flag(node, self.scope)
        if len(self.found) > before:
            raise _MistakeError
        inside = tuple(nodes(made))
        bound = [n.name for n in inside if isinstance(n, ast.Var)]
        names = tuple(n for n in self.scope if n in bound)
        if not names:
            mine = ", ".join(f"`{n}`" for n in self.scope)
            message = "this condition speaks of nothing that is drawn"
            raise self._wrong("type-mismatch", message, node.span, f"name one of {mine}")
        if sum(self.scope[n] == RecordType(ROOT) for n in names) > 1 and any(
            isinstance(n, _BEYOND) for n in inside
        ):
            message = "between two transactions, facts alone are compared"
            help_ = "ask each of them in a condition of its own"
            raise self._wrong("type-mismatch", message, node.span, help_)
        tests = (n.status for n in inside if isinstance(n, ast.StatusTest))
        regime = next((self.program.statuses[s].regime for s in tests), None)
        return Factual(made, names, regime)


# ── parts of the tree ────────────────────────────────────────────────────────


def _conjuncts(where: surface.Expr | None) -> tuple[surface.Expr, ...]:
    match where:
        case None:
            return ()
        case surface.AndE(operands):
            return tuple(part for o in operands for part in _conjuncts(o))
        case surface.Paren(inner):
            return _conjuncts(inner) if isinstance(inner, surface.AndE) else (where,)
        case _:
            return (where,)


def _derivation(node: surface.Expr) -> tuple[surface.Name, surface.With] | None:
    match node:
        case surface.Chain(surface.Name() as name, (("=", surface.With() as made),)):
            return name, made
        case _:
            return None


def _needs(derived: Derived) -> set[str]:
    return {t.name for c in derived.changes for t in taken_in(c.value)}


def _root(node: surface.Expr) -> str:
    while isinstance(node, surface.Attr):
        node = node.base
    return node.text if isinstance(node, surface.Name) else ""


def _plain(term: Term, span: Span) -> Raw:
    """A value as a case would write it, what is taken from draws left open."""
    match term:
        case Stated(raw):
            return raw
        case Taken():
            return RawText("unknown", quoted=False, where=span)
        case Listed(items, is_open):
            return RawList(tuple(_plain(i, span) for i in items), is_open, span)
        case Joined(_, more):
            return _plain(more, span)
        case Made(pairs):
            return RawRecord(tuple(RawPair(k, _plain(v, span), span) for k, v in pairs), span)


def _tests_a_status(claim: Claim) -> bool:
    return isinstance(claim, Factual) and claim.regime is not None


__all__ = ["PropertyReader"]
