"""Messages on real parts: a worker hands them to a real mail server, once, also when that server was away."""

import uuid
from collections.abc import Callable

import pytest

from benchmarks.referring import Referring
from locality.kernel.actor import SYSTEM
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.kernel.uow import unit_of_work
from locality.referrals import api as referrals
from tests.factories.referrals import a_contact, a_decision
from tests.support.live import LiveSystem
from tests.support.mail import MailServer

pytestmark = pytest.mark.workers

_CHILD = "SELECT id FROM person WHERE kind = 'child' AND born_on BETWEEN '2012-01-01' AND '2020-01-01' LIMIT 1"
# What is owed to whoever made a contact: the message, and the work of sending it.
_OWED = """
    SELECT m.state, x.attempts, x.failed_at IS NOT NULL, t.to_address FROM message m
    JOIN message_text t ON t.message_id = m.id
    JOIN outbox_message x ON x.task = 'messages.send' AND x.payload ->> 'message' = m.id::text
    WHERE m.record_id = %s
"""
_NEXT_ATTEMPT = "UPDATE outbox_message SET available_at = clock_timestamp() WHERE done_at IS NULL RETURNING id"


@pytest.fixture
def decide(live: LiveSystem, referring: Referring) -> Callable[[], ContactId]:
    """``decide()``: a school's contact, decided, so that the school is owed a message."""
    ((found,),) = live.query(_CHILD)
    child = PersonId(uuid.UUID(str(found)))

    def decided() -> ContactId:
        with unit_of_work(SYSTEM) as uow:
            email = f"{new_id().hex[:8]}@school.example"
            contact = a_contact(uow, child, referrer=referrals.Referrer(name="Joan Fletcher", email=email))
            referrals.decide_child(uow, a_decision(contact, child, outcome=referrals.Outcome.NFA))
        return contact

    return decided


def state(live: LiveSystem, contact: ContactId) -> object:
    return live.query(_OWED, contact)[0][0]


def attempts(live: LiveSystem, contact: ContactId) -> int:
    return int(str(live.query(_OWED, contact)[0][1]))


def with_person(live: LiveSystem, contact: ContactId) -> bool:
    return bool(live.query(_OWED, contact)[0][2])


def arrived(live: LiveSystem, post: MailServer, contact: ContactId) -> int:
    """How many messages arrived for whoever made a contact."""
    ((*_, address),) = live.query(_OWED, contact)
    return sum(message["To"] == address for message in post.taken)


def test_decided_while_the_mail_server_is_away_the_message_arrives_once_when_it_is_back(
    live: LiveSystem, post: MailServer, decide: Callable[[], ContactId]
) -> None:
    post.stop()
    try:
        contact = decide()
        live.until(lambda: attempts(live, contact) >= 2, "the worker to have tried in vain, and again after a while")
        assert state(live, contact) == "waiting"
    finally:
        post.start()
    live.query(_NEXT_ATTEMPT)  # as if four seconds had passed
    live.until(lambda: state(live, contact) == "sent", "the message to be sent")
    assert arrived(live, post, contact) == 1


def test_a_killed_worker_and_repeated_hints_send_nothing_twice(
    live: LiveSystem, post: MailServer, decide: Callable[[], ContactId]
) -> None:
    contact = decide()
    live.kill_one_child("worker")
    live.flush_broker()
    live.until(lambda: state(live, contact) == "sent" or with_person(live, contact), "the message to be settled")
    times = arrived(live, post, contact)
    # Killed while it spoke to the mail server, nobody can know whether the message went: then a person is told.
    assert times == 1 or (times == 0 and with_person(live, contact))
