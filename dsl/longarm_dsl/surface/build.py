"""Parse tree of a declaration to surface nodes."""

from __future__ import annotations

from longarm_dsl.diagnostics import Diagnostic, Label, error
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast
from longarm_dsl.surface.build_effect import agency, paths_of, then_of, whole
from longarm_dsl.surface.build_expr import (
    Building,
    branches,
    build_expr,
    build_record,
    build_type,
    date_of,
    ident,
    path_of,
    text_of,
    words,
)
from longarm_dsl.surface.tree import Branch, Word


def build_decl(
    node: Branch, source: Source, offset: int, doc: str | None
) -> tuple[ast.Decl, list[Diagnostic]]:
    """One declaration, and what is wrong with its literals and repeated clauses."""
    b = Building(source, offset)
    return _decl(b, node, doc), b.found


def _decl(b: Building, node: Branch, doc: str | None) -> ast.Decl:
    span = b.span(node)
    names = words(node)
    strings = words(node, "STRING")
    match node.kind:
        case "instrument":
            return ast.Instrument(
                ident(b, names[0]), text_of(b, strings[0]), _clauses(b, node), doc, span=span
            )
        case "use":
            return ast.Use(
                path_of(b, branches(node, "path")[0]),
                tuple(ident(b, n) for n in names),
                doc,
                span=span,
            )
        case "record":
            return ast.RecordDecl(
                ident(b, names[0]),
                text_of(b, strings[0]) if strings else None,
                tuple(_field(b, f) for f in branches(node, "field")),
                doc,
                span=span,
            )
        case "enum":
            signs = {w.text for w in words(node, "COMPARE")}
            if signs - {"<"}:
                wrong = next(w for w in words(node, "COMPARE") if w.text != "<")
                b.found.append(
                    error(
                        "syntax-error",
                        f"`{wrong.text}` cannot stand here",
                        b.span(wrong),
                        help="values are separated by `,`, or by `<` when they have an order",
                    )
                )
            return ast.EnumDecl(
                ident(b, names[0]),
                tuple(ident(b, n) for n in names[1:]),
                bool(signs),
                doc,
                span=span,
            )
        case "unit":
            return ast.UnitDecl(ident(b, names[0]), text_of(b, strings[0]), doc, span=span)
        case "alias":
            return ast.AliasDecl(
                ident(b, names[0]),
                ident(b, names[1]),
                _window_in(b, node),
                _clauses(b, node),
                doc,
                span=span,
            )
        case "workdays":
            return ast.WorkdaysDecl(ident(b, names[0]), text_of(b, strings[0]), doc, span=span)
        case "table" | "list":
            return _table(b, node, doc)
        case "rows":
            complete, since = words(node, "COMPLETENESS"), words(node, "DATE")
            return ast.RowsDecl(
                path_of(b, branches(node, "path")[0]),
                text_of(b, strings[0]),
                ident(b, complete[0]) if complete else None,
                date_of(b, since[0]) if since else None,
                doc,
                span=span,
            )
        case "adds":
            return ast.AddsDecl(
                path_of(b, branches(node, "path")[0]),
                _window_in(b, node),
                tuple(_row(b, r) for r in branches(node, "row")),
                doc,
                span=span,
            )
        case "removes":
            window = _window_in(b, node)
            assert window is not None  # noqa: S101  INVARIANT: the grammar demands it
            return ast.RemovesDecl(paths_of(b, node), window, doc, span=span)
        case "codes" | "countries":
            return ast.SetDecl(
                node.kind,
                path_of(b, branches(node, "path")[0]),
                _value(b, node),
                _clauses(b, node),
                doc,
                span=span,
            )
        case "entry":
            return ast.EntryDecl(
                text_of(b, strings[0]), text_of(b, strings[1]), _clauses(b, node), doc, span=span
            )
        case "param":
            return ast.ParamDecl(
                path_of(b, branches(node, "path")[0]),
                build_type(b, _type_in(node)),
                _value(b, node),
                _clauses(b, node),
                doc,
                span=span,
            )
        case "reading":
            return ast.ReadingDecl(
                ident(b, names[0]),
                tuple(ident(b, n) for n in names[1:]),
                _clauses(b, node),
                doc,
                span=span,
            )
        case "let":
            types = _types(node)
            return ast.LetDecl(
                path_of(b, branches(node, "path")[0]),
                tuple(_typed(b, t) for t in branches(node, "typed")),
                build_type(b, types[0]) if types else None,
                text_of(b, strings[0]) if strings else None,
                _clauses(b, node),
                _value(b, node),
                doc,
                span=span,
            )
        case "status":
            return ast.StatusDecl(
                path_of(b, branches(node, "path")[0]),
                tuple(_typed(b, t) for t in branches(node, "typed")),
                text_of(b, strings[0]) if strings else None,
                _clauses(b, node),
                doc,
                span=span,
            )
        case "rule":
            return ast.RuleDecl(
                ident(b, names[0]),
                text_of(b, strings[0]) if strings else None,
                _clauses(b, node),
                doc,
                span=span,
            )
        case "event":
            return ast.EventDecl(
                ident(b, words(node, "EVENT")[0]),
                paths_of(b, node),
                _window_in(b, node),
                _clauses(b, node),
                doc,
                span=span,
            )
        case "amends":
            now = branches(node, "is_now")
            return ast.AmendsDecl(
                path_of(b, branches(node, "path")[0]),
                _window_in(b, node),
                build_expr(b, now[0].children[-1]) if now else None,
                _clauses(b, node),
                doc,
                span=span,
            )
        case "property":
            return _property(b, node, doc)
        case "case":
            return _case(b, node, doc)
        case _:
            msg = f"the grammar has a declaration the builder does not know: {node.kind}"
            raise AssertionError(msg)


_TYPES = ("t_name", "t_unit", "t_set", "t_list")


def _types(node: Branch) -> tuple[Branch, ...]:
    return branches(node, *_TYPES)


def _type_in(node: Branch) -> Branch:
    return _types(node)[0]


def _value(b: Building, node: Branch) -> ast.Expr:
    """The expression after `=`."""
    signs = [i for i, c in enumerate(node.children) if isinstance(c, Word) and c.kind == "EQUALS"]
    return build_expr(b, node.children[signs[0] + 1])


def _field(b: Building, node: Branch) -> ast.FieldDecl:
    bounds: dict[str, tuple[ast.Expr, ast.Expr]] = {}
    bound: tuple[str, ast.Expr] | None = None
    presumed: ast.Expr | None = None
    about: ast.Text | None = None
    judged = False
    for option in branches(node):
        match option.kind:
            case "opt_range":
                low, high = option.children
                bounds["range"] = (build_expr(b, low), build_expr(b, high))
            case "opt_bound":
                sign = words(option, "COMPARE")[0]
                bound = (sign.text, build_expr(b, option.children[-1]))
            case "opt_presumed":
                presumed = build_expr(b, option.children[0])
            case "opt_judged":
                judged = True
            case "opt_doc":
                about = text_of(b, words(option, "STRING")[0])
            case _:
                pass
    return ast.FieldDecl(
        ident(b, words(node, "FIELD_NAME")[0]),
        build_type(b, _type_in(node)),
        bounds.get("range"),
        bound,
        presumed,
        judged,
        about,
        span=b.span(node),
    )


def _typed(b: Building, node: Branch) -> ast.Typed:
    return ast.Typed(
        ident(b, words(node, "FIELD_NAME")[0]), build_type(b, _type_in(node)), span=b.span(node)
    )


def _table(b: Building, node: Branch, doc: str | None) -> ast.TableDecl:
    strings = words(node, "STRING")
    columns = branches(node, "column")
    title = next((s for s in strings if s.start < columns[0].start), None)
    file = next((s for s in strings if s.start > columns[-1].start), None)
    complete = words(node, "COMPLETENESS")
    return ast.TableDecl(
        node.kind,
        path_of(b, branches(node, "path")[0]),
        text_of(b, title) if title else None,
        tuple(_typed(b, c) for c in columns),
        text_of(b, file) if file else None,
        ident(b, complete[0]) if complete else None,
        _clauses(b, node),
        doc,
        span=b.span(node),
    )


def _row(b: Building, node: Branch) -> ast.Row:
    names = words(node)
    return ast.Row(
        build_record(b, branches(node, "record_lit")[0]),
        ident(b, names[0]) if names else None,
        span=b.span(node),
    )


def _window_in(b: Building, node: Branch) -> ast.Window | None:
    found = branches(node, "window_from", "window_only")
    return _window(b, found[0]) if found else None


def _window(b: Building, node: Branch) -> ast.Window:
    dates = words(node, "DATE")
    start = date_of(b, dates[0]) if node.kind == "window_from" else None
    ends = branches(node)
    if not ends:
        return ast.Window(start, None, span=b.span(node))
    end = ends[0]
    kind = end.kind.removeprefix("end_")
    if kind == "for":
        unit = "years" if words(end, "YEARS") else "days"
        number = words(end, "NUMBER")[0]
        return ast.Window(start, unit, None, whole(b, number), span=b.span(node))
    return ast.Window(start, kind, date_of(b, words(end, "DATE")[0]), span=b.span(node))


# ── clauses ──────────────────────────────────────────────────────────────────

_TEXT_CLAUSES = {
    "zh": "zh",
    "note": "note",
    "open": "open",
    "because": "because",
    "zone": "zone",
    "not_modelled": "not modelled",
}
_WORD_CLAUSES = {
    "regime": "regime",
    "authority": "authority",
    "basis": "basis",
    "prefers": "prefers",
    "calendar": "calendar",
    "as_name": "as",
}
_DATE_CLAUSES = {"issued", "verified", "noted"}
_MANY = {"covers", "then", "note", "mirrors", "source", "provisions"}


def _clauses(b: Building, node: Branch) -> tuple[ast.Clause, ...]:
    """The clauses of a declaration in their order; a second one of its kind is a finding."""
    clauses: list[ast.Clause] = []
    seen: dict[str, Span] = {}
    for child in branches(node):
        clause = _clause(b, child)
        if clause is None:
            continue
        if child.kind in seen and child.kind not in _MANY:
            word = Span(b.source, clause.span.start, clause.span.start + len(child.kind))
            b.found.append(
                error(
                    "repeated-clause",
                    f"a second `{child.kind.replace('_', ' ')}` clause",
                    word,
                    secondary=(Label(seen[child.kind], "the first is here"),),
                    help="keep one of the two",
                )
            )
            continue
        seen[child.kind] = clause.span
        clauses.append(clause)
    return tuple(clauses)


def _clause(b: Building, node: Branch) -> ast.Clause | None:
    span = b.span(node)
    names, strings = words(node), words(node, "STRING")
    match node.kind:
        case kind if kind in _TEXT_CLAUSES:
            return ast.TextClause(_TEXT_CLAUSES[kind], text_of(b, strings[0]), span=span)
        case kind if kind in _WORD_CLAUSES:
            return ast.WordClause(_WORD_CLAUSES[kind], agency(b, node), span=span)
        case "state":
            return ast.WordClause("state", ast.Ident("proposed", span=span), span=span)
        case kind if kind in _DATE_CLAUSES:
            return ast.DateClause(kind, date_of(b, words(node, "DATE")[0]), span=span)
        case "effective":
            window = _window_in(b, node)
            assert window is not None  # noqa: S101  INVARIANT: the grammar demands it
            return ast.Effective(window, span=span)
        case "under":
            return ast.Under(
                paths_of(b, node)[0], text_of(b, strings[0]) if strings else None, span=span
            )
        case "added":
            return ast.AddedBy(paths_of(b, node)[0], span=span)
        case "source":
            return ast.SourceClause(
                text_of(b, strings[0]), ident(b, names[0]) if names else None, span=span
            )
        case "provisions":
            return ast.Provisions(
                tuple(_provision(b, p) for p in branches(node, "provision")), span=span
            )
        case "covers":
            claim = branches(node)[-1]
            why = words(claim, "STRING")
            return ast.Covers(
                tuple(_provision(b, p) for p in branches(node, "provision")),
                claim.kind.removeprefix("claim_"),
                paths_of(b, claim),
                text_of(b, why[0]) if why else None,
                span=span,
            )
        case "cite":
            return ast.Cite(build_expr(b, node.children[0]), span=span)
        case "binds" | "when":
            return ast.ExprClause(node.kind, build_expr(b, node.children[0]), span=span)
        case "for_each":
            return ast.ForEach(
                tuple(
                    ast.Generator(
                        ident(b, words(g)[0]), build_expr(b, g.children[1]), span=b.span(g)
                    )
                    for g in branches(node, "generator")
                ),
                span=span,
            )
        case "mirrors":
            return ast.Mirrors(paths_of(b, node), span=span)
        case "then":
            return then_of(b, node)
        case "reserved":
            return ast.Reserved(span=span)
        case _:
            return None


def _provision(b: Building, node: Branch) -> ast.Provision:
    strings = words(node, "STRING")
    return ast.Provision(
        text_of(b, strings[0]),
        text_of(b, strings[1]) if len(strings) > 1 else None,
        span=b.span(node),
    )


# ── properties and cases ─────────────────────────────────────────────────────


def _property(b: Building, node: Branch, doc: str | None) -> ast.PropertyDecl:
    where = branches(node, "where")
    draws = tuple(_draw(b, each) for each in branches(node, "drawn"))
    days: dict[str, tuple[ast.DateClause, ...]] = {}
    seen: dict[str, Span] = {}
    for child in branches(node):
        if child.kind not in {"p_on", "p_known", "p_assume"}:
            continue
        word = child.kind.removeprefix("p_")
        if _repeats(b, word, b.span(child), seen):
            continue
        dates = words(child, "DATE")
        days[word] = tuple(ast.DateClause(word, date_of(b, d), span=b.span(d)) for d in dates)
    last = node.children[-1]
    bound: str | None = None
    other: ast.Expr | None = None
    if isinstance(last, Branch) and last.kind in {"at_least", "at_most"}:
        bound = last.kind
        expect, other = build_expr(b, last.children[0]), build_expr(b, last.children[1])
    else:
        expect = build_expr(b, last)
    return ast.PropertyDecl(
        text_of(b, words(node, "STRING")[0]),
        draws,
        days.get("on", ()),
        next(iter(days.get("known", ())), None),
        "assume" in days,
        build_expr(b, where[0].children[0]) if where else None,
        expect,
        bound,
        other,
        doc,
        span=b.span(node),
    )


def _draw(b: Building, node: Branch) -> ast.Draw:
    *names, domain = (ident(b, n) for n in words(node))
    return ast.Draw(tuple(names), domain, span=b.span(node))


def _repeats(b: Building, word: str, span: Span, seen: dict[str, Span], of: str = "") -> bool:
    """Whether a clause (`of` a kind) that stands once was met before; reported."""
    kind = of or word
    if kind not in seen:
        seen[kind] = span
        return False
    b.found.append(
        error(
            "repeated-clause",
            f"a second `{word}` clause",
            Span(b.source, span.start, span.start + len(word)),
            secondary=(Label(seen[kind], "the first is here"),),
            help="keep one of the two",
        )
    )
    return True


def _case(b: Building, node: Branch, doc: str | None) -> ast.CaseDecl:
    dates: dict[str, ast.DateClause] = {}
    given: ast.RecordLit | ast.GivenAs | None = None
    closed = False
    expects: list[ast.Expect] = []
    review: ast.Review | None = None
    seen: dict[str, Span] = {}
    for child in branches(node):
        span = b.span(child)
        word = child.kind.removeprefix("k_").removesuffix("_as")
        # A case is reviewed or not: of the two marks it has one.
        once = "reviewed" if word == "unreviewed" else word
        stands_once = once in {"on", "known", "assume", "given", "reviewed"}
        if stands_once and _repeats(b, word, span, seen, once):
            continue
        match child.kind:
            case "k_on" | "k_known":
                dates[word] = ast.DateClause(word, date_of(b, words(child, "DATE")[0]), span=span)
            case "k_assume":
                closed = True
            case "k_given":
                given = build_record(b, branches(child, "record_lit")[0])
            case "k_given_as":
                changes = branches(child, "given_with")
                given = ast.GivenAs(
                    text_of(b, words(child, "STRING")[0]),
                    build_record(b, branches(changes[0], "record_lit")[0]) if changes else None,
                    span=span,
                )
            case "k_expect":
                expects.append(_expect(b, child))
            case "k_unreviewed":
                review = ast.Review(span=span)
            case "k_reviewed":
                day = date_of(b, words(child, "DATE")[0])
                review = ast.Review(day, text_of(b, words(child, "STRING")[0]), span=span)
            case _:
                pass
    return ast.CaseDecl(
        text_of(b, words(node, "STRING")[0]),
        dates.get("on"),
        dates.get("known"),
        closed,
        given,
        tuple(expects),
        _clauses(b, node),
        doc,
        review,
        span=b.span(node),
    )


def _expect(b: Building, node: Branch) -> ast.Expect:
    days: dict[str, ast.DateClause] = {}
    asserted: list[ast.Expectation] = []
    for child in branches(node):
        if child.kind in {"expect_on", "expect_known"}:
            word = child.kind.removeprefix("expect_")
            day = date_of(b, words(child, "DATE")[0])
            days[word] = ast.DateClause(word, day, span=b.span(child))
        else:
            asserted.append(_expectation(b, child))
    return ast.Expect(
        ident(b, words(node)[0]),
        tuple(asserted),
        days.get("on"),
        days.get("known"),
        span=b.span(node),
    )


def _expectation(b: Building, node: Branch) -> ast.Expectation:
    kind = node.kind.removeprefix("x_")
    span = b.span(node)
    match kind:
        case "requires" | "reviews":
            bound = branches(node)[0]
            names = tuple(ident(b, n) for n in words(bound))
            low = names[0] if bound.kind in {"b_is", "b_least", "b_range"} else None
            high = names[-1] if bound.kind in {"b_is", "b_most", "b_range"} else None
            return ast.Expectation(kind, low, high, span=span)
        case "because" | "not_because" | "open_because" | "needs":
            return ast.Expectation(kind, path=path_of(b, branches(node, "path")[0]), span=span)
        case "status" | "not_status" | "open_status":
            return ast.Expectation(kind, value=build_expr(b, node.children[0]), span=span)
        case "code" | "not_code" | "open_code":
            word = words(node, "STRING")[0]
            value = ast.StringLit(text_of(b, word).value, span=b.span(word))
            return ast.Expectation(kind, value=value, span=span)
        case "charge" | "exposes":
            bands = branches(node, "band")
            ends = [build_expr(b, end) for end in bands[0].children] if bands else []
            return ast.Expectation(
                kind,
                low=ident(b, words(node)[0]),
                value=ends[0] if ends else None,
                most=ends[-1] if ends else None,
                span=span,
            )
        case _:
            named = words(node)
            return ast.Expectation(kind, low=ident(b, named[0]) if named else None, span=span)
