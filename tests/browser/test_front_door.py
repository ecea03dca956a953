"""The front door's day: a contact is taken, screened, asked about, decided for each child, and the referrer is told.

Once with scripts and once without; every kind of page is given to axe and to a window of 320 px.
"""

import datetime as dt
import re

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import Person, people, signed_in_as
from tests.browser.pages.accounts import at_work
from tests.browser.pages.contacts import Call, Child, Contact, Decision, Decisions, FrontDoor
from tests.browser.referring import recorded, with_child
from tests.support.mail import MailServer

SCHOOL = "Broom Road All-through School"
POLICE = "Demonstration Police: Community Safety"
SECRET = "Two calls to the house in May."
HELP = Decision(
    "Early help from several services, with an assessment", "Several needs", "Stage 2", ("School attendance",)
)
ADVICE = Decision("Information and advice", "She is well; her mother asked about clubs.")


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def children(*, scripts: bool) -> tuple[Child, Child]:
    """A brother and a sister like whom there is nobody else."""
    if scripts:
        return (
            Child("Ptolemy", "Ravenscroft", dt.date(2013, 4, 6), "Male", SCHOOL),
            Child("Oriel", "Ravenscroft", dt.date(2016, 9, 30), "Female", SCHOOL),
        )
    return (
        Child("Zbigniew", "Kowalczyk", dt.date(2012, 11, 19), "Male", SCHOOL),
        Child("Halszka", "Kowalczyk", dt.date(2017, 2, 8), "Female", SCHOOL),
    )


def email_of(surname: str) -> str:
    """Where the school of a family reads its mail."""
    return f"head@{surname.lower()}.example"


def another_officer() -> Person:
    """A colleague of the officer who is signed in first."""
    first = signed_in_as("spoc")
    return next(one for one in people() if one.role == first.role and one.email != first.email)


def test_a_contact_is_taken_screened_decided_and_the_referrer_told(
    window: OpenWindow, post: MailServer, children: tuple[Child, Child], *, scripts: bool
) -> None:
    desk = FrontDoor(at_work(window(scripts=scripts), signed_in_as("spoc")).window)
    elder, younger = children
    contact = the_school_rings(desk, elder, younger, scripts=scripts).take()
    screening = contact.screen().rate("Amber", "Late and tired for a month")
    screening = screening.ask(POLICE, f"{elder.given_name} {elder.family_name}", "Is he known to you?").says("left")
    contact = screening.record_answer(POLICE, "Jo Hale, sergeant", SECRET).says(SECRET).back()
    contact.is_silent_about(SECRET)

    other = FrontDoor(at_work(window(scripts=scripts), another_officer()).window)
    seen = other.open_contact(re.compile(f"{elder.given_name} {elder.family_name}")).says(
        f"{signed_in_as('spoc').name} is working on this contact"
    )

    contact = contact.decide_for(elder.given_name).decide(HELP).decide_for(younger.given_name).decide(ADVICE).told()
    the_message_names_nobody(post, elder, younger)
    seen.looked_at_again().decisions().agree_with(elder.given_name).says("would decide the same")
    contact.decisions().says("Second look", "The service that the referral is offered to", "Told on")
    Decisions(contact.window).begin_to_correct(younger.given_name).says("That decision stays to be read")
    contact.window.page.go_back()
    contact.window.page.go_back()
    Contact(contact.window).read_message().says(email_of(elder.family_name))


def the_school_rings(desk: FrontDoor, elder: Child, younger: Child, *, scripts: bool) -> Contact:
    """A contact about a brother and a sister; without scripts its forms are sent and not drawn."""
    call = Call(
        "2A School", SCHOOL, "Hywel Prys-Jones", "He is late and tired.", "Some help.", "School attendance",
        email_of(elder.family_name),
    )  # fmt: skip
    if not scripts:
        with_child(recorded(desk.window, call, elder), younger).draw()
        return Contact(desk.window)
    return desk.record_contact().tell(call).describe(elder).record().add_child().describe(younger).add()


def the_message_names_nobody(post: MailServer, elder: Child, younger: Child) -> None:
    """The school has one message, which says what happens next and gives nobody's name."""
    (message,) = [one for one in post.taken if one["To"] == email_of(elder.family_name)]
    text = message["Subject"] + message.get_content()
    assert "For 1 child: We asked for early help for the family." in text
    assert not re.search(f"{elder.family_name}|{elder.given_name}|{younger.given_name}", text)
