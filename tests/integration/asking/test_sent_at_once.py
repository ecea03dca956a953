"""One request for help is sent from several windows at the same moment: one contact, one telling, one message."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from locality.app import create_app
from locality.kernel.actor import SYSTEM
from locality.kernel.db import Base, bind_actor, db
from locality.messages.models import Message
from locality.people.models import Person, ToldFact
from locality.people.rules.facts import Topic
from locality.referrals.models import Contact
from locality.running import postgres
from tests.support.servers import TEMPLATE, settings_for
from tests.web.asking.journeys import FAMILY, QUESTIONS, START

pytestmark = pytest.mark.usefixtures("clock")
WINDOWS, ROUNDS = 4, 4
CHECK, VISITOR = "/ask-for-help/check", "locality_visitor"


@pytest.fixture
def town(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database of its own, where everything really commits."""
    name = "locality_sent_at_once"
    server.create_database(name, template=TEMPLATE)
    application = create_app(settings_for(server, name))
    application.config["WTF_CSRF_ENABLED"] = False
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()
    server.drop_database(name)


def written(town: Flask) -> str:
    """A family answers every question; what its browser keeps."""
    client = town.test_client()
    client.post(START, data={"danger": "no"})
    for page, data in FAMILY:
        assert client.post(f"{QUESTIONS}/{page}", data=data).status_code == 302, page
    kept = client.get_cookie(VISITOR)
    assert kept is not None
    return kept.value


def sent_from_everywhere(town: Flask, visitor: str) -> list[tuple[int, str | None]]:
    """Send it from all windows at once; the status and whither each is led."""
    start, answers = threading.Barrier(WINDOWS), []

    def send() -> None:
        client = town.test_client()
        client.set_cookie(VISITOR, visitor)
        start.wait()
        answer = client.post(CHECK, data={"is_true": "y"})
        answers.append((answer.status_code, answer.headers.get("Location")))

    threads = [threading.Thread(target=send) for _ in range(WINDOWS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def number_of(town: Flask, table: type[Base]) -> int:
    """How many rows there are, whoever may see them."""
    with town.app_context():
        bind_actor(db.session(), SYSTEM)
        rows = select(func.count()).select_from(table)
        if table is ToldFact:
            rows = rows.where(ToldFact.topic == Topic.WANTS)
        return db.session().execute(rows).scalar_one()


def test_however_many_windows_send_one_request_at_once_there_is_one_contact(town: Flask) -> None:
    people = set()
    for number in range(1, ROUNDS + 1):
        answers = sent_from_everywhere(town, written(town))
        assert answers == [(302, "/ask-for-help/sent")] * WINDOWS
        assert number_of(town, Contact) == number
        assert number_of(town, Message) == number
        people.add((number_of(town, Person) / number, number_of(town, ToldFact) / number))
    assert people == {(3.0, 2.0)}  # two children and who asks; what the family wants, once for each child
