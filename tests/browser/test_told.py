"""Told once: what a family says to the front door stands in the CAF with its source, and is confirmed or put right."""

import datetime as dt
import re

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import Person, signed_in_as, worker_of
from tests.browser.families import EARLY_HELP, Family
from tests.browser.pages.accounts import at_work
from tests.browser.pages.assessment import StartAssessment
from tests.browser.pages.caf import MyFamilies
from tests.browser.pages.contacts import Child
from tests.browser.pages.sheet import Sheet
from tests.browser.pages.story import FamilyStory, Known
from tests.browser.referring import decided, recorded, routed, with_child, with_mother
from tests.browser.test_story import (
    LEAD,
    the_family_agrees,
    the_service_accepts_and_finds_a_lead,
)
from tests.browser.window import Window
from tests.support.live import LiveSystem

SCHOOL = "Station Mead Primary School"
FAMILY = Family(
    name="Thistlewood",
    elder=Child("Ottoline", "Thistlewood", dt.date(2016, 2, 11), "Female", SCHOOL),
    younger=Child("Caspian", "Thistlewood", dt.date(2019, 6, 4), "Male", SCHOOL),
    mother="Marguerite",
    mother_family_name="Thistlewood",
    home=("9 Hamlet Rise\nWestcliff-on-Sea", "SS0 9SP"),
    cluster="Westcliff",
    voice="I want a door that shuts.",
    what_was_said="They sleep in one room and nobody rests.",
)
RIGHT = "They sleep in one room since the fire in May."


def test_what_was_told_once_is_not_asked_again(window: OpenWindow, live: LiveSystem) -> None:
    def desk(person: Person) -> Sheet:
        return at_work(window(scripts=False), person)

    service = the_front_door_refers(desk(signed_in_as("spoc")).window, live)
    the_service_accepts_and_finds_a_lead(desk, FAMILY, worker_of(service))
    lead = MyFamilies(desk(signed_in_as(LEAD)).window)
    start = the_family_agrees(lead, FAMILY).start_assessment()
    tasks = the_lead_starts_from_what_is_known(start)
    tasks.follow("What is known about Ottoline")
    known = Known(tasks.window).shows("What does the family want?", FAMILY.call.wanted)
    known.shows("School, nursery or work", SCHOOL).says("to the front door on", "Still right?").save()
    story = the_story_shows_both(known)
    story = story.confirm(RIGHT[:20]).banner_says("The line is confirmed")
    story.correct("Somebody to talk to", "A house with three rooms.", by="their mother").says(
        "A house with three rooms.", "Said before, and corrected by"
    )


def the_front_door_refers(front_door: Window, live: LiveSystem) -> str:
    """What somebody said about the family leads to a referral; the service that has it."""
    contact = with_child(recorded(front_door, FAMILY.call, FAMILY.elder, FAMILY.home), FAMILY.younger)
    contact = with_mother(contact, FAMILY.mother, FAMILY.mother_family_name)
    for child in (FAMILY.elder, FAMILY.younger):
        contact = decided(contact, EARLY_HELP, child)
    return routed(front_door, live, contact, FAMILY.elder)[1]


def the_lead_starts_from_what_is_known(start: StartAssessment) -> Sheet:
    """What led to the CAF stands there; the lead puts it right with the family."""
    box = start.main.get_by_role("textbox", name="What has led to this assessment?", exact=True)
    assert box.input_value() == FAMILY.what_was_said
    start.says(f"Told by {SCHOOL} to the front door on", "Still right?")
    return start.start(present="Both children and their mother.", what_led=RIGHT)


def the_story_shows_both(known: Known) -> FamilyStory:
    """The story has the line that was confirmed and the one that was corrected, each with its source."""
    tasks = Sheet(known.window, re.compile("^CAF of the "))
    tasks.follow("What is known about Ottoline")
    Known(known.window).follow("The whole story")
    name = re.escape(signed_in_as(LEAD).name)
    return FamilyStory(known.window).says(
        RIGHT,
        re.compile(f"Said before, and corrected by {name}"),
        FAMILY.what_was_said,
        re.compile(f"Confirmed by {name}"),
    )
