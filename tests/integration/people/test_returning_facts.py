"""What was told while two records were linked goes to whom it was told about when the link is undone."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.people.api import FactSource, Told, Topic
from locality.people.operations.facts import settle_line
from locality.people.operations.linking import NewDecision, Returned, decide_link, undo_link
from locality.people.queries.linking import recorded_since
from locality.people.rules.facts import Settling
from locality.people.rules.linking import LinkKind
from tests.factories.people import a_person, a_unit


@pytest.fixture
def linked(session: Session) -> tuple[PersonId, PersonId]:
    """Two records and what was told about the first before they were linked."""
    one, two = a_person(session), a_person(session)
    told(session, one, Topic.WANTS, "A quiet room")
    return one, two


def told(session: Session, who: PersonId, topic: Topic, words: str) -> None:
    """A line from a contact."""
    telling = people.Telling((FactSource.CONTACT, new_id()), dt.date(2026, 3, 3), "Garon Primary")
    people.tell_facts(a_unit(session), [who], [Told(topic, words)], telling=telling)
    session.flush()


def lines(session: Session, who: PersonId) -> set[str]:
    """What the story of one record holds."""
    return {fact.words for fact in people.told_facts(session, [who]) if fact.person_id == who}


def test_a_line_told_while_linked_is_given_back_with_its_history(
    session: Session, linked: tuple[PersonId, PersonId]
) -> None:
    one, two = linked
    since = SYSTEM_CLOCK.now()
    made = decide_link(
        a_unit(session), NewDecision(id=new_id(), one_id=one, other_id=two, kind=LinkKind.SAME_PERSON, reason="Same")
    )
    told(session, one, Topic.WORRYING, "She cries at night")
    told(session, one, Topic.SAFE_CONTACT, "Only at her sister’s, 4 Hide Road")
    line = [fact for fact in people.told_facts(session, [one]) if fact.words == "She cries at night"]
    settle_line(a_unit(session), line, Settling.CONFIRM)
    (row,) = [row for row in recorded_since(session, [one, two], since=since) if row.kind == "fact"]
    assert row.words == "Told by Garon Primary: She cries at night"
    undo_link(a_unit(session), made, reason="Two girls", returned=[Returned(row.kind, row.id, two)])
    assert lines(session, one) == {"A quiet room", "Only at her sister’s, 4 Hide Road"}
    assert lines(session, two) == {"She cries at night"}
    owners = session.execute(text("SELECT DISTINCT person_id FROM fact_settled")).scalars().all()
    assert owners == [two]
