"""What a family says in confidence stays where it belongs: safe ways to reach them, and who must not be told."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.kernel.actor import Role
from locality.kernel.ids import ContactId, PersonId
from locality.messages.models import MessageText
from locality.people.models import ToldFact
from locality.referrals.models import Contact, ContactChild, ContactReferrer, Referral
from locality.referrals.operations.deciding import decide_child
from tests.factories.accounts import an_account, an_actor
from tests.factories.referrals import a_decision
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.asking.journeys import FAMILY, REACH, send, walk

pytestmark = pytest.mark.usefixtures("clock")
SAFE = "only at my sister’s, 4 Hide Road"
NOT = "Not the school, his teacher is my ex"
SOME = {"agreed": "some", "whom": ["charities"], "not_whom": NOT}


def told(browse: Browse, **pages: Mapping[str, Any]) -> None:
    """A family asks and sends, with other answers on some pages."""
    walk(browse, tuple((name, pages.get(name.replace("-", "_"), data)) for name, data in FAMILY))
    send(browse)


def decide(session: Session, uow: OpenUnit) -> None:
    """An officer decides for every child of the one contact."""
    officer = an_actor(an_account(session, name="Amira Khan", roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)
    contact = ContactId(session.scalars(select(Contact.id)).one())
    for person in session.scalars(select(ContactChild.person_id)).all():
        with uow(officer) as unit:
            decide_child(unit, a_decision(contact, PersonId(person)))


def test_how_a_family_is_reached_safely_and_who_must_not_be_told_never_travels_to_a_service(
    browse: Browse, session: Session, uow: OpenUnit
) -> None:
    told(browse, reach_you=REACH | {"when_safe": SAFE}, sharing=SOME)
    decide(session, uow)
    referral = session.scalars(select(Referral)).first()
    assert referral is not None
    contact = session.scalars(select(Contact)).one()
    for words in (contact.what_said, contact.family_wants, referral.summary):
        assert not any(secret in words for secret in (SAFE, NOT, "Charities", "01702 000000"))
    assert "He has stopped going to school." in referral.summary
    stands = session.scalars(select(ToldFact.part).where(ToldFact.words.contains(SAFE))).all()
    assert set(stands) == {"whereabouts"}
    assert session.scalars(select(ToldFact).where(ToldFact.words.contains(NOT))).all() == []


def test_the_front_door_reads_how_to_reach_them_and_whom_they_let_us_talk_to(browse: Browse, session: Session) -> None:
    told(browse, reach_you=REACH | {"when_safe": SAFE}, sharing=SOME)
    contact = session.scalars(select(Contact)).one()
    assert contact.agreement_known == "some"
    browse.sign_in(an_account(session, name="Amira Khan", roles=[Role.SPOC_OFFICER]))
    page = browse.get(f"/contacts/{contact.id}")
    assert page.row("Agreement") == "The family agrees to share with some only"
    assert page.row("Reach them safely") == f"Phone call, Email {SAFE}"
    assert page.row("Whom we may talk to") == f"Only: Charities and volunteers Not: {NOT}"


@pytest.mark.parametrize(("said", "known"), [("no", "refused"), ("yes", "agreed")])
def test_agreeing_to_some_is_neither_agreeing_nor_refusing(
    browse: Browse, session: Session, said: str, known: str
) -> None:
    told(browse, sharing={"agreed": said})
    assert session.scalars(select(Contact.agreement_known)).one() == known


def test_who_wants_no_email_gets_none_not_even_with_the_decision(
    browse: Browse, session: Session, uow: OpenUnit
) -> None:
    told(browse, email={"wants_email": "no"})
    referrer = session.scalars(select(ContactReferrer)).one()
    assert (referrer.email, referrer.wants_feedback) == ("", True)
    assert "No automatic messages to ada@example.org" in referrer.safe_contact
    decide(session, uow)
    assert session.scalars(select(MessageText.to_address)).all() == []
    browse.sign_in(an_account(session, name="Zoe Ash", roles=[Role.SPOC_OFFICER]))
    assert "Tell them yourself" in browse.get(f"/contacts/{referrer.contact_id}").main


def test_a_neighbours_words_and_number_are_not_the_familys(browse: Browse, session: Session) -> None:
    told(browse, you={"given_name": "Nosy", "family_name": "Neighbour", "who": "friend"})
    facts = session.scalars(select(ToldFact)).all()
    assert facts
    assert not any(fact.own_words for fact in facts)
    assert "safe_contact" not in {fact.topic for fact in facts}
    assert session.execute(text("SELECT count(*) FROM contact_point WHERE value = '01702 000000'")).scalar() == 0
