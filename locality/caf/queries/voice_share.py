"""How often children were heard by a way that suits them: numbers alone, whatever the children keep to themselves."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from locality.kernel import direct


@dataclass(frozen=True, slots=True)
class VoiceShare:
    """A month of CAFs (``assessment``) or reviews: children who should have been heard, and who were, by what suits.

    For a CAF the child counts as heard from its start to its completion, for a review in the 28 days before it.
    """

    month: dt.date
    kind: str
    due: int
    heard: int


def voice_share(session: Session, clusters: Iterable[uuid.UUID], *, since: dt.date) -> tuple[VoiceShare, ...]:
    """Children due and heard by month and kind, in these clusters from a day on; one statement."""
    rows = direct.rows(session, _SHARE, {"since": since, "clusters": list(clusters)})
    return tuple(VoiceShare(row.month, row.kind, row.due, row.heard) for row in rows)


_SHARE: Final = (
    "SELECT month, kind, due::int AS due, heard::int AS heard FROM voice_share(%(since)s, %(clusters)s::uuid[])"
)
