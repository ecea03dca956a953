"""The pages of the clusters room: a cluster's caseload, the clusters, and the places for administrators."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.parts import Part, management_of
from locality.access.permissions import Permission
from locality.clusters.queries import caseload as caseload_queries
from locality.clusters.queries import places as place_queries
from locality.clusters.queries import schools as school_queries
from locality.clusters.queries import setup as setup_queries
from locality.clusters.queries.caseload import CaseloadNumbers, CaseloadWish
from locality.clusters.queries.places import ClusterRow
from locality.clusters.rules import (
    FLAG_LABELS,
    PHASE_LABELS,
    SORT_LABELS,
    WITHHELD_NAME,
    CaseFlag,
    CaseloadSort,
    caseload_sentence,
)
from locality.kernel.actor import Actor, Role, ScopeKind
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.kernel.ids import AccountId
from locality.kernel.paging import page_number
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.signed_in import current_actor

blueprint = Blueprint("clusters", __name__)

Link = tuple[str, str, bool]


@blueprint.get("/caseload")
@requires(Permission.CLUSTERS_LIST)
def my_caseload() -> ResponseReturnValue:
    """One's own cluster's caseload; the list of clusters for those who have several or none."""
    own = current_actor().scope_ids(ScopeKind.CLUSTER, *_TEAM)
    slug = caseload_queries.find_own_cluster(db.session(), own) if len(own) == 1 else None
    if slug is None:
        return redirect(url_for("clusters.list_clusters"))
    return redirect(url_for("clusters.caseload", slug=slug))


@blueprint.get("/clusters")
@requires(Permission.CLUSTERS_LIST)
def list_clusters() -> ResponseReturnValue:
    """Every cluster with its numbers; those that the actor works in lead to their caseload."""
    actor = current_actor()
    held = {scope.id for scope in actor.scopes if scope.role in _TEAM}
    rows = caseload_queries.list_cluster_numbers(db.session())
    opened = {row.cluster.id for row in rows if not held.isdisjoint({row.cluster.id, row.cluster.locality_id})}
    return page.render("clusters/clusters.html", rows=rows, opened=opened)


def _cluster_facts(session: Session, _actor: Actor, *, slug: str) -> AccessFacts | None:
    g.cluster = place_queries.find_cluster(session, slug=slug)
    return None if g.cluster is None else caseload_queries.cluster_facts(g.cluster)


@blueprint.get("/clusters/<slug>/caseload")
@requires(Permission.CASELOAD_VIEW, facts=_cluster_facts, reads=Part.IDENTITY)
def caseload(slug: str) -> ResponseReturnValue:
    """The open families of a cluster: a dense page of 50, with filters and orders as links."""
    session, today = db.session(), london_date(SYSTEM_CLOCK.now())
    cluster: ClusterRow = g.cluster
    wish = read_wish()
    listed = caseload_queries.list_caseload(session, cluster.id, wish, today=today)
    numbers = caseload_queries.caseload_numbers(session, cluster.id, today=today)
    note_people_shown(list(listed.people))
    return page.render(
        "clusters/caseload.html",
        cluster=cluster,
        slug=slug,
        listed=listed.page,
        wanted=wish_arguments(wish),
        filters=_filters(slug, wish, numbers),
        heads=_heads(slug, wish),
        sentence=caseload_sentence(
            children=numbers.children,
            families=numbers.families,
            late=numbers.late,
            without_lead=numbers.without_lead,
        ),
        withheld=WITHHELD_NAME,
        may_lead=management_of(cluster.id) in current_actor().principals,
    )


@blueprint.get("/admin/places")
@requires(Permission.PLACES_ADMINISTER)
def list_places() -> ResponseReturnValue:
    """Localities, clusters, schools, postcodes, teams and population, as they are set up."""
    session = db.session()
    clusters = setup_queries.list_cluster_setup(session)
    return page.render(
        "clusters/places.html",
        clusters=clusters,
        cluster_names={row.cluster.id: row.cluster.name for row in clusters},
        schools=school_queries.list_schools(session),
        teams=setup_queries.list_teams(session),
        phases=PHASE_LABELS,
    )


_TEAM = (Role.CLUSTER_MEMBER, Role.SUPERVISOR, Role.MANAGER)


def read_wish() -> CaseloadWish:
    """What the address asks for; anything that makes no sense is left out."""
    asked = request.args
    stage, lead, flag, sort = (asked.get(name, "") for name in ("stage", "lead", "flag", "sort"))
    return CaseloadWish(
        stage=int(stage) if stage in {"1", "2", "3", "4"} else None,
        lead=_account(lead),
        without_lead=lead == "none",
        overdue=asked.get("overdue") == "yes",
        flag=CaseFlag(flag) if flag in set(CaseFlag) else None,
        sort=CaseloadSort(sort) if sort in set(CaseloadSort) else CaseloadSort.REVIEW,
        page=page_number(asked.get("page")),
    )


def wish_arguments(wish: CaseloadWish) -> dict[str, Any]:
    """A wish as it stands in an address, without the page number; usual values are left out."""
    lead = "none" if wish.without_lead else str(wish.lead) if wish.lead else None
    found = {
        "stage": None if wish.stage is None else str(wish.stage),
        "lead": lead,
        "overdue": "yes" if wish.overdue else None,
        "flag": None if wish.flag is None else wish.flag.value,
        "sort": None if wish.sort is CaseloadSort.REVIEW else wish.sort.value,
    }
    return {name: value for name, value in found.items() if value is not None}


def _account(typed: str) -> AccountId | None:
    try:
        return AccountId(uuid.UUID(typed)) if len(typed) == 36 else None
    except ValueError:
        return None


def _addresses(slug: str) -> Callable[[CaseloadWish], str]:
    """How a wish is asked for; the route is looked up once for all the links of a page."""
    path = url_for("clusters.caseload", slug=slug)

    def href(wish: CaseloadWish) -> str:
        # Codes, numbers and ids only: nothing in them needs quoting.
        wanted = "&".join([f"{name}={value}" for name, value in wish_arguments(wish).items()])
        return f"{path}?{wanted}" if wanted else path

    return href


def _filters(slug: str, asked: CaseloadWish, numbers: CaseloadNumbers) -> list[tuple[str, list[Link]]]:
    href, wish = _addresses(slug), replace(asked, page=1)

    def link(label: str, wanted: CaseloadWish) -> Link:
        return label, href(wanted), wanted == wish

    stages = [link("All", replace(wish, stage=None))] + [
        link(f"Stage {stage} ({families:,})", replace(wish, stage=stage))
        for stage, families in numbers.by_stage.items()
    ]
    everyone = replace(wish, lead=None, without_lead=False)
    leads = [link("All", everyone), link(f"None ({numbers.without_lead:,})", replace(everyone, without_lead=True))]
    # A large cluster has many leads; their addresses differ in the last word only.
    others = href(everyone)
    led_by = f"{others}{'&' if '?' in others else '?'}lead="
    leads += [
        (f"{lead.name} ({lead.families:,})", f"{led_by}{lead.account_id}", lead.account_id == wish.lead)
        for lead in numbers.leads
    ]
    reviews = [
        link("All", replace(wish, overdue=False)),
        link(f"Late ({numbers.late:,})", replace(wish, overdue=True)),
    ]
    flags = [link("All", replace(wish, flag=None))] + [
        link(label, replace(wish, flag=flag)) for flag, label in FLAG_LABELS.items()
    ]
    return [("Stage", stages), ("Reviews", reviews), ("Flags", flags), ("Lead professional", leads)]


def _heads(slug: str, wish: CaseloadWish) -> list[str | tuple[str, ...]]:
    href, downward = _addresses(slug), {CaseloadSort.STAGE, CaseloadSort.WEIGHT}

    def head(sort: CaseloadSort) -> tuple[str, str, str, str]:
        way = "" if wish.sort is not sort else "descending" if sort in downward else "ascending"
        return SORT_LABELS[sort], "sort", href(replace(wish, sort=sort)), way

    order = CaseloadSort
    return [
        head(order.FAMILY), ("Children", "numeric"), head(order.STAGE), head(order.LEAD), head(order.SEEN),
        head(order.REVIEW), "Next step", head(order.WEIGHT), "Flags",
    ]  # fmt: skip
