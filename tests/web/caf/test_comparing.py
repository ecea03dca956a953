"""Two versions of an assessment side by side."""

from locality.caf.operations.assessing import complete_assessment
from locality.caf.operations.commands import SaveElement
from locality.caf.operations.elements import save_element
from locality.caf.rules.answers import Answer
from locality.caf.rules.words import Evidence
from tests.factories.caf import a_draft, fill_in
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story


def test_what_has_changed_is_marked_field_by_field(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        complete_assessment(unit, story.caf_id)
        second = a_draft(unit, story.episode_id)
        fill_in(unit, second, [story.leah])
        changed = Answer(strengths="Strong in everything", evidence=(Evidence.OBSERVED,), severity=2)
        save_element(unit, SaveElement(second, "D1.2", story.leah, 1, changed))
        complete_assessment(unit, second)
        third = a_draft(unit, story.episode_id)
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(browse.get(f"{story.episode}/caf").links["What has changed between versions"], most_queries=8)
    assert "Not said yet" in page.main  # the third is empty so far
    page = browse.get(f"{story.episode}/caf/compare?old={story.caf_id}&new={second}", most_queries=8)
    assert "Emotional and social development: strengths Changed" in page.main
    assert "Emotional and social development: needs No longer said" in page.main
    assert "Emotional and social development: how serious New" in page.main
    assert "General health: strengths" not in page.main
    assert "answers say the same in both" in page.main
    same = browse.get(f"{story.episode}/caf/compare?old={third}&new={third}")
    assert "The two say the same in every answer" in same.main


def test_one_version_has_nothing_to_be_compared_with(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(f"{story.episode}/caf/compare?old=x&new='")
    assert "There is one version so far" in page.main
