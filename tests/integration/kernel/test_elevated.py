"""Looking beyond the actor's own grants ends with the block, also when the block fails and somebody goes on."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from locality.access.scope import elevated
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.db import bind_actor
from tests.factories.accounts import an_account, an_actor


@pytest.fixture
def worker(session: Session):
    actor = an_actor(an_account(session, roles=[Role.LEAD_PROFESSIONAL]), Role.LEAD_PROFESSIONAL)
    bind_actor(session, actor)
    yield actor
    bind_actor(session, SYSTEM)


def reach(session: Session) -> str:
    return session.execute(text("SELECT app_reach()")).scalar_one()


@pytest.mark.usefixtures("worker")
def test_after_an_error_that_is_caught_the_reach_is_the_actors_own(session: Session) -> None:
    own = reach(session)
    with pytest.raises(LookupError), elevated(session, "to fail"):
        assert reach(session) == "system"
        raise LookupError
    assert reach(session) == own


@pytest.mark.usefixtures("worker")
def test_after_an_error_of_the_database_the_savepoint_gives_the_actors_own_reach_back(session: Session) -> None:
    own = reach(session)
    savepoint = session.begin_nested()
    with pytest.raises(DBAPIError), elevated(session, "to fail"):
        session.execute(text("SELECT 1 / 0"))
    savepoint.rollback()
    assert reach(session) == own
