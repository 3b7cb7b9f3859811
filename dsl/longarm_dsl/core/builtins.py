"""Typing of the built-in functions: sums and maxima, parts, lists, ownership, knowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longarm_dsl.core import ast
from longarm_dsl.core.numbers import point
from longarm_dsl.core.types import (
    BROKEN,
    CODE_SET,
    FLAG,
    LISTINGS,
    POSTURE,
    BrokenType,
    EnumType,
    ListType,
    NumberType,
    RecordType,
    RowType,
    Type,
    item_of,
    show_type,
)
from longarm_dsl.core.units import NUMBER
from longarm_dsl.diagnostics import did_you_mean, error
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface

if TYPE_CHECKING:
    from longarm_dsl.core.expressions import Typer

ITEM = RecordType("Item")
PARTY = RecordType("Party")
NUM = NumberType(NUMBER)
Scope = dict[str, Type]

_METHODS = ("cascade", "direct", "product")
_KINDS = ("equity", "votes", "seats", "any")


def typed_call(t: Typer, name: str, node: surface.Call, scope: Scope) -> ast.Expr:
    """A call of a built-in."""
    match name:
        case "sum" | "count" | "max" | "min" | "strictest":
            return _aggregate(t, name, node, scope)
        case "parts":
            item = _single(t, node, scope, ITEM)
            return ast.Parts(item, ListType(ITEM), span=node.span)
        case "ceil" | "floor":
            inner = _single(t, node, scope, None)
            if not isinstance(inner.type, NumberType | BrokenType):
                return _bad(t, node.span, f"`{name}` rounds a number")
            return ast.Round(name == "ceil", inner, inner.type, span=node.span)
        case "entries":
            return _entries(t, node, scope)
        case "owned":
            return _owned(t, node, scope)
        case "knows":
            return _knows(t, node, scope)
        case "near":
            return _near(t, node, scope)
        case _:
            return _unmet(t, node)


def _bad(t: Typer, span: Span, message: str, help_: str | None = None) -> ast.Expr:
    t.found.append(error("type-mismatch", message, span, help=help_, note=t.context.instrument))
    return ast.Broken(BROKEN, span=span)


def _split(
    t: Typer, node: surface.Call, allowed: tuple[str, ...]
) -> tuple[
    list[surface.Expr | surface.Filtered | surface.Comprehension],
    dict[str, surface.Expr | surface.Filtered | surface.Rated],
]:
    """Plain and named arguments; unknown or repeated names are findings."""
    plain: list[surface.Expr | surface.Filtered | surface.Comprehension] = []
    named: dict[str, surface.Expr | surface.Filtered | surface.Rated] = {}
    for arg in node.args:
        if not isinstance(arg, surface.Named):
            plain.append(arg)
        elif arg.key.text not in allowed or arg.key.text in named:
            t.found.append(
                error(
                    "unknown-name",
                    f"there is no option `{arg.key.text}` here"
                    if arg.key.text not in allowed
                    else f"`{arg.key.text}` is given twice",
                    arg.key.span,
                    help=did_you_mean(arg.key.text, allowed)
                    or "it has " + ", ".join(f"`{a}`" for a in allowed),
                    note=t.context.instrument,
                )
            )
        else:
            named[arg.key.text] = arg.value
    return plain, named


def _single(t: Typer, node: surface.Call, scope: Scope, wanted: Type | None) -> ast.Expr:
    arg = node.args[0] if len(node.args) == 1 else None
    if arg is None or isinstance(arg, surface.Filtered | surface.Comprehension | surface.Named):
        return _bad(t, node.span, "one thing is expected between the brackets")
    return t.expr(arg, scope) if wanted is None else t.typed(arg, scope, wanted)


def _aggregate(t: Typer, name: str, node: surface.Call, scope: Scope) -> ast.Expr:
    arg = node.args[0] if len(node.args) == 1 else None
    span = node.span
    if isinstance(arg, surface.Comprehension):
        domain = t.expr(arg.domain, scope)
        inner = {**scope, arg.var.text: _element(t, domain, arg.domain.span)}
        body = t.expr(arg.body, inner)
        where = t.flag(arg.where, inner) if arg.where is not None else None
        return _made(t, name, body, arg.var.text, domain, where, span)
    if name == "count" and isinstance(arg, surface.Filtered):
        subject = arg.subject
        if isinstance(subject, surface.In) and isinstance(subject.item, surface.Name):
            domain = t.expr(subject.container, scope)
            var = subject.item.text
            inner = {**scope, var: _element(t, domain, subject.container.span)}
            where = t.flag(arg.where, inner)
            return ast.Aggregate("count", None, var, domain, where, None, NUM, span=span)
    if name == "count" and isinstance(arg, surface.In) and isinstance(arg.item, surface.Name):
        domain = t.expr(arg.container, scope)
        return ast.Aggregate("count", None, arg.item.text, domain, None, None, NUM, span=span)
    plain = [
        a
        for a in node.args
        if not isinstance(a, surface.Filtered | surface.Comprehension | surface.Named)
    ]
    if len(plain) == len(node.args) and plain and name in {"max", "min"}:
        first = t.expr(plain[0], scope)
        items = (first, *(t.typed(p, scope, first.type) for p in plain[1:]))
        domain = ast.SetOf(items, ListType(first.type), span=span)
        body = ast.Var("_", first.type, span=span)
        return _made(t, name, body, "_", domain, None, span)
    return _bad(
        t, span, f"`{name}` goes through a list", f"write `{name}(c.value for c in parts(item))`"
    )


def _made(
    t: Typer,
    name: str,
    body: ast.Expr,
    var: str,
    domain: ast.Expr,
    where: ast.Expr | None,
    span: Span,
) -> ast.Expr:
    if isinstance(body.type, BrokenType):
        return ast.Broken(BROKEN, span=span)
    if name == "count":
        return ast.Aggregate(name, None, var, domain, where, None, NUM, span=span)
    wanted_enum = name == "strictest"
    good = isinstance(body.type, EnumType) and body.type == POSTURE
    if wanted_enum != good or (not wanted_enum and not isinstance(body.type, NumberType)):
        what = "review postures" if wanted_enum else "numbers"
        return _bad(t, span, f"`{name}` is over {what}, not {show_type(body.type)}")
    return ast.Aggregate(name, body, var, domain, where, None, body.type, span=span)


def _element(t: Typer, domain: ast.Expr, span: Span) -> Type:
    match domain.type:
        case ListType(item):
            return item
        case BrokenType():
            return BROKEN
        case _:
            found = item_of(domain.type)
            if found is None:
                _bad(t, span, f"{show_type(domain.type)} has no elements to go through")
                return BROKEN
            return found


def row_type(t: Typer, lists: ast.Expr) -> Type:
    """Type of the rows of one or several lists: those columns that all of them have."""
    ids = _list_ids(lists)
    if not ids:
        return RowType("")
    if len(ids) == 1:
        return RowType(ids[0])
    columns = [t.vocabulary.columns.get(i, {}) for i in ids]
    shared = {
        name: kind
        for name, kind in columns[0].items()
        if all(c.get(name) == kind for c in columns[1:])
    }
    joint = "+".join(ids)
    t.vocabulary.columns.setdefault(joint, shared)
    return RowType(joint)


def _list_ids(lists: ast.Expr) -> tuple[str, ...]:
    match lists:
        case ast.Named("table", id_):
            return (id_,)
        case ast.SetOp("+", left, right):
            return (*_list_ids(left), *_list_ids(right))
        case _:
            return ()


def _party(
    t: Typer,
    plain: list[surface.Expr | surface.Filtered | surface.Comprehension],
    node: surface.Call,
    scope: Scope,
) -> ast.Expr:
    if len(plain) != 1 or isinstance(plain[0], surface.Filtered | surface.Comprehension):
        return _bad(t, node.span, "a party is expected first")
    return t.typed(plain[0], scope, PARTY)


def _predicate(
    t: Typer, value: surface.Expr | surface.Filtered | surface.Rated | None, scope: Scope
) -> ast.Predicate | None:
    if not isinstance(value, surface.Filtered) or not isinstance(value.subject, surface.Name):
        return None
    var = value.subject.text
    body = t.flag(value.where, {**scope, var: PARTY})
    return ast.Predicate(var, body, span=value.span)


def _entries(t: Typer, node: surface.Call, scope: Scope) -> ast.Expr:
    plain, named = _split(t, node, ("in", "inherited", "skip"))
    party = _party(t, plain, node, scope)
    where = named.get("in")
    if where is None or isinstance(where, surface.Filtered | surface.Rated):
        return _bad(
            t, node.span, "`entries` needs the lists to look into", "add `in: us.entity_list`"
        )
    lists = t.typed(where, scope, LISTINGS)
    inherited = None
    rated = named.get("inherited")
    if rated is not None:
        if not isinstance(rated, surface.Rated) or rated.method.text != "cascade":
            return _bad(
                t, node.span, "entries are inherited by cascade", "`inherited: cascade 50%`"
            )
        inherited = point(rated.rate.value)
    skip = _predicate(t, named.get("skip"), scope)
    return ast.Entries(party, lists, inherited, skip, ListType(row_type(t, lists)), span=node.span)


def _owned(t: Typer, node: surface.Call, scope: Scope) -> ast.Expr:
    options = ("by", "at_least", "more_than", "of", "method", "together", "skip")
    plain, named = _split(t, node, options)
    party = _party(t, plain, node, scope)
    by_value = named.get("by")
    if by_value is None or isinstance(by_value, surface.Rated):
        return _bad(t, node.span, "`owned` needs to know by whom", "add `by: us.entity_list`")
    by = _predicate(t, by_value, scope)
    if by is None:
        if isinstance(by_value, surface.Filtered):
            return _bad(t, by_value.span, "write `by: x where …`")
        lists = t.typed(by_value, scope, LISTINGS)
    else:
        lists = None
    bar_value = named.get("at_least", named.get("more_than"))
    if bar_value is None or isinstance(bar_value, surface.Filtered | surface.Rated):
        return _bad(t, node.span, "`owned` needs its share", "add `at_least: 50%`")
    bar = t.typed(bar_value, scope, NUM)
    together = named.get("together")
    holders: ast.Expr = ast.Literal(value=True, type=FLAG, text="yes", span=node.span)
    if together is not None and not isinstance(together, surface.Filtered | surface.Rated):
        holders = _together(t, together, scope)
    return ast.Owned(
        party,
        by if by is not None else lists if lists is not None else ast.Broken(LISTINGS),
        bar,
        "more_than" in named,
        _word(t, named.get("of"), _KINDS, "equity"),
        _word(t, named.get("method"), _METHODS, "cascade"),
        holders,
        _predicate(t, named.get("skip"), scope),
        FLAG,
        span=node.span,
    )


def _together(t: Typer, node: surface.Expr, scope: Scope) -> ast.Expr:
    """`yes`, `no`, or a reading with these two values."""
    made = t.expr(node, scope)
    if made.type == FLAG or isinstance(made.type, BrokenType):
        return made
    if isinstance(made, ast.Named) and isinstance(made.type, EnumType):
        if set(made.type.values) == {"yes", "no"}:
            return made
        return _bad(t, node.span, "the reading must be between `yes` and `no`")
    return _bad(t, node.span, "`together` is `yes`, `no`, or a reading")


def _word(
    t: Typer,
    value: surface.Expr | surface.Filtered | surface.Rated | None,
    allowed: tuple[str, ...],
    default: str,
) -> str:
    if value is None:
        return default
    if isinstance(value, surface.Name) and value.text in allowed:
        return value.text
    t.found.append(
        error(
            "unknown-enum-value",
            "this is not a method or kind of holding",
            value.span,
            help="it can be " + ", ".join(f"`{a}`" for a in allowed),
            note=t.context.instrument,
        )
    )
    return default


def _knows(t: Typer, node: surface.Call, scope: Scope) -> ast.Expr:
    plain, named = _split(t, node, ("at",))
    level_enum = t.vocabulary.enums.get("Level", EnumType("Level", ()))
    at = named.get("at")
    if len(plain) != 1 or isinstance(plain[0], surface.Filtered | surface.Comprehension):
        return _bad(t, node.span, "`knows` is about one condition")
    inner = t.flag(plain[0], scope)
    level: ast.Expr
    if at is None or isinstance(at, surface.Filtered | surface.Rated):
        word = "reason_to_know" if "reason_to_know" in level_enum.values else ""
        level = ast.Literal(ast.Word("Level", word), level_enum, word, span=node.span)
    else:
        level = t.typed(at, scope, level_enum)
    return ast.Knows(inner, level, FLAG, span=node.span)


def _near(t: Typer, node: surface.Call, scope: Scope) -> ast.Expr:
    plain, named = _split(t, node, ("within",))
    within = named.get("within")
    if (
        len(plain) != 2  # noqa: PLR2004  an item and a set of codes
        or within is None
        or isinstance(within, surface.Filtered | surface.Rated)
        or isinstance(plain[0], surface.Filtered | surface.Comprehension)
        or isinstance(plain[1], surface.Filtered | surface.Comprehension)
    ):
        return _bad(
            t,
            node.span,
            "`near` takes an item, codes and a margin",
            "write `near(item, CN[2C902], within: 5%)`",
        )
    return ast.Near(
        t.typed(plain[0], scope, ITEM),
        t.typed(plain[1], scope, CODE_SET),
        t.typed(within, scope, NUM),
        FLAG,
        span=node.span,
    )


def _unmet(t: Typer, node: surface.Call) -> ast.Expr:
    paths: list[surface.Path] = []
    for arg in node.args:
        path = _path(arg)
        if path is None:
            return _bad(t, node.span, "`unmet` names rules")
        paths.append(path)
    rules = (
        t.vocabulary.rule_set(surface.RuleSet(tuple(paths), (), span=node.span), t.context)
        if paths
        else ast.RuleSet((), "", span=node.span)
    )
    return ast.Unmet(rules, FLAG, span=node.span)


def _path(arg: surface.Arg) -> surface.Path | None:
    match arg:
        case surface.Name(text):
            return surface.Path((text,), span=arg.span)
        case surface.Attr(base, name):
            head = _path(base)
            if head is None:
                return None
            return surface.Path((*head.parts, name.text), span=arg.span)
        case _:
            return None
