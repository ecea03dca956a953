"""A paper's page asks the database eight things at most, whoever it is for."""

import pytest

from locality.caf import api as caf
from locality.caf.operations.commands import AddTeamMember
from locality.caf.operations.membership import add_team_member
from locality.caf.rules.words import CaseRoleKind, VoiceReaders
from locality.kernel.ids import AccountId, new_id
from tests.factories.caf import a_voice, an_action, fill_in
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story


@pytest.mark.parametrize("has_account", [True, False])
def test_the_page_of_a_workers_paper_asks_eight_things_at_most(
    browse: Browse, uow: OpenUnit, story: Story, has_account: bool
) -> None:
    role_id = new_id()
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        a_voice(unit, story.caf_id, story.leah, own_words="I like school", readers=VoiceReaders.TEAM)
        caf.complete_assessment(unit, story.caf_id)
        an_action(unit, story.episode_id)
        who: dict[str, object] = (
            {"account_id": AccountId(story.at_work.colleague_account.id)}
            if has_account
            else {"name": "Dr Osei", "job_title": "Doctor", "organisation": "shoebury health"}
        )
        member = AddTeamMember(role_id, story.episode_id, CaseRoleKind.TEAM_MEMBER, **who)  # type: ignore[arg-type]
        add_team_member(unit, member)
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.episode}/papers/new"
    sent = {**browse.get(path).form(), "recipients": [str(role_id)], "what": "caf"}
    batch = browse.post(path, sent)
    given = browse.follow(browse.post(batch.location or "", {"was_read": "y"}))
    name = "Sean Byrne" if has_account else "Dr Osei"
    copy = browse.get(given.links[f"Page to print, {name}"], most_queries=8)
    assert copy.heading == "CAF of the Adeyemi family"
    assert "I like school" in copy.main
