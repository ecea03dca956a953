"""A small cluster at work, for stories of early help."""

import pytest
from sqlalchemy.orm import Session

from tests.factories.caf import Helpers, helpers


@pytest.fixture
def at_work(session: Session) -> Helpers:
    """A lead professional, a colleague and a manager of one cluster."""
    made = helpers(session)
    session.commit()  # kept when an operation of the test is refused and rolled back
    return made
