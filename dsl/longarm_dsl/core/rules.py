"""Rules, their effects, and the sets of rules that others name."""

from __future__ import annotations

from dataclasses import field, replace

from longarm_dsl.core import ast
from longarm_dsl.core.codes import parse_code
from longarm_dsl.core.expressions import ITEM_ROOT, Typer, Vocabulary
from longarm_dsl.core.linking import Context, Declared, Linker
from longarm_dsl.core.types import (
    BROKEN,
    FORMS,
    POSTURE,
    TEXT,
    NumberType,
    RecordType,
    Type,
    item_of,
)
from longarm_dsl.core.units import MONEY
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, error, remark
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface

Scope = dict[str, Type]


@dataclass(slots=True)
class RuleReader:
    """Reads rules and what names them."""

    linker: Linker
    vocabulary: Vocabulary
    found: list[Diagnostic]
    establishing: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    licensing: set[str] = field(default_factory=set[str])
    regimes: set[str] = field(default_factory=set[str])
    governed: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """License rules of an instrument, one tuple for all of its reviews: there may be thousands."""

    def __post_init__(self) -> None:
        """Index which rules establish which status and which require a license."""
        for declared in sorted(self.linker.by_id.values(), key=lambda d: d.id):
            if declared.context.regime is not None:
                self.regimes.add(declared.context.regime)
            if not isinstance(declared.decl, surface.RuleDecl):
                continue
            for clause in declared.decl.clauses:
                if not isinstance(clause, surface.Then):
                    continue
                if isinstance(clause.effect, surface.RequiresLicense):
                    self.licensing.add(declared.id)
                if isinstance(clause.effect, surface.Establishes):
                    status = self._status_of(clause.effect.status, declared.context)
                    if status is not None:
                        self.establishing.setdefault(status, []).append(declared.id)

    def typer(self, context: Context) -> Typer:
        """A typer for expressions of a declaration."""
        return Typer(self.vocabulary, context, self.found)

    def _status_of(self, node: surface.Expr, context: Context) -> str | None:
        match node:
            case surface.Call(function):
                return self._status_of(function, context)
            case surface.Name(text):
                found = self.linker.find(text, context, "status")
            case surface.Attr():
                text = node.span.text
                found = self.linker.find(text, context, "status")
            case _:
                return None
        return found.id if found is not None else None

    # ── rule sets ────────────────────────────────────────────────────────────

    def rule_set(self, node: surface.RuleSet, context: Context) -> ast.RuleSet:
        """The rules that a set names; unknown names are findings."""
        included = [r for path in node.include for r in self._rules(path, context)]
        excluded = {r for path in node.exclude for r in self._rules(path, context)}
        kept = tuple(dict.fromkeys(r for r in included if r not in excluded))
        return ast.RuleSet(kept, node.span.text, span=node.span)

    def _rules(self, path: surface.Path, context: Context) -> tuple[str, ...]:
        found = self.linker.find(path.text, context, "rule", "instrument", "status")
        if found is None and path.text in self.regimes:
            return tuple(
                r
                for i, rules in sorted(self.linker.members.items())
                if i.startswith(f"{path.text}.")
                for r in rules
            )
        if found is None:
            self.found.append(self.linker.unknown(path.text, path.span, context, "rule"))
            return ()
        match found.kind:
            case "instrument":
                return tuple(self.linker.members.get(found.id, ()))
            case "status":
                return tuple(self.establishing.get(found.id, ()))
            case _:
                return (found.id,)

    def claimed(self, path: surface.Path, context: Context) -> str:
        """The rule (or clause keyword) that a `covers … by` names."""
        if path.text in {"effective", "binds", "issued"}:
            return path.text
        found = self.linker.find(path.text, context)
        if found is None:
            self.found.append(
                error(
                    "claim-without-rule",
                    f"nothing here is called `{path.text}`",
                    path.span,
                    help=did_you_mean(
                        path.text,
                        [
                            r.rsplit(".", 1)[-1]
                            for r in self.linker.members.get(context.instrument or "", ())
                        ],
                    )
                    or "name a rule of the instrument",
                    note=context.instrument,
                )
            )
            return path.text
        return found.id

    # ── rules ────────────────────────────────────────────────────────────────

    def rule(self, declared: Declared, instruments: dict[str, ast.Instrument]) -> ast.Rule:
        """One rule, with its instrument's `binds` where it has none of its own."""
        decl = declared.decl
        assert isinstance(decl, surface.RuleDecl)  # noqa: S101  INVARIANT: kind rule
        context = declared.context
        if context.instrument is None:
            self.found.append(
                error(
                    "missing-clause",
                    "a rule must belong to an instrument",
                    decl.name.span,
                    help="put an `instrument` before it",
                )
            )
        instrument = instruments.get(context.instrument or "")
        clauses, notes, source = self.clauses(decl.clauses, context, declared.id, ())
        clauses = replace(
            clauses,
            title=decl.title.value if decl.title else clauses.title,
            each=clauses.each or (),
            effects=clauses.effects or (),
            mirrors=clauses.mirrors or (),
            binds=clauses.binds or (instrument.binds if instrument else None),
        )
        if not clauses.effects:
            self.found.append(
                error(
                    "missing-clause",
                    "the rule has no effect",
                    decl.name.span,
                    help="add a `then` clause",
                    note=context.instrument,
                )
            )
        return ast.Rule(
            declared.id,
            decl.name.text,
            context.instrument or "",
            context.regime or "",
            clauses,
            notes,
            source[0] if source[0] is not None else instrument.source if instrument else None,
            source[1] if source[1] is not None else instrument.grade if instrument else None,
            decl.doc,
            self.added_by(decl.clauses, context),
            span=decl.span,
            name_span=decl.name.span,
        )

    def clauses(
        self,
        nodes: tuple[surface.Clause, ...],
        context: Context,
        rule: str,
        inherited: tuple[ast.Generator, ...],
    ) -> tuple[ast.Clauses, tuple[str, ...], tuple[str | None, str | None]]:
        """Clauses of a rule or amendment; `inherited` is the family of the amended rule."""
        typer = self.typer(context)
        each: tuple[ast.Generator, ...] | None = None
        scope: Scope = {g.var: element_type(g.domain) for g in inherited}
        for node in nodes:
            if isinstance(node, surface.ForEach):
                scope = {}
                made: list[ast.Generator] = []
                for g in node.generators:
                    domain = typer.expr(g.domain, scope)
                    if g.var.text in scope:
                        self.found.append(
                            error(
                                "duplicate-name",
                                f"`{g.var.text}` goes through two lists",
                                g.var.span,
                                help="name the second variable differently",
                            )
                        )
                    element = element_type(domain)
                    if element == BROKEN and domain.type != BROKEN:
                        self.found.append(
                            error(
                                "type-mismatch",
                                "this has no elements to go through",
                                g.domain.span,
                                note=context.instrument,
                            )
                        )
                    scope[g.var.text] = element
                    made.append(ast.Generator(g.var.text, domain))
                each = tuple(made)
        zh = basis = source = grade = None
        cite: ast.Expr | None = None
        binds: ast.Expr | None = None
        when: ast.Expr | None = None
        effects: list[ast.Effect] = []
        mirrors: list[str] = []
        notes: list[str] = []
        for node in nodes:
            match node:
                case surface.TextClause("zh", text):
                    zh = text.value
                case surface.TextClause("note", text):
                    notes.append(text.value)
                case surface.WordClause("basis", word):
                    basis = word.text
                case surface.SourceClause(text, word):
                    source, grade = text.value, word.text if word else None
                case surface.Cite(value):
                    cite = typer.typed(value, scope, TEXT)
                case surface.ExprClause("binds", value):
                    binds = typer.flag(value, scope)
                case surface.ExprClause("when", value):
                    when = typer.flag(value, scope)
                case surface.Then():
                    effects.append(self._effect(node, typer, scope, context, rule))
                case surface.Mirrors(targets):
                    mirrors.extend(self._mirror(t, context) for t in targets)
                case _:
                    pass
        return (
            ast.Clauses(
                None,
                zh,
                cite,
                basis,
                each,
                binds,
                when,
                tuple(effects) or None,
                tuple(mirrors) or None,
            ),
            tuple(notes),
            (source, grade),
        )

    def _mirror(self, path: surface.Path, context: Context) -> str:
        found = self.linker.find(path.text, context, "rule", "instrument")
        if found is None:
            self.found.append(
                remark(
                    "mirror-absent",
                    f"`{path.text}` is in no loaded pack",
                    path.span,
                    help="load the pack, or mend the name",
                    note=context.instrument,
                )
            )
        return found.id if found else path.text

    def added_by(self, nodes: tuple[surface.Clause, ...], context: Context) -> str | None:
        """The instrument that put a rule or entry into the text where it stands."""
        for node in nodes:
            if not isinstance(node, surface.AddedBy):
                continue
            found = self.linker.find(node.target.text, context, "instrument")
            if found is not None:
                return found.id
            self.found.append(
                error(
                    "unknown-target",
                    f"there is no instrument `{node.target.text}`",
                    node.target.span,
                    help="name the instrument that put this into the text",
                    note=context.instrument,
                )
            )
        return None

    def cite(
        self, nodes: tuple[surface.Clause, ...], context: Context, scope: Scope
    ) -> ast.Expr | None:
        """The `cite` clause among some clauses."""
        for node in nodes:
            if isinstance(node, surface.Cite):
                return self.typer(context).typed(node.value, scope, TEXT)
        return None

    def entry_condition(self, node: surface.Expr, context: Context) -> ast.Expr:
        """The condition of an entry: its bare words are properties of the item."""
        typer = Typer(self.vocabulary, context, self.found, ITEM_ROOT)
        return typer.flag(node, {ITEM_ROOT.name: ITEM_ROOT.type})

    # ── effects ──────────────────────────────────────────────────────────────

    def _effect(
        self, node: surface.Then, typer: Typer, scope: Scope, context: Context, rule: str
    ) -> ast.Effect:
        made = self._kind(node.effect, typer, scope, context, rule)
        return ast.Effect(
            made,
            node.phrase.value if node.phrase else None,
            tuple(u.text for u in node.upon),
            span=node.span,
        )

    def _kind(
        self, node: surface.Effect, typer: Typer, scope: Scope, context: Context, rule: str
    ) -> ast.EffectKind:
        match node:
            case surface.RequiresLicense(authority):
                return ast.RequiresLicense(authority.text)
            case surface.RequiresReport(authority, timing):
                return ast.RequiresReport(authority.text, _timings(timing))
            case surface.Prohibits(approval):
                return ast.Prohibits(approval.text if approval else None)
            case surface.Reviews(posture, of):
                return ast.Reviews(
                    typer.typed(posture, scope, POSTURE), self._governed(of, context, node.span)
                )
            case surface.Limits(forms, of):
                for form in forms:
                    if form.text not in FORMS:
                        self.found.append(
                            error(
                                "unknown-enum-value",
                                f"`{form.text}` is not a form of license",
                                form.span,
                                help=did_you_mean(form.text, FORMS)
                                or "it can be " + ", ".join(f"`{f}`" for f in FORMS),
                            )
                        )
                return ast.Limits(
                    tuple(f.text for f in forms), self._governed(of, context, node.span)
                )
            case surface.Defeats(rules, where):
                targets = self.rule_set(rules, context)
                if rule in targets.rules:
                    self.found.append(
                        error(
                            "self-defeating-set",
                            "the rule is in the set that it defeats",
                            rules.span,
                            help="take it out with `except`",
                            note=context.instrument,
                        )
                    )
                other = [r for r in targets.rules if r.split(".", 1)[0] != context.regime]
                if other:
                    self.found.append(
                        error(
                            "unknown-target",
                            f"`{other[0]}` belongs to another regime",
                            rules.span,
                            help="a rule defeats rules of its own regime only",
                            note=context.instrument,
                        )
                    )
                inner = {**scope, **self._family_scope(targets)}
                return ast.Defeats(targets, typer.flag(where, inner) if where else None)
            case surface.Establishes(status):
                test = typer.flag(status, scope)
                if isinstance(test, ast.StatusTest):
                    return ast.Establishes(test.status, test.args)
                if not isinstance(test, ast.Broken):
                    self.found.append(
                        error(
                            "type-mismatch",
                            "`establishes` names a status",
                            status.span,
                            help="declare it with `status`",
                            note=context.instrument,
                        )
                    )
                return ast.Establishes("", ())
            case surface.Classifies(subject, code):
                item = typer.typed(subject, scope, RecordType("Item"))
                parsed = parse_code(code.value) if isinstance(code, surface.StringLit) else None
                if parsed is None:
                    self.found.append(
                        error(
                            "unknown-code",
                            "a code with its system is expected here",
                            code.span,
                            help='write `"US:3A090.a"`',
                            note=context.instrument,
                        )
                    )
                    parsed = parse_code("US:none")
                    assert parsed is not None  # noqa: S101  INVARIANT: a code by itself
                return ast.Classifies(item, parsed)
            case surface.Obliges(duties, to, timing, condition):
                return ast.Obliges(
                    tuple(d.text for d in duties),
                    tuple(t.text for t in to),
                    _timings(timing),
                    typer.flag(condition, scope) if condition else None,
                )
            case surface.Flags(flag):
                return ast.Flags(flag.text)
            case surface.Charges(name, amount):
                return ast.Charges(name.text, typer.typed(amount, scope, NumberType(MONEY)))
            case surface.Exposes(penalty, low, high):
                return ast.Exposes(
                    penalty.text,
                    typer.typed(low, scope, NumberType(MONEY)) if low else None,
                    typer.typed(high, scope, NumberType(MONEY)) if high else None,
                )

    def _family_scope(self, targets: ast.RuleSet) -> Scope:
        """Variables of the families that a set names, for `defeats … where`."""
        scope: Scope = {}
        for id_ in targets.rules:
            declared = self.linker.by_id[id_]
            if not isinstance(declared.decl, surface.RuleDecl):
                continue
            quiet = Typer(self.vocabulary, declared.context, [])
            local: Scope = {}
            for clause in declared.decl.clauses:
                if isinstance(clause, surface.ForEach):
                    for g in clause.generators:
                        domain = quiet.expr(g.domain, local)
                        local[g.var.text] = element_type(domain)
            scope.update(local)
        return scope

    def _governed(self, of: surface.RuleSet | None, context: Context, span: Span) -> ast.RuleSet:
        """License rules that a review or limit governs; by default its own instrument's."""
        if of is not None:
            named = self.rule_set(of, context)
            text, rules = named.text, tuple(r for r in named.rules if r in self.licensing)
        else:
            text, rules = "", self._licenses_of(context.instrument or "")
        if not rules:
            self.found.append(
                error(
                    "idle-review",
                    "no license requirement is there to govern",
                    span,
                    help="name it: `of mofcom_2025_18`",
                    note=context.instrument,
                )
            )
        return ast.RuleSet(rules, text, span=span)

    def _licenses_of(self, instrument: str) -> tuple[str, ...]:
        if instrument not in self.governed:
            own = self.linker.members.get(instrument, ())
            self.governed[instrument] = tuple(r for r in own if r in self.licensing)
        return self.governed[instrument]


def element_type(domain: ast.Expr) -> Type:
    """The type of what a family goes through."""
    return item_of(domain.type) or BROKEN


def _timings(nodes: tuple[surface.Timing, ...]) -> tuple[ast.Timing, ...]:
    return tuple(
        ast.Timing(
            t.kind,
            t.event.text if t.event else None,
            t.number,
            t.working,
            tuple(n.text for n in t.not_counting),
        )
        for t in nodes
    )
