"""Whether children are heard by a way that suits them: numbers for managers, whatever the children keep."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from locality.caf.models import VoiceEntry
from locality.caf.rules.words import VoiceReaders
from tests.factories.caf import a_complete_caf, a_led_episode, helpers
from tests.support.database import OpenUnit
from tests.support.web import Browse


@pytest.mark.parametrize(("suits", "heard"), [(True, "1 of 1 times"), (False, "0 of 1 times"), (None, "0 of 1 times")])
def test_a_child_counts_as_heard_by_what_suits_them(
    browse: Browse, uow: OpenUnit, session: Session, suits: bool | None, heard: str
) -> None:
    at_work = helpers(session)
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        a_complete_caf(unit, episode_id, family.children)
    with uow() as unit:
        unit.session.execute(update(VoiceEntry).values(suits=suits, readers=VoiceReaders.LEAD_ONLY))
    browse.sign_in(at_work.manager_account)
    page = browse.get(browse.get("/triangle").links["Are children heard in a way that suits them?"], most_queries=8)
    assert heard in page.main
    assert "Adeyemi" not in page.main
