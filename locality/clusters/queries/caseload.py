"""Reading the caseload: one page of it, the numbers above it, and the clusters with their numbers.

The page's rows come from an index and its numbers from kept counts, so that it costs the same whatever the register's
size. Names come in a statement of their own, in which row-level security withholds those that no grant reaches.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select, text
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.clusters.models import CaseloadEntry, CaseloadName, CaseloadTally, Cluster
from locality.clusters.queries.places import ClusterRow, find_cluster, list_clusters
from locality.clusters.rules import FLAG_LABELS, NO_LEAD, CaseFlag, CaseloadSort, days_late
from locality.kernel.actor import Actor
from locality.kernel.ids import AccountId, ClusterId, EpisodeId
from locality.kernel.paging import PAGE_SIZE, Page, page_of


@dataclass(frozen=True, slots=True)
class CaseloadWish:
    """What somebody wants to see of a caseload: filters, order and page. None: all of them."""

    stage: int | None = None
    lead: AccountId | None = None
    without_lead: bool = False
    overdue: bool = False
    flag: CaseFlag | None = None
    sort: CaseloadSort = CaseloadSort.REVIEW
    page: int = 1


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One family in the caseload. ``family_name`` and ``child_names`` are None where they are withheld."""

    episode_id: EpisodeId
    reference: str
    children: int
    stage: int
    lead_name: str | None
    last_seen_on: dt.date | None
    next_review_on: dt.date | None
    days_late: int
    next_step: str
    weight: int
    flags: tuple[str, ...]
    family_name: str | None
    child_names: str | None


@dataclass(frozen=True, slots=True)
class CaseloadPage:
    """One page of families, and the people named on it."""

    page: Page[CaseRow]
    people: tuple[uuid.UUID, ...]


def list_caseload(session: Session, cluster_id: ClusterId, wish: CaseloadWish, *, today: dt.date) -> CaseloadPage:
    """A page of a cluster's open families by the wish; two statements."""
    entries = session.execute(_entries(cluster_id, wish, today)).all()
    page = page_of(entries, wish.page)
    wanted = [entry.episode_id for entry in page.rows]
    named = session.execute(
        select(CaseloadName.episode_id, CaseloadName.family_name, CaseloadName.child_names, CaseloadName.about).where(
            CaseloadName.episode_id.in_(wanted)
        )
    ).all()
    names = {name.episode_id: name for name in named}
    rows = [_row(entry, names.get(entry.episode_id), today) for entry in page.rows]
    people = dict.fromkeys(person for name in named for person in name.about)
    return CaseloadPage(Page(rows, page.number, page.has_next), tuple(people))


def _row(entry: Row[*tuple[Any, ...]], name: Row[*tuple[Any, ...]] | None, today: dt.date) -> CaseRow:
    return CaseRow(
        episode_id=entry.episode_id,
        reference=entry.reference,
        children=entry.children,
        stage=entry.stage,
        lead_name=entry.lead_name,
        last_seen_on=entry.last_seen_on,
        next_review_on=entry.next_review_on,
        days_late=days_late(entry.next_review_on, today=today),
        next_step=entry.next_step,
        weight=entry.weight,
        flags=tuple(FLAG_LABELS[CaseFlag(flag)] for flag in entry.flags),
        family_name=None if name is None else name.family_name,
        child_names=None if name is None else name.child_names,
    )


def _entries(cluster_id: ClusterId, wish: CaseloadWish, today: dt.date) -> Select[*tuple[Any, ...]]:
    table = CaseloadEntry
    statement = select(
        table.episode_id, table.reference, table.children, table.stage, table.lead_name, table.last_seen_on,
        table.next_review_on, table.next_step, table.weight, table.flags,
    )  # fmt: skip
    statement = statement.where(table.cluster_id == cluster_id, *_filters(wish, today))
    if wish.sort is CaseloadSort.FAMILY:
        statement = statement.outerjoin(CaseloadName, CaseloadName.episode_id == table.episode_id)
    return (
        statement.order_by(*_ORDERS[wish.sort], table.next_review_on, table.episode_id)
        .limit(PAGE_SIZE + 1)
        .offset((wish.page - 1) * PAGE_SIZE)
    )


_ORDERS: dict[CaseloadSort, tuple[ColumnElement[Any], ...]] = {
    CaseloadSort.REVIEW: (),
    CaseloadSort.FAMILY: (CaseloadName.family_name.asc().nulls_last(),),
    CaseloadSort.STAGE: (CaseloadEntry.stage.desc(),),
    CaseloadSort.LEAD: (CaseloadEntry.lead_name.asc().nulls_first(),),
    CaseloadSort.SEEN: (CaseloadEntry.last_seen_on.asc().nulls_first(),),
    CaseloadSort.WEIGHT: (CaseloadEntry.weight.desc(),),
}


def _filters(wish: CaseloadWish, today: dt.date) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wish.stage is not None:
        found.append(CaseloadEntry.stage == wish.stage)
    if wish.without_lead:
        found.append(CaseloadEntry.lead_account_id.is_(None))
    elif wish.lead is not None:
        found.append(CaseloadEntry.lead_account_id == wish.lead)
    if wish.overdue:
        found.append(CaseloadEntry.next_review_on < today)
    if wish.flag is not None:
        found.append(CaseloadEntry.flags.contains([wish.flag.value]))
    return found


@dataclass(frozen=True, slots=True)
class LeadCount:
    """How many families a lead professional holds in a cluster."""

    account_id: AccountId
    name: str
    families: int


@dataclass(frozen=True, slots=True)
class CaseloadNumbers:
    """The numbers above a caseload, from kept counts; ``late`` reviews are counted from the index of their dates."""

    families: int
    children: int
    late: int
    without_lead: int
    by_stage: dict[int, int]
    leads: tuple[LeadCount, ...]


def caseload_numbers(session: Session, cluster_id: ClusterId, *, today: dt.date) -> CaseloadNumbers:
    """The numbers of a cluster; one statement."""
    late = (
        select(func.count())
        .where(CaseloadEntry.cluster_id == cluster_id, CaseloadEntry.next_review_on < today)
        .scalar_subquery()
    )
    tally = session.execute(
        select(
            CaseloadTally.lead_key,
            CaseloadTally.stage,
            CaseloadTally.lead_name,
            CaseloadTally.families,
            CaseloadTally.children,
            late.label("late"),
        ).where(CaseloadTally.cluster_id == cluster_id, CaseloadTally.families > 0)
    ).all()
    by_stage: dict[int, int] = dict.fromkeys((1, 2, 3, 4), 0)
    leads: dict[uuid.UUID, LeadCount] = {}
    for row in tally:
        by_stage[row.stage] += row.families
        held = leads.get(row.lead_key)
        leads[row.lead_key] = LeadCount(
            AccountId(row.lead_key), row.lead_name or "", row.families + (held.families if held else 0)
        )
    without = leads.pop(NO_LEAD, None)
    return CaseloadNumbers(
        families=sum(row.families for row in tally),
        children=sum(row.children for row in tally),
        late=tally[0].late if tally else 0,
        without_lead=without.families if without else 0,
        by_stage=by_stage,
        leads=tuple(sorted(leads.values(), key=lambda lead: lead.name)),
    )


@dataclass(frozen=True, slots=True)
class ClusterNumbers:
    """A cluster with the size of its caseload."""

    cluster: ClusterRow
    families: int
    children: int
    without_lead: int


def list_cluster_numbers(session: Session) -> tuple[ClusterNumbers, ...]:
    """All clusters with their numbers, from kept counts; two statements."""
    no_lead = case((CaseloadTally.lead_key == NO_LEAD, CaseloadTally.families), else_=0)
    rows = session.execute(
        select(
            CaseloadTally.cluster_id,
            func.sum(CaseloadTally.families),
            func.sum(CaseloadTally.children),
            func.sum(no_lead),
        ).group_by(CaseloadTally.cluster_id)
    )
    numbers = {row[0]: row[1:] for row in rows}
    return tuple(ClusterNumbers(cluster, *numbers.get(cluster.id, (0, 0, 0))) for cluster in list_clusters(session))


def cluster_facts(session: Session, actor: Actor, *, slug: str, **_others: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about a cluster's caseload: which places it belongs to. None for an unknown cluster."""
    cluster = find_cluster(session, slug=slug)
    if cluster is None:
        return None
    return AccessFacts(places=frozenset({cluster.id, cluster.locality_id}), record=("cluster", cluster.id))


def find_own_cluster(session: Session, place_ids: Sequence[uuid.UUID]) -> str | None:
    """The slug of the first cluster among these places; None when there is none."""
    return session.scalar(select(Cluster.slug).where(Cluster.id.in_(place_ids)).order_by(Cluster.position).limit(1))


@dataclass(frozen=True, slots=True)
class TallyDifference:
    """A kept count of a caseload that is not what its entries add up to."""

    cluster_id: ClusterId
    stage: int
    kept: int
    recounted: int


def caseload_differences(session: Session) -> tuple[TallyDifference, ...]:
    """Clusters and stages whose kept families or children differ from a full count; empty when all are right."""
    rows = session.execute(_TALLIES_APART)
    return tuple(TallyDifference(ClusterId(row.cluster_id), row.stage, row.kept, row.recounted) for row in rows)


_TALLIES_APART = text(
    "SELECT cluster_id, stage, kept, recounted FROM ("
    " SELECT cluster_id, stage, coalesce(k.families, 0) AS kept, coalesce(f.families, 0) AS recounted,"
    "  coalesce(k.children, 0) AS kept_children, coalesce(f.children, 0) AS children"
    " FROM caseload_tally k FULL JOIN ("
    "  SELECT cluster_id, coalesce(lead_account_id, '00000000-0000-0000-0000-000000000000'::uuid) AS lead_key, stage,"
    "  count(*) AS families, sum(children) AS children FROM caseload_entry GROUP BY 1, 2, 3"
    " ) f USING (cluster_id, lead_key, stage)) AS both_counts"
    " WHERE kept <> recounted OR kept_children <> children ORDER BY cluster_id, stage"
)
