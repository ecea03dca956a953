"""Closing, the plan, the team, the child's voice, and what comes next."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.closing import NEEDS_MET, ClosingFacts, SocialCareDecision, reasons_not_to_close
from locality.caf.rules.concluding import reasons_against_comments, reasons_against_conclusion
from locality.caf.rules.importing import reasons_against_dates
from locality.caf.rules.planning import ActionFacts, reasons_against_action, reasons_against_update
from locality.caf.rules.roles import NewRole, reasons_against_lead, reasons_against_member
from locality.caf.rules.starting import reasons_not_to_start
from locality.caf.rules.steps import CaseFacts, Phase, Step, next_step, phase_of
from locality.caf.rules.voices import VoiceFacts, reasons_against_voice
from locality.caf.rules.words import (
    CASE_ROLE_LABELS,
    CLOSURE_LABELS,
    CONCLUSION_LABELS,
    NOT_OBTAINED_LABELS,
    OUTCOME_LABELS,
    VOICE_TOOL_LABELS,
    ActionStatus,
    CaseRoleKind,
    ClosureRating,
    ClosureReason,
    ConclusionLevel,
    NotObtained,
    VoiceTool,
)
from locality.kernel.errors import Reason

TODAY = dt.date(2026, 3, 3)
MET = ClosingFacts(
    reason=ClosureReason.NEEDS_MET_UNIVERSAL,
    closed_on=TODAY,
    opened_on=dt.date(2025, 9, 1),
    open_actions=0,
    moves_waiting=0,
    rating=ClosureRating.MOST,
    universal_service="School nurse",
    way_back="Ring the school",
    child_views="They listened",
    parent_views="It helped",
)


def _fields(reasons: tuple[Reason, ...]) -> list[str | None]:
    return [reason.field for reason in reasons]


def test_a_closure_because_needs_are_met() -> None:
    assert reasons_not_to_close(MET, today=TODAY) == ()


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (replace(MET, open_actions=2), [None]),
        (replace(MET, moves_waiting=1), [None]),
        (replace(MET, rating=None), ["rating"]),
        (replace(MET, universal_service="", way_back=""), ["universal_service", "way_back"]),
        (replace(MET, closed_on=TODAY + dt.timedelta(days=1)), ["closed_on"]),
        (replace(MET, closed_on=dt.date(2025, 8, 31)), ["closed_on"]),
        (replace(MET, reason=ClosureReason.NOT_ENGAGED), ["note", "risk_considered"]),
        (replace(MET, needs_to_look_at=1), [None]),
        (replace(MET, child_views="", parent_views=""), ["child_views", "parent_views"]),
        (replace(MET, reason=ClosureReason.CONSENT_WITHDRAWN), ["risk_considered"]),
        (replace(MET, reason=ClosureReason.MOVED_OUT_OF_AREA), ["transfer_to", "transfer_agreed"]),
        (
            replace(MET, reason=ClosureReason.STEPPED_UP_SOCIAL_CARE, social_care_decided_on=TODAY),
            ["social_care_decision"],
        ),
        (replace(MET, reason=ClosureReason.OTHER, note=""), ["note"]),
        (
            replace(
                MET,
                reason=ClosureReason.STEPPED_UP_SOCIAL_CARE,
                social_care_decision=SocialCareDecision.CHILD_IN_NEED,
            ),
            ["social_care_decided_on"],
        ),
        (
            replace(
                MET,
                reason=ClosureReason.STEPPED_UP_SOCIAL_CARE,
                social_care_decision=SocialCareDecision.LOOKED_AFTER,
                social_care_decided_on=TODAY + dt.timedelta(days=1),
            ),
            ["social_care_decided_on"],
        ),
    ],
    ids=[
        "actions are open",
        "a stage move waits",
        "nothing rated",
        "nobody stays in touch",
        "in the future",
        "before the help began",
        "not reached, and no word how",
        "a need has not been looked at",
        "nobody asked what they think of it",
        "agreement withdrawn, and no word of risk",
        "moved, and no word where",
        "social care has not decided what",
        "another reason, and no word which",
        "social care has not decided yet",
        "social care will decide",
    ],
)
def test_what_stands_against_closing(facts: ClosingFacts, fields: list[str | None]) -> None:
    assert _fields(reasons_not_to_close(facts, today=TODAY)) == fields


@given(st.sampled_from(ClosureReason), st.integers(0, 3))
def test_open_actions_stand_only_against_needs_met(reason: ClosureReason, open_actions: int) -> None:
    facts = replace(MET, reason=reason, open_actions=open_actions)
    refused = any("still open in the plan" in one.message for one in reasons_not_to_close(facts, today=TODAY))
    assert refused is (reason in NEEDS_MET and open_actions > 0)


def test_after_a_death_nobody_is_asked_to_rate() -> None:
    assert reasons_not_to_close(replace(MET, reason=ClosureReason.CHILD_DIED, rating=None), today=TODAY) == ()


ACTION = ActionFacts("Leah sleeps", "A bedtime", "Grace", TODAY)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (replace(ACTION, outcome_wanted=""), "outcome_wanted"),
        (replace(ACTION, action=""), "action"),
        (replace(ACTION, responsible_name=""), "responsible_name"),
        (replace(ACTION, due_on=TODAY - dt.timedelta(days=1)), "due_on"),
        (replace(ACTION, due_on=dt.date(2029, 1, 1)), "due_on"),
        (replace(ACTION, element_codes=("D1.2", "D7")), "element_codes"),
        (replace(ACTION, outcome_code=11), "outcome_code"),
    ],
    ids=["no outcome", "nothing to do", "nobody", "yesterday", "years ahead", "no such element", "no such outcome"],
)
def test_what_an_action_needs(facts: ActionFacts, field: str) -> None:
    assert _fields(reasons_against_action(facts, today=TODAY)) == [field]


@pytest.mark.parametrize("status", ActionStatus)
def test_what_was_not_done_wants_a_word_why(status: ActionStatus) -> None:
    wants = status in {ActionStatus.PARTLY, ActionStatus.NOT_DONE, ActionStatus.NO_LONGER_NEEDED}
    assert bool(reasons_against_update(status, "")) is wants
    assert reasons_against_update(status, "Because") == ()


def test_a_lead_professional_changes_with_a_reason() -> None:
    assert reasons_against_lead(reason="", is_change=False, is_same=False) == ()
    assert _fields(reasons_against_lead(reason="", is_change=True, is_same=False)) == ["reason"]
    assert _fields(reasons_against_lead(reason="x", is_change=True, is_same=True)) == ["account_id"]


def test_who_may_join_the_team() -> None:
    member = NewRole(CaseRoleKind.TEAM_MEMBER, "Sean Byrne")
    assert reasons_against_member(member, already=False) == ()
    assert _fields(reasons_against_member(member, already=True)) == ["name"]
    assert _fields(reasons_against_member(replace(member, name=""), already=False)) == ["name"]
    assert _fields(reasons_against_member(replace(member, kind=CaseRoleKind.LEAD_PROFESSIONAL), already=False)) == [
        "kind"
    ]


HEARD = VoiceFacts(VoiceTool.THREE_HOUSES, "I want to sleep", "Nobody else", TODAY)
SILENT = VoiceFacts(VoiceTool.NOT_OBTAINED, "", "", TODAY, NotObtained.NOT_SEEN, "", TODAY)


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (HEARD, []),
        (SILENT, []),
        (replace(HEARD, own_words=""), ["own_words"]),
        (replace(HEARD, present=""), ["present"]),
        (replace(HEARD, readers=None), ["readers"]),
        (replace(SILENT, readers=None), []),
        (replace(HEARD, recorded_on=TODAY + dt.timedelta(days=1)), ["recorded_on"]),
        (replace(SILENT, own_words="I said it"), ["own_words"]),
        (replace(SILENT, not_obtained=None), ["not_obtained"]),
        (replace(SILENT, not_obtained=NotObtained.OTHER), ["not_obtained_note"]),
        (replace(SILENT, next_try_on=None), ["next_try_on"]),
        (replace(SILENT, next_try_on=TODAY - dt.timedelta(days=1)), ["next_try_on"]),
    ],
)
def test_what_a_childs_voice_needs(facts: VoiceFacts, fields: list[str]) -> None:
    assert _fields(reasons_against_voice(facts, today=TODAY)) == fields


def test_when_a_caf_may_start() -> None:
    usual = {"has_agreement": True, "has_draft": False, "started_on": TODAY, "opened_on": TODAY, "today": TODAY}
    assert reasons_not_to_start(**usual) == ()  # type: ignore[arg-type]
    for change, field in (
        ({"has_agreement": False}, None),
        ({"has_draft": True}, None),
        ({"started_on": TODAY + dt.timedelta(days=1)}, "started_on"),
        ({"started_on": TODAY - dt.timedelta(days=1)}, "started_on"),
    ):
        assert _fields(reasons_not_to_start(**{**usual, **change})) == [field]  # type: ignore[arg-type]


def test_comments_are_words_or_the_wish_not_to() -> None:
    assert reasons_against_comments(child_words=None, parent_words=None, parent_name="") == ()
    assert _fields(reasons_against_comments(child_words="", parent_words="", parent_name="")) == [
        "child_words",
        "parent_words",
    ]
    assert _fields(reasons_against_comments(child_words=None, parent_words="Yes", parent_name="")) == ["parent_name"]
    assert _fields(reasons_against_conclusion("")) == ["text"]


def test_dates_of_imported_assessments() -> None:
    assert reasons_against_dates(TODAY, None, today=TODAY) == ()
    later = TODAY + dt.timedelta(days=1)
    assert _fields(reasons_against_dates(later, None, today=TODAY)) == ["started_on"]
    assert _fields(reasons_against_dates(TODAY, later, today=TODAY)) == ["completed_on"]
    assert _fields(reasons_against_dates(TODAY, TODAY - dt.timedelta(days=1), today=TODAY)) == ["completed_on"]


CASE = CaseFacts(
    opened_on=dt.date(2026, 2, 2),
    has_lead=True,
    agreed_on=dt.date(2026, 2, 9),
    draft_answers=None,
    answers_in_all=19,
    completed_on=dt.date(2026, 2, 27),
    actions=2,
    planned_review_on=dt.date(2026, 4, 10),
)


@pytest.mark.parametrize(
    ("facts", "step", "due_on"),
    [
        (replace(CASE, has_lead=False, agreed_on=None), Step.NAME_LEAD, dt.date(2026, 2, 4)),
        (replace(CASE, agreed_on=None), Step.RECORD_AGREEMENT, dt.date(2026, 2, 9)),
        (replace(CASE, completed_on=None, draft_answers=11), Step.FINISH_CAF, dt.date(2026, 3, 9)),
        (replace(CASE, completed_on=None), Step.START_CAF, dt.date(2026, 3, 9)),
        (replace(CASE, actions=0), Step.AGREE_PLAN, dt.date(2026, 3, 20)),
        (replace(CASE, planned_review_on=None), Step.PLAN_REVIEW, dt.date(2026, 4, 10)),
        (CASE, Step.HOLD_REVIEW, dt.date(2026, 4, 10)),
    ],
    ids=["nobody leads", "no agreement", "a draft", "no CAF", "no plan", "no review", "review planned"],
)
def test_a_case_needs_one_thing_next(facts: CaseFacts, step: Step, due_on: dt.date) -> None:
    found = next_step(facts)
    assert (found.step, found.due_on) == (step, due_on)


def test_the_step_says_how_far_the_caf_has_come_and_when_it_is_late() -> None:
    found = next_step(replace(CASE, completed_on=None, draft_answers=11))
    assert found.line == "Finish the CAF: 11 of 19 answered"
    assert found.is_late(dt.date(2026, 3, 10))
    assert not found.is_late(dt.date(2026, 3, 9))


def test_the_phase_weighs_assessing_more() -> None:
    assert phase_of(CASE) is Phase.PLAN
    assert phase_of(replace(CASE, completed_on=None)) is Phase.ASSESSMENT


def test_every_code_has_words() -> None:
    for labels, kinds in (
        (CASE_ROLE_LABELS, CaseRoleKind),
        (CLOSURE_LABELS, ClosureReason),
        (CONCLUSION_LABELS, ConclusionLevel),
        (NOT_OBTAINED_LABELS, NotObtained),
        (VOICE_TOOL_LABELS, VoiceTool),
    ):
        assert set(labels) == set(kinds)
    assert list(OUTCOME_LABELS) == list(range(1, 11))
