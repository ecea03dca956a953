"""From a started CAF to the end of help, as a lead professional walks it: every page by the links of the one before."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import Closure, Review, VoiceReading
from locality.caf.operations.assessing import complete_assessment
from locality.caf.rules.elements import ELEMENTS
from tests.factories.caf import fill_in
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story
from tests.web.caf.test_forms import ACTION, CLOSURE, COMMENTS, REVIEW, VOICE


def _say(browse: Browse, path: str, data: dict[str, str]) -> Page:
    """Open a form, fill it in, send it and go where it leads."""
    return browse.follow(browse.post(path, {**browse.get(path).form(), **data}))


def _answer_every_element(browse: Browse, first: str) -> Page:
    """Save and next, from the first element to the last."""
    page, path = browse.get(first), first
    for number in range(len(ELEMENTS)):
        assert f"{number + 1} of 19" in page.main
        sent = browse.post(path, {**page.form(path), "strengths": "Well", "needs": "Sleep", "evidence": "observed"})
        path = sent.location or ""
        page = browse.follow(sent)
    return page


def test_a_caf_from_its_task_list_to_completion(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    tasks = browse.get(browse.get("/my-families").links["Adeyemi: Finish the CAF: 0 of 19 answered"])
    tasks = _answer_every_element(browse, tasks.links["Development of Leah"])
    assert "19 of 19 elements answered" in tasks.main
    voices = _say(browse, browse.get(tasks.links["Leah’s voice"]).links["Add Leah’s words"], VOICE)
    assert "I want to sleep" in voices.main
    _say(browse, voices.links["How workers understand it, 3 March 2026"], {"reading": "She is afraid at night"})
    assert session.scalars(select(VoiceReading.reading)).all() == ["She is afraid at night"]
    conclusion = {"level": "additional_needs_multi_service", "text": "Sleep first"}
    tasks = _say(browse, tasks.links["Conclusions for Leah"], conclusion)
    assert "Leah’s words added" in tasks.main
    tasks = _say(browse, tasks.links["What Leah and the parents say about it"], COMMENTS)
    plan = _say(browse, tasks.links["Check and complete"], {})
    assert "The CAF is complete" in plan.banner
    assert plan.heading == "Plan for the Adeyemi family"


def test_from_the_plan_to_the_end_of_help(browse: Browse, uow: OpenUnit, session: Session, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        complete_assessment(unit, story.caf_id)
    browse.sign_in(story.at_work.lead_account)
    plan = _say(browse, browse.get(f"{story.episode}/plan").links["Add an action"], ACTION)
    (row,) = plan.table("Actions")
    assert (row["Who"], row["By when"]) == ("Grace", "1 April 2026")
    review = _say(browse, browse.get(f"{story.episode}/reviews").links["Record the review"], REVIEW)
    assert review.row("Next review") == "Tuesday 14 April 2026"
    assert review.table("The plan as it stood")[0]["What is done"] == "A bedtime"
    assert len(session.scalars(select(Review.id).where(Review.held_on.is_not(None))).all()) == 1
    _say(browse, plan.links["Update: A bedtime"], {"status": "done"})
    close = browse.get(story.episode).links["End the help for this family"]
    because = browse.post(close, {"reason": "needs_met_universal"}).location or ""
    assert browse.get(because).heading == "Needs met: universal services are enough now"
    assert browse.post(because, CLOSURE).location == "/"
    assert session.scalars(select(Closure.way_back)).all() == ["Ring"]
    browse.get(story.episode, status=404)


def test_what_is_missing_is_listed_before_completion(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(f"{story.caf}/complete")
    assert page.heading == "Not complete yet"
    assert "Conclusions for Leah are missing" in page.main
    assert not page.has_button("Complete the CAF")
    refused = browse.post(f"{story.caf}/complete", {}, status=422)
    assert ("", "Conclusions for Leah are missing") in refused.errors


def test_a_child_at_risk_goes_up_at_once(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    data = {"version": "0", "level": "risk_of_harm", "text": "She is being hit"}
    sent = browse.post(f"{story.caf}/conclusions/{story.leah}", data)
    assert sent.location == f"/people/{story.leah}/stages/move"
    browse.follow(sent)


def test_handing_over_needs_a_yes_and_then_closes_the_record(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    colleague = str(story.at_work.colleague_account.id)
    team = _say(browse, f"{story.episode}/lead", {"account_id": colleague, "reason": "Maternity leave"})
    assert "Until they accept, nothing changes" in team.banner
    assert team.table("Who was asked to lead")[0]["Answer"] == "Waits for an answer"
    browse.sign_in(story.at_work.colleague_account)
    browse.get(story.episode, status=404)
    todo = browse.get("/to-do")
    question = todo.links["Will you lead? Asked by Amira Khan"]
    shown = browse.get(question)
    assert "Maternity leave" in shown.main
    assert "Adeyemi" not in shown.text
    assert browse.post(question, {"accepts": "yes"}).location == story.episode
    assert browse.get("/my-families").table("My families")[0]["Family"] == "Adeyemi Leah"
    browse.sign_in(story.at_work.lead_account)
    browse.get(story.episode, status=404)
