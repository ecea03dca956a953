"""What every page about a person starts from, in one statement: all records of the person and where they stand."""

import uuid

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.errors import NotFound
from locality.people.queries.persons import RECORD_COLUMNS, PersonRecord, record_of
from locality.people.queries.standing import Standing, standing_columns, standing_of_row


def joined_records(session: Session, person_id: uuid.UUID) -> tuple[tuple[PersonRecord, ...], Standing]:
    """Every record of a person, whole, the one that was asked for first, and where that one stands; one statement.

    Raises ``NotFound``.
    """
    columns, sources = standing_columns()
    statement = (
        f"SELECT {RECORD_COLUMNS}{columns} FROM person p{sources}"  # noqa: S608 - constants, no input
        " WHERE p.id IN (SELECT %(asked)s::uuid UNION SELECT them.person_id FROM linked_person me"
        " JOIN linked_person them ON them.lead_id = me.lead_id WHERE me.person_id = %(asked)s)"
        " ORDER BY p.id <> %(asked)s, p.created_at, p.id"
    )
    rows = direct.rows(session, statement, {"asked": person_id})
    if not rows or rows[0].id != person_id:
        raise NotFound("There is no such person, or none whom you may see")
    return tuple(record_of(row) for row in rows), standing_of_row(rows[0])
