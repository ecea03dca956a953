"""The front door: its queue, a contact, the decision for each child."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self

from tests.browser.pages.referrals import Referral
from tests.browser.pages.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Child:
    """A child as somebody describes it on the telephone."""

    given_name: str
    family_name: str
    born_on: dt.date
    sex: str
    school: str


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody who gets in touch says."""

    source: str
    agency: str
    caller: str
    said: str
    wanted: str
    reason: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the front door decides for a child."""

    outcome: str
    why: str
    stage: str = ""
    needs: tuple[str, ...] = ()


class FrontDoor(Sheet):
    """The queue."""

    HEADING = "Front door"

    def record_contact(self) -> "NewContact":
        """Begin a contact."""
        self.follow("Record a contact")
        return NewContact(self.window)

    def open_contact(self, children: re.Pattern[str]) -> "Contact":
        """Open a contact by the children it is about."""
        self.main.get_by_role("link", name=children).first.click()
        return Contact(self.window)


class _PersonForm(Sheet):
    def describe(self, child: Child) -> Self:
        """Who a child is."""
        self.write("First name", child.given_name).write("Family name", child.family_name)
        self.date("Date of birth", child.born_on).choose("Sex", child.sex)
        return self.pick("School or nursery", child.school)


class NewContact(_PersonForm):
    """Recording a contact."""

    HEADING = "Record a contact"

    def tell(self, call: Call) -> Self:
        """What was said, and by whom."""
        self.choose("Does somebody suspect that a child is being harmed?", "No")
        self.pick("Who got in touch?", call.source)
        self.write("School, service or organisation", call.agency)
        self.write("Name of the person who got in touch", call.caller)
        if call.email:
            self.write("Email address", call.email)
        self.write("What was said?", call.said).write("What does the family want?", call.wanted)
        self.tick("Why did they get in touch?", call.reason)
        self.pick("Main reason", call.reason)
        return self.choose("Does the family agree to share this?", "The family agrees")

    def live_at(self, lines: str, postcode: str) -> Self:
        """Where the child lives."""
        return self.write("Address", lines).write("Postcode", postcode)

    def record(self) -> "Contact":
        """Record it."""
        self.press("Record the contact")
        return Contact(self.window)

    def refused(self) -> "NewContact":
        """Send it although something is missing."""
        self.press("Record the contact")
        return NewContact(self.window)


class NewChild(_PersonForm):
    """One child more."""

    HEADING = "Add a child"

    def add(self) -> "Contact":
        """Add the child."""
        self.press("Add the child")
        return Contact(self.window)


class NewAdult(Sheet):
    """An adult of the family."""

    HEADING = "Add an adult"

    def add(self, given_name: str, family_name: str, relation: str) -> "Contact":
        """Add the adult."""
        self.write("First name", given_name).write("Family name", family_name)
        self.pick("Who are they to the children?", relation)
        self.press("Add the adult")
        return Contact(self.window)


class Contact(Sheet):
    """A contact: what was said, what is known, a decision under each child."""

    HEADING = re.compile("^Contact CO-")

    def reference_of(self, child: str) -> str:
        """The reference of a child's record, which stands on the child's card."""
        card = self.main.get_by_role("article").filter(has=self.page.get_by_role("link", name=child))
        found = re.search(r"PE-\w+-\w+", card.inner_text())
        assert found, f"the card of {child} shows no reference"
        return found[0]

    def take(self) -> "Contact":
        """Take the contact on."""
        self.press("Take this contact")
        return Contact(self.window)

    def rate(self, rating: str) -> "Contact":
        """Say how quickly it needs a person, and come back."""
        return self.screen().rate(rating, "Several needs").back()

    def screen(self) -> "Screening":
        """Go to the screening."""
        self.follow("Screening")
        return Screening(self.window)

    def decisions(self) -> "Decisions":
        """See every decision."""
        self.follow("Decisions")
        return Decisions(self.window)

    def read_message(self) -> "Sheet":
        """What whoever got in touch was sent."""
        self.follow("Read the message")
        return Sheet(self.window, "Message")

    def told(self) -> "Contact":
        """Look again when whoever got in touch has been told."""
        return self.waits_while(lambda text: "Told on" not in text).says("Told on")

    def add_child(self) -> NewChild:
        """Name one child more."""
        self.follow("Add a child")
        return NewChild(self.window)

    def add_adult(self) -> NewAdult:
        """Name an adult."""
        self.follow("Add an adult")
        return NewAdult(self.window)

    def decide_for(self, name: str) -> "Decide":
        """Go to the decision for one child."""
        self.follow(f"Decide for {name}")
        return Decide(self.window)

    def see_referral(self, name: str) -> "Referral":
        """See where the referral for a child is."""
        self.follow(f"See the referral for {name}")
        return Referral(self.window)


class Screening(Sheet):
    """The rating of a contact, and what partners are asked and tell."""

    HEADING = re.compile("^Screening of contact CO-")

    def rate(self, rating: str, why: str) -> "Screening":
        """Say how quickly the contact needs a person, and why."""
        self.choose("Rating", rating).write("Why do you rate it so?", why).press("Save the rating")
        return Screening(self.window)

    def ask(self, agency: str, about: str, question: str) -> "Screening":
        """Ask a partner about one child."""
        self.follow("Ask a partner")
        form = Sheet(self.window, "Ask a partner").choose("About which child?", about)
        form.pick("Whom do you ask?", agency).write("What do you ask?", question).press("Ask")
        return Screening(self.window)

    def record_answer(self, agency: str, told_by: str, note: str) -> "Screening":
        """Record what a partner answered."""
        self.follow(f"Record the answer of {agency}")
        form = Sheet(self.window, f"Answer of {agency}").write("Who told you?", told_by)
        form.choose("Do they know the child or the family?", "Yes").write("What did they tell you?", note)
        form.press("Keep the answer")
        return Screening(self.window)

    def back(self) -> Contact:
        """Back to what was said."""
        self.follow("What was said")
        return Contact(self.window)


class Decisions(Sheet):
    """Every decision of a contact, and second looks."""

    HEADING = re.compile("^Decisions of contact CO-")

    def agree_with(self, name: str) -> "Decisions":
        """Look again at the decision for a child, and agree."""
        self.follow(f"Look again at the decision for {name}")
        form = Sheet(self.window, f"Second look at the decision for {name}")
        form.choose("Would you decide the same?", "Yes, I would decide the same").press("Keep the second look")
        return Decisions(self.window)

    def begin_to_correct(self, name: str) -> "Sheet":
        """Open the form that puts another decision in place of one."""
        self.follow(f"Correct the decision for {name}")
        return Sheet(self.window, f"Correct the decision for {name}")


class Decide(Sheet):
    """The decision for one child."""

    HEADING = re.compile("^Decide for ")

    def decide(self, decision: Decision) -> Contact:
        """Decide, with the reason."""
        self.choose("Decision", decision.outcome).write("Why?", decision.why)
        if decision.stage:
            self.choose("Stage", decision.stage).tick("Help needed with", *decision.needs)
        self.choose("Has the family been told of the decision?", "Yes")
        self.press(self.heading)
        return Contact(self.window)
