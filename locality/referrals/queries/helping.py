"""What a service does with what it accepted: where its help stands, and the next step of each."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import AccountId, ReferralId
from locality.kernel.slots import Slot
from locality.referrals.models import Referral
from locality.referrals.rules.codes import KIND_WORDS, ReferralKind
from locality.referrals.rules.lifecycle import STATE_WORDS, ReferralState

MOST = 20
_CARE_LINE = "Say what came of it"
_HELPING = (ReferralState.ACCEPTED, ReferralState.ALLOCATED, ReferralState.STARTED)


@dataclass(slots=True)
class Helped:
    """A referral that a service accepted. A higher room in which the help goes on fills in its place and next step."""

    referral_id: ReferralId
    label: str
    line: str
    due_on: dt.date | None = None
    worker: str = ""
    is_mine: bool = False
    endpoint: str = "referrals.referral"
    values: Mapping[str, Any] = field(default_factory=dict)


# The room of early help stands above this one and says where the help goes on.
helped: Slot[[Session, Mapping[ReferralId, Helped]]] = Slot("referrals: where accepted help goes on")


def list_helped(
    session: Session,
    services: Collection[uuid.UUID],
    *,
    account_id: AccountId | None = None,
    only: uuid.UUID | None = None,
) -> Sequence[Helped]:
    """What these services accepted and has not ended, at most ``MOST``; one statement and the slot's.

    Those for which ``account_id`` is named come first, then the newest. ``only``: this one referral.
    """
    mine = (Referral.allocated_to == account_id).is_(True)
    statement = (
        select(Referral.id, Referral.reference, Referral.kind, Referral.state, Referral.allocated_worker, mine)
        .where(Referral.owner_principal.in_(list(services)), Referral.state.in_(_HELPING))
        .order_by(mine.desc(), Referral.sent_at.desc(), Referral.id)
        .limit(MOST)
    )
    if only is not None:
        statement = statement.where(Referral.id == only)
    found = {
        ReferralId(row.id): Helped(
            ReferralId(row.id),
            f"{KIND_WORDS[row.kind]}, {row.reference}",
            _CARE_LINE if row.kind is ReferralKind.SOCIAL_CARE else STATE_WORDS[row.state],
            worker=row.allocated_worker or "",
            is_mine=row[-1],
            values={"referral_id": row.id},
        )
        for row in session.execute(statement)
    }
    if found:
        helped(session, found)
    return tuple(found.values())
