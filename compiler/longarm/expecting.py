"""Whether a decision is what a case expects.

    failures(decision, expectations)   the expectations that the decision does not meet
    run_case(program, case)            decide a case for its regimes, and compare

An exact expectation asserts both bounds of the decision; `X to Y` that the bounds are X and Y;
`at least X` and `at most X` one side of them. What is said of a rule, duty or flag:

- `because R`, `duty D`, `flag F`, `charge C`, `exposes P`: it stands for certain. Where the case
  itself asserts that the requirement is a range, what is asserted may be what leaves it open, so
  unknown is enough.
- `not because R`: no member of R stands, for certain. Silence of the case is not absence. So it
  is of duties, flags, charges and exposures.
- `open because R`: whether R stands is unknown, and no member stands for certain. So it is of
  the others.
- `status S`, `not status S`, `open status S`: established, not established, or unknown.
- `code C`, `not code C`, `open code C`: the item falls under it, certainly does not, or may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Protocol, TypeAlias, TypeVar

from longarm.cases import CaseInput
from longarm.deciding import days_expected, decide_case
from longarm.lessons import Missed, Standing
from longarm.side_by_side import spread
from longarm_dsl.core import ast
from longarm_dsl.core.codes import falls, just, parse_code
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.numbers import Interval, show
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import POSTURE, REQUIREMENTS
from longarm_dsl.evaluate.decide import Day
from longarm_dsl.evaluate.decision import Decision, RuleReport
from longarm_dsl.evaluate.idle import FindIdle, idle_rules
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span

T = TypeVar("T")
Strings = tuple[str, ...]
_WANTED = {"status": Truth.YES, "not_status": Truth.NO, "open_status": Truth.UNKNOWN}
_WANTED_CODE = {"code": Truth.YES, "not_code": Truth.NO, "open_code": Truth.UNKNOWN}
_INDEX = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that a decision does not meet, and what the decision says instead.

    `missed` and `standing` are the rules that it hangs on, once they were looked for (`failing`).
    """

    expectation: ast.Expectation
    expected: str
    got: str
    missed: tuple[Missed, ...] = ()
    standing: tuple[Standing, ...] = ()

    @property
    def span(self) -> Span:
        """Where the case says it."""
        return self.expectation.span


@dataclass(frozen=True, slots=True)
class RegimeRun:
    """What one regime says of a case on one day, and where that is not what is expected."""

    decision: Decision
    expectations: tuple[ast.Expectation, ...]
    failures: tuple[Failure, ...]
    day: Day
    """The day of the decision, which names it in words."""


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case with its expectations compared, regime by regime and day by day."""

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


class Beside(Protocol[T]):
    """Who looks at cases as they are decided: in rising order, in whichever process it is."""

    def look(self, number: int, run: CaseRun) -> T:
        """What a case shows, in the process that decided it."""
        ...

    def tell(self, number: int, found: T) -> None:
        """The same, in the process that has the cases decided."""
        ...


def run_case(
    program: Program,
    case: CaseInput,
    regimes: Sequence[str] = (),
    *,
    find_idle: FindIdle = idle_rules,
) -> CaseRun:
    """Decide a case for the regimes and days it expects something of, or those regimes that are named.

    The clock is never read: `known` is the case's, else the newest day on which the law was
    verified.
    """
    return _compared(case, _decided(program, case, regimes, find_idle))


def run_cases(
    program: Program,
    cases: Sequence[CaseInput],
    regimes: Sequence[str] = (),
    *,
    find_idle: FindIdle = idle_rules,
    jobs: int = 1,
    done: Callable[[int], None] | None = None,
    beside: Beside[T] | None = None,
) -> list[CaseRun]:
    """The same for many cases, perhaps in several processes; the result is as in one.

    `beside` looks at each case where it is decided, and is told here what it saw.
    """

    def work(number: int) -> tuple[tuple[_Sat, ...], T | None]:
        case = cases[number]
        sat = _decided(program, case, regimes, find_idle)
        return sat, beside.look(number, _compared(case, sat)) if beside is not None else None

    made = spread(work, len(cases), jobs=jobs, done=done)
    runs: list[CaseRun] = []
    for number, (sat, found) in enumerate(made):
        if beside is not None and found is not None:
            beside.tell(number, found)
        runs.append(_compared(cases[number], sat))
    return runs


_Sat: TypeAlias = tuple[Decision, Day, tuple[int, ...]]
"""A decision, its day, and the numbers of the expectations that are of it."""


def _decided(
    program: Program, case: CaseInput, regimes: Sequence[str], find_idle: FindIdle
) -> tuple[_Sat, ...]:
    """One decision for each regime, day and day of knowledge of which something is expected."""
    asked: dict[tuple[str, Day, date], list[int]] = {}
    for number, expectation in enumerate(case.expectations):
        if not regimes or expectation.regime in regimes:
            day, known = days_expected(program, case, expectation)
            asked.setdefault((expectation.regime, day, known), []).append(number)
    order = {regime: number for number, regime in enumerate(case.regimes)}
    made: list[_Sat] = []
    for (regime, day, known), numbers in sorted(asked.items(), key=lambda a: order[a[0][0]]):
        (decision,) = decide_case(
            program,
            case,
            on=day,
            known=known,
            regimes=(regime,),
            assumptions=False,
            find_idle=find_idle,
        ).decisions
        made.append((decision, day, tuple(numbers)))
    return tuple(made)


def _compared(case: CaseInput, made: Iterable[_Sat]) -> CaseRun:
    runs: list[RegimeRun] = []
    for decision, day, numbers in made:
        expected = tuple(case.expectations[n] for n in numbers)
        runs.append(RegimeRun(decision, expected, failures(decision, expected), day))
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
        case "charge" | "exposes":
            ends = [e.span.text for e in (expectation.amount, expectation.most) if e is not None]
            amounts = " to ".join(dict.fromkeys(ends))
            return f"{expectation.kind} {_name(expectation)} {amounts}".rstrip()
        case "code" | "not_code" | "open_code":
            return f'{expectation.kind.replace("_", " ")} "{_name(expectation)}"'
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
        case "open_because":
            here = _reports(decision, name)
            if max((r.stands for r in here), default=Truth.NO) is Truth.UNKNOWN:
                return None
            return "; ".join(_said(r) for r in here) or _because(decision, name, Truth.YES)
        case "status" | "not_status" | "open_status":
            value = _status(decision, name)
            return None if value is _WANTED[expected.kind] else f"{name} is {_holds(value)}"
        case "code" | "not_code" | "open_code":
            value = _code(decision, name)
            return None if value is _WANTED_CODE[expected.kind] else _codes(decision, expected)
        case "duty" | "flag":
            return _stands(_effects(decision, expected.kind), name, enough, expected.kind)
        case "charge":
            return _charge(decision, name, expected, enough)
        case "exposes":
            return _exposes(decision, name, expected, enough)
        case "not_duty" | "not_flag" | "not_charge" | "not_exposes":
            what = expected.kind.removeprefix("not_")
            return _absent(_effects(decision, what), name, what)
        case "open_duty" | "open_flag" | "open_charge" | "open_exposes":
            what = expected.kind.removeprefix("open_")
            return _left_open(_effects(decision, what), name, what)
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


def _code(decision: Decision, name: str) -> Truth:
    """Whether the item falls under a code: by what it is given, by an entry or by a rule."""
    sure = max((_under(code, name) for code in _given(decision)), default=Truth.NO)
    maybe = any(_under(code, name) is not Truth.NO for code in decision.open_codes)
    return max(sure, Truth.UNKNOWN) if maybe else sure


def _under(code: str, name: str) -> Truth:
    """Whether a code lies under another; `""` is any code."""
    lower, upper = parse_code(code), parse_code(name)
    return Truth.UNKNOWN if lower is None or upper is None else falls(lower, just(upper))


def _given(decision: Decision) -> tuple[str, ...]:
    return tuple(code for _, codes in decision.codes for code in codes)


def _codes(decision: Decision, expected: ast.Expectation) -> str:
    found = list(_given(decision))
    if expected.kind != "code":
        near = [c for c in decision.open_codes if _under(c, _name(expected)) is not Truth.NO]
        found += [f"perhaps {code or 'another'}" for code in near]
    return f"code {', '.join(found)}" if found else "no code"


def _effects(decision: Decision, what: str) -> list[tuple[str, Truth]]:
    """Each effect of a kind that stands or may, by its word."""
    match what:
        case "duty":
            return [(d.duty, d.stands) for d in decision.duties]
        case "flag":
            return [(f.flag, f.stands) for f in decision.flags]
        case "exposes":
            return [(e.penalty, e.stands) for e in decision.exposes]
        case _:
            stands = {r.id: r.stands for r in decision.rules}
            return [(c.name, stands.get(r, Truth.NO)) for c in decision.charges for r in c.rules]


_NOUNS = {"exposes": "exposure to", "duty": "duty", "flag": "flag", "charge": "charge"}


def _stands(found: list[tuple[str, Truth]], name: str, enough: Truth, what: str) -> str | None:
    values = [stands for other, stands in found if other == name]
    if any(v >= enough for v in values):
        return None
    noun = _NOUNS[what]
    if values:
        return f"whether there is the {noun} {name} is open"
    sure = list(dict.fromkeys(other for other, stands in found if stands is Truth.YES))
    return f"{noun} {', '.join(sure)}" if sure else f"no {noun.removesuffix(' to')}"


def _absent(found: list[tuple[str, Truth]], name: str, what: str) -> str | None:
    values = [stands for other, stands in found if other == name]
    if Truth.YES in values:
        return f"{_NOUNS[what]} {name}"
    if Truth.UNKNOWN in values:
        return f"whether there is the {_NOUNS[what]} {name} is open"
    return None


def _left_open(found: list[tuple[str, Truth]], name: str, what: str) -> str | None:
    values = [stands for other, stands in found if other == name]
    if Truth.YES in values:
        return f"{_NOUNS[what]} {name}"
    return None if Truth.UNKNOWN in values else f"no {_NOUNS[what]} {name}"


def _charge(decision: Decision, name: str, expected: ast.Expectation, enough: Truth) -> str | None:
    if expected.amount is None:
        return _stands(_effects(decision, "charge"), name, enough, "charge")
    for charge in decision.charges:
        if charge.name == name:
            got = (charge.at_least, charge.at_most)
            return None if _are(got, expected) else _range(f"charge {name}", got)
    return f"no charge {name}"


def _exposes(decision: Decision, name: str, expected: ast.Expectation, enough: Truth) -> str | None:
    """Met by one exposure of the name; with amounts, by one between exactly these."""
    here = [e for e in decision.exposes if e.penalty == name and e.stands >= enough]
    if not here or expected.amount is None:
        return _stands(_effects(decision, "exposes"), name, enough, "exposes")
    bands = [(e.low, e.high) for e in here]
    if any(_are(band, expected) for band in bands):
        return None
    said = [
        f"exposes {name}" if low is None or high is None else _range(f"exposes {name}", (low, high))
        for low, high in bands
    ]
    return "; ".join(dict.fromkeys(said))


def _are(got: tuple[str | None, str | None], expected: ast.Expectation) -> bool:
    """Whether two ends, as the decision writes them, are the expected ones; 0 has no currency."""
    for text, wanted in zip(got, (expected.amount, expected.most or expected.amount), strict=True):
        number = wanted.value if isinstance(wanted, ast.Literal) else None
        if text is None or not isinstance(number, Interval):
            return False
        if text != show(number) and not (number.is_zero and text.partition(" ")[0] == "0"):
            return False
    return True


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
