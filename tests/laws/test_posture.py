"""Laws 12 to 15 of the review posture, over random policies and cases."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from laws.support.decisions import ON, findings_of
from laws.support.effort import examples
from laws.support.generate import State, plain_leaves, situations, trees
from laws.support.policies import Cond, Happening, Policy, Review, Rule, program_of
from longarm_dsl.core.formula import Truth
from longarm_dsl.evaluate.network import Network
from longarm_dsl.evaluate.outcome import Judge
from longarm_dsl.evaluate.world import World


@given(situations(lists=True))
@examples(60)
def test_bounds_are_in_order_and_a_review_needs_a_certain_license(
    situation: tuple[Policy, State],
) -> None:
    """Laws 12 and 13: at least <= at most; above `none` exactly where a license certainly stands."""
    policy, state = situation
    world = World(program_of(policy), "cn", ON, ON, state.options(), state.transaction())
    judge = Judge(Network(world))
    found = judge.findings()
    for bounds in (
        found.sound,
        found.outcome,
        *(a.outcome for n in found.needs for a in n.answers),
    ):
        assert bounds.requires_low <= bounds.requires_high
        assert bounds.review_low <= bounds.review_high
    certain = any(judge.network.at_rest.stands(m.id) is Truth.YES for m in judge.licenses)
    possible = any(judge.network.at_rest.stands(m.id) is not Truth.NO for m in judge.licenses)
    assert (found.sound.review_low > 0) == certain
    assert (found.sound.review_high > 0) == possible


@given(situations(lists=True, events=False))
@examples(50)
def test_without_licenses_there_is_no_review(situation: tuple[Policy, State]) -> None:
    """Law 14: suspend every license rule, and what reviews them says nothing."""
    policy, state = situation
    suspended = replace(
        policy,
        events=tuple(Happening("suspends", r.name, acting=True) for r in policy.rules if r.license),
    )
    found = findings_of(program_of(suspended), state.transaction(), state.options())
    assert (found.outcome.review_low, found.outcome.review_high) == (0, 0)
    assert found.outcome.requires_low != 2
    assert found.outcome.requires_high != 2


@given(situations(lists=True, events=False), trees(plain_leaves), st.integers(2, 5), st.data())
@examples(60)
def test_one_more_review_from_standard_up_never_relaxes(
    situation: tuple[Policy, State], when: Cond, posture: int, data: st.DataObject
) -> None:
    """Law 15."""
    policy, state = situation
    licenses = [r.name for r in policy.rules if r.license]
    assume(licenses)
    review = Review(posture, (data.draw(st.sampled_from(licenses)),))
    more = replace(policy, rules=(*policy.rules, Rule("z", "j1", when, (review,))))
    before = findings_of(program_of(policy), state.transaction(), state.options())
    after = findings_of(program_of(more), state.transaction(), state.options())
    for one, two in ((before.sound, after.sound), (before.outcome, after.outcome)):
        assert two.review_low >= one.review_low
        assert two.review_high >= one.review_high
        assert (two.requires_low, two.requires_high) == (one.requires_low, one.requires_high)
