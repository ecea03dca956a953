"""Every page of a CAF that two people saved: both texts, the same three choices, and nothing lost."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import ActionUpdate, Assessment, Conclusion, EarlierText, FamilyComment, PlanAction, Review
from locality.kernel.ids import ReviewId, new_id
from locality.kernel.uow import UnitOfWork
from tests.factories.caf import MUM, an_action
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story

MINE, THEIRS = "Leah is kind. She sings.", "Leah is kind. She reads."
BOTH = "Leah is kind. She reads.\n\nShe sings."
REVIEWED = {
    "held_on-day": "3", "held_on-month": "3", "held_on-year": "2026", "present": "Mum", "progress": MINE,
    "next_on-day": "14", "next_on-month": "4", "next_on-year": "2026",
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind of page: where it is, what I type, what a colleague saves first, and what is kept in the end."""

    path: Callable[[Story], str]
    typed: dict[str, str]
    theirs: Callable[[UnitOfWork, Story], None]
    kept: Callable[[Session], Any]
    settled: dict[str, Any]


def _header(unit: UnitOfWork, story: Story) -> None:
    version = unit.session.get_one(Assessment, story.caf_id).version
    caf.save_header(unit, caf.SaveHeader(story.caf_id, version, "Leah and her mother", THEIRS))


def _conclusion(unit: UnitOfWork, story: Story) -> None:
    level = caf.ConclusionLevel.COMPLEX_NEEDS
    caf.save_conclusion(unit, caf.SaveConclusion(story.caf_id, story.leah, 0, level, THEIRS))


def _comments(unit: UnitOfWork, story: Story) -> None:
    caf.save_comments(unit, caf.SaveComments(story.caf_id, story.leah, THEIRS, "Right", MUM))


def _update(unit: UnitOfWork, story: Story) -> None:
    action = unit.session.scalars(select(PlanAction)).one()
    caf.update_action(unit, caf.UpdateAction(action.id, action.version, caf.ActionStatus.PARTLY, THEIRS))


def _review(unit: UnitOfWork, story: Story) -> None:
    held = caf.RecordReview(
        ReviewId(new_id()), story.episode_id, unit.today, "Mum", THEIRS, next_on=dt.date(2026, 4, 15)
    )
    caf.record_review(unit, held)


def _last_update(session: Session) -> tuple[str, str]:
    action = session.scalars(select(PlanAction).execution_options(populate_existing=True)).one()
    return action.status.value, action.progress_note


KINDS = {
    "header": Kind(
        lambda story: f"{story.caf}/about",
        {"what_led": MINE},
        _header,
        lambda session: session.scalars(select(Assessment.what_led)).all(),
        {"mine": [MINE], "theirs": [THEIRS], "join": [BOTH]},
    ),
    "conclusion": Kind(
        lambda story: f"{story.caf}/conclusions/{story.leah}",
        {"level": "additional_needs_single_service", "text": MINE},
        _conclusion,
        lambda session: session.execute(select(Conclusion.level, Conclusion.text)).all(),
        {
            "mine": [(caf.ConclusionLevel.SINGLE_SERVICE, MINE)],
            "theirs": [(caf.ConclusionLevel.COMPLEX_NEEDS, THEIRS)],
            "join": [(caf.ConclusionLevel.COMPLEX_NEEDS, BOTH)],
        },
    ),
    "comments": Kind(
        lambda story: f"{story.caf}/comments/{story.leah}",
        {"child_wished": "yes", "child_words": MINE, "parent_wished": "no"},
        _comments,
        lambda session: set(session.scalars(select(FamilyComment.words))),
        {"mine": {MINE, ""}, "theirs": {THEIRS, "Right"}, "join": {BOTH, "Right"}},
    ),
    "plan action": Kind(
        lambda story: f"{story.episode}/plan/{{action}}",
        {"status": "done", "note": MINE},
        _update,
        _last_update,
        {"mine": ("done", MINE), "theirs": ("partly", THEIRS), "join": ("done", BOTH)},
    ),
    "review": Kind(
        lambda story: f"{story.episode}/reviews/record",
        REVIEWED,
        _review,
        lambda session: session.scalars(select(Review.progress).where(Review.held_on.is_not(None))).all(),
        {"mine": [MINE], "theirs": [THEIRS], "join": [BOTH]},
    ),
}
SITUATIONS = [(name, choice) for name in KINDS for choice in ("mine", "theirs", "join")]


def _met(browse: Browse, uow: OpenUnit, session: Session, story: Story, name: str) -> tuple[str, Page]:
    """Both have the page open; the colleague saves first."""
    kind = KINDS[name]
    with uow(story.at_work.lead) as unit:
        action = an_action(unit, story.episode_id)
    path = kind.path(story).format(action=action)
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(path)
    with uow() as unit:
        kind.theirs(unit, story)
    return path, browse.post(path, {**page.form(), **kind.typed}, status=409)


@pytest.mark.parametrize(("name", "choice"), SITUATIONS, ids=lambda value: value)
def test_whatever_is_chosen_nothing_is_lost(
    browse: Browse, uow: OpenUnit, session: Session, story: Story, name: str, choice: str
) -> None:
    path, page = _met(browse, uow, session, story, name)
    assert page.heading == "Locality was writing here too"
    assert MINE in page.main
    assert THEIRS in page.main
    browse.post(path, {**page.form(), "choice": choice})
    session.expire_all()
    assert KINDS[name].kept(session) == KINDS[name].settled[choice]
    everything = f"{KINDS[name].kept(session)} {list(session.scalars(select(EarlierText.facts)))}"
    everything += f" {list(session.scalars(select(ActionUpdate.note)))}"
    assert "She sings." in everything
    assert "She reads." in everything


@pytest.mark.parametrize("name", list(KINDS))
def test_without_a_choice_the_page_asks_again_and_changes_nothing(
    browse: Browse, uow: OpenUnit, session: Session, story: Story, name: str
) -> None:
    path, page = _met(browse, uow, session, story, name)
    again = browse.post(path, {**page.form()}, status=422)
    assert again.error_beside("choice") == "Select which words to keep"
    assert MINE in again.main
    session.expire_all()
    assert KINDS[name].kept(session) == KINDS[name].settled["theirs"]


@pytest.mark.parametrize("name", ["header", "conclusion", "comments", "plan action"])
def test_a_third_save_in_between_shows_the_newest(
    browse: Browse, uow: OpenUnit, session: Session, story: Story, name: str
) -> None:
    path, page = _met(browse, uow, session, story, name)
    stale = {"choice": "mine", "version": "0" if name != "conclusion" else "7"}
    again = browse.post(path, {**page.form(), **stale}, status=409)
    assert again.heading == "Locality was writing here too"
    session.expire_all()
    assert KINDS[name].kept(session) == KINDS[name].settled["theirs"]


@pytest.mark.parametrize("name", ["header", "conclusion", "comments", "plan action"])
def test_what_was_put_aside_is_read_on_the_page_itself(
    browse: Browse, uow: OpenUnit, session: Session, story: Story, name: str
) -> None:
    path, page = _met(browse, uow, session, story, name)
    browse.post(path, {**page.form(), "choice": "theirs"})
    browse.get(path)  # the banner is read once
    later = browse.get(path, most_queries=8)
    assert "Earlier words that were replaced" in later.main
    assert MINE in later.main


def test_every_word_of_a_review_that_was_put_aside_is_read_with_the_reviews(
    browse: Browse, uow: OpenUnit, story: Story
) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.episode}/reviews/record"
    page = browse.get(path)
    with uow() as unit:
        _review(unit, story)
    words = {"decisions": "Decided so", "next_steps": "Then a visit", "notes": "The dog barked"}
    asked = browse.post(path, {**page.form(), **REVIEWED, **words}, status=409)
    browse.post(path, {**asked.form(), "choice": "theirs"})
    later = browse.get(f"{story.episode}/reviews").main
    assert [said for said in (MINE, *words.values()) if said not in later] == []


def test_reviews_of_two_days_are_two_reviews(browse: Browse, uow: OpenUnit, session: Session, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        episode = unit.session.scalars(select(Assessment.episode_id)).one()
    browse.sign_in(story.at_work.lead_account)
    path = f"/episodes/{episode}/reviews/record"
    page = browse.get(path)
    with uow() as unit:
        _review(unit, story)
        row = unit.session.scalars(select(Review).where(Review.held_on.is_not(None))).one()
        row.held_on = dt.date(2026, 3, 2)
    asked = browse.post(path, {**page.form(), **REVIEWED}, status=409)
    browse.post(path, {**asked.form(), "choice": "join"})
    assert sorted(session.scalars(select(Review.progress).where(Review.held_on.is_not(None)))) == sorted([MINE, THEIRS])
