"""Parse tree of a declaration to surface nodes."""

from __future__ import annotations

from longarm_dsl.diagnostics import Diagnostic, Label, error
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast
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
            return ast.RemovesDecl(_paths(b, node), window, doc, span=span)
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
                _paths(b, node),
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


def _paths(b: Building, node: Branch) -> tuple[ast.Path, ...]:
    return tuple(path_of(b, p) for p in branches(node, "path"))


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


def whole(b: Building, word: Word) -> int:
    """A count of days or years: a whole number of at most five digits."""
    digits = word.text.replace("_", "")
    if not digits.isdigit() or len(digits) > 5:  # noqa: PLR2004  273 years in days
        b.found.append(
            error(
                "number-too-long",
                f"`{word.text}` is not a number of days or years",
                b.span(word),
                help="write a whole number of at most five digits",
            )
        )
        return 0
    return int(digits)


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
            return ast.WordClause(_WORD_CLAUSES[kind], _agency(b, node), span=span)
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
                _paths(b, node)[0], text_of(b, strings[0]) if strings else None, span=span
            )
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
                _paths(b, claim),
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
            return ast.Mirrors(_paths(b, node), span=span)
        case "then":
            return _then(b, node)
        case "reserved":
            return ast.Reserved(span=span)
        case _:
            return None


def _agency(b: Building, node: Branch) -> ast.Ident:
    """A word, or a text in quotes, that names an authority."""
    for child in node.children:
        if isinstance(child, Word):
            if child.kind == "STRING":
                return ast.Ident(text_of(b, child).value, span=b.span(child))
            return ident(b, child)
    msg = "an agency is a name or a string"
    raise AssertionError(msg)


def _provision(b: Building, node: Branch) -> ast.Provision:
    strings = words(node, "STRING")
    return ast.Provision(
        text_of(b, strings[0]),
        text_of(b, strings[1]) if len(strings) > 1 else None,
        span=b.span(node),
    )


def _then(b: Building, node: Branch) -> ast.Then:
    effect = branches(node)[0]
    phrases = branches(node, "phrase") or branches(effect, "phrase")
    upon = branches(node, "upon")
    return ast.Then(
        _effect(b, effect),
        text_of(b, words(phrases[0], "STRING")[0]) if phrases else None,
        tuple(ident(b, n) for n in words(upon[0])) if upon else (),
        span=b.span(node),
    )


def _ruleset(b: Building, node: Branch) -> ast.RuleSet:
    exclusion = branches(node, "exclusion")
    exclude = _paths(b, exclusion[0]) if exclusion else ()
    return ast.RuleSet(_paths(b, node), exclude, span=b.span(node))


def _of(b: Building, node: Branch) -> ast.RuleSet | None:
    of = branches(node, "of_rules")
    return _ruleset(b, branches(of[0], "ruleset")[0]) if of else None


def _effect(b: Building, node: Branch) -> ast.Effect:
    span = b.span(node)
    names = words(node)
    agencies = tuple(_agency(b, a) for a in branches(node, "agency"))
    match node.kind:
        case "e_license":
            return ast.RequiresLicense(agencies[0], span=span)
        case "e_report":
            return ast.RequiresReport(agencies[0], _timings(b, node), span=span)
        case "e_prohibits":
            return ast.Prohibits(agencies[0] if agencies else None, span=span)
        case "e_reviews":
            return ast.Reviews(build_expr(b, node.children[0]), _of(b, node), span=span)
        case "e_limits":
            return ast.Limits(tuple(ident(b, n) for n in names), _of(b, node), span=span)
        case "e_defeats":
            where = branches(node, "where")
            return ast.Defeats(
                _ruleset(b, branches(node, "ruleset")[0]),
                build_expr(b, where[0].children[0]) if where else None,
                span=span,
            )
        case "e_establishes":
            return ast.Establishes(build_expr(b, node.children[0]), span=span)
        case "e_classifies":
            return ast.Classifies(
                build_expr(b, node.children[0]), build_expr(b, node.children[1]), span=span
            )
        case "e_obliges":
            to = branches(node, "to_agencies")
            condition = branches(node, "if_event")
            return ast.Obliges(
                tuple(ident(b, n) for n in names),
                tuple(_agency(b, a) for a in branches(to[0], "agency")) if to else (),
                _timings(b, node),
                build_expr(b, condition[0].children[0]) if condition else None,
                span=span,
            )
        case "e_flags":
            return ast.Flags(ident(b, names[0]), span=span)
        case "e_charges":
            return ast.Charges(ident(b, names[0]), build_expr(b, node.children[1]), span=span)
        case "e_exposes":
            return ast.Exposes(ident(b, names[0]), None, None, span=span)
        case "e_exposes_band":
            return ast.Exposes(
                ident(b, names[0]),
                build_expr(b, node.children[1]),
                build_expr(b, node.children[2]),
                span=span,
            )
        case _:
            msg = f"the grammar has an effect the builder does not know: {node.kind}"
            raise AssertionError(msg)


_TIMINGS = {
    "d_before": "before",
    "d_at_least": "at_least",
    "d_within": "within",
    "d_at_once": "at_once",
    "d_for": "for_years",
    "d_with": "with_application",
    "d_in": "in_document",
}


def _timings(b: Building, node: Branch) -> tuple[ast.Timing, ...]:
    found: list[ast.Timing] = []
    for t in branches(node, *_TIMINGS):
        names = words(t)
        numbers = words(t, "NUMBER")
        not_counting = branches(t, "not_counting")
        found.append(
            ast.Timing(
                _TIMINGS[t.kind],
                ident(b, names[0]) if names else None,
                whole(b, numbers[0]) if numbers else None,
                bool(words(t, "WORKING")),
                tuple(ident(b, n) for n in words(not_counting[0])) if not_counting else (),
                span=b.span(t),
            )
        )
    return tuple(found)


# ── properties and cases ─────────────────────────────────────────────────────


def _property(b: Building, node: Branch, doc: str | None) -> ast.PropertyDecl:
    names = words(node)
    where = branches(node, "where")
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
        tuple(ident(b, n) for n in names[:-1]),
        ident(b, names[-1]),
        build_expr(b, where[0].children[0]) if where else None,
        expect,
        bound,
        other,
        doc,
        span=b.span(node),
    )


def _case(b: Building, node: Branch, doc: str | None) -> ast.CaseDecl:
    dates: dict[str, ast.DateClause] = {}
    given: ast.RecordLit | None = None
    closed = False
    expects: list[ast.Expect] = []
    seen: dict[str, Span] = {}
    for child in branches(node):
        span = b.span(child)
        if child.kind in {"k_on", "k_known", "k_assume", "k_given"}:
            if child.kind in seen:
                word = child.kind.removeprefix("k_")
                b.found.append(
                    error(
                        "repeated-clause",
                        f"a second `{word}` clause",
                        Span(b.source, span.start, span.start + len(word)),
                        secondary=(Label(seen[child.kind], "the first is here"),),
                        help="keep one of the two",
                    )
                )
                continue
            seen[child.kind] = span
        match child.kind:
            case "k_on" | "k_known":
                key = child.kind.removeprefix("k_")
                dates[key] = ast.DateClause(key, date_of(b, words(child, "DATE")[0]), span=span)
            case "k_assume":
                closed = True
            case "k_given":
                given = build_record(b, branches(child, "record_lit")[0])
            case "k_expect":
                expects.append(
                    ast.Expect(
                        ident(b, words(child)[0]),
                        tuple(_expectation(b, e) for e in branches(child)),
                        span=span,
                    )
                )
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
        case "because" | "not_because" | "needs":
            return ast.Expectation(kind, path=path_of(b, branches(node, "path")[0]), span=span)
        case "status" | "not_status":
            return ast.Expectation(kind, value=build_expr(b, node.children[0]), span=span)
        case "code":
            word = words(node, "STRING")[0]
            value = ast.StringLit(text_of(b, word).value, span=b.span(word))
            return ast.Expectation(kind, value=value, span=span)
        case "duty" | "flag":
            return ast.Expectation(kind, low=ident(b, words(node)[0]), span=span)
        case "charge":
            return ast.Expectation(
                kind, low=ident(b, words(node)[0]), value=build_expr(b, node.children[1]), span=span
            )
        case _:
            return ast.Expectation(kind, span=span)
