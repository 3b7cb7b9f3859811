"""Parse tree of an expression or type to surface nodes."""

from __future__ import annotations

import re
from dataclasses import field
from datetime import date
from fractions import Fraction

from longarm_dsl.diagnostics import Diagnostic, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface import ast
from longarm_dsl.surface.tree import Branch, Tree, Word

MAX_DIGITS = 40


@dataclass(slots=True)
class Building:
    """What a build needs: the source, the offset of the parsed piece, the findings."""

    source: Source
    offset: int
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])

    def span(self, node: Tree) -> Span:
        """Where a node stands in the source."""
        return Span(self.source, node.start + self.offset, node.end + self.offset)


def words(node: Branch, kind: str = "NAME") -> tuple[Word, ...]:
    """The tokens of one kind directly below a node."""
    return tuple(c for c in node.children if isinstance(c, Word) and c.kind == kind)


def branches(node: Branch, *kinds: str) -> tuple[Branch, ...]:
    """The branches directly below a node, perhaps only of some kinds."""
    return tuple(
        c for c in node.children if isinstance(c, Branch) and (not kinds or c.kind in kinds)
    )


def ident(b: Building, word: Word) -> ast.Ident:
    """A word as an identifier."""
    return ast.Ident(word.text, span=b.span(word))


def text_of(b: Building, word: Word) -> ast.Text:
    r"""A string token, unescaped (`\"`, `\\`, `\n`)."""
    raw = word.text[1:-1]
    value = re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), raw)
    return ast.Text(value, span=b.span(word))


def date_of(b: Building, word: Word) -> ast.Date:
    """A date token; a day that no calendar has is a finding."""
    span = b.span(word)
    day, _, clock = word.text.partition("T")
    try:
        date.fromisoformat(day)
        sound = not clock or (int(clock[:2]) < 24 and int(clock[3:5]) < 60)  # noqa: PLR2004  a clock
    except ValueError:
        sound = False
    if not sound:
        b.found.append(
            error(
                "malformed-date",
                f"`{word.text}` is not a day of the calendar",
                span,
                help="write year, month, day: `2025-12-01`",
            )
        )
        return ast.Date("2000-01-01", span=span)
    return ast.Date(word.text, span=span)


def path_of(b: Building, node: Branch) -> ast.Path:
    """A dotted path."""
    return ast.Path(tuple(w.text for w in words(node)), span=b.span(node))


def number_of(b: Building, word: Word, unit: str | None, node: Tree) -> ast.NumberLit:
    """An exact number; more digits than anyone means are a finding."""
    digits = word.text.rstrip("%").strip().replace("_", "")
    span = b.span(node)
    if len(digits) > MAX_DIGITS:
        b.found.append(
            error(
                "number-too-long",
                f"a number may have at most {MAX_DIGITS} digits",
                b.span(word),
                help="use a unit that fits",
            )
        )
        digits = "0"
    value = Fraction(digits)
    if unit == "%":
        value /= 100
    text = word.text.rstrip("%").rstrip()
    shown = text if unit is None else f"{text}%" if unit == "%" else f"{text} {unit}"
    return ast.NumberLit(value, unit, shown, span=span)


def build_type(b: Building, node: Branch) -> ast.TypeExpr:
    """A type."""
    span = b.span(node)
    match node.kind:
        case "t_name":
            return ast.TypeName(path_of(b, branches(node)[0]).text, span=span)
        case "t_unit":
            return ast.TypeName(words(node, "UNIT_TYPE")[0].text, span=span)
        case "t_set":
            return ast.TypeSet(tuple(build_type(b, c) for c in branches(node)), span=span)
        case _:
            return ast.TypeList(build_type(b, branches(node)[0]), span=span)


def build_expr(b: Building, node: Tree) -> ast.Expr:
    """An expression."""
    if isinstance(node, Word):
        # INVARIANT: the grammar wraps every token of an expression in a rule.
        return ast.Name(node.text, span=b.span(node))
    span = b.span(node)
    kids = node.children
    match node.kind:
        case "name":
            return ast.Name(words(node)[0].text, span=span)
        case "any_word":
            return ast.Name(words(node, "ANY")[0].text, span=span)
        case "string":
            return ast.StringLit(text_of(b, words(node, "STRING")[0]).value, span=span)
        case "number":
            return number_of(b, words(node, "NUMBER")[0], None, node)
        case "quantity":
            unit = branches(node, "unit_name")[0].children[0]
            return number_of(b, words(node, "NUMBER")[0], _word(unit), node)
        case "percent":
            return number_of(b, words(node, "PERCENT")[0], "%", node)
        case "date":
            return ast.DateLit(date_of(b, words(node, "DATE")[0]), span=span)
        case "codes_lit":
            system, _, body = words(node, "CODES")[0].text.partition("[")
            spaced = re.sub(r"\s*;\s*", "; ", " ".join(body[:-1].split()))
            return ast.CodesLit(system, spaced.strip(), span=span)
        case "yes" | "no" | "unknown" | "not_known" | "none":
            return ast.Special(node.kind, span=span)
        case "paren":
            return ast.Paren(build_expr(b, kids[0]), span=span)
        case "set_lit":
            return ast.SetLit(tuple(build_expr(b, k) for k in kids), span=span)
        case "record_lit":
            return build_record(b, node)
        case "list_lit":
            is_dots = [isinstance(k, Branch) and k.kind == "dots" for k in kids]
            if any(is_dots[:-1]):
                b.found.append(
                    error(
                        "syntax-error",
                        "`...` stands last in a list",
                        b.span(kids[is_dots.index(True)]),
                        help="move it to the end",
                    )
                )
            items = tuple(
                build_expr(b, k) for k, dots in zip(kids, is_dots, strict=True) if not dots
            )
            return ast.ListLit(items, any(is_dots), span=span)
        case "attr":
            return ast.Attr(build_expr(b, kids[0]), ident(b, words(node)[0]), span=span)
        case "call":
            return ast.Call(build_expr(b, kids[0]), tuple(_arg(b, k) for k in kids[1:]), span=span)
        case "with_e":
            changes = kids[1]
            assert isinstance(changes, Branch)  # noqa: S101  INVARIANT: grammar
            return ast.With(build_expr(b, kids[0]), build_record(b, changes), span=span)
        case "or_else":
            return ast.OrElse(build_expr(b, kids[0]), build_expr(b, kids[-1]), span=span)
        case "neg":
            return ast.Negative(build_expr(b, kids[0]), span=span)
        case "arith":
            return ast.Arith(
                _word(kids[1]), build_expr(b, kids[0]), build_expr(b, kids[2]), span=span
            )
        case "chain":
            rest = tuple(
                (_word(_only(kids[i])), build_expr(b, kids[i + 1])) for i in range(1, len(kids), 2)
            )
            return ast.Chain(build_expr(b, kids[0]), rest, span=span)
        case "in_e" | "not_in_e":
            return ast.In(
                build_expr(b, kids[0]), build_expr(b, kids[1]), node.kind == "not_in_e", span=span
            )
        case "of_in":
            return ast.OfIn(
                _word(_only(kids[0])), build_expr(b, kids[1]), build_expr(b, kids[2]), span=span
            )
        case "is_not_known" | "is_not_not_known":
            return ast.IsNotKnown(
                build_expr(b, kids[0]), node.kind == "is_not_not_known", span=span
            )
        case "quant":
            var = kids[1]
            assert isinstance(var, Word)  # noqa: S101  INVARIANT: grammar
            return ast.Quant(
                _word(_only(kids[0])),
                ident(b, var),
                build_expr(b, kids[2]),
                build_expr(b, kids[3]),
                span=span,
            )
        case "not_e":
            return ast.NotE(build_expr(b, kids[0]), span=span)
        case "and_e":
            return ast.AndE(_flat(b, node, "and_pre"), span=span)
        case "or_e":
            return ast.OrE(_flat(b, node, "or_pre"), span=span)
        case _:
            msg = f"the grammar has a rule the builder does not know: {node.kind}"
            raise AssertionError(msg)


def _word(node: Tree) -> str:
    assert isinstance(node, Word)  # noqa: S101  INVARIANT: grammar
    return node.text


def _only(node: Tree) -> Tree:
    assert isinstance(node, Branch)  # noqa: S101  INVARIANT: grammar
    return node.children[0]


def _flat(b: Building, node: Branch, pre: str) -> tuple[ast.Expr, ...]:
    """Operands of a left-recursive `and` or `or`, without recursion on its length."""
    operands: list[Tree] = [node.children[1]]
    rest = node.children[0]
    while isinstance(rest, Branch) and rest.kind == pre:
        operands.append(rest.children[-1])
        if len(rest.children) == 1:
            break
        rest = rest.children[0]
    return tuple(build_expr(b, o) for o in reversed(operands))


def build_record(b: Building, node: Branch) -> ast.RecordLit:
    """`{ key: value }`; a key given twice is a finding and the first value stands."""
    pairs: list[ast.Pair] = []
    seen: dict[str, Span] = {}
    for pair in branches(node, "pair"):
        key = words(pair, "FIELD_NAME")[0]
        key_span = b.span(key)
        if key.text in seen:
            b.found.append(
                error(
                    "duplicate-key",
                    f"`{key.text}` is given twice",
                    key_span,
                    help="keep one of the two",
                )
            )
            continue
        seen[key.text] = key_span
        pairs.append(
            ast.Pair(
                ast.Path(tuple(key.text.split(".")), span=key_span),
                build_expr(b, pair.children[-1]),
                span=b.span(pair),
            )
        )
    return ast.RecordLit(tuple(pairs), span=b.span(node))


def _arg(b: Building, node: Tree) -> ast.Arg:
    span = b.span(node)
    if isinstance(node, Branch):
        match node.kind:
            case "filtered":
                return _filtered(b, node)
            case "comprehension":
                where = branches(node, "where")
                var = words(node)[0]
                return ast.Comprehension(
                    build_expr(b, node.children[0]),
                    ident(b, var),
                    build_expr(b, node.children[2]),
                    build_expr(b, where[0].children[0]) if where else None,
                    span=span,
                )
            case "named":
                key = words(node, "FIELD_NAME")[0]
                value = node.children[-1]
                return ast.Named(ident(b, key), _named_value(b, value), span=span)
            case _:
                pass
    return build_expr(b, node)


def _named_value(b: Building, node: Tree) -> ast.Expr | ast.Filtered | ast.Rated:
    if isinstance(node, Branch) and node.kind == "filtered":
        return _filtered(b, node)
    if isinstance(node, Branch) and node.kind == "rated":
        rate = words(node, "PERCENT")[0]
        return ast.Rated(ident(b, words(node)[0]), number_of(b, rate, "%", rate), span=b.span(node))
    return build_expr(b, node)


def _filtered(b: Building, node: Branch) -> ast.Filtered:
    return ast.Filtered(
        build_expr(b, node.children[0]), build_expr(b, node.children[1]), span=b.span(node)
    )
