"""Reading who may see a person's record, and why: the reader's own grants, and everybody's for those who keep watch."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR, GrantReason, Part, management_of
from locality.access.scope import elevated
from locality.accounts.models import Account
from locality.kernel import direct
from locality.kernel.actor import Actor, ScopeKind
from locality.kernel.ids import PersonId
from locality.kernel.slots import Slot
from locality.people.models import Person
from locality.people.queries.restricting import RestrictionRow, shown_to

_THE_SYSTEM = "Locality, from what was recorded"
# A filler appends SQL that selects id, name and kind (a ``ScopeKind``) of teams, services and places that hold grants.
grant_holders: Slot[[list[LiteralString]]] = Slot("people: who holds grants but accounts")
_HOLDER, _GIVER = aliased(Account), aliased(Account)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One reason for which somebody may see a record. ``holder`` is the reader themself or whom they act for."""

    holder: str
    reason: GrantReason
    parts: frozenset[Part]
    since: dt.datetime
    until: dt.datetime | None
    given_by: str


def own_grants(session: Session, actor: Actor, person_id: PersonId) -> tuple[GrantRow, ...]:
    """Every live grant that the reader holds for a person, the widest first; one statement."""
    rows = session.execute(_live(person_id).where(AccessGrant.principal_id.in_(actor.principals)))
    found = [_row(row, {}) for row in rows]
    return tuple(sorted(found, key=lambda row: (-len(row.parts), row.since)))


def reference_of(session: Session, person_id: uuid.UUID) -> str | None:
    """The reference of a record, and nothing else of it, for those who keep watch; None when there is none."""
    with elevated(session, "who may see a record is asked by reference"):
        return session.execute(select(Person.reference).where(Person.id == person_id)).scalar_one_or_none()


def all_grants(session: Session, person_id: PersonId, *, closed: Sequence[RestrictionRow]) -> tuple[GrantRow, ...]:
    """Everybody who may see a record now, by reason; the page that asks decides who may know.

    ``closed`` are the restrictions on the record: a grant of somebody whom one keeps out counts for nothing.
    """
    with elevated(session, "the lead professional and the data-protection lead may know who can open a record"):
        rows = session.execute(_live(person_id)).all()
    people = {row.principal_id: row.holder for row in rows if row.holder}
    rows = [row for row in rows if shown_to(closed, row.principal_id, names=people)]
    places = _holder_names(session, {row.principal_id for row in rows if row.holder is None})
    order = list(GrantReason)
    found = [_row(row, places) for row in rows]
    return tuple(sorted(found, key=lambda row: (order.index(row.reason), row.holder, row.since)))


def _live(person_id: PersonId) -> Select[*tuple[Any, ...]]:
    return (
        select(
            AccessGrant.principal_id,
            AccessGrant.reason,
            AccessGrant.parts,
            AccessGrant.from_at,
            AccessGrant.until_at,
            _HOLDER.name.label("holder"),
            _HOLDER.job_title.label("job_title"),
            _GIVER.name.label("giver"),
        )
        .outerjoin(_HOLDER, _HOLDER.id == AccessGrant.principal_id)
        .outerjoin(_GIVER, _GIVER.id == AccessGrant.given_by)
        .where(
            AccessGrant.person_id == person_id,
            AccessGrant.until_at.is_(None) | (AccessGrant.until_at > func.now()),
        )
    )


def _row(row: Any, places: Mapping[uuid.UUID, str]) -> GrantRow:
    who = ", ".join(part for part in (row.holder, row.job_title) if part)
    return GrantRow(
        holder=who or places.get(row.principal_id, "A team or service"),
        reason=row.reason,
        parts=frozenset(Part(part) for part in row.parts),
        since=row.from_at,
        until=row.until_at,
        given_by=row.giver or _THE_SYSTEM,
    )


def _holder_names(session: Session, principals: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What the principals are called that are no account: the front door, clusters, teams, services, managers."""
    wanted = set(principals)
    found = {FRONT_DOOR: "Front door officers on duty"}
    selects: list[LiteralString] = []
    grant_holders(selects)
    if not selects or not wanted - set(found):
        return found
    for row in direct.rows(session, " UNION ALL ".join(selects)):
        found[row.id] = row.name
        if row.kind == ScopeKind.CLUSTER:
            found[management_of(row.id)] = f"Supervisors and managers of {row.name}"
    return found
