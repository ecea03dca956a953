"""The invented locality in memory: places, schools, services, workers, and which postcodes lie where.

Every process builds the same world from the same few numbers, so nothing but those numbers travels between them.
"""

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from locality.demo import reference
from locality.demo.chance import chance_for
from locality.demo.names import BOY, GIRL, cultures

_SPACE = uuid.UUID("de300000-0000-4000-8000-000000000000")
_DOMAIN = "demo.locality.example"
SCHOOL_OUTSIDE = ""


def fixed_id(kind: str, name: str) -> str:
    """The id of a place, worker or service of the demonstration: the same on every machine."""
    return str(uuid.uuid5(_SPACE, f"{kind}:{name}"))


@dataclass(frozen=True, slots=True)
class School:
    """A school and the cluster it belongs to (``SCHOOL_OUTSIDE``: to none)."""

    id: str
    urn: str
    name: str
    phase: str
    cluster: str
    postcode: str | None


@dataclass(frozen=True, slots=True)
class Duty:
    """A role and the place or service where it is held; ``where`` is empty for none and the whole authority."""

    role: str
    kind: str
    where: str


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works with families; ``signs_in`` tells who gets the demonstration's password."""

    id: str
    name: str
    job_title: str
    email: str
    team: str
    agency: str
    base: str
    full_time: str
    newly_qualified: bool
    duties: tuple[Duty, ...]
    signs_in: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """A service, with what routing asks about it. ``agency_id`` and ``area`` are what its row needs."""

    id: str
    name: str
    kind: str
    agency: str
    needs: frozenset[str]
    min_age: int
    max_age: int
    takes_unborn: bool
    stages: frozenset[int]
    area_kind: str
    area: str
    has_waiting_list: bool
    response_days: int
    places: int
    row: dict[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """A cluster with what families of it need."""

    id: str
    slug: str
    name: str
    locality: str
    locality_id: str
    sectors: tuple[str, ...]
    children: int
    postcodes: tuple[str, ...]


@dataclass(slots=True, eq=False)
class World:
    """All of it."""

    clusters: dict[str, Cluster]
    schools: dict[str, dict[str, list[School]]]
    all_schools: list[School]
    services: dict[str, Service]
    workers: list[Worker]
    team_agency: dict[str, str]
    leads: dict[str, list[Worker]] = field(default_factory=dict)
    nurses: dict[str, list[Worker]] = field(default_factory=dict)
    answering: dict[str, list[Worker]] = field(default_factory=dict)
    officers: list[Worker] = field(default_factory=list)


@cache
def build(seed: int, extra_workers: int) -> World:
    """The world; ``extra_workers`` more family workers in each cluster, for large registers."""
    teams = {row["name"]: row["agency"] for row in reference.table("teams.csv")}
    clusters = _clusters()
    schools = _schools(clusters, seed)
    by_cluster: dict[str, dict[str, list[School]]] = defaultdict(lambda: defaultdict(list))
    for school in schools:
        by_cluster[school.cluster][school.phase].append(school)
    workers = [_worker(row, teams) for row in reference.table("workers.csv")]
    rng = chance_for(seed, "workers")
    workers += [_more(rng, cluster, n, teams) for cluster in clusters.values() for n in range(extra_workers)]
    world = World(clusters, by_cluster, schools, _services(), workers, teams)
    _sort_workers(world)
    return world


def _clusters() -> dict[str, Cluster]:
    postcodes: dict[str, list[str]] = defaultdict(list)
    sectors = {
        sector: row["slug"] for row in reference.table("clusters.csv") for sector in reference.parts(row["sectors"])
    }
    for row in reference.table("southend-postcodes.csv"):
        whole = row["postcode"]
        slug = sectors.get(whole[:-2]) or sectors.get(whole[:-4])
        if slug is not None and not whole.startswith(("SS99", "SS22")):  # large users of post, not homes
            postcodes[slug].append(whole)
    return {
        row["slug"]: Cluster(
            id=fixed_id("cluster", row["slug"]),
            slug=row["slug"],
            name=row["name"],
            locality=row["locality"],
            locality_id=fixed_id("locality", row["locality"]),
            sectors=reference.parts(row["sectors"]),
            children=int(row["children_0_17"]),
            postcodes=tuple(postcodes[row["slug"]]),
        )
        for row in reference.table("clusters.csv")
    }


def _schools(clusters: dict[str, Cluster], seed: int) -> list[School]:
    rng = chance_for(seed, "schools")
    found = []
    for row in reference.table("schools.csv"):
        near = [p for p in clusters[row["cluster"]].postcodes if p.startswith(row["sector"])] if row["cluster"] else []
        postcode = rng.choice(near) if near else None
        found.append(
            School(fixed_id("school", row["urn"]), row["urn"], row["name"], row["phase"], row["cluster"], postcode)
        )
    return found


def _services() -> dict[str, Service]:
    return {
        row["name"]: Service(
            id=fixed_id("service", row["name"]),
            name=row["name"],
            kind=row["kind"],
            agency=row["agency"],
            needs=frozenset(reference.parts(row["needs"])),
            min_age=int(row["min_age"]),
            max_age=int(row["max_age"]),
            takes_unborn=row["takes_unborn"] == "yes",
            stages=frozenset(int(stage) for stage in reference.parts(row["stages"])),
            area_kind=row["area_kind"],
            area=row["area"],
            has_waiting_list=row["waiting_list"] == "yes",
            response_days=int(row["response_days"]),
            places=int(row["places"]),
            row=dict(row),
        )
        for row in reference.table("services.csv")
    }


def _worker(row: reference.Row, teams: dict[str, str]) -> Worker:
    return Worker(
        id=fixed_id("account", row["email"]),
        name=row["name"],
        job_title=row["job_title"],
        email=row["email"],
        team=row["team"],
        agency=teams[row["team"]],
        base=row["base"],
        full_time=row["full_time"],
        newly_qualified=row["newly_qualified"] == "yes",
        duties=tuple(_duty(cell) for cell in reference.parts(row["roles"])),
    )


def _duty(cell: str) -> Duty:
    role, _, where = cell.partition("@")
    kind, _, place = where.partition(":")
    return Duty(role, kind, place)


def _more(rng: random.Random, cluster: Cluster, number: int, teams: dict[str, str]) -> Worker:
    culture = cultures().pick(rng)
    name = f"{culture.given(rng, rng.choice((GIRL, BOY)))} {culture.surname(rng)}".strip()
    team = f"{cluster.name} Cluster Team"
    email = f"family.worker.{cluster.slug}.{number + 1}@{_DOMAIN}"
    duties = (
        Duty("cluster_member", "cluster", cluster.slug),
        Duty("service_worker", "service", f"{cluster.name} family support"),
        Duty("lead_professional", "none", ""),
    )
    return Worker(
        id=fixed_id("account", email),
        name=name,
        job_title="Family support worker",
        email=email,
        team=team,
        agency=teams[team],
        base=f"{cluster.name} Hub",
        full_time="1.00",
        newly_qualified=False,
        duties=duties,
        signs_in=False,
    )


def _sort_workers(world: World) -> None:
    """Who may lead in which cluster or locality, and who answers for which service."""
    for slug, cluster in world.clusters.items():
        teams = {f"{cluster.name} Cluster Team", f"{cluster.name} Schools"}
        world.leads[slug] = [w for w in world.workers if w.team in teams and _holds(w, "lead_professional")]
    for locality in {cluster.locality for cluster in world.clusters.values()}:
        team = f"Health Visiting {locality.title()}"
        world.nurses[locality] = [w for w in world.workers if w.team == team and _holds(w, "lead_professional")]
    for name in world.services:
        named = [w for w in world.workers for d in w.duties if d.kind == "service" and d.where == name]
        world.answering[name] = named
    world.officers = [w for w in world.workers if _holds(w, "spoc_officer")]


def _holds(worker: Worker, role: str) -> bool:
    return any(duty.role == role for duty in worker.duties)
