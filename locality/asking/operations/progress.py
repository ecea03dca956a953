"""How far the front door has come with what somebody sent."""

import uuid

from sqlalchemy.orm import Session

from locality.access.scope import elevated
from locality.asking import queries
from locality.asking.rules.state import Progress


def look_up_progress(session: Session, contact_id: uuid.UUID) -> Progress:
    """The state of a contact, for whoever sent it: a word, and nothing that others know or wrote."""
    with elevated(session, "whoever asked may know how far we are, though the contact is not theirs to see"):
        return queries.find_progress(session, contact_id) or Progress.WAITING
