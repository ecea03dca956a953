"""Households: who lives together, since when and until when; a child may live in two."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import func, insert, select, update

from locality.access.scope import elevated
from locality.audit import log
from locality.kernel.constraints import say
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import HouseholdId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people.models import Household, HouseholdMember, Person
from locality.people.operations.persons import SENT_ALREADY

say("household_member_one_open", field="people", message="Somebody you ticked lives there already")


def create_household(
    uow: UnitOfWork,
    *,
    name: str,
    members: Iterable[PersonId],
    from_on: dt.date | None = None,
    household_id: HouseholdId | None = None,
) -> HouseholdId:
    """Make a household ("Mum's home") of people who live together; a child may belong to two.

    Making the same ``household_id`` again changes nothing; ``Conflict`` when it is that of other people's household.
    Raises ``RuleBroken`` for a start in the future.
    """
    made, people = household_id or HouseholdId(new_id()), list(dict.fromkeys(members))
    _refuse_future(uow, from_on)
    with elevated(uow.session, "a form sent twice must find the household it made"):
        lived = select(HouseholdMember.person_id).where(HouseholdMember.household_id == made)
        before = set(uow.session.execute(lived).scalars())
    if before:
        if not set(people) <= before:
            raise Conflict([Reason(None, SENT_ALREADY)])
        return made
    uow.session.execute(insert(Household), [{"id": made, "name": name, "about": people, "created_at": uow.now}])
    _insert_members(uow, made, people, from_on)
    log.record(uow, "household.made", subjects=people, record=("household", made))
    return made


def join_household(
    uow: UnitOfWork, household_id: HouseholdId, people: Sequence[PersonId], *, from_on: dt.date | None = None
) -> None:
    """Say who else lives in a household, since when.

    Raises ``NotFound`` for a household or people whom the actor may not see, ``Conflict`` for somebody who lives there.
    """
    _refuse_future(uow, from_on)
    wanted = list(dict.fromkeys(people))
    if uow.session.execute(select(Household.id).where(Household.id == household_id)).first() is None:
        raise NotFound("There is no such household, or none that you may see")
    seen = set(uow.session.execute(select(Person.id).where(Person.id.in_(wanted))).scalars())
    if not set(wanted) <= seen:
        raise NotFound([Reason("people", "There is no such person, or none whom you may see")])
    _insert_members(uow, household_id, wanted, from_on)
    _set_about(uow, household_id, func.array_cat(Household.about, wanted))
    log.record(uow, "household.joined", subjects=wanted, record=("household", household_id))


def leave_household(
    uow: UnitOfWork, household_id: HouseholdId, person_id: PersonId, *, until_on: dt.date | None = None
) -> None:
    """End somebody's time in a household. Raises ``NotFound`` when they do not belong to it."""
    ended = uow.session.execute(
        update(HouseholdMember)
        .where(
            HouseholdMember.household_id == household_id,
            HouseholdMember.person_id == person_id,
            HouseholdMember.until_on.is_(None),
        )
        .values(until_on=func.greatest(HouseholdMember.from_on, until_on or uow.today))
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound("This person does not belong to the household")
    _set_about(uow, household_id, func.array_remove(Household.about, person_id))
    log.record(uow, "household.left", subjects=[person_id], record=("household", household_id))


def _insert_members(
    uow: UnitOfWork, household_id: HouseholdId, people: Sequence[PersonId], from_on: dt.date | None
) -> None:
    rows = [
        {"id": new_id(), "household_id": household_id, "person_id": person, "from_on": from_on, "until_on": None}
        for person in people
    ]
    uow.session.execute(insert(HouseholdMember), rows)


def _set_about(uow: UnitOfWork, household_id: HouseholdId, about: object) -> None:
    with elevated(uow.session, "a household that the actor sees by nobody but who has just moved"):
        uow.session.execute(
            update(Household)
            .where(Household.id == household_id)
            .values(about=about)
            .execution_options(synchronize_session=False)
        )


def _refuse_future(uow: UnitOfWork, from_on: dt.date | None) -> None:
    if from_on is not None and from_on > uow.today:
        raise RuleBroken([Reason("from_on", "The date must be today or in the past")])
