"""The audit log: written with the change, chained, and tampering is found."""

import contextlib
import uuid
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from locality.audit import log, trail
from locality.kernel.actor import SYSTEM
from locality.kernel.db import bind_actor
from locality.kernel.errors import RuleBroken
from locality.kernel.guard import plain_url
from locality.running import postgres
from tests.support.servers import TEMPLATE

CHILD = uuid.UUID(int=9)


def test_an_event_lands_with_its_change(uow, session: Session) -> None:
    with uow() as unit:
        log.record(unit, "person.created", subjects=[CHILD], record=("person", CHILD), detail={"kind": "child"})
    (event,) = trail.list_events(session, trail.Filter(subject=CHILD))
    assert (event.action, event.outcome, event.actor_name) == ("person.created", "done", "Locality")
    assert trail.verify(session).intact


def test_a_refused_change_leaves_no_event(uow, session: Session) -> None:
    with pytest.raises(RuleBroken), uow() as unit:
        log.record(unit, "person.created", subjects=[CHILD])
        raise RuleBroken("no")
    assert trail.list_events(session, trail.Filter(subject=CHILD)) == []


def test_what_a_savepoint_took_back_leaves_no_event_and_the_rest_lands(uow, session: Session) -> None:
    with uow() as unit:
        log.record(unit, "person.created", subjects=[CHILD])
        with contextlib.suppress(RuleBroken), unit.session.begin_nested():
            log.record(unit, "address.recorded", subjects=[CHILD])
            with unit.session.begin_nested():
                log.record(unit, "tie.recorded", subjects=[CHILD])
            raise RuleBroken("no")
        with unit.session.begin_nested():
            log.record(unit, "school.recorded", subjects=[CHILD])
    landed = [event.action for event in trail.list_events(session, trail.Filter(subject=CHILD))]
    assert landed == ["school.recorded", "person.created"]


TAMPERS = [
    "UPDATE audit_event SET actor_name = 'Somebody else' WHERE seq = 3",
    "UPDATE audit_event SET at = at - interval '1 day' WHERE seq = 3",
    "UPDATE audit_event SET detail = '{\"n\": 99}' WHERE seq = 3",
    "DELETE FROM audit_event WHERE seq = 3",
    "DELETE FROM audit_event WHERE seq >= 5",
    """INSERT INTO audit_event SELECT 7, at, actor_id, actor_name, action, outcome, subjects, record_kind, record_id,
    part, reason, detail, prev_hash, hash FROM audit_event WHERE seq = 6""",
    "UPDATE audit_event SET seq = CASE seq WHEN 2 THEN -3 ELSE 2 END WHERE seq IN (2, 3)",
]


@pytest.fixture(scope="module")
def chain_url(server: postgres.Address) -> str:
    server.create_database("chain", template=TEMPLATE)
    with psycopg.connect(plain_url(server.url(postgres.APP, "chain"))) as connection:
        for number in range(6):
            connection.execute(
                "SELECT audit_append(NULL, 'Locality', 'tried', 'done', '{}', NULL, NULL, NULL, NULL, %s)",
                [psycopg.types.json.Jsonb({"n": number})],
            )
    return server.url(postgres.SUPERUSER, "chain")


def _verdict(url: str, tamper: str | None) -> trail.Verdict:
    engine = create_engine(url, poolclass=NullPool)
    with Session(engine) as session:
        bind_actor(session, SYSTEM)
        if tamper:
            session.execute(text(tamper))
        verdict = trail.verify(session)
        session.rollback()
    engine.dispose()
    return verdict


def test_a_clean_log_raises_no_alarm(chain_url: str) -> None:
    assert _verdict(chain_url, None) == trail.Verdict(6, None, "")


@pytest.mark.parametrize("tamper", TAMPERS)
def test_tampering_is_found(chain_url: str, tamper: str) -> None:
    assert not _verdict(chain_url, tamper).intact


def test_the_log_is_written_by_one_module_only() -> None:
    root = Path(__file__).parents[3] / "locality"
    writers = [p for p in root.rglob("*.py") if "audit_append(" in p.read_text(encoding="utf-8")]
    allowed = {"log.py", "0001_kernel.py"}
    assert {p.name for p in writers if "demo" not in p.parts} == allowed
