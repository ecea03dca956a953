"""Setting up places: localities, clusters, the postcodes they cover, and how many children live there."""

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from locality.audit import log as audit
from locality.clusters.models import Cluster, Locality, Population, PostcodeArea
from locality.clusters.rules import PlaceKind
from locality.kernel.ids import ClusterId, LocalityId, new_id
from locality.kernel.uow import UnitOfWork


def add_locality(uow: UnitOfWork, *, name: str) -> LocalityId:
    """Add a locality at the end of the list; its slug comes from its name. Raises ``Conflict`` on a known name."""
    locality_id = LocalityId(new_id())
    position = uow.session.scalar(select(func.count()).select_from(Locality)) or 0
    uow.session.add(Locality(id=locality_id, slug=slug_of(name), name=name, position=position + 1))
    uow.session.flush()
    audit.record(uow, "locality.added", record=("locality", locality_id))
    return locality_id


def add_cluster(uow: UnitOfWork, *, locality_id: LocalityId, name: str) -> ClusterId:
    """Add a cluster to a locality. Raises ``Conflict`` on a known name."""
    cluster_id = ClusterId(new_id())
    position = uow.session.scalar(select(func.count()).select_from(Cluster)) or 0
    cluster = Cluster(id=cluster_id, locality_id=locality_id, slug=slug_of(name), name=name, position=position + 1)
    uow.session.add(cluster)
    uow.session.flush()
    audit.record(uow, "cluster.added", record=("cluster", cluster_id))
    return cluster_id


def map_postcodes(uow: UnitOfWork, *, cluster_id: ClusterId, prefixes: Sequence[str]) -> None:
    """Let postcode sectors (``SS2 6``) or districts (``SS2``) belong to a cluster; the last word on each counts."""
    for prefix in prefixes:
        row = insert(PostcodeArea).values(prefix=prefix, cluster_id=cluster_id)
        uow.session.execute(row.on_conflict_do_update(index_elements=["prefix"], set_={"cluster_id": cluster_id}))
    audit.record(uow, "cluster.postcodes_mapped", record=("cluster", cluster_id))


@dataclass(frozen=True, slots=True)
class PopulationEstimate:
    """Children aged 0 to 17 in a place at 30 June of a year, and from which reporting month it is used."""

    place_id: uuid.UUID
    place_kind: PlaceKind
    mid_year: int
    n: int
    source: str
    used_from: dt.date


def record_population(uow: UnitOfWork, estimate: PopulationEstimate) -> None:
    """Record an estimate; a corrected estimate for the same place and year takes its place."""
    values = {
        "place_id": estimate.place_id, "place_kind": estimate.place_kind, "mid_year": estimate.mid_year,
        "n": estimate.n, "source": estimate.source, "used_from": estimate.used_from,
    }  # fmt: skip
    row = insert(Population).values(**values)
    uow.session.execute(row.on_conflict_do_update(index_elements=["place_id", "mid_year"], set_=values))
    audit.record(uow, "population.recorded", record=("place", estimate.place_id))


def slug_of(name: str) -> str:
    """A name as it stands in an address: ``Leigh & Westcliff`` gives ``leigh-westcliff``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "place"
