"""A child is heard: symbols and drawing on a tablet that shows nothing else, without scripts too, by keys too."""

import re
import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import SignIn
from tests.browser.pages.caf import MyFamilies
from tests.browser.pages.sheet import Sheet
from tests.browser.pages.voice import ChildsVoice, Choosing, Mine
from tests.browser.window import Window

TABLET = {"width": 820, "height": 1180}


def choosing(window: Window) -> Choosing:
    """A lead professional is about to listen to the first child of a CAF."""
    families = MyFamilies(SignIn.opened(window).sign_in(signed_in_as("lead")).window)
    families.go_on_with_assessment().first_voice()
    return ChildsVoice(window).listen()


def finish(page: Mine) -> Mine:
    """Everybody who helps may see everything, the family may not."""
    while not page.heading.startswith("Is this right"):
        choice = page.main.get_by_role("button", name="Everybody who helps me")
        alone = page.main.get_by_role("button", name=re.compile("^Only "))
        name = "No" if page.heading.startswith("May your family") else None
        place = page.main.get_by_role("button", name=name, exact=True) if name else choice if choice.count() else alone
        with page.page.expect_navigation():
            place.click()
        page = Mine(page.window)
    return page.says("What you drew or recorded", "has to tell a person who can help").go("Yes, I am done")


def test_a_child_without_words_is_heard_by_symbols_and_a_drawing(window: OpenWindow) -> None:
    tablet = window()
    ways = choosing(tablet).talks_by("Uses few words or none", "Uses symbols, signs or pictures to talk")
    assert "Symbol cards, signs or eye-gaze" in ways.ways[:3]
    hello = ways.hand_over("Symbol cards, signs or eye-gaze")
    tablet.page.set_viewport_size(TABLET)
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
    thanks = finish(drawing.next())
    assert thanks.heading.startswith("Thank you, ")
    thanks.go("I am ")
    Sheet(tablet, re.compile("^Welcome back")).write("Your password", signed_in_as("lead").password).press("Go on")
    voice = ChildsVoice(tablet).says("How do I feel today: Happy, Tired", "Who do I like to be with: Mum, Friend, Pet")
    picture = voice.main.get_by_role("img", name=re.compile("^Made by ")).first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 1000)


def test_a_handed_over_tablet_cannot_be_left(window: OpenWindow) -> None:
    tablet = window()
    before = choosing(tablet)
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


def test_without_scripts_a_photo_of_a_drawing_is_sent(window: OpenWindow, tmp_path: Path) -> None:
    tablet = window(scripts=False)
    houses = choosing(tablet).hand_over("Three houses: worries, good things, dreams").start()
    house = houses.go("House of Dreams").says("Draw on paper and send a photo of it")
    photo = tmp_path / "dream.png"
    photo.write_bytes(a_png())
    house.main.get_by_text("Send a photo of a drawing").click()
    house.main.get_by_label("A photo of your drawing").set_input_files(photo)
    words = house.next().write(re.compile("^Your words"), "A garden with a swing")
    again = words.next().go("House of Dreams")
    expect(again.main.get_by_role("img", name="A picture that you gave")).to_be_visible()
    again.go("Back").go("I am done")
    assert finish(Mine(tablet)).heading.startswith("Thank you, ")


@pytest.mark.parametrize("size", [TABLET, {"width": 320, "height": 700}], ids=["tablet", "telephone"])
def test_every_page_fits_and_can_be_touched(window: OpenWindow, size: dict[str, int]) -> None:
    screen = window()
    page: Mine = choosing(screen).hand_over("Faces, ladder or traffic lights")
    screen.page.set_viewport_size(size)
    page = page.go("OK, let’s start").has_large_targets()
    for _ in range(8):
        screen.check_width()
        screen.page.set_viewport_size(size)
        page = page.has_large_targets().pick("Happy")
    page.has_large_targets()


def test_a_child_draws_and_answers_with_keys_alone(window: OpenWindow) -> None:
    desk = window()
    page = choosing(desk).hand_over("Three houses: worries, good things, dreams").start()
    house = page.go("House of Good Things")
    house.sheet.focus()
    for key in ("ArrowUp", " ", "ArrowRight", "ArrowRight", "ArrowDown", " "):
        desk.page.keyboard.press(key)
    house.is_saved()
    strokes = desk.page.request.get(desk.page.url).text()
    assert "[500, 330, 520, 330, 540, 330, 540, 350]" in strokes.replace("&#34;", '"')
    desk.page.get_by_role("button", name="Next").focus()
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    assert Mine(desk).heading == "What is good? Say it in your own words."


def a_png() -> bytes:
    """A small white picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    rows = zlib.compress(b"\0" + b"\xff" * 12 + (b"\0" + b"\xff" * 12) * 3)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
