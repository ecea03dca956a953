"""Keeping drafts: add to one, take a colleague's over, drop one, forget the old."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from locality.audit import log as audit
from locality.drafts import queries, rules
from locality.drafts.models import Draft, DraftField, DraftSent
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
    if untouched:
        fields = _without_others(uow.session, place, draft_id, fields=fields, untouched=untouched)
    versions = queries.versions_of(uow.session, draft_id, fields)
    overtaken = () if seen is None else rules.changed_elsewhere({name: seen.get(name, 0) for name in fields}, versions)
    texts = queries.texts_of(uow.session, draft_id, overtaken) if overtaken else {}
    saved = {name: versions.get(name, 0) + 1 for name in fields if name not in overtaken}
    _put(uow.session, draft_id, {name: (fields[name], version) for name, version in saved.items()}, place.opened_id)
    return Kept(saved, {name: (versions[name], texts.get(name, ())) for name in overtaken}, rules.cut_short(typed))


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
    draft = select(Draft.id).where(
        Draft.owner_id == place.account_id, Draft.place == place.path, Draft.form == place.form
    )
    # Another window that keeps words just now holds the draft; the statements after this one see what it has kept.
    draft_id = session.execute(draft.with_for_update()).scalar_one_or_none()
    if draft_id is None:
        return
    is_left = select(DraftField.name).where(DraftField.draft_id == draft_id).exists()
    for gone in (
        delete(DraftField).where(DraftField.draft_id == draft_id, _went_with(place)),
        delete(Draft).where(Draft.id == draft_id, ~is_left),
    ):
        session.execute(gone.execution_options(synchronize_session=False))


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


def _without_others(
    session: Session, place: Place, draft_id: uuid.UUID, *, fields: dict[str, list[str]], untouched: frozenset[str]
) -> dict[str, list[str]]:
    writers = queries.writers_of(session, draft_id, fields)
    left = rules.left_alone(fields, untouched & fields.keys(), writers=writers, page_id=place.opened_id)
    return {name: texts for name, texts in fields.items() if name not in left}


def _went_with(place: Place) -> ColumnElement[bool]:
    """The fields whose words the page of a place has shown: its own, those it was given back, and those of no page."""
    as_kept = tuple_(DraftField.name, DraftField.version, DraftField.page_id)
    return or_(DraftField.page_id.is_(None), DraftField.page_id == place.opened_id, as_kept.in_(list(place.shown)))


def _note_sent(session: Session, place: Place) -> None:
    """Remember up to which turn a page has been sent."""
    put = insert(DraftSent).values(
        page_id=place.page_id, owner_id=place.account_id, turn=place.turn or 0, sent_at=func.now()
    )
    session.execute(
        put.on_conflict_do_update(
            index_elements=["page_id"], set_={"turn": func.greatest(DraftSent.turn, put.excluded.turn)}
        )
    )


def _lock_draft(uow: UnitOfWork, place: Place) -> uuid.UUID:
    """The draft of the place, made when there is none; locked until the transaction ends."""
    row = {
        "id": new_id(), "owner_id": place.account_id, "owner_name": place.account_name, "place": place.path,
        "form": place.form, "about": list(place.about), "desk_id": place.desk_id, "part": place.part,
        "typed_at": uow.now,
    }  # fmt: skip
    renewed = {key: row[key] for key in ("owner_name", "about", "desk_id", "part", "typed_at")}
    uow.session.execute(
        insert(Draft).values(row).on_conflict_do_update(index_elements=["owner_id", "place", "form"], set_=renewed)
    )
    found: uuid.UUID = uow.session.execute(
        select(Draft.id).where(Draft.owner_id == place.account_id, Draft.place == place.path, Draft.form == place.form)
    ).scalar_one()
    return found


def _put(
    session: Session, draft_id: uuid.UUID, fields: Mapping[str, tuple[list[str], int]], page_id: uuid.UUID | None
) -> None:
    if not fields:
        return
    rows = [
        {"draft_id": draft_id, "name": name, "texts": texts, "version": version, "page_id": page_id}
        for name, (texts, version) in fields.items()
    ]
    put = insert(DraftField)
    renewed = {column: put.excluded[column] for column in ("texts", "version", "page_id")}
    session.execute(put.on_conflict_do_update(index_elements=["draft_id", "name"], set_=renewed), rows)
