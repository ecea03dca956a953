"""A family, those who help them, and a draft of their CAF."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from locality.kernel.ids import AssessmentId, EpisodeId, PersonId
from tests.factories.caf import Helpers, Household, a_draft, a_led_episode, helpers
from tests.support.database import OpenUnit, Scene, scene


@dataclass(frozen=True)
class Story:
    """Leah Adeyemi's episode: her lead professional is Amira Khan, her CAF has just begun."""

    at_work: Helpers
    episode_id: EpisodeId
    family: Household
    caf_id: AssessmentId

    @property
    def leah(self) -> PersonId:
        """The child."""
        return self.family.children[0]

    @property
    def episode(self) -> str:
        """The address of the episode."""
        return f"/episodes/{self.episode_id}"

    @property
    def caf(self) -> str:
        """The address of the CAF."""
        return f"/caf/{self.caf_id}"


@pytest.fixture(scope="package")
def laid(app: Flask) -> Iterator[Scene[Story]]:
    """A draft about one child, and those who help: what every test here begins with."""
    with scene(app, _story) as made:
        yield made


def _story(session: Session, uow: OpenUnit) -> Story:
    at_work = helpers(session)
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        caf_id = a_draft(unit, episode_id)
    return Story(at_work, episode_id, family, caf_id)


@pytest.fixture
def connection(laid: Scene[Story]) -> Iterator[Connection]:
    """The application's connection, with the story already there."""
    with laid.for_one_test() as opened:
        yield opened


@pytest.fixture
def story(laid: Scene[Story], clock: dt.datetime) -> Story:
    """The draft about one child, and those who help."""
    return laid.made


@pytest.fixture
def at_work(story: Story) -> Helpers:
    """A lead professional, a colleague and a manager of one cluster."""
    return story.at_work
