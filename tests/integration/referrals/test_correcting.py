"""Decisions are kept one after another; others look again; whoever got in touch is told, once for each."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.consent.models import ShareOverride
from locality.kernel.errors import Conflict, RuleBroken
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.messages.models import Message, MessageText
from locality.referrals.models import ContactChild, ContactDecision, Referral, ReferralEvent, ReferrerTold, SecondLook
from locality.referrals.operations import correcting, telling
from locality.referrals.operations.commands import LookAgain, Referrer
from locality.referrals.operations.deciding import decide_child
from locality.referrals.operations.routing import route_referral
from locality.referrals.rules.codes import AgreementBasis, Outcome, ShareGround, Source
from tests.factories.referrals import a_child, a_contact, a_decision
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit
from tests.support.layers import layer

WITHOUT_AGREEMENT: dict[str, object] = {
    "agreed": False,
    "ground": ShareGround.CHILD_AT_RISK,
    "manager_consulted": "Ann Peel",
    "family_told": False,
    "why_not_told": "Not safe yet",
}
JOAN = Referrer(name="Joan Fletcher", role="Head of year", email="joan@school.example")


@layer
def child(uow: OpenUnit, town: Town) -> PersonId:
    with uow(town.officer) as unit:
        return a_child(unit)


@layer
def contact(uow: OpenUnit, town: Town, child: PersonId) -> ContactId:
    with uow(town.officer) as unit:
        return a_contact(unit, child, referrer=JOAN)


def decide(uow: OpenUnit, town: Town, contact: ContactId, child: PersonId, **changes: object) -> None:
    with uow(town.officer) as unit:
        decide_child(unit, a_decision(contact, child, **changes))


def correct(uow: OpenUnit, town: Town, contact: ContactId, child: PersonId, **changes: object) -> None:
    with uow(town.second_officer) as unit:
        correcting.correct_decision(unit, a_decision(contact, child, **changes), why="The school rang again")


def test_a_correction_is_a_new_row_and_the_old_one_stays(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    decide(uow, town, contact, child, reason="Several needs")
    correct(uow, town, contact, child, outcome=Outcome.NFA, reason="The family moved away")
    rows = {row.outcome: row for row in session.scalars(select(ContactDecision))}
    before, after = rows[Outcome.EARLY_HELP_MULTI_AGENCY], rows[Outcome.NFA]
    assert (before.reason, before.referral_id) == ("Several needs", session.scalars(select(Referral.id)).one())
    assert (after.corrects, after.why_corrected) == (before.id, "The school rang again")
    stands = session.scalars(select(ContactChild)).one()
    assert (stands.outcome, stands.decided_by_name, stands.referral_id) == (Outcome.NFA, "Piotr Nowak", None)


def test_the_same_kind_of_help_keeps_its_referral(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    decide(uow, town, contact, child)
    correct(uow, town, contact, child, outcome=Outcome.EARLY_HELP_SINGLE_AGENCY)
    assert len(session.scalars(select(Referral)).all()) == 1
    assert len(set(session.scalars(select(ContactDecision.referral_id)))) == 1


def test_a_correction_needs_a_reason_and_a_decision(
    uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    with pytest.raises(Conflict, match="Nothing is decided"):
        correct(uow, town, contact, child)
    decide(uow, town, contact, child)
    with uow(town.officer) as unit, pytest.raises(RuleBroken, match="why the decision is corrected"):
        correcting.correct_decision(unit, a_decision(contact, child), why=" ")


def test_another_officer_looks_again_and_says_why_when_they_disagree(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    decide(uow, town, contact, child)
    with uow(town.officer) as unit, pytest.raises(RuleBroken, match="Ask another front door officer"):
        correcting.look_again(unit, LookAgain(contact, child, agrees=True))
    with uow(town.second_officer) as unit, pytest.raises(RuleBroken, match="what you would decide"):
        correcting.look_again(unit, LookAgain(contact, child, agrees=False))
    with uow(town.second_officer) as unit:
        correcting.look_again(unit, LookAgain(contact, child, agrees=True))
    assert session.scalars(select(SecondLook.looked_by_name)).one() == "Piotr Nowak"


def test_a_transfer_without_agreement_keeps_ground_decider_and_who_was_told(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    decide(
        uow, town, contact, child, outcome=Outcome.TRANSFER_OTHER_LA, shared_with="Essex County Council", agreed=False,
        ground=ShareGround.CHILD_AT_RISK, manager_consulted="Ann Peel", family_told=False, why_not_told="Not safe yet",
    )  # fmt: skip
    override = session.scalars(select(ShareOverride)).one()
    assert (override.to_whom, override.decided_by_name) == ("Essex County Council", "Mary Osei")
    decision = session.scalars(select(ContactDecision)).one()
    assert (decision.manager_consulted, decision.why_not_told) == ("Ann Peel", "Not safe yet")


def test_the_referrer_is_told_once_when_every_child_is_decided(
    session: Session, uow: OpenUnit, town: Town, child: PersonId
) -> None:
    with uow(town.officer) as unit:
        brother = a_child(unit, given_name="Tom")
        contact = a_contact(unit, child, brother, referrer=JOAN)
    decide(uow, town, contact, child)
    assert session.scalars(select(Message)).all() == []
    decide(uow, town, contact, brother, outcome=Outcome.NFA)
    (text,) = session.scalars(select(MessageText))
    assert text.to_address == "joan@school.example"
    assert "For 1 child: We asked for early help for the family." in text.body
    assert "Leah" not in text.body + text.subject
    assert "Tom" not in text.body + text.subject


def test_each_correction_is_told_once_more(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    decide(uow, town, contact, child)
    correct(uow, town, contact, child, outcome=Outcome.NFA)
    assert sorted(session.scalars(select(Message.template))) == ["referrer_corrected", "referrer_outcome"]


@pytest.mark.parametrize(
    ("source", "referrer", "templates"),
    [
        (Source.SCHOOL, JOAN, ["referrer_outcome"]),
        (Source.FAMILY, Referrer(name="Ngozi", email="ngozi@example.org"), ["family_outcome"]),
        (Source.ACQUAINTANCE, Referrer(name="A neighbour", email="next@example.org"), ["public_outcome"]),
        (Source.ANONYMOUS, None, []),
        (Source.SCHOOL, Referrer(name="Joan Fletcher", phone="01702 000000"), []),
        (Source.SCHOOL, Referrer(name="Joan", email="joan@school.example", wants_feedback=False), []),
        (Source.SCHOOL, Referrer(name="Joan", email="no address at all"), []),
    ],
)
def test_everybody_who_can_be_and_wants_to_be_is_told_as_who_they_are(
    session: Session,
    uow: OpenUnit,
    town: Town,
    child: PersonId,
    source: Source,
    referrer: Referrer | None,
    templates: list[str],
) -> None:
    with uow(town.officer) as unit:
        contact = a_contact(unit, child, source=source, referrer=referrer)
    decide(uow, town, contact, child, outcome=Outcome.NFA)
    assert list(session.scalars(select(Message.template))) == templates


def test_an_officer_says_that_they_told_somebody_in_person(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    with uow(town.officer) as unit, pytest.raises(Conflict, match="Decide for every child first"):
        telling.note_told(unit, contact, how="By telephone")
    decide(uow, town, contact, child)
    with uow(town.officer) as unit:
        telling.note_told(unit, contact, how="By telephone")
    assert session.scalars(select(ReferrerTold.told_by_name)).one() == "Mary Osei"


@pytest.mark.parametrize(
    "help_",
    [{}, {"outcome": Outcome.SOCIAL_CARE_REFERRAL, "stage": None, "need_codes": ()}],
    ids=["early help", "social care"],
)
def test_help_that_was_corrected_away_comes_back_to_its_referral(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId, help_: dict[str, object]
) -> None:
    decide(uow, town, contact, child, **help_)
    correct(uow, town, contact, child, outcome=Outcome.NFA, stage=None, need_codes=())
    correct(uow, town, contact, child, **help_)
    referral = session.scalars(select(Referral)).one()
    assert session.scalars(select(ContactChild.referral_id)).one() == referral.id


def test_a_correction_changes_the_referral_and_whoever_has_its_offer_sees_what(
    session: Session, uow: OpenUnit, town: Town, child: PersonId
) -> None:
    with uow(town.officer) as unit:
        brother = a_child(unit, given_name="Tom")
        contact = a_contact(unit, child, brother, referrer=JOAN)
    decide(uow, town, contact, child)
    decide(uow, town, contact, brother, need_codes=("PARENTING_SUPPORT",))
    referral_id = session.scalars(select(Referral.id)).one()
    with uow() as unit:
        route_referral(unit, referral_id)
    correct(uow, town, contact, child, stage=3, **WITHOUT_AGREEMENT)
    session.expire_all()
    referral = session.scalars(select(Referral)).one()
    assert (referral.stage, referral.agreement, referral.ground) == (
        3,
        AgreementBasis.SHARED_WITHOUT,
        ShareGround.CHILD_AT_RISK,
    )
    assert set(referral.need_codes) == {"ATTENDANCE", "PARENTING_SUPPORT"}
    override = session.scalars(select(ShareOverride)).one()
    assert (override.manager_consulted, override.why_not_told) == ("Ann Peel", "Not safe yet")
    with uow(town.worker) as unit:
        events = unit.session.scalars(select(ReferralEvent).where(ReferralEvent.referral_id == referral_id)).all()
    (changed,) = [event for event in events if event.line.startswith("Changed after it was sent")]
    assert "stage 2 became stage 3; it is shared without the family’s agreement now" in changed.line
    assert (changed.words, changed.by_name) == ("The school rang again", "Piotr Nowak")


def test_a_correction_that_changes_nothing_about_the_referral_leaves_no_line(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    decide(uow, town, contact, child, **WITHOUT_AGREEMENT)
    correct(uow, town, contact, child, reason="Said more clearly", **WITHOUT_AGREEMENT)
    assert session.scalars(select(ReferralEvent)).all() == []
    assert len(session.scalars(select(ShareOverride)).all()) == 1


def test_brothers_and_sisters_keep_the_highest_stage_of_their_referral(
    session: Session, uow: OpenUnit, town: Town, child: PersonId
) -> None:
    with uow(town.officer) as unit:
        brother = a_child(unit, given_name="Tom")
        contact = a_contact(unit, child, brother)
    decide(uow, town, contact, child, stage=3)
    decide(uow, town, contact, brother, stage=3)
    correct(uow, town, contact, child, stage=2)
    assert session.scalars(select(Referral.stage)).one() == 3
    correct(uow, town, contact, brother, stage=2)
    session.expire_all()
    assert session.scalars(select(Referral.stage)).one() == 2


def test_a_form_sent_twice_corrects_once_looks_once_and_tells_once(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    decide(uow, town, contact, child)
    twice = a_decision(contact, child, outcome=Outcome.NFA, stage=None, need_codes=())
    look, told = LookAgain(contact, child, agrees=True), new_id()
    for _ in range(2):
        with uow(town.second_officer) as unit:
            correcting.correct_decision(unit, twice, why="They moved away")
        with uow(town.officer) as unit:
            correcting.look_again(unit, look)
        with uow(town.officer) as unit:
            telling.note_told(unit, contact, how="By telephone", told_id=told)
    assert len(session.scalars(select(ContactDecision)).all()) == 2
    assert len(session.scalars(select(SecondLook)).all()) == 1
    assert len(session.scalars(select(ReferrerTold)).all()) == 1
    assert session.scalars(select(Message.template).order_by(Message.template)).all() == [
        "referrer_corrected",
        "referrer_outcome",
    ]
