"""What the policy needs to know about a record, and nothing else."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from locality.access.parts import GrantReason, Part


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A live grant that the actor holds for somebody the record is about."""

    person_id: uuid.UUID
    reason: GrantReason
    parts: frozenset[Part]
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """About a record and one actor: the people it concerns, the actor's live grants for them, and where it stands.

    ``holders`` are principals to whom the record is addressed now (the service of a live offer, the receiver of a
    proposed move); ``places`` the cluster and locality that hold it. ``record`` is (kind, id) for the read audit.
    ``closed`` says that a restriction closes any of the people to the actor, whatever else would let them in; ``over``
    that the help of which the record is a part has ended.
    """

    people: tuple[uuid.UUID, ...] = ()
    grants: tuple[HeldGrant, ...] = ()
    holders: frozenset[uuid.UUID] = frozenset()
    places: frozenset[uuid.UUID] = frozenset()
    record: tuple[str, uuid.UUID] | None = None
    closed: bool = False
    over: bool = False
    parts: frozenset[Part] = field(init=False)
    reasons: frozenset[GrantReason] = field(init=False)

    def __post_init__(self) -> None:
        parts = frozenset(part for grant in self.grants for part in grant.parts)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "reasons", frozenset(grant.reason for grant in self.grants))
