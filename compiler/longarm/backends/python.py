"""The plan as Python text: one function for each rule, to be read beside the `.pol` file.

Soundness: a function answers exactly what the reference evaluator answers for the same
condition. The plain form runs on booleans and raises `Switch` at the first fact that is
not plainly known; the open form then gives 0 (no), 1 (unknown) or 2 (yes) in strong
Kleene logic, as two questions: may it hold, and must it.

Nothing that a policy says becomes code: names are spelled anew from letters, digits and
underscores, texts go through `ascii()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Literal, TypeAlias, assert_never

from longarm.compiled.code import RuleCode
from longarm.plan.ast import (
    All,
    Amount,
    Applied,
    Ask,
    Condition,
    Constant,
    Domain,
    Field,
    Fixed,
    Flag,
    Inverse,
    Known,
    Local,
    Loop,
    Order,
    Plan,
    Ref,
    Relation,
    Root,
    RulePlan,
    Shared,
    SharedPlan,
    Some,
    Stated,
    Status,
    Sum,
    Test,
    Total,
    Under,
)
from longarm_dsl.core.ast import Expr, Named
from longarm_dsl.core.ast import Literal as Constant_
from longarm_dsl.core.check.roots import nodes
from longarm_dsl.core.numbers import Comparison
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.program import Program
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import NOWHERE, Span

Mode: TypeAlias = Literal["plain", "may", "must"]
"""Plain booleans; or, of three values, whether it may hold and whether it must."""

PYTHON = {
    Comparison.EQUAL: "==",
    Comparison.UNEQUAL: "!=",
    Comparison.LESS: "<",
    Comparison.AT_MOST: "<=",
    Comparison.MORE: ">",
    Comparison.AT_LEAST: ">=",
}

_TURNED: dict[Mode, Mode] = {"plain": "plain", "may": "must", "must": "may"}

_SAID = {"=": "is", "!=": "is_not", "<": "below", ">": "above", "<=": "at_most", ">=": "at_least"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a function, with the text of the law that it stands for."""

    indent: int
    text: str
    span: Span = NOWHERE

    def __str__(self) -> str:
        return "    " * self.indent + self.text if self.text else ""


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the emitted module."""

    name: str
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines)) + "\n"


@dataclass(frozen=True, slots=True)
class Written:
    """The functions of one version of a rule: what they are called, and their text.

    `gate`: what does not depend on the family; `member`: the rest, None without a family.
    """

    rule: str
    changes: tuple[str, ...]
    family: tuple[str, ...]
    gate: str
    member: str | None
    functions: tuple[Function, ...]
    reached_by: tuple[tuple[tuple[str, ...], int], ...]
    """Facts at one place, each with a test (a site) that the gate cannot do without."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """The functions of a regime, and how its sites are called in them."""

    regime: str
    rules: tuple[Written, ...]
    shared: tuple[tuple[str, str, tuple[Function, ...]], ...]
    """Definitions: the key under which the case keeps the answer, the name, the text."""
    statuses: dict[str, tuple[tuple[str, ...], bool]]
    """Statuses by such a key: the rules that establish one, and whether it has a gap."""
    sites: tuple[str, ...]
    words: tuple[str, ...]
    """What each site is in the words of the law, on one line."""

    @property
    def rule_codes(self) -> dict[tuple[str, tuple[str, ...]], RuleCode]:
        """For a rule and the amendments that act, what its functions are called."""
        return {(w.rule, w.changes): (w.gate, w.member, w.family, w.reached_by) for w in self.rules}

    @property
    def shared_names(self) -> dict[str, str]:
        """The function of each definition, by its key."""
        return {key: name for key, name, _ in self.shared}

    def functions(self) -> Iterator[Function]:
        """Every function: definitions, then rules."""
        for _, _, functions in self.shared:
            yield from functions
        for written in self.rules:
            yield from written.functions

    def text(self) -> str:
        """Every function, one after the other."""
        return "\n\n".join(map(str, self.functions()))


def emit(program: Program, plan: Plan) -> Emitted:
    """Write out the functions of a plan."""
    names = _Names()
    sites = tuple(
        names.fresh(_slug(show_expr(site.expr)) or site.kind, str(n))
        for n, site in enumerate(plan.sites)
    )
    rules = tuple(_rule(program, rule, sites, names) for rule in plan.rules)
    shared = tuple(_shared(program, each, sites, names) for each in plan.shared)
    statuses = {s.key: (s.rules, s.gap) for s in plan.statuses}
    words = tuple(docstring(_words(program, site.expr)) for site in plan.sites)
    return Emitted(plan.regime, rules, shared, statuses, sites, words)


def _words(program: Program, expr: Expr) -> str:
    """A site in the words of the law, a named constant with what the law writes for it."""
    said = show_expr(expr)
    named = [n for n in nodes(expr) if isinstance(n, Named) and n.id in program.values]
    written = {n.id: show_expr(program.values[n.id].value) for n in named}
    return "; ".join([said, *(f"{k.rsplit('.', 1)[-1]} = {v}" for k, v in written.items())])


def _shared(
    program: Program, each: SharedPlan, sites: tuple[str, ...], names: _Names
) -> tuple[str, str, tuple[Function, ...]]:
    name = names.fresh(_slug(each.key, keep=True).replace("rule_let_", "let_"))
    about = [each.key.removeprefix("let ")]
    span = program.lets[each.let].span
    params = tuple(_local(p) for p in each.params)
    made = _condition_functions(name, params, each.condition, about, span, sites, family=())
    return each.key, name, made


def _rule(program: Program, rule: RulePlan, sites: tuple[str, ...], names: _Names) -> Written:
    decl = program.rules[rule.rule]
    own = names.fresh(_slug(rule.rule, keep=True))
    clauses = decl.clauses
    title = clauses.title or decl.name.replace("_", " ")
    cite = clauses.cite.text if isinstance(clauses.cite, Constant_) else ""
    instrument = program.instruments[decl.instrument]
    about = [title, f"{instrument.title}{', ' if cite else ''}{cite}"]
    if rule.changes:
        about.append("as amended by " + ", ".join(rule.changes))
    head = decl.name_span
    gate = _condition_functions(own, (), rule.gate, about, head, sites)
    reached = tuple(_reached_by(rule.gate))
    if not rule.family:
        return Written(rule.rule, rule.changes, (), own, None, gate, reached)
    member = names.fresh(f"{own}_member")
    params = tuple(_local(v) for v in rule.family)
    about = [f"{title}: {', '.join(rule.family)}"]
    functions = (*gate, *_condition_functions(member, params, rule.condition, about, head, sites))
    return Written(rule.rule, rule.changes, rule.family, own, member, functions, reached)


def _reached_by(gate: Condition) -> Iterator[tuple[tuple[str, ...], int]]:
    """Tests of words and codes among the conjuncts of a gate."""
    match gate:
        case All(parts):
            for part in parts:
                yield from _reached_by(part)
        case Test(ref, site) | Under(ref, site):
            path = _path(ref)
            if path is not None:
                yield path, site
        case _:
            return


def _path(ref: Ref) -> tuple[str, ...] | None:
    """The way from the transaction to a fact; None for an element of a list."""
    match ref:
        case Root():
            return ()
        case Field(base, name):
            above = _path(base)
            return None if above is None else (*above, name)
        case Local():
            return None


def _condition_functions(
    name: str,
    params: tuple[str, ...],
    condition: Condition,
    about: Iterable[str],
    head: Span,
    sites: tuple[str, ...],
    *,
    family: tuple[str, ...] | None = None,
) -> tuple[Function, Function]:
    """The plain form and the open form of one condition.

    `family`: the parameters that are members of a family; all of them if not given.
    """
    members = params if family is None else family
    writer = _Writer(sites, frozenset(members))
    taken = ", ".join(("t", *(("e",) if members else ()), *params))
    words = [docstring(a) for a in about]
    said = [
        Line(1, f'"""{words[0]}' + ('"""' if len(words) == 1 else ""), head),
        *(Line(1, w, head) for w in ([] if len(words) == 1 else ["", *words[1:]])),
        *([] if len(words) == 1 else [Line(1, '"""', head)]),
    ]
    plain = (
        Line(0, f"def {name}({taken}):", head),
        *said,
        *_returned("return ", "", writer.lines(condition, "plain", 1, head)),
    )
    may = writer.lines(condition, "may", 1, head)
    must = writer.lines(condition, "must", 1, head)
    opened = (
        Line(0, f"def {name}__open({taken}):", head),
        Line(1, f'"""{words[0]}, with three values."""', head),
        *_returned("if not ", ":", may),
        Line(2, "return 0", head),
        *_returned("return 2 if ", " else 1", must),
    )
    return Function(name, plain), Function(f"{name}__open", opened)


def _returned(before: str, after: str, lines: list[Line]) -> list[Line]:
    first, *rest = lines
    made = [Line(first.indent, before + first.text, first.span), *rest]
    last = made[-1]
    made[-1] = Line(last.indent, last.text + after, last.span)
    return made


@dataclass(slots=True)
class _Writer:
    """Writes conditions as expressions, one test a line."""

    sites: tuple[str, ...]
    family: frozenset[str]
    """Parameters that are members of the family."""

    def lines(self, node: Condition, mode: Mode, indent: int, above: Span) -> list[Line]:
        """An expression; lines from another file belong to the text that names it."""
        span = node.span if node.span.source is above.source and node.span != NOWHERE else above
        match node:
            case All(parts):
                return self._joined("and", "True", parts, mode, indent, span)
            case Some(parts):
                return self._joined("or", "False", parts, mode, indent, span)
            case Inverse(inner):
                turned = _TURNED[mode]
                inside = self.lines(inner, turned, indent, span)
                return _returned("not ", "", _grouped(inside, indent, span))
            case Loop():
                return self._loop(node, mode, indent, span)
            case Known(value):
                return [Line(indent, str(value), span)]
            case Flag(ref):
                fact = self.fact(ref)
                return [Line(indent, f"{fact} is True" if mode == "must" else fact, span)]
            case Test(ref, site):
                table = self.sites[site] if mode == "plain" else f"{self.sites[site]}.{mode}"
                return [Line(indent, f"{table}[{self.fact(ref)}]", span)]
            case Fixed(site):
                name = self.sites[site] if mode == "plain" else f"{self.sites[site]}__{mode}"
                return [Line(indent, name, span)]
            case Order(op, ref, site):
                if mode == "plain":
                    text = f"{self.fact(ref)} {PYTHON[op]} {self.sites[site]}"
                    return [Line(indent, text, span)]
                call = f"order({str(op)!a}, {self.fact(ref)}, {self.sites[site]}__exact)"
                return [Line(indent, _three(call, mode), span)]
            case Relation(op, left, right, site, env):
                if mode == "plain":
                    one = self._amount_lines(left, indent + 1, span)
                    two = self._amount_lines(right, indent + 1, span)
                    if len(one) + len(two) == 2:  # noqa: PLR2004  one line each
                        return [Line(indent, f"{one[0].text} {PYTHON[op]} {two[0].text}", span)]
                    compared = [*one, *_returned(f"{PYTHON[op]} ", "", two)]
                    return [Line(indent, "(", span), *compared, Line(indent, ")", span)]
                return [Line(indent, _three(self._asked(site, env), mode), span)]
            case Under(ref, site):
                call = f"t.under({self.fact(ref)}, {self.sites[site]})"
                return [Line(indent, _three(call, mode), span)]
            case Shared(key) | Status(key):
                return [Line(indent, _three(f"t[{key!a}]", mode), span)]
            case Applied(key, args):
                given = ", ".join(self.fact(a) for a in args)
                return [Line(indent, _three(f"t.apply({key!a}, {given})", mode), span)]
            case Ask(site, env):
                return [Line(indent, _three(self._asked(site, env), mode), span)]
            case _:
                assert_never(node)

    def _joined(
        self,
        word: str,
        nothing: str,
        parts: tuple[Condition, ...],
        mode: Mode,
        indent: int,
        span: Span,
    ) -> list[Line]:
        if not parts:
            return [Line(indent, nothing, span)]
        if len(parts) == 1:
            return self.lines(parts[0], mode, indent, span)
        made = [Line(indent, "(", span)]
        for n, part in enumerate(parts):
            inside = _grouped(self.lines(part, mode, indent + 1, span), indent + 1, span)
            made += _returned(f"{word} " if n else "", "", inside)
        return [*made, Line(indent, ")", span)]

    def _loop(self, node: Loop, mode: Mode, indent: int, span: Span) -> list[Line]:
        var = _local(node.domain.var)
        source = self.domain(node.domain)
        quantifier = "all" if node.universal else "any"
        inside = _grouped(self.lines(node.body, mode, indent + 1, span), indent + 1, span)
        if mode == "plain":
            ranged = f"for {var} in {source}"
            return self._generated(quantifier, inside, ranged, indent, span)
        guard = ""
        if mode == "must" and not node.universal:
            guard = " if m == 2"
        if mode == "may" and node.universal:
            guard = " if m == 2"
        pairs = "named" if node.blind else "pairs"
        ranged = f"for {var}, m in {source}.{pairs}{guard}"
        made = self._generated(quantifier, inside, ranged, indent, span)
        if not node.blind:
            return made
        # Of an element that nobody has named, nothing is known.
        if mode == "may" and not node.universal:
            return _grouped(_returned(f"{source}.is_open or ", "", made), indent, span)
        if mode == "must" and node.universal:
            return _grouped(_returned(f"not {source}.is_open and ", "", made), indent, span)
        return made

    def _generated(
        self, quantifier: str, inside: list[Line], ranged: str, indent: int, span: Span
    ) -> list[Line]:
        return [
            Line(indent, f"{quantifier}(", span),
            *inside,
            Line(indent + 1, ranged, span),
            Line(indent, ")", span),
        ]

    def _amount_lines(self, node: Amount, indent: int, span: Span) -> list[Line]:
        """An amount; a sum over some elements of a list, one thing a line."""
        if not isinstance(node, Total) or node.kind != "sum" or node.where is None:
            return [Line(indent, self.amount(node), span)]
        var = _local(node.loop.var)
        value = self.amount(node.body) if node.body is not None else "1"
        ranged = f"for {var} in {self.domain(node.loop)}"
        if not node.loop.nested:
            test = _grouped(self.lines(node.where, "plain", indent + 1, span), indent + 1, span)
            made = [Line(indent + 1, ranged, span), *_returned("if ", "", test)]
        else:
            test = _grouped(self.lines(node.where, "plain", indent + 2, span), indent + 2, span)
            made = [
                Line(indent + 1, f"for {var} in outermost([", span),
                Line(indent + 2, f"{var} {ranged}", span),
                *_returned("if ", "", test),
                Line(indent + 1, "])", span),
            ]
        head = [Line(indent, "sum(", span), Line(indent + 1, value, span)]
        return [*head, *made, Line(indent, ")", span)]

    # ── amounts, always plain ────────────────────────────────────────────────

    def amount(self, node: Amount) -> str:
        """An amount as an expression on one line."""
        match node:
            case Stated(ref):
                return self.fact(ref)
            case Constant(site):
                return self.sites[site]
            case Sum(op, left, right):
                return f"({self.amount(left)} {op} {self.amount(right)})"
            case Total(kind, loop, body, where):
                var = _local(loop.var)
                test = ""
                if where is not None:
                    inside = self.lines(where, "plain", 0, NOWHERE)
                    test = " if " + " ".join(line.text for line in _grouped(inside, 0, NOWHERE))
                source = self.domain(loop)
                if kind == "count":
                    return f"sum(1 for {var} in {source}{test})"
                value = self.amount(body) if body is not None else "1"
                if kind == "sum" and loop.nested:
                    return (
                        f"sum({value} for {var} in outermost([{var} for {var} in {source}{test}]))"
                    )
                if kind == "sum":
                    return f"sum({value} for {var} in {source}{test})"
                called = "greatest" if kind == "max" else "least"
                return f"{called}([{value} for {var} in {source}{test}])"
            case _:
                assert_never(node)

    # ── facts ────────────────────────────────────────────────────────────────

    def fact(self, ref: Ref) -> str:
        """A fact as an expression."""
        match ref:
            case Root():
                return "t"
            case Local(name):
                return _local(name)
            case Field(base, name):
                return f"{self.fact(base)}[{name!a}]"
            case _:
                assert_never(ref)

    def domain(self, domain: Domain) -> str:
        """What a loop goes through, as an expression."""
        if isinstance(domain.source, int):
            return f"t.domain({self.sites[domain.source]}, {self._environment(domain.env)})"
        return self.fact(domain.source)

    def _asked(self, site: int, env: tuple[tuple[str, Ref], ...]) -> str:
        return f"t.ask({self.sites[site]}, {self._environment(env)})"

    def _environment(self, env: tuple[tuple[str, Ref], ...]) -> str:
        return "{" + ", ".join(f"{k!a}: {self._value(ref)}" for k, ref in env) + "}"

    def _value(self, ref: Ref) -> str:
        """A fact as the reference evaluator sees it."""
        match ref:
            case Field(base, name):
                return f"{self.fact(base)}.value({name!a})"
            case Local(name) if _local(name) in self.family:
                return f"e[{name!a}]"
            case _:
                return f"{self.fact(ref)}.thing"


def _three(call: str, mode: Mode) -> str:
    return f"{call} == 2" if mode == "must" else call


def _grouped(lines: list[Line], indent: int, span: Span) -> list[Line]:
    """In brackets, unless one line or in brackets already."""
    if len(lines) == 1:
        text = lines[0].text
        return lines if _single(text) else [Line(lines[0].indent, f"({text})", lines[0].span)]
    if lines[0].text in {"(", "any(", "all("} and lines[-1].text == ")":
        return lines
    deeper = [Line(line.indent + 1, line.text, line.span) for line in lines]
    return [Line(indent, "(", span), *deeper, Line(indent, ")", span)]


def _single(text: str) -> bool:
    """Whether a line binds tighter than `and`, `or` and `not`."""
    return " or " not in text and " and " not in text and not text.startswith("not ")


# ── names ────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Names:
    """Names that are spelled anew, each given once."""

    taken: set[str] = field(default_factory=set[str])

    def fresh(self, wanted: str, number: str = "") -> str:
        """A name that nobody has; texts of a policy only lend it letters."""
        base = f"{wanted}_{number}" if number else wanted
        name, n = base, 1
        while name in self.taken:
            n += 1
            name = f"{base}_{n}"
        self.taken.add(name)
        return name


def _slug(text: str, *, keep: bool = False) -> str:
    """Letters, digits and underscores of a text, in a form that no Python word has."""
    said = text
    if not keep:
        said = re.sub(r"\bx\b", "", said)
        for sign in sorted(_SAID, key=len, reverse=True):
            said = said.replace(f"{sign}", f" {_SAID[sign]} ")
    made = re.sub(r"[^A-Za-z0-9]+", "_", said).strip("_")
    made = made if keep else made[:32].strip("_")
    return f"rule_{made}" if keep else f"c_{made}" if made else ""


def _local(name: str) -> str:
    """A variable of a policy: never a word of Python, never one of ours.

    A variable of a loop, `c.1`, is spelled apart from those of families and definitions.
    """
    first = "x_" if "." in name else "v_"
    return first + re.sub(r"[^A-Za-z0-9_]", "_", name)


def docstring(text: str) -> str:
    """Words of a policy inside a docstring."""
    shown = "".join(c if c.isprintable() and c not in '\\"' else " " for c in text)
    return " ".join(shown.split())


__all__ = ["Emitted", "Function", "Line", "Written", "emit"]
