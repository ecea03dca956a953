"""A family, those who help them, and a draft of their CAF."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from locality.consent import api as consent
from locality.kernel.ids import AssessmentId, EpisodeId, PersonId
from tests.factories.caf import Helpers, Household, a_draft, a_led_episode, helpers
from tests.support.database import OpenUnit
from tests.support.layers import layer


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


@layer
def story(session: Session, uow: OpenUnit) -> Story:
    """A draft about one child, and those who help: what every test here begins with."""
    at_work = helpers(session)
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        caf_id = a_draft(unit, episode_id)
    return Story(at_work, episode_id, family, caf_id)


@pytest.fixture
def at_work(story: Story) -> Helpers:
    """A lead professional, a colleague and a manager of one cluster."""
    return story.at_work


def take_money_out(uow: OpenUnit, story: Story) -> None:
    """The mother says that what she told of money is not for sharing any more."""
    with uow(story.at_work.lead) as unit:
        (standing,) = consent.open_agreements(unit.session, story.family.children, today=unit.today)
        consent.withdraw(
            unit,
            consent.Withdraw(
                agreement_id=standing.id, scope=consent.Scope.TOPIC, topic=consent.Topic.MONEY, reason="It is ours",
                withdrawn_by=story.family.mother, withdrawn_on=unit.today, risk=consent.RiskView.UNLIKELY,
            ),
        )  # fmt: skip
