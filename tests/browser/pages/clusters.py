"""The caseload of a cluster."""

import re

from playwright.sync_api import Locator

from tests.browser.pages.sheet import Sheet


class Caseload(Sheet):
    """The dense table."""

    HEADING = re.compile("^Caseload of ")

    @property
    def table(self) -> Locator:
        """The table of families."""
        return self.main.get_by_role("table", name="Open families")

    @property
    def families(self) -> Locator:
        """The links to the families, in order."""
        return self.table.get_by_role("rowheader").get_by_role("link")

    def enter_table(self) -> "Caseload":
        """Put the focus into the table's region, as the tab key does."""
        self.main.get_by_role("region", name="Open families").focus()
        return self

    def press_key(self, key: str) -> "Caseload":
        """Press a key where the focus is."""
        self.page.keyboard.press(key)
        return self
