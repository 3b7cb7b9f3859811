"""The command: read the copies, read the pack, compare, print."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import longarm
from agreement.comparing import Table, carried, chart, entries, exceptions, groups
from agreement.copies import CopyError, read
from agreement.law import Law

DAY = date(2026, 7, 23)
"""The day of the text from which the copies were made."""

_USAGE = """\
usage: python -m tests.agreement DIR

Compares the Country Chart, the Country Groups, the control-list entries that
the US pack carries and its license exceptions with machine-readable copies of
the regulations of 23 July 2026: country-chart.json, country-groups.json,
ccl.json and license-exception-catalog.json in DIR.

exit: 0 all agree, 1 something differs, 2 the copies cannot be read

example: python -m tests.agreement ~/ear-tables
"""


def main(arguments: list[str]) -> int:
    """Run the command; 0 if all agrees, 1 if not, 2 if it cannot be told."""
    if arguments in (["-h"], ["--help"]):
        sys.stdout.write(_USAGE)
        return 0
    if len(arguments) != 1:
        sys.stderr.write(_USAGE)
        return 2
    try:
        copies = read(Path(arguments[0]))
    except CopyError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    program = longarm.load().program
    law = Law(program, DAY, program.verified or DAY)
    rows = law.rows("us.ccl")
    tables = [
        chart(law, copies),
        groups(law, copies),
        *entries(copies, rows),
        exceptions(law, copies),
    ]
    whole = carried(rows)
    known = {entry.code for entry in copies.entries}
    sys.stdout.write(report(tables, len(whole & known), len(known)))
    return 1 if any(table.differ for table in tables) else 0


def report(tables: list[Table], whole: int, known: int) -> str:
    """What was compared, what differs, what is explained."""
    lines = [f"{'':24}{'compared':>10}{'differ':>10}{'explained':>11}"]
    lines += [
        f"{t.name:24}{t.compared:>10,}{len(t.differ):>10}{len(t.explained):>11}" for t in tables
    ]
    lines.append(f"entries carried whole: {whole} of {known}")
    for title, found in (
        ("differences", [d for t in tables for d in t.differ]),
        ("explained", [e for t in tables for e in t.explained]),
    ):
        if found:
            lines += ["", title]
            lines += [f"  {line}" for line in _grouped(found)]
    return "\n".join(lines) + "\n"


def _grouped(found: list[str]) -> list[str]:
    """Lines of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for line in found:
        where, _, why = line.partition(": ")
        by_reason.setdefault(why, []).append(where)
    return [f"{'; '.join(sorted(set(where)))}: {why}" for why, where in by_reason.items()]
