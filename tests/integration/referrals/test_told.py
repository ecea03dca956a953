"""What a contact tells is kept for the story: once, by whom, and never who asked to stay private."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.actor import Actor
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.people import api as people
from locality.people.api import FactAgreement, Reuse, Topic
from locality.referrals import api
from locality.referrals.models import ContactChild
from locality.referrals.operations.entering import name_child
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit

RECEIVED = dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC)
ONLINE = Actor(account_id=None, name="Asked for help online")
LEAH = api.ToldPerson(given_name="Leah", family_name="Adeyemi", born_on=dt.date(2018, 5, 14), first_language="Yoruba")
TOM = api.ToldPerson(given_name="Tom", family_name="Adeyemi", born_on=dt.date(2020, 1, 9))


def a_command(**changes: object) -> api.NewContact:
    usual: dict[str, object] = {
        "contact_id": ContactId(new_id()),
        "received_at": RECEIVED,
        "source": api.Source.FAMILY,
        "children": (),
        "what_said": "Nobody sleeps at night.",
        "family_wants": "Somebody to talk to",
        "agreement_known": api.AgreementKnown.AGREED,
        "referrer": api.Referrer(name="Maria Adeyemi"),
    }
    return api.NewContact(**(usual | changes))  # type: ignore[arg-type]


def receive(uow: OpenUnit, *children: api.ToldPerson, **changes: object) -> ContactId:
    with uow(ONLINE) as unit:
        return api.receive_contact(unit, a_command(**changes), children=children)


def children_of(session: Session, contact: ContactId) -> list[PersonId]:
    found = select(ContactChild.person_id).where(ContactChild.contact_id == contact).order_by(ContactChild.added_at)
    return [PersonId(one) for one in session.scalars(found)]


def test_a_contact_tells_the_story_of_every_child(session: Session, uow: OpenUnit, town: Town) -> None:
    contact = receive(uow, LEAH, TOM)
    facts = people.told_facts(session, children_of(session, contact))
    told = {(fact.topic, fact.words) for fact in facts}
    assert told == {
        (Topic.LED_TO, "Nobody sleeps at night."),
        (Topic.WANTS, "Somebody to talk to"),
        (Topic.FIRST_LANGUAGE, "Yoruba"),
    }
    assert len(facts) == 5
    assert {fact.source for fact in facts} == {"Told by Maria Adeyemi to the front door on 3 March 2026"}
    assert {fact.agreement for fact in facts} == {FactAgreement.AGREED}
    assert all(fact.own_words for fact in facts)


def test_a_contact_sent_twice_tells_once(session: Session, uow: OpenUnit, town: Town) -> None:
    command = a_command()
    for _ in range(2):
        with uow(ONLINE) as unit:
            api.receive_contact(unit, command, children=[LEAH])
    assert len(people.told_facts(session, children_of(session, command.contact_id))) == 3


@pytest.mark.parametrize(
    ("changes", "teller"),
    [
        ({}, "Maria Adeyemi"),
        ({"referrer": api.Referrer(name="Maria Adeyemi", keep_private=True)}, "family member, relative or carer"),
        ({"source": api.Source.SCHOOL, "source_agency": "Garon Primary School"}, "Garon Primary School"),
        ({"source": api.Source.SCHOOL}, "school"),
        ({"source": api.Source.GP}, "GP"),
        ({"source": api.Source.ACQUAINTANCE}, "neighbour, childminder or other acquaintance"),
        ({"source": api.Source.ANONYMOUS}, "somebody who gave no name"),
    ],
)
def test_only_a_family_is_named_and_nobody_who_asked_to_stay_private(
    session: Session, uow: OpenUnit, town: Town, changes: dict[str, object], teller: str
) -> None:
    contact = receive(uow, LEAH, **changes)
    facts = people.told_facts(session, children_of(session, contact))
    assert {fact.teller for fact in facts} == {teller}


def test_what_a_family_has_to_say_again_is_counted(session: Session, uow: OpenUnit, town: Town) -> None:
    (leah,) = children_of(session, receive(uow, LEAH))
    again = api.ToldPerson(existing=leah, first_language="Igbo")
    with uow() as unit:
        command = a_command(what_said="It is worse now", family_wants="somebody to talk to.")
        second = api.receive_contact(unit, command, children=[again])
    counted = people.reuse_of(session, second)
    assert counted == {Reuse.CONFIRMED: 0, Reuse.CORRECTED: 0, Reuse.RE_ASKED: 2}


def test_a_child_named_later_and_one_who_was_known_get_the_story_too(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    contact = receive(uow, LEAH)
    (leah,) = children_of(session, contact)
    with uow() as unit:
        tom = name_child(unit, contact, TOM)
    assert {fact.words for fact in people.told_facts(session, [tom])} == {
        "Nobody sleeps at night.",
        "Somebody to talk to",
    }
    assert leah != tom
