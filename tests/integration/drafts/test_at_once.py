"""One window keeps words in the moment in which another's form goes. The database keeps what is committed."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from locality.app import create_app
from locality.drafts import operations, queries
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.db import bind_actor, db
from locality.kernel.ids import new_id
from locality.kernel.uow import unit_of_work
from locality.running import postgres
from locality.web.drafting import Place, owner_of
from tests.factories.accounts import an_account
from tests.support.servers import TEMPLATE, settings_for

LONG_ENOUGH = 0.3


@pytest.fixture
def own_app(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database of its own."""
    name = "locality_drafts_at_once"
    server.create_database(name, template=TEMPLATE)
    application = create_app(settings_for(server, name))
    yield application
    with application.app_context():
        db.engine.dispose()
    server.drop_database(name)


@pytest.fixture
def place(own_app: Flask) -> Place:
    """A page of somebody's."""
    with own_app.app_context():
        session = db.session()
        bind_actor(session, SYSTEM)
        account = an_account(session, name="Sam Okafor", roles=[Role.SPOC_OFFICER])
        session.commit()
        place = _opened(Place(account.id, account.name, "/contacts/new", "referrals.NewContactForm"))
        db.session.remove()
    return place


def _opened(place: Place) -> Place:
    page_id = new_id()
    return replace(place, page_id=page_id, opened_id=page_id, turn=1)


def _keep(app: Flask, place: Place, *, before_commit: threading.Event | None = None, **fields: str) -> None:
    """Keep words; ``before_commit`` holds the transaction open until it is set."""
    with app.app_context(), unit_of_work(owner_of(place)) as uow:
        operations.keep(uow, place, typed={name: [text] for name, text in fields.items()}, seen={})
        if before_commit is not None:
            before_commit.wait(10)


def _drop(app: Flask, place: Place, gone: threading.Event) -> None:
    with app.app_context(), unit_of_work(owner_of(place)) as uow:
        operations.discard(uow, place)
    gone.set()


def test_words_that_another_window_keeps_while_a_form_goes_stay(own_app: Flask, place: Place) -> None:
    other, may_commit, gone = _opened(place), threading.Event(), threading.Event()
    _keep(own_app, place, given_name="Tom")
    keeping = threading.Thread(
        target=_keep, args=(own_app, other), kwargs={"before_commit": may_commit, "what_said": "Another child"}
    )
    dropping = threading.Thread(target=_drop, args=(own_app, place, gone))
    keeping.start()
    keeping.join(LONG_ENOUGH)
    dropping.start()
    dropping.join(LONG_ENOUGH)
    assert not gone.is_set(), "the draft was dropped beside the words that are kept, not after them"
    may_commit.set()
    keeping.join()
    dropping.join()
    with own_app.app_context():
        session = db.session()
        bind_actor(session, SYSTEM)
        kept = queries.find(session, place).fields
        db.session.remove()
    assert {name: field.texts for name, field in kept.items()} == {"what_said": ("Another child",)}
