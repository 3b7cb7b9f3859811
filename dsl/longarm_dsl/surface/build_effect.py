"""Parse tree of an effect to surface nodes, and the small parts that clauses share with it."""

from __future__ import annotations

from longarm_dsl.diagnostics import error
from longarm_dsl.surface import ast
from longarm_dsl.surface.build_expr import (
    Building,
    branches,
    build_expr,
    ident,
    path_of,
    text_of,
    words,
)
from longarm_dsl.surface.tree import Branch, Word


def paths_of(b: Building, node: Branch) -> tuple[ast.Path, ...]:
    """The paths directly below a node."""
    return tuple(path_of(b, p) for p in branches(node, "path"))


def agency(b: Building, node: Branch) -> ast.Ident:
    """A word, or a text in quotes, that names an authority."""
    for child in node.children:
        if isinstance(child, Word):
            if child.kind == "STRING":
                return ast.Ident(text_of(b, child).value, span=b.span(child))
            return ident(b, child)
    msg = "an agency is a name or a string"
    raise AssertionError(msg)


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


def then_of(b: Building, node: Branch) -> ast.Then:
    """A `then` clause."""
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
    exclude = paths_of(b, exclusion[0]) if exclusion else ()
    return ast.RuleSet(paths_of(b, node), exclude, span=b.span(node))


def _of(b: Building, node: Branch) -> ast.RuleSet | None:
    of = branches(node, "of_rules")
    return _ruleset(b, branches(of[0], "ruleset")[0]) if of else None


def _effect(b: Building, node: Branch) -> ast.Effect:
    span = b.span(node)
    names = words(node)
    agencies = tuple(agency(b, a) for a in branches(node, "agency"))
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
                tuple(agency(b, a) for a in branches(to[0], "agency")) if to else (),
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
