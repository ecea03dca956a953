"""A whole running system on the demonstration, for as long as it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from locality.migrations.runner import migrate
from locality.running import postgres
from tests.support.live import LiveSystem, load_demonstration, running
from tests.support.mail import MailServer
from tests.support.servers import TEMPLATE, made_once, own

_LOADED = "demonstration_template"


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
    folder = folders.mktemp(name)

    def load(unfinished: str) -> None:
        server.create_database(unfinished, template=TEMPLATE)
        load_demonstration(LiveSystem(server, unfinished, "redis://127.0.0.1:1/0", folder))

    made_once(server, _LOADED, load)
    database = own(name)
    server.create_database(database, template=_LOADED)
    with running(server, database, folder, extra=post.environment) as system:
        yield system
    server.drop_database(database)
