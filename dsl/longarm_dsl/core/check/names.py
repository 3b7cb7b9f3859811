"""Names that readers can hardly tell apart, and names that nobody uses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from longarm_dsl.core import ast
from longarm_dsl.core.check.graph import Graph
from longarm_dsl.core.check.roots import Root, declarations, effects, nodes
from longarm_dsl.core.program import Program
from longarm_dsl.core.sources import Sources, clauses_of
from longarm_dsl.diagnostics import Diagnostic, Label, warning
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface

_CONFUSED = str.maketrans({"1": "l", "I": "l", "|": "l", "0": "O"})
"""Characters that many typefaces draw alike (Unicode Technical Standard 39, confusables)."""


def confusable_names(sources: Sources) -> Iterator[Diagnostic]:
    """Two names of one scope that differ by case, or by letters that look alike."""
    scopes: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for owner, decl in declarations(sources):
        match decl:
            case surface.RecordDecl(name):
                scopes["types"].append((name.text, name.span))
                yield from _clashes((f.name.text, f.name.span) for f in decl.fields)
            case surface.EnumDecl(name):
                scopes["types"].append((name.text, name.span))
                yield from _clashes((v.text, v.span) for v in decl.values)
            case surface.TableDecl(_, name):
                scopes[owner or decl.span.source.name].append((name.text, name.span))
                yield from _clashes((c.name.text, c.name.span) for c in decl.columns)
            case (
                surface.RuleDecl(name)
                | surface.ReadingDecl(name)
                | surface.ParamDecl(name)
                | surface.LetDecl(name)
                | surface.StatusDecl(name)
            ):
                scopes[owner or decl.span.source.name].append((name.text, name.span))
            case surface.SetDecl(_, name):
                scopes[owner or decl.span.source.name].append((name.text, name.span))
            case _:
                pass
    for names in scopes.values():
        yield from _clashes(names)


def _clashes(names: Iterable[tuple[str, Span]]) -> Iterator[Diagnostic]:
    seen: dict[str, tuple[str, Span]] = {}
    for name, span in names:
        for looks in dict.fromkeys((f"case {name.lower()}", f"shape {name.translate(_CONFUSED)}")):
            other = seen.setdefault(looks, (name, span))
            if other[0] == name:
                continue
            yield warning(
                "confusable-name",
                f"`{name}` is hard to tell from `{other[0]}`",
                span,
                secondary=(Label(other[1], "the other one"),),
                help="give one of them a name that differs in more than a letter's look",
            )
            break


# ── what nobody uses ─────────────────────────────────────────────────────────


def unused(graph: Graph, all_roots: tuple[Root, ...], sources: Sources) -> Iterator[Diagnostic]:
    """Private names of an instrument that nothing refers to.

    A dotted name, and a name of a file without an instrument, is there for others to use.
    """
    used = _used(graph.program, all_roots, sources)
    for owner, decl in declarations(sources):
        if owner is None:
            continue
        ids: tuple[str, ...]
        match decl:
            case surface.ParamDecl(name) | surface.LetDecl(name):
                text, span, ids = name.text, name.span, (f"{owner}.{name.text}",)
            case surface.SetDecl(_, name):
                text, span, ids = name.text, name.span, (f"{owner}.{name.text}",)
            case surface.ReadingDecl(name):
                text, span, ids = name.text, name.span, (f"{owner}.{name.text}",)
            case surface.StatusDecl(name):
                text, span = name.text, name.span
                ids = (f"{owner.split('.', 1)[0]}.{name.text}", name.text)
            case _:
                continue
        if "." in text or used.intersection(ids) or _is_kept(decl):
            continue
        yield warning(
            "unused-declaration",
            f"nothing refers to `{text}`",
            span,
            help="use it, or leave it out",
            note=owner,
        )


def _is_kept(decl: surface.Decl) -> bool:
    """A status that nobody can establish yet is a note to the reader."""
    return any(
        isinstance(c, surface.TextClause) and c.keyword == "not modelled" for c in clauses_of(decl)
    )


def _used(program: Program, all_roots: tuple[Root, ...], sources: Sources) -> set[str]:
    used: set[str] = set()
    exprs: list[ast.Expr] = [root.expr for root in all_roots]
    exprs += [i.binds for i in program.instruments.values() if i.binds is not None]
    exprs += [cell for t in program.tables.values() for r in t.rows for cell in r.cells.values()]
    exprs += [r.clauses.cite for r in program.rules.values() if r.clauses.cite is not None]
    for expr in exprs:
        for node in nodes(expr):
            match node:
                case ast.LetCall(id_) | ast.Named(_, id_) | ast.StatusTest(id_):
                    used.add(id_)
                case _:
                    pass
    for rule in program.rules.values():
        for effect in effects(program, rule):
            if isinstance(effect.kind, ast.Establishes):
                used.add(effect.kind.status)
    # Properties are kept as written: every word in one counts as a use.
    for prop in sources.properties:
        spoken = set(re.findall(r"[A-Za-z_]\w*", prop.span.text))
        ids = (*program.lets, *program.values, *program.readings, *program.statuses)
        used.update(i for i in ids if i.rsplit(".", 1)[-1] in spoken)
    return used


def unestablished(graph: Graph) -> Iterator[Diagnostic]:
    """A status that rules test and none establishes, with no word on why."""
    for status in graph.program.statuses.values():
        tests = graph.testing.get(status.id)
        if tests and not graph.establishing.get(status.id) and status.gap is None:
            yield warning(
                "never-true",
                f"no rule establishes `{status.id}`, so that no test of it holds",
                status.span,
                secondary=tuple(Label(use.node.span, "tested here") for _, use in tests[:3]),
                help='write the rule, or say `not modelled "why"`',
            )
