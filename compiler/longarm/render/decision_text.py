"""A decision for people: regimes side by side, then each with its reasons and its gaps.

Values in, parts of a page out, for whoever knows the terminal to print. Nothing exceeds
the width that is printed in; Chinese counts two cells a character. A policy or case cannot steer the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from longarm.deciding import Decided
from longarm.render.common import plural, visible
from longarm.render.error_text import missing_rates, mistakes
from longarm.render.exposure_text import exposure_parts
from longarm.render.need_text import asked_once, charge_words, nearest_first, need_part, open_parts
from longarm.render.parts import Part, bullet, law_line, stack
from longarm.render.reason_text import reason_trees
from longarm.render.words import (
    both_titles,
    posture,
    regime_name,
    requirement_words,
    review_words,
    rule_title,
    short_title,
    titled,
    verdict,
)
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import REQUIREMENTS
from longarm_dsl.evaluate.decision import (
    Asked,
    Decision,
    Duty,
    Requirement,
    RuleReport,
    rule_of,
)
from longarm_dsl.evaluate.explained import Explained
from longarm_dsl.lazy_dataclass import dataclass

_LABEL = 12
_MOST_GAPS = 4
_MOST_LABELS = 8
_MOST_NEEDS = 5
_MANY_NEEDS = 10
_CLOSE = (
    "most of it is what the case leaves out: state it, or say `assume: closed` in the case "
    "(--assume-closed) where what is left out is no, none and empty"
)
_MOST_RULES = 5
_MOST_BRIEF = 12
"""Rules told in brief, where a case leaves nearly everything open."""
_MOST_REASONS = 3
_MOST_STATUSES = 8
_REQUIRES = 1
"""The weight of a rule that requires something; what forbids weighs 0."""
_BESIDE = ("obliges", "flags", "charges", "exposes", "establishes")
"""Effects with a block of their own: a rule with no other is told there."""

_VERDICT_STYLE = {"license": "bold yellow", "prohibited": "bold red", "report": "bold cyan"}
_HOUSEKEEPING = ("purpose", "penalt", "nothing that decides", "paper", "procedure", "record")
"""Gaps that say such a thing are named last."""


_EMPTY = re.compile(r"at least 0( .*)?|any (amount|number).*")
"""A value of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Days:
    """Where the day and the knowledge day of a case came from: `the case`, `--on`, `today`."""

    on: str
    known: str


def decision_page(
    program: Program,
    decided: Decided,
    days: Days,
    *,
    width: int = 80,
    trees: Mapping[str, tuple[Explained, ...]] | None = None,
) -> Iterator[Part]:
    """One case with what each regime says of it. `trees` (by regime) asks for everything."""
    yield Text(visible(decided.case.title) or "case", style="bold")
    if decided.decisions:
        first = decided.decisions[0]
        yield Text(f"on {first.on} ({days.on}), the law as known on {first.known} ({days.known})")
        wrong = max(len(list(mistakes(d.errors))) for d in decided.decisions)
        checked = first.law.verified
        if checked is not None and first.on[:10] > str(checked):
            beyond = f"law verified to {checked}: what came or ended after that day may be missing"
            yield Text(beyond, style="yellow")
        if wrong:
            told = f"{plural(wrong, 'mistake')}, told under `errors`"
            them = "it" if wrong == 1 else "them"
            yield Text(f"{told}: what depends on {them} is unknown", style="red")
        open_ = any(len(d.needs) > _MANY_NEEDS and not d.assumed for d in decided.decisions)
        if open_ and not decided.case.transaction.closed:
            yield Text(_CLOSE, style="yellow")
        yield Text()
        yield _header(decided.decisions)
    for decision in decided.decisions:
        yield Text()
        name = f"── {regime_name(decision.regime)} "
        yield Text(name + "─" * max(0, width - len(name)), style="bold blue")
        section = _Section(program, decision, everything=trees is not None)
        yield section.table()
        parts = () if trees is None else trees.get(decision.regime, ())
        if any(part.trees for part in parts):
            yield Text()
            yield Padding(reason_trees(parts), (0, 0, 0, 2))
    yield Text()
    if decided.decisions:
        yield law_line(decided.decisions[0].law)


def _header(decisions: Sequence[Decision]) -> Table:
    """The regimes side by side."""
    table = Table.grid(padding=(0, 2), expand=False)
    table.add_column(width=_LABEL, style="dim")
    for _ in decisions:
        table.add_column(ratio=1, overflow="fold")
    table.add_row("", *(Text(regime_name(d.regime), style="bold") for d in decisions))
    table.add_row("requirement", *(_verdict(d) for d in decisions))
    if any(d.outcome.review_high for d in decisions):
        shown = (posture(*d.review) if d.outcome.review_high else "–" for d in decisions)
        table.add_row("review", *shown)
    if not all(d.exact for d in decisions):
        table.add_row("bounds", *("exact" if d.exact else "may be too wide" for d in decisions))
    table.add_row("sources", *(_grade(d.grade) for d in decisions))
    return table


def _verdict(decision: Decision) -> Text:
    style = _VERDICT_STYLE.get(REQUIREMENTS[decision.outcome.requires_high], "bold")
    return Text(verdict(decision), style=style)


def _grade(grade: str | None) -> str:
    return "–" if grade is None else grade.replace("_", " ")


@dataclass(frozen=True, slots=True)
class _Section:
    """What one regime says."""

    program: Program
    decision: Decision
    everything: bool

    @property
    def concerned(self) -> frozenset[str]:
        """Instruments whose rules are told of."""
        rules = {r.instrument for r in self.decision.rules}
        silent = {
            self.program.rules[s.id].instrument or ""
            for s in self.decision.silent
            if s.id in self.program.rules
        }
        return frozenset(rules | silent)

    def table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(width=_LABEL, style="dim")
        table.add_column(ratio=1, overflow="fold")
        blocks = [(label, list(entries)) for label, entries in self.blocks()]
        shown = [(label, entries) for label, entries in blocks if entries]
        for number, (label, entries) in enumerate(shown):
            if number:
                table.add_row("", "")
            for n, entry in enumerate(entries):
                table.add_row(label if n == 0 else "", entry)
        return table

    def blocks(self) -> Iterator[tuple[str, Iterable[Part]]]:
        """Every part that may be there, in the order of a reader's questions."""
        decision = self.decision
        grouped = _grouped(decision)
        told = [g for g in grouped if g[0].stands is Truth.NO or not _beside(g[0])]
        yield "stands", self.rules(g for g in told if g[0].stands is Truth.YES)
        yield "may apply", self.rules(g for g in told if g[0].stands is Truth.UNKNOWN)
        yield "defeated", self.rules(g for g in told if g[0].stands is Truth.NO)
        yield "not in force", self.silent()
        yield "find out", self.needs()
        yield "readings", self.readings()
        yield "duties", self.duties()
        yield "charges", self.charges()
        yield "red flags", self.flags()
        yield (
            "exposes to",
            exposure_parts(self.decision.exposes, self.because, everything=self.everything),
        )
        yield "status", self.statuses()
        yield "codes", self.codes()
        yield "ownership", (Text(visible(chain)) for _, chain in decision.chains if chain)
        yield "assumed", self.assumed()
        yield "no rate", (Text(words, style="yellow") for words in missing_rates(decision.errors))
        yield "errors", (Text(visible(e), style="red") for e in mistakes(decision.errors))
        yield "warnings", (Text(visible(w), style="yellow") for w in decision.warnings)
        if decision.with_:
            names = ", ".join(self.said(name) for name in decision.with_)
            yield "read with", [Text(f"{names}: not law yet, counted on request")]
        yield "not modelled", self.gaps()

    def said(self, text: str) -> str:
        """A sentence of the evaluator with titles for ids."""
        return visible(titled(self.program, text, self.concerned))

    # ── rules ────────────────────────────────────────────────────────────────

    def rules(self, groups: Iterable[_Group]) -> Iterator[Part]:
        ordered = sorted(groups, key=lambda g: (_weight(g[0]), g[0].id))
        brief = len(ordered) > _MOST_RULES and not self.everything
        seen: set[tuple[str, str]] = set()
        counted = alike = 0
        for number, (report, members) in enumerate(ordered):
            # What stands is always told whole.
            if brief and report.stands is not Truth.YES:
                if _weight(report) > _REQUIRES:
                    counted += 1
                    continue
                lines = self.brief(report)
                if lines not in seen and len(seen) == _MOST_BRIEF:
                    alike += 1
                elif lines not in seen:
                    seen.add(lines)
                    head, deeds = lines
                    yield stack(Text(head, style="bold"), Padding(Text(deeds), (0, 0, 0, 2)))
                continue
            if number:
                yield Text()
            yield self.rule(report, members)
        if brief:
            what = (
                "more that shape or relax these" if counted < len(ordered) else "that ask nothing"
            )
            more = f"… {alike} more like these; " if alike else ""
            more += f"… {counted} {what}; " if counted else ""
            yield Text(f"{more}--explain tells each of them whole", style="dim")

    def brief(self, report: RuleReport) -> tuple[str, str]:
        """A rule in two lines or so, where there are many that only may apply."""
        cite = f", {report.cite}" if report.cite else ""
        where = short_title(self.program, report.instrument)
        deeds = "; ".join(words for words in self.deeds(report, brief=True))
        return visible(report.title), visible(f"{where}{cite} → {deeds}")

    def rule(self, report: RuleReport, members: Sequence[str]) -> Part:
        lines: list[Text] = [Text(visible(report.title), style="bold")]
        if report.zh:
            lines.append(Text(visible(report.zh)))
        cite = f", {report.cite}" if report.cite else ""
        lines.append(Text(visible(both_titles(self.program, report.instrument) + cite)))
        if report.added_by is not None:
            lines.append(Text(visible(f"added by {both_titles(self.program, report.added_by)}")))
        lines.append(Text(self.state(report)))
        told = [(name, value) for name, value in report.values if not _EMPTY.fullmatch(value)]
        lines += [Text(visible(f"{name} = {value}")) for name, value in told]
        lines += [Text(f"→ {visible(words)}", style="") for words in self.deeds(report)]
        for other in dict.fromkeys(rule_of(id_) for id_ in report.defeated_by):
            word = "defeated by" if report.stands is Truth.NO else "may be defeated by"
            lines.append(Text(f"{word} {self.rule_reference(other)}"))
        lines.append(Text(visible(_family(members)), style="dim"))
        first, *rest = lines
        return stack(first, *(Padding(line, (0, 0, 0, 2)) for line in rest))

    def state(self, report: RuleReport) -> str:
        """Since when the rule binds, or what is said of that."""
        if report.state != "in force":
            return self.said(report.state)
        leaf = self.program.law.leaves.get(rule_of(report.id))
        windows = [w for w in (leaf.windows if leaf is not None else ()) if w.start is not None]
        begun = [w for w in windows if w.start is not None and str(w.start) <= self.decision.on]
        if begun:
            window = max(begun, key=lambda w: str(w.start))
            return f"in force since {window.start}" if window.end is None else f"in force {window}"
        return f"in force since {self.program.law.issued(leaf.id)}" if leaf else "in force"

    def deeds(self, report: RuleReport, *, brief: bool = False) -> Iterator[str]:
        """What the rule does."""
        mine = [r for r in self.decision.requirements if r.rule == report.id]
        for requirement in mine:
            if brief:
                yield requirement_words(requirement)[0]
                continue
            yield from requirement_words(requirement)
            lifted = dict.fromkeys(rule_of(id_) for id_ in requirement.overcome_by)
            known = {id_ for id_ in lifted if id_ in self.program.rules}
            could = [self.rule_reference(id_) for id_ in lifted if id_ in known]
            already = {rule_of(id_) for id_ in report.defeated_by}
            if could and not known <= already:
                yield f"could be lifted by {'; '.join(could)}"
        for effect in report.effects:
            if mine and effect.startswith(("requires", "prohibits", "reviews")):
                continue
            if report.stands is not Truth.NO and effect.startswith(_BESIDE):
                continue
            # What a rule defeats is told as the source writes it, perhaps on two lines.
            verb, _, rest = " ".join(effect.split()).partition(" ")
            if verb == "reviews":
                yield f"review {review_words(rest)}"
            else:
                yield f"{verb} {self.said(rest)}" if rest else verb

    def rule_reference(self, rule: str) -> str:
        """A rule by title, citation and instrument."""
        found = self.program.rules.get(rule)
        if found is None:
            return visible(rule)
        where = short_title(self.program, found.instrument) if found.instrument else rule
        return visible(f"{rule_title(self.program, rule)} ({where})")

    def silent(self) -> Iterator[Part]:
        many = len(self.decision.silent) > _MOST_RULES and not self.everything
        brief: dict[str, list[str]] = {}
        for silent in self.decision.silent:
            if many and silent.would is not Truth.YES:
                cite = f", {silent.cite}" if silent.cite else ""
                rule = self.program.rules.get(silent.id)
                where = short_title(self.program, rule.instrument or "") if rule else silent.id
                told = brief.setdefault(f"might apply, but: {self.said(silent.sentence)}", [])
                told.append(visible(f"{silent.title} ({where}{cite})"))
                continue
            would = "would apply" if silent.would is Truth.YES else "might apply"
            rule = self.program.rules.get(silent.id)
            cite = f", {silent.cite}" if silent.cite else ""
            lines = [Text(visible(silent.title), style="bold")]
            if rule is not None and rule.instrument:
                both = both_titles(self.program, rule.instrument)
                lines.append(Text(visible(both + cite)))
            lines.append(Text(f"{would}, but: {self.said(silent.sentence)}", style="yellow"))
            lines.append(Text(visible(silent.id), style="dim"))
            first, *rest = lines
            yield stack(first, *(Padding(line, (0, 0, 0, 2)) for line in rest))
        for state, rules in brief.items():
            yield stack(Text(state, style="yellow"), *(bullet(rule) for rule in rules))

    # ── what is open ─────────────────────────────────────────────────────────

    def needs(self) -> Iterator[Part]:
        minimal = self.decision.minimal
        ordered = self.decision.needs if minimal else nearest_first(self.decision)
        together = asked_once(ordered, self.question)
        needs = together if self.everything else together[:_MOST_NEEDS]
        if needs and not minimal:
            yield Text("each by itself: there is too much open to weigh it all", style="dim")
        for number, (said, need) in enumerate(needs, 1):
            yield need_part(number, said, need, self.decision.outcome, everything=self.everything)
        rest = len(together) - len(needs)
        if rest:
            yield Text(f"… {plural(rest, 'more question')}; --explain asks them all", style="dim")

    def question(self, need: Asked) -> str:
        status = self.program.statuses.get(need.question.partition("(")[0])
        if need.kind != "gap" or status is None:
            return self.said(need.prompt)
        subject = need.question.partition("(")[2].removesuffix(")")
        title = status.title or status.id
        return visible(f"{subject}: {title}? Nobody has modelled it: {status.gap}")

    def readings(self) -> Iterator[Part]:
        for reading in self.decision.readings:
            name = reading.name.rsplit(".", 1)[-1]
            chosen = f"read as {reading.value}" if reading.value else "left open"
            others = " or ".join(reading.alternatives)
            text = f"{name}: {chosen}; {others} is possible" if others else f"{name}: {chosen}"
            lines = [Text(visible(text))]
            if reading.open:
                lines.append(Text(visible(reading.open)))
            flag = f"--reading {reading.name}={reading.alternatives[0] if others else '…'}"
            lines.append(Text(visible(flag), style="dim"))
            first, *rest = lines
            yield stack(first, *(Padding(line, (0, 0, 0, 2)) for line in rest))

    # ── what follows ─────────────────────────────────────────────────────────

    def duties(self) -> Iterator[Part]:
        """What a rule obliges to in the same way and time is told together."""
        grouped: dict[tuple[str, str, Truth], Duty] = {}
        for duty in self.decision.duties:
            grouped.setdefault((rule_of(duty.rule), duty.duty, duty.stands), duty)
        together: dict[tuple[str, Truth, str], list[str]] = {}
        for (rule, name, stands), duty in grouped.items():
            tail = f" to {', '.join(duty.to)}" if duty.to else ""
            tail += f", {', '.join(duty.when)}" if duty.when else ""
            tail += f", due {duty.due}" if duty.due and duty.due != "unknown" else ""
            if duty.bearer != "actor":
                tail += f", upon {duty.bearer.replace('_', ' ')}"
            word = duty.phrase or name.replace("_", " ")
            together.setdefault((rule, stands, tail), []).append(word)
        for (rule, stands, tail), names in together.items():
            text = Text("perhaps " if stands is Truth.UNKNOWN else "")
            text.append(visible("; ".join(dict.fromkeys(names))), style="bold")
            text.append(visible(tail))
            yield stack(text, self.because(rule))

    def because(self, *rules: str) -> Padding:
        """The rules behind a line, in a few words."""
        told: list[str] = []
        names = list(dict.fromkeys(rules))
        most = len(names) if self.everything else _MOST_REASONS
        for rule in names[:most]:
            cite = next((r.cite for r in self.decision.rules if rule_of(r.id) == rule), None)
            reference = self.rule_reference(rule)
            told.append(f"{reference}, {visible(cite)}" if cite else reference)
        if len(names) > most:
            told.append(f"{len(names) - most} more")
        return Padding(Text("; ".join(told), style="dim"), (0, 0, 0, 2))

    def charges(self) -> Iterator[Part]:
        for charge in self.decision.charges:
            text = Text(visible(charge.name.replace("_", " ")), style="bold")
            text.append(visible(f": {charge_words(charge)}"), style="not bold")
            yield stack(
                text,
                self.because(*(rule_of(r) for r in charge.rules)),
                *open_parts([self.said(o.prompt) for o in charge.open], everything=self.everything),
            )

    def flags(self) -> Iterator[Part]:
        grouped: dict[tuple[str, Truth], list[str]] = {}
        for flag in self.decision.flags:
            grouped.setdefault((flag.flag, flag.stands), []).append(rule_of(flag.rule))
        for (name, stands), rules in grouped.items():
            text = Text("perhaps " if stands is Truth.UNKNOWN else "")
            text.append(visible(name.replace("_", " ")), style="bold")
            yield stack(text, self.because(*rules))

    def statuses(self) -> Iterator[Part]:
        grouped: dict[tuple[str, Truth, tuple[str, ...]], list[str]] = {}
        perhaps = sum(s is Truth.UNKNOWN and "(" in n for n, s in self.decision.statuses)
        brief = perhaps > _MOST_STATUSES and not self.everything
        for name, stands in self.decision.statuses:
            status, _, subject = name.partition("(")
            if stands is Truth.NO or not subject or status not in self.program.statuses:
                continue
            by = [
                rule_of(r.id)
                for r in self.decision.rules
                if r.stands is stands and f"establishes {name}" in r.effects
            ]
            why = () if brief and stands is Truth.UNKNOWN else tuple(dict.fromkeys(by))
            key = (status, stands, why)
            grouped.setdefault(key, []).append(subject.removesuffix(")"))
        for (status, stands, reasons), subjects in grouped.items():
            title = self.program.statuses[status].title or status
            text = Text("" if stands is Truth.YES else "perhaps ")
            text.append(visible(title), style="bold")
            text.append(visible(f": {self.subjects(subjects)}"), style="not bold")
            yield stack(text, self.because(*reasons)) if reasons else text

    def subjects(self, subjects: Sequence[str]) -> str:
        """What a status is said of; those that nobody named only where nobody else is."""
        named = [s for s in subjects if "[other]" not in s]
        kept = subjects if self.everything or not named else named
        return ", ".join(f"({s})" if ", " in s else s for s in kept)

    def codes(self) -> Iterator[Part]:
        for path, codes in self.decision.codes:
            if codes:
                yield Text(visible(f"{path}: {', '.join(codes)}"))

    def assumed(self) -> Iterator[Part]:
        if self.decision.assumed:
            on_lists = [a for a in self.decision.assumed if " on " in a.partition(" = ")[0]]
            rest = [a for a in self.decision.assumed if a not in on_lists]
            for assumed in on_lists:
                where, _, why = assumed.partition(" = no (")
                who, _, table = where.rpartition(" on ")
                found = self.program.tables.get(table)
                title = f"the {found.title} ({table})" if found and found.title else table
                text = f"{who} is taken as not on {title}: {why.removesuffix(')')}"
                yield Text(visible(text), style="yellow")
            if rest:
                yield Text("nobody stated, and the case is assumed closed:", style="dim")
                yield Text(visible("; ".join(rest)))

    # ── gaps ─────────────────────────────────────────────────────────────────

    def gaps(self) -> Iterator[Part]:
        gaps = self.decision.not_modelled
        nothing = self.decision.outcome.requires_low == 0
        ranked = self.ranked_gaps()
        few = self.everything or len(ranked) <= _MOST_GAPS
        near = [gap for related, *gap in ranked if related or few]
        shown = near if self.everything else near[:_MOST_GAPS]
        count = plural(len(gaps), "provision")
        among = ", among them" if 0 < len(shown) < len(ranked) else ""
        if nothing:
            are = "is" if len(gaps) == 1 else "are"
            tail = f"{count} {are} not modelled{among}" if gaps else "facts and law may be missing"
            yield Text(f"not a clearance: {tail}", style="bold")
        elif gaps:
            yield Text(f"{count}{among}{':' if shown else ''}")
        for title, provisions, why in shown:
            where = f"{title}, {provisions}" if provisions else title
            yield bullet(visible(f"{where}: {why}" if why else where))
        if len(shown) < len(ranked):
            yield Text("--explain names them all, --format json too", style="dim")

    def ranked_gaps(self) -> list[tuple[bool, str, str, str]]:
        """Gaps of one reason together, those nearest to the case first.

        Of each whether it is near: asked about, or in an instrument whose rules are told of.
        Then the title, the provisions and why.
        """
        grouped: dict[tuple[str, str], list[str]] = {}
        for gap in self.decision.not_modelled:
            owner, _, provision = gap.provision.partition(" ")
            grouped.setdefault((owner, gap.why), []).append(provision)
        asked = {n.question.partition("(")[0] for n in self.decision.needs}

        def rank(key: tuple[str, str]) -> tuple[bool, bool, bool, bool]:
            owner, why = key
            return (
                owner not in asked,
                any(word in why for word in _HOUSEKEEPING),
                owner not in self.program.statuses,
                owner not in self.concerned,
            )

        at_work = {r.instrument for r in self.decision.rules}

        def related(owner: str, why: str) -> bool:
            aside = any(word in why for word in _HOUSEKEEPING)
            return owner in asked or (owner in at_work and not aside)

        made: list[tuple[bool, str, str, str]] = []
        for (owner, why), provisions in sorted(grouped.items(), key=lambda g: rank(g[0])):
            status = self.program.statuses.get(owner)
            title = short_title(self.program, owner)
            if status is not None:
                title = status.title or owner
            few = provisions if self.everything else provisions[:3]
            more = f" and {len(provisions) - len(few)} more" if len(few) < len(provisions) else ""
            where = ", ".join(p for p in few if p) + more
            made.append((related(owner, why), title, where, why))
        return made


_Group = tuple[RuleReport, tuple[str, ...]]


def _grouped(decision: Decision) -> list[_Group]:
    """Members of a family that say the same, told once."""
    requirements = {r.rule: r for r in decision.requirements}
    found: dict[object, list[RuleReport]] = {}
    for report in decision.rules:
        requirement = requirements.get(report.id)
        key = (
            rule_of(report.id),
            report.stands,
            report.cite,
            report.state,
            report.values,
            report.effects,
            tuple(dict.fromkeys(rule_of(id_) for id_ in report.defeated_by)),
            _alike(requirement),
        )
        found.setdefault(key, []).append(report)
    return [(group[0], tuple(r.id for r in group)) for group in found.values()]


def _alike(requirement: Requirement | None) -> object:
    if requirement is None:
        return None
    lifted = tuple(dict.fromkeys(rule_of(id_) for id_ in requirement.overcome_by))
    return (requirement.review, requirement.forms, requirement.met, lifted)


def _family(members: Sequence[str]) -> str:
    """`us.ear_738.chart[EI], [NS], [RS]`."""
    first, *rest = members
    if not rest:
        return first
    base = rule_of(first)
    labels = [m.removeprefix(base) for m in members[:_MOST_LABELS]]
    more = f" and {len(members) - len(labels)} more" if len(labels) < len(members) else ""
    return f"{base}{', '.join(labels)}{more}"


def _beside(report: RuleReport) -> bool:
    return bool(report.effects) and all(e.startswith(_BESIDE) for e in report.effects)


def _weight(report: RuleReport) -> int:
    """Requirements first, then what shapes them, then the rest."""
    order = ("prohibits", "requires", "reviews", "limits", "defeats", "classifies")
    found = [n for n, word in enumerate(order) for e in report.effects if e.startswith(word)]
    return min(found, default=len(order))
