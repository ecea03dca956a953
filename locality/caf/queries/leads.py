"""Reading who was asked to lead."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.caf.models import Episode, LeadRequest
from locality.caf.rules.leading import LeadRequestState
from locality.kernel.actor import Actor
from locality.kernel.ids import EpisodeId


@dataclass(frozen=True, slots=True)
class LeadRequestRow:
    """A question to a worker whether they will lead; names nobody of the family."""

    id: uuid.UUID
    episode_id: EpisodeId
    name: str
    from_name: str
    reason: str
    state: LeadRequestState
    asked_at: dt.datetime
    asked_by_name: str
    answer: str
    children: int


_COLUMNS = (
    LeadRequest.id, LeadRequest.episode_id, LeadRequest.name, LeadRequest.from_name, LeadRequest.reason,
    LeadRequest.state, LeadRequest.asked_at, LeadRequest.asked_by_name, LeadRequest.answer,
    func.cardinality(LeadRequest.about),
)  # fmt: skip


def list_lead_requests(session: Session, episode_id: EpisodeId) -> tuple[LeadRequestRow, ...]:
    """Everybody who was asked to lead for a family, the latest first; one statement."""
    rows = session.execute(
        select(*_COLUMNS).where(LeadRequest.episode_id == episode_id).order_by(LeadRequest.asked_at.desc())
    )
    return tuple(LeadRequestRow(*row) for row in rows)


def find_lead_request(session: Session, request_id: uuid.UUID) -> LeadRequestRow | None:
    """One question; None where there is none to be seen."""
    row = session.execute(select(*_COLUMNS).where(LeadRequest.id == request_id)).one_or_none()
    return None if row is None else LeadRequestRow(*row)


def lead_request_facts(session: Session, actor: Actor, *, request_id: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about a question to lead: it is addressed to the worker who was asked."""
    row = session.execute(
        select(LeadRequest.about, LeadRequest.account_id).where(
            LeadRequest.id == request_id, LeadRequest.state == LeadRequestState.ASKED
        )
    ).one_or_none()
    if row is None:
        return None
    return facts_about(session, actor, row.about, record=("lead_request", request_id), holders=[row.account_id])


def reference_of(session: Session, request: LeadRequestRow) -> str | None:
    """The reference of the episode, where the reader sees it already."""
    return session.scalar(select(Episode.reference).where(Episode.id == request.episode_id))
