"""Laws 1 to 8 and 10, 11 of the outcome, over random policies and cases.

The outcome of each completion comes from `support.policies`, plain booleans over the
structure that a policy was written from; no law rests on the evaluator alone.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from laws.support.decisions import (
    decided,
    decision_of,
    findings_of,
    hull,
    outcomes,
    within,
)
from laws.support.effort import examples
from laws.support.generate import State, plain_leaves, situations, trees
from laws.support.policies import (
    Ban,
    Cond,
    Defeat,
    Establish,
    License,
    Policy,
    Report,
    Rule,
    outcome,
    program_of,
    respelled_policy,
)
from longarm_dsl.core import facts
from longarm_dsl.evaluate.decision import Decision, Json, record


@given(situations())
@examples(120)
def test_bounds_over_plain_facts_are_those_of_the_completions(
    situation: tuple[Policy, State],
) -> None:
    """Laws 1 and 3: sound bounds hold every completion, exact ones are attained."""
    policy, state = situation
    found = findings_of(program_of(policy), state.transaction(), state.options())
    assert found.exact
    assert found.outcome == hull(outcomes(policy, state))
    assert within(found.outcome, found.sound)


@given(situations(lists=True))
@examples(150)
def test_every_completion_of_open_lists_and_amounts_is_within_the_bounds(
    situation: tuple[Policy, State],
) -> None:
    """Laws 1 and 3 where terms and open lists are asked for as a whole."""
    policy, state = situation
    found = findings_of(program_of(policy), state.transaction(), state.options())
    assert within(hull(outcomes(policy, state)), found.outcome)
    assert within(found.outcome, found.sound)


@given(st.data())
@examples(80)
def test_answering_shrinks_both_bounds(data: st.DataObject) -> None:
    """Law 2: each step from a case to one of its completions narrows the range, or keeps it."""
    policy, state = data.draw(situations(lists=True))
    completions = list(state.completions())
    end = completions[data.draw(st.integers(0, len(completions) - 1))]
    program = program_of(policy)
    before = findings_of(program, state.transaction(), state.options())
    steps = [replace(state, plain={**state.plain, n: end.plain[n]}) for n in state.open]
    steps.append(
        replace(state, components=end.components, more=end.more, item_value=end.item_value)
    )
    for step in (*steps, end):
        after = findings_of(program, step.transaction(), step.options())
        assert within(after.sound, before.sound)
        if before.exact:
            assert within(after.outcome, before.outcome)


@given(st.data())
@examples(80)
def test_a_complete_case_is_determined_and_is_what_booleans_say(data: st.DataObject) -> None:
    """Law 4."""
    policy, state = data.draw(situations(lists=True))
    assume(not state.events)
    completions = list(state.completions())
    for _ in range(3):
        complete = completions[data.draw(st.integers(0, len(completions) - 1))]
        found = findings_of(program_of(policy), complete.transaction(), complete.options())
        [env] = complete.envs()
        assert found.sound == found.outcome == hull([outcome(policy, env)])
        assert not found.needs


@given(situations(lists=True), trees(plain_leaves), st.sampled_from((License(), Report(), Ban())))
@examples(60)
def test_one_more_rule_never_relaxes(
    situation: tuple[Policy, State], when: Cond, effect: License | Report | Ban
) -> None:
    """Law 5: a rule that neither defeats nor is tested only adds."""
    policy, state = situation
    more = replace(policy, rules=(*policy.rules, Rule("z", "j1", when, (effect,))))
    before = decision_of(policy, state).outcome
    after = decision_of(more, state).outcome
    assert after.requires_low >= before.requires_low
    assert after.requires_high >= before.requires_high
    if not isinstance(effect, License):
        assert (after.review_low, after.review_high) == (before.review_low, before.review_high)


@given(situations(lists=True))
@examples(40)
def test_order_of_rules_instruments_and_files_changes_nothing(
    situation: tuple[Policy, State],
) -> None:
    """Law 6, on the whole record."""
    policy, state = situation
    one = decided(program_of(policy), state.transaction(), state.options())
    two = decided(program_of(policy, turned=True), state.transaction(), state.options())
    assert _without_digest(one) == _without_digest(two)


def _without_digest(decision: Decision) -> dict[str, Json]:
    made = dict(record(decision, ""))
    made.pop("law")
    return made


@given(st.data())
@examples(60)
def test_an_error_stands_for_every_value(data: st.DataObject) -> None:
    """Law 7: what a malformed fact might have said lies in the range."""
    policy, state = data.draw(situations())
    names = [n for n in state.plain if not n.startswith("y")]
    assume(names)
    name = data.draw(st.sampled_from(names))
    record_ = state.record()
    wrong = facts.Malformed("7 quux", "no unit")
    if name == "item.code":
        item = record_.fields.get("item")
        fields = dict(item.fields) if isinstance(item, facts.Record) else {}
        made = {**record_.fields, "item": facts.Record("Item", {**fields, "code": wrong})}
    else:
        made = {**record_.fields, name: wrong}
    program = program_of(policy)
    found = findings_of(
        program, facts.Transaction(facts.Record("Transaction", made)), state.options()
    )
    open_state = replace(state, plain={**state.plain, name: None})
    assume(open_state.size() <= 2000)
    assert within(hull(outcomes(policy, open_state)), found.outcome)


@given(st.data())
@examples(60)
def test_deleting_a_fact_widens_the_range(data: st.DataObject) -> None:
    """Law 8."""
    policy, state = data.draw(situations(lists=True))
    program = program_of(policy)
    full = findings_of(program, state.transaction(), state.options())
    fewer = [replace(state, plain={**state.plain, n: None}) for n in state.plain]
    if "components" in state.read:
        fewer.append(replace(state, components=None))
        fewer.append(replace(state, more=True))
    for less in fewer:
        found = findings_of(program, less.transaction(), less.options())
        assert within(full.sound, found.sound)
        if found.exact:
            assert within(full.outcome, found.outcome)


@given(situations(lists=True))
@examples(80)
def test_without_a_relief_nothing_is_laxer(situation: tuple[Policy, State]) -> None:
    """Law 10: for a defeater whose targets neither defeat nor establish anything."""
    policy, state = situation
    for rule in policy.rules:
        targets = [t for e in rule.effects if isinstance(e, Defeat) for t in e.targets]
        reached = [r for r in policy.rules if r.name in targets]
        if (
            not targets
            or any(r.has(Defeat) or r.has(Establish) for r in reached)
            or len(rule.effects) > 1
            or any(
                rule.name in e.targets
                for r in policy.rules
                for e in r.effects
                if isinstance(e, Defeat)
            )
            or any(e.target == rule.name for e in policy.events)
        ):
            continue
        # A review below standard relieves too: lifting its relief may relax the posture.
        lenient = any(getattr(e, "posture", 2) < 2 for r in reached for e in r.effects)
        fewer = replace(policy, rules=tuple(r for r in policy.rules if r != rule))
        before = decision_of(policy, state).outcome
        after = decision_of(fewer, state).outcome
        assert after.requires_low >= before.requires_low
        assert after.requires_high >= before.requires_high
        if not lenient:
            assert after.review_low >= before.review_low
            assert after.review_high >= before.review_high


@given(situations(lists=True))
@examples(60)
def test_spelling_a_condition_another_way_keeps_the_sound_bounds(
    situation: tuple[Policy, State],
) -> None:
    """Law 11: De Morgan, distribution, absorption and order keep every three-valued result."""
    policy, state = situation
    one = findings_of(program_of(policy), state.transaction(), state.options())
    other = findings_of(program_of(respelled_policy(policy)), state.transaction(), state.options())
    assert one.sound == other.sound
    # What is asked of unnamed elements is asked in the words of the law; plain facts are not.
    if policy.plain:
        assert one.outcome == other.outcome
        assert {n.question.id for n in one.needs} == {n.question.id for n in other.needs}
