"""What whoever got in touch is told: enough to know what happens next, and no more than they may know."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.referrals.rules.codes import Outcome, Source
from locality.referrals.rules.telling import FAMILIES, PROFESSIONALS, Listener, listener_for, told

SECRET = re.compile("social|police|strategy|worker who|lead professional|council|open case", re.IGNORECASE)


@pytest.mark.parametrize("words", [FAMILIES, PROFESSIONALS])
def test_every_outcome_has_its_words(words: dict[Outcome, object]) -> None:
    assert set(words) == set(Outcome)


@given(st.lists(st.sampled_from(Outcome), min_size=1, max_size=5))
def test_a_family_never_learns_from_a_message_who_looks_into_it(outcomes: list[Outcome]) -> None:
    said = told(Listener.FAMILY, outcomes)
    assert not SECRET.search(said.outcome + said.next_step)


def test_a_referrer_does_not_learn_that_the_police_are_asked_or_who_helps_already() -> None:
    assert PROFESSIONALS[Outcome.STRATEGY_DISCUSSION] == PROFESSIONALS[Outcome.SOCIAL_CARE_REFERRAL]
    assert PROFESSIONALS[Outcome.LINK_TO_OPEN_CASE] == PROFESSIONALS[Outcome.TRANSFER_OTHER_LA]


def test_children_with_different_outcomes_are_counted_and_not_named() -> None:
    said = told(Listener.REFERRER, [Outcome.NFA, Outcome.NFA, Outcome.INFO_ADVICE])
    assert (
        said.outcome == "For 2 children: We take no further action now.\nFor 1 child: We give information and advice."
    )


@pytest.mark.parametrize(
    ("source", "listener"),
    [
        (Source.FAMILY, Listener.FAMILY),
        (Source.SELF, Listener.FAMILY),
        (Source.ACQUAINTANCE, Listener.PUBLIC),
        (Source.ANONYMOUS, Listener.PUBLIC),
        (Source.SCHOOL, Listener.REFERRER),
        (Source.POLICE, Listener.REFERRER),
    ],
)
def test_everybody_is_told_as_who_they_are(source: Source, listener: Listener) -> None:
    assert listener_for(source) is listener
