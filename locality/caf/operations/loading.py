"""Loading what an operation is about to change, locked, and refusing what is over."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from locality.caf.models import Assessment, Episode
from locality.caf.queries.cases import NO_EPISODE
from locality.caf.rules.words import AssessmentState, EpisodeState
from locality.kernel import direct
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AssessmentId, EpisodeId, PersonId
from locality.kernel.uow import UnitOfWork

NO_ASSESSMENT = "There is no such CAF, or none that you may see"


def raise_if(reasons: Iterable[Reason]) -> None:
    """Raise ``RuleBroken`` when a rule gave any reason against it."""
    found = tuple(reasons)
    if found:
        raise RuleBroken(found)


def open_episode_row(uow: UnitOfWork, episode_id: uuid.UUID, *, lock: bool = True) -> Episode:
    """An episode that is still open. Raises ``NotFound``, or ``RuleBroken`` when it is closed."""
    statement = select(Episode).where(Episode.id == episode_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    episode = uow.session.execute(statement).scalar_one_or_none()
    if episode is None:
        raise NotFound(NO_EPISODE)
    if episode.state is EpisodeState.CLOSED:
        raise RuleBroken("This help has ended. What was written stays as it is")
    return episode


def draft_row(uow: UnitOfWork, assessment_id: uuid.UUID, *, lock: bool = False) -> Assessment:
    """A CAF that may still change. Raises ``NotFound``, or ``RuleBroken`` when it is complete.

    Sections are saved under a shared lock, so that two people may write at once while nobody completes.
    """
    statement = (
        select(Assessment)
        .where(Assessment.id == assessment_id)
        .with_for_update(read=not lock)
        .execution_options(populate_existing=True)
    )
    assessment = uow.session.execute(statement).scalar_one_or_none()
    if assessment is None:
        raise NotFound(NO_ASSESSMENT)
    _refuse_complete(assessment.state)
    return assessment


@dataclass(frozen=True, slots=True)
class Draft:
    """A CAF that may still change, as far as saving a section needs it."""

    id: AssessmentId
    episode_id: EpisodeId
    about: tuple[PersonId, ...]


def draft_of(uow: UnitOfWork, assessment_id: AssessmentId) -> Draft:
    """As ``draft_row`` under its shared lock, for the save that happens with every few words typed."""
    row = direct.one_or_none(uow.session, _DRAFT, {"id": assessment_id})
    if row is None:
        raise NotFound(NO_ASSESSMENT)
    _refuse_complete(row.state)
    return Draft(assessment_id, EpisodeId(row.episode_id), tuple(row.about))


_DRAFT: Final = "SELECT episode_id, about, state FROM assessment WHERE id = %(id)s FOR SHARE"


def _refuse_complete(state: str) -> None:
    if state == AssessmentState.COMPLETE:
        raise RuleBroken("This CAF is complete and does not change any more. Start the next version instead")


def child_of(about: Iterable[PersonId], child_id: PersonId) -> PersonId:
    """The child, when the record is about them. Raises ``NotFound``."""
    if child_id not in about:
        raise NotFound("This child is not part of it")
    return child_id
