"""Duties, red flags, charges and exposures: beside the requirement, never in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from longarm_dsl.core import ast
from longarm_dsl.core.formula import QuestionKind, Truth
from longarm_dsl.core.numbers import Failure, maximum, point
from longarm_dsl.core.units import MONEY
from longarm_dsl.core.windows import years_later
from longarm_dsl.core.workdays import add_working_days
from longarm_dsl.evaluate.decision import Charge, Duty, Exposure, Flag, Open, end_of
from longarm_dsl.evaluate.network import Member, Network
from longarm_dsl.evaluate.residue import Residue
from longarm_dsl.evaluate.values import Amount, Scalar, Thing

_ASKED_FIRST = (
    QuestionKind.ERROR,
    QuestionKind.EVENT,
    QuestionKind.TIME,
    QuestionKind.FACT,
    QuestionKind.LIST,
    QuestionKind.TERM,
    QuestionKind.READING,
    QuestionKind.GAP,
)


def duties(network: Network) -> Iterable[Duty]:
    """Every duty that stands or may stand, with its due day where it can be computed."""
    rest = network.at_rest
    for member in sorted(network.everyone(), key=lambda m: m.id):
        stands = rest.stands(member.id)
        if stands is Truth.NO:
            continue
        for effect in member.clauses.effects or ():
            bearer = ", ".join(effect.upon) or "actor"
            match effect.kind:
                case ast.Obliges(names, to, timing, condition):
                    truth: Truth = stands
                    if condition is not None:
                        truth = min(truth, rest.of(network.terms.formula(condition, member.env)))
                    if any(t.kind == "with_application" for t in timing):
                        governed = network.governed(member, effect.kind)
                        truth = min(
                            truth, max((rest.stands(g) for g in governed), default=Truth.NO)
                        )
                    if truth is Truth.NO:
                        continue
                    for name in names:
                        yield Duty(
                            member.id,
                            name,
                            to,
                            tuple(_words(t) for t in timing),
                            _due(network, member, timing),
                            truth,
                            bearer,
                            effect.phrase,
                        )
                case ast.RequiresReport(authority, timing):
                    yield Duty(
                        member.id,
                        "report",
                        (authority,),
                        tuple(_words(t) for t in timing),
                        _due(network, member, timing),
                        stands,
                        bearer,
                        effect.phrase,
                    )
                case _:
                    pass


def _words(t: ast.Timing) -> str:
    days = f"{t.number} {'working ' if t.working else ''}day{'s' if t.number != 1 else ''}"
    match t.kind:
        case "before":
            return f"before {t.event}"
        case "at_least":
            return f"at least {days} before {t.event}"
        case "within":
            skipped = f" not counting {', '.join(t.not_counting)}" if t.not_counting else ""
            return f"within {days} of {t.event}{skipped}"
        case "at_once":
            return "at once"
        case "for_years":
            return f"for {t.number} year{'s' if t.number != 1 else ''} from {t.event}"
        case "with_application":
            return "with the application"
        case _:
            return f"in the {t.event}"


def _due(network: Network, member: Member, timing: tuple[ast.Timing, ...]) -> str | None:
    """The due day: None without a timing; `unknown` where the event or calendar is open."""
    for t in timing:
        if t.kind not in {"before", "at_least", "within", "for_years"}:
            continue
        day = event_day(network, t.event or "")
        if day is None or t.not_counting:
            return "unknown"
        match t.kind:
            case "before":
                return f"before {day}"
            case "for_years":
                return f"until {years_later(day, t.number or 0)}"
            case kind:
                sign = -1 if kind == "at_least" else 1
                due = _shifted(network, member, day, sign * (t.number or 0), working=t.working)
                return "unknown" if due is None else due.isoformat()
    return None


def _shifted(
    network: Network, member: Member, day: date, days: int, *, working: bool
) -> date | None:
    if not working:
        try:
            return day + timedelta(days=days)
        except OverflowError:
            return None
    program = network.world.program
    name = program.instruments[member.rule.instrument].calendar or member.rule.regime
    calendar = program.calendars.get(name)
    return add_working_days(calendar, day, days) if calendar is not None else None


def event_day(network: Network, event: str) -> date | None:
    """The day of an event as the case states it."""
    world = network.world
    events = world.field(world.root(), "events")
    if not isinstance(events, Thing):
        return None
    value = getattr(world.stated(events, event), "value", None)
    return value if isinstance(value, date) else None


def flags(network: Network) -> Iterable[Flag]:
    """Red flags raised."""
    for member, kind, stands in _standing(network):
        if isinstance(kind, ast.Flags):
            yield Flag(member.id, kind.flag, stands)


def exposures(network: Network) -> Iterable[Exposure]:
    """Consequences of conduct."""
    for member, kind, stands in _standing(network):
        if isinstance(kind, ast.Exposes):
            yield Exposure(
                member.id,
                kind.penalty,
                _amount(network, member, kind.low, low=True),
                _amount(network, member, kind.high, low=False),
                stands,
            )


def charges(network: Network) -> Iterable[Charge]:
    """Charges of one name join to the largest; different names are never added up."""
    lines: dict[str, list[tuple[Truth, Amount, str]]] = {}
    for member, kind, stands in _standing(network):
        if isinstance(kind, ast.Charges):
            value = network.terms.value(kind.amount, member.env)
            amount = value if isinstance(value, Amount) else Amount(Failure("no amount"), kind.name)
            lines.setdefault(kind.name, []).append((stands, amount, member.id))
    for name, found in sorted(lines.items()):
        nothing = point(0, MONEY)
        largest = maximum([(t, a.number) for t, a, _ in found] + [(Truth.YES, nothing)])
        number = None if isinstance(largest, Failure) else largest
        hangs_on = () if number is not None and number.is_point else _hangs_on(network, found)
        yield Charge(name, number, tuple(m for _, _, m in found), tuple(hangs_on))


def _hangs_on(network: Network, found: list[tuple[Truth, Amount, str]]) -> Iterable[Open]:
    """What leaves a charge open: whether its rules stand, and facts inside its amounts."""
    residue = Residue(network.at_rest)
    for stands, _, member in found:
        if stands is Truth.UNKNOWN:
            residue.visit(member)
    for question in sorted(residue.found.values(), key=lambda q: _ASKED_FIRST.index(q.kind)):
        yield Open(question.id, str(question.kind), question.prompt)
    facts = dict.fromkeys(path for _, amount, _ in found for path in amount.inside)
    for path in facts:
        if path not in residue.found:
            yield Open(path, str(QuestionKind.FACT), f"what is {path}?")


def _amount(network: Network, member: Member, expr: ast.Expr | None, *, low: bool) -> str | None:
    """One end of a band; of an amount that is itself open, the end that holds for certain."""
    if expr is None:
        return None
    value = network.terms.value(expr, member.env)
    if isinstance(value, Amount) and not isinstance(value.number, Failure):
        number = value.number
        if number.high is None and not number.low:
            return "unknown"  # nothing is known of it but that it is no debt
        return end_of(number, low=low)
    return "unknown" if not isinstance(value, Scalar) else None


def _standing(network: Network) -> Iterable[tuple[Member, ast.EffectKind, Truth]]:
    rest = network.at_rest
    for member in sorted(network.everyone(), key=lambda m: m.id):
        stands = rest.stands(member.id)
        if stands is not Truth.NO:
            for effect in member.clauses.effects or ():
                yield member, effect.kind, stands
