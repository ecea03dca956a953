"""Who is in the team around the children: joining it by the family's agreement, and leaving it when that ends."""

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy import select, update

from locality.access import grants
from locality.access.parts import GrantReason
from locality.access.scope import elevated
from locality.caf.models import CaseRole, Episode
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import AddTeamMember
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.roles import insert_role, worker_named
from locality.caf.operations.telling import Line, tell
from locality.caf.operations.uninviting import take_out
from locality.caf.queries.agreement import services_let_in, sharing_of
from locality.caf.queries.team import agencies_of, members_by_agreement
from locality.caf.rules.roles import NewRole, reasons_against_member, reasons_against_sharing
from locality.caf.rules.words import CASE_ROLE_LABELS
from locality.consent import api as consent
from locality.kernel.errors import NotFound, Reason
from locality.kernel.ids import EpisodeId, FamilyId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people

# Given the agencies that somebody works for: the people of whom they may no longer know.
OutOf = Callable[[Collection[UUID]], frozenset[PersonId]]


def add_team_member(uow: UnitOfWork, command: AddTeamMember) -> None:
    """Somebody joins the team; a worker with an account sees what the team sees from now on.

    That takes the family's agreement that the worker's agency is told, or a decision to share without it. Raises
    ``RuleBroken`` with a reason for each field, ``NotFound`` for a person who is not in the family.
    """
    episode = open_episode_row(uow, command.episode_id)
    if _is_known(uow, command):
        return
    role = _new_role(uow, command, episode)
    raise_if(reasons_against_member(role, already=_holds(uow, command)))
    override_id = None
    if command.account_id is not None:
        if command.without is None:
            raise_if(_against_sharing(uow, command, episode, agency=role.organisation))
        else:
            override_id = _decide(uow, command, episode, role=role)
    _join(uow, command, episode, role=role, override_id=override_id)


def join_by_move(uow: UnitOfWork, command: AddTeamMember) -> None:
    """Whoever took a child over joins the team: what the parents said to the move was asked with the move."""
    episode = open_episode_row(uow, command.episode_id)
    role = _new_role(uow, command, episode)
    raise_if(reasons_against_member(role, already=_holds(uow, command)))
    _join(uow, command, episode, role=role)


def end_by_agreement(uow: UnitOfWork, episode_id: EpisodeId, *, out_of: OutOf, why: str) -> None:
    """End what members of the team and services that accepted a referral saw of people who do not agree any more.

    A role ends with it unless it is also about children whom this does not touch. Those who lead and supervise stay,
    and so does whoever joined by a decision to share without agreement.
    """
    with elevated(uow.session, "who helps a family, whose access rests on an agreement that changed"):
        members = [(one, out_of(one.agencies)) for one in members_by_agreement(uow.session, episode_id)]
        services = {one: out_of([agency]) for one, agency in services_let_in(uow.session, episode_id).items()}
        touched = [(one, out) for one, out in members if not out.isdisjoint(one.about)]
        over = [one.id for one, out in touched if out.issuperset(one.about)]
        uow.session.execute(
            update(CaseRole)
            .where(CaseRole.id.in_(over))
            .values(until_on=uow.today, end_reason=why)
            .execution_options(synchronize_session=False)
        )
    for one, out in touched:
        tell(
            uow,
            "episode.team_left" if one.id in over else "episode.team_narrowed",
            about=[child for child in one.about if child in out],
            record=("episode", episode_id),
            line=Line(people.StoryKind.TEAM, f"{one.name} left the team") if one.id in over else None,
            detail={"role": one.kind.value, "account": str(one.account_id)},
        )
    if over:
        take_out(uow, episode_id)
    for one, out in touched:
        grants.end(uow, record=one.id, people=out)
    for service_id, out in services.items():
        if out:
            reason = GrantReason.RECEIVING_SERVICE
            grants.end(uow, record=episode_id, principal=service_id, reason=reason, people=out)


def _against_sharing(uow: UnitOfWork, command: AddTeamMember, episode: Episode, *, agency: str) -> tuple[Reason, ...]:
    if command.account_id is None:
        return ()
    with elevated(uow.session, "agreements in force, before somebody joins the team"):
        sharing = sharing_of(uow.session, command.episode_id, episode.about, today=uow.today)
        agencies = agencies_of(uow.session, command.account_id)
        missing = [child for child in episode.about if child not in sharing.covered(agencies)]
        names = [one.called for one in people.summaries(uow.session, missing).values()]
    return reasons_against_sharing(agency, names, left_out=sharing.leaves_out(agencies))


def _decide(uow: UnitOfWork, command: AddTeamMember, episode: Episode, *, role: NewRole) -> UUID | None:
    """Keep the decision to share without agreement, on which the member's part rests."""
    without = command.without
    if without is None:
        return None
    return consent.share_override(
        uow,
        consent.Override(
            people=episode.about,
            ground=without.ground,
            what="What the team around the children sees: assessment, plan and story",
            to_whom=", ".join(part for part in (role.name, role.job_title, role.organisation) if part),
            manager_consulted=without.manager_consulted,
            family_told=without.family_told,
            why_not_told=without.why_not_told,
            family_id=FamilyId(episode.family_id),
        ),
    )


def _join(
    uow: UnitOfWork, command: AddTeamMember, episode: Episode, *, role: NewRole, override_id: UUID | None = None
) -> None:
    insert_role(
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
        override_id=override_id,
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
        worker = worker_named(uow, command.account_id)
        return NewRole(command.kind, worker.name, worker.job_title, worker.employer_name)
    if command.person_id is not None:
        members = {m.id: m for m in people.family_members(uow.session, FamilyId(episode.family_id))}
        member = members.get(PersonId(command.person_id))
        if member is None:
            raise NotFound([Reason("person_id", "Select somebody from the family")])
        return NewRole(command.kind, member.name, command.job_title, "")
    return NewRole(command.kind, command.name, command.job_title, command.organisation)
