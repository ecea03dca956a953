"""A child's stages: proposing a move, and deciding about one."""

import re
from dataclasses import dataclass

from tests.browser.pages.sheet import Sheet


@dataclass(frozen=True, slots=True)
class StepDown:
    """A planned move down, with what it needs."""

    to_stage: str
    reason: str
    evidence: str
    remains: str
    contingency: str
    receiver: re.Pattern[str]


class Propose(Sheet):
    """Proposing a move."""

    HEADING = re.compile("^Propose a move for ")

    def propose(self, move: StepDown) -> "Move":
        """Propose it with evidence, the child's and a parent's agreement, and who takes over."""
        self.choose("Which stage fits the child now?", re.compile(f"^{move.to_stage}"))
        self.tick("Why now?", move.reason).write("What has changed, and how do you know?", move.evidence)
        self.write("What remains to be done or watched?", move.remains)
        self.write("What would bring the child back to more help?", move.contingency)
        self.choose("What does the child say to it?", "Agrees")
        self.choose("What do the parents or carers say to it?", "Agrees")
        self.pick("Who takes over?", move.receiver).press("Propose this move")
        return Move(self.window)

    def refused(self) -> "Propose":
        """Send it although things are missing."""
        self.press("Propose this move")
        return Propose(self.window)


class Move(Sheet):
    """A proposed move."""

    HEADING = re.compile("^Move from stage")

    def accept(self) -> "History":
        """Take the child over."""
        self.choose("What do you want to do?", re.compile("^Accept")).press("Save")
        return History(self.window)


class History(Sheet):
    """Every move of a child."""

    HEADING = re.compile("^Stages of ")
