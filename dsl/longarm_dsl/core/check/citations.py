"""From text to law and back: rules that cite nothing, provisions that nobody speaks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from longarm_dsl.core import ast
from longarm_dsl.core.check.roots import declarations, nodes, rule_roots, words
from longarm_dsl.core.numbers import Interval
from longarm_dsl.core.program import Program
from longarm_dsl.core.sources import Sources, clauses_of
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, warning
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface


def citations(program: Program, sources: Sources) -> Iterator[Diagnostic]:
    """Findings on `cite`, `provisions` and `covers`."""
    yield from _uncited_rules(program)
    yield from _thresholds(program, sources)
    yield from _provisions(program, sources)


# ── rules and thresholds ─────────────────────────────────────────────────────


def _uncited_rules(program: Program) -> Iterator[Diagnostic]:
    for rule in program.rules.values():
        if rule.clauses.cite is None:
            yield warning(
                "uncited-rule",
                f"`{rule.name}` does not say which provision it comes from",
                rule.name_span,
                help='add `cite "…"`',
                note=rule.instrument,
            )


def _thresholds(program: Program, sources: Sources) -> Iterator[Diagnostic]:
    for value in program.values.values():
        if value.kind == "param" and value.cite is None:
            yield _uncited(
                f"the value of `{value.id.rsplit('.', 1)[-1]}`", value.span, value.instrument
            )
    cited = {
        decl.name.text
        for _, decl in declarations(sources)
        if isinstance(decl, surface.LetDecl) and _cites(decl)
    }
    for rule in program.rules.values():
        if rule.clauses.cite is None:
            for root in rule_roots(program, rule):
                for literal in _opened(program, root.expr, cited, frozenset()):
                    yield _uncited(f"`{words(literal.span)}`", literal.span, rule.instrument)
    for entry in program.entries.values():
        if entry.cite is None and entry.when is not None:
            for literal in _opened(program, entry.when, cited, frozenset()):
                yield _uncited(f"`{words(literal.span)}`", literal.span, entry.instrument)


def _uncited(what: str, span: Span, note: str | None) -> Diagnostic:
    return warning(
        "uncited-threshold",
        f"{what} decides, and no provision is cited for it",
        span,
        help="add `cite` to the rule, or make the number a `param` that cites its source",
        note=note,
    )


def _opened(
    program: Program, expr: ast.Expr, cited: set[str], seen: frozenset[str]
) -> Iterator[ast.Literal]:
    """Numbers compared in a condition and in the definitions it uses, unless those cite."""
    for node in nodes(expr):
        match node:
            case ast.Compare(_, left, right):
                sides: tuple[ast.Expr, ...] = (left, right)
            case ast.Owned(bar=bar):
                sides = (bar,)
            case ast.LetCall(id_) if id_ not in seen and not _is_cited(id_, cited):
                let = program.lets.get(id_)
                if let is not None:
                    yield from _opened(program, let.value, cited, seen | {id_})
                continue
            case _:
                continue
        for side in sides:
            if (
                isinstance(side, ast.Literal)
                and isinstance(side.value, Interval)
                and side.value.low not in {0, 1}
            ):
                yield side


def _is_cited(id_: str, cited: set[str]) -> bool:
    return any(id_ == name or id_.endswith(f".{name}") for name in cited)


def _cites(decl: surface.Decl) -> bool:
    return any(isinstance(c, surface.Cite) for c in clauses_of(decl))


# ── provisions ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Cited:
    text: str
    span: Span
    own: bool
    """Whether it speaks of its own instrument for certain (events cite what they act on)."""


def _provisions(program: Program, sources: Sources) -> Iterator[Diagnostic]:
    cited = _all_cites(program, sources)
    for act in program.instruments.values():
        if not act.provisions:
            continue
        claimed = {p for claim in act.claims for p in claim.provisions}
        mentions = (*(c.text for c in cited[act.id]), *claimed)
        open_ = [p for p in act.provisions if not _spoken_for(p, mentions, act.provisions)]
        spans = _provision_spans(sources, act.id)
        for provision in open_:
            yield warning(
                "provision-unclaimed",
                f"no rule cites `{provision}`, and no `covers` speaks for it",
                spans.get(provision, act.span),
                help=f'write `covers "{provision}" not modelled "why"`, or a rule that cites it',
                note=act.id,
            )
        for cite in cited[act.id]:
            if cite.own and not _is_listed(cite.text, act.provisions):
                yield _unlisted(cite.text, cite.span, act)
        for claim in act.claims:
            for provision in claim.provisions:
                if not _is_listed(provision, act.provisions):
                    yield _unlisted(provision, claim.span, act)


def _unlisted(text: str, span: Span, act: ast.Instrument) -> Diagnostic:
    return warning(
        "unlisted-provision",
        f"`{text}` is not among the provisions of `{act.name}`",
        span,
        help=did_you_mean(text, act.provisions) or "add it to `provisions`, or mend the citation",
        note=act.id,
    )


def _spoken_for(provision: str, mentions: tuple[str, ...], listed: tuple[str, ...]) -> bool:
    """Named by a citation or claim, or all its listed parts are."""
    if any(_names(mention, provision) for mention in mentions):
        return True
    parts = [p for p in listed if p != provision and _within(p, provision)]
    return bool(parts) and all(_spoken_for(p, mentions, listed) for p in parts)


def _is_listed(text: str, listed: tuple[str, ...]) -> bool:
    """Whether a citation names a listed provision, something inside one, or the whole of some."""
    whole = (text, *_several(text))
    return any(_names(text, p) or any(_within(p, t) for t in whole) for p in listed)


def _within(part: str, whole: str) -> bool:
    """`item 1(1)` is within `item 1`; `item 12` is not."""
    return part == whole or (part.startswith(whole) and not part[len(whole)].isalnum())


def speaks_for(citation: str, provision: str) -> bool:
    """Whether a citation names a provision or something inside it."""
    return _names(citation, provision)


def cited_in(program: Program, instrument: str) -> tuple[str, ...]:
    """What the declarations and rows of an instrument cite, in order of appearance."""
    rows = (text for _, text in _row_cites(program, instrument))
    return tuple(dict.fromkeys((*program.instruments[instrument].cites, *rows)))


def _names(text: str, provision: str) -> bool:
    """Whether a citation names a provision, alone, among others, or in a range of numbers."""
    return any(_named_once(t, provision) for t in (text, *_several(text)))


def _named_once(text: str, provision: str) -> bool:
    place = text.find(provision)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(provision) :]
        inside = re.match(r"\w|\.\w|-\w", after)
        if not inside and not re.match(r"[\w.)]", before):
            return True
        place = text.find(provision, place + 1)
    return False


_SEVERAL = re.compile(
    r"""(?P<head>[^\W\d_]+?)s?(?P<dot>\.?)\ ?
        (?P<numbers>\d[\w().]*(?:(?:,\ |,?\ and\ |\ or\ |\ to\ )\d[\w().]*)+)""",
    re.VERBOSE,
)
MOST_IN_A_RANGE = 200


def _several(text: str) -> Iterator[str]:
    """`items 2 to 4` and `arts. 3(1) and 5` as the provisions that they name."""
    for match in _SEVERAL.finditer(text):
        head = f"{match['head']}{match['dot']} "
        numbers = re.split(r", | ?,? and | or | to ", match["numbers"])
        yield from (head + number for number in numbers)
        for low, high in re.findall(r"(?<![\w().])(\d+) to (\d+)(?![\w(])", match["numbers"]):
            if int(low) <= int(high) <= int(low) + MOST_IN_A_RANGE:
                yield from (f"{head}{n}" for n in range(int(low), int(high) + 1))


def _all_cites(program: Program, sources: Sources) -> dict[str, list[_Cited]]:
    found: dict[str, list[_Cited]] = defaultdict(list)
    for owner, decl in declarations(sources):
        if owner is None:
            continue
        own = isinstance(decl, surface.RuleDecl | surface.EntryDecl | surface.ParamDecl)
        for clause in clauses_of(decl):
            if isinstance(clause, surface.Cite) and isinstance(clause.value, surface.StringLit):
                found[owner].append(_Cited(clause.value.value, clause.span, own))
    for row, text in _row_cites(program):
        found[row.instrument or ""].append(_Cited(text, row.span, own=False))
    return found


def _row_cites(program: Program, instrument: str | None = None) -> Iterator[tuple[ast.Row, str]]:
    """The rows of one instrument, or of any, that cite something."""
    for table in program.tables.values():
        for row in table.rows:
            if row.instrument is None or instrument not in {None, row.instrument}:
                continue
            cell = row.cells.get("cite")
            if isinstance(cell, ast.Literal) and isinstance(cell.value, str):
                yield row, cell.value


def _provision_spans(sources: Sources, instrument: str) -> dict[str, Span]:
    spans: dict[str, Span] = {}
    for owner, decl in declarations(sources):
        if owner != instrument or not isinstance(decl, surface.Instrument):
            continue
        for clause in decl.clauses:
            if isinstance(clause, surface.Provisions):
                for item in clause.items:
                    for text in (item.first, item.last):
                        if text is not None:
                            spans.setdefault(text.value, text.span)
    return spans
