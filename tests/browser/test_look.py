"""The gallery in a real browser: nobody is shut out, nothing runs off a narrow screen, and scripts do what they say."""

import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, jsonify, request
from playwright.sync_api import Browser, Page, ViewportSize
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.axe import Axe
from tests.browser.window import NARROW, WIDE
from tests.web.components.gallery import PAGES, gallery_app

SAVED = re.compile(r"^Saved \d\d:\d\d:\d\d$")


class Quiet(WSGIRequestHandler):
    def log(self, *_words: object) -> None:
        pass


class Drafts:
    """A draft's address that answers as it is told and remembers what came."""

    def __init__(self, app: Flask) -> None:
        self.status = 200
        self.came: list[tuple[str | None, str | None]] = []
        app.add_url_rule("/draft", "draft", self.keep, methods=["POST"])

    def keep(self) -> tuple[Response, int]:
        self.came.append((request.headers.get("If-Match"), request.form.get("given_name")))
        return jsonify(version=len(self.came) + 1), self.status


@pytest.fixture(scope="module")
def drafts_and_address() -> Iterator[tuple[Drafts, str]]:
    app = gallery_app(forgery_checks=False)
    drafts = Drafts(app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield drafts, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def address(drafts_and_address: tuple[Drafts, str]) -> str:
    return drafts_and_address[1]


@pytest.fixture
def drafts(drafts_and_address: tuple[Drafts, str]) -> Drafts:
    drafts = drafts_and_address[0]
    drafts.status, drafts.came = 200, []
    return drafts


@pytest.fixture
def shown(browser: Browser) -> Iterator[Page]:
    """A window of the test's own, with nothing open."""
    context = browser.new_context(viewport=WIDE)
    yield context.new_page()
    context.close()


def faults_of(page: Page, axe: Axe, size: ViewportSize) -> list[str]:
    """What axe finds in a window of this size, and whether the page runs off it."""
    page.set_viewport_size(size)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = [f"{over} px over"] if over > 0 else []
    return found + (axe.violations(page, scripts=True) or [])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shuts_nobody_out(shown: Page, address: str, axe: Axe, path: str) -> None:
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.goto(address + path)
    assert faults_of(shown, axe, WIDE) == []
    assert faults_of(shown, axe, NARROW) == []
    assert [words for words in complaints if "422" not in words] == []


@pytest.mark.parametrize("path", ["/record", "/caseload", "/full"])
def test_targets_are_large_enough(shown: Page, address: str, path: str) -> None:
    shown.goto(address + path)
    small = shown.evaluate(
        """() => [...document.querySelectorAll(
                'button, select, input:not([type=hidden]), nav a, .app-who a, li > a, th > a')]
            .filter(part => part.checkVisibility())
            .map(part => [part.textContent.trim() || part.name, part.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 && box.width > 1).map(([name]) => name)"""
    )
    assert small == []


def test_the_typeface_is_ours(shown: Page, address: str) -> None:
    shown.goto(address + "/record")
    shown.evaluate("document.fonts.ready")
    assert shown.evaluate("document.fonts.check('16px \\'Atkinson Hyperlegible Next\\'')")
    assert "Atkinson" in shown.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")


def test_an_error_takes_the_focus_and_leads_to_its_field(shown: Page, address: str) -> None:
    shown.goto(address + "/")
    shown.get_by_role("button", name="Save and next").click()
    shown.get_by_role("link", name="Enter the date of birth").click()
    assert shown.evaluate("document.activeElement.id") == "born_on-day"


def test_a_draft_is_saved_after_a_pause_with_its_version(shown: Page, address: str, drafts: Drafts) -> None:
    shown.goto(address + "/")
    shown.get_by_label("Given name").press_sequentially("Zoë")
    shown.get_by_role("status").get_by_text(SAVED).wait_for()
    assert drafts.came == [('"1"', "Zoë")]
    assert shown.locator("input[name=version]").input_value() == "2"
    shown.get_by_label("Given name").press_sequentially("!")
    shown.locator("form[data-version='3']").wait_for()
    assert drafts.came[1] == ('"2"', "Zoë!")


@pytest.mark.parametrize(
    ("status", "words"),
    [(409, "somebody else changed this"), (401, "you are signed out"), (422, "needs correcting"), (500, "keep trying")],
)
def test_a_draft_that_cannot_be_saved_says_so_and_keeps_the_words(
    shown: Page, address: str, drafts: Drafts, status: int, words: str
) -> None:
    drafts.status = status
    shown.goto(address + "/")
    shown.get_by_label("Given name").press_sequentially("Zoë")
    shown.get_by_text(words).wait_for()
    assert shown.get_by_label("Given name").input_value() == "Zoë"


def test_a_draft_waits_for_the_connection(shown: Page, address: str, drafts: Drafts) -> None:
    shown.clock.install()
    shown.goto(address + "/")
    shown.route("**/draft", lambda route: route.abort())
    shown.get_by_label("Given name").press_sequentially("Zoë")
    shown.clock.run_for(2000)
    shown.get_by_text("no connection").wait_for()
    shown.unroute("**/draft")
    shown.clock.run_for(11_000)
    shown.get_by_role("status").get_by_text(SAVED).wait_for()
    assert drafts.came == [('"1"', "Zoë")]


def test_keys_walk_through_a_dense_table(shown: Page, address: str) -> None:
    shown.goto(address + "/caseload")
    shown.get_by_role("region", name="Families").focus()
    for key in ("j", "j", "j", "k"):
        shown.keyboard.press(key)
    assert shown.evaluate("document.activeElement.textContent") == "Adeyemi and Novák 1"
    assert shown.locator(".app-row--current").count() == 1
    shown.keyboard.press("/")
    assert shown.evaluate("document.activeElement.name") == "q"
    shown.keyboard.press("j")
    assert shown.locator("#search-everything").input_value() == "j"


def test_nobody_at_work_is_signed_out(shown: Page, address: str) -> None:
    shown.clock.install()
    shown.goto(address + "/")
    asked: list[str] = []
    shown.on("request", lambda sent: asked.append(sent.url))
    for _ in range(4):
        shown.clock.run_for(400_000)
        shown.get_by_label("Given name").press("a")
    shown.clock.run_for(10_000)
    assert asked
    assert not shown.get_by_role("alertdialog").is_visible()


def test_an_idle_page_warns_then_hides_and_loses_nothing(shown: Page, address: str) -> None:
    shown.clock.install()
    shown.goto(address + "/")
    shown.get_by_label("Given name").fill("Zoë")
    shown.clock.run_for(1_090_000)
    box = shown.get_by_role("alertdialog")
    box.get_by_text("You will be signed out soon").wait_for()
    shown.clock.run_for(125_000)
    box.get_by_text("You have been signed out").wait_for()
    assert not shown.locator("main").is_visible()
    box.get_by_role("button", name="I have signed in").click()
    shown.locator("main").wait_for(state="visible")
    assert shown.get_by_label("Given name").input_value() == "Zoë"
    assert not box.is_visible()


def test_a_page_printed_leaves_out_what_can_only_be_clicked(shown: Page, address: str) -> None:
    shown.goto(address + "/record")
    shown.emulate_media(media="print")
    for part in (".app-nav", ".app-search", ".moj-sub-navigation", ".govuk-summary-list__actions"):
        assert not shown.locator(part).first.is_visible()
    assert shown.get_by_role("heading", name="Story of Leah Adeyemi").is_visible()
    assert shown.locator(".app-identity__name").is_visible()
