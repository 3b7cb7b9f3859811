"""What a decision leaves open: questions with where their answers lead, and amounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from longarm.render.common import plural, visible
from longarm.render.parts import Part, stack
from longarm.render.words import outcome_words
from longarm_dsl.evaluate.decision import Answered, Asked, Charge, Decision
from longarm_dsl.evaluate.outcome import Outcome

_MOST_ALIKE = 4
_MOST_OPEN = 3


def nearest_first(decision: Decision) -> tuple[Asked, ...]:
    """Questions that settle something, then what a reader can find out, then the rest."""

    def remote(need: Asked) -> tuple[bool, bool, bool, bool, int]:
        asked = need.question
        inner = "[other]" in asked or "(" in asked or asked.startswith(("any other", "all other"))
        settles = _settles(need, decision.outcome)
        # Whether a party is on a list is what to screen first.
        return (not settles, inner, need.kind == "gap", " on " not in asked, asked.count("."))

    return tuple(sorted(decision.needs, key=remote))


def asked_once(needs: Iterable[Asked], words: Callable[[Asked], str]) -> list[tuple[str, Asked]]:
    """Questions in words; one that is asked of a party in several roles once, with them."""
    found: dict[tuple[str, tuple[Answered, ...]], list[Asked]] = {}
    for need in needs:
        found.setdefault((words(need), need.answers), []).append(need)
    times = Counter(said for said, _ in found)
    made: list[tuple[str, Asked]] = []
    for (said, _), alike in found.items():
        roles = ", ".join(need.question.partition(" on ")[0] for need in alike)
        several = len(alike) > 1 or times[said] > 1
        made.append((f"{said} ({visible(roles)})" if several else said, alike[0]))
    return made


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


# ── beside the requirement ───────────────────────────────────────────────────


def charge_words(charge: Charge) -> str:
    """An amount, or the range it is in."""
    low, high = charge.at_least, charge.at_most
    if low == high != "unknown":
        return low
    if high != "unknown":
        return f"between {low} and {high}"
    known = charge.amount is not None and charge.amount.low
    return f"{low} or more" if known else "the amount is open"


def open_parts(questions: Sequence[str], *, everything: bool) -> Iterator[Part]:
    """What to find out before something beside the requirement is settled."""
    shown = questions if everything else questions[:_MOST_OPEN]
    for question in shown:
        yield Padding(Text(f"open: {question}"), (0, 0, 0, 2))
    more = len(questions) - len(shown)
    if more:
        words = f"… {plural(more, 'more question')}; --explain asks them all"
        yield Padding(Text(words, style="dim"), (0, 0, 0, 2))
