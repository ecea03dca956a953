"""The household that a decision about two records makes, and takes back when it is undone."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select, update

from locality.access.scope import elevated
from locality.kernel.ids import PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people.models import Address, ContactPoint, Household, HouseholdMember

_QUIETLY = {"synchronize_session": False}


def make_shared_home(uow: UnitOfWork, people: Sequence[PersonId]) -> uuid.UUID | None:
    """Put two people into one household of their own; None when they share one, or when it must not be said.

    Never into a household that either has: that would show who else lives there. Where anybody has something that must
    not be disclosed no household is made, because whoever may see where one lives would learn where the other does.
    The name says nothing of either.
    """
    with elevated(uow.session, "whether two people share a household, or one of them must not be found by the other"):
        for hidden in (Address, ContactPoint):
            found = select(hidden.id).where(hidden.person_id.in_(people), hidden.do_not_disclose).limit(1)
            if uow.session.execute(found).first() is not None:
                return None
        shared = (
            select(HouseholdMember.household_id)
            .where(HouseholdMember.person_id.in_(people), HouseholdMember.until_on.is_(None))
            .group_by(HouseholdMember.household_id)
            .having(func.count() == len(people))
        )
        if uow.session.execute(shared).first() is not None:
            return None
    made = new_id()
    home = {"id": made, "name": "Shared home", "about": list(people), "created_at": uow.now}
    uow.session.execute(insert(Household), [home])
    uow.session.execute(
        insert(HouseholdMember),
        [
            {"id": new_id(), "household_id": made, "person_id": person, "from_on": None, "until_on": None}
            for person in people
        ],
    )
    return made


def take_back_home(uow: UnitOfWork, household_id: uuid.UUID, people: Sequence[PersonId]) -> None:
    """Take two people out of the household that a decision made in error, and the household away if nobody else is in.

    The decision and the audit log remember that it was.
    """
    with elevated(uow.session, "a household made in error, which the actor may not see"):
        mine = (HouseholdMember.household_id == household_id) & HouseholdMember.person_id.in_(people)
        uow.session.execute(delete(HouseholdMember).where(mine), execution_options=_QUIETLY)
        others = select(HouseholdMember.id).where(HouseholdMember.household_id == household_id).limit(1)
        if uow.session.execute(others).first() is None:
            uow.session.execute(delete(Household).where(Household.id == household_id), execution_options=_QUIETLY)
            return
        left = func.array_remove(func.array_remove(Household.about, people[0]), people[1])
        uow.session.execute(
            update(Household).where(Household.id == household_id).values(about=left), execution_options=_QUIETLY
        )
