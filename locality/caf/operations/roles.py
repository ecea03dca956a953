"""Who does what in an episode, from when to when; access begins and ends with the role."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select, update

from locality.access import grants
from locality.access.parts import GrantReason, Part
from locality.access.scope import elevated
from locality.caf.models import CaseRole, Episode
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import NameLead
from locality.caf.operations.leading import let_lead, stop_leading
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.meetings import ask_new_lead
from locality.caf.operations.telling import Line, tell
from locality.caf.operations.uninviting import take_out
from locality.caf.rules.roles import reasons_against_lead
from locality.caf.rules.words import CaseRoleKind
from locality.clusters import api as clusters
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, EpisodeId, FamilyId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people

# What opens of a family member whom the help is not about.
JUST_WHO = frozenset({Part.IDENTITY})
_ROLE_GRANTS = {
    CaseRoleKind.LEAD_PROFESSIONAL: GrantReason.LEAD_PROFESSIONAL,
    CaseRoleKind.SUPERVISOR: GrantReason.SUPERVISOR,
}


def name_lead(uow: UnitOfWork, command: NameLead) -> None:
    """Make a worker the lead professional; whoever led before stops in the same moment.

    Raises ``NotFound`` for somebody who does not work here, ``RuleBroken`` without a reason for a change.
    """
    episode = open_episode_row(uow, command.episode_id)
    present = open_lead(uow, command.episode_id)
    raise_if(
        reasons_against_lead(
            reason=command.reason,
            is_change=present is not None,
            is_same=present is not None and present.account_id == command.account_id,
        )
    )
    worker = worker_named(uow, command.account_id)
    if present is not None:
        _end(uow, present, reason=command.reason)
    insert_role(
        uow,
        episode,
        kind=CaseRoleKind.LEAD_PROFESSIONAL,
        account_id=command.account_id,
        name=worker.name,
        job_title=worker.job_title,
        organisation=worker.employer_name,
        reason=command.reason,
        gave_role_id=let_lead(uow, command.account_id),
    )
    tell(
        uow,
        "episode.lead_named",
        about=episode.about,
        record=("episode", episode.id),
        line=Line(people.StoryKind.TEAM, f"{worker.name} became lead professional"),
        detail={"lead": str(command.account_id)},
    )
    keep_caseload(uow, command.episode_id)
    take_out(uow, command.episode_id)
    ask_new_lead(uow, episode, command.account_id)
    if present is not None and present.account_id is not None:
        stop_leading(uow, [present.account_id])
        grants.end(uow, record=present.id, principal=present.account_id, reason=GrantReason.LEAD_PROFESSIONAL)


def end_role(uow: UnitOfWork, *, episode_id: EpisodeId, role_id: uuid.UUID, reason: str) -> None:
    """Somebody leaves the team, or stops leading; what they could see through it closes at once.

    Raises ``NotFound`` for a role that is not there or over, ``RuleBroken`` without a reason.
    """
    episode = open_episode_row(uow, episode_id)
    role = uow.session.execute(
        select(CaseRole).where(CaseRole.id == role_id, CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None))
    ).scalar_one_or_none()
    if role is None:
        raise NotFound("This person is not in the team any more")
    if not reason:
        raise RuleBroken([Reason("reason", "Enter why they leave")])
    _end(uow, role, reason=reason)
    tell(
        uow,
        "episode.team_left",
        about=episode.about,
        record=("episode", episode_id),
        line=Line(people.StoryKind.TEAM, f"{role.name} left the team"),
        detail={"role": role.kind.value, "account": str(role.account_id or "")},
    )
    keep_caseload(uow, episode_id)
    take_out(uow, episode_id)
    if role.kind is CaseRoleKind.LEAD_PROFESSIONAL and role.account_id is not None:
        stop_leading(uow, [role.account_id])
    grants.end(uow, record=role_id)


def end_all_roles(uow: UnitOfWork, episode: Episode, *, reason: str) -> list[uuid.UUID]:
    """End every open role of an episode that closes; gives back the roles, whose grants the caller ends last."""
    with elevated(uow.session, "every role of an episode that closes"):
        ended = uow.session.execute(
            update(CaseRole)
            .where(CaseRole.episode_id == episode.id, CaseRole.until_on.is_(None))
            .values(until_on=uow.today, end_reason=reason)
            .returning(CaseRole.id, CaseRole.kind, CaseRole.account_id)
            .execution_options(synchronize_session=False)
        ).all()
    leads = [row.account_id for row in ended if row.kind is CaseRoleKind.LEAD_PROFESSIONAL and row.account_id]
    stop_leading(uow, leads)
    return [row.id for row in ended]


def is_in_team(uow: UnitOfWork, episode_id: EpisodeId, account_id: AccountId) -> bool:
    """Whether an account holds any open role in an episode."""
    found = select(CaseRole.id).where(
        CaseRole.episode_id == episode_id, CaseRole.account_id == account_id, CaseRole.until_on.is_(None)
    )
    return uow.session.execute(found).first() is not None


def grant_of(kind: CaseRoleKind) -> GrantReason:
    """The reason for which a worker in this role sees the children."""
    return _ROLE_GRANTS.get(kind, GrantReason.TEAM_AROUND_CHILD)


def let_see(
    uow: UnitOfWork, children: Iterable[PersonId], *, kind: CaseRoleKind, account_id: AccountId, role_id: uuid.UUID
) -> None:
    """Open to a worker what comes with a role; a volunteer sees who the children are and their own actions, no more."""
    parts = JUST_WHO if kind is CaseRoleKind.VOLUNTEER else None
    grants.give(uow, children, principal=account_id, reason=grant_of(kind), record=role_id, parts=parts)


def insert_role(uow: UnitOfWork, episode: Episode, *, kind: CaseRoleKind, **facts: Any) -> None:
    """Write somebody's part in an episode from today, and let a worker see what comes with it."""
    role_id = facts.pop("id", None) or new_id()
    row = {
        "id": role_id, "episode_id": episode.id, "about": episode.about, "kind": kind, "account_id": None,
        "person_id": None, "job_title": "", "organisation": "", "contact_details": "", "reason": "",
        "from_on": uow.today, "until_on": None, "end_reason": "", "recorded_at": uow.now,
        "recorded_by": uow.actor.name, "gave_role_id": None, "override_id": None, **facts,
    }  # fmt: skip
    uow.session.execute(insert(CaseRole), [row])
    account_id = row["account_id"]
    if account_id is not None:
        reason = grant_of(kind)
        let_see(uow, episode.about, kind=kind, account_id=account_id, role_id=role_id)
        if reason is GrantReason.LEAD_PROFESSIONAL:
            # The lead needs to know who belongs to the family; the others' own records are not part of this help.
            others = _others(uow, episode)
            grants.give(uow, others, principal=account_id, reason=reason, record=role_id, parts=JUST_WHO)


def _others(uow: UnitOfWork, episode: Episode) -> list[PersonId]:
    with elevated(uow.session, "the whole family, for its lead professional"):
        members = people.family_members(uow.session, FamilyId(episode.family_id))
    return [member.id for member in members if member.id not in episode.about]


def _end(uow: UnitOfWork, role: CaseRole, *, reason: str) -> None:
    role.until_on = uow.today
    role.end_reason = reason
    uow.session.flush()


def open_lead(uow: UnitOfWork, episode_id: EpisodeId) -> CaseRole | None:
    """The present lead professional's role, None while nobody leads."""
    return uow.session.execute(
        select(CaseRole).where(
            CaseRole.episode_id == episode_id,
            CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL,
            CaseRole.until_on.is_(None),
        )
    ).scalar_one_or_none()


def worker_named(uow: UnitOfWork, account_id: AccountId) -> clusters.WorkerRow:
    """Somebody who works here. Raises ``NotFound`` for anybody else."""
    worker = clusters.find_worker(uow.session, account_id)
    if worker is None:
        raise NotFound([Reason("account_id", "Select a worker from the list")])
    return worker
