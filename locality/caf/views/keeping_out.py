"""What a reader of an assessment does not get: topics that the family keeps out of what is shared."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from locality.access.parts import Part
from locality.caf.queries.agreement import BY_AGREEMENT, topics_kept_out
from locality.caf.queries.told import told_kept_out
from locality.caf.rules.papers import elements_about
from locality.caf.views.heading import today
from locality.kernel.actor import Actor, Reach
from locality.kernel.db import db
from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.web.endpoint import current_facts


def elements_kept_out(about: Iterable[PersonId]) -> frozenset[str]:
    """The elements on topics that the family keeps from this reader, as it stands at this moment.

    What opens no assessment (a service's referral, a cluster's agreement) lets nobody see more of one. No statement for
    a reader who sees everything, else one.
    """
    if any(grant.reason not in BY_AGREEMENT for grant in current_facts().grants if Part.ASSESSMENT in grant.parts):
        return frozenset()
    return elements_about(topics_kept_out(db.session(), about, today=today()))


def keep_lines_back(session: Session, found: list[people.KeptBack]) -> None:
    """Keep from readers of a family's story what they would not read in the assessment where it was told."""
    actor: Actor | None = session.info.get("actor")
    if actor is not None and actor.reach is not Reach.SYSTEM:
        found.append(told_kept_out(actor, today=today()))
