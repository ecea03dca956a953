"""The only code that turns an actor into what the database shows.

Row-level security does the filtering of rows (``rls``); here are the two things around it: the facts that the policy
asks about a record, and the one way for an operation to look beyond the actor's own grants.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts, HeldGrant
from locality.access.parts import GrantReason, Part
from locality.kernel import direct
from locality.kernel.actor import Actor, Reach
from locality.kernel.db import bind_actor

_HELD = (
    "SELECT person_id, reason, parts, from_at FROM access_grant"
    " WHERE person_id = ANY(%(people)s) AND principal_id = ANY(%(principals)s)"
    " AND (until_at IS NULL OR until_at > now())"
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
    rows = direct.rows(session, _HELD, {"people": list(about), "principals": list(actor.principals)})
    grants = tuple(
        HeldGrant(
            person_id=row.person_id,
            reason=GrantReason(row.reason),
            parts=frozenset(Part(part) for part in row.parts),
            since=row.from_at,
        )
        for row in rows
    )
    return AccessFacts(
        people=about,
        grants=grants,
        holders=frozenset(holders),
        places=frozenset(places),
        record=record,
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
