"""Reading figures: only counts that other rooms keep, never the records that they count (but in the recount)."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import case, func, null, select, text
from sqlalchemy.orm import Session

from locality.clusters import api as clusters
from locality.insight.rules.measures import Counts, MonthCounts, Population, Returned
from locality.insight.rules.periods import Period
from locality.insight.rules.places import Choice, KnownCluster, PlaceSize, choices_for
from locality.kernel.actor import Actor, Role, ScopeKind
from locality.referrals import api as referrals
from locality.referrals.models import ReferralMonth
from locality.stages import api as stages
from locality.stages.models import StageMonth, StageReturn

_OVERSEERS = (Role.MANAGER, Role.SUPERVISOR)


def list_places(session: Session, actor: Actor) -> tuple[Choice, ...]:
    """The places whose figures an actor may see, largest first; one statement."""
    known = [
        KnownCluster(row.id, row.slug, row.name, row.locality_id, row.locality_slug, row.locality_name)
        for row in clusters.list_clusters(session)
    ]
    scopes = [scope for scope in actor.scopes if scope.role in _OVERSEERS]
    return choices_for(
        known,
        held=[scope.id for scope in scopes if scope.id is not None],
        everything=any(scope.kind is ScopeKind.AUTHORITY for scope in scopes),
        authority_id=clusters.AUTHORITY_PLACE,
    )


def stage_counts(session: Session, place_id: uuid.UUID, *, since: dt.date, period: Period) -> Counts:
    """The kept counts of a place from a month on, and how many stood at each stage when it began; two statements."""
    table = StageMonth
    month = case((table.month >= since, table.month), else_=null()).label("counted")
    names = ("entered", "left_stage", "up_in", "up_out", "down_in", "down_out")
    rows = session.execute(
        select(month, table.stage, *(func.sum(getattr(table, name)) for name in names))
        .where(table.place_id == place_id)
        .group_by(month, table.stage)
    ).all()
    return Counts(
        since=since,
        period=period,
        opening={row.stage: row[2] - row[3] for row in rows if row.counted is None},
        months=[MonthCounts(*row) for row in rows if row.counted is not None],
        returned=_returned(session, place_id, since=since, period=period),
    )


def _returned(session: Session, place_id: uuid.UUID, *, since: dt.date, period: Period) -> list[Returned]:
    table = StageReturn
    in_month = func.sum(table.n).filter(table.left_month == table.month)
    in_period = func.sum(table.n).filter(table.left_month >= period.first)
    rows = session.execute(
        select(table.month, table.stage, func.coalesce(in_month, 0), func.coalesce(in_period, 0))
        .where(table.place_id == place_id, table.month >= since)
        .group_by(table.month, table.stage)
    )
    return [Returned(*row) for row in rows]


def social_care_referrals(session: Session, choice: Choice, *, since: dt.date) -> dict[dt.date, int]:
    """Children referred to social care by month from a month on; for the whole also those whose cluster is unknown."""
    table = ReferralMonth
    statement = select(table.month, func.sum(table.children)).where(
        table.kind == referrals.ReferralKind.SOCIAL_CARE, table.month >= since
    )
    if choice.size is not PlaceSize.AUTHORITY:
        statement = statement.where(table.cluster_id.in_(choice.clusters))
    return {row[0]: row[1] for row in session.execute(statement.group_by(table.month))}


def populations(session: Session, place_id: uuid.UUID) -> tuple[Population, ...]:
    """The population estimates of a place; one statement."""
    return tuple(
        Population(row.mid_year, row.n, row.source, row.used_from) for row in clusters.population_of(session, place_id)
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A kept number that a full recount does not confirm, in words."""

    what: str
    kept: int
    recounted: int


def differences(session: Session) -> tuple[Difference, ...]:
    """Every kept number behind a figure that differs from a full recount; reads all the records that they count."""
    names = place_names(session)
    found = [
        Difference(
            f"Stage {d.stage} in {names.of(d.place_id)}, {d.month:%B %Y}: {d.count.replace('_', ' ')}",
            d.kept,
            d.recounted,
        )
        for d in stages.count_differences(session)
    ]
    found += [
        Difference(
            f"Caseload of {names.of(d.cluster_id)}: families or children at stage {d.stage}", d.kept, d.recounted
        )
        for d in clusters.caseload_differences(session)
    ]
    for row in session.execute(_REFERRALS_APART):
        where = "no cluster" if row.cluster_id is None else names.of(row.cluster_id)
        kind = row.kind.replace("_", " ")
        found.append(Difference(f"Referrals to {kind} in {where}, {row.month:%B %Y}", row.kept, row.recounted))
    return tuple(found)


# A referral counts in the month, in England, in which it was sent; once for each child.
_REFERRALS_APART = text(
    "WITH fresh AS (SELECT c.cluster_id, date_trunc('month', r.sent_at AT TIME ZONE 'Europe/London')::date AS month,"
    " r.kind, count(*) AS n FROM referral_child c JOIN referral r ON r.id = c.referral_id"
    " WHERE r.sent_at IS NOT NULL GROUP BY 1, 2, 3)"
    " SELECT coalesce(k.cluster_id, f.cluster_id) AS cluster_id, coalesce(k.month, f.month) AS month,"
    " coalesce(k.kind, f.kind) AS kind, coalesce(k.children, 0) AS kept, coalesce(f.n, 0) AS recounted"
    " FROM referral_month k FULL JOIN fresh f ON k.month = f.month AND k.kind = f.kind"
    " AND coalesce(k.cluster_id, :nowhere) = coalesce(f.cluster_id, :nowhere)"
    " WHERE coalesce(k.children, 0) <> coalesce(f.n, 0) ORDER BY 2, 3, 1"
).bindparams(nowhere=uuid.UUID(int=0))


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """Names of places by id, for reports."""

    names: dict[uuid.UUID, str]

    def of(self, place_id: uuid.UUID) -> str:
        """The name of a place, in words when it has none."""
        return self.names.get(place_id, "a place that is no longer listed")


def place_names(session: Session) -> PlaceNames:
    """What every place is called."""
    names = {place.id: place.name for place in clusters.list_places(session)}
    return PlaceNames(names | {clusters.AUTHORITY_PLACE: "the whole authority"})
