"""How somebody works a page, with a pointer or by keys alone; each counts what it took."""

from pathlib import Path
from typing import Protocol

from playwright.sync_api import ElementHandle, Locator, Page

_MOST_STOPS = 120  # presses of Tab from one end of a page to the other
_LETTERS = 3  # that are typed key by key
# How often Tab has to be pressed from where the focus is to a place, by the order of the page; less than 0 with Shift,
# 0 when it is there, null when nothing has the focus yet and there may be a link past the navigation. Of a group of
# radio buttons Tab stops at one: at the chosen one, at the first before any is chosen.
_STEPS = """
(place) => {
  const now = document.activeElement
  const isRadio = (one) => one.type === 'radio'
  if (now === place || (isRadio(place) && isRadio(now) && now.name === place.name)) return 0
  if (now === document.body && place.closest('main')) return null
  const stopOf = (one) => {
    if (!isRadio(one)) return one
    const group = [...document.getElementsByName(one.name)].filter((other) => other.form === one.form)
    return group.find((other) => other.checked) || group[0]
  }
  const follows = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)
  const goal = stopOf(place)
  const isAhead = follows(now, goal)
  const between = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter((one) => isAhead ? follows(now, one) && !follows(goal, one) : follows(one, now) && !follows(one, goal))
    .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility() && stopOf(one) === one)
  return (isAhead ? 1 : -1) * Math.max(between.length, 1)
}
"""
# How often which arrow goes from the answer that has the focus to another one of its question, or in a list from the
# entry that is chosen to another; 0 when it is there.
_ANSWERS_ON = """
(answer) => {
  const named = [...document.getElementsByName(answer.name)].filter((other) => other.form === answer.form)
  const group = answer.type === 'radio' ? named : [answer]
  return group.indexOf(answer) - group.indexOf(document.activeElement)
}
"""
_ENTRIES_ON = "(list, label) => [...list.options].findIndex((one) => one.label === label) - list.selectedIndex"
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

    def reach(self, place: Locator) -> ElementHandle:
        """Go there with Tab; past the navigation with the link that every page begins with."""
        return self._come_to(place.element_handle(), place)

    def press(self, place: Locator) -> None:
        """Enter; what leads on to another page is waited for."""
        target = self.reach(place)
        self.clicks += 1
        if not target.evaluate(_LEADS_ON):
            self._page.keyboard.press("Enter")
            return
        with self._page.expect_navigation():
            self._page.keyboard.press("Enter")

    def write(self, box: Locator, text: str) -> None:
        """Type over what stands there: the first letters key by key, the rest in one piece."""
        self.reach(box)
        self.boxes += 1
        self._page.keyboard.press("Control+A")
        self._page.keyboard.press("Delete")
        self._page.keyboard.type(text[:_LETTERS])
        self._page.keyboard.insert_text(text[_LETTERS:])

    def check(self, answer: Locator, *, covered: bool = False) -> None:
        """The space bar, or the arrows among the answers to one question; keys do not mind what is ``covered``."""
        target = answer.element_handle()
        if target.is_checked():
            return
        self._come_to(target, answer)
        self.clicks += 1
        steps = target.evaluate(_ANSWERS_ON)
        self._press("ArrowDown" if steps > 0 else "ArrowUp" if steps < 0 else "Space", abs(steps) or 1)
        assert target.is_checked(), f"{self._page.url}: no key chooses {answer}"

    def pick(self, chooser: Locator, label: str) -> None:
        """The arrows go through the list."""
        target = self.reach(chooser)
        self.clicks += 2
        steps = target.evaluate(_ENTRIES_ON, label)
        self._press("ArrowDown" if steps > 0 else "ArrowUp", abs(steps))
        assert target.evaluate(_ENTRIES_ON, label) == 0, f"{self._page.url}: no key chooses {label} in {chooser}"

    def send(self, chooser: Locator, path: Path) -> None:
        """Enter opens what the system offers for choosing a file."""
        self.reach(chooser)
        self.clicks += 1
        with self._page.expect_file_chooser() as offered:
            self._page.keyboard.press("Enter")
        offered.value.set_files(path)

    def _come_to(self, target: ElementHandle, place: Locator) -> ElementHandle:
        pressed = 0
        while (told := target.evaluate(_STEPS)) != 0:
            steps = told or 1
            pressed += abs(steps)
            assert pressed <= _MOST_STOPS, f"{self._page.url}: Tab does not lead to {place}"
            self._tab(steps)
            if told is None:
                self._skip()
        return target

    def _tab(self, steps: int) -> None:
        if steps > 0:
            self._press("Tab", steps)
            return
        self._page.keyboard.down("Shift")
        self._press("Tab", -steps)
        self._page.keyboard.up("Shift")

    def _press(self, key: str, times: int) -> None:
        """So many times, as a key repeats that is not let go."""
        for _ in range(times):
            self._page.keyboard.down(key)
        self._page.keyboard.up(key)

    def _skip(self) -> None:
        """Past header and navigation, where the page offers it."""
        if self._page.evaluate("document.activeElement.matches('.govuk-skip-link')"):
            self._page.keyboard.press("Enter")
