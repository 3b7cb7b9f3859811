"""Events of instruments (suspensions, repeals, amendments) as the event calculus takes them."""

from __future__ import annotations

from dataclasses import replace

from longarm_dsl.core import ast
from longarm_dsl.core import time as calendar
from longarm_dsl.core.expressions import Typer
from longarm_dsl.core.linking import Context, Declared
from longarm_dsl.core.rules import RuleReader, Scope, element_type
from longarm_dsl.core.windows import day_of, window_of
from longarm_dsl.diagnostics import error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.surface import ast as surface


@dataclass(slots=True)
class EventReader:
    """Reads events; amended clauses are read as the rule's own."""

    rules: RuleReader

    def event(
        self, declared: Declared, tables: dict[str, ast.Table]
    ) -> tuple[calendar.Event | None, ast.Amendment | None]:
        """One event, and for an amendment what it changes."""
        decl = declared.decl
        context = declared.context
        assert isinstance(decl, surface.EventDecl | surface.AmendsDecl)  # noqa: S101  INVARIANT
        noted = because = None
        for clause in decl.clauses:
            match clause:
                case surface.DateClause("noted", day):
                    noted = day_of(day)
                case surface.TextClause("because", text):
                    because = text.value
                case _:
                    pass
        paths = decl.targets if isinstance(decl, surface.EventDecl) else (decl.target,)
        targets = tuple(
            t for path in paths if (t := self._target(path, context, tables)) is not None
        )
        if not targets:
            return None, None
        window = window_of(decl.window, self.rules.found) if decl.window else calendar.Window()
        verb = decl.verb.text if isinstance(decl, surface.EventDecl) else "amends"
        event = calendar.Event(
            declared.id,
            calendar.EventKind(verb),
            context.instrument or "",
            targets,
            window,
            noted,
            because,
        )
        change = None
        if isinstance(decl, surface.AmendsDecl):
            change = self._amendment(declared, decl, targets[0])
        return event, change

    def _target(
        self, path: surface.Path, context: Context, tables: dict[str, ast.Table]
    ) -> str | None:
        found = self.rules.linker.find(
            path.text,
            context,
            "instrument",
            "rule",
            "entry",
            "param",
            "let",
            "codes",
            "countries",
            "event",
        )
        if found is not None:
            return found.id
        for table in tables.values():
            for row in table.rows:
                if row.id in {path.text, f"{context.regime}.{path.text}"}:
                    return row.id
        self.rules.found.append(
            replace(
                self.rules.linker.unknown(path.text, path.span, context, "rule or instrument"),
                name="unknown-target",
            )
        )
        return None

    def _amendment(
        self, declared: Declared, decl: surface.AmendsDecl, target: str
    ) -> ast.Amendment:
        context = declared.context
        amended = self.rules.linker.by_id.get(target)
        kinds = surface.RuleDecl | surface.LetDecl | surface.ParamDecl | surface.SetDecl
        if amended is None or not isinstance(amended.decl, kinds):
            self.rules.found.append(
                error(
                    "unknown-target",
                    f"`{decl.target.text}` cannot be amended",
                    decl.target.span,
                    help="amend a rule, a param, a definition or a set of the instrument",
                    note=context.instrument,
                )
            )
        inherited: tuple[ast.Generator, ...] = ()
        value: ast.Expr | None = None
        match amended.decl if amended is not None else None:
            case surface.RuleDecl() as rule_decl if amended is not None:
                quiet = Typer(self.rules.vocabulary, amended.context, [])
                scope: Scope = {}
                generators: list[ast.Generator] = []
                for clause in rule_decl.clauses:
                    if isinstance(clause, surface.ForEach):
                        for g in clause.generators:
                            domain = quiet.expr(g.domain, scope)
                            scope[g.var.text] = element_type(domain)
                            generators.append(ast.Generator(g.var.text, domain))
                inherited = tuple(generators)
            case surface.LetDecl() if decl.value is not None:
                subjects = self.rules.vocabulary.let_subjects(target)
                value = self.rules.typer(context).typed(
                    decl.value,
                    {s.name: s.type for s in subjects},
                    self.rules.vocabulary.let_type(target),
                )
            case surface.ParamDecl() | surface.SetDecl() if decl.value is not None:
                wanted = self.rules.vocabulary.value_type(target)
                value = Typer(self.rules.vocabulary, context, self.rules.found, None).typed(
                    decl.value, {}, wanted
                )
            case _:
                pass
        if decl.value is not None and value is None:
            self.rules.found.append(
                error(
                    "unknown-clause",
                    "only a param, a definition or a set has a value",
                    decl.value.span,
                    help="amend the clauses of the rule instead",
                    note=context.instrument,
                )
            )
        clauses, _, _ = self.rules.clauses(decl.clauses, context, target, inherited)
        return ast.Amendment(declared.id, target, clauses, value, span=decl.span)
