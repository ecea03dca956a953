"""Rules in sentences, copies of rules, what differs between two sets, and how a set ends."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.referrals.rules import rule_sets, rule_sets_words
from locality.referrals.rules.conditions import Asked, Rule, Sends
from locality.referrals.rules.rule_sets import LONGEST_NAME, Content, SetState, Settings, Standing
from locality.referrals.rules.rule_sets_comparing import compare
from tests.unit.referrals.test_routing import LEIGH
from tests.unit.referrals.test_rule_sets import DIRECTORY, GROUP, MENTOR, TEAM, a_rule

SETTINGS = Settings()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (a_rule(), "When the family needs help with attendance, ask Mentoring first."),
        (
            a_rule(
                when={Asked.NEED: frozenset({"ATTENDANCE", "SEND"}), Asked.AGE: frozenset({"0", "1", "7", "unborn"})}
            ),
            (
                "When the family needs help with attendance or special needs and a child is unborn or 0 to 1 or 7,"
                " ask Mentoring first."
            ),
        ),
        (
            a_rule(when={Asked.CLUSTER: frozenset({str(LEIGH)}), Asked.URGENCY: frozenset({"urgent"})}, urgent=True),
            (
                "When the cluster is Leigh and the referral is urgent, ask Mentoring first, and answer within one"
                " working day."
            ),
        ),
        (
            a_rule(when={Asked.STAGE: frozenset({"2"})}, sends=Sends.TEAM, to=TEAM),
            "When the referral is at stage 2, ask the services of Youth team first.",
        ),
        (a_rule(when={}, sends=Sends.PERSON, to=None), "For every referral, a person decides."),
        (
            a_rule(when={}, to=uuid.UUID(int=999)),
            "For every referral, ask a service first that is not in the directory.",
        ),
        (
            a_rule(when={Asked.NEED: frozenset({"GONE"})}, sends=Sends.USUAL, to=None),
            "When the family needs help with one that is not known any more, choose the service as usual.",
        ),
    ],
)
def test_a_rule_reads_as_one_sentence(rule: Rule, said: str) -> None:
    assert rule_sets_words.sentence(rule, DIRECTORY) == said


@given(st.lists(st.text(min_size=1, max_size=LONGEST_NAME), min_size=1, max_size=4, unique_by=str.casefold), st.data())
def test_a_copy_has_a_name_of_its_own_and_says_the_same(names: list[str], data: st.DataObject) -> None:
    rules = [a_rule(10 * place, id=uuid.UUID(int=place), name=name) for place, name in enumerate(names, start=1)]
    which = data.draw(st.sampled_from(rules))
    copied = rule_sets.duplicated(rules, which.id, new_id=GROUP)
    at = next(place for place, rule in enumerate(copied) if rule.id == GROUP)
    assert copied[at - 1].id == which.id
    assert replace(copied[at], id=which.id, name=which.name, order=which.order) == which
    assert len({rule.name.casefold() for rule in copied}) == len(copied)
    assert all(len(rule.name) <= LONGEST_NAME for rule in copied)


_RULES = st.lists(st.integers(1, 6), unique=True, max_size=6).map(
    lambda numbers: tuple(a_rule(10 * place, id=uuid.UUID(int=n)) for place, n in enumerate(numbers, start=1))
)


@given(_RULES, _RULES)
def test_what_differs_forwards_differs_backwards(before: tuple[Rule, ...], after: tuple[Rule, ...]) -> None:
    there = compare(Content(SETTINGS, before), Content(SETTINGS, after))
    back = compare(Content(SETTINGS, after), Content(SETTINGS, before))
    assert {rule.id for rule in there.added} == {rule.id for rule in back.removed}
    assert compare(Content(SETTINGS, before), Content(SETTINGS, before)).is_same
    assert there.is_same == (tuple(r.id for r in before) == tuple(r.id for r in after))


def test_settings_and_rules_that_differ_are_told_side_by_side() -> None:
    before = Content(SETTINGS, (a_rule(10), a_rule(20), a_rule(30)))
    after = Content(
        Settings(routine_days=1, overflow=False),
        (replace(a_rule(30), order=10), replace(a_rule(10), order=20, to=GROUP), replace(a_rule(20), order=30)),
    )
    found = compare(before, after)
    assert [line[0] for line in found.settings] == ["A service answers within", "When all nearer services are full"]
    assert found.settings[0][1:] == ("5 working days", "1 working day")
    assert [(one.before.to, one.after.to) for one in found.changed] == [(MENTOR, GROUP)]
    assert [rule.name for rule in found.moved] == ["Rule 30"]


@pytest.mark.parametrize("state", list(SetState))
def test_a_set_that_has_ended_or_is_approved_stays_as_it_is(state: SetState) -> None:
    assert bool(rule_sets.reasons_not_to_change(state)) == (state not in rule_sets.OPEN_STATES)


@pytest.mark.parametrize("standing", list(Standing))
def test_only_a_set_that_waits_for_its_day_may_be_withdrawn_and_only_with_a_reason(standing: Standing) -> None:
    assert bool(rule_sets.reasons_not_to_withdraw(standing, "A reason")) == (standing is not Standing.WAITING)
    assert rule_sets.reasons_not_to_withdraw(standing, "  ")
