"""Reading the plan and its reviews."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select, true
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.caf.models import ActionUpdate, CaseRole, PlanAction, Review, VoiceEntry
from locality.caf.rules.words import OPEN_ACTIONS, ActionStatus, Responsible, ReviewState, VoiceReaders, VoiceTool
from locality.kernel.actor import Actor
from locality.kernel.ids import AccountId, EpisodeId, PersonId, PlanActionId, ReviewId, VoiceEntryId


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action of the plan."""

    id: PlanActionId
    about: tuple[PersonId, ...]
    outcome_wanted: str
    action: str
    element_codes: tuple[str, ...]
    outcome_code: int | None
    responsible: Responsible
    responsible_name: str
    due_on: dt.date
    status: ActionStatus
    completed_on: dt.date | None
    progress_note: str
    version: int
    voice_words: str | None
    voice_person_id: PersonId | None
    voice_readers: VoiceReaders | None
    voice_family: bool | None
    goal_id: uuid.UUID | None
    owner_id: AccountId | None

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status in OPEN_ACTIONS

    def is_late(self, today: dt.date) -> bool:
        """Whether it should have been done by now."""
        return self.is_open and self.due_on < today


def list_actions(session: Session, episode_id: EpisodeId) -> tuple[ActionRow, ...]:
    """The actions of a plan, open ones by date first; one statement."""
    rows = session.execute(
        _ACTIONS.where(PlanAction.episode_id == episode_id).order_by(
            case((PlanAction.status.in_(OPEN_ACTIONS), 0), else_=1), PlanAction.due_on, PlanAction.id
        )
    )
    return tuple(_action(row) for row in rows)


def find_action(session: Session, episode_id: EpisodeId, action_id: PlanActionId) -> ActionRow | None:
    """One action of an episode; None when it is of another."""
    row = session.execute(_ACTIONS.where(PlanAction.id == action_id, PlanAction.episode_id == episode_id)).one_or_none()
    return None if row is None else _action(row)


@dataclass(frozen=True, slots=True)
class SavedAction:
    """How far an action has come, as saved last."""

    status: ActionStatus
    note: str
    version: int
    saved_at: dt.datetime
    saved_by_name: str


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """How far an action had come at one time."""

    status: ActionStatus
    note: str
    recorded_at: dt.datetime
    recorded_by_name: str


def list_updates(session: Session, action_id: PlanActionId) -> tuple[UpdateRow, ...]:
    """What was said about an action, latest first; one statement."""
    rows = session.execute(
        select(ActionUpdate.status, ActionUpdate.note, ActionUpdate.recorded_at, ActionUpdate.recorded_by_name)
        .where(ActionUpdate.plan_action_id == action_id)
        .order_by(ActionUpdate.recorded_at.desc(), ActionUpdate.id)
    )
    return tuple(UpdateRow(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review that is planned or was held."""

    id: ReviewId
    state: ReviewState
    due_on: dt.date
    held_on: dt.date | None
    present: str
    progress: str
    decisions: str
    next_on: dt.date | None
    child_comments: str
    parent_comments: str
    recorded_at: dt.datetime
    recorded_by_name: str
    meeting_id: uuid.UUID | None
    next_steps: str
    notes: str


def list_reviews(session: Session, episode_id: EpisodeId) -> tuple[ReviewRow, ...]:
    """The reviews of an episode: the planned one, then those held, latest first; one statement."""
    rows = session.execute(
        select(
            Review.id, Review.state, Review.due_on, Review.held_on, Review.present, Review.progress,
            Review.decisions, Review.next_on, Review.child_comments, Review.parent_comments,
            Review.recorded_at, Review.recorded_by_name, Review.meeting_id, Review.next_steps, Review.notes,
        )
        .where(Review.episode_id == episode_id, Review.state.in_((ReviewState.PLANNED, ReviewState.HELD)))
        .order_by(Review.held_on.desc().nulls_first(), Review.recorded_at.desc())
    )  # fmt: skip
    return tuple(ReviewRow(**row._asdict()) for row in rows)


@dataclass(frozen=True, slots=True)
class PlannedThen:
    """An action as the plan had it at one time: how far it had come, and what was said about it."""

    outcome_wanted: str
    outcome_code: int | None
    action: str
    responsible_name: str
    due_on: dt.date
    status: ActionStatus
    note: str


def plan_at(session: Session, episode_id: EpisodeId, *, at: dt.datetime) -> tuple[PlannedThen, ...]:
    """The plan as it stood at an instant, by date; one statement."""
    said = (
        select(ActionUpdate.status, ActionUpdate.note)
        .where(ActionUpdate.plan_action_id == PlanAction.id, ActionUpdate.recorded_at <= at)
        .order_by(ActionUpdate.recorded_at.desc(), ActionUpdate.id)
        .limit(1)
        .lateral("said")
    )
    rows = session.execute(
        select(
            PlanAction.outcome_wanted, PlanAction.outcome_code, PlanAction.action, PlanAction.responsible_name,
            PlanAction.due_on, func.coalesce(said.c.status, ActionStatus.NOT_STARTED), func.coalesce(said.c.note, ""),
        )
        .outerjoin(said, true())
        .where(PlanAction.episode_id == episode_id, PlanAction.created_at <= at)
        .order_by(PlanAction.due_on, PlanAction.id)
    )  # fmt: skip
    return tuple(
        PlannedThen(row[0], row[1], row[2], row[3], row[4], status=ActionStatus(row[5]), note=row[6]) for row in rows
    )


def actions_of_meeting(session: Session, meeting_id: uuid.UUID) -> tuple[ActionRow, ...]:
    """The actions that were agreed at a meeting, by date; one statement."""
    rows = session.execute(
        _ACTIONS.where(PlanAction.meeting_id == meeting_id).order_by(PlanAction.due_on, PlanAction.id)
    )
    return tuple(_action(row) for row in rows)


def review_of_meeting(session: Session, meeting_id: uuid.UUID) -> ReviewId | None:
    """The record of what was said at a meeting; None while there is none."""
    found = session.scalar(select(Review.id).where(Review.meeting_id == meeting_id))
    return None if found is None else ReviewId(found)


def count_held(session: Session, episode_id: EpisodeId) -> int:
    """How many reviews of an episode were held; one statement."""
    held = select(func.count()).where(Review.episode_id == episode_id, Review.state == ReviewState.HELD)
    return session.execute(held).scalar_one()


@dataclass(frozen=True, slots=True)
class CitedVoice:
    """Something a child said that an action can answer."""

    id: VoiceEntryId
    person_id: PersonId
    own_words: str
    recorded_on: dt.date


def voices_to_cite(session: Session, episode_id: EpisodeId) -> tuple[CitedVoice, ...]:
    """What the children said, latest first, as far as the actor may read it; one statement."""
    rows = session.execute(
        select(VoiceEntry.id, VoiceEntry.person_id, VoiceEntry.own_words, VoiceEntry.recorded_on)
        .where(VoiceEntry.episode_id == episode_id, VoiceEntry.tool != VoiceTool.NOT_OBTAINED)
        .order_by(VoiceEntry.recorded_on.desc(), VoiceEntry.recorded_at.desc())
        .limit(50)
    )
    return tuple(CitedVoice(*row) for row in rows)


def action_facts(
    session: Session, actor: Actor, *, episode_id: EpisodeId, action_id: PlanActionId, **_others: uuid.UUID
) -> AccessFacts | None:
    """What the policy asks about an action, which is addressed to whoever carries it; None when not of this episode."""
    row = session.execute(
        select(PlanAction.about, CaseRole.account_id)
        .outerjoin(CaseRole, and_(CaseRole.id == PlanAction.responsible_role_id, CaseRole.until_on.is_(None)))
        .where(PlanAction.id == action_id, PlanAction.episode_id == episode_id)
    ).one_or_none()
    if row is None:
        return None
    owner = [] if row.account_id is None else [row.account_id]
    return facts_about(session, actor, row.about, record=("plan_action", action_id), holders=owner)


def _action(row: Any) -> ActionRow:
    values = row._asdict()
    values["about"], values["element_codes"] = tuple(row.about), tuple(row.element_codes)
    return ActionRow(**values)


_ACTION_COLUMNS = select(
    PlanAction.id,
    PlanAction.about,
    PlanAction.outcome_wanted,
    PlanAction.action,
    PlanAction.element_codes,
    PlanAction.outcome_code,
    PlanAction.responsible,
    PlanAction.responsible_name,
    PlanAction.due_on,
    PlanAction.status,
    PlanAction.completed_on,
    PlanAction.progress_note,
    PlanAction.version,
    VoiceEntry.own_words.label("voice_words"),
    VoiceEntry.person_id.label("voice_person_id"),
    VoiceEntry.readers.label("voice_readers"),
    VoiceEntry.family_may_see.label("voice_family"),
    PlanAction.goal_id,
    CaseRole.account_id.label("owner_id"),
)
_ACTIONS = _ACTION_COLUMNS.outerjoin(VoiceEntry, VoiceEntry.id == PlanAction.voice_entry_id).outerjoin(
    CaseRole, and_(CaseRole.id == PlanAction.responsible_role_id, CaseRole.until_on.is_(None))
)
