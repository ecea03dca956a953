"""Reading who works where."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.clusters.models import Agency, CaseloadEntry, Team, Worker
from locality.clusters.rules import Load, worker_load
from locality.kernel.ids import AccountId, AgencyId, ClusterId, TeamId


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """Somebody who works with families: name, title, team and employer (which need not be the team's agency)."""

    account_id: AccountId
    name: str
    job_title: str
    team_id: TeamId
    team_name: str
    employer_id: AgencyId
    employer_name: str
    base: str


def workers_in(session: Session, cluster_id: ClusterId | None = None) -> tuple[WorkerRow, ...]:
    """Active workers by name: of teams that serve the cluster or serve everywhere; all of them without a cluster."""
    statement = _WORKERS.order_by(Account.name, Account.id)
    if cluster_id is not None:
        statement = statement.where(or_(Team.cluster_id == cluster_id, Team.cluster_id.is_(None)))
    return tuple(WorkerRow(*row) for row in session.execute(statement))


def find_worker(session: Session, account_id: AccountId) -> WorkerRow | None:
    """Where an active account works; None when it is nobody's who works with families."""
    row = session.execute(_WORKERS.where(Worker.account_id == account_id)).one_or_none()
    return None if row is None else WorkerRow(*row)


def load_of(session: Session, account_id: AccountId) -> Load:
    """The weighted caseload of a lead professional, families and children counted separately; one statement."""
    rows = session.execute(
        select(Worker.full_time, Worker.newly_qualified, CaseloadEntry.weight, CaseloadEntry.children)
        .select_from(Account)
        .outerjoin(Worker, Worker.account_id == Account.id)
        .outerjoin(CaseloadEntry, CaseloadEntry.lead_account_id == Account.id)
        .where(Account.id == account_id)
    ).all()
    cases = [row for row in rows if row.weight is not None]
    hours = next((row.full_time for row in rows if row.full_time is not None), 1)
    return worker_load(
        weights=[case.weight for case in cases],
        children=sum(case.children for case in cases),
        full_time=float(hours),
        newly_qualified=any(row.newly_qualified for row in rows),
    )


_WORKERS = (
    select(Worker.account_id, Account.name, Account.job_title, Team.id, Team.name, Agency.id, Agency.name, Worker.base)
    .join(Worker, Worker.account_id == Account.id)
    .join(Team, Team.id == Worker.team_id)
    .join(Agency, Agency.id == Worker.employer_id)
    .where(Account.active)
)
