"""Who can be given a paper of an episode, and what each of them may know by the family's agreement."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from locality.access.grants import AccessGrant
from locality.access.parts import GrantReason
from locality.access.scope import elevated
from locality.caf.models import CaseRole
from locality.caf.queries.agreement import Sharing, sharing_of
from locality.caf.queries.cases import Case
from locality.caf.queries.papers import Around, PersonFacts
from locality.caf.queries.team import RoleRow, agencies_of_accounts
from locality.caf.rules.papers import PaperKind, Recipient, RecipientKind, plain, reasons_not_to_give
from locality.caf.rules.words import CaseRoleKind
from locality.clusters.models import Agency, Team, Worker
from locality.consent import api as consent
from locality.kernel.errors import Reason
from locality.kernel.ids import EpisodeId, PersonId
from locality.people import api as people
from locality.referrals.models import Service


@dataclass(frozen=True, slots=True)
class Rests:
    """On what giving a paper to somebody outside the family rests."""

    agreement_id: uuid.UUID | None = None
    override_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be given a paper, as a page offers them; ``hint`` says in what capacity."""

    recipient: Recipient
    hint: str
    rests: Rests = Rests()
    is_agency_left_out: bool = False

    def reasons_not_to_give(self, kind: PaperKind, *, is_caf_complete: bool) -> tuple[Reason, ...]:
        """Why they cannot be given this."""
        return reasons_not_to_give(
            self.recipient,
            kind,
            agency_left_out=self.is_agency_left_out,
            has_override=self.rests.override_id is not None,
            is_caf_complete=is_caf_complete,
        )


def recipients_of(
    session: Session, case: Case, around: Around, team: Iterable[RoleRow], *, today: dt.date
) -> Mapping[uuid.UUID, Candidate]:
    """Everybody who can be given a paper of an episode: the family, then the team."""
    found = [*_family(case, around), *workers_of(session, case.id, case.about, team, today=today)]
    return {one.recipient.id: one for one in found}


def _family(case: Case, around: Around) -> Iterable[Candidate]:
    for person in around.people.values():
        if person.kind is people.PersonKind.ADULT:
            yield _adult(case, around, person)
        elif person.id in case.about and person.due_on is None:
            child = Recipient(RecipientKind.CHILD, person.id, person.name, frozenset({person.id}), _own(around, person))
            yield Candidate(child, "Their own copy")


def _adult(case: Case, around: Around, adult: PersonFacts) -> Candidate:
    children = around.children_of(adult.id) & frozenset(case.about)
    own = _own(around, adult)
    homes = {plain(mark) for place in around.places if place.person_id in children for mark in place.marks}
    alone = not any(tie.adult_id != adult.id for tie in around.ties if tie.child_id in children)
    recipient = Recipient(
        RecipientKind.ADULT, adult.id, adult.name, children, own, shares_home=alone or not own.isdisjoint(homes)
    )
    names = [around.people[one].called for one in around.people if one in children]
    return Candidate(recipient, f"Parent or carer of {', '.join(names)}" if names else "On record as nobody’s parent")


def _own(around: Around, person: PersonFacts) -> frozenset[str]:
    return frozenset(plain(mark) for place in around.places if place.person_id == person.id for mark in place.marks)


def workers_of(
    session: Session, episode_id: EpisodeId, about: Iterable[PersonId], team: Iterable[RoleRow], *, today: dt.date
) -> list[Candidate]:
    """Those of the team who work with the family, with what it agreed that they are told; five statements."""
    roles = [role for role in team if role.kind is not CaseRoleKind.FAMILY]
    known: list[consent.AgencyChoice] = []
    with elevated(session, "what the family agreed that those who help are told"):
        sharing = sharing_of(session, episode_id, about, today=today)
        agencies = agencies_of_accounts(session, [role.account_id for role in roles])
        if any(role.account_id is None for role in roles):
            consent.agency_choices(session, known)
    by_name = {one.name.casefold(): frozenset({one.id}) for one in known}
    return [
        _worker(
            role,
            sharing,
            agencies.get(role.account_id, frozenset())
            if role.account_id is not None
            else by_name.get(role.organisation.casefold(), frozenset()),
        )
        for role in roles
    ]


def worker_now(
    session: Session, episode_id: EpisodeId, about: Iterable[PersonId], *, role_id: uuid.UUID, today: dt.date
) -> Candidate | None:
    """As ``workers_of`` for one of the team alone; None for whoever has left it. Two statements."""
    with elevated(session, "what the family agreed that one of those who help is told"):
        row = session.execute(_HELPER.where(CaseRole.id == role_id, CaseRole.episode_id == episode_id)).one_or_none()
        found = () if row is None else consent.open_agreements(session, about, today=today)
    if row is None:
        return None
    here = len(RoleRow.__dataclass_fields__)
    role, (employer, of_team, named, leading, leading_teams, accepted) = RoleRow(*row[:here]), row[here:]
    agencies = {employer, of_team} if role.account_id is not None else set(named or ())
    helping = {*(leading or ()), *(leading_teams or ()), *(accepted or ())}
    return _worker(role, Sharing(found, frozenset(helping)), frozenset(agencies - {None}))


_LEAD, _LEADS, _LEADS_TEAM = aliased(CaseRole), aliased(Worker), aliased(Team)


def _of_leads(column: Any) -> Any:
    """A column of where those who lead an episode work, as an array."""
    return (
        select(func.array_agg(column))
        .select_from(_LEAD)
        .join(_LEADS, _LEADS.account_id == _LEAD.account_id)
        .join(_LEADS_TEAM, _LEADS_TEAM.id == _LEADS.team_id)
        .where(
            _LEAD.episode_id == CaseRole.episode_id,
            _LEAD.kind == CaseRoleKind.LEAD_PROFESSIONAL,
            _LEAD.until_on.is_(None),
        )
        .correlate(CaseRole)
        .scalar_subquery()
    )


# A worker with an account works for whom employs them and for their team's agency, one without for the organisation
# that is written down. Helping already: the agencies of those who lead, and of services that accepted a referral.
_HELPER: Final = (
    select(
        *(getattr(CaseRole, name) for name in RoleRow.__dataclass_fields__),
        Worker.employer_id,
        Team.agency_id,
        select(func.array_agg(Agency.id))
        .where(func.lower(Agency.name) == func.lower(CaseRole.organisation))
        .correlate(CaseRole)
        .scalar_subquery(),
        _of_leads(_LEADS.employer_id),
        _of_leads(_LEADS_TEAM.agency_id),
        select(func.array_agg(Service.agency_id))
        .join(AccessGrant, AccessGrant.principal_id == Service.id)
        .where(
            AccessGrant.record_id == CaseRole.episode_id,
            AccessGrant.reason == GrantReason.RECEIVING_SERVICE,
            AccessGrant.until_at.is_(None),
        )
        .correlate(CaseRole)
        .scalar_subquery(),
    )
    .outerjoin(Worker, Worker.account_id == CaseRole.account_id)
    .outerjoin(Team, Team.id == Worker.team_id)
    .where(CaseRole.until_on.is_(None), CaseRole.kind != CaseRoleKind.FAMILY)
)


def _worker(role: RoleRow, sharing: Sharing, agencies: frozenset[uuid.UUID]) -> Candidate:
    """A worker of the team: with an account by the agencies they work for, else by the name of their organisation."""
    in_force = [one for one in sharing.found if not any(one.leaves_out(agency) for agency in agencies)]
    left_out = sharing.leaves_out(agencies)
    children = frozenset() if left_out and role.override_id is None else _covered(sharing, agencies, role)
    recipient = Recipient(
        RecipientKind.WORKER,
        role.id,
        role.name,
        children,
        is_told_more=role.override_id is not None
        or any(consent.Purpose.SHARE_ADDITIONAL in one.terms.purposes for one in in_force),
        topics_out=frozenset(
            topic.value for topic in consent.Topic if in_force and not all(one.covers_topic(topic) for one in in_force)
        ),
    )
    rests = Rests(in_force[0].id if in_force else None, role.override_id)
    return Candidate(recipient, role.described, rests, is_agency_left_out=left_out)


def _covered(sharing: Sharing, agencies: frozenset[uuid.UUID], role: RoleRow) -> frozenset[PersonId]:
    if role.override_id is not None:
        return frozenset(role.about)
    if agencies:
        return sharing.covered(agencies)
    told = [one for one in sharing.found if one.terms.share_with is consent.ShareWith.HELPING]
    return frozenset(child for one in told if _shares(one) for child in one.terms.people)


def _shares(agreement: consent.AgreementSummary) -> bool:
    return consent.Purpose.SHARE_BASIC in agreement.terms.purposes
