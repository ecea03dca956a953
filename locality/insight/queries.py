"""Reading figures: only counts that other rooms keep, never the records that they count (but in the recount)."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from locality.clusters import api as clusters
from locality.insight.rules.measures import Counts, MonthCounts, Population, Returned
from locality.insight.rules.places import Choice, KnownCluster, PlaceSize, choices_for
from locality.kernel import direct
from locality.kernel.actor import Actor, Role, ScopeKind
from locality.people import api as people
from locality.referrals import api as referrals
from locality.stages import api as stages

ByMonth = dict[dt.date, int]
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


def stage_counts(session: Session, place_id: uuid.UUID, *, since: dt.date) -> Counts:
    """The kept counts of a place from a month on, and how many stood at each stage when it began; two statements."""
    rows = direct.rows(session, _STAGE_MONTHS, {"place": place_id, "since": since})
    return Counts(
        since=since,
        opening={row.stage: row.entered - row.left_stage for row in rows if row.counted is None},
        months=[MonthCounts(*row) for row in rows if row.counted is not None],
        returned=_returned(session, place_id, since=since),
    )


_STAGE_MONTHS: Final = (
    "SELECT CASE WHEN month >= %(since)s THEN month END AS counted, stage, sum(entered)::int AS entered,"
    " sum(left_stage)::int AS left_stage, sum(up_in)::int AS up_in, sum(up_out)::int AS up_out,"
    " sum(down_in)::int AS down_in, sum(down_out)::int AS down_out FROM stage_month"
    " WHERE place_id = %(place)s GROUP BY 1, 2"
)


def _returned(session: Session, place_id: uuid.UUID, *, since: dt.date) -> list[Returned]:
    return [Returned(*row) for row in direct.rows(session, _RETURNED, {"place": place_id, "since": since})]


_RETURNED: Final = (
    "SELECT month, left_month, stage, sum(n)::int AS n FROM stage_return"
    " WHERE place_id = %(place)s AND left_month >= %(since)s AND month >= left_month GROUP BY month, left_month, stage"
)


def social_care_referrals(session: Session, choice: Choice, *, since: dt.date) -> tuple[ByMonth, ByMonth]:
    """Children referred to social care by month from a month on, and how many of them again within twelve months.

    For the whole also those whose cluster is unknown; one statement.
    """
    everywhere = choice.size is PlaceSize.AUTHORITY
    values = {"kind": referrals.ReferralKind.SOCIAL_CARE.value, "since": since, "clusters": list(choice.clusters)}
    rows = direct.rows(session, _REFERRALS if everywhere else _REFERRALS_OF, values)
    return {row.month: row.n for row in rows}, {row.month: row.again for row in rows}


_REFERRALS: Final = (
    "SELECT month, sum(children)::int AS n, sum(again)::int AS again FROM referral_month"
    " WHERE kind = %(kind)s AND month >= %(since)s GROUP BY 1"
)
_REFERRALS_OF: Final = (
    "SELECT month, sum(children)::int AS n, sum(again)::int AS again FROM referral_month"
    " WHERE kind = %(kind)s AND month >= %(since)s AND cluster_id = ANY(%(clusters)s) GROUP BY 1"
)


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
    for row in referrals.month_differences(session):
        where = "no cluster" if row.cluster_id is None else names.of(row.cluster_id)
        kind = row.kind.replace("_", " ")
        what = f"Referrals to {kind} in {where}, {row.month:%B %Y}"
        if row.kept != row.recounted:
            found.append(Difference(what, row.kept, row.recounted))
        if row.kept_again != row.recounted_again:
            found.append(Difference(f"{what}: again within 12 months", row.kept_again, row.recounted_again))
    for one in people.reuse_differences(session):
        what = f"Known facts {_REUSED[one.reuse]} in {_RECORDS[one.record_kind]}, {one.month:%B %Y}"
        found.append(Difference(what, one.kept, one.recounted))
    return tuple(found)


_REUSED = {"confirmed": "confirmed", "corrected": "corrected", "re_asked": "asked again"}
_RECORDS = {
    people.FactSource.CONTACT: "contacts",
    people.FactSource.ASSESSMENT: "assessments",
    people.FactSource.REVIEW: "reviews",
    people.FactSource.AGREEMENT: "agreements",
    people.FactSource.FAMILY: "talks with families",
}


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
