"""The children of an episode as its pages show them: who they are, how old, at which stage, in which school."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, any_, bindparam, select
from sqlalchemy.orm import Session

from locality.clusters.models import Enrolment, School
from locality.kernel import direct
from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.people.models import Person
from locality.stages.models import StageSpan


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child in an episode. ``stage`` is None when the child stands nowhere on the triangle now."""

    id: PersonId
    reference: str
    name: str
    called: str
    born_on: dt.date | None
    due_on: dt.date | None
    interpreter_needed: bool
    stage: int | None
    stage_since: dt.date | None
    school: str | None

    @property
    def is_unborn(self) -> bool:
        """Whether the child is a baby who is expected."""
        return self.due_on is not None

    def age_in_years(self, today: dt.date) -> int | None:
        """Whole years; None when not known or not born."""
        if self.born_on is None:
            return None
        before_birthday = (today.month, today.day) < (self.born_on.month, self.born_on.day)
        return max(today.year - self.born_on.year - before_birthday, 0)


def list_children(session: Session, ids: Iterable[uuid.UUID]) -> tuple[ChildRow, ...]:
    """These children, the oldest first; those whom the actor may not see are left out. One statement."""
    rows = _CHILDREN.rows(session, ids=list(ids))
    return tuple(_child(row) for row in rows)


_CHILDREN = direct.Prepared(
    select(
        Person.id, Person.reference, Person.given_name, Person.family_name, Person.known_as, Person.born_on,
        Person.due_on, Person.interpreter_needed, StageSpan.stage, StageSpan.from_on, School.name,
    )
    .outerjoin(StageSpan, and_(StageSpan.person_id == Person.id, StageSpan.is_now()))
    .outerjoin(Enrolment, and_(Enrolment.person_id == Person.id, Enrolment.until_on.is_(None)))
    .outerjoin(School, School.id == Enrolment.school_id)
    .where(Person.id == any_(bindparam("ids")))
    .order_by(Person.born_on.asc().nulls_last(), Person.due_on, Person.id)
)  # fmt: skip


def _child(row: Any) -> ChildRow:
    person_id, reference, given, family, known_as, born_on, due_on, interpreter, stage, since, school = row
    name = people.display_name(given, family, unborn=due_on is not None)
    return ChildRow(
        id=person_id,
        reference=reference,
        name=name,
        called=known_as or given or name,
        born_on=born_on,
        due_on=due_on,
        interpreter_needed=bool(interpreter),
        stage=stage,
        stage_since=since,
        school=school,
    )
