"""Officers who decide at the same time, and help that begins meanwhile: no circle, no contradiction, no stray grant."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from locality.access import grants
from locality.access.parts import GrantReason
from locality.app import create_app
from locality.kernel.actor import SYSTEM
from locality.kernel.db import bind_actor, db
from locality.kernel.errors import DomainError
from locality.kernel.ids import PersonId, new_id
from locality.kernel.uow import unit_of_work
from locality.people.operations.linking import NewDecision, decide_link, undo_link
from locality.people.queries.linking import same_person_ids
from locality.people.rules.linking import LinkKind
from locality.running import postgres
from tests.factories.people import a_person
from tests.support.servers import TEMPLATE, settings_for

ROUNDS = 12


@pytest.fixture
def town(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database of its own, where everything really commits."""
    name = "locality_links_at_once"
    server.create_database(name, template=TEMPLATE)
    application = create_app(settings_for(server, name))
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()
    server.drop_database(name)


def together(town: Flask, *works: Callable[[], None]) -> list[DomainError]:
    """Do these at the same moment, each on a connection of its own; what was refused."""
    start, refused = threading.Barrier(len(works)), []
    broken: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        with town.app_context():
            start.wait()
            try:
                work()
            except DomainError as error:
                refused.append(error)
            except BaseException as error:
                broken.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert broken == []
    return refused


def some_people(town: Flask, number: int) -> list[PersonId]:
    """People on record."""
    with town.app_context():
        session = db.session()
        bind_actor(session, SYSTEM)
        found = [a_person(session) for _ in range(number)]
        session.commit()
    return found


def deciding(one: PersonId, other: PersonId, kind: LinkKind = LinkKind.SAME_PERSON) -> Callable[[], None]:
    """An officer who decides about two records."""

    def work() -> None:
        with unit_of_work(SYSTEM) as uow:
            decide_link(uow, NewDecision(id=new_id(), one_id=one, other_id=other, kind=kind, reason="Same girl"))

    return work


def helping(person: PersonId) -> Callable[[], None]:
    """Somebody begins to help."""

    def work() -> None:
        with unit_of_work(SYSTEM) as uow:
            grants.give(uow, [person], principal=new_id(), reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())

    return work


def looked_up(town: Flask, statement: str) -> list[tuple[object, ...]]:
    """What the database says."""
    with town.app_context():
        session = db.session()
        bind_actor(session, SYSTEM)
        rows = [tuple(row) for row in session.execute(text(statement))]
        session.rollback()
    return rows


def test_two_officers_who_decide_the_same_pair_decide_once(town: Flask) -> None:
    for kinds in ((LinkKind.SAME_PERSON, LinkKind.SAME_PERSON), (LinkKind.SAME_PERSON, LinkKind.NOT_SAME)):
        one, other = some_people(town, 2)
        refused = together(town, deciding(one, other, kinds[0]), deciding(other, one, kinds[1]))
        assert len(refused) == 1


def test_a_circle_is_never_closed_and_the_set_is_whole(town: Flask) -> None:
    one, two, three = some_people(town, 3)
    refused = together(town, deciding(one, two), deciding(two, three), deciding(three, one))
    assert len(refused) == 1
    with town.app_context():
        session = db.session()
        bind_actor(session, SYSTEM)
        assert set(same_person_ids(session, [two])[two]) == {one, two, three}
        session.rollback()


def test_no_grant_misses_a_link_and_none_outlives_it(town: Flask) -> None:
    one, other = some_people(town, 2)
    given = 0
    for number in range(ROUNDS):
        together(town, deciding(one, other), helping(one), helping(other))
        given += 2
        assert (
            len(looked_up(town, "SELECT 1 FROM access_grant WHERE until_at IS NULL AND linked_from IS NOT NULL"))
            == given
        )
        ((decision,),) = looked_up(town, "SELECT id FROM link_decision WHERE undone_at IS NULL")

        def undo(decision: object = decision, number: int = number) -> None:
            with unit_of_work(SYSTEM) as uow:
                undo_link(uow, decision, reason=f"Round {number}")  # type: ignore[arg-type]

        together(town, undo, helping(one), helping(other))
        given += 2
        assert looked_up(town, "SELECT 1 FROM access_grant WHERE until_at IS NULL AND linked_from IS NOT NULL") == []
