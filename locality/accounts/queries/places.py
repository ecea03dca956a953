"""Places where roles apply. The rooms that keep places (clusters, services) are above this one and lend their lists."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from locality.kernel.actor import Role, ScopeKind


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a role may apply; ``within`` names the wider places that hold it (a cluster's locality)."""

    kind: ScopeKind
    id: uuid.UUID
    name: str
    within: frozenset[uuid.UUID] = field(default_factory=frozenset)


PlaceLister = Callable[[Session], Iterable[Place]]
_LISTERS: list[PlaceLister] = []


def lend_places(lister: PlaceLister) -> PlaceLister:
    """Add a room's list of places, of whichever kinds; called in that room's ``room.py``."""
    if lister not in _LISTERS:
        _LISTERS.append(lister)
    return lister


def list_places(session: Session) -> tuple[Place, ...]:
    """Every place in which a role may be given, as the rooms list them."""
    return tuple(place for lister in _LISTERS for place in lister(session))


def clusters_within(session: Session, role: Role, kind: ScopeKind, *, place: uuid.UUID | None) -> tuple[uuid.UUID, ...]:
    """The clusters in which an overseer of a whole authority or locality holds the role too; none for other roles."""
    if role not in (Role.SUPERVISOR, Role.MANAGER) or kind not in (ScopeKind.AUTHORITY, ScopeKind.LOCALITY):
        return ()
    return tuple(
        found.id
        for found in list_places(session)
        if found.kind is ScopeKind.CLUSTER and (kind is ScopeKind.AUTHORITY or place in found.within)
    )
