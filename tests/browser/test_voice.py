"""A child is heard: symbols and drawing on a tablet that shows nothing else.

By keys alone, on a telephone, and without scripts, a child is heard in the journeys of the CAF.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.axe import Axe
from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import at_work
from tests.browser.pages.caf import MyFamilies
from tests.browser.pages.voice import ChildsVoice, Choosing, Mine
from tests.browser.window import Window
from tests.support.live import LiveSystem

TABLET: ViewportSize = {"width": 820, "height": 1180}


@pytest.fixture(scope="module")
def where(browser: Browser, live: LiveSystem, axe: Axe) -> Iterator[str]:
    """Where a lead professional chooses how to listen to the first child of a CAF."""
    desk = Window(browser, live.address, axe=axe)
    families = MyFamilies(at_work(desk, signed_in_as("lead")).window)
    families.go_on_with_assessment().first_voice()
    yield urlsplit(ChildsVoice(desk).listen().page.url).path
    desk.close()


def choosing(window: Window, where: str) -> Choosing:
    """A lead professional is about to listen to the child."""
    at_work(window, signed_in_as("lead"))
    window.open(where)
    return Choosing(window)


def test_a_child_without_words_is_heard_by_symbols_and_a_drawing(window: OpenWindow, where: str) -> None:
    tablet = window()
    ways = choosing(tablet, where).talks_by("Uses few words or none", "Uses symbols, signs or pictures to talk")
    assert "Symbol cards, signs or eye-gaze" in ways.ways[:3]
    hello = ways.hand_over("Symbol cards, signs or eye-gaze")
    tablet.resize(TABLET)
    today = hello.has_large_targets().start().has_large_targets()
    home = today.touch("Happy", "Tired").next()
    people = home.skip().touch("Happy").next()
    places = people.touch("Mum", "Friend", "Pet").next()
    drawing = places.skip().touch("Swimming").next().skip()
    drawing.has_large_targets().draw((0.2, 0.2), (0.5, 0.7), (0.8, 0.2))
    drawing.page.get_by_role("button", name="Blue").click()
    drawing.draw((0.3, 0.8), (0.7, 0.8)).is_saved()
    drawing.page.get_by_role("button", name="Undo").click()
    drawing.is_saved()
    thanks = drawing.next().shown_to_helpers()
    assert thanks.heading.startswith("Thank you, ")
    voice = thanks.give_back(signed_in_as("lead").password)
    voice.says("How do I feel today: Happy, Tired", "Who do I like to be with: Mum, Friend, Pet")
    picture = voice.main.get_by_role("img", name=re.compile("^Made by ")).first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 1000)


def test_a_handed_over_tablet_cannot_be_left(window: OpenWindow, where: str) -> None:
    tablet = window()
    before = choosing(tablet, where)
    worker = before.page.url
    page = before.hand_over("Statements: yes, sometimes, no").start()
    for _ in range(3):
        tablet.page.go_back()
    assert "/my-voice" in tablet.page.url
    for path in ("/", "/my-families", "/account", worker.removeprefix(tablet.address)):
        tablet.open(path)
        assert "/my-voice" in tablet.page.url
    Mine(tablet).pick("Yes").pick("Yes").pick("No").go("Stop").says("Everything is kept").go("Go on")
    assert Mine(tablet).heading == "There is an adult I can talk to."
    assert page.window is tablet


def test_every_page_fits_and_can_be_touched(window: OpenWindow, where: str) -> None:
    tablet = window()
    page: Mine = choosing(tablet, where).hand_over("Faces, ladder or traffic lights")
    tablet.resize(TABLET)
    page = page.go("OK, let’s start").has_large_targets()
    for _ in range(8):
        tablet.check_width()
        page = page.has_large_targets().pick("Happy")
    page.has_large_targets()
