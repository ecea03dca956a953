"""Whose figures somebody may see: the places of their roles, and what these places add up to."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

WHOLE_AUTHORITY = "all"


class PlaceSize(StrEnum):
    """Sizes of place, largest first."""

    AUTHORITY = "authority"
    LOCALITY = "locality"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Choice:
    """A place to choose: ``key`` stands in the address, ``clusters`` are those that it holds."""

    key: str
    name: str
    size: PlaceSize
    id: uuid.UUID
    clusters: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster in its locality."""

    id: uuid.UUID
    slug: str
    name: str
    locality_id: uuid.UUID
    locality_slug: str
    locality_name: str


def choices_for(
    clusters: Sequence[KnownCluster], *, held: Iterable[uuid.UUID], everything: bool, authority_id: uuid.UUID
) -> tuple[Choice, ...]:
    """The places whose figures somebody may see: the whole, then localities, then clusters.

    ``held`` are the clusters and localities of their roles; ``everything`` is true for a role over the authority. A
    wider place may be seen by whoever may see all of it.
    """
    wanted = frozenset(held)
    own = {c.id for c in clusters if everything or not wanted.isdisjoint({c.id, c.locality_id})}
    whole = frozenset(c.id for c in clusters)
    found: list[Choice] = []
    if everything or (whole and whole == own):
        found.append(Choice(WHOLE_AUTHORITY, "Whole authority", PlaceSize.AUTHORITY, authority_id, whole))
    for first in {c.locality_id: c for c in reversed(clusters)}.values():
        within = frozenset(c.id for c in clusters if c.locality_id == first.locality_id)
        if within <= own:
            name, key = f"{first.locality_name} locality", f"locality-{first.locality_slug}"
            found.append(Choice(key, name, PlaceSize.LOCALITY, first.locality_id, within))
    localities = [c.locality_id for c in clusters]
    found.sort(key=lambda choice: localities.index(choice.id) if choice.size is PlaceSize.LOCALITY else -1)
    found += [Choice(c.slug, c.name, PlaceSize.CLUSTER, c.id, frozenset({c.id})) for c in clusters if c.id in own]
    return tuple(found)
