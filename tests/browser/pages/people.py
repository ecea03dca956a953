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

    def open_person(self, name: str | re.Pattern[str]) -> "Record":
        """Open somebody's record."""
        self.hand.press(self.main.get_by_role("link", name=name).first)
        return Record(self.window)


class Record(Sheet):
    """One person's record, whichever of its pages."""

    @property
    def child(self) -> str:
        """Whose record it is, as the identity bar says."""
        return self.page.locator(".app-identity__name").inner_text()

    def tab(self, name: str) -> "Record":
        """Turn to another page of the record."""
        self.hand.press(self.page.get_by_role("navigation", name="Parts of this record").get_by_role("link", name=name))
        return Record(self.window)

    def help(self) -> Episode:
        """Go to the help that is given now."""
        self.tab("CAF and plan").follow_first(re.compile("^EH-"))
        return Episode(self.window)

    def follow_first(self, link: re.Pattern[str]) -> None:
        """Follow the first link like this."""
        self.hand.press(self.main.get_by_role("link", name=link).first)


class Comparison(Sheet):
    """Two records side by side."""

    HEADING = re.compile("^Compare PE-")

    def decide(self, button: str, why: str) -> Record:
        """Say why and press one of the three buttons."""
        self.write("Why?", why).press(button)
        return Record(self.window)


class Links(Sheet):
    """Every decision about two records."""

    HEADING = "Linked records"

    def undo_newest(self, why: str) -> "Links":
        """Undo the decision at the top, and say why."""
        self.main.get_by_role("link", name=re.compile("^Undo")).first.click()
        Sheet(self.window, re.compile("^Undo the decision")).write("Why is it undone?", why).press("Undo the decision")
        return Links(self.window)
