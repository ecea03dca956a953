"""Reading the caseload: one page of it, the numbers above it, and the clusters with their numbers.

The page's rows come from an index and its numbers from kept counts, so that it costs the same whatever the register's
size. Names come in a statement of their own, in which row-level security withholds those that no grant reaches.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.clusters.models import Cluster
from locality.clusters.queries.places import ClusterRow, list_clusters
from locality.clusters.rules import FLAG_LABELS, NO_LEAD, CaseFlag, CaseloadSort, days_late
from locality.kernel import direct
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
    """A page of a cluster's open families by the wish; one statement."""
    values = {
        "cluster": cluster_id, "stage": wish.stage, "lead": wish.lead, "flag": wish.flag, "today": today,
        "most": PAGE_SIZE + 1, "before": (wish.page - 1) * PAGE_SIZE,
    }  # fmt: skip
    page = page_of(direct.rows(session, _statement(wish), values), wish.page)
    people = dict.fromkeys(person for entry in page.rows for person in entry.about or ())
    return CaseloadPage(Page([_row(entry, today) for entry in page.rows], page.number, page.has_next), tuple(people))


def _row(entry: Any, today: dt.date) -> CaseRow:
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
        flags=tuple(_FLAGS[flag] for flag in entry.flags),
        family_name=entry.family_name,
        child_names=entry.child_names,
    )


_FLAGS = {flag.value: label for flag, label in FLAG_LABELS.items()}
_COLUMNS: Final = (
    "SELECT e.episode_id, e.reference, e.children, e.stage, e.lead_name, e.last_seen_on, e.next_review_on,"
    " e.next_step, e.weight, e.flags, n.family_name, n.child_names, n.about FROM"
)
_NAMES: Final = "LEFT JOIN caseload_name n ON n.episode_id = e.episode_id"
_SOONEST: Final = "e.next_review_on, e.episode_id"


def _statement(wish: CaseloadWish) -> LiteralString:
    """The wish as SQL. Names join the page's rows only, unless the order is by them."""
    rows: LiteralString = f"caseload_entry e WHERE e.cluster_id = %(cluster)s{_filters(wish)}"
    if wish.sort is CaseloadSort.FAMILY:
        joined = rows.replace(" WHERE", f" {_NAMES} WHERE", 1)
        return f"{_COLUMNS} {joined} ORDER BY n.family_name NULLS LAST, {_SOONEST} {_LIMIT}"
    order = f"{_ORDERS[wish.sort]}{_SOONEST}"
    return f"{_COLUMNS} (SELECT * FROM {rows} ORDER BY {order} {_LIMIT}) e {_NAMES} ORDER BY {order}"  # noqa: S608


_LIMIT: Final = "LIMIT %(most)s OFFSET %(before)s"
_ORDERS: Mapping[CaseloadSort, LiteralString] = {
    CaseloadSort.REVIEW: "",
    CaseloadSort.STAGE: "e.stage DESC, ",
    CaseloadSort.LEAD: "e.lead_name NULLS FIRST, ",
    CaseloadSort.SEEN: "e.last_seen_on NULLS FIRST, ",
    CaseloadSort.WEIGHT: "e.weight DESC, ",
}


def _filters(wish: CaseloadWish) -> LiteralString:
    found: LiteralString = ""
    if wish.stage is not None:
        found += " AND e.stage = %(stage)s"
    if wish.without_lead:
        found += " AND e.lead_account_id IS NULL"
    elif wish.lead is not None:
        found += " AND e.lead_account_id = %(lead)s"
    if wish.overdue:
        found += " AND e.next_review_on < %(today)s"
    if wish.flag is not None:
        found += " AND e.flags @> ARRAY[%(flag)s]"
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
    tally = direct.rows(session, _NUMBERS, {"cluster": cluster_id, "today": today})
    by_stage: dict[int, int] = dict.fromkeys((1, 2, 3, 4), 0)
    names: dict[uuid.UUID, str] = {}
    held: dict[uuid.UUID, int] = {}
    for row in tally:
        by_stage[row.stage] += row.families
        names[row.lead_key] = row.lead_name or ""
        held[row.lead_key] = held.get(row.lead_key, 0) + row.families
    without_lead = held.pop(NO_LEAD, 0)
    leads = [LeadCount(AccountId(lead), names[lead], families) for lead, families in held.items()]
    return CaseloadNumbers(
        families=sum(row.families for row in tally),
        children=sum(row.children for row in tally),
        late=tally[0].late if tally else 0,
        without_lead=without_lead,
        by_stage=by_stage,
        leads=tuple(sorted(leads, key=lambda lead: lead.name)),
    )


# Kept counts, without families whose records are closed to the reader.
_SHOWN: Final = "caseload_tally AS t LEFT JOIN closed_tally() AS c USING (cluster_id, lead_key, stage)"
_NUMBERS: Final = (
    "SELECT lead_key, stage, lead_name, t.families - coalesce(c.families, 0) AS families,"  # noqa: S608
    " t.children - coalesce(c.children, 0) AS children, (SELECT count(*) FROM caseload_entry"
    " WHERE cluster_id = %(cluster)s AND next_review_on < %(today)s) AS late"
    f" FROM {_SHOWN} WHERE t.cluster_id = %(cluster)s AND t.families > coalesce(c.families, 0)"
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
    numbers = {
        row.cluster_id: (row.families, row.children, row.without_lead)
        for row in direct.rows(session, _ALL_NUMBERS, {"no_lead": NO_LEAD})
    }
    return tuple(ClusterNumbers(cluster, *numbers.get(cluster.id, (0, 0, 0))) for cluster in list_clusters(session))


_ALL_NUMBERS: Final = (
    "SELECT cluster_id, sum(families)::integer AS families, sum(children)::integer AS children,"  # noqa: S608
    " coalesce(sum(families) FILTER (WHERE lead_key = %(no_lead)s), 0)::integer AS without_lead"
    " FROM (SELECT t.cluster_id, lead_key, t.families - coalesce(c.families, 0) AS families,"
    f" t.children - coalesce(c.children, 0) AS children FROM {_SHOWN}) AS shown GROUP BY cluster_id"
)


def cluster_facts(cluster: ClusterRow) -> AccessFacts:
    """What the policy asks about a cluster's caseload: which places it belongs to."""
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
