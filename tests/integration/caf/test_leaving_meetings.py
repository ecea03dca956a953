"""Whoever leaves the team hears that meetings go on without them, once, no more than they knew; mails name nobody."""

import datetime as dt
import uuid

import icalendar
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import CaseRole
from locality.caf.operations.commands_team import ArrangeMeeting, CancelMeeting, MoveMeeting
from locality.caf.operations.meetings import arrange_meeting, cancel_meeting, move_meeting
from locality.caf.queries.meetings import with_guests
from locality.caf.rules.meetings import MeetingKind, name_parts
from locality.consent import api as consent
from locality.kernel.clock import frozen
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import AccountId, EpisodeId, new_id
from locality.messages.models import Message, MessageFileRow, MessageText
from locality.people import api as people
from locality.people.models import Person
from tests.factories.caf import Helpers, Household, a_family, a_led_episode, an_agreement
from tests.support.database import OpenUnit
from tests.support.layers import layer

Case = tuple[EpisodeId, Household]
_WITHOUT = caf.WithoutAgreement(ground=consent.Ground.CHILD_AT_RISK, manager_consulted="Ruth Cole", family_told=True)
HUB = "Hamstel hub"


@layer
def case(uow: OpenUnit, at_work: Helpers) -> Case:
    with uow() as unit:
        return a_led_episode(unit, at_work)


def _joins(uow: OpenUnit, at_work: Helpers, case: Case, *, without: bool) -> uuid.UUID:
    role_id = new_id()
    with uow(at_work.lead) as unit:
        caf.add_team_member(
            unit,
            caf.AddTeamMember(
                role_id, case[0], caf.CaseRoleKind.TEAM_MEMBER, account_id=AccountId(at_work.colleague_account.id),
                without=_WITHOUT if without else None,
            ),
        )  # fmt: skip
    return role_id


def _arrange(uow: OpenUnit, at_work: Helpers, case: Case, **changes: object) -> ArrangeMeeting:
    """A meeting to which everybody of the team is asked."""
    with uow(at_work.lead) as unit:
        roles = unit.session.scalars(
            select(CaseRole.id).where(CaseRole.episode_id == case[0], CaseRole.until_on.is_(None))
        ).all()
        usual: dict[str, object] = {
            "meeting_id": new_id(), "episode_id": case[0], "kind": MeetingKind.FIRST, "on": dt.date(2026, 3, 12),
            "at": dt.time(15, 30), "minutes": 60, "place": "Friars School, room 2", "guests": tuple(roles),
        }  # fmt: skip
        command = ArrangeMeeting(**(usual | changes))  # type: ignore[arg-type]
        arrange_meeting(unit, command)
    return command


def _mails(session: Session, address: str) -> list[tuple[str, str, str]]:
    """Subject, body and calendar file of what somebody was sent, in order."""
    rows = session.execute(
        select(MessageText.subject, MessageText.body, MessageFileRow.content)
        .join(Message, Message.id == MessageText.message_id)
        .join(MessageFileRow, MessageFileRow.message_id == Message.id)
        .where(MessageText.to_address == address)
        .order_by(Message.queued_at, Message.key)
    )
    return [(row.subject, row.body, row.content) for row in rows]


def _event(content: str) -> icalendar.Event:
    return icalendar.Calendar.from_ical(content).walk("VEVENT")[0]


def test_whoever_leaves_is_told_at_once_and_nothing_newer(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    role_id = _joins(uow, at_work, case, without=True)
    command = _arrange(uow, at_work, case)
    with uow(at_work.lead) as unit:
        caf.end_role(unit, episode_id=case[0], role_id=role_id, reason="Their part is done")
    with uow(at_work.lead) as unit:
        move_meeting(unit, MoveMeeting(command.meeting_id, 1, dt.date(2026, 3, 13), dt.time(9), 45, HUB))
    with uow(at_work.lead) as unit:
        cancel_meeting(unit, CancelMeeting(command.meeting_id, 2, "Leah is ill"))
    asked, left = _mails(session, at_work.colleague_account.email)
    assert left[0].endswith(": you need not come")
    assert "Thursday 12 March 2026, 15:30" in left[1]
    assert str(_event(left[2])["status"]) == "CANCELLED"
    assert str(_event(left[2])["uid"]) == str(_event(asked[2])["uid"])
    assert int(_event(left[2])["sequence"]) > int(_event(asked[2])["sequence"])
    assert HUB not in "".join((*asked, *left))
    lead = _mails(session, at_work.lead_account.email)
    assert [str(_event(content)["status"]) for _subject, _body, content in lead] == [
        "CONFIRMED", "CONFIRMED", "CANCELLED",
    ]  # fmt: skip
    found = with_guests(session, case[0], command.meeting_id)
    assert found is not None
    assert [guest.name for guest in found[1]] == ["Amira Khan"]


def test_whose_part_ends_because_the_family_takes_its_agreement_back_is_told_too(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    _joins(uow, at_work, case, without=False)
    _arrange(uow, at_work, case)
    with uow(at_work.lead) as unit:
        (standing,) = consent.open_agreements(unit.session, case[1].children, today=unit.today)
        consent.withdraw(
            unit,
            consent.Withdraw(
                agreement_id=standing.id, scope=consent.Scope.WHOLE, withdrawn_by=case[1].mother, reason="Enough",
                withdrawn_on=unit.today, risk=consent.RiskView.UNLIKELY,
            ),
        )  # fmt: skip
    subjects = [subject for subject, _body, _file in _mails(session, at_work.colleague_account.email)]
    assert len(subjects) == 2
    assert subjects[-1].endswith(": you need not come")


def test_a_new_lead_is_asked_to_meetings_ahead_once_and_a_returning_one_again(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _arrange(uow, at_work, case, purpose="To plan")
    _arrange(uow, at_work, case, on=dt.date(2026, 3, 20))
    with uow(at_work.lead) as unit:
        move_meeting(unit, MoveMeeting(command.meeting_id, 1, dt.date(2026, 3, 13), dt.time(9), 45, HUB))
    _lead_is(uow, at_work, case, at_work.colleague_account.id)
    asked = _mails(session, at_work.colleague_account.email)
    assert [subject.endswith(": changed") for subject, _body, _file in asked] == [False, False]
    assert {str(_event(content)["status"]) for _subject, _body, content in asked} == {"CONFIRMED"}
    assert "Friday 13 March 2026, 09:00" in "".join(body for _subject, body, _file in asked)
    assert [s for s, _b, _f in _mails(session, at_work.lead_account.email) if s.endswith(": you need not come")]
    found = with_guests(session, case[0], command.meeting_id)
    assert found is not None
    assert [guest.name for guest in found[1]] == [at_work.colleague_account.name]
    _lead_is(uow, at_work, case, at_work.lead_account.id)
    highest: dict[str, dict[str, int]] = {"CONFIRMED": {}, "CANCELLED": {}}
    for _subject, _body, content in _mails(session, at_work.lead_account.email):
        event = _event(content)
        known = highest[str(event["status"])]
        known[str(event["uid"])] = max(known.get(str(event["uid"]), 0), int(event["sequence"]))
    assert len(highest["CANCELLED"]) == 2
    assert all(highest["CONFIRMED"][uid] >= sequence for uid, sequence in highest["CANCELLED"].items())


def test_a_helper_who_takes_the_lead_is_asked_to_no_meeting_twice(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    _joins(uow, at_work, case, without=True)
    _arrange(uow, at_work, case)
    _lead_is(uow, at_work, case, at_work.colleague_account.id)
    assert len(_mails(session, at_work.colleague_account.email)) == 1


def _lead_is(uow: OpenUnit, at_work: Helpers, case: Case, account_id: uuid.UUID) -> None:
    with uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(case[0], AccountId(account_id), "The family asked"))


def test_who_leads_no_longer_but_helps_on_is_still_asked(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with uow(at_work.lead) as unit:
        caf.add_team_member(
            unit,
            caf.AddTeamMember(
                new_id(), case[0], caf.CaseRoleKind.TEAM_MEMBER, account_id=AccountId(at_work.lead_account.id),
                without=_WITHOUT,
            ),
        )  # fmt: skip
    _arrange(uow, at_work, case)
    with uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(case[0], AccountId(at_work.colleague_account.id), "The family asked"))
    subjects = {subject for subject, _body, _file in _mails(session, at_work.lead_account.email)}
    assert not [subject for subject in subjects if "need not come" in subject]


def test_whoever_left_after_a_meeting_stays_in_its_list_until_it_is_moved(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    role_id = _joins(uow, at_work, case, without=True)
    command = _arrange(uow, at_work, case)
    with frozen(dt.datetime(2026, 3, 13, 9, tzinfo=dt.UTC)):
        with uow(at_work.lead) as unit:
            caf.end_role(unit, episode_id=case[0], role_id=role_id, reason="Their part is done")
        found = with_guests(session, case[0], command.meeting_id)
        assert found is not None
        assert len(found[1]) == 2
        assert len(_mails(session, at_work.colleague_account.email)) == 1
        with uow(at_work.lead) as unit:
            move_meeting(unit, MoveMeeting(command.meeting_id, 1, dt.date(2026, 3, 17), dt.time(9), 45, HUB))
    _asked, left = _mails(session, at_work.colleague_account.email)
    assert left[0].endswith(": you need not come")
    assert HUB not in left[1]


def _of_the_family(uow: OpenUnit, session: Session, case: Case) -> None:
    """A child who goes by another name, a baby, and somebody who has moved out."""
    child = session.get_one(Person, case[1].children[0])
    child.known_as, child.previous_names = "Bibi", ["Leah Mensah-Boateng"]
    with uow() as unit:
        gone = a_family(unit, names=("Zuri",), family_name="Quaye")
        people.add_to_family(unit, case[1].id, gone.children[0])
        people.leave_family(unit, case[1].id, gone.children[0])


@pytest.mark.parametrize("word", ["bibi", "Bibi’s", "Mensah", "Boateng", "Adeyemi", "Zuri"])
def test_every_name_by_which_one_of_the_family_goes_or_went_stays_out_of_mails(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case, word: str
) -> None:
    _of_the_family(uow, session, case)
    for field in ("purpose", "place"):
        with pytest.raises(RuleBroken, match="Leave out names"):
            _arrange(uow, at_work, case, **{field: f"About {word} and school"})


def test_a_name_that_came_later_leaves_the_purpose_out_of_the_next_mail(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _arrange(uow, at_work, case, purpose="Plan with Noor from the library")
    with uow() as unit:
        other = a_family(unit, names=("Noor",))
        people.add_to_family(unit, case[1].id, other.children[0])
        an_agreement(unit, other)
    with uow(at_work.lead) as unit:
        move_meeting(unit, MoveMeeting(command.meeting_id, 1, dt.date(2026, 3, 13), dt.time(9), 45, HUB))
    first, second = _mails(session, at_work.lead_account.email)
    assert "Noor" in first[1]
    assert "Noor" not in "".join(second)


def test_a_joined_name_counts_whole_and_in_its_parts() -> None:
    assert name_parts("Leah-Mae O’Brien") == ("Leah-Mae", "O’Brien", "Leah", "Mae")


def test_the_help_is_locked_before_its_meeting_as_whoever_names_a_lead_locks_them(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _arrange(uow, at_work, case)
    locked: list[str] = []

    @event.listens_for(session.connection(), "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if "FOR UPDATE" in statement:
            locked.append(statement.split("FROM ", 1)[1].split(maxsplit=1)[0])

    with uow(at_work.lead) as unit:
        cancel_meeting(unit, CancelMeeting(command.meeting_id, 1, "Nobody can come"))
    assert locked.index("episode") < locked.index("meeting")
