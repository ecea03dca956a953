"""Two records of one person: compared, linked, read as one, and parted again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import at_work
from tests.browser.pages.people import Comparison, Links, Record
from tests.browser.pages.sheet import Sheet
from tests.browser.undrawn import Undrawn
from tests.browser.window import Window

REFERENCE = re.compile(r"PE-\w{4}-\w{3}")


def sent(shown: Window, surname: str) -> str:
    """Enter a girl with this surname, without drawing that; the reference of her record."""
    form = Undrawn.opened(shown, "/people/new").choose("Who is it?", "Child or unborn baby").choose("Sex", "Female")
    record = form.write("First names", "Ottilie").write("Surname", surname).press("Enter this person")
    if record.heading == "Enter a person":
        record = record.tick("None of these is the person: enter them as new").press("Enter this person")
    found = REFERENCE.search(record.follow("Details").main)
    assert found
    return found[0]


def entered(shown: Window, surname: str) -> str:
    """Enter a girl at the front door, whoever else is like her; the reference of her record."""
    shown.open("/people/new")
    form = Sheet(shown, "Enter a person")
    form.choose("Who is it?", "Child or unborn baby").choose("Sex", "Female")
    form.write("First names", "Ottilie").write("Surname", surname)
    form.press("Enter this person")
    shown.page.wait_for_load_state()
    box = shown.page.get_by_role("checkbox", name="None of these is the person: enter them as new")
    if box.count():
        box.check()
        Sheet(shown, "Enter a person").press("Enter this person")
    record = Record(shown, re.compile(surname))
    found = REFERENCE.search(record.tab("Details").main.inner_text())
    assert found
    return found[0]


@pytest.mark.parametrize("scripts", [True, False])
def test_two_records_are_compared_linked_read_as_one_and_parted(window: OpenWindow, scripts: bool) -> None:
    shown = window(scripts=scripts)
    at_work(shown, signed_in_as("spoc"))
    mothers, fathers = ("Quennell", "Thackray") if scripts else ("Quarrier", "Oldroyd")
    first, second = sent(shown, mothers), entered(shown, fathers)
    Record(shown).tab("People").follow("Look for records of the same person")
    likely = Sheet(shown, re.compile("^Who may be the same as"))
    likely.write("Reference of the other record", first).press("Compare")
    comparison = Comparison(shown)
    comparison.says("Agrees", "Differs", "Speaks against it a lot")
    people = comparison.decide("Same person", "She has her father’s surname now")
    people.banner_says("The two records are linked. Each page shows both")
    people.says("Same person", "She has her father’s surname now")
    expect(shown.page.get_by_text(f"Also recorded as {second}")).to_be_visible()
    details = people.tab("Details")
    details.says("What each record says", mothers, fathers, "Differs")
    details.follow_navigation("Linked records")
    links = Links(shown).undo_newest("They are cousins")
    links.banner_says("The decision has been undone")
    links.says("Undone", "They are cousins")
