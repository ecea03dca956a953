"""Who opens the pages of the front door, and a family that they are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.clusters.models import Agency, Cluster, School
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.ids import ContactId, OfferId, PersonId, ReferralId, ServiceId
from locality.referrals.models import Offer
from locality.referrals.operations.routing import route_referral
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster, a_school, an_agency
from tests.factories.referrals import a_child, a_contact, a_referral, a_service
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse


@dataclass(frozen=True)
class Cast:
    """A front door with two officers, a service with two workers, a school and a lead professional."""

    cluster: Cluster
    school: School
    agency: Agency
    service_id: ServiceId
    officer: Account
    second_officer: Account
    worker: Account
    colleague: Account
    lead: Account

    @property
    def officer_actor(self) -> Actor:
        """The officer as an actor."""
        return an_actor(self.officer, Role.SPOC_OFFICER)

    @property
    def at_service(self) -> Scope:
        """What a worker of the service holds."""
        return Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, self.service_id)


@layer
def cast(session: Session, uow: OpenUnit) -> Cast:
    """Everybody."""
    cluster = a_cluster(session, name="Shoebury", prefixes=("SS3",))
    agency = an_agency(session)
    with uow() as unit:
        service_id = a_service(unit, agency, cluster=cluster)
    at_service = Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service_id)
    return Cast(
        cluster=cluster,
        school=a_school(session, cluster=cluster),
        agency=agency,
        service_id=service_id,
        officer=an_account(session, name="Mary Osei", roles=[Role.SPOC_OFFICER]),
        second_officer=an_account(session, name="Piotr Nowak", roles=[Role.SPOC_OFFICER]),
        worker=an_account(session, name="Priya Shah", roles=[at_service]),
        colleague=an_account(session, name="Sean Byrne", roles=[at_service]),
        lead=an_account(session, name="Rosa Marin", roles=[Role.LEAD_PROFESSIONAL]),
    )


@layer
def leah(uow: OpenUnit, cast: Cast) -> PersonId:
    """Leah Adeyemi, eight, of Garon Primary School."""
    with uow() as unit:
        return a_child(unit, school=cast.school)


@layer
def contact(uow: OpenUnit, cast: Cast, leah: PersonId) -> ContactId:
    """An open contact about Leah."""
    with uow(cast.officer_actor) as unit:
        return a_contact(unit, leah)


@layer
def referral(uow: OpenUnit, cast: Cast, leah: PersonId) -> ReferralId:
    """A referral of Leah by the front door, offered to the service."""
    with uow(cast.officer_actor) as unit:
        referral_id = a_referral(unit, leah, routed=False)
    with uow() as unit:
        route_referral(unit, referral_id)
    return referral_id


@layer
def offer(session: Session, referral: ReferralId) -> OfferId:
    """The offer of that referral."""
    return session.scalars(select(Offer.id).where(Offer.referral_id == referral)).one()


def fill(browse: Browse, path: str, typed: Mapping[str, object], *, status: int = 302) -> Page:
    """Open a page with a form, fill it in, and send it to the page's own address."""
    return browse.post(path, {**browse.get(path).form(), **typed}, status=status)


def each_refused(browse: Browse, path: str, *typed: Mapping[str, object]) -> Iterator[Page]:
    """Open a page with a form, and send it with each of these answers, of which none is taken."""
    form = browse.get(path).form()
    for one in typed:
        yield browse.post(path, {**form, **one}, status=422)


def settled(browse: Browse, account: Account) -> Browse:
    """Somebody signed in."""
    browse.sign_in(account)
    return browse
