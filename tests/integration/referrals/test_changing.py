"""Changes after sending, what social care answers, and how referrals and re-referrals are counted (domain M01-M03)."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.kernel.errors import Conflict, NotAllowed, RuleBroken
from locality.kernel.ids import OfferId, PersonId, ReferralId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals import api, jobs
from locality.referrals.models import Offer, Referral, ReferralChange, ReferralEvent, ReferralMonth, SocialCareAnswer
from locality.referrals.operations import social_care
from locality.referrals.operations.care_answers import CareAnswer
from locality.referrals.operations.commands import ChangeReferral
from locality.referrals.operations.revising import change_referral
from locality.referrals.operations.sending import refer_to_social_care
from locality.referrals.operations.waiting import put_on_waiting_list
from locality.referrals.queries.counting import month_differences
from locality.referrals.rules.codes import Source, Urgency
from locality.referrals.rules.lifecycle import ReferralState
from locality.referrals.rules.social_care import CareOutcome
from tests.factories.referrals import a_child, a_contact, a_decision, a_referral, a_social_care_referral
from tests.factories.referrals import social_care as a_social_care_team
from tests.integration.referrals.conftest import Town
from tests.support.database import NOW, OpenUnit
from tests.support.layers import layer


@pytest.fixture(autouse=True)
def _nobody_opens_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.accepted, "_functions", [])


@layer
def offered(session: Session, uow: OpenUnit, town: Town) -> tuple[ReferralId, OfferId]:
    """A referral of the front door, offered to the service of the town."""
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    return referral_id, session.scalars(select(Offer.id)).one()


def changed(session: Session, referral_id: ReferralId, **changes: object) -> ChangeReferral:
    session.expire_all()
    referral = session.get_one(Referral, referral_id)
    usual: dict[str, object] = {
        "referral_id": referral_id,
        "need_codes": tuple(referral.need_codes),
        "stage": referral.stage,
        "summary": referral.summary,
        "urgency": referral.urgency,
        "why": "The school rang.",
        "version": referral.version,
    }
    return ChangeReferral(**(usual | changes))  # type: ignore[arg-type]


def test_old_and_new_stay_readable_with_the_reason(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    command = changed(session, offered[0], summary="Leah stays with her aunt now.", stage=3)
    with uow(town.officer) as unit:
        change_referral(unit, command)
    rows = session.execute(select(ReferralChange.what, ReferralChange.was, ReferralChange.became)).all()
    assert set(map(tuple, rows)) == {
        ("Stage", "Stage 2", "Stage 3"),
        (
            "What the service may know",
            "Leah is late and tired. Her mother would like help with mornings.",
            "Leah stays with her aunt now.",
        ),
    }
    assert set(session.scalars(select(ReferralChange.why))) == {"The school rang."}
    line = session.scalars(select(ReferralEvent.line)).one()
    assert line == "Changed after it was sent: stage 2 became stage 3; what the service may know was written anew."


def test_the_service_that_has_it_is_told(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow() as unit:
        unit.session.execute(text("UPDATE service SET email = 'team@service.example'"))
    command = changed(session, offered[0], summary="She has moved to her aunt.")
    with uow(town.officer) as unit:
        change_referral(unit, command)
    body = session.execute(text("SELECT body FROM message_text WHERE to_address = 'team@service.example'")).scalar_one()
    assert "was changed after it was sent" in body
    assert "aunt" not in body


def test_what_became_urgent_is_due_within_one_working_day(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.officer) as unit:
        change_referral(unit, changed(session, offered[0], urgency=Urgency.URGENT))
    session.expire_all()
    assert session.get_one(Offer, offered[1]).due_at == dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def test_what_became_urgent_moves_up_the_waiting_list(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.officer) as unit:
        second = a_referral(unit, a_child(unit, given_name="Ben", school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=second)
    other = session.scalars(select(Offer.id).where(Offer.referral_id == second)).one()
    with uow(town.worker) as unit:
        put_on_waiting_list(unit, offered[1])
        put_on_waiting_list(unit, other)
    with uow(town.officer) as unit:
        change_referral(unit, changed(session, second, urgency=Urgency.URGENT))
    session.expire_all()
    assert session.get_one(Offer, other).waiting_position == 1
    assert session.get_one(Offer, offered[1]).waiting_position == 2


@pytest.mark.parametrize("changes", [{"why": " "}, {"summary": ""}, {"need_codes": ()}, {"stage": 4}, {}])
def test_what_is_wrong_or_no_change_is_refused(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId], changes: dict[str, object]
) -> None:
    with uow(town.officer) as unit, pytest.raises(RuleBroken):
        change_referral(unit, changed(session, offered[0], **changes))
    assert session.scalars(select(ReferralChange.id)).all() == []


def test_only_the_sender_changes_it_and_nobody_over_somebody_elses_change(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.worker) as unit, pytest.raises(NotAllowed, match="The front door sent this referral"):
        change_referral(unit, changed(session, offered[0], stage=3))
    stale = changed(session, offered[0], stage=3)
    with uow(town.officer) as unit:
        change_referral(unit, changed(session, offered[0], summary="Leah stays with her aunt."))
    with uow(town.second_officer) as unit, pytest.raises(Conflict, match="moved on while you were writing"):
        change_referral(unit, stale)


# --- Social care ---------------------------------------------------------------------------------------------------


@layer
def at_social_care(session: Session, uow: OpenUnit, town: Town) -> tuple[ReferralId, OfferId]:
    """A referral that early help made, with children's social care."""
    with uow() as unit:
        a_social_care_team(unit, town.agency)
        referral_id = refer_to_social_care(unit, a_social_care_referral(a_child(unit)))
        jobs.route(unit, referral_id=referral_id)
    return referral_id, session.scalars(select(Offer.id)).one()


def test_what_early_help_sends_has_source_5d_stage_4_and_one_working_day(
    session: Session, at_social_care: tuple[ReferralId, OfferId]
) -> None:
    referral = session.get_one(Referral, at_social_care[0])
    assert (referral.source, referral.stage) == (Source.EARLY_HELP, 4)
    assert Source.EARLY_HELP.value == "5D"
    assert referral.response_due_at == dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def test_acknowledging_is_kept_once_with_who_and_when(
    session: Session, uow: OpenUnit, at_social_care: tuple[ReferralId, OfferId]
) -> None:
    with uow() as unit:
        social_care.acknowledge(unit, at_social_care[1])
    session.expire_all()
    offer = session.get_one(Offer, at_social_care[1])
    assert (offer.acknowledged_at, offer.acknowledged_by_name) == (NOW, "Locality")
    with uow() as unit, pytest.raises(Conflict, match="Locality acknowledged this referral at 10:00"):
        social_care.acknowledge(unit, at_social_care[1])


@pytest.mark.parametrize(
    ("outcome", "state", "nfa"),
    [
        (CareOutcome.PROTECTION, ReferralState.ACCEPTED, False),
        (CareOutcome.STRATEGY, ReferralState.ACCEPTED, False),
        (CareOutcome.ASSESSMENT, ReferralState.ACCEPTED, False),
        (CareOutcome.STEP_DOWN, ReferralState.DECLINED, True),
        (CareOutcome.ADVICE, ReferralState.DECLINED, True),
        (CareOutcome.NFA, ReferralState.DECLINED, True),
    ],
)
def test_each_decision_goes_back_to_the_sender_with_date_and_who(
    session: Session,
    uow: OpenUnit,
    at_social_care: tuple[ReferralId, OfferId],
    outcome: CareOutcome,
    state: ReferralState,
    nfa: bool,
) -> None:
    with uow() as unit:
        social_care.decide(unit, at_social_care[1], CareAnswer(outcome, "We know this family."))
    session.expire_all()
    referral = session.get_one(Referral, at_social_care[0])
    assert (referral.state, referral.no_further_action) == (state, nfa)
    answer = session.scalars(select(SocialCareAnswer)).one()
    assert (answer.outcome, answer.answered_at, answer.answered_by_name) == (outcome, NOW, "Locality")


def test_opening_no_case_needs_a_reason(uow: OpenUnit, at_social_care: tuple[ReferralId, OfferId]) -> None:
    with uow() as unit, pytest.raises(RuleBroken, match="Enter why"):
        social_care.decide(unit, at_social_care[1], CareAnswer(CareOutcome.NFA))


def test_early_help_is_not_answered_as_social_care(uow: OpenUnit, offered: tuple[ReferralId, OfferId]) -> None:
    with uow() as unit, pytest.raises(Conflict, match="asks for early help"):
        social_care.decide(unit, offered[1], CareAnswer(CareOutcome.ASSESSMENT))


def test_what_comes_of_a_case_later_ends_the_referral_and_does_not_change_what_it_counts_as(
    session: Session, uow: OpenUnit, at_social_care: tuple[ReferralId, OfferId]
) -> None:
    with uow() as unit:
        social_care.decide(unit, at_social_care[1], CareAnswer(CareOutcome.ASSESSMENT))
        unit.session.execute(text("UPDATE referral SET owner_principal = owner_principal"))
    team = session.scalars(select(Referral.owner_principal)).one()
    with uow() as unit:
        actor = type(unit.actor)(account_id=None, name="Sam Fox", principals=(team,), reach=unit.actor.reach)
        social_care.decide_later(
            UnitOfWork(session=unit.session, actor=actor, now=unit.now),
            at_social_care[0],
            CareAnswer(CareOutcome.STEP_DOWN, "The risk has gone; help goes on."),
        )
    session.expire_all()
    referral = session.get_one(Referral, at_social_care[0])
    assert (referral.state, referral.no_further_action) == (ReferralState.ENDED, False)


def test_the_professional_who_got_in_touch_is_told_by_mail(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        a_social_care_team(unit, town.agency)
        child = a_child(unit)
        referrer = api.Referrer(name="Joan Fletcher", email="joan@school.example")
        contact_id = a_contact(unit, child, referrer=referrer)
        decision = a_decision(
            contact_id, child, outcome=api.Outcome.SOCIAL_CARE_REFERRAL, stage=4, summary="Bruises", agreed=False,
            ground=api.ShareGround.CHILD_AT_RISK, manager_consulted="Ann Bell", family_told=True,
        )  # fmt: skip
        referral_id = api.decide_child(unit, decision)
    assert referral_id is not None
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
        offer_id = unit.session.scalars(select(Offer.id)).one()
        social_care.decide(unit, offer_id, CareAnswer(CareOutcome.ADVICE, "Speak to the parents first."))
    told = session.execute(
        text("SELECT t.body FROM message m JOIN message_text t ON t.message_id = m.id WHERE template = :name"),
        {"name": "referrer_social_care"},
    ).scalar_one()
    assert "decided on 3 March 2026: Advice or information." in told


# --- Counting ------------------------------------------------------------------------------------------------------


def refer_on(uow: OpenUnit, child: PersonId, day: dt.date) -> None:
    """A child referred to social care at nine on a day."""
    at = dt.datetime.combine(day, dt.time(9), dt.UTC)
    with uow() as unit:
        then = UnitOfWork(session=unit.session, actor=unit.actor, now=at)
        refer_to_social_care(then, a_social_care_referral(child))


def again(session: Session) -> dict[str, tuple[int, int]]:
    session.expire_all()
    rows = session.execute(select(ReferralMonth.month, ReferralMonth.children, ReferralMonth.again))
    return {f"{row.month:%Y-%m}": (row.children, row.again) for row in rows}


@pytest.mark.parametrize(
    ("first", "counts"),
    [
        (dt.date(2025, 3, 10), 1),  # twelve months to the day: still within
        (dt.date(2025, 3, 9), 0),
        (dt.date(2026, 3, 9), 1),
        (dt.date(2026, 3, 10), 0),  # the same day is not earlier
    ],
)
def test_a_referral_again_is_one_within_twelve_months_of_an_earlier_day(
    session: Session, uow: OpenUnit, first: dt.date, counts: int
) -> None:
    with uow() as unit:
        child = a_child(unit)
    refer_on(uow, child, first)
    refer_on(uow, child, dt.date(2026, 3, 10))
    assert sum(row[1] for row in again(session).values()) == counts
    assert month_differences(session) == ()


def test_brothers_and_sisters_on_one_day_are_different_children(session: Session, uow: OpenUnit) -> None:
    with uow() as unit:
        children = (a_child(unit), a_child(unit, given_name="Tom"))
        refer_to_social_care(unit, a_social_care_referral(*children))
    assert again(session) == {"2026-03": (2, 0)}


def test_early_help_and_contacts_are_not_counted_as_referrals_again(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow(town.officer) as unit:
        child = a_child(unit)
        a_contact(unit, child)
        a_referral(unit, child, routed=False)
    refer_on(uow, child, dt.date(2026, 3, 10))
    assert again(session)["2026-03"] in {(1, 0)}


def test_another_record_of_the_same_child_counts_once_they_are_linked(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow() as unit:
        one, other = a_child(unit), a_child(unit)
    refer_on(uow, one, dt.date(2026, 1, 5))
    refer_on(uow, other, dt.date(2026, 3, 10))
    assert again(session)["2026-03"] == (1, 0)
    with uow(town.officer) as unit:
        people.decide_link(
            unit,
            people.NewDecision(
                id=new_id(),
                one_id=one,
                other_id=other,
                kind=people.LinkKind.SAME_PERSON,
                reason="Same papers",
            ),
        )
    assert again(session)["2026-03"] == (1, 1)
    assert month_differences(session) == ()
    assert month_differences(session) == ()


def test_children_of_a_family_go_together_with_one_summary(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        children = tuple(a_child(unit, given_name=name, school=town.school) for name in ("Leah", "Tom"))
        referral_id = a_referral(unit, *children, routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    with uow(town.worker) as unit:
        referral = unit.session.scalars(select(Referral)).one()
        assert set(referral.about) == set(children)
        assert referral.summary.startswith("Leah is late and tired")
        assert set(people.summaries(unit.session, children)) == set(children)
