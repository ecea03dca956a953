"""Early help ends: recorded with its reason and rating, then everything that followed from it ends too."""

import datetime as dt
import uuid

from sqlalchemy import insert, update

from locality.access import grants
from locality.access.parts import GrantReason, management_of
from locality.access.scope import elevated
from locality.caf.models import Closure, Episode, EpisodeChild
from locality.caf.operations.commands import CloseEpisode
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.meetings import call_off_all
from locality.caf.operations.reviewing import cancel_planned
from locality.caf.operations.roles import end_all_roles
from locality.caf.operations.taking_over import drop_questions
from locality.caf.operations.telling import Line, tell
from locality.caf.queries.closing import count_moves_waiting, count_open_actions, referrals_of
from locality.caf.queries.needs import needs_to_look_at
from locality.caf.rules.answers import too_long
from locality.caf.rules.closing import ClosingFacts, reasons_not_to_close
from locality.caf.rules.words import CLOSURE_LABELS, EpisodeState
from locality.clusters import api as clusters
from locality.kernel.errors import Reason
from locality.kernel.ids import EpisodeId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals import api as referrals
from locality.stages import api as stages

# How long a closed case may be read by those who manage its area.
LOOK_BACK = dt.timedelta(days=365)


def close_episode(uow: UnitOfWork, command: CloseEpisode) -> None:
    """Close an episode and end what followed from it: places on the triangle, roles, caseload, and last access.

    Raises ``RuleBroken`` with a reason for each field, ``NotFound`` for an episode that is not there.
    """
    episode = open_episode_row(uow, command.episode_id)
    raise_if(reasons_not_to_close(_facts(uow, command, episode), today=uow.today) + _too_long(command))
    reason = CLOSURE_LABELS[command.reason]
    uow.session.execute(insert(Closure), [_row(uow, command, episode)])
    episode.state, episode.closed_on = EpisodeState.CLOSED, command.closed_on
    episode.next_step, episode.next_step_line, episode.next_step_on = None, "", None
    episode.version += 1
    uow.session.flush()
    tell(
        uow,
        "episode.closed",
        about=episode.about,
        record=("episode", episode.id),
        line=Line(people.StoryKind.CLOSURE, f"Early help ended. {reason}", command.closed_on),
        detail={"reason": command.reason.value, "rating": command.rating.value if command.rating else None},
    )
    _end_what_followed(uow, episode, reason=reason)


def _end_what_followed(uow: UnitOfWork, episode: Episode, *, reason: str) -> None:
    episode_id = EpisodeId(episode.id)
    cancel_planned(uow, episode_id)
    call_off_all(uow, episode, why=reason)
    drop_questions(uow, episode_id)
    with elevated(uow.session, "what followed from an episode that closes"):
        for child in episode.about:
            stages.leave(uow, person_id=PersonId(child), why=reason)
        uow.session.execute(
            update(EpisodeChild)
            .where(EpisodeChild.episode_id == episode.id, EpisodeChild.until_on.is_(None))
            .values(until_on=episode.closed_on)
            .execution_options(synchronize_session=False)
        )
    for referral_id in referrals_of(uow.session, episode_id):
        referrals.end_referral(uow, referral_id, reason=reason)
    clusters.drop_case(uow, episode_id)
    ended: list[uuid.UUID] = end_all_roles(uow, episode, reason=reason)
    for record in (*ended, episode.id):
        grants.end(uow, record=record)
    _let_look_back(uow, episode)


def _let_look_back(uow: UnitOfWork, episode: Episode) -> None:
    """Those who manage the area read the closed case for a year: what was done is looked at, and families come back."""
    grants.give(
        uow,
        [PersonId(child) for child in episode.about],
        principal=management_of(episode.cluster_id),
        reason=GrantReason.AFTER_CLOSURE,
        record=episode.id,
        until_at=uow.now + LOOK_BACK,
    )


def _facts(uow: UnitOfWork, command: CloseEpisode, episode: Episode) -> ClosingFacts:
    with elevated(uow.session, "moves that wait for people other than the actor"):
        moves_waiting = count_moves_waiting(uow.session, episode.about)
    return ClosingFacts(
        reason=command.reason,
        closed_on=command.closed_on,
        opened_on=episode.opened_on,
        open_actions=count_open_actions(uow.session, command.episode_id),
        moves_waiting=moves_waiting,
        rating=command.rating,
        note=command.note,
        universal_service=command.universal_service,
        way_back=command.way_back,
        social_care_decided_on=command.social_care_decided_on,
        social_care_decision=command.social_care_decision,
        risk_considered=command.risk_considered,
        transfer_to=command.transfer_to,
        transfer_agreed=command.transfer_agreed,
        child_views=command.child_views,
        parent_views=command.parent_views,
        needs_to_look_at=needs_to_look_at(uow.session, command.episode_id),
    )


def _too_long(command: CloseEpisode) -> tuple[Reason, ...]:
    return (
        *too_long("note", command.note),
        *too_long("child_views", command.child_views),
        *too_long("parent_views", command.parent_views),
        *too_long("way_back", command.way_back),
        *too_long("risk_considered", command.risk_considered),
    )


def _row(uow: UnitOfWork, command: CloseEpisode, episode: Episode) -> dict[str, object]:
    return {
        "episode_id": episode.id, "about": episode.about, "reason": command.reason, "note": command.note,
        "rating": command.rating, "social_care_decided_on": command.social_care_decided_on,
        "child_views": command.child_views, "parent_views": command.parent_views,
        "universal_service": command.universal_service, "way_back": command.way_back,
        "closed_on": command.closed_on, "closed_at": uow.now, "closed_by_name": uow.actor.name,
        "social_care_decision": command.social_care_decision, "risk_considered": command.risk_considered,
        "transfer_to": command.transfer_to, "transfer_agreed": command.transfer_agreed,
    }  # fmt: skip
