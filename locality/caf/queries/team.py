"""Reading who does what in an episode."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from locality.accounts.models import RoleAssignment
from locality.caf.models import CaseRole, Episode
from locality.caf.queries.cases import with_children
from locality.caf.rules.words import CaseRoleKind, EpisodeState
from locality.clusters.models import Team, Worker
from locality.kernel.actor import Role, ScopeKind
from locality.kernel.ids import AccountId, EpisodeId, PersonId
from locality.people import api as people
from locality.stages import api as stages


@dataclass(frozen=True, slots=True)
class RoleRow:
    """What one person does in an episode, from and until."""

    id: uuid.UUID
    kind: CaseRoleKind
    account_id: AccountId | None
    person_id: PersonId | None
    name: str
    job_title: str
    organisation: str
    contact_details: str
    from_on: dt.date
    until_on: dt.date | None
    end_reason: str
    override_id: uuid.UUID | None
    about: list[PersonId]

    @property
    def is_open(self) -> bool:
        """Whether they still do it."""
        return self.until_on is None

    @property
    def described(self) -> str:
        """Name with job and organisation, as a list shows it."""
        return ", ".join(part for part in (self.name, self.job_title, self.organisation) if part)


_COLUMNS = tuple(getattr(CaseRole, name) for name in RoleRow.__dataclass_fields__)


def list_roles(session: Session, episode_id: EpisodeId) -> tuple[RoleRow, ...]:
    """Everybody in the team now and before, those who are in it first; one statement."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(CaseRole.episode_id == episode_id)
        .order_by(CaseRole.until_on.is_not(None), CaseRole.from_on, CaseRole.name, CaseRole.id)
    )
    return tuple(RoleRow(*row) for row in rows)


def find_role(session: Session, episode_id: EpisodeId, role_id: uuid.UUID) -> RoleRow | None:
    """One open role of an episode; None when it is over or of another episode."""
    row = session.execute(
        select(*_COLUMNS).where(CaseRole.id == role_id, CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None))
    ).one_or_none()
    return None if row is None else RoleRow(*row)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of the team whose access rests on the family's agreement, and the agencies that they work for."""

    id: uuid.UUID
    kind: CaseRoleKind
    account_id: AccountId
    name: str
    about: list[PersonId]
    agencies: frozenset[uuid.UUID]


def members_by_agreement(session: Session, episode_id: EpisodeId) -> tuple[MemberRow, ...]:
    """Open members with an account who neither lead nor supervise, nor joined without agreement; one statement.

    They work for whom employs them and for the agency of their team, whether their account is active or not.
    """
    rows = session.execute(
        select(
            CaseRole.id,
            CaseRole.kind,
            CaseRole.account_id,
            CaseRole.name,
            CaseRole.about,
            Worker.employer_id,
            Team.agency_id,
        )
        .outerjoin(Worker, Worker.account_id == CaseRole.account_id)
        .outerjoin(Team, Team.id == Worker.team_id)
        .where(
            CaseRole.episode_id == episode_id,
            CaseRole.account_id.is_not(None),
            CaseRole.until_on.is_(None),
            CaseRole.override_id.is_(None),
            CaseRole.kind.not_in((CaseRoleKind.LEAD_PROFESSIONAL, CaseRoleKind.SUPERVISOR)),
        )
        .order_by(CaseRole.id)
    )
    return tuple(
        MemberRow(
            row.id, row.kind, AccountId(row.account_id), row.name, row.about, _agencies(row.employer_id, row.agency_id)
        )
        for row in rows
    )


def agencies_of(session: Session, account_id: AccountId) -> frozenset[uuid.UUID]:
    """The agencies that a worker works for: the employer, and that of the team; one statement."""
    row = session.execute(
        select(Worker.employer_id, Team.agency_id)
        .join(Team, Team.id == Worker.team_id)
        .where(Worker.account_id == account_id)
    ).one_or_none()
    return frozenset() if row is None else _agencies(row.employer_id, row.agency_id)


def agencies_of_accounts(
    session: Session, accounts: Iterable[AccountId | None]
) -> dict[AccountId, frozenset[uuid.UUID]]:
    """The agencies that each of these workers works for; one statement."""
    rows = session.execute(
        select(Worker.account_id, Worker.employer_id, Team.agency_id)
        .join(Team, Team.id == Worker.team_id)
        .where(Worker.account_id.in_([one for one in accounts if one is not None]))
    )
    return {AccountId(row.account_id): _agencies(row.employer_id, row.agency_id) for row in rows}


def _agencies(employer: uuid.UUID | None, of_team: uuid.UUID | None) -> frozenset[uuid.UUID]:
    return frozenset(agency for agency in (employer, of_team) if agency is not None)


def role_from_leading(session: Session, account_id: AccountId) -> uuid.UUID | None:
    """The account's open role that came with being named lead professional, locked; None without one."""
    came = select(CaseRole.gave_role_id).where(CaseRole.account_id == account_id, CaseRole.gave_role_id.is_not(None))
    return session.scalar(
        select(RoleAssignment.id)
        .where(RoleAssignment.id.in_(came), RoleAssignment.ended_at.is_(None))
        .with_for_update()
    )


def holds_lead_role(session: Session, account_id: AccountId, *, today: dt.date) -> bool:
    """Whether an account has the lead professional's pages on a day."""
    found = select(RoleAssignment.id).where(
        RoleAssignment.account_id == account_id,
        RoleAssignment.role == Role.LEAD_PROFESSIONAL,
        RoleAssignment.scope_kind == ScopeKind.NONE,
        RoleAssignment.ended_at.is_(None),
        or_(RoleAssignment.until_on.is_(None), RoleAssignment.until_on >= today),
    )
    return session.execute(found).first() is not None


def leads_anybody(session: Session, account_id: AccountId) -> bool:
    """Whether an account leads for any family."""
    found = select(CaseRole.id).where(
        CaseRole.account_id == account_id,
        CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL,
        CaseRole.until_on.is_(None),
    )
    return session.execute(found).first() is not None


def fill_leads(sources: list[people.StandingSource]) -> None:
    """Say who leads for somebody, for the heading of their pages."""
    sources.append(_STANDING)


# By membership, not by ``about``: under row-level security only plain equality may use an index.
_STANDING = people.StandingSource(
    ("lead",),
    "SELECT r.name AS lead FROM episode_child c JOIN episode e ON e.id = c.episode_id AND p.id = ANY(e.about)"
    " JOIN case_role r ON r.episode_id = e.id"
    " WHERE c.person_id = p.id AND e.state = 'open' AND r.kind = 'lead_professional' AND r.until_on IS NULL"
    " ORDER BY e.opened_on DESC, e.id",
)


def add_receivers(session: Session, person_id: PersonId, found: list[stages.Receiver]) -> None:
    """Offer the workers of a child's team as those who can take the child over."""
    rows = session.execute(
        select(CaseRole.account_id, CaseRole.name, CaseRole.job_title, CaseRole.organisation)
        .join(Episode, Episode.id == CaseRole.episode_id)
        .where(
            Episode.id.in_(with_children([person_id])),
            Episode.state == EpisodeState.OPEN,
            CaseRole.account_id.is_not(None),
            CaseRole.until_on.is_(None),
        )
        .order_by(CaseRole.name)
    )
    known = {receiver.principal for receiver in found}
    for account_id, name, job_title, organisation in rows:
        if account_id is not None and account_id not in known:
            described = ", ".join(part for part in (name, job_title, organisation) if part)
            found.append(stages.Receiver(account_id, described, "In the team"))
            known.add(account_id)
