"""Made-up people and families. Every name is invented and every number is from a range that is never given out."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason, Part
from locality.audit import log
from locality.kernel.actor import SYSTEM, Actor
from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.ids import FamilyId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.people.rules.codes import ContactKind

SAFE_NHS_NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050")
SAFE_UPN = "M999200025001"


def a_unit(session: Session, actor: Actor = SYSTEM) -> UnitOfWork:
    """A unit of work of the test's own session."""
    return UnitOfWork(session=session, actor=actor, now=SYSTEM_CLOCK.now())


def settle(session: Session) -> None:
    """Write down what the arranging has to say for the audit log, so that a page is not charged for it."""
    log.flush(session)
    session.commit()


def a_person(
    session: Session,
    *,
    kind: people.PersonKind = people.PersonKind.CHILD,
    given_name: str = "Leah",
    family_name: str = "Adeyemi",
    known_as: str = "",
    previous_names: Sequence[str] = (),
    sex: people.Sex = people.Sex.FEMALE,
    born_on: dt.date | None = dt.date(2018, 5, 14),
    due_on: dt.date | None = None,
    nhs_number: str | None = None,
) -> PersonId:
    """Somebody on record; a girl of seven unless told otherwise."""
    new = people.NewPerson(
        kind=kind,
        given_name=given_name,
        family_name=family_name,
        known_as=known_as,
        previous_names=tuple(previous_names),
        sex=people.Sex.UNKNOWN if due_on else sex,
        born_on=None if due_on else born_on,
        due_on=due_on,
        nhs_number=nhs_number,
    )
    return people.create_person(a_unit(session), new)


def an_adult(session: Session, *, given_name: str = "Ngozi", family_name: str = "Adeyemi") -> PersonId:
    """A grown-up; a mother of thirty-six unless told otherwise."""
    return a_person(
        session,
        kind=people.PersonKind.ADULT,
        given_name=given_name,
        family_name=family_name,
        born_on=dt.date(1989, 9, 2),
    )


def a_family(session: Session, *members: PersonId, name: str = "Adeyemi") -> FamilyId:
    """A family of these people."""
    return people.create_family(a_unit(session), name=name, members=members)


def an_address(
    session: Session,
    *who: PersonId,
    line: str = "12 Sample Street",
    postcode: str | None = "SS2 6ER",
    hidden: bool = False,
    actor: Actor = SYSTEM,
) -> None:
    """Where these people live now."""
    new = people.NewAddress(people=who, lines=[line], postcode=postcode, do_not_disclose=hidden)
    people.record_address(a_unit(session, actor), new)


def a_telephone(session: Session, who: PersonId, *, value: str = "01632 960 001", hidden: bool = False) -> None:
    """A telephone number of somebody."""
    new = people.NewContactPoint(person_id=who, kind=ContactKind.MOBILE, value=value, do_not_disclose=hidden)
    people.record_contact_point(a_unit(session), new)


def a_grant(
    session: Session,
    actor: Actor,
    *who: PersonId,
    reason: GrantReason = GrantReason.LEAD_PROFESSIONAL,
    parts: frozenset[Part] | None = None,
) -> None:
    """Let an actor see these people."""
    assert actor.account_id is not None
    grants.give(a_unit(session), who, principal=actor.account_id, reason=reason, record=new_id(), parts=parts)
    session.flush()


def a_line(session: Session, who: PersonId, *, line: str = "Review held", on: dt.date = dt.date(2026, 2, 2)) -> None:
    """A line of somebody's story."""
    people.note_story(
        a_unit(session), [who], happened_on=on, kind=people.StoryKind.REVIEW, line=line, source="Amira Khan"
    )
