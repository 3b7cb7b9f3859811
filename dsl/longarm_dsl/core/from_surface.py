"""Surface trees to the core program: the pass that resolves, types and dates everything.

`compile_modules` never raises for an author's mistake. With errors the program is still
returned, so that the rest can be checked; a program with errors must not be evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import date

from longarm_dsl.core import ast
from longarm_dsl.core.case_facts import facts_of
from longarm_dsl.core.codes import parse_code
from longarm_dsl.core.dating import Dating
from longarm_dsl.core.digest import digest_of, packs_of
from longarm_dsl.core.effect_words import words_of
from longarm_dsl.core.events import EventReader
from longarm_dsl.core.expectations import ExpectationReader
from longarm_dsl.core.expressions import TRANSACTION_ROOT, Typer, Vocabulary
from longarm_dsl.core.linking import Context, Declared, Linker, link
from longarm_dsl.core.numbers import Interval, between
from longarm_dsl.core.openings import MOST_LEVELS, circle, too_deep
from longarm_dsl.core.program import Case, Program, Review
from longarm_dsl.core.properties import Property
from longarm_dsl.core.property_reader import PropertyReader
from longarm_dsl.core.raw_facts import Raw
from longarm_dsl.core.rules import RuleReader
from longarm_dsl.core.sources import Module, Sources, clauses_of
from longarm_dsl.core.tables import INSTRUMENT, TableReader, read_workdays
from longarm_dsl.core.types import (
    BROKEN,
    CODE_SET,
    CODES,
    DATE,
    FLAG,
    PLACE,
    PLACES,
    POSTURE,
    TEXT,
    DatesType,
    EnumType,
    ListType,
    NumberType,
    RatesType,
    RecordType,
    SetType,
    Type,
)
from longarm_dsl.core.units import MONEY, NUMBER, parse_unit
from longarm_dsl.core.windows import day_of, days_of
from longarm_dsl.core.workdays import Calendar
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, error, in_order, remark
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface


def compile_modules(
    modules: Iterable[Module],
) -> tuple[Program, Sources, tuple[Diagnostic, ...]]:
    """Resolve, type and date a set of files; order of the files does not matter."""
    ordered = tuple(sorted(modules, key=lambda m: m.name))
    linker = link(ordered)
    reader = _Reader(linker)
    program, sources = reader.read(ordered)
    return program, sources, in_order(_own(ordered, (*linker.found, *reader.found)))


_FOLLOWING = frozenset(("unknown-name", "unknown-target", "claim-without-rule", "unknown-module"))


def _own(modules: tuple[Module, ...], found: tuple[Diagnostic, ...]) -> Iterable[Diagnostic]:
    """Findings that are not the mere consequence of text that could not be read.

    What a lost declaration seems to have declared is not unknown, and a declaration that
    lost a clause does not lack it: the syntax error has been reported.
    """
    lost = {
        decl.name
        for module in modules
        for decl in module.file.decls
        if isinstance(decl, surface.ErrorDecl) and decl.name is not None
    }
    damaged = {
        (module.source.name, decl.span.start, decl.span.end)
        for module in modules
        for decl in module.file.decls
        if decl.span.start in module.file.damaged
    }
    for diagnostic in found:
        span = diagnostic.primary.span
        if diagnostic.name in _FOLLOWING and span.text.rsplit(".", 1)[-1] in lost:
            continue
        if diagnostic.name == "missing-clause" and any(
            name == span.source.name and start <= span.start < end for name, start, end in damaged
        ):
            continue
        yield diagnostic


_BASIC: dict[str, Type] = {
    "flag": FLAG,
    "text": TEXT,
    "date": DATE,
    "time": TEXT,
    "country": PLACE,
    "countries": PLACES,
    "number": NumberType(NUMBER),
    "percent": NumberType(NUMBER),
    "money": NumberType(MONEY),
    "codes": CODES,
    "posture": POSTURE,
    "dates": DatesType(),
    "rates": RatesType(),
}


@dataclass(slots=True)
class _Reader:
    linker: Linker
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    lets: dict[str, ast.Let] = field(default_factory=dict[str, ast.Let])
    pending: set[str] = field(default_factory=set[str])
    values: dict[str, ast.Value] = field(default_factory=dict[str, ast.Value])
    statuses: dict[str, ast.Status] = field(default_factory=dict[str, ast.Status])
    vocabulary: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        self.vocabulary = Vocabulary(self.linker)
        self.vocabulary.let_type = lambda id_: self._let(id_).type
        self.vocabulary.let_subjects = self._subjects
        self.vocabulary.value_type = lambda id_: self._value(id_).type
        self.vocabulary.status_subjects = lambda id_: self.statuses[id_].subjects

    # ── the whole ────────────────────────────────────────────────────────────

    def read(self, modules: tuple[Module, ...]) -> tuple[Program, Sources]:
        """Everything, in an order in which nothing is needed before it is there."""
        self._vocabulary()
        self._statuses()
        rules = RuleReader(self.linker, self.vocabulary, self.found)
        self.vocabulary.rule_set = rules.rule_set
        cites = self._cites()
        instruments = {
            d.id: self._instrument(d, rules, cites.get(d.id, ())) for d in self._all("instrument")
        }
        for declared in self._all("let"):
            self._let(declared.id)
        for declared in self._all("param", "codes", "countries"):
            self._value(declared.id)
        readings = {d.id: self._reading(d) for d in self._all("reading")}
        tables = TableReader(self.linker, self.vocabulary, self.found, self.type_of).read()
        read_rules = {d.id: rules.rule(d, instruments) for d in self._all("rule")}
        entries = {d.id: self._entry(d, rules) for d in self._all("entry")}
        dated = Dating(self.linker, self.found, EventReader(rules)).read(
            instruments,
            tables,
            [*read_rules.values(), *entries.values(), *self.values.values(), *self.lets.values()],
        )
        program = Program(
            packs=packs_of(modules),
            digest=digest_of(modules, tables),
            records=self.vocabulary.records,
            enums=self.vocabulary.enums,
            units=self.vocabulary.units,
            instruments=instruments,
            rules=read_rules,
            entries=entries,
            lets=dict(sorted(self.lets.items())),
            values=dict(sorted(self.values.items())),
            readings=readings,
            statuses=self.statuses,
            tables=tables,
            aliases=self._aliases(),
            calendars=self._calendars(),
            amendments=dated.amendments,
            law=dated.law,
            event_spans=dated.spans,
            event_notes=dated.notes,
        )
        cases = tuple(self._cases(rules, program))
        return program, Sources(modules, cases, tuple(self._properties(rules, program)))

    def _all(self, *kinds: str) -> tuple[Declared, ...]:
        return tuple(d for _, d in sorted(self.linker.by_id.items()) if d.kind in kinds)

    def _typer(self, context: Context, *, facts: bool = True) -> Typer:
        root = TRANSACTION_ROOT if facts else None
        return Typer(self.vocabulary, context, self.found, root)

    # ── vocabulary ───────────────────────────────────────────────────────────

    def type_of(self, node: surface.TypeExpr, context: Context, *, table: bool = False) -> Type:
        """A type as written; in a table `codes` is a set of codes, `instrument` a name."""
        match node:
            case surface.TypeSet((single,)):
                return SetType(self.type_of(single, context, table=table))
            case surface.TypeSet(items):
                words = tuple(i.text for i in items if isinstance(i, surface.TypeName))
                return SetType(EnumType("word", words))
            case surface.TypeList(item):
                return ListType(self.type_of(item, context, table=table))
            case surface.TypeName(text):
                return self._named_type(text, node.span, context, table=table)

    def _named_type(self, text: str, span: Span, context: Context, *, table: bool) -> Type:
        if table and text == "codes":
            return CODE_SET
        if table and text == INSTRUMENT:
            return TEXT
        basic = _BASIC.get(text)
        if basic is not None:
            return basic
        if text in self.vocabulary.records:
            return RecordType(text)
        enum = self.vocabulary.enums.get(text)
        if enum is not None:
            return enum
        unit = parse_unit(text, self.vocabulary.units)
        if unit is not None:
            return NumberType(unit.dimension)
        known = (*_BASIC, *self.vocabulary.records, *self.vocabulary.enums)
        self.found.append(
            error(
                "unknown-name",
                f"there is no type `{text}`",
                span,
                help=did_you_mean(text, known) or "declare it with `record`, `enum` or `unit`",
                note=context.instrument,
            )
        )
        return BROKEN

    def _vocabulary(self) -> None:
        v = self.vocabulary
        v.units = frozenset(d.id.removeprefix("unit ") for d in self._all("unit"))
        for declared in self._all("enum"):
            decl = declared.decl
            assert isinstance(decl, surface.EnumDecl)  # noqa: S101  INVARIANT: kind enum
            name = decl.name.text
            v.enums[name] = EnumType(name, tuple(x.text for x in decl.values), decl.ordered)
        if "posture" not in v.enums:
            v.enums["posture"] = POSTURE
        decls: list[tuple[surface.RecordDecl, Context]] = []
        for declared in self._all("record"):
            decl = declared.decl
            assert isinstance(decl, surface.RecordDecl)  # noqa: S101  INVARIANT: kind record
            v.records[decl.name.text] = ast.Record(decl.name.text, {}, decl.doc, span=decl.span)
            decls.append((decl, declared.context))
        for decl, context in decls:
            fields = v.records[decl.name.text].fields
            for f in decl.fields:
                if f.name.text in fields:
                    self.found.append(
                        error(
                            "duplicate-name",
                            f"the field `{f.name.text}` is declared twice",
                            f.name.span,
                            help="give one of them another name",
                        )
                    )
                    continue
                fields[f.name.text] = self._field(f, context)
        for declared in self._all("table"):
            decl = declared.decl
            assert isinstance(decl, surface.TableDecl)  # noqa: S101  INVARIANT: kind table
            v.columns[declared.id] = {
                c.name.text: self.type_of(c.type, declared.context, table=True)
                for c in decl.columns
            }
        for declared in self._all("reading"):
            decl = declared.decl
            assert isinstance(decl, surface.ReadingDecl)  # noqa: S101  INVARIANT: kind reading
            v.readings[declared.id] = EnumType(decl.name.text, tuple(x.text for x in decl.values))

    def _field(self, f: surface.FieldDecl, context: Context) -> ast.FieldInfo:
        kind = self.type_of(f.type, context)
        presumed: ast.Literal | None = None
        if f.presumed is not None:
            made = self._typer(context, facts=False).typed(f.presumed, {}, kind)
            if isinstance(made, ast.Literal):
                presumed = made
        return ast.FieldInfo(
            f.name.text,
            kind,
            self._range(f, kind, context),
            presumed,
            f.judged,
            f.about.value if f.about else None,
            span=f.span,
        )

    def _range(self, f: surface.FieldDecl, kind: Type, context: Context) -> Interval | None:
        if not isinstance(kind, NumberType):
            if f.range is not None or f.bound is not None:
                self.found.append(
                    error(
                        "type-mismatch",
                        "only a number has a range",
                        f.name.span,
                        help="remove the range",
                    )
                )
            return None
        dimension = kind.dimension
        typer = self._typer(context, facts=False)

        def bound(node: surface.Expr) -> Interval | None:
            made = typer.expr(node, {}, kind)
            if isinstance(made, ast.Literal) and isinstance(made.value, Interval):
                return made.value
            return None

        if f.range is not None:
            low, high = bound(f.range[0]), bound(f.range[1])
            if low and high and low.low is not None and high.high is not None:
                if low.low <= high.high:
                    return between(low.low, high.high, dimension)
                self.found.append(
                    error(
                        "excluded-by-range",
                        "the range is empty",
                        f.name.span,
                        help="write the smaller bound first",
                    )
                )
            return None
        if f.bound is not None:
            limit = bound(f.bound[1])
            if limit is None:
                return None
            sign = f.bound[0]
            if sign in {">", ">="}:
                return between(limit.low, None, dimension, low_closed=sign == ">=")
            if sign in {"<", "<="}:
                return between(None, limit.low, dimension, high_closed=sign == "<=")
        # Amounts of money are not negative unless the vocabulary says so.
        return between(0, None, dimension) if dimension.kind == "money" else None

    def _statuses(self) -> None:
        for declared in self._all("status"):
            decl = declared.decl
            assert isinstance(decl, surface.StatusDecl)  # noqa: S101  INVARIANT: kind status
            gap = next(
                (
                    c.text.value
                    for c in decl.clauses
                    if isinstance(c, surface.TextClause) and c.keyword == "not modelled"
                ),
                None,
            )
            self.statuses[declared.id] = ast.Status(
                declared.id,
                declared.context.regime or declared.id.split(".", 1)[0],
                self._typed_subjects(decl.params, declared.context),
                decl.title.value if decl.title else None,
                gap,
                span=decl.span,
            )

    def _typed_subjects(
        self, params: tuple[surface.Typed, ...], context: Context
    ) -> tuple[ast.Subject, ...]:
        # A subject of type `codes` is a set that the law writes out, as in a table.
        return tuple(
            ast.Subject(p.name.text, self.type_of(p.type, context, table=True)) for p in params
        )

    # ── definitions ──────────────────────────────────────────────────────────

    def _subjects(self, id_: str) -> tuple[ast.Subject, ...]:
        declared = self.linker.by_id[id_]
        assert isinstance(declared.decl, surface.LetDecl)  # noqa: S101  INVARIANT: kind let
        return self._typed_subjects(declared.decl.params, declared.context)

    def _leads_back(self, declared: Declared) -> bool:
        """Whether a definition is being read already, or too many are; reported either way."""
        if declared.id in self.pending:
            self.found.append(circle(declared.id, declared.span, declared.context.instrument))
            return True
        if len(self.pending) >= MOST_LEVELS:
            instrument = declared.context.instrument
            self.found.append(too_deep(declared.id, declared.span, instrument))
            return True
        return False

    def _let(self, id_: str) -> ast.Let:
        if id_ in self.lets:
            return self.lets[id_]
        declared = self.linker.by_id[id_]
        decl = declared.decl
        assert isinstance(decl, surface.LetDecl)  # noqa: S101  INVARIANT: kind let
        if self._leads_back(declared):
            return ast.Let(id_, (), ast.Broken(BROKEN), BROKEN, None, span=decl.span)
        self.pending.add(id_)
        subjects = self._subjects(id_)
        typer = self._typer(declared.context)
        wanted = self.type_of(decl.type, declared.context) if decl.type else None
        scope = {s.name: s.type for s in subjects}
        value = (
            typer.typed(decl.value, scope, wanted)
            if wanted is not None
            else typer.expr(decl.value, scope)
        )
        self.pending.discard(id_)
        made = ast.Let(
            id_,
            subjects,
            value,
            value.type,
            declared.context.instrument,
            decl.doc or (decl.about.value if decl.about else None),
            span=decl.span,
        )
        self.lets[id_] = made
        return made

    def _value(self, id_: str) -> ast.Value:
        if id_ in self.values:
            return self.values[id_]
        declared = self.linker.by_id[id_]
        decl = declared.decl
        typer = self._typer(declared.context, facts=False)
        if self._leads_back(declared):
            return ast.Value(id_, declared.kind, ast.Broken(BROKEN), BROKEN, None)
        self.pending.add(id_)
        match decl:
            case surface.ParamDecl():
                wanted = self.type_of(decl.type, declared.context)
                value = typer.typed(decl.value, {}, wanted)
            case surface.SetDecl(keyword):
                wanted = CODE_SET if keyword == "codes" else PLACES
                value = typer.typed(decl.value, {}, wanted)
            case _:
                wanted, value = BROKEN, ast.Broken(BROKEN)
        self.pending.discard(id_)
        cite = next(
            (
                typer.expr(c.value, {}, TEXT)
                for c in getattr(decl, "clauses", ())
                if isinstance(c, surface.Cite)
            ),
            None,
        )
        made = ast.Value(
            id_,
            declared.kind,
            value,
            wanted,
            declared.context.instrument,
            cite,
            span=declared.span,
        )
        self.values[id_] = made
        return made

    def _reading(self, declared: Declared) -> ast.Reading:
        decl = declared.decl
        assert isinstance(decl, surface.ReadingDecl)  # noqa: S101  INVARIANT: kind reading
        enum = self.vocabulary.readings[declared.id]
        prefers: str | None = None
        open_: str | None = None
        cite: ast.Expr | None = None
        for clause in decl.clauses:
            match clause:
                case surface.WordClause("prefers", word):
                    if word.text in enum.values:
                        prefers = word.text
                    else:
                        self.found.append(
                            error(
                                "unknown-enum-value",
                                f"`{word.text}` is not one of the readings",
                                word.span,
                                help=did_you_mean(word.text, enum.values),
                            )
                        )
                case surface.TextClause("open", text):
                    open_ = text.value
                case surface.Cite(value):
                    cite = self._typer(declared.context, facts=False).expr(value, {}, TEXT)
                case _:
                    pass
        return ast.Reading(declared.id, enum, prefers, open_, cite, span=decl.span)

    def _entry(self, declared: Declared, rules: RuleReader) -> ast.Entry:
        decl = declared.decl
        assert isinstance(decl, surface.EntryDecl)  # noqa: S101  INVARIANT: kind entry
        code = parse_code(decl.code.value)
        if code is None:
            self.found.append(
                error(
                    "unknown-code",
                    f"`{decl.code.value}` is not a code with its system",
                    decl.code.span,
                    help='write the system first: `"CN:3A001"`',
                )
            )
            code = parse_code("CN:none")
            assert code is not None  # noqa: S101  INVARIANT: a code by itself
        when: ast.Expr | None = None
        zh: str | None = None
        for clause in decl.clauses:
            match clause:
                case surface.ExprClause("when", value):
                    when = rules.entry_condition(value, declared.context)
                case surface.TextClause("zh", text):
                    zh = text.value
                case _:
                    pass
        return ast.Entry(
            declared.id,
            code,
            decl.title.value,
            declared.context.instrument or "",
            when,
            rules.cite(decl.clauses, declared.context, {}),
            zh,
            rules.added_by(decl.clauses, declared.context),
            span=decl.span,
        )

    # ── instruments ──────────────────────────────────────────────────────────

    def _instrument(
        self, declared: Declared, rules: RuleReader, cites: tuple[str, ...]
    ) -> ast.Instrument:
        decl = declared.decl
        assert isinstance(decl, surface.Instrument)  # noqa: S101  INVARIANT: kind instrument
        context = declared.context
        words: dict[str, str] = {}
        texts: dict[str, str] = {}
        dates: dict[str, date] = {}
        proposed = False
        under: str | None = None
        binds: ast.Expr | None = None
        source: str | None = None
        grade: str | None = None
        provisions: list[str] = []
        claims: list[ast.Claim] = []
        for clause in decl.clauses:
            match clause:
                case surface.WordClause("state", _):
                    proposed = True
                case surface.WordClause(keyword, word):
                    words[keyword] = word.text
                case surface.TextClause(keyword, text):
                    texts[keyword] = text.value
                case surface.DateClause(keyword, day):
                    dates[keyword] = day_of(day)
                case surface.Under(target, _):
                    found = self.linker.find(target.text, context, "instrument")
                    if found is None:
                        self.found.append(
                            remark(
                                "mirror-absent",
                                f"no instrument `{target.text}` is in a loaded pack",
                                target.span,
                                help="load the pack that holds it",
                                note=context.instrument,
                            )
                        )
                    under = found.id if found else target.text
                case surface.ExprClause("binds", value):
                    binds = self._typer(context).flag(value, {})
                case surface.SourceClause(text, word):
                    source, grade = text.value, word.text if word else None
                case surface.Provisions(items):
                    provisions.extend(p for item in items for p in spread(item))
                case surface.Covers(items, claim, by, why):
                    claims.append(
                        ast.Claim(
                            tuple(p for item in items for p in spread(item)),
                            claim,
                            tuple(rules.claimed(path, context) for path in by),
                            why.value if why else None,
                            span=clause.span,
                        )
                    )
                case _:
                    pass
        for needed in ("regime", "issued"):
            if needed not in words and needed not in dates:
                self.found.append(
                    error(
                        "missing-clause",
                        f"the instrument has no `{needed}` clause",
                        decl.name.span,
                        help=f"add `{needed} " + ("cn`" if needed == "regime" else "2025-10-09`"),
                    )
                )
        return ast.Instrument(
            declared.id,
            decl.name.text,
            decl.title.value,
            texts.get("zh"),
            context.regime or "",
            words.get("authority"),
            dates.get("issued", date(1970, 1, 1)),
            dates.get("verified"),
            proposed,
            texts.get("zone", ""),
            words.get("calendar"),
            under,
            binds,
            source,
            grade,
            tuple(provisions),
            tuple(claims),
            decl.doc,
            cites,
            span=decl.name.span,
        )

    def _cites(self) -> dict[str, tuple[str, ...]]:
        """What the declarations of each instrument cite, in order of appearance."""
        found: dict[str, list[str]] = {}
        for decl, context in self.linker.contexts:
            for clause in clauses_of(decl):
                if isinstance(clause, surface.Cite) and isinstance(clause.value, surface.StringLit):
                    found.setdefault(context.instrument or "", []).append(clause.value.value)
        return {instrument: tuple(texts) for instrument, texts in found.items()}

    # ── the rest ─────────────────────────────────────────────────────────────

    def _aliases(self) -> tuple[ast.Alias, ...]:
        aliases: list[ast.Alias] = []
        for decl, context in self.linker.contexts:
            if not isinstance(decl, surface.AliasDecl):
                continue
            start, end = days_of(decl.window, self.found)
            issued = None
            if context.instrument is not None:
                instrument = self.linker.by_id[context.instrument].decl
                assert isinstance(instrument, surface.Instrument)  # noqa: S101  INVARIANT
                issued = next(
                    (
                        day_of(c.date)
                        for c in instrument.clauses
                        if isinstance(c, surface.DateClause) and c.keyword == "issued"
                    ),
                    None,
                )
            aliases.append(
                ast.Alias(context.regime, decl.place.text, decl.reads_as.text, issued, start, end)
            )
        return tuple(aliases)

    def _calendars(self) -> dict[str, Calendar]:
        calendars: dict[str, Calendar] = {}
        for declared in self._all("workdays"):
            decl = declared.decl
            assert isinstance(decl, surface.WorkdaysDecl)  # noqa: S101  INVARIANT
            made = read_workdays(decl, declared.context, self.found)
            if made is not None:
                calendars[decl.name.text] = made
        return calendars

    def _properties(self, rules: RuleReader, program: Program) -> Iterable[Property]:
        for decl, context in self.linker.contexts:
            if isinstance(decl, surface.PropertyDecl):
                typer = self._typer(context, facts=False)
                made = PropertyReader(program, rules, typer, self.found).read(decl)
                if made is not None:
                    yield made

    def _cases(self, rules: RuleReader, program: Program) -> Iterable[Case]:
        expecting = ExpectationReader(rules, words_of(program))
        facts: dict[str, dict[int, Raw | None]] = {}
        for decl, context in self.linker.contexts:
            if not isinstance(decl, surface.CaseDecl):
                continue
            name = context.module.name
            if name not in facts:
                facts[name] = facts_of(context.module.file, self.found)
            cite = rules.cite(decl.clauses, context, {})
            yield Case(
                decl.title.value,
                name,
                decl.on.date.text if decl.on else None,
                decl.known.date.text if decl.known else None,
                decl.assume_closed,
                facts[name][decl.span.start],
                tuple(e for x in decl.expects for e in expecting.expectations(x, context)),
                cite.text if isinstance(cite, ast.Literal) else None,
                tuple(dict.fromkeys(e.regime.text for e in decl.expects)),
                decl.span,
                _review(decl.review),
            )


def _review(node: surface.Review | None) -> Review | None:
    if node is None:
        return None
    day, by = node.day, node.by
    return Review(day.text if day else None, by.value if by else None)


def spread(item: surface.Provision) -> tuple[str, ...]:
    """`"item 2" to "item 8"` as eight provisions minus the first: every number between."""
    if item.last is None:
        return (item.first.value,)
    first, last = item.first.value, item.last.value
    head = first.rstrip("0123456789")
    low, high = first[len(head) :], last[len(head) :]
    if last.startswith(head) and low.isdigit() and high.isdigit() and len(high) < 5:  # noqa: PLR2004  provisions
        return tuple(f"{head}{n}" for n in range(int(low), int(high) + 1))
    return (first, last)
