"""What else a service can do with an offer than accept it, and what the front door does then."""

import datetime as dt
import re

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as, worker_of
from tests.browser.families import today
from tests.browser.pages.accounts import SignIn
from tests.browser.pages.contacts import Call, Child, Decision
from tests.browser.pages.referrals import Inbox, Referral
from tests.browser.pages.sheet import Sheet
from tests.browser.undrawn import Undrawn
from tests.browser.window import Window
from tests.support.live import LiveSystem

SERVICE = "School attendance support"
QUESTION = "Which days is she late?"
SCHOOL = "Broom Road All-through School"
CALL = Call("2A School", SCHOOL, "Hywel Prys-Jones", "She is late most days.", "Some help.", "School attendance")
LATE = Decision(
    outcome="Early help from one service",
    why="Late most days; nothing else worries the school.",
    stage="Stage 2",
    needs=("School attendance",),
)


def child(given_name: str, family_name: str, born_on: dt.date) -> Child:
    return Child(given_name, family_name, born_on, "Female", SCHOOL)


@pytest.fixture(autouse=True, scope="module")
def places(live: LiveSystem) -> None:
    """Which service is asked follows from the places that other journeys have taken: this one has enough."""
    live.query(
        "UPDATE service_capacity SET places = taken + offered + 50"
        " WHERE service_id = (SELECT id FROM service WHERE name = %s) RETURNING places",
        SERVICE,
    )


@pytest.fixture
def front_door(window: OpenWindow) -> Window:
    return SignIn.opened(window(scripts=False)).sign_in(signed_in_as("spoc")).window


@pytest.fixture
def inbox(window: OpenWindow) -> Inbox:
    return Inbox(SignIn.opened(window(scripts=False)).sign_in(worker_of(SERVICE)).window)


def offered(front_door: Window, live: LiveSystem, to_whom: Inbox, about: Child) -> Referral:
    """A referral that has been offered to the service, whose inbox shows it.

    How a contact is taken and decided is seen in ``test_front_door.py``: here that is sent, and not drawn.
    """
    decide = recorded(front_door, about).follow(f"Decide for {about.given_name}")
    decide.choose("Decision", LATE.outcome).write("Why?", LATE.why).choose("Stage", LATE.stage)
    decide.tick("Help needed with", *LATE.needs).choose("Has the family been told of the decision?", "Yes")
    referral = decide.press(decide.heading).follow(f"See the referral for {about.given_name}")
    live.until(lambda: "Being decided" not in Undrawn.opened(front_door, referral.path).main, "a service to be found")
    referral.draw()
    to_whom.looked_at_again()
    shown = Referral(front_door)
    assert shown.service == SERVICE
    return shown


def recorded(front_door: Window, about: Child) -> Undrawn:
    """A contact about a child."""
    form = Undrawn.opened(front_door, "/contacts/new").pick("Who got in touch?", CALL.source)
    form.choose("Does somebody suspect that a child is being harmed?", "No")
    form.write("School, service or organisation", CALL.agency).write("What was said?", CALL.said)
    form.write("Name of the person who got in touch", CALL.caller).write("What does the family want?", CALL.wanted)
    form.tick("Why did they get in touch?", CALL.reason).pick("Main reason", CALL.reason)
    form.choose("Does the family agree to share this?", "The family agrees")
    form.write("First name", about.given_name).write("Family name", about.family_name)
    form.date("Date of birth", about.born_on).choose("Sex", about.sex).pick("School or nursery", about.school)
    return form.press("Record the contact")


def test_a_service_asks_and_the_front_door_answers(inbox: Inbox, front_door: Window, live: LiveSystem) -> None:
    referral = offered(front_door, live, inbox, child("Perpetua", "Ngcobo", dt.date(2014, 3, 18)))
    inbox.ask("Perpetua", QUESTION).banner_says("Your question is with whoever sent the referral")
    referral = referral.looked_at_again().says(QUESTION)
    referral.answer("Mondays, after the weekend with her father.").banner_says("Your answer is with the service")


def test_a_service_puts_an_offer_on_its_waiting_list(inbox: Inbox, front_door: Window, live: LiveSystem) -> None:
    referral = offered(front_door, live, inbox, child("Ysolde", "Carmarthen", dt.date(2013, 7, 2)))
    inbox.wait_for_a_place("Ysolde", today() + dt.timedelta(days=30)).says("Waiting list")
    referral.looked_at_again().says("on the waiting list of School attendance support")


def test_a_service_declines_and_the_front_door_has_it_again(inbox: Inbox, front_door: Window, live: LiveSystem) -> None:
    referral = offered(front_door, live, inbox, child("Blessing", "Okonjo-Reyes", dt.date(2012, 1, 27)))
    form = inbox.begin_to_decline("Blessing")
    form.press("Decline")
    form = Sheet(inbox.window, "Decline").sends_back("Select the reason for declining")
    form.choose("Why do you decline?", "We have no places").press("Decline")
    Inbox(inbox.window).banner_says("Declined").is_silent_about("Blessing")
    referral = referral.looked_at_again().says("The front door has it", "declined: we have no places")
    assert referral.offer_to("School nursing", "She says it is her asthma.").service == "School nursing"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_referral_goes_from_one_service_to_the_next_until_one_accepts(
    window: OpenWindow, live: LiveSystem, *, scripts: bool
) -> None:
    name, family_name = ("Araminta", "Featherstonehaugh") if scripts else ("Celestine", "Abernethy-Quill")
    front_door = SignIn.opened(window(scripts=scripts)).sign_in(signed_in_as("spoc")).window
    inbox = Inbox(SignIn.opened(window(scripts=scripts)).sign_in(worker_of(SERVICE)).window)
    referral = offered(front_door, live, inbox, child(name, family_name, dt.date(2013, 5, 9)))
    referral.change("She is late on Mondays only.", "The school counted again.").says("The school counted again.")
    inbox.looked_at_again().says("Changed")
    inbox.begin_to_decline(name).choose("Why do you decline?", "We have no places").press("Decline")
    referral = referral.looked_at_again().says("The front door has it", "declined: we have no places")
    dispute = referral.disagree("Your entry in the directory says that you have places.")
    dispute.says(f"It waits for {SERVICE}", "A child’s safety does not wait for this")
    dispute.follow(re.compile("^Back to referral"))
    referral = Referral(dispute.window).says("Disagreement").offer_to("School nursing", "She says it is her asthma.")
    assert referral.service == "School nursing"
    nursing = Inbox(SignIn.opened(window(scripts=scripts)).sign_in(worker_of("School nursing")).window)
    nursing.accept(name).says(family_name)
