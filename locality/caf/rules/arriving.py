"""Texts that one page sends again and again while somebody types: which is the newest, and whose stands there. Pure.

A page has an id of its own, and counts what it sends. By these the server knows the writer's own earlier words from a
colleague's, and a text that arrives after a newer one from a text that is new.
"""

import enum
import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sending:
    """From which page a text comes, and as its how-manieth; no page for what no page sent."""

    page_id: uuid.UUID | None = None
    turn: int = 0
    is_draft: bool = False


NO_PAGE = Sending()


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the record: its version, and from which page and turn it came."""

    version: int
    page_id: uuid.UUID | None
    turn: int


class Arrival(enum.Enum):
    """What a text is to the one that stands there."""

    NEXT = "next"  # it takes its place
    PAST = "past"  # the same page has sent a newer one since: it changes nothing
    CROSSED = "crossed"  # another page has saved since: both are shown


def arrival_of(sending: Sending, *, seen: int, standing: Standing) -> Arrival:
    """How a text arrives whose page has ``seen`` that version.

    Of the same turn what was saved by hand is the later: after it nothing was typed.
    """
    if sending.page_id is not None and sending.page_id == standing.page_id:
        is_past = sending.turn < standing.turn or (sending.is_draft and sending.turn == standing.turn)
        return Arrival.PAST if is_past else Arrival.NEXT
    return Arrival.NEXT if seen == standing.version else Arrival.CROSSED
