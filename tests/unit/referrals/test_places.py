"""Of whose places an offer takes one: the family's own cluster, or, from elsewhere, the one with most room."""

import uuid
from dataclasses import replace

from locality.referrals.rules.codes import AreaKind
from locality.referrals.rules.facts import Room, ServiceFacts
from locality.referrals.rules.routing import route
from tests.unit.referrals.test_routing import AGED_8, FACTS, HAMLET, LEIGH, NOW, RULES, SHOEBURY, WEST, a_service

NOWHERE = replace(FACTS, children=(replace(AGED_8, cluster_id=None, locality_id=None),))


def counted_in(service: ServiceFacts, *, facts: object = FACTS) -> uuid.UUID | None:
    decided = route(facts, (service,), rules=RULES, now=NOW)  # type: ignore[arg-type]
    assert decided.service is not None
    return decided.service.counts_in


def test_a_place_of_the_familys_own_cluster_is_taken() -> None:
    assert counted_in(a_service(room={LEIGH: Room(6, 5, 0), HAMLET: Room(6, 0, 0)})) == LEIGH


def test_a_service_from_elsewhere_gives_a_place_of_its_own() -> None:
    elsewhere = a_service(area_id=SHOEBURY, room={SHOEBURY: Room(4, 3, 0), HAMLET: Room(4, 2, 0)})
    assert counted_in(elsewhere) == HAMLET


def test_a_family_without_a_cluster_is_given_a_place_where_most_are_free_and_waits_on_no_clusters_list() -> None:
    everywhere = a_service(
        area_kind=AreaKind.AUTHORITY, area_id=None, room={LEIGH: Room(2, 1, 0), HAMLET: Room(3, 1, 0)}
    )
    assert counted_in(everywhere, facts=NOWHERE) == HAMLET
    full = replace(everywhere, room={LEIGH: Room(2, 2, 0)})
    assert counted_in(full, facts=NOWHERE) is None


def test_a_full_service_is_waited_for_on_the_list_of_the_familys_own_cluster() -> None:
    assert counted_in(a_service(area_kind=AreaKind.LOCALITY, area_id=WEST, room={LEIGH: Room(2, 2, 0)})) == LEIGH
