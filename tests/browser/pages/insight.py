"""The triangle and its measures."""

import re

from tests.browser.pages.sheet import Sheet

_MOVES = "Children by stage, and moves in the period"


class Triangle(Sheet):
    """Managers' home."""

    HEADING = re.compile("^The triangle: ")

    def of(self, place: str) -> "Triangle":
        """The triangle of one locality or cluster."""
        self.follow(place)
        return Triangle(self.window, f"The triangle: {place}")

    def went_down(self, stage: int) -> int:
        """How many children went down from a stage in the period."""
        return self._number(stage, "Went down")

    def at_stage(self, stage: int) -> int:
        """How many children are at a stage."""
        return self._number(stage, "Children")

    @property
    def step_downs(self) -> int:
        """How many step-downs were counted in the month that is not over."""
        counted = re.search(r"This month so far: ([\d,]+) step-down", self.main.inner_text())
        assert counted, "the page says how many step-downs there were this month"
        return int(counted[1].replace(",", ""))

    def _number(self, stage: int, head: str) -> int:
        table = self.main.get_by_role("table", name=_MOVES)
        heads = table.get_by_role("columnheader").all_inner_texts()
        row = table.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=f"Stage {stage} "))
        cells = row.get_by_role("cell").all_inner_texts()
        return int(cells[heads.index(head) - 1].replace(",", ""))
