"""Which service a referral would have been offered to, and the trace that routing would have kept."""

from dataclasses import dataclass
from functools import cache, lru_cache

from locality.demo.batch import document
from locality.demo.wishes import NOTHING_SAID, Wished
from locality.demo.world import Cluster, Service, World

_NEAR_WORDS = {
    "cluster": "works in this cluster",
    "locality": "works in this locality",
    "authority": "works in the whole area",
}
_KEPT_IN_OLD_TRACES = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """What routing knows. ``ages`` are whole years; None for an unborn baby."""

    kind: str
    needs: tuple[str, ...]
    stage: int | None
    ages: tuple[int | None, ...]
    cluster: str
    tried: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """The service to ask, or None; what was looked at, as the trace keeps it; and the reason in a line."""

    service: Service | None
    line: str
    fit: int
    seen: int
    candidates: str  # as JSON
    first_candidates: str


@lru_cache(maxsize=50_000)
def find_service(world: World, ask: Ask) -> Found:
    """The nearest service that fits."""
    cluster = world.clusters[ask.cluster]
    fits: list[tuple[Service, str, str]] = []
    misfits: list[tuple[Service, str, str]] = []
    for service in world.services.values():
        near = _near(service, cluster)
        why = _misfit(service, ask, near)
        (misfits if why else fits).append((service, near, why))
    order = list(_NEAR_WORDS)
    fits.sort(key=lambda found: (order.index(found[1]), -_free(found[0]), found[0].name))
    dropped = tuple(_candidate(s, near, why, kept=False) for s, near, why in misfits)
    if not fits:
        return _found(None, "No service fits: a person decides.", dropped)
    seen = tuple(_candidate(s, near, _kept(s, near), kept=True) for s, near, _ in fits) + dropped
    chosen = fits[0][0]
    if ask.kind == "social_care":
        return _found(chosen, f"{chosen.name} answers referrals to children’s social care.", seen)
    rank = "is the only service that fits" if len(fits) == 1 else f"is first of {len(fits)} services that fit"
    return _found(chosen, f"{chosen.name} {rank}: {_kept(chosen, fits[0][1])}.", seen)


def _found(service: Service | None, line: str, seen: tuple[dict[str, object], ...]) -> Found:
    fit = sum(bool(candidate["kept"]) for candidate in seen)
    return Found(service, line, fit, len(seen), document(list(seen)), document(list(seen[:_KEPT_IN_OLD_TRACES])))


def trace_of(ask: Ask, found: Found, cluster: Cluster, how: str, wished: Wished = NOTHING_SAID, *, whole: bool) -> str:
    """The trace as JSON; an old one keeps only the first candidates."""
    social_care = ask.kind == "social_care"
    harm = (
        "Referred to children’s social care: no agreement is needed"
        if social_care
        else "Nobody decided that a child may be suffering significant harm"
    )
    steps = [{"rule": "danger", "found": "No immediate danger was named"}, {"rule": "harm", "found": harm}]
    if not social_care:
        steps += [
            {"rule": "open_case", "found": "No open case"},
            {"rule": "agreement", "found": "The family agrees"},
        ]
    steps += [
        {"rule": "place", "found": how},
        {"rule": "siblings", "found": "No brother or sister has an open case"},
        {"rule": "services", "found": f"{found.fit} of {found.seen} services fit"},
    ]
    steps += [{"rule": "wish", "found": wished.step}] if wished.step else []
    rest = document(
        {
            "rule_set": 1,
            "result": "offer" if found.service else "person",
            "line": found.line,
            "lead": None,
            "facts": {
                "kind": ask.kind,
                "urgency": "urgent" if social_care else "routine",
                "agreement": "shared_without" if social_care else "agreed",
                "stage": ask.stage,
                "needs": list(ask.needs),
                "children": [{"age": age, "unborn": age is None} for age in ask.ages],
                "asked_before": len(ask.tried),
                **dict(wished.facts),
            },
            "place": {"cluster_id": cluster.id, "locality_id": cluster.locality_id, "how": how},
            "steps": steps,
        }
    )
    return f'{rest[:-1]},"candidates":{found.candidates if whole else found.first_candidates}}}'


@cache
def _near(service: Service, cluster: Cluster) -> str:
    if service.area_kind == "authority":
        return "authority"
    if service.area_kind == "locality":
        return "locality" if service.area == cluster.locality else ""
    return "cluster" if service.area == cluster.slug else ""


def _misfit(service: Service, ask: Ask, near: str) -> str:
    social_care = ask.kind == "social_care"
    if service.kind != ask.kind:
        return "Does other work"
    if service.name in ask.tried:
        return "Was asked before"
    if not social_care and service.needs.isdisjoint(ask.needs):
        return "Does not meet the need"
    if not any(_takes_age(service, age) for age in ask.ages):
        return _ages(service)
    if ask.stage is not None and ask.stage not in service.stages:
        return "Does not work at this stage"
    return "" if near else "Works in another area"


def _takes_age(service: Service, age: int | None) -> bool:
    return service.takes_unborn if age is None else service.min_age <= age <= service.max_age


def _ages(service: Service) -> str:
    unborn = " and unborn babies" if service.takes_unborn else ""
    return f"Takes children aged {service.min_age} to {service.max_age}{unborn} only"


def _free(service: Service) -> int:
    # What stood free on that day is not made up again: a quarter of the places.
    return max(_places(service) // 4, 1)


def _places(service: Service) -> int:
    return service.places // 8 if service.area_kind == "authority" else service.places


def _kept(service: Service, near: str) -> str:
    free = _free(service)
    return f"{_NEAR_WORDS[near]}, {'1 place was' if free == 1 else f'{free} places were'} free when it was sent"


def _candidate(service: Service, near: str, why: str, *, kept: bool) -> dict[str, object]:
    return {
        "service_id": service.id,
        "name": service.name,
        "kept": kept,
        "why": why,
        "near": near or "elsewhere",
        "free": _free(service) if kept else None,
        "places": _places(service) if kept else None,
        "with_sibling": False,
    }
