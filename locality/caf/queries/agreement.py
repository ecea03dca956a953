"""What a family has agreed to: an assessment, and that those who help know of it."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import GrantReason
from locality.access.scope import elevated
from locality.caf.models import CaseRole
from locality.caf.rules.words import CaseRoleKind
from locality.clusters.models import Team, Worker
from locality.consent import api as consent
from locality.kernel.ids import EpisodeId, PersonId
from locality.referrals.models import Service

# Who sees an assessment for no other reason sees what the family agreed to share. Who leads, supervises, covers or
# opens it in an emergency works with the whole of it.
BY_AGREEMENT = frozenset({GrantReason.TEAM_AROUND_CHILD})


def agreement_to_assess(
    session: Session, people: Iterable[PersonId], *, today: dt.date
) -> consent.AgreementSummary | None:
    """The agreement in force that lets all of these children be assessed; None when there is none. Two statements."""
    wanted = set(people)
    found = consent.open_agreements(session, wanted, today=today)
    return next(
        (
            one
            for one in found
            if wanted and wanted <= set(one.terms.people) and consent.Purpose.ASSESS in one.terms.purposes
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class Sharing:
    """What agreements in force let those see who help a family; ``helping`` are the agencies that help it already."""

    found: tuple[consent.AgreementSummary, ...]
    helping: frozenset[uuid.UUID]

    def covered(self, agencies: Collection[uuid.UUID]) -> frozenset[PersonId]:
        """The people about whom a worker of these agencies may be told."""
        return consent.people_covered(self.found, agencies, helping=not self.helping.isdisjoint(agencies))

    def leaves_out(self, agencies: Collection[uuid.UUID]) -> bool:
        """Whether the family said of one of these agencies that it must not be told."""
        return any(one.leaves_out(agency) for one in self.found for agency in agencies)


def sharing_of(session: Session, episode_id: EpisodeId, about: Iterable[PersonId], *, today: dt.date) -> Sharing:
    """What agreements in force cover for an episode's children; three statements.

    The lead professional's agency and those of services that help are nobody "else" to the family. For operations,
    which look beyond the actor's grants.
    """
    found = consent.open_agreements(session, about, today=today)
    leading = session.execute(
        select(Worker.employer_id, Team.agency_id)
        .join(Team, Team.id == Worker.team_id)
        .join(CaseRole, CaseRole.account_id == Worker.account_id)
        .where(
            CaseRole.episode_id == episode_id,
            CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL,
            CaseRole.until_on.is_(None),
        )
    )
    helping = {agency for row in leading for agency in row}
    return Sharing(found, frozenset(helping | set(services_let_in(session, episode_id).values())))


def topics_kept_out(session: Session, about: Iterable[PersonId], *, today: dt.date) -> frozenset[str]:
    """The topics that a family keeps out of what is shared about these children now; one statement."""
    with elevated(session, "which topics the family keeps from those who read by its agreement"):
        found = consent.open_agreements(session, about, today=today)
    return topics_out_of(found)


def topics_out_of(found: Collection[consent.AgreementSummary]) -> frozenset[str]:
    """The topics that any of these agreements keeps out of what is shared."""
    return frozenset(topic.value for topic in consent.Topic if not all(one.covers_topic(topic) for one in found))


def services_let_in(session: Session, episode_id: EpisodeId) -> dict[uuid.UUID, uuid.UUID]:
    """The services that see an episode because they accepted its referral, each with its agency; one statement."""
    rows = session.execute(
        select(Service.id, Service.agency_id)
        .join(AccessGrant, AccessGrant.principal_id == Service.id)
        .where(
            AccessGrant.record_id == episode_id,
            AccessGrant.reason == GrantReason.RECEIVING_SERVICE,
            AccessGrant.until_at.is_(None),
        )
        .distinct()
    )
    return {row.id: row.agency_id for row in rows}
