"""A whole running system on the demonstration, for as long as it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from locality.migrations.runner import migrate
from locality.running import postgres
from tests.support.live import LiveSystem, demonstration_once, load_demonstration, running, running_on_copy
from tests.support.mail import MailServer
from tests.support.servers import own


@contextmanager
def demonstration(server: postgres.Address, folder: Path) -> Iterator[LiveSystem]:
    """The whole system on a demonstration that is loaded for the purpose, as users load it."""
    name = "demonstration"
    server.create_database(name)
    migrate(server.url(postgres.OWNER, name))
    with running(server, name, folder, ready=load_demonstration) as system:
        yield system


@contextmanager
def copied(
    server: postgres.Address, name: str, folders: pytest.TempPathFactory, post: MailServer
) -> Iterator[LiveSystem]:
    """The whole system on a copy of the demonstration; its messages go to ``post``."""
    template = demonstration_once(server, "demonstration_template", folders.mktemp("demonstration"))
    folder = folders.mktemp(name)
    with running_on_copy(server, template, own(name), folder, extra=post.environment) as system:
        yield system
