"""Reading the sections of a CAF that are free words, this version's and the one's before; and who is writing now."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import EarlierText, SectionAnswer
from locality.caf.rules.sections import SectionCode
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.ids import AccountId, AssessmentId, PersonId


@dataclass(frozen=True, slots=True)
class SavedSection:
    """A section as saved: by whom, when, and which version."""

    words: Mapping[str, str]
    version: int
    saved_at: dt.datetime
    saved_by_name: str
    saved_by: AccountId | None = None

    @classmethod
    def of(cls, row: Any) -> "SavedSection":
        """What a row of ``section_answer`` holds."""
        words = {name: str(text) for name, text in row.facts.items()}
        return cls(words, row.version, row.saved_at, row.saved_by_name, row.saved_by)


@dataclass(frozen=True, slots=True)
class SectionRead:
    """A section of this version, of the version before, and what was put aside of it."""

    saved: SavedSection | None
    previous: SavedSection | None
    replaced: tuple["AsideRow", ...]


@dataclass(frozen=True, slots=True)
class AsideRow:
    """Texts of a section that were put aside, whose they were, and who put them aside."""

    texts: tuple[str, ...]
    saved_by_name: str
    replaced_at: dt.datetime
    replaced_by_name: str


def read_section(
    session: Session,
    assessment_id: AssessmentId,
    previous_id: AssessmentId | None,
    *,
    code: SectionCode,
    child_id: PersonId | None,
) -> SectionRead:
    """A section with last time's beside it; one statement."""
    rows = session.execute(
        select(SectionAnswer, EarlierText)
        .outerjoin(EarlierText, EarlierText.record_id == SectionAnswer.id)
        .where(
            SectionAnswer.assessment_id.in_([one for one in (assessment_id, previous_id) if one is not None]),
            SectionAnswer.code == code,
            SectionAnswer.person_id.is_not_distinct_from(child_id),
        )
        .order_by(EarlierText.replaced_at.desc(), EarlierText.id)
        .limit(40)
        .execution_options(populate_existing=True)
    ).all()
    by_caf = {row[0].assessment_id: SavedSection.of(row[0]) for row in rows}
    aside = [row[1] for row in rows if row[1] is not None and row[0].assessment_id == assessment_id]
    return SectionRead(
        by_caf.get(assessment_id),
        None if previous_id is None else by_caf.get(previous_id),
        tuple(_aside(text) for text in aside),
    )


def _aside(row: EarlierText) -> AsideRow:
    texts = tuple(str(words) for words in row.facts.values() if words)
    return AsideRow(texts, row.saved_by_name, row.replaced_at, row.replaced_by_name)


def list_written(session: Session, assessment_id: uuid.UUID) -> frozenset[tuple[SectionCode, PersonId | None]]:
    """The sections of a CAF in which anything is written; one statement."""
    rows = session.execute(
        select(SectionAnswer.code, SectionAnswer.person_id, SectionAnswer.facts).where(
            SectionAnswer.assessment_id == assessment_id
        )
    )
    return frozenset((row.code, row.person_id) for row in rows if any(row.facts.values()))


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else who was seen in a CAF a moment ago, where and when."""

    name: str
    place: str
    seen_at: dt.datetime


def note_presence(
    session: Session, actor: Actor, assessment_id: uuid.UUID, *, place: str, now: dt.datetime
) -> tuple[Present, ...]:
    """Remember that the actor is at ``place`` in a draft now, and say who else is in the CAF; one statement.

    Written by the page itself, with the note of who looked: it is gone in a quarter of an hour.
    """
    values = {"id": assessment_id, "account": actor.account_id, "name": actor.name, "place": place, "now": now}
    rows = direct.rows(session, _NOTE, values)
    return tuple(Present(row.name, row.place, row.seen_at) for row in rows)


def list_present(session: Session, actor: Actor, assessment_id: uuid.UUID, *, now: dt.datetime) -> tuple[Present, ...]:
    """Who else was seen in a CAF in the last quarter of an hour; one statement."""
    rows = direct.rows(session, _OTHERS, {"id": assessment_id, "account": actor.account_id, "now": now})
    return tuple(Present(row.name, row.place, row.seen_at) for row in rows)


_OTHERS: Final = (
    "SELECT name, place, seen_at FROM caf_presence WHERE assessment_id = %(id)s"
    " AND account_id IS DISTINCT FROM %(account)s"
    " AND seen_at > %(now)s::timestamptz - interval '15 minutes' ORDER BY seen_at DESC"
)
# Both parts see the same moment: the reader's own row is left out by account, not by order.
_NOTE: Final = (
    "WITH mine AS (INSERT INTO caf_presence (assessment_id, account_id, place, name, about, seen_at)"
    " SELECT a.id, %(account)s, %(place)s, %(name)s, a.about, %(now)s FROM assessment a"
    " WHERE a.id = %(id)s AND a.state = 'draft' AND %(account)s::uuid IS NOT NULL"
    " ON CONFLICT (assessment_id, account_id) DO UPDATE"
    " SET place = excluded.place, name = excluded.name, seen_at = excluded.seen_at)"
    " SELECT name, place, seen_at FROM caf_presence WHERE assessment_id = %(id)s"
    " AND account_id IS DISTINCT FROM %(account)s"
    " AND seen_at > %(now)s::timestamptz - interval '15 minutes' ORDER BY seen_at DESC"
)
