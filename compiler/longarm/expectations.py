"""What a YAML or JSON case expects, in the words of `expect` in a `.pol` case.

    expect:
      cn: {requires: license, reviews: at least case_by_case, because: foreign_made_content}
      us: nothing

or a list of such records, each with a day, a day of knowledge, or both:

    expect:
      - {on: 2025-11-09, known: 2025-11-01, cn: {requires: license}}
      - {on: 2025-11-10, cn: nothing}

A regime has a text, a list, or a mapping from the first words of a clause to the rest of
it; a text may hold several clauses with commas, as in `.pol`. Names are looked up in the
program, so that an expectation of a rule that is not there is an error and not a pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from typing import assert_never

from longarm.case_tree import is_day
from longarm_dsl.core import ast
from longarm_dsl.core.codes import parse_code
from longarm_dsl.core.effect_words import Words, no_such_word, words_of
from longarm_dsl.core.numbers import parse_amount
from longarm_dsl.core.program import Program
from longarm_dsl.core.read_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.types import POSTURE, REQUIREMENTS, NumberType
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

THREE_WAYS = ("because", "status", "code", "duty", "flag", "charge", "exposes")
"""What can be expected to be so, not to be so, and to be open."""

KEYWORDS = (
    "nothing",
    "requires",
    "reviews",
    "needs",
    *THREE_WAYS,
    *(f"not {word}" for word in THREE_WAYS),
    *(f"open {word}" for word in THREE_WAYS),
)
"""First words of a clause; in a mapping `not_because` may stand for `not because`."""

DAYS = ("on", "known")
"""Keys beside the regimes that say on which day, and as known on which."""

_CLAUSE = re.compile(r"((?:not|open)\s+[a-z]+|[a-z_]+)(?:\s+(.*))?", re.DOTALL)
_PREFIX = re.compile(r"^(not|open)_")
_RANGE = re.compile(r"(\S+)\s+to\s+(\S+)")
_BOUND = re.compile(r"at\s+(least|most)\s+(\S+)")
_HEAD = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)(\(.*\))?", re.DOTALL)
_COMMA = re.compile(r",(?![^()]*\))")


def read_expectations(
    raw: Raw, program: Program
) -> tuple[tuple[ast.Expectation, ...], tuple[Diagnostic, ...]]:
    """Read the value of `expect`; a clause with a mistake is left out and reported."""
    reader = _Reader(program)
    made = tuple(reader.regimes(raw))
    return made, tuple(reader.found)


@dataclass(slots=True)
class _Reader:
    program: Program
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    words: Words | None = None

    def wrong(
        self, message: str, where: Span, help_: str | None = None, name: str = "malformed-case"
    ) -> None:
        self.found.append(error(name, message, where, help=help_))

    def regimes(self, raw: Raw) -> Iterator[ast.Expectation]:
        if isinstance(raw, RawList):
            for item in raw.items:
                yield from self.record(item)
        else:
            yield from self.record(raw)

    def record(self, raw: Raw) -> Iterator[ast.Expectation]:
        """What is expected of regimes, perhaps on days of its own."""
        if not isinstance(raw, RawRecord):
            self.wrong("`expect` names regimes", raw.where, "write `expect: {cn: nothing}`")
            return
        days: dict[str, str] = {}
        regimes: list[RawPair] = []
        before = len(self.found)
        for pair in raw.pairs:
            if pair.key not in DAYS:
                regimes.append(pair)
            elif pair.key in days:
                self.wrong(f"`{pair.key}` is given twice", pair.where, name="duplicate-key")
            else:
                days[pair.key] = self.day(pair)
        if len(self.found) > before:
            return  # what is expected on a day nobody can read is not expected on another
        if days and not regimes:
            self.wrong(
                "a day without a regime expects nothing", raw.where, "name one: `cn: nothing`"
            )
        for made in self.of_regimes(regimes):
            yield replace(made, on=days.get("on"), known=days.get("known")) if days else made

    def day(self, pair: RawPair) -> str:
        text = pair.value.text if isinstance(pair.value, RawText) else ""
        if not is_day(text):
            self.wrong(
                f"`{pair.key}` is not a day of the calendar",
                pair.value.where if text else pair.where,
                "write year, month, day: `2025-12-01`",
                "malformed-date",
            )
        return text

    def of_regimes(self, pairs: Iterable[RawPair]) -> Iterator[ast.Expectation]:
        seen: set[str] = set()
        for pair in pairs:
            if pair.key in seen:
                self.wrong(f"`{pair.key}` is given twice", pair.where, name="duplicate-key")
            elif pair.key not in self.program.regimes:
                self.wrong(
                    f"there is no regime `{pair.key[:40]}`",
                    pair.where,
                    did_you_mean(pair.key, self.program.regimes),
                    "unknown-name",
                )
            else:
                yield from self.clauses(pair.value, pair.key)
            seen.add(pair.key)

    def clauses(self, raw: Raw, regime: str) -> Iterator[ast.Expectation]:
        match raw:
            case RawText(text, _, where):
                for part in _COMMA.split(text):
                    clause = _CLAUSE.fullmatch(part.strip())
                    if clause is None:
                        self.wrong("a clause begins with a word", where, _known(""))
                    else:
                        keyword = " ".join(clause[1].split())
                        yield from self.clause(regime, keyword, clause[2] or "", where)
            case RawList(items):
                for item in items:
                    yield from self.clauses(item, regime)
            case RawRecord(pairs):
                for pair in pairs:
                    keyword = _PREFIX.sub(r"\1 ", pair.key)
                    for text, where in self.texts(pair.value):
                        yield from self.clause(regime, keyword, text, where)
            case _:
                assert_never(raw)

    def texts(self, raw: Raw) -> Iterator[tuple[str, Span]]:
        """The values of a key: one, several, or names with amounts (`charge`)."""
        match raw:
            case RawText(text, _, where):
                yield text, where
            case RawList(items):
                for item in items:
                    yield from self.texts(item)
            case RawRecord(pairs):
                for pair in pairs:
                    for text, where in self.texts(pair.value):
                        yield f"{pair.key} {text}", where
            case _:
                assert_never(raw)

    def clause(
        self, regime: str, keyword: str, rest: str, where: Span
    ) -> Iterable[ast.Expectation]:
        text = rest.strip()
        kind = keyword.replace(" ", "_")
        if keyword not in KEYWORDS:
            self.wrong(f"`{keyword[:40]}` cannot be expected", where, _known(keyword))
        elif kind == "nothing":
            if text in {"", "yes", "true"}:
                return [ast.Expectation(regime, kind, span=where)]
            self.wrong("nothing follows `nothing`", where)
        elif not text:
            self.wrong(f"`{keyword}` of what?", where)
        else:
            made = self.filled(regime, kind, text, where)
            return [] if made is None else [made]
        return []

    def filled(self, regime: str, kind: str, text: str, where: Span) -> ast.Expectation | None:
        match kind:
            case "requires" | "reviews":
                return self.bounds(regime, kind, text, where)
            case "because" | "not_because" | "open_because":
                name = self.rule(regime, text, where)
            case "status" | "not_status" | "open_status":
                name = self.status(regime, text, where)
            case "code" | "not_code" | "open_code":
                code = parse_code(text.strip('"'))
                name = None if code is None else str(code)
                if code is None:
                    self.wrong(f"`{text[:40]}` is not a code", where, "write it as `US:3A090.a`")
            case "needs":
                name = text
            case _:
                return self.effect(regime, kind, text, where)
        return None if name is None else ast.Expectation(regime, kind, name=name, span=where)

    def bounds(self, regime: str, kind: str, text: str, where: Span) -> ast.Expectation | None:
        scale = REQUIREMENTS if kind == "requires" else POSTURE.values
        low: str | None
        high: str | None
        if bound := _BOUND.fullmatch(text):
            low, high = (bound[2], None) if bound[1] == "least" else (None, bound[2])
        elif ends := _RANGE.fullmatch(text):
            low, high = ends[1], ends[2]
        else:
            low = high = text
        for word in {low, high} - {None, *scale}:
            self.wrong(
                f"`{str(word)[:40]}` is not a {'requirement' if kind == 'requires' else 'posture'}",
                where,
                did_you_mean(str(word), scale) or f"it can be {_listed(scale)}",
                "unknown-enum-value",
            )
            return None
        if low is not None and high is not None and scale.index(low) > scale.index(high):
            self.wrong(f"`{low} to {high}` runs backwards", where)
            return None
        return ast.Expectation(regime, kind, low, high, span=where)

    def rule(self, regime: str, text: str, where: Span) -> str | None:
        rules = [r for r in self.program.rules if r.startswith(f"{regime}.")]
        for exact in (text, f"{regime}.{text}"):
            if exact in rules:
                return exact
        matching = sorted(r for r in rules if r.endswith(f".{text}"))
        if len(matching) == 1:
            return matching[0]
        if matching:
            which = "say which: " + ", ".join(f"`{m}`" for m in matching[:3])
            self.wrong(f"`{text}` names {len(matching)} rules", where, which, "ambiguous-name")
            return None
        known = [*rules, *(r.rpartition(".")[2] for r in rules)]
        self.wrong(
            f"there is no rule `{text[:60]}`", where, did_you_mean(text, known), "unknown-name"
        )
        return None

    def status(self, regime: str, text: str, where: Span) -> str | None:
        head = _HEAD.fullmatch(text)
        if head is not None:
            for exact in (head[1], f"{regime}.{head[1]}"):
                if exact in self.program.statuses:
                    return exact + (head[2] or "")
        known = [*self.program.statuses, *(s.rpartition(".")[2] for s in self.program.statuses)]
        self.wrong(
            f"there is no status `{text[:60]}`", where, did_you_mean(text, known), "unknown-name"
        )
        return None

    def effect(self, regime: str, kind: str, text: str, where: Span) -> ast.Expectation | None:
        """A duty, flag, charge or exposure, the last two perhaps with amounts."""
        name, _, written = text.partition(" ")
        what = kind.removeprefix("not_").removeprefix("open_")
        if self.words is None:
            self.words = words_of(self.program)
        wrong = no_such_word(what, name[:60], regime, self.words, where)
        if wrong is not None:
            self.found.append(wrong)
            return None
        if not written.strip():
            return ast.Expectation(regime, kind, name, span=where)
        if kind not in {"charge", "exposes"}:
            self.wrong(f"nothing follows the name in `{kind.replace('_', ' ')}`", where)
            return None
        low, _, high = written.strip().partition(" to ")
        ends = [self.amount(end.strip(), where) for end in (low, high or low)]
        if None in ends:
            example = f"{kind} {name} 1000 CNY" + (" to 5000 CNY" if high else "")
            self.wrong("an amount is money", where, f"write `{example}`")
            return None
        return ast.Expectation(regime, kind, name, amount=ends[0], most=ends[1], span=where)

    def amount(self, text: str, where: Span) -> ast.Expr | None:
        amount = parse_amount(text, self.program.units)
        if amount is None or amount.dimension.kind != "money":
            return None
        return ast.Literal(amount, NumberType(amount.dimension), text, span=where)


def _known(keyword: str) -> str:
    return did_you_mean(keyword, KEYWORDS) or f"it can be {_listed(KEYWORDS)}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{w}`" for w in words)
