"""What the compiled US pack says on a day: country sets, table rows, rules of an instrument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from longarm_dsl.core import ast
from longarm_dsl.core.code_sets import Exactly, Listed
from longarm_dsl.core.formula import YES
from longarm_dsl.core.places import Places, places
from longarm_dsl.core.program import Program
from longarm_dsl.core.time import amendments


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the control-list table: the codes as written, by entry and paragraph."""

    codes: frozenset[tuple[str, ...]]
    reason: str
    to: frozenset[str]
    whole: bool
    lvs: str | None
    gbs: bool
    tsr: bool


@dataclass(frozen=True, slots=True)
class Law:
    """A program, read on a day as it was known on another."""

    program: Program
    day: date
    known: date

    def named(self, name: str) -> frozenset[str] | None:
        """The countries of a named set on the day; None if there is no such set."""
        if name not in self.program.values:
            return None
        return frozenset(self._value(name).countries)

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of the control-list table that apply on the day."""
        return tuple(
            self._row(row)
            for row in self.program.tables[table].rows
            if (row.issued or row.start or date.min) <= self.known
            and (row.start or date.min) <= self.day
            and (row.end is None or self.day < row.end)
        )

    def citations(self, instrument: str) -> dict[str, list[str]]:
        """What the rules of an instrument cite, with the titles of those rules."""
        found: dict[str, list[str]] = {}
        for rule in self.program.rules.values():
            cite, title = rule.clauses.cite, rule.clauses.title
            if rule.instrument == instrument and isinstance(cite, ast.Literal):
                found.setdefault(str(cite.value), []).append(title or "")
        return found

    def _row(self, row: ast.Row) -> Row:
        cells = row.cells
        reason = _text(cells.get("reason")) or ""
        return Row(
            codes=_paths(cells.get("codes")),
            reason=reason,
            to=frozenset(self._places(cells["to"]).countries),
            whole=reason == "AT" or _flag(cells.get("whole")),
            lvs=_text(cells.get("lvs")),
            gbs=_flag(cells.get("gbs")),
            tsr=_flag(cells.get("tsr")),
        )

    def _value(self, name: str) -> Places:
        expr = self.program.values[name].value
        changes = {a.event: a.value for a in self.program.amendments.get(name, ())}
        if not changes:
            return self._places(expr)
        for event, acts in amendments(self.program.law, name, self.day, self.known):
            changed = changes.get(event.id)
            if acts == YES and changed is not None:
                expr = changed
        return self._places(expr)

    def _places(self, expr: ast.Expr) -> Places:
        match expr:
            case ast.Named():
                return self._value(expr.id)
            case ast.SetOf():
                return places(_code(item) for item in expr.items)
            case ast.SetOp():
                left, right = self._places(expr.left), self._places(expr.right)
                if expr.op == "+":
                    return left | right
                return left & right if expr.op == "&" else left - right
            case _:
                raise TypeError(f"no set of countries: {expr}")


def _code(expr: ast.Expr) -> str:
    if isinstance(expr, ast.Literal) and isinstance(expr.value, ast.Place):
        return expr.value.code
    raise TypeError(f"no country: {expr}")


def _paths(expr: ast.Expr | None) -> frozenset[tuple[str, ...]]:
    if not isinstance(expr, ast.Codes) or not isinstance(expr.codes, Listed):
        return frozenset()
    patterns = (member.pattern for member in expr.codes.members)
    return frozenset(
        tuple(str(part) for part in p.path) for p in patterns if isinstance(p, Exactly)
    )


def _text(expr: ast.Expr | None) -> str | None:
    if not isinstance(expr, ast.Literal) or isinstance(expr.value, ast.NoneValue):
        return None
    return expr.text or str(expr.value)


def _flag(expr: ast.Expr | None) -> bool:
    return isinstance(expr, ast.Literal) and expr.value is True
