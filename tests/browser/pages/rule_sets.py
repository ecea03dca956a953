"""The routing rules: the list of sets, one set, one rule, the rehearsal and the approval."""

import re
from typing import TYPE_CHECKING

from tests.browser.pages.sheet import Sheet

if TYPE_CHECKING:
    from datetime import date


class RuleSets(Sheet):
    """Every set of rules."""

    HEADING = "Routing rules"

    @classmethod
    def of(cls, sheet: Sheet) -> "RuleSets":
        """The page that the navigation leads to."""
        sheet.follow_navigation("Routing rules")
        return cls(sheet.window)

    def draft(self, name: str) -> "RuleSet":
        """Draft a set as a copy of the first one, which has no rules."""
        self.follow("Draft a new set")
        sheet = Sheet(self.window, "Draft a new set of rules").write("What changes with this set?", name)
        sheet.pick("Begin with a copy of", re.compile("^Set 1:")).press("Draft the set")
        return RuleSet(self.window)

    def open(self, version: int, name: str) -> "RuleSet":
        """Open a set."""
        self.follow(f"Set {version}: {name}")
        return RuleSet(self.window)


class RuleSet(Sheet):
    """One set with its rules."""

    HEADING = re.compile("^Set [0-9]+: ")

    def add_rule(self) -> "RuleSheet":
        """Add a rule."""
        self.follow("Add a rule")
        return RuleSheet(self.window, "Add a rule")

    def change(self, rule: str) -> "RuleSheet":
        """Change a rule."""
        self.follow(re.compile(f"^Change\\s*“{rule}”$"))
        return RuleSheet(self.window, "Change a rule")

    def copy(self, rule: str) -> "RuleSheet":
        """Put a copy of a rule after it, and open it."""
        self.press(f"Copy “{rule}”")
        return RuleSheet(self.window, "Change a rule")

    def move_up(self, rule: str) -> "RuleSet":
        """Look at a rule earlier."""
        self.press(f"Move up “{rule}”")
        return RuleSet(self.window)

    def settings(self) -> Sheet:
        """What holds whatever rule speaks."""
        self.follow("Change name and settings")
        return Sheet(self.window, re.compile("^Name and settings of set"))

    def rehearse(self) -> "Rehearsal":
        """Begin a rehearsal."""
        self.press("Rehearse this set")
        return Rehearsal(self.window)

    def approve(self, on: "date") -> "RuleSet":
        """Make the set live from a day."""
        self.follow("Make this set live")
        Sheet(self.window, re.compile("^Make set")).date("From which day is it live?", on).press("Approve")
        return RuleSet(self.window)


class RuleSheet(Sheet):
    """The form of one rule."""

    HEADING = re.compile("^(Add|Change) a rule$")

    def save(self) -> RuleSet:
        """Save the rule."""
        self.press("Save the rule")
        return RuleSet(self.window)


class Rehearsal(Sheet):
    """How far a rehearsal is, and what it found."""

    HEADING = re.compile("^Rehearsal of set")

    def finished(self) -> "Rehearsal":
        """Look again when the worker in the background is done."""
        words = "You can leave this page"
        return self.waits_while(lambda text: words in text, patience_s=60).is_silent_about(words)

    def back(self) -> RuleSet:
        """Back to the set."""
        self.follow(re.compile("^Set [0-9]+: "))
        return RuleSet(self.window)
