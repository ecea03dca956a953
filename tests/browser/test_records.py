"""A child's record as those who help read it: its tabs, the family tree, why they see it; with and without scripts."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import Axe
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import at_work
from tests.browser.pages.people import Record, Search
from tests.browser.window import NARROW, WIDE, Window
from tests.support.live import LiveSystem

TABS = ("Details", "People", "Whereabouts", "Who has seen this", "Story")


@pytest.fixture(scope="module", params=[True, False], ids=["with scripts", "without scripts"])
def shown(request: pytest.FixtureRequest, browser: Browser, live: LiveSystem, axe: Axe) -> Iterator[Window]:
    """The window of the lead professional of a family; nothing that is done in this file leaves anything in it."""
    window = Window(browser, live.address, bool(request.param), axe=axe)
    at_work(window, signed_in_as("lead"))
    yield window
    window.close()


@pytest.fixture(scope="module")
def path(shown: Window) -> str:
    """Where the record of a child of the family is, which is found by searching."""
    row = shown.page.get_by_role("table", name="My families").get_by_role("rowheader").first
    family = row.get_by_role("link").inner_text()
    children = row.inner_text().removeprefix(family).strip()
    child = re.split(r", | and ", children)[0]
    found = Search.everywhere(shown, f"{child} {family}").open_person(re.compile(f"^{child}"))
    return urlsplit(found.page.url).path


@pytest.fixture
def record(shown: Window, path: str) -> Iterator[Record]:
    """The record of the child, before the lead professional of the family."""
    shown.open(path)
    yield Record(shown)
    shown.page.emulate_media(media="screen")
    shown.resize(WIDE)
    shown.raise_faults()


def test_every_tab_is_a_page_with_the_child_at_its_top(record: Record) -> None:
    name = record.child
    for tab in TABS:
        record = record.tab(tab)
        assert record.child == name
        record.window.check()


def test_the_family_is_drawn_and_stays_in_its_box_on_a_telephone(record: Record) -> None:
    name = record.child
    page = record.tab("People").page
    tree = page.get_by_role("img", name=f"Family tree of {name}")
    expect(tree).to_be_visible()
    expect(page.get_by_role("figure")).to_contain_text("around")
    page.get_by_text("The family tree as a table").click()
    drawn = page.get_by_role("table", name=f"Family tree of {name}").get_by_role("row")
    assert drawn.count() - 1 == tree.locator("g").count()
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    record.window.check()


def test_the_family_tree_fits_on_paper(record: Record) -> None:
    page = record.tab("People").page
    page.set_viewport_size({"width": 700, "height": 900})
    page.emulate_media(media="print")
    tree = page.get_by_role("img", name=re.compile("^Family tree of"))
    box = tree.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 700


def test_the_identity_bar_says_why_and_leads_to_the_whole_answer(record: Record) -> None:
    name = record.child
    record.page.get_by_role("link", name=re.compile("^You see this because")).click()
    expect(record.page.get_by_role("heading", level=1)).to_have_text(f"Why you can see the record of {name}")
    Record(record.window).says("Because you are their lead professional", "What you cannot see")
    record.window.check()
    record.page.get_by_role("link", name="Who else can see it").click()
    expect(record.page.get_by_role("heading", level=1)).to_have_text(re.compile("^Who can see the record PE-"))
    record.window.check()
