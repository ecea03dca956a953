"""Reviews: planning them on working days, recording them, and planning the next in the same step."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, insert, select

from locality.caf.models import Episode, Review
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import PlanReview, RecordReview
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.meetings import hold_meeting
from locality.caf.operations.telling import Line, tell
from locality.caf.operations.told import keep_review
from locality.caf.queries.plan import ReviewRow, list_reviews
from locality.caf.rules.answers import too_long
from locality.caf.rules.reviews import HeldReview, reasons_against_date, reasons_against_review, suggested_review
from locality.caf.rules.words import ReviewState
from locality.kernel.errors import Conflict, Reason
from locality.kernel.ids import EpisodeId, PersonId, ReviewId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


class ReviewOvertaken(Conflict):
    """A colleague recorded a review in the meantime; ``current`` is theirs, ``seen`` how many there are now."""

    def __init__(self, current: ReviewRow, seen: int) -> None:
        super().__init__([Reason(None, f"{current.recorded_by_name} has recorded a review in the meantime")])
        self.current = current
        self.seen = seen


def plan_review(uow: UnitOfWork, command: PlanReview) -> None:
    """Plan the next review, instead of any that is planned. Raises ``RuleBroken`` for a day that will not do."""
    episode = open_episode_row(uow, command.episode_id)
    after = _last_held(uow, command.episode_id) or min(episode.opened_on, uow.today)
    raise_if(reasons_against_date(command.due_on, after=after, today=uow.today, field="due_on"))
    if (
        uow.session.execute(
            select(Review.id).where(Review.id == command.review_id, Review.episode_id == command.episode_id)
        ).first()
        is not None
    ):
        return
    _give_way(uow, command.episode_id)
    _insert_planned(uow, command.episode_id, review_id=command.review_id, about=episode.about, due_on=command.due_on)
    tell(
        uow,
        "review.planned",
        about=episode.about,
        record=("episode", command.episode_id),
        detail={"due_on": command.due_on.isoformat()},
    )
    keep_caseload(uow, command.episode_id)


def plan_first_review(uow: UnitOfWork, *, episode_id: EpisodeId, about: Iterable[uuid.UUID]) -> None:
    """After a CAF is complete: a review in six weeks, unless one is planned already."""
    if _planned(uow, episode_id) is None:
        due_on = suggested_review(uow.today, is_first=True)
        _insert_planned(uow, episode_id, review_id=ReviewId(new_id()), about=about, due_on=due_on)


def record_review(uow: UnitOfWork, command: RecordReview) -> None:
    """Record a review that was held, and plan the next unless the team means to close.

    Raises ``RuleBroken`` with a reason for each field, ``ReviewOvertaken`` when a colleague recorded one since the
    page was opened. The same review sent twice is recorded once.
    """
    episode = open_episode_row(uow, command.episode_id)
    if _is_held(uow, command):
        return
    shown_reviews(uow, command)
    command = with_attendance(uow, command)
    raise_if(reasons_against(uow, command, episode))
    due_on = _give_way(uow, command.episode_id) or command.held_on
    uow.session.execute(insert(Review), [_row(uow, command, due_on=due_on, about=episode.about)])
    if command.next_on is not None:
        _insert_planned(
            uow, command.episode_id, review_id=ReviewId(new_id()), about=episode.about, due_on=command.next_on
        )
    tell(
        uow,
        "review.held",
        about=episode.about,
        record=("review", command.review_id),
        line=Line(people.StoryKind.REVIEW, "The team and the family reviewed the plan", command.held_on),
        detail={"held_on": command.held_on.isoformat(), "closes_next": command.closes_next},
    )
    keep_review(uow, command.review_id)
    keep_caseload(uow, command.episode_id)


def with_attendance(uow: UnitOfWork, command: RecordReview) -> RecordReview:
    """The review with the names of those who came to its meeting, and of others who were named."""
    if command.held is None:
        return command
    present = hold_meeting(uow, command.episode_id, command.held)
    return replace(command, present=", ".join(part for part in (present, command.present) if part))


def shown_reviews(uow: UnitOfWork, command: RecordReview) -> ReviewRow | None:
    """The review that was recorded last; raises ``ReviewOvertaken`` when the page did not show it."""
    held = [review for review in list_reviews(uow.session, command.episode_id) if review.held_on is not None]
    latest = max(held, key=lambda review: review.recorded_at, default=None)
    if latest is not None and command.version is not None and command.version != len(held):
        raise ReviewOvertaken(latest, len(held))
    return latest


def reasons_against(uow: UnitOfWork, command: RecordReview, episode: Episode) -> tuple[Reason, ...]:
    """Why a review cannot be recorded like this."""
    held = HeldReview(
        held_on=command.held_on,
        present=command.present,
        progress=command.progress,
        next_on=command.next_on,
        closes_next=command.closes_next,
    )
    return (
        reasons_against_review(held, opened_on=episode.opened_on, today=uow.today)
        + too_long("progress", command.progress)
        + too_long("decisions", command.decisions)
        + too_long("child_comments", command.child_comments)
        + too_long("parent_comments", command.parent_comments)
        + too_long("next_steps", command.next_steps)
        + too_long("notes", command.notes)
    )


def move_planned(uow: UnitOfWork, episode: Episode, *, due_on: dt.date | None) -> None:
    """The planned review gives way to one on another day, or to none."""
    episode_id = EpisodeId(episode.id)
    _give_way(uow, episode_id)
    if due_on is not None:
        _insert_planned(uow, episode_id, review_id=ReviewId(new_id()), about=episode.about, due_on=due_on)


def cancel_planned(uow: UnitOfWork, episode_id: EpisodeId) -> None:
    """The planned review will not be held: the episode closes."""
    planned = _planned(uow, episode_id)
    if planned is not None:
        planned.state = ReviewState.CANCELLED
        uow.session.flush()


def _give_way(uow: UnitOfWork, episode_id: EpisodeId) -> dt.date | None:
    """The planned review gives way to another day or to the review itself; returns the day it was planned for."""
    planned = _planned(uow, episode_id)
    if planned is None:
        return None
    planned.state = ReviewState.REPLACED
    uow.session.flush()
    return planned.due_on


def _row(uow: UnitOfWork, command: RecordReview, *, due_on: dt.date, about: list[PersonId]) -> dict[str, object]:
    return {
        "id": command.review_id, "episode_id": command.episode_id, "about": about, "state": ReviewState.HELD,
        "due_on": due_on, "held_on": command.held_on, "present": command.present, "progress": command.progress,
        "decisions": command.decisions, "next_on": command.next_on, "child_comments": command.child_comments,
        "parent_comments": command.parent_comments, "recorded_at": uow.now, "recorded_by_name": uow.actor.name,
        "meeting_id": None if command.held is None else command.held.meeting_id, "next_steps": command.next_steps,
        "notes": command.notes,
    }  # fmt: skip


def _insert_planned(
    uow: UnitOfWork, episode_id: EpisodeId, *, review_id: ReviewId, about: Iterable[uuid.UUID], due_on: dt.date
) -> None:
    row = {
        "id": review_id, "episode_id": episode_id, "about": list(about), "state": ReviewState.PLANNED,
        "due_on": due_on, "held_on": None, "present": "", "progress": "", "decisions": "", "next_on": None,
        "child_comments": "", "parent_comments": "", "recorded_at": uow.now, "recorded_by_name": uow.actor.name,
        "meeting_id": None, "next_steps": "", "notes": "",
    }  # fmt: skip
    uow.session.execute(insert(Review), [row])


def _planned(uow: UnitOfWork, episode_id: EpisodeId) -> Review | None:
    return uow.session.execute(
        select(Review).where(Review.episode_id == episode_id, Review.state == ReviewState.PLANNED).with_for_update()
    ).scalar_one_or_none()


def _last_held(uow: UnitOfWork, episode_id: EpisodeId) -> dt.date | None:
    return uow.session.scalar(select(func.max(Review.held_on)).where(Review.episode_id == episode_id))


def _is_held(uow: UnitOfWork, command: RecordReview) -> bool:
    found = select(Review.id).where(
        Review.id == command.review_id, Review.episode_id == command.episode_id, Review.state == ReviewState.HELD
    )
    return uow.session.execute(found).first() is not None
