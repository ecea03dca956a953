"""Background work of messages."""

import uuid

from flask import current_app

from locality.kernel.settings import MailSettings
from locality.kernel.uow import UnitOfWork
from locality.messages import jobs
from workers.shell import job, periodic


@job("messages.send", outside=True)
def send(uow: UnitOfWork, *, message: uuid.UUID) -> None:
    """Send one message."""
    jobs.send(uow, message=message, mail=_mail())


@periodic("messages.take_up_again", seconds=60)
def take_up_again(uow: UnitOfWork) -> None:
    """Send what waited for a mail server."""
    jobs.take_up_again(uow, mail=_mail())


def _mail() -> MailSettings | None:
    mail: MailSettings | None = current_app.config["LOCALITY"].mail
    return mail
