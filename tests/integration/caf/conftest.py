"""A small cluster at work, for stories of early help."""

import datetime as dt

from sqlalchemy.orm import Session

from tests.factories.caf import Helpers, helpers
from tests.support.layers import layer


@layer
def at_work(session: Session, clock: dt.datetime) -> Helpers:
    """A lead professional, a colleague and a manager of one cluster."""
    return helpers(session)
