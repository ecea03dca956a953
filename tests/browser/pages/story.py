"""A family's story as it was told, and a CAF's page of what is known about a child."""

import re
from typing import Self

from playwright.sync_api import expect

from tests.browser.pages.sheet import Sheet


class FamilyStory(Sheet):
    """The story of a family, line by line."""

    HEADING = re.compile("^Story of family ")

    def confirm(self, words: str) -> "FamilyStory":
        """Say that a line is still right."""
        self.main.get_by_role("button", name=re.compile(f"^Still right.*{words}")).first.click()
        return FamilyStory(self.window)

    def correct(self, words: str, right: str, *, by: str) -> "FamilyStory":
        """Put something else in the place of a line."""
        self.main.get_by_role("link", name=re.compile(f"^Correct.*{words}")).first.click()
        page = Sheet(self.window, re.compile("^Correct a line"))
        page.write("What is right?", right).write("Who says so?", by).press("Correct")
        return FamilyStory(self.window)


class Known(Sheet):
    """What is known about a child, in a CAF."""

    HEADING = re.compile("^What is known about ")

    def shows(self, question: str, answer: str) -> Self:
        """A question is answered already."""
        expect(self.main.get_by_role("textbox", name=question, exact=True)).to_have_value(answer)
        return self

    def save(self) -> None:
        """Say that it is right now."""
        self.press("This is right now")
