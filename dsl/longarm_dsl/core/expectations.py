"""What a case expects of a regime, with every name checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from longarm_dsl.core import ast
from longarm_dsl.core.effect_words import WORDS, Words, no_such_word
from longarm_dsl.core.expressions import Typer
from longarm_dsl.core.linking import Context
from longarm_dsl.core.rules import RuleReader
from longarm_dsl.core.types import POSTURE, REQUIREMENTS, NumberType
from longarm_dsl.core.units import MONEY
from longarm_dsl.diagnostics import did_you_mean, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.surface import ast as surface


@dataclass(slots=True)
class ExpectationReader:
    """Reads the `expect` clauses of cases."""

    rules: RuleReader
    words: Words

    def expectations(self, node: surface.Expect, context: Context) -> Iterator[ast.Expectation]:
        """What a case asserts of a regime, perhaps on days of its own, with names checked."""
        on = node.on.date.text if node.on else None
        known = node.known.date.text if node.known else None
        for each in node.expectations:
            made = self._expectation(each, node.regime.text, context)
            yield replace(made, on=on, known=known) if on or known else made

    def _expectation(
        self, node: surface.Expectation, regime: str, context: Context
    ) -> ast.Expectation:
        scale: tuple[str, ...] = ()
        if node.kind == "requires":
            scale = REQUIREMENTS
        elif node.kind == "reviews":
            scale = POSTURE.values
        for word in (node.low, node.high):
            if scale and word is not None and word.text not in scale:
                self.rules.found.append(
                    error(
                        "unknown-enum-value",
                        f"`{word.text}` is not a {'requirement' if node.kind == 'requires' else 'posture'}",
                        word.span,
                        help=did_you_mean(word.text, scale)
                        or "it can be " + ", ".join(f"`{s}`" for s in scale),
                    )
                )
        name: str | None = None
        amount: ast.Expr | None = None
        most: ast.Expr | None = None
        kind = node.kind.removeprefix("not_").removeprefix("open_")
        if node.path is not None:
            name = node.path.text
            if kind == "because":
                name = self._expected_rule(node.path, regime, context)
        elif kind in WORDS and node.low is not None:
            wrong = no_such_word(kind, node.low.text, regime, self.words, node.low.span)
            if wrong is not None:
                self.rules.found.append(wrong)
            amount, most = (self._amount(end, context) for end in (node.value, node.most))
        elif node.value is not None:
            name = node.value.span.text
            if kind == "status":
                name = self._expected_status(node.value, regime, context)
            elif isinstance(node.value, surface.StringLit):
                name = node.value.value
        return ast.Expectation(
            regime,
            node.kind,
            node.low.text if node.low else None,
            node.high.text if node.high else None,
            name,
            amount,
            most,
            span=node.span,
        )

    def _amount(self, node: surface.Expr | None, context: Context) -> ast.Expr | None:
        if node is None:
            return None
        typer = Typer(self.rules.vocabulary, context, self.rules.found, None)
        return typer.typed(node, {}, NumberType(MONEY))

    def _expected_rule(self, path: surface.Path, regime: str, context: Context) -> str:
        found = self.rules.linker.find(path.text, context, "rule")
        if found is not None and found.id.startswith(f"{regime}."):
            return found.id
        tail = f".{path.text}"
        matching = [
            d.id
            for d in self.rules.linker.by_id.values()
            if d.kind == "rule" and d.id.startswith(f"{regime}.") and d.id.endswith(tail)
        ]
        if len(matching) == 1:
            return matching[0]
        if matching:
            self.rules.found.append(
                error(
                    "ambiguous-name",
                    f"`{path.text}` names {len(matching)} rules",
                    path.span,
                    help="say which: " + ", ".join(f"`{m}`" for m in sorted(matching)[:3]),
                )
            )
            return path.text
        self.rules.found.append(self.rules.linker.unknown(path.text, path.span, context, "rule"))
        return path.text

    def _expected_status(self, node: surface.Expr, regime: str, context: Context) -> str:
        head = node.function if isinstance(node, surface.Call) else node
        inside = node.span.text[len(head.span.text) :]
        text = head.span.text
        found = self.rules.linker.find(text, context, "status") or self.rules.linker.find(
            f"{regime}.{text}", context, "status"
        )
        if found is None:
            self.rules.found.append(self.rules.linker.unknown(text, head.span, context, "status"))
            return node.span.text
        return found.id + inside
