"""Who of the team helps a child, for the child's record: the lead professional, the team, the assessor."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, func, select

from locality.accounts.models import Account
from locality.caf.models import CaseRole, Episode
from locality.caf.queries.cases import with_children
from locality.caf.rules.words import CASE_ROLE_LABELS, CaseRoleKind, EpisodeState
from locality.people import api as people

_LEADS, _TEAM = 10, 20
_OTHERS = tuple(kind for kind in CaseRoleKind if kind not in (CaseRoleKind.LEAD_PROFESSIONAL, CaseRoleKind.FAMILY))


def add_professionals(selects: list[Select[Any]], asked: Sequence[uuid.UUID]) -> None:
    """Add everybody with an open part in the open help for these children; a family member is no professional."""
    selects.append(_with_parts(asked, _LEADS, (CaseRoleKind.LEAD_PROFESSIONAL,)))
    selects.append(_with_parts(asked, _TEAM, _OTHERS))


def _with_parts(asked: Sequence[uuid.UUID], place: int, kinds: Sequence[CaseRoleKind]) -> Select[Any]:
    job = func.concat_ws(
        ", ",
        case(*((CaseRole.kind == kind, CASE_ROLE_LABELS[kind]) for kind in kinds)),
        func.nullif(CaseRole.job_title, ""),
    )
    return (
        select(
            *people.professional_row(
                place=place,
                name=CaseRole.name,
                what=job,
                organisation=CaseRole.organisation,
                reach=func.coalesce(func.nullif(CaseRole.contact_details, ""), Account.email, ""),
                since=CaseRole.from_on,
            )
        )
        .join(Episode, Episode.id == CaseRole.episode_id)
        .outerjoin(Account, Account.id == CaseRole.account_id)
        .where(
            Episode.id.in_(with_children(asked)),
            Episode.state == EpisodeState.OPEN,
            CaseRole.until_on.is_(None),
            CaseRole.kind.in_(kinds),
        )
    )
