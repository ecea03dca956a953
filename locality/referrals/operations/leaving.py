"""What becomes of the referrals of somebody who can sign in no more: the front door takes them over."""

import uuid

from sqlalchemy import or_, select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.audit import log as audit
from locality.kernel.ids import AccountId
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Referral
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import THE_FRONT_DOOR, lock_referral, move
from locality.referrals.rules import clocks
from locality.referrals.rules.lifecycle import OVER, Party, Verb, find_move


def when_disabled(uow: UnitOfWork, account_id: AccountId) -> None:
    """Pass on what they sent, also where a service has it now and may give it back, and what was passed to them."""
    with elevated(uow.session, "referrals of somebody who can sign in no more, whose families the actor need not see"):
        name = accounts.account_names(uow.session, [account_id]).get(account_id, "Somebody")
        found = uow.session.scalars(
            select(Referral.id)
            .where(
                or_(Referral.sender_principal == account_id, Referral.owner_principal == account_id),
                Referral.state.not_in(OVER),
            )
            .order_by(Referral.id)
        ).all()
        for referral_id in found:
            referral = lock_referral(uow, referral_id)
            if referral.state not in OVER:
                _take_over(uow, referral, account_id, name=name)


def _take_over(uow: UnitOfWork, referral: Referral, account_id: uuid.UUID, *, name: str) -> None:
    had_front_door = referral.sender_kind is Party.FRONT_DOOR
    if referral.sender_principal == account_id:
        _send_from_front_door(uow, referral)
    if referral.owner_kind is Party.WORKER and referral.owner_principal == account_id:
        if find_move(referral.state, Verb.GIVE_BACK) is None:
            return
        due_at = clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS)
        move(uow, referral, Verb.GIVE_BACK, owner=THE_FRONT_DOOR, due_at=due_at)
    if not had_front_door:
        grants.give(uow, referral.about, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=referral.id)
    line = f"{name} can no longer sign in, so the front door sees to it."
    note_event(uow, referral.id, referral.about, line)
    audit.record(uow, "referral.taken_over", subjects=referral.about, record=("referral", referral.id))
    grants.end(uow, record=referral.id, principal=account_id)


def _send_from_front_door(uow: UnitOfWork, referral: Referral) -> None:
    """What comes back goes to the front door from now on; what the sender has, the front door has."""
    to = THE_FRONT_DOOR
    values: dict[str, object] = {
        "sender_principal": to.principal, "sender_kind": to.party, "sender_name": to.name,
        "version": Referral.version + 1,
    }  # fmt: skip
    if referral.owner_principal == referral.sender_principal:
        values |= {"owner_principal": to.principal, "owner_kind": to.party, "owner_name": to.name}
    uow.session.execute(
        update(Referral).where(Referral.id == referral.id).values(values),
        execution_options={"synchronize_session": False},
    )
