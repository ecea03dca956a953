"""The checklist before an assessment: five questions, safety first, and where it leads."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import Checklist
from locality.caf.operations.assessing import complete_assessment
from locality.people.models import ChronologyEntry
from tests.factories.caf import fill_in
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story

WELL = dict.fromkeys(("healthy", "safe", "learning", "positive", "free_of_poverty"), "yes")
NEEDS = {
    "services_needed": "Help with sleep", "own_service": "no", "would_help": "yes", "family_aware": "yes",
}  # fmt: skip
SAFETY = {"decision": "talked_over", "who": "Joan Fletcher", "why": "A bruise, explained"}


def _path(session: Session) -> str:
    return f"/checklists/{session.scalars(select(Checklist.id)).one()}"


def _send(browse: Browse, path: str, data: dict[str, str]) -> Page:
    sent = browse.post(path, {**browse.get(path).form(), **data})
    page = browse.follow(sent, status=302)
    return browse.follow(page)


def test_it_is_found_from_the_childs_record_and_is_optional(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(f"/people/{story.leah}/caf")
    asked = browse.get(page.links["Would an assessment help Leah? Five questions"], most_queries=8)
    assert "You need not answer them before an assessment" in asked.main
    assert "An assessment is being written already, version 1" in asked.main


def test_all_well_needs_nothing_more(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"/people/{story.leah}/checklist"
    sent = browse.post(path, {**browse.get(path).form(), **WELL})
    step = browse.follow(sent, status=302)
    page = browse.get(step.location or "", most_queries=8)
    assert "nothing more is needed" in page.main
    done = browse.follow(browse.post(f"{_path(session)}/outcome", {"outcome": "no_further_action"}))
    assert done.heading == "Nothing more is needed"
    assert "A checklist was answered: Nothing more is needed" in session.scalars(select(ChronologyEntry.line)).all()


@pytest.mark.parametrize("step", ["needs", "outcome", ""])
def test_nobody_gets_past_the_question_of_safety(browse: Browse, session: Session, story: Story, step: str) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"/people/{story.leah}/checklist"
    browse.post(path, {**browse.get(path).form(), **WELL, "safe": "no"})
    here = _path(session)
    seen = browse.get(f"{here}/{step}" if step else here, status=302)
    while seen.location and seen.location != f"{here}/safety":
        seen = browse.get(seen.location, status=302)
    assert seen.location == f"{here}/safety"
    page = browse.get(f"{here}/safety", most_queries=8)
    assert "ring 999" in page.main
    if step:
        data = NEEDS if step == "needs" else {"outcome": "no_further_action", "outcome_why": "x"}
        browse.post(f"{here}/{step}", data, status=302)
        row = session.scalars(select(Checklist).execution_options(populate_existing=True)).one()
        assert (row.outcome, row.services_needed) == (None, "")
    refused = browse.post(f"{here}/safety", {"decision": "talked_over"}, status=422)
    assert "Enter whom you talked with" in refused.text


def test_talked_over_it_goes_on_to_an_assessment_with_what_was_written(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        complete_assessment(unit, story.caf_id)
    browse.sign_in(story.at_work.lead_account)
    path = f"/people/{story.leah}/checklist"
    browse.post(path, {**browse.get(path).form(), **WELL, "safe": "no", "healthy": "no"})
    here = _path(session)
    needs = _send(browse, f"{here}/safety", SAFETY)
    assert needs.heading == "What help may Leah need?"
    outcome = _send(browse, f"{here}/needs", NEEDS)
    assert "an assessment together with the family" in outcome.main
    browse.post(f"{here}/outcome", {"outcome": "start_caf"})
    done = browse.get(here, most_queries=8)
    assert done.row("Talked with") == "Joan Fletcher"
    start = browse.get(done.links["Start the assessment"])
    assert start.form()["what_led"] == "Help with sleep"
    again = browse.post(f"{here}/outcome", {"outcome": "no_further_action"}, status=302)
    assert again.location == here


def test_a_child_who_is_not_safe_leads_to_social_care(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"/people/{story.leah}/checklist"
    browse.post(path, {**browse.get(path).form(), **WELL, "safe": "no"})
    here = _path(session)
    _send(browse, f"{here}/safety", {**SAFETY, "decision": "refer_now"})
    wrong = browse.post(f"{here}/outcome", {"outcome": "start_caf", "outcome_why": "x"}, status=422)
    assert "that is the outcome" in wrong.text
    browse.post(f"{here}/outcome", {"outcome": "safeguarding_referral"})
    done = browse.get(here)
    assert done.links["Refer to social care"] == f"/people/{story.leah}/stages/move"


def test_wrong_answers_are_refused_beside_the_field(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"/people/{story.leah}/checklist"
    form = browse.get(path).form()
    refused = browse.post(path, {**form, **WELL, "safe": "perhaps"}, status=422)
    assert refused.error_beside("safe")
    browse.post(path, form, status=422)


def test_a_stranger_finds_nothing(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"/people/{story.leah}/checklist"
    browse.post(path, {**browse.get(path).form(), **WELL})
    browse.sign_in(story.at_work.colleague_account)
    for place in (path, _path(session), f"{_path(session)}/outcome"):
        browse.get(place, status=404)
