"""A question that a decision leaves open, with where its answers lead."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from longarm.render.common import visible
from longarm.render.parts import Part, stack
from longarm.render.words import outcome_words
from longarm_dsl.evaluate.decision import Asked, Decision
from longarm_dsl.evaluate.outcome import Outcome

_MOST_ALIKE = 4


def nearest_first(decision: Decision) -> tuple[Asked, ...]:
    """Questions that settle something, then what a reader can find out, then the rest."""

    def remote(need: Asked) -> tuple[bool, bool, bool, bool, int]:
        asked = need.question
        inner = "[other]" in asked or "(" in asked or asked.startswith(("any other", "all other"))
        settles = _settles(need, decision.outcome)
        # Whether a party is on a list is what to screen first.
        return (not settles, inner, need.kind == "gap", " on " not in asked, asked.count("."))

    return tuple(sorted(decision.needs, key=remote))


def need_part(number: int, said: str, need: Asked, now: Outcome, *, everything: bool) -> Part:
    """One question in words, numbered; `now` is what the decision says without an answer."""
    lines: list[Part] = [Text(f"{number}. ").append(said, style="bold")]
    if need.inside:
        lines.append(Padding(Text(visible(f"needs {', '.join(need.inside)}")), (0, 0, 0, 3)))
    if not need.answers:
        lines.append(Padding(Text("too many answers to list: state it"), (0, 0, 0, 3)))
        return stack(*lines)
    if not _settles(need, now):
        lines.append(Padding(Text("no answer settles anything by itself"), (0, 0, 0, 3)))
        return stack(*lines)
    leads: dict[Outcome, list[str]] = {}
    for answer in need.answers:
        leads.setdefault(answer.outcome, []).append(visible(answer.answer))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(ratio=2, overflow="fold")
    grid.add_column(ratio=3, overflow="fold")
    # What changes nothing comes last.
    for outcome, answers in sorted(leads.items(), key=lambda lead: lead[0] == now):
        same = len(answers) > _MOST_ALIKE and outcome == now
        words = "nothing changes" if same else outcome_words(outcome)
        grid.add_row(_some(answers, everything=everything), f"→ {words}")
    lines.append(Padding(grid, (0, 0, 0, 3)))
    return stack(*lines)


def _settles(need: Asked, now: Outcome) -> bool:
    return any(answer.outcome != now for answer in need.answers)


def _some(answers: Sequence[str], *, everything: bool) -> str:
    """Answers that lead to the same; of many, some."""
    if everything:
        return " | ".join(answers)
    # Several values at once say little where one of them does.
    plain = [answer for answer in answers if " and " not in answer] or answers
    shown = plain[:_MOST_ALIKE]
    more = len(answers) - len(shown)
    return " | ".join(shown) + (f" | {more} more" if more else "")
