"""The audit trail as the data-protection lead reads it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from locality.accounts.queries.accounts import account_names
from locality.audit import trail
from locality.audit.words import action_words, found_words, outcome_words, reason_words
from locality.kernel.paging import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody with the name that was asked for: their reference, and what tells them from others of that name."""

    id: uuid.UUID
    reference: str
    words: str


class Subjects(Protocol):
    """How people on record are referred to; lent by the room that keeps them, which is above this one."""

    def find(self, session: Session, reference: str) -> uuid.UUID | None:
        """The person of a written reference, whoever asks; None when there is none."""
        ...

    def called(self, session: Session, typed: str) -> Sequence["Called"]:
        """The people with a name, at most ten and one; whoever asks, but for those who are closed to them by name."""
        ...

    def references(self, session: Session, people: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, str]:
        """Written references by person, whoever asks; nothing else about them."""
        ...


_LENT: list[Subjects] = []


def lend_subjects(subjects: Subjects) -> Subjects:
    """Say how people are referred to; called in the room.py of the room that keeps them."""
    _LENT[:] = [subjects]
    return subjects


def find_subject(session: Session, reference: str) -> uuid.UUID | None:
    """The person of a written reference; None when there is none."""
    return _LENT[0].find(session, reference) if _LENT else None


def find_called(session: Session, typed: str) -> tuple[Called, ...]:
    """The people with a name, to choose from."""
    return tuple(_LENT[0].called(session, typed)) if _LENT else ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody whom an event concerns: their reference and nothing else."""

    id: uuid.UUID
    reference: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event in words; ``actor_id`` and ``action`` are for links that narrow the list."""

    seq: int
    at: dt.datetime
    actor_id: uuid.UUID | None
    actor_name: str
    action: str
    what: str
    outcome: str
    was_refused: bool
    why: str
    subjects: tuple[Subject, ...]
    more_subjects: int
    about_account: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, newest first; ``next_before`` asks for the ones after the last of these (None: there are none)."""

    rows: Sequence[EventRow]
    next_before: int | None


_SHOWN_SUBJECTS = 3


def list_events(session: Session, wanted: trail.Filter, *, before: int | None) -> EventPage:
    """A page of the trail with names and references; three statements."""
    found = trail.list_events(session, wanted, before=before)
    rows = found[:PAGE_SIZE]
    people = {person for row in rows for person in row.subjects[:_SHOWN_SUBJECTS]}
    references = _LENT[0].references(session, people) if _LENT and people else {}
    accounts = {row.record_id for row in rows if row.record_kind == "account" and row.record_id}
    names = account_names(session, accounts)
    return EventPage(
        rows=[_row(row, references, {str(k): v for k, v in names.items()}) for row in rows],
        next_before=rows[-1].seq if len(found) > PAGE_SIZE else None,
    )


def _row(row: trail.TrailRow, references: Mapping[uuid.UUID, str], accounts: Mapping[str, str]) -> EventRow:
    shown = row.subjects[:_SHOWN_SUBJECTS]
    is_about_other = row.record_kind == "account" and row.record_id != row.actor_id
    return EventRow(
        seq=row.seq,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        action=row.action,
        what=found_words(row.action, len(row.subjects)) or action_words(row.action, row.part),
        outcome=outcome_words(row.outcome),
        was_refused=row.outcome == "refused",
        why=reason_words(row.reason, row.outcome),
        subjects=tuple(Subject(p, references[p]) for p in shown if p in references),
        more_subjects=len(row.subjects) - sum(p in references for p in shown),
        about_account=accounts.get(str(row.record_id), "") if is_about_other else "",
    )
