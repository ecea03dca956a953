"""Grants: person × principal × parts × reason × from–until. Everything that a user sees comes from one."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Index, false, or_, text, update
from sqlalchemy.orm import Mapped, mapped_column

from locality.access.parts import GrantReason, Part
from locality.access.policy import READS
from locality.access.scope import elevated
from locality.kernel import direct
from locality.kernel.db import Base, text_enum
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork


class AccessGrant(Base):
    """One principal may see these parts of one person's record, for a reason that stands in another record.

    ``linked_from`` is the grant from which this one follows because two records are linked as one person; the
    database gives it and ends it (migration 0012), nobody else does.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        Index("access_grant_person_idx", "person_id", "principal_id"),
        Index("access_grant_principal_idx", "principal_id", postgresql_where=text("until_at IS NULL")),
        Index("access_grant_record_idx", "record_id", postgresql_where=text("until_at IS NULL")),
        Index("access_grant_linked_idx", "linked_from", postgresql_where=text("linked_from IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID]
    principal_id: Mapped[uuid.UUID]
    reason: Mapped[GrantReason] = mapped_column(text_enum(GrantReason))
    parts: Mapped[list[str]]
    record_id: Mapped[uuid.UUID]
    from_at: Mapped[dt.datetime]
    until_at: Mapped[dt.datetime | None]
    given_by: Mapped[uuid.UUID | None]
    linked_from: Mapped[uuid.UUID | None]


def give(
    uow: UnitOfWork,
    people: Iterable[uuid.UUID],
    *,
    principal: uuid.UUID,
    reason: GrantReason,
    record: uuid.UUID,
    parts: frozenset[Part] | None = None,
    until_at: dt.datetime | None = None,
) -> None:
    """Let a principal see people for a reason; ``record`` is the row whose end will end the grant.

    ``parts`` defaults to what the policy opens for the reason.
    """
    opened = sorted(part.value for part in (READS[reason] if parts is None else parts))
    given = list(dict.fromkeys(people))
    values = {
        "ids": [new_id() for _ in given], "people": given, "principal": principal, "reason": reason.value,
        "parts": opened, "record": record, "from_at": uow.now, "until_at": until_at, "by": uow.actor.account_id,
    }  # fmt: skip
    if given:
        direct.rows(uow.session, _GIVE, values)


_GIVE: Final = (
    "INSERT INTO access_grant (id, person_id, principal_id, reason, parts, record_id, from_at, until_at, given_by)"
    " SELECT id, person, %(principal)s::uuid, %(reason)s::text, %(parts)s::text[], %(record)s::uuid,"
    " %(from_at)s::timestamptz, %(until_at)s::timestamptz, %(by)s::uuid"
    " FROM unnest(%(ids)s::uuid[], %(people)s::uuid[]) AS given (id, person)"
)


def end(
    uow: UnitOfWork,
    *,
    record: uuid.UUID,
    principal: uuid.UUID | None = None,
    reason: GrantReason | None = None,
    people: Iterable[uuid.UUID] | None = None,
    before_its_day: bool = False,
) -> None:
    """End the open grants that follow from a record, all or those of one principal, reason or some people.

    ``before_its_day`` ends those too that would end by themselves on a day ahead. Call it last in an operation:
    afterwards the actor may no longer see the rows.
    """
    ahead = AccessGrant.until_at > uow.now if before_its_day else false()
    is_open = or_(AccessGrant.until_at.is_(None), ahead)
    statement = update(AccessGrant).where(AccessGrant.record_id == record, is_open)
    if principal is not None:
        statement = statement.where(AccessGrant.principal_id == principal)
    if reason is not None:
        statement = statement.where(AccessGrant.reason == reason)
    if people is not None:
        statement = statement.where(AccessGrant.person_id.in_(list(people)))
    uow.session.flush()
    with elevated(uow.session, "ending a grant that somebody else holds"):
        uow.session.execute(statement.values(until_at=uow.now), execution_options={"synchronize_session": False})
