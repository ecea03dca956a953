"""A child's own pages, on a device that was handed over; and the worker's pages around them."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self

from playwright.sync_api import Locator, expect

from tests.browser.pages.sheet import Sheet

_ALONE = re.compile("^Only ")  # the worker, where nobody else helps yet
_TOO_SMALL = """
(places) => places.map((place) => [place.textContent.trim(), place.getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < 63.5).map(([words]) => words)
"""


class ChildsVoice(Sheet):
    """The worker's page of what a child said."""

    HEADING = re.compile("’s voice$")

    def listen(self) -> "Choosing":
        """Choose how to listen."""
        self.hand.press(self.main.get_by_role("link", name=re.compile("^Listen to ")))
        return Choosing(self.window)

    def understand(self, words: str) -> "ChildsVoice":
        """Say, on a page of its own, how one understands what the child said."""
        self.follow(re.compile("^How workers understand it"))
        page = Sheet(self.window, re.compile("^How workers understand what "))
        page.write("How do you understand what they said?", words).press("Add my reading")
        return ChildsVoice(self.window).banner_says("Your reading has been added")

    def answer(self, words: str) -> "ChildsVoice":
        """Tell the child what came of it, on the page that is read together."""
        self.follow(re.compile("^Tell .* what came of it"))
        page = Sheet(self.window, re.compile("^Tell .* what came of it$"))
        page.write("What do you tell them?", words).press(re.compile("^Put it on the page for "))
        return self._back_from(Sheet(self.window, re.compile(": you said, we did$")).says(words))

    def you_said(self, *words: str) -> "ChildsVoice":
        """The page to read together says what the child said and what came of it."""
        self.follow(re.compile("^You said, we did"))
        return self._back_from(Sheet(self.window, re.compile(": you said, we did$")).says(*words))

    def let_see(self, readers: str) -> "ChildsVoice":
        """The child has changed their mind about who may read the words."""
        self.follow(re.compile(" wants to change who may see it"))
        page = Sheet(self.window, re.compile("^Who may see what "))
        page.choose("Who may read the words?", readers).press(re.compile("’s choice$"))
        return ChildsVoice(self.window)

    def look_today(self, *said: str, done: str) -> "ChildsVoice":
        """Read what the child said or showed that must not wait, and say what was done."""
        self.follow(re.compile("^Read it and say what you have done"))
        page = Sheet(self.window, re.compile("^Look today: ")).says(*said)
        page.write("What have you done?", done).press("Save what I have done")
        return ChildsVoice(self.window)

    def not_heard(self, why: str, *, on: dt.date, next_try: dt.date) -> "ChildsVoice":
        """The child could not be heard; somebody tries again."""
        self.follow(re.compile(" could not be heard$"))
        page = Sheet(self.window, re.compile(" could not be heard this time$"))
        page.choose("Why not?", why).date("When was this?", on).date("When will you try again?", next_try)
        page.press("Save and put on the list")
        return ChildsVoice(self.window)

    def all_sections(self) -> None:
        """Back to the task list of the CAF."""
        self.follow("Back to all sections")

    def _back_from(self, page: Sheet) -> "ChildsVoice":
        page.follow("Back")
        return ChildsVoice(self.window)


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

    def watch(self, seen: "Seen") -> ChildsVoice:
        """Write down what was seen of a child who cannot say it."""
        self.follow("Watching how they play, feel and respond")
        page = Sheet(self.window, re.compile("^Watching "))
        page.tick("What was their mood?", *seen.mood).tick("How did they play?", *seen.play)
        page.tick("How did they respond to those who care for them?", *seen.carers)
        page.write("What did you see?", seen.words).write("Who else was there?", seen.present)
        page.date("When was this?", seen.on).press("Save what I saw")
        return ChildsVoice(self.window)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a worker saw of a child."""

    mood: tuple[str, ...]
    play: tuple[str, ...]
    carers: tuple[str, ...]
    words: str
    present: str
    on: dt.date


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

    def shown_to_helpers(self) -> "Mine":
        """To the end: everybody who helps may see everything, the family may not."""
        page: Mine = self
        while not page.heading.startswith("Is this right"):
            if page.heading.startswith("May your family"):
                page = page.pick("No")
                continue
            everybody = page.main.get_by_role("button", name="Everybody who helps me")
            page = page._after(everybody if everybody.count() else page.main.get_by_role("button", name=_ALONE))
        return page.says("has to tell a person who can help").go("Yes, I am done")

    def shown_to(self, *names: str) -> "Mine":
        """To the end of a sitting of words alone: the people whom the child chooses may see them, the family too."""
        page = self.pick("The people I choose")
        for name in names:
            self.hand.check(page.main.get_by_role("checkbox", name=re.compile(name)), covered=True)
        return page.next().pick("Yes").says(*names, "may see it").go("Yes, I am done")

    def give_back(self, password: str) -> ChildsVoice:
        """The worker takes the device back."""
        self.go("I am ")
        Sheet(self.window, re.compile("^Welcome back")).write("Your password", password).press("Go on")
        return ChildsVoice(self.window)

    def _after(self, place: Locator) -> "Mine":
        with self.page.expect_navigation():
            self.hand.press(place)
        return Mine(self.window)

    def has_large_targets(self) -> Self:
        """Everything that can be touched is 64 px at least, but for words within a text."""
        touched = self.page.locator("a:visible, button:visible, summary:visible, .v-card__face:visible")
        small = touched.evaluate_all(_TOO_SMALL)
        assert not small, f"{self.page.url}: too small to touch: {small}"
        return self


class Hello(Mine):
    """The first page."""

    HEADING = re.compile("^Hello ")

    def start(self) -> Mine:
        """The exception was read out."""
        self.says("has to tell a person who can help")
        return self.go("OK, let’s start")
