"""A case as every form of file says it, read from its raw tree: JSON here, YAML in `cases`.

    case_input.read_json(data, name, program)    the cases of a JSON text

Needs the standard library alone, so that a case can be read where nothing is installed.
A case whose day, closure or facts have no readable form is left out and reported, since
deciding it on another day or with other facts would answer a question nobody asked. A
single fact that cannot be read stays in the case as an error (`read_facts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from pathlib import PurePath

from longarm.case_tree import MOST_BYTES, is_day
from longarm.expectations import read_expectations
from longarm.json_facts import NotJson, raw_from_json
from longarm_dsl.core import ast
from longarm_dsl.core.fact_names import meant
from longarm_dsl.core.facts import Transaction
from longarm_dsl.core.program import Program, Review
from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.core.read_facts import read_transaction
from longarm_dsl.diagnostics import Diagnostic, did_you_mean, error, in_order
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface.read import read_source

KEYS = ("case", "on", "known", "assume", "given", "expect", "cite", "reviewed")
"""Keys of a case in YAML and JSON."""

_CALLED = {"title": "case", "name": "case", "date": "on", "day": "on", "facts": "given"}
"""What a newcomer calls keys of a case."""


@dataclass(frozen=True, slots=True)
class CaseInput:
    """A case as every form of file says it: what to decide, on which days, what to expect.

    `on` and `known` are days (`2025-12-02`, `on` perhaps with a clock time) or not given.
    """

    title: str
    on: str | None
    known: str | None
    closed: bool
    transaction: Transaction
    expectations: tuple[ast.Expectation, ...]
    cite: str | None
    span: Span = field(compare=False, repr=False)
    given: Raw | None = field(default=None, compare=False, repr=False)
    """The facts as they were written, for the record of a decision."""
    review: Review | None = None
    """Who has read what the case expects, where that is said; nobody, where that is."""

    @property
    def unreviewed(self) -> bool:
        """Whether what is expected was computed, and nobody has read it."""
        return self.review is not None and self.review.by is None

    @property
    def regimes(self) -> tuple[str, ...]:
        """The regimes of which something is expected, in the order given."""
        return tuple(dict.fromkeys(e.regime for e in self.expectations))


def read_json(
    data: bytes, name: str, program: Program
) -> tuple[tuple[CaseInput, ...], tuple[Diagnostic, ...]]:
    """Read the cases of a JSON text, one or a list of them; `name` is the name to show."""
    source, problems = case_source(data, name)
    if source is None:
        return (), problems
    read = raw_from_json(source)
    if isinstance(read, NotJson):
        return (), (read.finding,)
    return cases_in(*read, source, program)


def case_source(data: bytes, name: str) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """The text of a case file, if it is one and not too long."""
    if len(data) > MOST_BYTES:
        message = f"a case file has at most {MOST_BYTES:,} bytes"
        return None, (error("file-too-large", message, Span(Source(name, ""), 0, 0)),)
    return read_source(data, name)


def cases_in(
    raw: Raw | None, wrong: Sequence[Diagnostic], source: Source, program: Program
) -> tuple[tuple[CaseInput, ...], tuple[Diagnostic, ...]]:
    """The cases of a tree, with what was wrong in the text that it is from."""
    if raw is None:
        return (), tuple(wrong)
    reader = _Reader(program, source, list(wrong))
    name = PurePath(source.name).stem
    match raw:
        case RawRecord():
            cases = [reader.case(raw, name)]
        case RawList(items):
            cases = [reader.case(item, f"{name} {n}") for n, item in enumerate(items, 1)]
            if not items:
                reader.wrong("the list holds no case", raw.where)
        case RawText():
            cases = [reader.case(raw, "")]
    return tuple(c for c in cases if c is not None), in_order(reader.found)


@dataclass(slots=True)
class _Reader:
    program: Program
    source: Source
    found: list[Diagnostic]

    def wrong(self, message: str, where: Span, help_: str | None = None) -> None:
        self.found.append(error("malformed-case", message, where, help=help_))

    def case(self, raw: Raw, untitled: str) -> CaseInput | None:
        if not isinstance(raw, RawRecord):
            self.wrong("a case is a record with `given`", _first_line(raw.where))
            return None
        before = len(self.found)
        parts = self.parts(raw)
        title = self.text("case", parts.get("case"))
        cite = self.text("cite", parts.get("cite"))
        on = self.day("on", parts.get("on"))
        known = self.day("known", parts.get("known"))
        closed = self.closed(parts.get("assume"))
        review = self.review(parts.get("reviewed"))
        given = parts.get("given")
        if given is None:
            if len(self.found) == before:
                self.found.append(no_facts(_first_line(raw.where)))
            return None
        if len(self.found) > before:
            return None
        transaction, problems = read_transaction(given.value, self.program, closed=closed)
        expected = parts.get("expect")
        expectations: tuple[ast.Expectation, ...] = ()
        if expected is not None:
            expectations, mistakes = read_expectations(expected.value, self.program)
            self.found += mistakes
        self.found += problems
        if not isinstance(given.value, RawRecord):
            return None
        name = title or untitled
        return CaseInput(
            name,
            on,
            known,
            closed,
            transaction,
            expectations,
            cite,
            raw.where,
            given.value,
            review,
        )

    def parts(self, raw: RawRecord) -> dict[str, RawPair]:
        found: dict[str, RawPair] = {}
        known = self.program.records.get("Transaction")
        for pair in raw.pairs:
            if pair.key in found:
                message = f"`{pair.key}` is given twice"
                self.found.append(
                    error("duplicate-key", message, pair.where, help="keep one of the two")
                )
            elif pair.key not in KEYS:
                fields = known.fields if known is not None else {}
                help_: str | None
                if pair.key in _CALLED:
                    help_ = f"did you mean `{_CALLED[pair.key]}`?"
                elif pair.key in fields:
                    help_ = "facts stand under `given`"
                elif (name := meant(pair.key, fields)) is not None:
                    help_ = f"facts stand under `given`; did you mean `{name}`?"
                else:
                    help_ = did_you_mean(pair.key, KEYS)
                self.wrong(f"a case has no `{_shown(pair.key)}`", pair.where, help_)
            else:
                found[pair.key] = pair
        return found

    def text(self, key: str, pair: RawPair | None) -> str | None:
        if pair is None:
            return None
        value = pair.value
        if isinstance(value, RawText) and value.text.strip():
            return " ".join(value.text.split())
        self.wrong(f"`{key}` is a text", pair.where)
        return None

    def day(self, key: str, pair: RawPair | None) -> str | None:
        if pair is None:
            return None
        text = pair.value.text if isinstance(pair.value, RawText) else ""
        if is_day(text):
            return text
        self.found.append(
            error(
                "malformed-date",
                f"`{key}` is not a day of the calendar",
                pair.value.where if text else pair.where,
                help="write year, month, day: `2025-12-01`",
            )
        )
        return None

    def review(self, pair: RawPair | None) -> Review | None:
        """`no`, or the day and who: `2026-11-21 by Jane Doe`."""
        text = self.text("reviewed", pair)
        if pair is None or text is None:
            return None
        day, _, by = text.partition(" by ")
        if text in {"no", "false"}:
            return Review()
        if is_day(day) and "T" not in day and by.strip():
            return Review(day, by.strip())
        help_ = "write `reviewed: no`, or `reviewed: 2026-11-21 by NAME`"
        self.wrong("`reviewed` is a day and who, or `no`", pair.where, help_)
        return None

    def closed(self, pair: RawPair | None) -> bool:
        if pair is None:
            return False
        if isinstance(pair.value, RawText) and pair.value.text == "closed":
            return True
        self.wrong("a case can assume only `closed`", pair.where, "write `assume: closed`")
        return False


def no_facts(where: Span) -> Diagnostic:
    """A case that states nothing at all."""
    return error("malformed-case", "a case without `given`", where, help="state the facts in it")


def _first_line(where: Span) -> Span:
    end = where.source.text.find("\n", where.start)
    stop = where.end if end < 0 else min(where.end, end)
    return Span(where.source, where.start, max(stop, where.start))


def _shown(key: str) -> str:
    most = 40
    plain = "".join(c if c.isprintable() else "?" for c in key[: most + 1])
    return plain if len(plain) <= most else f"{plain[:most]}…"
