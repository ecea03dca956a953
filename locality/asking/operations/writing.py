"""Beginning a request and keeping its answers."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from locality.asking import queries
from locality.asking.models import HelpAnswer, HelpAttempt, HelpHolder, HelpRequest
from locality.asking.rules import returning
from locality.asking.rules.flow import Kind
from locality.asking.rules.typing import ON_RECORD, SHOWN, Texts
from locality.audit import log as audit
from locality.kernel import direct
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import new_id, next_reference
from locality.kernel.uow import UnitOfWork

# A page of a request: its id, the page and the item on it.
Place = tuple[uuid.UUID, str, int]
_QUIETLY = {"synchronize_session": False}
MOST_WINDOWS = 8
TOO_MANY_WINDOWS = "This page is open in too many windows. Close some, then choose which answer to keep"
TOO_MANY = "Too many requests were begun from here in the last hour. Wait an hour, or phone us"


@dataclass(frozen=True, slots=True)
class BeginRequest:
    """Who asks and from where; ``account_id`` and ``for_person_id`` when a practitioner asks while signed in.

    With ``for_person_id`` it holds what a record says: the account alone opens it, not a browser by its secret.
    """

    kind: Kind
    client: str
    account_id: uuid.UUID | None = None
    for_person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A new request and the secret with which its browser holds it; empty where only the account does."""

    request_id: uuid.UUID
    token: str


def begin_request(uow: UnitOfWork, command: BeginRequest) -> Begun:
    """Begin a request, under the step's own name. Raises ``RuleBroken`` when too many were begun from one address."""
    queries.wait_for_turn(uow.session, command.client, client=command.client)
    if queries.find_begin_again_at(uow.session, client=command.client, now=uow.now) is not None:
        raise RuleBroken(TOO_MANY)
    token, request_id = secrets.token_urlsafe(32), new_id()
    request = {
        "id": request_id, "kind": command.kind, "reference": next_reference(uow.session, "AH"),
        "contact_id": new_id(), "for_person_id": command.for_person_id, "started_at": uow.now, "typed_at": uow.now,
    }  # fmt: skip
    attempt = {
        "id": new_id(), "step": "begin", "reference_hash": b"", "client_address": command.client, "matched": True,
        "attempted_at": uow.now,
    }  # fmt: skip
    uow.session.execute(insert(HelpRequest).values(request))
    uow.session.execute(insert(HelpAttempt).values(attempt))
    if command.for_person_id is None:
        hold(uow, request_id, queries.holder_of(token))
    else:
        token = ""
    if command.account_id is not None:
        hold(uow, request_id, command.account_id)
    audit.record(uow, "help_request.begun", record=("help_request", request_id), detail={"kind": command.kind.value})
    return Begun(request_id, token)


def hold(uow: UnitOfWork, request_id: uuid.UUID, holder_id: uuid.UUID) -> None:
    """Let one more browser or account hold a request, under the step's own name."""
    row = {"request_id": request_id, "holder_id": holder_id}
    uow.session.execute(insert_or(HelpHolder).values(row).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class Window:
    """A window that a page is open in, and the version of the answers that it was shown (0: there were none)."""

    id: uuid.UUID
    seen: int


@dataclass(frozen=True, slots=True)
class SavedAs:
    """The version that the window has now; ``is_beside``: another window saved first, both are kept."""

    version: int
    is_beside: bool = False


def save_page(uow: UnitOfWork, place: Place, texts: Texts, *, done: bool, window: Window | None = None) -> SavedAs:
    """Keep what was typed on a page; ``done`` stays set.

    When another window has saved since this one looked, the words are kept beside the other's until somebody chooses.
    Without ``window`` they are kept in any case.
    """
    request_id, page, item = place
    values = {
        "request": request_id, "page": page, "item": item, "texts": Jsonb(texts), "done": done,
        "window": None if window is None else window.id, "seen": None if window is None else window.seen,
    }  # fmt: skip
    kept = direct.one_or_none(uow.session, _SAVE, values)
    version = None if kept is None else kept.version
    if version is None and window is not None:
        _keep_beside(uow, place, texts, window)
    direct.rows(uow.session, _TYPED, {"request": request_id, "now": uow.now})
    return SavedAs(window.seen, is_beside=True) if version is None and window is not None else SavedAs(version or 0)


_SAVE: Final = """
  INSERT INTO help_answer AS kept (request_id, page, item, texts, done, version, typed_in, beside)
  VALUES (%(request)s, %(page)s, %(item)s, %(texts)s, %(done)s, 1, %(window)s, '[]')
  ON CONFLICT (request_id, page, item) DO UPDATE
  SET texts = excluded.texts, done = kept.done OR excluded.done, version = kept.version + 1,
    typed_in = excluded.typed_in
  WHERE %(window)s::uuid IS NULL OR kept.version = %(seen)s OR kept.typed_in = %(window)s
    OR kept.texts = excluded.texts
  RETURNING version
"""
_TYPED: Final = "UPDATE help_request SET typed_at = %(now)s WHERE id = %(request)s"


def choose_words(uow: UnitOfWork, place: Place, texts: Texts, *, shown: str) -> bool:
    """Keep these words of a page and no others.

    False, and nothing is changed, when a window has typed more since the versions were ``shown`` (their fingerprint).
    """
    row = _locked(uow, place)
    if row is None or queries.fingerprint(row.texts, row.beside) != shown:
        return False
    uow.session.execute(
        _at(update(HelpAnswer), place).values(texts=texts, beside=[], typed_in=None, version=HelpAnswer.version + 1),
        execution_options=_QUIETLY,
    )
    return True


def _keep_beside(uow: UnitOfWork, place: Place, texts: Texts, window: Window) -> None:
    row = _locked(uow, place)
    others = [one for one in row.beside if one["window"] != str(window.id)] if row is not None else []
    if len(others) >= MOST_WINDOWS:
        raise RuleBroken(TOO_MANY_WINDOWS)
    beside = [*others, {"window": str(window.id), "texts": texts}]
    uow.session.execute(_at(update(HelpAnswer), place).values(beside=beside), execution_options=_QUIETLY)


def _locked(uow: UnitOfWork, place: Place) -> Row[tuple[Texts, list[dict[str, Any]]]] | None:
    wanted = _at(select(HelpAnswer.texts, HelpAnswer.beside), place)
    return uow.session.execute(wanted.with_for_update()).one_or_none()


def _at(statement: Any, place: Place) -> Any:
    """A statement narrowed to one page."""
    request_id, page, item = place
    return statement.where(HelpAnswer.request_id == request_id, HelpAnswer.page == page, HelpAnswer.item == item)


def reserve_item(uow: UnitOfWork, request_id: uuid.UUID, page: str, number: int) -> int:
    """Keep a place for one child or adult more, at ``number`` or the next that is free: no two windows get the same."""
    row = {"request_id": request_id, "page": page, "texts": {}, "done": False, "version": 1}
    row |= {"typed_in": None, "beside": []}
    while True:
        put = insert_or(HelpAnswer).values(row | {"item": number}).on_conflict_do_nothing().returning(HelpAnswer.item)
        if uow.session.execute(put).first() is not None:
            return number
        number += 1


def finish_without_record(uow: UnitOfWork, request: queries.Request) -> None:
    """Take out of a request what a record said: its children, and the answers that were filled in from it."""
    for (page, item), saved in request.pages.items():
        if any(ON_RECORD in texts or any(texts.get(SHOWN, ())) for texts in (saved.texts, *saved.beside)):
            remove_item(uow, (request.id, page, item))
    uow.session.execute(
        update(HelpRequest).where(HelpRequest.id == request.id).values(for_person_id=None), execution_options=_QUIETLY
    )
    audit.record(uow, "help_request.record_left_out", record=("help_request", request.id))


def remove_item(uow: UnitOfWork, place: Place) -> None:
    """Take one child or adult out of a request again."""
    uow.session.execute(_at(delete(HelpAnswer), place), execution_options=_QUIETLY)


def forget_old(uow: UnitOfWork, *, days: int) -> int:
    """Remove requests in which nobody has typed for so many days, and sent ones after their time; how many."""
    abandoned = HelpRequest.sent_at.is_(None) & (HelpRequest.typed_at < uow.now - func.make_interval(0, 0, 0, days))
    past = HelpRequest.sent_at < uow.now - returning.SENT_KEPT_FOR
    gone = uow.session.execute(delete(HelpRequest).where(abandoned | past).returning(HelpRequest.id)).all()
    uow.session.execute(delete(HelpAttempt).where(HelpAttempt.attempted_at < uow.now - returning.ATTEMPTS_KEPT_FOR))
    if gone:
        audit.record(uow, "help_request.forgotten", detail={"requests": len(gone)})
    return len(gone)
