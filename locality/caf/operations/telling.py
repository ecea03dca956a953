"""Saying that something happened: in the audit log, and in the story of the children where it belongs there."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from locality.audit import log as audit
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the story: its kind and words, on a day other than today when one is given."""

    kind: people.StoryKind
    words: str
    on: dt.date | None = None


def tell(
    uow: UnitOfWork,
    action: str,
    *,
    about: Sequence[uuid.UUID],
    record: tuple[str, uuid.UUID],
    line: Line | None = None,
    detail: audit.Detail | None = None,
) -> None:
    """Note ``action`` for the audit log and, with a ``line``, the story; over-long lines are cut."""
    audit.record(uow, action, subjects=about, record=record, detail=detail)
    if line is not None:
        words = line.words[: people.LINE_LENGTH]
        people.note_story(uow, about, happened_on=line.on or uow.today, kind=line.kind, line=words, record=record)
