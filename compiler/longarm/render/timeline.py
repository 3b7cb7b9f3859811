"""Timelines to bars and JSON: values in, text out.

A line an instrument, a character some days. A character shows the state at the end of its
days, or that more happened in them than a new state.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from longarm.render.common import Json, plural, visible
from longarm.render.parts import Part
from longarm.render.scale import Scale, scale
from longarm.render.words import regime_name, titled
from longarm.timeline import Cause, Change, Chart, Condition, Fate, Kind, Life, Span, Stretch
from longarm_dsl.core.program import Program
from longarm_dsl.core.time.model import DAY, Moment
from longarm_dsl.lazy_dataclass import dataclass

LONGEST_NAME = 24
FEWEST_COLUMNS = 8
_MORE = "more"
FEW = 3
"""Parts of an instrument that are named; of more, how many."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of a chart."""

    states: Mapping[Condition, str]
    more: str
    rule: str
    tick: str
    today: str
    arrow: str
    cut: str


SIGNS = Signs(
    {
        Condition.IN_FORCE: "█",
        Condition.PART: "▄",
        Condition.UNCERTAIN: "?",
        Condition.SUSPENDED: "╱",
        Condition.UNENFORCED: "░",
        Condition.NOT_BEGUN: "·",
        Condition.PROPOSED: "○",
        Condition.STOPPED: "×",
        Condition.REPEALED: "†",
        Condition.LAPSED: "─",
        Condition.NOT_ISSUED: " ",
    },
    more="◆",
    rule="─",
    tick="┬",
    today="▼",
    arrow="→",
    cut="…",
)
ASCII_SIGNS = Signs(
    {
        Condition.IN_FORCE: "#",
        Condition.PART: "+",
        Condition.UNCERTAIN: "?",
        Condition.SUSPENDED: "/",
        Condition.UNENFORCED: "~",
        Condition.NOT_BEGUN: ".",
        Condition.PROPOSED: "o",
        Condition.STOPPED: "X",
        Condition.REPEALED: "R",
        Condition.LAPSED: "-",
        Condition.NOT_ISSUED: " ",
    },
    more="*",
    rule="-",
    tick="+",
    today="v",
    arrow="->",
    cut="~",
)
_STYLES: Mapping[Condition, str] = {
    Condition.IN_FORCE: "green",
    Condition.PART: "yellow",
    Condition.UNCERTAIN: "bold magenta",
    Condition.SUSPENDED: "cyan",
    Condition.UNENFORCED: "cyan",
    Condition.NOT_BEGUN: "",
    Condition.PROPOSED: "blue",
    Condition.STOPPED: "red",
    Condition.REPEALED: "red",
    Condition.LAPSED: "dim",
    Condition.NOT_ISSUED: "",
}


@dataclass(frozen=True, slots=True)
class _Page:
    """A chart, and the widths of its columns."""

    program: Program
    chart: Chart
    signs: Signs
    width: int
    scale: Scale
    names: int
    state: int
    next: int
    """Cells of the next change: none, its day, or its day and what becomes of the instrument."""


_STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def timeline_parts(
    program: Program, chart: Chart, *, rules: bool, events: bool, ascii_only: bool, width: int
) -> Iterator[Part]:
    """The bars, what their characters mean, and if asked for what changes on which day."""
    signs = ASCII_SIGNS if ascii_only else SIGNS
    page = _page(program, chart, rules=rules, signs=signs, width=width)
    shown: set[str] = set()
    if len(chart.lives) == 1:
        act = chart.lives[0].instrument
        yield Text(visible(act.title), style="bold")
        yield from [Text(visible(act.zh))] if act.zh and not ascii_only else []
        yield Text()
    regimes = {life.instrument.regime for life in chart.lives}
    for regime, lives in groupby(chart.lives, key=lambda life: life.instrument.regime):
        if shown:
            yield Text()
        yield from _head(page, regime_name(regime) if len(regimes) > 1 else "")
        for life in lives:
            yield _line(page, life, shown)
            if rules:
                yield from _rules(page, life, shown)
    yield Text()
    yield _legend(page, shown)
    if chart.unseen:
        names = ", ".join(act.name for act in chart.unseen)
        yield Text(f"Issued after {chart.known}, so not known: {visible(names)}", style="dim")
    if events:
        yield Text()
        yield _events(page)


def _page(program: Program, chart: Chart, *, rules: bool, signs: Signs, width: int) -> _Page:
    names = [life.instrument.name for life in chart.lives]
    if rules:
        names += [f"  {_own(life, id_)}" for life in chart.lives for id_ in _lines(life)]
    longest = max((len(name) for name in names), default=0)
    name = min(longest, LONGEST_NAME, width // 3)
    states = [chart.state(life) for life in chart.lives]
    states += [_at(fate, chart) for life in chart.lives for fate in life.fates if rules]
    state = max([len("2026-11-21"), *(len(s) for s in states)])
    follows = [change for life in chart.lives if (change := life.next_after(chart.known))]
    day = len("2026-11-21") if follows else 0
    rest = width - name - state - 2 - (day + 1 if day else 0)
    if rest < FEWEST_COLUMNS * 2:
        rest, day = rest + (day + 1 if day else 0), 0
    made = scale(chart.start, chart.through, max(rest, FEWEST_COLUMNS))
    # What the bars leave: for whole names first, then for what the next change leads to.
    spare = rest - len(made.columns)
    grown = max(min(longest - name, spare), 0)
    what = max((len(f" {signs.arrow} {change.after}") for change in follows), default=0)
    if day and what <= spare - grown:
        day += what
    name += grown
    return _Page(program, chart, signs, width, made, name, state, day)


# ── lines ────────────────────────────────────────────────────────────────────


def _row(page: _Page, name: str, bar: Text, state: Text, after: str) -> Text:
    line = Text(no_wrap=True, overflow="crop")
    line.append(_fitted(name, page.names, page.signs).ljust(page.names))
    line.append(" ").append_text(bar).append(" ").append_text(state)
    if after and page.next:
        line.append(" " * (page.state - len(state) + 1)).append(after)
    return line


def _fitted(name: str, width: int, signs: Signs) -> str:
    return name if len(name) <= width else name[: width - 1] + signs.cut


def _head(page: _Page, regime: str) -> Iterator[Text]:
    """Years over a rule, with the day of knowledge on it."""
    years = [" "] * len(page.scale.columns)
    ruler = [page.signs.rule] * len(page.scale.columns)
    for n, label in page.scale.labels:
        years[n : n + len(label)] = label
        ruler[n] = page.signs.tick
    today = page.scale.column_of(page.chart.known)
    if today is not None and page.chart.start <= page.chart.known <= page.chart.through:
        ruler[today] = page.signs.today
    head = Text(str(page.chart.known), style="bold")
    yield _row(page, regime, Text("".join(years), style="bold"), head, "then" if page.next else "")
    yield _row(page, "", Text("".join(ruler), style="dim"), Text(), "")


def _line(page: _Page, life: Life, shown: set[str]) -> Text:
    """An instrument: its bar, its state on the day of knowledge, its next change."""
    bar = _bar(page, life.stretches, [c.at for c in life.changes], shown)
    state = page.chart.state(life)
    shown.add(state)
    change = life.next_after(page.chart.known)
    return _row(page, life.instrument.name, bar, _state(state), _then(page, change))


def _state(state: Condition) -> Text:
    return Text(state.value, style=_STYLES[state])


def _then(page: _Page, change: Change | None) -> str:
    if change is None:
        return ""
    day = str(change.at.day)
    said = f"{day} {page.signs.arrow} {change.after}"
    return said if len(said) <= page.next else day


def _lines(life: Life) -> list[str]:
    """The parts of an instrument that have a line: none where all fare alike."""
    if len(life.fates) == 1:
        return []
    return [id_ for fate in life.fates for id_ in fate.ids if fate.kind is not Kind.ROW]


def _rules(page: _Page, life: Life, shown: set[str]) -> Iterator[Text]:
    """A line each part; rows that fare alike share one."""
    if len(life.fates) == 1:
        (fate,) = life.fates
        if len(fate.ids) > 1:
            yield Text(f"  {_counted(fate.kind, len(fate.ids))}, all alike", style="dim")
        return
    for fate in life.fates:
        bar = _bar(page, fate.spans, [], shown)
        state = _state(_at(fate, page.chart))
        day = next(
            (s.start for s in fate.spans if s.start and s.start.day > page.chart.known), None
        )
        names = [_own(life, id_) for id_ in fate.ids]
        if fate.kind is Kind.ROW:
            names = [_counted(fate.kind, len(fate.ids))]
        for name in names:
            yield _row(page, f"  {visible(name)}", bar, state, str(day.day) if day else "")


def _own(life: Life, id_: str) -> str:
    """A part by its name inside its instrument."""
    return id_.removeprefix(f"{life.instrument.id}.")


def _at(fate: Fate, chart: Chart) -> Condition:
    """The state of a part at the end of the day of knowledge."""
    end = Moment(chart.known, DAY - 1)
    return [s for s in fate.spans if s.start is None or s.start <= end][-1].state


def _counted(kind: Kind, count: int) -> str:
    return "entries" if kind is Kind.ENTRY and count != 1 else plural(count, kind.value)


def _bar(
    page: _Page, spans: Sequence[Span | Stretch], turns: Sequence[Moment], shown: set[str]
) -> Text:
    """A character for the days of each column."""
    bar = Text()
    chart = page.chart
    before = _state_before(spans, Moment(max(page.scale.columns[0].start, chart.start)))
    for column in page.scale.columns:
        start, end = max(column.start, chart.start), column.end
        first = Moment(start)
        inside = [s for s in spans if s.start is not None and first <= s.start < Moment(end)]
        state = inside[-1].state if inside else before
        others = any(first <= at < Moment(end) for at in turns)
        new = [s for s in inside if s.state is not before]
        style = _STYLES[state]
        if start > chart.known:
            style = f"{style} dim".strip()
        hidden = len({s.state for s in inside}) > 1 or (others and not new)
        bar.append(page.signs.more if hidden else page.signs.states[state], style=style)
        shown.add(_MORE if hidden else state)
        before = state
    return bar


def _state_before(spans: Sequence[Span | Stretch], moment: Moment) -> Condition:
    return [s for s in spans if s.start is None or s.start < moment][-1].state


def _legend(page: _Page, shown: set[str]) -> Text:
    """What the characters that occur mean, and what one of them is."""
    words = [
        f"{page.signs.states[state]} {state}"
        for state in Condition
        if state in shown and state is not Condition.NOT_ISSUED
    ]
    if _MORE in shown:
        words.append(f"{page.signs.more} more changes than fit")
    lines = [""]
    for word in words:
        joined = f"{lines[-1]}   {word}" if lines[-1] else word
        lines[-1:] = [joined] if len(joined) <= page.width else [lines[-1], word]
    text = Text("\n".join(lines))
    known = f"{page.signs.today} {page.chart.known}: the law as known then"
    text.append(f"\nA character is {page.scale.unit}, as it ends. {known}.", style="dim")
    return text


# ── what changes ─────────────────────────────────────────────────────────────


def _events(page: _Page) -> Part:
    """Each day with what it changes, for whom, by whom, and since when that was known."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    lives = {life.instrument.id: life for life in page.chart.lives}
    changes = _told(page.chart.changes(), lives)
    if not changes:
        return Text(f"Nothing changes from {page.chart.start} through {page.chart.through}.")
    grouped: dict[tuple[Moment, str, str, tuple[Cause, ...]], list[Change]] = {}
    for change in changes:
        own = all(cause.id == change.instrument for cause in change.by)
        by = tuple(Cause("", "", cause.known) for cause in change.by) if own else change.by
        grouped.setdefault((change.at, change.before, change.after, by), []).append(change)
    for (at, _, after, by), found in grouped.items():
        style = _STYLES[Condition(after)] if after in set(Condition) else ""
        said = Text(_turn(page, found[0]), style=style)
        who = ", ".join(dict.fromkeys(_who(lives[c.instrument], c) for c in found))
        said = Text.assemble(said, f": {visible(who)}", (_because(at, by), "dim"))
        if after == Condition.UNCERTAIN:
            question = titled(page.program, found[0].sentence)
            if page.signs is ASCII_SIGNS:
                question = question.translate(_STRAIGHT)
            said.append(f"\nopen: {visible(question)}", style="dim")
        table.add_row(str(at), said)
    return table


def _turn(page: _Page, change: Change) -> str:
    """From what to what."""
    if change.before == change.after:
        return f"still {change.after}"
    if change.before == Condition.NOT_ISSUED:
        return f"issued, {change.after}"
    return change.after if change.amended else f"{change.before} {page.signs.arrow} {change.after}"


def _told(changes: Iterable[Change], lives: Mapping[str, Life]) -> list[Change]:
    """Without what an instrument does where what it does to others is told."""
    found = list(changes)
    told = {
        (change.at, cause)
        for change in found
        for cause in change.by
        if lives[change.instrument].fates[0].kind is not Kind.EVENT
    }
    return [
        change
        for change in found
        if lives[change.instrument].fates[0].kind is not Kind.EVENT
        or not any((change.at, cause) in told for cause in change.by)
    ]


def _who(life: Life, change: Change) -> str:
    """An instrument, or the parts of it that a change concerns."""
    name = life.instrument.name
    if change.whole:
        return name
    of = {id_: fate.kind for fate in life.fates for id_ in fate.ids}
    kinds = {of.get(id_, Kind.DEFINITION) for id_ in change.parts}
    if len(change.parts) <= FEW and Kind.ROW not in kinds:
        return f"{name} ({', '.join(_own(life, id_) for id_ in change.parts)})"
    if len(kinds) > 1:
        return f"{name} ({len(change.parts)} of {len(of)} parts)"
    (kind,) = kinds
    whole = sum(k is kind for k in of.values())
    count = f"{len(change.parts)} of " if len(change.parts) < whole else ""
    return f"{name} ({count}{_counted(kind, whole)})"


def _because(at: Moment, by: Sequence[Cause]) -> str:
    """Whose dates these are, and since when they were known; nothing for an own date known then."""
    known = " and ".join(dict.fromkeys(str(cause.known) for cause in by))
    names = ", ".join(dict.fromkeys(c.instrument.rpartition(".")[2] for c in by if c.instrument))
    if names:
        return f"; by {names}, known since {known}"
    return f"; known since {known}" if known and known != str(at.day) else ""


# ── for programs ─────────────────────────────────────────────────────────────


def render_timeline_json(program: Program, chart: Chart) -> str:
    """`{"from", "through", "known", "instruments": […], "unseen": […]}`; days and ids."""
    data: Json = {
        "from": str(chart.start),
        "through": str(chart.through),
        "known": str(chart.known),
        "instruments": [_life_json(program, chart, life) for life in chart.lives],
        "unseen": [act.id for act in chart.unseen],
    }
    return json.dumps(data, indent=2) + "\n"


def _life_json(program: Program, chart: Chart, life: Life) -> Json:
    act = life.instrument
    follows = life.next_after(chart.known)
    return {
        "id": act.id,
        "title": act.title,
        "zh": act.zh,
        "regime": act.regime,
        "issued": str(act.issued),
        "verified": str(act.verified) if act.verified else None,
        "zone": program.law.instruments[act.id].zone,
        "state": chart.state(life).value,
        "next": _change_json(follows) if follows else None,
        "states": [
            {**_span_json(s), "parts": {state.value: count for state, count in s.parts}}
            for s in life.stretches
            if _touches(chart, s)
        ],
        "parts": [
            {
                "kind": fate.kind.value,
                "ids": list(fate.ids),
                "state": _at(fate, chart).value,
                "states": [
                    {**_span_json(s), "by": s.by, "because": s.sentence}
                    for s in fate.spans
                    if _touches(chart, s)
                ],
            }
            for fate in life.fates
        ],
        "changes": [
            _change_json(change)
            for change in life.changes
            if chart.start <= change.at.day <= chart.through
        ],
    }


def _touches(chart: Chart, span: Span | Stretch) -> bool:
    begins_late = span.start is not None and span.start.day > chart.through
    return not begins_late and (span.end is None or span.end > Moment(chart.start))


def _span_json(span: Span | Stretch) -> dict[str, Json]:
    return {
        "from": _moment(span.start) if span.start is not None else None,
        "until": _moment(span.end) if span.end is not None else None,
        "state": span.state.value,
    }


def _change_json(change: Change) -> dict[str, Json]:
    return {
        "at": _moment(change.at),
        "parts": list(change.parts),
        "whole": change.whole,
        "amended": change.amended,
        "before": change.before,
        "after": change.after,
        "by": [{"id": c.id, "instrument": c.instrument, "known": str(c.known)} for c in change.by],
        "because": change.sentence,
    }


def _moment(moment: Moment) -> str:
    """A day, with a clock time if it is not its beginning."""
    return str(moment).replace(" ", "T")
