"""Working together: goals, who carries what, changing the lead, meetings with invitations, and what nobody may do."""

import datetime as dt
import uuid
from collections.abc import Callable

import icalendar
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from locality.access.parts import Part
from locality.access.scope import facts_about
from locality.caf import api as caf
from locality.caf.models import ActionUpdate, CaseRole, LeadRequest, Meeting, MeetingGuest, PlanAction, PlanGoal, Review
from locality.caf.operations.commands_team import (
    AddGoal,
    AnswerLead,
    ArrangeMeeting,
    AskToLead,
    CancelMeeting,
    Held,
    MoveMeeting,
)
from locality.caf.operations.goals import add_goal, settle_goal
from locality.caf.operations.meetings import arrange_meeting, cancel_meeting, move_meeting
from locality.caf.operations.taking_over import answer_lead, ask_to_lead, take_back_question
from locality.caf.rules.leading import LeadRequestState
from locality.caf.rules.meetings import Attendance, MeetingKind, MeetingState
from locality.consent import api as consent
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import AccountId, EpisodeId, PersonId, ReviewId, new_id
from locality.kernel.uow import UnitOfWork
from locality.messages.models import Message, MessageFileRow, MessageText
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import Helpers, Household, a_complete_caf, a_led_episode, an_action
from tests.factories.clusters import a_worker
from tests.support.database import OpenUnit
from tests.support.layers import layer

TODAY = dt.date(2026, 3, 3)
Case = tuple[EpisodeId, Household]


@layer
def case(uow: OpenUnit, at_work: Helpers) -> Case:
    """An episode with a complete CAF, led by Amira Khan."""
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        a_complete_caf(unit, episode_id, family.children)
    return episode_id, family


def _joins(unit: UnitOfWork, episode_id: EpisodeId, account_id: uuid.UUID, kind: caf.CaseRoleKind) -> uuid.UUID:
    role_id = new_id()
    caf.add_team_member(
        unit, caf.AddTeamMember(role_id, episode_id, kind, account_id=AccountId(account_id), without=_WITHOUT)
    )
    return role_id


_WITHOUT = caf.WithoutAgreement(ground=consent.Ground.CHILD_AT_RISK, manager_consulted="Ruth Cole", family_told=True)


def _goal(episode_id: EpisodeId, **changes: object) -> AddGoal:
    usual: dict[str, object] = {
        "goal_id": new_id(), "episode_id": episode_id, "change_wanted": "Leah sleeps through the night",
        "how_we_know": "She is not tired at school", "element_codes": ("D1.1a", "D2.3"), "outcome_code": 3,
    }  # fmt: skip
    return AddGoal(**(usual | changes))  # type: ignore[arg-type]


def _meeting(episode_id: EpisodeId, **changes: object) -> ArrangeMeeting:
    usual: dict[str, object] = {
        "meeting_id": new_id(), "episode_id": episode_id, "kind": MeetingKind.FIRST, "on": dt.date(2026, 3, 12),
        "at": dt.time(15, 30), "minutes": 60, "place": "Friars School, room 2",
    }  # fmt: skip
    return ArrangeMeeting(**(usual | changes))  # type: ignore[arg-type]


def _lead_role(session: Session, episode_id: EpisodeId) -> CaseRole:
    return session.scalars(
        select(CaseRole).where(
            CaseRole.episode_id == episode_id, CaseRole.kind == caf.CaseRoleKind.LEAD_PROFESSIONAL,
            CaseRole.until_on.is_(None),
        )
    ).one()  # fmt: skip


# --- Goals ----------------------------------------------------------------------------------------------------------


def test_a_goal_ties_several_elements_and_its_actions_together(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _goal(case[0])
    with uow(at_work.lead) as unit:
        add_goal(unit, command)
        add_goal(unit, command)
        action_id = an_action(unit, case[0], goal_id=command.goal_id)
        settle_goal(unit, episode_id=case[0], goal_id=command.goal_id, is_reached=True)
    goal = session.scalars(select(PlanGoal)).one()
    assert (goal.element_codes, goal.reached_on) == (["D1.1a", "D2.3"], TODAY)
    assert session.get_one(PlanAction, action_id).goal_id == goal.id


def test_a_goal_of_another_plan_is_not_there(uow: OpenUnit, at_work: Helpers, case: Case) -> None:
    with uow() as unit:
        other, _family = a_led_episode(unit, at_work, names=("Mia",))
    command = _goal(other)
    with uow(at_work.lead) as unit:
        add_goal(unit, command)
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        settle_goal(unit, episode_id=case[0], goal_id=command.goal_id, is_reached=True)
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        an_action(unit, case[0], goal_id=command.goal_id)


# --- Who carries what ----------------------------------------------------------------------------------------------


def test_a_partner_updates_their_own_action_and_no_other(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with uow(at_work.lead) as unit:
        role_id = _joins(unit, case[0], at_work.colleague_account.id, caf.CaseRoleKind.TEAM_MEMBER)
        own = an_action(unit, case[0], role_id=role_id, responsible=caf.Responsible.PROFESSIONAL)
        other = an_action(unit, case[0])
    with uow(at_work.colleague) as unit:
        caf.update_action(unit, caf.UpdateAction(own, 1, caf.ActionStatus.DONE, "Done at school"))
    assert session.get_one(PlanAction, own).status is caf.ActionStatus.DONE
    with pytest.raises(NotFound), uow(at_work.colleague) as unit:
        caf.update_action(unit, caf.UpdateAction(other, 1, caf.ActionStatus.DONE))


def test_the_database_itself_keeps_a_partner_from_anothers_action(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with uow(at_work.lead) as unit:
        _joins(unit, case[0], at_work.colleague_account.id, caf.CaseRoleKind.TEAM_MEMBER)
        other = an_action(unit, case[0])
    with uow(at_work.colleague) as unit:
        seen = unit.session.execute(text("SELECT count(*) FROM plan_action")).scalar_one()
        changed = unit.session.execute(
            text("UPDATE plan_action SET status = 'done' WHERE id = :id RETURNING id"), {"id": other}
        )
        assert (seen, changed.all()) == (1, [])


def test_a_volunteer_sees_the_task_and_not_the_file(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    helper = an_account(session, name="Maureen Bell", job_title="Volunteer")
    a_worker(session, helper, team=at_work.team)
    volunteer = an_actor(helper)
    with uow(at_work.lead) as unit:
        role_id = _joins(unit, case[0], helper.id, caf.CaseRoleKind.VOLUNTEER)
        own = an_action(unit, case[0], role_id=role_id, responsible=caf.Responsible.VOLUNTEER)
        an_action(unit, case[0])
    assert facts_about(session, volunteer, case[1].children).parts == {Part.IDENTITY}
    with uow(volunteer) as unit:
        tables = ("episode", "assessment", "element_answer", "meeting", "plan_goal", "review", "score")
        seen = {table: unit.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}
        assert set(seen.values()) == {0}
        assert unit.session.scalars(select(PlanAction.id)).all() == [own]
        caf.update_action(unit, caf.UpdateAction(own, 1, caf.ActionStatus.IN_PROGRESS, "First visit was good"))
    assert session.scalars(select(ActionUpdate.recorded_by_name)).all() == ["Maureen Bell"]


def test_whoever_leaves_the_team_no_longer_reaches_their_action(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with uow(at_work.lead) as unit:
        role_id = _joins(unit, case[0], at_work.colleague_account.id, caf.CaseRoleKind.TEAM_MEMBER)
        own = an_action(unit, case[0], role_id=role_id, responsible=caf.Responsible.PROFESSIONAL)
        caf.end_role(unit, episode_id=case[0], role_id=role_id, reason="Changed schools")
    with pytest.raises(NotFound), uow(at_work.colleague) as unit:
        caf.update_action(unit, caf.UpdateAction(own, 1, caf.ActionStatus.DONE))


def test_somebody_of_another_family_cannot_carry_an_action(uow: OpenUnit, at_work: Helpers, case: Case) -> None:
    with uow() as unit:
        _other, family = a_led_episode(unit, at_work, names=("Mia",))
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        an_action(unit, case[0], person_id=family.mother)


# --- The lead -------------------------------------------------------------------------------------------------------


def test_a_new_lead_says_yes_and_only_then_leads(uow: OpenUnit, session: Session, at_work: Helpers, case: Case) -> None:
    request = new_id()
    asks = AskToLead(request, case[0], AccountId(at_work.colleague_account.id), "Maternity leave")
    with uow(at_work.lead) as unit:
        ask_to_lead(unit, asks)
        ask_to_lead(unit, asks)
    assert _lead_role(session, case[0]).name == "Amira Khan"
    (message,) = session.scalars(select(MessageText.body)).all()
    assert "Leah" not in message
    assert "Adeyemi" not in message
    with uow(at_work.colleague) as unit:
        assert answer_lead(unit, AnswerLead(request, accepts=True))
    session.expire_all()
    lead = _lead_role(session, case[0])
    assert (lead.name, lead.reason) == ("Sean Byrne", "Maternity leave")
    assert not facts_about(session, at_work.lead, case[1].children).grants


def test_a_no_needs_words_and_changes_nothing(uow: OpenUnit, session: Session, at_work: Helpers, case: Case) -> None:
    request = new_id()
    with uow(at_work.lead) as unit:
        ask_to_lead(unit, AskToLead(request, case[0], AccountId(at_work.colleague_account.id), "Closer to home"))
    with pytest.raises(RuleBroken, match="why you cannot lead"), uow(at_work.colleague) as unit:
        answer_lead(unit, AnswerLead(request, accepts=False))
    with uow(at_work.colleague) as unit:
        assert not answer_lead(unit, AnswerLead(request, accepts=False, words="I leave in May"))
    assert _lead_role(session, case[0]).name == "Amira Khan"
    assert session.get_one(LeadRequest, request).state is LeadRequestState.DECLINED


def test_one_worker_is_asked_at_a_time_and_nobody_else_can_answer(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    request = new_id()
    colleague, manager = AccountId(at_work.colleague_account.id), AccountId(at_work.manager_account.id)
    with uow(at_work.lead) as unit:
        ask_to_lead(unit, AskToLead(request, case[0], colleague, "Closer to home"))
    with pytest.raises(RuleBroken, match="asked already"), uow(at_work.lead) as unit:
        ask_to_lead(unit, AskToLead(new_id(), case[0], manager, "Closer to home"))
    with pytest.raises(NotFound), uow(at_work.manager) as unit:
        answer_lead(unit, AnswerLead(request, accepts=True))
    with uow(at_work.lead) as unit:
        take_back_question(unit, episode_id=case[0], request_id=request)
    with pytest.raises(NotFound), uow(at_work.colleague) as unit:
        answer_lead(unit, AnswerLead(request, accepts=True))


def test_two_leads_are_impossible_whatever_writes_them(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    lead = _lead_role(session, case[0])
    copy = (
        "INSERT INTO case_role (id, episode_id, about, kind, account_id, person_id, name, job_title, organisation,"
        " contact_details, reason, from_on, until_on, end_reason, recorded_at, recorded_by)"
        " SELECT gen_random_uuid(), episode_id, about, kind, account_id, person_id, name, job_title, organisation,"
        " contact_details, reason, from_on, NULL, '', recorded_at, recorded_by FROM case_role WHERE id = :id"
    )
    with pytest.raises(IntegrityError, match="one_open_lead"), session.begin_nested():
        session.execute(text(copy), {"id": lead.id})


# --- Meetings -------------------------------------------------------------------------------------------------------


@layer
def arranged(uow: OpenUnit, session: Session, at_work: Helpers, case: Case) -> uuid.UUID:
    """The first meeting, to which the lead and the mother are asked."""
    command = _meeting(case[0], guests=(_lead_role(session, case[0]).id,), people=(case[1].mother,))
    with uow(at_work.lead) as unit:
        arrange_meeting(unit, command)
        arrange_meeting(unit, command)
    return command.meeting_id


def test_guests_with_an_address_get_a_message_with_a_calendar_file_and_no_name(
    session: Session, at_work: Helpers, case: Case, arranged: uuid.UUID
) -> None:
    letter = session.scalars(select(MessageText)).one()
    file = session.scalars(select(MessageFileRow)).one()
    assert letter.to_address == at_work.lead_account.email
    for told in (letter.subject, letter.body, file.content):
        assert not {"Leah", "Adeyemi", "Grace"} & set(told.replace(",", " ").split())
    (event,) = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    assert event.decoded("dtstart") == dt.datetime(2026, 3, 12, 15, 30, tzinfo=dt.UTC)
    assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(hours=1)
    assert str(event["location"]) == "Friars School, room 2"
    assert str(event["summary"]).startswith("Team meeting EH-")
    assert session.scalars(select(MeetingGuest.name).order_by(MeetingGuest.name)).all() == [
        "Amira Khan",
        "Grace Adeyemi",
    ]


def test_in_summer_a_meeting_is_an_hour_earlier_in_universal_time(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _meeting(case[0], on=dt.date(2026, 6, 4), guests=(_lead_role(session, case[0]).id,))
    with uow(at_work.lead) as unit:
        arrange_meeting(unit, command)
    assert session.get_one(Meeting, command.meeting_id).starts_at == dt.datetime(2026, 6, 4, 14, 30, tzinfo=dt.UTC)


def test_moving_and_calling_off_change_the_same_entry_in_calendars(
    uow: OpenUnit, session: Session, at_work: Helpers, arranged: uuid.UUID
) -> None:
    with uow(at_work.lead) as unit:
        move_meeting(unit, MoveMeeting(arranged, 1, dt.date(2026, 3, 13), dt.time(9), 45, "Hamstel hub"))
    with pytest.raises(Conflict), uow(at_work.lead) as unit:
        move_meeting(unit, MoveMeeting(arranged, 1, dt.date(2026, 3, 16), dt.time(9), 45, "Hamstel hub"))
    with uow(at_work.lead) as unit:
        cancel_meeting(unit, CancelMeeting(arranged, 2, "Leah is ill"))
    files = session.scalars(
        select(MessageFileRow.content).join(Message, Message.id == MessageFileRow.message_id).order_by(Message.key)
    ).all()
    events = [icalendar.Calendar.from_ical(content).walk("VEVENT")[0] for content in files]
    assert len({str(event["uid"]) for event in events}) == 1
    assert sorted(int(event["sequence"]) for event in events) == [0, 1, 2]
    assert str(events[-1]["status"]) == "CANCELLED"
    assert all("is ill" not in body for body in session.scalars(select(MessageText.body)))


def test_whoever_has_left_is_not_told_where_the_family_meets_now(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with uow(at_work.lead) as unit:
        role_id = _joins(unit, case[0], at_work.colleague_account.id, caf.CaseRoleKind.TEAM_MEMBER)
        command = _meeting(case[0], guests=(_lead_role(session, case[0]).id, role_id))
        arrange_meeting(unit, command)
        caf.end_role(unit, episode_id=case[0], role_id=role_id, reason="Their part is done")
    with uow(at_work.lead) as unit:
        move_meeting(unit, MoveMeeting(command.meeting_id, 1, dt.date(2026, 3, 13), dt.time(9), 45, "Hamstel hub"))
    told = session.execute(select(MessageText.to_address, MessageText.body)).all()
    assert len(told) == 4
    assert [address for address, body in told if "Hamstel hub" in body] == [at_work.lead_account.email]


def test_names_of_the_family_stay_out_of_what_goes_by_email(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    guests = (_lead_role(session, case[0]).id,)
    with uow() as unit:
        home = people.NewAddress(people=list(case[1].children), lines=["1 High Street"], postcode="SS3 9AB")
        people.record_address(unit, home)
    for place in ("At Leah’s house", "SS3 9AB", "ss39ab", "at 1 high street"):
        with pytest.raises(RuleBroken, match="Leave out names"), uow(at_work.lead) as unit:
            arrange_meeting(unit, _meeting(case[0], guests=guests, place=place))


def test_guests_are_of_the_team_or_the_family(uow: OpenUnit, at_work: Helpers, case: Case) -> None:
    with uow() as unit:
        other, family = a_led_episode(unit, at_work, names=("Mia",))
    for stranger in ({"guests": (new_id(),)}, {"people": (PersonId(family.mother),)}):
        with pytest.raises(NotFound), uow(at_work.lead) as unit:
            arrange_meeting(unit, _meeting(case[0], **stranger))
    assert other


def _record(episode_id: EpisodeId, held: Held, **changes: object) -> caf.RecordReview:
    usual: dict[str, object] = {
        "review_id": ReviewId(new_id()), "episode_id": episode_id, "held_on": TODAY, "present": "",
        "progress": "Leah sleeps better", "next_on": dt.date(2026, 4, 14), "next_steps": "School looks again",
        "notes": "Biscuits were good", "held": held,
    }  # fmt: skip
    return caf.RecordReview(**(usual | changes))  # type: ignore[arg-type]


def test_a_meeting_is_recorded_with_who_came_and_what_was_agreed_there(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case, arranged: uuid.UUID
) -> None:
    guests = {name: guest for guest, name in session.execute(select(MeetingGuest.id, MeetingGuest.name))}
    came = {guests["Amira Khan"]: Attendance.CAME, guests["Grace Adeyemi"]: Attendance.APOLOGIES}
    with uow(at_work.lead) as unit:
        caf.record_review(unit, _record(case[0], Held(arranged, came), present="A school nurse"))
        action_id = an_action(unit, case[0], meeting_id=arranged)
    held = session.scalars(select(Review).where(Review.held_on.is_not(None))).one()
    assert (held.present, held.next_steps) == ("Amira Khan, A school nurse", "School looks again")
    assert session.get_one(Meeting, arranged, populate_existing=True).state is MeetingState.HELD
    assert session.get_one(PlanAction, action_id).meeting_id == arranged
    with pytest.raises(Conflict), uow(at_work.lead) as unit:
        caf.record_review(unit, _record(case[0], Held(arranged, came)))


def test_everybody_who_was_asked_is_accounted_for(
    uow: OpenUnit, at_work: Helpers, case: Case, arranged: uuid.UUID
) -> None:
    with pytest.raises(RuleBroken, match="whether they came"), uow(at_work.lead) as unit:
        caf.record_review(unit, _record(case[0], Held(arranged, {})))


def test_meetings_ahead_are_called_off_with_the_end_of_help(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case, arranged: uuid.UUID
) -> None:
    request = new_id()
    with uow(at_work.lead) as unit:
        ask_to_lead(unit, AskToLead(request, case[0], AccountId(at_work.colleague_account.id), "Closer"))
        caf.close_episode(
            unit,
            caf.CloseEpisode(
                case[0], caf.ClosureReason.OTHER, TODAY, rating=caf.ClosureRating.SOME, note="They asked us to pause"
            ),
        )
    assert session.get_one(Meeting, arranged, populate_existing=True).state is MeetingState.CANCELLED
    assert session.get_one(LeadRequest, request, populate_existing=True).state is LeadRequestState.WITHDRAWN


Attack = Callable[[UnitOfWork, Case, uuid.UUID], object]
ATTACKS: dict[str, Attack] = {
    "sets a goal": lambda unit, case, _meeting: add_goal(unit, _goal(case[0])),
    "adds an action": lambda unit, case, _meeting: an_action(unit, case[0]),
    "arranges a meeting": lambda unit, case, _meeting: arrange_meeting(unit, _meeting_of(case)),
    "calls a meeting off": lambda unit, _case, meeting: cancel_meeting(unit, CancelMeeting(meeting, 1, "Because")),
    "asks somebody to lead": lambda unit, case, _meeting: ask_to_lead(
        unit, AskToLead(new_id(), case[0], AccountId(new_id()), "Because")
    ),
    "records a review": lambda unit, case, meeting: caf.record_review(unit, _record(case[0], Held(meeting, {}))),
}


def _meeting_of(case: Case) -> ArrangeMeeting:
    return _meeting(case[0], people=(case[1].mother,))


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
def test_nobody_of_another_cluster_touches_a_family_they_do_not_help(
    uow: OpenUnit, at_work: Helpers, case: Case, arranged: uuid.UUID, attack: Attack
) -> None:
    with pytest.raises(NotFound), uow(at_work.colleague) as unit:
        attack(unit, case, arranged)
