"""Reading drafts; row-level security leaves the owner's and those of colleagues whose deputy the reader is."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, any_, bindparam, select
from sqlalchemy.orm import Session

from locality.access import scope
from locality.access.facts import AccessFacts
from locality.drafts.models import Draft, DraftField
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.web.drafting import Colleague, KeptDraft, KeptField, Place

MOST_COLLEAGUES = 5


@dataclass(frozen=True, slots=True)
class DraftToRead:
    """A colleague's draft as a deputy reads it: the field names and texts, unsorted."""

    id: uuid.UUID
    owner_name: str
    place: str
    form: str
    typed_at: dt.datetime
    fields: tuple[tuple[str, tuple[str, ...]], ...]


def find(session: Session, place: Place) -> KeptDraft:
    """What is kept at a place: the owner's own fields, and which colleagues have something unsent there."""
    rows = _KEPT.rows(session, owner=place.account_id, place=place.path, form=place.form)
    own = [row for row in rows if row.owner_id == place.account_id]
    others = {row.id: Colleague(row.id, row.owner_name, row.typed_at) for row in rows if row not in own}
    return KeptDraft(
        fields={row.name: KeptField(tuple(row.texts), row.version, row.page_id) for row in own if row.name is not None},
        typed_at=own[0].typed_at if own else None,
        colleagues=tuple(others.values())[:MOST_COLLEAGUES],
    )


_KEPT = direct.Prepared(
    select(
        Draft.id, Draft.owner_id, Draft.owner_name, Draft.typed_at,
        DraftField.name, DraftField.texts, DraftField.version, DraftField.page_id,
    )
    .outerjoin(DraftField, and_(DraftField.draft_id == Draft.id, Draft.owner_id == bindparam("owner")))
    .where(Draft.place == bindparam("place"), Draft.form == bindparam("form"))
    .order_by(Draft.typed_at.desc(), Draft.id)
    .limit(500)
)  # fmt: skip


def find_draft(session: Session, draft_id: uuid.UUID) -> DraftToRead | None:
    """A draft with its fields; None when there is none that the reader may see."""
    draft = session.get(Draft, draft_id)
    return None if draft is None else _to_read(session, draft)


def kept_fields(session: Session, draft_id: uuid.UUID, names: Iterable[str]) -> dict[str, KeptField]:
    """What is kept of each of these fields."""
    rows = _FIELDS.rows(session, draft_id=draft_id, names=list(names))
    return {row.name: KeptField(tuple(row.texts), row.version, row.page_id) for row in rows}


_FIELDS = direct.Prepared(
    select(DraftField.name, DraftField.texts, DraftField.version, DraftField.page_id).where(
        DraftField.draft_id == bindparam("draft_id"), DraftField.name == any_(bindparam("names"))
    )
)


def turn_sent(session: Session, page_id: uuid.UUID | None) -> int | None:
    """Up to which turn the form of a page has been sent with success; None while it has not."""
    if page_id is None:
        return None
    row = direct.one_or_none(session, "SELECT turn FROM draft_sent WHERE page_id = %(page)s", {"page": page_id})
    return None if row is None else int(row.turn)


def is_closed(session: Session, about: Iterable[uuid.UUID]) -> bool:
    """Whether the record of any of these people is closed to the writer."""
    asked = "SELECT closed_people() && %(about)s::uuid[] AS closed"
    return bool(direct.rows(session, asked, {"about": list(about)})[0].closed)


def draft_facts(session: Session, actor: Actor, *, draft_id: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about a draft; None when there is none that the reader may see."""
    draft = session.get(Draft, draft_id)
    if draft is None:
        return None
    desk = () if draft.desk_id is None else (draft.desk_id,)
    return scope.facts_about(session, actor, draft.about, record=("draft", draft_id), holders=desk)


def _to_read(session: Session, draft: Draft) -> DraftToRead:
    rows = session.execute(
        select(DraftField.name, DraftField.texts).where(DraftField.draft_id == draft.id).order_by(DraftField.name)
    ).all()
    return DraftToRead(
        id=draft.id,
        owner_name=draft.owner_name,
        place=draft.place,
        form=draft.form,
        typed_at=draft.typed_at,
        fields=tuple((row.name, tuple(row.texts)) for row in rows),
    )
