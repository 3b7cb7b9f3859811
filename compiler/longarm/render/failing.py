"""What a failed expectation teaches, to text and JSON: values in, text out.

Every place is written as `file:line`, which terminals and editors open.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from longarm.expecting import Failure
from longarm.lessons import Missed, Other, Standing, Test
from longarm.render.common import Json, place, plural, visible
from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.source import Span

WIDTH = 80
_COLUMN = 10
MOST_LACKS = 3
"""Conditions that a rule lacks before the rest is counted."""
MOST_HOLDS = 6
"""Conditions that hold of a rule before the rest is counted."""


def at(span: Span) -> str:
    """Where something stands: `law/act.pol:12`."""
    where = place(span)
    return f"{visible(where.file)}:{where.line}"


def failure_lines(failure: Failure) -> Iterator[str]:
    """What was expected, what came, and the rules that it hangs on."""
    yield from lines_of("expected", failure.expected)
    yield from lines_of("got", failure.got)
    yield f"{'at':<{_COLUMN}}{at(failure.span)}"
    for missed in failure.missed:
        yield from _missed(missed)
    for standing in failure.standing:
        yield from _standing(standing)


def lines_of(name: str, text: str) -> Iterator[str]:
    """A text behind its name, broken to the width."""
    room = WIDTH - 4 - _COLUMN
    broken = wrap(visible(text), room, break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(broken or [""]):
        yield f"{'' if number else name:<{_COLUMN}}{line}"


def _place(span: Span) -> str:
    return f"{'':<{_COLUMN}}{at(span)}"


def _missed(missed: Missed, name: str = "rule") -> Iterator[str]:
    """A rule that does not stand, the first thing that it lacks, and what would help."""
    yield from lines_of(name, f'{missed.member or missed.rule.id} "{_title(missed.rule)}"')
    yield _place(missed.rule.span)
    match missed.why:
        case "defeated":
            for other in missed.by:
                yield from _other("defeated" if not missed.sentence else "perhaps", other)
        case "force":
            yield from lines_of("force", f"not in force: {missed.sentence}")
            for other in missed.by:
                yield from _other("by", other)
        case "idle":
            yield from lines_of("lacks", "something to act on: what it speaks of does not stand")
        case _:
            pass
    for test in missed.lacks[:MOST_LACKS]:
        yield from _test("lacks" if test.truth is Truth.NO else "open", test)
    if len(missed.lacks) > MOST_LACKS:
        yield from lines_of("", f"and {plural(len(missed.lacks) - MOST_LACKS, 'condition')} more")
    change = change_of(missed)
    if change is not None:
        yield from lines_of("change", change)


def _other(name: str, other: Other) -> Iterator[str]:
    yield from lines_of(name, f'{other.id} "{other.title}"' if other.title else other.id)
    if other.span is not None:
        yield _place(other.span)


def _test(name: str, test: Test) -> Iterator[str]:
    yield from lines_of(name, test.text)
    if test.facts:
        yield from lines_of(
            "", "where " + ", ".join(f"{fact} is {value}" for fact, value in test.facts)
        )
    if test.span.source.name:
        yield _place(test.span)
    if test.nearest is not None:
        yield from _missed(test.nearest, "nearest")


def change_of(missed: Missed) -> str | None:
    """The smallest change of facts that would have made a rule stand, if it is one."""
    only = missed.only
    if only is None:
        return None
    if only.truth is Truth.UNKNOWN:
        return f"answer this: {only.question}" if only.question else None
    if only.nearest is not None:
        return None  # said of the rule that comes nearest
    return f"{missed.rule.name} stands once {only.text}"


def _standing(standing: Standing) -> Iterator[str]:
    """A rule that stands and should not: what makes it stand, and what failed to defeat it."""
    is_sure = all(test.truth is Truth.YES for test in standing.holds)
    name = "stands" if is_sure else "may stand"
    yield from lines_of(name, f'{standing.rule.id} "{_title(standing.rule)}"')
    yield _place(standing.rule.span)
    for number, test in enumerate(standing.holds[:MOST_HOLDS]):
        facts = ", ".join(f"{fact} is {value}" for fact, value in test.facts)
        text = f"{test.text} ({facts})" if facts else test.text
        is_open = test.truth is Truth.UNKNOWN
        yield from lines_of("open" if is_open else "" if number else "since", text)
    if len(standing.holds) > MOST_HOLDS:
        yield from lines_of("", f"and {plural(len(standing.holds) - MOST_HOLDS, 'condition')} more")
    if not standing.defeaters:
        yield from lines_of("defeats", "none: no rule defeats it")
    elif not standing.defeats:
        rules = plural(standing.defeaters, "rule")
        yield from lines_of("defeats", f"{rules} may defeat it, and none is one condition away")
    for missed in standing.defeats:
        yield from _missed(missed, "defeat")


def _title(rule: ast.Rule) -> str:
    return rule.clauses.title or rule.name.replace("_", " ")


# ── for programs ─────────────────────────────────────────────────────────────


def failure_json(failure: Failure) -> dict[str, Json]:
    """The failure with `missed` and `standing`; lines and columns from 1."""
    where = place(failure.span)
    return {
        "expected": failure.expected,
        "got": failure.got,
        "file": where.file,
        "line": where.line,
        "column": where.column,
        "missed": [_missed_json(m) for m in failure.missed],
        "standing": [
            {
                **_rule_json(s.rule),
                "holds": [_test_json(t) for t in s.holds],
                "defeats": [_missed_json(m) for m in s.defeats],
                "defeaters": s.defeaters,
            }
            for s in failure.standing
        ],
    }


def _rule_json(rule: ast.Rule) -> dict[str, Json]:
    return {"rule": rule.id, "title": _title(rule), **_at(rule.span)}


def _missed_json(missed: Missed) -> dict[str, Json]:
    return {
        **_rule_json(missed.rule),
        "why": missed.why,
        "lacks": [_test_json(t) for t in missed.lacks],
        "by": [
            {"id": o.id, "title": o.title, **(_at(o.span) if o.span is not None else {})}
            for o in missed.by
        ],
        "sentence": missed.sentence,
        "change": change_of(missed),
    }


def _test_json(test: Test) -> dict[str, Json]:
    return {
        "condition": test.text,
        "holds": str(test.truth),
        "facts": dict(test.facts),
        **_at(test.span),
        "question": test.question,
        "nearest": None if test.nearest is None else _missed_json(test.nearest),
    }


def _at(span: Span) -> dict[str, Json]:
    where = place(span)
    return {"file": where.file, "line": where.line}


__all__ = ["at", "change_of", "failure_json", "failure_lines", "lines_of"]
