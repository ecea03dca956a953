"""What a family or a colleague gets on paper."""

import re

from tests.browser.pages.sheet import Sheet, Words


class Papers(Sheet):
    """What was given, and the way to give more."""

    HEADING = re.compile("^Papers of ")

    def prepare(self, *, whom: str, what: Words) -> "Batch":
        """Choose for whom and what; nothing is given yet."""
        self.follow("Prepare a paper")
        form = Sheet(self.window, "Prepare a paper")
        form.tick("Who is it for?", whom).choose("What do they get?", what).press("Show me what they would get")
        return Batch(self.window)


class Batch(Sheet):
    """What somebody gets: read first, then given."""

    HEADING = re.compile(" for ")

    def give(self, whom: str) -> "Batch":
        """It was read, and is given."""
        self.says("Nothing is given before you say so")
        self.tick_box(re.compile("^I have read it")).press(f"Give it to {whom}")
        return Batch(self.window).banner_says(re.compile("noted as a share"))

    def print_page(self) -> Sheet:
        """The copy as a page to print."""
        self.follow(re.compile("^Page to print"))
        return Sheet(self.window)

    def pdf(self) -> bytes:
        """The copy as a PDF."""
        address = self.main.locator("a[href$='/pdf']").get_attribute("href")
        return self.page.request.get(f"{self.window.address}{address}").body()

    def all_papers(self) -> Papers:
        """Back to all papers of the family."""
        self.follow("Papers of the family")
        return Papers(self.window)
