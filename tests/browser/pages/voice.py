"""A child's own pages, on a device that was handed over; and the worker's pages around them."""

import re
from typing import Self

from playwright.sync_api import Locator, expect

from tests.browser.pages.sheet import Sheet


class ChildsVoice(Sheet):
    """The worker's page of what a child said."""

    HEADING = re.compile("’s voice$")

    def listen(self) -> "Choosing":
        """Choose how to listen."""
        self.hand.press(self.main.get_by_role("link", name=re.compile("^Listen to ")))
        return Choosing(self.window)


class Choosing(Sheet):
    """What suits the child."""

    HEADING = re.compile("^How will you listen to ")

    def talks_by(self, *needs: str) -> "Choosing":
        """Note how the child talks."""
        self.unfold(re.compile("^How .* talks$"))
        for need in needs:
            self.tick_box(need)
        self.press("Show what suits now")
        return Choosing(self.window)

    @property
    def ways(self) -> list[str]:
        """The ways, best first."""
        return self.main.get_by_role("listitem").get_by_role("link").all_inner_texts()

    def hand_over(self, way: str) -> "Hello":
        """Choose a way on the device and hand it over."""
        self.follow(way)
        Sheet(self.window, re.compile("^Get ready with ")).write("Who else is there?", "Nobody else").press(
            re.compile("^Hand over to ")
        )
        return Hello(self.window)


class Mine(Sheet):
    """One page of the child's."""

    def next(self) -> "Mine":
        """Go on."""
        return self._after(self.main.get_by_role("button", name="Next"))

    def skip(self) -> "Mine":
        """Leave this page out."""
        return self._after(self.main.get_by_role("button", name="Skip"))

    def touch(self, *cards: str) -> Self:
        """Touch cards."""
        for card in cards:
            self.hand.check(self.main.get_by_role("checkbox", name=card, exact=True), covered=True)
        return self

    def pick(self, answer: str) -> "Mine":
        """One press answers and goes on."""
        return self._after(self.main.get_by_role("button", name=answer, exact=True))

    def go(self, name: str) -> "Mine":
        """Press a button or follow a link that goes on."""
        place = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        return self._after(place)

    def draw(self, *points: tuple[float, float]) -> Self:
        """A line with the mouse, from point to point of the sheet (0 to 1 each way)."""
        self.sheet.evaluate("sheet => sheet.scrollIntoView({ block: 'start' })")
        box = self.sheet.bounding_box()
        assert box is not None
        for number, (x, y) in enumerate(points):
            self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
            if number == 0:
                self.page.mouse.down()
        self.page.mouse.up()
        return self

    @property
    def sheet(self) -> Locator:
        """What one draws on."""
        return self.page.locator("canvas")

    def is_saved(self) -> Self:
        """What was made has reached the server."""
        expect(self.main.get_by_text("Saved", exact=True)).to_be_visible()
        return self

    def _after(self, place: Locator) -> "Mine":
        with self.page.expect_navigation():
            self.hand.press(place)
        return Mine(self.window)

    def has_large_targets(self) -> Self:
        """Everything that can be touched is 64 px at least, but for words within a text."""
        touched = self.page.locator("a:visible, button:visible, summary:visible, .v-card__face:visible")
        small = [
            found
            for place in touched.all()
            if (found := place.bounding_box()) is not None and min(found["width"], found["height"]) < 63.5
        ]
        assert not small, f"{self.page.url}: too small to touch: {small}"
        return self


class Hello(Mine):
    """The first page."""

    HEADING = re.compile("^Hello ")

    def start(self) -> Mine:
        """The exception was read out."""
        self.says("has to tell a person who can help")
        return self.go("OK, let’s start")
