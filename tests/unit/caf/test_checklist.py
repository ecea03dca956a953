"""The checklist before an assessment: safety first, whatever else was answered."""

from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.checklist import (
    QUESTIONS,
    Answer,
    Facts,
    Outcome,
    Safeguarding,
    Step,
    next_step,
    reasons_against_outcome,
    suggested,
)

ANSWERS = st.fixed_dictionaries({name: st.sampled_from(Answer) for name in QUESTIONS})
FACTS = st.builds(
    Facts,
    answers=ANSWERS,
    safeguarding=st.none() | st.sampled_from(Safeguarding),
    own_service=st.none() | st.sampled_from(Answer),
    would_help=st.none() | st.sampled_from(Answer),
    family_aware=st.none() | st.booleans(),
    outcome=st.none() | st.sampled_from(Outcome),
)


def _facts(**changes: object) -> Facts:
    answers = dict.fromkeys(QUESTIONS, Answer.YES) | changes.pop("answers", {})  # type: ignore[operator]
    return Facts(answers=answers, **changes)  # type: ignore[arg-type]


@given(FACTS, st.sampled_from(Outcome))
def test_nothing_goes_past_the_question_whether_a_child_is_safe(facts: Facts, outcome: Outcome) -> None:
    if facts.is_unsafe and facts.safeguarding is None:
        assert next_step(facts) is Step.SAFEGUARDING
        assert reasons_against_outcome(facts, outcome, why="Because")


@given(FACTS)
def test_what_the_answers_point_to_can_be_recorded_unless_the_family_does_not_agree(facts: Facts) -> None:
    if next_step(facts) is Step.OUTCOME and facts.family_aware is not False:
        assert not reasons_against_outcome(facts, suggested(facts), why="")


def test_all_well_points_to_nothing_more() -> None:
    assert next_step(_facts()) is Step.OUTCOME
    assert suggested(_facts()) is Outcome.NO_FURTHER_ACTION


def test_a_referral_to_social_care_is_the_only_outcome_once_it_is_being_made() -> None:
    facts = _facts(answers={"safe": Answer.NO}, safeguarding=Safeguarding.REFER_NOW)
    assert suggested(facts) is Outcome.SAFEGUARDING_REFERRAL
    assert reasons_against_outcome(facts, Outcome.START_CAF, why="I think so")


def test_there_is_no_assessment_without_the_family() -> None:
    facts = _facts(answers={"healthy": Answer.NO}, family_aware=False)
    assert reasons_against_outcome(facts, Outcome.START_CAF, why="I think so")


def test_another_outcome_than_the_answers_point_to_needs_a_reason() -> None:
    assert reasons_against_outcome(_facts(), Outcome.SPECIALIST_ASSESSMENT, why="")
    assert not reasons_against_outcome(_facts(), Outcome.SPECIALIST_ASSESSMENT, why="Her hearing")
