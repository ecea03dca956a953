"""Whose help it will be and where: the family and the cluster of children whose episode is about to be opened."""

from collections.abc import Sequence

from locality.clusters import api as clusters
from locality.kernel.ids import ClusterId, FamilyId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


def family_for(uow: UnitOfWork, children: Sequence[PersonId]) -> FamilyId:
    """The family that any of the children belongs to; where none does, a new one of these children."""
    for child in children:
        found = people.family_of(uow.session, child)
        if found is not None:
            return found
    first = people.get_person(uow.session, children[0])
    return people.create_family(uow, name=first.family_name or first.name, members=children)


def cluster_for(uow: UnitOfWork, children: Sequence[PersonId]) -> tuple[ClusterId | None, str]:
    """The cluster of the first child whose school or home says it; None with words what is missing."""
    schools = clusters.school_of(uow.session, children)
    how = ""
    for child in children:
        school = schools.get(child)
        place = clusters.place_for(
            uow.session,
            school_id=None if school is None else school.school_id,
            postcode=people.home_postcode(uow.session, child),
        )
        if place.cluster_id is not None:
            return place.cluster_id, place.how
        how = place.how
    return None, how
