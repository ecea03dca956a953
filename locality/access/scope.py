"""The only code that turns an actor into what the database shows.

Row-level security does the filtering of rows (``rls``); here are the two things around it: the facts that the policy
asks about a record, and the one way for an operation to look beyond the actor's own grants.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Final, LiteralString

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts, HeldGrant
from locality.access.parts import GrantReason, Part
from locality.kernel import direct
from locality.kernel.actor import Actor, Reach
from locality.kernel.db import bind_actor

_HELD: Final = (
    "SELECT person_id, reason, parts, from_at FROM access_grant"
    " WHERE person_id = ANY(%(people)s) AND principal_id = ANY(%(principals)s)"
    " AND (until_at IS NULL OR until_at > now())"
)


_HELD_OF: Final = _HELD.replace("ANY(%(people)s)", "ANY(named.about)")
# A record that is closed to the actor, and no grant for it, though row-level security would keep it back too.
_FACTS: Final = (
    "SELECT shut.closed, held.* FROM (SELECT %(people)s::uuid[] && closed_people() AS closed) AS shut"  # noqa: S608
    f" LEFT JOIN LATERAL ({_HELD} AND NOT shut.closed) AS held ON true"
)


def facts_about(
    session: Session,
    actor: Actor,
    people: Iterable[uuid.UUID],
    *,
    record: tuple[str, uuid.UUID] | None = None,
    holders: Iterable[uuid.UUID] = (),
    places: Iterable[uuid.UUID] = (),
) -> AccessFacts:
    """The actor's live grants for these people, and what else the policy asks; one statement."""
    about = tuple(dict.fromkeys(people))
    rows = direct.rows(session, _FACTS, {"people": list(about), "principals": list(actor.principals)})
    return AccessFacts(
        people=about,
        grants=_held(row for row in rows if row.person_id is not None),
        closed=rows[0].closed,
        holders=frozenset(holders),
        places=frozenset(places),
        record=record,
    )


def facts_of_record(
    session: Session,
    actor: Actor,
    about: LiteralString,
    record: tuple[str, uuid.UUID],
    *,
    only: uuid.UUID | None = None,
) -> AccessFacts | None:
    """As ``facts_about`` of whom a record concerns, found in the same statement; None when the record is not there.

    ``about`` is SQL that answers with one row, the record's ``about``, for ``%(id)s``, and where the policy asks for it
    with ``over``: whether the help has ended. ``only`` narrows the facts to one of these people; None when they are not
    among them.
    """
    statement = (
        f"SELECT named.*, held.* FROM (SELECT record.*, closed_people() && about AS closed FROM ({about}) AS record)"  # noqa: S608
        f" AS named LEFT JOIN LATERAL ({_HELD_OF} AND NOT named.closed) AS held ON true"
    )
    rows = direct.rows(session, statement, {"id": record[1], "principals": list(actor.principals)})
    people = tuple(rows[0].about) if rows else ()
    if not rows or (only is not None and only not in people):
        return None
    wanted = people if only is None else (only,)
    grants = _held(row for row in rows if row.person_id in wanted)
    over = getattr(rows[0], "over", False)
    return AccessFacts(people=wanted, grants=grants, record=record, closed=rows[0].closed, over=over)


def _held(rows: Iterable[Any]) -> tuple[HeldGrant, ...]:
    return tuple(
        HeldGrant(
            person_id=row.person_id,
            reason=GrantReason(row.reason),
            parts=frozenset(Part(part) for part in row.parts),
            since=row.from_at,
        )
        for row in rows
    )


@contextmanager
def elevated(session: Session, why: str) -> Iterator[None]:
    """Read and write beyond the actor's own grants, inside one operation, for a stated reason.

    For what the product must know though the actor may not see it: capacity, other people's grants, the members of a
    family to whom access is about to be given. Never around a page.
    """
    if not why:
        msg = "say why an operation looks beyond the actor's grants"
        raise ValueError(msg)
    actor: Actor = session.info["actor"]
    if actor.reach is Reach.SYSTEM:
        yield
        return
    bind_actor(session, replace_reach(actor))
    try:
        yield
        session.flush()
    except BaseException:
        # Somebody may catch this and go on in the same transaction, which must not keep the system's reach. A broken
        # transaction can run nothing more, this neither; what begins after its rollback binds the actor anew.
        with suppress(SQLAlchemyError):
            bind_actor(session, actor)
        session.info["actor"] = actor
        raise
    bind_actor(session, actor)


def replace_reach(actor: Actor) -> Actor:
    """The same actor with the system's reach."""
    return replace(actor, reach=Reach.SYSTEM)
