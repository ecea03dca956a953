"""Who is asked in a cluster's name."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from locality.access.parts import management_of
from locality.accounts import api as accounts
from locality.clusters.queries.places import find_cluster
from locality.kernel.ids import ClusterId


@dataclass(frozen=True, slots=True)
class Management:
    """Those who supervise or manage a cluster: the principal of their grants, and what they are called."""

    principal: uuid.UUID
    name: str


def find_management(session: Session, cluster_id: ClusterId | None, *, today: dt.date) -> Management | None:
    """Who supervises or manages a cluster on a day; None without a cluster, or where nobody does. Two statements."""
    cluster = None if cluster_id is None else find_cluster(session, cluster_id=cluster_id)
    if cluster is None or not accounts.overseen(session, [cluster.id], today=today):
        return None
    return Management(management_of(cluster.id), f"Whoever manages {cluster.name}")
