"""Who does what in an episode, from when to when; access begins and ends with the role."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from locality.access import grants
from locality.access.parts import GrantReason, Part
from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.caf.models import CaseRole, Episode
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import AddTeamMember, NameLead
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.queries.team import members_by_agreement
from locality.caf.rules.roles import NewRole, reasons_against_lead, reasons_against_member
from locality.caf.rules.words import CASE_ROLE_LABELS, CaseRoleKind
from locality.clusters import api as clusters
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, AgencyId, EpisodeId, FamilyId, PersonId, new_id
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
    present = _open_lead(uow, command.episode_id)
    raise_if(
        reasons_against_lead(
            reason=command.reason,
            is_change=present is not None,
            is_same=present is not None and present.account_id == command.account_id,
        )
    )
    worker = _worker(uow, command.account_id)
    if present is not None:
        _end(uow, present, reason=command.reason)
    _insert(
        uow,
        episode,
        kind=CaseRoleKind.LEAD_PROFESSIONAL,
        account_id=command.account_id,
        name=worker.name,
        job_title=worker.job_title,
        organisation=worker.employer_name,
        reason=command.reason,
    )
    _let_lead(uow, command.account_id)
    tell(
        uow,
        "episode.lead_named",
        about=episode.about,
        record=("episode", episode.id),
        line=Line(people.StoryKind.TEAM, f"{worker.name} became lead professional"),
        detail={"lead": str(command.account_id)},
    )
    keep_caseload(uow, command.episode_id)
    if present is not None and present.account_id is not None:
        grants.end(uow, record=present.id, principal=present.account_id, reason=GrantReason.LEAD_PROFESSIONAL)


def add_team_member(uow: UnitOfWork, command: AddTeamMember) -> None:
    """Somebody joins the team; a worker with an account sees what the team sees from now on.

    Raises ``RuleBroken`` with a reason for each field, ``NotFound`` for a person who is not in the family.
    """
    episode = open_episode_row(uow, command.episode_id)
    if _is_known(uow, command):
        return
    role = _new_role(uow, command, episode)
    raise_if(reasons_against_member(role, already=_holds(uow, command)))
    _insert(
        uow,
        episode,
        id=command.role_id,
        kind=command.kind,
        account_id=command.account_id,
        person_id=command.person_id,
        name=role.name,
        job_title=role.job_title,
        organisation=role.organisation,
        contact_details=command.contact_details,
    )
    tell(
        uow,
        "episode.team_joined",
        about=episode.about,
        record=("episode", episode.id),
        line=Line(people.StoryKind.TEAM, f"{role.name} joined the team ({CASE_ROLE_LABELS[command.kind].lower()})"),
        detail={"role": command.kind.value, "account": str(command.account_id or "")},
    )
    keep_caseload(uow, command.episode_id)


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
    grants.end(uow, record=role_id)


def end_all_roles(uow: UnitOfWork, episode: Episode, *, reason: str) -> list[uuid.UUID]:
    """End every open role of an episode that closes; gives back the roles, whose grants the caller ends last."""
    with elevated(uow.session, "every role of an episode that closes"):
        ended = uow.session.execute(
            update(CaseRole)
            .where(CaseRole.episode_id == episode.id, CaseRole.until_on.is_(None))
            .values(until_on=uow.today, end_reason=reason)
            .returning(CaseRole.id)
            .execution_options(synchronize_session=False)
        )
        return list(ended.scalars())


def end_members(
    uow: UnitOfWork, episode_id: EpisodeId, *, people_out: Sequence[PersonId], agency_id: AgencyId | None
) -> None:
    """End what members of the team saw of people whose agreement was withdrawn: all members, or an agency's workers.

    A role ends with it unless it is also about children whom the withdrawal does not touch. Those who lead and
    supervise are not among the members.
    """
    out = set(people_out)
    with elevated(uow.session, "the team's members, whose access rests on an agreement that was withdrawn"):
        members = members_by_agreement(uow.session, episode_id, agency_id=agency_id)
        over = [member.id for member in members if out.issuperset(member.about)]
        uow.session.execute(
            update(CaseRole)
            .where(CaseRole.id.in_(over))
            .values(until_on=uow.today, end_reason="The family’s agreement was withdrawn")
            .execution_options(synchronize_session=False)
        )
    for member in members:
        tell(
            uow,
            "episode.team_left" if member.id in over else "episode.team_narrowed",
            about=[child for child in member.about if child in out],
            record=("episode", episode_id),
            line=Line(people.StoryKind.TEAM, f"{member.name} left the team") if member.id in over else None,
            detail={"role": member.kind.value, "account": str(member.account_id)},
        )
    for member in members:
        grants.end(uow, record=member.id, people=people_out)


def is_in_team(uow: UnitOfWork, episode_id: EpisodeId, account_id: AccountId) -> bool:
    """Whether an account holds any open role in an episode."""
    found = select(CaseRole.id).where(
        CaseRole.episode_id == episode_id, CaseRole.account_id == account_id, CaseRole.until_on.is_(None)
    )
    return uow.session.execute(found).first() is not None


def grant_of(kind: CaseRoleKind) -> GrantReason:
    """The reason for which a worker in this role sees the children."""
    return _ROLE_GRANTS.get(kind, GrantReason.TEAM_AROUND_CHILD)


def _insert(uow: UnitOfWork, episode: Episode, *, kind: CaseRoleKind, **facts: Any) -> None:
    role_id = facts.pop("id", None) or new_id()
    row = {
        "id": role_id, "episode_id": episode.id, "about": episode.about, "kind": kind, "account_id": None,
        "person_id": None, "job_title": "", "organisation": "", "contact_details": "", "reason": "",
        "from_on": uow.today, "until_on": None, "end_reason": "", "recorded_at": uow.now,
        "recorded_by": uow.actor.name, **facts,
    }  # fmt: skip
    uow.session.execute(insert(CaseRole), [row])
    account_id = row["account_id"]
    if account_id is not None:
        reason = grant_of(kind)
        grants.give(uow, episode.about, principal=account_id, reason=reason, record=role_id)
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


def _open_lead(uow: UnitOfWork, episode_id: EpisodeId) -> CaseRole | None:
    return uow.session.execute(
        select(CaseRole).where(
            CaseRole.episode_id == episode_id,
            CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL,
            CaseRole.until_on.is_(None),
        )
    ).scalar_one_or_none()


def _is_known(uow: UnitOfWork, command: AddTeamMember) -> bool:
    found = select(CaseRole.id).where(CaseRole.id == command.role_id, CaseRole.episode_id == command.episode_id)
    return uow.session.execute(found).first() is not None


def _holds(uow: UnitOfWork, command: AddTeamMember) -> bool:
    """Whether the same person is in the team in the same role already."""
    if command.account_id is None and command.person_id is None:
        return False
    same = (
        CaseRole.account_id == command.account_id
        if command.account_id is not None
        else CaseRole.person_id == command.person_id
    )
    found = uow.session.execute(
        select(CaseRole.id).where(
            CaseRole.episode_id == command.episode_id,
            CaseRole.kind == command.kind,
            CaseRole.until_on.is_(None),
            same,
        )
    )
    return found.first() is not None


def _new_role(uow: UnitOfWork, command: AddTeamMember, episode: Episode) -> NewRole:
    if command.account_id is not None:
        worker = _worker(uow, command.account_id)
        return NewRole(command.kind, worker.name, worker.job_title, worker.employer_name)
    if command.person_id is not None:
        members = {m.id: m for m in people.family_members(uow.session, FamilyId(episode.family_id))}
        member = members.get(PersonId(command.person_id))
        if member is None:
            raise NotFound([Reason("person_id", "Select somebody from the family")])
        return NewRole(command.kind, member.name, command.job_title, "")
    return NewRole(command.kind, command.name, command.job_title, command.organisation)


def _worker(uow: UnitOfWork, account_id: AccountId) -> clusters.WorkerRow:
    worker = clusters.find_worker(uow.session, account_id)
    if worker is None:
        raise NotFound([Reason("account_id", "Select a worker from the list")])
    return worker


def _let_lead(uow: UnitOfWork, account_id: AccountId) -> None:
    """Whoever leads has a lead professional's pages: it follows from being named, nobody hands it out."""
    accounts.give_role(replace(uow, actor=SYSTEM), account_id, role=Role.LEAD_PROFESSIONAL)
