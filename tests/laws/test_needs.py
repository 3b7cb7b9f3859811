"""Laws 16 to 20: what to find out next, held to plain enumeration of the completions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

from hypothesis import assume, given

from laws.support.decisions import decided, decision_of, findings_of, hull
from laws.support.effort import examples
from laws.support.generate import State, situations
from laws.support.policies import Env, Policy, outcome, program_of
from laws.support.vocabulary import QUESTIONS
from longarm_dsl.core import facts
from longarm_dsl.evaluate.outcome import Findings, Outcome

Table = dict[tuple[object, ...], tuple[int, int]]
"""The outcome under every assignment of values to the open facts and doubted events."""


def table_of(policy: Policy, state: State) -> tuple[tuple[str, ...], Table]:
    names = (*state.open, *state.events)
    table: Table = {}
    for complete in state.completions():
        for env in complete.envs():
            table[_row(names, env)] = outcome(policy, env)
    return names, table


def _row(names: tuple[str, ...], env: Env) -> tuple[object, ...]:
    return tuple(env[n] for n in names)


def question(policy: Policy, found: Findings, name: str) -> str:
    """The id that the evaluator gives to the question of a fact, reading or event."""
    if name in QUESTIONS:
        return QUESTIONS[name]
    if name.startswith("y"):
        return f"cn.j0.{name}"
    number = next(i for i, e in enumerate(policy.events) if e.name == name)
    matching = [n.question.id for n in found.needs if f"cn.e{number}" in n.question.id]
    return matching[0] if matching else f"no question of {name}"


def essential(names: tuple[str, ...], table: Table) -> set[str]:
    """Two assignments differ only in it and have different outcomes."""
    found: set[str] = set()
    for at, name in enumerate(names):
        groups: dict[tuple[object, ...], set[tuple[int, int]]] = {}
        for row, result in table.items():
            groups.setdefault((*row[:at], *row[at + 1 :]), set()).add(result)
        if any(len(g) > 1 for g in groups.values()):
            found.add(name)
    return found


@given(situations())
@examples(120)
def test_needs_are_the_facts_that_can_change_the_outcome(situation: tuple[Policy, State]) -> None:
    """Laws 16, 17 and 19: the essential facts, all of them and no others."""
    policy, state = situation
    found = findings_of(program_of(policy), state.transaction(), state.options())
    names, table = table_of(policy, state)
    wanted = essential(names, table)
    assert {n.question.id for n in found.needs} == {question(policy, found, n) for n in wanted}
    assert found.minimal
    assert (not found.needs) == found.outcome.determined
    # Together they settle: rows that agree on all of them agree on the outcome.
    kept = [i for i, n in enumerate(names) if n in wanted]
    settled: dict[tuple[object, ...], set[tuple[int, int]]] = {}
    for row, result in table.items():
        settled.setdefault(tuple(row[i] for i in kept), set()).add(result)
    assert all(len(results) == 1 for results in settled.values())


@given(situations())
@examples(120)
def test_each_answer_leads_to_the_range_that_is_stated(situation: tuple[Policy, State]) -> None:
    """Law 18, against enumeration; yes and no by their name, others as a set of ranges."""
    policy, state = situation
    found = findings_of(program_of(policy), state.transaction(), state.options())
    names, table = table_of(policy, state)
    by_id = {question(policy, found, n): (i, n) for i, n in enumerate(names)}
    for need in found.needs:
        at, name = by_id[need.question.id]
        ranges = {
            value: hull(result for row, result in table.items() if row[at] == value)
            for value in {row[at] for row in table}
        }
        assert {a.outcome for a in need.answers} == set(ranges.values())
        for answer in need.answers:
            match answer.label:
                case "yes" if name.startswith("f"):
                    assert answer.outcome == ranges[True]
                case "no" if name.startswith("f"):
                    assert answer.outcome == ranges[False]
                case label if name in {"mode", "grade", "y0"}:
                    assert {ranges[word] for word in label.split(" or ")} == {answer.outcome}
                case _:
                    pass


@given(situations(lists=True))
@examples(80)
def test_needs_come_best_first(situation: tuple[Policy, State]) -> None:
    """By the worst width after an answer, the mean width, the number of answers, the path."""
    policy, state = situation
    found = findings_of(program_of(policy), state.transaction(), state.options())

    def key(number: int) -> tuple[object, ...]:
        need = found.needs[number]
        widths = [a.outcome.width for a in need.answers]
        total = (sum(w[0] for w in widths), sum(w[1] for w in widths))
        mean = tuple(Fraction(t, len(widths)) for t in total)
        return max(widths), mean, len(widths), need.question.id

    keys = [key(n) for n in range(len(found.needs))]
    assert keys == sorted(keys)


@given(situations(lists=True))
@examples(80)
def test_answers_hold_every_completion_that_gives_them(situation: tuple[Policy, State]) -> None:
    """Law 16 with lists and amounts; the answers together cover the range."""
    policy, state = situation
    found = findings_of(program_of(policy), state.transaction(), state.options())
    assert (not found.needs) == found.outcome.determined
    if found.exact:
        for need in found.needs:
            whole: Outcome | None = None
            for answer in need.answers:
                whole = answer.outcome if whole is None else whole.hull(answer.outcome)
            assert whole == found.outcome


@given(situations())
@examples(60)
def test_an_answer_stated_in_the_case_gives_the_same_range(situation: tuple[Policy, State]) -> None:
    """Law 18 the other way round: state a flag, decide again."""
    policy, state = situation
    decision = decision_of(policy, state)
    for need in decision.needs:
        if not need.question.startswith("f"):
            continue
        for answer in need.answers:
            stated = replace(state, plain={**state.plain, need.question: answer.answer == "yes"})
            assert decision_of(policy, stated).outcome == answer.outcome


@given(situations())
@examples(60)
def test_stating_all_needs_settles_and_all_but_one_does_not(
    situation: tuple[Policy, State],
) -> None:
    """Law 17 by deciding again, with each fact in every combination of its values."""
    policy, state = situation
    assume(not state.events)
    decision = decision_of(policy, state)
    ids = {QUESTIONS.get(n, f"cn.j0.{n}"): n for n in state.open}
    names = [ids[n.question] for n in decision.needs]
    completions = list(state.completions())
    values = {n: list(dict.fromkeys(c.plain[n] for c in completions)) for n in names}
    assume(2 <= len(list(product(*values.values()))) <= 64)

    def all_settled(kept: tuple[str, ...]) -> bool:
        return all(
            decision_of(
                policy,
                replace(state, plain={**state.plain, **dict(zip(kept, row, strict=True))}),
            ).outcome.determined
            for row in product(*(values[n] for n in kept))
        )

    if names:
        assert all_settled(tuple(names))
        for fewer in combinations(names, len(names) - 1):
            assert not all_settled(fewer)


@given(situations(lists=True))
@examples(40)
def test_a_fact_that_no_rule_reads_is_never_asked_for(situation: tuple[Policy, State]) -> None:
    """Law 20: said to be unknown, or stated, it leaves the decision as it is."""
    policy, state = situation
    program = program_of(policy)
    before = decided(program, state.transaction(), state.options())
    for fact in (facts.Open(asked=False), facts.Scalar(value=True)):
        fields = {**state.record().fields, "spare": fact}
        more = facts.Transaction(facts.Record("Transaction", fields))
        after = decided(program, more, state.options())
        assert (after.outcome, after.needs) == (before.outcome, before.needs)
