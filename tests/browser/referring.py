"""A contact that is recorded and decided as a browser without scripts sends it, and not drawn.

What that looks like is seen in ``test_front_door.py`` and ``test_story.py``.
"""

import re

from tests.browser.pages.contacts import Call, Child, Decision
from tests.browser.undrawn import Undrawn
from tests.browser.window import Window
from tests.support.live import LiveSystem


def recorded(front_door: Window, call: Call, about: Child, home: tuple[str, str] = ("", "")) -> Undrawn:
    """A contact about a child, recorded by the officer who is signed in."""
    form = Undrawn.opened(front_door, "/contacts/new").pick("Who got in touch?", call.source)
    form.choose("Does somebody suspect that a child is being harmed?", "No")
    form.write("School, service or organisation", call.agency).write("What was said?", call.said)
    form.write("Name of the person who got in touch", call.caller).write("What does the family want?", call.wanted)
    form.write("Email address", call.email).write("Address", home[0]).write("Postcode", home[1])
    form.tick("Why did they get in touch?", call.reason).pick("Main reason", call.reason)
    form.choose("Does the family agree to share this?", "The family agrees")
    return _described(form, about).press("Record the contact")


def with_child(contact: Undrawn, child: Child) -> Undrawn:
    """The contact, about one child more."""
    return _described(contact.follow("Add a child"), child).press("Add the child")


def with_mother(contact: Undrawn, given_name: str, family_name: str) -> Undrawn:
    """The contact, with the children's mother."""
    form = contact.follow("Add an adult").write("First name", given_name).write("Family name", family_name)
    return form.pick("Who are they to the children?", "Mother").press("Add the adult")


def decided(contact: Undrawn, decision: Decision, child: Child) -> Undrawn:
    """The contact, decided for a child with early help as the outcome."""
    form = contact.follow(f"Decide for {child.given_name}").choose("Decision", decision.outcome)
    form.write("Why?", decision.why).choose("Stage", decision.stage).tick("Help needed with", *decision.needs)
    return form.choose("Has the family been told of the decision?", "Yes").press(form.heading)


def routed(front_door: Window, live: LiveSystem, contact: Undrawn, child: Child) -> tuple[Undrawn, str]:
    """The referral for a child, and the service that was found for it."""
    path = contact.follow(f"See the referral for {child.given_name}").path
    live.until(lambda: "Being decided" not in Undrawn.opened(front_door, path).main, "a service to be found")
    referral = Undrawn.opened(front_door, path)
    found = re.search(r".*\. (.+?) has it", referral.main)
    assert found, "the page does not say who has the referral"
    return referral, found[1]


def _described(form: Undrawn, child: Child) -> Undrawn:
    form.write("First name", child.given_name).write("Family name", child.family_name)
    form.date("Date of birth", child.born_on).choose("Sex", child.sex)
    return form.pick("School or nursery", child.school)
