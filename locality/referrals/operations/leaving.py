"""What becomes of the work of somebody who left: the front door takes it over, and nothing waits for nobody.

A service whose last worker left gets no new referrals, and closes after one whole working day. A shut account is passed
on at once. That a role ended, or its last day went by, and that a case has another lead professional or none, nobody
need say: a sweep looks every few minutes.
"""

import uuid
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import or_, select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.audit import log as audit
from locality.kernel.actor import SYSTEM
from locality.kernel.ids import AccountId
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Contact, Disagreement, Referral
from locality.referrals.operations.allocating import unname_leavers
from locality.referrals.operations.events import note_event
from locality.referrals.operations.holding import put_back_of
from locality.referrals.operations.leaving_disagreements import ask_their_side, take_over_disagreements, waiting_in_vain
from locality.referrals.operations.moving import THE_FRONT_DOOR, lock_referral, move
from locality.referrals.operations.news import pass_news_on
from locality.referrals.operations.returned import close_to_managers
from locality.referrals.operations.services_closing import close_left_alone
from locality.referrals.queries.standing import leavers, named_in_vain
from locality.referrals.rules import clocks
from locality.referrals.rules.lifecycle import OVER, Party, Verb, find_move

_QUIETLY = {"synchronize_session": False}


def when_disabled(uow: UnitOfWork, account_id: AccountId) -> None:
    """Pass on what they sent, also where a service has it now and may give it back, and all that waited for them."""
    with elevated(uow.session, "work of somebody who can sign in no more, whose families the actor need not see"):
        _lock_work_of(uow, [account_id])
        name = accounts.account_names(uow.session, [account_id]).get(account_id, "Somebody")
        ask_their_side(uow)
        _pass_on_from(uow, account_id, why=f"{name} can no longer sign in, so the front door sees to it.")
        unname_leavers(uow)
        pass_news_on(uow)
        close_left_alone(replace(uow, actor=SYSTEM))


def pass_on(uow: UnitOfWork) -> None:
    """Pass on whatever waits for somebody who is gone; safe any number of times."""
    gone = leavers(uow.session, today=uow.today)
    _lock_work_of(uow, [one.id for one in gone])
    ask_their_side(uow)
    for one in gone:
        _pass_on_from(uow, one.id, why=f"{one.name} no longer works here, so the front door sees to it.")
    unname_leavers(uow)
    pass_news_on(uow)
    close_left_alone(uow)


def _lock_work_of(uow: UnitOfWork, gone: Collection[AccountId]) -> None:
    """Lock every referral that is passed on, whoever left it, in one order: nobody waits for another in a ring."""
    sent_or_had = or_(Referral.sender_principal.in_(gone), Referral.owner_principal.in_(gone))
    theirs = select(Referral.id).where(sent_or_had, Referral.state.not_in(OVER))
    asked_or_raised = or_(Disagreement.waits_principal.in_(gone), Disagreement.raised_principal.in_(gone))
    disputed = select(Disagreement.referral_id).where(asked_or_raised, Disagreement.settled_at.is_(None))
    named = {referral_id for referral_id, _ in named_in_vain(uow.session, today=uow.today)}
    for referral_id in sorted(
        {*uow.session.scalars(theirs), *uow.session.scalars(disputed), *named, *waiting_in_vain(uow)}
    ):
        lock_referral(uow, referral_id)


def _pass_on_from(uow: UnitOfWork, account_id: AccountId, *, why: str) -> None:
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
            _take_over(uow, referral, account_id, why=why)
    take_over_disagreements(uow, account_id, why=why)
    held = select(Contact).where(Contact.held_by == account_id).order_by(Contact.id).with_for_update()
    for contact in uow.session.scalars(held).all():
        put_back_of(uow, contact)


def _take_over(uow: UnitOfWork, referral: Referral, account_id: uuid.UUID, *, why: str) -> None:
    had_front_door = referral.sender_kind is Party.FRONT_DOOR
    if referral.sender_principal == account_id:
        _send_from_front_door(uow, referral)
    if referral.owner_kind is Party.WORKER and referral.owner_principal == account_id:
        if find_move(referral.state, Verb.GIVE_BACK) is None:
            return
        due_at = clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS)
        move(uow, referral, Verb.GIVE_BACK, owner=THE_FRONT_DOOR, due_at=due_at)
        close_to_managers(uow, referral)
    if not had_front_door:
        grants.give(uow, referral.about, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=referral.id)
    note_event(uow, referral.id, referral.about, why)
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
    uow.session.execute(update(Referral).where(Referral.id == referral.id).values(values), execution_options=_QUIETLY)
