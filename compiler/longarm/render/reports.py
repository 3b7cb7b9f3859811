"""Reports on instruments to tables and JSON: values in, text out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from longarm.cases import CaseInput
from longarm.render.common import Json, place, plural, visible
from longarm.render.parts import Part
from longarm.reporting import InstrumentReport, Miss, ProvisionReport, RuleUse
from longarm_dsl.core import ast

MOST_MISSES = 3
"""Different conditions shown to people of a rule that narrowly missed."""

STATES = ("modelled", "partly modelled", "enables", "not modelled", "unclaimed")


def report_parts(reports: Sequence[InstrumentReport]) -> Iterator[Part]:
    """One block an instrument: its provisions, its rules and their cases, the narrow misses."""
    for number, made in enumerate(reports):
        if number:
            yield Text()
        yield from _instrument(made)


def _instrument(made: InstrumentReport) -> Iterator[Part]:
    act = made.instrument
    yield Text(f"{act.id}: {visible(act.title)}", style="bold")
    if act.zh:
        yield Text(visible(act.zh))
    facts = [act.regime, f"issued {act.issued}"]
    facts.append(f"verified {act.verified}" if act.verified else "never verified")
    facts += [f"grade {act.grade}"] if act.grade else []
    facts += [plural(len(made.rules), "rule")]
    facts += [plural(made.rows, "row")] if made.rows else []
    facts.append(f"{plural(len(made.cases), 'case')} at work")
    yield Text(" · ".join(facts), style="dim")
    for event in made.events:
        yield Padding(Text(visible(event)), (0, 0, 0, 2))
    if made.provisions:
        yield Text()
        yield _provisions(made)
    if made.rules:
        yield Text()
        yield _rules(made.rules)
        yield from _misses(made.rules)
    untested = [use.rule.name for use in made.rules if use.untested]
    if untested:
        yield Text()
        yield Text("No case comes near: " + ", ".join(untested), style="yellow")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _provisions(made: InstrumentReport) -> Table:
    """Neighbors that fare alike share a line."""
    table = _table("provision", "state", "by, why")
    for (state, by, why), group in groupby(made.provisions, key=_fate):
        names = [p.name for p in group]
        rules = ", ".join(short_id(b, made.instrument) for b in by)
        lacking = f"not {why}" if why and state == "partly modelled" else why
        about = ": ".join(visible(part) for part in (rules, lacking) if part)
        shown = names if len(names) <= 2 else [names[0], "…", names[-1]]  # noqa: PLR2004  two or a span
        table.add_row(
            visible(" ".join(shown) if len(shown) > 2 else ", ".join(shown)),  # noqa: PLR2004  same
            Text(state, style="yellow" if state == "unclaimed" else ""),
            about,
        )
    return table


def _fate(provision: ProvisionReport) -> tuple[str, tuple[str, ...], str | None]:
    return provision.state, provision.by, provision.why


def short_id(rule: str, instrument: ast.Instrument) -> str:
    """A rule by its name where it is the instrument's own."""
    return rule.removeprefix(f"{instrument.id}.")


def _rules(rules: Iterable[RuleUse]) -> Table:
    table = _table("rule", "cite", "stands", "open", "defeated", "missed")
    table.columns[0].no_wrap = True
    for column in table.columns[2:]:
        column.justify = "right"
        column.no_wrap = True
    for use in rules:
        counts = (use.stood, use.open, use.defeated, use.missed)
        cite = use.rule.clauses.cite
        text = cite.value if isinstance(cite, ast.Literal) else "by row" if cite else ""
        table.add_row(use.rule.name, visible(str(text)), *(str(len(c) or "·") for c in counts))
    return table


def _misses(rules: Iterable[RuleUse]) -> Iterator[Part]:
    lines: list[Text] = []
    for use in rules:
        by_lack: dict[str, list[Miss]] = {}
        for miss in use.missed:
            by_lack.setdefault(miss.lacks, []).append(miss)
        ranked = sorted(by_lack.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        for lack, misses in ranked[:MOST_MISSES]:
            line = Text(f"{use.rule.name} ", style="")
            line.append(f"lacks: {visible(lack)}" if not lack.startswith(("is ", "has ")) else lack)
            line.append(f"  ({plural(len(misses), 'case')}, {at(misses[0].case)})", style="dim")
            lines.append(line)
    if lines:
        yield Text()
        yield Text("Narrowly missed, one condition short:")
        for line in lines:
            yield Padding(line, (0, 0, 0, 2))


def at(case: CaseInput) -> str:
    """The file name and line of a case."""
    where = place(case.span)
    return f"{where.file.replace(chr(92), '/').rpartition('/')[2]}:{where.line}"


# ── for programs ─────────────────────────────────────────────────────────────


def render_report_json(reports: Sequence[InstrumentReport]) -> str:
    """`{"instruments": […]}`; cases by title, file and line."""
    data: Json = {"instruments": [_json(made) for made in reports]}
    return json.dumps(data, indent=2) + "\n"


def _json(made: InstrumentReport) -> Json:
    act = made.instrument
    return {
        "id": act.id,
        "title": act.title,
        "zh": act.zh,
        "regime": act.regime,
        "issued": act.issued.isoformat(),
        "verified": act.verified.isoformat() if act.verified else None,
        "grade": act.grade,
        "events": list(made.events),
        "rows": made.rows,
        "provisions": [
            {"name": p.name, "state": p.state, "by": list(p.by), "why": p.why}
            for p in made.provisions
        ],
        "summary": {state: sum(p.state == state for p in made.provisions) for state in STATES},
        "rules": [
            {
                "id": use.rule.id,
                "title": use.rule.clauses.title,
                "stood": _cases(use.stood),
                "open": _cases(use.open),
                "defeated": _cases(use.defeated),
                "missed": [{**_case(m.case), "lacks": m.lacks} for m in use.missed],
                "untested": use.untested,
            }
            for use in made.rules
        ],
        "cases": _cases(made.cases),
    }


def _cases(cases: Iterable[CaseInput]) -> list[Json]:
    return [_case(case) for case in cases]


def _case(case: CaseInput) -> dict[str, Json]:
    where = place(case.span)
    return {"case": case.title, "file": where.file, "line": where.line}
