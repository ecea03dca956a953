"""Agencies, their teams, and the people who work in them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from locality.accounts import api as accounts
from locality.audit import log as audit
from locality.clusters.models import Agency, Team, Worker
from locality.clusters.rules import Sector
from locality.kernel.actor import Role, ScopeKind
from locality.kernel.ids import AccountId, AgencyId, ClusterId, TeamId, new_id
from locality.kernel.uow import UnitOfWork


def add_agency(uow: UnitOfWork, *, name: str, sector: Sector) -> AgencyId:
    """Add an organisation that works with families here. Raises ``Conflict`` on a known name."""
    agency_id = AgencyId(new_id())
    uow.session.add(Agency(id=agency_id, name=name, sector=sector))
    uow.session.flush()
    audit.record(uow, "agency.added", record=("agency", agency_id))
    return agency_id


def add_team(uow: UnitOfWork, *, agency_id: AgencyId, name: str, cluster_id: ClusterId | None = None) -> TeamId:
    """Add a team to an agency; name the cluster when it serves only one. Raises ``Conflict`` on a known name."""
    team_id = TeamId(new_id())
    uow.session.add(Team(id=team_id, agency_id=agency_id, cluster_id=cluster_id, name=name))
    uow.session.flush()
    audit.record(uow, "team.added", record=("team", team_id))
    return team_id


@dataclass(frozen=True, slots=True)
class Duty:
    """A role and where it is held. For the whole authority: ``ScopeKind.AUTHORITY`` and no id."""

    role: Role
    kind: ScopeKind = ScopeKind.NONE
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class NewWorker:
    """Somebody who starts work: whose account, in which team, employed by whom, from which base, with which duties."""

    account_id: AccountId
    team_id: TeamId
    employer_id: AgencyId
    base: str
    line_manager_id: AccountId | None = None
    full_time: Decimal = Decimal("1.00")
    newly_qualified: bool = False
    duties: Sequence[Duty] = field(default_factory=tuple)


def add_worker(uow: UnitOfWork, command: NewWorker) -> None:
    """Record where somebody works and give them their roles. Raises what ``accounts.give_role`` raises."""
    uow.session.add(
        Worker(
            account_id=command.account_id, team_id=command.team_id, employer_id=command.employer_id,
            line_manager_id=command.line_manager_id, base=command.base, full_time=command.full_time,
            newly_qualified=command.newly_qualified,
        )
    )  # fmt: skip
    uow.session.flush()
    for duty in command.duties:
        accounts.give_role(uow, command.account_id, role=duty.role, kind=duty.kind, scope_id=duty.id)
    audit.record(uow, "worker.added", record=("account", command.account_id))
