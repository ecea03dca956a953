"""Short answers for other rooms: services to choose from, and where referrals stand."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from locality.clusters.models import Agency
from locality.kernel.ids import AgencyId, PersonId, ReferralId, ServiceId, TeamId
from locality.referrals.models import Referral, ReferralChild, Service
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.lifecycle import STATE_WORDS, ReferralState


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """A service in a list to choose from."""

    id: ServiceId
    name: str
    agency_id: AgencyId
    agency_name: str
    team_id: TeamId | None
    kind: ReferralKind


@dataclass(frozen=True, slots=True)
class ReferralSummary:
    """A referral in a list: what it is, who has it, how it stands."""

    id: ReferralId
    reference: str
    kind: ReferralKind
    state: ReferralState
    owner_name: str
    about: tuple[PersonId, ...]
    stage: int | None
    need_codes: tuple[str, ...]
    summary: str
    sent_at: dt.datetime | None

    @property
    def words(self) -> str:
        """The state in words."""
        return STATE_WORDS[self.state]


def list_services(session: Session, *, kind: ReferralKind | None = None) -> tuple[ServiceChoice, ...]:
    """Open services by name, of one kind or all."""
    statement = (
        select(Service.id, Service.name, Service.agency_id, Agency.name, Service.team_id, Service.kind)
        .join(Agency, Agency.id == Service.agency_id)
        .where(Service.is_open)
        .order_by(Service.name)
    )
    if kind is not None:
        statement = statement.where(Service.kind == kind)
    return tuple(ServiceChoice(*row) for row in session.execute(statement))


_COLUMNS = (
    Referral.id,
    Referral.reference,
    Referral.kind,
    Referral.state,
    Referral.owner_name,
    Referral.about,
    Referral.stage,
    Referral.need_codes,
    Referral.summary,
    Referral.sent_at,
)


def find_referral(session: Session, referral_id: uuid.UUID) -> ReferralSummary | None:
    """One referral; None when there is none that the actor may see."""
    row = session.execute(select(*_COLUMNS).where(Referral.id == referral_id)).mappings().one_or_none()
    return None if row is None else _summary(row)


def referrals_about(session: Session, people: Iterable[uuid.UUID], *, most: int = 50) -> tuple[ReferralSummary, ...]:
    """The referrals about any of these people, newest first, that the actor may see; at most ``most``."""
    wanted = list(people)
    if not wanted:
        return ()
    # By the children's rows: under row-level security only plain equality may use an index.
    named = select(ReferralChild.referral_id).where(ReferralChild.person_id.in_(wanted))
    rows = session.execute(
        select(*_COLUMNS)
        .where(Referral.id.in_(named))
        .order_by(Referral.sent_at.desc().nulls_first(), Referral.id)
        .limit(most)
    )
    return tuple(_summary(row) for row in rows.mappings())


def _summary(row: RowMapping) -> ReferralSummary:
    values = dict(row)
    return ReferralSummary(**values | {"about": tuple(values["about"]), "need_codes": tuple(values["need_codes"])})
