"""Who helps somebody: professionals and services, gathered from the rooms that know, in one statement.

Episodes and referrals belong to rooms above this one. They fill the slot ``professionals`` with a select each; the page
reads all of them at once.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from locality.kernel.db import JsonObject
from locality.kernel.slots import Slot
from locality.people.models import ToldFact
from locality.people.rules.facts import OPEN_STATES, Topic


@dataclass(frozen=True, slots=True)
class Professional:
    """Somebody who helps, or a service that does: as what, of which organisation, since when, how to reach them."""

    name: str
    what: str
    organisation: str
    reach: str
    since: dt.date | None


# A filler appends selects of ``professional_row``; it is given the people whose helpers are asked for.
professionals: Slot[[list[sa.Select[Any]], Sequence[uuid.UUID]]] = Slot("people: who helps")


def professional_row(
    *, place: int, name: Any, what: Any, organisation: Any = "", reach: Any = "", since: Any = None
) -> tuple[sa.ColumnElement[Any], ...]:
    """The columns of a filler's select; ``place`` orders the kinds of helpers (lead professional 10, team 20, ...)."""
    texts = {"name": name, "what": what, "organisation": organisation, "reach": reach}
    return (
        sa.literal(place, sa.Integer()).label("place"),
        *(sa.cast(value, sa.Text()).label(key) for key, value in texts.items()),
        sa.cast(since, sa.Date()).label("since"),
    )


def professionals_about(people: Sequence[uuid.UUID]) -> sa.ScalarSelect[Any]:
    """All helpers of these people as one JSON array, for the statement that reads a page."""
    selects: list[sa.Select[Any]] = [_told(people)]
    professionals(selects, people)
    row = sa.union(*selects).subquery("helper")
    told = sa.func.jsonb_build_object(
        *(part for column in row.c if column.key != "place" for part in (sa.literal_column(f"'{column.key}'"), column))
    )
    everybody = sa.func.jsonb_agg(aggregate_order_by(told, row.c.place, row.c.since, row.c.name))
    return sa.select(sa.func.coalesce(everybody, sa.literal_column("'[]'::jsonb"))).scalar_subquery()


def read_professionals(found: Sequence[JsonObject]) -> tuple[Professional, ...]:
    """What the statement gave."""
    return tuple(
        Professional(
            name=row["name"],
            what=row["what"],
            organisation=row["organisation"],
            reach=row["reach"],
            since=None if row["since"] is None else dt.date.fromisoformat(row["since"]),
        )
        for row in found
    )


def _told(people: Sequence[uuid.UUID]) -> sa.Select[Any]:
    """The GP and the health visitor, where the family has told of them."""
    return sa.select(
        *professional_row(
            place=60, name=ToldFact.words, what="GP and health visitor, as told", reach="", since=ToldFact.told_on
        )
    ).where(
        ToldFact.person_id.in_(people),
        ToldFact.topic == Topic.GP_AND_HEALTH_VISITOR,
        ToldFact.state.in_(OPEN_STATES),
    )
