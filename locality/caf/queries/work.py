"""Reading a lead professional's own work: their families, what to do first, and what is new."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from locality.caf.models import CaseRole, Episode, EpisodeChild, LastLook
from locality.caf.rules.words import CaseRoleKind
from locality.clusters.models import CaseloadEntry, CaseloadName
from locality.kernel.actor import Actor
from locality.kernel.ids import AccountId, EpisodeId, PersonId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people.models import ChronologyEntry, Family

_FIRST_LOOK_DAYS = 14
_MOST_NEWS = 8


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One of the worker's families, as their home shows it."""

    episode_id: EpisodeId
    reference: str
    family_name: str
    child_names: str
    stage: int
    weight: int
    next_step: str
    next_review_on: dt.date | None
    about: tuple[PersonId, ...]


def list_my_families(session: Session, account_id: AccountId, *, number: int) -> Page[FamilyRow]:
    """The families that a worker leads, by next review; one statement."""
    rows = session.execute(
        select(
            CaseloadEntry.episode_id,
            CaseloadEntry.reference,
            CaseloadName.family_name,
            CaseloadName.child_names,
            CaseloadEntry.stage,
            CaseloadEntry.weight,
            CaseloadEntry.next_step,
            CaseloadEntry.next_review_on,
            CaseloadName.about,
        )
        .join(CaseloadName, CaseloadName.episode_id == CaseloadEntry.episode_id)
        .where(CaseloadEntry.lead_account_id == account_id)
        .order_by(CaseloadEntry.next_review_on.asc().nulls_first(), CaseloadName.family_name, CaseloadEntry.episode_id)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE + 1)
    )
    found = [FamilyRow(*row[:-1], tuple(row.about)) for row in rows]
    return page_of(found, number)


@dataclass(frozen=True, slots=True)
class NewsRow:
    """Something that others recorded about one of the worker's families."""

    episode_id: EpisodeId
    family_name: str
    line: str
    source: str
    recorded_at: dt.datetime


def list_news(session: Session, actor: Actor, *, now: dt.datetime) -> tuple[NewsRow, ...]:
    """What others recorded since the worker last said that they had read it, latest first; one statement."""
    account_id = actor.account_id
    if account_id is None:
        return ()
    looked_at = select(LastLook.looked_at).where(LastLook.account_id == account_id).scalar_subquery()
    own_words = ", ".join(part for part in (actor.name, actor.job_title) if part)
    rows = session.execute(
        select(
            Episode.id,
            Family.name,
            ChronologyEntry.line,
            ChronologyEntry.source,
            func.max(ChronologyEntry.recorded_at).label("recorded_at"),
        )
        .join(CaseRole, CaseRole.episode_id == Episode.id)
        .join(Family, Family.id == Episode.family_id)
        .join(EpisodeChild, EpisodeChild.episode_id == Episode.id)
        .join(ChronologyEntry, ChronologyEntry.person_id == EpisodeChild.person_id)
        .where(
            _leads(account_id),
            ChronologyEntry.recorded_at > func.coalesce(looked_at, now - dt.timedelta(days=_FIRST_LOOK_DAYS)),
            ChronologyEntry.source != own_words,
        )
        .group_by(Episode.id, Family.name, ChronologyEntry.line, ChronologyEntry.source)
        .order_by(func.max(ChronologyEntry.recorded_at).desc(), ChronologyEntry.line)
        .limit(_MOST_NEWS)
    )
    return tuple(NewsRow(*row) for row in rows)


def _leads(account_id: AccountId) -> ColumnElement[bool]:
    return and_(
        CaseRole.account_id == account_id,
        CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL,
        CaseRole.until_on.is_(None),
        Episode.closed_on.is_(None),
    )
