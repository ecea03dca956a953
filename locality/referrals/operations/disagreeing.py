"""Raising, answering, moving up and settling a professional disagreement about a referral.

Both sides can read the referral as long as it lasts, and so can whoever is asked to settle it.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from locality.access import grants
from locality.access.parts import GrantReason, Part
from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.audit import log as audit
from locality.kernel.clock import due_after_working_days
from locality.kernel.errors import Conflict, NotAllowed, NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Disagreement, DisagreementStep, Offer, Referral, Service
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import THE_FRONT_DOOR, Owner, lock_referral, sender_of
from locality.referrals.queries.standing import find_side
from locality.referrals.rules import disagreeing as rules
from locality.referrals.rules.disagreeing import Level, Settlement, Step
from locality.referrals.rules.lifecycle import Party

_QUIETLY = {"synchronize_session": False}
_TO_JUDGE = frozenset({Part.IDENTITY, Part.STORY})
_REASON_OF = {
    Party.FRONT_DOOR: GrantReason.FRONT_DOOR,
    Party.SERVICE: GrantReason.RECEIVING_SERVICE,
    Party.SENDER: GrantReason.SEES_TO_REFERRAL,
    Party.WORKER: GrantReason.SEES_TO_REFERRAL,
}


@dataclass(frozen=True, slots=True)
class _Turn:
    """Whose turn it is after a step, at which stage, and what was said to get there."""

    kind: Step
    stage: Level
    words: str
    waits: Owner
    settlement: Settlement | None = None


def raise_disagreement(uow: UnitOfWork, referral_id: uuid.UUID, *, words: str, disagreement_id: uuid.UUID) -> uuid.UUID:
    """Disagree about a referral; the other side is asked first. ``disagreement_id`` is made by the form: once.

    Raises ``RuleBroken``, or ``Conflict`` while another disagreement about the referral is open.
    """
    _refuse_empty("words", words, "Enter what you disagree with, and what you ask for")
    account = _account(uow)
    referral = lock_referral(uow, referral_id)
    if uow.session.get(Disagreement, disagreement_id) is not None:
        return disagreement_id
    mine, other = _sides(uow, referral)
    row = {
        "id": disagreement_id,
        "referral_id": referral.id,
        "about": list(referral.about),
        "stage": Level.PRACTITIONER,
        "raised_by": account,
        "raised_by_name": uow.actor.name,
        "raised_principal": mine.principal,
        "raised_at": uow.now,
        "other_principal": other.principal,
        "other_name": other.name,
        "waits_principal": other.principal,
        "waits_name": other.name,
        "due_at": due_after_working_days(uow.now, rules.LEVEL_DAYS[Level.PRACTITIONER]),
        "version": 1,
    }
    uow.session.execute(insert(Disagreement), [row])
    for side in (mine, other):
        _let_see(uow, disagreement_id, referral.about, side)
    found = uow.session.get_one(Disagreement, disagreement_id)
    _write_step(uow, found, _Turn(Step.RAISED, Level.PRACTITIONER, words, other))
    _note(uow, found, f"{uow.actor.name} disagrees. {other.name} answers first.", action="disagreement.raised")
    return disagreement_id


def answer_disagreement(uow: UnitOfWork, disagreement_id: uuid.UUID, *, words: str) -> None:
    """Answer for whoever is asked; then it waits for the one who raised it, to settle it or move it up."""
    _refuse_empty("words", words, "Enter your answer")
    found = _lock(uow, disagreement_id)
    if found.waits_principal not in uow.actor.principals:
        raise NotAllowed([Reason(None, f"{found.waits_name} is asked, and can answer.")])
    _take_turn(uow, found, _Turn(Step.ANSWERED, found.stage, words, _raiser(uow, found)))
    _note(uow, found, f"{uow.actor.name} answered the disagreement.", action="disagreement.answered")


def move_up(uow: UnitOfWork, disagreement_id: uuid.UUID, *, words: str, asked: AccountId) -> None:
    """Move to the next stage and ask a named person; either side may, at any time.

    Raises ``RuleBroken``, ``NotAllowed``, or ``Conflict`` after the last stage.
    """
    _refuse_empty("words", words, "Enter what is still not settled")
    found = _lock(uow, disagreement_id)
    _must_take_part(uow, found)
    level = rules.next_level(found.stage)
    if level is None:
        raise Conflict([Reason(None, "This is with the partnership already: the last stage. It settles it")])
    if asked in {found.raised_by, uow.actor.account_id}:
        raise RuleBroken([Reason("asked", "Select somebody else: nobody judges their own disagreement")])
    name = accounts.account_names(uow.session, [asked]).get(asked)
    if name is None:
        raise RuleBroken([Reason("asked", "Select who takes it up")])
    who = Owner(asked, Party.WORKER, name)
    grants.give(
        uow,
        found.about,
        principal=asked,
        reason=GrantReason.SEES_TO_REFERRAL,
        record=found.id,
    )
    _take_turn(uow, found, _Turn(Step.MOVED_UP, level, words, who))
    line = f"The disagreement moved up: {rules.LEVEL_WORDS[level].lower()}. {name} answers."
    _note(uow, found, line, action="disagreement.moved_up")


def settle(uow: UnitOfWork, disagreement_id: uuid.UUID, *, settlement: Settlement, words: str) -> None:
    """Settle it, saying how; both sides or whoever is asked may. What it opened for them ends."""
    _refuse_empty("words", words, "Enter what was agreed, and who does what")
    found = _lock(uow, disagreement_id)
    _must_take_part(uow, found)
    waits = Owner(found.waits_principal, Party.WORKER, found.waits_name)
    _write_step(uow, found, _Turn(Step.SETTLED, found.stage, words, waits, settlement))
    uow.session.execute(
        update(Disagreement)
        .where(Disagreement.id == found.id)
        .values(settled_at=uow.now, version=Disagreement.version + 1),
        execution_options=_QUIETLY,
    )
    how = rules.SETTLEMENT_WORDS[settlement]
    _note(uow, found, f"The disagreement is settled: {how[:1].lower()}{how[1:]}.", action="disagreement.settled")
    grants.end(uow, record=found.id)


def _sides(uow: UnitOfWork, referral: Referral) -> tuple[Owner, Owner]:
    """The actor's side, and the other one: the service that was asked last, or whoever sent the referral."""
    sender, service = sender_of(referral), _service_asked(uow, referral) or THE_FRONT_DOOR
    mine = uow.actor.principals
    if service.principal in mine and sender.principal not in mine:
        return service, sender
    me = sender if sender.principal in mine else Owner(_account(uow), Party.SENDER, uow.actor.name)
    other = service if service.principal != me.principal else sender
    if other.principal == me.principal:
        raise RuleBroken("Nobody else has been asked about this referral yet, so there is nobody to disagree with")
    return me, other


def _service_asked(uow: UnitOfWork, referral: Referral) -> Owner | None:
    with elevated(uow.session, "the service that was asked last, which the sender may no longer see"):
        row = uow.session.execute(
            select(Service.id, Service.name)
            .join(Offer, Offer.service_id == Service.id)
            .where(Offer.referral_id == referral.id)
            .order_by(Offer.offered_at.desc(), Offer.id)
            .limit(1)
        ).one_or_none()
    return None if row is None else Owner(row.id, Party.SERVICE, row.name)


def _raiser(uow: UnitOfWork, found: Disagreement) -> Owner:
    """Whoever raised it; where they left, whose side it is now: the team of their service, or the front door."""
    if found.raised_principal == found.raised_by:
        return Owner(found.raised_by, Party.SENDER, found.raised_by_name)
    with elevated(uow.session, "whether whoever raised a disagreement still works on their side"):
        side = find_side(uow.session, AccountId(found.raised_by), side_id=found.raised_principal, today=uow.today)
    if side is not None and side.is_left:
        return Owner(found.raised_principal, Party.SERVICE, side.service) if side.service else THE_FRONT_DOOR
    return Owner(found.raised_by, Party.SENDER, found.raised_by_name)


def _let_see(uow: UnitOfWork, disagreement_id: uuid.UUID, about: list[uuid.UUID], side: Owner) -> None:
    grants.give(
        uow, about, principal=side.principal, reason=_REASON_OF[side.party], record=disagreement_id, parts=_TO_JUDGE
    )


def _lock(uow: UnitOfWork, disagreement_id: uuid.UUID) -> Disagreement:
    """An open disagreement, locked after its referral: the order in which everybody else locks them."""
    of = select(Disagreement.referral_id).where(Disagreement.id == disagreement_id)
    referral_id = uow.session.scalars(of).one_or_none()
    if referral_id is not None:
        with elevated(uow.session, "locking the referral of a disagreement, whatever the actor may see of it"):
            lock_referral(uow, referral_id)
    found = uow.session.execute(
        select(Disagreement)
        .where(Disagreement.id == disagreement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such disagreement, or none that you may see")
    if found.settled_at is not None:
        raise Conflict([Reason(None, "This disagreement is settled. Raise a new one on the referral’s page")])
    return found


def _must_take_part(uow: UnitOfWork, found: Disagreement) -> None:
    part = {found.raised_principal, found.raised_by, found.other_principal, found.waits_principal}
    if part.isdisjoint(uow.actor.principals):
        raise NotAllowed([Reason(None, f"{found.raised_by_name} and {found.other_name} can do that.")])


def _take_turn(uow: UnitOfWork, found: Disagreement, turn: _Turn) -> None:
    _write_step(uow, found, turn)
    uow.session.execute(
        update(Disagreement)
        .where(Disagreement.id == found.id)
        .values(
            stage=turn.stage,
            waits_principal=turn.waits.principal,
            waits_name=turn.waits.name,
            due_at=_due(uow, turn),
            reminded_at=None,
            manager_told_at=None,
            version=Disagreement.version + 1,
        ),
        execution_options=_QUIETLY,
    )


def _write_step(uow: UnitOfWork, found: Disagreement, turn: _Turn) -> None:
    row = {
        "id": new_id(),
        "disagreement_id": found.id,
        "about": list(found.about),
        "kind": turn.kind,
        "stage": turn.stage,
        "words": turn.words.strip(),
        "settlement": turn.settlement,
        "taken_by": _account(uow),
        "taken_by_name": uow.actor.name,
        "taken_at": uow.now,
        "waits_name": turn.waits.name,
        "due_at": _due(uow, turn),
    }
    uow.session.execute(insert(DisagreementStep), [row])


def _due(uow: UnitOfWork, turn: _Turn) -> dt.datetime:
    return due_after_working_days(uow.now, rules.LEVEL_DAYS[turn.stage])


def _account(uow: UnitOfWork) -> AccountId:
    if uow.actor.account_id is None:
        raise NotAllowed("Only a person can disagree")
    return uow.actor.account_id


def _refuse_empty(field: str, words: str, message: str) -> None:
    reasons = rules.reasons_against_words(field, words, message)
    if reasons:
        raise RuleBroken(reasons)


def _note(uow: UnitOfWork, found: Disagreement, line: str, *, action: str) -> None:
    note_event(uow, found.referral_id, found.about, line)
    audit.record(uow, action, subjects=found.about, record=("disagreement", found.id))
