"""Reading who does what in an episode."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from locality.caf.models import CaseRole, Episode
from locality.caf.queries.cases import with_children
from locality.caf.rules.words import CaseRoleKind, EpisodeState
from locality.clusters.models import Team, Worker
from locality.kernel.ids import AccountId, AgencyId, EpisodeId, PersonId
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
    """A member of the team, whose access rests on the family's agreement."""

    id: uuid.UUID
    kind: CaseRoleKind
    account_id: AccountId | None
    name: str
    about: list[PersonId]


def members_by_agreement(
    session: Session, episode_id: EpisodeId, *, agency_id: AgencyId | None = None
) -> tuple[MemberRow, ...]:
    """Open members with an account who neither lead nor supervise; one statement.

    With an agency: those whom it employs or who work in one of its teams, whether their account is active or not.
    """
    statement = select(CaseRole.id, CaseRole.kind, CaseRole.account_id, CaseRole.name, CaseRole.about).where(
        CaseRole.episode_id == episode_id,
        CaseRole.account_id.is_not(None),
        CaseRole.until_on.is_(None),
        CaseRole.kind.not_in((CaseRoleKind.LEAD_PROFESSIONAL, CaseRoleKind.SUPERVISOR)),
    )
    if agency_id is not None:
        of_agency = (
            select(Worker.account_id)
            .join(Team, Team.id == Worker.team_id)
            .where(or_(Worker.employer_id == agency_id, Team.agency_id == agency_id))
        )
        statement = statement.where(CaseRole.account_id.in_(of_agency))
    return tuple(MemberRow(*row) for row in session.execute(statement.order_by(CaseRole.id)))


def fill_leads(session: Session, gathered: dict[uuid.UUID, people.Standing]) -> None:
    """Say who leads for each of these people, for the heading of their pages."""
    rows = session.execute(
        select(Episode.about, CaseRole.name)
        .join(CaseRole, CaseRole.episode_id == Episode.id)
        .where(
            Episode.id.in_(with_children(gathered)),
            Episode.state == EpisodeState.OPEN,
            CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL,
            CaseRole.until_on.is_(None),
        )
    )
    for about, name in rows:
        for person_id in about:
            if person_id in gathered:
                gathered[person_id].lead = name


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
