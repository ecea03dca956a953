"""Reading the story: a page of lines, by kind, source and date."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.ids import PersonId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
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
    values = {
        "people": [person_id, *also], "kind": wanted.kind and wanted.kind.value, "source": wanted.source,
        "from_on": wanted.from_on, "until_on": wanted.until_on,
        "most": PAGE_SIZE + 1, "before": (number - 1) * PAGE_SIZE,
    }  # fmt: skip
    conditions = "".join(sql for name, sql in _NARROWED.items() if values[name] is not None)
    # One record's story comes from its index in order; that of several is put in order.
    whose = "= ANY(%(people)s)" if also else "= (%(people)s::uuid[])[1]"
    rows = direct.rows(session, f"{_STORY} {whose}{conditions}{_PAGE}", values)
    return page_of([StoryRow(row[0], row[1], _KINDS[row[2]], *row[3:]) for row in rows], number)


_KINDS: Final = {kind.value: kind for kind in StoryKind}
_NARROWED: Final = {
    "kind": " AND kind = %(kind)s",
    "source": " AND source = %(source)s",
    "from_on": " AND happened_on >= %(from_on)s",
    "until_on": " AND happened_on <= %(until_on)s",
}
_STORY: Final = (
    "SELECT happened_on, recorded_at, kind, line, source, record_kind, record_id FROM chronology_entry WHERE person_id"
)
_PAGE: Final = " ORDER BY happened_on DESC, recorded_at DESC, id LIMIT %(most)s OFFSET %(before)s"
