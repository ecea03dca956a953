"""The guard around pages: who looked is written before the page leaves, and without that nothing leaves."""

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.audit import trail
from locality.kernel.actor import Role
from locality.kernel.guard import plain_url
from locality.running import postgres
from tests.factories.accounts import an_account
from tests.factories.people import a_person
from tests.support.web import Browse


def test_reading_a_record_is_in_the_log_before_the_page_leaves(browse: Browse, session: Session) -> None:
    officer = an_account(session, roles=[Role.SPOC_OFFICER])
    child = a_person(session)
    browse.sign_in(officer)
    browse.get(f"/people/{child}")
    (seen,) = trail.list_events(session, trail.Filter(subject=child, actor=officer.id))
    assert (seen.action, seen.outcome) == ("page.people.person", "shown")


def test_a_refusal_is_in_the_log_and_looks_like_a_record_that_is_not_there(browse: Browse, session: Session) -> None:
    stranger = an_account(session, roles=[Role.SERVICE_WORKER])
    child = a_person(session)
    browse.sign_in(stranger)
    refused = browse.get(f"/people/{child}", status=404)
    nothing = browse.get("/people/00000000-0000-4000-8000-000000000000", status=404)
    assert refused.main == nothing.main
    assert [event.outcome for event in trail.list_events(session, trail.Filter(actor=stranger.id))][:2] == [
        "refused",
        "refused",
    ]


def test_when_the_log_cannot_be_written_no_page_leaves(
    browse: Browse, session: Session, server: postgres.Address, worker_database: str
) -> None:
    officer = an_account(session, roles=[Role.SPOC_OFFICER])
    child = a_person(session, given_name="Canary")
    browse.sign_in(officer)
    session.execute(text("SET LOCAL lock_timeout = '200ms'"))
    with psycopg.connect(plain_url(server.url(postgres.SUPERUSER, worker_database))) as other:
        other.execute("LOCK TABLE audit_head IN ACCESS EXCLUSIVE MODE")
        assert "Canary" not in browse.get(f"/people/{child}", status=503).html
    assert "Canary" in browse.get(f"/people/{child}").html


def test_a_page_names_the_reason_for_access(browse: Browse, session: Session) -> None:
    officer = an_account(session, roles=[Role.SPOC_OFFICER])
    child = a_person(session)
    browse.sign_in(officer)
    assert "You see this because the front door keeps the index of people" in browse.get(f"/people/{child}").text
