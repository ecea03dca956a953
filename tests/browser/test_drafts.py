"""What a worker types into a form is kept by the server, and two windows do not overwrite each other unasked."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import SignIn, at_work
from tests.browser.pages.sheet import Sheet
from tests.browser.window import Window
from tests.support.live import LiveSystem

SAVED = re.compile("^Saved")
PATH, HEADING, SAID = "/contacts/new", "Record a contact", "What was said?"


def form_of(window: Window) -> Sheet:
    """The form, opened by the front door officer."""
    at_work(window, signed_in_as("spoc"))
    window.open(PATH)
    return Sheet(window, HEADING)


def status(form: Sheet) -> Locator:
    """What the page says about saving."""
    return form.page.get_by_role("status").and_(form.page.locator("[data-autosave-status]"))


def said(form: Sheet) -> Locator:
    """The field that is typed in."""
    return form.main.get_by_role("textbox", name=SAID, exact=True)


def test_a_worker_finds_an_unsent_form_again_after_the_server_was_killed(window: OpenWindow, live: LiveSystem) -> None:
    form = form_of(window()).write(SAID, "A long story, told once.")
    expect(status(form)).to_have_text(SAVED)
    live.kill("web")
    live.start("web")
    again = form_of(window()).says("is still here. It has not been sent.")
    expect(said(again)).to_have_value("A long story, told once.")
    again.press("Discard what I typed")
    expect(said(Sheet(again.window, HEADING))).to_have_value("")


@pytest.mark.parametrize(
    ("choice", "left"), [("Keep the words here", "Mine"), ("Take those of the other window", "Theirs")]
)
def test_two_windows_on_one_form_ask_which_words_to_keep(window: OpenWindow, choice: str, left: str) -> None:
    mine = form_of(window())
    theirs = Sheet(mine.window.beside(PATH), HEADING)
    theirs.write(SAID, "Theirs")
    expect(status(theirs)).to_have_text(SAVED)
    mine.write(SAID, "Mine")
    expect(status(mine)).to_contain_text("was changed in another window")
    mine.says("In the other window: Theirs").press(choice)
    expect(status(mine)).to_have_text(SAVED)
    expect(said(mine)).to_have_value(left)
    expect(said(mine.looked_at_again())).to_have_value(left)


def test_a_form_that_is_sent_after_signing_out_elsewhere_is_there_again(window: OpenWindow) -> None:
    form = form_of(window(scripts=False)).write(SAID, "Typed before the session ended.")
    form.window.context.clear_cookies()
    form.press("Record the contact")
    signed_in = SignIn(form.window).sign_in(signed_in_as("spoc"), home=HEADING)
    expect(said(signed_in.says("is still here"))).to_have_value("Typed before the session ended.")


def test_a_text_that_is_too_large_to_send_stays_on_the_page(window: OpenWindow) -> None:
    form = form_of(window())
    said(form).evaluate(
        "(box) => { box.value = 'a'.repeat(5_000_000); box.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    expect(status(form)).to_contain_text("only the first 400,000 characters", timeout=30_000)
    form.press("Record the contact")
    expect(status(form)).to_contain_text("too long to send")
    assert said(form).evaluate("(box) => box.value.length") == 5_000_000
