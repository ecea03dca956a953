"""A family, those who help them, and a draft of their CAF."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from locality.accounts.models import AccountSecret
from locality.accounts.operations.passwords import hash_password
from locality.caf import api as caf
from locality.consent import api as consent
from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, PersonId, new_id
from tests.factories.accounts import PASSWORD
from tests.factories.caf import Helpers, Household, a_draft, a_led_episode, helpers
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse


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


def fill(browse: Browse, path: str, data: dict[str, Any] | None = None, *, form: int = 0, status: int = 302) -> Page:
    """Open a page, fill its form in and send it back to the page."""
    return browse.post(path, {**browse.get(path).form(form), **(data or {})}, status=status)


@pytest.fixture
def voice(story: Story) -> str:
    """The address of Leah's voice."""
    return f"{story.caf}/voice/{story.leah}"


@pytest.fixture
def hand_over(browse: Browse, session: Session, story: Story, voice: str) -> Callable[[str], Page]:
    """Amira hands her tablet to Leah for a tool and reads out the first page, which is given back."""
    secret = AccountSecret(
        account_id=story.at_work.lead_account.id,
        password_hash=hash_password(PASSWORD, fast=True),
        changed_at=SYSTEM_CLOCK.now(),
    )
    session.add(secret)
    session.flush()

    def with_tool(tool: str) -> Page:
        browse.sign_in(story.at_work.lead_account)
        begun = fill(browse, f"{voice}/sit/{tool}", {"present": "Nobody else"})
        assert begun.location == "/my-voice"
        hello = browse.get("/my-voice/hello")
        browse.post("/my-voice/hello", hello.form())
        return hello

    return with_tool


def a_colleague(uow: OpenUnit, story: Story) -> None:
    """Sean joins the team around Leah."""
    with uow(story.at_work.lead) as unit:
        account = AccountId(story.at_work.colleague_account.id)
        caf.add_team_member(
            unit, caf.AddTeamMember(new_id(), story.episode_id, caf.CaseRoleKind.TEAM_MEMBER, account_id=account)
        )
