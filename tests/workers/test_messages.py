"""Messages on real parts: a worker hands them to a real mail server, once, also when that server was away."""

import uuid
from collections.abc import Iterator

import pytest

from benchmarks.referring import Referring
from locality.kernel.actor import SYSTEM
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.kernel.uow import unit_of_work
from locality.referrals import api as referrals
from tests.factories.referrals import a_contact, a_decision
from tests.support.live import LiveSystem
from tests.support.mail import MailServer, free_port

pytestmark = pytest.mark.workers

_CHILD = "SELECT id FROM person WHERE kind = 'child' AND born_on BETWEEN '2012-01-01' AND '2020-01-01' LIMIT 1"


@pytest.fixture(scope="module")
def post(live: LiveSystem) -> Iterator[MailServer]:
    """The mail server that the worker knows; nobody listens there yet."""
    server = MailServer(free_port())
    live.extra.update(server.environment)
    live.kill("worker")
    live.start("worker")
    yield server
    server.stop()


@pytest.fixture
def decided(live: LiveSystem, post: MailServer) -> ContactId:
    """A school's contact, decided: the school is owed a message."""
    with Referring(live), unit_of_work(SYSTEM) as uow:
        child = PersonId(uuid.UUID(str(live.query(_CHILD)[0][0])))
        email = f"{new_id().hex[:8]}@school.example"
        contact = a_contact(uow, child, referrer=referrals.Referrer(name="Joan Fletcher", email=email))
        referrals.decide_child(uow, a_decision(contact, child, outcome=referrals.Outcome.NFA))
    return contact


def state(live: LiveSystem, contact: ContactId) -> object:
    ((found,),) = live.query("SELECT state FROM message WHERE record_id = %s", contact)
    return found


def arrived(live: LiveSystem, post: MailServer, contact: ContactId) -> int:
    """How many messages arrived for whoever made a contact."""
    ((address,),) = live.query(
        "SELECT to_address FROM message_text t JOIN message m ON m.id = t.message_id WHERE record_id = %s", contact
    )
    return sum(message["To"] == address for message in post.taken)


def test_decided_while_the_mail_server_is_away_the_message_arrives_once_when_it_is_back(
    live: LiveSystem, post: MailServer, decided: ContactId
) -> None:
    tried = "SELECT attempts FROM outbox_message WHERE task = 'messages.send' AND done_at IS NULL"
    live.until(lambda: any(int(str(row[0])) >= 2 for row in live.query(tried)), "the worker to have tried in vain")
    assert state(live, decided) == "waiting"
    post.start()
    live.until(lambda: state(live, decided) == "sent", "the message to be sent")
    live.until(lambda: live.query(tried) == [], "the outbox to be empty")
    assert arrived(live, post, decided) == 1


def test_a_killed_worker_and_repeated_hints_send_nothing_twice(
    live: LiveSystem, post: MailServer, decided: ContactId
) -> None:
    if post.controller is None:
        post.start()
    live.kill_one_child("worker")
    live.flush_broker()
    live.until(lambda: state(live, decided) == "sent", "the message to be sent")
    assert arrived(live, post, decided) == 1
