"""Messages: queued with the change, sent once, kept while there is no server, with a person when refused."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.access.grants import give
from locality.access.parts import GrantReason, Part
from locality.kernel.actor import Actor, Role
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import PersonId, new_id
from locality.kernel.outbox import OutboxMessage
from locality.messages import api
from locality.messages.models import Message, MessageText
from locality.messages.operations import sending
from locality.messages.operations.delivery import MailServerAway, MessageRefused
from locality.messages.rules import MessageState, id_of
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_person
from tests.support.database import OpenUnit
from tests.support.mail import MailServer

VALUES = {
    "reference": "CO-7K3M-42P", "authority": "Southend", "received_on": "3 March 2026", "duty_phone": "01702 000000",
    "front_door_phone": "01702 000001",
}  # fmt: skip
KEY = "outcome:one"
Queue = Callable[..., None]


@pytest.fixture
def child(session: Session) -> PersonId:
    return a_person(session)


@pytest.fixture
def queue(uow: OpenUnit, child: PersonId) -> Queue:
    """Queues the message for a key."""

    def queued(*, key: str = KEY, to: str = "joan@example.org") -> None:
        with uow() as unit:
            api.queue_message(
                unit,
                key=key,
                to=to,
                template="public_outcome",
                about=[child],
                values=VALUES,
                record=("contact", new_id()),
            )

    return queued


def send(uow: OpenUnit, server: MailServer | None) -> None:
    with uow() as unit:
        sending.send_message(unit, id_of(KEY), mail=None if server is None else server.settings)


def state(session: Session) -> MessageState:
    return session.scalars(select(Message.state).where(Message.id == id_of(KEY))).one()


def test_a_message_arrives_with_its_reference(
    session: Session, uow: OpenUnit, queue: Queue, mail_server: MailServer
) -> None:
    queue()
    send(uow, mail_server)
    (message,) = mail_server.taken
    assert message["To"] == "joan@example.org"
    assert message["From"] == "early-help@locality.example"
    assert "CO-7K3M-42P" in message["Subject"]
    assert "The law does not let us tell you" in message.get_content()
    assert state(session) is MessageState.SENT


def test_queued_twice_it_is_one_message(session: Session, queue: Queue) -> None:
    queue()
    queue()
    assert len(session.scalars(select(Message)).all()) == 1
    owed = select(OutboxMessage).where(OutboxMessage.task == "messages.send")
    assert len(session.scalars(owed).all()) == 1


def test_what_was_sent_is_not_sent_again(uow: OpenUnit, queue: Queue, mail_server: MailServer) -> None:
    queue()
    send(uow, mail_server)
    send(uow, mail_server)
    assert len(mail_server.taken) == 1


def test_while_the_server_is_away_nothing_is_lost(
    session: Session, uow: OpenUnit, queue: Queue, mail_server: MailServer
) -> None:
    queue()
    mail_server.stop()
    with pytest.raises(MailServerAway):
        send(uow, mail_server)
    assert state(session) is MessageState.WAITING
    mail_server.start()
    send(uow, mail_server)
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize(
    ("answer", "raised"), [("451 Try later", MailServerAway), ("550 No such person", MessageRefused)]
)
def test_what_a_server_says_decides_whether_to_try_again(
    uow: OpenUnit, queue: Queue, mail_server: MailServer, answer: str, raised: type[Exception]
) -> None:
    mail_server.answer = answer
    queue()
    with pytest.raises(raised):
        send(uow, mail_server)


def test_without_a_server_messages_are_kept_and_go_once_there_is_one(
    session: Session, uow: OpenUnit, queue: Queue, mail_server: MailServer
) -> None:
    queue()
    send(uow, None)
    assert state(session) is MessageState.KEPT
    with uow() as unit:
        assert sending.take_up_again(unit, mail=None) == 0
    with uow() as unit:
        assert sending.take_up_again(unit, mail=mail_server.settings) == 1
    assert state(session) is MessageState.WAITING
    again = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.task == "messages.send")).all()
    assert [payload["message"] for payload in again] == [str(id_of(KEY))] * 2


@pytest.mark.parametrize(("error", "taken_up"), [("MailServerAway", 1), ("MessageRefused", 0)])
def test_what_failed_for_want_of_a_server_is_tried_again_and_what_was_refused_waits_for_a_person(
    session: Session, uow: OpenUnit, queue: Queue, mail_server: MailServer, error: str, taken_up: int
) -> None:
    queue()
    failed = session.scalars(select(OutboxMessage).where(OutboxMessage.task == "messages.send")).one()
    with uow() as unit:
        failed.failed_at, failed.last_error = unit.now, error
    (row,) = api.messages_about(session, session.scalars(select(Message.record_id)).one())
    assert row.in_trouble
    with uow() as unit:
        assert sending.take_up_again(unit, mail=mail_server.settings) == taken_up


@pytest.mark.parametrize("to", ["", "joan", "joan@example.org\nBcc: all@example.org"])
def test_nobody_is_written_to_who_has_no_address(session: Session, queue: Queue, to: str) -> None:
    with pytest.raises(RuleBroken):
        queue(to=to)
    assert session.scalars(select(Message)).all() == []


def test_the_text_opens_with_the_record_and_the_list_to_whoever_runs_the_system(
    session: Session, uow: OpenUnit, queue: Queue, child: PersonId
) -> None:
    queue()
    reader = new_id()
    somebody = Actor(account_id=None, name="Somebody", principals=(reader,))
    with uow(somebody) as unit:
        assert unit.session.scalars(select(MessageText)).all() == []
        assert len(unit.session.scalars(select(Message)).all()) == 1
    with uow() as unit:
        give(
            unit, [child], principal=reader, reason=GrantReason.FRONT_DOOR, record=new_id(),
            parts=frozenset({Part.REFERRER}),
        )  # fmt: skip
    with uow(somebody) as unit:
        assert len(unit.session.scalars(select(MessageText)).all()) == 1


def test_nobody_but_the_system_changes_a_message(
    session: Session, uow: OpenUnit, queue: Queue, child: PersonId
) -> None:
    queue()
    officer = an_account(session, name="Mary Osei")
    with uow() as unit:
        give(unit, [child], principal=officer.id, reason=GrantReason.FRONT_DOOR, record=new_id())
    with uow(an_actor(officer, Role.SPOC_OFFICER)) as unit:
        assert len(unit.session.scalars(select(Message)).all()) == 1
        assert len(unit.session.scalars(select(MessageText)).all()) == 1
        for change in (update(Message).values(template="x"), update(MessageText).values(to_address="me@example.org")):
            assert unit.session.execute(change).rowcount == 0  # type: ignore[attr-defined]
    with uow() as unit:
        assert unit.session.execute(update(Message).values(template="x")).rowcount == 1  # type: ignore[attr-defined]
