"""One person's window: a browser context of its own, watched for everything that should not happen in it."""

import copy
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, ViewportSize

from tests.browser.axe import Axe
from tests.browser.hands import Hand, Pointer

# By email address: the cookies of somebody who has signed in, and the address of their first page.
Sessions = dict[str, tuple[Any, str]]

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 800}
_PATIENCE_MS = 10_000
# Ids and codes of elements in an address: pages that differ in these alone are of one kind.
_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|D[123]\.\w+|\?.*")
# A refused form is an answer, yet the browser's console calls it an error.
_REFUSAL = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Window:
    """A browser window at ``address``, with scripts or without, worked by a ``hand``.

    ``checked`` names the kinds of pages that were checked, in this window and others that share it; ``faults`` is what
    went wrong in this one; ``axe`` remembers what was sound in the whole run; ``sessions`` are those of people who have
    signed in.
    """

    browser: Browser
    address: str
    scripts: bool = True
    checked: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    hand: Hand = field(default_factory=Pointer)
    size: ViewportSize = field(default_factory=lambda: WIDE)
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)
    axe: Axe | None = None
    sessions: Sessions = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.axe = self.axe or Axe(self.browser)
        self.context = self.browser.new_context(
            viewport=self.size, java_script_enabled=self.scripts, locale="en-GB", timezone_id="Europe/London"
        )
        self.context.set_default_timeout(_PATIENCE_MS)
        self.page = self._watched_page()

    def beside(self, path: str) -> "Window":
        """One tab more of the same browser, at a page; it is watched, checked and closed with this one."""
        other = copy.copy(self)
        other.page = self._watched_page()
        other.open(path)
        return other

    def _watched_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("response", self._note_answer)
        return page

    def open(self, path: str) -> None:
        """Go to a page by its address."""
        self.page.goto(self.address + path)

    def leaves(self, place: Locator, address: str) -> None:
        """Press what leads away from us, to ``address``; a page with that name stands for what is there.

        Nothing of that is asked for on any network. A browser follows our redirect before anything can answer in the
        other's place, so that comes to nothing; asked for again by itself, it is answered here.
        """
        other = f"<title>{address}</title>"
        self.page.route(address, lambda route: route.fulfill(body=other, content_type="text/html"))
        with self.page.expect_event("requestfailed", lambda request: request.url == address):
            self.hand.press(place)
        self.page.reload()
        self.page.wait_for_url(address)
        self.page.unroute(address)  # as long as something is answered here, the browser keeps nothing of any page

    def resize(self, size: ViewportSize) -> None:
        """Make it as large as another screen; it stays so."""
        self.size = size
        self.page.set_viewport_size(size)

    def close(self) -> None:
        """Close the window, and fail on what went wrong in it."""
        self.context.close()
        self.raise_faults()

    def raise_faults(self) -> None:
        """Fail when something went wrong."""
        assert not self.faults, f"in the browser: {self.faults}"

    def check_once(self) -> None:
        """Check the page, unless one of its kind was checked before; in a narrow window every page has to fit.

        Of a kind that another test has checked, one without any new part is not checked again.
        """
        is_first = self._kind not in self.checked
        self.checked.add(self._kind)
        is_new = is_first and (self._examine() or not self._is_measured())
        if is_new or self.size == NARROW:
            self.check_width()

    def check(self) -> None:
        """The page shown has no accessibility fault that axe can find, and does not scroll sideways when narrow."""
        self._examine()
        self.check_width()

    def check_width(self) -> None:
        """The page does not scroll sideways in a window of 320 px; and nothing went wrong so far."""
        width = self._width_when_narrow()
        assert width <= NARROW["width"], f"{self._where} is {width} px wide in a window of {NARROW['width']} px"
        self.axe.note_measured(f"{self.scripts} {self._kind}")
        self.raise_faults()

    @property
    def _kind(self) -> str:
        return _IDS.sub("-", self._where)

    def _examine(self) -> bool:
        """Whether axe was asked, because something here is new; fails on what it finds."""
        found = self.axe.violations(self.page, scripts=self.scripts)
        assert not found, f"{self._where}: axe found\n" + "\n".join(found)
        return found is not None

    def _is_measured(self) -> bool:
        return self.axe.has_measured(f"{self.scripts} {self._kind}")

    @property
    def _where(self) -> str:
        return self.page.url.removeprefix(self.address)

    def _width_when_narrow(self) -> int:
        if self.size == NARROW:
            return self._width()
        self.page.set_viewport_size(NARROW)
        try:
            return self._width()
        finally:
            self.page.set_viewport_size(self.size)

    def _width(self) -> int:
        return int(self.page.evaluate("document.scrollingElement.scrollWidth"))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REFUSAL):
            self.faults.append(f"console: {message.text}")

    def _note_answer(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} for {response.request.method} {response.url}")
