"""Work in the background beside people's own, each on a connection of its own: no ring of locks, and nothing undone."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask

from locality.app import create_app
from locality.kernel.actor import SYSTEM, Actor, Role, Scope, ScopeKind
from locality.kernel.db import db
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.referrals import jobs
from locality.referrals.operations import disagreeing
from locality.running import postgres
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster, a_school, an_agency
from tests.factories.referrals import a_child, a_referral, a_service
from tests.support.servers import TEMPLATE, settings_for

NAME = "locality_meanwhile"
_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def committing(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database of its own, where what is done is really committed."""
    server.create_database(NAME, template=TEMPLATE)
    application = create_app(settings_for(server, NAME))
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def offered(committing: Flask) -> tuple[uuid.UUID, Actor]:
    """A referral of the front door, offered to a service, and somebody who works there."""
    mark = new_id().hex[-6:]
    with committing.app_context(), unit_of_work(SYSTEM) as uow:
        cluster = a_cluster(uow.session, name=f"Shoebury {mark}")
        school = a_school(uow.session, cluster=cluster, urn=str(new_id().int % 100_000 + 800_000))
        service_id = a_service(
            uow, an_agency(uow.session, name=f"Estuary {mark}"), cluster=cluster, name=f"Help {mark}"
        )
        referral_id = a_referral(uow, a_child(uow, school=school))
        at_service = Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service_id)
        return referral_id, an_actor(an_account(uow.session, name="Priya Shah", roles=[at_service]), at_service)


@contextmanager
def beside(
    committing: Flask, looking: psycopg.Connection, actor: Actor, work: Callable[[UnitOfWork], None]
) -> Iterator[None]:
    """Somebody's work that waits for what ``looking`` has locked, until the block ends; it must succeed then."""
    failed: list[BaseException] = []

    def run() -> None:
        with committing.app_context():
            try:
                with unit_of_work(actor) as uow:
                    work(uow)
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        until = time.monotonic() + 60
        while thread.is_alive() and looking.execute(_BLOCKED, [NAME]).fetchone() == (0,):
            assert time.monotonic() < until, "it waits for nothing"
            time.sleep(0.01)
        yield
    finally:
        looking.rollback()
        thread.join()
    assert failed == []


def test_who_answers_a_disagreement_locks_its_referral_first_as_the_clocks_do(
    committing: Flask, server: postgres.Address, offered: tuple[uuid.UUID, Actor]
) -> None:
    referral_id, worker = offered
    dispute = new_id()
    with committing.app_context():
        with unit_of_work(SYSTEM) as uow:
            officer = an_actor(an_account(uow.session, name="Mary Osei", roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)
        with unit_of_work(officer) as uow:
            disagreeing.raise_disagreement(uow, referral_id, words="It is yours.", disagreement_id=dispute)
    with server.connect(NAME) as clocks:
        clocks.autocommit = False
        clocks.execute("SELECT FROM referral WHERE id = %s FOR UPDATE", [referral_id])
        with beside(committing, clocks, worker, lambda uow: disagreeing.answer_disagreement(uow, dispute, words="No.")):
            clocks.execute("SELECT FROM disagreement WHERE id = %s FOR UPDATE NOWAIT", [dispute])
        clocks.rollback()
        said = clocks.execute("SELECT kind FROM disagreement_step WHERE disagreement_id = %s", [dispute]).fetchall()
    assert sorted(said) == [("answered",), ("raised",)]


def test_a_worker_who_is_named_while_the_sweep_looks_for_leavers_stays_named(
    committing: Flask, server: postgres.Address, offered: tuple[uuid.UUID, Actor]
) -> None:
    referral_id, worker = offered
    with committing.app_context(), unit_of_work(SYSTEM) as uow:
        left = an_account(uow.session, name="Nia Okoro", active=False).id
    name = "UPDATE referral SET state = 'allocated', allocated_to = %s, allocated_worker = %s WHERE id = %s"
    with server.connect(NAME) as service:
        service.autocommit = False
        service.execute(name, [left, "Nia Okoro", referral_id])
        service.commit()
        service.execute("SELECT FROM referral WHERE id = %s FOR UPDATE", [referral_id])
        with beside(committing, service, SYSTEM, jobs.pass_on):
            service.execute(name, [worker.account_id, "Priya Shah", referral_id])
            service.commit()
        found = service.execute("SELECT allocated_worker FROM referral WHERE id = %s", [referral_id]).fetchone()
    assert found == ("Priya Shah",)
