"""One request all the way: a family asks for help, an officer decides, the family is told and sees how far we are.

The questions are sent and not drawn: what they look like is seen in ``test_asking.py``.
"""

import datetime as dt
import re

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import at_work
from tests.browser.pages.asking import Asking, Unseen, come_back
from tests.browser.pages.contacts import Decision, FrontDoor
from tests.support.mail import MailServer

ADULTS = "The adults at home and in the family"
# Of two families, so that the second run is about children whom nobody knows.
SURNAMES = {True: "Nightjar", False: "Whimbrel"}
SAFE = "After 9am, and never leave a message"
NOT = "Not his teacher, she is my sister-in-law"
HELP = Decision(
    "Early help from several services, with an assessment", "Several needs", "Stage 2", ("School attendance",)
)


def address_of(surname: str) -> str:
    """Where a mother reads her mail."""
    return f"isolde@{surname.lower()}.example"


def told_by_a_mother(page: Unseen, surname: str) -> Unseen:
    """From the first question to the check of answers; she says how she is reached safely, and whom not to tell."""
    page.write("Your first name", "Isolde").write("Your family name", surname)
    page = page.choose("Who are you to the children?", "I am their mum, dad or step-parent").turn("About this child")
    page = page.add_child("Peregrine", surname, dt.date(2014, 5, 6))
    page = page.another("Is there another child to add?", "No", ADULTS)
    page = page.another("Is there another adult to add?", "Yes", "About this adult")
    page.write("First name", "Isolde").write("Family name", surname).tick("This is me")
    page.pick("Who are they to the children?", "Mother")
    page = page.choose("Do they live with the children?", "Yes").turn(ADULTS)
    page = page.another("Is there another adult to add?", "No", "Where do the children live?")
    page = page.write("Postcode", "ss3 9dt").turn("What is going on?")
    page = page.write("What is hard at the moment?", "He will not go to school.").turn("What is going well?")
    page = page.turn("What would help you?").turn("Who helps you now?").turn("How can we reach you safely?")
    page.tick("How may we reach you?", "Email").write("Email address", address_of(surname))
    page.write("When is it safe, and who must not hear or see it?", SAFE)
    page = page.turn("Shall we send you an email?").choose("Send me an email?", "Yes")
    page = page.turn("Which language is best for you?")
    page = page.choose("Do you need somebody to translate or sign?", "No").turn("May we talk to others who can help?")
    page.choose("Do you agree?", "Yes, talk to those who can help")
    return page.write("Is there anybody we must not talk to?", NOT).turn("Check your answers")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_family_asks_an_officer_decides_and_the_family_is_told(
    window: OpenWindow, post: MailServer, *, scripts: bool
) -> None:
    surname = SURNAMES[scripts]
    sent = told_by_a_mother(Unseen.begun(window(scripts=scripts)), surname).drawn().send()
    reference = sent.reference()
    sent.follow("Choose a memorable answer")
    Asking(sent.window, "Save and come back later").write("Memorable answer", "Miss O’Hara").press("Save")
    Asking(sent.window, "You can come back later")

    desk = FrontDoor(at_work(window(scripts=scripts), signed_in_as("spoc")).window)
    contact = desk.open_contact(re.compile(surname)).says("He will not go to school.", "The family agrees").take()
    contact.unfold("Who got in touch").says(SAFE, NOT)
    contact = contact.rate("Amber").decide_for("Peregrine").decide(HELP).told()
    contact.see_referral("Peregrine").says("He will not go to school.").is_silent_about(SAFE, NOT)

    received, told = [one for one in post.taken if one["To"] == address_of(surname)]
    assert reference in received["Subject"]
    assert not any(name in told["Subject"] + told.get_content() for name in ("Peregrine", surname, SAFE))
    later = come_back(window(scripts=scripts), reference, "miss ohara", "We have your request")
    later.says("We have decided what to do next").is_silent_about("Peregrine", "He will not go to school")
