"""Law 9: what `assume closed` reads into silence, and what it never does (semantics 1.13)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from laws.support.decisions import decided, decision_of, findings_of, within
from laws.support.effort import examples
from laws.support.generate import State, situations
from laws.support.policies import Policy, program_of
from laws.support.vocabulary import FLAGS, Value
from longarm_dsl.core import facts


def closed_state(state: State) -> State:
    """The case with every absent flag, set and list stated as closing reads it."""
    plain: dict[str, Value | None] = {}
    for name, value in state.plain.items():
        if value is None and name not in state.said_unknown:
            closing: Value | None = False if name in FLAGS else None
            plain[name] = frozenset() if name in {"uses", "modes"} else closing
        else:
            plain[name] = value
    made = replace(state, plain=plain)
    if "components" in state.read and state.components is None:
        return replace(made, components=())
    return made


@given(situations(lists=True))
@examples(80)
def test_closing_is_one_refinement_of_the_open_case(situation: tuple[Policy, State]) -> None:
    policy, state = situation
    program = program_of(policy)
    open_ = findings_of(program, state.transaction(), state.options())
    closed = findings_of(program, state.transaction(closed=True), state.options())
    assert within(closed.sound, open_.sound)
    if open_.exact:
        assert within(closed.outcome, open_.outcome)
    stated = findings_of(program, closed_state(state).transaction(), state.options())
    assert stated.sound == closed.sound
    assert stated.outcome == closed.outcome


@given(situations(lists=True))
@examples(60)
def test_closing_what_is_closed_changes_nothing(situation: tuple[Policy, State]) -> None:
    policy, state = situation
    once = decision_of(policy, state, closed=True)
    twice = decision_of(policy, closed_state(state), closed=True)
    assert (twice.outcome, twice.needs) == (once.outcome, once.needs)
    assert not [a for a in twice.assumed if a not in once.assumed]


@given(situations())
@examples(80)
def test_only_what_was_essential_is_listed_as_assumed(situation: tuple[Policy, State]) -> None:
    """`assumed` names closed facts that could have changed the open decision."""
    policy, state = situation
    needs = {n.question for n in decision_of(policy, state).needs}
    for line in decision_of(policy, state, closed=True).assumed:
        assert line.split(" = ")[0] in needs


@given(st.data())
@examples(80)
def test_a_misspelt_key_never_lowers_what_is_possible(data: st.DataObject) -> None:
    policy, state = data.draw(situations(lists=True))
    record = state.record()
    program = program_of(policy)
    item = record.fields.get("item")
    keys = [("", n) for n in record.fields if n != "item"]
    if isinstance(item, facts.Record):
        keys += [("item", n) for n in item.fields]
    assume(keys)
    place, key = data.draw(st.sampled_from(keys))
    if place and isinstance(item, facts.Record):
        inner = {n: f for n, f in item.fields.items() if n != key}
        fields = {**record.fields, "item": facts.Record("Item", inner, (f"{key}x",))}
        wrong = facts.Record("Transaction", fields)
    else:
        fields = {n: f for n, f in record.fields.items() if n != key}
        wrong = facts.Record("Transaction", fields, (f"{key}x",))
    right = decided(program, state.transaction(closed=True), state.options()).outcome
    misspelt = decided(program, facts.Transaction(wrong, closed=True), state.options()).outcome
    assert misspelt.requires_high >= right.requires_high
    assert misspelt.review_high >= right.review_high
