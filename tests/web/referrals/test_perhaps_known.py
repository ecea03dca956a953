"""A child entered as new who looks like one on record is not called new in the queue; a long account is taken."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import ContactId, PersonId, new_id
from locality.people.models import ToldFact
from locality.people.operations import restricting as people
from locality.people.operations.linking import NewDecision, decide_link, undo_link
from locality.people.rules.linking import LinkKind
from locality.referrals.models import ContactChild
from locality.referrals.operations.commands import NewContact
from locality.referrals.operations.entering import ToldPerson, receive_contact
from locality.referrals.rules.codes import Source
from tests.factories.people import a_person
from tests.factories.referrals import RECEIVED, a_contact
from tests.support.database import OpenUnit
from tests.support.layers import layer
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


def test_who_is_kept_out_of_a_record_by_name_is_not_told_that_a_child_is_perhaps_known(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, clock: object
) -> None:
    known = a_person(session, given_name="Tom", family_name="Quillfeather", born_on=BORN)
    receive(uow, cast, given_name="Tom", family_name="Quillfeather")
    with uow(cast.officer_actor) as unit:
        people.declare_conflict(unit, new_id(), person_id=known, reason="My nephew")
    browse = settled(browse, cast.officer)
    queue = browse.get("/front-door", most_queries=8)
    assert "Tom Quillfeather (new)" in queue.main
    assert "Tom Quillfeather" not in browse.get("/front-door?known=known").main
    assert "Tom Quillfeather" in browse.get("/front-door?known=new").main
    browse = settled(browse, cast.second_officer)
    assert "Tom Quillfeather (perhaps known)" in browse.get("/front-door").main


def test_an_account_as_long_as_the_form_allows_is_recorded_and_told(
    session: Session, uow: OpenUnit, cast: Cast
) -> None:
    account = "He was late again. " * 1_000
    receive(uow, cast, given_name="Bartholomew", what_said=account)
    assert account.strip() in session.scalars(select(ToldFact.words)).all()


def _waiting(session: Session, child: PersonId) -> tuple[bool, bool]:
    """Whether a child in a contact is perhaps known, and known by a link."""
    wanted = select(ContactChild.likely_known, ContactChild.known_by_link).where(ContactChild.person_id == child)
    row = session.execute(wanted).one()
    return row.likely_known, row.known_by_link


@layer
def alike(session: Session, uow: OpenUnit, cast: Cast) -> tuple[PersonId, PersonId]:
    """A child on record, and one entered as new who looks like the same and waits in a contact."""
    known = a_person(session, given_name="Tom", family_name="Quillfeather", born_on=BORN)
    contact = receive(uow, cast, given_name="Tom", family_name="Quillfeather")
    new = session.scalars(select(ContactChild.person_id).where(ContactChild.contact_id == contact)).one()
    return known, new


def test_a_contact_about_children_on_record_says_who_is_perhaps_known_too(
    session: Session, uow: OpenUnit, cast: Cast
) -> None:
    a_person(session, given_name="Tom", family_name="Quillfeather", born_on=BORN)
    with uow(cast.officer_actor) as unit:
        twin = a_person(session, given_name="Tom", family_name="Quillfeather", born_on=BORN)
        contact = a_contact(unit, twin)
    assert session.scalars(select(ContactChild.likely_known).where(ContactChild.contact_id == contact)).one() is True


@pytest.mark.parametrize(
    ("kind", "while_it_stands"),
    [(LinkKind.SAME_PERSON, (False, True)), (LinkKind.NOT_SAME, (False, False))],
)
def test_a_link_and_its_undoing_are_followed_by_the_queue(
    session: Session,
    uow: OpenUnit,
    cast: Cast,
    alike: tuple[PersonId, PersonId],
    *,
    kind: LinkKind,
    while_it_stands: tuple[bool, bool],
) -> None:
    known, new = alike
    assert _waiting(session, new) == (True, False)
    with uow(cast.officer_actor) as unit:
        decision = NewDecision(id=new_id(), one_id=new, other_id=known, kind=kind, reason="Looked at both")
        decided = decide_link(unit, decision)
    session.expire_all()
    assert _waiting(session, new) == while_it_stands
    with uow(cast.officer_actor) as unit:
        undo_link(unit, decided, reason="It was a mistake")
    session.expire_all()
    assert _waiting(session, new) == (True, False)


def test_a_linked_child_is_known_in_the_queue(
    browse: Browse, uow: OpenUnit, cast: Cast, alike: tuple[PersonId, PersonId], clock: object
) -> None:
    known, new = alike
    with uow(cast.officer_actor) as unit:
        kind = LinkKind.SAME_PERSON
        decide_link(unit, NewDecision(id=new_id(), one_id=new, other_id=known, kind=kind, reason="Looked at both"))
    browse = settled(browse, cast.officer)
    assert "Tom Quillfeather (known)" in browse.get("/front-door?known=known", most_queries=8).main
