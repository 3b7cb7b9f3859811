"""How well cases test law, as one page of HTML that needs nothing else.

Every text of a policy or case is escaped; the page runs no script and loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from longarm.about import __version__
from longarm.law_conditions import Home
from longarm.law_coverage import LawCoverage, Measure, Point, Shown
from longarm.render.common import place, visible
from longarm.render.law_coverage import fate

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 74rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .2rem .6rem; text-align: left; vertical-align: top; }
th.n, td.n { font-variant-numeric: tabular-nums; text-align: right; }
tr.regime { font-weight: 600; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.no { color: #b3261e; font-weight: 600; } .yes { color: #1b7f3b; }
@media (prefers-color-scheme: dark) { .no { color: #ff8a80; } .yes { color: #7bd88f; } }
summary { cursor: pointer; font-weight: 600; margin: .4rem 0; }
td.where { white-space: nowrap; }
"""


def render_law_coverage_html(coverage: LawCoverage) -> str:
    """The page: a table of regimes and instruments, then every point of each."""
    return "\n".join(_page(coverage)) + "\n"


def _page(coverage: LawCoverage) -> Iterator[str]:
    count = coverage.count()
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8"><title>Coverage of law</title>'
    yield '<meta http-equiv="Content-Security-Policy" '
    yield "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_STYLE}</style></head><body>"
    yield "<h1>Coverage of law</h1>"
    yield f"<p>{count.covered} of {count.total} shown, {count.percent} %. "
    yield "A condition is shown where it alone decides the outcome, once as yes and once as no; "
    yield "a threshold by values at its bound and on both sides where it decides.</p>"
    yield from _summary(coverage)
    for home in coverage.homes:
        yield from _home(coverage, home)
    yield f"<p>longarm {escape(__version__)}</p></body></html>"


def _summary(coverage: LawCoverage) -> Iterator[str]:
    heads = "".join(f'<th class="n">{escape(str(measure))}</th>' for measure in Measure)
    yield f"<table><thead><tr><th>of</th>{heads}</tr></thead><tbody>"
    for regime in dict.fromkeys(home.regime for home in coverage.homes):
        yield _row(f"<td>{_text(regime)}</td>", coverage, regime, "regime")
        for home in coverage.homes:
            if home.regime == regime:
                link = f'<a href="#{_anchor(home)}">{_text(home.name)}</a>'
                yield _row(f"<td>{link}</td>", coverage, home, "")
    yield "</tbody></table>"


def _row(first: str, coverage: LawCoverage, of: Home | str, kind: str) -> str:
    cells = ""
    for measure in Measure:
        count = coverage.count(measure, of)
        title = f"{count.covered} of {count.total}"
        kinds = "n" if count.covered == count.total else "n no"
        cells += f'<td class="{kinds}" title="{title}">{count.percent}</td>'
    return f'<tr class="{kind}">{first}{cells}</tr>'


def _home(coverage: LawCoverage, home: Home) -> Iterator[str]:
    yield f'<h2 id="{_anchor(home)}">{_text(home.name)}</h2>'
    points = [point for point in coverage.points if point.home == home]
    for measure in Measure:
        own = [point for point in points if point.measure is measure]
        if not own:
            continue
        left = sum(bool(point.missing) for point in own)
        said = f"{left} of {len(own)} not shown in full" if left else f"all {len(own)} shown"
        yield f"<details{' open' if left else ''}><summary>{measure}: {said}</summary>"
        yield "<table><tbody>"
        # What is missing comes first.
        for point in sorted(own, key=lambda p: not p.missing):
            yield _point(point)
        yield "</tbody></table></details>"


def _point(point: Point) -> str:
    where = place(point.span)
    name = where.file.replace("\\", "/").rpartition("/")[2]
    told = f'<span class="{"no" if point.missing else "yes"}">{_text(fate(point))}</span>'
    shown = "".join(f"<br>{_side(side)}" for side in point.sides if side.case is not None)
    return (
        f'<tr><td class="where" title="{_text(where.file)}">{_text(name)}:{where.line}</td>'
        f"<td><code>{_text(point.what)}</code></td><td>{told}{shown}</td></tr>"
    )


def _side(side: Shown) -> str:
    if side.case is None:
        return ""
    where = place(side.case.span)
    near = f" ({_text(side.near)})" if side.near else ""
    name = where.file.replace("\\", "/").rpartition("/")[2]
    return f"{_text(side.name)}{near}: {_text(side.case.title)} ({_text(name)}:{where.line})"


def _text(text: str) -> str:
    return escape(visible(" ".join(text.split())), quote=True)


def _anchor(home: Home) -> str:
    return _text(f"{home.regime}-{home.name}".replace(" ", "-"))


__all__ = ["render_law_coverage_html"]
