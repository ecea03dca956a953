"""What a worker does with messages."""

import uuid

from locality.kernel.settings import MailSettings
from locality.kernel.uow import UnitOfWork
from locality.messages.operations import sending


def send(uow: UnitOfWork, *, message: uuid.UUID, mail: MailSettings | None) -> None:
    """Send one message."""
    sending.send_message(uow, message, mail=mail)


def take_up_again(uow: UnitOfWork, *, mail: MailSettings | None) -> None:
    """Send what waited for a mail server."""
    sending.take_up_again(uow, mail=mail)
