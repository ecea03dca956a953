"""A child entered as new who looks like one on record is not called new in the queue; a long account is taken."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import ContactId, new_id
from locality.people.models import ToldFact
from locality.referrals.models import ContactChild
from locality.referrals.operations.commands import NewContact
from locality.referrals.operations.entering import ToldPerson, receive_contact
from locality.referrals.rules.codes import Source
from tests.factories.people import a_person
from tests.factories.referrals import RECEIVED
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, settled

BORN = dt.date(2018, 2, 1)


def receive(
    uow: OpenUnit, cast: Cast, *, given_name: str, family_name: str = "Okonjo", what_said: str = "Late"
) -> ContactId:
    command = NewContact(ContactId(new_id()), RECEIVED, Source.SCHOOL, (), what_said)
    child = ToldPerson(given_name=given_name, family_name=family_name, born_on=BORN)
    with uow(cast.officer_actor) as unit:
        return receive_contact(unit, command, children=[child])


def test_a_child_who_looks_like_one_on_record_is_perhaps_known(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, clock: object
) -> None:
    a_person(session, given_name="Tom", family_name="Quillfeather", born_on=BORN)
    receive(uow, cast, given_name="Tom", family_name="Quillfeather")
    receive(uow, cast, given_name="Bartholomew")
    browse = settled(browse, cast.officer)
    queue = browse.get("/front-door", most_queries=8)
    assert "Tom Quillfeather (perhaps known)" in queue.text
    assert "Bartholomew Okonjo (new)" in queue.text
    known = browse.get("/front-door?known=known")
    assert "Tom Quillfeather" in known.main
    assert "Bartholomew" not in known.main
    assert sorted(session.scalars(select(ContactChild.likely_known))) == [False, True]


def test_an_account_as_long_as_the_form_allows_is_recorded_and_told(
    session: Session, uow: OpenUnit, cast: Cast
) -> None:
    account = "He was late again. " * 1_000
    receive(uow, cast, given_name="Bartholomew", what_said=account)
    assert account.strip() in session.scalars(select(ToldFact.words)).all()
