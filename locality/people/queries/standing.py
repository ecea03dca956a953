"""Where somebody stands: what a record's heading says beyond the person, gathered from the rooms that know.

Schools, stages and lead professionals belong to rooms above this one. They fill the slot ``standing``; with nobody
filling it the heading says who the person is and no more.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, LiteralString, Protocol

from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.permissions import Permission
from locality.access.policy import why
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.slots import Slot
from locality.people.queries.persons import PersonSummary
from locality.people.rules.codes import PersonKind
from locality.web.formats import age, day


@dataclass(frozen=True, slots=True)
class Standing:
    """What higher rooms know of one person now."""

    school: str | None = None
    stage: int | None = None
    stage_since: dt.date | None = None
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class StandingSource:
    """Where a higher room knows some of a ``Standing``: names of its fields, and SQL that selects them for ``p.id``."""

    fields: tuple[str, ...]
    sql: LiteralString


@dataclass(frozen=True, slots=True)
class Identity:
    """The heading of a person's pages, as the identity bar shows it. ``href`` is for pages other than the record."""

    person: PersonSummary
    name: str
    reference: str
    age: str
    born_on: dt.date | None
    school: str | None
    stage: int | None
    stage_since: dt.date | None
    lead: str | None
    why: str | None
    href: str | None = None
    why_href: str | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class RecordTab:
    """A tab on a person's record: words, endpoint (which takes ``person_id``), place, and for whom it is."""

    label: str
    endpoint: str
    place: int
    kinds: frozenset[PersonKind] = frozenset(PersonKind)
    permission: Permission = Permission.STORY_VIEW


@dataclass(frozen=True, slots=True)
class FamilyTab:
    """A tab on a family's page: its words, its endpoint (which takes ``family_id``), its place, and for whom."""

    label: str
    endpoint: str
    place: int
    permission: Permission = Permission.FAMILY_VIEW


# A filler appends its source; a page reads all of them in its own statement.
standing: Slot[[list[StandingSource]]] = Slot("people: where somebody stands")
# A filler appends its tabs.
record_tabs: Slot[[list[RecordTab]]] = Slot("people: tabs of a record")
family_tabs: Slot[[list[FamilyTab]]] = Slot("people: tabs of a family")


def standing_columns() -> tuple[str, str]:
    """Columns and joins that add where somebody stands to a statement that reads people as ``p``."""
    found: list[StandingSource] = []
    standing(found)
    columns = "".join(f", at{place}.{field}" for place, one in enumerate(found) for field in one.fields)
    joins = "".join(f" LEFT JOIN LATERAL ({one.sql} LIMIT 1) AS at{place} ON true" for place, one in enumerate(found))
    return columns, joins


def standing_of_row(row: Any) -> Standing:
    """Where the person of a row with these columns stands."""
    return Standing(**{field.name: getattr(row, field.name, None) for field in fields(Standing)})


def identity_of(
    session: Session, actor: Actor, person: PersonSummary, *, facts: AccessFacts, today: dt.date
) -> Identity:
    """The heading of a person's pages for this actor, and why the actor sees them; one statement."""
    columns, joins = standing_columns()
    statement = f"SELECT p.id{columns} FROM (SELECT %(person)s::uuid AS id) AS p{joins}"  # noqa: S608 - constants
    row = direct.one_or_none(session, statement, {"person": person.id})
    return heading(actor, person, standing_of_row(row), facts=facts, today=today)


def heading(actor: Actor, person: PersonSummary, now: Standing, *, facts: AccessFacts, today: dt.date) -> Identity:
    """The heading of a person's pages for this actor, from where the person stands now."""
    return Identity(
        person=person,
        name=person.name,
        reference=person.reference,
        age=age_words(person, today),
        born_on=person.born_on,
        school=now.school,
        stage=now.stage,
        stage_since=now.stage_since,
        lead=now.lead,
        why=_why(facts, actor),
    )


class Aged(Protocol):
    """Whoever has the dates of a life."""

    @property
    def born_on(self) -> dt.date | None:
        """Date of birth."""
        ...

    @property
    def born_on_estimated(self) -> bool:
        """Whether it is a guess."""
        ...

    @property
    def due_on(self) -> dt.date | None:
        """When a baby is expected."""
        ...

    @property
    def died_on(self) -> dt.date | None:
        """Date of death."""
        ...


def age_words(person: Aged, today: dt.date) -> str:
    """How old somebody is: "7 years", "due 2 May 2026", "died 3 March 2026 aged 4 years"."""
    if person.due_on is not None:
        return f"due {day(person.due_on)}"
    if person.died_on is not None:
        lived = f" aged {age(person.born_on, person.died_on)}" if person.born_on else ""
        return f"died {day(person.died_on)}{lived}"
    words = age(person.born_on, today)
    return f"about {words}" if person.born_on_estimated else words


def _why(facts: AccessFacts, actor: Actor) -> str | None:
    reason = why(facts, actor)
    if reason is None:
        return None
    words, since = reason
    return f"You see this because {words}{f', since {day(since)}' if since else ''}"


def tabs_for(kind: PersonKind) -> Sequence[RecordTab]:
    """The tabs of a person's record, those of this room and of higher rooms, in their places."""
    tabs: list[RecordTab] = []
    record_tabs(tabs)
    return sorted((tab for tab in tabs if kind in tab.kinds), key=lambda tab: tab.place)


def tabs_for_family() -> Sequence[FamilyTab]:
    """The tabs of a family's pages, in their places."""
    tabs: list[FamilyTab] = []
    family_tabs(tabs)
    return sorted(tabs, key=lambda tab: tab.place)
