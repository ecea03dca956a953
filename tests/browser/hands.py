"""How somebody works a page, with a pointer or by keys alone; each counts what it took."""

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page

_MOST_STOPS = 120  # presses of Tab from one end of a page to the other
_MOST_CHOICES = 60  # answers of a question, entries of a list
# Where the focus stands as seen from a place: there, at the beginning of the page, before it or after it. A group of
# radio buttons is one stop.
_WHERE = """
(place) => {
  const now = document.activeElement
  if (now === place) return 'there'
  if (place.type === 'radio' && now.type === 'radio' && now.name === place.name) return 'there'
  if (now === document.body) return place.closest('main') ? 'outside' : 'before'
  return now.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_PRECEDING ? 'after' : 'before'
}
"""
_LEADS_ON = "(place) => place.matches('a[href], button:not([type=button])')"


class Hand(Protocol):
    """Somebody's hand on a page. ``clicks``: how many links, buttons and answers were chosen; ``boxes``: typed in."""

    clicks: int
    boxes: int

    def press(self, place: Locator) -> None:
        """Press a link or a button; unfold what is folded."""

    def write(self, box: Locator, text: str) -> None:
        """Put words into a box, in the place of what stands there."""

    def check(self, answer: Locator, *, covered: bool = False) -> None:
        """Choose an answer or tick a box; ``covered`` by its picture, which takes the pointer."""

    def pick(self, chooser: Locator, label: str) -> None:
        """Pick an entry of a list."""

    def send(self, chooser: Locator, path: Path) -> None:
        """Choose a file."""


class Pointer:
    """A mouse or a finger."""

    def __init__(self) -> None:
        self.clicks = 0
        self.boxes = 0

    def press(self, place: Locator) -> None:
        """One click."""
        self.clicks += 1
        place.click()

    def write(self, box: Locator, text: str) -> None:
        """Fill it; one comes from box to box with Tab."""
        self.boxes += 1
        box.fill(text)

    def check(self, answer: Locator, *, covered: bool = False) -> None:
        """One click, unless it is chosen already."""
        if not answer.is_checked():
            self.clicks += 1
            answer.check(force=covered)

    def pick(self, chooser: Locator, label: str) -> None:
        """One click to open the list, one to choose."""
        self.clicks += 2
        chooser.select_option(label=label)

    def send(self, chooser: Locator, path: Path) -> None:
        """One click; which file is chosen outside the page."""
        self.clicks += 1
        chooser.set_input_files(path)


class Keys:
    """A keyboard and nothing else: Tab comes to everything, Enter, space and the arrows do the rest."""

    def __init__(self, page: Page) -> None:
        self.clicks = 0
        self.boxes = 0
        self._page = page

    def reach(self, place: Locator) -> None:
        """Go there with Tab; past the navigation with the link that every page begins with."""
        target = place.element_handle()
        for _ in range(_MOST_STOPS):
            where = target.evaluate(_WHERE)
            if where == "there":
                return
            self._page.keyboard.press("Shift+Tab" if where == "after" else "Tab")
            if where == "outside":
                self._skip()
        raise AssertionError(f"{self._page.url}: {_MOST_STOPS} presses of Tab do not lead to {place}")

    def press(self, place: Locator) -> None:
        """Enter; what leads on to another page is waited for."""
        self.reach(place)
        self.clicks += 1
        if not place.evaluate(_LEADS_ON):
            self._page.keyboard.press("Enter")
            return
        with self._page.expect_navigation():
            self._page.keyboard.press("Enter")

    def write(self, box: Locator, text: str) -> None:
        """Type over what stands there."""
        self.reach(box)
        self.boxes += 1
        self._page.keyboard.press("Control+A")
        self._page.keyboard.press("Delete")
        self._page.keyboard.type(text)

    def check(self, answer: Locator, *, covered: bool = False) -> None:
        """The space bar, or the arrows among the answers to one question; keys do not mind what is ``covered``."""
        if answer.is_checked():
            return
        self.reach(answer)
        self.clicks += 1
        for _ in range(_MOST_CHOICES):
            is_here = answer.evaluate("(answer) => answer === document.activeElement")
            self._page.keyboard.press("Space" if is_here else "ArrowDown")
            if answer.is_checked():
                return
        raise AssertionError(f"{self._page.url}: no key chooses {answer}")

    def pick(self, chooser: Locator, label: str) -> None:
        """The arrows go through the list, from its beginning."""
        self.reach(chooser)
        self.clicks += 2
        self._page.keyboard.press("Home")
        for _ in range(_MOST_CHOICES):
            if chooser.evaluate("(list) => list.selectedOptions[0].label") == label:
                return
            self._page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self._page.url}: no key chooses {label} in {chooser}")

    def send(self, chooser: Locator, path: Path) -> None:
        """Enter opens what the system offers for choosing a file."""
        self.reach(chooser)
        self.clicks += 1
        with self._page.expect_file_chooser() as offered:
            self._page.keyboard.press("Enter")
        offered.value.set_files(path)

    def _skip(self) -> None:
        """Past header and navigation, where the page offers it."""
        if self._page.evaluate("document.activeElement.matches('.govuk-skip-link')"):
            self._page.keyboard.press("Enter")
