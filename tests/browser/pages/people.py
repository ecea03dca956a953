"""Searching, and a person's record."""

import re
from typing import TYPE_CHECKING

from tests.browser.pages.caf import Episode
from tests.browser.pages.sheet import Sheet

if TYPE_CHECKING:
    from tests.browser.window import Window


class Search(Sheet):
    """What was found."""

    HEADING = "Search"

    @classmethod
    def everywhere(cls, window: "Window", words: str) -> "Search":
        """Search from the box at the top, which every page has."""
        box = window.page.get_by_role("search").first
        box.get_by_role("searchbox").fill(words)
        box.get_by_role("button", name="Search").click()
        return cls(window)

    def open_person(self, name: str) -> "Record":
        """Open somebody's record."""
        self.main.get_by_role("link", name=name).first.click()
        return Record(self.window)


class Record(Sheet):
    """One person's record, whichever of its pages."""

    def tab(self, name: str) -> "Record":
        """Turn to another page of the record."""
        self.page.get_by_role("navigation", name="Parts of this record").get_by_role("link", name=name).click()
        return Record(self.window)

    def help(self) -> Episode:
        """Go to the help that is given now."""
        self.tab("CAF and plan").follow_first(re.compile("^EH-"))
        return Episode(self.window)

    def follow_first(self, link: re.Pattern[str]) -> None:
        """Follow the first link like this."""
        self.main.get_by_role("link", name=link).first.click()
