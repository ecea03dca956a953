"""A real mail server for tests: takes messages over SMTP and keeps them; can be away, or refuse."""

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from locality.kernel.settings import MailSettings, MailTls

OK = "250 OK"


@dataclass  # without slots: aiosmtpd looks at every member of it, which ends in an error on Python 3.11.2
class MailServer:
    """Keeps what it takes in ``taken``; ``answer`` is what it says to every message."""

    port: int
    answer: str = OK
    taken: list[EmailMessage] = field(default_factory=list)
    controller: Controller | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a message, or say what this server says instead."""
        if self.answer == OK:
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.taken.append(message)
        return self.answer

    def start(self) -> None:
        """Begin to listen."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Be away."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    @property
    def settings(self) -> MailSettings:
        """How the product reaches this server."""
        return MailSettings("127.0.0.1", self.port, MailTls.NONE, "early-help@locality.example")

    @property
    def environment(self) -> dict[str, str]:
        """The same as variables, for programs of their own."""
        mail = self.settings
        return {
            "LOCALITY_MAIL_HOST": mail.host,
            "LOCALITY_MAIL_PORT": str(mail.port),
            "LOCALITY_MAIL_TLS": mail.tls.value,
            "LOCALITY_MAIL_FROM": mail.sender,
        }


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that listens."""
    server = MailServer(free_port())
    server.start()
    yield server
    server.stop()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
