"""Guesses that arrive at the same moment are counted one after the other. The database keeps what is committed."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from locality.accounts.operations.signing_in import BeginAttempt, begin_attempt
from locality.accounts.queries.signing_in import SIGNING_IN
from locality.accounts.rules.attempts import ACCOUNT_TRIES
from locality.app import create_app
from locality.kernel.db import db
from locality.kernel.uow import unit_of_work
from locality.running import postgres
from tests.support.servers import TEMPLATE, settings_for

EMAIL = "amira.khan@example.org"
LONG_ENOUGH = 0.3


@pytest.fixture
def own_app(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database of its own."""
    server.create_database("locality_at_once", template=TEMPLATE)
    application = create_app(settings_for(server, "locality_at_once"))
    yield application
    with application.app_context():
        db.engine.dispose()


def guess(app: Flask, *, before_commit: threading.Event | None = None) -> bool:
    """Whether a guess is let through; ``before_commit`` holds its transaction open until it is set."""
    with app.app_context(), unit_of_work(SIGNING_IN) as uow:
        attempt = begin_attempt(uow, BeginAttempt(EMAIL, "203.0.113.7"))
        if before_commit is not None:
            before_commit.wait(10)
    return attempt.try_again_at is None


def test_a_guess_waits_until_the_one_before_it_has_been_counted(own_app: Flask) -> None:
    assert all(guess(own_app) for _ in range(ACCOUNT_TRIES - 1))
    answers: dict[str, bool] = {}
    first_may_commit = threading.Event()
    first = threading.Thread(target=lambda: answers.update(first=guess(own_app, before_commit=first_may_commit)))
    second = threading.Thread(target=lambda: answers.update(second=guess(own_app)))
    first.start()
    first.join(LONG_ENOUGH)
    second.start()
    second.join(LONG_ENOUGH)
    assert answers == {}, "the second guess was counted beside the first, not after it"
    first_may_commit.set()
    first.join()
    second.join()
    assert answers == {"first": True, "second": False}
