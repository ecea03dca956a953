"""What all pages have in common: how a person reads them, fills them in and goes on."""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from playwright.sync_api import Locator, expect

if TYPE_CHECKING:
    from datetime import date

    from tests.browser.window import Window

Words = str | re.Pattern[str]


class Sheet:
    """A page that has been reached: its heading is there, and it was checked as every page is."""

    HEADING: Words = re.compile(".+")

    def __init__(self, window: "Window", heading: Words | None = None) -> None:
        self.window = window
        self.page = window.page
        self.hand = window.hand
        self._words = heading or self.HEADING
        self.page.wait_for_load_state("domcontentloaded")  # quicker than looking for the heading again and again
        expect(self.page.get_by_role("heading", level=1, name=self._words)).to_be_visible()
        window.check_once()

    @property
    def main(self) -> Locator:
        """The main part."""
        return self.page.get_by_role("main")

    @property
    def heading(self) -> str:
        """The words of the h1."""
        return self.page.get_by_role("heading", level=1).inner_text()

    def says(self, *words: Words) -> Self:
        """The main part shows these words, one after the other or far apart."""
        for one in words:
            expect(self.main).to_contain_text(one)
        return self

    def is_silent_about(self, *words: str) -> Self:
        """The main part shows none of these words."""
        for one in words:
            expect(self.main).not_to_contain_text(one)
        return self

    def banner_says(self, words: Words) -> Self:
        """The banner of what was just done."""
        expect(self.page.get_by_role("alert").filter(has_text=words)).to_be_visible()
        return self

    def sends_back(self, *words: str) -> Self:
        """The form was refused for these reasons, each in the summary."""
        summary = self.page.get_by_role("alert")
        for one in words:
            expect(summary.get_by_role("link", name=one)).to_be_visible()
        self.window.check()
        return self

    def looked_at_again(self) -> Self:
        """Load the page anew."""
        self.page.reload()
        return type(self)(self.window, self._words)

    def waits_while(self, is_waiting: Callable[[str], bool], *, patience_s: float = 30.0) -> Self:
        """Look again when a worker in the background has done its part; ``is_waiting`` reads the page as it arrives."""
        limit = time.monotonic() + patience_s
        while is_waiting(self.page.request.get(self.page.url).text()):
            assert time.monotonic() < limit, f"{self.page.url} still waited after {patience_s:.0f} s"
            time.sleep(0.25)
        return self.looked_at_again()

    # --- filling in ---------------------------------------------------------------------------------------------------

    def write(self, label: Words, text: str) -> Self:
        """Type into a field."""
        self.hand.write(self.main.get_by_role("textbox", name=label, exact=True), text)
        return self

    def choose(self, question: Words, answer: Words) -> Self:
        """Choose one answer of a question."""
        self.hand.check(self._group(question).get_by_role("radio", name=answer, exact=True))
        return self

    def tick(self, question: Words, *answers: Words) -> Self:
        """Tick answers of a question."""
        for answer in answers:
            self.hand.check(self._group(question).get_by_role("checkbox", name=answer, exact=True))
        return self

    def tick_box(self, label: Words) -> Self:
        """Tick a box that stands alone."""
        self.hand.check(self.main.get_by_role("checkbox", name=label, exact=True))
        return self

    def pick(self, label: Words, option: Words) -> Self:
        """Pick from a list."""
        chooser = self.main.get_by_role("combobox", name=label, exact=True)
        if not isinstance(option, str):
            option = chooser.get_by_role("option", name=option).first.inner_text()
        self.hand.pick(chooser, option)
        return self

    def date(self, question: Words, on: "date") -> Self:
        """Fill in the three boxes of a date."""
        group = self._group(question)
        for part, number in (("Day", on.day), ("Month", on.month), ("Year", on.year)):
            self.hand.write(group.get_by_role("textbox", name=part), str(number))
        return self

    def unfold(self, summary: Words) -> Self:
        """Open what is folded away."""
        words = re.compile(rf"^\s*{re.escape(summary)}\s*$") if isinstance(summary, str) else summary
        self.hand.press(self.main.locator("summary").filter(has_text=words))
        return self

    # --- going on -----------------------------------------------------------------------------------------------------

    def press(self, button: Words) -> None:
        """Press a button of the main part."""
        self.hand.press(self.main.get_by_role("button", name=button, exact=True))

    def follow(self, link: Words) -> None:
        """Follow a link, wherever on the page it is; the first of several."""
        self.hand.press(self.page.get_by_role("link", name=link, exact=True).first)

    def follow_navigation(self, link: Words) -> "Window":
        """Follow a link of the navigation that every page of this person has."""
        self.hand.press(self.page.get_by_role("navigation", name="Service").get_by_role("link", name=link))
        return self.window

    def has_link(self, link: Words) -> bool:
        """Whether there is such a link."""
        return self.page.get_by_role("link", name=link, exact=True).count() > 0

    def _group(self, question: Words) -> Locator:
        return self.main.get_by_role("group", name=question, exact=True)
