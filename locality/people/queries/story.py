"""Reading the story: a page of lines, by kind, source and date."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import PersonId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people.models import ChronologyEntry
from locality.people.rules.codes import StoryKind


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One line of somebody's story."""

    happened_on: dt.date
    recorded_at: dt.datetime
    kind: StoryKind
    line: str
    source: str
    record_kind: str | None
    record_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which lines: of a kind, from a source, between two dates (both included)."""

    kind: StoryKind | None = None
    source: str | None = None
    from_on: dt.date | None = None
    until_on: dt.date | None = None


NO_FILTER = StoryFilter()


def list_story(
    session: Session,
    person_id: PersonId,
    *,
    wanted: StoryFilter = NO_FILTER,
    number: int = 1,
    also: Sequence[PersonId] = (),
) -> Page[StoryRow]:
    """A page of somebody's story, newest first; ``also`` are their other records, whose lines stand between."""
    entry = ChronologyEntry
    statement = select(
        entry.happened_on, entry.recorded_at, entry.kind, entry.line, entry.source, entry.record_kind, entry.record_id
    ).where(entry.person_id.in_([person_id, *also]) if also else entry.person_id == person_id)
    if wanted.kind is not None:
        statement = statement.where(entry.kind == wanted.kind)
    if wanted.source is not None:
        statement = statement.where(entry.source == wanted.source)
    if wanted.from_on is not None:
        statement = statement.where(entry.happened_on >= wanted.from_on)
    if wanted.until_on is not None:
        statement = statement.where(entry.happened_on <= wanted.until_on)
    rows = session.execute(
        statement.order_by(entry.happened_on.desc(), entry.recorded_at.desc(), entry.id)
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    )
    return page_of([StoryRow(*row) for row in rows], number)
