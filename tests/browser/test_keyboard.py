"""People who live in the caseload drive it by keys, and everybody reaches the content by one."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import SignIn, at_work
from tests.browser.pages.clusters import Caseload
from tests.browser.pages.sheet import Sheet


@pytest.fixture
def caseload(window: OpenWindow) -> Caseload:
    return Caseload(at_work(window(), signed_in_as("supervisor")).window)


def test_j_and_k_go_down_and_up_and_enter_opens_the_family(caseload: Caseload) -> None:
    first, second = caseload.families.nth(0), caseload.families.nth(1)
    caseload.enter_table().press_key("j")
    expect(first).to_be_focused()
    caseload.press_key("j")
    expect(second).to_be_focused()
    caseload.press_key("k")
    expect(first).to_be_focused()
    caseload.press_key("k")
    expect(first).to_be_focused()
    name = first.inner_text()
    caseload.press_key("Enter")
    assert Sheet(caseload.window, re.compile(" family$")).heading.startswith(name)


def test_slash_goes_to_the_search_box_from_the_table(caseload: Caseload) -> None:
    caseload.enter_table().press_key("/")
    box = caseload.page.get_by_role("searchbox", name="Search people and references")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    caseload.press_key("j")
    expect(box).to_have_value("j")


def test_a_filter_and_an_order_stay_in_the_address(caseload: Caseload) -> None:
    caseload.follow(re.compile(r"^Stage 3 "))
    caseload.follow("Weight")
    expect(caseload.page).to_have_url(re.compile(r"stage=3.*sort=weight|sort=weight.*stage=3"))
    again = caseload.looked_at_again()
    expect(again.table.get_by_role("columnheader", name="Weight")).to_have_attribute("aria-sort", "descending")


def test_the_first_tab_offers_to_skip_to_the_content(window: OpenWindow) -> None:
    page = SignIn.opened(window())
    page.page.keyboard.press("Tab")
    expect(page.page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Tab")
    expect(page.main.get_by_role("textbox", name="Email address")).to_be_focused()
