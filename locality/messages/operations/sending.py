"""Queueing messages with the change that gives rise to them, and sending them.

Once, as far as SMTP allows. A message is queued once for a key; its row is locked while it is sent, and that it went is
written in the transaction that also writes the receipt. When a worker dies, or loses the database, between handing a
message over and that commit, nobody can know whether it went: it is not sent again, a person decides (``outside`` in
``workers.shell``). It keeps its ``Message-ID``, by which receiving systems know a double.
"""

import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from locality.audit import log as audit
from locality.kernel import outbox
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId
from locality.kernel.outbox import OutboxMessage
from locality.kernel.settings import MailSettings
from locality.kernel.uow import UnitOfWork
from locality.messages import rules
from locality.messages.models import Message, MessageFileRow, MessageText
from locality.messages.operations import delivery
from locality.messages.queries import SEND
from locality.messages.rules import MessageFile, MessageState

_TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "_email"
_QUIETLY = {"synchronize_session": False}


def queue_message(
    uow: UnitOfWork,
    *,
    key: str,
    to: str,
    template: str,
    about: Sequence[PersonId],
    values: Mapping[str, str],
    record: tuple[str, uuid.UUID],
) -> None:
    """Owe a message to somebody outside; it goes once the transaction has committed, and once for a ``key``.

    ``template`` is a file of ``templates/_email`` (without ``.txt``), named after whom it is for, its first line the
    subject; ``values`` fill it, with ``authority`` and its telephone numbers beside them. They hold references and
    plain words, never a child's name or whereabouts: mail is read on screens that others see. Raises ``RuleBroken``
    for what is no e-mail address.
    """
    if not rules.is_address(to):
        raise RuleBroken([Reason("email", "Enter an email address in the correct format, like name@example.com")])
    message_id = rules.id_of(key)
    subject, body = write(template, {**_house, **values})
    kind, record_id = record
    row = {
        "id": message_id,
        "key": key,
        "template": template,
        "state": MessageState.WAITING,
        "record_kind": kind,
        "record_id": record_id,
        "queued_at": uow.now,
        "sent_at": None,
    }
    text = {"message_id": message_id, "about": list(about), "to_address": to, "subject": subject, "body": body}
    uow.session.execute(insert(Message).values(row).on_conflict_do_nothing())
    uow.session.execute(insert(MessageText).values(text).on_conflict_do_nothing())
    outbox.enqueue(uow, "messages.send", key=str(message_id), message=message_id)
    audit.record(uow, "message.queued", subjects=list(about), record=record, detail={"template": template})


def attach_file(uow: UnitOfWork, *, key: str, about: Sequence[PersonId], file: MessageFile) -> None:
    """Send a file with the message that was queued for this ``key``, in the same transaction."""
    row = {
        "message_id": rules.id_of(key),
        "about": list(about),
        "name": file.name,
        "kind": file.kind,
        "content": file.content,
    }
    uow.session.execute(insert(MessageFileRow).values(row).on_conflict_do_nothing())


_house: dict[str, str] = {"authority": "", "front_door_phone": "", "duty_phone": ""}


def speak_for(authority: str, *, phone: str, duty_phone: str) -> None:
    """Say in whose name messages go, and whom to ring by day and out of hours; once, when the application starts."""
    _house.update(authority=authority, front_door_phone=phone, duty_phone=duty_phone)


def write(template: str, values: Mapping[str, str]) -> tuple[str, str]:
    """The subject and the text of a message. Raises ``jinja2.TemplateError`` for a value that is missing."""
    text = _templates().get_template(f"{template}.txt").render({name: rules.plain(v) for name, v in values.items()})
    subject, _, body = text.partition("\n")
    return rules.one_line(subject), rules.plain(body).strip() + "\n"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    # Plain text: what would be escaped for a browser must reach a reader of mail as it was written.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def send_message(uow: UnitOfWork, message_id: uuid.UUID, *, mail: MailSettings | None) -> None:
    """Send a message that has not gone yet; without a mail server keep it until there is one.

    Raises ``NotFound``, ``delivery.MailServerAway`` (worth another attempt) or ``delivery.MessageRefused``.
    """
    state = uow.session.execute(select(Message.state).where(Message.id == message_id).with_for_update()).scalar()
    if state is None:
        raise NotFound("There is no such message")
    if state is MessageState.SENT:
        return
    if mail is None:
        _set(uow, message_id, state=MessageState.KEPT)
        return
    text = uow.session.execute(select(MessageText).where(MessageText.message_id == message_id)).scalar_one()
    letter = delivery.Letter(
        message_id, text.to_address, text.subject, text.body, written_at=uow.now, file=_file_of(uow, message_id)
    )
    delivery.deliver(mail, letter)
    _set(uow, message_id, state=MessageState.SENT, sent_at=uow.now)


def take_up_again(uow: UnitOfWork, *, mail: MailSettings | None) -> int:
    """Send what was kept for want of a server, and what a server that was away would not take; how many.

    Does nothing while no mail server is set. What a server refused for good stays with a person.
    """
    if mail is None:
        return 0
    kept = uow.session.scalars(
        select(Message.id).where(Message.state == MessageState.KEPT).limit(200).with_for_update(skip_locked=True)
    ).all()
    for message_id in kept:
        _set(uow, message_id, state=MessageState.WAITING)
        outbox.enqueue(uow, "messages.send", key=f"{message_id}:{uow.now.isoformat()}", message=message_id)
    away = uow.session.scalars(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.task == SEND,
            OutboxMessage.failed_at.is_not(None),
            OutboxMessage.done_at.is_(None),
            OutboxMessage.last_error == delivery.MailServerAway.__name__,
            OutboxMessage.handed_to.is_(None),
        )
        .limit(200)
    ).all()
    return len(kept) + sum(outbox.retry(uow.session, failed) for failed in away)


def _file_of(uow: UnitOfWork, message_id: uuid.UUID) -> MessageFile | None:
    row = uow.session.get(MessageFileRow, message_id)
    return None if row is None else MessageFile(row.name, row.kind, row.content)


def _set(uow: UnitOfWork, message_id: uuid.UUID, **values: object) -> None:
    uow.session.execute(update(Message).where(Message.id == message_id).values(**values), execution_options=_QUIETLY)
