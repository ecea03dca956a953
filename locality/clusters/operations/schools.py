"""Schools, their dated time in a cluster, and children's dated time at a school."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from locality.access.scope import elevated
from locality.audit import log as audit
from locality.clusters.models import Enrolment, School, SchoolMembership
from locality.clusters.rules import SchoolPhase
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import ClusterId, PersonId, SchoolId, new_id
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class NewSchool:
    """A school to add; ``cluster_id`` None for one outside the authority. ``urn`` is its national number."""

    urn: str
    name: str
    phase: SchoolPhase
    postcode: str | None
    cluster_id: ClusterId | None
    from_on: dt.date


def add_school(uow: UnitOfWork, command: NewSchool) -> SchoolId:
    """Add a school and its membership. Raises ``Conflict`` when the national number is known."""
    school_id = SchoolId(new_id())
    uow.session.add(
        School(id=school_id, urn=command.urn, name=command.name, phase=command.phase, postcode=command.postcode)
    )
    uow.session.flush()
    if command.cluster_id is not None:
        uow.session.add(_membership(school_id, command.cluster_id, command.from_on))
        uow.session.flush()
    audit.record(uow, "school.added", record=("school", school_id))
    return school_id


def move_school(uow: UnitOfWork, *, school_id: SchoolId, cluster_id: ClusterId, on: dt.date) -> None:
    """Let a school change cluster on a date; the earlier membership keeps its dates.

    Raises ``RuleBroken`` when the date lies before the present membership began.
    """
    present = uow.session.scalar(
        select(SchoolMembership)
        .where(SchoolMembership.school_id == school_id, SchoolMembership.until_on.is_(None))
        .with_for_update()
    )
    if present is not None and present.cluster_id == cluster_id:
        return
    if present is not None:
        if on < present.from_on:
            raise RuleBroken([Reason("on", "The date must be after the school joined its present cluster")])
        present.until_on = on
        uow.session.flush()
    uow.session.add(_membership(school_id, cluster_id, on))
    uow.session.flush()
    audit.record(uow, "school.moved", record=("school", school_id))


def enrol(uow: UnitOfWork, *, person_id: PersonId, school_id: SchoolId, from_on: dt.date) -> None:
    """Record that a child goes to a school from a date; an open enrolment elsewhere ends that day.

    The same school again changes nothing. Raises ``RuleBroken`` when the date lies before the present enrolment.
    """
    with elevated(uow.session, "a child's present school, to end it"):
        present = uow.session.scalar(
            select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.until_on.is_(None)).with_for_update()
        )
        if present is not None and present.school_id == school_id:
            return
        if present is not None:
            if from_on < present.from_on:
                raise RuleBroken([Reason("from_on", "The date must be after the child joined the present school")])
            present.until_on = from_on
            uow.session.flush()
        uow.session.add(
            Enrolment(id=new_id(), person_id=person_id, school_id=school_id, from_on=from_on, until_on=None)
        )
        uow.session.flush()
    audit.record(uow, "enrolment.recorded", subjects=[person_id], record=("school", school_id))


def _membership(school_id: uuid.UUID, cluster_id: uuid.UUID, from_on: dt.date) -> SchoolMembership:
    return SchoolMembership(id=new_id(), school_id=school_id, cluster_id=cluster_id, from_on=from_on, until_on=None)
