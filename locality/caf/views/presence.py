"""Who else is in a CAF: said in words that claim no more than was seen."""

import datetime as dt
from collections.abc import Iterable

from locality.caf.queries.free_sections import Present, list_present, note_presence
from locality.caf.queries.sections import AssessmentRow
from locality.caf.views.heading import now
from locality.kernel.db import db
from locality.web.signed_in import current_actor

_NOW = dt.timedelta(minutes=2)


def others_here(caf: AssessmentRow, *, place: str) -> tuple[str, ...]:
    """Note that the reader is at a place of a draft, and say who else was seen there a moment ago."""
    if not caf.is_draft:
        return ()
    seen = note_presence(db.session(), current_actor(), caf.id, place=place, now=now())
    return tuple(_words(one, here=True) for one in seen if one.place == place)


def others_in(caf: AssessmentRow) -> tuple[str, ...]:
    """Who else is in a draft, and where."""
    if not caf.is_draft:
        return ()
    return said_of(list_present(db.session(), current_actor(), caf.id, now=now()))


def said_of(seen: Iterable[Present]) -> tuple[str, ...]:
    """Each of them in words."""
    return tuple(_words(one, here=False) for one in seen)


def _words(one: Present, *, here: bool) -> str:
    ago = now() - one.seen_at
    where = "here" if here else f"in “{one.place}”"
    if ago < _NOW:
        return f"{one.name} is writing {where} now"
    return f"{one.name} was {where} {max(int(ago.total_seconds() // 60), 2)} minutes ago"
