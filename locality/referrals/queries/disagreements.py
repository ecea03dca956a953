"""Reading disagreements: one with its steps, and those that wait for somebody."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.kernel.actor import Actor, Role
from locality.kernel.errors import NotFound
from locality.kernel.ids import ReferralId
from locality.referrals.models import Disagreement, DisagreementStep, Referral
from locality.referrals.rules.disagreeing import Level, Settlement, Step

MOST = 50


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step: at which stage, by whom, what was said, who was to answer by when."""

    kind: Step
    stage: Level
    words: str
    settlement: Settlement | None
    by_name: str
    at: dt.datetime
    waits_name: str
    due_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DisagreementView:
    """A disagreement as its page shows it."""

    id: uuid.UUID
    referral_id: ReferralId
    reference: str
    about: tuple[uuid.UUID, ...]
    stage: Level
    raised_by: uuid.UUID
    raised_by_name: str
    raised_principal: uuid.UUID
    other_principal: uuid.UUID
    other_name: str
    waits_principal: uuid.UUID
    waits_name: str
    due_at: dt.datetime
    settled_at: dt.datetime | None
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A disagreement that waits for the reader or their team, or that they raised."""

    id: uuid.UUID
    reference: str
    about: tuple[uuid.UUID, ...]
    stage: Level
    raised_by_name: str
    waits_name: str
    due_at: dt.datetime
    is_mine: bool


def disagreement_facts(
    session: Session, actor: Actor, *, disagreement_id: uuid.UUID, **_others: uuid.UUID
) -> AccessFacts | None:
    """About a disagreement, which is addressed to both sides and to whoever is asked; two statements."""
    row = session.execute(
        select(
            Disagreement.about,
            Disagreement.raised_by,
            Disagreement.raised_principal,
            Disagreement.other_principal,
            Disagreement.waits_principal,
        ).where(Disagreement.id == disagreement_id)
    ).one_or_none()
    if row is None:
        return None
    return facts_about(session, actor, row.about, record=("disagreement", disagreement_id), holders=row[1:])


def get_disagreement(session: Session, disagreement_id: uuid.UUID) -> DisagreementView:
    """A disagreement with every step, first to last; two statements. Raises ``NotFound``."""
    row = session.execute(
        select(
            Disagreement.id,
            Disagreement.referral_id,
            Referral.reference,
            Disagreement.about,
            Disagreement.stage,
            Disagreement.raised_by,
            Disagreement.raised_by_name,
            Disagreement.raised_principal,
            Disagreement.other_principal,
            Disagreement.other_name,
            Disagreement.waits_principal,
            Disagreement.waits_name,
            Disagreement.due_at,
            Disagreement.settled_at,
        )
        .join(Referral, Referral.id == Disagreement.referral_id)
        .where(Disagreement.id == disagreement_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such disagreement, or none that you may see")
    steps = session.execute(
        select(
            DisagreementStep.kind,
            DisagreementStep.stage,
            DisagreementStep.words,
            DisagreementStep.settlement,
            DisagreementStep.taken_by_name,
            DisagreementStep.taken_at,
            DisagreementStep.waits_name,
            DisagreementStep.due_at,
        )
        .where(DisagreementStep.disagreement_id == disagreement_id)
        .order_by(DisagreementStep.taken_at, DisagreementStep.id)
    )
    values = row._asdict() | {"about": tuple(row.about)}
    return DisagreementView(**values, steps=tuple(StepLine(*step) for step in steps))


def list_waiting(session: Session, actor: Actor) -> tuple[WaitingRow, ...]:
    """Open disagreements that wait for the actor first, then those that they raised; by date; one statement.

    A manager also has those of which managers were told, because the answer is late.
    """
    mine = Disagreement.waits_principal.in_(actor.principals)
    others = Disagreement.raised_by == actor.account_id
    if actor.has(Role.MANAGER):
        others |= Disagreement.manager_told_at.is_not(None)
    rows = session.execute(
        select(
            Disagreement.id,
            Referral.reference,
            Disagreement.about,
            Disagreement.stage,
            Disagreement.raised_by_name,
            Disagreement.waits_name,
            Disagreement.due_at,
            mine.label("is_mine"),
        )
        .join(Referral, Referral.id == Disagreement.referral_id)
        .where(Disagreement.settled_at.is_(None), mine | others)
        .order_by(mine.desc(), Disagreement.due_at, Disagreement.id)
        .limit(MOST)
    )
    return tuple(WaitingRow(row.id, row.reference, tuple(row.about), *row[3:]) for row in rows)
