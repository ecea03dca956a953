"""Guesses that arrive at the same moment are counted one after the other, on a database of their own."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from locality.accounts.operations.signing_in import BeginAttempt, begin_attempt
from locality.accounts.queries.signing_in import SIGNING_IN
from locality.app import create_app
from locality.kernel.db import db
from locality.kernel.uow import unit_of_work
from locality.running import postgres
from tests.support.servers import TEMPLATE, settings_for

GUESSES = 30
AT_ONCE = 10


@pytest.fixture
def own_app(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database that keeps what is committed."""
    server.create_database("locality_at_once", template=TEMPLATE)
    application = create_app(settings_for(server, "locality_at_once"))
    yield application
    with application.app_context():
        db.engine.dispose()


def test_of_thirty_guesses_at_once_ten_are_let_through(own_app: Flask) -> None:
    let_through: list[bool] = []
    starting = threading.Barrier(AT_ONCE)

    def guess() -> None:
        starting.wait()
        for _ in range(GUESSES // AT_ONCE):
            with own_app.app_context(), unit_of_work(SIGNING_IN) as uow:
                attempt = begin_attempt(uow, BeginAttempt("amira.khan@example.org", "203.0.113.7"))
            let_through.append(attempt.try_again_at is None)

    threads = [threading.Thread(target=guess) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(let_through), sum(let_through)) == (GUESSES, 10)
