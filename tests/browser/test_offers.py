"""What else a service can do with an offer than accept it, and what the front door does then."""

import datetime as dt
import re

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as, worker_of
from tests.browser.families import today
from tests.browser.pages.accounts import at_work
from tests.browser.pages.contacts import Call, Child, Decision
from tests.browser.pages.referrals import Inbox, Referral
from tests.browser.pages.sheet import Sheet
from tests.browser.referring import decided, recorded, routed
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
    return at_work(window(scripts=False), signed_in_as("spoc")).window


@pytest.fixture
def inbox(window: OpenWindow) -> Inbox:
    return Inbox(at_work(window(scripts=False), worker_of(SERVICE)).window)


def offered(front_door: Window, live: LiveSystem, to_whom: Inbox, about: Child) -> Referral:
    """A referral that has been offered to the service, whose inbox shows it."""
    contact = decided(recorded(front_door, CALL, about), LATE, about)
    referral, service = routed(front_door, live, contact, about)
    assert service == SERVICE
    referral.draw()
    to_whom.looked_at_again()
    return Referral(front_door)


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
    front_door = at_work(window(scripts=scripts), signed_in_as("spoc")).window
    inbox = Inbox(at_work(window(scripts=scripts), worker_of(SERVICE)).window)
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
    nursing = Inbox(at_work(window(scripts=scripts), worker_of("School nursing")).window)
    nursing.accept(name).says(family_name)
