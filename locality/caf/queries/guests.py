"""Who can be asked to a meeting of a family: the team around it and the family itself."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.caf.models import CaseRole
from locality.caf.rules.words import CASE_ROLE_LABELS, CaseRoleKind
from locality.kernel.ids import AccountId, EpisodeId, FamilyId, PersonId
from locality.messages import api as messages
from locality.people import api as people


@dataclass(frozen=True, slots=True)
class GuestChoice:
    """Somebody who can be asked; ``email`` is empty for whoever has to be told in another way.

    ``account_id`` is None for somebody without an account.
    """

    role_id: uuid.UUID | None
    person_id: PersonId | None
    name: str
    described: str
    email: str
    account_id: AccountId | None = None
    is_lead: bool = False


def guest_choices(session: Session, episode_id: EpisodeId, family_id: FamilyId) -> tuple[GuestChoice, ...]:
    """The open team, then members of the family who are not in it; two statements."""
    rows = session.execute(
        select(CaseRole, Account.email)
        .outerjoin(Account, Account.id == CaseRole.account_id)
        .where(CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None))
        .order_by(CaseRole.kind != CaseRoleKind.LEAD_PROFESSIONAL, CaseRole.name, CaseRole.id)
    ).all()
    team = [_member(role, email) for role, email in rows]
    in_team = {guest.person_id for guest in team}
    family = [
        GuestChoice(None, PersonId(one.id), one.name, "Family", "")
        for one in people.family_members(session, family_id)
        if one.id not in in_team and one.due_on is None and one.died_on is None
    ]
    return (*team, *family)


def _member(role: CaseRole, email: str | None) -> GuestChoice:
    typed = role.contact_details.strip()
    address = email or (typed if messages.is_address(typed) else "")
    described = ", ".join(part for part in (role.job_title, role.organisation) if part) or CASE_ROLE_LABELS[role.kind]
    person_id = None if role.person_id is None else PersonId(role.person_id)
    is_lead = role.kind is CaseRoleKind.LEAD_PROFESSIONAL
    return GuestChoice(role.id, person_id, role.name, described, address, role.account_id, is_lead)
