"""What an assessment told for a family's story and the family keeps out of what is shared."""

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import and_, any_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import Part
from locality.caf.models import Assessment
from locality.caf.queries.agreement import BY_AGREEMENT, topics_kept_out
from locality.caf.rules.papers import elements_about
from locality.kernel.actor import Actor
from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.people.models import ToldFact

# What stands under an element is told as one of these.
_UNDER_ELEMENTS = (people.Topic.GOING_WELL, people.Topic.WORRYING)


def told_kept_out(actor: Actor, *, today: dt.date) -> people.KeptBack:
    """What the actor does not get of lines told under elements, where they read them by the family's agreement alone.

    The agreements that count are those about any child of the assessment that told the line.
    """
    whole = select(AccessGrant.id).where(
        AccessGrant.person_id == ToldFact.person_id,
        AccessGrant.principal_id.in_(list(actor.principals)),
        or_(AccessGrant.until_at.is_(None), AccessGrant.until_at > func.now()),
        AccessGrant.reason.not_in(list(BY_AGREEMENT)),
        literal(Part.ASSESSMENT.value) == any_(AccessGrant.parts),
    )
    by_agreement = and_(
        ToldFact.part == Part.ASSESSMENT,
        ToldFact.topic.in_(list(_UNDER_ELEMENTS)),
        ~whole.correlate(ToldFact).exists(),
    )
    children = select(Assessment.about).where(Assessment.id == ToldFact.source_id).correlate(ToldFact)
    whom = func.array_append(children.scalar_subquery(), ToldFact.person_id, type_=ARRAY(UUID(as_uuid=True)))

    def under(session: Session, about: Collection[uuid.UUID]) -> tuple[str, ...]:
        return tuple(sorted(elements_about(topics_kept_out(session, map(PersonId, about), today=today))))

    return people.KeptBack(case((by_agreement, whom)), under)
