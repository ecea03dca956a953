"""Sections of free words: written in any order, nothing lost, nobody overwritten, last time's beside."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from locality.caf.models import CafPresence, EarlierText, SectionAnswer
from locality.caf.operations.assessing import complete_assessment
from locality.caf.operations.sections import SaveSection, save_section
from locality.caf.rules.sections import SectionCode
from tests.factories.caf import a_draft, fill_in
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story

WORDS = "Everything hangs on sleep. "


def _text(session: Session) -> str:
    return str(session.scalars(select(SectionAnswer.facts).execution_options(populate_existing=True)).one()["story"])


def test_the_whole_story_is_told_in_one_box(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    browse.get("/my-families")
    tasks = browse.get(story.caf, most_queries=8)
    path = tasks.links["The whole story"]
    page = browse.get(path, most_queries=8)
    sent = browse.post(path, {**page.form(), "story": WORDS})
    assert sent.location == story.caf
    assert _text(session) == WORDS.strip()
    assert "Saved" in browse.get(path).main


@pytest.mark.parametrize("code", ["home", "writers", "needs_to_take_part"])
def test_every_section_keeps_what_is_written(browse: Browse, session: Session, story: Story, code: str) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.caf}/sections/{code}" + (f"/{story.leah}" if code == "needs_to_take_part" else "")
    form = browse.get(path, most_queries=8).form()
    boxes = [name for name in form if name not in ("csrf_token", "version", "draft_token", "q")]
    browse.post(path, {**form, **dict.fromkeys(boxes, "Ring 01702 000000 after 3")})
    kept = session.scalars(select(SectionAnswer.facts)).one()
    assert set(kept.values()) == {"Ring 01702 000000 after 3"}


def test_fifty_thousand_words_are_kept_and_readable(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.caf}/sections/story"
    words = " ".join(f"w{number}" for number in range(50_000))
    form = browse.get(path).form()
    kept = browse.raw(
        "POST", f"{path}/draft", data={"story": words, "csrf_token": form["csrf_token"]}, headers={"If-Match": '"0"'}
    )
    assert kept.status_code == 200, kept.data
    assert _text(session) == words
    browse.post(path, {**form, "version": "1", "story": f"{words} end"})
    assert "w49999 end" in browse.get(path).text


def test_two_who_wrote_at_once_see_both_texts_and_lose_neither(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.caf}/sections/story"
    form = browse.get(path).form()
    with uow(story.at_work.manager) as unit:
        save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 0, {"story": "Mum is ill"}))
    mine = {**form, "story": "Dad has left"}
    autosaved = browse.raw("POST", f"{path}/draft", data=mine, headers={"If-Match": '"0"'})
    assert autosaved.status_code == 409
    conflict = browse.post(path, mine, status=409)
    assert "Ruth Cole was writing here too" in conflict.heading
    assert "Dad has left" in conflict.main
    assert "Mum is ill" in conflict.main
    browse.post(path, {**conflict.form(), "choice": "join"})
    assert _text(session) == "Mum is ill\n\nDad has left"
    assert session.scalars(select(EarlierText.facts)).all()[-1] == {"story": "Mum is ill"}


def test_a_colleague_who_writes_in_the_same_place_is_named(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    path = f"{story.caf}/sections/story"
    with uow(story.at_work.lead) as unit:
        unit.session.execute(
            insert(CafPresence),
            [
                {
                    "assessment_id": story.caf_id,
                    "account_id": story.at_work.colleague_account.id,
                    "place": "The whole story",
                    "name": "Sean Byrne",
                    "about": [story.leah],
                    "seen_at": unit.now,
                }
            ],
        )
    browse.sign_in(story.at_work.lead_account)
    assert "Sean Byrne is writing here now" in browse.get(path).main
    assert "Sean Byrne is writing in “The whole story” now" in browse.get(story.caf).main
    assert "is writing" not in browse.get(f"{story.caf}/sections/home").main
    seen = session.scalars(select(CafPresence.place).where(CafPresence.name == "Amira Khan")).one()
    assert seen == "Family and home now"


def test_last_times_words_stand_beside_with_what_changed(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 0, {"story": "She sleeps badly"}))
        fill_in(unit, story.caf_id, [story.leah])
        complete_assessment(unit, story.caf_id)
        next_id = a_draft(unit, story.episode_id)
    browse.sign_in(story.at_work.lead_account)
    path = f"/caf/{next_id}/sections/story"
    page = browse.get(path, most_queries=8)
    assert "She sleeps badly" in page.main
    used = browse.post(path, {**page.form(), "use": "story"}, status=200)
    assert used.form()["story"] == "She sleeps badly"
    browse.post(path, {**page.form(), "story": "She sleeps well"})
    assert "Changed since" in browse.get(path).main
    browse.post(f"{story.caf}/sections/story", {**page.form(), "story": "x"}, status=422)


def test_the_people_page_shows_what_is_on_record_and_what_is_missing(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    tasks = browse.get(story.caf)
    page = browse.get(tasks.links["Parents, carers and who else belongs"], most_queries=8)
    assert "Grace Adeyemi" in page.main
    assert "has parental responsibility" in page.main
    assert "Not recorded yet: an address, a telephone number" in page.main


def test_sections_that_are_not_there_and_hostile_texts(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    for path in (f"{story.caf}/sections/nothing", f"{story.caf}/sections/story/{story.leah}",
                 f"{story.caf}/sections/needs_to_take_part"):  # fmt: skip
        browse.get(path, status=404)
    path = f"{story.caf}/sections/story"
    form = browse.get(path).form()
    browse.post(path, {**form, "story": "x" * 400_001}, status=422)
    browse.post(path, {**form, "story": "Say \0 it"}, status=422)
    kept = browse.raw("POST", f"{path}/draft", data={**form, "story": "x"}, headers={"If-Match": "nonsense"})
    assert kept.status_code == 422
