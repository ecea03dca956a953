"""Two people write the same CAF at the same time, on connections of their own: no text is lost in silence."""

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import select

from locality.app import create_app
from locality.caf import api as caf
from locality.caf.models import EarlierText, ElementAnswer
from locality.caf.operations.commands import SettleElement
from locality.caf.operations.elements import AnswerOvertaken, settle_element
from locality.caf.queries.sections import find_answers
from locality.caf.rules.answers import Choice
from locality.kernel.actor import SYSTEM, Actor
from locality.kernel.db import bind_actor, db
from locality.kernel.ids import AssessmentId, PersonId
from locality.kernel.uow import unit_of_work
from locality.running import postgres
from tests.factories.caf import Helpers, a_draft, a_led_episode, helpers
from tests.support.servers import TEMPLATE, settings_for

ROUNDS = 60
CODE = "D1.2"


@pytest.fixture
def town(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database of its own, where everything really commits."""
    name = "locality_two_writers"
    server.create_database(name, template=TEMPLATE)
    application = create_app(settings_for(server, name))
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@dataclass
class Begun:
    """A draft, and the two who write it."""

    caf_id: AssessmentId
    child: PersonId
    lead: Actor
    cover: Actor


@dataclass
class Writer:
    """Somebody who writes a new sentence each round, keeps everything when overtaken, and remembers what was said."""

    app: Flask
    begun: Begun
    actor: Actor
    choices: random.Random
    said: list[str] = field(default_factory=list)
    dropped: int = 0

    def write(self) -> None:
        """All rounds."""
        with self.app.app_context():
            for number in range(ROUNDS):
                self._round(f"{self.actor.name} {number}.")

    def _round(self, sentence: str) -> None:
        begun = self.begun
        session = db.session()
        bind_actor(session, self.actor)
        seen = find_answers(session, [begun.caf_id], code=CODE, child_id=begun.child).get(begun.caf_id)
        session.rollback()
        before = "" if seen is None else seen.answer.strengths
        mine = caf.Answer(strengths=f"{before} {sentence}".strip(), evidence=(caf.Evidence.OBSERVED,))
        version = 0 if seen is None else seen.version
        try:
            with unit_of_work(self.actor) as uow:
                caf.save_element(uow, caf.SaveElement(begun.caf_id, CODE, begun.child, version, mine))
        except AnswerOvertaken as overtaken:
            self._settle(mine, overtaken.current.version)
        self.said.append(sentence)

    def _settle(self, mine: caf.Answer, version: int) -> None:
        choice = self.choices.choice(list(Choice))
        begun = self.begun
        while True:
            try:
                with unit_of_work(self.actor) as uow:
                    settle_element(uow, SettleElement(begun.caf_id, CODE, begun.child, version, mine, choice))
            except AnswerOvertaken as overtaken:
                version = overtaken.current.version
            else:
                self.dropped += 1
                return


@pytest.fixture
def begun(town: Flask) -> Begun:
    """The draft, committed."""
    with town.app_context():
        session = db.session()
        bind_actor(session, SYSTEM)
        at_work: Helpers = helpers(session)
        session.commit()
        with unit_of_work(SYSTEM) as uow:
            episode_id, family = a_led_episode(uow, at_work)
        with unit_of_work(at_work.lead) as uow:
            caf_id = a_draft(uow, episode_id)
        db.session.remove()
    return Begun(caf_id, family.children[0], at_work.lead, SYSTEM)


def test_what_two_people_write_at_once_is_all_there_at_the_end(town: Flask, begun: Begun) -> None:
    writers = [
        Writer(town, begun, begun.lead, random.Random(1)),
        Writer(town, begun, begun.cover, random.Random(2)),
    ]
    threads = [threading.Thread(target=writer.write) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    with town.app_context():
        session = db.session()
        bind_actor(session, SYSTEM)
        now = session.execute(select(ElementAnswer.strengths)).scalar_one()
        aside = [str(row.get("strengths")) for row in session.scalars(select(EarlierText.facts))]
        db.session.remove()
    everything = " ".join((now, *aside))
    missing = [line for writer in writers for line in writer.said if line not in everything]
    assert [len(writer.said) for writer in writers] == [ROUNDS, ROUNDS]
    assert missing == []
    assert sum(writer.dropped for writer in writers) > 0, "they never met, so this proved nothing"
