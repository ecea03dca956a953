"""A CAF asks nothing that is known: it shows it with its source, to be kept or put right."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel.actor import SYSTEM
from locality.kernel.db import bind_actor
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.people.api import FactAgreement, FactSource, Reuse, Told, Topic
from locality.people.models import Person
from tests.factories.caf import Helpers, a_draft, a_led_episode, fill_in
from tests.factories.people import a_unit, settle
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story

SOURCE = "Told by Maria Adeyemi to the front door on 3 March 2026. Still right?"
HERE = SOURCE.replace("Still right?", "What you write here changes this assessment alone")


def tell(session: Session, children: tuple[PersonId, ...], *told: tuple[Topic, str]) -> None:
    """What the front door was told of these children."""
    telling = people.Telling(
        (FactSource.CONTACT, new_id()), dt.date(2026, 3, 3), "Maria Adeyemi", agreement=FactAgreement.AGREED
    )
    people.tell_facts(a_unit(session), children, [Told(*one) for one in told], telling=telling)
    settle(session)


def states(session: Session) -> dict[str, str]:
    """What has become of each line, by its words."""
    bind_actor(session, SYSTEM)
    return {row.words: row.state for row in session.execute(text("SELECT words, state FROM told_fact"))}


@pytest.mark.parametrize(
    ("code", "box", "topic"), [("home", "living", Topic.WHO_LIVES_HERE), ("needs", "child", Topic.ARRANGEMENTS)]
)
def test_a_section_that_asks_in_other_words_what_was_told_shows_it_with_its_source(
    browse: Browse, session: Session, story: Story, code: str, box: str, topic: Topic
) -> None:
    tell(session, story.family.children, (topic, "Leah and her mother; large print"))
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.caf}/sections/" + (code if code == "home" else f"needs_to_take_part/{story.leah}")
    browse.get(path)
    page = browse.get(path, most_queries=8)
    assert page.form()[box] == "Leah and her mother; large print"
    assert HERE in page.main
    refused = browse.post(path, {**page.form(), box: "x" * 400_001}, status=422)
    assert HERE in refused.main
    browse.post(path, {**page.form(), box: ""})
    again = browse.get(path)
    assert again.form()[box] == "", "what was saved is never filled in again"
    assert HERE not in again.main
    assert set(states(session).values()) == {"current"}, "the family’s story is put right where more people read it"


def test_what_was_told_of_one_child_is_not_filled_in_for_all(
    at_work: Helpers, browse: Browse, session: Session, uow: OpenUnit
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, names=("Leah", "Tom"))
    with uow(at_work.lead) as unit:
        path = f"/caf/{a_draft(unit, episode_id)}/sections/home"
    leah, tom = family.children
    browse.sign_in(at_work.lead_account)
    for child, words in ((leah, "With their mother"), (tom, "Tom lives with his father")):
        tell(session, (child,), (Topic.WHO_LIVES_HERE, words))
        page = browse.get(path)
        assert page.form()["living"] == ""
        assert "Maria Adeyemi" not in page.main
    later = people.Telling((FactSource.CONTACT, new_id()), dt.date(2026, 3, 4), "Tom", agreement=FactAgreement.AGREED)
    people.tell_facts(a_unit(session), [tom], [Told(Topic.WHO_LIVES_HERE, "with their mother")], telling=later)
    settle(session)
    assert browse.get(path).form()["living"].casefold() == "with their mother"


def test_what_led_to_a_caf_is_filled_in_and_a_correction_keeps_what_was_told(
    at_work: Helpers, browse: Browse, session: Session, uow: OpenUnit
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    tell(session, family.children, (Topic.LED_TO, "Nobody sleeps at night"))
    browse.sign_in(at_work.lead_account)
    path = f"/episodes/{episode_id}/caf/start"
    page = browse.get(path)
    assert page.form()["what_led"] == "Nobody sleeps at night"
    assert SOURCE in page.main
    refused = browse.post(path, {**page.form(), "present": ""}, status=422)
    assert SOURCE in refused.main
    typed = {"present": "Leah and her mother", "what_led": "Nobody sleeps, since May"}
    browse.post(path, {**page.form(), **typed})
    assert states(session) == {"Nobody sleeps at night": "corrected", "Nobody sleeps, since May": "current"}
    assessment = session.execute(
        text("SELECT id FROM assessment WHERE episode_id = :id"), {"id": episode_id}
    ).scalar_one()
    assert people.reuse_of(session, assessment)[Reuse.CORRECTED] == 1


def test_what_is_known_about_a_child_is_gone_over(story: Story, browse: Browse, session: Session) -> None:
    tell(session, (story.leah,), (Topic.FIRST_LANGUAGE, "Yoruba"), (Topic.WANTS, "A break"))
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.caf}/known/{story.leah}"
    assert browse.get(story.caf).links["What is known about Leah"] == path
    page = browse.get(path, most_queries=8)
    assert (page.form()["first_language"], page.form()["wants"]) == ("Yoruba", "A break")
    assert page.main.count(SOURCE) == 2
    browse.send(page, {"wants": "A break, and help with bedtime", "health": "Asthma"})
    assert states(session) == {
        "Yoruba": "confirmed",
        "A break": "corrected",
        "A break, and help with bedtime": "current",
        "Asthma": "current",
    }
    assert people.reuse_of(session, story.caf_id) == {Reuse.CONFIRMED: 1, Reuse.CORRECTED: 1, Reuse.RE_ASKED: 0}
    assert "For the assessment" not in browse.get(f"/families/{story.family.id}/story").main
    again = browse.get(path)
    browse.send(again)
    assert people.reuse_of(session, story.caf_id)[Reuse.CONFIRMED] == 1


@pytest.mark.parametrize("words", ["a" * 20_001, "a\x00b"])
def test_an_answer_that_will_not_do_is_kept_as_typed(story: Story, browse: Browse, words: str) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.caf}/known/{story.leah}"
    page = browse.get(path)
    refused = browse.send(page, {"health": words, "school": "Garon"}, status=422)
    assert refused.form()["school"] == "Garon"
    assert [field for field, _message in refused.errors] == ["health"]


def test_a_broken_note_of_what_was_shown_is_no_error(story: Story, browse: Browse, session: Session) -> None:
    tell(session, (story.leah,), (Topic.FIRST_LANGUAGE, "Yoruba"))
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(f"{story.caf}/known/{story.leah}")
    browse.send(page, {"shown": "first_language:nonsense,,:x," + "y" * 5000, "first_language": "Igbo"})
    assert states(session) == {"Yoruba": "current", "Igbo": "current"}
    assert people.reuse_of(session, story.caf_id)[Reuse.RE_ASKED] == 1


def test_another_child_and_a_complete_caf_have_no_such_page(
    story: Story, browse: Browse, session: Session, uow: OpenUnit
) -> None:
    browse.sign_in(story.at_work.lead_account)
    browse.get(f"{story.caf}/known/{new_id()}", status=404)
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
    browse.post(f"{story.caf}/complete")
    browse.get(f"{story.caf}/known/{story.leah}", status=404)
    said = states(session)
    assert said["I want to sleep"] == "current"


def test_what_was_said_at_a_review_is_in_the_story(story: Story, browse: Browse, session: Session) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.episode}/reviews/record"
    typed = {"present": "Everybody", "progress": "She sleeps", "child_comments": "I sleep", "parent_comments": "Better"}
    browse.post(path, {**browse.get(path).form(), **typed})
    assert states(session) == {"I sleep": "current", "Better": "current"}
    page = browse.get(f"/families/{story.family.id}/story")
    assert "Told by a parent or carer at a review on" in page.main


def test_what_the_details_say_is_not_asked_again_and_what_was_told_goes_before_it(
    story: Story, browse: Browse, session: Session
) -> None:
    person = session.get_one(Person, story.leah)
    person.first_language, person.interpreter_needed, person.religion = "Igbo", True, "Anglican"
    person.disabilities = ["HEAR", "AUT"]
    tell(session, (story.leah,), (Topic.FIRST_LANGUAGE, "Yoruba"))
    browse.sign_in(story.at_work.lead_account)
    for path in (f"{story.caf}/known/{story.leah}", f"/families/{story.family.id}/story/go-over/{story.leah}"):
        page = browse.get(path, most_queries=8)
        filled = page.form()
        assert (filled["first_language"], filled["interpreter"]) == ("Yoruba", "An interpreter is needed")
        assert (filled["culture"], filled["health"]) == ("Anglican", "Hearing, Autism")
        assert page.main.count("On record in the details. Still right?") == 3
    browse.send(browse.get(f"{story.caf}/known/{story.leah}"))
    assert states(session)["Hearing, Autism"] == "current"
    assert people.reuse_of(session, story.caf_id) == {Reuse.CONFIRMED: 1, Reuse.CORRECTED: 0, Reuse.RE_ASKED: 0}
