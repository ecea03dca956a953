"""Contacts: recorded, held by one officer, decided for each child."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.outbox import OutboxMessage
from locality.people import api as people
from locality.referrals.models import Contact, ContactChild, Referral, ReferralMonth
from locality.referrals.operations import contacts, holding, screening
from locality.referrals.operations.deciding import decide_child
from locality.referrals.operations.routing import route_referral
from locality.referrals.rules.codes import AgreementBasis, Outcome, Rag, ReferralKind, ShareGround
from locality.referrals.rules.lifecycle import ReferralState
from locality.referrals.rules.screening import ContactState
from tests.factories.referrals import RECEIVED, a_child, a_contact, a_decision
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit

HOURS = (2, 6, 24, 0)


def the_contact(session: Session) -> Contact:
    return session.execute(select(Contact)).scalar_one()


def test_a_contact_is_due_one_working_day_after_it_came(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        a_contact(unit, a_child(unit))
    assert the_contact(session).due_at == RECEIVED + dt.timedelta(days=1)


def test_after_hours_counts_from_the_next_working_day(session: Session, uow: OpenUnit, town: Town) -> None:
    friday_night = dt.datetime(2026, 2, 27, 19, 0, tzinfo=dt.UTC)
    with uow(town.officer) as unit:
        a_contact(unit, a_child(unit), received_at=friday_night)
    assert the_contact(session).due_at == dt.datetime(2026, 3, 3, 17, 0, tzinfo=dt.UTC)


def test_sending_the_same_contact_twice_makes_one(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        child = a_child(unit)
        contact_id = a_contact(unit, child)
        assert a_contact(unit, child, contact_id=contact_id) == contact_id
        assert contacts.contact_is_recorded(unit, contact_id)
    assert len(session.scalars(select(ContactChild)).all()) == 1


def test_the_story_tells_of_the_contact_but_not_of_who_made_it(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        child = a_child(unit)
        a_contact(unit, child)
    (line,) = people.list_story(session, child).rows
    assert line.line == "The front door was contacted. Source: school."


def test_one_officer_works_on_a_contact_at_a_time(uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        contact_id = a_contact(unit, a_child(unit))
        holding.take_contact(unit, contact_id)
    with uow(town.second_officer) as unit, pytest.raises(Conflict, match="Mary Osei has been working"):
        holding.take_contact(unit, contact_id)


def test_a_contact_can_be_taken_over_and_put_back(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        contact_id = a_contact(unit, a_child(unit))
        holding.take_contact(unit, contact_id)
    with uow(town.second_officer) as unit:
        holding.take_contact(unit, contact_id, instead_of=town.officer.account_id)
    with uow(town.officer) as unit, pytest.raises(Conflict, match="Piotr Nowak"):
        holding.release_contact(unit, contact_id)
    with uow(town.second_officer) as unit:
        holding.release_contact(unit, contact_id)
    assert the_contact(session).held_by is None


def test_a_rating_may_change_as_facts_arrive(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        contact_id = a_contact(unit, a_child(unit))
        screening.rate_contact(unit, contact_id, rag=Rag.AMBER, reason="Several needs", hours=HOURS)
        screening.rate_contact(unit, contact_id, rag=Rag.RED, reason="A bruise", hours=HOURS)
    assert the_contact(session).rag is Rag.RED


def test_a_child_may_be_added_while_the_contact_is_open(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah, tom = a_child(unit), a_child(unit, given_name="Tom")
        contact_id = a_contact(unit, leah)
        contacts.add_child(unit, contact_id, person_id=tom)
        with pytest.raises(Conflict, match="named in the contact already"):
            contacts.add_child(unit, contact_id, person_id=tom)
    assert set(the_contact(session).about) == {leah, tom}


def test_who_may_not_see_the_children_may_not_see_the_contact(uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        contact_id = a_contact(unit, a_child(unit))
    with uow(town.worker) as unit, pytest.raises(NotFound):
        holding.take_contact(unit, contact_id)


def test_deciding_early_help_commits_the_referral_with_the_intent_to_route_it(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow(town.officer) as unit:
        leah = a_child(unit, school=town.school)
        contact_id = a_contact(unit, leah)
        referral_id = decide_child(unit, a_decision(contact_id, leah))
    referral = session.get_one(Referral, referral_id)
    assert (referral.state, referral.owner_principal) == (ReferralState.SENT, FRONT_DOOR)
    message = session.scalars(select(OutboxMessage).where(OutboxMessage.task == "referrals.route")).one()
    assert message.payload == {"referral_id": str(referral_id)}
    assert the_contact(session).state is ContactState.DECIDED


def test_a_decision_belongs_to_one_child_only(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah, tom = a_child(unit), a_child(unit, given_name="Tom")
        contact_id = a_contact(unit, leah, tom)
        decide_child(unit, a_decision(contact_id, leah, outcome=Outcome.NFA))
    outcomes = dict(session.execute(select(ContactChild.person_id, ContactChild.outcome)).all())
    assert outcomes == {leah: Outcome.NFA, tom: None}
    assert the_contact(session).state is ContactState.OPEN
    assert the_contact(session).held_by == town.officer.account_id


def test_a_second_decision_is_told_who_decided(uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah, tom = a_child(unit), a_child(unit, given_name="Tom")
        contact_id = a_contact(unit, leah, tom)
        decide_child(unit, a_decision(contact_id, leah, outcome=Outcome.NFA))
    with uow(town.second_officer) as unit, pytest.raises(Conflict, match="Mary Osei decided this at 10:00"):
        decide_child(unit, a_decision(contact_id, leah))


def test_a_contact_that_somebody_holds_is_not_decided_by_another(uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah = a_child(unit)
        contact_id = a_contact(unit, leah)
        holding.take_contact(unit, contact_id)
    with uow(town.second_officer) as unit, pytest.raises(Conflict, match="Take it over on the contact"):
        decide_child(unit, a_decision(contact_id, leah))


def test_a_decision_that_breaks_a_rule_changes_nothing(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah = a_child(unit)
        contact_id = a_contact(unit, leah)
    with uow(town.officer) as unit, pytest.raises(RuleBroken):
        decide_child(unit, a_decision(contact_id, leah, agreed=False))
    assert session.scalars(select(Referral)).all() == []


def test_siblings_with_the_same_decision_share_one_referral(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah = a_child(unit, school=town.school)
        tom = a_child(unit, given_name="Tom", school=town.school)
        contact_id = a_contact(unit, leah, tom)
        first = decide_child(unit, a_decision(contact_id, leah))
    with uow() as unit:
        assert first is not None
        route_referral(unit, first)
    with uow(town.officer) as unit:
        assert decide_child(unit, a_decision(contact_id, tom, need_codes=("PARENTING_SUPPORT",))) == first
    referral = session.get_one(Referral, first)
    assert set(referral.about) == {leah, tom}
    assert referral.need_codes == ["ATTENDANCE", "PARENTING_SUPPORT"]
    (count,) = session.scalars(select(ReferralMonth)).all()
    assert (count.cluster_id, count.children, count.kind) == (town.cluster.id, 2, ReferralKind.EARLY_HELP)
    seen = select(AccessGrant.person_id).where(AccessGrant.principal_id == town.service_id)
    assert set(session.scalars(seen)) == {leah, tom}


def test_siblings_at_different_stages_are_referred_apart(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah, tom = a_child(unit), a_child(unit, given_name="Tom")
        contact_id = a_contact(unit, leah, tom)
        first = decide_child(unit, a_decision(contact_id, leah))
        second = decide_child(unit, a_decision(contact_id, tom, stage=3))
    assert first != second


def test_social_care_needs_no_agreement(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah = a_child(unit)
        contact_id = a_contact(unit, leah)
        referral_id = decide_child(
            unit,
            a_decision(contact_id, leah, outcome=Outcome.STRATEGY_DISCUSSION, agreed=False, stage=None, need_codes=()),
        )
    referral = session.get_one(Referral, referral_id)
    assert (referral.kind, referral.stage) == (ReferralKind.SOCIAL_CARE, 4)
    assert referral.agreement is AgreementBasis.SHARED_WITHOUT
    assert referral.response_due_at == dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def test_sharing_without_agreement_keeps_its_ground(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah = a_child(unit)
        contact_id = a_contact(unit, leah)
        decide_child(
            unit,
            a_decision(
                contact_id,
                leah,
                agreed=False,
                ground=ShareGround.CHILD_AT_RISK,
                family_told=False,
                manager_consulted="Sam Okafor",
                why_not_told="It would put Leah at risk",
            ),
        )
    child = session.scalars(select(ContactChild)).one()
    assert (child.ground, child.family_told) == (ShareGround.CHILD_AT_RISK, False)
    override = session.execute(text("SELECT ground, manager_consulted, why_not_told FROM share_override")).one()
    assert tuple(override) == ("child_at_risk", "Sam Okafor", "It would put Leah at risk")


def test_the_front_door_sees_a_decided_contact_for_four_weeks(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah = a_child(unit)
        contact_id = a_contact(unit, leah)
        decide_child(unit, a_decision(contact_id, leah, outcome=Outcome.NFA))
    ends = session.scalars(select(AccessGrant.until_at).where(AccessGrant.record_id == contact_id)).all()
    assert sorted(ends) == [dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC), dt.datetime(2026, 3, 31, 10, tzinfo=dt.UTC)]


def test_every_step_is_in_the_audit_log(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        leah = a_child(unit)
        contact_id = a_contact(unit, leah)
        decide_child(unit, a_decision(contact_id, leah))
    actions = session.scalars(text("SELECT action FROM audit_event ORDER BY seq")).all()
    assert [a for a in actions if a.startswith(("contact", "referral"))] == [
        "contact.recorded",
        "contact.taken",
        "referral.sent",
        "contact.decided",
    ]
