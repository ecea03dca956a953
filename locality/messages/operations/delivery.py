"""Handing one message to a mail server over SMTP."""

import datetime as dt
import smtplib
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from locality.kernel.errors import NothingHappened
from locality.kernel.settings import MailSettings, MailTls
from locality.messages.rules import MessageFile

# Well below the time that a job may take: an answer that takes longer counts as none.
PATIENCE_S = 6.0
_PERMANENT = 500


class MailServerAway(NothingHappened):
    """The mail server cannot be reached, or cannot take messages now: worth another attempt."""


class MessageRefused(Exception):
    """The mail server will not take this message, or does not let us in: a person has to see to it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to go. The same ``id`` gives the same Message-ID, however often it is sent."""

    id: uuid.UUID
    to: str
    subject: str
    body: str
    written_at: dt.datetime
    file: MessageFile | None = None


def deliver(mail: MailSettings, letter: Letter) -> None:
    """Hand a message over; returns when the server has taken it. Raises ``MailServerAway`` or ``MessageRefused``."""
    with _as_ours(), _connected(mail) as server:
        server.send_message(_composed(mail, letter), from_addr=mail.sender, to_addrs=[letter.to])


def _composed(mail: MailSettings, letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.id}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    if letter.file is not None:
        _main, _, kind = letter.file.kind.partition("/")
        message.add_attachment(letter.file.content, subtype=kind, filename=letter.file.name)
    return message


@contextmanager
def _connected(mail: MailSettings) -> Iterator[smtplib.SMTP]:
    kind = smtplib.SMTP_SSL if mail.tls is MailTls.TLS else smtplib.SMTP
    with kind(mail.host, mail.port, timeout=PATIENCE_S) as server:
        if mail.tls is MailTls.STARTTLS:
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            server.login(mail.user, mail.password)
        yield server


@contextmanager
def _as_ours() -> Iterator[None]:
    """Turn what the library raises into the two things that matter; texts of servers are not passed on."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        raise (MessageRefused if min(codes) >= _PERMANENT else MailServerAway) from error
    except smtplib.SMTPResponseException as error:
        raise (MessageRefused if error.smtp_code >= _PERMANENT else MailServerAway) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MessageRefused from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerAway from error
