"""Signing in and out, and what a browser is told."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import first_of_each_role, signed_in_as
from tests.browser.pages.accounts import Account, SignIn, sign_out
from tests.browser.pages.sheet import Sheet
from tests.browser.undrawn import Undrawn
from tests.support.live import LiveSystem

# The heading of everybody's first page, up to what changes with the day.
FIRST_PAGES = {
    "Front door officer": "Front door",
    "Lead professional": "What needs me, in order",
    "Service team member": "Inbox",
    "Cluster team member": "Caseload of Leigh",
    "Supervisor": "Caseload of Leigh",
    "Manager": "The triangle",
    "Data protection lead": "Who looked",
    "Administrator": "Accounts",
}


def test_everybody_comes_to_where_their_work_waits(window: OpenWindow) -> None:
    shown = window()
    found = {}
    for person in first_of_each_role():
        form = Undrawn.opened(shown, "/").write("Email address", person.email).write("Password", person.password)
        found[person.role] = form.press("Sign in").heading
        shown.context.clear_cookies()
    assert {role: re.split(r"[:(]", heading)[0].strip() for role, heading in found.items()} == FIRST_PAGES


def test_what_is_wrong_is_refused_without_saying_which(window: OpenWindow) -> None:
    page = SignIn.opened(window(scripts=False))
    unknown = page.fail("nobody@demo.locality.example", "whatever it was")
    words = unknown.page.get_by_role("alert").inner_text()
    known = unknown.fail(signed_in_as("manager").email, "whatever it was")
    assert known.page.get_by_role("alert").inner_text() == words
    expect(known.main.get_by_role("textbox", name="Email address")).to_have_value(signed_in_as("manager").email)


def test_after_signing_out_nothing_is_left_in_the_window(window: OpenWindow) -> None:
    home = SignIn.opened(window()).sign_in(signed_in_as("lead"))
    sign_out(home).page.go_back()
    SignIn(home.window)


def test_one_can_see_where_one_is_signed_in_and_end_the_others(window: OpenWindow) -> None:
    person = signed_in_as("catrin.bevan")
    elsewhere = SignIn.opened(window()).sign_in(person)
    here = SignIn.opened(window()).sign_in(person)
    here.follow("Account")
    Account(here.window).end_other_sessions()
    elsewhere.page.reload()
    SignIn(elsewhere.window)


def test_what_is_not_yours_looks_like_what_is_not_there(window: OpenWindow, live: LiveSystem) -> None:
    lead = signed_in_as("lead")
    ((foreign,),) = live.query(
        "SELECT r.episode_id FROM case_role r JOIN account a ON a.id = r.account_id"
        " WHERE r.kind = 'lead_professional' AND r.until_on IS NULL AND a.email <> %s LIMIT 1",
        lead.email,
    )
    shown = window()
    SignIn.opened(shown).sign_in(lead)
    found = []
    for episode in (foreign, "00000000-0000-4000-8000-000000000000"):
        shown.open(f"/episodes/{episode}")
        found.append(Sheet(shown).main.inner_text())
    assert found[0] == found[1]
