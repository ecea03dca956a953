"""The people and places that stories of the front door happen among."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from locality.clusters.models import Agency, Cluster, School
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.ids import ServiceId
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster, a_school, an_agency
from tests.factories.referrals import a_service
from tests.support.database import OpenUnit
from tests.support.layers import layer


@dataclass(frozen=True)
class Town:
    """One cluster with a school and a service, a front door officer and two workers of the service."""

    cluster: Cluster
    school: School
    agency: Agency
    service_id: ServiceId
    officer: Actor
    second_officer: Actor
    worker: Actor
    colleague: Actor


@layer
def town(session: Session, uow: OpenUnit) -> Town:
    """A small town."""
    cluster = a_cluster(session, name="Shoebury", prefixes=("SS3",))
    school = a_school(session, cluster=cluster)
    agency = an_agency(session)
    with uow() as unit:
        service_id = a_service(unit, agency, cluster=cluster)
    at_service = Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service_id)
    return Town(
        cluster=cluster,
        school=school,
        agency=agency,
        service_id=service_id,
        officer=an_actor(an_account(session, name="Mary Osei"), Role.SPOC_OFFICER),
        second_officer=an_actor(an_account(session, name="Piotr Nowak"), Role.SPOC_OFFICER),
        worker=an_actor(an_account(session, name="Priya Shah"), at_service),
        colleague=an_actor(an_account(session, name="Sean Byrne"), at_service),
    )
