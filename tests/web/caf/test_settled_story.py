"""What the story says after two people saved the same page, and when nobody came by a page."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import Assessment
from locality.kernel.ids import ReviewId, new_id
from locality.people.models import ToldFact
from locality.people.rules.facts import OPEN_STATES
from tests.factories.caf import fill_in
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story
from tests.web.caf.test_conflicts import BOTH, MINE, REVIEWED, THEIRS

CHOSEN = {"mine": MINE, "theirs": THEIRS, "join": BOTH}


def open_lines(session: Session) -> list[str]:
    """What counts of the story, each once."""
    session.expire_all()
    return sorted(set(session.scalars(select(ToldFact.words).where(ToldFact.state.in_(list(OPEN_STATES))))))


@pytest.mark.parametrize("choice", CHOSEN)
def test_the_story_says_what_the_header_says_after_a_choice(
    browse: Browse, uow: OpenUnit, session: Session, story: Story, choice: str
) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.caf}/about"
    page = browse.get(path)
    with uow(story.at_work.lead) as unit:
        version = unit.session.get_one(Assessment, story.caf_id).version
        caf.save_header(unit, caf.SaveHeader(story.caf_id, version, "Leah and her mother", THEIRS))
    conflict = browse.post(path, {**page.form(), "what_led": MINE}, status=409)
    browse.post(path, {**conflict.form(), "choice": choice})
    assert open_lines(session) == [CHOSEN[choice]]


@pytest.mark.parametrize("choice", CHOSEN)
def test_the_story_says_what_was_said_at_a_review_after_a_choice(
    browse: Browse, uow: OpenUnit, session: Session, story: Story, choice: str
) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.episode}/reviews/record"
    page = browse.get(path)
    with uow(story.at_work.lead) as unit:
        caf.record_review(unit, _held(story, unit.today, said=THEIRS))
    conflict = browse.post(path, {**page.form(), **REVIEWED, "child_comments": MINE}, status=409)
    browse.post(path, {**conflict.form(), "choice": choice})
    # Nothing that a child said is lost: what stood in the colleague's record stays told.
    assert CHOSEN[choice] in open_lines(session)
    assert (MINE in open_lines(session)) == (choice == "mine")


def test_a_review_and_a_completion_that_came_by_no_page_are_in_the_story(
    uow: OpenUnit, session: Session, story: Story
) -> None:
    with uow(story.at_work.lead) as unit:
        caf.record_review(unit, _held(story, unit.today, said=THEIRS))
        caf.record_review(unit, _held(story, unit.today, said="Later"))
        fill_in(unit, story.caf_id, [story.leah])
        caf.complete_assessment(unit, story.caf_id)
    assert {THEIRS, "Later", "I want to sleep"} <= set(open_lines(session))


def _held(story: Story, day: dt.date, *, said: str) -> caf.RecordReview:
    return caf.RecordReview(
        ReviewId(new_id()), story.episode_id, day, "Mum", "Better", next_on=dt.date(2026, 4, 15), child_comments=said
    )
