"""Nothing that is typed is lost: it is kept while one writes, and two windows do not overwrite each other."""

import re
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from locality.kernel.ids import new_id
from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import at_work
from tests.browser.pages.assessment import Element, TaskList
from tests.browser.pages.caf import MyFamilies
from tests.browser.pages.sheet import Sheet
from tests.support.live import LiveSystem

TYPES_FOR_S = 6.0
PAUSE_MS = 150  # between words: as people type, and shorter than any pause that would count as one
MAY_BE_LOST_S = 2.0


@pytest.fixture
def tasks(window: OpenWindow) -> TaskList:
    """A CAF that its lead professional has begun."""
    return MyFamilies(at_work(window(), signed_in_as("lead")).window).go_on_with_assessment()


def opened_elsewhere(element: Element) -> Element:
    """The same element in a second window of the same worker."""
    return Element(element.window.beside(urlsplit(element.page.url).path))


def test_what_is_typed_is_kept_without_a_button(tasks: TaskList) -> None:
    element = tasks.section("Parents and carers")
    element.write("Strengths", "They laugh together at supper.").is_kept()
    again = element.looked_at_again()
    expect(again.main.get_by_role("textbox", name="Strengths")).to_have_value("They laugh together at supper.")


def test_two_windows_do_not_overwrite_each_other(tasks: TaskList) -> None:
    first = tasks.section("Family and surroundings")
    where = first.page.url
    second = opened_elsewhere(first)
    first.write("Needs", "Rent is two months behind.").tick("How do you know?", "I saw it").save_and_next()
    conflict = second.write("Needs", "Nobody to ask for help.").save_into_conflict()
    conflict.says("Rent is two months behind.", "Nobody to ask for help.").keep("Keep both, one after the other")
    second.page.goto(where)
    kept = Element(second.window).main.get_by_role("textbox", name="Needs")
    expect(kept).to_have_value(re.compile("Rent is two months behind.*Nobody to ask for help|Nobody.*Rent", re.DOTALL))


def test_a_refused_form_keeps_what_was_typed(window: OpenWindow) -> None:
    shown = window(scripts=False)
    at_work(shown, signed_in_as("spoc"))
    shown.open("/contacts/new")
    form = Element(shown, "Record a contact")
    form.write("What was said?", "A long story, told once.").press("Record the contact")
    refused = Element(shown, re.compile("Record a contact"))
    refused.sends_back("Select who got in touch")
    expect(refused.main.get_by_role("textbox", name="What was said?")).to_have_value("A long story, told once.")
    shown.open("/contacts/new")
    Element(shown, "Record a contact").press("Discard what I typed")


def test_killing_the_server_while_somebody_types_loses_two_seconds_at_most(tasks: TaskList, live: LiveSystem) -> None:
    caf = tasks.page.url.rpartition("/")[2]
    tasks.follow("The whole story")
    page = Sheet(tasks.window, "The whole story")
    box = page.main.get_by_role("textbox").first
    box.fill("")
    word = f"{new_id().hex[-9:]} "  # of this run alone: what stood there before does not count as kept
    typed: list[float] = []
    began = time.monotonic()
    while time.monotonic() < began + TYPES_FOR_S:
        page.page.keyboard.type(word)
        typed.append(time.monotonic())
        page.page.wait_for_timeout(PAUSE_MS)
    killed = time.monotonic()
    live.kill("web")
    rows = live.query("SELECT facts FROM section_answer WHERE assessment_id = %s AND code = 'story'", caf)
    live.start("web")
    kept = str(rows).count(word.strip())
    must = sum(at <= killed - MAY_BE_LOST_S for at in typed)
    assert kept >= must, f"{kept} words kept of {must} that were two seconds old"
    expect(box).to_have_value(re.compile(f"^({word})+$"))
    page.window.faults.clear()  # while the server was away, keeping failed
