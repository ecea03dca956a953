"""Reading checklists about a child, and whether an assessment is there already."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_of_record
from locality.caf.models import Assessment, Checklist, Episode, EpisodeChild
from locality.caf.rules.checklist import QUESTIONS, Answer, Facts, Outcome, Safeguarding
from locality.caf.rules.words import AssessmentState, EpisodeState
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import AssessmentId, EpisodeId, PersonId

NO_CHECKLIST = "There is no such checklist, or none that you may see"


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One checklist about a child."""

    id: uuid.UUID
    person_id: PersonId
    asked_on: dt.date
    facts: Facts
    safeguarding_who: str
    safeguarding_why: str
    safeguarding_at: dt.datetime | None
    services_needed: str
    who_does: str
    family_words: str
    outcome_why: str
    decided_at: dt.datetime | None
    recorded_by_name: str
    version: int

    @property
    def outcome(self) -> Outcome | None:
        """What came of it; None until somebody decides."""
        return self.facts.outcome

    @property
    def safeguarding(self) -> Safeguarding | None:
        """What was decided about safety; None where nothing was asked or decided."""
        return self.facts.safeguarding


def facts_of(row: Checklist) -> Facts:
    """What the rules ask about a checklist."""
    return Facts(
        answers={name: Answer(getattr(row, name)) for name in QUESTIONS},
        safeguarding=row.safeguarding,
        own_service=row.own_service,
        would_help=row.would_help,
        family_aware=row.family_aware,
        outcome=row.outcome,
    )


def _row(row: Checklist) -> ChecklistRow:
    return ChecklistRow(
        row.id, PersonId(row.person_id), row.asked_on, facts_of(row), row.safeguarding_who, row.safeguarding_why,
        row.safeguarding_at, row.services_needed, row.who_does, row.family_words, row.outcome_why, row.decided_at,
        row.recorded_by_name, row.version,
    )  # fmt: skip


def get_checklist(session: Session, checklist_id: uuid.UUID) -> ChecklistRow:
    """One checklist; one statement. Raises ``NotFound``."""
    row = session.scalars(select(Checklist).where(Checklist.id == checklist_id)).one_or_none()
    if row is None:
        raise NotFound(NO_CHECKLIST)
    return _row(row)


def list_checklists(session: Session, person_id: PersonId, *, most: int = 20) -> tuple[ChecklistRow, ...]:
    """The checklists about a child, latest first; one statement."""
    rows = session.scalars(
        select(Checklist)
        .where(Checklist.person_id == person_id)
        .order_by(Checklist.recorded_at.desc(), Checklist.id)
        .limit(most)
    )
    return tuple(_row(row) for row in rows)


def checklist_facts(
    session: Session, actor: Actor, *, checklist_id: uuid.UUID, **_others: uuid.UUID
) -> AccessFacts | None:
    """What the policy asks about a checklist; None when there is none to be seen."""
    about = "SELECT ARRAY[person_id] AS about FROM checklist WHERE id = %(id)s"
    return facts_of_record(session, actor, about, ("checklist", checklist_id))


@dataclass(frozen=True, slots=True)
class HelpNow:
    """The early help that a child has now, and the assessment in it."""

    episode_id: EpisodeId
    caf_id: AssessmentId | None
    version_no: int | None
    is_draft: bool
    completed_on: dt.date | None


def find_help(session: Session, person_id: PersonId) -> HelpNow | None:
    """The open help for a child with its latest assessment; None without. One statement."""
    row = session.execute(
        select(Episode.id, Assessment.id, Assessment.version_no, Assessment.state, Assessment.completed_on)
        .join(EpisodeChild, EpisodeChild.episode_id == Episode.id)
        .outerjoin(Assessment, Assessment.episode_id == Episode.id)
        .where(EpisodeChild.person_id == person_id, Episode.state == EpisodeState.OPEN)
        .order_by(Assessment.version_no.desc().nulls_last())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    episode_id, caf_id, version_no, state, completed_on = row
    return HelpNow(episode_id, caf_id, version_no, state is AssessmentState.DRAFT, completed_on)
