"""Reading requests for help. What a reader holds is all that row-level security shows."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, bindparam, select, text
from sqlalchemy.orm import Session

from locality.asking.models import HelpAnswer, HelpAttempt, HelpHolder, HelpRequest
from locality.asking.rules import returning
from locality.asking.rules.flow import Kind
from locality.asking.rules.state import Progress, progress_of
from locality.asking.rules.typing import Texts
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.referrals.models import Contact

# Migration 0015 knows this name. Contacts that come from a request carry it as their source.
ASKING = Actor(account_id=None, name="Asking for help")
PUBLIC_NAME = "Asked for help online"


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What is kept of one page; ``beside``: what other windows typed there meanwhile, until somebody chooses.

    ``shown`` is the fingerprint of all of it.
    """

    texts: Texts
    done: bool
    version: int
    beside: tuple[Texts, ...] = ()
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its holder sees it; ``pages`` by (page, item)."""

    id: uuid.UUID
    kind: Kind
    reference: str
    contact_id: uuid.UUID
    for_person_id: uuid.UUID | None
    can_come_back: bool
    started_at: dt.datetime
    typed_at: dt.datetime
    sent_at: dt.datetime | None
    contact_reference: str | None
    due_at: dt.datetime | None
    pages: Mapping[tuple[str, int], SavedPage] = field(default_factory=dict)

    def page(self, page: str, item: int = 0) -> SavedPage | None:
        """What is kept of a page."""
        return self.pages.get((page, item))

    def items(self, page: str) -> tuple[int, ...]:
        """The numbers of a loop's items, in the order in which they were added; not of places only kept for one."""
        return tuple(
            sorted(item for (name, item), saved in self.pages.items() if name == page and item and saved.texts)
        )


def digest(value: str) -> bytes:
    """The hash under which a typed reference is counted."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()


def fingerprint(texts: Texts, beside: list[dict[str, Any]]) -> str:
    """Of all versions of a page's answers: it differs as soon as a window types more."""
    return digest(json.dumps([texts, beside], sort_keys=True)).hex()


def holder_of(token: str) -> uuid.UUID:
    """The principal of whoever has a browser's secret; the secret cannot be told from it."""
    return uuid.UUID(bytes=digest(token)[:16])


def find_request(session: Session, request_id: uuid.UUID) -> Request | None:
    """A request with all its pages, in one statement; None when there is none that the actor holds."""
    rows = _REQUEST.rows(session, request_id=request_id)
    if not rows:
        return None
    pages = {
        (row.page, row.item): SavedPage(
            row.texts,
            done=row.done and not row.beside,
            version=row.version,
            beside=tuple(one["texts"] for one in row.beside),
            shown=fingerprint(row.texts, row.beside),
        )
        for row in rows
        if row.page is not None
    }
    return _request(rows[0], pages)


_REQUEST = direct.Prepared(
    select(
        HelpRequest.id, HelpRequest.kind, HelpRequest.reference, HelpRequest.contact_id, HelpRequest.for_person_id,
        HelpRequest.answer_hash, HelpRequest.started_at, HelpRequest.typed_at, HelpRequest.sent_at,
        HelpRequest.contact_reference, HelpRequest.due_at, HelpAnswer.page, HelpAnswer.item, HelpAnswer.texts,
        HelpAnswer.done, HelpAnswer.version, HelpAnswer.beside,
    )
    .outerjoin(HelpAnswer, HelpAnswer.request_id == HelpRequest.id)
    .where(HelpRequest.id == bindparam("request_id"))
)  # fmt: skip


def unsent_of(session: Session, account_id: uuid.UUID) -> tuple[Request, ...]:
    """Requests that an account has begun and not sent, newest first, at most five; without their pages."""
    rows = session.scalars(
        select(HelpRequest)
        .join(HelpHolder, HelpHolder.request_id == HelpRequest.id)
        .where(HelpHolder.holder_id == account_id, HelpRequest.sent_at.is_(None))
        .order_by(HelpRequest.typed_at.desc())
        .limit(5)
    )
    return tuple(_request(row, {}) for row in rows)


def find_secret(session: Session, reference: str) -> tuple[uuid.UUID, str | None] | None:
    """The id of the request with this reference (its own or its contact's) and its memorable answer's hash."""
    row = session.execute(
        select(HelpRequest.id, HelpRequest.answer_hash).where(
            (HelpRequest.reference == reference) | (HelpRequest.contact_reference == reference)
        )
    ).one_or_none()
    return None if row is None else (row.id, row.answer_hash)


def find_progress(session: Session, contact_id: uuid.UUID) -> Progress | None:
    """How far the front door has come with a contact; the caller looks beyond the reader's grants for it."""
    row = session.execute(select(Contact.decided_at, Contact.held_by).where(Contact.id == contact_id)).one_or_none()
    if row is None:
        return None
    return progress_of(is_decided=row.decided_at is not None, is_held=row.held_by is not None)


def contact_facts(session: Session, contact_id: uuid.UUID) -> tuple[str, dt.datetime, tuple[uuid.UUID, ...]]:
    """The reference of a contact just received, when it is due, and whom it is about."""
    row = session.execute(
        select(Contact.reference, Contact.due_at, Contact.about).where(Contact.id == contact_id)
    ).one()
    return row.reference, row.due_at, tuple(row.about)


def find_try_again_at(session: Session, reference: str, *, client: str, now: dt.datetime) -> dt.datetime | None:
    """When somebody may next try to come back; None when it is now."""
    failed = select(HelpAttempt.attempted_at).where(HelpAttempt.step == "return", HelpAttempt.matched.is_(False))
    by_reference = _nth(
        failed.where(
            HelpAttempt.reference_hash == digest(reference),
            HelpAttempt.attempted_at > now - returning.REFERENCE_WINDOW,
        ),
        returning.REFERENCE_TRIES,
    )
    by_client = _nth(
        failed.where(HelpAttempt.client_address == client, HelpAttempt.attempted_at > now - returning.CLIENT_WINDOW),
        returning.CLIENT_TRIES,
    )
    row = session.execute(
        select(by_reference.scalar_subquery().label("reference"), by_client.scalar_subquery().label("client"))
    ).one()
    return returning.try_again_at(by_reference=row.reference, by_client=row.client, now=now)


def find_begin_again_at(session: Session, *, client: str, now: dt.datetime) -> dt.datetime | None:
    """When somebody at this address may next begin a request; None when it is now."""
    since = now - returning.CLIENT_WINDOW
    begun = select(HelpAttempt.attempted_at).where(
        HelpAttempt.step == "begin", HelpAttempt.client_address == client, HelpAttempt.attempted_at > since
    )
    nth = session.execute(_nth(begun, returning.BEGIN_TRIES)).scalar_one_or_none()
    return None if nth is None else nth + returning.CLIENT_WINDOW


_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(:reference, 9)),"
    " pg_advisory_xact_lock(hashtextextended(:client, 10))"
)


def wait_for_turn(session: Session, reference: str, *, client: str) -> None:
    """Let tries with one reference, and from one address, be counted one after the other until the transaction ends."""
    session.execute(_LOCK, {"reference": digest(reference).hex(), "client": client})


def _nth(statement: Select[dt.datetime], number: int) -> Select[dt.datetime]:
    return statement.order_by(HelpAttempt.attempted_at.desc()).offset(number - 1).limit(1)


def _request(row: Any, pages: Mapping[tuple[str, int], SavedPage]) -> Request:
    return Request(
        id=row.id,
        kind=row.kind,
        reference=row.reference,
        contact_id=row.contact_id,
        for_person_id=row.for_person_id,
        can_come_back=row.answer_hash is not None,
        started_at=row.started_at,
        typed_at=row.typed_at,
        sent_at=row.sent_at,
        contact_reference=row.contact_reference,
        due_at=row.due_at,
        pages=pages,
    )
