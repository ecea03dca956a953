"""The rows of the invented locality itself: places, schools, agencies, teams, people who work there, services."""

import datetime as dt

from locality.clusters.api import AUTHORITY_PLACE
from locality.demo import days, reference
from locality.demo.batch import NO, NULL, YES, Batch, array, flag, or_null, texts
from locality.demo.chance import chance_for
from locality.demo.making import Register
from locality.demo.rule_sets import rule_sets
from locality.demo.world import Cluster, Duty, Worker, World, fixed_id

CHILDREN_PER_RECORD = 2.2  # children who live in the place for each on record, so that rates come out lifelike
_FIRST_MID_YEAR = 2005
_SOURCE = "Invented for the demonstration"
_START = "2007-01-08 08:00:00+00"


def places(register: Register, password_hash: str) -> dict[str, bytes]:
    """All rows of the locality; ``password_hash`` is the one that its accounts share."""
    chance = chance_for(register.seed, "places")
    batch = Batch(chance, chance, first_reference=0)
    world = register.world
    for position, row in enumerate(reference.table("localities.csv"), start=1):
        batch.add("locality", fixed_id("locality", row["slug"]), row["slug"], row["name"], str(position))
    for position, cluster in enumerate(world.clusters.values(), start=1):
        batch.add("cluster", cluster.id, cluster.locality_id, cluster.slug, cluster.name, str(position))
        for prefix in cluster.sectors:
            batch.add("postcode_area", prefix, cluster.id)
    for row in reference.table("southend-postcodes.csv"):
        batch.add("postcode", row["postcode"], row["easting"], row["northing"])
    _schools(batch, world)
    _agencies(batch, world)
    for worker in world.workers:
        _worker(batch, world, worker, password_hash)
    _services(batch, world)
    _populations(batch, world, register)
    rule_sets(batch, world, register)
    return batch.packed()


def _schools(batch: Batch, world: World) -> None:
    for school in world.all_schools:
        batch.add("school", school.id, school.urn, school.name, school.phase, or_null(school.postcode))
        if school.cluster:
            since = days.text(days.number(days.FIRST))
            batch.add("school_membership", batch.id(), school.id, world.clusters[school.cluster].id, since, NULL)


def _agencies(batch: Batch, world: World) -> None:
    for row in reference.table("agencies.csv"):
        batch.add("agency", fixed_id("agency", row["name"]), row["name"], row["sector"])
    for row in reference.table("teams.csv"):
        cluster = world.clusters[row["cluster"]].id if row["cluster"] else NULL
        batch.add("team", fixed_id("team", row["name"]), fixed_id("agency", row["agency"]), cluster, row["name"])


def _worker(batch: Batch, world: World, worker: Worker, password_hash: str) -> None:
    batch.add(
        "account", worker.id, worker.email, worker.name, worker.job_title, YES, NO, flag(worker.signs_in), NULL, NULL,
        NULL,
        _START, NULL, NULL, "1",
    )  # fmt: skip
    if worker.signs_in:
        batch.add("account_secret", worker.id, password_hash, _START, NULL)
    batch.add(
        "worker", worker.id, fixed_id("team", worker.team), fixed_id("agency", worker.agency), NULL, worker.base,
        worker.full_time, flag(worker.newly_qualified),
    )  # fmt: skip
    for duty in worker.duties:
        given = _role(batch, worker, duty.role, duty.kind, _place(world, duty), NULL)
        for cluster in _overseen(world, duty):
            _role(batch, worker, duty.role, "cluster", cluster.id, given)


def _role(batch: Batch, worker: Worker, role: str, kind: str, place: str, follows: str) -> str:
    role_id = batch.id()
    batch.add(
        "role_assignment", role_id, worker.id, role, kind, place, follows, "2007-01-08", NULL, _START, NULL, NULL, NULL
    )
    return role_id


def _place(world: World, duty: Duty) -> str:
    if duty.kind == "cluster":
        return world.clusters[duty.where].id
    return fixed_id(duty.kind, duty.where) if duty.where else NULL


def _overseen(world: World, duty: Duty) -> list[Cluster]:
    """A manager or supervisor of a wider place holds the role in each of its clusters too."""
    if duty.role not in {"manager", "supervisor"} or duty.kind not in {"authority", "locality"}:
        return []
    return [c for c in world.clusters.values() if duty.kind == "authority" or c.locality == duty.where]


def _services(batch: Batch, world: World) -> None:
    for service in world.services.values():
        row = service.row
        area = fixed_id(service.area_kind, service.area) if service.area else NULL
        batch.add(
            "service", service.id, service.name, service.kind, fixed_id("agency", service.agency),
            fixed_id("team", row["team"]), row["summary"], row["eligibility"],
            texts(reference.parts(row["eligible_needs"])), texts(reference.parts(row["needs"])),
            str(service.min_age), str(service.max_age), flag(service.takes_unborn),
            array(reference.parts(row["stages"])), service.area_kind, area, flag(service.has_waiting_list), YES,
            str(service.response_days), array(reference.parts(row["languages"])), array(reference.parts(row["days"])),
            array(reference.parts(row["access"])),
            row["hours"], row["venue"], "", row["town"], row["postcode"], row["cost"], row["how_to_refer"],
            row["contact"], row["phone"], "", "", NULL, NULL, _START, _START, "1",
        )  # fmt: skip
        reached = [c for c in world.clusters.values() if service.area in {"", c.slug, c.locality}]
        for cluster in reached:
            places = service.places if service.area_kind == "cluster" else max(service.places // len(reached), 2)
            batch.add("service_capacity", service.id, cluster.id, str(places), "0", "0")


def _populations(batch: Batch, world: World, register: Register) -> None:
    total = sum(cluster.children for cluster in world.clusters.values())
    scale = CHILDREN_PER_RECORD * register.children / total
    this_year = dt.date.fromordinal(register.today).year
    for year in range(_FIRST_MID_YEAR, this_year):
        counts: dict[tuple[str, str], int] = {}
        for cluster in world.clusters.values():
            n = round(cluster.children * scale * (1 + 0.004 * (year - 2015)))
            for kind, place in (
                ("cluster", cluster.id),
                ("locality", cluster.locality_id),
                ("authority", str(AUTHORITY_PLACE)),
            ):
                counts[kind, place] = counts.get((kind, place), 0) + max(n, 1)
        for (kind, place), n in counts.items():
            # The estimate of a mid-year is published a year later and used from the April after.
            batch.add("population", place, str(year), kind, str(n), _SOURCE, f"{year + 1}-04-01")
