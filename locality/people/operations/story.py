"""The story: one line an event, kept by the room in which the event happened, in the same transaction."""

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import insert

from locality.kernel.errors import RuleBroken
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.people.models import ChronologyEntry
from locality.people.rules.codes import StoryKind

LINE_LENGTH = 500


def note_story(
    uow: UnitOfWork,
    people: Iterable[uuid.UUID],
    *,
    happened_on: dt.date,
    kind: StoryKind,
    line: str,
    source: str | None = None,
    record: tuple[str, uuid.UUID] | None = None,
) -> None:
    """Add a line to the story of each person.

    ``line`` is a plain sentence of up to 500 characters; ``source`` says whose word it is (the actor's name and
    job, unless given); ``record`` is the (kind, id) of what it tells of. Raises ``RuleBroken`` for
    an empty or over-long line.
    """
    if not 0 < len(line) <= LINE_LENGTH:
        raise RuleBroken(f"A line of the story has 1 to {LINE_LENGTH} characters")
    said_by = _own_words(uow) if source is None else source
    record_kind, record_id = record or (None, None)
    rows = [
        {
            "id": new_id(),
            "person_id": person,
            "happened_on": happened_on,
            "recorded_at": uow.now,
            "kind": kind,
            "line": line,
            "source": said_by,
            "record_kind": record_kind,
            "record_id": record_id,
        }
        for person in dict.fromkeys(people)
    ]
    if rows:
        uow.session.execute(insert(ChronologyEntry), rows)


def _own_words(uow: UnitOfWork) -> str:
    return ", ".join(part for part in (uow.actor.name, uow.actor.job_title) if part)
