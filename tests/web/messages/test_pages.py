"""The page of messages: what went when to which kind of person, and no word of what it said."""

import pytest
from sqlalchemy.orm import Session

from locality.kernel.actor import Role
from locality.kernel.ids import PersonId, new_id
from locality.messages import api
from locality.messages.rules import id_of
from tests.factories.accounts import an_account
from tests.factories.people import a_person
from tests.support.database import OpenUnit
from tests.support.web import Browse

VALUES = {
    "reference": "CO-7K3M-42P", "authority": "Southend", "received_on": "3 March 2026", "duty_phone": "01702 000000",
    "front_door_phone": "01702 000001",
}  # fmt: skip


@pytest.fixture
def child(session: Session, uow: OpenUnit) -> PersonId:
    """A child, about whom two messages wait."""
    person = a_person(session)
    with uow() as unit:
        for key in ("one", "two"):
            api.queue_message(
                unit,
                key=key,
                to="joan@example.org",
                template="public_outcome",
                about=[person],
                values=VALUES,
                record=("contact", new_id()),
            )
    return person


def test_an_administrator_sees_what_waits_and_not_what_it_says(
    browse: Browse, session: Session, child: PersonId
) -> None:
    browse.sign_in(an_account(session, name="Ada Okafor", roles=[Role.ADMINISTRATOR]))
    page = browse.get("/messages", most_queries=8)
    rows = page.table("Messages, the newest first")
    assert [(row["To"], row["What"], row["How it stands"]) for row in rows] == [
        ("Member of the public", "Outcome", "Waiting to be sent")
    ] * 2
    assert "joan@example.org" not in page.text
    assert "No mail server is set" in page.text
    browse.get(f"/messages/{id_of('one')}", status=404)
    assert browse.get("/messages?state=sent").table("Messages, the newest first") == []
    browse.get("/messages?state=nonsense&page=-3")


def test_operations_says_that_messages_wait_for_a_server(
    browse: Browse, session: Session, uow: OpenUnit, child: PersonId
) -> None:
    from locality.messages.operations.sending import send_message

    with uow() as unit:
        send_message(unit, id_of("one"), mail=None)
    browse.sign_in(an_account(session, name="Ada Okafor", roles=[Role.ADMINISTRATOR]))
    assert "1 message to people outside waits, because no mail server is set" in browse.get("/operations").text


def test_other_roles_have_no_list_of_messages(browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, name="Mary Osei", roles=[Role.SPOC_OFFICER]))
    browse.get("/messages", status=403)
