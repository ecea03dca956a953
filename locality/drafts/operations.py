"""Keeping drafts: add to one, take a colleague's over, drop one, forget the old."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg.types.json import Jsonb
from sqlalchemy import delete
from sqlalchemy.orm import Session

from locality.audit import log as audit
from locality.drafts import queries, rules
from locality.drafts.models import Draft, DraftSent
from locality.kernel import direct
from locality.kernel.errors import NotFound
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.web.drafting import Place

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of keeping: the new version of each field kept, and by name what another window changed meanwhile.

    ``newer`` maps each of the latter to its version and texts; of those nothing was kept. ``cut`` names fields of which
    only the beginning was.
    """

    versions: dict[str, int]
    newer: dict[str, tuple[int, tuple[str, ...]]]
    cut: tuple[str, ...]


def keep(
    uow: UnitOfWork,
    place: Place,
    *,
    typed: Typed,
    seen: Mapping[str, int] | None = None,
    untouched: frozenset[str] = frozenset(),
) -> Kept:
    """Keep what was typed into some fields of a form.

    ``seen`` are the versions that the window has seen of them: a field that another window has changed since is left
    alone and named in the answer. None keeps all: somebody has pressed a button, and that is their last word; but of
    the fields that are ``untouched`` since the page was shown nothing of another window's is replaced. What a page sent
    before its form succeeded, and arrives only now, changes nothing. Raises ``NotFound`` when the record of
    one of the people of the page is closed to its writer by now.
    """
    if place.about and queries.is_closed(uow.session, place.about):
        raise NotFound("There is no such page, or none that you may see")
    _one_at_a_time(uow.session, place)
    if rules.is_past(place.turn, sent=queries.turn_sent(uow.session, place.page_id)):
        return Kept({}, {}, ())
    fields = rules.keepable(typed)
    draft_id = _lock_draft(uow, place)
    kept = queries.kept_fields(uow.session, draft_id, fields)
    writers = {name: field.page_id for name, field in kept.items()}
    alone = rules.left_alone(fields, untouched & fields.keys(), writers=writers, page_id=place.opened_id)
    fields = {name: texts for name, texts in fields.items() if name not in alone}
    versions = {name: field.version for name, field in kept.items() if name in fields}
    overtaken = () if seen is None else rules.changed_elsewhere({name: seen.get(name, 0) for name in fields}, versions)
    saved = {name: versions.get(name, 0) + 1 for name in fields if name not in overtaken}
    _put(uow.session, draft_id, {name: (fields[name], version) for name, version in saved.items()}, place.opened_id)
    return Kept(saved, {name: (kept[name].version, kept[name].texts) for name in overtaken}, rules.cut_short(typed))


def discard(uow: UnitOfWork, place: Place) -> None:
    """Drop what the place's owner has typed there, if anything, as ``drop`` does."""
    drop(uow.session, place)


def drop(session: Session, place: Place) -> None:
    """Drop what the place's owner has typed there, within a transaction that is about to commit.

    That is what the page of the place has written last, what it was shown with, and what is of no known page. What
    another window has typed since is not sent yet: it stays, and is offered when the page is opened anew.
    """
    _one_at_a_time(session, place)
    if place.page_id is not None:
        _note_sent(session, place)
    # Another window that keeps words just now holds the draft; the statements after this one see what it has kept.
    held = direct.one_or_none(session, _HELD, _key(place))
    if held is None:
        return
    names, versions, pages = zip(*place.shown, strict=True) if place.shown else ((), (), ())
    shown = {"names": list(names), "versions": list(versions), "pages": list(pages)}
    direct.rows(session, _DROP_FIELDS, {"draft": held.id, "page": place.opened_id, **shown})
    direct.rows(session, _DROP_EMPTY, {"draft": held.id})


_HELD: Final = "SELECT id FROM draft WHERE owner_id = %(owner)s AND place = %(place)s AND form = %(form)s FOR UPDATE"
# The fields whose words the page of a place has shown: its own, those it was given back, and those of no page.
_DROP_FIELDS: Final = """
  DELETE FROM draft_field
  WHERE draft_id = %(draft)s
    AND (page_id IS NULL OR page_id = %(page)s OR (name, version, page_id) IN (
      SELECT * FROM unnest(%(names)s::text[], %(versions)s::integer[], %(pages)s::uuid[])))
"""
_DROP_EMPTY: Final = (
    "DELETE FROM draft WHERE id = %(draft)s AND NOT EXISTS (SELECT FROM draft_field WHERE draft_id = %(draft)s)"
)


def carry_on(uow: UnitOfWork, draft_id: uuid.UUID) -> str:
    """Copy a colleague's draft into one of the actor's own; the colleague's stays. Answers the address of its page.

    Raises ``NotFound`` when there is none that the actor may see.
    """
    theirs = uow.session.get(Draft, draft_id)
    read = queries.find_draft(uow.session, draft_id)
    if theirs is None or read is None or uow.actor.account_id is None:
        raise NotFound("There is no such page of a colleague")
    place = Place(
        uow.actor.account_id,
        uow.actor.name,
        theirs.place,
        theirs.form,
        tuple(theirs.about),
        desk_id=theirs.desk_id,
        part=theirs.part,
    )
    keep(uow, place, typed=dict(read.fields))
    audit.record(uow, "draft.carried_on", subjects=theirs.about, record=("draft", draft_id))
    return theirs.place


def forget_old(uow: UnitOfWork, *, days: int) -> int:
    """Remove drafts in which nobody has typed for so many days; how many there were."""
    before = rules.forgotten_before(uow.now, days=days)
    gone = uow.session.execute(delete(Draft).where(Draft.typed_at < before).returning(Draft.id)).all()
    uow.session.execute(delete(DraftSent).where(DraftSent.sent_at < uow.now - rules.PAGE_MAY_SAVE_FOR))
    if gone:
        audit.record(uow, "draft.forgotten", detail={"drafts": len(gone)})
    return len(gone)


def _one_at_a_time(session: Session, place: Place) -> None:
    """What a page sends while it types waits for its form to be through, and the other way round."""
    if place.page_id is not None:
        direct.rows(session, _ONE_PAGE, {"page": str(place.page_id)})


_ONE_PAGE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(page)s, 0))"


def _note_sent(session: Session, place: Place) -> None:
    """Remember up to which turn a page has been sent."""
    values = {"page": place.page_id, "owner": place.account_id, "turn": place.turn or 0}
    direct.rows(session, _NOTE_SENT, values)


_NOTE_SENT: Final = """
  INSERT INTO draft_sent AS sent (page_id, owner_id, turn, sent_at) VALUES (%(page)s, %(owner)s, %(turn)s, now())
  ON CONFLICT (page_id) DO UPDATE SET turn = greatest(sent.turn, excluded.turn)
"""


def _lock_draft(uow: UnitOfWork, place: Place) -> uuid.UUID:
    """The draft of the place, made when there is none; locked until the transaction ends."""
    values = {
        **_key(place), "id": new_id(), "owner_name": place.account_name, "about": list(place.about),
        "desk": place.desk_id, "part": place.part, "now": uow.now,
    }  # fmt: skip
    found: uuid.UUID = direct.rows(uow.session, _LOCK, values)[0].id
    return found


_LOCK: Final = """
  INSERT INTO draft (id, owner_id, owner_name, place, form, about, desk_id, part, typed_at)
  VALUES (%(id)s, %(owner)s, %(owner_name)s, %(place)s, %(form)s, %(about)s, %(desk)s, %(part)s, %(now)s)
  ON CONFLICT (owner_id, place, form) DO UPDATE
  SET owner_name = excluded.owner_name, about = excluded.about, desk_id = excluded.desk_id, part = excluded.part,
    typed_at = excluded.typed_at
  RETURNING id
"""


def _key(place: Place) -> dict[str, object]:
    """What there is one draft of."""
    return {"owner": place.account_id, "place": place.path, "form": place.form}


def _put(
    session: Session, draft_id: uuid.UUID, fields: Mapping[str, tuple[list[str], int]], page_id: uuid.UUID | None
) -> None:
    if not fields:
        return
    rows = [{"name": name, "texts": texts, "version": version} for name, (texts, version) in fields.items()]
    direct.rows(session, _PUT, {"draft": draft_id, "page": page_id, "fields": Jsonb(rows)})


_PUT: Final = """
  INSERT INTO draft_field (draft_id, name, texts, version, page_id)
  SELECT %(draft)s, name, texts, version, %(page)s
  FROM jsonb_to_recordset(%(fields)s) AS typed(name text, texts text[], version integer)
  ON CONFLICT (draft_id, name) DO UPDATE
  SET texts = excluded.texts, version = excluded.version, page_id = excluded.page_id
"""
