"""What a decision must carry, and the clocks of the front door."""

import datetime as dt
from dataclasses import replace

import pytest

from locality.referrals.rules import clocks, screening
from locality.referrals.rules.clocks import ClockStep
from locality.referrals.rules.codes import (
    SOURCE_WORDS,
    AgreementBasis,
    AgreementKnown,
    Outcome,
    ReferralKind,
    ShareGround,
    Source,
    Urgency,
)
from locality.referrals.rules.needs import NEED_WORDS, unknown_needs, words_for

NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)
EARLY_HELP = screening.DecisionFacts(
    outcome=Outcome.EARLY_HELP_MULTI_AGENCY,
    stage=3,
    need_codes=("ATTENDANCE",),
    reason="Persistent absence and a new baby at home",
    agreed=True,
    ground=None,
    agreement_known=AgreementKnown.AGREED,
    safeguarding_concern=False,
    has_open_case=False,
)

DECIDED_WELL = {"manager_consulted": "Sam Okafor", "family_told": True}


def fields(facts: screening.DecisionFacts) -> list[str | None]:
    return [reason.field for reason in screening.reasons_not_to_decide(facts)]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"reason": "  "}, ["reason"]),
        ({"stage": None}, ["stage"]),
        ({"stage": 4}, ["stage"]),
        ({"need_codes": ()}, ["need_codes"]),
        ({"need_codes": ("18A",)}, ["need_codes"]),
        ({"agreed": False}, ["ground"]),
        ({"agreed": False, "ground": ShareGround.CHILD_AT_RISK}, ["manager_consulted", "why_not_told"]),
        ({"agreed": False, "ground": ShareGround.CHILD_AT_RISK, **DECIDED_WELL}, []),
        ({"outcome": Outcome.NFA, "stage": None, "need_codes": ()}, []),
        ({"outcome": Outcome.LINK_TO_OPEN_CASE}, ["outcome"]),
        ({"outcome": Outcome.LINK_TO_OPEN_CASE, "has_open_case": True}, []),
        ({"outcome": Outcome.RETURNED_NO_CONSENT, "safeguarding_concern": True}, ["outcome"]),
        ({"outcome": Outcome.SOCIAL_CARE_REFERRAL, "stage": None, "need_codes": (), "agreed": False}, []),
        ({"outcome": Outcome.STRATEGY_DISCUSSION, "stage": None, "need_codes": (), "agreed": False}, []),
    ],
)
def test_what_a_decision_must_carry(change: dict[str, object], wrong: list[str]) -> None:
    assert fields(replace(EARLY_HELP, **change)) == wrong  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_can_be_decided_with_no_more_than_its_reason_and_needs(outcome: Outcome) -> None:
    facts = replace(EARLY_HELP, outcome=outcome, has_open_case=True, shared_with="Essex County Council")
    assert screening.reasons_not_to_decide(facts) == ()


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (Outcome.EARLY_HELP_SINGLE_AGENCY, 3),
        (Outcome.SOCIAL_CARE_REFERRAL, 4),
        (Outcome.STRATEGY_DISCUSSION, 4),
        (Outcome.NFA, None),
    ],
)
def test_the_stage_that_a_decision_places_a_child_at(outcome: Outcome, stage: int | None) -> None:
    assert screening.stage_for(replace(EARLY_HELP, outcome=outcome)) == stage


def test_social_care_travels_without_agreement() -> None:
    facts = replace(EARLY_HELP, outcome=Outcome.SOCIAL_CARE_REFERRAL, agreed=False)
    assert screening.basis_of(facts) is AgreementBasis.SHARED_WITHOUT


def test_there_are_22_sources_with_words_and_5d_is_early_help() -> None:
    assert len(Source) == len(SOURCE_WORDS) == 22
    assert Source("5D") is Source.EARLY_HELP


@pytest.mark.parametrize("code", ["8A", "18A", "19A", "21", "", "x"])
def test_codes_that_do_not_exist_or_are_retired_are_refused(code: str) -> None:
    assert unknown_needs([code, "4A"]) == (code,)


def test_needs_read_as_a_sentence() -> None:
    assert words_for(["ATTENDANCE", "7A"]) == "School attendance, young carer"
    assert all(NEED_WORDS.values())


@pytest.mark.parametrize(
    ("received_at", "what_said", "children", "wrong"),
    [
        (NOW, "Tired at school", 1, []),
        (NOW + dt.timedelta(days=1), "Tired", 1, ["received_on"]),
        (dt.datetime(1999, 1, 1, tzinfo=dt.UTC), "Tired", 1, ["received_on"]),
        (NOW, " ", 1, ["what_said"]),
        (NOW, "x" * 20_001, 1, ["what_said"]),
        (NOW, "Tired", 0, [None]),
    ],
)
def test_what_a_contact_must_carry(
    received_at: dt.datetime, what_said: str, children: int, wrong: list[str | None]
) -> None:
    reasons = screening.reasons_against_contact(
        what_said=what_said, children=children, received_at=received_at, now=NOW
    )
    assert [reason.field for reason in reasons] == wrong


@pytest.mark.parametrize(
    ("kind", "urgency", "days"),
    [
        (ReferralKind.EARLY_HELP, Urgency.ROUTINE, 5),
        (ReferralKind.EARLY_HELP, Urgency.URGENT, 1),
        (ReferralKind.SOCIAL_CARE, Urgency.ROUTINE, 1),
    ],
)
def test_working_days_that_a_service_has_to_answer(kind: ReferralKind, urgency: Urgency, days: int) -> None:
    assert clocks.working_days_to_answer(kind, urgency, 5) == days


DUE = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("now", "steps"),
    [
        (DUE - dt.timedelta(seconds=1), ()),
        (DUE, (ClockStep.REMIND,)),
        (dt.datetime(2026, 3, 4, 23, 0, tzinfo=dt.UTC), (ClockStep.REMIND,)),
        (dt.datetime(2026, 3, 5, 9, 0, tzinfo=dt.UTC), (ClockStep.REMIND, ClockStep.TELL_MANAGER)),
        (dt.datetime(2026, 3, 9, 9, 0, tzinfo=dt.UTC), (ClockStep.REMIND, ClockStep.TELL_MANAGER)),
        (
            dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC),
            (ClockStep.REMIND, ClockStep.TELL_MANAGER, ClockStep.OFFER_ELSEWHERE),
        ),
    ],
)
def test_what_an_unanswered_offer_has_reached(now: dt.datetime, steps: tuple[ClockStep, ...]) -> None:
    assert clocks.steps_due(DUE, now, may_go_elsewhere=True) == steps


def test_a_referral_to_social_care_is_never_offered_elsewhere() -> None:
    late = clocks.steps_due(DUE, DUE + dt.timedelta(days=60), may_go_elsewhere=False)
    assert late == (ClockStep.REMIND, ClockStep.TELL_MANAGER)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (190, "3 h 10 min left"),
        (45, "45 min left"),
        (24 * 60, "1 day left"),
        (3 * 24 * 60 + 30, "3 days left"),
        (-24 * 60, "late by 1 day"),
        (-61, "late by 1 h 1 min"),
    ],
)
def test_how_long_is_left(minutes: int, words: str) -> None:
    assert clocks.time_left(NOW + dt.timedelta(minutes=minutes), NOW) == words
