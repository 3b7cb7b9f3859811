"""Whether a decision is what a case expects.

    failures(decision, expectations)   the expectations that the decision does not meet
    run_case(program, case)            decide a case for its regimes, and compare

An exact expectation asserts both bounds of the decision; `X to Y` that the bounds are X and Y;
`at least X` and `at most X` one side of them. What is said of a rule, duty or flag:

- `because R`, `duty D`, `flag F`: it stands for certain. Where the case itself asserts that the
  requirement is a range, what is asserted may be what leaves it open, so unknown is enough.
- `not because R`: no member of R stands, for certain. Silence of the case is not absence.
- `status S`, `not status S`: established, or not established, for certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from longarm.cases import CaseInput
from longarm.deciding import decide_case
from longarm_dsl.core import ast
from longarm_dsl.core.codes import falls, just, parse_code
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Interval, show
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import POSTURE, REQUIREMENTS
from longarm_dsl.evaluate.decision import Decision, RuleReport
from longarm_dsl.evaluate.idle import FindIdle, idle_rules
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

Strings = tuple[str, ...]
_INDEX = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that a decision does not meet, and what the decision says instead."""

    expectation: ast.Expectation
    expected: str
    got: str

    @property
    def span(self) -> Span:
        """Where the case says it."""
        return self.expectation.span


@dataclass(frozen=True, slots=True)
class RegimeRun:
    """What one regime says of a case, and where that is not what is expected."""

    decision: Decision
    expectations: tuple[ast.Expectation, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case with its expectations compared, regime by regime."""

    case: CaseInput
    runs: tuple[RegimeRun, ...]

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What failed, in the order of the regimes."""
        return tuple(f for run in self.runs for f in run.failures)

    @property
    def expectations(self) -> int:
        """How many expectations were compared."""
        return sum(len(run.expectations) for run in self.runs)


def run_case(
    program: Program,
    case: CaseInput,
    regimes: Sequence[str] = (),
    *,
    find_idle: FindIdle = idle_rules,
) -> CaseRun:
    """Decide a case for the regimes it expects something of, or those of them that are named.

    The clock is never read: `known` is the case's, else the newest day on which the law was
    verified.
    """
    chosen = tuple(r for r in case.regimes if not regimes or r in regimes)
    if not chosen:
        return CaseRun(case, ())
    decided = decide_case(program, case, regimes=chosen, assumptions=False, find_idle=find_idle)
    runs: list[RegimeRun] = []
    for decision in decided.decisions:
        expected = tuple(e for e in case.expectations if e.regime == decision.regime)
        runs.append(RegimeRun(decision, expected, failures(decision, expected)))
    return CaseRun(case, tuple(runs))


def failures(decision: Decision, expectations: Iterable[ast.Expectation]) -> tuple[Failure, ...]:
    """The expectations of the decision's regime that it does not meet, in order."""
    own = [e for e in expectations if e.regime == decision.regime]
    enough = Truth.UNKNOWN if any(_is_range(e) for e in own) else Truth.YES
    found: list[Failure] = []
    for expectation in own:
        got = _got_instead(decision, expectation, enough)
        if got is not None:
            found.append(Failure(expectation, words_of(expectation), got))
    return tuple(found)


def words_of(expectation: ast.Expectation) -> str:
    """An expectation as it is written in a case, names in full."""
    low, high = expectation.low, expectation.high
    match expectation.kind:
        case "nothing":
            return "nothing"
        case "requires" | "reviews":
            if low == high:
                return f"{expectation.kind} {low}"
            if high is None:
                return f"{expectation.kind} at least {low}"
            if low is None:
                return f"{expectation.kind} at most {high}"
            return f"{expectation.kind} {low} to {high}"
        case "charge":
            amount = expectation.amount.span.text if expectation.amount is not None else ""
            return f"charge {_name(expectation)} {amount}".rstrip()
        case "code":
            return f'code "{_name(expectation)}"'
        case kind:
            return f"{kind.replace('_', ' ')} {_name(expectation)}"


def same_rule(member: str, rule: str) -> bool:
    """Whether the id of a rule or member is that of a rule: `chart[RS]~2` is of `chart`."""
    return member == rule or member.startswith((f"{rule}[", f"{rule}~"))


def _is_range(expectation: ast.Expectation) -> bool:
    return expectation.kind == "requires" and expectation.low != expectation.high


def _name(expectation: ast.Expectation) -> str:
    """A duty, flag or charge has its name as its only word."""
    return expectation.name or expectation.low or ""


def _got_instead(decision: Decision, expected: ast.Expectation, enough: Truth) -> str | None:
    """What the decision says where it does not meet an expectation; None where it does."""
    name = _name(expected)
    match expected.kind:
        case "requires":
            return _bounds("requires", REQUIREMENTS, decision.requires, expected)
        case "nothing":
            nothing = REQUIREMENTS[0]
            fits = decision.requires == (nothing, nothing)
            return None if fits else _range("requires", decision.requires)
        case "reviews":
            return _bounds("reviews", POSTURE.values, decision.review, expected)
        case "because":
            return _because(decision, name, enough)
        case "not_because":
            here = [r for r in _reports(decision, name) if r.stands is not Truth.NO]
            return "; ".join(_said(r) for r in here) or None
        case "status":
            value = _status(decision, name)
            return None if value is Truth.YES else f"{name} is {_holds(value)}"
        case "not_status":
            value = _status(decision, name)
            return None if value is Truth.NO else f"{name} is {_holds(value)}"
        case "code":
            return _code(decision, name)
        case "duty":
            return _stands([(d.duty, d.stands) for d in decision.duties], name, enough, "duty")
        case "flag":
            return _stands([(f.flag, f.stands) for f in decision.flags], name, enough, "flag")
        case "charge":
            return _charge(decision, name, expected.amount)
        case "needs":
            return _needs(decision, name)
        case kind:
            message = f"an expectation of kind {kind}"  # INVARIANT: surface/ast.py lists the kinds
            raise AssertionError(message)


def _bounds(
    verb: str, scale: Strings, got: tuple[str, str], expected: ast.Expectation
) -> str | None:
    low, high = expected.low, expected.high
    if low is not None and high is not None:
        fits = got == (low, high)
    elif low is not None:
        fits = scale.index(got[0]) >= scale.index(low)
    else:
        fits = high is not None and scale.index(got[1]) <= scale.index(high)
    return None if fits else _range(verb, got)


def _range(verb: str, got: tuple[str, str]) -> str:
    return f"{verb} {got[0]}" if got[0] == got[1] else f"{verb} {got[0]} to {got[1]}"


def _reports(decision: Decision, rule: str) -> list[RuleReport]:
    return [r for r in decision.rules if same_rule(r.id, rule)]


def _because(decision: Decision, rule: str, enough: Truth) -> str | None:
    here = _reports(decision, rule)
    if any(r.stands >= enough for r in here):
        return None
    if here:
        return "; ".join(_said(r) for r in here)
    silent = next((s for s in decision.silent if same_rule(s.id, rule)), None)
    if silent is not None:
        return f"{rule} is not in force: {silent.sentence}"
    return f"{rule} does not fire"


def _said(report: RuleReport) -> str:
    """How a member that fires, or may, stands."""
    match report.stands:
        case Truth.YES:
            return f"{report.id} stands"
        case Truth.UNKNOWN:
            return f"whether {report.id} stands is open"
        case Truth.NO:
            beaten = ", ".join(report.defeated_by)
            return f"{report.id} is defeated by {beaten}" if beaten else f"{report.id} falls"


def _status(decision: Decision, name: str) -> Truth:
    """Truth of a status, of the subject that is named or of any."""
    wanted = _squeezed(name)
    for status, value in decision.statuses:
        if _squeezed(status) == wanted:
            return value
    # A status that nobody can establish in full is never certainly absent of a subject.
    bare = wanted.partition("(")[0]
    gap = any(g.provision == bare for g in decision.not_modelled)
    return Truth.UNKNOWN if gap else Truth.NO


def _squeezed(name: str) -> str:
    return "".join(name.split())


def _holds(value: Truth) -> str:
    match value:
        case Truth.YES:
            return "established"
        case Truth.NO:
            return "not established"
        case Truth.UNKNOWN:
            return "unknown"


def _code(decision: Decision, name: str) -> str | None:
    wanted = parse_code(name)
    found = [code for _, codes in decision.codes for code in codes]
    if wanted is not None:
        for text in found:
            code = parse_code(text)
            if code is not None and falls(code, just(wanted)) is Truth.YES:
                return None
    return f"code {', '.join(found)}" if found else "no code"


def _stands(found: list[tuple[str, Truth]], name: str, enough: Truth, what: str) -> str | None:
    values = [stands for other, stands in found if other == name]
    if any(v >= enough for v in values):
        return None
    if values:
        return f"whether there is the {what} {name} is open"
    sure = list(dict.fromkeys(other for other, stands in found if stands is Truth.YES))
    return f"{what} {', '.join(sure)}" if sure else f"no {what}"


def _charge(decision: Decision, name: str, amount: ast.Expr | None) -> str | None:
    number = amount.value if isinstance(amount, ast.Literal) else None
    wanted = show(number) if isinstance(number, Interval) else None
    for charge in decision.charges:
        if charge.name == name:
            if charge.at_least == charge.at_most == wanted:
                return None
            return _range(f"charge {name}", (charge.at_least, charge.at_most))
    return f"no charge {name}"


def _needs(decision: Decision, path: str) -> str | None:
    """Met by a question of that name, about something in it, or that it would help to answer.

    `end_user.owners.share` is the share of any of the owners.
    """
    asked = [q for need in decision.needs for q in (need.question, *need.inside)]
    if "[" not in path:
        asked = [_INDEX.sub("", q) for q in asked]
    if any(q == path or q.startswith((f"{path}.", f"{path}[", f"{path} ")) for q in asked):
        return None
    questions = ", ".join(need.question for need in decision.needs)
    return f"needs {questions}" if questions else "no needs"
