"""Writing what a family needs and asks for with its referral."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from locality.audit import log as audit
from locality.kernel.errors import RuleBroken
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Referral
from locality.referrals.operations.events import note_event
from locality.referrals.queries.wishes import agencies_of_services, find_worker
from locality.referrals.rules import wishes as rules
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.wishes import NO_WISHES, Wishes


def refuse_wishes(uow: UnitOfWork, wishes: Wishes) -> None:
    """Raise ``RuleBroken`` with everything in the wishes that does not go together; without wishes nothing is read."""
    if wishes == NO_WISHES:
        return
    reasons = rules.reasons_against(wishes, agency_of=agencies_of_services(uow.session))
    if reasons:
        raise RuleBroken(reasons)


def wish_values(session: Session, wishes: Wishes) -> dict[str, object]:
    """The columns of a new referral that keep the wishes."""
    return {
        "language": wishes.language,
        "interpreter_needed": wishes.interpreter,
        "access_needs": [access.value for access in wishes.access],
        "preferred_service_id": wishes.service,
        "preferred_agency_id": wishes.agency,
        "preferred_worker": wishes.worker.strip(),
        "preferred_worker_id": find_worker(session, wishes.worker),
        "unwanted_agencies": list(wishes.unwanted),
    }


def carry_wishes(uow: UnitOfWork, referral: Referral, wishes: Wishes, *, why: str) -> None:
    """Let a sent referral for early help carry what was put right about its wishes, with a line of history."""
    values = wish_values(uow.session, wishes)
    if referral.kind is not ReferralKind.EARLY_HELP or all(getattr(referral, key) == values[key] for key in values):
        return
    uow.session.execute(
        update(Referral).where(Referral.id == referral.id).values(values),
        execution_options={"synchronize_session": False},
    )
    note_event(uow, referral.id, list(referral.about), _CHANGED, words=why)
    audit.record(uow, "referral.wishes_changed", subjects=referral.about, record=("referral", referral.id))


_CHANGED = "Changed after it was sent: what the family needs to take part, or whom it asks for."


def joined_wish_values(referral: Referral, wishes: Wishes) -> dict[str, object]:
    """The columns that change when a brother or sister joins: needs and refusals of both hold, the first wish stays."""
    spoken = referral.interpreter_needed
    return {
        "language": referral.language or wishes.language,
        "interpreter_needed": wishes.interpreter if spoken is None else spoken,
        "access_needs": list(dict.fromkeys([*referral.access_needs, *(access.value for access in wishes.access)])),
        "preferred_service_id": referral.preferred_service_id or wishes.service,
        "preferred_agency_id": referral.preferred_agency_id or wishes.agency,
        "unwanted_agencies": list(dict.fromkeys([*referral.unwanted_agencies, *wishes.unwanted])),
    }
