"""A family's story in the browser: each line with its source, confirmed, corrected or over in a click or two."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason, Part
from locality.accounts.models import Account
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.db import bind_actor
from locality.kernel.ids import new_id
from locality.people import api as people
from locality.people.api import FactAgreement, FactSource, Told, Topic
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_person, a_unit, settle
from tests.support.web import Browse
from tests.web.people.conftest import Home

MARCH = dt.date(2026, 3, 3)
SAID_ALREADY = "This is what the line says already. Go back and say that it is still right"


def tell(session: Session, home: Home, *told: tuple[Topic, str], on: dt.date = MARCH, **changes: object) -> uuid.UUID:
    """A contact about Leah, in which her mother told these things; gives back the contact's id."""
    record = new_id()
    usual: dict[str, object] = {"teller": "Maria Adeyemi", "agreement": FactAgreement.AGREED} | changes
    telling = people.Telling((FactSource.CONTACT, record), on, **usual)  # type: ignore[arg-type]
    people.tell_facts(a_unit(session), [home.leah], [Told(*one) for one in told], telling=telling)
    settle(session)
    return record


def fact_id(session: Session, words: str) -> uuid.UUID:
    """The line with these words."""
    bind_actor(session, SYSTEM)
    return uuid.UUID(str(session.execute(text("SELECT id FROM told_fact WHERE words = :w"), {"w": words}).scalar_one()))


def test_each_line_says_who_told_it_when_and_whether_they_agreed(home: Home, browse: Browse, session: Session) -> None:
    said = (Topic.FIRST_LANGUAGE, "Yoruba"), (Topic.WANTS, "Somebody to talk to")
    tell(session, home, *said, own_words=True)
    page = browse.get(f"/families/{home.family}/story", most_queries=8)
    assert page.heading == "Story of family Adeyemi"
    assert "Told by Maria Adeyemi to the front door on 3 March 2026, about Leah" in page.main
    assert "The family agreed to share this" in page.main
    assert page.main.index("What the family wants") < page.main.index("First language")
    assert '<blockquote class="app-quote">Somebody to talk to</blockquote>' in page.html


def test_the_page_costs_the_same_with_many_lines(home: Home, browse: Browse, session: Session) -> None:
    for number in range(4):
        lines = [(Topic.WORRYING, f"Worry {number}-{one}") for one in range(20)]
        tell(session, home, *lines, on=MARCH + dt.timedelta(days=number))
    page = browse.get(f"/families/{home.family}/story", most_queries=8)
    assert "Page 1 of 2" in page.main
    assert "Worry 0-1" in browse.get(f"/families/{home.family}/story?page=2", most_queries=8).main


def test_an_empty_story_says_what_will_appear(home: Home, browse: Browse) -> None:
    assert "Nothing has been told yet" in browse.get(f"/families/{home.family}/story").main


def test_the_tab_of_the_family_and_the_chronology_are_linked(home: Home, browse: Browse) -> None:
    page = browse.get(f"/families/{home.family}/story")
    assert page.links["Chronology of Leah"] == f"/people/{home.leah}"
    assert browse.get(f"/families/{home.family}").links["Story"] == f"/families/{home.family}/story"


def test_a_line_is_confirmed_in_one_click(home: Home, browse: Browse, session: Session) -> None:
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"))
    line = fact_id(session, "Yoruba")
    page = browse.follow(browse.post(f"/families/{home.family}/story/{line}/confirm"))
    assert page.banner == "The line is confirmed"
    assert "Confirmed by Amira Khan on" in page.main


def test_a_line_is_over_in_one_click_and_right_after_all_in_another(
    home: Home, browse: Browse, session: Session
) -> None:
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"))
    line = fact_id(session, "Yoruba")
    assert "Yoruba" not in browse.follow(browse.post(f"/families/{home.family}/story/{line}/end")).main
    over = browse.get(f"/families/{home.family}/story?show=over")
    assert "No longer so, Amira Khan says on" in over.main
    browse.post(f"/families/{home.family}/story/{line}/confirm")
    assert "Yoruba" in browse.get(f"/families/{home.family}/story").main


def test_a_corrected_line_stays_under_its_correction(home: Home, browse: Browse, session: Session) -> None:
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"))
    line = fact_id(session, "Yoruba")
    path = f"/families/{home.family}/story/{line}/correct"
    form = browse.get(path)
    assert form.form()["words"] == "Yoruba"
    page = browse.follow(browse.post(path, {"words": "Igbo, and English", "teller": "her mother"}))
    assert "Told by her mother to Amira Khan on" in page.main
    assert "Said before, and corrected by Amira Khan" in page.main
    assert "“Yoruba”. Told by Maria Adeyemi to the front door on 3 March 2026" in page.main


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"words": "", "teller": "her mother"}, "Enter what is right"),
        ({"words": "Igbo", "teller": ""}, "Enter who says so"),
        ({"words": "yoruba.", "teller": "x"}, SAID_ALREADY),
        ({"words": "a" * 20_001, "teller": "x"}, "Your answer must be 20,000 characters or fewer"),
        ({"words": "a\x00b", "teller": "x"}, "Remove the unusual characters (shown as �) from your answer"),
    ],
)
def test_a_correction_that_will_not_do_is_kept_as_typed(
    home: Home, browse: Browse, session: Session, typed: dict[str, str], message: str
) -> None:
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"))
    path = f"/families/{home.family}/story/{fact_id(session, 'Yoruba')}/correct"
    page = browse.post(path, typed, status=422)
    assert message in [said for _field, said in page.errors]
    assert page.form()["teller"] == typed["teller"]


def test_the_newest_contact_is_set_against_what_was_known(home: Home, browse: Browse, session: Session) -> None:
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"), (Topic.WHO_LIVES_HERE, "Mum and Leah"))
    later = ((Topic.FIRST_LANGUAGE, "yoruba"), (Topic.WHO_LIVES_HERE, "Mum, Gran and Leah"), (Topic.WANTS, "A break"))
    tell(session, home, *later, on=dt.date(2026, 5, 4), teller="Garon Primary School")
    page = browse.get(f"/families/{home.family}/story", most_queries=8)
    told = "of 4 May 2026, told 1 new thing, 1 thing that differs and 1 thing known before"
    assert told in page.main
    assert "Known before: “Mum and Leah”" in page.main
    only = browse.get(page.links["Show only these"])
    assert only.main.count("Told by") + only.main.count("Also told by") == 5
    assert only.links["Show the whole story"]


def test_the_story_is_narrowed_by_person_and_topic(home: Home, browse: Browse, session: Session) -> None:
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"), (Topic.WANTS, "A break"))
    page = browse.get(f"/families/{home.family}/story")
    assert "Nothing in the story is like this" in browse.get(page.links["Ngozi"]).main
    only = browse.get(page.links["First language"])
    assert "A break" not in only.main
    assert "A break" in browse.get(only.links["Show every topic"]).main


@pytest.mark.parametrize(
    "query", ["?topic=nonsense", "?person=%00", "?page=99999", "?show=ever", "?topic=%FF&person=1"]
)
def test_nonsense_in_the_address_is_no_error(home: Home, browse: Browse, query: str) -> None:
    assert browse.get(f"/families/{home.family}/story{query}").heading == "Story of family Adeyemi"


def test_whoever_only_reads_the_story_is_told_nothing_to_press(home: Home, browse: Browse, session: Session) -> None:
    # The second belongs to the plan, which a team member may change.
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"), (Topic.FAMILY_VIEWS, "The breakfast club helps"))
    line = fact_id(session, "Yoruba")
    reader = an_account(session, name="Sean Byrne", roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(reader), home.leah, reason=GrantReason.TEAM_AROUND_CHILD)
    settle(session)
    browse.sign_in(reader)
    page = browse.get(f"/families/{home.family}/story")
    assert "Yoruba" in page.main
    assert "The breakfast club helps" in page.main
    assert not page.has_button("Still right: Yoruba")
    assert not page.has_button("Still right: The breakfast club helps")
    assert not any(text.startswith("Correct") for text in page.links)
    browse.post(f"/families/{home.family}/story/{line}/confirm", status=403)
    browse.get(f"/families/{home.family}/story/{line}/correct", status=403)
    browse.get(f"/families/{home.family}/story/add", status=403)


def test_the_front_door_may_not_settle_what_it_may_not_see(home: Home, browse: Browse, session: Session) -> None:
    tell(session, home, (Topic.HEALTH, "Asthma"))
    line = fact_id(session, "Asthma")
    officer = an_account(session, roles=[Role.SPOC_OFFICER])
    a_grant(session, an_actor(officer), home.leah, reason=GrantReason.FRONT_DOOR)
    settle(session)
    browse.sign_in(officer)
    assert "Asthma" not in browse.get(f"/families/{home.family}/story").html
    browse.post(f"/families/{home.family}/story/{line}/confirm", status=404)


def test_a_manager_reads_about_health_and_is_told_who_can_change_it(
    home: Home, browse: Browse, session: Session
) -> None:
    tell(session, home, (Topic.HEALTH, "Asthma"))
    line = fact_id(session, "Asthma")
    manager = an_account(session, roles=[Role.MANAGER])
    a_grant(session, an_actor(manager), home.leah, reason=GrantReason.MANAGEMENT)
    settle(session)
    browse.sign_in(manager)
    assert "Asthma" in browse.get(f"/families/{home.family}/story").main
    refused = browse.post(f"/families/{home.family}/story/{line}/confirm", status=403)
    assert "Their lead professional, the front door or a supervisor can change this line" in refused.main


def test_a_line_of_another_family_is_not_there(home: Home, browse: Browse, session: Session) -> None:
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"))
    browse.post(f"/families/{home.family}/story/{new_id()}/confirm", status=404)
    browse.get(f"/families/{new_id()}/story", status=404)


def test_a_line_is_added_by_hand(home: Home, browse: Browse, session: Session) -> None:
    page = browse.get(f"/families/{home.family}/story/add")
    typed = {"topic": "events", "people": [str(home.leah)], "words": "Gran died in May", "teller": "Gran’s sister 🙂"}
    sent = browse.send(page, typed)
    browse.send(page, typed)
    after = browse.follow(sent)
    assert after.html.count('<p class="app-told__words">Gran died in May</p>') == 1
    assert "Told by Gran’s sister 🙂 to Amira Khan" in after.main


def test_a_line_needs_a_topic_a_person_words_and_a_teller(home: Home, browse: Browse) -> None:
    page = browse.post(
        f"/families/{home.family}/story/add", {"form_id": str(new_id()), "people": [str(new_id())]}, status=422
    )
    assert len(page.errors) >= 4


def test_nothing_is_asked_about_whom_the_reader_may_not_write(
    household: Home, browse: Browse, session: Session
) -> None:
    reader = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(reader), household.leah)
    a_grant(session, an_actor(reader), household.mother, parts=frozenset({Part.IDENTITY}))
    settle(session)
    browse.sign_in(reader)
    story = f"/families/{household.family}/story"
    assert browse.get(f"{story}/add").options("people") == ["Leah Adeyemi"]
    offered = [words for words in browse.get(story).links if words.startswith("Go over")]
    assert offered == ["Go over what is known about Leah"]
    browse.get(f"{story}/go-over/{household.mother}", status=403)


def test_a_topic_that_somebody_else_writes_is_refused_beside_the_field(
    household: Home, browse: Browse, session: Session
) -> None:
    officer = an_account(session, roles=[Role.SPOC_OFFICER, Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(officer), household.leah)
    a_grant(session, an_actor(officer), household.mother, reason=GrantReason.FRONT_DOOR)
    settle(session)
    browse.sign_in(officer)
    page = browse.get(f"/families/{household.family}/story/add")
    both = [str(household.leah), str(household.mother)]
    typed = {"topic": "health", "people": both, "words": "Both have asthma", "teller": "Gran"}
    refused = browse.post(page.action(), {**page.form(), **typed}, status=422)
    assert refused.error_beside("people").startswith("You cannot write this about Ngozi.")
    assert refused.form()["words"] == "Both have asthma"


def test_a_risk_is_seen_by_who_wrote_it_and_by_nobody_else_on_the_story(
    home: Home, browse: Browse, session: Session, officer: Account
) -> None:
    page = browse.get(f"/families/{home.family}/story/add")
    typed = {"topic": "risk_to_visitors", "people": [str(home.leah)], "words": "A dog that bites", "teller": "school"}
    assert "A dog that bites" in browse.follow(browse.send(page, typed)).main
    other = an_account(session, name="Other Worker", roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(other), home.leah)
    settle(session)
    browse.sign_in(other)
    assert "A dog that bites" not in browse.get(f"/families/{home.family}/story").html


def test_going_over_what_is_known_asks_nothing_again(home: Home, browse: Browse, session: Session) -> None:
    tell(session, home, (Topic.FIRST_LANGUAGE, "Yoruba"), (Topic.WHO_LIVES_HERE, "Mum and Leah"))
    page = browse.get(f"/families/{home.family}/story/go-over/{home.leah}", most_queries=8)
    assert page.form()["first_language"] == "Yoruba"
    assert "Told by Maria Adeyemi to the front door on 3 March 2026. Still right?" in page.main
    sent = browse.send(page, {"who_lives_here": "Mum, Gran and Leah", "school": "Garon Primary School"})
    after = browse.follow(sent)
    assert after.banner == "What is known about Leah is up to date"
    assert "Confirmed by Amira Khan" in after.main
    assert "Garon Primary School" in after.main
    bind_actor(session, SYSTEM)
    counted = session.execute(text("SELECT confirmed, corrected, re_asked FROM reuse_month")).one()
    assert tuple(counted) == (1, 1, 0)


def test_going_over_leaves_out_what_the_reader_may_not_see(home: Home, browse: Browse, session: Session) -> None:
    officer = an_account(session, roles=[Role.SPOC_OFFICER])
    a_grant(session, an_actor(officer), home.leah, reason=GrantReason.FRONT_DOOR)
    settle(session)
    browse.sign_in(officer)
    page = browse.get(f"/families/{home.family}/story/go-over/{home.leah}")
    assert "health" not in page.form()
    assert "first_language" in page.form()
    browse.get(f"/families/{home.family}/story/go-over/{new_id()}", status=404)


def test_reading_the_story_is_written_down(home: Home, browse: Browse, session: Session) -> None:
    browse.get(f"/families/{home.family}/story")
    bind_actor(session, SYSTEM)
    rows = session.execute(text("SELECT part FROM audit_event WHERE action = 'page.people.family_story'")).scalars()
    assert list(rows) == [Part.STORY.value]


def test_somebody_elses_story_stays_shut(home: Home, browse: Browse, session: Session) -> None:
    stranger = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_person(session, given_name="Tom")
    settle(session)
    browse.sign_in(stranger)
    browse.get(f"/families/{home.family}/story", status=404)
