"""What a form that goes over everything fills in: what was told, and where nothing was, what the details say."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.people.models import Person
from locality.people.queries.facts import known_answers
from locality.people.rules.codes import DISABILITIES, Disability
from locality.people.rules.facts import INTERPRETER_WORDS, ToldFact, Topic

_COLUMNS = (Person.first_language, Person.interpreter_needed, Person.religion, Person.disabilities)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """An answer that stands in somebody's details; ``id`` is the person's, for nobody told it as a line."""

    id: uuid.UUID
    words: str
    source: str = "On record in the details"


def known_of(session: Session, person_id: uuid.UUID, topics: Iterable[Topic]) -> Mapping[Topic, ToldFact | OnRecord]:
    """What is known of somebody, by topic: the newest line that counts, else what the details say; two statements."""
    wanted = tuple(topics)
    found: dict[Topic, ToldFact | OnRecord] = dict(known_answers(session, [person_id], wanted))
    row = session.execute(select(*_COLUMNS).where(Person.id == person_id)).one_or_none()
    if row is None:
        return found
    said = {
        Topic.FIRST_LANGUAGE: row.first_language,
        Topic.INTERPRETER: INTERPRETER_WORDS[row.interpreter_needed],
        Topic.CULTURE: row.religion,
        Topic.HEALTH: ", ".join(DISABILITIES[Disability(code)] for code in row.disabilities),
    }
    for topic, words in said.items():
        if topic in wanted and words:
            found.setdefault(topic, OnRecord(person_id, words))
    return found
